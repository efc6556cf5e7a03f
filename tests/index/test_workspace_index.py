"""
The index as a whole: built in order, kept true, shared, cancelled, rebuilt.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.index.blocks import term_id
from lsp_server.index.lookup import exported
from lsp_server.index.workspace_index import WorkspaceIndex


class Folder:
    """
    A workspace on disk and its index.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reads: list[str] = []
        self.excluded: set[str] = set()

    def write(self, path: str, text: str) -> str:
        """
        Write a file; its absolute path.
        """
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        before = place.stat().st_mtime_ns if place.exists() else 0
        place.write_text(text)
        # File systems with coarse clocks must not hide a second write.
        if before:
            os.utime(place, ns=(before + 10**9, before + 10**9))
        return place.as_posix()

    def walk(self) -> Iterator[Path]:
        """
        The source files that are not excluded.
        """
        return (path for path in sorted(self.root.rglob("*.ts")) if path.name not in self.excluded)

    def read(self, path: str) -> str | None:
        """
        The text of a file.
        """
        self.reads.append(path)
        try:
            return None if Path(path).name in self.excluded else Path(path).read_text()
        except OSError:
            return None

    def index(self, store: Path | None = None) -> WorkspaceIndex:
        """
        An index that knows nothing yet.
        """
        return WorkspaceIndex(
            [self.root.as_posix()],
            read=self.read,
            is_excluded=lambda path: Path(path).name in self.excluded,
            store=store,
        )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """
    An empty workspace.
    """
    (tmp_path / "w").mkdir()
    return Folder(tmp_path / "w")


def names(index: WorkspaceIndex) -> set[str]:
    """
    The names of all exported symbols.
    """
    return set(index.symbols.names())


def test_building_reads_every_file_once_and_reports(folder: Folder) -> None:
    """
    Progress ends at the total, and the index says that it is complete.
    """
    for number in range(250):
        folder.write(f"f{number}.ts", f"export const name{number} = {number};")
    index = folder.index()
    progress: list[tuple[int, int]] = []

    assert index.build(folder.walk(), progress=lambda done, total: progress.append((done, total))) == 250
    assert progress[-1] == (250, 250)
    assert index.complete.is_set()
    assert len(folder.reads) == len(set(folder.reads)) == 250
    assert "name249" in names(index)


def test_the_open_file_its_imports_and_neighbours_come_first(folder: Folder) -> None:
    """
    What the engineer looks at is known before the rest is read.
    """
    for number in range(150):
        folder.write(f"a/rest{number}.ts", "export const rest = 1;")
    here = folder.write("z/here.ts", "import { far } from '../y/far';")
    folder.write("y/far.ts", "export const far = 1;")
    folder.write("z/neighbour.ts", "export const neighbour = 1;")
    index = folder.index()
    seen: list[set[str]] = []

    index.build(folder.walk(), first=[here], progress=lambda *_: seen.append(names(index)))

    assert seen[0] == {"far", "neighbour"}


def test_a_second_start_reads_only_what_changed(folder: Folder, tmp_path: Path) -> None:
    """
    What is stored is taken as it is; changed, new and deleted files are seen.
    """
    for name in ("same", "changed", "deleted"):
        folder.write(f"{name}.ts", f"export const {name} = 1;")
    first = folder.index(tmp_path / "index.db")
    first.build(folder.walk())
    first.close()
    changed, new = (
        folder.write("changed.ts", "export const after = 1;"),
        folder.write("new.ts", "export const fresh = 1;"),
    )
    (folder.root / "deleted.ts").unlink()
    folder.reads.clear()

    second = folder.index(tmp_path / "index.db")
    second.build(folder.walk())

    assert sorted(folder.reads) == sorted([changed, new])
    assert names(second) == {"same", "after", "fresh"}
    assert second.record((folder.root / "same.ts").as_posix()) is not None


def test_what_was_excluded_meanwhile_is_not_taken_from_the_store(folder: Folder, tmp_path: Path) -> None:
    """
    A file that the walk no longer finds leaves no trace, in memory or on disk.
    """
    path = folder.write("secret.ts", "export const secret = 1;")
    folder.index(tmp_path / "index.db").build(folder.walk())
    folder.excluded.add("secret.ts")

    for _ in range(2):
        index = folder.index(tmp_path / "index.db")
        index.build(folder.walk())

        assert names(index) == set()
        assert index.excluded(path)
        assert index.record(path) is None


