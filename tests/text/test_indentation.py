"""
The indentation of a text is read off its lines.
"""

import pytest

from lsp_server.text.indentation import indent_of, unit_of


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        (["a {", "  b", "}"], "  "),
        (["a {", "    b {", "        c", "    }", "}"], "    "),
        (["a {", "\tb", "}"], "\t"),
        (["a", "b"], ""),
        ([], ""),
        (["/**", " * A comment.", " */", "a {", "    b", "}"], "    "),
        (["a {", "  b(", "      c,", "  )", "  d", "  e {", "    f", "  }"], "  "),
        (["a {", "", "  b", "", "}"], "  "),
    ],
)
def test_unit_of(lines: list[str], unit: str) -> None:
    """
    The commonest step is the unit, whatever is aligned differently.
    """
    assert unit == unit_of(lines)


@pytest.mark.parametrize(("line", "indent"), [("a", 0), ("  a", 2), ("\t\ta", 2), ("   ", 3), ("", 0)])
def test_indent_of(line: str, indent: int) -> None:
    """
    White space is counted in characters.
    """
    assert indent == indent_of(line)
