"""
Whatever stands in a file and whatever a model says, the flow gives a sound completion or a named reason.
"""

import asyncio
from itertools import pairwise

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lsp_server.completion.engine import complete
from lsp_server.completion.place import place_of
from lsp_server.completion.request import Completion, NoCompletion, Outcome, TriggerKind
from lsp_server.completion.truncate import Reading
from lsp_server.providers.base import Chunk, MessageStop, StopReason, TextDelta
from lsp_server.settings import LANGUAGES, Settings
from tests.support.clock import ManualClock
from tests.support.cursors import no_context, request_at
from tests.support.marked import CURSOR
from tests.support.scripted_vendor import ScriptedVendor

PIECES = st.sampled_from(
    [
        *"(){}[]<>\"'`/\\;:,.=!?&|+-*@#$_ \n\t\r",
        *("=>", "${", "//", "/*", "*/", "</", "/>", "\r\n", "\n  ", "\n    ", "```", "```ts\n", "<completion>"),
        *("</completion>", "const a = ", "if (a) {", "return", " else ", "case 1:", "items.map((item) => ", "<div"),
        *(
            "<div>",
            "</div>",
            'className="',
            "import { a } from './b'",
            "function f(",
            "日本",
            "🎉",
            "\u2028",
            "a",
            "b1",
        ),
        "Here is the code:\n",
    ]
)
CODE = st.lists(PIECES, max_size=40).map("".join)


def flow(before: str, after: str, chunks: list[str], language: str) -> Outcome:
    """
    What is answered at the cursor between the two when a model says this.
    """
    request = request_at(f"{before}{CURSOR}{after}", language, trigger_kind=TriggerKind.INVOKED)
    reply: list[Chunk] = [*(TextDelta(chunk) for chunk in chunks), MessageStop(reason=StopReason.END)]
    return asyncio.run(
        complete(
            request,
            previous=None,
            provider=ScriptedVendor(reply),
            gather=no_context,
            settings=Settings(completion_debounce_ms=0),
            clock=ManualClock(),
        )
    )


@settings(max_examples=200, deadline=None)
@given(before=CODE, after=CODE, chunks=st.lists(CODE, max_size=6), language=st.sampled_from(LANGUAGES))
@example(before="}", after="", chunks=["}"], language="typescript")
@example(before="call(", after=")", chunks=[")", "\n"], language="typescript")
@example(before="<", after="", chunks=["/>"], language="typescriptreact")
def test_an_outcome_is_always_sound(before: str, after: str, chunks: list[str], language: str) -> None:
    """
    A completion has text, replaces nothing before the cursor and nothing beyond its line.
    """
    # No editor puts its cursor between the two halves of a line end.
    assume(not (before.endswith("\r") and after.startswith("\n")))
    outcome = flow(before, after, chunks, language)

    if isinstance(outcome, NoCompletion):
        return
    assert isinstance(outcome, Completion)
    document = outcome.document
    assert outcome.text.strip()
    assert outcome.span.start == outcome.offset == len(document.text) - len(after)
    assert outcome.span.end <= document.line_end(document.line_of(outcome.offset))
    assert not outcome.text[-1].isspace() or document.line_suffix(outcome.offset).strip()


@settings(max_examples=200, deadline=None)
@given(before=CODE, after=CODE, reply=CODE, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_a_reply_reads_the_same_however_it_is_cut(before: str, after: str, reply: str, cuts: list[int]) -> None:
    """
    Where a stream happens to be cut into chunks makes no difference.
    """
    place = place_of(request_at(f"{before}{CURSOR}{after}", "typescriptreact"))
    whole, pieces = Reading(place), Reading(place)
    whole.feed(reply)
    edges = [0, *sorted(min(cut, len(reply)) for cut in cuts), len(reply)]
    for start, end in pairwise(edges):
        if pieces.feed(reply[start:end]):
            break
    for reading in (whole, pieces):
        if not reading.done:
            reading.finish(cut_short=False)

    assert whole.code == pieces.code
