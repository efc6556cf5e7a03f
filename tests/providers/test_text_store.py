"""
Texts that outlast the process.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from lsp_server.providers.text_store import TextStore


def store(folder: Path, warn: Callable[[str], None] = print) -> TextStore:
    return TextStore(folder, size_bytes=1 << 20, now=lambda: datetime.now(UTC), warn=warn)


async def test_finds_what_an_earlier_process_kept(tmp_path: Path) -> None:
    """
    Several texts at once, and no others.
    """
    first = store(tmp_path)
    await first.keep({"a": "one", "b": "zwei – 2"})
    await first.aclose()
    second = store(tmp_path)

    assert await second.find(["a", "b", "c"]) == {"a": "one", "b": "zwei – 2"}
    await second.aclose()


async def test_nothing_is_opened_for_nothing(tmp_path: Path) -> None:
    """
    A run that neither asks nor keeps leaves no files.
    """
    unused = store(tmp_path / "cache")
    assert await unused.find([]) == {}
    await unused.keep({})
    await unused.aclose()

    assert not (tmp_path / "cache").exists()


async def test_a_disk_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """
    That is said once, and is no error.
    """
    (tmp_path / "file").write_text("")
    warnings: list[str] = []
    blocked = store(tmp_path / "file" / "cache", warnings.append)

    await blocked.keep({"a": "one"})
    assert await blocked.find(["a"]) == {}
    await blocked.aclose()

    assert len(warnings) == 1
