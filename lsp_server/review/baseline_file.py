"""
The baseline as a file of its workspace: what was dismissed for good, in the editor and in CI alike.
"""

import os
from enum import StrEnum
from pathlib import Path

from lsp_server.review import baseline
from lsp_server.review.baseline import Baseline, BaselineMalformed
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


class BaselineOutside(BaselineMalformed):
    """
    The setting names no file inside the workspace folder.
    """


def baseline_in(folder: Path, name: str) -> Baseline:
    """
    The dismissals in the file `name` of a workspace folder; none where there is no such file. Reads it.

    Raises:
        BaselineOutside: it would not lie inside of the folder.
        BaselineMalformed: it can't be used.
    """
    text = _text(_inside(folder, name), name)
    try:
        return Baseline() if text is None else baseline.read(text)
    except BaselineMalformed as error:
        raise BaselineMalformed(f"{name}: {error}") from None


def baseline_if_inside(folder: Path, name: str) -> Baseline:
    """
    As `baseline_in`, but an editor whose setting names no file inside of the folder reviews without dismissals.

    Raises:
        BaselineMalformed: it can't be used.
    """
    try:
        return baseline_in(folder, name)
    except BaselineOutside:
        # Whoever dismisses a finding is told.
        return Baseline()


def dismiss(folder: Path, name: str, finding: Finding, reason: DismissReason, note: str = "") -> Path:
    """
    Add a finding to the baseline `name` of a workspace folder, and give the file's path. Reads and writes it.

    Raises:
        CannotDismiss: it would lie outside of the folder, is malformed, or can't be written.
    """
    try:
        path = _inside(folder, name)
        is_blank = not (_text(path, name) or "").strip()
        known = Baseline() if is_blank else baseline_in(folder, name)
        entry = baseline.entry_of(finding, " ".join(note.split()) or reason.sentence)
        _write(path, baseline.write(known.with_entry(entry).entries.values()))
    except BaselineOutside as error:
        raise CannotDismiss(str(error)) from None
    except BaselineMalformed as error:
        raise CannotDismiss(f"{error} Mend {name}, then dismiss the finding again.") from None
    except OSError as error:
        raise CannotDismiss(f"{name} could not be written: {error.strerror or type(error).__name__}.") from None
    return path


def _inside(folder: Path, name: str) -> Path:
    """
    The file of that name, wherever links lead; a workspace may not have us read or write elsewhere.
    """
    top = folder.resolve()
    path = (top / name).resolve()
    if not name or path == top or not path.is_relative_to(top) or ".git" in path.relative_to(top).parts:
        raise BaselineOutside("The setting review.baseline names no file inside the workspace folder: change it.")
    return path


def _text(path: Path, name: str) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise BaselineMalformed(f"{name} is not UTF-8.") from None
    except OSError as error:
        raise BaselineMalformed(f"{name} can't be read: {error.strerror or type(error).__name__}.") from None


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
