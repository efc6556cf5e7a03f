"""
`pacenotes` on the command line: hand over to the command, and let no traceback reach a user.
"""

import sys


def main() -> None:
    """
    Run `pacenotes` with the process's arguments.
    """
    if sys.argv[1:] in (["serve"], ["serve", "--stdio"]):
        # An editor waits for this one: it skips the command-line library, which costs a twentieth of the start.
        from lsp_server.app import serve_stdio

        sys.exit(serve_stdio())
    from lsp_server.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
