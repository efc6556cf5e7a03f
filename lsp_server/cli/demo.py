"""
`pacenotes demo`: the tour.
"""

import asyncio

import click


@click.command()
def demo() -> None:
    """
    Take the tour: a real server on a bundled TypeScript project, with no key and no network.
    """
    from rich.console import Console

    from lsp_server.demo.tour import tour

    asyncio.run(tour(Console(soft_wrap=True)))
