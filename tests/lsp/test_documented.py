"""
LSP.md says what the server does: every method and command, every argument, every field of an answer.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import lsp_server
from lsp_server.lsp import extensions, from_lsp, protocol, review_arguments
from lsp_server.lsp.server import COMMANDS, FEATURES
from tests.support.reviewer import Reviewer, claim, folder_of

TEXT = (Path(lsp_server.__file__).parent / "LSP.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### `([\w.]+)`\n(.*?)(?=^##)", TEXT, re.DOTALL | re.MULTILINE))
READERS: dict[str, Any] = {
    extensions.REVIEW_FILE: review_arguments.target,
    extensions.REVIEW_SELECTION: review_arguments.target,
    extensions.REVIEW_CHANGES: review_arguments.target,
    extensions.ACCEPT_FINDING: review_arguments.verdict,
    extensions.DISMISS_FINDING: review_arguments.verdict,
    extensions.EXPLAIN_FINDING: review_arguments.verdict,
    extensions.ASK: review_arguments.question,
    extensions.SHOW_REQUEST: from_lsp.only_id,
    extensions.COMPLETION_ACCEPTED: from_lsp.only_id,
}
SOURCE = "load();\nsave(mean);\n"


def example(command: str, kind: str) -> Any:
    """
    The block of a command's section.
    """
    found = re.search(rf"```json {kind}\n(.*?)```", SECTIONS[command], re.DOTALL)
    assert found, f"{command} has no {kind}"
    return json.loads(found[1])


def test_every_method_and_command_is_described() -> None:
    """
    And nothing that there is not.
    """
    methods = set(re.findall(r"`((?:textDocument|workspace|codeAction|pacenotes)/\w+|initialized)`", TEXT))

    assert SECTIONS.keys() == set(COMMANDS)
    assert {*FEATURES, extensions.STATUS} <= methods
    assert methods - {*FEATURES, extensions.STATUS} <= {"workspace/applyEdit", "workspace/executeCommand"}


def test_every_capability_that_is_read_is_described() -> None:
    """
    By the name that the protocol gives it.
    """
    names = [name for part in protocol.INITIALIZE_USED["capabilities"].values() for name in part]

    assert [name for name in names if name not in TEXT] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_arguments_are_understood(command: str) -> None:
    """
    As they are shown.
    """
    assert READERS[command]([example(command, "arguments")])


async def test_the_answers_have_these_fields(tmp_path: Path) -> None:
    """
    No more and no fewer.
    """
    uri = (tmp_path / "src" / "a.ts").as_uri()
    hazard = claim("save(mean);", replacement="store(mean);")
    client = await Reviewer.with_claims(hazard, uri=uri, workspaceFolders=[folder_of(tmp_path)])
    await client.open(SOURCE)
    reviewed = await client.review()
    finding = {"id": client.only_id}
    client.surroundings.provider.name = "anthropic"
    client.surroundings.provider.script("<replacement>await save(mean);</replacement>It waits now.")
    question = {**example(extensions.ASK, "arguments"), "uri": uri}
    answers = {
        extensions.REVIEW_FILE: reviewed,
        extensions.EXPLAIN_FINDING: await client.run(extensions.EXPLAIN_FINDING, finding),
        extensions.ASK: await client.run(extensions.ASK, question),
        extensions.ACCEPT_FINDING: await client.run(extensions.ACCEPT_FINDING, finding),
        extensions.DISMISS_FINDING: await client.run(extensions.DISMISS_FINDING, finding),
    }

    for command, answer in answers.items():
        shown = example(command, "answer")
        assert answer.keys() == shown.keys(), command
        assert answer.get("usage", {}).keys() == shown.get("usage", {}).keys()
