"""
Comments that silence findings: they stand where a comment may, and they work.
"""

import pytest

from lsp_server.review.silencing import silence
from lsp_server.text.document import Document
from tests.support.findings import finding_in, unmarked

PLACES = {
    "in a function": (
        "a.ts",
        "function f() {\n  «save();»\n}\n",
        "function f() {\n  // pacenotes-ignore[correctness]: it is meant\n  save();\n}\n",
    ),
    "tabs and CRLF": (
        "a.ts",
        "{\r\n\t«save();»\r\n}\r\n",
        "{\r\n\t// pacenotes-ignore[correctness]: it is meant\r\n\tsave();\r\n}\r\n",
    ),
    "at the top": ("a.ts", "«save();»", "// pacenotes-ignore[correctness]: it is meant\nsave();"),
    "among JSX children": (
        "a.tsx",
        "const a = (\n  <p>\n    «<b>{x}</b>»\n  </p>\n);\n",
        "const a = (\n  <p>\n    {/* pacenotes-ignore[correctness]: it is meant */}\n    <b>{x}</b>\n  </p>\n);\n",
    ),
    "a JSX attribute": (
        "a.tsx",
        "const a = (\n  <p\n    «id={x}»\n  />\n);\n",
        "const a = (\n  <p\n    // pacenotes-ignore[correctness]: it is meant\n    id={x}\n  />\n);\n",
    ),
    "the end of a template": (
        "a.ts",
        "const a = `\n  ${«x}`;»\n",
        "const a = `\n  ${x}`; // pacenotes-ignore[correctness]: it is meant\n",
    ),
    "several lines": (
        "a.ts",
        "if (a) {\n  «b(\n    c,\n  );»\n}\n",
        "if (a) {\n  // pacenotes-ignore[correctness]: it is meant\n  b(\n    c,\n  );\n}\n",
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_comment_stands_where_it_works(place: str) -> None:
    """
    With the indentation and the line ends of its place, in the form that the place allows.
    """
    path, marked, expected = PLACES[place]
    text, span = unmarked(marked)
    document = Document.create(f"file:///{path}", "typescriptreact" if path.endswith("x") else "typescript", 1, text)
    edit = silence(document, span, finding_in(text, span, file=path), "it  is\nmeant")

    assert edit is not None
    assert text[: edit.span.start] + edit.text + text[edit.span.end :] == expected


def test_no_comment_within_a_template() -> None:
    """
    Where it would be text that a program prints, none is offered.
    """
    text, span = unmarked("const a = `\n  «one»\n  two\n`;\n")
    document = Document.create("file:///a.ts", "typescript", 1, text)

    assert silence(document, span, finding_in(text, span), "it is meant") is None


def test_a_second_finding_is_silenced_beside_the_first() -> None:
    """
    A comment that is there already does not pass for the new one.
    """
    text, span = unmarked("// pacenotes-ignore[async]: why\n«save();»\n")
    document = Document.create("file:///a.ts", "typescript", 1, text)
    edit = silence(document, span, finding_in(text, span), "it is meant")

    assert edit is not None
    assert edit.text == "// pacenotes-ignore[correctness]: it is meant\n"
