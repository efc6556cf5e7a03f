"""
Declarations of installed packages: read when something imports them, and not before.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lsp_server.context.gather import gather_now
from lsp_server.context.report import Asked
from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.settings import Settings
from lsp_server.syntax.tree import parse
from lsp_server.text.document import Document
from tests.support.marked import parse_marked

PACKAGE = {
    ".gitignore": "node_modules\n",
    "node_modules/mail/package.json": '{"name": "mail", "types": "./lib/index.d.ts"}',
    "node_modules/mail/lib/index.d.ts": "export { Mailer } from './mailer';\n",
    "node_modules/mail/lib/mailer.d.ts": "export declare class Mailer {\n  dispatchLetter(to: string): void;\n}\n",
    "node_modules/unused/index.d.ts": "export declare const unused: 1;\n",
}


class Installed:
    """
    A workspace with an installed package, and what was read of it.
    """

    def __init__(self, root: Path, texts: Mapping[str, str]) -> None:
        self.root = root
        self.reads: list[str] = []
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        self.files = WorkspaceFiles([root], Settings(), {})
        self.index = WorkspaceIndex(
            [root.as_posix()],
            read=self.read,
            is_excluded=lambda path: self.files.is_excluded(Path(path)) is not None,
        )
        self.index.build(self.files.walk())

    def read(self, path: str) -> str | None:
        """
        The text of a file.
        """
        self.reads.append(Path(path).relative_to(self.root).as_posix())
        return self.files.read(Path(path)).text

    def shown(self, marked: str) -> Iterator[str]:
        """
        The snippets for a cursor in `main.ts`.
        """
        whole = parse_marked(marked)
        document = Document.create((self.root / "main.ts").as_uri(), "typescript", 1, whole.text)
        place = Asked(document=document, tree=parse(document), offset=whole.offset, path="main.ts")
        return (snippet.text for snippet in gather_now(place, 2000, self.index).snippets)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """
    A workspace that has `mail` installed.
    """
    return Installed(tmp_path.resolve(), {**PACKAGE, "main.ts": "export {};\n"})


def test_the_members_of_an_imported_class_are_shown(installed: Installed) -> None:
    """
    The type behind `mailer.` is followed into the package, through its barrel.
    """
    shown = installed.shown('import { Mailer } from "mail";\nconst mailer = new Mailer();\nmailer.█\n')

    assert any("dispatchLetter(to: string): void" in text for text in shown)


def test_only_what_is_imported_is_read(installed: Installed) -> None:
    """
    Building reads nothing that is installed, and an import only what it leads to.
    """
    assert installed.reads == ["main.ts"]

    list(installed.shown('import { Mailer } from "mail";\nnew Mailer().█\n'))

    assert set(installed.reads[1:]) == {"node_modules/mail/lib/index.d.ts", "node_modules/mail/lib/mailer.d.ts"}


def test_installing_is_not_indexing(installed: Installed) -> None:
    """
    A package that arrives or changes adds no symbols, and what was read of it is read anew.
    """
    path = installed.root / "node_modules/mail/lib/mailer.d.ts"
    list(installed.shown('import { Mailer } from "mail";\nnew Mailer().█\n'))
    path.write_text("export declare class Mailer {\n  recall(): void;\n}\n")
    installed.index.files_changed([path.as_posix()])

    assert list(installed.index.symbols.names()) == []
    shown = "\n".join(installed.shown('import { Mailer } from "mail";\nnew Mailer().█\n'))
    assert "recall" in shown
    assert "dispatchLetter" not in shown