def test_two_processes_share_one_index(folder: Folder, tmp_path: Path) -> None:
    """
    What one has indexed, the other need not read.
    """
    folder.write("a.ts", "export const a = 1;")
    one, two = folder.index(tmp_path / "index.db"), folder.index(tmp_path / "index.db")
    one.build(folder.walk())
    folder.reads.clear()
    two.build(folder.walk())

    assert folder.reads == []
    assert names(two) == {"a"}


def test_an_open_document_stands_before_the_disk(folder: Folder) -> None:
    """
    What is typed counts at once, and no longer once the document is closed.
    """
    path = folder.write("a.ts", "export const onDisk = 1;")
    index = folder.index()
    index.build(folder.walk())

    index.open_document(path, "export const typed = 1;")
    assert names(index) == {"typed"}
    assert [found.declaration.name for found in exported(index, path, "typed")] == ["typed"]

    index.build(folder.walk())
    index.files_changed([path])
    assert names(index) == {"typed"}

    index.close_document(path)
    assert names(index) == {"onDisk"}


def test_watched_files_keep_it_true(folder: Folder) -> None:
    """
    Created, changed and deleted files are followed, and imports lead to where they lead now.
    """
    importer = folder.write("main.ts", "import { a } from './a';")
    index = folder.index()
    index.build(folder.walk())
    assert index.resolve("./a", importer) is None

    path = folder.write("a.ts", "export const a = 1;")
    index.files_changed([path])
    assert index.resolve("./a", importer) == path
    assert names(index) == {"a"}

    folder.write("a.ts", "export const b = 1;")
    index.files_changed([path])
    assert names(index) == {"b"}

    Path(path).unlink()
    index.files_changed([path])
    assert names(index) == set()
    assert index.resolve("./a", importer) is None
    assert index.record(path) is None


def test_a_changed_configuration_changes_where_imports_lead(folder: Folder) -> None:
    """
    `paths` are read anew.
    """
    importer = folder.write("main.ts", "")
    target = folder.write("lib/x.ts", "export const x = 1;")
    index = folder.index()
    index.build(folder.walk())
    assert index.resolve("@/x", importer) is None

    config = folder.write("tsconfig.json", '{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}')
    index.files_changed([config])

    assert index.resolve("@/x", importer) == target


def test_a_branch_switch_of_thousands_of_files(folder: Folder) -> None:
    """
    After a flood of changes the answers are those of the new branch.
    """
    paths = [folder.write(f"f{number}.ts", f"export const before{number} = 1;") for number in range(3000)]
    index = folder.index()
    index.build(folder.walk())
    for number, path in enumerate(paths):
        folder.write(Path(path).name, f"export const after{number} = 1;")
    index.files_changed(paths)

    assert names(index) == {f"after{number}" for number in range(3000)}
    assert not index.windows.unsettled
    assert index.windows.search({term_id("before7"): 1.0}, (), 3) == []


def test_cancelling_leaves_what_is_there(folder: Folder) -> None:
    """
    A cancelled build is incomplete and says so; the next one goes on from there.
    """
    for number in range(300):
        folder.write(f"f{number}.ts", f"export const name{number} = 1;")
    index = folder.index()
    steps: list[int] = []

    index.build(folder.walk(), progress=lambda done, _: steps.append(done), cancelled=lambda: len(steps) > 0)
    assert not index.complete.is_set()
    assert 0 < len(index) < 300

    index.build(folder.walk())
    assert index.complete.is_set()
    assert len(index) == 300


def test_files_that_vanish_while_indexing_are_no_trouble(folder: Folder) -> None:
    """
    A file may be deleted between being found and being read.
    """
    folder.write("a.ts", "export const a = 1;")
    gone = folder.write("b.ts", "export const b = 1;")
    found = list(folder.walk())
    Path(gone).unlink()
    index = folder.index()
    index.build(found)

    assert names(index) == {"a"}


