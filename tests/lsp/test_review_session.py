"""
Reviews in an editor: asked for, shown, mended, undone and mended again; the real server and engine, a scripted model.
"""

import asyncio
from typing import Any

import pytest

from telemetry.events_review import FindingEnded, FindingShown, ReviewGenerated
from tests.support.reviewer import CAPABILITIES, URI, Reviewer, claim

MEAN = "const mean = total / count;"
GUARDED = "const mean = count ? total / count : 0;"
SOURCE = f"load();\n{MEAN}\nsave(mean);\n"
SHOWN = SOURCE.replace(MEAN, f"«{MEAN}»")
HAZARD = claim(MEAN, replacement=GUARDED, message="The count may be 0.", evidence="load();")


@pytest.fixture
async def client() -> Reviewer:
    client = await Reviewer.with_claims(HAZARD)
    await client.open(SOURCE)
    return client


async def test_a_finding_is_a_diagnostic(client: Reviewer) -> None:
    """
    It says what it is and where its evidence stands, and carries its name for every command.
    """
    answer = await client.review()

    (diagnostic,) = client.diagnostics[URI]
    assert client.shown == SHOWN
    assert (diagnostic["severity"], diagnostic["code"], diagnostic["source"]) == (2, "correctness", "pacenotes")
    assert diagnostic["message"] == "The count may be 0."
    assert diagnostic["relatedInformation"][0]["location"]["range"]["start"] == {"line": 0, "character": 0}
    assert answer["findings"] == [diagnostic["data"]["id"]]
    assert answer["usage"]["requests"] == 1
    assert answer["incomplete"] is None
    assert client.progress[0] == "Pacenotes reviews a.ts"
    assert client.progress[-1] == "end"


async def test_review_see_fix_undo_edit_elsewhere_fix_again(client: Reviewer) -> None:
    """
    Each time the fix lands on its own text, and the finding comes and goes with that.
    """
    await client.review()
    for line in ("// one 😀\n", "\n", "const total = 1;\n"):
        fix = (await client.actions(MEAN))["Fix"]
        before = client.document.text
        assert await client.take_action(fix) == {"applied": True}
        assert client.document.text == before.replace(MEAN, GUARDED)
        await client.settle()
        assert "«" not in client.shown
        assert "Fix" not in await client.actions()

        client.undo()
        await client.settle()
        assert client.shown == before.replace(MEAN, f"«{MEAN}»")
        client.edit(0, 0, line)

    assert [event.outcome for event in client.events(FindingEnded)] == ["applied"]


async def test_a_review_leaves_its_events(client: Reviewer) -> None:
    """
    The review, what it showed, and at the end of the session what became of that: each once.
    """
    await client.review()
    await client.review()
    await client.peer.close()

    assert [event.scope for event in client.events(ReviewGenerated)] == ["file", "file"]
    (shown,) = client.events(FindingShown)
    (ended,) = client.events(FindingEnded)
    assert (shown.category, shown.severity, shown.confidence, shown.fixable) == ("correctness", "warning", 0.9, True)
    assert (ended.outcome, ended.finding_id) == ("ignored", shown.finding_id)


