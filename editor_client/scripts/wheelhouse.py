"""
Gather the wheels of the server for the machine that this runs on, and the list that they are installed by.

What completions and reviews take is gathered; what only reports take is left out, since it is larger than all the rest.
A wheel with native code fits one platform and one version of Python. Where it does not fit, pip fetches its own of the
version that the list pins.
"""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parent
TARGET = HERE / "wheelhouse"
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"

NOT_FOR_THE_EDITOR = frozenset({"duckdb", "ibis-framework", "scipy", "sqlglot"})
"""What reports and experiments calculate with."""


def main() -> None:
    """
    Fill the folder anew.
    """
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir()
    pip("wheel", "--no-deps", "--wheel-dir", TARGET, ROOT)
    # Only wheels: what has to be built on the user's machine may fail there.
    pip("download", "--only-binary=:all:", "--constraint", CONSTRAINTS, "--dest", TARGET, *wanted())
    wheels = sorted(TARGET.glob("*.whl"))
    (TARGET / "reports.txt").write_text("".join(sorted(pinned(NOT_FOR_THE_EDITOR))), encoding="utf-8")
    (TARGET / "requirements.txt").write_text("".join(map(requirement, wheels)), encoding="utf-8")


def wanted() -> list[str]:
    """
    The dependencies that the server declares, without those that the editor has no use for.
    """
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return [line for line in declared if name_of(line) not in NOT_FOR_THE_EDITOR]


def requirement(wheel: Path) -> str:
    """
    One line of the list; the digest makes another build of the same version another list.
    """
    name, version, *_ = wheel.name.split("-")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-')}=={version}  # {digest}\n"


def pinned(names: frozenset[str]) -> list[str]:
    """
    Lines of the constraints for these packages, which are fetched when a report is first asked for.
    """
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if line.partition("==")[0] in names]


def name_of(requirement: str) -> str:
    """
    `scipy` of `scipy>=1.13`.
    """
    return "".join(
        character if character.isalnum() or character in "-_." else " " for character in requirement
    ).split()[0]


def pip(*arguments: str | Path) -> None:
    """
    Run pip; its own messages say what went wrong.
    """
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)], check=True
    )


if __name__ == "__main__":
    main()
