"""
The folder in which replies are kept.
"""

import json
import pickle
import sqlite3
import stat
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import diskcache
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsp_server.providers.base import StopReason
from lsp_server.providers.caching import StoredReply
from lsp_server.providers.reply_store import ReplyStore, open_cache

REPLY = StoredReply(text="items.length", reason=StopReason.END, model="claude-haiku-5-5")
DATABASE = diskcache.core.DBNAME


class Kept:
    """
    A store and the warnings it gave.
    """

    def __init__(self, directory: Path, size_bytes: int = 10_000_000) -> None:
        self.warnings: list[str] = []
        self.directory = directory
        self.store = ReplyStore(
            directory,
            size_bytes=size_bytes,
            now=lambda: datetime(2026, 11, 30, 12, 5, 9, tzinfo=UTC),
            warn=self.warnings.append,
        )


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "replies")


@given(text=st.text(), reason=st.none() | st.sampled_from(StopReason), model=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_put_is_what_is_got(kept: Kept, text: str, reason: StopReason | None, model: str) -> None:
    """
    Any reply comes back as it was.
    """
    reply = StoredReply(text=text, reason=reason, model=model)
    kept.store.put_all({"key": reply})
    assert kept.store.get("key") == reply


def test_an_unknown_key_is_a_miss(kept: Kept) -> None:
    """
    Nothing stored, nothing found.
    """
    assert kept.store.get("key") is None


def test_contents_are_counted_and_cleared(kept: Kept) -> None:
    """
    The store says what it holds, and can be emptied.
    """
    kept.store.put_all({"a": REPLY})
    kept.store.put_all({"b": REPLY})
    assert kept.store.contents().replies == 2
    assert kept.store.contents().size_bytes > 0
    assert kept.store.clear() == 2
    assert kept.store.contents().replies == 0


def test_a_reply_can_be_forgotten(kept: Kept) -> None:
    """
    One reply is dropped, the others stay.
    """
    kept.store.put_all({"a": REPLY})
    kept.store.put_all({"b": REPLY})
    kept.store.forget("a")
    assert (kept.store.get("a"), kept.store.get("b")) == (None, REPLY)


def test_only_this_user_may_read_it(kept: Kept) -> None:
    """
    The folder is private.
    """
    kept.store.put_all({"key": REPLY})
    assert stat.S_IMODE(kept.directory.stat().st_mode) == 0o700


def test_the_size_is_bounded_and_the_newest_stay(tmp_path: Path) -> None:
    """
    Old replies make room for new ones.
    """
    kept = Kept(tmp_path, size_bytes=400_000)
    for number in range(400):
        incompressible = Random(number).randbytes(2000).hex()
        kept.store.put_all({str(number): StoredReply(text=incompressible, reason=None, model="")})
    assert kept.store.contents().size_bytes < 2 * 400_000
    assert kept.store.contents().replies < 400
    assert kept.store.get("399") is not None
    assert kept.store.get("0") is None


class Bomb:
    """
    Something that leaves a mark when it is unpickled.
    """

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def plant(directory: Path, **columns: Any) -> None:
    """
    Change the one row of the database behind the store's back.
    """
    with sqlite3.connect(directory / DATABASE) as database:
        assignments = ", ".join(f"{name} = ?" for name in columns)
        database.execute(f"UPDATE Cache SET {assignments}", tuple(columns.values()))
    database.close()


def packed(document: Any) -> bytes:
    return zlib.compress(json.dumps(document).encode())


def test_a_planted_pickle_is_never_unpickled(kept: Kept, tmp_path: Path) -> None:
    """
    A row that claims to be a pickle is a miss and is deleted, unopened.
    """
    mark = tmp_path / "exploded"
    kept.store.put_all({"key": REPLY})
    plant(kept.directory, mode=4, value=pickle.dumps(Bomb(mark)))
    assert kept.store.get("key") is None
    assert kept.store.contents().replies == 0
    assert not mark.exists()


def test_a_planted_pickle_as_key_is_never_unpickled(kept: Kept, tmp_path: Path) -> None:
    """
    Keys may be pickles to diskcache, too; clearing and counting do not open them.
    """
    mark = tmp_path / "exploded"
    kept.store.put_all({"key": REPLY})
    plant(kept.directory, raw=0, key=pickle.dumps(Bomb(mark)))
    assert kept.store.get("key") is None
    cache = open_cache(kept.directory, 10_000_000)
    assert list(cache) == [None]
    cache.close()
    kept.store.clear()
    assert not mark.exists()


def test_a_planted_file_name_is_neither_read_nor_removed(kept: Kept, tmp_path: Path) -> None:
    """
    A row that points at a file, in our folder or elsewhere, touches no file.
    """
    precious = tmp_path / "precious"
    precious.write_bytes(packed({"schema": 1, "text": "planted", "reason": None, "model": ""}))
    kept.store.put_all({"key": REPLY})
    plant(kept.directory, mode=2, filename="../precious", value=None)
    assert kept.store.get("key") is None
    assert kept.store.contents().replies == 0
    assert precious.exists()


@pytest.mark.parametrize(
    "value",
    [
        b"no zlib",
        zlib.compress(b"no json"),
        packed([1, 2]),
        packed("text"),
        packed({"schema": 1}),
        packed({"schema": 2, "text": "from the future", "reason": None, "model": ""}),
        packed({"schema": 1, "text": 7, "reason": None, "model": ""}),
        packed({"schema": 1, "text": "a", "reason": "whim", "model": ""}),
        "text, not bytes",
        7,
        None,
    ],
)
def test_a_row_of_any_other_make_is_deleted(kept: Kept, value: Any) -> None:
    """
    What does not read as a reply is a miss, and the next reply takes its place.
    """
    kept.store.put_all({"key": REPLY})
    plant(kept.directory, value=value)
    assert kept.store.get("key") is None
    assert kept.store.contents().replies == 0
    kept.store.put_all({"key": REPLY})
    assert kept.store.get("key") == REPLY
    assert kept.warnings == []


def test_a_database_that_is_none_is_set_aside(kept: Kept) -> None:
    """
    A damaged store is kept under a dated name for whoever wants to look, and a fresh one begins.
    """
    kept.directory.mkdir(mode=0o700)
    (kept.directory / DATABASE).write_bytes(b"not a database at all " * 100)
    assert kept.store.get("key") is None
    (aside,) = kept.directory.glob("cache.damaged-20261130T120509*.db")
    assert aside.read_bytes().startswith(b"not a database")
    kept.store.put_all({"key": REPLY})
    assert kept.store.get("key") == REPLY
    assert len(kept.warnings) == 1
    assert "set aside" in kept.warnings[0]


def test_damage_in_the_middle_of_the_work_is_noticed(kept: Kept) -> None:
    """
    Pages overwritten while the store is open lead to a fresh store, not to an error.
    """
    for number in range(200):
        kept.store.put_all({str(number): StoredReply(text=str(number) * 200, reason=None, model="")})
    kept.store.close()
    database = kept.directory / DATABASE
    whole = database.read_bytes()
    database.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    for number in range(5):
        kept.store.put_all({str(number): REPLY})
    assert kept.store.get("4") == REPLY
    assert len(kept.warnings) == 1


def test_settings_that_nobody_understands_are_damage(kept: Kept) -> None:
    """
    A database whose settings were tampered with is set aside, like any other damage.
    """
    kept.store.put_all({"key": REPLY})
    kept.store.close()
    with sqlite3.connect(kept.directory / DATABASE) as database:
        database.execute("INSERT INTO Settings VALUES ('disk_surprise', 1)")
    database.close()
    kept.store.put_all({"key": REPLY})
    kept.store.put_all({"key": REPLY})
    assert kept.store.get("key") == REPLY
    assert "set aside" in kept.warnings[0]


def test_only_one_of_two_processes_sets_it_aside(tmp_path: Path) -> None:
    """
    Who finds damage after somebody else has already started afresh goes on with the fresh store.
    """
    first, second = Kept(tmp_path / "replies"), Kept(tmp_path / "replies")
    first.store.put_all({"key": REPLY})
    second.store._recover(sqlite3.DatabaseError("file is not a database"))
    assert second.store.get("key") == REPLY
    assert second.warnings == []


WRITING = """
import json, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from lsp_server.providers.base import StopReason
from lsp_server.providers.caching import StoredReply
from lsp_server.providers.reply_store import ReplyStore

warnings = []
store = ReplyStore(Path(sys.argv[1]), size_bytes=10**9, now=lambda: datetime.now(UTC), warn=warnings.append)
store.put_all({"early": StoredReply(text="early", reason=StopReason.END, model="")})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for number in range(300):
    store.put_all({str(number): StoredReply(text=Random(number).randbytes(2000).hex(), reason=None, model="")})
print(json.dumps(warnings))
"""


def test_a_full_disk_switches_the_cache_off_with_one_warning(tmp_path: Path) -> None:
    """
    When nothing more fits, replies are no longer kept, and that is said once.
    """
    done = subprocess.run([sys.executable, "-c", WRITING, str(tmp_path)], capture_output=True, text=True, check=True)
    warnings = json.loads(done.stdout)
    assert len(warnings) == 1
    assert "can't be cached" in warnings[0]
    assert done.stderr == ""


def test_a_writer_elsewhere_is_no_trouble(kept: Kept) -> None:
    """
    While another process holds the lock a reply is lost to the cache, and nothing else.
    """
    kept.store.put_all({"key": REPLY})
    with sqlite3.connect(kept.directory / DATABASE, isolation_level=None) as database:
        database.execute("BEGIN IMMEDIATE")
        kept.store.put_all({"other": REPLY})
        assert kept.store.get("key") == REPLY
        database.execute("ROLLBACK")
    database.close()
    assert kept.store.get("other") is None
    kept.store.put_all({"other": REPLY})
    assert kept.store.get("other") == REPLY
    assert kept.warnings == []


def test_a_locked_database_is_no_damage(kept: Kept) -> None:
    """
    A lock that outlasts our patience does not switch the cache off.
    """
    kept.store.put_all({"key": REPLY})
    with sqlite3.connect(kept.directory / DATABASE, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with (
            sqlite3.connect(kept.directory / DATABASE, isolation_level=None, timeout=0) as other,
            pytest.raises(sqlite3.OperationalError) as raised,
        ):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    holder.close()
    kept.store._recover(raised.value)
    assert kept.store.get("key") == REPLY
    assert kept.warnings == []


def test_a_huge_reply_is_not_kept(kept: Kept) -> None:
    """
    Something far beyond any completion or review does not push everything else out.
    """
    kept.store.put_all({"key": StoredReply(text="x" * 2_000_000, reason=None, model="")})
    assert kept.store.get("key") is None


def test_nothing_is_opened_before_it_is_needed(kept: Kept) -> None:
    """
    A store that is never used leaves no trace.
    """
    kept.store.close()
    assert not kept.directory.exists()
