"""
Turn what speaks for each candidate into probabilities: a small trained network with an answer for "none of these".
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from lsp_server.providers.local.features import Candidates, Table

WEIGHTS = "ranker.npz"


@dataclass(frozen=True, slots=True)
class Ranker:
    """
    Layers of weights and biases; features are shifted and scaled first.
    """

    shift: Table
    scale: Table
    layers: tuple[tuple[Table, Table], ...]

    def probabilities(self, candidates: Candidates) -> NDArray[np.float32]:
        """
        For each candidate that it is the next word; what is missing to 1 is the chance of another word.
        """
        values = (candidates.features - self.shift) * self.scale
        for weights, bias in self.layers[:-1]:
            values = np.maximum(values @ weights + bias, 0)
        weights, bias = self.layers[-1]
        scores = (values @ weights + bias)[:, 0]
        odds = np.exp(scores - scores.max())
        shares: NDArray[np.float32] = (odds / odds.sum())[:-1]
        return shares


@cache
def shipped_ranker() -> Ranker:
    """
    The ranker trained for this version.
    """
    source = resources.files(__package__).joinpath(WEIGHTS)
    with resources.as_file(source) as path, np.load(path, allow_pickle=False) as stored:
        count = sum(name.startswith("weights") for name in stored.files)
        layers = tuple((stored[f"weights{i}"], stored[f"bias{i}"]) for i in range(count))
        return Ranker(stored["shift"], stored["scale"], layers)
