"""The webhook as its senders see it: a real server on loopback, a real database, each row of the table of answers."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import Depends, FastAPI
from sqlalchemy import text

from ghl_real_estate_ai.api.access import require_reader
from ghl_real_estate_ai.intake.keep_event import GroupedInbox, IntakeCounts
from ghl_real_estate_ai.intake.routes import LARGEST_BODY, build_webhook_router
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.settings import Settings
from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.embedded import start_or_join

SANDBOX = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OPERATOR = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OPERATORS_KEY = OPERATOR.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
BARE = {"contact_id": "test_123", "message": "I want to buy a house with a $500k budget"}
SMS = json.loads((Path(__file__).parents[2] / "fixtures" / "highlevel" / "inbound_sms.json").read_text())


def settings_with(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def signed(body: bytes, key: Ed25519PrivateKey = SANDBOX) -> dict[str, str]:
    return {"X-GHL-Signature": base64.b64encode(key.sign(body)).decode()}


@asynccontextmanager
async def serving(database: Database, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the webhook and one guarded page on a port of the system's choice."""
    inbox = GroupedInbox(SqlInbox(database))
    app = FastAPI()
    app.include_router(build_webhook_router(inbox, settings, [SANDBOX.public_key()]))
    app.add_api_route("/metrics", lambda: "figures", dependencies=[Depends(require_reader(settings))])
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    serving_task = asyncio.create_task(server.serve(sockets=[listening]))
    port = listening.getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield client
    server.should_exit = True
    await serving_task
    await inbox.close()


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that has neither key nor secret set."""
    async with serving(database, settings_with()) as opened:
        yield opened


async def rows(database: Database) -> list[dict[str, Any]]:
    async with database.begin() as connection:
        found = await connection.execute(text("SELECT * FROM inbox ORDER BY seq"))
        return [dict(row) for row in found.mappings()]


@pytest.mark.parametrize("path", ["/webhook", "/api/ghl/webhook"])
async def test_a_bare_post_is_accepted_and_its_row_is_there(
    client: httpx.AsyncClient, database: Database, path: str
) -> None:
    """After the 200 the event is committed, body and all, due at once."""
    answer = await client.post(path, json=BARE)

    (kept,) = await rows(database)
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted", "event_id": str(kept["event_id"])})
    assert (kept["location_id"], kept["contact_id"], kept["state"]) == ("default", "test_123", "pending")
    assert (kept["body"], kept["text"]) == (answer.request.content, BARE["message"])
    assert kept["due_at"] == kept["received_at"]
    assert UUID(answer.json()["event_id"]).version == 7


async def test_an_event_seen_before_is_answered_with_the_first_ones_id(
    client: httpx.AsyncClient, database: Database
) -> None:
    """A second delivery of a signed event, and one with another delivery id, are duplicates."""
    body, other = json.dumps(SMS).encode(), json.dumps(SMS | {"webhookId": "another"}).encode()

    first = await client.post("/webhook", content=body, headers=signed(body))
    again = await client.post("/webhook", content=body, headers=signed(body))
    redelivered = await client.post("/webhook", content=other, headers=signed(other))

    expected = {"status": "duplicate", "event_id": first.json()["event_id"]}
    assert first.json()["status"] == "accepted"
    assert (again.json(), redelivered.json()) == (expected, expected)
    assert len(await rows(database)) == 1


async def test_a_bare_post_is_always_new_without_an_idempotency_key(client: httpx.AsyncClient) -> None:
    """A lead may say the same twice; a sender that numbers its posts may not."""
    numbered = {"Idempotency-Key": "order-1"}

    answers = [await client.post("/webhook", json=BARE, headers=headers) for headers in ({}, {}, numbered, numbered)]

    assert [answer.json()["status"] for answer in answers] == ["accepted", "accepted", "accepted", "duplicate"]


async def test_a_workflow_call_is_new_under_another_trace(client: httpx.AsyncClient) -> None:
    """The same words in another run of the workflow are another message."""
    body = {"contact_id": "c1", "message": {"type": 2, "body": "yes"}, "tags": "Needs Qualifying"}

    answers = [await client.post("/webhook", json=body, headers={"traceparent": trace}) for trace in ("a", "a", "b")]

    assert [answer.json()["status"] for answer in answers] == ["accepted", "duplicate", "accepted"]


async def test_racing_deliveries_of_one_event_make_one_row(client: httpx.AsyncClient, database: Database) -> None:
    """Thirty deliveries at the same time: one is accepted, the rest are told its id."""
    body = json.dumps(SMS).encode()

    answers = await asyncio.gather(*(client.post("/webhook", content=body, headers=signed(body)) for _ in range(30)))

    (kept,) = await rows(database)
    statuses = sorted(answer.json()["status"] for answer in answers)
    assert statuses == ["accepted", *["duplicate"] * 29]
    assert {answer.json()["event_id"] for answer in answers} == {str(kept["event_id"])}


@pytest.mark.parametrize("body", [{}, {"hello": "world"}, {"type": "NoteCreate"}, {"contact_id": "c1", "message": " "}])
async def test_what_is_not_needed_is_ignored_and_kept(
    client: httpx.AsyncClient, database: Database, body: dict[str, Any]
) -> None:
    """No known shape, no needed event, a blank message: 200 and a row."""
    answer = await client.post("/webhook", json=body)

    (kept,) = await rows(database)
    assert (answer.status_code, answer.json()) == (200, {"status": "ignored", "event_id": str(kept["event_id"])})
    assert kept["state"] == "ignored"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contact_id": "c1"}, "message"),
        ({"contact_id": 5, "message": "hi"}, "contact_id"),
        ({"message": "hi"}, "contact_id"),
    ],
)
async def test_a_wrong_bare_post_is_told_the_field(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    """422 with the field's name."""
    answer = await client.post("/webhook", json=body)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert field in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"not json", b"[1, 2]", b'"text"', b"{" * 1000, b"[" * 200_000, b"\xff"])
