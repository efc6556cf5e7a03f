"""
What is generated from the declared settings is current, and says the same as the loader does.
"""

import json
import tomllib
from typing import Any

import jsonschema
import pytest
from inline_snapshot import snapshot

from lsp_server.settings import Scope, declarations
from lsp_server.settings_catalog import generated_files, json_schema, markdown, vscode_configuration


def test_generated_files_are_current() -> None:
    """
    Whoever changes a setting runs `python -m lsp_server.settings_catalog`.
    """
    stale = [path.name for path, content in generated_files().items() if path.read_text("utf-8") != content]

    assert stale == []


class TestSchema:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            'exclude = ["a/"]\nmaxFileKb = 5\n[completion]\ndebounceMs = 100',
            'completion.languages = ["typescript"]',
        ],
    )
    def test_accepts_what_a_workspace_may_set(self, text: str) -> None:
        """
        Behaviour may be tuned.
        """
        jsonschema.validate(tomllib.loads(text), json_schema())

    @pytest.mark.parametrize(
        "text",
        [
            'provider = "local"',
            '[anthropic]\nbaseUrl = "https://gateway.example"',
            "[completion]\ndebounceMs = 6000",
            "[completion]\ndebounce = 100",
            'completion.languages = ["cobol"]',
            "colour = 1",
        ],
    )
    def test_refuses_the_rest(self, text: str) -> None:
        """
        Names of the machine, unknown names and values out of range are marked while they are typed.
        """
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(text), json_schema())

    def test_is_itself_valid(self) -> None:
        """
        Editors can use it.
        """
        jsonschema.Draft202012Validator.check_schema(json_schema())


class TestVscode:
    def test_every_setting_is_offered_and_unset(self) -> None:
        """
        An untouched setting is sent as null and overrides nothing.
        """
        properties = vscode_configuration()["properties"]

        assert {f"pacenotes.{row.name}" for row in declarations()} == set(properties)
        for schema in properties.values():
            jsonschema.validate(None, schema)
            assert schema["default"] is None

    def test_the_users_own_are_of_the_machine(self) -> None:
        """
        VS Code itself refuses them from a workspace.
        """
        properties = vscode_configuration()["properties"]
        machine = {name for name, schema in properties.items() if schema["scope"] == "machine"}

        assert {f"pacenotes.{row.name}" for row in declarations() if row.scope is Scope.MACHINE} == machine

    def test_shows_the_default_in_words(self) -> None:
        """
        Since null hides the default, the description tells it.
        """
        shown: dict[str, Any] = vscode_configuration()["properties"]["pacenotes.completion.debounceMs"]

        assert snapshot(
            {
                "type": ["integer", "null"],
                "minimum": 0,
                "maximum": 5000,
                "default": None,
                "scope": "resource",
                "markdownDescription": "Pause in typing before a model is asked. Default: `75`.",
            }
        ) == json.loads(json.dumps(shown))


def test_the_reference_names_every_setting() -> None:
    """
    Each has a section with its sentence.
    """
    text = markdown()

    for row in declarations():
        assert f"## `{row.name}`\n\n{row.sentence}\n" in text
