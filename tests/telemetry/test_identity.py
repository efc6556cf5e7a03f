"""
Pseudonyms are the same from session to session, differ between machines, and give nothing away.
"""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from telemetry.identity import KEY_BYTES, Identity, load


def test_pseudonyms_last(tmp_path: Path) -> None:
    """
    The key is made once and read afterwards.
    """
    path = tmp_path / "state" / "identity.key"
    first, second = load(path), load(path)
    assert first == second
    assert first.kept
    assert first.dev_id("jane") == second.dev_id("jane")


def test_the_key_is_private(tmp_path: Path) -> None:
    """
    Only this user can read the key, and no draft of it is left behind.
    """
    path = tmp_path / "state" / "identity.key"
    load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir() if file.stat().st_size] == [path.name]


def test_pseudonyms_of_different_things_differ() -> None:
    """
    Another key, person, folder or kind of thing has another pseudonym of 16 hexadecimal digits.
    """
    one, other = Identity(b"1" * KEY_BYTES), Identity(b"2" * KEY_BYTES)
    made = [one.dev_id("jane"), one.dev_id("joe"), other.dev_id("jane"), one.repo_id("jane"), one.repo_id("/project/a")]
    made += [one.finding_id("jane"), one.outcome_id("ticket", "jane"), one.outcome_id("pull request", "jane")]
    assert len(set(made)) == len(made)
    assert all(len(pseudonym) == 16 and int(pseudonym, 16) >= 0 for pseudonym in made)


def test_the_key_is_not_shown() -> None:
    """
    A key that stands in a traceback or log by way of its identity would undo the pseudonyms.
    """
    key = b"k" * KEY_BYTES
    assert key.hex() not in repr(Identity(key))
    assert "kkkk" not in repr(Identity(key))


@pytest.mark.parametrize("content", ["", "abc", "00" * (KEY_BYTES - 1), "zz" * KEY_BYTES])
def test_a_broken_key_is_replaced(tmp_path: Path, content: str) -> None:
    """
    A file that holds no key gets one.
    """
    path = tmp_path / "identity.key"
    path.write_text(content)
    assert load(path) == load(path)
    assert load(path).kept


def test_without_a_place_for_the_key_pseudonyms_last_a_session(tmp_path: Path) -> None:
    """
    Where nothing can be written, pseudonyms still work, and it is known that they won't last.
    """
    (tmp_path / "state").write_text("a file where the folder should be")
    path = tmp_path / "state" / "identity.key"
    first, second = load(path), load(path)
    assert not first.kept
    assert first.dev_id("jane") != second.dev_id("jane")


def test_servers_that_start_at_once_agree(tmp_path: Path) -> None:
    """
    Of several that make the key at the same time, one wins and the others take its key.
    """
    for round_ in range(20):
        path = tmp_path / str(round_) / "identity.key"
        if round_ % 2:
            path.parent.mkdir()
            path.write_text("broken")
        with ThreadPoolExecutor(8) as pool:
            assert len({identity.key for identity in pool.map(load, [path] * 8)}) == 1


def test_odd_names_have_pseudonyms() -> None:
    """
    Names that are not sound Unicode, as file systems allow, are hashed like others.
    """
    assert len(Identity(b"1" * KEY_BYTES).repo_id("/project/\udcff")) == 16
