"""
What other files say about a unit: declarations of what it uses, calls of what it changes, never anything excluded.
"""

from lsp_server.index.workspace_index import WorkspaceIndex
from lsp_server.review.related import MOST_CALLING_FILES, Reference, Related
from lsp_server.review.units import units_of
from tests.review.changes import source
from tests.support.memory_files import MemoryFiles

ROOT = "/workspace"
RATES = """\
export interface Rates {
  /** In the currency of the account. */
  convert(amount: number, currency: string): number;
  refresh(): Promise<void>;
}

export function round(amount: number, digits = 2): number {
  return Number(amount.toFixed(digits));
}
"""
BEFORE = """\
import { round, type Rates } from "./rates";

export function price(rates: Rates, amount: number): number {
  return amount;
}
"""


def related(after: str, files: dict[str, str], before: str = BEFORE, excluded: str = "\0") -> tuple[Reference, ...]:
    """
    What bears on the one unit of `src/price.ts` in a workspace of `files`.
    """
    texts = {f"{ROOT}/{path}": text for path, text in {"src/price.ts": before, **files}.items()}
    index = WorkspaceIndex(
        [ROOT],
        read=lambda path: None if excluded in path else texts.get(path),
        is_excluded=lambda path: excluded in path,
        files=MemoryFiles(texts),
    )
    for path, text in texts.items():
        if excluded not in path:
            index.open_document(path, text)
    changed = source(after, before, "src/price.ts")
    (unit,) = units_of(changed)
    return Related(index, ROOT, {"src/price.ts": after}).of(unit)


def test_shows_how_what_is_used_is_declared() -> None:
    """
    Heads of imported functions, and of the members that are called; what is imported and not used is left out.
    """
    after = BEFORE.replace("return amount;", "return round(rates.convert(amount, 'EUR'));")

    assert related(after, {"src/rates.ts": RATES}) == (
        Reference("src/rates.ts", "export function round(amount: number, digits = 2): number"),
    )
    typed = after.replace("rates: Rates, amount", "rates: Rates, amount")
    changed_head = typed.replace("amount: number)", "amount: number | null)")
    assert Reference(
        "src/rates.ts", "export interface Rates\n  convert(amount: number, currency: string): number"
    ) in related(changed_head, {"src/rates.ts": RATES})


def test_shows_who_calls_what_has_changed() -> None:
    """
    A changed signature brings its callers, a changed body does not; a namesake from elsewhere is no caller.
    """
    files = {
        "src/cart.ts": 'import { price } from "./price";\nexport const total = price(rates, 1);\n',
        "src/other.ts": 'import { price } from "./elsewhere";\nprice();\n',
        "src/elsewhere.ts": "export function price(): void {}\n",
    }
    head = related(BEFORE.replace("amount: number)", "amount: bigint)"), files)

    assert head == (Reference("src/cart.ts", "export const total = price(rates, 1);"),)
    assert related(BEFORE.replace("return amount", "return -amount"), files) == ()


def test_of_many_callers_a_few_are_shown() -> None:
    """
    The first ones by path, so that the same ones are shown each time.
    """
    call = 'import { price } from "./price";\nprice(rates, 1);\n'

    found = related(BEFORE.replace("amount: number)", "amount: bigint)"), {f"src/c{n}.ts": call for n in range(9)})

    assert [reference.path for reference in found] == [f"src/c{n}.ts" for n in range(MOST_CALLING_FILES)]


def test_what_is_excluded_is_not_shown() -> None:
    """
    Neither as declaration nor as caller.
    """
    after = BEFORE.replace("return amount;", "return round(amount);").replace("amount: number)", "amount: bigint)")
    secret = {"src/rates.ts": RATES, "src/cart.ts": 'import { price } from "./price";\nprice(rates, 1);\n'}

    assert related(after, secret, excluded="rates.ts") == (Reference("src/cart.ts", "price(rates, 1);"),)
    assert next(one.path for one in related(after, secret, excluded="cart.ts")) == "src/rates.ts"


def test_a_change_is_seen_as_it_is_and_not_as_it_was() -> None:
    """
    A declaration in the changed file itself is looked up in its new text.
    """
    before = "function helper(a: string): void {}\n\n\n\n\n\n\n\n\n\nexport function run(): void {\n  other();\n}\n"
    after = before.replace("a: string", "a: string, b: number").replace("other()", "helper('x')")
    index_before = {"src/rates.ts": RATES}
    texts = {f"{ROOT}/src/price.ts": before, **{f"{ROOT}/{path}": text for path, text in index_before.items()}}
    index = WorkspaceIndex([ROOT], read=texts.get, is_excluded=lambda path: False, files=MemoryFiles(texts))
    changed = source(after, before, "src/price.ts")
    unit = units_of(changed)[-1]

    found = Related(index, ROOT, {"src/price.ts": after}).of(unit)

    assert found == (Reference("src/price.ts", "function helper(a: string, b: number): void"),)


def test_a_change_below_another_folder_is_looked_up_there() -> None:
    """
    Of two folders with a file of the same name, the one that the change lies in declares what it uses.
    """
    before = (
        'import { round } from "./rates";\n\nexport function price(amount: number): number {\n  return amount;\n}\n'
    )
    after = before.replace("return amount;", "return round(amount);")
    texts = {
        f"/{folder}/rates.ts": f"export function round(amount: Of{len(folder)}): number {{\n  return 1;\n}}\n"
        for folder in ("first", "second-one")
    }
    index = WorkspaceIndex(
        ["/first", "/second-one"], read=texts.get, is_excluded=lambda path: False, files=MemoryFiles(texts)
    )
    (unit,) = units_of(source(after, before, "price.ts"))

    found = Related(index, "/second-one", {"price.ts": after}).of(unit)

    assert [reference.text for reference in found] == ["export function round(amount: Of10): number"]
