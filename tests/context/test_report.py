"""
Context for other programs, line by line.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server.context.report import Batch, as_json
from lsp_server.index.workspace_index import WorkspaceIndex
from tests.context.scenes import scene


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """
    A batch over a small workspace on disk.
    """
    (tmp_path / "users.ts").write_text("export function loadUser(id: string): void {}\n")
    (tmp_path / "main.ts").write_text("import { loadUser } from './users';\n\n")
    (tmp_path / "secret.ts").write_text("export const secret = 1;\n")

    def read(path: str) -> str | None:
        try:
            return None if path.endswith("secret.ts") else Path(path).read_text()
        except OSError:
            return None

    index = WorkspaceIndex([tmp_path.as_posix()], read=read, is_excluded=lambda path: path.endswith("secret.ts"))
    walk = [tmp_path / "main.ts", tmp_path / "users.ts"]
    return Batch(tmp_path.as_posix(), index, lambda: walk, lambda: 0.0)


def asked(batch: Batch, **request: Any) -> dict[str, Any]:
    """
    The answer to a request.
    """
    answer = batch.answer(json.dumps(request))

    assert "\n" not in answer
    found: dict[str, Any] = json.loads(answer)
    return found


def test_indexing_tells_how_many_files(batch: Batch) -> None:
    """
    The answer comes once the index is complete.
    """
    assert asked(batch, cmd="index") == {"files": 2, "elapsed_ms": 0.0}
    assert batch.index.complete.is_set()


def test_a_question_is_answered_with_the_context_and_its_snippets(batch: Batch) -> None:
    """
    Text, tokens, time and each snippet's place and retriever, under the id of the question.
    """
    answer = asked(batch, id=7, file="main.ts", line=1, character=0)

    assert set(answer) == {"id", "context", "snippets", "tokens", "elapsed_ms"}
    assert answer["id"] == 7
    assert "loadUser(id: string)" in answer["context"]
    assert answer["snippets"][0]["path"] == "users.ts"
    assert (answer["snippets"][0]["startLine"], answer["snippets"][0]["endLine"]) == (0, 1)


def test_text_stands_in_for_the_file(batch: Batch) -> None:
    """
    What is sent counts, not what is on disk; the file need not even exist.
    """
    assert asked(batch, file="main.ts", line=0, character=0, text="")["context"] == ""
    assert "error" not in asked(batch, file="new.ts", line=9, character=9, text="const a = 1;")


def test_the_budget_is_kept(batch: Batch) -> None:
    """
    A budget of nothing gives nothing.
    """
    assert asked(batch, file="main.ts", line=1, character=0, budget=0)["tokens"] == 0
    assert asked(batch, file="main.ts", line=1, character=0, budget=10)["tokens"] <= 10


@pytest.mark.parametrize(
    "line",
    [
        "",
        "not json",
        "[]",
        "1",
        "{}",
        '{"file": 1}',
        '{"file": "main.ts"}',
        '{"file": "main.ts", "line": -1, "character": 0}',
        '{"file": "main.ts", "line": true, "character": 0}',
        '{"file": "main.ts", "line": 0, "character": "0"}',
        '{"file": "missing.ts", "line": 0, "character": 0}',
        '{"file": "secret.ts", "line": 0, "character": 0}',
        '{"file": ".", "line": 0, "character": 0}',
        '{"file": "main.ts", "line": 0, "character": 0, "budget": "much"}',
        '{"cmd": "unknown"}',
        '{"file": "main.ts\\u0000", "line": 0, "character": 0}',
        "[" * 100_000,
    ],
)
def test_a_bad_line_gets_one_sentence_and_the_next_is_answered(batch: Batch, line: str) -> None:
    """
    Whatever comes, the loop goes on.
    """
    answer = json.loads(batch.answer(line))

    assert set(answer) == {"error"}
    assert answer["error"].endswith(".")
    assert "context" in asked(batch, file="main.ts", line=1, character=0)


def test_a_document_of_everything_that_was_found() -> None:
    """
    The single answer also tells what was dropped, and why.
    """
    files = {
        "src/a.ts": "".join(f"export const name{number} = {number};\n" for number in range(50)),
        "src/main.ts": "import { " + ", ".join(f"name{number}" for number in range(50)) + " } from './a';\n█",
    }
    found = as_json(scene(files).context(50))

    assert set(found) == {"context", "tokens", "snippets", "dropped"}
    assert found["dropped"][0]["reason"] == "budget"
