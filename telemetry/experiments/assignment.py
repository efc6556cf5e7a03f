"""
Which arm a unit is in: a salted hash, the same on every machine and for ever.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from telemetry.experiments.errors import UnusableData


def arm_of(unit: str, *, experiment: str, salt: str, arms: Mapping[str, float]) -> str:
    """
    The arm of `unit`, each arm with a share in proportion to its weight.

    SHA-256 of `salt|experiment|unit`, its first 8 bytes as a fraction of 2**64, laid along the arms in their order.
    A new salt or another experiment shuffles everybody anew.

    Raises:
        UnusableData: there are fewer than two arms, or a weight is not above zero.
    """
    if len(arms) < 2 or any(not weight > 0 for weight in arms.values()):
        raise UnusableData("An experiment needs at least two arms, each with a weight above zero.")
    digest = sha256(f"{salt}|{experiment}|{unit}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64 * sum(arms.values())
    passed = 0.0
    for arm, weight in arms.items():
        passed += weight
        if point < passed:
            return arm
    return arm


def read_arms(texts: Sequence[str]) -> dict[str, float]:
    """
    Arms written as `NAME=WEIGHT`, or `NAME` for a weight of 1.

    Raises:
        UnusableData: a weight is no number, or an arm is named twice.
    """
    arms: dict[str, float] = {}
    for text in texts:
        name, _, weight = text.partition("=")
        if not name or name in arms:
            raise UnusableData(f"{text!r} is no arm of its own; write NAME=WEIGHT, each name once.")
        try:
            arms[name] = float(weight or 1)
        except ValueError:
            raise UnusableData(f"The weight of arm {name!r} is {weight!r}, which is no number.") from None
    return arms
