"""
Context is gathered once for as long as only a word is typed.
"""

import pytest

from lsp_server.completion.kept_context import KEPT_FOR_S, KeptContext
from lsp_server.completion.request import CompletionRequest
from lsp_server.context.snippet import Context
from tests.support.clock import ManualClock
from tests.support.cursors import request_at


async def gathered(*sources: str, budgets: tuple[int, ...] = (100, 100), wait_s: float = 0.0) -> int:
    """
    How often context is gathered when these are asked about one after another.
    """
    clock, asked = ManualClock(), []
    kept = KeptContext(clock)

    async def gather(request: CompletionRequest, _budget: int) -> Context:
        asked.append(request.offset)
        return Context()

    for source, budget in zip(sources, budgets, strict=True):
        await kept.gather(request_at(source), budget, gather)
        clock.advance(wait_s)
    return len(asked)


@pytest.mark.parametrize(
    ("before", "now", "times"),
    [
        # another letter of a word, another name for something new
        ("f();\nuser.na█\ng();", "f();\nuser.name█\ng();", 1),
        ("f();\nconst a = █\ng();", "f();\nconst b2 = █\ng();", 1),
        # another word, another receiver
        ("f();\nuser.na█\ng();", "f();\nuser.name.█\ng();", 2),
        ("f();\nuser.na█\ng();", "f();\nitem.na█\ng();", 2),
        # another line, a change elsewhere, something else behind the cursor
        ("f();\na█\n\ng();", "f();\na\n█\ng();", 2),
        ("f();\na█\ng();", "f2();\na█\ng();", 2),
        ("f();\na█\ng();", "f();\na█\nh();", 2),
        ("f();\na█\ng();", "f();\na█)\ng();", 2),
    ],
)
async def test_what_makes_a_difference(before: str, now: str, times: int) -> None:
    """
    Whatever may change what helps here.
    """
    assert await gathered(before, now) == times


async def test_another_budget_and_other_times() -> None:
    """
    It is not kept for long, since other files change.
    """
    assert await gathered("a█", "a█", budgets=(100, 200)) == 2
    assert await gathered("a█", "a█", wait_s=KEPT_FOR_S + 1) == 2
