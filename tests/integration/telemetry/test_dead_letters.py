"""Refused records are shown, tried again and thrown away."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from ghl_real_estate_ai.storage.partitions import ensure_partitions_sync
from ghl_real_estate_ai.storage.tables import PARTITIONED
from ghl_real_estate_ai.telemetry.dead_letters import (
    DeadLetterUnknownError,
    Retried,
    count_dead_letters,
    discard_dead_letters,
    list_dead_letters,
    retry_dead_letters,
)
from ghl_real_estate_ai.telemetry.journal.insert import insert_rows
from ghl_real_estate_ai.telemetry.journal.rows import Row
from ghl_real_estate_ai.telemetry.model import InteractionRecord

EARLIER = datetime.now(UTC) - timedelta(days=100)
"""Outside every week that is kept."""


@pytest.fixture
def connection(database_dsn: str):
    """A connection on which each statement is its own transaction."""
    with psycopg.connect(database_dsn, autocommit=True) as opened:
        yield opened


def bury(connection: psycopg.Connection, *, at: datetime = EARLIER, contact_id: str = "c") -> UUID:
    """Let PostgreSQL refuse an interaction."""
    event_id = uuid4()
    record = InteractionRecord(bot_type="lead", duration_ms=1.5, timestamp=at, contact_id=contact_id)
    with connection.transaction():
        assert insert_rows(connection, [Row(event_id, record)]).dead == 1
    return event_id


def make_room_for(dsn: str, moment: datetime) -> None:
    """Create the weeks around *moment*, as a person would who wants its records after all."""
    from sqlalchemy import create_engine

    from ghl_real_estate_ai.storage.address import sqlalchemy_url

    engine = create_engine(sqlalchemy_url(dsn))
    with engine.begin() as opened:
        ensure_partitions_sync(opened, moment, PARTITIONED)
    engine.dispose()


def stored(connection: psycopg.Connection) -> list[tuple[UUID, str]]:
    return connection.execute("SELECT event_id, contact_id FROM jorge_bot_interactions ORDER BY contact_id").fetchall()


def test_they_are_listed_newest_first(connection: psycopg.Connection) -> None:
    """Each with its table and the reason."""
    bury(connection, contact_id="a")
    bury(connection, contact_id="b")

    [first] = list_dead_letters(connection, most=1)

    assert b'"b"' in first.record
    assert ("jorge_bot_interactions", 1) == (first.target_table, first.attempts)
    assert "no partition" in first.reason
    assert 2 == count_dead_letters(connection)


def test_a_mended_cause_lets_them_in_under_their_ids(connection: psycopg.Connection, database_dsn: str) -> None:
    """Once there is a place for them they are stored, once, and gone from the dead letters."""
    event_id = bury(connection)
    make_room_for(database_dsn, EARLIER)

    retried = retry_dead_letters(connection)
    again = retry_dead_letters(connection)

    assert (Retried(stored=1), Retried()) == (retried, again)
    assert [(event_id, "c")] == stored(connection)
    assert 0 == count_dead_letters(connection)


def test_one_that_arrived_meanwhile_is_not_doubled(connection: psycopg.Connection, database_dsn: str) -> None:
    """A letter whose record is in its table by now just goes."""
    event_id = bury(connection)
    make_room_for(database_dsn, EARLIER)
    record = InteractionRecord(bot_type="lead", duration_ms=1.5, timestamp=EARLIER, contact_id="c")
    with connection.transaction():
        insert_rows(connection, [Row(event_id, record)])

    retry_dead_letters(connection)

    assert [(event_id, "c")] == stored(connection)
    assert 0 == count_dead_letters(connection)


def test_one_refused_again_stays_with_one_attempt_more(connection: psycopg.Connection) -> None:
    """Its cause is still there; nothing is lost by trying."""
    bury(connection)

    retried = retry_dead_letters(connection)

    assert Retried(refused=1) == retried
    assert [2] == [letter.attempts for letter in list_dead_letters(connection, most=9)]


def test_one_of_another_version_stays_as_it_was(connection: psycopg.Connection) -> None:
    """What cannot be read is left for a version that can."""
    bury(connection)
    connection.execute("UPDATE dead_letters SET record = %s", (b'["sonnet", {}]',))

    retried = retry_dead_letters(connection)

    assert Retried(unreadable=1) == retried
    assert 1 == count_dead_letters(connection)


def test_the_chosen_are_discarded(connection: psycopg.Connection) -> None:
    """The others stay."""
    bury(connection, contact_id="a")
    bury(connection, contact_id="b")
    newest, oldest = list_dead_letters(connection, most=2)

    assert 1 == discard_dead_letters(connection, [oldest.id])
    assert [newest.id] == [letter.id for letter in list_dead_letters(connection, most=9)]


@pytest.mark.parametrize("act", [retry_dead_letters, discard_dead_letters])
def test_an_unknown_number_is_told_and_nothing_done(connection: psycopg.Connection, act) -> None:
    """A typing error must not discard half of a list."""
    bury(connection)
    [letter] = list_dead_letters(connection, most=1)

    with pytest.raises(DeadLetterUnknownError, match=str(letter.id + 1)):
        act(connection, [letter.id, letter.id + 1])

    assert [1] == [letter.attempts for letter in list_dead_letters(connection, most=9)]


class TestCommand:
    """`jorge deadletters` as it is typed."""

    def test_list_retry_discard(self, connection: psycopg.Connection, database_dsn: str, tmp_path: Path) -> None:
        """From the first look to the last letter."""
        bury(connection)

        listed = deadletters(database_dsn, tmp_path, "list", "--records")
        retried = deadletters(database_dsn, tmp_path, "retry", "--all")
        nothing_said = deadletters(database_dsn, tmp_path, "discard")
        discarded = deadletters(database_dsn, tmp_path, "discard", "--all")

        assert "no partition" in listed.stdout
        assert '"contact_id":"c"' in listed.stdout
        assert (1, "0 stored, 1 refused again, 0 of another version.\n") == (retried.returncode, retried.stdout)
        assert 1 == nothing_said.returncode
        assert "--all" in nothing_said.stderr
        assert (0, "1 discarded.\n") == (discarded.returncode, discarded.stdout)


def deadletters(dsn: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ghl_real_estate_ai.cli", "deadletters", *arguments],
        env={**os.environ, "DATABASE_URL": dsn, "JORGE_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
