"""
Put what an editor shows, saved or not, in the place of the files of a change.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from lsp_server.review.change import Change, FileChange, FileStatus, Hunk
from lsp_server.review.hunks import lines_of, whole_hunk
from lsp_server.text.difference import common_ends


def with_buffers(change: Change, texts: Mapping[str, str], before: Callable[[str], str | None]) -> Change:
    """
    `change` with the new sides of some files, by path, as an editor has them.

    `before` gives the old side of a path, None if there was none. What is excluded or otherwise skipped stays so.
    """
    files = {file.path: file for file in change.files}
    for path, text in texts.items():
        file = files.get(path)
        if file is not None and (file.text == text or (file.skipped and file.text is None)):
            continue
        old = before(file.old_path or path if file else path)
        shown = _between(file or FileChange(path=path, status=FileStatus.MODIFIED), old, text)
        if shown.hunks:
            files[path] = shown
        else:
            files.pop(path, None)
    return replace(change, files=tuple(files[path] for path in sorted(files)))


def hunks_between(old: str, new: str) -> tuple[Hunk, ...]:
    """
    The runs of lines that differ, without context.
    """
    return tuple(_hunks(lines_of(old), lines_of(new)))


def _between(file: FileChange, old: str | None, text: str) -> FileChange:
    if old is None:
        whole = whole_hunk(text)
        return replace(file, status=FileStatus.ADDED, text=text, hunks=(whole,) if whole else ())
    return replace(file, text=text, hunks=hunks_between(old, text))


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    head, tail = common_ends(old, new)
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        # As git counts: a side without lines stands behind the line with its number.
        yield Hunk(
            old_start=head + start + (end > start),
            old_count=end - start,
            new_start=head + new_start + (new_end > new_start),
            new_count=new_end - new_start,
            removed=tuple(old[start:end]),
            added=tuple(new[new_start:new_end]),
        )
