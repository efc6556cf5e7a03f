"""
A client's completions, from the keystroke to the item and its events: the real server and engine, a scripted model.
"""

import asyncio
from collections.abc import AsyncIterator
from itertools import groupby
from typing import Any

import pytest

from lsp_server.providers.base import BackingOff, BudgetSpent, NotAuthorised, RateLimited
from telemetry.events import CompletionEnded, CompletionRequested, CompletionReturned, CompletionSuppressed
from tests.support.conversation import ServedClient
from tests.support.marked import parse_marked

FOLDER = {"uri": "file:///project", "name": "work"}
URI = "file:///project/src/a.ts"
QUICK = {"pacenotes": {"completion": {"debounceMs": 0}}}


class Typing(ServedClient):
    """
    A client with one file open, in which somebody types.
    """

    version = 1

    async def start(self, **params: Any) -> Any:
        return await self.initialize(**{"workspaceFolders": [FOLDER], "initializationOptions": QUICK, **params})

    def open(self, source: str, uri: str = URI, language: str = "typescript") -> dict[str, int]:
        """
        Open a marked source and give the position of its mark.
        """
        marked = parse_marked(source)
        document = {"uri": uri, "languageId": language, "version": 1, "text": marked.text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        before = marked.text[: marked.offset]
        return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}

    def type(self, at: dict[str, int], text: str, uri: str = URI) -> dict[str, int]:
        """
        Insert text on one line and give the position behind it.
        """
        self.version += 1
        change = {"range": {"start": at, "end": at}, "text": text}
        document = {"uri": uri, "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        return {"line": at["line"], "character": at["character"] + len(text)}

    def ask(self, at: dict[str, int], uri: str = URI, **context: Any) -> int | str:
        context = {"triggerKind": 2, **context}
        params = {"textDocument": {"uri": uri}, "position": at, "context": context}
        return self.request("textDocument/inlineCompletion", params)

    async def items(self, at: dict[str, int], uri: str = URI, **context: Any) -> list[Any]:
        answer = await self.answer_to(self.ask(at, uri, **context))
        items: list[Any] = answer["result"]["items"]
        return items

    def reasons(self) -> list[str]:
        return [event.reason for event in self.events(CompletionSuppressed)]

    def statuses(self) -> list[Any]:
        return [message["params"] for message in self.take(lambda m: m.get("method") == "pacenotes/status")]


@pytest.fixture
async def client() -> AsyncIterator[Typing]:
    typing = Typing()
    await typing.start()
    yield typing
    await typing.peer.close()


def script(client: Typing, *replies: Any) -> None:
    client.surroundings.provider.script(*replies)


async def test_offers_what_the_model_says(client: Typing) -> None:
    """
    The item replaces a range on the cursor's line and carries its id in the command.
    """
    script(client, "items.length;")
    (item,) = await client.items(client.open("const count = █\n"))

    at = {"line": 0, "character": 14}
    assert item["insertText"] == "items.length;"
    assert item["range"] == {"start": at, "end": at}
    assert item["command"]["command"] == "pacenotes.completionAccepted"
    assert client.event_names == ["session.started", "completion.requested", "completion.returned"]
    (returned,) = client.events(CompletionReturned)
    assert returned.completion_id == item["command"]["arguments"][0]


async def test_what_is_typed_as_offered_is_answered_without_the_model(client: Typing) -> None:
    """
    The rest of the same completion comes back, under the same id, however often.
    """
    script(client, "items.length;")
    at = client.open("const count = █\n")
    (first,) = await client.items(at)
    for letter, rest in (("i", "tems.length;"), ("t", "ems.length;")):
        at = client.type(at, letter)
        (item,) = await client.items(at)
        assert item["insertText"] == rest
        assert item["command"] == first["command"]

    assert len(client.surroundings.provider.prompts) == 1


async def test_an_accepted_completion_leaves_its_events(client: Typing) -> None:
    """
    Shown and ended once, by the command alone.
    """
    script(client, "items.length;")
    at = client.open("const count = █\n")
    (item,) = await client.items(at)
    client.type(at, item["insertText"])
    command = item["command"]
    await client.call("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})

    assert client.event_names[-2:] == ["completion.shown", "completion.ended"]
    assert [ended.outcome for ended in client.events(CompletionEnded)] == ["accepted"]


async def test_notifications_of_the_client_are_believed(client: Typing) -> None:
    """
    Shown, partly accepted and dismissed, each as the client says; a dismissed text is not offered again.
    """
    script(client, "items.length;", "other;")
    at = client.open("const count = █\n")
    (item,) = await client.items(at)
    client.notify("textDocument/didShowCompletion", {"item": item})
    at = client.type(at, "items")
    client.notify("textDocument/didPartiallyAcceptCompletion", {"item": item, "acceptedLength": 5})
    completion_id = item["command"]["arguments"][0]
    client.notify("pacenotes/didDismissCompletion", {"completionId": completion_id, "reason": "rejected"})
    (again,) = await client.items(at)

    (ended,) = client.events(CompletionEnded)
    (shown,) = [event for event in client.surroundings.sink.events if event.name == "completion.shown"]
    assert (shown.name, shown.stamp.basis) == ("completion.shown", "client")
    assert (ended.outcome, ended.accepted_chars) == ("partial", 5)
    assert again["insertText"] == "other;"


@pytest.mark.parametrize(
    "item",
    [{}, {"command": None}, {"command": {"title": "", "command": "x", "arguments": ["1"]}},
     {"command": {"title": "", "command": "pacenotes.completionAccepted", "arguments": [5]}},
     {"command": {"title": "", "command": "pacenotes.completionAccepted", "arguments": ["unknown"]}}],
)  # fmt: skip
async def test_notifications_about_unknown_items_are_passed_over(client: Typing, item: Any) -> None:
    """
    They leave no event and do no harm.
    """
    client.notify("textDocument/didShowCompletion", {"item": item})
    client.notify("textDocument/didPartiallyAcceptCompletion", {"item": item, "acceptedLength": 3})
    client.notify("pacenotes/didDismissCompletion", {"completionId": "unknown"})

    assert await client.items(client.open("const count = █\n")) == []
    assert client.event_names == ["session.started", "completion.requested", "completion.suppressed"]


async def test_a_spent_budget_is_said_and_ends_with_the_day(client: Typing) -> None:
    """
    It has a reason of its own, the client is told what to do, and nothing has to be restarted.
    """
    client.surroundings.provider.script(BudgetSpent("Today's budget of $1 is spent."))
    assert await client.items(client.open("const count = █\n")) == []
    assert client.reasons() == ["budget_spent"]
    told = client.statuses()[-1]
    assert (told["kind"], told["message"]) == ("warning", "Today's budget of $1 is spent.")

    script(client, "items.length;")
    assert len(await client.items({"line": 0, "character": 14})) == 1
    assert client.statuses()[-1]["kind"] == "normal"


async def test_a_later_part_names_the_request_that_has_paid_for_it(client: Typing) -> None:
    """
    Its events join the call's cost, and the request behind it can be shown.
    """
    script(client, "items.length;\nreturn count;\n")
    at = client.open("const count = █\n")
    (first,) = await client.items(at)
    (later,) = await client.items(client.type(at, "items.length;"))
    paid, reused = client.events(CompletionReturned)
    call = {"id": paid.completion_id}
    client.surroundings.backend.requests[paid.completion_id] = call
    shown = await client.call("workspace/executeCommand", {**later["command"], "command": "pacenotes.showRequest"})

    assert (first["insertText"], later["insertText"]) == ("items.length;", "\nreturn count;")
    assert (paid.source, reused.source) == ("network", "later_part")
    assert paid.call_id == reused.call_id == paid.completion_id != reused.completion_id
    assert shown == call


async def test_a_newer_request_ends_the_older_one(client: Typing) -> None:
    """
    The older is answered with nothing and counts as superseded; what it asked for, the newer waits for.
    """
    provider = client.surroundings.provider
    provider.hold = asyncio.Event()
    script(client, "items.length;")
    at = client.open("const count = █\n")
    older = client.ask(at)
    while not client.surroundings.provider.prompts:
        await asyncio.sleep(0.001)
    newer = client.ask(client.type(at, "i"))

    assert (await client.answer_to(older))["result"]["items"] == []
    assert client.reasons() == ["superseded"]
    provider.hold.set()
    (item,) = (await client.answer_to(newer))["result"]["items"]
    assert item["insertText"] == "tems.length;"
    assert (len(provider.prompts), provider.closed_early) == (1, 0)


async def test_a_cancelled_request_closes_the_stream(client: Typing) -> None:
    """
    It is answered as cancelled and counted as such; since nothing was typed, nobody will come for the reply.
    """
    provider = client.surroundings.provider
    provider.hold = asyncio.Event()
    script(client, "items.length;")
    at = client.open("const count = █\n")
    id = client.ask(at)
    while not provider.prompts:
        await asyncio.sleep(0.001)
    client.notify("$/cancelRequest", {"id": id})

    assert (await client.answer_to(id))["error"]["code"] == -32800
    assert client.reasons() == ["cancelled"]
    while not provider.closed_early:
        await asyncio.sleep(0.001)

    provider.hold.set()
    assert len(await client.items(at)) == 1


async def test_requests_for_two_documents_do_not_disturb_each_other(client: Typing) -> None:
    """
    Only the same document's older request is ended.
    """
    other = "file:///project/src/b.ts"
    script(client, "items.length;")
    ids = [client.ask(client.open("const count = █\n", uri), uri) for uri in (URI, other)]

    assert [len((await client.answer_to(id))["result"]["items"]) for id in ids] == [1, 1]


async def test_a_change_in_the_same_breath_does_not_move_the_question(client: Typing) -> None:
    """
    The request is about the text as it was when it was sent, so that an answer for later text is never given.
    """
    script(client, "items.length;")
    at = client.open("const count = █\n")
    id = client.ask(at)
    client.type({"line": 0, "character": 0}, "export ")

    assert (await client.answer_to(id))["result"]["items"] == []
    assert client.reasons() == ["superseded"]


@pytest.mark.parametrize(
    ("uri", "language", "source", "reason"),
    [
        ("file:///project/src/secret.ts", "typescript", "const count = █\n", "excluded"),
        ("file:///project/a.py", "python", "count = █\n", "language_disabled"),
        ("file:///project/a.ts", "typescript", "const co█unt = 1;\n", "mid_word"),
        ("file:///project/a.ts", "typescript", "const a = █\n// " + "x" * 1_100_000, "file_too_large"),
    ],
)
async def test_each_reason_for_silence_is_counted(
    client: Typing, uri: str, language: str, source: str, reason: str
) -> None:
    """
    Nothing is offered, nothing is asked of the model, and the event says why.
    """
    at = client.open(source, uri, language)

    assert await client.items(at, uri) == []
    assert client.reasons() == [reason]
    assert client.surroundings.provider.prompts == []


@pytest.mark.parametrize("source", ["const a = █\n// secret", "const a = █\n// " + "x" * 1_100_000])
async def test_what_is_never_completed_is_not_even_parsed(client: Typing, source: str) -> None:
    """
    What the cursor stands in is known only of documents that were read.
    """
    uri = "file:///project/secret.ts" if "secret" in source else URI
    await client.items(client.open(source, uri), uri)

    assert [event.intent for event in client.events(CompletionRequested)] == ["other"]


async def test_a_document_that_is_not_open_gets_nothing(client: Typing) -> None:
    """
    Neither one never opened nor one closed again.
    """
    at = client.open("const count = █\n")
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})

    assert await client.items(at) == []
    assert await client.items(at, "file:///project/never.ts") == []
    assert client.reasons() == ["unknown_document", "unknown_document"]


