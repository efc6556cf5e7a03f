"""
What becomes of replies under way: joined, left, contradicted, read on, forgotten.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from lsp_server.completion import stock
from lsp_server.completion.engine import complete
from lsp_server.completion.request import Completion, CompletionRequest, NoCompletion, Outcome, Source
from lsp_server.completion.stock import Stock
from lsp_server.providers.base import Chunk, MessageStop, Overloaded, Prompt, StopReason, TextDelta
from lsp_server.settings import Settings
from tests.support.clock import ManualClock
from tests.support.cursors import no_context, request_at
from tests.support.scripted_vendor import ScriptedVendor

END = MessageStop(reason=StopReason.END)


class Model(ScriptedVendor):
    """
    A model that says what it is fed, when it is fed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.said: asyncio.Queue[Chunk | Exception] = asyncio.Queue()
        self.cut = 0

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.prompts.append(prompt)
        chunk: Chunk | Exception | None = None
        try:
            while not isinstance(chunk, MessageStop):
                chunk = await self.said.get()
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        except (GeneratorExit, asyncio.CancelledError):
            self.cut += 1
            raise

    def say(self, *pieces: str | Chunk | Exception) -> None:
        """
        The next chunks.
        """
        for piece in pieces:
            self.said.put_nowait(TextDelta(piece) if isinstance(piece, str) else piece)


class Desk:
    """
    One editor's requests to one model, with what was offered last.
    """

    def __init__(self) -> None:
        self.model = Model()
        self.clock = ManualClock()
        self.stock = Stock(self.clock)
        self.offered: Completion | None = None
        self._version = 0

    def type(self, source: str) -> CompletionRequest:
        """
        The document becomes `source`, with the cursor at the mark.
        """
        self._version += 1
        request = request_at(source, id=f"c{self._version}")
        document = type(request.document)(
            request.document.uri, request.document.language_id, self._version, request.document.blocks
        )
        self.stock.moved(document, request.offset)
        return request_at(source, id=f"c{self._version}", document=document)

    def ask(self, source: str) -> "asyncio.Task[Outcome]":
        """
        Type, and ask there.
        """
        return asyncio.create_task(self._ask(self.type(source)))

    async def _ask(self, request: CompletionRequest) -> Outcome:
        outcome = await complete(
            request,
            previous=self.offered,
            provider=self.model,
            gather=no_context,
            settings=Settings(completion_debounce_ms=0),
            clock=self.clock,
            stock=self.stock,
        )
        if isinstance(outcome, Completion):
            self.offered = outcome
        return outcome

    async def text(self, source: str) -> str | None:
        """
        What is offered at the mark.
        """
        outcome = await self.ask(source)
        return outcome.text if isinstance(outcome, Completion) else None

    async def asked(self, count: int = 1) -> None:
        """
        Until the model has been asked so often.
        """
        while len(self.model.prompts) < count:
            await asyncio.sleep(0)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    given = Desk()
    yield given
    await given.stock.aclose()


async def leave(task: "asyncio.Task[Outcome]") -> None:
    """
    Cancel a request, as a client does at the next key.
    """
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_keystroke_that_agrees_joins_the_reply(desk: Desk) -> None:
    """
    One request to the model for three of the client's, two of which it has cancelled.
    """
    first = desk.ask("const a = █\n")
    await desk.asked()
    second = desk.ask("const a = s█\n")
    await leave(first)
    desk.model.say("su")
    third = desk.ask("const a = su█\n")
    await leave(second)
    desk.model.say("m(b);\n")
    outcome = await third

    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.source, outcome.call_id) == ("m(b);", Source.IN_FLIGHT, "c1")
    assert (len(desk.model.prompts), desk.model.cut) == (1, 0)


async def test_a_keystroke_that_disagrees_ends_the_reply_at_once(desk: Desk) -> None:
    """
    When it is typed, before anybody asks again; and when the reply says so.
    """
    first = desk.ask("const a = █\n")
    await desk.asked()
    desk.model.say("su")
    await asyncio.sleep(0.001)
    desk.type("const a = x█\n")
    await asyncio.sleep(0)

    assert desk.model.cut == 1
    await leave(first)


async def test_a_reply_that_turns_out_otherwise_is_asked_for_again(desk: Desk) -> None:
    """
    What was typed ahead of it is no longer what it says.
    """
    first = desk.ask("const a = █\n")
    await desk.asked()
    second = desk.ask("const a = m█\n")
    await leave(first)
    desk.model.say("sum(b);\n")
    await desk.asked(2)
    desk.model.say("ax(b);\n")
    outcome = await second

    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.source) == ("ax(b);", Source.MODEL)


async def test_later_parts_cost_nothing(desk: Desk) -> None:
    """
    The reply is read on, and what follows is there when somebody gets as far.
    """
    desk.model.say("sum(b);\n", "return a;\n", END)
    assert await desk.text("const a = █\n") == "sum(b);"
    await asyncio.sleep(0.001)
    outcome = await desk.ask("const a = sum(b);█\n")

    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.source, outcome.call_id) == ("\nreturn a;", Source.LATER_PART, "c1")
    desk.offered = None
    assert await desk.text("const a = sum(b);\n█\n") == "return a;"
    assert len(desk.model.prompts) == 1


