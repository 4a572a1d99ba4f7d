"""Somebody starts Jorge twice on one data folder: both serve, one ships for both, and nothing is told twice."""

from pathlib import Path

import psycopg
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.storage.embedded import embedded_dsn


async def test_both_serve_and_one_ships(open_folder: Path):
    """The second joins the first one's database and journal."""
    folder = open_folder / "two-servers"
    settings = Settings(database_url=None, data_dir=folder, crm=CrmKind.SANDBOX)

    # Monday 09:00 - the first one starts
    async with serving(settings) as first:
        await eventually(lambda: _is_ready(first))

        # Monday 09:01 - and so does a second one; a lead writes to each
        async with serving(settings) as second:
            await eventually(lambda: _is_ready(second))
            of_first = await first.says("c1", "hi there")
            of_second = await second.says("c2", "hi there")
            await eventually(lambda: _are_recorded(folder, {"c1", "c2"}))
            shipping = {one.jorge.repository.shipper_status().detail.startswith("another") for one in (first, second)}

    assert (2, 2) == (len(of_first["messages"]), len(of_second["messages"]))
    assert {True, False} == shipping
    assert [] == [path for path in (folder / "journal").rglob("*") if path.suffix in (".open", ".sealed")]


async def _is_ready(jorge: RunningJorge) -> bool:
    return (await jorge.client.get("/ready")).status_code == 200


async def _are_recorded(folder: Path, contacts: set[str]) -> bool:
    async with await psycopg.AsyncConnection.connect(embedded_dsn(folder)) as connection:
        found = await (await connection.execute("SELECT contact_id FROM jorge_bot_interactions")).fetchall()
    return sorted(contacts) == sorted(row[0] for row in found)
