"""
Render prompts from the files of this folder; a word changed there changes the fingerprint of every prompt made from it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, count

from lsp_server.context.snippet import CHARS_PER_TOKEN, Context
from lsp_server.policy.redaction import redact_around
from lsp_server.providers.base import CompletionInputs, Message, Prompt, Purpose, TextBlock
from lsp_server.settings import Settings
from lsp_server.text.indentation import unit_of

OPENING_TAG = "<completion>"
CLOSING_TAG = "</completion>"

TAG = "pacenotes"
"""What the tags round source text begin with, unless that text itself uses them."""

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_HEADER = re.compile(r"---\n(?P<header>.*?)\n---\n", re.DOTALL)
_SECTION = re.compile(r"^# (\w+)\n", re.MULTILINE)

_LANGUAGES = {
    "typescript": "TypeScript",
    "typescriptreact": "TypeScript with JSX",
    "javascript": "JavaScript",
    "javascriptreact": "JavaScript with JSX",
}


@dataclass(frozen=True, kw_only=True)
class Template:
    """
    One prompt file: what it is for, what it needs, what the model must answer, and its texts by name.
    """

    purpose: str
    inputs: Mapping[str, str]
    output: str
    sections: Mapping[str, str]
    fingerprint: str

    def render(self, section: str, **values: str) -> str:
        """
        A section with its placeholders filled in, all of them and no others.

        Raises:
            ValueError: a placeholder has no value, or a value no placeholder.
        """
        text = self.sections[section]
        if differing := set(_PLACEHOLDER.findall(text)) ^ set(values):
            raise ValueError(f"prompt section {section!r}: no match for {', '.join(sorted(differing))}")
        return _PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], text)


def inline_completion(
    inputs: CompletionInputs, context: Context, settings: Settings, *, request_id: str = ""
) -> Prompt:
    """
    Ask for the code between `inputs.prefix` and `inputs.suffix`.

    Only as much of the two is shown as the settings allow, always in whole lines; secrets are left out here already,
    where one that the cursor or the border of what is shown cuts in two is still to be recognised.
    """
    template = load("inline_completion")
    before, after = _visible(inputs, settings)
    tag = unused_tag((before, after, context.text, inputs.path))
    asked = template.render(
        "user",
        tag=tag,
        path=inputs.path,
        language=in_words(inputs.language_id),
        indentation=_step(unit_of(before.splitlines()[-200:]) or unit_of(after.splitlines()[:200])),
        reach=template.render("several_lines" if inputs.multiline else "one_line"),
        after=after,
        before=before,
    )
    return Prompt(
        purpose=Purpose.COMPLETION,
        system=(TextBlock(template.render("system"), stable=True),),
        messages=(Message("user", (*context_blocks(template, context, tag), TextBlock(asked))),),
        max_tokens=settings.completion_max_tokens,
        fingerprint=template.fingerprint,
        stop_sequences=(CLOSING_TAG,),
        reply_start=OPENING_TAG,
        files=files_shown(inputs.path, context),
        inputs=inputs,
        request_id=request_id,
    )


def _visible(inputs: CompletionInputs, settings: Settings) -> tuple[str, str]:
    before = last_lines(inputs.prefix, settings.completion_prefix_tokens)
    after = first_lines(inputs.suffix, settings.completion_suffix_tokens)
    cursor = len(inputs.prefix)
    shown = redact_around(inputs.prefix + inputs.suffix, cursor, cursor - len(before), cursor + len(after))
    return shown.prefix, shown.suffix


def last_lines(text: str, tokens: int) -> str:
    """
    The last lines of `text` that fit into `tokens`, and the very last in any case.
    """
    start = len(text) - tokens * CHARS_PER_TOKEN
    if start <= 0:
        return text
    last_line = text.rfind("\n") + 1
    return text[min(last_line, text.find("\n", start - 1) + 1 or last_line) :]


def first_lines(text: str, tokens: int) -> str:
    """
    The first lines of `text` that fit into `tokens`, and what is left of the very first in any case.
    """
    if len(text) <= tokens * CHARS_PER_TOKEN:
        return text
    fitting = text.rfind("\n", 0, tokens * CHARS_PER_TOKEN)
    end = fitting if fitting >= 0 else text.find("\n")
    return text if end < 0 else text[: end + 1]


def context_blocks(template: Template, context: Context, tag: str) -> tuple[TextBlock, ...]:
    """
    What comes from other places, before what is asked; nothing if there is nothing.

    It is not marked as stable: keeping it costs a quarter more, which pays when more than a fifth of the requests read
    it again, and of those that are made 80 characters apart in real files 7 % do.
    """
    if not context.text:
        return ()
    return (TextBlock(template.render("context", tag=tag, context=context.text) + "\n\n"),)


def files_shown(path: str, context: Context) -> tuple[str, ...]:
    """
    The files whose text is in a prompt on `path`, each once.
    """
    return tuple(dict.fromkeys((path, *(snippet.path for snippet in context.snippets))))


def unused_tag(texts: Iterable[str]) -> str:
    """
    A word to build tags with that occurs in no tag of `texts`, so that they can be shown as they are.
    """
    shown = "\n".join(texts)
    tags = chain((TAG,), (f"{TAG}{number}" for number in count(2)))
    return next(tag for tag in tags if f"<{tag}_" not in shown and f"</{tag}_" not in shown)


def in_words(language_id: str) -> str:
    """
    What people call a language.
    """
    return _LANGUAGES.get(language_id, "TypeScript")


@cache
def load(name: str) -> Template:
    """
    Read the prompt file of this name.

    Raises:
        ValueError: its header lacks something, or it declares other inputs than it uses.
    """
    return parse_template((files(__package__) / f"{name}.md").read_text("utf-8"))


def parse_template(source: str) -> Template:
    """
    Read a prompt file's text.

    Raises:
        ValueError: as `load`.
    """
    head = _HEADER.match(source)
    if head is None:
        raise ValueError("a prompt begins with a header between two lines of ---")
    header = _header(head["header"])
    parts = _SECTION.split(source[head.end() :])
    sections = {name: text.strip("\n") for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    used = {placeholder for text in sections.values() for placeholder in _PLACEHOLDER.findall(text)}
    inputs = {name: value for name, value in header.items() if name not in ("purpose", "inputs", "output")}
    if differing := used ^ set(inputs):
        raise ValueError(f"declared or used only: {', '.join(sorted(differing))}")
    if not (header.get("purpose") and header.get("output") and all(inputs.values()) and sections):
        raise ValueError("a prompt names its purpose, each of its inputs and its output, and has a section")
    return Template(
        purpose=header["purpose"],
        inputs=inputs,
        output=header["output"],
        sections=sections,
        fingerprint=hashlib.sha256(source.encode()).hexdigest()[:12],
    )


def _header(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _step(unit: str) -> str:
    return "tabs" if unit == "\t" else f"{len(unit) or 2} spaces"
