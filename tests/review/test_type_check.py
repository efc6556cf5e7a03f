"""
The workspace's own TypeScript says whether a fix adds a type error, whichever version it is.
"""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lsp_server.cli.main import run
from lsp_server.review.finding import NoFixReason
from lsp_server.review.type_check import (
    NoTypeCheck,
    TypeChecker,
    installed_for,
    native_program,
    without_type_errors,
)
from tests.support.findings import finding_in, unmarked

FAKE = Path(__file__).parents[1] / "support" / "fake_typescript.py"
VERSIONS = ("5.9.3", "6.0.3", "7.0.2")


@pytest.fixture(params=VERSIONS)
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return with_typescript(tmp_path, request.param)


@pytest_asyncio.fixture
async def checker(workspace: Path) -> AsyncIterator[TypeChecker]:
    made = TypeChecker(workspace, {"PATH": f"{workspace / 'bin'}:/usr/bin:/bin", "ANTHROPIC_API_KEY": "canary"})
    yield made
    await made.aclose()


async def test_only_new_errors_count(workspace: Path, checker: TypeChecker) -> None:
    """
    Errors that the file has already are no reason against a fix, and one more of the same is.
    """
    file = workspace / "src" / "a.ts"
    assert await checker.new_errors(file, "wrong 1", "fine") == ()
    assert await checker.new_errors(file, "wrong 1", "wrong 1\n") == ()
    assert await checker.new_errors(file, "wrong 1", "wrong 1\nwrong 2") == ("TS1: wrong 2",)
    assert await checker.new_errors(file, "wrong 1", "wrong 1\nwrong 1") == ("TS1: wrong 1",)


async def test_a_fix_with_a_type_error_is_not_offered(checker: TypeChecker) -> None:
    """
    The finding stays, its fix goes with a reason; other fixes stay.
    """
    text, span = unmarked("const a = «b»;\n")
    findings = [finding_in(text, span, file="src/a.ts", replacement=replacement) for replacement in ("wrong", "c")]
    checked = await without_type_errors(findings, {"src/a.ts": text}, checker)
    assert [(finding.fix is None, finding.no_fix) for finding in checked] == [
        (True, NoFixReason.ADDS_TYPE_ERROR),
        (False, None),
    ]


async def test_a_program_that_dies_says_so_and_is_started_anew(workspace: Path, checker: TypeChecker) -> None:
    """
    A crash is one sentence, and the next question is answered.
    """
    file = workspace / "src" / "a.ts"
    with pytest.raises(NoTypeCheck, match="does not answer"):
        await checker.new_errors(file, "fine", "die")
    assert await checker.new_errors(file, "fine", "wrong") == ("TS1: wrong",)


async def test_a_text_that_is_only_checked_is_not_written(workspace: Path, checker: TypeChecker) -> None:
    """
    The file on the disk stays as it is, and the program sees no key of ours.
    """
    file = workspace / "src" / "a.ts"
    file.write_text("fine")
    assert await checker.new_errors(file, "", "fine too") == ()
    assert file.read_text() == "fine"


@pytest.mark.parametrize("version", ["5.9.3", "7.0.2"])
async def test_an_incomplete_installation_is_told(version: str, tmp_path: Path) -> None:
    """
    A package without its program, like no package at all, is no type check rather than a failure.
    """
    checker = TypeChecker(tmp_path, {})
    with pytest.raises(NoTypeCheck, match="No TypeScript is installed"):
        await checker.new_errors(tmp_path / "a.ts", "", "")
    package(tmp_path, version)
    with pytest.raises(NoTypeCheck, match="is incomplete: it has no ts"):
        await checker.new_errors(tmp_path / "a.ts", "", "")


def test_the_setting_makes_a_review_ask(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    With `review.typeCheck` on, the command offers only the fix that adds no type error; without it, both.
    """
    (workspace / "a.ts").write_text("if (wrong === NaN) f();\nif (right === NaN) f();\n")
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("PATH", f"{workspace / 'bin'}:/usr/bin:/bin")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(workspace / "home"))
    offered = []
    for setting in ("false", "true"):
        options = ("--provider", "local", "--set", f"review.typeCheck={setting}", "--output", "json")
        assert run(["review", "a.ts", *options]) == 0
        found = json.loads(capsys.readouterr().out)["findings"]
        offered.append([("fix" in finding, finding.get("noFix")) for finding in found])
    assert offered == [[(True, None), (True, None)], [(False, "adds_type_error"), (True, None)]]


def test_the_nearest_typescript_within_the_root_is_taken(tmp_path: Path) -> None:
    """
    A package of a monorepo may have its own; one outside of the workspace is never run.
    """
    root, inner = tmp_path / "root", tmp_path / "root" / "packages" / "a"
    inner.mkdir(parents=True)
    package(tmp_path, "5.0.0")
    assert installed_for(inner / "a.ts", root) is None
    package(root, "6.0.0")
    package(inner, "7.1.0-beta.1")
    found = [installed_for(folder / "a.ts", root) for folder in (root, inner)]
    assert [one.version for one in found if one] == [(6, 0, 0), (7, 1, 0)]


def with_typescript(root: Path, version: str) -> Path:
    folder = package(root, version)
    (root / "src").mkdir()
    if version.startswith("7"):
        runnable(native_program(folder), "lsp")
    else:
        (folder / "lib").mkdir()
        (folder / "lib" / "tsserver.js").touch()
        runnable(root / "bin" / "node", "tsserver")
    return root


def package(root: Path, version: str) -> Path:
    folder = root / "node_modules" / "typescript"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": version}))
    return folder.resolve()


def runnable(path: Path, mode: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" {mode}\n')
    path.chmod(0o755)
