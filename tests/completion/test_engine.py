"""
The whole flow: what is asked when, what comes back, and what a cancelled or failed request leaves behind.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from lsp_server.completion.engine import complete
from lsp_server.completion.request import (
    Completion,
    CompletionRequest,
    Extent,
    NoCompletion,
    NoCompletionReason,
    Outcome,
    SelectedCompletion,
    Source,
    TriggerKind,
)
from lsp_server.context.snippet import Context
from lsp_server.providers.base import (
    Chunk,
    MessageStop,
    NotAllowed,
    Origin,
    Overloaded,
    Prompt,
    ProviderError,
    RateLimited,
    StopReason,
    TextDelta,
    TimedOut,
    Usage,
)
from lsp_server.settings import Settings
from lsp_server.text.positions import Span
from tests.support.clock import ManualClock
from tests.support.cursors import no_context, request_at
from tests.support.scripted import ScriptedProvider
from tests.support.scripted_vendor import ScriptedVendor

LONG_PAUSE = Settings(completion_debounce_ms=5000)
NO_PAUSE = Settings(completion_debounce_ms=0)


async def ask(source: str | CompletionRequest, provider: ScriptedVendor, **changes: Any) -> Outcome:
    """
    Send one request through the flow.
    """
    request = request_at(source) if isinstance(source, str) else source
    given: dict[str, Any] = {
        "previous": None,
        "provider": provider,
        "gather": no_context,
        "settings": NO_PAUSE,
        "clock": ManualClock(),
    }
    return await complete(request, **given | changes)


async def until_asked(provider: ScriptedVendor) -> None:
    """
    Let the other tasks run until the provider has been asked.
    """
    while not provider.prompts:
        await asyncio.sleep(0)


async def test_a_completion() -> None:
    """
    Text, place and origin.
    """
    provider = ScriptedVendor("items.length;")
    outcome = await ask("const a = █\n", provider)

    assert isinstance(outcome, Completion)
    assert (outcome.id, outcome.text, outcome.span) == ("c1", "items.length;", Span(10, 10))
    assert (outcome.source, outcome.extent) == (Source.MODEL, Extent.BLOCK)
    assert (outcome.provider, outcome.model) == (provider.name, "claude-haiku-5-5")
    assert outcome.prompt_fingerprint == provider.prompts[0].fingerprint
    assert outcome.usage == Usage(input_tokens=100, output_tokens=10)


async def test_the_prompt_shows_the_cursor_and_the_context() -> None:
    """
    What was gathered within the budget reaches the model, and the completion remembers it.
    """
    budgets = []

    async def gather(_request: CompletionRequest, budget: int) -> Context:
        budgets.append(budget)
        return Context(text="// cart.ts\nexport type Cart = Item[];")

    provider = ScriptedVendor("b;")
    outcome = await ask("const a: Cart = █\n", provider, gather=gather)
    (prompt,) = provider.prompts

    assert budgets == [NO_PAUSE.completion_context_tokens]
    assert "export type Cart" in prompt.messages[0].text
    assert "const a: Cart = </" in prompt.messages[0].text
    assert prompt.request_id == "c1"
    assert isinstance(outcome, Completion)
    assert "Cart" in outcome.context.text


@pytest.mark.parametrize(
    ("source", "kind", "multiline", "automatic"),
    [
        ("const a = █\n", TriggerKind.AUTOMATIC, True, True),
        ("call(█, b)\n", TriggerKind.AUTOMATIC, False, True),
        ("const a = █\n", TriggerKind.INVOKED, True, False),
    ],
)
async def test_the_inputs_for_a_provider_that_reads_no_prose(
    source: str, kind: TriggerKind, multiline: bool, automatic: bool
) -> None:
    """
    The whole document on either side, and what kind of completion is wanted.
    """
    provider = ScriptedVendor("b")
    await ask(request_at(source, trigger_kind=kind), provider)
    inputs = provider.prompts[0].inputs

    assert inputs is not None
    assert f"{inputs.prefix}█{inputs.suffix}" == source
    assert (inputs.path, inputs.language_id) == ("src/app.ts", "typescript")
    assert (inputs.multiline, inputs.automatic) == (multiline, automatic)


async def test_a_reason_to_skip_asks_nobody() -> None:
    """
    Neither context nor model.
    """

    async def gather(_request: CompletionRequest, _budget: int) -> Context:
        raise AssertionError("no context is needed")

    provider = ScriptedVendor("b")
    outcome = await ask("const us█er = 1;", provider, gather=gather)

    assert isinstance(outcome, NoCompletion)
    assert (outcome.id, outcome.reason) == ("c1", NoCompletionReason.MID_WORD)
    assert provider.prompts == []


async def test_what_is_typed_through_asks_nobody() -> None:
    """
    The rest of the previous completion comes at once, whatever the pause.
    """
    provider = ScriptedVendor("items.length;")
    previous = await ask("const a = █\n", provider)
    outcome = await ask("const a = it█\n", provider, previous=previous, settings=LONG_PAUSE)

    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.source) == ("ems.length;", Source.TYPED_THROUGH)
    assert len(provider.prompts) == 1


async def test_what_is_typed_otherwise_is_asked_anew() -> None:
    """
    The previous completion is forgotten.
    """
    provider = ScriptedVendor("items.length;", "other.size;")
    previous = await ask("const a = █\n", provider)
    outcome = await ask("const a = o█\n", provider, previous=previous)

    assert isinstance(outcome, Completion)
    assert outcome.text == "ther.size;"
    assert len(provider.prompts) == 2


async def test_typed_through_with_the_menu_open() -> None:
    """
    What was offered goes on with the highlighted entry, and with it again.
    """
    provider = ScriptedVendor(".forEach(save);")
    previous = await ask("items█\n", provider)
    request = request_at("items.for█\n", selected=SelectedCompletion(span=Span(6, 9), text="forEach"))
    outcome = await ask(request, provider, previous=previous)

    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.span, outcome.source) == ("forEach(save);", Span(6, 9), Source.TYPED_THROUGH)


async def test_cancelled_while_pausing() -> None:
    """
    A newer keystroke comes before anything was spent.
    """
    provider = ScriptedVendor("b")
    gathered = asyncio.Event()

    async def gather(_request: CompletionRequest, _budget: int) -> Context:
        gathered.set()
        return Context()

    task = asyncio.create_task(ask("const a = █", provider, gather=gather, settings=LONG_PAUSE))
    await gathered.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert provider.prompts == []


async def test_cancelled_while_streaming() -> None:
    """
    The stream is closed at once, and the cancellation goes on upwards.
    """
    provider = ScriptedProvider("b")
    provider.hold = asyncio.Event()
    closed = provider.closed_early
    task = asyncio.create_task(ask("const a = █", provider))
    await until_asked(provider)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert provider.closed_early == closed + 1


async def test_the_stream_is_closed_where_the_statement_ends() -> None:
    """
    Nothing is paid for that would not be shown; what it cost so far is an estimate.
    """
    chunks = [TextDelta("b;"), TextDelta("\n"), *[TextDelta("const c = d;\n")] * 50]
    provider = ScriptedVendor(chunks)
    outcome = await ask("const a = █", provider)

    assert isinstance(outcome, Completion)
    assert outcome.text == "b;"
    assert provider.closed_early == 1
    assert outcome.usage.estimated
    assert outcome.model == "claude-haiku-5-5"


async def test_the_pause_is_waited_out() -> None:
    """
    Gathering context counts towards it.
    """
    clock = ManualClock()

    async def slow_gather(_request: CompletionRequest, _budget: int) -> Context:
        clock.advance(5.0)
        return Context()

    outcome = await asyncio.wait_for(
        ask("const a = █", ScriptedVendor("b;"), gather=slow_gather, settings=LONG_PAUSE, clock=clock), timeout=2
    )

    assert isinstance(outcome, Completion)


async def test_an_engineer_who_asks_does_not_wait() -> None:
    """
    There is no typing to pause in.
    """
    request = request_at("const a = █", trigger_kind=TriggerKind.INVOKED)
    outcome = await asyncio.wait_for(ask(request, ScriptedVendor("b;"), settings=LONG_PAUSE), timeout=2)

    assert isinstance(outcome, Completion)


class Remembering(ScriptedVendor):
    """
    A provider with a cache around it that has the reply.
    """

    async def has_reply(self, _prompt: Prompt) -> bool:
        """
        Always.
        """
        return True


async def test_a_reply_at_hand_is_not_waited_for() -> None:
    """
    The cache answers without a pause, and is named as the source even if its stream is cut early.
    """
    provider = Remembering("b;\nconst c = d;\n")
    outcome = await asyncio.wait_for(ask("const a = █", provider, settings=LONG_PAUSE), timeout=2)

    assert isinstance(outcome, Completion)
    assert outcome.source is Source.CACHE


async def test_a_stream_may_say_that_it_came_from_the_cache() -> None:
    """
    Without being asked before.
    """
    provider = ScriptedVendor([TextDelta("b;"), MessageStop(reason=StopReason.END, model="m", cached=True)])
    outcome = await ask("const a = █", provider)

    assert isinstance(outcome, Completion)
    assert (outcome.source, outcome.model) == (Source.CACHE, "m")


@pytest.mark.parametrize(
    "error", [RateLimited("Too many requests; wait a little."), TimedOut("No answer in time."), Overloaded("Busy.")]
)
async def test_a_provider_that_fails(error: ProviderError) -> None:
    """
    Its sentence and its kind are handed on; nothing is raised.
    """
    outcome = await ask("const a = █", ScriptedVendor(error))

    assert isinstance(outcome, NoCompletion)
    assert outcome.reason is NoCompletionReason.PROVIDER_FAILED
    assert (outcome.detail, outcome.error_kind) == (str(error), error.kind)


async def test_what_must_not_leave() -> None:
    """
    A prompt that the guard refuses is no failure of the provider.
    """
    outcome = await ask("const a = █", ScriptedVendor(NotAllowed("src/app.ts is excluded by .gitignore.")))

    assert isinstance(outcome, NoCompletion)
    assert outcome.reason is NoCompletionReason.EXCLUDED
    assert outcome.detail == "src/app.ts is excluded by .gitignore."


async def test_a_provider_that_fails_half_way() -> None:
    """
    Half a reply is none.
    """

    class Dying(ScriptedVendor):
        async def stream(self, prompt: Prompt) -> Any:
            yield TextDelta("b.map((c)")
            raise Overloaded("Busy.")

    outcome = await ask("const a = █", Dying("b"))

    assert isinstance(outcome, NoCompletion)
    assert outcome.reason is NoCompletionReason.PROVIDER_FAILED


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", NoCompletionReason.EMPTY_REPLY),
        ("<completion></completion>", NoCompletionReason.EMPTY_REPLY),
        ("I need to see more of this code.", NoCompletionReason.NOT_CODE),
        ("next(a);", NoCompletionReason.REPEATS_SUFFIX),
        ("a = (;", NoCompletionReason.ADDS_PARSE_ERRORS),
    ],
)
async def test_a_reply_that_is_of_no_use(reply: str, reason: NoCompletionReason) -> None:
    """
    Each way of offering nothing has its name.
    """
    outcome = await ask("b();\n█\nnext(a);\n", ScriptedVendor(reply))

    assert isinstance(outcome, NoCompletion)
    assert outcome.reason is reason


async def test_a_silent_provider_may_say_why() -> None:
    """
    Its note reaches the engineer.
    """
    chunks: Sequence[Chunk] = [MessageStop(reason=StopReason.END, note="There is no code to learn from yet.")]
    outcome = await ask("const a = █", ScriptedVendor(chunks))

    assert isinstance(outcome, NoCompletion)
    assert outcome.detail == "There is no code to learn from yet."


async def test_the_time_is_accounted_for() -> None:
    """
    The stages of a completion add up to its total.
    """
    clock = ManualClock()

    async def gather(_request: CompletionRequest, _budget: int) -> Context:
        clock.advance(0.020)
        return Context()

    class Slow(ScriptedVendor):
        async def has_reply(self, _prompt: Prompt) -> bool:
            clock.advance(0.050)
            return False

        async def stream(self, prompt: Prompt) -> Any:
            clock.advance(0.300)
            yield TextDelta("b")
            clock.advance(0.100)
            yield TextDelta(";\n")

    outcome = await ask("const a = █", Slow("b"), gather=gather, clock=clock)

    assert isinstance(outcome, Completion)
    timings = outcome.timings
    measured = (timings.context_ms, timings.debounce_ms, timings.first_token_ms, timings.stream_ms, timings.total_ms)
    assert measured == pytest.approx((20, 50, 300, 100, 470))


async def test_time_is_told_of_what_came_to_nothing_too() -> None:
    """
    A stage that was not reached took no time.
    """
    clock = ManualClock(step=0.001)
    outcome = await ask("const a = █", ScriptedVendor(Overloaded("Busy.")), clock=clock)

    assert outcome.timings.context_ms > 0
    assert outcome.timings.first_token_ms == 0
    assert outcome.timings.total_ms > 0


async def test_a_model_that_writes_nothing_of_the_kind_is_told_from_one_that_has_nothing_to_say() -> None:
    """
    And the note says of what kind it is.
    """
    stop = MessageStop(reason=StopReason.DECLINED, note="It writes no comments.")
    outcome = await ask("const a = █\n", ScriptedVendor((stop,)))

    assert isinstance(outcome, NoCompletion)
    assert (outcome.reason, outcome.detail) == (NoCompletionReason.DECLINED, "It writes no comments.")


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("items.map(shown);", "items.map(shown);"),
        ("items.map(persisted);", "items.map("),
        ("items.map(vouched);", "items.map(vouched);"),
    ],
    ids=["known", "made up", "in the context"],
)
async def test_nothing_is_offered_from_a_made_up_name_on(reply: str, text: str) -> None:
    """
    Names of the workspace and of what the model was shown are none.
    """

    async def gather(_request: CompletionRequest, _budget: int) -> Context:
        return Context(text="export function vouched(): void;")

    source = "const items = [1];\nconst all = █\n"
    outcome = await ask(source, ScriptedVendor(reply), gather=gather, known_names={"map", "shown"})

    assert isinstance(outcome, Completion)
    assert outcome.text == text


async def test_a_made_up_name_alone_is_withheld_by_name() -> None:
    """
    And where it can't be told which names there are, it is offered.
    """
    withheld = await ask("const a = █\n", ScriptedVendor("persistAll();"), known_names={"save"})
    offered = await ask("const a = █\n", ScriptedVendor("persistAll();"))

    assert isinstance(withheld, NoCompletion)
    assert withheld.reason is NoCompletionReason.UNKNOWN_NAME
    assert isinstance(offered, Completion)


async def test_who_answers_in_anothers_place_is_not_suspected() -> None:
    """
    The local model's names stand in the workspace, or are made of such as its authors make them.
    """
    origin = Origin(provider="local", model="m", note="It failed.", error_kind="overloaded")
    reply = (TextDelta("persistAll();", origin), MessageStop(reason=StopReason.END))
    outcome = await ask("const a = █\n", ScriptedVendor(reply), known_names={"save"})

    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.error_kind) == ("persistAll();", "overloaded")
