"""The sandbox posts webhooks as HighLevel signs them."""

import asyncio
import base64
import json
import socket

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from fastapi import FastAPI
from sqlalchemy import text

from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.intake.keep_event import GroupedInbox
from ghl_real_estate_ai.intake.routes import build_webhook_router
from ghl_real_estate_ai.intake.signature import read_key
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.settings import Settings
from ghl_real_estate_ai.storage.database import Database


async def _receive_one() -> tuple[asyncio.Server, str, asyncio.Future[tuple[dict[str, str], bytes]]]:
    """Listen for one request and hand out its headers and body."""
    arrived: asyncio.Future[tuple[dict[str, str], bytes]] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        arrived.set_result((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook", arrived


async def test_inbound_message_is_signed_with_the_published_key() -> None:
    """A lead's text arrives as an InboundMessage whose signature the published key verifies."""
    sandbox = SandboxServer()
    base_url = await sandbox.start()
    server, url, arrived = await _receive_one()

    async with server, httpx.AsyncClient(base_url=base_url) as client:
        asked = {"url": url, "contact_id": "ann", "location_id": "loc-1", "body": "¿Hola?"}
        answer = await client.post("/sandbox/webhooks", json=asked)
        published = (await client.get("/sandbox/public-key")).json()["public_key"]
        headers, body = await arrived
    await sandbox.stop()

    key = load_der_public_key(base64.b64decode(published))
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(headers["x-ghl-signature"]), body)
    event = json.loads(body)
    assert answer.json()["status_code"] == 200
    assert {name: event[name] for name in ("type", "locationId", "contactId", "body", "direction", "messageId")} == {
        "type": "InboundMessage",
        "locationId": "loc-1",
        "contactId": "ann",
        "body": "¿Hola?",
        "direction": "inbound",
        "messageId": answer.json()["message_id"],
    }


async def test_webhooks_come_out_of_order_and_again_on_request(database: Database) -> None:
    """What was written first arrives last, and once more: each is kept once, and they are read as they were written."""
    sandbox = SandboxServer()
    base_url = await sandbox.start()
    app = FastAPI()
    inbox = GroupedInbox(SqlInbox(database))
    app.include_router(build_webhook_router(inbox, Settings(_env_file=None), [read_key(sandbox.public_key)]))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))

    async with httpx.AsyncClient(base_url=base_url) as client:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/webhook"
        asked = {"url": url, "contact_id": "ann", "bodies": ["first", "second", "third"], "order": [2, 0, 1, 0]}
        answer = await client.post("/sandbox/webhooks/burst", json=asked)
        wrong = await client.post("/sandbox/webhooks/burst", json=asked | {"order": [3]})
        elsewhere = await client.post("/sandbox/webhooks/burst", json=asked | {"url": "http://example.com/webhook"})
    server.should_exit = True
    await serving
    await inbox.close()
    await sandbox.stop()
    async with database.begin() as connection:
        written = await connection.execute(text("SELECT text FROM inbox ORDER BY occurred_at"))
        arrived = await connection.execute(text("SELECT text FROM inbox ORDER BY seq"))

    told = [json.loads(one["answer"])["status"] for one in answer.json()["deliveries"]]
    assert told == ["accepted", "accepted", "accepted", "duplicate"]
    assert list(written.scalars()) == ["first", "second", "third"]
    assert list(arrived.scalars()) == ["third", "first", "second"]
    assert (wrong.status_code, elsewhere.status_code) == (422, 422)


async def test_webhooks_stay_on_this_machine() -> None:
    """Nobody can use the sandbox to post elsewhere."""
    sandbox = SandboxServer()
    base_url = await sandbox.start()

    async with httpx.AsyncClient(base_url=base_url) as client:
        asked = {"url": "http://example.com/webhook", "contact_id": "ann", "body": "Hi"}
        answer = await client.post("/sandbox/webhooks", json=asked)
    await sandbox.stop()

    assert answer.status_code == 422