async def test_what_is_no_json_object_is_refused(client: httpx.AsyncClient, database: Database, body: bytes) -> None:
    """400 with a reason, and nothing is kept."""
    answer = await client.post("/webhook", content=body)

    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert await rows(database) == []


def padded(size: int) -> bytes:
    frame = json.dumps(BARE | {"metadata": ""}).encode()
    return json.dumps(BARE | {"metadata": "x" * (size - len(frame))}).encode()


async def test_a_body_of_exactly_the_limit_is_taken(client: httpx.AsyncClient) -> None:
    """One mebibyte is not over one mebibyte."""
    answer = await client.post("/webhook", content=padded(LARGEST_BODY))

    assert answer.status_code == 200


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 5 * LARGEST_BODY])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_larger_body_is_refused_announced_or_not(client: httpx.AsyncClient, size: int, chunked: bool) -> None:
    """413, whether the length was told before or the chunks turned out too many; the sender gets to read it."""

    async def chunks() -> AsyncIterator[bytes]:
        body = padded(size)
        for start in range(0, size, 65536):
            yield body[start : start + 65536]

    answer = await client.post("/webhook", content=chunks() if chunked else padded(size))

    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=127.0.0.1"},
        {"CF-Ray": "1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "jorge.example.com"},
        {"X-GHL-Signature": "AAAA"},
    ],
    ids=str,
)
async def test_tunnels_pages_and_other_names_are_refused(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str]
) -> None:
    """What arrives on loopback and is not from this machine gets 401, and a wrong signature always does."""
    answer = await client.post("/webhook", json=BARE, headers=headers)

    assert (answer.status_code, list(answer.json())) == (401, ["detail"])
    assert "WWW-Authenticate" in answer.headers
    assert await rows(database) == []


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://localhost:3000"}, {"Host": "[::1]:80"}, {"X-GHL-Signature": "N/A"}]
)
async def test_this_machines_own_calls_pass(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """A local page, another loopback name and the word for "unsigned" do no harm."""
    answer = await client.post("/webhook", json=BARE, headers=headers)

    assert answer.status_code == 200


async def test_a_signed_event_passes_through_a_tunnel_and_gets_the_default_location(database: Database) -> None:
    """The signature is enough; where the event names no location, the setting does."""
    nowhere = {name: value for name, value in SMS.items() if name != "locationId"}
    body = json.dumps(nowhere).encode()
    through_tunnel = {"Host": "jorge.example.com", "X-Forwarded-For": "203.0.113.9"}

    async with serving(database, settings_with(location_id="austin")) as client:
        answer = await client.post("/webhook", content=body, headers=signed(body) | through_tunnel)

    assert answer.json()["status"] == "accepted"
    assert [row["location_id"] for row in await rows(database)] == ["austin"]


async def test_with_a_secret_set_it_is_due(database: Database) -> None:
    """The right secret opens the door through a tunnel; the wrong one and none do not, not even from here."""
    tunnel = {"Host": "jorge.example.com", "X-Forwarded-For": "203.0.113.9"}
    async with serving(database, settings_with(webhook_secret="s3cret")) as client:
        answers = [
            await client.post("/webhook", json=BARE, headers=headers)
            for headers in (tunnel | {"X-Jorge-Secret": "s3cret"}, {"X-Jorge-Secret": "s3cre"}, {})
        ]

    assert [answer.status_code for answer in answers] == [200, 401, 401]


async def test_an_operators_key_replaces_highlevels_and_ends_unsigned_posts(database: Database) -> None:
    """With a key set only what it, or the sandbox's own, has signed comes in."""
    body = json.dumps(SMS).encode()
    stranger = Ed25519PrivateKey.generate()
    async with serving(database, settings_with(ghl_public_key=OPERATORS_KEY)) as client:
        answers = [
            await client.post("/webhook", content=body, headers=headers)
            for headers in (signed(body, OPERATOR), signed(body, SANDBOX), signed(body, stranger), {})
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 401, 401]


async def test_other_methods_are_not_allowed(client: httpx.AsyncClient) -> None:
    """A look with a browser finds no page."""
    answer = await client.get("/webhook")

    assert answer.status_code == 405


async def test_the_routes_are_described(client: httpx.AsyncClient) -> None:
    """OpenAPI tells body and answers of the raw route."""
    described = (await client.get("/openapi.json")).json()["paths"]["/webhook"]["post"]

    assert set(described["responses"]) >= {"200", "400", "401", "413", "422", "429"}
    assert "application/json" in described["requestBody"]["content"]


@pytest.mark.parametrize(
    ("authorization", "status"), [("Bearer t0ken", 200), ("bearer t0ken", 200), ("Bearer wrong", 401), ("", 401)]
)
async def test_with_a_token_only_its_bearer_reads(database: Database, authorization: str, status: int) -> None:
    """A token that is set is due even from this machine; the wrong one is told which scheme to use."""
    async with serving(database, settings_with(api_token="t0ken")) as client:
        answer = await client.get("/metrics", headers={"Authorization": authorization} if authorization else {})

    assert answer.status_code == status
    assert answer.headers.get("WWW-Authenticate") == (None if status == 200 else "Bearer")


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 200), ({"X-Forwarded-For": "::1"}, 401), ({"Origin": "http://x.example"}, 401)]
)
async def test_without_a_token_only_this_machine_reads(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    """The same rule as for unsigned webhooks guards the figures."""
    answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == status


@pytest.fixture
def own_server(open_folder: Path) -> Iterator[Callable[[], str]]:
    """A function that starts, or starts again, a PostgreSQL server of the test's own and returns its address."""
    folder = open_folder / "webhook-outage"
    started = []

    def start() -> str:
        started.append(start_or_join(folder))
        return started[-1].dsn

    start.stop = lambda: started[-1].stop()  # type: ignore[attr-defined]
    yield start
    started[-1].stop()


async def test_while_the_database_is_stopped_senders_are_asked_to_come_back(own_server: Any) -> None:
    """429 with Retry-After while it is away; afterwards the same server keeps events again without a restart."""
    dsn = await asyncio.to_thread(own_server)
    await asyncio.to_thread(schema.migrate, dsn)
    database = Database(dsn)
    async with serving(database, settings_with()) as client:
        before = await client.post("/webhook", json=BARE)
        await asyncio.to_thread(own_server.stop)
        away = await client.post("/webhook", json=BARE)
        await asyncio.to_thread(own_server)
        after = await client.post("/webhook", json=BARE)
        kept = await rows(database)
    await database.close()

    assert [answer.status_code for answer in (before, away, after)] == [200, 429, 200]
    assert int(away.headers["Retry-After"]) > 0
    assert [str(row["event_id"]) for row in kept] == [before.json()["event_id"], after.json()["event_id"]]


async def test_signed_calls_are_counted_by_how_they_were_answered(database: Database) -> None:
    """A signed event and a wrongly signed one are counted; a stranger without a signature is not."""
    counts = IntakeCounts()
    app = FastAPI()
    inbox = GroupedInbox(SqlInbox(database))
    app.include_router(build_webhook_router(inbox, settings_with(), [SANDBOX.public_key()], counts=counts))
    body = json.dumps(SMS).encode()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://jorge.test") as client:
        statuses = [
            (await client.post("/webhook", content=body, headers=headers)).status_code
            for headers in (signed(body), signed(b"another body"), {})
        ]
    await inbox.close()

    assert (statuses, counts.answered, counts.refused) == ([200, 401, 401], 1, 1)
