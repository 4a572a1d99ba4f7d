"""An application served by uvicorn on a free port, for the processes of the benchmarks."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp


async def serve_app(app: ASGIApp) -> None:
    """Serve *app* until killed; print the port once it serves."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    print(listener.getsockname()[1], flush=True)
    await serving
