"""Weeks that are over: taken off their tables without holding anybody up, written to a file if asked for, dropped.

Each step can be cut short and is gone on with by the next call: a half-made detachment is finished, a week that was
detached and not dropped is found by its name, and a file appears under its name only when it is whole.
"""

import gzip
import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import psycopg
import structlog
from psycopg import sql

from ghl_real_estate_ai.storage.partitions import WEEK
from ghl_real_estate_ai.storage.reaching import NETWORK_OPTIONS
from ghl_real_estate_ai.storage.tables import PARTITIONED

log = structlog.get_logger(__name__)

PERSONAL = frozenset({"contact_id", "metadata"})
"""Columns that no archive has."""
LOCK_SECONDS = 5
LOCK_KEY = 0x4A4F5247_52455445
"""Of pg_advisory_lock: "JORGRETE"."""

_WEEKS = """
SELECT child.relname, parent.relname AS parent, coalesce(link.inhdetachpending, false) AS is_pending
FROM pg_class AS child
LEFT JOIN pg_inherits AS link ON link.inhrelid = child.oid
LEFT JOIN pg_class AS parent ON parent.oid = link.inhparent
WHERE child.relkind = 'r' AND child.relnamespace = current_schema()::regnamespace
ORDER BY child.relname
"""
_NAME = re.compile(rf"({'|'.join(PARTITIONED)})_(\d{{4}})_(\d{{2}})_(\d{{2}})")


@dataclass(frozen=True, slots=True)
class _Week:
    name: str
    table: str
    monday: date
    is_attached: bool
    is_pending: bool
    """A detachment of it was begun and cut short."""


def drop_old_weeks(dsn: str, now: datetime, *, keep: timedelta, archive: Path | None = None) -> list[str]:
    """Drop the weeks that ended more than *keep* ago and return their names; with *archive*, keep a file of each.

    Safe to call at any time, by several at once: one works, the others return at once with nothing.

    Raises:
        psycopg.Error: the database is away, or somebody held a table for too long; the next call goes on.
        OSError: the archive cannot be written; that week stays, detached.
    """
    with psycopg.connect(dsn, autocommit=True, application_name="jorge-retention", **NETWORK_OPTIONS) as connection:
        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone()
        if row is None or not row[0]:
            return []
        _finish_detachments(connection)
        over = [week for week in _weeks(connection) if _end(week) <= now - keep]
        for week in over:
            if week.is_attached:
                _detach(connection, week, "CONCURRENTLY")  # no lock that a reader or writer of the table would wait for
            if archive is not None:
                _write_archive(connection, week, archive)
            connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(week.name)))
            log.info("retention.dropped", week=week.name, archived=archive is not None)
        return [week.name for week in over]


def _weeks(connection: psycopg.Connection) -> list[_Week]:
    found = []
    for name, parent, is_pending in connection.execute(_WEEKS).fetchall():
        match = _NAME.fullmatch(name)
        # A table that only happens to have such a name under another parent is not ours.
        if match is not None and parent in (None, match[1]):
            monday = date(int(match[2]), int(match[3]), int(match[4]))
            found.append(_Week(name, match[1], monday, parent is not None, is_pending))
    return found


def _end(week: _Week) -> datetime:
    return datetime.combine(week.monday, time(), UTC) + WEEK


def _finish_detachments(connection: psycopg.Connection) -> None:
    """Finish each that was cut short: PostgreSQL begins no other of the same table before."""
    for week in _weeks(connection):
        if week.is_pending:
            _detach(connection, week, "FINALIZE")


def _detach(connection: psycopg.Connection, week: _Week, way: Literal["CONCURRENTLY", "FINALIZE"]) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE {} DETACH PARTITION {} " + way).format(
            sql.Identifier(week.table), sql.Identifier(week.name)
        )
    )


def _archived(connection: psycopg.Connection, week: _Week) -> list[str]:
    """The columns of the week but those that name the contact or may quote what was said."""
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        (week.name,),
    )
    return [name for (name,) in columns if name not in PERSONAL]


def _write_archive(connection: psycopg.Connection, week: _Week, folder: Path) -> Path:
    """Write the week as CSV with a header; a file of that name is there whole or not at all.

    Nothing in it tells of whom it is: who is forgotten later is in no file that nobody would look through.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{week.name}.csv.gz"
    anew = path.with_suffix(".part")
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY id) TO STDOUT (FORMAT csv, HEADER)").format(
        sql.SQL(", ").join(sql.Identifier(column) for column in _archived(connection, week)),
        sql.Identifier(week.name),
    )
    with anew.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with (
            gzip.GzipFile(fileobj=file, mode="wb") as packed,
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for block in copy:
                packed.write(block)
        file.flush()
        os.fsync(file.fileno())
    anew.replace(path)
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
    return path
