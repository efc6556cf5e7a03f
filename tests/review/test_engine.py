"""
A whole review in memory: what is asked, what it costs, what is kept, and an account of every hunk whatever happens.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from lsp_server.providers.base import (
    NotConfigured,
    Overloaded,
    Prompt,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
    Usage,
)
from lsp_server.review import engine
from lsp_server.review.baseline import Baseline, of_findings
from lsp_server.review.change import Change, FileChange, SkipReason
from lsp_server.review.engine import Options, Progress
from lsp_server.review.finding import Severity, WithheldReason
from lsp_server.review.ledger import percent_covered
from lsp_server.review.outcome import HunkStatus, Incomplete, Review
from lsp_server.review.related import Reference
from lsp_server.review.units import Unit
from lsp_server.settings import Settings, Verification
from tests.review.changes import change, file_change
from tests.support.answering import AnsweringVendor, Remembering, Said, finding

BEFORE = "export function mean(values: number[]): number {\n  return 0;\n}\n"
AFTER = BEFORE.replace("return 0;", "return sum(values) / values.length;")
HAZARD = "  return sum(values) / values.length;"
DEAR = Usage(input_tokens=400_000, output_tokens=1000)
NO_CHECK: dict[str, Any] = {"review_verify": Verification.OFF}


async def no_context(texts: Mapping[str, str], units: Sequence[Unit]) -> Sequence[tuple[Reference, ...]]:
    return [()] * len(units)


async def review(
    changed: Change,
    vendor: AnsweringVendor | None,
    *,
    memory: Remembering | None = None,
    baseline: Baseline | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    options: Options | None = None,
    **settings: Any,
) -> Review:
    given = options or Options()
    return await engine.review(
        changed,
        provider=vendor,
        gather=no_context,
        settings=Settings(**settings),
        baseline=baseline or Baseline(),
        options=replace(given, memory=memory or given.memory, sleep=_no_sleep),
        on_progress=on_progress,
    )


async def _no_sleep(seconds: float) -> None:
    del seconds


def files(count: int, size: int = 20_000) -> Change:
    """
    Files that are so large that each has a request of its own.
    """
    text = "".join(f"const x{number} = f({number});\n" for number in range(size // 24))
    return change(*(file_change(f"export const id = {name};\n" + text, path=f"src/{name}.ts") for name in range(count)))


def asked_about(prompt: Prompt) -> set[str]:
    return set(re.findall(r"^=== (\S+)", prompt.messages[0].text, re.MULTILINE))


def statuses(review: Review) -> list[tuple[HunkStatus, SkipReason | None]]:
    return [(line.status, line.reason) for line in review.coverage]


async def test_a_finding_gets_its_place_and_its_cost_is_told() -> None:
    """
    The engine's plainest case: one request, one finding at its line, one hunk reviewed.
    """
    vendor = AnsweringVendor(lambda prompt: [finding(HAZARD, severity="error")])

    found = await review(change(file_change(AFTER, BEFORE)), vendor, **NO_CHECK)

    (only,) = found.findings
    assert (only.file, only.line, only.severity, only.symbol) == ("src/a.ts", 2, Severity.WARNING, "mean")
    assert statuses(found) == [(HunkStatus.REVIEWED, None)]
    assert (found.provider, found.model, found.incomplete) == ("anthropic", "claude-haiku-5-5", None)
    assert (found.spending.requests, found.spending.input_tokens) == (1, 1000)
    assert found.spending.cost_usd == pytest.approx(1000 * 0.10e-6 + 100 * 0.50e-6)


async def test_without_a_provider_rules_alone_speak() -> None:
    """
    What needs no model is found, the sentence why none was asked is told, and every hunk says so.
    """
    changed = change(file_change("if (a == a) {\n  b();\n}\n"))

    found = await review(changed, None, options=Options(no_model="There is no key."))

    assert [one.rule for one in found.findings] != []
    assert found.notices == ("There is no key.",)
    assert statuses(found) == [(HunkStatus.SKIPPED, SkipReason.NO_MODEL)]
    assert found.incomplete is None


async def test_a_provider_without_a_key_is_as_none() -> None:
    """
    A fork's pull request has no secrets: that is said, and is no failure.
    """
    vendor = AnsweringVendor(lambda prompt: NotConfigured("No credential was found."))

    found = await review(change(file_change(AFTER, BEFORE)), vendor)

    assert statuses(found) == [(HunkStatus.SKIPPED, SkipReason.NO_MODEL)]
    assert found.notices == ("No credential was found.",)
    assert (found.incomplete, found.spending.requests) == (None, 0)


async def test_what_is_known_is_not_asked_again() -> None:
    """
    The same change a second time makes no request and has the same findings; a changed file is asked about alone.
    """
    memory = Remembering()
    vendor = AnsweringVendor(lambda prompt: [finding(HAZARD)] if "src/a.ts" in asked_about(prompt) else [])
    others = files(3).files
    first = await review(change(file_change(AFTER, BEFORE), *others), vendor, memory=memory)
    asked = len(vendor.prompts)
    second = await review(change(file_change(AFTER, BEFORE), *others), vendor, memory=memory)
    unchanged = len(vendor.prompts)
    edited = replace(others[1], **vars_of(file_change("export const id = 'new';\n", path="src/1.ts")))
    await review(change(file_change(AFTER, BEFORE), others[0], edited, others[2]), vendor, memory=memory)

    assert (second.findings, second.withheld, second.coverage) == (first.findings, first.withheld, first.coverage)
    assert unchanged == asked
    assert second.spending.requests == 0
    assert [asked_about(prompt) for prompt in vendor.prompts[asked:]] == [{"src/1.ts"}]


def vars_of(file: FileChange) -> dict[str, Any]:
    return {"text": file.text, "hunks": file.hunks}


async def test_lines_above_do_not_make_a_hunk_new() -> None:
    """
    After a rebase that moves everything down nothing is asked, and the finding is at its new line with its old id.
    """
    memory = Remembering()
    vendor = AnsweringVendor(lambda prompt: [finding(HAZARD)])
    header = "// A line that came with the new base.\n" * 30
    first = await review(change(file_change(AFTER, BEFORE)), vendor, memory=memory)
    asked = len(vendor.prompts)

    second = await review(change(file_change(header + AFTER, header + BEFORE)), vendor, memory=memory)

    assert len(vendor.prompts) == asked
    assert [one.id for one in second.findings] == [one.id for one in first.findings]
    assert [one.line for one in second.findings] == [32]


async def test_kept_answers_that_are_no_answers_are_asked_again() -> None:
    """
    Whatever stands in the cache by now, it is no verdict unless it can be read as one.
    """
    memory = Remembering()
    vendor = AnsweringVendor(lambda prompt: [finding(HAZARD)])
    await review(change(file_change(AFTER, BEFORE)), vendor, memory=memory, **NO_CHECK)
    memory.texts = dict.fromkeys(memory.texts, '{"findings": 3')

    found = await review(change(file_change(AFTER, BEFORE)), vendor, memory=memory, **NO_CHECK)

    assert len(vendor.prompts) == 2
    assert len(found.findings) == 1


class TestCap:
    """
    Money: never past the cap by more than one request.
    """

    @pytest.mark.parametrize("cap", [0.0, 0.05, 0.1, 0.5])
    async def test_the_cap_holds_but_for_one_request(self, cap: float) -> None:
        """
        Whatever replies really cost, all but the last one is within the cap, and the rest is accounted for.
        """
        vendor = AnsweringVendor(lambda prompt: [], usage=DEAR)
        each = engine_cost(DEAR)

        found = await review(files(8), vendor, options=Options(max_cost_usd=cap))

        assert found.spending.cost_usd <= cap + each
        assert found.spending.requests == len(vendor.prompts) < 8
        assert found.incomplete is Incomplete.COST_CAP
        reviewed = [line for line in found.coverage if line.status is HunkStatus.REVIEWED]
        assert {line.reason for line in found.coverage if line not in reviewed} == {SkipReason.COST_CAP}

    async def test_requests_can_be_capped_too(self) -> None:
        """
        `review.maxRequests` counts what is sent, and says in the ledger what it kept from being sent.
        """
        vendor = AnsweringVendor(lambda prompt: [])

        found = await review(files(4), vendor, review_max_requests=2)

        assert len(vendor.prompts) == 2
        assert "review.maxRequests is reached" in {line.detail for line in found.coverage}
        assert found.incomplete is Incomplete.COST_CAP

    async def test_little_money_goes_round_before_any_is_spent_on_more(self) -> None:
        """
        Where everything with its context would cost too much, hunks are shown with their signatures alone.
        """
        functions = [
            BEFORE.replace("mean", f"mean{n}").replace("return 0;", "first();\n" * 60 + "  return 0;") for n in range(9)
        ]
        changed = change(
            *(
                file_change(text.replace("return 0", "return 1"), text, f"src/{n}.ts")
                for n, text in enumerate(functions)
            )
        )
        rich, poor = AnsweringVendor(lambda prompt: []), AnsweringVendor(lambda prompt: [])
        await review(changed, rich)
        estimate = await engine.estimate(
            changed, provider=rich, gather=no_context, settings=Settings(), options=Options()
        )

        found = await review(changed, poor, options=Options(max_cost_usd=estimate.cost_usd * 0.99))

        assert len(poor.prompts[0].messages[0].text) < len(rich.prompts[0].messages[0].text)
        assert {status for status, _ in statuses(found)} == {HunkStatus.REVIEWED}

    async def test_an_estimate_sends_nothing(self) -> None:
        """
        What it says is about what the run then costs.
        """
        vendor = AnsweringVendor(lambda prompt: [])
        estimate = await engine.estimate(
            files(3), provider=vendor, gather=no_context, settings=Settings(), options=Options()
        )

        assert vendor.prompts == []
        assert estimate.requests == 3
        assert estimate.cost_usd > 0


def engine_cost(usage: Usage) -> float:
    from lsp_server.providers.capabilities import cost_usd

    return cost_usd(usage, "claude-haiku-5-5")


class TestFailure:
    """
    Whatever goes wrong, what was finished stays.
    """

    @pytest.mark.parametrize("dies_at", range(5))
    async def test_a_death_at_any_request_keeps_what_was_finished(self, dies_at: int) -> None:
        """
        Files whose requests were answered are reviewed, all others say that the provider failed.
        """
        vendor = AnsweringVendor(lambda prompt: Unreachable("It is gone.") if len(vendor.prompts) > dies_at else [])

        found = await review(files(5), vendor)

        reviewed = {line.file for line in found.coverage if line.status is HunkStatus.REVIEWED}
        assert len(reviewed) == dies_at
        assert {line.reason for line in found.coverage if line.file not in reviewed} == {SkipReason.PROVIDER_FAILED}
        assert {line.detail for line in found.coverage if line.file not in reviewed} == {"It is gone."}
        assert found.incomplete is Incomplete.PROVIDER_FAILED

    async def test_what_was_finished_is_not_asked_again(self) -> None:
        """
        The run after a failure pays only for what the failure left.
        """
        memory = Remembering()
        vendor = AnsweringVendor(lambda prompt: Unreachable("Gone.") if len(vendor.prompts) > 3 else [])
        await review(files(5), vendor, memory=memory)
        again = AnsweringVendor(lambda prompt: [])

        found = await review(files(5), again, memory=memory)

        assert len(again.prompts) == 2
        assert found.incomplete is None

    @pytest.mark.parametrize(
        "error", [RateLimited("Slow down."), Overloaded("Too much."), RateLimited("Wait.", retry_after_s=3)]
    )
    async def test_a_crowded_provider_is_asked_again(self, error: ProviderError) -> None:
        """
        Two refusals for want of room are waited out.
        """
        vendor = AnsweringVendor(lambda prompt: error if len(vendor.prompts) < 3 else [finding(HAZARD)])

        found = await review(change(file_change(AFTER, BEFORE)), vendor, **NO_CHECK)

        assert len(found.findings) == 1
        assert found.incomplete is None

    async def test_a_pause_that_is_too_long_is_a_failure(self) -> None:
        """
        Nobody waits for an hour in CI.
        """
        vendor = AnsweringVendor(lambda prompt: RateLimited("Come back later.", retry_after_s=3600))

        found = await review(change(file_change(AFTER, BEFORE)), vendor)

        assert len(vendor.prompts) == 1
        assert found.incomplete is Incomplete.PROVIDER_FAILED

    async def test_a_refusal_costs_only_its_own_part(self) -> None:
        """
        A model that declines one request is asked the others.
        """
        vendor = AnsweringVendor(lambda prompt: Refused("No.") if "src/1.ts" in asked_about(prompt) else [])

        found = await review(files(3), vendor)

        assert {line.file for line in found.coverage if line.reason is SkipReason.REFUSED} == {"src/1.ts"}
        assert {line.file for line in found.coverage if line.status is HunkStatus.REVIEWED} == {"src/0.ts", "src/2.ts"}

    async def test_a_cancelled_review_keeps_what_was_finished(self) -> None:
        """
        The event ends requests that are under way; the rest of the ledger says that it was cancelled.
        """
        options = Options()

        def answer(prompt: Prompt) -> Said:
            if len(vendor.prompts) == 2:
                options.cancelled.set()
            return []

        vendor = AnsweringVendor(answer)
        found = await review(files(9), vendor, options=options, review_max_cost_usd=0.05)

        assert found.incomplete is Incomplete.CANCELLED
        assert {line.reason for line in found.coverage} == {None, SkipReason.CANCELLED}

    async def test_cancelling_the_task_ends_it(self) -> None:
        """
        An editor that cancels its request gets no result, and no request stays open.
        """
        task = asyncio.ensure_future(review(files(3), AnsweringVendor(_hang)))
        await asyncio.sleep(0)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task


def _hang(prompt: Prompt) -> Said:
    raise asyncio.CancelledError


class TestReplies:
    """
    What a model answers is not what it was asked for.
    """

    async def test_a_bad_entry_costs_only_itself(self) -> None:
        """
        The sound finding is shown and the other one reported, in the next run as well.
        """
        memory = Remembering()
        vendor = AnsweringVendor(lambda prompt: [finding(HAZARD), finding(HAZARD, category="taste")])

        first = await review(change(file_change(AFTER, BEFORE)), vendor, memory=memory, **NO_CHECK)
        second = await review(change(file_change(AFTER, BEFORE)), vendor, memory=memory, **NO_CHECK)

        assert len(first.findings) == 1
        assert len(first.problems) == 1
        assert (second.findings, second.problems, len(vendor.prompts)) == (first.findings, first.problems, 1)

    async def test_prose_is_no_review(self) -> None:
        """
        A reply without findings and without an empty list is not taken for a clean bill.
        """
        vendor = AnsweringVendor(lambda prompt: "I would rather not.")

        found = await review(change(file_change(AFTER, BEFORE)), vendor)

        assert found.findings == ()
        assert statuses(found) == [(HunkStatus.SKIPPED, SkipReason.PROVIDER_FAILED)]
        assert found.incomplete is Incomplete.COVERAGE
        assert len(found.problems) == 1

    async def test_what_cannot_be_placed_is_withheld(self) -> None:
        """
        An invented quote and another file are counted with their reasons.
        """
        vendor = AnsweringVendor(lambda prompt: [finding("  invented();"), finding(HAZARD, file="src/other.ts")])

        found = await review(change(file_change(AFTER, BEFORE)), vendor)

        assert found.findings == ()
        assert {one.reason for one in found.withheld} == {WithheldReason.QUOTE_NOT_FOUND, WithheldReason.UNKNOWN_FILE}

    async def test_the_baseline_silences(self) -> None:
        """
        What was dismissed is withheld, under the id that it was dismissed by.
        """
        vendor = AnsweringVendor(lambda prompt: [finding(HAZARD)])
        first = await review(change(file_change(AFTER, BEFORE)), vendor, **NO_CHECK)

        second = await review(
            change(file_change(AFTER, BEFORE)), vendor, baseline=of_findings(first.findings), **NO_CHECK
        )

        assert second.findings == ()
        assert [(one.reason, one.id) for one in second.withheld] == [(WithheldReason.BASELINE, first.findings[0].id)]


class TestSecondLook:
    """
    What would be shown is checked, and may only lose by it.
    """

    @staticmethod
    def vendor(confidence: int | None, *also: dict[str, Any]) -> AnsweringVendor:
        def answer(prompt: Prompt) -> Said:
            if "Check these findings" not in prompt.messages[0].text:
                return [finding(HAZARD)]
            return [] if confidence is None else [finding(HAZARD, confidence=confidence), *also]

        return AnsweringVendor(answer)

    @pytest.mark.parametrize(("confidence", "shown"), [(95, True), (60, True), (59, False), (0, False), (None, True)])
    async def test_decides_by_confidence(self, confidence: int | None, shown: bool) -> None:
        """
        A finding that is doubted is withheld; one that the second look does not speak of is not.
        """
        found = await review(change(file_change(AFTER, BEFORE)), self.vendor(confidence))

        assert bool(found.findings) is shown
        assert [one.reason for one in found.withheld] == ([] if shown else [WithheldReason.NOT_VERIFIED])
        assert found.spending.requests == 2

    async def test_adds_nothing(self) -> None:
        """
        What only the second look reports is not shown.
        """
        vendor = self.vendor(90, finding("export function mean(values: number[]): number {"))

        assert len((await review(change(file_change(AFTER, BEFORE)), vendor)).findings) == 1

    async def test_is_paid_once(self) -> None:
        """
        Its outcome is remembered as well.
        """
        memory = Remembering()
        first = await review(change(file_change(AFTER, BEFORE)), self.vendor(10), memory=memory)
        vendor = self.vendor(10)

        second = await review(change(file_change(AFTER, BEFORE)), vendor, memory=memory)

        assert vendor.prompts == []
        assert second.withheld == first.withheld

    @pytest.mark.parametrize(("verify", "shown"), [(Verification.AUTO, True), (Verification.ON, False)])
    async def test_without_money_it_is_left_out_or_decides(self, verify: Verification, shown: bool) -> None:
        """
        `auto` shows what could not be checked; `on` does not.
        """
        found = await review(
            change(file_change(AFTER, BEFORE)), self.vendor(90), review_verify=verify, review_max_requests=1
        )

        assert bool(found.findings) is shown
        assert found.incomplete is None

    async def test_off_asks_nothing(self) -> None:
        """
        Whoever does not want it does not pay for it.
        """
        assert (await review(change(file_change(AFTER, BEFORE)), self.vendor(0), **NO_CHECK)).spending.requests == 1


async def test_progress_ends_where_it_should() -> None:
    """
    Every answer is heard of, with what was spent by then.
    """
    heard: list[Progress] = []

    await review(files(3), AnsweringVendor(lambda prompt: []), on_progress=heard.append)

    assert [(one.done, one.total) for one in heard] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert heard[-1].spent_usd >= heard[1].spent_usd > heard[0].spent_usd == 0
    assert heard[0].estimated_usd > 0


async def test_pure_deletions_are_not_paid_for() -> None:
    """
    Where nothing was added nothing can be reported, which the ledger says without counting it against coverage.
    """
    vendor = AnsweringVendor(lambda prompt: [])

    found = await review(change(file_change("a();\n", "a();\nb();\n")), vendor)

    assert vendor.prompts == []
    assert statuses(found) == [(HunkStatus.SKIPPED, SkipReason.DELETION_ONLY)]
    assert percent_covered(found.coverage) == 100


async def test_every_added_line_is_accounted_for() -> None:
    """
    The ledger has a line for each hunk, in the order of the change, and its sums are those of the change.
    """
    changed = change(file_change(AFTER, BEFORE), *files(3, size=60_000).files)
    vendor = AnsweringVendor(lambda prompt: Refused("No.") if len(vendor.prompts) == 3 else [])

    found = await review(changed, vendor)

    expected = [(file.path, hunk.header, hunk.new_count) for file in changed.files for hunk in file.hunks]
    assert [(line.file, line.hunk, line.added_lines) for line in found.coverage] == expected
    clipped = [line for line in found.coverage if line.status is HunkStatus.CLIPPED]
    assert len(clipped) == 1
    assert 0 < clipped[0].reviewed_lines < clipped[0].added_lines
    assert percent_covered(found.coverage) < 100
