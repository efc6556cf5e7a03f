"""
Ignore patterns decide as git does, and no pattern can make them slow.
"""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.policy.ignore_patterns import parse_ignore_file, parse_pattern


def decides(pattern: str, path: str, *, is_folder: bool = False) -> bool:
    return parse_ignore_file([pattern], source="test").last_match(path, is_folder=is_folder) is not None


class TestOnePattern:
    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("a.ts", "a.ts"),
            ("a.ts", "src/a.ts"),
            ("*.ts", "src/deep/a.ts"),
            ("/a.ts", "a.ts"),
            ("src/*.ts", "src/a.ts"),
            ("src/**/a.ts", "src/a.ts"),
            ("src/**/a.ts", "src/x/y/a.ts"),
            ("**/a.ts", "x/a.ts"),
            ("src/**", "src/x/a.ts"),
            ("a?.ts", "ab.ts"),
            ("[ab].ts", "b.ts"),
            ("[!ab].ts", "c.ts"),
            ("[^ab].ts", "c.ts"),
            ("[a-c].ts", "b.ts"),
            ("[]a].ts", "].ts"),
            ("[[:digit:]].ts", "7.ts"),
            ("\\#a", "#a"),
            ("\\!a", "!a"),
            ("a\\*", "a*"),
            ("a\\ ", "a "),
            ("a   ", "a"),
            ("a\r", "a"),
            ("a*b*c", "aXbXbc"),
            ("é*", "été"),
        ],
    )
    def test_matches(self, pattern: str, path: str) -> None:
        """
        The forms that git documents.
        """
        assert decides(pattern, path)

    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("/a.ts", "src/a.ts"),
            ("src/a.ts", "x/src/a.ts"),
            ("src/*.ts", "src/x/a.ts"),
            ("src/**", "src"),
            ("a*", "b/xa"),
            ("a?", "a"),
            ("[!a].ts", "a.ts"),
            ("[a.ts", "[a.ts"),
            ("a\\", "a"),
            ("#a", "#a"),
            ("", ""),
            ("/", "a"),
            ("a//b", "a/b"),
            ("A.ts", "a.ts"),
            ("[a-c].ts", "-.ts"),
            ("x[/]y", "x/y"),
        ],
    )
    def test_does_not_match(self, pattern: str, path: str) -> None:
        """
        Anchors, brackets left open, comments and case are honoured.
        """
        assert not decides(pattern, path)

    def test_a_trailing_slash_means_folders(self) -> None:
        """
        `dist/` leaves a file called dist alone.
        """
        assert decides("dist/", "packages/dist", is_folder=True)
        assert not decides("dist/", "packages/dist")

    def test_the_last_match_decides(self) -> None:
        """
        A later line takes an earlier one back, and the other way round.
        """
        file = parse_ignore_file(["*.ts", "!keep.ts", "/old/keep.ts"], source="test")

        decisions = {
            path: file.last_match(path, is_folder=False) for path in ("a.ts", "keep.ts", "old/keep.ts", "b.md")
        }

        assert {path: found.text if found else None for path, found in decisions.items()} == {
            "a.ts": "*.ts",
            "keep.ts": "!keep.ts",
            "old/keep.ts": "/old/keep.ts",
            "b.md": None,
        }

    def test_a_nested_file_speaks_of_what_is_below_it(self) -> None:
        """
        Anchors count from the folder of the ignore file.
        """
        file = parse_ignore_file(["/a.ts"], source="test", base="packages/app/")

        assert file.last_match("packages/app/a.ts", is_folder=False)
        assert not file.last_match("packages/app/src/a.ts", is_folder=False)


PIECES = st.sampled_from(
    ["a", "b", "ab", "*", "**", "/", "/**/", "?", "[a-b]", "[!a]", "!", "\\a", ".", "c ", "#", "-"]
)
PATTERNS = st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join), min_size=1, max_size=4)
NAMES = st.lists(st.sampled_from(["a", "b", "ab", "c ", "#a", "!", "-"]), min_size=1, max_size=2).map("".join)
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=12, unique=True)


@settings(max_examples=40, deadline=None)
@given(patterns=PATTERNS, paths=PATHS)
def test_decides_as_git_does(patterns: list[str], paths: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """
    For any patterns and paths git itself excludes the same ones.
    """
    repository = tmp_path_factory.getbasetemp() / "repository"
    if not repository.exists():
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
    (repository / ".gitignore").write_text("\n".join(patterns) + "\n")

    assert {path for path in paths if excluded(patterns, path)} == excluded_by_git(repository, paths)


def excluded(patterns: Sequence[str], path: str) -> bool:
    file = parse_ignore_file(patterns, source="test")
    names = path.split("/")
    for depth in range(1, len(names) + 1):
        found = file.last_match("/".join(names[:depth]), is_folder=depth < len(names))
        if found and not found.negated:
            return True
    return False


def excluded_by_git(repository: Path, paths: Sequence[str]) -> set[str]:
    done = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=repository,
        input="\0".join(paths).encode() + b"\0",
        capture_output=True,
        check=False,
    )
    return {path for path in done.stdout.decode().split("\0") if path}


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 40 + "b", "/**/" + "a/**/" * 40 + "b", "a*" * 60 + "/b", "[a-z]*" * 40 + "1", "?*" * 60 + "x"],
)
def test_no_pattern_is_slow(pattern: str) -> None:
    """
    A pattern made to backtrack for years is decided in no time.
    """
    file = parse_ignore_file([pattern], source="test")
    started = time.process_time()

    for path in ("a" * 255, "/".join("a" * 1000), "/".join(["a" * 250] * 16)):
        file.last_match(path, is_folder=True)

    assert time.process_time() - started < 2


@given(line=st.text(max_size=30))
def test_any_line_can_be_read(line: str) -> None:
    """
    Nonsense in an ignore file breaks nothing.
    """
    parse_pattern(line)
    parse_ignore_file([line], source="test").last_match("a/b.ts", is_folder=False)
