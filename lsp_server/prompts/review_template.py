"""
Render the prompts of a review: instructions first, everything that comes from files between tags it cannot close.
"""

import hashlib
from collections.abc import Iterable
from itertools import count

from lsp_server.policy.redaction import redact
from lsp_server.prompts.template import load
from lsp_server.providers.base import Message, Prompt, Purpose, TextBlock, Tool

REPLY_TOKENS = 4_096
NAME = "review"


def wording() -> str:
    """
    What identifies the words of these prompts.
    """
    return load(NAME).fingerprint


def review(change: str, *, guidelines: str, tool: Tool, files: Iterable[str], request_id: str) -> Prompt:
    """
    Ask for the hazards in `change`, which is already free of secrets and hidden characters.
    """
    template = load(NAME)
    system = [TextBlock(template.render("system"), stable=True)]
    if guidelines:
        tag = tag_for("guidelines", guidelines)
        system.append(TextBlock("\n\n" + template.render("guidelines", tag=tag, guidelines=guidelines), stable=True))
    user = template.render("user", tag=tag_for("change", change), change=change)
    return _prompt(system, user, tool, files, request_id)


def verification(change: str, findings: str, *, tool: Tool, files: Iterable[str], request_id: str) -> Prompt:
    """
    Ask how sure a second look at `change` is of `findings`, which are JSON.
    """
    template = load(NAME)
    tag = tag_for("change", change, findings)
    user = template.render("verify_user", tag=tag, change=change, findings=findings)
    return _prompt([TextBlock(template.render("verify_system"), stable=True)], user, tool, files, request_id)


def tag_for(word: str, *data: str) -> str:
    """
    The name of a tag that none of `data` holds: made from a hash of it, so that the same data has the same tag.
    """
    text = "\n".join(data)
    seed = text.encode(errors="replace")
    for number in count():
        tag = f"{word}-{hashlib.sha256(seed + b'%d' % number).hexdigest()[:16]}"
        if tag not in text:
            return tag
    raise AssertionError


def _prompt(system: Iterable[TextBlock], user: str, tool: Tool, files: Iterable[str], request_id: str) -> Prompt:
    # System blocks are not searched for secrets on their way out, since they hold nothing but our own words else.
    return Prompt(
        purpose=Purpose.REVIEW,
        system=tuple(TextBlock(redact(block.text).text, block.stable) for block in system),
        messages=(Message("user", (TextBlock(user),)),),
        max_tokens=REPLY_TOKENS,
        fingerprint=wording(),
        tool=tool,
        files=tuple(dict.fromkeys(files)),
        request_id=request_id,
    )
