"""
The open documents of one editor.
"""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.syntax.tree import parse
from lsp_server.text.document import ContentChange, Document
from lsp_server.text.positions import Position, PositionEncoding
from lsp_server.workspace import (
    MOST_LINES_OF_EDIT,
    MOST_RECENT_EDITS,
    Folder,
    Ignored,
    Snapshot,
    Workspace,
    language_for,
)
from tests.support.edits import AWKWARD, ENCODINGS, STEADY, changes, texts
from tests.support.trees import written_out

UTF16 = PositionEncoding.UTF16
URI = "file:///project/src/a.ts"
TYPED = (*AWKWARD, "a", "{", "}", "`", "(", ";")


def opened(text: str, uri: str = URI) -> Workspace:
    """
    A workspace with one document open.
    """
    workspace = Workspace([Folder("file:///project", "work", "/project")])
    workspace.open(Document.create(uri, "typescript", 1, text))
    return workspace


def insertion(line: int, character: int, text: str) -> ContentChange:
    """
    `text`, put in at a place.
    """
    return ContentChange((Position(line, character), Position(line, character)), text)


def text_of(workspace: Workspace, uri: str = URI) -> str:
    """
    What the workspace holds under that name.
    """
    document = workspace.snapshot().document(uri)
    assert document is not None
    return document.text


class TestChanges:
    def test_are_made_and_told(self) -> None:
        """
        The document moves on, and each change is described.
        """
        workspace = opened("let a;\n")
        edits = workspace.change(URI, [insertion(0, 5, " = 1"), insertion(1, 0, "b();\n")], 2, UTF16)
        assert text_of(workspace) == "let a = 1;\nb();\n"
        assert not isinstance(edits, Ignored)
        assert [edit.text for edit in edits] == [" = 1", "b();\n"]

    def test_to_a_document_that_is_not_open_have_a_name(self) -> None:
        """
        They are ignored, and so is closing it; the rest goes on.
        """
        workspace = opened("let a;\n")
        assert workspace.change("file:///b.ts", [insertion(0, 0, "x")], 2, UTF16) is Ignored.NOT_OPEN
        assert workspace.close("file:///b.ts") is Ignored.NOT_OPEN
        assert text_of(workspace) == "let a;\n"

    @pytest.mark.parametrize("version", [0, 1, -5, 99])
    def test_are_made_whatever_their_version(self, version: int) -> None:
        """
        They come in the order in which the editor made them, even if it numbers them otherwise.
        """
        workspace = opened("b")
        workspace.change(URI, [insertion(0, 0, "a")], version, UTF16)
        document = workspace.snapshot().document(URI)
        assert document is not None
        assert (document.text, document.version) == ("ab", version)

    def test_without_a_version_are_numbered_on(self) -> None:
        """
        Some editors send none.
        """
        workspace = opened("b")
        workspace.change(URI, [insertion(0, 0, "a")], None, UTF16)
        document = workspace.snapshot().document(URI)
        assert document is not None
        assert document.version == 2

    def test_may_be_none_at_all(self) -> None:
        """
        An empty list of changes is a new version of the same text.
        """
        workspace = opened("a")
        assert workspace.change(URI, [], 7, UTF16) == ()
        assert text_of(workspace) == "a"
        assert workspace.snapshot().recent_edits == ()

    def test_opening_again_starts_over(self) -> None:
        """
        An editor that lost count is believed.
        """
        workspace = opened("old")
        workspace.tree(URI)
        workspace.open(Document.create(URI, "typescript", 1, "let fresh;"))
        tree = workspace.tree(URI)
        assert tree is not None
        assert tree.document.text == "let fresh;"
        assert tree.error_count() == 0


