"""
Recordings: what was asked and answered, and the same answers again without a vendor.
"""

import json
from pathlib import Path

import pytest

from lsp_server.providers.base import (
    Message,
    MessageStop,
    NotAllowed,
    Prompt,
    Purpose,
    StopReason,
    TextBlock,
    TextDelta,
    Unreachable,
)
from lsp_server.providers.cassette import CassetteUnusable, RecordingProvider, ReplayingProvider
from tests.support.scripted_vendor import USAGE, ScriptedVendor


def prompt(text: str) -> Prompt:
    return Prompt(
        purpose=Purpose.REVIEW,
        system=(TextBlock("You review."),),
        messages=(Message("user", (TextBlock(text),)),),
        max_tokens=64,
        fingerprint="f",
        request_id=text,
    )


async def recorded(path: Path, *answers: str) -> None:
    """
    Record a run that asked `q0`, `q1` and so on.
    """
    provider = RecordingProvider(ScriptedVendor(*answers), path)
    for number, _ in enumerate(answers):
        async for _chunk in provider.stream(prompt(f"q{number}")):
            pass


async def test_replays_what_was_recorded_in_any_order(tmp_path: Path) -> None:
    """
    Each question gets its own reply, with the usage of then; name and model are those of then as well.
    """
    await recorded(tmp_path / "tape", "first", "zweite – Antwort")
    tape = ReplayingProvider(tmp_path / "tape")

    chunks = [chunk async for chunk in tape.stream(prompt("q1"))]

    assert chunks == [
        TextDelta("zweite – Antwort"),
        MessageStop(reason=StopReason.END, usage=USAGE, model="claude-haiku-5-5"),
    ]
    assert (tape.name, tape.model_for(Purpose.REVIEW)) == ("anthropic", "claude-haiku-5-5")
    assert await anext(tape.stream(prompt("q0"))) == TextDelta("first")


async def test_the_id_of_a_request_is_no_part_of_the_question(tmp_path: Path) -> None:
    """
    Ids differ from run to run, and questions do not.
    """
    await recorded(tmp_path / "tape", "first")
    tape = ReplayingProvider(tmp_path / "tape")
    again = Prompt(**{**{name: getattr(prompt("q0"), name) for name in Prompt.__slots__}, "request_id": "other"})

    assert await anext(tape.stream(again)) == TextDelta("first")


async def test_an_unknown_question_is_refused(tmp_path: Path) -> None:
    """
    A replay never guesses and never asks anybody.
    """
    await recorded(tmp_path / "tape", "first")

    with pytest.raises(NotAllowed, match="record the run anew"):
        [chunk async for chunk in ReplayingProvider(tmp_path / "tape").stream(prompt("q9"))]


async def test_what_failed_is_not_recorded(tmp_path: Path) -> None:
    """
    A failure is no reply, and the recording stays one that can be read.
    """
    provider = RecordingProvider(ScriptedVendor(Unreachable("Gone.")), tmp_path / "tape")
    with pytest.raises(Unreachable):
        [chunk async for chunk in provider.stream(prompt("q0"))]

    assert len((tmp_path / "tape").read_text().splitlines()) == 1
    ReplayingProvider(tmp_path / "tape")


@pytest.mark.parametrize(
    "content", ["", "x", "{}", '{"version": 2, "provider": "a", "model": "m"}', '{"version": 1}', "[1]", "{}\n{"]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: str) -> None:
    """
    Any other file is named in one sentence.
    """
    (tmp_path / "tape").write_text(content)

    with pytest.raises(CassetteUnusable, match="is not a recording"):
        ReplayingProvider(tmp_path / "tape")


async def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    """
    Nothing is asked that could not be recorded.
    """
    with pytest.raises(CassetteUnusable, match="can't be written"):
        RecordingProvider(ScriptedVendor("x"), tmp_path / "no" / "tape")


async def test_a_recording_is_json_lines(tmp_path: Path) -> None:
    """
    Question and reply are there for people to read.
    """
    await recorded(tmp_path / "tape", "first")

    head, row = map(json.loads, (tmp_path / "tape").read_text().splitlines())
    assert head == {"version": 1, "provider": "anthropic", "model": "claude-haiku-5-5"}
    assert (row["request"]["messages"], row["reply"]["text"]) == ([["user", "q0"]], "first")
