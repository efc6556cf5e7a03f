"""
`pacenotes cache`: look at what is kept to save time and money, or throw it away.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from lsp_server.cli.options import say_warning, settings_for
from lsp_server.storage import locate

if TYPE_CHECKING:
    from lsp_server.providers.reply_store import ReplyStore

MEGABYTE = 1024 * 1024


@click.group()
def cache() -> None:
    """
    Replies of models that are kept on disk, so that the same question is paid once.
    """


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def stats(*, as_json: bool) -> None:
    """
    Say how many replies are kept, where, and how large they are.
    """
    with _replies() as store:
        contents = store.contents()
    if as_json:
        shown = {"directory": str(contents.directory), "replies": contents.replies, "sizeBytes": contents.size_bytes}
        click.echo(json.dumps(shown))
    else:
        size_mb = contents.size_bytes / MEGABYTE
        click.echo(f"{contents.replies} replies, {size_mb:.1f} MB, in {contents.directory}")


@cache.command()
def clear() -> None:
    """
    Delete all kept replies; they are only asked for, and paid, again.
    """
    with _replies() as store:
        click.echo(f"Deleted {store.clear()} replies.")


@contextmanager
def _replies() -> "Iterator[ReplyStore]":
    from lsp_server.providers.reply_store import ReplyStore

    settings = settings_for(None)
    store = ReplyStore(
        locate(settings.storage_directory).replies,
        size_bytes=settings.cache_size_mb * MEGABYTE,
        now=lambda: datetime.now(UTC),
        warn=say_warning,
    )
    try:
        yield store
    finally:
        store.close()
