"""
The command line's frame.
"""

import pytest

from lsp_server.cli.main import COMMANDS, run


@pytest.mark.parametrize("arguments", [["--help"], *[[name, "--help"] for name in COMMANDS]])
def test_every_command_explains_itself(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """
    `--help` of every command says how it is used, on stdout.
    """
    assert run(arguments) == 0

    assert "Usage: pacenotes" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["complete"], ["complete", "nowhere"], ["serve", "--tcp", "0.0.0.0:1"]]
)
def test_wrong_use_is_one_sentence_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """
    Wrong use says what is wrong on stderr, nothing on stdout, and exits with 2.
    """
    assert run(arguments) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Error: " in captured.err
    assert "Traceback" not in captured.err
