"""
Review a change: what the rules find, what a model finds, each placed, settled and checked, and an account of it all.
"""

import asyncio
from collections.abc import Callable, Sequence

from lsp_server.providers.base import Provider
from lsp_server.review.answers import take
from lsp_server.review.asking import Answer, price_of
from lsp_server.review.baseline import Baseline
from lsp_server.review.change import Change, SkipReason
from lsp_server.review.finding import Placed, Withheld
from lsp_server.review.ledger import Fate, account
from lsp_server.review.memory import problems_of, to_text
from lsp_server.review.outcome import Review, Spending
from lsp_server.review.placing import place
from lsp_server.review.rules import check
from lsp_server.review.run import Estimate, HunkContext, Options, Progress, Run, begin
from lsp_server.review.second_look import Checked, checked
from lsp_server.review.settling import Settled, policy_of, settle
from lsp_server.settings import Settings

__all__ = ["Estimate", "HunkContext", "Options", "Progress", "estimate", "review"]


async def review(
    change: Change,
    *,
    provider: Provider | None,
    gather: HunkContext,
    settings: Settings,
    baseline: Baseline,
    options: Options,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Review:
    """
    Everything that is known about `change` in the end; without a provider, what the rules find.
    """
    run = await begin(change, provider, gather, settings, options)
    placed = [hit for source in run.sources.values() for hit in await asyncio.to_thread(check, source)]
    renames = {file.path: file.old_path for file in change.files if file.old_path}

    async def settled(found: Sequence[Placed]) -> Settled:
        # Proving fixes reads files anew, which nobody else should have to wait for.
        return await asyncio.to_thread(
            settle,
            found,
            run.sources,
            policy=policy_of(settings),
            baseline=baseline,
            renames=renames,
            asked_model=run.asking is not None,
        )

    if run.asking is None:
        run.notices.append(options.no_model)
        return _review(run, Checked(settled=await settled(placed)))
    await _ask(run, on_progress)
    unplaced: list[Withheld] = []
    for claim in run.claims():
        outcome = await asyncio.to_thread(place, claim, run.sources)
        if isinstance(outcome, Placed):
            placed.append(outcome)
        else:
            unplaced.append(outcome)
    return _review(run, await checked(run, placed, settled, settings), unplaced)


async def estimate(
    change: Change, *, provider: Provider | None, gather: HunkContext, settings: Settings, options: Options
) -> Estimate:
    """
    What `review` would ask, without asking it.
    """
    run = await begin(change, provider, gather, settings, options)
    if provider is None:
        return Estimate(units=len(run.planned))
    batches = run.unanswered()
    prices = [price_of(run.prompt(batch), run.model) for batch in batches]
    return Estimate(
        requests=len(batches),
        units=len(run.planned),
        cached_units=len(run.verdicts),
        input_tokens=sum(price.input_tokens for price in prices),
        cost_usd=sum(price.usual_usd for price in prices),
        provider=provider.name,
        model=run.model,
    )


async def _ask(run: Run, on_progress: Callable[[Progress], None]) -> None:
    """
    Ask about every unit that nothing is known of, and remember what was answered.
    """
    assert run.asking is not None
    purse = run.asking.purse
    batches = run.unanswered()
    prompts = [run.prompt(batch) for batch in batches]
    estimated = sum(price_of(prompt, run.model).usual_usd for prompt in prompts)

    async def on_answer(number: int, answer: Answer) -> None:
        # At once, so that what was paid for is kept even if the run is ended from outside.
        answered.add(number)
        take(run, batches[number], answer)
        known = {one.key: to_text(run.verdicts[one.key]) for one in batches[number].planned if one.key in run.verdicts}
        await run.options.memory.keep(known)
        tell()

    def tell() -> None:
        spent = purse.spent_usd
        on_progress(Progress(done=len(answered), total=len(prompts), spent_usd=spent, estimated_usd=estimated))

    answered: set[int] = set()
    tell()
    answers = await run.asking.ask(prompts, on_answer)
    for number, answer in enumerate(answers):
        if number not in answered:
            take(run, batches[number], answer)


def _review(run: Run, shown: Checked, unplaced: Sequence[Withheld] = ()) -> Review:
    unknown = Fate(SkipReason.NO_MODEL)
    fates = [(one.unit, Fate() if one.key in run.verdicts else run.fates.get(one.key, unknown)) for one in run.planned]
    verdicts = [run.verdicts[one.key] for one in run.planned if one.key in run.verdicts]
    new = [f"This change adds a suppression: {sentence}" for sentence in shown.settled.new_suppressions]
    return Review(
        findings=shown.settled.findings,
        withheld=(*shown.settled.withheld, *unplaced, *shown.doubted),
        coverage=account(run.change, [*fates, *run.skipped]),
        spending=run.asking.purse.spending(run.cached_units) if run.asking else Spending(),
        problems=tuple(dict.fromkeys([*problems_of(verdicts), *run.problems])),
        notices=tuple(filter(None, (*run.change.notices, *run.notices, *new))),
        unused_suppressions=shown.settled.unused_suppressions,
        incomplete=run.incomplete,
        provider=run.asking.provider.name if run.asking else "",
        model=run.model,
        base=run.change.base,
    )
