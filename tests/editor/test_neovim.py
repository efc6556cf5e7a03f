"""
The configuration for Neovim, in a real Neovim: completions seen and taken, findings, and what telemetry makes of it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editor.neovim import Neovim
from tests.editor.teacher import Taught, reviewed
from tests.editor.waiting import until
from tests.support.messages_api import API_KEY, MessagesApi
from tests.support.workplace import Workplace, make_workplace

CONFIGURATION = Path(__file__).parents[2] / "editor_client" / "neovim" / "pacenotes.lua"
LINE = "const total = stages.reduce((sum, stage) => sum + stage.km, 0);"
FILE = "interface Stage { km: number }\nconst stages: Stage[] = [];\n"


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    """
    A stand-in for the model.
    """
    with MessagesApi(Taught([LINE])) as api:
        yield api


@pytest.fixture
def workplace(api: MessagesApi, tmp_path: Path) -> Workplace:
    """
    A workspace whose `pacenotes`, on the path of the editor, asks the stand-in.
    """
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pacenotes").write_text(f'#!/bin/sh\nexec {sys.executable} -m lsp_server "$@"\n', encoding="utf-8")
    (programs / "pacenotes").chmod(0o755)
    environ = {"PATH": f"{programs}:/usr/bin:/bin", "PACENOTES_PROVIDER": "anthropic"}
    return make_workplace(tmp_path, ANTHROPIC_API_KEY=API_KEY, ANTHROPIC_BASE_URL=api.url, **environ)


@pytest.fixture
def neovim(workplace: Workplace, tmp_path: Path) -> Iterator[Neovim]:
    """
    A Neovim with our configuration and nothing else.
    """
    with Neovim(tmp_path, workplace.environ, [CONFIGURATION]) as neovim:
        yield neovim


def test_a_completion_is_seen_and_taken(neovim: Neovim, workplace: Workplace) -> None:
    """
    Ghost text, Tab, and the acceptance is in the telemetry store.
    """
    neovim.edit(workplace.write("src/a.ts", FILE))
    neovim.send("Go")
    neovim.key_in("const total = ")
    until("ghost text", lambda: neovim.ghost() == LINE[14:])
    neovim.send("<Tab>")

    until("the text", lambda: LINE in neovim.text())
    ended = until("the acceptance", lambda: events(workplace, "completion.ended"))
    assert ended[0]["outcome"] == "accepted"
    assert ended[0]["client"]["editor"] == "neovim"


def test_a_tab_is_a_tab(neovim: Neovim, workplace: Workplace) -> None:
    """
    Where nothing is offered the key does what it always did.
    """
    neovim.edit(workplace.write("src/b.ts", FILE))
    neovim.send("Go// x<Tab>y")

    until("the text", lambda: "// x\ty" in neovim.text())


def test_a_review(neovim: Neovim, workplace: Workplace, api: MessagesApi) -> None:
    """
    `:Pacenotes review` brings a finding as a diagnostic.
    """
    finding = {
        "file": "src/c.ts",
        "quote": "const stages: Stage[] = [];",
        "category": "correctness",
        "severity": "warning",
        "confidence": 90,
        "message": "Nothing ever fills the list.",
    }
    api.script(reviewed([finding]))
    neovim.edit(workplace.write("src/c.ts", FILE))
    neovim.send(":Pacenotes review<CR>")

    found = until(
        "a diagnostic", lambda: neovim.lua("vim.tbl_map(function(d) return d.message end, vim.diagnostic.get(0))")
    )
    assert found == ["Nothing ever fills the list."]


def events(workplace: Workplace, name: str) -> list[dict[str, Any]]:
    """
    What the telemetry store holds of one event.
    """
    return [event for event in workplace.json_lines("telemetry", "events") if event["name"] == name]
