"""
The measure of what known names are worth, measured.
"""

import random
import re

import pytest

from tests.evaluation.names.replay import NAME, Mistakes, mistakes_in, type_stretch

TRUTH = "".join(
    f"export function save{name}(order: Order): void {{\n"
    f"  const receipt = store.insert(order.{name.lower()});\n"
    f"  log.info(receipt.number);\n"
    "}\n\n"
    for name in ("Price", "Weight", "Colour", "Size", "Owner", "State")
)
KNOWN = frozenset(NAME.findall(TRUTH))


def test_mistakes_are_of_names_alone() -> None:
    """
    As many as asked for, each where a name stands that is no keyword, made up or taken from elsewhere.
    """
    mistakes = mistakes_in(TRUTH, 1.0, 0.5, ["elsewhere"], random.Random(1))

    for start, (end, said) in mistakes.items():
        assert TRUTH[start:end] in KNOWN - {"export", "function", "const", "void"}
        assert said in ("elsewhere", f"wrong{TRUTH[start:end].capitalize()}")
    assert {said == "elsewhere" for _, said in mistakes.values()} == {True, False}
    assert not mistakes_in(TRUTH, 0.0, 1.0, ["elsewhere"], random.Random(1))


@pytest.mark.parametrize("known", [None, KNOWN])
async def test_a_model_that_is_always_right_leaves_little_to_type(known: frozenset[str] | None) -> None:
    """
    And nothing that it says is wrong, whether names are known or not.
    """
    typed = await type_stretch(TRUTH, {}, known, 300)

    assert typed.wrong == 0
    assert typed.keys < typed.characters / 5


async def test_known_names_spare_what_is_wrong() -> None:
    """
    Each line has one made-up name: with known names none of it is seen, and more of the rest is taken.
    """
    mistakes: Mistakes = {match.start(): (match.end(), "insertAll") for match in re.finditer("insert", TRUTH)}
    suspected = await type_stretch(TRUTH, mistakes, KNOWN, 300)
    believed = await type_stretch(TRUTH, mistakes, None, 300)

    assert suspected.wrong == 0 < believed.wrong
    assert suspected.keys < believed.keys