async def test_closing_a_document_ends_its_request(client: Typing) -> None:
    """
    Nobody is waiting for it any more.
    """
    client.surroundings.provider.hold = asyncio.Event()
    id = client.ask(client.open("const count = █\n"))
    while not client.surroundings.provider.prompts:
        await asyncio.sleep(0.001)
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})

    assert (await client.answer_to(id))["result"]["items"] == []
    assert client.surroundings.provider.closed_early == 1


async def test_untitled_documents_are_completed(client: Typing) -> None:
    """
    A text that is on no disk is as good as any.
    """
    script(client, "items.length;")
    at = client.open("const count = █\n", "untitled:Untitled-1")

    assert len(await client.items(at, "untitled:Untitled-1")) == 1


@pytest.mark.parametrize(
    ("offered", "negotiated", "column"),
    [
        (["utf-8", "utf-16"], "utf-8", 13),
        (["utf-7", "utf-32"], "utf-32", 10),
        (["utf-16"], "utf-16", 11),
        ([], "utf-16", 11),
    ],
)
async def test_columns_count_what_was_negotiated(offered: list[str], negotiated: str, column: int) -> None:
    """
    The first encoding that is offered and known holds for what comes in and for what goes out.
    """
    client = Typing()
    result = await client.start(capabilities={"general": {"positionEncodings": offered}})
    script(client, "items.length;")
    client.open("const 𝒏 = █")
    at = {"line": 0, "character": column}
    (item,) = await client.items(at)
    client.type(at, "x")

    assert result["capabilities"]["positionEncoding"] == negotiated
    assert item["range"] == {"start": at, "end": at}
    assert client.server.session.workspace.snapshot().documents[URI].text == "const 𝒏 = x"
    await client.peer.close()


