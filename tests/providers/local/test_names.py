"""
Names that are made up: import specifiers, and names made of exchanged names.
"""

from pathlib import PurePosixPath

import pytest

from lsp_server.providers.local.imports import relative
from lsp_server.providers.local.renaming import exchanged_folders, exchanged_parts, rename
from tests.providers.local.support import complete


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("src", "src/user.ts", "./user"),
        ("src/pages", "src/user.tsx", "../user"),
        ("src", "src/models/user.ts", "./models/user"),
        ("src/pages/home", "src/models/user/index.ts", "../../models/user"),
        (".", "user.ts", "./user"),
        (".", "lib/user.ts", "./lib/user"),
    ],
)
def test_relative_specifiers(folder: str, path: str, expected: str) -> None:
    """
    A specifier leads from the folder of the open file to the other one, without its ending.
    """
    assert relative(PurePosixPath(folder), path) == expected


def test_an_import_names_the_file_that_exports() -> None:
    """
    After `from` stands where the names come from, even if nobody has imported them so far, in the file's own manner.
    """
    files = {
        "src/domain/money.ts": "export function formatMoney(cents: number): string {\n  return `${cents / 100}`;\n}\n",
        **{
            f"src/pages/page{number}.ts": f'import {{ part{number} }} from "../parts/part{number}";\n'
            f"\nexport const page{number} = part{number}();\n"
            for number in range(6)
        },
        **{f"src/parts/part{number}.ts": f"export const part{number} = () => 1;\n" for number in range(6)},
    }
    marked = 'import { part1 } from "../parts/part1";\nimport { formatMoney } from █\n\nconst page = part1();\n'
    assert complete(marked, files, path="src/pages/cart.ts").startswith('"../domain/money"')


@pytest.mark.parametrize(
    ("word", "exchanges", "expected"),
    [
        ("setOrder", [("order", "client")], "setClient"),
        ("orderId", [("Order", "Client")], "clientId"),
        ("order", [("order", "client")], "client"),
        ("border", [("order", "client")], ""),
        ("orderly", [("order", "client")], ""),
        ("setOrder", [("id", "key")], ""),
        ("loadOrderLines", [("no", "yes"), ("order", "invoice")], "loadInvoiceLines"),
    ],
)
def test_names_made_of_exchanged_names(word: str, exchanges: list[tuple[str, str]], expected: str) -> None:
    """
    A part of a name is exchanged where it is a word of its own, with its capital kept.
    """
    assert rename(word, exchanges) == expected


def test_what_two_names_have_in_common_is_taken_away() -> None:
    """
    Two services differ in what they serve.
    """
    assert exchanged_parts("OrderService", "ClientService") == ("Order", "Client")
    assert exchanged_parts("useOrderList", "useClientList") == ("Order", "Client")
    assert exchanged_parts("order", "client") == ("order", "client")


def test_folders_give_names_too() -> None:
    """
    A folder or file named otherwise tells what the code in it is about.
    """
    assert exchanged_folders("src/order-line/api.ts", "src/client/api.ts") == [("orderLine", "client")]
    assert exchanged_folders("src/a.ts", "src/b/c.ts") == []
