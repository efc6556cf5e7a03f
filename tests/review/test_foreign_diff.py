"""
Diffs that somebody else made: read when they are whole and fit the files, refused in a sentence otherwise.
"""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.files import WorkspaceFiles
from lsp_server.review.change import Change, FileStatus, SkipReason
from lsp_server.review.foreign_diff import DiffRefused, change_of_diff
from lsp_server.settings import Settings
from tests.support.repository import make_repository

OLD = "".join(f"line {number};\n" for number in range(1, 21))
NEW = OLD.replace("line 5;\n", "line five;\nand more;\n").replace("line 18;\n", "")
DIFF = """\
diff --git a/src/a.ts b/src/a.ts
index 1111111..2222222 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -3,5 +3,6 @@ line 2;
 line 3;
 line 4;
-line 5;
+line five;
+and more;
 line 6;
 line 7;
@@ -16,5 +17,4 @@ line 15;
 line 16;
 line 17;
-line 18;
 line 19;
 line 20;
"""
HUNKS = [("@@ -5,1 +5,2 @@", ("line 5;",), ("line five;", "and more;")), ("@@ -18,1 +18,0 @@", ("line 18;",), ())]


def read(folder: Path, diff: str | bytes, **files: str) -> Change:
    """
    The change that a diff describes in a folder that holds `files` (`src_a_ts` for `src/a.ts`).
    """
    for name, text in files.items():
        path = folder / name.replace("_", "/", name.count("_") - 1).replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    content = diff.encode() if isinstance(diff, str) else diff
    return change_of_diff(content, folder, WorkspaceFiles([folder], Settings(), {}))


def hunks(change: Change) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(hunk.header, hunk.removed, hunk.added) for file in change.files for hunk in file.hunks]


@pytest.mark.parametrize("on_disk", [OLD, NEW], ids=["before", "after"])
def test_fits_the_files_before_and_after(tmp_path: Path, on_disk: str) -> None:
    """
    Whether or not the diff has been applied, the new side is the same, and context is no change.
    """
    change = read(tmp_path, DIFF, src_a_ts=on_disk)

    assert change.files[0].text == NEW
    assert hunks(change) == HUNKS


def test_line_ends_of_the_file_are_kept(tmp_path: Path) -> None:
    """
    A diff with line feeds fits a file with carriage returns, and one with carriage returns does.
    """
    for diff in (DIFF, DIFF.replace("\n", "\r\n")):
        assert hunks(read(tmp_path, diff, src_a_ts=NEW.replace("\n", "\r\n"))) == HUNKS


def test_a_new_file_needs_no_file(tmp_path: Path) -> None:
    """
    What is all in the diff can be reviewed wherever one is.
    """
    change = read(tmp_path, "--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1,2 @@\n+a\n+b\n")

    assert change.files[0].text == "a\nb\n"
    assert change.files[0].status is FileStatus.ADDED


def test_nothing_is_an_empty_change(tmp_path: Path) -> None:
    """
    An empty diff says that nothing was changed.
    """
    assert read(tmp_path, "\n").files == ()


def test_what_is_no_source_is_listed_with_a_reason(tmp_path: Path) -> None:
    """
    Renames, modes, binaries, deletions, other languages and excluded files each have their reason.
    """
    diff = """\
diff --git a/x.ts b/y.ts
similarity index 100%
rename from x.ts
rename to y.ts
diff --git a/m.ts b/m.ts
old mode 100644
new mode 100755
diff --git a/i.png b/i.png
index 1..2 100644
Binary files a/i.png and b/i.png differ
diff --git a/d.ts b/d.ts
deleted file mode 100644
--- a/d.ts
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/r.md b/r.md
--- a/r.md
+++ b/r.md
@@ -1 +1 @@
-x
+y
diff --git a/.env.ts b/.env.ts
--- a/.env.ts
+++ b/.env.ts
@@ -1 +1 @@
-x
+secret words
"""
    change = read(tmp_path, diff)

    assert {file.path: file.skipped for file in change.files} == {
        ".env.ts": SkipReason.EXCLUDED,
        "d.ts": SkipReason.DELETED,
        "i.png": SkipReason.BINARY,
        "m.ts": SkipReason.MODE_ONLY,
        "r.md": SkipReason.NOT_SOURCE,
        "y.ts": SkipReason.RENAMED_ONLY,
    }
    assert "secret words" not in repr(change)


