"""
Findings shown by pushing or by being pulled, never twice, and never at the price of a request to a model.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server.files import path_of
from tests.support.backend import Surroundings
from tests.support.reviewer import CAPABILITIES, PULLING, URI, Reviewer, claim, folder_of
from tests.support.scripted import ScriptedProvider

SOURCE = "load();\nsave(mean);\n"
SHOWN = "load();\n«save(mean);»\n"
HAZARD = claim("save(mean);", replacement="store(mean);")


async def pulled(client: Reviewer, previous: str | None = None, uri: str = URI) -> Any:
    params = {"textDocument": {"uri": uri}, "previousResultId": previous}
    return await client.call("textDocument/diagnostic", params)


async def test_a_client_that_pulls_is_told_to_pull_again() -> None:
    """
    It sees the findings in the answer and nowhere else; the same answer is not sent twice.
    """
    client = await Reviewer.with_claims(HAZARD, capabilities=PULLING)
    await client.open(SOURCE)
    assert (await pulled(client))["items"] == []
    await client.review()
    await client.settle()
    first = await pulled(client)
    again = await pulled(client, first["resultId"])

    assert client.refreshes == 1
    assert client.diagnostics.get(URI, []) == []
    assert [item["message"] for item in first["items"]] == ["Look at `save(mean);`."]
    assert again == {"kind": "unchanged", "resultId": first["resultId"]}
    client.edit(0, 0, "\n")
    moved = await pulled(client, first["resultId"])
    assert moved["items"][0]["range"]["start"]["line"] == 2


async def test_pulling_asks_no_model() -> None:
    """
    However often, and whatever the settings say about saving.
    """
    client = await Reviewer.with_claims(HAZARD, capabilities=PULLING, settings={"review": {"onSave": "model"}})
    await client.open(SOURCE)
    for _ in range(5):
        client.edit(0, 0, "x();\n")
        await pulled(client)

    assert client.surroundings.reviewer
    assert client.surroundings.reviewer.prompts == []


async def test_a_client_that_cannot_be_told_to_pull_is_sent_everything() -> None:
    """
    It would not learn of a finding before the next key, so its pulls are answered with nothing.
    """
    text_document = PULLING["textDocument"]
    client = await Reviewer.with_claims(HAZARD, capabilities={**CAPABILITIES, "textDocument": text_document})
    await client.open(SOURCE)
    await client.review()

    assert client.shown == SHOWN
    assert (await pulled(client))["items"] == []


async def test_a_client_that_announces_nothing_may_pull_all_the_same() -> None:
    """
    What it asks for is answered.
    """
    client = await Reviewer.with_claims(HAZARD)
    await client.open(SOURCE)
    await client.review()

    assert len((await pulled(client))["items"]) == 1


@pytest.mark.parametrize("capabilities", [CAPABILITIES, PULLING], ids=["push", "pull"])
async def test_closed_files_are_shown_too_and_nothing_twice(tmp_path: Path, capabilities: Any) -> None:
    """
    A file that is not open is pushed to every client; opened, it is taken back before it can be pulled.
    """
    file = tmp_path / "src" / "a.ts"
    file.parent.mkdir()
    file.write_text(SOURCE)
    client = await Reviewer.with_claims(
        HAZARD, uri=file.as_uri(), capabilities=capabilities, workspaceFolders=[folder_of(tmp_path)]
    )
    await client.review()
    assert len(client.diagnostics[client.uri]) == 1

    await client.open(SOURCE)
    by_pull = (await pulled(client, uri=client.uri))["items"] if capabilities is PULLING else []
    assert len(client.diagnostics[client.uri]) + len(by_pull) == 1
    client.notify("textDocument/didClose", {"textDocument": {"uri": client.uri}})
    await client.settle()
    assert len(client.diagnostics[client.uri]) == 1

    file.write_text(f"\n{SOURCE}")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": client.uri, "type": 2}]})
    while client.diagnostics[client.uri][0]["range"]["start"]["line"] != 2:
        await client.settle()
    assert await client.run("pacenotes.acceptFinding", client.diagnostics[client.uri][0]["data"]["id"])
    file.unlink()
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": client.uri, "type": 3}]})
    while client.diagnostics[client.uri]:
        await client.settle()


@pytest.mark.parametrize(
    ("on_save", "asked", "shown"),
    [("off", 0, SOURCE), ("rules", 0, SOURCE), ("model", 1, SHOWN)],
)
async def test_a_model_looks_at_saved_files_only_where_the_user_wants_it(on_save: str, asked: int, shown: str) -> None:
    """
    Rules cost nothing, a model costs money with every save.
    """
    client = await Reviewer.with_claims(HAZARD, settings={"review": {"onSave": on_save, "verify": "off"}})
    await client.open(SOURCE)
    await _until_reviewed(client, 0 if on_save == "off" else 1)
    client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    await _until_reviewed(client, 0 if on_save == "off" else 2)

    assert client.surroundings.reviewer
    assert len(client.surroundings.reviewer.prompts) == asked
    assert client.shown == shown


SLIP = "export function same(a: string) {\n  return a === a;\n}\n"


async def test_rules_look_at_whatever_is_opened_or_saved() -> None:
    """
    With no model at all, and what is mended is gone with the next save.
    """
    client = Reviewer(Surroundings())
    await client.start(settings={"review": {"onSave": "rules"}})
    await client.open(SLIP)
    await _until_reviewed(client, 1)
    assert client.shown == SLIP.replace("return a === a;", "«return a === a;»")
    page, _, rule = client.diagnostics[URI][0]["codeDescription"]["href"].partition("#")
    assert f"## {rule}\n" in Path(str(path_of(page))).read_text("utf-8")

    client.replace("a === a", "a === b")
    client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    await _until_reviewed(client, 2)
    assert client.diagnostics[URI] == []


async def test_a_review_without_a_model_says_so() -> None:
    """
    The rules are run, and a notice tells that nobody else was asked.
    """
    client = Reviewer(Surroundings())
    await client.start()
    await client.open(SLIP)
    answer = await client.review()

    assert len(answer["findings"]) == 1
    assert answer["notices"] == ["There is no model."]
    assert answer["usage"]["requests"] == 0


@pytest.mark.parametrize("settings", [{"enabled": False}, {"review": {"enabled": False}}])
async def test_switched_off(settings: Any) -> None:
    """
    Nothing is reviewed, nothing is sent, and the reason is said; what was shown before goes.
    """
    client = await Reviewer.with_claims(HAZARD)
    await client.open(SOURCE)
    await client.review()
    params = {"settings": {"pacenotes": settings}}
    client.notify("workspace/didChangeConfiguration", params)
    while client.diagnostics[URI]:
        await client.settle()

    assert client.surroundings.reviewer
    asked = len(client.surroundings.reviewer.prompts)
    assert "switched off" in await client.fail("pacenotes.reviewFile", URI)
    assert len(client.surroundings.reviewer.prompts) == asked


async def test_what_is_not_reviewed_is_refused_with_the_reason(tmp_path: Path) -> None:
    """
    Excluded, no source, not there, without a name.
    """
    client = await Reviewer.with_claims(HAZARD, workspaceFolders=[folder_of(tmp_path)])
    for uri, why in (
        ("file:///project/secret.ts", "excluded"),
        ((tmp_path / "missing.ts").as_uri(), "missing.ts"),
        ("untitled:nothing", "neither open nor on disk"),
    ):
        assert why in await client.fail("pacenotes.reviewFile", uri)
    client.uri = "file:///project/a.py"
    await client.open("print()", "python")
    assert "Only TypeScript" in await client.fail("pacenotes.reviewFile", client.uri)
    assert "takes the URI" in await client.fail("pacenotes.reviewFile")
    assert "a range" in await client.fail("pacenotes.reviewSelection", client.uri)
    assert "open one" in await client.fail("pacenotes.reviewChanges", "untitled:nothing")


async def test_each_rule_of_the_workspace_holds_in_the_editor() -> None:
    """
    Categories that are switched off are withheld here as in CI.
    """
    surroundings = Surroundings(reviewer=ScriptedProvider(json.dumps({"findings": [HAZARD]})))
    client = Reviewer(surroundings)
    await client.start(settings={"review": {"categories": ["security"], "verify": "off", "onSave": "off"}})
    await client.open(SOURCE)
    answer = await client.review()

    assert (answer["findings"], answer["withheld"]) == ([], 1)


async def _until_reviewed(client: Reviewer, times: int) -> None:
    """
    Wait until the backend has been asked so often, and what it found has arrived.
    """
    backend = client.surroundings.backend
    while len(backend.reviewed) < times or client.server.session.reviews.findings.is_awaiting:
        await client.breathe()
        await client.settle()
    await client.settle()
