"""
What is in the package, and what is not.
"""

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
MOST_MB = 60
OURS = re.compile(r"extension/(dist|images|walkthrough)/|extension/[\w.]+$|extension/wheelhouse/[\w.]+\.txt$")


@pytest.fixture(scope="module")
def package(vsix: Path) -> dict[str, bytes]:
    """
    Its files by name.
    """
    with ZipFile(vsix) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_holds_what_runs_and_nothing_else(package: dict[str, bytes]) -> None:
    """
    No sources, no source maps, no tests: a bundle, pages, the wheels and their lists.
    """
    others = [name for name in package if not OURS.match(name) and not name.endswith((".whl", "vsixmanifest", ".xml"))]

    assert others == []
    assert not any(b"sourceMappingURL" in content for name, content in package.items() if name.endswith(".js"))


def test_names_no_folder_and_holds_no_secret(package: dict[str, bytes]) -> None:
    """
    Nothing of the machine that it was built on, and nothing like a key.
    """
    suspicious = re.compile(
        rb"sk-ant-|AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY|file:///|" + re.escape(str(ROOT).encode())
    )

    found = {name: suspicious.findall(text)[:3] for name, text in package.items() if OURS.match(name)}
    assert {name: what for name, what in found.items() if what} == {}


def test_licences_of_what_is_bundled(package: dict[str, bytes]) -> None:
    """
    Every package in the bundle has its text; every wheel brings its own.
    """
    licences = package["extension/dist/LICENSES.txt"].decode()

    for name in ("vscode-languageclient", "vscode-jsonrpc", "minimatch", "semver"):
        assert re.search(rf"^{name} \d", licences, re.MULTILINE)


def test_is_small(vsix: Path) -> None:
    """
    Nearly all of it is numpy and the AWS SDK.
    """
    assert vsix.stat().st_size < MOST_MB * 1_000_000


def test_stable_interfaces_only(package: dict[str, bytes]) -> None:
    """
    A proposed interface works in the editor of these tests and fails in everybody else's.
    """
    assert "enabledApiProposals" not in json.loads(package["extension/package.json"])


def test_pins_name_no_host() -> None:
    """
    The lock files are names, versions and digests, wherever they are installed from.
    """
    for folder in ("editor_client", "tests/editor"):
        locked = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
        assert [name for name, row in locked["packages"].items() if "resolved" in row] == []
