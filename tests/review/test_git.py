"""
Changes read from real repositories: every kind of change in its place, nothing run that the repository names.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.files import WorkspaceFiles
from lsp_server.review import git_diff
from lsp_server.review.change import Change, FileStatus, Hunk, SkipReason
from lsp_server.review.git import GitFailed, read_change, read_commit, top_of
from lsp_server.review.hunks import fitted, lines_of
from lsp_server.settings import Settings
from tests.support.repository import Repository, make_repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return make_repository(tmp_path / "work")


def files_of(repository: Repository, **options: object) -> WorkspaceFiles:
    return WorkspaceFiles([repository.folder], Settings(**options), {})  # type: ignore[arg-type]


def change_of(repository: Repository, *, since: str = "", staged: bool = False, **options: object) -> Change:
    return read_change(repository.folder, files_of(repository, **options), since=since, staged=staged)


def hunks(change: Change, path: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    file = next(file for file in change.files if file.path == path)
    return [(hunk.header, hunk.removed, hunk.added) for hunk in file.hunks]


def skipped(change: Change) -> dict[str, SkipReason | None]:
    return {file.path: file.skipped for file in change.files}


def test_changed_lines_of_the_work_tree(repository: Repository) -> None:
    """
    Staged or not, what differs from HEAD is shown with the places of its lines; one-line hunks have no special case.
    """
    repository.commit(a_ts="a\nb\nc\n")
    repository.write("a.ts", "a\nB\nc\nd")

    change = change_of(repository)

    assert hunks(change, "a.ts") == [("@@ -2,1 +2,1 @@", ("b",), ("B",)), ("@@ -3,0 +4,1 @@", (), ("d",))]
    assert change.files[0].text == "a\nB\nc\nd"
    assert change.base == ""


def test_untracked_sources_belong_to_the_work_tree_and_reports_do_not(repository: Repository) -> None:
    """
    A source file that git does not know is an added one; a report that an earlier run left there is not looked at.
    """
    repository.commit(a_ts="a\n")
    repository.write("src/new.ts", "let x = 1;\nlet y = 2;\n")
    repository.write("review.sarif", "{}")
    repository.write("node_modules/x/index.ts", "x")

    change = change_of(repository)

    assert [file.path for file in change.files] == ["src/new.ts"]
    assert hunks(change, "src/new.ts") == [("@@ -0,0 +1,2 @@", (), ("let x = 1;", "let y = 2;"))]


def test_the_index_is_read_from_the_index(repository: Repository) -> None:
    """
    `staged` shows what a commit would hold, whatever the work tree holds by now.
    """
    repository.commit(a_ts="a\n")
    repository.write("a.ts", "staged\n")
    repository.git("add", "a.ts")
    repository.write("a.ts", "later\n")

    change = change_of(repository, staged=True)

    assert change.files[0].text == "staged\n"
    assert hunks(change, "a.ts") == [("@@ -1,1 +1,1 @@", ("a",), ("staged",))]


def test_since_begins_where_the_branches_part(repository: Repository) -> None:
    """
    What others did on the other branch meanwhile is no part of the change; uncommitted work is.
    """
    parted = repository.commit(a_ts="a\n")
    repository.git("checkout", "--quiet", "-b", "topic")
    repository.commit(b_ts="b\n")
    repository.git("checkout", "--quiet", "main")
    repository.commit(c_ts="c\n")
    repository.git("checkout", "--quiet", "topic")
    repository.write("a.ts", "a\nmore\n")

    change = change_of(repository, since="main")

    assert [file.path for file in change.files] == ["a.ts", "b.ts"]
    assert change.base == parted


def test_every_kind_of_file_has_its_reason(repository: Repository) -> None:
    """
    What cannot be reviewed is in the change all the same, with a reason and without its lines.
    """
    (repository.folder / "link.ts").symlink_to("a.ts")
    repository.commit(
        a_ts="a\nb\nc\nd\ne\nf\n", gone_ts="gone for good\n", mode_ts="m\n", moved_ts="k\nl\nm\nn\n", latin_ts="x\n"
    )
    repository.git("mv", "moved.ts", "new name.ts")
    repository.git("mv", "a.ts", "b.ts")
    repository.write("b.ts", "a\nb\nc\nd\ne\nF\n")
    repository.git("rm", "--quiet", "gone.ts")
    (repository.folder / "mode.ts").chmod(0o755)
    (repository.folder / "link.ts").unlink()
    (repository.folder / "link.ts").symlink_to("elsewhere.ts")
    repository.write("latin.ts", b"let \xe9 = 1;\n")
    repository.write("image.png", b"\x89PNG\0\0")
    repository.write("README.md", "# words\n")
    repository.write(".env.ts", "let key = 'value';\n")
    repository.write("lib.min.js", "y\n")
    (repository.folder / "module").mkdir()
    repository.write("vendor/node_modules/a/a.ts", "installed\n")
    repository.git("add", "--all")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")

    change = change_of(repository)

    assert skipped(change) == {
        ".env.ts": SkipReason.EXCLUDED,
        "README.md": SkipReason.NOT_SOURCE,
        "b.ts": None,
        "gone.ts": SkipReason.DELETED,
        "image.png": SkipReason.BINARY,
        "latin.ts": SkipReason.NOT_TEXT,
        "lib.min.js": SkipReason.GENERATED,
        "link.ts": SkipReason.SYMLINK,
        "mode.ts": SkipReason.MODE_ONLY,
        "module": SkipReason.SUBMODULE,
        "new name.ts": SkipReason.RENAMED_ONLY,
        "vendor/node_modules/a/a.ts": SkipReason.GENERATED,
    }
    assert all(not hunk.added for file in change.files if file.skipped for hunk in file.hunks)
    renamed = next(file for file in change.files if file.path == "b.ts")
    assert (renamed.status, renamed.old_path) == (FileStatus.RENAMED, "a.ts")


def test_excluded_files_are_excluded_in_changes_too(repository: Repository) -> None:
    """
    The setting `exclude` holds for a diff as for everything else, and nothing of such a file is kept.
    """
    repository.commit(a_ts="a\n")
    repository.write("private/x.ts", "let salary = 1;\n")
    repository.git("add", "--all")

    change = change_of(repository, exclude=("private/",))

    assert skipped(change) == {"private/x.ts": SkipReason.EXCLUDED}
    assert "salary" not in repr(change)


def test_a_type_change_shows_the_file_that_came_of_it(repository: Repository) -> None:
    """
    A link that became a file is two sections of one entry, and does not shift the files behind it.
    """
    (repository.folder / "l.ts").symlink_to("z.ts")
    repository.commit(z_ts="z\n")
    (repository.folder / "l.ts").unlink()
    repository.write("l.ts", "file\n")
    repository.write("z.ts", "Z\n")

    change = change_of(repository)

    assert ("@@ -0,0 +1,1 @@", (), ("file",)) in hunks(change, "l.ts")
    assert hunks(change, "z.ts") == [("@@ -1,1 +1,1 @@", ("z",), ("Z",))]


def test_attributes_cannot_hide_a_source(repository: Repository) -> None:
    """
    A change that calls TypeScript binary in .gitattributes is shown all the same.
    """
    repository.commit(a_ts="a\n")
    repository.commit(_gitattributes="*.ts -diff\n", a_ts="b\n")

    change = change_of(repository, since="HEAD~1")

    assert hunks(change, "a.ts") == [("@@ -1,1 +1,1 @@", ("a",), ("b",))]


def test_line_ends_are_no_part_of_lines(repository: Repository) -> None:
    """
    In a file with CRLF, and in one with lone carriage returns, hunks fit an editor's lines.
    """
    repository.commit(crlf_ts="a\r\nb\r\n", mac_ts="a\rb\nc\n")
    repository.write("crlf.ts", "a\r\nB\r\n")
    repository.write("mac.ts", "a\rb\nC\rD\n")

    change = change_of(repository)

    assert hunks(change, "crlf.ts") == [("@@ -2,1 +2,1 @@", ("b",), ("B",))]
    assert hunks(change, "mac.ts") == [("@@ -2,1 +3,2 @@", ("c",), ("C", "D"))]


@pytest.mark.parametrize("name", ["sp ace.ts", "tab\tb.ts", "ümlaut.ts", "a b/c d.ts", "-x.ts", 'q"uote.ts', "b/a.ts"])
def test_any_name_keeps_to_its_hunks(repository: Repository, name: str) -> None:
    """
    Names with spaces, quotes or dashes are read as they are, beside an ordinary file.
    """
    repository.write(name, "a\n")
    repository.commit(z_ts="z\n")
    repository.write(name, "b\n")
    repository.write("z.ts", "y\n")

    change = change_of(repository)

    shown = "\t" not in name
    assert [[hunk.added for hunk in file.hunks] for file in change.files if file.path != "z.ts"] == [
        [("b",) if shown else ()]
    ]
    assert hunks(change, "z.ts") == [("@@ -1,1 +1,1 @@", ("z",), ("y",))]


def test_a_name_like_a_patch_is_listed_and_shifts_nothing(repository: Repository) -> None:
    """
    A file whose name holds a whole hunk is skipped with a reason, and the other files are still reviewed.
    """
    repository.write("x\n@@ -1 +1 @@\n-a\n+b\ndiff --git a", "evil\n")
    repository.commit(z_ts="z\n")
    repository.write("x\n@@ -1 +1 @@\n-a\n+b\ndiff --git a", "evil 2\n")
    repository.write("z.ts", "y\n")

    change = change_of(repository)

    assert hunks(change, "z.ts") == [("@@ -1,1 +1,1 @@", ("z",), ("y",))]
    assert [reason for reason in skipped(change).values() if reason] == [SkipReason.UNREADABLE]


def test_nothing_that_the_repository_names_is_run(repository: Repository) -> None:
    """
    External diffs, text conversions, filters, file system monitors, pagers and hooks of the repository stay still.
    """
    marker = repository.folder.parent / "ran"
    evil = f"touch '{marker}'; cat"
    repository.commit(_gitattributes="*.ts diff=evil filter=evil\n", a_ts="a\n")
    for name in ("diff.external", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor", "core.pager",
                 "filter.evil.clean", "filter.evil.process", "filter.evil.smudge", "core.sshCommand"):  # fmt: skip
        repository.git("config", name, evil)
    repository.git("config", "filter.evil.required", "true")
    repository.write("a.ts", "b\n")

    change = change_of(repository)

    assert hunks(change, "a.ts") == [("@@ -1,1 +1,1 @@", ("a",), ("b",))]
    assert not marker.exists()


def test_configured_shapes_of_diffs_are_overruled(repository: Repository) -> None:
    """
    Prefixes, colours, context and word diffs that a user likes do not reach us.
    """
    repository.commit(a_ts="a\nb\nc\n")
    for name, value in (("diff.noprefix", "true"), ("color.ui", "always"), ("diff.mnemonicPrefix", "true"),
                        ("diff.context", "9"), ("diff.interHunkContext", "9"), ("diff.relative", "true")):  # fmt: skip
        repository.git("config", name, value)
    repository.write("a.ts", "A\nb\nC\n")

    assert [row[2] for row in hunks(change_of(repository), "a.ts")] == [("A",), ("C",)]


def test_before_the_first_commit_everything_is_new(repository: Repository) -> None:
    """
    A repository without a commit has a change all the same, but nothing to be compared with.
    """
    repository.write("a.ts", "a\n")

    assert [file.path for file in change_of(repository).files] == ["a.ts"]
    with pytest.raises(GitFailed, match="no commit"):
        change_of(repository, since="main")


def test_paths_narrow_the_change(repository: Repository) -> None:
    """
    Only what lies below the named paths is read; a path is no pattern.
    """
    repository.commit(a_ts="a\n", b_ts="b\n")
    repository.commit(a_ts="A\n", b_ts="B\n")

    change = read_change(repository.folder, files_of(repository), since="HEAD~1", paths=("a.ts",))

    assert [file.path for file in change.files] == ["a.ts"]


def test_a_commit_is_read_without_a_work_tree(repository: Repository, tmp_path: Path) -> None:
    """
    Two commits of a bare repository will do.
    """
    repository.commit(a_ts="a\n")
    repository.commit(a_ts="b\n")
    bare = tmp_path / "bare.git"
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(bare))

    change = read_commit(bare, WorkspaceFiles([bare], Settings(), {}), "HEAD~1", "HEAD")

    assert change.files[0].text == "b\n"


class TestErrors:
    """
    What cannot be read is said in one sentence that tells what to do.
    """

    def test_not_a_repository(self, tmp_path: Path) -> None:
        """
        A folder without git is told to name files.
        """
        with pytest.raises(GitFailed, match="not in a git repository: name the files"):
            top_of(tmp_path)

    @pytest.mark.parametrize(
        "name", ["nowhere", "--output=x", "-x", "", "a..b", "HEAD:a.ts", "x\ny", ":/a", "@{upstream}"]
    )
    def test_an_unknown_commit(self, repository: Repository, name: str) -> None:
        """
        Whatever stands in place of a commit is named and never taken for an option.
        """
        repository.commit(a_ts="a\n")

        with pytest.raises(GitFailed, match="There is no commit"):
            change_of(repository, since=name or " ")
        assert [path.name for path in repository.folder.iterdir() if path.name != ".git"] == ["a.ts"]

    def test_a_shallow_clone(self, repository: Repository, tmp_path: Path) -> None:
        """
        A clone without the commit at which the branches part says so, and how to get it.
        """
        repository.commit(a_ts="a\n")
        repository.git("branch", "old")
        repository.commit(a_ts="b\n")
        repository.git("checkout", "--quiet", "old")
        repository.commit(b_ts="b\n")
        shallow = tmp_path / "shallow"
        address = f"file://{repository.folder}"
        repository.git("clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=main", address, str(shallow))
        clone = Repository(shallow)

        with pytest.raises(GitFailed, match=r"too shallow.*fetch-depth"):
            change_of(clone, since="origin/old")
        with pytest.raises(GitFailed, match=r"HEAD~1.*shallow"):
            change_of(clone, since="HEAD~1")

    def test_unrelated_histories(self, repository: Repository) -> None:
        """
        Commits without a common ancestor are told apart from a shallow clone.
        """
        repository.commit(a_ts="a\n")
        repository.git("checkout", "--quiet", "--orphan", "other")
        repository.commit(b_ts="b\n")

        with pytest.raises(GitFailed, match="no commit in common"):
            change_of(repository, since="main")


LINE = st.text(alphabet="ab @+-\\d\t\x0c\x85", max_size=6)
ENDS = st.sampled_from(["\n", "\r\n", "\n", "\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.tuples(LINE, ENDS), max_size=12))
    text = "".join(line + end for line, end in lines)
    return text if draw(st.booleans()) else text.rstrip("\r\n")


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(texts(), texts()), min_size=1, max_size=4))
def test_hunks_turn_the_old_text_into_the_new(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    """
    Whatever the lines hold, replacing what was removed by what was added gives the new lines.
    """
    repository = make_repository(tmp_path_factory.mktemp("random"))
    for number, (old, _) in enumerate(pairs):
        repository.write(f"{number}.ts", old)
    repository.commit()
    for number, (_, new) in enumerate(pairs):
        repository.write(f"{number}.ts", new)

    change = change_of(repository)

    by_path = {file.path: file for file in change.files}
    for number, (old, new) in enumerate(pairs):
        file = by_path.get(f"{number}.ts")
        assert (file is None) == (old == new)
        if file is not None and file.text is not None:
            assert patched(lines_of(old), file.hunks) == lines_of(new)


def patched(lines: list[str], changes: tuple[Hunk, ...]) -> list[str]:
    result, taken = [], 0
    for hunk in changes:
        until = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        result += lines[taken:until]
        assert lines[until : until + hunk.old_count] == list(hunk.removed)
        result += hunk.added
        taken = until + hunk.old_count
    return result + lines[taken:]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_what_git_never_prints_is_refused_or_read_but_never_crashes(noise: bytes) -> None:
    """
    Reading a diff ends with entries or with the one error that it declares.
    """
    raw = b":100644 100644 1 2 M\0a.ts\0\0diff --git a/a.ts b/a.ts\n@@ -1 +1 @@\n" + noise
    try:
        git_diff.parse(raw)
    except git_diff.DiffUnreadable:
        return


def test_a_file_that_changed_meanwhile_is_skipped() -> None:
    """
    A hunk beyond the end of the text means that the text is another one.
    """
    entry = git_diff.parse(b":100644 100644 1 2 M\0a.ts\0\0diff --git a/a.ts b/a.ts\n@@ -0,0 +5 @@\n+x\n")[0]
    from lsp_server.review.change import FileChange

    file = fitted(FileChange(path="a.ts", status=FileStatus.MODIFIED, hunks=entry.hunks), "one\n")

    assert file.skipped is SkipReason.UNREADABLE
