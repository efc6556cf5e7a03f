"""
The least server that pygls can be: what ours is measured against.
"""

from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("minimal", "1")


@server.feature("bench/ping")
def ping(params: Any) -> None:
    """
    The empty round trip.
    """


@server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """
    Nothing, typed.
    """
    return types.InlineCompletionList(items=[])


if __name__ == "__main__":
    server.start_io()
