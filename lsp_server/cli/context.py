"""
`pacenotes context`: what a model would be shown at a place, and why.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_server.cli.failure import ExitCode
from lsp_server.cli.options import set_option, settings_for
from lsp_server.cli.place import Place, parse_place

if TYPE_CHECKING:
    from lsp_server.context.report import Batch
    from lsp_server.context.snippet import Context


@click.command()
@click.argument("place", metavar="FILE:LINE:COLUMN", required=False)
@click.option("--budget", type=click.IntRange(min=0), default=None, help="Tokens, at four characters each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--batch", is_flag=True, help="Answer JSON Lines from standard input about the current folder, and stay.")
@set_option
def context(place: str | None, *, budget: int | None, as_json: bool, batch: bool, overrides: tuple[str, ...]) -> int:
    """
    Print what a model would be shown from other places than the code around the cursor, most important first,
    with the retriever that found each piece, its score and its size, and what was left out and why.

    With --batch: {"cmd": "index"} waits for the index, {"file", "line", "character"} (from 0, in UTF-16 units) asks.
    """
    if batch == (place is not None):
        raise click.UsageError("Name one place as FILE:LINE:COLUMN, or use --batch and ask on standard input.")
    if place is None:
        return asyncio.run(_serve(overrides))
    return asyncio.run(_print(parse_place(place), overrides, budget, as_json=as_json))


async def _print(place: Place, overrides: Sequence[str], budget: int | None, *, as_json: bool) -> int:
    from lsp_server.cli.engine import desk, patience
    from lsp_server.context.report import as_json as json_of

    async with desk(place.path, partial(settings_for, overrides=overrides)) as here:
        request = here.open(place)
        with patience():
            await here.backend.indexing.ready()
        found = await here.backend.gather(
            request, here.settings.completion_context_tokens if budget is None else budget
        )
    if as_json:
        click.echo(json.dumps(json_of(found), ensure_ascii=False))
    else:
        _show(found)
    return ExitCode.FINE


async def _serve(overrides: Sequence[str]) -> int:
    from lsp_server.cli.engine import desk
    from lsp_server.context.report import Batch

    root = Path.cwd()
    async with desk(root / "any file", partial(settings_for, overrides=overrides), root=root) as here:
        batch = Batch(root.as_posix(), here.backend.index, here.backend.files.walk, time.monotonic)
        await asyncio.to_thread(_answer_lines, batch)
    return ExitCode.FINE


def _answer_lines(batch: "Batch") -> None:
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(batch.answer(line.decode("utf-8", "replace")) + "\n")
            sys.stdout.flush()


def _show(found: "Context") -> None:
    click.echo(found.text)
    click.echo(f"\n{found.tokens} tokens", err=True)
    for snippet in found.snippets:
        where = f"{snippet.path}:{snippet.start_line + 1}-{snippet.end_line}"
        why = f"{snippet.reason} ({snippet.retriever}, score {snippet.score:.2f})"
        click.echo(f"{snippet.tokens:6} tokens  {where:50}  {why}", err=True)
    for item in found.dropped:
        click.echo(f"     left out  {item.path}:{item.start_line + 1}  {item.reason} ({item.retriever})", err=True)
