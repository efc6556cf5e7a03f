"""
Fit the weights of the evidence on masked tasks: `python -m tests.evaluation.context.fit [FOLDER…]`.

It prints them as `EVIDENCE` in `lsp_server/context/likelihood.py` has them, and for each repository how well weights
that were fitted on all the others do there: what is right for one repository only shows as a loss elsewhere.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lsp_server.context.likelihood import EVIDENCE, Likelihood, matrix
from lsp_server.context.question import Question, ask
from lsp_server.context.retrievers import RETRIEVERS
from lsp_server.context.situation import Situation
from lsp_server.index.workspace_index import WorkspaceIndex
from tests.evaluation.context.measures import Task
from tests.evaluation.context.run import indexed, packages, question, tasks

STEPS = 30
SHRINKAGE = 3.0
KEPT = 80
"""About as many names as fit into 2,000 tokens."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """
    The evidence about every candidate of some tasks, whether it was needed, and the task it was a candidate for.
    """

    evidence: Numbers
    needed: Numbers
    task: npt.NDArray[np.int64]


def main(arguments: Sequence[str]) -> int:
    """
    Print the weights, and what they are worth in each repository when it had no part in them.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--tasks", type=int, default=60, help="tasks a repository")
    options = parser.parse_args(arguments)
    samples = {folder.name: sample(folder, options.tasks) for folder in options.folders or packages()}
    for name, weight in zip(EVIDENCE, fitted(list(samples.values())), strict=True):
        print(f'    "{name}": {weight:.2f},')
    for name, own in samples.items():
        others = [other for other in samples.values() if other is not own]
        if others:
            print(f"{name}: {found_among_the_first(fitted(others), own):.3f} of the names needed, fitted elsewhere")
    return 0


def sample(folder: Path, count: int) -> Sample:
    """
    What speaks for each candidate of each task of a repository.
    """
    index = indexed(folder)
    rows: list[Numbers] = []
    needed: list[bool] = []
    owners: list[int] = []
    for number, task in enumerate(tasks(folder, count)):
        wanted = {need.name for need in task.needs if need.novel}
        for name, evidence in candidates(folder, task, index):
            rows.append(evidence)
            needed.append(name in wanted)
            owners.append(number)
    return Sample(evidence=np.array(rows, float), needed=np.array(needed, float), task=np.array(owners, np.int64))


def candidates(folder: Path, task: Task, index: WorkspaceIndex) -> Iterator[tuple[str, Numbers]]:
    """
    Every name that anything speaks for at the cursor of a task, with what does.
    """
    likelihood = Likelihood(answered(folder, task, index))
    names = likelihood.pool.names
    yield from zip(names, matrix(names, likelihood.evidence, EVIDENCE), strict=True)


def answered(folder: Path, task: Task, index: WorkspaceIndex) -> Question:
    """
    The question that a task asks, with what the first retrievers find.
    """
    asked = question(folder, task)
    found = ask(Situation(asked, index.absolute(asked.document.uri, asked.path)), index)
    for retriever in RETRIEVERS:
        found.found.extend(retriever(found))
    return found


def fitted(samples: Sequence[Sample]) -> Numbers:
    """
    The weights of a logistic model, drawn towards zero but for the constant, by Newton's method.
    """
    evidence = np.concatenate([one.evidence for one in samples])
    needed = np.concatenate([one.needed for one in samples])
    weights = np.zeros(evidence.shape[1])
    shrinkage = np.eye(len(weights)) * SHRINKAGE
    shrinkage[0, 0] = 0.01
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(evidence @ weights, -30, 30)))
        curvature = (evidence * (likely * (1 - likely))[:, None]).T @ evidence + shrinkage
        step = np.linalg.solve(curvature, evidence.T @ (needed - likely) - shrinkage @ weights)
        weights += step
        if abs(step).max() < 1e-6:
            break
    return weights


def found_among_the_first(weights: Numbers, own: Sample) -> float:
    """
    The share of the needed candidates that stand among the first of their task.
    """
    score = own.evidence @ weights
    found = 0.0
    for task in np.unique(own.task):
        mine = own.task == task
        found += own.needed[mine][np.argsort(-score[mine])[:KEPT]].sum()
    return float(found / max(own.needed.sum(), 1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
