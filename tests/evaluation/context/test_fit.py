"""
The fit of the weights, on numbers made up.
"""

import numpy as np

from tests.evaluation.context.fit import Sample, fitted, found_among_the_first


def made_up(seed: int) -> Sample:
    """
    Forty tasks of a hundred candidates, of which the second kind of evidence decides and the third means nothing.
    """
    generator = np.random.default_rng(seed)
    evidence = np.concatenate([np.ones((4000, 1)), generator.random((4000, 2))], axis=1)
    needed = (evidence[:, 1] > 0.9).astype(float)
    return Sample(evidence=evidence, needed=needed, task=np.repeat(np.arange(40), 100))


def test_evidence_that_decides_gets_the_weight() -> None:
    """
    What decides weighs much, what means nothing next to nothing, and that holds for tasks that were not seen.
    """
    weights = fitted([made_up(1)])

    assert weights[1] > 20 * abs(weights[2])
    assert found_among_the_first(weights, made_up(2)) == 1.0
    assert found_among_the_first(-weights, made_up(2)) < 1.0
