"""
A promise is kept word by word, and decides.
"""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.experiments.corrections import holm, sample_ratio
from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import Estimate
from telemetry.experiments.registration import Better, Decision, Registration, decide, seal, unseal

PROMISE = Registration(
    experiment="ghost", outcome="hours", treatment="arm", better=Better.LOWER, worthwhile=2.0, covariates=("before",)
)


def found(low: float, high: float) -> Estimate:
    effect = (low + high) / 2
    return Estimate(
        effect=effect, std_error=1, ci_low=low, ci_high=high, p_value=0.5, n=100, clusters=None, method="any"
    )


def test_a_sealed_promise_reads_back() -> None:
    """
    With the hash that goes into the report.
    """
    registration, digest = unseal(seal(PROMISE))
    assert registration == PROMISE
    assert len(digest) == 64


@pytest.mark.parametrize("field", ["outcome", "worthwhile", "better"])
def test_a_changed_promise_is_refused(field: str) -> None:
    """
    Moving a goal post afterwards is seen.
    """
    changed = json.loads(seal(PROMISE)) | {field: {"outcome": "days", "worthwhile": 1.0, "better": "higher"}[field]}
    with pytest.raises(UnusableData, match="changed after it was sealed"):
        unseal(json.dumps(changed))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sha256": "x", "covariates": []}', "null"])
def test_what_is_no_promise(text: str) -> None:
    """
    One sentence says how to make one.
    """
    with pytest.raises(UnusableData, match="no pre-registration"):
        unseal(text)


@pytest.mark.parametrize(
    ("low", "high", "decision"),
    [
        (-3, -1, Decision.INVEST_MORE),
        (1, 3, Decision.LESS),
        (-1.5, 1, Decision.HOLD),
        (-4, 1, Decision.INCONCLUSIVE),
    ],
)
def test_the_rule_decides(low: float, high: float, decision: Decision) -> None:
    """
    Fewer hours are better here.
    """
    assert decide(PROMISE, found(low, high)).decision is decision


def test_inconclusive_says_what_it_would_take() -> None:
    """
    A half width of 2.5 for a worthwhile effect of 2: (2.5 x 2.802/1.96 / 2)^2 = 3.2 times the rows.
    """
    verdict = decide(PROMISE, found(-4, 1))
    assert verdict.needed_n == 319
    assert "about 319 rows" in verdict.sentence


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_only_ever_raises(p_values: list[float]) -> None:
    """
    Adjusted values are no smaller, at most one, and in the same order.
    """
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(pairs))


def test_holm_by_hand() -> None:
    """
    0.01, 0.04, 0.03 become 0.03, 0.06, 0.06.
    """
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))


def test_a_lopsided_split_is_noticed() -> None:
    """
    5,000 to 5,400 is no accident of a fair coin; 5,000 to 5,050 is.
    """
    assert sample_ratio([5000, 5400], [1, 1]) < 0.001
    assert sample_ratio([5000, 5050], [1, 1]) > 0.1
