"""
Following a reply event by event.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.providers.base import StopReason, Usage
from lsp_server.providers.reply import PartialReply
from tests.support import replies
from tests.support.prompts import completion_prompt, review_prompt
from tests.support.replies import Reply

USAGE = {"input_tokens": 900, "cache_read_input_tokens": 80, "cache_creation_input_tokens": 20}


def events(reply: Reply) -> list[dict[str, Any]]:
    return list(replies.events(reply, {"max_tokens": 100_000}, "claude-haiku-5-5", USAGE))


@given(
    text=st.text(max_size=200),
    thinking=st.text(max_size=50),
    chunk=st.integers(1, 20),
    prefill=st.sampled_from(["", "<completion>"]),
)
def test_the_text_is_put_together_and_nothing_else(text: str, thinking: str, chunk: int, prefill: str) -> None:
    """
    However a reply is cut up, its text comes out whole, after the prefill and without thoughts.
    """
    partial = PartialReply(completion_prompt(), model="m", prefill=prefill)
    found = "".join(partial.text_of(event) for event in events(Reply(text=text, thinking=thinking, chunk=chunk)))
    assert found == (prefill + text if text else "")
    assert partial.stop().reason is StopReason.END
    assert partial.stop().model == "claude-haiku-5-5"
    assert not partial.usage.estimated


@given(text=st.text(min_size=1, max_size=200), taken=st.integers(0, 30))
def test_an_unfinished_reply_is_estimated(text: str, taken: int) -> None:
    """
    At every event the cost so far has the input as reported and at least the written text as output.
    """
    partial = PartialReply(completion_prompt(), model="m")
    before_the_end = [event for event in events(Reply(text=text)) if event["type"] != "message_delta"]
    written = sum(len(partial.text_of(event)) for event in before_the_end[: taken + 1])
    assert partial.usage == Usage(
        input_tokens=900,
        cache_read_tokens=80,
        cache_write_tokens=20,
        output_tokens=max(1, written // 4),
        estimated=True,
    )


def test_prefill_is_not_counted_as_written() -> None:
    """
    What we put into the model's mouth is input, not output.
    """
    partial = PartialReply(completion_prompt(), model="m", prefill="x" * 4000)
    for event in events(Reply(text="ab"))[:3]:
        partial.text_of(event)
    assert partial.usage.output_tokens == 1


def test_an_unknown_event_adds_nothing() -> None:
    """
    Kinds of events and deltas that are new to us are passed over.
    """
    partial = PartialReply(completion_prompt(), model="m")
    assert partial.text_of({"type": "ping"}) == ""
    assert partial.text_of({"type": "content_block_delta", "delta": {"type": "citations_delta"}}) == ""
    assert partial.text_of({"type": "something_new", "delta": {}}) == ""


def test_an_unknown_stop_reason_is_no_end() -> None:
    """
    Only a reason that we know ends a reply.
    """
    partial = PartialReply(completion_prompt(), model="m")
    for event in events(Reply(text="a", stop_reason="whim")):
        partial.text_of(event)
    assert partial.stop_reason is None


def test_prose_is_kept_back_until_it_is_clear_that_no_tool_is_called() -> None:
    """
    Text beside a tool call is dropped, text in its place is left over.
    """
    for reply, over in ((Reply(text="prose", tool_input={}), ""), (Reply(text="prose"), "prose")):
        partial = PartialReply(review_prompt(), model="m")
        text = "".join(partial.text_of(event) for event in events(reply))
        assert (text, partial.left_over()) == ("{}" if over == "" else "", over)
