"""Weekly partitions (Monday to Monday, UTC) of the tables that only grow.

There is no default partition: a record far outside the weeks we keep is refused, and becomes a dead letter.
`ensure_partitions` runs with the first migration, at every start and once a day.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from ghl_real_estate_ai.storage.tables import PARTITIONED

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

WEEK = timedelta(weeks=1)
WEEKS_BACK = 6
WEEKS_AHEAD = 6
LOCK_KEY = 0x4A4F5247_50415254
"""Of pg_advisory_xact_lock: "JORGPART"."""


def monday_of(moment: datetime) -> date:
    """Give the Monday (UTC) of the week in which `moment`, an aware time, lies."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def weeks_around(now: datetime, back: int = WEEKS_BACK, ahead: int = WEEKS_AHEAD) -> tuple[date, ...]:
    """List the Mondays from `back` weeks before this week to `ahead` weeks after it, both included."""
    return tuple(monday_of(now) + WEEK * offset for offset in range(-back, ahead + 1))


def weeks_kept(retention_days: int) -> int:
    """How many weeks before this one may still be written when weeks are dropped after so many days."""
    return min(WEEKS_BACK, retention_days // 7)


def partition_name(table: str, monday: date) -> str:
    """Name the partition of `table` that begins on `monday`, such as jorge_bot_interactions_2026_11_23."""
    return f"{table}_{monday:%Y_%m_%d}"


def ensure_partitions_sync(
    connection: Connection, now: datetime, tables: tuple[str, ...] = PARTITIONED, *, back: int = WEEKS_BACK
) -> tuple[str, ...]:
    """Create the partitions that are missing around `now` and return their names; needs an open transaction.

    *back* weeks before this one are among them.

    Safe to call at any time, by many at once; with nothing missing it takes no lock.  A partition is built beside
    its table and then attached, so that readers and writers of the table go on meanwhile.
    """
    weeks = weeks_around(now, back=back)
    if not _missing(connection, weeks, tables):
        return ()
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    missing = _missing(connection, weeks, tables)
    for table, monday in missing:
        _create(connection, table, monday)
    return tuple(partition_name(table, monday) for table, monday in missing)


async def ensure_partitions(connection: "AsyncConnection", now: datetime, *, back: int = WEEKS_BACK) -> tuple[str, ...]:
    """Do the same on an async connection."""
    return await connection.run_sync(partial(ensure_partitions_sync, now=now, back=back))


def _missing(connection: Connection, weeks: tuple[date, ...], tables: tuple[str, ...]) -> list[tuple[str, date]]:
    attached = connection.execute(
        text(
            "SELECT child.relname FROM pg_inherits "
            "JOIN pg_class child ON child.oid = inhrelid "
            "WHERE inhparent = ANY (SELECT to_regclass(name) FROM unnest(CAST(:tables AS text[])) AS name)"
        ),
        {"tables": list(tables)},
    )
    present = set(attached.scalars())
    wanted = [(table, monday) for table in tables for monday in weeks]
    return [(table, monday) for table, monday in wanted if partition_name(table, monday) not in present]


def _create(connection: Connection, table: str, monday: date) -> None:
    name = partition_name(table, monday)
    begin, end = _midnight(monday), _midnight(monday + WEEK)
    connection.execute(text(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS)"))
    connection.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{begin}') TO ('{end}')"))


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