class TestSnapshots:
    def test_stay_as_they_were(self) -> None:
        """
        What happens afterwards does not reach them.
        """
        workspace = opened("a")
        before = workspace.snapshot()
        workspace.change(URI, [insertion(0, 0, "b")], 2, UTF16)
        workspace.close(URI)
        workspace.set_folders([])
        document = before.document(URI)
        assert document is not None
        assert document.text == "a"
        assert [folder.name for folder in before.folders] == ["work"]
        assert workspace.snapshot().documents == {}

    def test_know_what_is_not_open(self) -> None:
        """
        There is no document then.
        """
        assert Snapshot().document(URI) is None


class TestFolders:
    NESTED = Snapshot(
        folders=(
            Folder("file:///project", "work", "/project"),
            Folder("file:///project/packages/ui", "ui", "/project/packages/ui"),
            Folder("file:///project/packages/ui-kit/", "ui-kit", "/project/packages/ui-kit"),
            Folder("file:///c%3A/code", "windows", "c:\\code"),
        )
    )

    @pytest.mark.parametrize(
        ("uri", "folder", "path"),
        [
            ("file:///project/a.ts", "work", "a.ts"),
            ("file:///project/packages/ui/src/b.ts", "ui", "src/b.ts"),
            ("file:///project/packages/ui-kit/c.ts", "ui-kit", "c.ts"),
            ("file:///project/packages/uix/d.ts", "work", "packages/uix/d.ts"),
            ("file:///project/with%20space/%C3%A9.ts", "work", "with space/é.ts"),
            ("file:///C:/code/src/e.ts", "windows", "src/e.ts"),
            ("file:///elsewhere/f.ts", None, "f.ts"),
            ("untitled:Untitled-1", None, "Untitled-1"),
            ("untitled:/project/g.ts", None, "g.ts"),
            ("vscode-notebook-cell:/project/n.ipynb#W0s", None, "n.ipynb#W0s"),
        ],
    )
    def test_the_innermost_holds_a_document(self, uri: str, folder: str | None, path: str) -> None:
        """
        Its path is relative to it; a document in none is known by its bare name.
        """
        found = self.NESTED.folder_of(uri)
        assert (found.name if found else None) == folder
        assert self.NESTED.relative_path(uri) == path


class TestLanguages:
    @pytest.mark.parametrize(
        ("uri", "said", "language"),
        [
            ("file:///a.ts", "typescript", "typescript"),
            ("file:///a.mts", "", "typescript"),
            ("file:///a.cts", "plaintext", "typescript"),
            ("file:///a.tsx", "typescript.tsx", "typescriptreact"),
            ("file:///a.tsx", "typescript", "typescriptreact"),
            ("file:///a.js", "", "javascript"),
            ("file:///a.mjs", "js", "javascript"),
            ("file:///a.cjs", "unknown", "javascript"),
            ("file:///a.jsx", "jsx", "javascriptreact"),
            ("file:///a.js", "typescriptreact", "typescriptreact"),
            ("untitled:Untitled-1", "typescript", "typescript"),
            ("file:///a.py", "python", "python"),
            ("file:///Makefile", "", ""),
        ],
    )
    def test_come_from_the_editor_or_else_the_ending(self, uri: str, said: str, language: str) -> None:
        """
        Editors without a name for a language still get its grammar.
        """
        assert language_for(uri, said) == language
        assert Workspace().open(Document.create(uri, said, 1, "")).language_id == language


class TestRecentEdits:
    def test_hold_the_lines_that_were_touched(self) -> None:
        """
        As they were left, the newest last.
        """
        workspace = opened("one\ntwo\nthree\n")
        workspace.change(URI, [insertion(2, 5, "!")], 2, UTF16)
        workspace.change(URI, [insertion(0, 0, "a\nb")], 3, UTF16)
        recent = workspace.snapshot().recent_edits
        assert [(edit.line, edit.text, edit.version) for edit in recent] == [(2, "three!", 2), (0, "a\nbone", 3)]

    def test_take_typing_along_a_line_for_one(self) -> None:
        """
        A word is one edit, not one for each letter.
        """
        workspace = opened("\n\n")
        for column, letter in enumerate("return"):
            workspace.change(URI, [insertion(1, column, letter)], column, UTF16)
        assert [edit.text for edit in workspace.snapshot().recent_edits] == ["return"]

    def test_are_bounded(self) -> None:
        """
        In number and in length.
        """
        workspace = opened("\n" * 100)
        for line in range(2 * MOST_RECENT_EDITS):
            workspace.change(URI, [insertion(line, 0, "x")], line, UTF16)
        assert len(workspace.snapshot().recent_edits) == MOST_RECENT_EDITS
        workspace.change(URI, [insertion(0, 0, "y\n" * 500)], 999, UTF16)
        assert workspace.snapshot().recent_edits[-1].text.count("\n") < MOST_LINES_OF_EDIT


