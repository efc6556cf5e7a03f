"""
Render a free prompt over a selection, and read the answer to it.
"""

import re
from dataclasses import dataclass

from lsp_server.context.snippet import Context
from lsp_server.policy.redaction import redact_pieces
from lsp_server.prompts.template import context_blocks, files_shown, first_lines, in_words, last_lines, load, unused_tag
from lsp_server.providers.base import Message, Prompt, Purpose, TextBlock

NAME = "ask"
REPLY_TOKENS = 4_096
AROUND_TOKENS = 3_000
"""How much is shown on each side of the selection, in tokens."""
LONGEST_SELECTION = 40_000
"""In characters; more than that no answer would do justice to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """
    A selection in its file.
    """

    path: str
    language_id: str
    before: str
    selection: str
    after: str


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What was said, and the code to put in the place of the selection, if any was written.
    """

    answer: str
    replacement: str | None = None


def ask(passage: Passage, question: str, context: Context, *, edit: bool, request_id: str = "") -> Prompt:
    """
    Put `question` about a passage; with `edit`, ask for code in its place as well.

    Secrets are left out here already, where one that the selection cuts in two is still to be recognised.
    """
    template = load(NAME)
    shown, _ = redact_pieces([passage.before, passage.selection, passage.after])
    before, selection, after = last_lines(shown[0], AROUND_TOKENS), shown[1], first_lines(shown[2], AROUND_TOKENS)
    tag = unused_tag((before, selection, after, question, context.text, passage.path))
    asked = template.render(
        "user",
        tag=tag,
        path=passage.path,
        language=in_words(passage.language_id),
        before=before,
        selection=selection,
        after=after,
        question=question.strip(),
    )
    task = template.render("edit" if edit else "answer")
    return Prompt(
        purpose=Purpose.ASK,
        system=(TextBlock(template.render("system") + "\n\n" + task, stable=True),),
        messages=(Message("user", (*context_blocks(template, context, tag), TextBlock(asked))),),
        max_tokens=REPLY_TOKENS,
        fingerprint=template.fingerprint,
        files=files_shown(passage.path, context),
        request_id=request_id,
    )


def read(text: str, *, edit: bool) -> Reply:
    """
    The answer in a reply, and the replacement if one was asked for; one that breaks off half-way is none.
    """
    found = _REPLACEMENT.search(text)
    if not edit or found is None:
        return Reply(_BROKEN.sub("", text).strip() if edit else text.strip())
    code = found["code"]
    if fenced := _FENCED.fullmatch(code.strip()):
        code = fenced["code"]
    answer = text[: found.start()] + text[found.end() :]
    return Reply(answer.strip(), code.removeprefix("\n").removesuffix("\n"))


_REPLACEMENT = re.compile(r"<replacement>(?P<code>.*?)</replacement>", re.DOTALL)
_BROKEN = re.compile(r"<replacement>.*\Z", re.DOTALL)
_FENCED = re.compile(r"```\w*\n(?P<code>.*?)\n?```", re.DOTALL)
