"""Every node's backlog and drops are known to the database, and so to whoever looks at the alerts."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.alerts.gather_stats import gather_stats
from ghl_real_estate_ai.alerts.model import breached
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper, ShippingFailedError
from ghl_real_estate_ai.telemetry.journal.shipper_state import ShipperCounts
from ghl_real_estate_ai.telemetry.journal.tell_node import NodeTeller
from ghl_real_estate_ai.telemetry.model import InteractionRecord, RecordBatch

BOUND = 1024 * 1024


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal's folder."""
    return tmp_path / "journal"


@pytest.fixture
def away() -> str:
    """The address of a database that is not there."""
    return "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def full(journal: Path) -> JournalRecorder:
    """A recorder that wrote more than its journal may hold, to a disk that can take it."""
    opened = JournalRecorder(journal, most_bytes=BOUND)
    for _ in range(400):
        metadata = {"padding": "x" * 4000}
        record = InteractionRecord(bot_type="lead", duration_ms=1, timestamp=datetime.now(UTC), metadata=metadata)
        opened.record(RecordBatch(uuid4(), (record,)))
    opened.close()
    return opened


async def broken_rules(database: Database) -> set[str]:
    stats = await gather_stats(DEFAULT_RULES, datetime.now(UTC), database=database)
    return {rule.name for rule in DEFAULT_RULES if breached(rule, stats, datetime.now(UTC))}


def dropped(dsn: str) -> list[tuple[str, int]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT node, dropped_rows FROM journal_nodes ORDER BY node").fetchall()


async def test_drops_of_an_outage_raise_the_alert_once_it_is_over(
    full: JournalRecorder, journal: Path, away: str, database_dsn: str, database: Database
) -> None:
    """What was dropped while the database was away, by a shipper that then died, is told by the next one."""
    first = Shipper(away, journal, "node-1", most_bytes=BOUND)
    with pytest.raises(Exception, match="away"):
        first.ship_once()
    lost = first.counts.dropped
    first.close()
    second = Shipper(database_dsn, journal, "node-1", most_bytes=BOUND)

    second.ship_once()
    second.close()

    assert lost > 0
    assert [("node-1", lost)] == dropped(database_dsn)
    assert {"telemetry_dropped"} == await broken_rules(database)
    with psycopg.connect(database_dsn) as connection:
        [(arrived,)] = connection.execute("SELECT count(*) FROM jorge_bot_interactions").fetchall()
    assert 400 == arrived + lost


def test_the_same_drop_is_told_once(database_dsn: str, journal: Path) -> None:
    """Rows that the database knows of are not added again."""
    teller, counts = NodeTeller(journal, "node-1"), ShipperCounts(untold=7)
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        teller.tell_when_due(connection, counts)
        NodeTeller(journal, "node-1").tell_when_due(connection, counts)

    assert [("node-1", 7)] == dropped(database_dsn)
    assert 0 == counts.untold


@pytest.mark.parametrize(("seconds", "fires"), [(299, False), (301, True)])
async def test_a_backlog_raises_the_alert_by_its_age(
    database_dsn: str, database: Database, journal: Path, seconds: float, fires: bool
) -> None:
    """Above five minutes, and not below; also of another node than the one that looks."""
    counts = ShipperCounts(backlog_rows=3, backlog_age_seconds=seconds)
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        NodeTeller(journal, "elsewhere").tell_when_due(connection, counts)

    assert fires == ("telemetry_backlog" in await broken_rules(database))


async def test_a_node_that_caught_up_is_silent(database_dsn: str, database: Database, journal: Path) -> None:
    """Once nothing waits, the next shipper of that journal takes the backlog back."""
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        NodeTeller(journal, "n").tell_when_due(connection, ShipperCounts(backlog_rows=3, backlog_age_seconds=900))
        NodeTeller(journal, "n").tell_when_due(connection, ShipperCounts())

    assert set() == await broken_rules(database)


def test_an_idle_node_writes_nothing_more(database_dsn: str, journal: Path) -> None:
    """Having said once that nothing waits, it is silent until something does."""
    teller = NodeTeller(journal, "n")
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        teller.tell_when_due(connection, ShipperCounts())
        connection.execute("DELETE FROM journal_nodes")
        teller._told_at = None  # as if the five seconds were over

        teller.tell_when_due(connection, ShipperCounts())

    assert [] == dropped(database_dsn)


async def test_a_refusing_database_is_told_what_waits(
    full: JournalRecorder, journal: Path, database_dsn: str, database: Database
) -> None:
    """A table that is gone keeps rows waiting, and the alert's table says since when."""
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE jorge_bot_interactions CASCADE")
    make_older(full.folder, timedelta(minutes=10))
    shipper = Shipper(database_dsn, journal, "node-1")

    with pytest.raises(ShippingFailedError):
        shipper.ship_once()
    shipper.close()

    assert "telemetry_backlog" in await broken_rules(database)


def make_older(folder: Path, age: timedelta) -> None:
    """Let its files look as if they had been written so long ago."""
    written = (datetime.now(UTC) - age).timestamp()
    for path in folder.iterdir():
        os.utime(path, (written, written))
