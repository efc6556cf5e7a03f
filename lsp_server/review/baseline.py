"""
The file of findings that were dismissed, which silences them in the editor and in CI alike.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lsp_server.policy.redaction import redact
from lsp_server.review.finding import Finding

FILE_NAME = "pacenotes-baseline.json"
VERSION = 1
LONGEST = 16 * 1024 * 1024
"""In characters; a file that is longer is no baseline that anyone wrote."""


class BaselineMalformed(ValueError):  # noqa: N818 -- the baseline is what is malformed.
    """
    The file is no baseline; `str(error)` is one sentence that says where and why.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """
    One finding that was dismissed. Only `id` silences; the rest tells a reader what it was.
    """

    id: str
    file: str
    category: str
    symbol: str = ""
    quote: str = ""
    message: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """
    Every dismissal, by the id of the finding.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def with_entry(self, entry: Entry) -> "Baseline":
        """
        The baseline with one more dismissal.
        """
        return Baseline(entries={**self.entries, entry.id: entry})

    def without(self, ids: Iterable[str]) -> "Baseline":
        """
        The baseline without some dismissals.
        """
        gone = frozenset(ids)
        return Baseline(entries={id_: entry for id_, entry in self.entries.items() if id_ not in gone})


def entry_of(finding: Finding, reason: str = "") -> Entry:
    """
    The dismissal of `finding`; a secret in its quote is not written down.
    """
    return Entry(
        id=finding.id,
        file=finding.file,
        category=finding.category,
        symbol=finding.symbol,
        quote=redact(finding.quote).text,
        message=redact(finding.message).text,
        reason=reason,
    )


def of_findings(findings: Iterable[Finding], reason: str = "") -> Baseline:
    """
    The baseline that dismisses all of `findings`.
    """
    return Baseline(entries={finding.id: entry_of(finding, reason) for finding in findings})


def read(text: str) -> Baseline:
    """
    The baseline that `write` wrote, or that somebody wrote by hand.

    Raises:
        BaselineMalformed: it is not one.
    """
    if not text.strip():
        raise BaselineMalformed("The baseline is empty: delete it, or write one with --write-baseline.")
    if len(text) > LONGEST:
        raise BaselineMalformed("The baseline is longer than any that Pacenotes writes.")
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BaselineMalformed(f"The baseline is not JSON: {place}: {error.msg}.") from None
    except RecursionError:
        raise BaselineMalformed("The baseline is not JSON that Pacenotes writes: it is nested too deeply.") from None
    return Baseline(entries={entry.id: entry for entry in _entries(value)})


def write(entries: Iterable[Entry]) -> str:
    """
    The text of a baseline, in an order and a layout that make merges easy.
    """
    rows = [
        {
            key: getattr(entry, key)
            for key in Entry.__slots__
            if key in ("id", "file", "category") or getattr(entry, key)
        }
        for entry in sorted({entry.id: entry for entry in entries}.values(), key=lambda one: (one.file, one.id))
    ]
    return json.dumps({"version": VERSION, "findings": rows}, ensure_ascii=False, indent=2) + "\n"


def _entries(value: Any) -> Sequence[Entry]:
    if not isinstance(value, Mapping) or not isinstance(value.get("findings"), list):
        raise BaselineMalformed('The baseline must be an object with a list of "findings".')
    if value.get("version") != VERSION:
        raise BaselineMalformed(f"The baseline is of version {value.get('version')!r}; this Pacenotes reads {VERSION}.")
    return [_entry(number, row) for number, row in enumerate(value["findings"], 1)]


def _entry(number: int, row: Any) -> Entry:
    if not isinstance(row, Mapping):
        raise BaselineMalformed(f"Entry {number} of the baseline is not an object.")
    for key in ("id", "file", "category"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise BaselineMalformed(f'Entry {number} of the baseline has no "{key}".')
    for key in Entry.__slots__:
        if not isinstance(row.get(key, ""), str):
            raise BaselineMalformed(f'The "{key}" of entry {number} of the baseline is not text.')
    return Entry(**{key: row[key] for key in Entry.__slots__ if key in row})