def test_barrels_in_a_circle_end(folder: Folder) -> None:
    """
    `export *` round in circles finds what is there and stops.
    """
    a = folder.write("a.ts", "export * from './b';")
    folder.write("b.ts", "export * from './a'; export { deep } from './c';")
    folder.write("c.ts", "export const deep = 1;")
    index = folder.index()
    index.build(folder.walk())

    assert [found.path for found in exported(index, a, "deep")] == [(folder.root / "c.ts").as_posix()]
    assert exported(index, a, "missing") == ()


def test_building_stands_back_while_a_question_is_answered(folder: Folder) -> None:
    """
    The builder goes on when the last question is answered.
    """
    folder.write("a.ts", "export const a = 1;")
    index = folder.index()
    with index.asking():
        builder = threading.Thread(target=lambda: index.build(folder.walk()))
        builder.start()
        with index.asking():
            pass
    builder.join()

    assert index.complete.is_set()


def test_paths_are_shown_relative_to_the_innermost_folder() -> None:
    """
    Folders of a workspace may lie in each other.
    """
    index = WorkspaceIndex(["/w", "/w/inner"], read=lambda _: None, is_excluded=lambda _: False)

    assert index.relative("/w/inner/a.ts") == "a.ts"
    assert index.relative("/w/b.ts") == "b.ts"
    assert index.relative("/elsewhere/c.ts") == "c.ts"
    assert index.absolute("file:///w/a%20b.ts", "a b.ts") == "/w/a b.ts"
    assert index.absolute("untitled:Untitled-1", "Untitled-1") == "/w/Untitled-1"


def test_a_file_that_can_never_be_read_is_no_trouble(folder: Folder) -> None:
    """
    It is left out, also when it is the only one that is new.
    """
    folder.write("a.ts", "export const a = 1;")
    index = folder.index()
    index.build(folder.walk())

    assert index.build([*folder.walk(), folder.root]) == 1
    assert names(index) == {"a"}


def test_a_file_that_can_not_be_read_any_more_is_forgotten(folder: Folder) -> None:
    """
    What it once declared is not shown again.
    """
    path = folder.write("a.ts", "export const a = 1;")
    index = folder.index()
    index.build(folder.walk())
    Path(path).unlink()
    Path(path).mkdir()
    index.files_changed([path])

    assert names(index) == set()
    assert index.record(path) is None


def test_a_second_start_searches_code_that_changed_since_it_was_sorted(folder: Folder, tmp_path: Path) -> None:
    """
    What was sorted is used again; a file that changed later, or went, is found as it is now.
    """
    for number in range(20):
        folder.write(f"f{number}.ts", f"export const before{number} = 1;")
    first = folder.index(tmp_path / "index.db")
    first.build(folder.walk())
    first.files_changed([folder.write("f1.ts", "export const later1 = 1;")])
    first.close()
    (folder.root / "f2.ts").unlink()
    folder.reads.clear()

    second = folder.index(tmp_path / "index.db")
    second.build(folder.walk())

    def found(word: str) -> list[str]:
        return [Path(window.path).name for window in second.windows.search({term_id(word): 1.0}, (), 3)]

    assert folder.reads == []
    assert [found(word) for word in ("before0", "later1", "before1", "before2")] == [["f0.ts"], ["f1.ts"], [], []]


def test_files_deleted_while_indexing_leave_nothing_behind(folder: Folder, tmp_path: Path) -> None:
    """
    A folder that goes while its files are read is forgotten once the editor says so, on disk too.
    """
    for number in range(300):
        folder.write(f"f{number}.ts", f"export const name{number} = 1;")
    paths = [path.as_posix() for path in folder.walk()]
    index = folder.index(tmp_path / "index.db")

    def delete_the_rest(done: int, _: int) -> None:
        for path in paths[:50] + paths[done:]:
            Path(path).unlink(missing_ok=True)

    index.build([Path(path) for path in paths], progress=delete_the_rest)
    index.files_changed(paths)
    left = {f"name{path.stem[1:]}" for path in folder.walk()}

    assert names(index) == left
    assert len(left) == 50
    index.close()
    again = folder.index(tmp_path / "index.db")
    again.build(folder.walk())
    assert names(again) == left
