"""A whole Jorge on a socket of its own, for stories and other tests from outside."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from ghl_real_estate_ai.api.compose import Jorge
from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.settings import Settings

PATIENCE_SECONDS = 20.0


@dataclass
class RunningJorge:
    """A server that listens, a client for it, and its parts."""

    client: httpx.AsyncClient
    jorge: Jorge

    async def says(self, contact_id: str, text: str) -> dict[str, Any]:
        """Post a bare message as the lead, and return the conversation once it is answered."""
        before = len((await self.conversation(contact_id)).get("turns", []))
        posted = await self.client.post("/webhook", json={"contact_id": contact_id, "message": text})
        assert posted.status_code == 200, posted.text
        await eventually(lambda: self._has_turns(contact_id, before + 1))
        return await self.conversation(contact_id)

    async def conversation(self, contact_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/api/jorge/conversations/{contact_id}")
        return answer.json() if answer.status_code == 200 else {}

    async def _has_turns(self, contact_id: str, number: int) -> bool:
        return len((await self.conversation(contact_id)).get("turns", [])) >= number


async def eventually(is_so: Callable[[], Awaitable[bool]], *, within_seconds: float = PATIENCE_SECONDS) -> None:
    """Return when *is_so* holds; fail when it never does."""
    async with asyncio.timeout(within_seconds):
        while not await is_so():
            await asyncio.sleep(0.02)


async def is_ready(client: httpx.AsyncClient) -> bool:
    """Whether a server, which may not be there yet, can serve."""
    try:
        return (await client.get("/ready")).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[RunningJorge]:
    """Run Jorge for *settings* until the block ends, and stop it cleanly."""
    app = create_app(settings, quiet_logs=True)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as client:
            yield RunningJorge(client, app.state.jorge)
    finally:
        server.should_exit = True
        await task
