"""
`pacenotes complete`: one completion at a place, by the very engine that serves the editor.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from lsp_server.cli.failure import ExitCode, ProviderFailed
from lsp_server.cli.options import model_options, named_overrides, set_option, settings_for
from lsp_server.cli.place import Place, parse_place
from lsp_server.settings import Settings


@click.command()
@click.argument("place", metavar="FILE:LINE:COLUMN")
@click.option("--json", "as_json", is_flag=True, help="Print everything about it as one JSON document.")
@model_options
@set_option
def complete(place: str, *, as_json: bool, provider: str | None, model: str | None, overrides: tuple[str, ...]) -> int:
    """
    Print the text to insert at FILE:LINE:COLUMN (both from 1, columns as the TypeScript compiler counts them).

    Nothing is printed when there is nothing to offer; why is then said on stderr, and the exit code is still 0.
    It is 4 when the provider fails: unlike in the editor, nobody is asked in its place.
    """
    named = named_overrides(provider, model, model_setting="completion.model")
    return asyncio.run(_complete(parse_place(place), (*overrides, *named), as_json=as_json))


async def _complete(place: Place, overrides: Sequence[str], *, as_json: bool) -> int:
    from lsp_server.cli.engine import desk, patience
    from lsp_server.completion import engine
    from lsp_server.completion.request import Completion, NoCompletionReason

    async with desk(place.path, partial(_strict_settings_for, overrides)) as here:
        request = here.open(place)
        with patience():
            await here.backend.ready()
        outcome = await engine.complete(
            request,
            previous=None,
            provider=here.backend.provider,
            gather=here.backend.gather,
            settings=here.settings,
            clock=time.monotonic,
            known_names=here.backend.known_names,
        )
    if as_json:
        click.echo(json.dumps(_as_json(outcome), ensure_ascii=False))
    elif isinstance(outcome, Completion):
        click.echo(outcome.text)
    if isinstance(outcome, Completion):
        return ExitCode.FINE
    if outcome.reason is NoCompletionReason.PROVIDER_FAILED:
        raise ProviderFailed(outcome.detail)
    if not as_json:
        click.echo(f"Nothing to offer ({outcome.reason}). {outcome.detail}".rstrip(), err=True)
    return ExitCode.FINE


def _strict_settings_for(overrides: Sequence[str], root: Path) -> Settings:
    return replace(settings_for(root, overrides), fallback=())


def _as_json(outcome: Any) -> dict[str, Any]:
    """
    The outcome with positions as LSP has them: from 0, in UTF-16 units.
    """
    from lsp_server.completion.request import Completion
    from lsp_server.text.positions import PositionEncoding

    shared = {"id": outcome.id, "timings": asdict(outcome.timings)}
    if not isinstance(outcome, Completion):
        return {**shared, "text": None, "reason": outcome.reason, "detail": outcome.detail}
    start, end = (
        outcome.document.position_at(offset, PositionEncoding.UTF16)
        for offset in (outcome.span.start, outcome.span.end)
    )
    return {
        **shared,
        "text": outcome.text,
        "range": {"start": asdict(start), "end": asdict(end)},
        "source": outcome.source,
        "extent": outcome.extent,
        "provider": outcome.provider,
        "model": outcome.model,
        "usage": asdict(outcome.usage),
        "context": [{**asdict(snippet), "tokens": snippet.tokens} for snippet in outcome.context.snippets],
    }
