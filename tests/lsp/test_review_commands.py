"""
Commands about findings and selections: dismissed for good, changes of a repository, what was sent, free questions.
"""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lsp_server.context.snippet import Context
from lsp_server.lsp.review_scope import NOTHING_CHANGED
from lsp_server.providers.base import NotAuthorised, Purpose
from lsp_server.review import baseline
from telemetry.events_review import FindingEnded, ReviewGenerated
from tests.support.backend import Surroundings
from tests.support.reviewer import CAPABILITIES, URI, Reviewer, claim, folder_of
from tests.support.scripted import ScriptedProvider

SOURCE = "load();\nsave(mean);\n"
SHOWN = "load();\n«save(mean);»\n"
HAZARD = claim("save(mean);", replacement="store(mean);")


@pytest.fixture
async def client(tmp_path: Path) -> Reviewer:
    """
    A client whose folder is on disk.
    """
    uri = (tmp_path / "src" / "a.ts").as_uri()
    client = await Reviewer.with_claims(HAZARD, uri=uri, workspaceFolders=[folder_of(tmp_path)])
    await client.open(SOURCE)
    return client


@pytest.mark.parametrize(
    ("arguments", "outcome", "reason"),
    [
        (["{id}"], "dismissed_other", "It was dismissed in the editor."),
        (["{id}", "wrong"], "dismissed_wrong", "It is not true."),
        ([{"id": "{id}", "reason": "noise"}], "dismissed_noise", "It is not worth saying."),
        ([{"findingId": "{id}", "reason": "we test\n for that"}], "dismissed_other", "we test for that"),
        ([{"id": "{id}", "reason": "wrong", "note": "never 0"}], "dismissed_wrong", "never 0"),
    ],
)
async def test_a_dismissal_is_for_good(
    client: Reviewer, tmp_path: Path, arguments: Any, outcome: str, reason: str
) -> None:
    """
    It is written to the baseline that CI reads, beside those that are there, and the finding never comes back.
    """
    other = baseline.Entry(id="1" * 32, file="b.ts", category="async", reason="known")
    (tmp_path / "pacenotes-baseline.json").write_text(baseline.write([other]))
    await client.review()
    finding_id = client.only_id
    given = json.loads(json.dumps(arguments).replace("{id}", finding_id))
    answer = await client.run("pacenotes.dismissFinding", *given)
    await client.settle()

    assert answer["dismissed"] is True
    assert client.shown == SOURCE
    entries = baseline.read(Path(answer["baseline"]).read_text()).entries
    assert entries.keys() == {other.id, finding_id}
    assert (entries[finding_id].reason, entries[finding_id].quote) == (reason, "save(mean);")
    await client.review()
    assert client.shown == SOURCE
    assert [event.outcome for event in client.events(FindingEnded)] == [outcome]


async def test_a_dismissal_is_offered_with_its_reasons(client: Reviewer) -> None:
    """
    As actions, which any editor shows.
    """
    await client.review()
    await client.take_action((await client.actions("save"))["Dismiss as not worth saying"])

    assert [event.outcome for event in client.events(FindingEnded)] == ["dismissed_noise"]


@pytest.mark.parametrize("name", ["../baseline.json", "/tmp/baseline.json", "", ".git/config", "."])
async def test_a_workspace_has_us_write_nowhere_else(tmp_path: Path, name: str) -> None:
    """
    A baseline outside the folder is refused; the finding is gone for the session at least.
    """
    folder = tmp_path / "work"
    folder.mkdir()
    client = await Reviewer.with_claims(
        HAZARD,
        uri=(folder / "src" / "a.ts").as_uri(),
        workspaceFolders=[folder_of(folder)],
        settings={"review": {"baseline": name, "verify": "off", "onSave": "off"}},
    )
    await client.open(SOURCE)
    await client.review()

    assert "inside the workspace folder" in await client.fail("pacenotes.dismissFinding", client.only_id)
    await client.settle()
    assert client.shown == SOURCE
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


async def test_a_malformed_baseline_is_left_alone(client: Reviewer, tmp_path: Path) -> None:
    """
    It is not overwritten, and the sentence says to mend it; nor is anything reviewed as if there were none.
    """
    await client.review()
    (tmp_path / "pacenotes-baseline.json").write_text("{")

    assert "not JSON" in await client.fail("pacenotes.reviewFile", client.uri)
    assert "Mend pacenotes-baseline.json" in await client.fail("pacenotes.dismissFinding", client.only_id)
    assert (tmp_path / "pacenotes-baseline.json").read_text() == "{"


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


