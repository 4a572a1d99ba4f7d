"""A Jorge in a process of its own that can be killed, forked from an interpreter that has imported everything before.

An interpreter of its own takes seconds to import what it needs; a fork of one that waits takes none, and is as dead
after `kill -9` as any other.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerContext

import httpx
from free_port import free_port
from running_jorge import eventually, is_ready

PATIENCE_SECONDS = 60.0
"""A process starts on a busy machine; nothing here is a measurement."""


def warm_interpreter() -> ForkServerContext:
    """The interpreter to fork from; it is started by the first fork, and ends with the tests."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "ghl_real_estate_ai.api.main", "uvicorn"])
    return context


@asynccontextmanager
async def killed_at_the_end(
    context: ForkServerContext, environment: Mapping[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    """A Jorge with these settings that serves as `uvicorn` does, until it is killed at the end of the block."""
    port = free_port()
    process = context.Process(target=_serve, args=(port, dict(environment)))
    process.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
            await eventually(lambda: is_ready(client), within_seconds=PATIENCE_SECONDS)
            yield client
    finally:
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.join, PATIENCE_SECONDS)
        process.close()


def _serve(port: int, environment: dict[str, str]) -> None:
    """What the fork does: `uvicorn ghl_real_estate_ai.api.main:app`, with these settings."""
    import uvicorn  # imported before the fork; named here for the one that forks

    os.environ.update(environment)
    sys.stderr = sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - open until it is killed
    uvicorn.run("ghl_real_estate_ai.api.main:app", host="127.0.0.1", port=port, log_config=None)
