"""
A name that a model has made up, through `pacenotes complete`: the index of the workspace tells.
"""

import json

import pytest

from lsp_server.index.known_names import ENOUGH_LINES
from tests.support.messages_api import API_KEY, MessagesApi
from tests.support.workplace import Workplace

CART = "export function total(items: readonly Item[]): number {\n  return items.\n}\n"
AT_THE_DOT = "src/cart.ts:2:16"
MUCH = "\n" * (ENOUGH_LINES // 3 + 9)


@pytest.mark.parametrize(
    ("reply", "lines", "found"),
    [
        ("reduceToSum(priceOf);", MUCH, ("unknown_name", None)),
        ("reduce(sumOf(priceOf), 0);", MUCH, (None, "reduce(")),
        ("reduce(priceOf, 0);", MUCH, (None, "reduce(priceOf, 0);")),
        ("reduceToSum(priceOf);", "", (None, "reduceToSum(priceOf);")),
    ],
    ids=["made up", "made up later", "known", "small workspace"],
)
def test_nothing_made_up_is_offered(
    workplace: Workplace, reply: str, lines: str, found: tuple[str | None, str | None]
) -> None:
    """
    What stands in another file is known; where there are few files, nobody can tell.
    """
    workplace.write("src/cart.ts", CART)
    workplace.write("src/price.ts", f"export const priceOf = 1;{lines}")
    workplace.write("src/other.ts", lines)
    workplace.write("src/third.ts", lines)
    with MessagesApi(reply) as api:
        done = workplace.run("complete", AT_THE_DOT, "--json", ANTHROPIC_API_KEY=API_KEY, ANTHROPIC_BASE_URL=api.url)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer.get("reason"), answer["text"]) == found