async def test_the_highlighted_menu_entry_is_extended(client: Typing) -> None:
    """
    What the menu would insert is part of the item.
    """
    script(client, ".length;")
    at = client.open("const count = it█\n")
    start = {"line": 0, "character": 14}
    info = {"range": {"start": start, "end": at}, "text": "items"}
    (item,) = await client.items(at, selectedCompletionInfo=info)

    assert item["insertText"] == "items.length;"
    assert item["range"] == {"start": start, "end": at}


async def test_the_completion_menu_has_it_where_the_setting_asks(client: Typing) -> None:
    """
    Off by default; on, the entry carries the same text, range and command.
    """
    script(client, "items.length;")
    at = client.open("const count = █\n")
    params = {"textDocument": {"uri": URI}, "position": at}
    assert (await client.call("textDocument/completion", params))["items"] == []

    settings = {"settings": {"pacenotes": {"completion": {"debounceMs": 0, "menu": True}}}}
    client.notify("workspace/didChangeConfiguration", settings)
    while len(client.surroundings.backends) < 2:
        await asyncio.sleep(0.001)
    (item,) = (await client.call("textDocument/completion", params))["items"]

    assert item["label"] == "items.length;"
    assert item["textEdit"] == {"range": {"start": at, "end": at}, "newText": "items.length;"}
    assert item["command"]["command"] == "pacenotes.completionAccepted"


