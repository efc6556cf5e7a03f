"""
Train the ranker's network with plain numpy: softmax over the candidates of each lesson, Adam, decaying steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    Lessons padded to one shape; `absent` marks the rows that are padding.
    """

    features: Array
    absent: NDArray[np.bool_]
    right: NDArray[np.int64]


def make_course(lessons: Sequence[Lesson]) -> Course:
    """
    Stack lessons; the row for "none of these" comes right after the candidates of each.
    """
    most = max(len(lesson.features) for lesson in lessons)
    features = np.zeros((len(lessons), most, lessons[0].features.shape[1]), dtype=np.float32)
    absent = np.ones((len(lessons), most), dtype=np.bool_)
    for number, lesson in enumerate(lessons):
        features[number, : len(lesson.features)] = lesson.features
        absent[number, : len(lesson.features)] = False
    return Course(features, absent, np.array([lesson.right for lesson in lessons]))


def train(course: Course, *, epochs: int, seed: int, check: Course | None = None) -> Ranker:
    """
    Fit a ranker; with `check` its quality on other lessons is printed after each epoch.
    """
    random = np.random.default_rng(seed)
    present = course.features[~course.absent]
    shift, deviation = present.mean(axis=0), present.std(axis=0)
    scale = (1 / np.maximum(deviation, 0.05)).astype(np.float32)
    layers = _layers(course.features.shape[2], random)
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    count, step = len(course.right), 0
    total = epochs * (-(-count // BATCH))
    for epoch in range(epochs):
        order = random.permutation(count)
        for begin in range(0, count, BATCH):
            step += 1
            chosen = order[begin : begin + BATCH]
            values = (course.features[chosen] - shift) * scale
            slopes = _slopes(values, course.absent[chosen], course.right[chosen], layers)
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
        part = slice(begin, begin + 2048)
        shares = _shares(ranker, course.features[part], course.absent[part])
        right = course.right[part]
        none = (~course.absent[part]).sum(axis=1) - 1
        every = np.arange(len(right))
        logs.append(-np.log(shares[every, right] + 1e-9))
        shares[every, none] = 0
        words.append((shares.argmax(axis=1) == right) & (right != none))
        sureness.append(shares.max(axis=1))
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


def _shares(ranker: Ranker, features: Array, absent: NDArray[np.bool_]) -> Array:
    count, most, width = features.shape
    scores = ranker.scores(features.reshape(-1, width))
    shares: Array = np.mean([_softmax(one.reshape(count, most), absent) for one in scores], axis=0)
    return shares


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


def _softmax(scores: NDArray[np.floating], absent: NDArray[np.bool_]) -> Array:
    scores = np.where(absent, -1e9, scores)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _slopes(values: Array, absent: NDArray[np.bool_], right: NDArray[np.int64], layers: list[Array]) -> list[Array]:
    """
    The gradient of the loss by every layer.
    """
    count, most, width = values.shape
    inputs = [values.reshape(-1, width)]
    for number in range(0, len(layers) - 2, 2):
        inputs.append(np.maximum(inputs[-1] @ layers[number] + layers[number + 1], 0))
    scores = (inputs[-1] @ layers[-2] + layers[-1]).reshape(count, most)
    slope = _softmax(scores.astype(np.float32), absent)
    slope[np.arange(count), right] -= 1
    back = (slope / count).reshape(-1, 1)
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
