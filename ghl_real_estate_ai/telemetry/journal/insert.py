"""Rows into their tables, inside the caller's transaction: by COPY, and around the rows that PostgreSQL refuses.

A row that is there already is no fault and is left alone.  A row that is refused for what it holds (a time outside
every partition, a NUL character, a name too long) goes to `dead_letters` with the reason, whole, and the others go
on.  Nothing is cleaned in silence.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psycopg
import structlog
from psycopg import sql

from ghl_real_estate_ai.telemetry.journal.encode_copy import SIGNATURE, TRAILER, CopyBlocks
from ghl_real_estate_ai.telemetry.journal.payload import dump_record
from ghl_real_estate_ai.telemetry.journal.read_part import Part
from ghl_real_estate_ai.telemetry.journal.rows import (
    OPERATIONS_TABLE,
    OUTCOMES_TABLE,
    TARGETS,
    Row,
    Target,
    table_of,
    values_of,
)
from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord
from ghl_real_estate_ai.telemetry.statements import INSERT_OUTCOME, RESOLVE_OUTCOME, outcome_parameters

log = structlog.get_logger(__name__)

POISON = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""What PostgreSQL (or the driver) says of a row that it will never take."""

_DEAD_LETTER = """
INSERT INTO dead_letters (location_id, event_id, target_table, reason, record)
VALUES (%(location_id)s, %(event_id)s, %(target_table)s, %(reason)s, %(record)s)
ON CONFLICT (event_id, target_table) DO UPDATE
SET reason = excluded.reason, attempts = dead_letters.attempts + 1, tried_at = now()
"""
MOST_REASON_CHARACTERS = 500


@dataclass(slots=True)
class Inserted:
    """What became of a set of rows."""

    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By table, those that are there now."""
    dead: int = 0


def insert_part(connection: psycopg.Connection, part: Part) -> Inserted:
    """Read *part* and put all of it into its tables; needs an open transaction.

    The server takes the rows of operations while we encode what follows them; of the other kinds there are few.
    When PostgreSQL refuses any, the rows are put in anew around those at fault.

    Raises:
        psycopg.Error: the database is away, or the schema is not ours.
        OSError: the segment cannot be read.
    """
    reading = part.read()
    try:
        with connection.transaction():
            _copy_while_reading(connection, part.blocks, reading)
            for table in part.blocks.tables:
                if table != OPERATIONS_TABLE:
                    _copy_block(connection, table, part.blocks)
    except POISON:
        for _ in reading:
            pass  # whatever was read when it was refused: the part is shipped whole
        return insert_rows(connection, [*part.rows_of_blocks(), *part.rows])
    inserted = insert_rows(connection, part.rows)
    for table, count in part.blocks.counts.items():
        inserted.rows[table] += count
    return inserted


def insert_rows(connection: psycopg.Connection, rows: Sequence[Row], *, may_exist: bool = False) -> Inserted:
    """Put *rows* into their tables; needs an open transaction.

    With *may_exist* many of them are expected to be there already.

    Raises:
        psycopg.Error: the database is away, or the schema is not ours.
    """
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[table_of(row.record)].append(row)
    inserted = Inserted()
    for table, of_table in by_table.items():
        if table == OUTCOMES_TABLE:
            for row in of_table:
                _apply_outcome(connection, row, inserted)
        else:
            _copy_or_divide(connection, TARGETS[table], of_table, inserted, may_exist=may_exist)
    return inserted


def _copy_or_divide(
    connection: psycopg.Connection, target: Target, rows: Sequence[Row], inserted: Inserted, *, may_exist: bool
) -> None:
    put = _copy_around_existing if may_exist else _copy
    try:
        with connection.transaction():
            put(connection, target, rows)
    except psycopg.errors.UniqueViolation:
        # Some were rebuilt, or are read again after a file was cut off, or a restored database knows them.
        _copy_or_divide(connection, target, rows, inserted, may_exist=True)
    except POISON as error:
        if len(rows) == 1:
            _bury(connection, rows[0], error, inserted)
            return
        middle = len(rows) // 2
        _copy_or_divide(connection, target, rows[:middle], inserted, may_exist=may_exist)
        _copy_or_divide(connection, target, rows[middle:], inserted, may_exist=may_exist)
    else:
        inserted.rows[target.table] += len(rows)


def _copy(connection: psycopg.Connection, target: Target, rows: Sequence[Row]) -> None:
    _copy_into(connection, sql.Identifier(target.table), target, rows)


def _copy_around_existing(connection: psycopg.Connection, target: Target, rows: Sequence[Row]) -> None:
    """By a staging table that lives as long as the transaction: what is there already stays as it is."""
    names = {
        "staging": sql.Identifier(f"staging_{target.table}"),
        "table": sql.Identifier(target.table),
        "columns": _columns(target),
    }
    connection.execute(
        sql.SQL(
            "CREATE TEMP TABLE IF NOT EXISTS {staging} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        ).format(**names)
    )
    _copy_into(connection, names["staging"], target, rows)
    connection.execute(
        sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {staging} ON CONFLICT DO NOTHING").format(
            **names
        )
    )
    connection.execute(sql.SQL("DELETE FROM {staging}").format(**names))


def _copy_while_reading(connection: psycopg.Connection, blocks: CopyBlocks, reading: Iterator[None]) -> None:
    statement = _copy_statement(sql.Identifier(OPERATIONS_TABLE), TARGETS[OPERATIONS_TABLE])
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(SIGNATURE)
        for _ in reading:
            copy.write(blocks.take(OPERATIONS_TABLE))
        copy.write(blocks.take(OPERATIONS_TABLE) + TRAILER)


def _copy_block(connection: psycopg.Connection, table: str, blocks: CopyBlocks) -> None:
    statement = _copy_statement(sql.Identifier(table), TARGETS[table])
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(SIGNATURE + blocks.take(table) + TRAILER)


def _copy_into(connection: psycopg.Connection, table: sql.Composable, target: Target, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(_copy_statement(table, target)) as copy:
        copy.set_types(target.types)
        for row in rows:
            copy.write_row(values_of(target, row))


def _apply_outcome(connection: psycopg.Connection, row: Row, inserted: Inserted) -> None:
    record = row.record
    if not isinstance(record, HandoffOutcomeRecord):
        raise TypeError("only outcomes are applied one by one")
    parameters = outcome_parameters(record, row.event_id)
    try:
        with connection.transaction():
            if record.outcome == "pending" or connection.execute(RESOLVE_OUTCOME, parameters).rowcount == 0:
                connection.execute(INSERT_OUTCOME, parameters)
    except POISON as error:
        _bury(connection, row, error, inserted)
    else:
        inserted.rows[OUTCOMES_TABLE] += 1


def _bury(connection: psycopg.Connection, row: Row, error: psycopg.Error, inserted: Inserted) -> None:
    # Only the server's first line: its details repeat the row.
    reason = error.diag.message_primary or str(error).partition("\n")[0]
    table = table_of(row.record)
    connection.execute(
        _DEAD_LETTER,
        {
            "location_id": row.record.location_id.replace("\0", ""),
            "event_id": row.event_id,
            "target_table": table,
            "reason": f"{type(error).__name__}: {reason}".replace("\0", "")[:MOST_REASON_CHARACTERS],
            "record": dump_record(row.record),
        },
    )
    inserted.dead += 1
    log.error("journal.row_refused", table=table, event_id=str(row.event_id), reason=type(error).__name__)


def _copy_statement(table: sql.Composable, target: Target) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(table, _columns(target))


def _columns(target: Target) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in target.columns)
