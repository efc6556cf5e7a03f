"""
The store keeps what it acknowledges, says what it could not keep, and never fails.
"""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.database import StoreError
from telemetry.envelope import Event, from_json
from telemetry.store import DAY_MS, Limits, Store, read
from tests.support.events import tick

NOW = 1_900_000_000_000


class Warnings(list[str]):
    """
    Sentences for the user, as they came.
    """

    def __call__(self, sentence: str) -> None:
        self.append(sentence)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """
    Where the store will be; neither it nor its folder is there yet.
    """
    return tmp_path / "state" / "telemetry.sqlite"


@pytest.fixture
def warnings() -> Warnings:
    """
    What the user was told.
    """
    return Warnings()


@pytest.fixture
def store(path: Path, warnings: Warnings) -> Iterator[Store]:
    """
    A store whose clock stands still.
    """
    store = Store(path, warn=warnings, clock=lambda: NOW)
    yield store
    store.close()


def recent(number: int) -> Event:
    """
    An event of just now.
    """
    return tick(number, ts=NOW - 1_000 + number)


def stored(path: Path, since_ms: int = 0) -> list[Event]:
    """
    What is in the store.
    """
    return [from_json(line) for line in read(path, since_ms=since_ms)]


def numbers(path: Path) -> list[int]:
    """
    The numbers of the events in the store.
    """
    return [event.body.active_ms for event in stored(path)]  # type: ignore[union-attr]  # They are all ticks.


def test_flushed_events_are_in_the_file(store: Store, path: Path, warnings: Warnings) -> None:
    """
    After `flush` says so, another reader finds the events as they were, in order.
    """
    events = [recent(number) for number in range(20)]
    for event in events:
        store.emit(event)
    assert store.flush()
    assert stored(path) == events
    assert (store.lost, warnings) == (0, [])


def test_closing_writes_what_still_waits(store: Store, path: Path) -> None:
    """
    Nothing that was handed over before `close` is lost; what comes afterwards is, and is counted.
    """
    for number in range(500):
        store.emit(recent(number))
    store.close()
    store.emit(recent(500))
    assert numbers(path) == list(range(500))
    assert store.lost == 1
    assert not store.flush()


def test_nothing_is_created_before_the_first_event(store: Store, path: Path) -> None:
    """
    A session without events, for lack of consent for one, leaves no trace.
    """
    assert store.flush()
    assert not path.parent.exists()
    assert list(read(path)) == []


def test_an_event_is_kept_once(store: Store, path: Path) -> None:
    """
    Handing the same event over again, as an importer may, changes nothing.
    """
    for number in (1, 2, 1, 2, 1):
        store.emit(recent(number))
    assert store.flush()
    store.emit(recent(2))
    assert store.flush()
    assert numbers(path) == [1, 2]


def test_the_store_is_private(store: Store, path: Path) -> None:
    """
    Only this user can read the folder and the files in it.
    """
    store.emit(recent(1))
    assert store.flush()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_store_that_others_could_read_is_closed_to_them(store: Store, path: Path) -> None:
    """
    A file restored with wide permissions gets narrow ones.
    """
    path.parent.mkdir()
    path.touch(0o644)
    store.emit(recent(1))
    assert store.flush()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_emitting_does_not_wait_for_the_disk(path: Path, warnings: Warnings) -> None:
    """
    While another process holds the file, events queue; beyond the limit the oldest go, and the next one kept tells.
    """
    store = Store(path, warn=warnings, limits=Limits(waiting=10), clock=lambda: NOW)
    store.emit(recent(0))
    assert store.flush()

    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.emit(recent(1))
    while store._waiting:  # The writer takes this one and meets the lock.
        threading.Event().wait(0.001)
    for number in range(2, 32):
        store.emit(recent(number))
    assert not store.flush(0.0)
    other.execute("ROLLBACK")
    other.close()

    store.close()
    kept = stored(path)
    assert numbers(path) == [0, 1, *range(22, 32)]
    assert [event.stamp.dropped_before for event in kept] == [0, 0, 20, *[0] * 9]
    assert store.lost == 20
    assert warnings == []


