"""
Pseudonyms for people, their workspaces and what they deliver, by a random key that never leaves the machine.

Without the key nobody can tell who or what a pseudonym stands for, nor try names until one fits.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from telemetry.locking import alone

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """
    Makes pseudonyms. `kept` tells whether they will be the same in the next session.
    """

    key: bytes
    kept: bool = True

    def dev_id(self, user: str) -> str:
        """
        The pseudonym of a person, by their name on this machine.
        """
        return self._keyed_hash("dev", user)

    def repo_id(self, folder: str) -> str:
        """
        The pseudonym of a workspace folder.
        """
        return self._keyed_hash("repo", folder)

    def finding_id(self, fingerprint: str) -> str:
        """
        The pseudonym of a review's finding: its fingerprint is made of code and a path, so that it could be guessed.
        """
        return self._keyed_hash("finding", fingerprint)

    def outcome_id(self, kind: str, number: str) -> str:
        """
        The pseudonym of a pull request or a ticket, by its number or key.
        """
        return self._keyed_hash(kind, number)

    def _keyed_hash(self, kind: str, value: str) -> str:
        import hmac

        text = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.key, text, "sha256").hex()[:16]


def load(path: Path) -> Identity:
    """
    The identity of this machine; made at the first call, readable by this user alone.

    When the key can be neither read nor written, pseudonyms hold for this session only.
    """
    try:
        key = _read(path) or _make(path)
    except OSError:
        return Identity(os.urandom(KEY_BYTES), kept=False)
    return Identity(key)


def _read(path: Path) -> bytes | None:
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _make(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(path):
        if key := _read(path):
            return key
        key = os.urandom(KEY_BYTES)
        draft = path.with_name(f"{path.name}.draft")
        handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex())
        # A reader sees no key or a whole one.
        draft.replace(path)
        return key
