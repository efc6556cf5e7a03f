"""
Show findings as diagnostics, to each client in one way only: those that ask are answered, the others are told.

Clients that ask do so for their open documents alone, so they are told of closed ones. No client sees anything twice.
"""

import asyncio
import hashlib
import json
from typing import Any

import attrs
from lsprotocol import types

from lsp_server.lsp.client import Client
from lsp_server.lsp.findings import Findings
from lsp_server.lsp.review_to_lsp import diagnostic

QUIET_S = 0.2
"""How long edits must have paused before the editor, which moves what it shows by itself, is told anew."""


class Diagnostics:
    """
    What one client was last told of each document.
    """

    def __init__(self, client: Client) -> None:
        self.findings = Findings(self.changed)
        self._client = client
        self._waiting: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._told: dict[str, list[types.Diagnostic]] = {}
        self._shown: dict[str, frozenset[str]] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._is_stale = False

    def changed(self, uri: str) -> None:
        """
        Findings of a document have come, gone or moved: tell the client soon.
        """
        self._waiting.add(uri)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(QUIET_S, self.tell)

    def tell(self) -> None:
        """
        Tell the client now whatever it does not know yet.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, set()
        ask_again = False
        for uri in sorted(waiting):
            told = self._current(uri)
            if self._is_asked_for(uri):
                ask_again = ask_again or self._shown.get(uri, frozenset()) != _ids(told)
                told = []
            self._publish(uri, told)
        for uri in waiting:
            self._shown[uri] = _ids(self._current(uri))
        if ask_again:
            self._refresh()

    def answer(self, uri: str, previous: str | None) -> types.DocumentDiagnosticReport:
        """
        The answer to a client that asks: what is known. No review ever begins here.
        """
        is_told = self._client.announces_pull and not self._is_asked_for(uri)
        current = [] if is_told else self._current(uri)
        name = _name(current)
        if previous == name:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=name)
        return types.RelatedFullDocumentDiagnosticReport(items=current, result_id=name)

    def close(self) -> None:
        """
        Tell nothing more.
        """
        if self._timer is not None:
            self._timer.cancel()
        if self._refreshing is not None:
            self._refreshing.cancel()

    def _is_asked_for(self, uri: str) -> bool:
        return self._client.pulls_diagnostics and self.findings.is_open(uri)

    def _current(self, uri: str) -> list[types.Diagnostic]:
        document = self.findings.document(uri)
        if document is None:
            return []
        encoding = self._client.encoding
        return [diagnostic(held, uri, document, encoding) for held in self.findings.of(uri)]

    def _publish(self, uri: str, current: list[types.Diagnostic]) -> None:
        if current == self._told.get(uri, []):
            return
        self._told[uri] = current
        document = self.findings.document(uri)
        version = document.version if document and self.findings.is_open(uri) else None
        self._client.publish(uri, version, current)

    def _refresh(self) -> None:
        self._is_stale = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.ensure_future(self._ask_to_ask())

    async def _ask_to_ask(self) -> None:
        # What changes while the client asks may or may not be in the answer it gets.
        while self._is_stale:
            self._is_stale = False
            await self._client.refresh_diagnostics()


def _ids(diagnostics: list[types.Diagnostic]) -> frozenset[str]:
    return frozenset(str(one.data) for one in diagnostics)


def _name(diagnostics: list[types.Diagnostic]) -> str:
    """
    The same for the same diagnostics, and only for them.
    """
    plain: list[dict[str, Any]] = [attrs.asdict(one) for one in diagnostics]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]
