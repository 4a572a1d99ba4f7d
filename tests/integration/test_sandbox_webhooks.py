"""The sandbox posts webhooks as HighLevel signs them."""

import asyncio
import base64
import json

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ghl_real_estate_ai.crm.sandbox.server import SandboxServer


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


async def test_webhooks_stay_on_this_machine() -> None:
    """Nobody can use the sandbox to post elsewhere."""
    sandbox = SandboxServer()
    base_url = await sandbox.start()

    async with httpx.AsyncClient(base_url=base_url) as client:
        asked = {"url": "http://example.com/webhook", "contact_id": "ann", "body": "Hi"}
        answer = await client.post("/sandbox/webhooks", json=asked)
    await sandbox.stop()

    assert answer.status_code == 422
