"""
`pacenotes serve`: the language server.
"""

import click

from lsp_server.cli.failure import UnreadableInput


@click.command()
@click.option("--stdio", is_flag=True, help="Speak over standard input and output (the default).")
@click.option("--tcp", metavar="HOST:PORT", default=None, help="Listen there instead; HOST must be this machine.")
def serve(*, stdio: bool, tcp: str | None) -> int:
    """
    Serve one editor over the Language Server Protocol.
    """
    if tcp is None:
        from lsp_server.app import serve_stdio

        return serve_stdio()
    if stdio:
        raise click.UsageError("--stdio and --tcp exclude each other: name one.")
    return serve_tcp(tcp)


def serve_tcp(address: str) -> int:
    """
    Serve the first client that connects.

    Raises:
        UnreadableInput: the address is not one of this machine, or is taken.
    """
    from lsp_server.app import services
    from lsp_server.lsp.server import serve as serve_client
    from lsp_server.lsp.transport import UnusableAddress, tcp

    try:
        wire = tcp(address)
    except UnusableAddress as error:
        raise UnreadableInput(str(error)) from error
    return serve_client(services(), wire)
