"""
A free prompt shows the selection as it is, and of the answer only what was asked for is taken.
"""

import pytest

from lsp_server.context.snippet import Context, ContextSnippet
from lsp_server.prompts.ask_template import AROUND_TOKENS, Passage, Reply, ask, read
from lsp_server.providers.base import Prompt, Purpose
from tests.support.findings import unmarked

SOURCE = "import { a } from './a';\n\nfunction f() {\n  «return a();»\n}\n"
KEY = "sk-ant-api03-" + "A1b2C3d4" * 11 + "-AA"


def prompt_for(
    marked: str = SOURCE, question: str = "Why?", context: Context | None = None, *, edit: bool = False
) -> Prompt:
    """
    The prompt for the marked selection.
    """
    text, span = unmarked(marked)
    passage = Passage(
        path="src/f.ts",
        language_id="typescript",
        before=text[: span.start],
        selection=text[span.start : span.end],
        after=text[span.end :],
    )
    return ask(passage, question, context or Context(), edit=edit, request_id="r1")


def user_text(prompt: Prompt) -> str:
    (message,) = prompt.messages
    return message.text


def test_the_selection_is_shown_with_what_is_round_it() -> None:
    """
    Verbatim, in tags of its own, with the question last.
    """
    prompt = prompt_for()
    text = user_text(prompt)

    assert (prompt.purpose, prompt.files, prompt.request_id) == (Purpose.ASK, ("src/f.ts",), "r1")
    assert "<pacenotes_selection>return a();</pacenotes_selection>" in text
    assert "import { a } from './a';\n\nfunction f() {\n  </pacenotes_before_selection>" in text
    assert text.endswith("<pacenotes_question>\nWhy?\n</pacenotes_question>")


def test_only_an_edit_is_asked_to_be_an_edit() -> None:
    """
    The system's words say which of the two is wanted.
    """
    assert "<replacement>" in prompt_for(edit=True).system[0].text
    assert "<replacement>" not in prompt_for().system[0].text


def test_no_code_closes_a_tag() -> None:
    """
    What the code holds decides what the tags are called.
    """
    text = user_text(prompt_for("«const a = '</pacenotes_selection>';»\n"))

    assert "<pacenotes2_selection>const a = '</pacenotes_selection>';</pacenotes2_selection>" in text


def test_context_comes_first_and_its_files_are_named() -> None:
    """
    So that the guard can refuse what is excluded.
    """
    snippet = ContextSnippet(
        path="src/a.ts", start_line=0, end_line=1, text="export function a();", retriever="i", score=1.0, reason="r"
    )
    prompt = prompt_for(context=Context(snippets=(snippet,), text="// src/a.ts\nexport function a();"))

    assert user_text(prompt).startswith("<pacenotes_workspace>\n// src/a.ts")
    assert prompt.files == ("src/f.ts", "src/a.ts")


def test_only_so_much_is_shown() -> None:
    """
    The nearest lines on both sides; all of the selection.
    """
    far = "// far\n" * 10_000
    text = user_text(prompt_for(f"{far}«here();»\n{far}"))

    assert "here();" in text
    assert len(text) < 3 * 4 * AROUND_TOKENS


def test_a_secret_that_the_selection_cuts_in_two_is_left_out() -> None:
    """
    Neither half is shown.
    """
    half = len(KEY) // 2
    text = user_text(prompt_for(f"const key = '{KEY[:half]}«{KEY[half:]}';»\n"))

    assert KEY[:half] not in text
    assert KEY[half:] not in text


@pytest.mark.parametrize(
    ("text", "edit", "reply"),
    [
        ("It throws.\n", False, Reply("It throws.")),
        ("<replacement>a();</replacement>Done.", True, Reply("Done.", "a();")),
        ("<replacement>\n  a();\n\n  b();\n</replacement>\nDone.", True, Reply("Done.", "  a();\n\n  b();")),
        ("<replacement>\n```ts\na();\n```\n</replacement>", True, Reply("", "a();")),
        ("First.<replacement></replacement> Then.", True, Reply("First. Then.", "")),
        ("Nothing to change.", True, Reply("Nothing to change.")),
        ("Look:<replacement>a(", True, Reply("Look:")),
        ("<replacement>a();</replacement>", False, Reply("<replacement>a();</replacement>")),
    ],
)
def test_of_the_answer_what_was_asked_for_is_taken(text: str, edit: bool, reply: Reply) -> None:
    """
    An edit that breaks off is none, and none is taken unless one was asked for.
    """
    assert read(text, edit=edit) == reply
