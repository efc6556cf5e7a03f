"""
Options that commands share, and the settings that follow from them.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from lsp_server import configuration
from lsp_server.cli.failure import UnreadableInput
from lsp_server.settings import ProviderChoice, Settings

F = TypeVar("F", bound=Callable[..., Any])


def set_option(command: F) -> F:
    """
    `--set NAME=VALUE`, for any setting.
    """
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        help="Override a setting, such as completion.maxTokens=128; may be repeated.",
    )(command)


def model_options(command: F) -> F:
    """
    `--provider` and `--model`, the two settings that are named most.
    """
    with_model = click.option("--model", default=None, help="Model id; the provider's default otherwise.")(command)
    return click.option(
        "--provider",
        type=click.Choice([choice.value for choice in ProviderChoice]),
        default=None,
        help="Who answers; the setting `provider` otherwise.",
    )(with_model)


def named_overrides(provider: str | None, model: str | None, *, model_setting: str) -> tuple[str, ...]:
    """
    `--provider` and `--model` as `NAME=VALUE`.
    """
    named = {"provider": provider, model_setting: model}
    return tuple(f"{name}={value}" for name, value in named.items() if value is not None)


def settings_for(
    folder: Path | None, overrides: Sequence[str] = (), *, workspace: configuration.LayerRead | None = None
) -> Settings:
    """
    The settings in force in `folder`; what can be lived with is said on stderr.

    `workspace` stands in for the folder's own file.

    Raises:
        UnreadableInput: a setting or a settings file is wrong.
    """
    settings, problems = configuration.load(
        folder=folder, environ=os.environ, command_line=overrides, workspace_file=workspace
    )
    for problem in problems:
        if problem.is_error:
            raise UnreadableInput(problem.sentence)
        say_warning(problem.sentence)
    return settings


def say_warning(sentence: str) -> None:
    """
    A warning on stderr, where it does not mix with results.
    """
    click.echo(f"Warning: {sentence}", err=True)
