"""
Read the settings from every place where they may be written.

Strongest first: command line or editor, environment, user file, `pacenotes.toml` at the workspace root, default.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lsp_server.experiment import Participant, arm_layer, assigned_arm
from lsp_server.file_text import UnreadReason, read_text
from lsp_server.settings import Declaration, Scope, Settings
from lsp_server.settings_resolution import DECLARED, GROUPS, Layer, Problem, ProblemKind, resolve, shown

FILE_NAME = "pacenotes.toml"
LARGEST_FILE = 256 * 1024
PREFIX = "pacenotes"

LayerRead = tuple[Layer, tuple[Problem, ...]]


def load(
    *,
    folder: Path | None,
    environ: Mapping[str, str],
    command_line: Sequence[str] = (),
    editor: object = None,
    user_file: Path | None = None,
    participant: Participant | None = None,
    workspace_file: LayerRead | None = None,
) -> tuple[Settings, tuple[Problem, ...]]:
    """
    The settings in force in one workspace folder, and what is wrong with them.

    `command_line` holds texts `NAME=VALUE`; `editor` is what a client sent, whatever it is.
    In a workspace of several folders each has its own: load once a folder.
    `workspace_file` stands in for the file in `folder`, where that one is not to be believed.
    With a `participant`, the arm of the workspace's experiment is laid over the workspace's file and below the user's.
    """
    user_file = user_file or default_user_file()
    in_workspace = folder is not None and (folder / FILE_NAME) != user_file
    workspace = [read_file(folder / FILE_NAME, Scope.WORKSPACE)] if folder and in_workspace else []
    if workspace_file is not None:
        workspace = [workspace_file]
    read = (
        *workspace,
        read_file(user_file, Scope.MACHINE),
        *((layer, ()) for layer in read_environment(environ)),
        read_editor(editor),
        read_command_line(command_line),
    )
    layers = [layer for layer, _ in read]
    settings, problems = resolve(layers)
    if participant is not None and not settings.experiment_opt_out:
        arm, mistake = assigned_arm(settings, participant)
        if arm is not None:
            layers.insert(len(workspace), arm_layer(settings, arm))
            settings, problems = resolve(layers)
        problems = (*problems, *([mistake] if mistake else []))
    return settings, (*(problem for _, found in read for problem in found), *problems)


def default_user_file() -> Path:
    """
    Where the user's own `pacenotes.toml` is looked for.
    """
    import platformdirs

    return Path(platformdirs.user_config_dir(PREFIX, appauthor=False)) / FILE_NAME


def read_file(path: Path, scope: Scope) -> LayerRead:
    """
    Read a `pacenotes.toml`; a missing one sets nothing.
    """
    nothing = Layer(source=str(path), scope=scope)
    file = read_text(path, LARGEST_FILE)
    if file.reason is UnreadReason.MISSING:
        return nothing, ()
    if file.text is None:
        return nothing, (_unusable(str(path), ProblemKind.UNREADABLE, f"the file can't be used, since {file.why}"),)
    return read_toml(file.text, str(path), scope)


def read_toml(text: str, source: str, scope: Scope) -> LayerRead:
    """
    Read the text of a `pacenotes.toml`; `source` names it in sentences.
    """
    import tomllib

    nothing = Layer(source=source, scope=scope)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return nothing, (
            _unusable(source, ProblemKind.SYNTAX, f"not valid TOML, {error}; correct it or remove the file"),
        )
    except RecursionError:
        return nothing, (_unusable(source, ProblemKind.SYNTAX, "nested too deeply; correct it or remove the file"),)
    return Layer(source=source, entries=flatten(content), scope=scope), ()


def read_environment(environ: Mapping[str, str]) -> tuple[Layer, ...]:
    """
    Read `PACENOTES_COMPLETION_DEBOUNCE_MS` and its like, a layer each; an empty variable counts as unset.
    """
    variables = {environment_variable(row): name for name, row in DECLARED.items()}
    return tuple(
        Layer(source=f"environment variable {key}", entries=((variables[key], value),), as_text=True)
        for key, value in environ.items()
        if value and key in variables
    )


def environment_variable(declaration: Declaration) -> str:
    """
    The variable that sets this setting.
    """
    return f"{PREFIX}_{declaration.attribute}".upper()


def read_editor(sent: object) -> LayerRead:
    """
    Read what a client sent, nested or flat, with or without `pacenotes.`; null means that it is not set there.
    """
    source = "editor settings"
    if sent is None or isinstance(sent, Mapping):
        return Layer(source=source, entries=flatten(sent or {})), ()
    sentence = f"{source}: {PREFIX} must be an object with settings in it, not {shown(sent)}."
    problem = Problem(kind=ProblemKind.WRONG_TYPE, source=source, name=PREFIX, sentence=sentence)
    return Layer(source=source), (problem,)


def read_command_line(texts: Sequence[str]) -> LayerRead:
    """
    Read texts `NAME=VALUE`.
    """
    source = "command line"
    pairs = [text.partition("=") for text in texts]
    entries = tuple((name.strip().removeprefix(f"{PREFIX}."), value) for name, equals, value in pairs if equals)
    problems = tuple(
        Problem(
            kind=ProblemKind.SYNTAX,
            source=source,
            name=name,
            sentence=f"{source}: write NAME=VALUE, such as completion.debounceMs=100, in place of {shown(name)}.",
        )
        for name, equals, _ in pairs
        if not equals
    )
    return Layer(source=source, entries=entries, as_text=True, typed_now=True), problems


def flatten(content: Mapping[Any, Any], prefix: str = "") -> tuple[tuple[str, Any], ...]:
    """
    Names and values of `{"completion": {"debounceMs": 5}}`, `{"pacenotes.completion.debounceMs": 5}`, or a mixture.
    """
    entries: list[tuple[str, Any]] = []
    for key, value in content.items():
        name = f"{prefix}{key}".removeprefix(f"{PREFIX}.")
        if isinstance(value, Mapping) and (name in GROUPS or name == PREFIX):
            entries += flatten(value, f"{name}.")
        elif value is not None:
            entries.append((name, value))
    return tuple(entries)


def _unusable(source: str, kind: ProblemKind, what: str) -> Problem:
    return Problem(kind=kind, source=source, name="", sentence=f"{source}: {what}.")
