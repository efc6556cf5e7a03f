"""
A recorder puts bodies into envelopes; sinks without a disk keep them or forget them.
"""

from itertools import count

from telemetry.envelope import Event, Subject
from telemetry.events import SessionTick
from telemetry.recorder import Recorder, new_id, now_ms
from telemetry.sink import NullSink, Sink
from telemetry.vocabulary import Basis, Language
from tests.support.events import ORIGIN, tick
from tests.support.memory_sink import MemorySink

BODY = SessionTick(active_ms=1, typed_chars=2, deleted_chars=3)


def test_a_recorder_stamps_what_it_is_told() -> None:
    """
    The event carries the session's origin, the document's kind, the time and a fresh id.
    """
    sink, numbers = MemorySink(), count(10)
    recorder = Recorder(ORIGIN, sink, clock=lambda: 1_000, ids=lambda: f"{next(numbers):08d}")
    subject = Subject(repo_id=None, lang=Language.TYPESCRIPT, test_file=True)

    recorder.record(BODY, subject, Basis.INFERRED)
    recorder.record(BODY)

    first, second = sink.events
    assert (first.origin, first.subject, first.body) == (ORIGIN, subject, BODY)
    assert (first.stamp.event_id, first.stamp.ts, first.stamp.basis) == ("00000010", 1_000, Basis.INFERRED)
    assert (second.stamp.event_id, second.stamp.basis) == ("00000011", Basis.CLIENT)


def test_ids_of_a_process_differ() -> None:
    """
    Ids made in the same millisecond are still different, and carry the time.
    """
    before = now_ms()
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(before <= int(made[:8] + made[9:13], 16) <= now_ms() for made in ids)


def test_sinks_without_a_disk_never_fail() -> None:
    """
    Memory keeps, null forgets; both say that nothing is outstanding.
    """
    memory, null = MemorySink(), NullSink()
    sinks: tuple[Sink, ...] = (memory, null)
    event: Event = tick(1)
    for sink in sinks:
        sink.emit(event)
        assert sink.flush()
        sink.close()
    assert memory.events == [event]
