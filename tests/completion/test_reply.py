"""
The code in a reply is found behind whatever a chat model puts round it.
"""

import pytest

from lsp_server.completion import reply
from lsp_server.completion.request import NoCompletionReason
from lsp_server.completion.truncate import Reading
from tests.support.cursors import place_at

AFTER_EQUALS = "const total = █"
IN_BODY = "function f() {\n  █\n}\n"


def code_in(source: str, text: str, *, pieces: int, language: str = "typescript") -> str:
    """
    The code that is read from `text`, given in pieces of so many characters.
    """
    reading = Reading(place_at(source, language))
    for start in range(0, len(text), pieces):
        if reading.feed(text[start : start + pieces]):
            return reading.code
    reading.finish(cut_short=False)
    return reading.code


@pytest.mark.parametrize("pieces", [1, 3, 1000])
@pytest.mark.parametrize(
    ("source", "text", "code"),
    [
        # bare or tagged, the opener missing, the closer missing or cut off
        (AFTER_EQUALS, "a + b;", "a + b;"),
        (AFTER_EQUALS, "<completion>a + b;</completion>", "a + b;"),
        (AFTER_EQUALS, "a + b;</completion>", "a + b;"),
        (AFTER_EQUALS, "<completion>a + b;", "a + b;"),
        (AFTER_EQUALS, "<completion>a + b;</compl", "a + b;"),
        (AFTER_EQUALS, "\n<completion>a + b;</completion>\nDone.", "a + b;"),
        (AFTER_EQUALS, "<completion></completion>", ""),
        (AFTER_EQUALS, "", ""),
        # line breaks that set off the answer
        (AFTER_EQUALS, "<completion>\na + b;\n</completion>", "a + b;"),
        ("call({█", "<completion>\n  a,\n})</completion>", "\n  a,\n})"),
        ("items█", "<completion>\n  .map(f)</completion>", "\n  .map(f)"),
        ("items.█", "\nmap(f)", "map(f)"),
        # fences
        (AFTER_EQUALS, "```ts\na + b;\n```", "a + b;"),
        (AFTER_EQUALS, "```\na + b;\n```\n", "a + b;"),
        (AFTER_EQUALS, "```typescript\n<completion>a + b;</completion>\n```", "a + b;"),
        (AFTER_EQUALS, "<completion>\n```tsx\na + b;\n```\n</completion>", "a + b;"),
        (AFTER_EQUALS, "```ts a + b;```", "a + b;"),
        (AFTER_EQUALS, "a + b;\n```", "a + b;"),
        (AFTER_EQUALS, "`a ${b}`;", "`a ${b}`;"),
        ("a();\n█", "```ts\n/**\n```", "/**\n"),
        ("a();\n█", "```ts\n/**\n * One: ``` a ```\n */\nb();\n```", "/**\n * One: ``` a ```\n */\nb();"),
        ("/**\n * █\n */", "```ts", "```ts"),
        # prose before and after
        (AFTER_EQUALS, "Here is the completion:\n\n```ts\na + b;\n```\n\nIt adds both.", "a + b;"),
        (AFTER_EQUALS, "Sure! Here you go:\na + b;", "a + b;"),
        (AFTER_EQUALS, "The completion is:\n<completion>a + b;</completion>", "a + b;"),
        (AFTER_EQUALS, "a + b;\n\nThis adds the two numbers together.", "a + b;"),
        (IN_BODY, "return a;\n\nThis returns the value that was given.", "return a;\n\n"),
        ('import a from "./█', "Here's the rest of the path:\n\n```ts\ncart\";\n```", 'cart";'),
        ("// Adds █", "This and that, as is usual in comments.", "This and that, as is usual in comments."),
        # line ends
        (AFTER_EQUALS, "call(\r\n  a,\r\n);\r\nnext();", "call(\n  a,\n);"),
    ],
)
def test_code_is_found(source: str, text: str, code: str, pieces: int) -> None:
    """
    The same code is found however the reply is cut into pieces.
    """
    assert code == code_in(source, text, pieces=pieces)


