"""
The recipes can be copied as they are: they parse, their commands exist, and none hands a secret to strangers.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lsp_server.cli.review import review
from lsp_server.cli.review_output import parse_outputs

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "lsp_server" / "review" / "recipes"
FILES = sorted([*RECIPES.glob("*.y*ml"), ROOT / ".pre-commit-hooks.yaml"])
WORKFLOWS = [path for path in FILES if path.name.startswith("github") or path.name == "reviewdog.yml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_is_one_that_we_take(path: Path) -> None:
    """
    Options and formats of each `pacenotes review` in a recipe are those of the command.
    """
    commands = list(commands_in(yaml.safe_load(path.read_text("utf-8"))))
    assert commands or path.name == "github-fork-publish.yml"
    for command in commands:
        context = review.make_context("review", command[2:])
        assert not any(str(path).startswith("-") for path in context.params["paths"])
        parse_outputs(context.params["outputs"], previews=False)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_stranger_gets_a_secret(path: Path) -> None:
    """
    No workflow runs with secrets for a fork, and nothing that a fork can name is put into a script.
    """
    text = path.read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert "pull_request_target" not in text
    assert workflow["permissions"].get("contents") == "read"
    for job in workflow["jobs"].values():
        has_secret = "secrets." in yaml.safe_dump(job)
        assert not has_secret or "head.repo.full_name == github.repository" in job["if"]
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if "checkout" in step.get("uses", ""):
                assert step["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_the_second_workflow_follows_the_first() -> None:
    """
    It waits for the first by its name, and takes up what that left under the same name.
    """
    first, second = (workflow(name) for name in ("github-fork-review.yml", "github-fork-publish.yml"))
    assert second["on"]["workflow_run"]["workflows"] == [first["name"]]
    left = next(step for step in steps(first) if "upload-artifact" in step.get("uses", ""))
    taken = next(step for step in steps(second) if "download-artifact" in step.get("uses", ""))
    published = next(step for step in steps(second) if "upload-sarif" in step.get("uses", ""))
    assert left["with"]["name"] == taken["with"]["name"]
    assert left["with"]["path"] == published["with"]["sarif_file"]


def test_reports_are_written_where_gitlab_looks() -> None:
    """
    The files of the job's reports are the ones that the command writes.
    """
    job = yaml.safe_load((RECIPES / "gitlab-ci.yml").read_text("utf-8"))["pacenotes"]
    (command,) = commands_in(job)
    written = {output.partition("=")[2] for output in command if "=" in output}
    assert set(job["artifacts"]["reports"].values()) == written


def test_the_readme_names_every_recipe() -> None:
    """
    Whatever can be copied is in the table, and what is in the table is there.
    """
    readme = (RECIPES / "README.md").read_text("utf-8")
    assert set(re.findall(r"\]\(([\w.-]+)\)", readme)) == {path.name for path in FILES if path.parent == RECIPES}


def workflow(name: str) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as a truth value; GitHub does not.
    text = (RECIPES / name).read_text("utf-8").replace("\non:", '\n"on":')
    return dict(yaml.safe_load(text))


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


def commands_in(value: Any) -> Iterator[list[str]]:
    """
    The `pacenotes review` commands among the texts of a document.
    """
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from commands_in(one)
    if isinstance(value, str) and value.startswith("pacenotes review"):
        yield shlex.split(value)
