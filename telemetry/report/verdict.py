"""
What a report opens with: the decision that a pre-registered rule leads to, or plainly that there is no evidence yet.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telemetry.report.figures import Opening, Standing

NUMBERS = ("effect", "ci_low", "ci_high", "p_value")

HEADLINES: Mapping[Standing, str] = {
    Standing.INVEST_MORE: "Invest more",
    Standing.HOLD: "Hold",
    Standing.LESS: "Invest less",
    Standing.INCONCLUSIVE: "Inconclusive",
    Standing.NO_RULE: "An effect, but no rule to judge it by",
    Standing.NO_EVIDENCE: "No causal evidence yet",
}

HOW_TO_GET_IT = (
    "The figures below describe use; they cannot tell what would have happened without it.",
    "To find out: `pacenotes experiment plan --engineers N --weeks W --write rule.json` seals the question and "
    "the rule, `pacenotes experiment assign` gives everybody their arm, and "
    "`pacenotes experiment analyze --data FILE --registration rule.json --json > result.json` answers it; "
    "then `pacenotes report --experiment result.json`.",
)

NO_EVENTS = (
    "Nobody has used Pacenotes with telemetry on, or the events lie elsewhere.",
    "To have some: use the editor with `pacenotes.telemetry.enabled` on and without DO_NOT_TRACK; "
    "`pacenotes telemetry events` shows what is kept on this machine.",
    "To report on a team: name its folder of events, `pacenotes report FOLDER`.",
    "To see what a report looks like: `pacenotes telemetry synthesize --engineers 40 --weeks 8 --seed 1 --out FOLDER`, "
    "then `pacenotes report FOLDER`.",
)


class ExperimentError(Exception):
    """
    The result of an experiment can't be used; the message is one sentence for the user.
    """


def without_experiment() -> Opening:
    """
    What to say as long as nobody has randomised anything.
    """
    return Opening(standing=Standing.NO_EVIDENCE, headline=HEADLINES[Standing.NO_EVIDENCE], sentences=HOW_TO_GET_IT)


def without_events() -> Opening:
    """
    What to say when there is nothing to report: what to do next.
    """
    return Opening(standing=Standing.NO_EVIDENCE, headline="There are no events yet", sentences=NO_EVENTS)


def from_experiment(file: Path) -> Opening:
    """
    The opening that an experiment's result leads to; `file` is what `experiment analyze --json` has printed.

    Raises:
        ExperimentError: the file can't be read or holds something else.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExperimentError(
            f"{file} can't be read as an experiment's result: give what `pacenotes experiment analyze --json` prints."
        ) from error
    if not isinstance(found, dict) or not all(_is_number(found.get(name)) for name in NUMBERS):
        raise ExperimentError(
            f"{file} has no effect with an interval: give what `pacenotes experiment analyze --json` prints."
        )
    return _opening(found)


def _opening(found: Mapping[str, Any]) -> Opening:
    verdict, notices = found.get("verdict"), found.get("notices", [])
    effect = {name: found.get(name) for name in (*NUMBERS, "n", "clusters", "method", "relative")}
    if not isinstance(verdict, dict) or verdict.get("decision") not in list(Standing):
        return Opening(
            standing=Standing.NO_RULE,
            headline=HEADLINES[Standing.NO_RULE],
            sentences=(
                _in_words(found),
                "Nothing was promised beforehand, so that any decision would be chosen after seeing the answer; "
                "analyse again with `--registration` if a rule was sealed before the data came in.",
            ),
            effect=effect,
        )
    standing = Standing(verdict["decision"])
    sealed = str(found.get("registration", ""))[:12]
    return Opening(
        standing=standing,
        headline=HEADLINES[standing],
        sentences=(
            str(verdict.get("sentence", "")),
            _in_words(found),
            f"By the rule that was sealed before the data were seen ({sealed}…).",
            *(str(notice) for notice in notices if isinstance(notice, str)),
        ),
        effect=effect,
    )


def _in_words(found: Mapping[str, Any]) -> str:
    if found.get("relative"):
        effect, low, high = (f"{100 * found[name]:+.1f} %" for name in ("effect", "ci_low", "ci_high"))
    else:
        effect, low, high = (f"{found[name]:+.4g}" for name in ("effect", "ci_low", "ci_high"))
    return f"The estimated effect is {effect}, 95 % interval {low} to {high}, n = {found.get('n', 'not said')}."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
