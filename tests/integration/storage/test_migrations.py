"""The migrations build exactly what tables.py says, and can be undone."""

import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine

from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.storage.address import sqlalchemy_url
from ghl_real_estate_ai.storage.embedded import psql_binary
from ghl_real_estate_ai.storage.tables import PARTITIONED, metadata

VERSIONS = sorted((schema.MIGRATIONS / "versions").glob("*.py"))

OBJECTS = """
    SELECT 'relation', relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'routine', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%alembic_version'
    ORDER BY 1, 2
"""


def objects(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(OBJECTS).fetchall()


def is_compared(name: str | None, kind: str, parents: object) -> bool:
    if kind != "table" or name is None:
        return True
    return not name.startswith(("procrastinate_", "alembic_")) and not any(
        name.startswith(f"{table}_") for table in PARTITIONED
    )


def dumped(dsn: str) -> list[str]:
    """Our tables and sequences as pg_dump writes them, without their partitions."""
    wanted = [f"--table={name}" for name in (*metadata.tables, *(f"{table}_id_seq" for table in PARTITIONED))]
    command = [str(psql_binary().with_name("pg_dump")), "--schema-only", "--no-owner", *wanted, dsn]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines() if not line.startswith(("--", "\\"))]
    return sorted(statement.strip() for statement in "\n".join(lines).split(";\n") if statement.strip())


def test_there_is_one_head() -> None:
    """The migrations form one line."""
    script = ScriptDirectory(str(schema.MIGRATIONS))

    heads = script.get_heads()

    assert heads == [schema.head_revision()]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.name)
def test_a_revision_bounds_its_waiting_and_stands_alone(path: Path) -> None:
    """Every revision sets a lock timeout both ways, and none imports the tables, which change later."""
    source = path.read_text()

    assert source.count("SET LOCAL lock_timeout") == 2
    assert "ghl_real_estate_ai" not in source


def test_migrated_database_equals_the_metadata(database_dsn: str) -> None:
    """Alembic finds nothing to add to, or take from, a migrated database."""
    engine = create_engine(sqlalchemy_url(database_dsn))

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": is_compared, "compare_server_default": True, "compare_type": True}
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_migrated_database_dumps_like_one_made_of_the_metadata(database_dsn: str, empty_database_dsn: str) -> None:
    """Checks, defaults, sequences and the order of columns are the same too, which Alembic does not compare."""
    engine = create_engine(sqlalchemy_url(empty_database_dsn))
    metadata.create_all(engine)
    engine.dispose()

    expected = dumped(empty_database_dsn)

    assert dumped(database_dsn) == expected


def test_up_down_and_up_again(empty_database_dsn: str) -> None:
    """Going down removes everything of ours and of procrastinate's, and going up brings the same back."""
    schema.migrate(empty_database_dsn)
    after_up = objects(empty_database_dsn)

    schema.downgrade(empty_database_dsn)
    after_down = objects(empty_database_dsn)
    schema.migrate(empty_database_dsn)
    after_second_up = objects(empty_database_dsn)

    assert after_down == []
    assert after_second_up == after_up
    assert any(name == "procrastinate_jobs" for _, name in after_up)


def test_migrating_twice_changes_nothing(database_dsn: str) -> None:
    """A database at the head is left as it is."""
    before = objects(database_dsn)

    schema.migrate(database_dsn)

    assert objects(database_dsn) == before


@pytest.mark.parametrize(
    ("insert", "select"),
    [
        (
            "INSERT INTO jorge_handoff_events"
            " (location_id, event_id, timestamp, source_bot, target_bot, success, duration_ms, metadata)"
            " VALUES ('here', gen_random_uuid(), now(), 'lead', 'buyer', true, 1.0, %s::jsonb)",
            "SELECT metadata::text FROM jorge_handoff_events",
        ),
        (
            "INSERT INTO jorge_handoff_outcomes"
            " (location_id, event_id, timestamp, source_bot, target_bot, outcome, metadata, contact_id)"
            " VALUES ('here', gen_random_uuid(), now(), 'lead', 'buyer', 'failed', %s::jsonb, 'ann')",
            "SELECT metadata::text FROM jorge_handoff_outcomes",
        ),
    ],
    ids=["events", "outcomes"],
)
def test_handoffs_without_details_have_null_and_no_json_null(insert: str, select: str, empty_database_dsn: str) -> None:
    """Rows that an earlier version wrote are found by IS NULL; what others hold stays."""
    schema.migrate(empty_database_dsn, "2026_11_26_0008")
    with psycopg.connect(empty_database_dsn) as connection:
        for details in ("null", "{}", '{"reason": null}', None):
            connection.execute(insert, (details,))

    schema.migrate(empty_database_dsn)

    with psycopg.connect(empty_database_dsn) as connection:
        found = [details for (details,) in connection.execute(select)]
    assert Counter(found) == {"{}": 1, '{"reason": null}': 1, None: 2}


def test_two_that_migrate_in_one_process(empty_database_dsn: str) -> None:
    """Two Jorges that start at once in one process both find the schema at its head, and disturb each other not."""
    together = threading.Barrier(2)

    def migrate(_: int) -> None:
        together.wait()
        schema.migrate(empty_database_dsn)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, range(2)))

    assert schema.is_current(empty_database_dsn)


def test_the_age_of_a_schema_is_told(database_dsn: str, empty_database_dsn: str) -> None:
    """A migrated database is current, an empty one is not."""
    assert schema.is_current(database_dsn)
    assert not schema.is_current(empty_database_dsn)


def test_the_test_database_is_the_one_asked_for(database_dsn: str) -> None:
    """Each test works in a database of its own."""
    with psycopg.connect(database_dsn) as connection:
        row = connection.execute("SELECT current_database()").fetchone()

    assert row == (conninfo_to_dict(database_dsn)["dbname"],)
