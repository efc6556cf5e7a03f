"""
The `pacenotes` command: its list of subcommands, its exit codes, and its one way of saying that something is wrong.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from lsp_server.cli.failure import ExitCode

COMMANDS = {
    "serve": "lsp_server.cli.serve:serve",
    "complete": "lsp_server.cli.complete:complete",
    "context": "lsp_server.cli.context:context",
    "review": "lsp_server.cli.review:review",
    "report": "telemetry.report.command:report",
    "telemetry": "telemetry.commands:telemetry",
    "experiment": "telemetry.experiments.commands:experiment",
    "simulate": "telemetry.delivery.commands:simulate",
    "audit": "lsp_server.cli.audit:audit",
    "cache": "lsp_server.cli.cache:cache",
    "doctor": "lsp_server.cli.doctor:doctor",
    "demo": "lsp_server.cli.demo:demo",
}


class LazyGroup(click.Group):
    """
    A group whose commands are imported when they are named, so that each costs only its own start-up.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """
        The commands in the order in which a newcomer needs them.
        """
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """
        Import the command's module.
        """
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 fine; 1 findings; 2 usage, configuration or unreadable input; 3 incomplete; "
        "4 the provider failed. "
        "Start with `pacenotes demo`: a tour that needs no key and no network."
    ),
)
@click.version_option(package_name="pacenotes", prog_name="pacenotes")
@click.pass_context
def pacenotes(ctx: click.Context) -> None:
    """
    Pacenotes, the co-driver for TypeScript: inline completions from Claude or from your own workspace,
    a record of everything that was sent, and telemetry that tells whether it helped.
    """
    ctx.obj = _telemetry_store


def run(arguments: list[str] | None = None) -> int:
    """
    Run one command and return its exit code; every failure is one sentence on stderr.
    """
    try:
        result: Any = pacenotes.main(arguments, prog_name="pacenotes", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as in `pacenotes … | head`: not a failure of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FINE
    except Exception as error:
        if os.environ.get("PACENOTES_DEBUG"):
            raise
        click.echo(
            f"Error: pacenotes failed unexpectedly ({type(error).__name__}); "
            "run it again with PACENOTES_DEBUG=1 to see where, and report that.",
            err=True,
        )
        return ExitCode.USAGE
    return result if isinstance(result, int) else ExitCode.FINE


def _telemetry_store() -> Path:
    from lsp_server.cli.options import settings_for
    from lsp_server.storage import locate

    return locate(settings_for(None).storage_directory).telemetry
