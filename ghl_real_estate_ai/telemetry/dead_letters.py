"""Records that PostgreSQL refused: seen, tried again once their cause is mended, or thrown away by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row, dict_row

from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.telemetry.journal.insert import insert_rows
from ghl_real_estate_ai.telemetry.journal.payload import UnreadablePayloadError, load_record
from ghl_real_estate_ai.telemetry.journal.rows import Row

BATCH = 500
"""How many are tried in one transaction."""


class DeadLetterUnknownError(Rejected):
    """There is no dead letter with this number: see `jorge deadletters list`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One refused record, as it is told to a person."""

    id: int
    location_id: str | None
    target_table: str
    reason: str
    dead_at: datetime
    tried_at: datetime
    attempts: int
    record: bytes
    """JSON: the kind and the values by name."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the dead letters that were tried again."""

    stored: int = 0
    refused: int = 0
    """They stay, with the reason of this time."""
    unreadable: int = 0
    """Their records are of another version of this program; they stay as they were."""

    def __add__(self, other: "Retried") -> "Retried":
        return Retried(self.stored + other.stored, self.refused + other.refused, self.unreadable + other.unreadable)


_COLUMNS = "id, location_id, target_table, reason, dead_at, tried_at, attempts, record"


def list_dead_letters(connection: psycopg.Connection, *, most: int) -> list[DeadLetter]:
    """The newest *most*, newest first."""
    with connection.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(f"SELECT {_COLUMNS} FROM dead_letters ORDER BY id DESC LIMIT %s", (most,)).fetchall()  # noqa: S608 - a constant of ours


def count_dead_letters(connection: psycopg.Connection) -> int:
    """How many there are."""
    row = connection.execute("SELECT count(*) FROM dead_letters").fetchone()
    return 0 if row is None else int(row[0])


def retry_dead_letters(connection: psycopg.Connection, ids: Sequence[int] = ()) -> Retried:
    """Try *ids*, or all, again under the event ids they had, so that none can be stored twice.

    Raises:
        DeadLetterUnknownError: one of *ids* is none; nothing was tried.
    """
    with connection.transaction():
        chosen = _chosen(connection, ids)
    retried = Retried()
    for begin in range(0, len(chosen), BATCH):
        with connection.transaction():
            retried += _retry(connection, chosen[begin : begin + BATCH])
    return retried


def discard_dead_letters(connection: psycopg.Connection, ids: Sequence[int] = ()) -> int:
    """Delete *ids*, or all, for good and return how many.

    Raises:
        DeadLetterUnknownError: one of *ids* is none; nothing was deleted.
    """
    with connection.transaction():
        chosen = _chosen(connection, ids)
        return connection.execute("DELETE FROM dead_letters WHERE id = ANY (%s)", (chosen,)).rowcount


def _chosen(connection: psycopg.Connection, ids: Sequence[int]) -> list[int]:
    if not ids:
        return [int(row[0]) for row in connection.execute("SELECT id FROM dead_letters ORDER BY id")]
    wanted = sorted(set(ids))
    found = {row[0] for row in connection.execute("SELECT id FROM dead_letters WHERE id = ANY (%s)", (wanted,))}
    missing = [str(one) for one in wanted if one not in found]
    if missing:
        raise DeadLetterUnknownError(f"there is no dead letter {', '.join(missing)}", field="id")
    return wanted


def _retry(connection: psycopg.Connection, ids: Sequence[int]) -> Retried:
    # Locked, so that two who retry at once do not both store and then both report it.
    with connection.cursor(row_factory=dict_row) as cursor:
        letters = cursor.execute(
            "SELECT id, event_id, record FROM dead_letters WHERE id = ANY (%s) ORDER BY id FOR UPDATE", (list(ids),)
        ).fetchall()
    rows: dict[int, Row] = {}
    for letter in letters:
        try:
            rows[letter["id"]] = Row(UUID(str(letter["event_id"])), load_record(letter["record"]))
        except UnreadablePayloadError:
            continue
    inserted = insert_rows(connection, list(rows.values()), may_exist=True)
    # One that was refused again was noted anew just now; the others are in their tables.
    stored = connection.execute(
        "DELETE FROM dead_letters WHERE id = ANY (%s) AND tried_at < now()", (list(rows),)
    ).rowcount
    return Retried(stored=stored, refused=inserted.dead, unreadable=len(letters) - len(rows))