class TestTrees:
    def test_are_of_the_document_as_it_is(self) -> None:
        """
        However many edits came since the last one was asked for.
        """
        workspace = opened("const a = 1;\n")
        workspace.tree(URI)
        for column, letter in enumerate("let b = f("):
            workspace.change(URI, [insertion(1, column, letter)], column, UTF16)
        tree = workspace.tree(URI)
        document = workspace.snapshot().document(URI)
        assert tree is not None
        assert document is not None
        assert tree.document is document
        assert written_out(tree) == written_out(parse(document))

    def test_are_read_once(self) -> None:
        """
        Who asks again gets the same.
        """
        workspace = opened("const a = 1;\n")
        assert workspace.tree(URI) is workspace.tree(URI)

    def test_are_not_to_be_had_of_what_is_not_open(self) -> None:
        """
        Nor once it is closed.
        """
        workspace = opened("a")
        workspace.close(URI)
        assert workspace.tree(URI) is None

    def test_are_right_after_thousands_of_edits_that_nobody_looked_at(self) -> None:
        """
        The edits are not kept for ever.
        """
        workspace = opened("f(a);\ng(b);\n")
        workspace.tree(URI)
        workspace.change(URI, [ContentChange((Position(0, 2), Position(0, 3)), "1")], 2, UTF16)
        for number in range(1200):
            workspace.change(URI, [insertion(1, 2, "x")], number, UTF16)
        tree = workspace.tree(URI)
        assert tree is not None
        assert written_out(tree) == written_out(parse(tree.document))

    def test_can_be_asked_for_while_the_document_changes(self) -> None:
        """
        Readers in threads see some version, whole, and the last one in the end.
        """
        workspace = opened("const a = [\n" + "  { b: 1 },\n" * 200 + "];\n")
        stop = threading.Event()
        seen: list[tuple[int, int]] = []

        def read() -> None:
            while not stop.is_set():
                tree = workspace.tree(URI)
                assert tree is not None
                seen.append((tree.root.end_byte, len(tree.document.utf8)))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(300):
            workspace.change(URI, [insertion(1 + number % 200, 2, "{ c: `${d}` }, ")], number, UTF16)
        stop.set()
        for reader in readers:
            reader.join()
        tree = workspace.tree(URI)
        assert tree is not None
        assert tree.document is workspace.snapshot().document(URI)
        assert written_out(tree) == written_out(parse(tree.document))
        assert all(end == length for end, length in seen)

    @STEADY
    @given(
        st.lists(
            st.tuples(
                st.lists(changes(texts((*AWKWARD, "a", "{", "}", "`", "(", ";"), most=5)), max_size=3), st.booleans()
            ),
            max_size=8,
        ),
        ENCODINGS,
    )
    def test_equal_a_fresh_read_after_any_changes(
        self, batches: list[tuple[list[ContentChange], bool]], encoding: PositionEncoding
    ) -> None:
        """
        In any encoding, whether a tree was asked for in between or not.
        """
        workspace = opened("function f() {\n  return `a${b}`;\n}\n")
        for version, (batch, is_asked) in enumerate(batches):
            workspace.change(URI, batch, version, encoding)
            if is_asked:
                workspace.tree(URI)
        tree = workspace.tree(URI)
        assert tree is not None
        assert tree.document is workspace.snapshot().document(URI)
        assert written_out(tree) == written_out(parse(tree.document))