async def test_what_nobody_waits_for_is_read_a_lot_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What comes after the part that is shown waits for more, or for somebody who wants it, who waits no longer for that.
    """
    monkeypatch.setattr(stock, "LEISURE_S", 1000.0)
    desk.model.say("sum(b);\n", "return ", "a;\n")
    assert await desk.text("const a = █\n") == "sum(b);"
    for piece in ("if (a", ") {\n", "}\n"):
        desk.model.say(piece)
        for _ in range(20):
            await asyncio.sleep(0)
    assert desk.model.said.qsize() == 2

    desk.model.say(END)
    desk.offered = None
    assert await desk.text("const a = sum(b);\nreturn a;\n█\n") == "if (a) {\n}"
    assert len(desk.model.prompts) == 1


async def test_nothing_is_asked_where_a_statement_has_ended(desk: Desk) -> None:
    """
    When no reply goes on there, the place stays silent.
    """
    desk.model.say("sum(b);", END)
    await desk.text("const a = █\n")
    outcome = await desk.ask("const a = sum(b);█\n")

    assert isinstance(outcome, NoCompletion)
    assert len(desk.model.prompts) == 1


async def test_what_was_deleted_is_offered_again(desk: Desk) -> None:
    """
    A wrong key and its correction cost nothing.
    """
    desk.model.say("sum(b);", END, "x();", END)
    await desk.text("const a = █\n")
    await desk.text("const a = x█\n")
    desk.offered = None

    assert await desk.text("const a = █\n") == "sum(b);"
    assert len(desk.model.prompts) == 2


async def test_whole_lines_are_shown_early_and_grow(desk: Desk) -> None:
    """
    A block that takes its time shows its first lines, and the rest at the next key without changing them.
    """
    asking = desk.ask("if (a) {█\n}\n")
    await desk.asked()
    desk.model.say("\n  b();\n  c")
    await asyncio.sleep(0.001)
    desk.clock.advance(0.2)
    desk.model.say("(")
    first = await asking
    desk.model.say(");\n  d();\n")
    await asyncio.sleep(0.001)
    second = await desk.ask("if (a) {\n  █\n}\n")

    assert isinstance(first, Completion)
    assert isinstance(second, Completion)
    assert (first.text, first.is_whole) == ("\n  b();", False)
    assert second.text == "b();\n  c();\n  d();"
    assert second.id == first.id


async def test_a_reply_that_nobody_waits_for_is_let_go(desk: Desk) -> None:
    """
    Nothing was typed, so nobody will ask for it again.
    """
    asking = desk.ask("const a = █\n")
    await desk.asked()
    await leave(asking)
    while not desk.model.cut:
        await asyncio.sleep(0.001)


async def test_a_failure_is_told_and_forgotten(desk: Desk) -> None:
    """
    The next request asks anew.
    """
    desk.model.say(Overloaded("Busy."), "b;", END)
    failed = await desk.ask("const a = █\n")

    assert isinstance(failed, NoCompletion)
    assert failed.detail == "Busy."
    assert await desk.text("const a = █\n") == "b;"


async def test_what_was_dismissed_is_not_offered_again(desk: Desk) -> None:
    """
    Nor anything else from the same reply.
    """
    desk.model.say("sum(b);\n", "return a;\n", END, "c;", END)
    await desk.text("const a = █\n")
    assert desk.offered
    desk.stock.drop(desk.offered.call_id)
    desk.offered = None

    assert await desk.text("const a = █\n") == "c;"


async def test_less_is_read_on_when_replies_are_often_wrong(desk: Desk) -> None:
    """
    What is likely to be thrown away is not paid for.
    """
    everything = desk.stock.ahead
    desk.stock.trust = desk.stock.trust.after(right=10, wrong=10)

    assert desk.stock.ahead < everything / 10
    desk.model.say("b;\n", *["const c = d;\n"] * 50, END)
    await desk.text("const a = █\n")
    while not desk.model.cut:
        await asyncio.sleep(0)
    assert desk.model.said.qsize() > 30


async def test_a_reply_that_was_typed_to_its_end_was_right(desk: Desk) -> None:
    """
    What is written after it is no fault of the model.
    """
    desk.model.say("sum(b);", END)
    await desk.text("const a = █\n")
    await asyncio.sleep(0.001)
    desk.type("const a = sum(b);█\n")
    desk.type("const a = sum(b);\nx█\n")
    assert (desk.stock.trust.right, desk.stock.trust.wrong) == (2, 0)

    desk.type("const a = sum(b);\nxy█\n")
    assert desk.stock.trust.wrong == 0


async def test_nothing_is_left_over(desk: Desk) -> None:
    """
    A closed document ends its replies; tasks do not pile up.
    """
    asking = desk.ask("const a = █\n")
    await desk.asked()
    before = len(asyncio.all_tasks())
    desk.stock.drop_document("file:///project/src/app.ts")
    await leave(asking)
    while not desk.model.cut:
        await asyncio.sleep(0)

    assert len(asyncio.all_tasks()) < before
