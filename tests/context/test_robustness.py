"""
Workspaces and files that are broken, endless or in circles: the context is what can be known, and comes in time.
"""

from pathlib import Path

import pytest

from lsp_server.context.gather import gather_now
from lsp_server.files import WorkspaceFiles
from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.settings import Settings
from tests.context.scenes import cursor_in, scene

INVOICE = """
export interface Invoice { total: number; dueDate: Date }
export class InvoiceStore {
  private readonly items: Map<string, Invoice> = new Map();
  find(id: string): Invoice | undefined { return this.items.get(id); }
  save(invoice: Invoice): void { this.items.set(`${invoice.total}`, invoice); }
}
"""
PAGE = """
import { InvoiceStore, type Invoice } from "./invoice";
const store = new InvoiceStore();
export function Page({ id }: { id: string }) {
  const found = store.find(id) ?? { total: 0, dueDate: new Date() };
  return <Row key={id} total={`${found.total} EUR`}>{[1, 2].map((n) => <li>{n}</li>)}</Row>;
}
"""


@pytest.mark.parametrize("end", range(0, len(PAGE), 7))
def test_a_file_that_ends_anywhere(end: int) -> None:
    """
    Half-typed code of every kind gets a context within the budget.
    """
    made = scene({"invoice.ts": INVOICE, "page.tsx": PAGE[:end] + "█"})
    made.build()

    assert made.context(500).tokens <= 500


@pytest.mark.parametrize(
    "broken",
    [
        "}" * 300,
        "{" * 300,
        "<" * 300,
        "`${" * 200,
        "class extends extends {",
        "import import from from",
        "\0\ufeff\r\r\n",
    ],
)
def test_broken_code_does_not_hide_what_is_whole(broken: str) -> None:
    """
    The members of what is imported above are still shown, whatever follows.
    """
    page = 'import { InvoiceStore } from "./invoice";\nconst store = new InvoiceStore();\nstore.█\n'
    made = scene({"invoice.ts": INVOICE, "broken.ts": broken, "page.ts": page + broken})
    made.build()

    assert "find(id: string)" in made.context().text


def test_barrels_in_a_circle_lead_to_the_declaration() -> None:
    """
    Barrels that export each other are gone through once.
    """
    made = scene(
        {
            "a/index.ts": "export * from '../b'; export * from './index';",
            "b/index.ts": "export * from '../a'; export * from '../c';",
            "c/index.ts": "export * from '../a'; export * from '../invoice';",
            "invoice.ts": INVOICE,
            "page.ts": 'import { InvoiceStore, Missing } from "./a";\nnew InvoiceStore().█',
        }
    )
    made.build()

    assert "find(id: string)" in made.context().text


def test_types_in_a_circle_end() -> None:
    """
    Classes and aliases that are made of each other are followed once round.
    """
    circle = (
        "export class A extends B {}\nexport class B extends A { round(): A { return this; } }\n"
        "export type T = T & U;\nexport type U = T;"
    )
    made = scene({"circle.ts": circle, "page.ts": 'import { A, T } from "./circle";\nlet t: T;\nnew A().round().█'})
    made.build()

    assert "round()" in made.context().text


def test_a_file_of_two_hundred_thousand_lines() -> None:
    """
    Its imports are followed and its neighbours used as in any other file, at the end as at the beginning.
    """
    long = 'import { InvoiceStore } from "./invoice";\n' + "export const row = call(1, 2);\n" * 200_000
    made = scene({"invoice.ts": INVOICE, "long.ts": f"{long}new InvoiceStore().█\n"})
    made.build()

    context = made.context()

    assert "find(id: string)" in context.text
    assert context.tokens <= 2000


def test_links_in_circles(tmp_path: Path) -> None:
    """
    A folder that holds a link to itself is walked once, and an import through the link is found.
    """
    root = tmp_path.resolve()
    (root / "src").mkdir()
    (root / "src" / "invoice.ts").write_text(INVOICE)
    (root / "src" / "again").symlink_to(root / "src")
    (root / "src" / "round.ts").symlink_to(root / "src" / "round.ts")
    files = WorkspaceFiles([root], Settings(), {})
    index = WorkspaceIndex(
        [root.as_posix()],
        read=lambda path: files.read(Path(path)).text,
        is_excluded=lambda path: files.is_excluded(Path(path)) is not None,
    )
    index.build(files.walk())
    importer = (root / "src" / "page.ts").as_posix()

    assert len(index) == 1
    assert index.resolve("./again/again/again/invoice", importer) == (root / "src" / "invoice.ts").as_posix()
    assert index.resolve("./round", importer) is None
    place = cursor_in("page.ts", 'import { a } from "./round";\na.', 31)
    assert gather_now(place, 500, index).tokens <= 500
