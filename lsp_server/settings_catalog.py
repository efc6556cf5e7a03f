"""
Render the declared settings for editors, for schema checkers and for people.

`python -m lsp_server.settings_catalog` writes the generated files anew; a test fails while they are stale.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from lsp_server.configuration import FILE_NAME, PREFIX, environment_variable
from lsp_server.settings import Declaration, Form, Scope, declarations

HERE = Path(__file__).parent
EXTENSION = HERE.parent / "editor_client" / "package.json"


def generated_files() -> Mapping[Path, str]:
    """
    Every file that is rendered from the declarations, with what it must hold.
    """
    return {
        HERE / "SETTINGS.md": markdown(),
        HERE / "pacenotes.schema.json": json.dumps(json_schema(), indent=2) + "\n",
        EXTENSION: _with_settings(EXTENSION.read_text(encoding="utf-8")),
    }


def vscode_configuration() -> dict[str, Any]:
    """
    The block `contributes.configuration` of the VS Code extension.

    Every default is null there, so that an editor's untouched setting never overrides `pacenotes.toml`.
    """
    return {
        "title": "Pacenotes",
        "properties": {f"{PREFIX}.{row.name}": _vscode_property(row) for row in declarations()},
    }


def json_schema() -> dict[str, Any]:
    """
    The schema of `pacenotes.toml` at a workspace root; what only the user may set is refused by it.
    """
    root: dict[str, Any] = {}
    for row in declarations():
        group, dot, name = row.name.rpartition(".")
        properties = root.setdefault(group, _closed_object())["properties"] if dot else root
        properties[name] = _schema_property(row) if row.scope is Scope.WORKSPACE else _refused(row)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FILE_NAME} at a workspace root",
        "type": "object",
        "additionalProperties": False,
        "properties": root,
    }


def markdown() -> str:
    """
    The reference of all settings.
    """
    return MARKDOWN.format(file=FILE_NAME) + "\n".join(_markdown_section(row) for row in declarations())


MARKDOWN = """\
<!-- Generated from settings.py by `python -m lsp_server.settings_catalog`; change it there. -->

# Settings

The strongest place that sets a name wins:

1. the command line, `--set completion.debounceMs=100`, or the editor, `pacenotes.completion.debounceMs`;
2. the environment, `PACENOTES_COMPLETION_DEBOUNCE_MS=100`;
3. your own `{file}` in the user configuration folder;
4. `{file}` at the workspace root;
5. the default.

A setting marked *user only* is ignored in a workspace's `{file}`: a workspace never chooses where data goes.
Credentials are never read from settings; the providers take them from their own environment variables.

```toml
# {file}
exclude = ["fixtures/", "*.snap.ts"]

[completion]
debounceMs = 100
```

"""


def _with_settings(manifest: str) -> str:
    """
    The manifest of the VS Code extension with our block first; what follows are the settings of the extension itself.
    """
    loaded = json.loads(manifest)
    contributed = loaded["contributes"]
    contributed["configuration"] = [vscode_configuration(), *contributed["configuration"][1:]]
    return json.dumps(loaded, indent=2, ensure_ascii=False) + "\n"


def _markdown_section(row: Declaration) -> str:
    facts = [_type_in_words(row), f"default `{_default_text(row)}`", f"`{environment_variable(row)}`"]
    if row.scope is Scope.MACHINE:
        facts.append("*user only*")
    return f"## `{row.name}`\n\n{row.sentence}\n\n{' · '.join(facts)}\n"


def _type_in_words(row: Declaration) -> str:
    choices = _choices(row)
    if choices:
        listed = ", ".join(f"`{choice}`" for choice in choices)
        return f"list of {listed}" if _is_list(row) else f"one of {listed}"
    if _is_list(row):
        return "list of texts"
    if row.form:
        return {Form.URL: "address", Form.DIRECTORY: "absolute path"}[row.form]
    words = {bool: "`true` or `false`", int: "whole number", float: "number", str: "text"}[row.type]
    return f"{words} from {row.limits['minimum']} to {row.limits['maximum']}" if row.limits else words


def _default_text(row: Declaration) -> str:
    return json.dumps(list(row.default) if isinstance(row.default, tuple) else row.default)


def _vscode_property(row: Declaration) -> dict[str, Any]:
    schema = _schema_property(row)
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    description = schema.pop("description")
    return {
        **schema,
        "default": None,
        "scope": "machine" if row.scope is Scope.MACHINE else "resource",
        "markdownDescription": f"{description} Default: `{_default_text(row)}`.",
    }


def _schema_property(row: Declaration) -> dict[str, Any]:
    choices = _choices(row)
    allowed: dict[str, Any] = {"enum": list(choices)} if choices else {}
    if _is_list(row):
        kind: dict[str, Any] = {"type": "array", "items": {"type": "string", **allowed}}
    else:
        names = {bool: "boolean", int: "integer", float: "number"}
        kind = {"type": names.get(row.type, "string"), **allowed}
    default = list(row.default) if _is_list(row) else row.default
    return {**kind, **row.limits, "default": default, "description": row.sentence}


def _refused(row: Declaration) -> dict[str, Any]:
    return {"not": {}, "description": f"Only in your user settings. {row.sentence}"}


def _closed_object() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _choices(row: Declaration) -> tuple[str, ...]:
    if isinstance(row.type, type) and issubclass(row.type, StrEnum):
        return tuple(str(member) for member in row.type)
    return row.choices


def _is_list(row: Declaration) -> bool:
    return isinstance(row.default, tuple)


if __name__ == "__main__":
    for path, content in generated_files().items():
        path.write_text(content, encoding="utf-8")
