"""
Dismiss a finding for good: in the baseline of its workspace, where it is silenced in the editor and in CI alike.
"""

import os
from enum import StrEnum
from pathlib import Path

from lsp_server.review import baseline
from lsp_server.review.finding import Finding


class DismissReason(StrEnum):
    """
    Why a finding is dismissed.
    """

    WRONG = "wrong"
    """It is not true."""
    NOISE = "noise"
    """It is true, and not worth saying."""
    OTHER = "other"

    @property
    def sentence(self) -> str:
        """
        What is written down when the engineer says nothing more.
        """
        return _SENTENCES[self]


class CannotDismiss(Exception):  # noqa: N818 - named after what happened
    """
    The baseline can't be written; `str(error)` is one sentence that says what to do.
    """


def dismiss(folder: Path, name: str, finding: Finding, reason: DismissReason, note: str = "") -> Path:
    """
    Add a finding to the baseline `name` of a workspace folder, and give the file's path. Reads and writes it.

    Raises:
        CannotDismiss: it would lie outside the folder, is malformed, or can't be written.
    """
    path = _inside(folder, name)
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        known = baseline.read(text) if text.strip() else baseline.Baseline()
        entry = baseline.entry_of(finding, " ".join(note.split()) or reason.sentence)
        _write(path, baseline.write(known.with_entry(entry).entries.values()))
    except baseline.BaselineMalformed as error:
        raise CannotDismiss(f"{error} Mend {name}, then dismiss the finding again.") from None
    except UnicodeDecodeError:
        raise CannotDismiss(f"{name} is not UTF-8: mend it, then dismiss the finding again.") from None
    except OSError as error:
        raise CannotDismiss(f"{name} could not be written: {error.strerror or type(error).__name__}.") from None
    return path


def dismissed_in(folder: Path, name: str) -> frozenset[str]:
    """
    The ids of the findings that the baseline `name` of a workspace folder silences. Reads it.

    Raises:
        BaselineMalformed: it can't be used.
    """
    try:
        path = _inside(folder, name)
        text = path.read_text("utf-8") if path.exists() else ""
    except (CannotDismiss, OSError, UnicodeDecodeError):
        # Whoever reviews says so; a file that is not there, or must not be, silences nothing.
        return frozenset()
    return frozenset(baseline.read(text).entries) if text else frozenset()


def _inside(folder: Path, name: str) -> Path:
    """
    The file of that name, wherever links lead; a workspace may not have us write elsewhere.
    """
    top = folder.resolve()
    path = (top / name).resolve()
    if not name or path == top or not path.is_relative_to(top) or ".git" in path.relative_to(top).parts:
        raise CannotDismiss("The setting review.baseline names no file inside the workspace folder: change it.")
    return path


def _write(path: Path, text: str) -> None:
    """
    Put `text` there all at once, so that nobody ever reads half of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.exists():
            temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


_SENTENCES = {
    DismissReason.WRONG: "It is not true.",
    DismissReason.NOISE: "It is not worth saying.",
    DismissReason.OTHER: "It was dismissed in the editor.",
}
