"""
Account for every hunk of a change: looked at, clipped, or skipped with a reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lsp_server.review.change import Change, FileChange, SkipReason
from lsp_server.review.outcome import Coverage, HunkStatus
from lsp_server.review.units import Unit

NOT_WANTED = frozenset(
    {
        SkipReason.BINARY,
        SkipReason.DELETED,
        SkipReason.DELETION_ONLY,
        SkipReason.EXCLUDED,
        SkipReason.NOT_SOURCE,
        SkipReason.MODE_ONLY,
        SkipReason.RENAMED_ONLY,
        SkipReason.SUBMODULE,
        SkipReason.SYMLINK,
    }
)
"""Reasons for which nobody expects a review: such lines do not count against coverage."""


@dataclass(frozen=True, slots=True)
class Fate:
    """
    What became of a unit; no `reason` means that it was reviewed.
    """

    reason: SkipReason | None = None
    detail: str = ""


def account(change: Change, fates: Iterable[tuple[Unit, Fate]]) -> tuple[Coverage, ...]:
    """
    One line for each hunk, and for each file without any, in the order of the change.
    """
    of_file: dict[str, list[tuple[Unit, Fate]]] = {}
    for unit, fate in fates:
        of_file.setdefault(unit.path, []).append((unit, fate))
    return tuple(line for file in change.files for line in _lines(file, of_file.get(file.path, ())))


def percent_covered(coverage: Iterable[Coverage]) -> float:
    """
    How much of what can be reviewed was, in percent of the added lines; 100 when there is nothing to review.
    """
    counted = [line for line in coverage if line.reason not in NOT_WANTED]
    added = sum(line.added_lines for line in counted)
    return 100.0 * sum(line.reviewed_lines for line in counted) / added if added else 100.0


def _lines(file: FileChange, fates: Iterable[tuple[Unit, Fate]]) -> list[Coverage]:
    if file.skipped:
        hunks = [
            Coverage(
                file=file.path,
                hunk=hunk.header,
                status=HunkStatus.SKIPPED,
                reason=file.skipped,
                detail=file.detail,
                added_lines=hunk.new_count,
            )
            for hunk in file.hunks
        ]
        nothing = Coverage(file=file.path, hunk="", status=HunkStatus.SKIPPED, reason=file.skipped, detail=file.detail)
        return hunks or [nothing]
    pieces: dict[int, list[tuple[int, Fate]]] = {}
    clipped: dict[int, int] = {}
    for unit, fate in fates:
        for piece in unit.pieces:
            pieces.setdefault(piece.hunk, []).append((len(piece.lines), fate))
            cut = len(unit.view.clipped.intersection(piece.lines))
            clipped[piece.hunk] = clipped.get(piece.hunk, 0) + cut
    return [_line(file, number, pieces.get(number, []), clipped.get(number, 0)) for number in range(len(file.hunks))]


def _line(file: FileChange, number: int, pieces: list[tuple[int, Fate]], clipped: int) -> Coverage:
    hunk = file.hunks[number]
    missed = next((fate for _, fate in pieces if fate.reason), None)
    reviewed = sum(lines for lines, fate in pieces if not fate.reason)
    status, detail = HunkStatus.REVIEWED, ""
    if missed and not reviewed:
        status, detail = HunkStatus.SKIPPED, missed.detail
    elif missed:
        status, detail = HunkStatus.CLIPPED, missed.detail or f"{reviewed} of {hunk.new_count} lines were reviewed"
    elif clipped:
        status, detail = HunkStatus.CLIPPED, f"of {clipped} very long lines only the beginning was shown"
    return Coverage(
        file=file.path,
        hunk=hunk.header,
        status=status,
        reason=missed.reason if missed else None,
        detail=detail,
        added_lines=hunk.new_count,
        reviewed_lines=reviewed,
    )


def counts(coverage: Iterable[Coverage]) -> Mapping[HunkStatus, int]:
    """
    How many hunks there are of each status.
    """
    found = dict.fromkeys(HunkStatus, 0)
    for line in coverage:
        found[line.status] += 1
    return found
