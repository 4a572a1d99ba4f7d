"""Several processes answer together: one that dies in the middle of a turn is replaced, and nothing is said twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from free_port import free_port
from running_jorge import eventually, is_ready

from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind

PATIENCE_SECONDS = 60.0
"""Two interpreters start on a busy machine; nothing here is a measurement."""


@pytest.fixture
async def sandbox() -> AsyncIterator[tuple[SandboxServer, str]]:
    """A sandbox CRM of this test's own, and its address."""
    server = SandboxServer()
    yield server, await server.start()
    await server.stop()


@asynccontextmanager
async def workers(dsn: str, folder: Path, crm: str, number: int = 2) -> AsyncIterator[tuple[int, httpx.AsyncClient]]:
    """`jorge serve --workers` until the block ends; gives the supervisor's process id and a client."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": dsn,
        "JORGE_DATA_DIR": str(folder),
        "JORGE_CRM": "sandbox",
        "JORGE_SANDBOX_URL": crm,
        "JORGE_QUIET_SECONDS": "0.1",
    }
    command = [sys.executable, "-m", "ghl_real_estate_ai.cli", "serve", "--port", str(port), "--workers", str(number)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: ASYNC220 - it waits for nothing
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
            await eventually(lambda: is_ready(client), within_seconds=PATIENCE_SECONDS)
            yield process.pid, client
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, PATIENCE_SECONDS)


async def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        return await (await connection.execute(query)).fetchall()


async def writes(client: httpx.AsyncClient, contact: str, text: str) -> None:
    """HighLevel tells what the contact wrote."""
    message = {"contactId": contact, "body": text, "direction": "inbound", "messageType": "SMS"}
    event = {"type": "InboundMessage", "messageId": uuid4().hex, "locationId": "default", "webhookId": uuid4().hex}
    answer = await client.post("/webhook", json={**event, **message})
    assert answer.status_code == 200, answer.text


async def test_a_worker_killed_in_its_turn(
    database_dsn: str, tmp_path: Path, sandbox: tuple[SandboxServer, str]
) -> None:
    """The message it was busy with is answered by another, once."""
    server, crm = sandbox
    contact = server.state.take_up_contact("default", "ghost")
    contact.tags = ["Needs Qualifying"]
    # The first look at the contact's tags never ends, so that the worker is in the middle of the turn for sure.
    server.state.faults.append(Fault(kind=FaultKind.HANG, path_prefix="/contacts/ghost", times=1, method="GET"))

    async with workers(database_dsn, tmp_path, crm) as (_, client):
        await writes(client, "ghost", "hi, we want to sell our house in Waco")
        holders: list[tuple[Any, ...]] = []

        async def is_claimed() -> bool:
            holders[:] = await rows(
                database_dsn, "SELECT claimed_by FROM conversations WHERE contact_id = 'ghost' AND claimed_by <> ''"
            )
            return bool(holders) and not any(fault.times for fault in server.state.faults)

        await eventually(is_claimed, within_seconds=PATIENCE_SECONDS)
        os.kill(process_of(holders[0][0]), signal.SIGKILL)

        async def is_sent() -> bool:
            return bool(server.state.messages_of("default", "ghost"))

        await eventually(is_sent, within_seconds=PATIENCE_SECONDS)

    assert 1 == len(server.state.messages_of("default", "ghost"))
    assert [(1,)] == await rows(database_dsn, "SELECT count(*) FROM turns WHERE contact_id = 'ghost'")
    [(taken_by,)] = await rows(database_dsn, "SELECT node FROM turns WHERE contact_id = 'ghost'")
    assert taken_by != holders[0][0]


def process_of(node: str) -> int:
    """The process id in a node's name: host, process, six random characters."""
    return int(node.rsplit("-", 2)[1])


async def test_one_process_ships_for_all(database_dsn: str, tmp_path: Path, sandbox: tuple[SandboxServer, str]) -> None:
    """Turns of every worker reach the database through a shipper of its own, also after that one was killed."""
    server, crm = sandbox
    async with workers(database_dsn, tmp_path, crm) as (supervisor, client):
        await answered(client, database_dsn, "before")
        [shipper] = [child for child in children(supervisor) if "shipper" in command_of(child)]
        os.kill(shipper, signal.SIGKILL)
        await answered(client, database_dsn, "after")

    assert {("before",), ("after",)} == set(
        await rows(database_dsn, "SELECT contact_id FROM jorge_bot_interactions WHERE contact_id <> ''")
    )
    assert 1 == len(server.state.messages_of("default", "after"))


async def answered(client: httpx.AsyncClient, dsn: str, contact: str) -> None:
    """A lead writes, and the turn's telemetry is in the table."""
    posted = await client.post("/webhook", json={"contact_id": contact, "message": "hi, I want to sell my house"})
    assert posted.status_code == 200, posted.text

    async def is_recorded() -> bool:
        return (contact,) in await rows(dsn, "SELECT contact_id FROM jorge_bot_interactions")

    await eventually(is_recorded, within_seconds=PATIENCE_SECONDS)


def children(process: int) -> list[int]:
    """The processes that *process* started."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]


def command_of(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
