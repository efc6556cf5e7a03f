"""
Take in what a model answered: each claim goes to the unit that it is about, and what can't be read costs only itself.
"""

from collections.abc import Mapping, Sequence

from lsp_server.review.asking import Answer, NotAsked
from lsp_server.review.change import SkipReason
from lsp_server.review.finding import Claim, Placed
from lsp_server.review.ledger import Fate
from lsp_server.review.memory import Verdict, from_text, to_text
from lsp_server.review.outcome import Incomplete
from lsp_server.review.packing import Batch
from lsp_server.review.placing import place, source_of_claim
from lsp_server.review.reply import NOTHING_READABLE, parse
from lsp_server.review.run import Run
from lsp_server.review.source import Source

CUT_OFF = "A reply was cut off at its longest; what had come of it was read."
FATES: Mapping[NotAsked, tuple[SkipReason, Incomplete | None]] = {
    NotAsked.COST_CAP: (SkipReason.COST_CAP, Incomplete.COST_CAP),
    NotAsked.REQUEST_CAP: (SkipReason.COST_CAP, Incomplete.COST_CAP),
    NotAsked.CANCELLED: (SkipReason.CANCELLED, Incomplete.CANCELLED),
    NotAsked.FAILED: (SkipReason.PROVIDER_FAILED, Incomplete.PROVIDER_FAILED),
    # Nobody can do anything about it: whoever needs all of the change reviewed demands its coverage.
    NotAsked.REFUSED: (SkipReason.REFUSED, None),
}


def take(run: Run, batch: Batch, answer: Answer) -> None:
    """
    Note what an answer says of the units of a batch, or why there is none.
    """
    if answer.reason is not None:
        _take_none(run, batch, answer)
        return
    parsed = parse(answer.text)
    if not parsed.claims and NOTHING_READABLE in parsed.problems:
        run.problems += parsed.problems
        _leave(run, batch, Fate(SkipReason.PROVIDER_FAILED, NOTHING_READABLE), Incomplete.COVERAGE)
        return
    problems = (*parsed.problems, CUT_OFF) if answer.is_cut else parsed.problems
    for key, verdict in _shared_out(batch, parsed.claims, problems, run.sources).items():
        # As it will be when it is recalled, so that the same run has the same result twice.
        run.verdicts[key] = from_text(to_text(verdict)) or verdict


def _take_none(run: Run, batch: Batch, answer: Answer) -> None:
    if answer.reason is None or answer.reason is NotAsked.NOT_CONFIGURED:
        if answer.sentence not in run.notices:
            run.notices.append(answer.sentence)
        _leave(run, batch, Fate(SkipReason.NO_MODEL))
        return
    reason, incomplete = FATES[answer.reason]
    if reason is SkipReason.REFUSED and answer.sentence not in run.notices:
        run.notices.append(answer.sentence)
    detail = "review.maxRequests is reached" if answer.reason is NotAsked.REQUEST_CAP else answer.sentence
    _leave(run, batch, Fate(reason, detail), incomplete)


def _leave(run: Run, batch: Batch, fate: Fate, incomplete: Incomplete | None = None) -> None:
    run.fates |= {one.key: fate for one in batch.planned}
    if incomplete:
        run.stop_early(incomplete)


def _shared_out(
    batch: Batch, claims: Sequence[Claim], problems: Sequence[str], sources: Mapping[str, Source]
) -> dict[str, Verdict]:
    """
    Each claim with the unit that it is about, as far as that can be said; the rest with the first one.
    """
    of_unit: dict[str, list[Claim]] = {one.key: [] for one in batch.planned}
    for claim in claims:
        of_unit[_unit_of(claim, batch, sources)].append(claim)
    first = batch.planned[0].key
    return {
        key: Verdict(claims=tuple(found), problems=tuple(problems) if key == first else ())
        for key, found in of_unit.items()
    }


def _unit_of(claim: Claim, batch: Batch, sources: Mapping[str, Source]) -> str:
    source = source_of_claim(claim.file, sources)
    of_file = [one for one in batch.planned if source is not None and one.unit.path == source.path]
    outcome = place(claim, sources)
    if source is not None and isinstance(outcome, Placed):
        lines = source.lines_of(outcome.span)
        for one in of_file:
            if any(line in piece.lines for piece in one.unit.pieces for line in lines):
                return one.key
    return (of_file or batch.planned)[0].key