def test_a_later_flush_is_sound_again(path: Path, warnings: Warnings) -> None:
    """
    A loss is reported by one flush and not held against the next.
    """
    path.parent.write_text("a file where the folder should be")
    store = Store(path, warn=warnings, clock=lambda: NOW)
    store.emit(recent(1))
    assert not store.flush()
    path.parent.unlink()
    store.emit(recent(2))
    assert store.flush()
    assert [event.stamp.dropped_before for event in stored(path)] == [1]
    store.close()


def test_an_unusable_place_is_said_once(path: Path, warnings: Warnings) -> None:
    """
    Where nothing can be written, events are dropped and counted, the user hears one sentence, and nothing fails.
    """
    path.parent.write_text("a file where the folder should be")
    store = Store(path, warn=warnings, clock=lambda: NOW)
    for number in range(5):
        store.emit(recent(number))
        assert not store.flush()
    store.close()
    assert store.lost == 5
    assert len(warnings) == 1
    assert str(path) in warnings[0]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"this is no database, it is a shopping list\n" * 400, id="something-else"),
        pytest.param(lambda data: b"\0" * len(data), id="zeros"),
        pytest.param(lambda data: data[:4096] + b"\xff" * (len(data) - 4096), id="broken-pages"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut-short"),
    ],
)
def test_a_damaged_store_is_set_aside(path: Path, warnings: Warnings, damage: object) -> None:
    """
    A broken file is kept under a dated name, the events go to a fresh one, and the user is told.
    """
    first = Store(path, warn=warnings, clock=lambda: NOW)
    for number in range(100):
        first.emit(recent(number))
    first.close()
    assert callable(damage)
    broken = damage(path.read_bytes())
    path.write_bytes(broken)

    second = Store(path, warn=warnings, clock=lambda: NOW)
    second.emit(recent(100))
    assert second.flush()
    second.close()
    assert numbers(path) == [100]
    assert second.lost == 0
    aside = path.with_name("telemetry.corrupt-20300317T174640.sqlite")
    # SQLite may touch its own header before it notices that the rest is broken.
    assert aside.read_bytes()[100:] == broken[100:]
    assert len(warnings) == 1
    assert str(aside) in warnings[0]


def test_damage_under_an_open_store_loses_nothing_new(store: Store, path: Path, warnings: Warnings) -> None:
    """
    A file that is replaced by rubbish while it is open is set aside, and the event at hand goes to the fresh one.
    """
    store.emit(recent(1))
    assert store.flush()
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(b"rubbish " * 1_000)
    store.emit(recent(2))
    assert store.flush()
    assert numbers(path) == [2]
    assert len(warnings) == 1


def test_a_second_damage_in_the_same_second_gets_its_own_name(path: Path, warnings: Warnings) -> None:
    """
    No file set aside takes the place of another.
    """
    path.parent.mkdir()
    for number in range(3):
        path.write_bytes(b"rubbish " * 1_000)
        store = Store(path, warn=warnings, clock=lambda: NOW)
        store.emit(recent(number))
        store.close()
    assert len(list(path.parent.glob("*.corrupt-*"))) == 3
    assert len(set(warnings)) == 3


def test_a_deleted_store_is_started_again(store: Store, path: Path) -> None:
    """
    A user may delete the file under a running server; later events go to a fresh one.
    """
    store.emit(recent(1))
    assert store.flush()
    for file in path.parent.iterdir():
        file.unlink()
    store.emit(recent(2))
    assert store.flush()
    assert numbers(path) == [2]


def test_a_newer_store_is_left_alone(path: Path, warnings: Warnings) -> None:
    """
    A file of a later version is neither written nor read nor set aside, and the user hears why.
    """
    first = Store(path, warn=warnings, clock=lambda: NOW)
    first.emit(recent(1))
    first.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    before = path.read_bytes()

    second = Store(path, warn=warnings, clock=lambda: NOW)
    second.emit(recent(2))
    second.emit(recent(3))
    second.close()
    assert path.read_bytes() == before
    assert second.lost == 2
    assert len(warnings) == 1
    assert "newer Pacenotes" in warnings[0]
    with pytest.raises(StoreError, match="newer Pacenotes"):
        list(read(path))


