"""
Reading type annotations as text.
"""

import pytest

from lsp_server.context import types


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A | null | undefined", ("A",)),
        ("(A & B) | C<D | E>", ("A & B", "C<D | E>")),
        ("readonly A[]", ("A[]",)),
        ("(a: A | B) => C", ("(a: A | B) => C",)),
        ("value is User", ("User",)),
        ("T extends A ? B : C", ()),
    ],
)
def test_alternatives(text: str, expected: tuple[str, ...]) -> None:
    """
    Unions and intersections fall apart at their own level only; conditional types are left alone.
    """
    assert types.alternatives(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Map<string, User[]>", ("Map", ("string", "User[]"))),
        ("ns.Thing", ("ns.Thing", ())),
        ("A[]", ("", ())),
        ("Fn<() => void, B>", ("Fn", ("() => void", "B"))),
    ],
)
def test_generics(text: str, expected: tuple[str, tuple[str, ...]]) -> None:
    """
    Arguments are split outside their own brackets.
    """
    assert types.generic(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User[]", "User"),
        ("ReadonlyArray<User>", "User"),
        ("Promise<User[]>", "User"),
        ("Map<string, User>", "User"),
        ("User", ""),
    ],
)
def test_elements(text: str, expected: str) -> None:
    """
    What a list holds, through the wrappers that do not matter.
    """
    assert types.element(text) == expected


def test_parameters_of_a_signature() -> None:
    """
    Modifiers, defaults, patterns and nested functions do not confuse names and types.
    """
    signature = "constructor(private readonly a: A, b = 1, { c }: { c: C }, d?: (x: X) => Y, ...rest: R[])"

    assert types.parameters(signature) == (
        ("a", "A"),
        ("b = 1", ""),
        ("{ c }", "{ c: C }"),
        ("d", "(x: X) => Y"),
        ("rest", "R[]"),
    )


def test_result_of_a_function_type() -> None:
    """
    The part behind the outer arrow.
    """
    assert types.result("(a: (b: B) => C) => Promise<D>") == "Promise<D>"
    assert types.result("User") == ""


def test_members_of_an_object_type() -> None:
    """
    Properties and methods, optional or quoted.
    """
    text = "{ a: A; b?: { c: C }; 'd-e': D; f(x: X): F }"

    assert types.object_members(text) == (("a", "A"), ("b", "{ c: C }"), ("d-e", "D"), ("f", "(x: X): F"))


@pytest.mark.parametrize("text", ["", "(", "<<<", "{ a", "A<", "() =>", "=>", "|||", "A['b'", ")" * 50, "(" * 2000])
def test_half_typed_annotations_are_no_error(text: str) -> None:
    """
    Whatever stands there, reading it ends.
    """
    types.alternatives(text)
    types.generic(text)
    types.element(text)
    types.parameters(text)
    types.object_members(text)
    types.result(text)
    types.indexed(text)
