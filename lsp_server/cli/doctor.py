"""
`pacenotes doctor`: check configuration, credentials and reachability, and print no secret.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_server.cli.failure import ExitCode
from lsp_server.cli.options import model_options, named_overrides, set_option
from lsp_server.cli.place import workspace_root

if TYPE_CHECKING:
    from lsp_server.providers.base import Provider
    from lsp_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that was looked at, what was found, and the exit code that it asks for.
    """

    what: str
    sentence: str
    exit_code: ExitCode = ExitCode.FINE


@click.command()
@model_options
@set_option
def doctor(*, provider: str | None, model: str | None, overrides: tuple[str, ...]) -> int:
    """
    Check the settings, the folders of state, and whether the provider answers.

    A remote provider is asked one question of a few tokens; nothing of your code is in it.
    """
    named = named_overrides(provider, model, model_setting="completion.model")
    findings = list(_examine((*overrides, *named)))
    for finding in findings:
        mark = "ok" if finding.exit_code is ExitCode.FINE else "PROBLEM"
        click.echo(f"{mark:9}{finding.what:11}{finding.sentence}")
    return max(finding.exit_code for finding in findings)


def _examine(overrides: Sequence[str]) -> Iterator[Finding]:
    from lsp_server import configuration
    from lsp_server.storage import locate

    root = workspace_root(Path.cwd() / "any file")
    settings, problems = configuration.load(folder=root, environ=os.environ, command_line=overrides)
    yield Finding("settings", f"In force for {root}.")
    for problem in problems:
        yield Finding("settings", problem.sentence, ExitCode.USAGE if problem.is_error else ExitCode.FINE)
    storage = locate(settings.storage_directory)
    yield _examine_folder("state", storage.state)
    yield _examine_folder("cache", storage.cache)
    yield _examine_telemetry(settings)
    yield from asyncio.run(_examine_provider(settings))


def _examine_folder(what: str, folder: Path) -> Finding:
    from lsp_server.storage import make_private

    try:
        make_private(folder)
        said = "" if os.access(folder, os.W_OK) else "it is read-only"
    except OSError as error:
        said = error.strerror or "it can't be made"
    if not said:
        return Finding(what, f"Kept in {folder}, for you alone.")
    advice = "make it writable, or name another in the setting storage.directory."
    return Finding(what, f"{folder} can't be used ({said}): {advice}", ExitCode.USAGE)


def _examine_telemetry(settings: "Settings") -> Finding:
    from telemetry import consent

    decision = consent.decide(environ=os.environ, enabled=settings.telemetry_enabled, level=None)
    return Finding("telemetry", decision.sentence)


async def _examine_provider(settings: "Settings") -> list[Finding]:
    from lsp_server.providers import choose
    from lsp_server.providers.base import Purpose
    from lsp_server.providers.local.corpus import WorkspaceCorpus

    choice = choose.build(settings, os.environ, WorkspaceCorpus(lambda: ()))
    model = choice.provider.model_for(Purpose.COMPLETION)
    chosen = Finding("provider", f"{choice.provider.name} with {model}. {choice.why}")
    try:
        return [chosen, await _ask(choice.provider)]
    finally:
        await choice.provider.aclose()


async def _ask(provider: "Provider") -> Finding:
    from lsp_server.providers.base import Message, NotConfigured, Prompt, ProviderError, Purpose, TextBlock
    from lsp_server.providers.streams import closing

    question = Prompt(
        purpose=Purpose.COMPLETION,
        system=(TextBlock("Answer with one word."),),
        messages=(Message("user", (TextBlock("Say: ready"),)),),
        max_tokens=16,
        fingerprint="doctor",
    )
    try:
        async with closing(provider.stream(question)) as chunks:
            async for _ in chunks:
                pass
    except NotConfigured as error:
        return Finding("answer", str(error), ExitCode.USAGE)
    except ProviderError as error:
        return Finding("answer", str(error), ExitCode.PROVIDER_FAILED)
    return Finding("answer", "It answers.")
