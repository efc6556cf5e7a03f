"""
Prepare what answers while the engineer already types, and show it when it takes long.
"""

import asyncio
from collections.abc import Callable

from lsp_server.lsp.client import Client
from lsp_server.lsp.dependencies import Backend

SHOWN_AFTER_S = 0.7


async def prepare(backend: Backend, client: Client) -> None:
    """
    Warm up the provider, and read the workspace with progress that the engineer can cancel.
    """
    await client.prepare()
    await backend.warm_up()
    loop = asyncio.get_running_loop()
    shown: list[Callable[[str, int], None]] = []

    def tell(done: int, total: int) -> None:
        # Called in the thread that reads.
        for report in shown:
            loop.call_soon_threadsafe(report, f"{done} of {total} files", 100 * done // max(total, 1))

    reading = asyncio.ensure_future(backend.read_workspace(tell))
    try:
        finished, _ = await asyncio.wait({reading}, timeout=SHOWN_AFTER_S)
        if not finished:
            async with client.progress("Pacenotes reads the workspace") as report:
                shown.append(report)
                await asyncio.wait({reading})
    finally:
        shown.clear()
        reading.cancel()
