"""
The outcomes of an experiment from our own events: one row for each person and arm.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telemetry.experiments.errors import UnusableData

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from telemetry.engines import Engine


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """
    A measure over people, as a ratio of sums.
    """

    numerator: str
    denominator: str
    sentence: str


OUTCOMES: Mapping[str, Outcome] = {
    "acceptance": Outcome(
        numerator="accepted", denominator="shown", sentence="completions accepted in full, of those shown"
    ),
    "taken": Outcome(
        numerator="taken", denominator="shown", sentence="completions taken in part at least, of those shown"
    ),
    "retained": Outcome(
        numerator="retained_chars", denominator="developer_days", sentence="retained characters per developer-day"
    ),
    "code-share": Outcome(
        numerator="accepted_chars", denominator="written_chars", sentence="characters from completions, of all written"
    ),
}
"""What an effect can be asked for, by the name on the command line."""


def outcome_columns(engine: "Engine", experiment: str, outcome: str) -> dict[str, Sequence[object]]:
    """
    The table of an experiment: `unit`, `arm`, and the numerator and denominator of `outcome`.

    By intention to treat: whoever was assigned is in it, also with nothing to show; what counts are events that carry
    the arm, so that the time before does not.

    Raises:
        UnusableData: nobody was assigned, or there is no such outcome.
    """
    wanted = OUTCOMES.get(outcome)
    if wanted is None:
        raise UnusableData(f"There is no outcome {outcome!r} of events; there are {', '.join(OUTCOMES)}.")
    found: dict[tuple[str, str], list[float]] = {pair: [0.0, 0.0] for pair in _assigned(engine, experiment)}
    carrying = _carrying(engine.events, experiment)
    for row in engine.rows(_measure(outcome)(carrying, "dev_id", "experiment")):
        arm = _arm(row["experiment"], experiment)
        if arm is not None:
            sums = found.setdefault((str(row["dev_id"]), arm), [0.0, 0.0])
            sums[0] += float(row[wanted.numerator] or 0)
            sums[1] += float(row[wanted.denominator] or 0)
    if not found:
        raise UnusableData(f"No event tells of an experiment {experiment!r}; set `experiment.id` in pacenotes.toml.")
    units, arms = zip(*found, strict=True)
    tops, bottoms = zip(*found.values(), strict=True)
    return {"unit": units, "arm": arms, wanted.numerator: tops, wanted.denominator: bottoms}


def _measure(outcome: str) -> "Callable[..., ir.Table]":
    from telemetry.measures.acceptance import acceptance
    from telemetry.measures.persistence import retained

    return acceptance if outcome in ("acceptance", "taken") else retained


def _carrying(events: "ir.Table", experiment: str) -> "ir.Table":
    # Both ways of writing JSON: our own lines are compact, other engines may add a blank.
    compact = events.experiment.contains(f'"id":"{experiment}"')
    return events.filter(compact | events.experiment.contains(f'"id": "{experiment}"'))


def _assigned(engine: "Engine", experiment: str) -> list[tuple[str, str]]:
    t = engine.events
    assigned = t.filter((t.name == "experiment.assigned") & (t.experiment_id == experiment))
    rows = engine.rows(assigned.select("dev_id", "arm").distinct().order_by("dev_id", "arm"))
    return [(str(row["dev_id"]), str(row["arm"])) for row in rows]


def _arm(text: Any, experiment: str) -> str | None:
    try:
        listed = json.loads(text)
        return next((str(each["arm"]) for each in listed if each["id"] == experiment), None)
    except (ValueError, TypeError, KeyError):
        return None
