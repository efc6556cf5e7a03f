"""
Whatever clients and people do, in whatever order: the numbers add up, and no event holds a word of what was written.
"""

import json
from collections import Counter
from dataclasses import replace
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lsp_server.completion.fate import DismissReason, Ended, EndOutcome, Fate, Persistence, Shown
from lsp_server.completion.request import NoCompletion, NoCompletionReason, Timings
from lsp_server.completion.retention import CHECKPOINTS_S
from lsp_server.lsp import to_events
from lsp_server.lsp.attempt import Attempt, Cursor
from telemetry.envelope import to_json
from telemetry.events import Body, CompletionRequested, CompletionReturned, CompletionSuppressed
from telemetry.recorder import Recorder
from telemetry.vocabulary import Basis
from tests.support.events import ORIGIN
from tests.support.memory_sink import MemorySink
from tests.support.typist import UTF16, Typist

WORDS = ("canary", "canary(x)", "\n  canary;", "}", ";", "kanarie = 1", "🐤()")
KEYS = "canryk(x);}\n 🐤"
TAKEN = (EndOutcome.ACCEPTED, EndOutcome.PARTIAL)


class Session(RuleBasedStateMachine):
    """
    A client with two documents that does anything, and all that is noted of it.
    """

    @initialize(notifies=st.booleans(), command=st.booleans(), whole=st.booleans())
    def open(self, notifies: bool, command: bool, whole: bool) -> None:
        first = Typist("let canary;\n█\nend();\n", notifies=notifies, command=command, whole=whole)
        second = Typist("f(█)", notifies=notifies, command=command, uri="file:///canary/b.ts", beside=first)
        self.typists = (first, second)
        self.seen = 0
        self.lost = 0
        numbers = count(1)
        self.sink = MemorySink()
        self.recorder = Recorder(ORIGIN, self.sink, clock=lambda: 1, ids=lambda: f"{next(numbers):08x}")
        self.withheld = count(0xFFFF0000)

    @rule(which=st.booleans(), text=st.sampled_from(WORDS), again=st.booleans(), show=st.booleans())
    def offer(self, which: bool, text: str, again: bool, show: bool) -> None:
        typist = self.typists[which]
        typist.cursor = min(typist.cursor, typist.document.length)
        typist.offer(text, again=again and typist.item is not None, show=show)
        assert typist.item is not None
        attempt = self._attempt(typist, _hexadecimal(typist.request_id))
        self._record(to_events.returned(attempt, typist.item, 0.04))

    @rule(which=st.booleans(), reason=st.sampled_from(NoCompletionReason), failed=st.booleans())
    def withhold(self, which: bool, reason: NoCompletionReason, failed: bool) -> None:
        attempt = self._attempt(self.typists[which], f"{next(self.withheld):08x}")
        withheld = NoCompletion(id=attempt.id, reason=reason, detail="canary", timings=Timings(total_ms=1.0))
        self._record(to_events.failed(attempt, 0.001) if failed else to_events.suppressed(withheld, 0.001))

    @rule(which=st.booleans(), text=st.text(KEYS, min_size=1, max_size=3))
    def type(self, which: bool, text: str) -> None:
        self.typists[which].type(text)

    @rule(which=st.booleans(), start=st.integers(0, 60), length=st.integers(0, 20), text=st.sampled_from(("", *WORDS)))
    def edit_anywhere(self, which: bool, start: int, length: int, text: str) -> None:
        typist = self.typists[which]
        start = min(start, typist.document.length)
        typist._replace(start, min(start + length, typist.document.length), text)

    @precondition(lambda self: self.typists[0].item is not None)
    @rule(size=st.integers(1, 12))
    def type_as_offered(self, size: int) -> None:
        typist = self.typists[0]
        assert typist.item is not None
        typist.type(typist.item.text[:size])

    @rule(which=st.booleans(), first=st.booleans())
    def accept(self, which: bool, first: bool) -> None:
        typist = self.typists[which]
        if typist.item is not None and typist._start <= typist.cursor <= typist.document.length - typist._behind:
            typist.accept(command_first=first)

    @rule(which=st.booleans(), size=st.integers(1, 9))
    def accept_part(self, which: bool, size: int) -> None:
        typist = self.typists[which]
        if typist.item is not None and typist.cursor <= typist.document.length:
            typist.accept_part(typist.item.text[:size])

    @rule(which=st.booleans())
    def undo(self, which: bool) -> None:
        if self.typists[which]._undo:
            self.typists[which].undo()

    @rule(number=st.integers(1, 6), what=st.sampled_from(("shown", "accepted", "part", *DismissReason)))
    def say_something_of_any_completion(self, number: int, what: str) -> None:
        typist = self.typists[0]
        completion_id, lifecycle, now = f"id{number}", typist.lifecycle, typist.now
        match what:
            case "shown":
                typist._see(lifecycle.shown(completion_id, now))
            case "accepted":
                typist._see(lifecycle.accepted(completion_id, now))
            case "part":
                typist._see(lifecycle.partially_accepted(completion_id, 4, UTF16, now))
            case _:
                typist._see(lifecycle.dismissed(completion_id, DismissReason(what), now))

    @rule(seconds=st.sampled_from((0.2, 1.5, 29.0, 100.0, 700.0)), ticks=st.booleans())
    def wait(self, seconds: float, ticks: bool) -> None:
        for typist in self.typists:
            typist.now += seconds
        if ticks:
            self.typists[0]._see(self.typists[0].lifecycle.tick(self.typists[0].now))

    @rule(which=st.booleans())
    def close(self, which: bool) -> None:
        self.typists[which].close()

    @invariant()
    def each_end_follows_its_showing(self) -> None:
        fates = self.typists[0].fates
        for at, noted in enumerate(fates):
            before = [type(earlier) for earlier in fates[:at] if earlier.completion_id == noted.completion_id]
            match noted:
                case Shown():
                    assert before == []
                case Ended():
                    assert before == [Shown]
                case Persistence():
                    assert before == [Shown, Ended, *[Persistence] * CHECKPOINTS_S.index(noted.at_s)]

    @invariant()
    def values_are_sound(self) -> None:
        fates = self.typists[0].fates
        chars = {noted.completion_id: noted.chars for noted in fates if isinstance(noted, Shown)}
        for noted in fates[self.seen :]:
            known = replace(noted, completion_id=_hexadecimal(noted.completion_id))
            self._record(to_events.fate(known), Basis(noted.basis))
            if isinstance(noted, Ended):
                assert noted.visible_ms >= 0
                assert (noted.accepted_chars > 0) == (noted.outcome in TAKEN and chars[noted.completion_id] > 0)
            if isinstance(noted, Persistence):
                assert noted.deleted <= (noted.retained_ratio == 0)
        self.seen = len(fates)

    def teardown(self) -> None:
        if not hasattr(self, "typists"):
            return
        self.typists[0].quit()
        self.each_end_follows_its_showing()
        self.values_are_sound()
        fates = self.typists[0].fates
        assert _ids(fates, Shown) == _ids(fates, Ended)
        assert _ids(fates, Persistence) <= {
            f.completion_id for f in fates if isinstance(f, Ended) and f.outcome in TAKEN
        }
        self._add_up()

    def _add_up(self) -> None:
        bodies = [event.body for event in self.sink.events]
        counts = Counter(type(body) for body in bodies)
        returned = {body.completion_id for body in bodies if isinstance(body, CompletionReturned)}
        assert counts[CompletionRequested] == counts[CompletionSuppressed] + counts[CompletionReturned]
        assert {_hexadecimal(shown) for shown in _ids(self.typists[0].fates, Shown)} <= returned
        text = "\n".join(to_json(event) for event in self.sink.events).lower()
        assert not any(word in text for word in ("canary", "kanarie", json.dumps("🐤").strip('"')))

    def _attempt(self, typist: Typist, attempt_id: str) -> Attempt:
        document, offset = typist.document, min(typist.cursor, typist.document.length)
        cursor = Cursor(uri=document.uri, path="canary.ts", document=document, offset=offset)
        attempt = Attempt(id=attempt_id, cursor=cursor, started=typist.now)
        self._record(to_events.requested(attempt))
        return attempt

    def _record(self, body: Body, basis: Basis = Basis.CLIENT) -> None:
        self.recorder.record(body, to_events.subject("src/canary.test.ts", "typescript", None), basis)


def _hexadecimal(completion_id: str) -> str:
    """
    An id as servers make them.
    """
    return f"{int(completion_id.removeprefix('id')):08x}"


def _ids(fates: list[Fate], kind: type[Fate]) -> set[str]:
    return {fate.completion_id for fate in fates if isinstance(fate, kind)}


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