async def test_changes_are_reviewed_as_they_are_on_the_screen(client: Reviewer, tmp_path: Path) -> None:
    """
    Unsaved lines, saved ones and new files; what was there before is not looked at.
    """
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("load();\n")
    (tmp_path / "src" / "b.ts").write_text("save(mean);\n")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    (tmp_path / "src" / "c.ts").write_text("save(mean);\n")
    claims = [claim("save(mean);", file=f"src/{name}.ts") for name in "abc"]
    assert client.surroundings.reviewer
    client.surroundings.reviewer.script(json.dumps({"findings": claims}))
    answer = await client.run("pacenotes.reviewChanges")

    assert len(answer["findings"]) == 2
    assert client.shown == SHOWN
    assert len(client.diagnostics[(tmp_path / "src" / "c.ts").as_uri()]) == 1
    assert (tmp_path / "src" / "b.ts").as_uri() not in client.diagnostics
    assert [event.scope for event in client.events(ReviewGenerated)] == ["change"]


async def test_typing_goes_on_while_git_is_asked(client: Reviewer, tmp_path: Path) -> None:
    """
    What is typed between looking at the screen and looking at the repository moves the findings too.
    """
    git(tmp_path, "init")
    asked = client.request("workspace/executeCommand", {"command": "pacenotes.reviewChanges", "arguments": []})
    await client.breathe()
    client.edit(0, 0, "// one\n")
    answer = await client.answer_to(asked)

    assert len(answer["result"]["findings"]) == 1
    assert client.shown == f"// one\n{SHOWN}"


async def test_each_folder_has_a_baseline_of_its_own(tmp_path: Path) -> None:
    """
    What it dismisses stays dismissed in the sessions after this one, whichever folder comes first.
    """
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    uri, both = (folders[1] / "src" / "a.ts").as_uri(), [folder_of(one) for one in folders]
    for expected in (1, 0):
        client = await Reviewer.with_claims(HAZARD, uri=uri, workspaceFolders=both)
        await client.open(SOURCE)
        await client.review()
        assert len(client.diagnostics.get(client.uri, [])) == expected
        if expected:
            await client.run("pacenotes.dismissFinding", client.only_id)

    assert (folders[1] / "pacenotes-baseline.json").exists()
    assert not (folders[0] / "pacenotes-baseline.json").exists()


async def test_changes_of_a_folder_below_the_repository(tmp_path: Path) -> None:
    """
    Paths are those of the folder, as everywhere else in its session.
    """
    folder = tmp_path / "packages" / "app"
    (folder / "src").mkdir(parents=True)
    (tmp_path / "other.ts").write_text("save(mean);\n")
    git(tmp_path, "init")
    (folder / "src" / "a.ts").write_text("save(mean);\n")
    client = await Reviewer.with_claims(
        HAZARD, uri=(folder / "src" / "a.ts").as_uri(), workspaceFolders=[folder_of(folder)]
    )
    answer = await client.run("pacenotes.reviewChanges", client.uri)

    assert len(answer["findings"]) == 1
    assert [file.path for file in client.surroundings.backend.reviewed[-1].files] == ["src/a.ts"]
    (folder / "src" / "a.ts").unlink()
    nothing = await client.run("pacenotes.reviewChanges")
    assert (nothing["findings"], nothing["notices"]) == ([], [NOTHING_CHANGED])


async def test_the_request_behind_a_finding_is_shown(client: Reviewer) -> None:
    """
    Of all that was sent for a review, the one that showed the finding's code.
    """
    await client.review()
    assert client.surroundings.reviewer
    sent = client.surroundings.reviewer.prompts[0].request_id
    requests = client.surroundings.backend.requests
    requests[sent] = {"files": ["src/a.ts"], "body": {"messages": ["+save(mean);"]}}

    assert await client.run("pacenotes.showRequest", client.only_id) == requests[sent]
    assert "recorded" in await client.fail("pacenotes.showRequest", "nothing")


async def asking(*answers: Any, capabilities: Any = CAPABILITIES) -> Reviewer:
    provider = ScriptedProvider(*answers)
    provider.name = "anthropic"
    client = Reviewer(Surroundings(provider=provider))
    await client.start(capabilities=capabilities)
    await client.open(SOURCE)
    return client


LINE = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 11}}
QUESTION = {"uri": URI, "range": LINE, "prompt": "What if it fails?"}
REWRITTEN = "<replacement>\nawait save(mean);\n</replacement>\nIt waits now."


