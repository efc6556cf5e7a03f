"""
Fixes go into a text together, and what they change is shown as git would take it.
"""

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.review.finding import Fix, Severity
from lsp_server.review.patching import apply, apply_findings, unified
from lsp_server.text.positions import Span
from tests.review.changes import source
from tests.support.edits import STEADY
from tests.support.findings import finding_in

LINES = st.lists(st.sampled_from(("a\n", "b\r\n", "", "é😀\n", "\n", "c\x0cd\u2028\n")), max_size=8)
TEXTS = st.builds(lambda lines, last: "".join(lines) + last, LINES, st.sampled_from(("", "end", "end\n")))


def test_fixes_are_applied_together() -> None:
    """
    Spans are all in terms of the text before, in whatever order they come.
    """
    fixes = [Fix(span=Span(4, 5), replacement="yy"), Fix(span=Span(0, 1), replacement="")]
    assert apply("a + b;", fixes) == " + yy;"


@pytest.mark.parametrize("spans", [((0, 3), (2, 4)), ((0, 9),)])
def test_fixes_that_do_not_fit_are_an_error(spans: tuple[tuple[int, int], ...]) -> None:
    """
    Two edits of the same text, or one beyond its end, are never applied in part.
    """
    with pytest.raises(ValueError, match="Two fixes"):
        apply("abcdef", [Fix(span=Span(*span), replacement="") for span in spans])


def test_the_graver_of_two_fixes_goes_in() -> None:
    """
    Of two fixes for the same code one is applied, and the other is left for the next run.
    """
    text = "call(a);\n"
    minor = finding_in(text, Span(5, 6), replacement="b", severity=Severity.INFO)
    grave = finding_in(text, Span(0, 8), replacement="call(c);")
    patched = apply_findings(source(text), [minor, grave])
    assert (patched.text, patched.applied, patched.left_out) == ("call(c);\n", (grave,), (minor,))


def test_fixes_that_break_the_file_together_do_not_both_go_in() -> None:
    """
    Each parses by itself; the two that do not parse together are not both applied.
    """
    text = "const a = 1 + 2;\n"
    one = finding_in(text, Span(10, 11), replacement="(1")
    other = finding_in(text, Span(14, 15), replacement="2)")
    patched = apply_findings(source(text), [one, other])
    assert source(patched.text).tree.error_count() == 0
    assert len(patched.left_out) >= 1


@pytest.mark.parametrize("path", ["src/a.ts", "src/with space.ts", 'src/"quoted".ts', "src/漢字.ts"])
def test_git_takes_the_diff(path: str, tmp_path: Path) -> None:
    """
    `git apply` turns the text before into the text after, whatever the file is called.
    """
    before, after = "a\r\nb\nc\n", "a\r\nB\nc\nd"
    (tmp_path / path).parent.mkdir()
    (tmp_path / path).write_bytes(before.encode())
    git_apply(tmp_path, unified(path, before, after))
    assert (tmp_path / path).read_bytes() == after.encode()


@given(TEXTS, TEXTS)
@settings(STEADY, max_examples=25)
def test_any_two_texts_differ_as_git_reads_it(before: str, after: str) -> None:
    """
    Missing and odd line ends are told so that nothing is added or lost.
    """
    diff = unified("a.ts", before, after)
    assert (diff == "") is (before == after)
    if diff:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.ts").write_bytes(before.encode())
            git_apply(Path(folder), diff)
            assert (Path(folder) / "a.ts").read_bytes() == after.encode()


def git_apply(folder: Path, diff: str) -> None:
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=folder,
        input=diff.encode(),
        check=True,
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(folder.parent), "HOME": str(folder)},
    )
