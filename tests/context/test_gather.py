"""
What is gathered for a cursor: from where, how much, and what never.
"""

import asyncio
import threading

from lsp_server.context.gather import gather
from lsp_server.context.snippet import Context
from tests.context.scenes import scene

USERS = """
import { Address } from './address';
/** Someone with an account. More is said elsewhere. */
export interface User { id: string; displayName: string; address: Address }
export async function loadUser(id: string): Promise<User> {
  const secretOfTheBody = 1;
  return fetch(id) as any;
}
"""


def test_shows_signatures_of_what_is_imported() -> None:
    """
    An imported function stands in the context with its signature and without its body.
    """
    context = scene({"src/users.ts": USERS, "src/main.ts": "import { loadUser } from './users';\n█"}).context()

    assert "export async function loadUser(id: string): Promise<User>" in context.text
    assert "secretOfTheBody" not in context.text
    assert context.text.startswith("// src/users.ts\n")
    assert context.snippets[0].reason == "imported here"


def test_follows_barrels_aliases_and_rewritten_endings() -> None:
    """
    A `paths` alias to a barrel whose `.js` specifiers mean `.ts` files leads to the declaration.
    """
    context = scene(
        {
            "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@app/*": ["src/*"]}}}',
            "src/users/index.ts": "export * from './users.js';",
            "src/users/users.ts": USERS,
            "src/main.ts": "import { loadUser as load } from '@app/users';\nlo█",
        }
    ).context()

    assert [snippet.path for snippet in context.snippets] == ["src/users/users.ts"]
    assert "loadUser(id: string)" in context.text


def test_shows_the_members_behind_a_dot() -> None:
    """
    The members of what a call returns are shown, through `await` and a re-exported type.
    """
    context = scene(
        {
            "src/users.ts": USERS,
            "src/main.ts": "import { loadUser } from './users';\nconst user = await loadUser('1');\nuser.█",
        }
    ).context()

    assert "displayName: string" in context.text
    assert context.snippets[0].retriever == "receiver"


def test_keeps_to_the_budget_as_a_whole() -> None:
    """
    Text and headers together stay within the budget, and what did not fit is named.
    """
    members = "\n".join(f"  someMember{number}(argument: string): Promise<void>;" for number in range(150))
    files = {
        "src/big.ts": f"export interface Big {{\n{members}\n}}",
        "src/main.ts": "import { Big } from './big';\nfunction use(big: Big) {\n  big.█\n}",
    }

    for budget in (1, 20, 100, 500):
        context = scene(files).context(budget)

        assert context.tokens <= budget
        assert any(dropped.reason == "budget" for dropped in context.dropped)


def test_no_budget_means_no_context() -> None:
    """
    Nothing is looked up for a budget of nothing.
    """
    assert scene({"src/main.ts": "█"}).context(0) == Context()


def test_the_same_question_gets_the_same_answer() -> None:
    """
    Order and text do not vary between runs, so that a prompt cache can hit.
    """
    files = {
        **{f"src/part{number}.ts": f"export const part{number} = {number};" for number in range(20)},
        "src/main.ts": "".join(f"import {{ part{number} }} from './part{number}';\n" for number in range(20)) + "█",
    }

    assert scene(files).context().text == scene(files).context().text


def test_never_shows_an_excluded_file() -> None:
    """
    An excluded file is not shown even when it is imported.
    """
    context = scene(
        {"src/keys.ts": "export const apiKey = 'x';", "src/main.ts": "import { apiKey } from './keys';\n█"},
        excluded=("keys.ts",),
    ).context()

    assert "apiKey" not in context.text
    assert context.snippets == ()


def test_outlines_the_enclosing_class_where_it_is_clipped() -> None:
    """
    Members of the class being written that lie far above are outlined.
    """
    filler = "\n".join(f"  // line {number} of a long comment that fills the prefix" for number in range(200))
    context = scene({"src/big.ts": f"class Far {{\n  aboveMember(): void {{}}\n{filler}\n  x() {{ █ }}\n}}"}).context()

    assert "aboveMember(): void" in context.text


async def test_the_event_loop_is_free_meanwhile() -> None:
    """
    Files are read in another thread than the loop's.
    """
    here = scene({"src/users.ts": USERS, "src/main.ts": "import { loadUser } from './users';\n█"})
    threads: list[str] = []
    record = here.index.record

    def watched(path: str) -> object:
        threads.append(threading.current_thread().name)
        return record(path)

    here.index.record = watched  # type: ignore[method-assign, assignment]  # Watches from outside, changes nothing.
    await gather(here.cursor, 2000, here.index, in_thread=asyncio.to_thread, clock=lambda: 0.0)

    assert threads
    assert threading.main_thread().name not in threads


async def test_the_deadline_leaves_what_was_found_until_then() -> None:
    """
    A clock that runs out between retrievers ends the search, not the answer.
    """
    here = scene(
        {
            "src/users.ts": USERS,
            "src/main.ts": "import { loadUser } from './users';\nconst u = await loadUser('');\nu.█",
        }
    )
    ticks = iter([0.0, 0.0, *[1.0] * 100])

    context = await gather(here.cursor, 2000, here.index, in_thread=asyncio.to_thread, clock=lambda: next(ticks))

    assert "displayName" in context.text
    assert "loadUser" not in context.text


def test_finds_what_is_not_imported_yet_by_the_parts_of_its_name() -> None:
    """
    The lines around the cursor speak of invoices, so the function that formats one is shown, with its other name.
    """
    here = scene(
        {
            "src/format.ts": "function formatIt(value: number): string {}\nexport { formatIt as formatInvoiceTotal };",
            **{f"src/other{number}.ts": f"export function other{number}(): void {{}}" for number in range(40)},
            "src/main.ts": "function printInvoice(invoiceTotal: number) {\n  █\n}",
        }
    )
    here.build()

    assert "function formatIt(value: number): string // as formatInvoiceTotal" in here.context(60).text


def test_shows_similar_code_of_other_files() -> None:
    """
    A file that does the same elsewhere is shown as it stands.
    """
    usage = "const cart = openCart(shop);\ncart.addItem(pencil);\nawait cart.payWithVoucher(code);\n"
    here = scene({"src/example.ts": usage, "src/main.ts": "const cart = openCart(shop);\ncart.addItem(book);\n█"})
    here.build()

    assert "await cart.payWithVoucher(code);" in here.context().text
