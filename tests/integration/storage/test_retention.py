"""Weeks that are over leave their tables, in a file first if asked for, and what is shown stays as it was."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from ghl_real_estate_ai.storage.retention import drop_old_weeks

NOW = datetime.now(UTC)
KEEP = timedelta(days=30)


@pytest.fixture
def stored(database_dsn: str) -> str:
    """A database with an interaction of now, one of ten days ago, and one of 40 days ago."""
    with psycopg.connect(database_dsn) as connection:
        for days, bot in ((0, "lead"), (10, "buyer"), (40, "seller")):
            connection.execute(
                "INSERT INTO jorge_bot_interactions (location_id, timestamp, event_id, bot_type, duration_ms, success)"
                " VALUES ('default', %s, %s, %s, 5, true)",
                (NOW - timedelta(days=days), uuid4(), bot),
            )
    return database_dsn


def bots(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        return {row[0] for row in connection.execute("SELECT bot_type FROM jorge_bot_interactions")}


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        return {row[0] for row in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")}


def test_only_weeks_that_are_over_go(stored: str) -> None:
    """A week that ended before the time kept is gone; all later ones are there."""
    dropped = drop_old_weeks(stored, NOW, keep=KEEP)

    assert {"lead", "buyer"} == bots(stored)
    assert dropped
    assert set(dropped).isdisjoint(tables(stored))


def test_a_second_call_finds_nothing(stored: str) -> None:
    """What is dropped is dropped."""
    drop_old_weeks(stored, NOW, keep=KEEP)

    assert [] == drop_old_weeks(stored, NOW, keep=KEEP)


def test_a_week_is_archived_first(stored: str, tmp_path: Path) -> None:
    """The file has the week's rows with their columns, for its owner alone."""
    drop_old_weeks(stored, NOW, keep=KEEP, archive=tmp_path)

    rows = []
    for path in tmp_path.glob("jorge_bot_interactions_*.csv.gz"):
        assert path.stat().st_mode & 0o777 == 0o600
        with gzip.open(path, "rt") as file:
            rows += list(csv.DictReader(file))
    assert ["seller"] == [row["bot_type"] for row in rows]
    assert {"location_id", "timestamp", "duration_ms", "success"} <= rows[0].keys()
    assert not {"contact_id", "metadata"} & rows[0].keys()
    assert [] == list(tmp_path.glob("*.part"))


def test_an_archive_that_cannot_be_written_keeps_the_week(stored: str, tmp_path: Path) -> None:
    """Its rows leave the table and wait beside it; the next call archives and drops them."""
    blocked = tmp_path / "archive"
    blocked.write_text("a file where a folder should be")

    with pytest.raises(OSError, match="archive"):
        drop_old_weeks(stored, NOW, keep=KEEP, archive=blocked)
    blocked.unlink()
    dropped = drop_old_weeks(stored, NOW, keep=KEEP, archive=blocked)

    assert {f"{name}.csv.gz" for name in dropped} == {path.name for path in blocked.iterdir()}
    assert set(dropped).isdisjoint(tables(stored))


def test_a_detachment_cut_short_is_finished(stored: str) -> None:
    """A process that died between the two halves of a detachment left a pending one: it is finished first."""
    [week] = [name for name in drop_candidates(stored) if name.startswith("jorge_bot_interactions")][:1]
    older = week_before(stored, "jorge_bot_interactions", week)
    cut_short(stored, "jorge_bot_interactions", week)

    dropped = drop_old_weeks(stored, NOW, keep=KEEP)

    assert {week, older} <= set(dropped)
    assert {"lead", "buyer"} == bots(stored)


def test_a_detachment_cut_short_of_a_week_that_is_kept_holds_nothing_up(stored: str) -> None:
    """It is finished as well, and its table waits until it is over."""
    [week] = [name for name in drop_candidates(stored) if name.startswith("jorge_bot_interactions")][:1]
    older = week_before(stored, "jorge_bot_interactions", week)
    cut_short(stored, "jorge_bot_interactions", week)

    first = drop_old_weeks(stored, NOW, keep=NOW - monday_of("jorge_bot_interactions", week) - timedelta(days=1))
    then = drop_old_weeks(stored, NOW, keep=KEEP)

    assert older in first
    assert week not in first
    assert week in then


def cut_short(dsn: str, table: str, week: str) -> None:
    """Begin to detach *week*, and give up while a reader holds up the second half, as a process that dies would."""
    with psycopg.connect(dsn) as reader:
        reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        with psycopg.connect(dsn, autocommit=True) as detaching:
            detaching.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                detaching.execute(f"ALTER TABLE {table} DETACH PARTITION {week} CONCURRENTLY")


def monday_of(table: str, week: str) -> datetime:
    return datetime.strptime(week, f"{table}_%Y_%m_%d").replace(tzinfo=UTC)


def week_before(dsn: str, table: str, week: str) -> str:
    """The week before *week*, made where it was not there."""
    monday = monday_of(table, week)
    before = monday - timedelta(days=7)
    name = f"{table}_{before:%Y_%m_%d}"
    with psycopg.connect(dsn) as connection:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ('{before}') TO ('{monday}')"
        )
    return name


def drop_candidates(dsn: str) -> list[str]:
    """The weeks of 40 days ago."""
    monday = (NOW - timedelta(days=40)).date()
    monday -= timedelta(days=monday.weekday())
    return [name for name in sorted(tables(dsn)) if name.endswith(f"{monday:%Y_%m_%d}")]


def test_two_at_once_do_not_meet(stored: str) -> None:
    """While one drops, another returns with nothing done."""
    from ghl_real_estate_ai.storage.retention import LOCK_KEY

    with psycopg.connect(stored, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))

        assert [] == drop_old_weeks(stored, NOW, keep=KEEP)

    assert {"lead", "buyer", "seller"} == bots(stored)


def test_a_table_of_such_a_name_elsewhere_stays(stored: str) -> None:
    """Only weeks of our own tables are dropped."""
    with psycopg.connect(stored) as connection:
        connection.execute("CREATE TABLE others (at date) PARTITION BY RANGE (at)")
        connection.execute(
            "CREATE TABLE jorge_bot_interactions_2001_01_01 PARTITION OF others "
            "FOR VALUES FROM ('2001-01-01') TO ('2001-01-08')"
        )

    drop_old_weeks(stored, NOW, keep=KEEP)

    assert "jorge_bot_interactions_2001_01_01" in tables(stored)
