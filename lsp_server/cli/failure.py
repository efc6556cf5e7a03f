"""
How a command fails: an exit code of the public contract and one sentence.
"""

from enum import IntEnum

import click


class ExitCode(IntEnum):
    """
    Exit codes, the same for every command.
    """

    FINE = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    PROVIDER_FAILED = 4


class UnreadableInput(click.ClickException):
    """
    The user named something that can't be used.
    """

    exit_code = ExitCode.USAGE


class ProviderFailed(click.ClickException):
    """
    The model gave no usable reply.
    """

    exit_code = ExitCode.PROVIDER_FAILED
