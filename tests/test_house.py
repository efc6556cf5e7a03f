"""
The rules of the house: who imports whom, what is generated, what must not stand anywhere.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("lsp_server/**/*.py"), *ROOT.glob("telemetry/**/*.py")])
TESTS = sorted(ROOT.glob("tests/**/*.py"))


def test_rooms_import_only_what_they_may() -> None:
    """
    The import contracts of pyproject.toml hold.
    """
    # In a process of its own: it switches off the loggers of the one it runs in, and other tests read logs.
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_module_says_what_it_promises(file: Path) -> None:
    """
    A module that holds anything opens with a docstring.
    """
    text = file.read_text(encoding="utf-8")

    assert not text or text.startswith(('"""', 'r"""'))


def test_nothing_is_pickled() -> None:
    """
    No source of ours imports a serialiser that runs code when it reads.
    """
    unsafe = re.compile(r"^\s*(import|from) (pickle|marshal|shelve|dill|joblib)\b", re.MULTILINE)

    assert [file for file in SOURCES if unsafe.search(file.read_text(encoding="utf-8"))] == []


def test_tests_use_fakes_not_mocks() -> None:
    """
    What a test needs in place of the real thing is an object of its own in tests/support.
    """
    mocks = re.compile(r"^\s*(import|from) (unittest\.mock|mock|pytest_mock)\b", re.MULTILINE)

    assert [file for file in TESTS if mocks.search(file.read_text(encoding="utf-8"))] == []


def test_no_download_host_is_written_down() -> None:
    """
    Pins are names and versions, wherever they are installed from.
    """
    pins = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8")

    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:", pins) == []


def test_the_architecture_names_every_room() -> None:
    """
    ARCHITECTURE.md has a line for each room and each module beside the rooms.
    """
    described = (ROOT / "lsp_server" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    children = [child for child in (ROOT / "lsp_server").iterdir() if not child.name.startswith("__")]
    rooms = [f"`{child.name}/`" for child in children if (child / "__init__.py").exists()]
    modules = [f"`{child.name}`" for child in children if child.suffix == ".py"]

    assert [name for name in rooms + modules if name not in described] == []


def test_every_invariant_names_a_test_that_is_there() -> None:
    """
    The tests that ARCHITECTURE.md names exist.
    """
    described = (ROOT / "lsp_server" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", described)

    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).exists() or test not in (ROOT / file).read_text(encoding="utf-8")
    ]

    assert named
    assert missing == []
