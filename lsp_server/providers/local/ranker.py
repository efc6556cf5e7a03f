"""
Turn what speaks for each candidate into probabilities: a small trained network with an answer for "none of these".
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from lsp_server.providers.local.features import Candidates, Table

WEIGHTS = "ranker.npz"


@dataclass(frozen=True, slots=True)
class Ranker:
    """
    Several networks of one shape, each with layers of weights and biases; features are shifted and scaled first.

    Networks that were trained alike but for chance agree less where they know less, so their mean is the better judge.
    """

    shift: Table
    scale: Table
    layers: tuple[tuple[Table, Table], ...]

    def probabilities(self, candidates: Candidates) -> Table:
        """
        For each candidate that it is the next word; what is missing to 1 is the chance of another word.
        """
        scores = self.scores(candidates.features)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Table = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)[:-1]
        return shares

    def scores(self, features: Table) -> Table:
        """
        One row of scores from each network.
        """
        values: Table = (features - self.shift) * self.scale
        for weights, bias in self.layers[:-1]:
            values = np.maximum(values @ weights + bias, np.float32(0))
        weights, bias = self.layers[-1]
        scores: Table = (values @ weights + bias)[..., 0]
        return scores


@cache
def shipped_ranker() -> Ranker:
    """
    The ranker trained for this version.
    """
    with resources.as_file(resources.files(__package__).joinpath(WEIGHTS)) as path:
        return read_ranker(path)


def read_ranker(path: Path) -> Ranker:
    """
    A ranker from the arrays in a file.
    """
    with np.load(path, allow_pickle=False) as stored:
        count = sum(name.startswith("weights") for name in stored.files)
        layers = tuple((stored[f"weights{i}"], stored[f"bias{i}"]) for i in range(count))
        return Ranker(stored["shift"], stored["scale"], layers)
