"""
Train the ranker's network with plain numpy: softmax over the candidates of each lesson, Adam, decaying steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.ranker import Ranker
from tests.evaluation.local.teaching import Lesson

Array = NDArray[np.float32]
HIDDEN = (64, 32)
BATCH = 256
RATE = 3e-3
DECAY = 0.1


@dataclass(frozen=True, slots=True)
class Course:
    """
    Lessons one below the other: lesson `n` has the rows from `starts[n]` to `starts[n + 1]`.

    The last row of each stands for "none of these"; `right` counts from the first row of its lesson.
    """

    features: Array
    starts: NDArray[np.int64]
    right: NDArray[np.int64]

    def part(self, chosen: NDArray[np.int64]) -> "Course":
        """
        The lessons with these numbers.
        """
        lengths = np.diff(self.starts)[chosen]
        starts = np.concatenate(([0], lengths.cumsum()))
        rows = np.arange(starts[-1]) + np.repeat(self.starts[chosen] - starts[:-1], lengths)
        return Course(self.features[rows], starts, self.right[chosen])


def make_course(lessons: Sequence[Lesson]) -> Course:
    """
    Stack lessons.
    """
    starts = np.cumsum([0, *(len(lesson.features) for lesson in lessons)])
    features = np.concatenate([lesson.features for lesson in lessons])
    return Course(features, starts, np.array([lesson.right for lesson in lessons]))


def join_courses(courses: Sequence[Course]) -> Course:
    """
    One course of several.
    """
    lengths = np.concatenate([np.diff(course.starts) for course in courses])
    return Course(
        np.concatenate([course.features for course in courses]),
        np.concatenate(([0], lengths.cumsum())),
        np.concatenate([course.right for course in courses]),
    )


def train(course: Course, *, epochs: int, seed: int, check: Course | None = None) -> Ranker:
    """
    Fit a ranker; with `check` its quality on other lessons is printed after each epoch.
    """
    random = np.random.default_rng(seed)
    shift, deviation = course.features.mean(axis=0), course.features.std(axis=0)
    scale = (1 / np.maximum(deviation, 0.05)).astype(np.float32)
    layers = _layers(course.features.shape[1], random)
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    count, step = len(course.right), 0
    total = epochs * (-(-count // BATCH))
    for epoch in range(epochs):
        order = random.permutation(count)
        for begin in range(0, count, BATCH):
            step += 1
            batch = course.part(order[begin : begin + BATCH])
            slopes = _slopes(replace(batch, features=(batch.features - shift) * scale), layers)
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / total))
            _adam(layers, slopes, moments, rate, step)
        if check is not None:
            print(f"epoch {epoch + 1}: {quality(_ranker(shift, scale, layers), check)}")
    return _ranker(shift, scale, layers)


@dataclass(frozen=True, slots=True)
class Quality:
    """
    Mean negative log-probability of what is right; how often the likeliest word is the right one;
    and the largest share of lessons on which one may speak if nine words in ten are to be right.
    """

    loss: float
    right: float
    covered: float


def quality(ranker: Ranker, course: Course) -> Quality:
    """
    How well a ranker does on lessons.
    """
    logs, words, sureness = [], [], []
    for begin in range(0, len(course.right), 2048):
        part = course.part(np.arange(begin, min(begin + 2048, len(course.right))))
        shares = np.mean([_softmax(one, part.starts) for one in ranker.scores(part.features)], axis=0)
        right, none = part.starts[:-1] + part.right, part.starts[1:] - 1
        logs.append(-np.log(shares[right] + 1e-9))
        shares[none] = 0
        best = np.maximum.reduceat(shares, part.starts[:-1])
        words.append((shares[right] == best) & (right != none))
        sureness.append(best)
    correct = np.concatenate(words)[np.argsort(-np.concatenate(sureness), kind="stable")]
    so_far = np.cumsum(correct) / np.arange(1, len(correct) + 1)
    covered = int(np.flatnonzero(so_far >= 0.9).max(initial=-1)) + 1
    return Quality(
        round(float(np.concatenate(logs).mean()), 4),
        round(float(correct.mean()), 4),
        round(covered / len(correct), 4),
    )


def unite(rankers: Sequence[Ranker]) -> Ranker:
    """
    One ranker of the networks of several that were trained on the same lessons.
    """
    layers = tuple(
        (np.concatenate([weights for weights, _ in same]), np.concatenate([bias for _, bias in same]))
        for same in zip(*(ranker.layers for ranker in rankers), strict=True)
    )
    return Ranker(rankers[0].shift, rankers[0].scale, layers)


def save(ranker: Ranker, path: Path) -> None:
    """
    Write the weights as plain arrays.
    """
    arrays: dict[str, Array] = {"shift": ranker.shift, "scale": ranker.scale}
    for number, (weights, bias) in enumerate(ranker.layers):
        arrays[f"weights{number}"], arrays[f"bias{number}"] = weights, bias
    with path.open("wb") as opened:
        np.savez_compressed(opened, **arrays)  # type: ignore[arg-type]  # The stubs mix up its options.


def _layers(width: int, random: np.random.Generator) -> list[Array]:
    layers: list[Array] = []
    sizes = (width, *HIDDEN, 1)
    for inward, outward in pairwise(sizes):
        layers.append(random.normal(0, np.sqrt(2 / inward), (inward, outward)).astype(np.float32))
        layers.append(np.zeros(outward, dtype=np.float32))
    layers[-2] *= 0.1
    return layers


def _softmax(scores: Array, starts: NDArray[np.int64]) -> Array:
    """
    Scores into shares of 1 within each lesson.
    """
    firsts, lengths = starts[:-1], np.diff(starts)
    odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, firsts), lengths))
    shares: Array = odds / np.repeat(np.add.reduceat(odds, firsts), lengths)
    return shares


def _slopes(batch: Course, layers: list[Array]) -> list[Array]:
    """
    The gradient of the loss by every layer.
    """
    inputs = [batch.features]
    for number in range(0, len(layers) - 2, 2):
        inputs.append(np.maximum(inputs[-1] @ layers[number] + layers[number + 1], 0))
    slope = _softmax((inputs[-1] @ layers[-2] + layers[-1])[:, 0], batch.starts)
    slope[batch.starts[:-1] + batch.right] -= 1
    back: Array = (slope / np.float32(len(batch.right))).reshape(-1, 1)
    slopes: list[Array] = []
    for number in range(len(layers) - 2, -1, -2):
        before = inputs[number // 2]
        slopes[:0] = [before.T @ back, back.sum(axis=0)]
        back = (back @ layers[number].T) * (before > 0)
    return slopes


def _adam(layers: list[Array], slopes: list[Array], moments: list[tuple[Array, Array]], rate: float, step: int) -> None:
    for layer, slope, (first, second) in zip(layers, slopes, moments, strict=True):
        np.add(first, 0.1 * (slope - first), out=first)
        np.add(second, 0.001 * (slope * slope - second), out=second)
        corrected = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        np.subtract(layer, (rate * (corrected + DECAY * layer)).astype(np.float32), out=layer)


def _ranker(shift: Array, scale: Array, layers: list[Array]) -> Ranker:
    pairs = tuple((layers[n][None].copy(), layers[n + 1][None, None].copy()) for n in range(0, len(layers), 2))
    return Ranker(shift.astype(np.float32), scale, pairs)