async def test_a_failure_is_one_clear_status(client: Typing) -> None:
    """
    The provider's sentence once, the back-off that follows adds nothing, and an answer clears it.
    """
    script(client, RateLimited("Too many requests; waiting 30 s."), BackingOff("Waiting."), "items.length;")
    at = client.open("const count = █\n")
    for _ in range(3):
        await client.items(at)

    told = client.statuses()
    assert [said for said, _ in groupby((status["kind"], status["message"]) for status in told)] == [
        ("normal", ""),
        ("warning", "Too many requests; waiting 30 s."),
        ("normal", ""),
    ]
    assert (told[-1]["provider"], told[-1]["model"], told[-1]["spentTodayUsd"]) == ("local", "local", 0.03)
    errors = [event.error for event in client.events(CompletionSuppressed)]
    assert errors == ["rate_limited", "backing_off"]
    assert not client.take(lambda message: message.get("method") == "window/showMessage")


async def test_what_somebody_has_to_mend_is_an_error(client: Typing) -> None:
    """
    A refused key does not pass by itself.
    """
    script(client, NotAuthorised("The key was refused; set ANTHROPIC_API_KEY."))
    await client.items(client.open("const count = █\n"))

    assert client.statuses()[-1]["kind"] == "error"


async def test_a_long_document_is_completed_all_the_same(client: Typing) -> None:
    """
    Its tree is made in a thread, ahead of the first question and after each change.
    """
    script(client, "items.length;")
    at = client.open("function f(): void {}\n" * 5000 + "const count = █\n")
    (first,) = await client.items(at)
    (second,) = await client.items(client.type(at, "i"))

    assert first["insertText"] == "items.length;"
    assert second["insertText"] == "tems.length;"
