"""
Have what would be shown looked at a second time, as far as the money goes, and withhold what is then in doubt.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lsp_server.review import verification
from lsp_server.review.asking import NotAsked
from lsp_server.review.finding import Finding, Origin, Placed, Withheld, WithheldReason, held_back
from lsp_server.review.outcome import Incomplete
from lsp_server.review.run import Run
from lsp_server.review.settling import Settled
from lsp_server.settings import Settings, Verification

MOST_ROUNDS = 3
"""What a doubted finding had kept over the limit is looked at in its turn."""

Settle = Callable[[Sequence[Placed]], Awaitable[Settled]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """
    What is shown in the end, and what the second look put in doubt.
    """

    settled: Settled
    doubted: tuple[Withheld, ...] = ()


async def checked(run: Run, placed: Sequence[Placed], settle: Settle, settings: Settings) -> Checked:
    """
    Settle what was placed, look again at what would be shown, and settle what is left.
    """
    settled = await settle(placed)
    if settings.review_verify is Verification.OFF:
        return Checked(settled=settled)
    doubted: list[Withheld] = []
    seen: set[str] = set()
    for _ in range(MOST_ROUNDS):
        unseen = [finding for finding in settled.findings if finding.id not in seen]
        asked = verification.doubtful(unseen, run.planned, asked=run.asked)
        if not asked:
            break
        known = await _second_look(run, asked)
        for one in asked:
            seen.add(one.finding.id)
            if _is_doubted(known.get(one.key), settings):
                placed = [other for other in placed if not _is_about(other, one.finding)]
                doubted.append(_withheld(one.finding, known.get(one.key)))
        settled = await settle(placed)
    return Checked(settled=settled, doubted=tuple(doubted))


async def _second_look(run: Run, asked: Sequence[verification.Doubtful]) -> dict[str, int]:
    """
    How sure the second look is of each finding, by key, as far as it could be asked.
    """
    assert run.asking is not None
    recalled = await run.options.memory.find([one.key for one in asked])
    known = {key: int(text) for key, text in recalled.items() if text.isdecimal()}
    groups = verification.groups([one for one in asked if one.key not in known])
    prompts = [verification.prompt_of(group, request_id=run.options.new_id()) for group in groups]
    fresh: dict[str, int] = {}
    for group, answer in zip(groups, await run.asking.ask(prompts), strict=True):
        if answer.reason is None:
            fresh |= verification.confidences(group, answer.text)
        elif answer.reason is NotAsked.FAILED:
            run.stop_early(Incomplete.PROVIDER_FAILED)
        elif answer.reason is NotAsked.CANCELLED:
            run.stop_early(Incomplete.CANCELLED)
    await run.options.memory.keep({key: str(confidence) for key, confidence in fresh.items()})
    return known | fresh


def _is_doubted(confidence: int | None, settings: Settings) -> bool:
    if confidence is None:
        return settings.review_verify is Verification.ON
    return confidence < settings.review_min_confidence


def _is_about(placed: Placed, finding: Finding) -> bool:
    claim, span = placed.claim, finding.span
    touches = placed.span.start < span.end and span.start < placed.span.end
    return touches and claim.category is finding.category and claim.origin is Origin.MODEL


def _withheld(finding: Finding, confidence: int | None) -> Withheld:
    detail = "it could not be checked" if confidence is None else f"a second look was {confidence} % sure of it"
    return held_back(finding, WithheldReason.NOT_VERIFIED, detail)
