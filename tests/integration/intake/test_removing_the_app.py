"""A location removes our app in HighLevel: its tokens are gone with the event, and nothing is sent there any more."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.oauth.model import TokenPair
from ghl_real_estate_ai.crm.oauth.tokens import InstalledTokens
from ghl_real_estate_ai.crm.ports import CrmAccessDenied
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.settings import CrmKind, Settings

APP = "66a0419a0dffa47fb5f8b22f"
HERE, ELSEWHERE = LocationId("loc-1"), LocationId("loc-2")
HIGHLEVEL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HIGHLEVELS_KEY = HIGHLEVEL.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SECRET = "between us"


@pytest.fixture
async def jorge(database_dsn: str, tmp_path: Path) -> AsyncIterator[RunningJorge]:
    """A Jorge with an app and a private token, that takes the sandbox for HighLevel."""
    sandbox = SandboxServer()
    settings = Settings(
        database_url=database_dsn,
        data_dir=tmp_path,
        crm=CrmKind.HIGHLEVEL,
        ghl_base_url=await sandbox.start(),
        ghl_token="pit-1",
        ghl_public_key=HIGHLEVELS_KEY,
        webhook_secret=SECRET,
        oauth_client_id=f"{APP}-m1abc",
        oauth_client_secret="secret",
        token_key=base64.b64encode(bytes(32)).decode(),
        public_url="http://127.0.0.1",
        _env_file=None,
    )
    async with serving(settings) as running:
        running.sandbox = sandbox  # type: ignore[attr-defined]
        for place in (HERE, ELSEWHERE):
            await install(running, place)
        yield running
    await sandbox.stop()


async def install(jorge: RunningJorge, place: LocationId) -> None:
    access, refresh = jorge.sandbox.state.grant(place)  # type: ignore[attr-defined]
    ends = datetime.now(UTC) + timedelta(days=1)
    await tokens(jorge).install(place, TokenPair(access=access, refresh=refresh, expires_at=ends))


def tokens(jorge: RunningJorge) -> InstalledTokens:
    assert jorge.jorge.installation is not None
    return jorge.jorge.installation.tokens


def uninstall(**changes: Any) -> dict[str, Any]:
    told = datetime.now(UTC).isoformat()
    return {
        "type": "UNINSTALL",
        "appId": APP,
        "locationId": HERE,
        "webhookId": uuid4().hex,
        "timestamp": told,
    } | changes


async def tell(jorge: RunningJorge, event: dict[str, Any], *, signed: bool = True) -> str:
    """Post *event* as HighLevel does, or with the secret of the workflow action; return what became of it."""
    body = json.dumps(event).encode()
    signature = {"X-GHL-Signature": base64.b64encode(HIGHLEVEL.sign(body)).decode()}
    headers = signature if signed else {"X-Jorge-Secret": SECRET}
    answer = await jorge.client.post("/webhook", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["status"])


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def installed(dsn: str) -> list[tuple[Any, ...]]:
    return rows(dsn, "SELECT location_id FROM locations WHERE sealed_tokens IS NOT NULL ORDER BY 1")


def wait_for_tomorrow(dsn: str, place: str) -> None:
    """Something is to be sent tomorrow."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO outbox (location_id, effect_id, effect_key, contact_id, kind, payload, due_at)"
            " VALUES (%s, gen_random_uuid(), 'k', 'ann', 'add_tag', '{\"tag\": \"Hot\"}', now() + interval '1 day')",
            (place,),
        )


async def test_wipes_the_tokens_and_drops_what_waits_there_and_nowhere_else(
    jorge: RunningJorge, database_dsn: str
) -> None:
    """With the 200 the tokens are gone and what waits is dropped with the reason; the other location keeps its own."""
    for place in (HERE, ELSEWHERE):
        await tokens(jorge).token(place)
        wait_for_tomorrow(database_dsn, place)

    assert "accepted" == await tell(jorge, uninstall())

    assert [(ELSEWHERE,)] == installed(database_dsn)
    assert [(HERE, "dropped", "app_uninstalled"), (ELSEWHERE, "pending", None)] == rows(
        database_dsn, "SELECT location_id, state, reason FROM outbox ORDER BY location_id"
    )
    assert [("known", "app_uninstalled")] == rows(database_dsn, "SELECT state, reason FROM inbox")
    with pytest.raises(CrmAccessDenied, match="removed the app"):  # nor does the private token serve there
        await tokens(jorge).token(HERE)
    await tokens(jorge).token(ELSEWHERE)


async def test_nothing_is_sent_there_until_it_is_installed_again(jorge: RunningJorge, database_dsn: str) -> None:
    """A turn's reply is dropped with the reason; after another installation replies leave again."""
    await tell(jorge, uninstall())
    bare = {"contact_id": "ann", "message": "I want to sell my house", "location_id": HERE}
    by_secret = {"X-Jorge-Secret": SECRET}
    await jorge.client.post("/webhook", json=bare, headers=by_secret)
    ends = "SELECT DISTINCT state, reason FROM outbox"
    await eventually(lambda: holds(database_dsn, ends, [("dropped", "app_uninstalled")]))

    await install(jorge, HERE)
    assert "accepted" == await tell(jorge, uninstall(type="INSTALL"))
    await jorge.client.post("/webhook", json=bare, headers=by_secret)
    sent = "SELECT DISTINCT state FROM outbox WHERE kind = 'send_text' ORDER BY 1"
    await eventually(lambda: holds(database_dsn, sent, [("dropped",), ("sent",)]))


async def holds(dsn: str, query: str, expected: list[tuple[Any, ...]]) -> bool:
    return rows(dsn, query) == expected


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"appId": "another"}, id="another app"),
        pytest.param({"locationId": None, "companyId": "agency"}, id="a whole agency"),
        pytest.param({"type": "INSTALL"}, id="an installation"),
        pytest.param({"timestamp": "2026-01-01T00:00:00Z"}, id="old news, since it is installed again"),
    ],
)
async def test_what_is_no_removal_of_ours_changes_nothing(
    jorge: RunningJorge, database_dsn: str, changes: dict[str, Any]
) -> None:
    """HighLevel signs every app's events with one key; only ours, of one location, and not outdated, counts."""
    await tell(jorge, uninstall(**changes))

    assert [(HERE,), (ELSEWHERE,)] == installed(database_dsn)


async def test_whoever_holds_the_secret_alone_removes_nothing(jorge: RunningJorge, database_dsn: str) -> None:
    """The event counts only when HighLevel has signed it."""
    assert "ignored" == await tell(jorge, uninstall(), signed=False)

    assert [(HERE,), (ELSEWHERE,)] == installed(database_dsn)


async def test_a_repeated_event_does_not_end_the_next_installation(jorge: RunningJorge, database_dsn: str) -> None:
    """HighLevel repeats what it thinks was not taken; by then the app may be there again."""
    event = uninstall(timestamp=None)
    await tell(jorge, event)
    await install(jorge, HERE)

    assert "duplicate" == await tell(jorge, event)

    assert [(HERE,), (ELSEWHERE,)] == installed(database_dsn)