def test_old_events_go(path: Path, warnings: Warnings) -> None:
    """
    Events older than the limit are deleted when the store is opened.
    """
    first = Store(path, warn=warnings, clock=lambda: NOW)
    for age in (9, 11, 399):
        first.emit(tick(age, ts=NOW - age * DAY_MS))
    first.close()
    assert numbers(path) == [9, 11, 399]

    second = Store(path, warn=warnings, limits=Limits(days=10), clock=lambda: NOW)
    second.emit(recent(0))
    second.close()
    assert [event.stamp.ts for event in stored(path)] == [NOW - 9 * DAY_MS, NOW - 1_000]


def test_the_file_stays_within_its_size(path: Path, warnings: Warnings) -> None:
    """
    When the limit is reached, the oldest events go and the newest stay.
    """
    store = Store(path, warn=warnings, limits=Limits(megabytes=0.5, waiting=100_000), clock=lambda: NOW)
    for number in range(6_000):
        store.emit(recent(number))
        if number % 1_000 == 999:
            assert store.flush(60)
    store.close()
    kept = numbers(path)
    assert 100 < len(kept) < 3_000
    assert kept == list(range(6_000 - len(kept), 6_000))
    assert path.stat().st_size < 1.5 * 1024 * 1024
    assert (store.lost, warnings) == (0, [])


def test_a_warning_that_fails_does_not_end_the_writer(path: Path) -> None:
    """
    The user's connection may be gone; events are still counted, and `flush` still answers.
    """
    path.parent.write_text("a file where the folder should be")

    def broken(sentence: str) -> None:
        raise ConnectionError(sentence)

    store = Store(path, warn=broken, clock=lambda: NOW)
    for number in range(3):
        store.emit(recent(number))
        assert not store.flush()
    store.close()
    assert store.lost == 3


def test_reading_since_a_time(store: Store, path: Path) -> None:
    """
    Only events from then on are read.
    """
    for number in range(10):
        store.emit(recent(number))
    assert store.flush()
    assert [event.body for event in stored(path, since_ms=NOW - 1_000 + 7)] == [recent(n).body for n in (7, 8, 9)]


def test_following_goes_on_with_what_comes_later(store: Store, path: Path) -> None:
    """
    A follower that waits while there is no store yet gets each event once, until it stops waiting.
    """
    coming = iter(([1, 2], [], [3]))

    def more() -> bool:
        batch = next(coming, None)
        for number in batch or ():
            store.emit(recent(number))
        assert store.flush()
        return batch is not None

    assert [from_json(line) for line in read(path, follow=more)] == [recent(1), recent(2), recent(3)]


def test_more_events_than_are_read_at_once(path: Path, warnings: Warnings) -> None:
    """
    A large store is read whole.
    """
    store = Store(path, warn=warnings, clock=lambda: NOW)
    for number in range(4_500):
        store.emit(recent(number))
    store.close()
    assert numbers(path) == list(range(4_500))


@pytest.mark.parametrize("content", [b"rubbish " * 1_000, b"\0" * 8_192])
def test_reading_rubbish_is_refused_in_one_sentence(path: Path, content: bytes) -> None:
    """
    A reader says which file is broken, and leaves it as it is.
    """
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"telemetry\.sqlite can't be read"):
        list(read(path))
    assert path.read_bytes() == content


def test_an_empty_file_is_an_empty_store(store: Store, path: Path) -> None:
    """
    A file that was made and not yet filled is no damage.
    """
    path.parent.mkdir()
    path.touch()
    assert list(read(path)) == []
    store.emit(recent(1))
    assert store.flush()
    assert numbers(path) == [1]


def test_a_store_that_may_only_be_read_is_read(store: Store, path: Path) -> None:
    """
    A copy of a store without its companions, in a place of its own, can be read.
    """
    store.emit(recent(1))
    store.close()
    copy = path.with_name("copy of a store?.sqlite")
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o400)
    assert numbers(copy) == [1]
