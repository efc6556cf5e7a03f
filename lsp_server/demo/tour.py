"""
The tour: a real server, driven as an editor would, on a bundled TypeScript project; no key and no network.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from rich.console import Console
from rich.text import Text

from lsp_server.demo.editor import Buffer, Editor
from lsp_server.demo.scenes import SCENES, Ending, Scene

CREDENTIALS = ("ANTHROPIC_", "AWS_", "PACENOTES_")
LINES_SHOWN = 3
CONTEXT_SHOWN = 3


async def tour(console: Console) -> None:
    """
    Show the whole path of a completion, from keystroke to telemetry and audit.
    """
    with _workshop() as (workspace, environ):
        editor = Editor(workspace)
        started = time.perf_counter()
        await editor.start(environ)
        console.rule("[bold]Pacenotes")
        console.print(f"Server started and introduced in {_ms(started)}; workspace {workspace.name}, provider local.")
        for scene in SCENES:
            editor.open(scene.path)
        await editor.index_is_complete()
        console.print(f"Workspace known after {_ms(started)}.")
        for scene in SCENES:
            await _play(scene, editor, console)
        await editor.stop()
        _show_telemetry(environ, console)
        _show_audit(environ, console)
    console.rule()
    console.print("That was the local provider, which knows this project and nothing else.")
    console.print('With Claude: set ANTHROPIC_API_KEY, or AWS credentials and `provider = "bedrock"` (see README.md).')


@contextmanager
def _workshop() -> Iterator[tuple[Path, dict[str, str]]]:
    """
    A copy of the bundled project, and an environment whose state goes away with it.
    """
    with tempfile.TemporaryDirectory(prefix="pacenotes-demo-") as folder:
        workspace = Path(folder) / "rally-timing"
        with as_file(files("lsp_server.demo") / "workspace") as bundled:
            shutil.copytree(bundled, workspace)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(CREDENTIALS)}
        kept.pop("DO_NOT_TRACK", None)
        storage = {"PACENOTES_STORAGE_DIRECTORY": str(Path(folder) / "storage"), "PACENOTES_PROVIDER": "local"}
        yield workspace, kept | storage


async def _play(scene: Scene, editor: Editor, console: Console) -> None:
    console.rule(f"[bold]{scene.title}", align="left")
    buffer = editor.open(scene.path)
    line_end = buffer.text.index("\n", buffer.text.index(scene.below) + len(scene.below))
    cursor = editor.insert(buffer, line_end, "\n")
    for character in scene.typed:
        cursor = editor.insert(buffer, cursor, character)
    asked = time.perf_counter()
    item = await editor.complete(buffer, cursor, by_hand=scene.by_hand)
    if item is None:
        _show(scene, buffer, cursor, "", console)
        console.print(f"Nothing offered, after {_ms(asked)}: the model is not sure enough.")
        return
    offered = str(item.insert_text)[cursor - _start(editor, buffer, item, cursor) :]
    _show(scene, buffer, cursor, offered, console)
    how = "asked by hand" if scene.by_hand else "unasked"
    console.print(f"Offered in {_ms(asked)}, {how}. The engineer {scene.ending}.")
    await _end(scene.ending, editor, Offer(buffer, cursor, item, offered))
    _show_context(await editor.context(buffer, cursor), console)


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What was offered at a cursor: the item, and the part of its text that is not typed yet.
    """

    buffer: Buffer
    cursor: int
    item: lsp.InlineCompletionItem
    rest: str


async def _end(ending: Ending, editor: Editor, offer: Offer) -> None:
    editor.notify("textDocument/didShowCompletion", {"item": offer.item})
    assert offer.item.command is not None
    match ending:
        case Ending.ACCEPT:
            editor.insert(offer.buffer, offer.cursor, offer.rest)
            await editor.accept(offer.item)
        case Ending.TYPE_THROUGH:
            cursor = offer.cursor
            for character in offer.rest:
                cursor = editor.insert(offer.buffer, cursor, character)
        case Ending.DISMISS:
            (completion_id,) = offer.item.command.arguments or ()
            editor.notify("pacenotes/didDismissCompletion", {"completionId": completion_id, "reason": "rejected"})


def _start(editor: Editor, buffer: Buffer, item: lsp.InlineCompletionItem, cursor: int) -> int:
    """
    Where the item's range begins: text between there and the cursor is typed already.
    """
    if item.range is None:
        return cursor
    return cursor - (editor.position(buffer, cursor).character - item.range.start.character)


def _show(scene: Scene, buffer: Buffer, cursor: int, offered: str, console: Console) -> None:
    before = buffer.text[:cursor].splitlines()[-LINES_SHOWN:]
    after = buffer.text[cursor:].split("\n", 1)[0]
    console.print(f"[dim]{scene.path}")
    for line in before[:-1]:
        console.print(Text("  " + line))
    console.print(Text("  ").append(before[-1]).append(offered or "▏", style="italic dim cyan").append(after))


def _show_context(context: Any, console: Console) -> None:
    """
    The most important of what a remote model would be sent besides the code around the cursor.
    """
    snippets = _field(context, "snippets")
    first = [f"{_field(snippet, 'path')} ({_field(snippet, 'reason')})" for snippet in snippets[:CONTEXT_SHOWN]]
    more = f" and {len(snippets) - CONTEXT_SHOWN} more" if len(snippets) > CONTEXT_SHOWN else ""
    console.print(f"Context for a remote model, {_field(context, 'tokens')} tokens: {', '.join(first)}{more}.")


def _field(item: Any, name: str) -> Any:
    return item[name] if isinstance(item, Mapping) else getattr(item, name)


def _show_telemetry(environ: Mapping[str, str], console: Console) -> None:
    console.rule("[bold]What telemetry keeps of it (`pacenotes telemetry events`)", align="left")
    for line in _run(environ, "telemetry", "events"):
        event = json.loads(line)
        told = {name: event[name] for name in TOLD if event.get(name) is not None}
        console.print(
            f"{event['name']:24}{' '.join(f'{name}={value}' for name, value in told.items())}", highlight=False
        )


TOLD = (
    "trigger",
    "intent",
    "reason",
    "source",
    "outcome",
    "chars",
    "latency_ms",
    "visible_ms",
    "accepted_chars",
    "model",
)


def _show_audit(environ: Mapping[str, str], console: Console) -> None:
    console.rule("[bold]What was given to a model (`pacenotes audit`)", align="left")
    for line in _run(environ, "audit", "--json"):
        entry = json.loads(line)
        to = f"{entry['provider']} ({entry['route']})"
        removed = f"{sum(entry['redactions'].values())} secrets removed"
        told = (
            entry["at"][11:19],
            entry["feature"],
            to,
            ", ".join(entry["files"]),
            f"${entry['costUsd']:.4f}",
            removed,
        )
        console.print("  ".join(told), highlight=False)


def _counted(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files"


def _run(environ: Mapping[str, str], *arguments: str) -> list[str]:
    command = [sys.executable, "-m", "lsp_server", *arguments]
    done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout.splitlines()


def _ms(since: float) -> str:
    return f"{1000 * (time.perf_counter() - since):.0f} ms"