@pytest.mark.parametrize(
    "path",
    [
        "../x.ts",
        "/etc/passwd.ts",
        "a/../../x.ts",
        "C:/x.ts",
        "\\\\host\\x.ts",
        "..\\x.ts",
        "a\x1b[2J.ts",
        '"b/\\056\\056/x.ts"',
    ],
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, path: str) -> None:
    """
    No diff makes us read outside of the root, whatever prefix or quotes the path has.
    """
    for named in (path, f"b/{path}" if not path.startswith('"') else path):
        with pytest.raises(DiffRefused, match="no path below the root"):
            read(tmp_path, f"--- {named}\n+++ {named}\n@@ -1 +1 @@\n-a\n+b\n")


@pytest.mark.parametrize(
    "diff",
    [
        pytest.param("hello\nworld\n", id="prose"),
        pytest.param("@@ -1 +1 @@\n-a\n+b\n", id="no heading"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n", id="no hunk"),
        pytest.param("diff --git a/a.ts b/a.ts\nindex 1..2 100644\n--- a/a.ts\n", id="half a heading"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n@@ -1,3 +1,3 @@\n-a\n+b\n", id="too few lines"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n+c\n", id="too many lines"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n@@ nonsense @@\n-a\n+b\n", id="no places"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n@@@ -1,1 -1,1 +1,1 @@@\n--a\n++b\n", id="merge"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n@@ -1 +1,99999999999 @@\n-a\n+b\n", id="absurd"),
        pytest.param("--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n" * 2, id="twice"),
        pytest.param(b"--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+\0b\n", id="null"),
    ],
)
def test_what_is_not_wholly_understood_is_refused(tmp_path: Path, diff: str | bytes) -> None:
    """
    A broken diff is never taken for a change without hazards.
    """
    with pytest.raises(DiffRefused, match=r"[.]$"):
        read(tmp_path, diff, src_a_ts="a\n")


def test_a_diff_of_other_files_is_refused(tmp_path: Path) -> None:
    """
    Where neither side stands in the file, every line number would be a guess.
    """
    with pytest.raises(DiffRefused, match=r"fits src/a.ts neither before nor after"):
        read(tmp_path, DIFF, src_a_ts="something else\n" * 20)
    with pytest.raises(DiffRefused, match="which is not there"):
        read(tmp_path, DIFF.replace("src/a.ts", "gone.ts"))


@settings(max_examples=120, deadline=None)
@given(cut=st.integers(1, len(DIFF) - 1))
def test_a_diff_that_breaks_off_is_refused_or_says_less(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """
    Cut anywhere, a diff is refused, unless what is left of it is a whole diff of fewer hunks.
    """
    folder = tmp_path_factory.mktemp("cut")
    try:
        change = read(folder, DIFF[:cut], src_a_ts=NEW)
    except DiffRefused:
        return

    assert hunks(change) in (HUNKS[:1], HUNKS)
    assert DIFF[:cut].rstrip("\n").endswith(("line 7;", "line 20;"))


LINES = st.lists(st.sampled_from(["a", "b", "", "+x", "-x", "-- x", "++ x", "@@ y", "\\ z"]), max_size=10)


@settings(max_examples=60, deadline=None)
@given(old=LINES, new=LINES, context=st.integers(0, 3))
def test_reads_what_git_writes(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str], context: int
) -> None:
    """
    Any two texts: the new side of what `git diff` prints of them is the new text, whatever its lines look like.
    """
    repository = make_repository(tmp_path_factory.mktemp("git"))
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    repository.write("a.ts", before)
    repository.commit()
    repository.write("a.ts", after)
    diff = subprocess.run(
        ["git", "diff", f"-U{context}"], cwd=repository.folder, capture_output=True, check=True
    ).stdout

    change = read(repository.folder, diff)

    assert [file.text for file in change.files] == ([after] if before != after else [])