async def test_what_a_model_proposes_needs_a_second_look(client: Reviewer) -> None:
    """
    It is never the preferred fix, and the editor asks before it is made; only its very version is edited.
    """
    await client.review()
    fix = (await client.actions(MEAN))["Fix"]
    assert (fix["kind"], fix["isPreferred"], "edit" in fix) == ("quickfix", False, False)

    await client.take_action(fix)
    (edit,) = client.applied
    (change,) = edit["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert edit["changeAnnotations"][change["edits"][0]["annotationId"]]["needsConfirmation"]


@pytest.mark.parametrize("only", [["source.fixAll"], ["source.fixAll.pacenotes"], ["refactor"], []])
async def test_nothing_is_mended_with_everything_else(client: Reviewer, only: list[str]) -> None:
    """
    Whoever asks for other kinds of actions gets none.
    """
    await client.review()

    assert await client.actions(MEAN, only=only) == {}
    assert "Fix" in await client.actions(MEAN, only=["quickfix"])


async def test_changed_code_is_shown_and_not_mended(client: Reviewer) -> None:
    """
    While only white space or the rest of its line differ the finding stays, and the fix says why it can't be made.
    """
    await client.review()
    client.replace("count;", "count ;")
    await client.settle()
    assert client.shown == SHOWN.replace("count;", "count ;")
    fix = (await client.actions("const mean"))["Fix"]
    assert fix["disabled"]["reason"] == "The code has changed since it was reviewed."
    refused = await client.run("pacenotes.acceptFinding", client.only_id)
    assert refused == {"applied": False, "reason": fix["disabled"]["reason"]}
    assert client.said[-1] == f"Pacenotes: {fix['disabled']['reason']}"
    assert client.applied == []

    client.replace("count ;", "counter;")
    await client.settle()
    assert client.diagnostics[URI] == []
    assert await client.actions() == {}


async def test_a_fix_that_would_break_the_code_as_it_is_now_is_not_made() -> None:
    """
    The parser looks at it again, whatever it said when the finding was made.
    """
    client = await Reviewer.with_claims(claim("b();", replacement="const c = b();"))
    await client.open("function f() {\n  b();\n}\n")
    await client.review()
    client.replace("function f()", "class F")
    answer = await client.run("pacenotes.acceptFinding", {"id": client.only_id})

    assert answer == {"applied": False, "reason": "With it the code could not be read any more."}
    assert client.document.text == "class F {\n  b();\n}\n"


async def test_typing_goes_on_while_a_model_thinks(client: Reviewer) -> None:
    """
    What it finds in the text that it was shown is placed in the text of now, or not at all.
    """
    reviewer = client.surroundings.reviewer
    assert reviewer is not None
    reviewer.hold = asyncio.Event()
    asked = client.request("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [URI]})
    while not reviewer.prompts:
        await asyncio.sleep(0.001)
    client.edit(0, 0, "// 漢字\n")
    client.replace("save(mean);", "save(mean);\nsave(total);")
    reviewer.hold.set()
    await client.answer_to(asked)

    assert client.shown == client.document.text.replace(MEAN, f"«{MEAN}»")
    assert await client.take_action((await client.actions(MEAN))["Fix"]) == {"applied": True}
    assert GUARDED in client.document.text


async def test_closed_and_opened_again_while_a_model_thinks(client: Reviewer) -> None:
    """
    Nobody tells the edits of that time, and the finding stands where its text does all the same.
    """
    reviewer = client.surroundings.reviewer
    assert reviewer is not None
    reviewer.hold = asyncio.Event()
    asked = client.request("workspace/executeCommand", {"command": "pacenotes.reviewChanges", "arguments": []})
    assert "repository" in (await client.answer_to(asked))["error"]["message"]
    asked = client.request("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [URI]})
    while not reviewer.prompts:
        await asyncio.sleep(0.001)
    await client.open(f"// other\n{SOURCE}")
    reviewer.hold.set()
    await client.answer_to(asked)

    assert client.shown == f"// other\n{SHOWN}"


async def test_stopped_by_the_engineer(client: Reviewer) -> None:
    """
    The stop of the progress keeps what is finished and says that something is left; nothing is an error.
    """
    reviewer = client.surroundings.reviewer
    assert reviewer is not None
    reviewer.hold = asyncio.Event()
    client.cancels_progress = True
    answer = await client.review()

    assert answer["incomplete"] == "cancelled"
    assert answer["findings"] == []


async def test_a_cancelled_request_lets_go_of_the_model(client: Reviewer) -> None:
    """
    It is answered as cancelled, and the next one works.
    """
    reviewer = client.surroundings.reviewer
    assert reviewer is not None
    reviewer.hold = asyncio.Event()
    asked = client.request("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [URI]})
    while not reviewer.prompts:
        await asyncio.sleep(0.001)
    client.notify("$/cancelRequest", {"id": asked})
    assert (await client.answer_to(asked))["error"]["code"] == -32800

    reviewer.hold = None
    await client.review()
    assert client.shown == SHOWN


async def test_a_newer_review_takes_the_place_of_an_older_one(client: Reviewer) -> None:
    """
    The older ends at once and says so.
    """
    reviewer = client.surroundings.reviewer
    assert reviewer is not None
    reviewer.hold = asyncio.Event()
    older = client.request("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [URI]})
    while not reviewer.prompts:
        await asyncio.sleep(0.001)
    newer = client.request("workspace/executeCommand", {"command": "pacenotes.reviewFile", "arguments": [URI]})
    assert (await client.answer_to(older))["result"]["incomplete"] == "cancelled"

    reviewer.hold.set()
    assert len((await client.answer_to(newer))["result"]["findings"]) == 1


async def test_only_the_selection_is_reviewed() -> None:
    """
    What stands on other lines is withheld, and what was found there before stays.
    """
    client = await Reviewer.with_claims(HAZARD, claim("save(mean);", category="async"))
    await client.open(SOURCE)
    await client.review()
    everything = client.shown
    assert everything == SHOWN.replace("save(mean);", "«save(mean);»")

    line = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 3}}
    answer = await client.run("pacenotes.reviewSelection", {"uri": URI, "range": line})
    assert (len(answer["findings"]), answer["withheld"]) == (1, 1)
    assert client.shown == everything


async def test_a_later_review_has_the_last_word(client: Reviewer) -> None:
    """
    What it does not find any more in what it looked at is over.
    """
    await client.review()
    assert client.surroundings.reviewer
    client.surroundings.reviewer.script('{"findings": []}')
    await client.review()

    assert client.shown == SOURCE


async def test_hover_shows_the_evidence(client: Reviewer) -> None:
    """
    With how sure it is and who says so; what a model wrote is shown and never rendered.
    """
    await client.review()
    params = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 8}}
    shown = (await client.call("textDocument/hover", params))["contents"]

    assert shown["kind"] == "markdown"
    assert "The count may be 0." in shown["value"]
    assert "```typescript\nload();\n```" in shown["value"]
    assert "correctness, warning, 90 % sure, says a model." in shown["value"]
    params["position"] = {"line": 0, "character": 0}
    assert await client.call("textDocument/hover", params) is None


async def test_what_a_model_says_is_harmless() -> None:
    """
    No link, no markup, no hidden character of its own reaches the editor.
    """
    words = "See [this](https://evil.example/?q=1) <img src=x> \u202e"
    client = await Reviewer.with_claims(claim(MEAN, message=words))
    await client.open(SOURCE)
    await client.review()
    params = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 8}}
    shown = (await client.call("textDocument/hover", params))["contents"]["value"]

    said = client.diagnostics[URI][0]["message"] + shown
    assert "evil.example" not in said
    assert "<img" not in shown
    assert "\u202e" not in said


