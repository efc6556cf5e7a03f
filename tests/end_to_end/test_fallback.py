"""
A provider that fails, in an editor and on the command line: there the local model completes meanwhile, here it is said.
"""

import sys
from typing import Any

import pytest

from tests.support.editor import Editor
from tests.support.messages_api import API_KEY, MessagesApi
from tests.support.replies import Reply
from tests.support.workplace import Workplace

SERVER = (sys.executable, "-m", "lsp_server", "serve")
REST = "reduce((sum, item) => sum + item.price, 0);"
TOTALS = "".join(
    f"export function {name}Total(items: readonly Item[]): number {{\n  return items.{REST}\n}}\n\n"
    for name in ("order", "basket", "wishlist", "invoice", "offer", "refund")
)
TYPED = f"{TOTALS}export function cartTotal(items: readonly Item[]): number {{\n  return items."
AT = {"line": TYPED.count("\n"), "character": len("  return items.")}


def completed(editor: Editor, workplace: Workplace) -> tuple[str, dict[str, Any]]:
    """
    What is offered at the end of the typed text, and the last status that the editor was told by then.
    """
    uri = workplace.write("src/totals.ts", TYPED).as_uri()
    editor.initialize(capabilities={}, workspaceFolders=[{"uri": workplace.workspace.as_uri(), "name": "work"}])
    editor.open(uri, TYPED)
    where = {"textDocument": {"uri": uri}, "position": AT, "context": {"triggerKind": 2}}
    items = editor.call("textDocument/inlineCompletion", where)["items"]
    assert editor.shut_down() == 0
    told = [message["params"] for message in editor.unread() if message.get("method") == "pacenotes/status"]
    return items[0]["insertText"] if items else "", told[-1]


@pytest.mark.parametrize(("status", "kind"), [(401, "error"), (429, "warning"), (500, "warning")])
def test_the_local_model_completes_meanwhile(workplace: Workplace, status: int, kind: str) -> None:
    """
    The editor gets a completion, and is told that it is the local model's and what is wrong with the other one.
    """
    with MessagesApi(Reply(status=status)) as api:
        environ = {**workplace.environ, "ANTHROPIC_API_KEY": API_KEY, "ANTHROPIC_BASE_URL": api.url}
        with Editor(SERVER, environ=environ) as editor:
            text, told = completed(editor, workplace)

    assert len(text) > len("reduce(")
    assert REST.startswith(text)
    assert (told["kind"], told["provider"], told["model"]) == (kind, "local", "local-workspace-1")
    assert told["message"].endswith("Meanwhile completions come from `local`.")


def test_nobody_else_completes_where_none_is_wanted(workplace: Workplace) -> None:
    """
    Without a fallback nothing is offered, and the chosen provider's failure is told.
    """
    with MessagesApi(Reply(status=500)) as api:
        environ = {"ANTHROPIC_API_KEY": API_KEY, "ANTHROPIC_BASE_URL": api.url}
        workplace.write("../home/config/pacenotes/pacenotes.toml", "fallback = []\n")
        with Editor(SERVER, environ={**workplace.environ, **environ}) as editor:
            text, told = completed(editor, workplace)

    assert text == ""
    assert (told["kind"], told["provider"]) == ("warning", "anthropic")


def test_the_command_line_says_that_the_provider_failed(workplace: Workplace) -> None:
    """
    A script that asks one provider is not answered by another.
    """
    workplace.write("src/totals.ts", TYPED)
    place = f"src/totals.ts:{AT['line'] + 1}:{AT['character'] + 1}"
    with MessagesApi(Reply(status=500)) as api:
        done = workplace.run("complete", place, ANTHROPIC_API_KEY=API_KEY, ANTHROPIC_BASE_URL=api.url)

    assert (done.returncode, done.stdout) == (4, "")
    assert workplace.run("complete", place, "--provider", "local").stdout == f"{REST}\n"
