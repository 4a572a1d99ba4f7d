"""The pool against a real server: transactions, JSON, partitions, and a server that goes away and comes back."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.embedded import start_or_join
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.partitions import ensure_partitions, partition_name, weeks_around
from ghl_real_estate_ai.storage.schema import find_current_revision, head_revision
from ghl_real_estate_ai.storage.tables import PARTITIONED, jorge_handoff_events, locations

NOW = datetime(2030, 5, 15, 12, tzinfo=UTC)
"""Far from the weeks that the migration made."""


async def count(database: Database) -> int:
    async with database.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(locations))).scalar_one()


def handoff_at(moment: datetime) -> dict[str, object]:
    return {
        "location_id": "default",
        "timestamp": moment,
        "event_id": UUID(int=int(moment.timestamp())),
        "source_bot": "lead",
        "target_bot": "buyer",
        "success": True,
        "duration_ms": 1.0,
    }


async def test_a_transaction_commits_whole(database: Database) -> None:
    """What the block wrote is there after it."""
    async with database.begin() as connection:
        await connection.execute(insert(locations).values(location_id="one"))
        await connection.execute(insert(locations).values(location_id="two"))

    assert await count(database) == 2


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    """An error of the block rolls everything back and comes out as it was."""

    async def write_the_same_twice() -> None:
        async with database.begin() as connection:
            await connection.execute(insert(locations).values(location_id="one"))
            await connection.execute(insert(locations).values(location_id="one"))

    with pytest.raises(IntegrityError):
        await write_the_same_twice()

    assert await count(database) == 0


async def test_reading_never_writes(database: Database) -> None:
    """What is written on a reading connection without a commit is rolled back."""
    async with database.connect() as connection:
        await connection.execute(insert(locations).values(location_id="one"))

    assert await count(database) == 0


async def test_json_comes_back_as_it_went_in(database: Database) -> None:
    """JSON columns take and give plain Python values, moments as ISO 8601."""
    config = {"name": "Zoë ñ 🏡", "weights": [0.1, 2, None], "since": NOW}

    async with database.begin() as connection:
        await connection.execute(insert(locations).values(location_id="one", config=config))
    async with database.connect() as connection:
        found = (await connection.execute(select(locations.c.config))).scalar_one()

    assert found == config | {"since": NOW.isoformat()}


async def test_moments_come_back_in_utc(database: Database) -> None:
    """Whatever the server's zone."""
    async with database.connect() as connection:
        found = (await connection.execute(text("SELECT now()"))).scalar_one()

    assert found.utcoffset() == timedelta(0)


async def test_more_callers_than_connections_wait(database: Database) -> None:
    """Fifty callers at once share the pool."""
    await asyncio.gather(*(database.ping() for _ in range(50)))


async def test_a_database_that_goes_away_and_comes_back(open_folder: Path) -> None:
    """While the server is down callers learn it as DatabaseAway; when it is back, the same pool works again."""
    data_dir = open_folder / secrets.token_hex(4)
    server = await asyncio.to_thread(start_or_join, data_dir)
    database = Database(server.dsn)
    await database.ping()

    await asyncio.to_thread(server.stop)
    with pytest.raises(DatabaseAway, match="The database is away"):
        await database.ping()
    server = await asyncio.to_thread(start_or_join, data_dir)
    await database.ping()

    await database.close()
    await asyncio.to_thread(server.stop)


async def test_a_connection_cut_in_a_transaction(database: Database) -> None:
    """A connection that breaks inside the block is told as DatabaseAway too."""

    async def lose_the_connection() -> None:
        async with database.begin() as connection:
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with database.connect() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            await connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseAway):
        await lose_the_connection()


async def test_a_server_that_never_was() -> None:
    """Nobody listens: DatabaseAway, and no password in the message."""
    database = Database("postgresql://user:s3cret@127.0.0.1:1/none")

    with pytest.raises(DatabaseAway) as away:
        await database.ping()

    await database.close()
    assert "s3cret" not in f"{away.value} {database.shown_address}"


async def test_a_migrated_database_knows_its_revision(database: Database) -> None:
    """The revision can be read on an async connection."""
    async with database.connect() as connection:
        revision = await find_current_revision(connection)

    assert revision == head_revision()


class TestPartitions:
    async def test_thirteen_weeks_of_each_table(self, database: Database) -> None:
        """Every table gets its weeks; a second call finds nothing to do."""
        async with database.begin() as connection:
            made = await ensure_partitions(connection, NOW)
        async with database.begin() as connection:
            made_again = await ensure_partitions(connection, NOW)

        expected = {partition_name(table, monday) for table in PARTITIONED for monday in weeks_around(NOW)}
        assert set(made) == expected
        assert made_again == ()

    async def test_the_migration_made_this_weeks(self, database: Database) -> None:
        """A freshly migrated database takes records of today without more ado."""
        async with database.begin() as connection:
            now = (await connection.execute(text("SELECT now()"))).scalar_one()
            made = await ensure_partitions(connection, now)

        assert made == ()

    async def test_many_at_once(self, database: Database) -> None:
        """Processes that start together make each partition once, and none fails."""

        async def ensure() -> int:
            async with database.begin() as connection:
                return len(await ensure_partitions(connection, NOW))

        made = await asyncio.gather(*(ensure() for _ in range(6)))

        assert sorted(made) == [0, 0, 0, 0, 0, 39]

    async def test_the_first_and_the_last_moment_have_a_place(self, database: Database) -> None:
        """Records from six weeks back to six ahead are taken and numbered; those outside are refused."""
        weeks = weeks_around(NOW)
        first = datetime(weeks[0].year, weeks[0].month, weeks[0].day, tzinfo=UTC)
        last = first + timedelta(weeks=13) - timedelta(microseconds=1)
        async with database.begin() as connection:
            await ensure_partitions(connection, NOW)

        async with database.begin() as connection:
            await connection.execute(insert(jorge_handoff_events), [handoff_at(first), handoff_at(last)])
            ids = (await connection.execute(select(jorge_handoff_events.c.id))).scalars().all()
        with pytest.raises(IntegrityError, match="no partition"):
            async with database.begin() as connection:
                await connection.execute(insert(jorge_handoff_events), [handoff_at(datetime(1970, 1, 1, tzinfo=UTC))])

        assert len(set(ids)) == 2
