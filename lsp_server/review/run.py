"""
One review on its way: what is asked, what is known from earlier, and what became of each unit.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lsp_server.prompts import review_template
from lsp_server.providers.base import Prompt, Provider, Purpose
from lsp_server.review import packing
from lsp_server.review.asking import Asking, Purse, Sleep, price_of
from lsp_server.review.change import Change, SkipReason
from lsp_server.review.finding import Claim
from lsp_server.review.ledger import Fate
from lsp_server.review.memory import Memory, NoMemory, Verdict, from_text
from lsp_server.review.outcome import Incomplete
from lsp_server.review.packing import Batch, Planned
from lsp_server.review.related import Reference
from lsp_server.review.source import Source, sources_of
from lsp_server.review.tool import REPORT_FINDINGS
from lsp_server.review.units import Detail, Unit, units_of
from lsp_server.settings import Settings

HunkContext = Callable[[Mapping[str, str], Sequence[Unit]], Awaitable[Sequence[tuple[Reference, ...]]]]
"""For each unit, what other places say about it; the texts are those of the change, by path."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """
    What one run may do, besides what the settings say; None leaves it to them and to the workspace.

    Setting `cancelled` ends the run early and keeps what was finished. `guidelines` are the project's own words to its
    reviewers. `no_model` is the sentence that explains why no model is asked, if none is. With `remember` off, nothing
    known from earlier is used or kept.
    """

    max_cost_usd: float | None = None
    guidelines: str | None = None
    no_model: str = ""
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    remember: bool = True
    memory: Memory = field(default_factory=NoMemory)
    new_id: Callable[[], str] = lambda: ""
    sleep: Sleep = asyncio.sleep

    def cap_usd(self, settings: Settings) -> float:
        """
        The most that the run may cost.
        """
        return settings.review_max_cost_usd if self.max_cost_usd is None else self.max_cost_usd


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """
    How far a review has come: requests answered, of how many, and dollars.
    """

    done: int
    total: int
    spent_usd: float
    estimated_usd: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """
    What a review would ask and cost, before anything is sent; what is known from earlier runs costs nothing.
    """

    requests: int = 0
    units: int = 0
    cached_units: int = 0
    input_tokens: int = 0
    cost_usd: float = 0.0
    provider: str = ""
    model: str = ""


@dataclass(kw_only=True)
class Run:
    """
    One review on its way: what is asked, what is known, and what became of each unit.
    """

    change: Change
    sources: Mapping[str, Source]
    options: Options
    planned: tuple[Planned, ...]
    model: str
    asking: Asking | None
    asked: tuple[str, ...]
    """What decides on every answer, besides what is shown: the model, the wording, the project's guidelines."""
    skipped: list[tuple[Unit, Fate]] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    cached_units: int = 0
    incomplete: Incomplete | None = None

    def unanswered(self) -> tuple[Batch, ...]:
        """
        The requests for everything that is not known yet.
        """
        return packing.pack(one for one in self.planned if one.key not in self.verdicts)

    def prompt(self, batch: Batch) -> Prompt:
        """
        The request for a batch.
        """
        return review_template.review(
            batch.text,
            guidelines=self.options.guidelines or "",
            tool=REPORT_FINDINGS,
            files=batch.paths,
            request_id=self.options.new_id(),
        )

    def claims(self) -> list[Claim]:
        """
        What was said of the units, in their order.
        """
        return [claim for one in self.planned if one.key in self.verdicts for claim in self.verdicts[one.key].claims]

    def stop_early(self, reason: Incomplete) -> None:
        """
        Note the gravest reason why something is left.
        """
        ranks = (Incomplete.COVERAGE, Incomplete.COST_CAP, Incomplete.CANCELLED, Incomplete.PROVIDER_FAILED)
        self.incomplete = max(filter(None, (self.incomplete, reason)), key=ranks.index)


async def begin(
    change: Change, provider: Provider | None, gather: HunkContext, settings: Settings, options: Options
) -> Run:
    """
    Cut the change into units, and find out what is known of them.
    """
    sources = await asyncio.to_thread(sources_of, change)
    model = provider.model_for(Purpose.REVIEW) if provider else ""
    digest = hashlib.sha256((options.guidelines or "").encode(errors="replace")).hexdigest()
    asked = (model, review_template.wording(), digest)
    run = Run(
        change=change,
        sources=sources,
        options=options,
        planned=(),
        model=model,
        asking=_asking(provider, model, settings, options),
        asked=asked,
    )
    run.planned = await _plan(run, gather, Detail.FULL)
    await _recall(run)
    if run.asking is not None and _is_too_much(run):
        # Every hunk gets its minimum before any gets luxury.
        known, verdicts = {one.unit.pieces: one for one in run.planned if one.key in run.verdicts}, run.verdicts
        lean = await _plan(run, gather, Detail.LEAN)
        run.planned = tuple(known.get(one.unit.pieces, one) for one in lean)
        run.verdicts = verdicts
        await _recall(run)
    return run


def _asking(provider: Provider | None, model: str, settings: Settings, options: Options) -> Asking | None:
    if provider is None:
        return None
    purse = Purse(cap_usd=options.cap_usd(settings), most_requests=settings.review_max_requests)
    return Asking(provider=provider, model=model, purse=purse, cancelled=options.cancelled, sleep=options.sleep)


async def _plan(run: Run, gather: HunkContext, detail: Detail) -> tuple[Planned, ...]:
    """
    The units with at least one added line, for nothing can be reported on the others.
    """
    units = await asyncio.to_thread(
        lambda: [unit for source in run.sources.values() for unit in units_of(source, detail)]
    )
    run.skipped = [(unit, Fate(SkipReason.DELETION_ONLY)) for unit in units if not _has_added(unit)]
    shown = [unit for unit in units if _has_added(unit)]
    if run.asking is None:
        references: Sequence[tuple[Reference, ...]] = [()] * len(shown)
    else:
        references = await gather({path: source.text for path, source in run.sources.items()}, shown)
    files = {file.path: file for file in run.change.files}
    return tuple(
        packing.plan(unit, files[unit.path], found if detail is Detail.FULL else (), asked=run.asked)
        for unit, found in zip(shown, references, strict=True)
    )


def _has_added(unit: Unit) -> bool:
    return any(piece.lines for piece in unit.pieces)


async def _recall(run: Run) -> None:
    keys = [one.key for one in run.planned if one.key not in run.verdicts]
    for key, text in (await run.options.memory.find(keys)).items():
        verdict = from_text(text)
        if verdict is not None:
            run.verdicts[key] = verdict
    run.cached_units = sum(one.key in run.verdicts for one in run.planned)


def _is_too_much(run: Run) -> bool:
    assert run.asking is not None
    batches = run.unanswered()
    usual = sum(price_of(run.prompt(batch), run.model).usual_usd for batch in batches)
    return usual > run.asking.purse.cap_usd or len(batches) > run.asking.purse.most_requests
