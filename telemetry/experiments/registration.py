"""
What was promised before the data were seen, sealed by a hash, and the verdict that follows from it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import Estimate


class Better(StrEnum):
    """
    Which direction of the outcome is an improvement.
    """

    HIGHER = "higher"
    LOWER = "lower"


class Decision(StrEnum):
    """
    What the company does next, by the rule it gave itself.
    """

    INVEST_MORE = "invest_more"
    HOLD = "hold"
    LESS = "less"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """
    The question, the design and the rule of an experiment.

    `worthwhile` is the smallest improvement that would justify the price, in the scale of the effect (relative with
    `log`), always positive; `looks` is how often the data may be looked at, 0 for as often as anybody likes.
    """

    experiment: str
    outcome: str
    treatment: str
    better: Better
    worthwhile: float
    denominator: str | None = None
    covariates: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    log: bool = False
    looks: int = 1
    planned_n: int = 0
    design: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    A decision with the sentence that defends it; `needed_n` is what a conclusion would take, None when it is there.
    """

    decision: Decision
    sentence: str
    needed_n: int | None = None


def seal(registration: Registration) -> str:
    """
    The registration as a JSON document that carries its own SHA-256.
    """
    promised = asdict(registration)
    return json.dumps({**promised, "sha256": _digest(promised)}, indent=2, sort_keys=True) + "\n"


def unseal(text: str) -> tuple[Registration, str]:
    """
    Read a sealed registration and its hash.

    Raises:
        UnusableData: it is no registration, or was changed after it was sealed.
    """
    try:
        values = json.loads(text)
        claimed = values.pop("sha256")
        values = {**values, "covariates": tuple(values["covariates"]), "clusters": tuple(values["clusters"])}
        registration = Registration(**{**values, "better": Better(values["better"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnusableData(
            "This is no pre-registration; make one with `pacenotes experiment plan --write FILE`."
        ) from None
    if claimed != _digest(asdict(registration)):
        raise UnusableData("This pre-registration was changed after it was sealed: its hash does not match its text.")
    return registration, claimed


def decide(registration: Registration, found: Estimate) -> Verdict:
    """
    The decision that `found` leads to under the registered rule.

    More when the whole interval is an improvement; less when the whole interval is a harm; hold when every value in
    the interval is smaller than what would be worthwhile; else nothing is known yet.
    """
    low, high = found.ci_low, found.ci_high
    if registration.better is Better.LOWER:
        low, high = -high, -low
    if low > 0:
        return Verdict(decision=Decision.INVEST_MORE, sentence="The whole 95 % interval is an improvement.")
    if high < 0:
        return Verdict(decision=Decision.LESS, sentence="The whole 95 % interval is a change for the worse.")
    if high < registration.worthwhile:
        return Verdict(
            decision=Decision.HOLD,
            sentence=f"The interval rules out {registration.worthwhile:g}, the least improvement called worthwhile.",
        )
    needed = _needed(registration, found)
    return Verdict(
        decision=Decision.INCONCLUSIVE,
        sentence=(
            f"Inconclusive: the interval holds both no effect and a worthwhile one; about {needed:,} rows"
            f" of the same kind, {needed / found.n:.1f} times as many, would tell a worthwhile effect from none."
        ),
        needed_n=needed,
    )


def _needed(registration: Registration, found: Estimate) -> int:
    # (1.96 + 0.84) standard errors must fit into the worthwhile effect (power of 80 %, Bloom 1995).
    half = (found.ci_high - found.ci_low) / 2
    return max(found.n + 1, round(found.n * (half * 2.802 / 1.96 / registration.worthwhile) ** 2))


def _digest(promised: Mapping[str, Any]) -> str:
    return sha256(json.dumps(promised, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
