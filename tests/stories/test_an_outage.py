"""The database goes away and comes back: senders are told to try again, and all recovers without a restart."""

from pathlib import Path

import pytest
from running_jorge import eventually, serving

from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.storage.embedded import embedded_dsn, start_or_join
from ghl_real_estate_ai.storage.schema import migrate

HELLO = {"contact_id": "c1", "message": "hi there"}


@pytest.fixture
def own_server(open_folder: Path) -> Path:
    """The folder of a migrated server that this test may stop."""
    folder = open_folder / "outage"
    server = start_or_join(folder)
    migrate(server.dsn)
    server.stop()
    return folder


async def test_a_start_without_the_database_recovers(own_server: Path, tmp_path: Path):
    """A server that starts while the database is away refuses politely, and serves once it is there."""
    settings = Settings(database_url=embedded_dsn(own_server), data_dir=tmp_path, crm=CrmKind.SANDBOX)

    # Monday 09:00 - the server starts, the database does not answer
    async with serving(settings) as jorge:
        refused = await jorge.client.post("/webhook", json=HELLO)
        not_ready = await jorge.client.get("/ready")

        # Monday 09:05 - the database is back
        server = start_or_join(own_server)
        try:
            await eventually(lambda: _is_ready(jorge.client))
            story = await jorge.says("c1", "hi there")

            # Monday 09:10 - it goes away again, under way
            server.stop()
            refused_again = await jorge.client.post("/webhook", json=HELLO)
            server = start_or_join(own_server)
            await eventually(lambda: _is_ready(jorge.client))
            again = await jorge.says("c1", "hello?")
        finally:
            await _stop_after(jorge, server)

    assert (429, 429) == (refused.status_code, refused_again.status_code)
    assert int(refused.headers["Retry-After"]) > 0
    assert 503 == not_ready.status_code
    assert "away" in not_ready.json()["checks"]["database"]["detail"]
    assert (2, 4) == (len(story["messages"]), len(again["messages"]))


async def _is_ready(client) -> bool:
    return (await client.get("/ready")).status_code == 200


async def _stop_after(jorge, server) -> None:
    await jorge.jorge.stop()
    server.stop()
