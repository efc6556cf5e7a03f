"""
Changes as an editor shows them.
"""

import random

from lsp_server.review.buffers import hunks_between, with_buffers
from lsp_server.review.change import Change, FileChange, FileStatus, SkipReason
from lsp_server.review.hunks import lines_of

OLD = {"a.ts": "one\ntwo\nthree\n", "b.ts": "same\n"}


def reviewed(*files: FileChange, **texts: str) -> dict[str, list[tuple[int, int]]]:
    """
    The lines of each file that are new.
    """
    named = {f"{name}.ts": text for name, text in texts.items()}
    change = with_buffers(Change(files=files), named, OLD.get)
    return {file.path: [(hunk.new_start, hunk.new_count) for hunk in file.hunks] for file in change.files}


def test_unsaved_lines_are_part_of_the_change() -> None:
    """
    A buffer counts in place of the file, a new one as added; one that is as it was is no change.
    """
    saved = FileChange(
        path="b.ts", status=FileStatus.MODIFIED, text="other\n", hunks=hunks_between("same\n", "other\n")
    )

    assert reviewed(a="one\nTWO\nthree\n") == {"a.ts": [(2, 1)]}
    assert reviewed(saved, a="one\ntwo\nthree\nfour") == {"a.ts": [(4, 1)], "b.ts": [(1, 1)]}
    assert reviewed(saved, b="same\n") == {}
    assert reviewed(new="x\ny\n") == {"new.ts": [(1, 2)]}
    assert reviewed(a="one\nthree\n") == {"a.ts": [(1, 0)]}


def test_what_is_skipped_stays_skipped() -> None:
    """
    An excluded file is not shown because somebody has it open.
    """
    excluded = FileChange(path="a.ts", status=FileStatus.MODIFIED, skipped=SkipReason.EXCLUDED)
    change = with_buffers(Change(files=(excluded,)), {"a.ts": "secret\n"}, OLD.get)

    assert change.files == (excluded,)


def test_hunks_say_what_became_of_what() -> None:
    """
    Taking out what was removed and putting in what was added, at the places they name, gives the new text.
    """
    source = random.Random(4)
    for _ in range(300):
        old, new = ("".join(source.choices(["a\n", "b\n", "c\n"], k=source.randint(0, 12))) for _ in range(2))
        lines, shift = lines_of(old), 0
        for hunk in hunks_between(old, new):
            at = hunk.old_start - (hunk.old_count > 0) + shift
            assert lines[at : at + hunk.old_count] == list(hunk.removed)
            assert at == hunk.new_start - (hunk.new_count > 0)
            lines[at : at + hunk.old_count] = hunk.added
            shift += hunk.new_count - hunk.old_count

        assert lines == lines_of(new)