async def test_explained(client: Reviewer) -> None:
    """
    The explanation is said and returned.
    """
    await client.review()
    answer = await client.take_action((await client.actions(MEAN))["Explain"])

    assert "The count may be 0." in answer["markdown"]
    assert "The count may be 0." in client.said[-1]


@pytest.mark.parametrize(
    ("language", "uri", "source", "quote", "comment"),
    [
        ("typescript", URI, "if (a) {\n  b();\n}\n", "b();", "  // pacenotes-ignore[correctness]: this is meant.\n"),
        (
            "typescriptreact",
            "file:///project/src/a.tsx",
            "const a = (\n  <p>\n    <b>{x}</b>\n  </p>\n);\n",
            "<b>{x}</b>",
            "    {/* pacenotes-ignore[correctness]: this is meant. */}\n",
        ),
    ],
)
async def test_silenced_where_it_stands(language: str, uri: str, source: str, quote: str, comment: str) -> None:
    """
    By a comment that works there, so that the next review does not report it.
    """
    client = await Reviewer.with_claims(claim(quote, file=uri.removeprefix("file:///project/")), uri=uri)
    await client.open(source, language)
    await client.review()
    await client.take_action((await client.actions(quote))["Ignore correctness here"])

    line = source.rindex("\n", 0, source.index(quote)) + 1
    assert client.document.text == source[:line] + comment + source[line:]
    await client.review()
    assert client.diagnostics[uri] == []


async def test_a_client_that_makes_no_edits_for_us_gets_them_in_the_action() -> None:
    """
    With the version they are for where it knows versions, and plain where it does not; nothing is left to resolve.
    """
    capabilities: dict[str, Any] = {**CAPABILITIES, "workspace": {}, "textDocument": {}}
    client = await Reviewer.with_claims(HAZARD, capabilities=capabilities)
    await client.open(SOURCE)
    await client.review()
    actions = await client.actions(MEAN)

    assert "command" not in actions["Fix"]
    assert list(actions["Fix"]["edit"]) == ["changes"]
    assert list(actions["Ignore correctness here"]["edit"]) == ["changes"]
    await client.take_action(actions["Fix"])
    assert GUARDED in client.document.text
    client.server.session.journal.catch_up()
    assert [event.outcome for event in client.events(FindingEnded)] == ["applied"]


async def test_an_editor_that_refuses_the_edit(client: Reviewer) -> None:
    """
    The finding stays, and the answer says that nothing was done.
    """
    await client.review()
    client.make = lambda edit: False  # type: ignore[method-assign]  # This editor has its reasons.
    answer = await client.run("pacenotes.acceptFinding", client.only_id)
    await client.settle()

    assert answer["applied"] is False
    assert client.shown == SHOWN


async def test_unknown_findings_are_said_to_be_gone(client: Reviewer) -> None:
    """
    By one sentence that says what to do.
    """
    for command in ("acceptFinding", "dismissFinding", "explainFinding"):
        assert "review the code again" in await client.fail(f"pacenotes.{command}", "nothing")
        assert "id of a finding" in await client.fail(f"pacenotes.{command}", 5)
