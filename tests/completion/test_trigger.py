"""
Where a completion would disturb none is asked for, and an engineer who asks gets one all the same.
"""

from typing import Any

import pytest

from lsp_server.completion.request import NoCompletionReason, TriggerKind
from lsp_server.completion.trigger import LONGEST_LINE, reason_to_skip
from lsp_server.settings import Settings
from tests.support.cursors import request_at


def reason_at(source: str, language: str = "typescript", **settings: Any) -> NoCompletionReason | None:
    """
    Why nothing is asked for at the mark while the engineer types.
    """
    return reason_to_skip(request_at(source, language), Settings(**settings))


@pytest.mark.parametrize(
    "source",
    [
        "const a = █",
        "const a = items.█",
        "const us█",
        "function f() {\n  █\n}",
        "call(█)",
        "call(█);",
        "call(a, █)",
        "call(█, b)",
        "call({ a: █ });",
        'call("█");',
        "const { █ } = props;",
        "const [a, █] = b;",
        "function f(█): void {",
        "function f(a: █, b: string) {",
        "if (█) {",
        "if (a)█",
        "for (let i = 0;█",
        "for (let i = 0; i < n;█) {",
        "items.map((a) =>█)",
        "const f = (█) =>",
        "a ? █ : b",
        "type A = █;",
        "// Adds █",
        'import { a } from "./█";',
        "const a = `${█}`;",
        "import { a } from 'a';\n█",
        "}\n\n█",
        "a();\n█",
        "call()█",
        "const a = [1, 2]█",
    ],
)
def test_ordinary_places(source: str) -> None:
    """
    Wherever an engineer types something new, a completion is asked for.
    """
    assert reason_at(source) is None


@pytest.mark.parametrize(
    "source",
    [
        "return <div>█</div>;",
        "return <Input █ />;",
        "return <Input value={█} />;",
        'return <div className="█">a</div>;',
        "return (\n  <div>\n    █\n  </div>\n);",
        "return <█",
    ],
)
def test_ordinary_places_in_jsx(source: str) -> None:
    """
    The same for elements and attributes.
    """
    assert reason_at(source, "typescriptreact") is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("█", NoCompletionReason.NOTHING_TYPED),
        ("\n\n  █\n", NoCompletionReason.NOTHING_TYPED),
        ("const us█er = 1;", NoCompletionReason.MID_WORD),
        ("call(a█b)", NoCompletionReason.MID_WORD),
        ("const a = █b + c;", NoCompletionReason.MID_LINE),
        ("return █ a;", NoCompletionReason.MID_LINE),
        ("const a = b █+ c;", NoCompletionReason.MID_LINE),
        ("call(█a, b)", NoCompletionReason.MID_LINE),
        ("a();█", NoCompletionReason.AFTER_STATEMENT_END),
        ("a();  █", NoCompletionReason.AFTER_STATEMENT_END),
        ("if (a) {\n}█", NoCompletionReason.AFTER_STATEMENT_END),
        ("  }█\n}", NoCompletionReason.AFTER_STATEMENT_END),
    ],
)
def test_places_to_leave_alone(source: str, reason: NoCompletionReason) -> None:
    """
    In words and expressions that go on, and behind what is complete.
    """
    assert reason is reason_at(source)


@pytest.mark.parametrize("source", ["// a; b;█", 'const a = "b;█', "const a = `b;█`", "/* }█"])
def test_a_semicolon_in_running_text_ends_nothing(source: str) -> None:
    """
    Only code has statements.
    """
    assert reason_at(source) is None


def test_comments_and_strings_by_setting() -> None:
    """
    Either can be left alone.
    """
    comment, string = "a();\n// Adds █", 'a("b █");'

    assert reason_at(comment, completion_in_comments=False) is NoCompletionReason.INSIDE_COMMENT
    assert reason_at(string, completion_in_strings=False) is NoCompletionReason.INSIDE_STRING
    assert reason_at(comment, completion_in_strings=False) is None
    assert reason_at(string, completion_in_comments=False) is None


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"enabled": False}, NoCompletionReason.DISABLED),
        ({"completion_enabled": False}, NoCompletionReason.DISABLED),
        ({"completion_languages": ("javascript",)}, NoCompletionReason.LANGUAGE_DISABLED),
        ({"max_file_kb": 1}, NoCompletionReason.FILE_TOO_LARGE),
    ],
)
@pytest.mark.parametrize("kind", TriggerKind)
def test_what_holds_for_everybody(settings: dict[str, Any], reason: NoCompletionReason, kind: TriggerKind) -> None:
    """
    What is switched off, or too large, stays so even when asked explicitly.
    """
    request = request_at("// line\n" * 200 + "const a = █", trigger_kind=kind)

    assert reason is reason_to_skip(request, Settings(**settings))


def test_a_line_no_engineer_wrote() -> None:
    """
    Minified code is not completed.
    """
    assert reason_at("a();" * LONGEST_LINE + "█") is NoCompletionReason.FILE_TOO_LARGE


@pytest.mark.parametrize("source", ["█", "const us█er = 1;", "return █ a;", "a();█", "// Adds █", "}█"])
def test_an_engineer_who_asks_is_answered(source: str) -> None:
    """
    Where we would not ask ourselves, too.
    """
    request = request_at(source, trigger_kind=TriggerKind.INVOKED)

    assert reason_to_skip(request, Settings(completion_in_comments=False)) is None