@pytest.mark.parametrize("pieces", [1, 4, 1000])
@pytest.mark.parametrize(
    ("source", "text", "code"),
    [
        # the line: raw, without its indentation, without its last space
        ("  const total = █", "  const total = a + b;", "a + b;"),
        ("  const total = █", "const total = a + b;", "a + b;"),
        ("  return █", "return a;", "a;"),
        ("  return █", "  return a;", "a;"),
        ("  | █", "  | undefined", "undefined"),
        ("type A = B | █", "| undefined;", "undefined;"),
        ("  if (a && █", "&& b) {\n}", "b) {\n}"),
        ("\treturn █", "\treturn a;", "a;"),
        # the last expression
        ("const a = items.█", "items.map(f);", "map(f);"),
        ("const a = this.state.it█", "this.state.items;", "ems;"),
        ("const a = user?.█", "user?.name;", "name;"),
        ("  a = format(b, █", "format(b, c);", "c);"),
        # the word
        ("const us█", "userName = 1;", "erName = 1;"),
        ("con█", "console.log(a);", "sole.log(a);"),
        ("c█", "const a = 1;", "onst a = 1;"),
        ("  ret█", "return a;", "urn a;"),
        ('import a from "./ca█', 'cart";', 'rt";'),
        # a sign just typed
        ('call("█', '"text");', 'text");'),
        ("call({\n  a: call({\n    b,\n  })█", "});", ";"),
        ("f(() => {\n  g();\n})█", "});", ";"),
        # lines above, down to the cursor
        ("function f(a) {\n  const b = a;\n  return █\n}", "  const b = a;\n  return b;", "b;"),
        ("function f(a) {\n  const b = a;\n  return █\n}", "function f(a) {\n  const b = a;\n  return b;\n}", "b;"),
        ("function f(a) {\n  const bee = a;\n  █\n}", "  const bee = a;\n  return bee;", "return bee;"),
        (
            "function f(a) {\n\n  const bee = a;\n\n  █\n}",
            "function f(a) {\n  const bee = a;\n  return bee;",
            "return bee;",
        ),
    ],
)
def test_an_echo_is_skipped(source: str, text: str, code: str, pieces: int) -> None:
    """
    What stands before the cursor is not offered again.
    """
    assert code == code_in(source, text, pieces=pieces)


@pytest.mark.parametrize("pieces", [1, 1000])
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("const a = z.array(█", "z.array(z.string()));"),
        ("const a = Math.max(█);", "Math.max(b, c), d"),
        ("const zz = 1;\nconst a = z█", "z + 1;"),
        ("const a = 1█", "10;"),
        ("if (typeof a =█", '== "b") {}'),
        ("const a = b =█", "> b;"),
        ("const list = [1, █", "1, 2];"),
        ("a.map((b) => (\n  c\n)█", ");"),
        ("  break;\n  █", "break;"),
        ("const s = 'a █", "a';"),
        ('call("█', '", "b");'),
        ("f(a);\nf(a);\n█", "f(b);"),
        ("const one = 1;\nconst two = 2;\n█", "const one1 = 1;"),
    ],
)
def test_what_only_looks_like_an_echo_stays(source: str, text: str, pieces: int) -> None:
    """
    Code repeats itself, and a closer or digit says little.
    """
    assert text == code_in(source, text, pieces=pieces)


@pytest.mark.parametrize(
    ("source", "text", "code"),
    [
        (IN_BODY, "  return a;", "return a;"),
        (IN_BODY, "    return a;", "return a;"),
        (IN_BODY, "\n  return a;", "return a;"),
        (IN_BODY, "\treturn a;", "return a;"),
        ("function f() {\n█\n}\n", "  return a;", "  return a;"),
        ("class A {\n  f() {\n  █\n  }\n}\n", "    return a;", "  return a;"),
        ("const a = █", " b;", "b;"),
        ("const a =█", " b;", " b;"),
        ("call(█)", " a", "a"),
        ("call(a,█)", " b", " b"),
        ("items.█", " map(f)", "map(f)"),
    ],
)
def test_space_that_is_there_already_is_skipped(source: str, text: str, code: str) -> None:
    """
    Indentation and spaces are not doubled, and missing ones are kept.
    """
    assert code == code_in(source, text, pieces=1000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NoCompletionReason.EMPTY_REPLY),
        ("<completion></completion>", NoCompletionReason.EMPTY_REPLY),
        ("```ts\n```", NoCompletionReason.EMPTY_REPLY),
        ("I can't complete this code without more context.", NoCompletionReason.NOT_CODE),
        ("The code looks complete already.\n\nThere is nothing to add here.", NoCompletionReason.NOT_CODE),
        ("  const total = ", NoCompletionReason.REPEATS_PREFIX),
        ("const total =", NoCompletionReason.REPEATS_PREFIX),
    ],
)
def test_a_reply_without_code_says_why(text: str, reason: NoCompletionReason) -> None:
    """
    Nothing, only prose, or only an echo.
    """
    reading = Reading(place_at("  const total = █"))
    reading.feed(text)
    reading.finish(cut_short=False)

    assert reading.code.strip() == ""
    assert reading.reason is reason


@pytest.mark.parametrize(
    ("line", "is_prose"),
    [
        ("Here is the completed code:", True),
        ("I'll complete the `total()` function.", True),
        ("This returns the total of all items in the cart.", True),
        ("**Note**: nothing else is needed here.", True),
        ("const here = 1;", False),
        ("Here", False),
        ("export default Cart", False),
        ("A extends B,", False),
        ("In extends object, Out,", False),
        ("The.map(a => b)", False),
        ("// This is a comment that explains.", False),
        ("This: string;", False),
    ],
)
def test_is_prose(line: str, is_prose: bool) -> None:
    """
    Sentences about code are told from code, and from comments.
    """
    assert is_prose == reply.is_prose(line)
