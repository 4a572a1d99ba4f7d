"""The database on every PostgreSQL that a user may bring: those installed here, and the one the tests run on.

`JORGE_TEST_DATABASE_URL=... make test` runs all the tests on a server of one's own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.telemetry import BotMetricsCollector, JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord, InteractionRecord, LlmCallRecord, RecordBatch
from tests.support.installed_postgresql import installed_servers, started_server

SERVERS = installed_servers()


@pytest.fixture(params=["session", *SERVERS])
def new_database(request: pytest.FixtureRequest, open_folder: Path, empty_database_dsn: str) -> Iterator[str]:
    """The address of an empty database on each server."""
    if request.param == "session":
        yield empty_database_dsn
        return
    with started_server(SERVERS[request.param], open_folder / f"server-{request.param}-{uuid4().hex[:8]}") as dsn:
        yield dsn


async def test_what_is_recorded_is_read_back(new_database: str, tmp_path: Path) -> None:
    """The schema goes up; records of every way of writing arrive, a poison row aside, and figures are read back."""
    schema.migrate(new_database)
    now = datetime.now(UTC)
    interaction = InteractionRecord(bot_type="lead", duration_ms=5, timestamp=now, metadata={"a": [1, None]})
    poison = InteractionRecord(bot_type="lead", duration_ms=5, timestamp=now, metadata={"nul": "\0"})
    outcome = HandoffOutcomeRecord(
        contact_id="c", source_bot="lead", target_bot="buyer", outcome="pending", timestamp=now
    )
    call = LlmCallRecord(model="m", purpose="p", duration_ms=1, success=True, timestamp=now, input_tokens=3)
    repository = JorgeMetricsRepository(new_database, data_dir=tmp_path)
    for records in ((interaction, call), (poison,), (outcome,), (interaction,)):
        repository.record(RecordBatch(uuid4(), records))
    await repository.flush()
    collector = BotMetricsCollector()
    collector.set_repository(repository)

    loaded = await collector.load_from_db()
    routes = await repository.handoff_routes()
    await repository.close()

    with psycopg.connect(new_database) as connection:
        [(dead,)] = connection.execute("SELECT count(*) FROM dead_letters").fetchall()
        [(calls,)] = connection.execute("SELECT sum(input_tokens) FROM llm_calls").fetchall()
    assert (loaded, dead, calls, [route.pending for route in routes]) == (2, 1, 3, [1])
    assert schema.is_current(new_database)


def test_the_schema_goes_down_again(new_database: str) -> None:
    """Every revision can be undone there too."""
    schema.migrate(new_database)

    schema.downgrade(new_database)

    with psycopg.connect(new_database) as connection:
        left = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relname NOT LIKE 'alembic_version%'"
        ).fetchall()
    assert left == []