async def test_a_question_is_answered() -> None:
    """
    About the selection as it is on the screen; nothing is edited, and what was sent can be shown.
    """
    client = await asking("It throws.")
    client.surroundings.backend.context = Context(text="// src/b.ts\nfunction save(a);\n")
    answer = await client.run("pacenotes.ask", QUESTION)

    assert (answer["answer"], "edit" in answer) == ("It throws.", False)
    (prompt,) = client.surroundings.provider.prompts
    text = prompt.messages[0].text
    assert prompt.purpose is Purpose.ASK
    assert prompt.files == ("src/a.ts",)
    assert "_selection>save(mean);</" in text
    assert "What if it fails?" in text
    assert "function save(a);" in text
    assert prompt.request_id == answer["id"]
    assert client.progress[0] == "Pacenotes asks"


async def test_an_edit_is_previewed_unless_it_is_to_be_made() -> None:
    """
    It replaces the selection and nothing else.
    """
    client = await asking(REWRITTEN)
    preview = await client.run("pacenotes.ask", {**QUESTION, "edit": True})
    assert (preview["answer"], preview["applied"]) == ("It waits now.", False)
    assert client.document.text == SOURCE
    assert client.make(preview["edit"])
    assert client.document.text == "load();\nawait save(mean);\n"

    client.undo()
    made = await client.run("pacenotes.ask", {**QUESTION, "apply": True})
    assert made["applied"] is True
    assert client.document.text == "load();\nawait save(mean);\n"


async def test_no_edit_unless_asked_for() -> None:
    """
    Even if the model writes one.
    """
    client = await asking(REWRITTEN)
    answer = await client.run("pacenotes.ask", QUESTION)

    assert "edit" not in answer
    assert answer["answer"] == REWRITTEN


async def test_code_that_has_changed_meanwhile_is_not_edited() -> None:
    """
    The answer comes all the same, with the reason.
    """
    client = await asking(REWRITTEN)
    provider = client.surroundings.provider
    provider.hold = asyncio.Event()
    params = {"command": "pacenotes.ask", "arguments": [{**QUESTION, "apply": True}]}
    asked = client.request("workspace/executeCommand", params)
    while not provider.prompts:
        await client.settle()
    client.edit(0, 0, "x")
    provider.hold.set()
    answer = (await client.answer_to(asked))["result"]

    assert (answer["answer"], "edit" in answer) == ("It waits now.", False)
    assert "has changed" in answer["reason"]


async def test_a_question_can_be_cancelled() -> None:
    """
    The model is let go of at once.
    """
    client = await asking("It throws.")
    provider = client.surroundings.provider
    provider.hold = asyncio.Event()
    asked = client.request("workspace/executeCommand", {"command": "pacenotes.ask", "arguments": [QUESTION]})
    while not provider.prompts:
        await client.settle()
    client.notify("$/cancelRequest", {"id": asked})

    assert (await client.answer_to(asked))["error"]["code"] == -32800


async def test_questions_that_cannot_be_answered() -> None:
    """
    Each is refused with one sentence.
    """
    client = await asking(NotAuthorised("The key was refused: check it."))
    assert await client.fail("pacenotes.ask", QUESTION) == "The key was refused: check it."
    assert "Open the document" in await client.fail("pacenotes.ask", {**QUESTION, "uri": "file:///project/b.ts"})
    assert "`prompt`" in await client.fail("pacenotes.ask", {**QUESTION, "prompt": " "})
    assert "A range is" in await client.fail("pacenotes.ask", {**QUESTION, "range": {"start": 1}})
    local = Reviewer(Surroundings())
    await local.start()
    await local.open(SOURCE)
    assert "need a model" in await local.fail("pacenotes.ask", QUESTION)


async def test_a_secret_is_neither_sent_nor_lost() -> None:
    """
    It is left out of the question, and an edit that would put the gap in its place is not made.
    """
    secret = "sk-ant-api03-" + "A1b2C3d4" * 11 + "-AA"
    client = await asking("<replacement>const key = '<redacted:anthropic_key>';</replacement>Done.")
    source = f"const key = '{secret}';\n"
    await client.open(source)
    line = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": len(source) - 1}}
    answer = await client.run("pacenotes.ask", {**QUESTION, "range": line, "apply": True})

    assert secret not in client.surroundings.provider.prompts[0].messages[0].text
    assert "secret" in answer["reason"]
    assert client.document.text == source
