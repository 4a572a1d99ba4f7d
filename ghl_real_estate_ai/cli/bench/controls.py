"""The ways to record a turn that ours is held against, each written as well as it can be.

The first is what one writes who thinks that recording is free: `ensure_future(INSERT)` for every record.  It has a
pool of open connections, as large and as patient as the program's own but without SQLAlchemy's costs, statements
prepared once, binary parameters and no transaction around a single row.  It stays here as the control of every
claim about the journal.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from ghl_real_estate_ai.cli.bench.sample_turns import turn_batch
from ghl_real_estate_ai.storage.database import POOL_OVERFLOW, POOL_SIZE, POOL_WAIT_SECONDS
from ghl_real_estate_ai.telemetry import JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS, Row, Target, rows_of, table_of, values_of
from ghl_real_estate_ai.telemetry.model import RecordBatch

QUEUE_SECONDS = 1.0
"""How long the queue gathers; OpenTelemetry's batch processor does so for five."""

AsyncPool = AsyncConnectionPool[psycopg.AsyncConnection]


class WayToRecord(Protocol):
    """Keeps the records of turns."""

    async def open(self) -> None:
        """Get ready; called on the loop that will record."""
        ...

    def record(self, batch: RecordBatch) -> None:
        """Take a turn's records and return; nothing is awaited."""
        ...

    async def settle(self) -> None:
        """Return once what was taken has cost what it will cost."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


class NoRecording:
    """The turn alone."""

    async def open(self) -> None: ...

    def record(self, batch: RecordBatch) -> None: ...

    async def settle(self) -> None: ...

    async def close(self) -> None: ...


class JournalRecording:
    """Ours."""

    def __init__(self, dsn: str, data_dir: Path) -> None:
        self._repository = JorgeMetricsRepository(dsn, data_dir=data_dir)
        self.record: Callable[[RecordBatch], None] = self._repository.record

    async def open(self) -> None:
        self._repository.start()

    async def settle(self) -> None:
        """Nothing waits in this process: what is left to do is the shipper's."""

    async def close(self) -> None:
        await self._repository.close()


class NaiveInserts:
    """An INSERT for every record, each a task that nobody waits for."""

    def __init__(self, dsn: str) -> None:
        self._pool = _pool(dsn)
        self._statements = {table: insert_statement(target) for table, target in TARGETS.items()}
        self._tasks: set[asyncio.Future[None]] = set()
        self.failed = 0
        """Records that were lost, and that this way of writing tells nobody of."""

    async def open(self) -> None:
        await self._pool.open(wait=True)
        # Every connection is warm and has its statements prepared before anything is measured.
        await asyncio.gather(*(self._insert(row) for n in range(20) for row in _rows(turn_batch("warm", n))))

    def record(self, batch: RecordBatch) -> None:
        for row in _rows(batch):
            task = asyncio.ensure_future(self._insert(row))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        await self.settle()
        await self._pool.close()

    async def _insert(self, row: Row) -> None:
        target = TARGETS[table_of(row.record)]
        try:
            async with self._pool.connection() as connection:
                statement = self._statements[target.table]
                await connection.execute(statement, values_of(target, row), prepare=True, binary=True)
        except Exception:  # noqa: BLE001 - it is the way of this control: the reply goes on, the record is gone
            self.failed += 1


class MemoryQueue:
    """A queue in memory, written by COPY once a second, tried again while the database is away."""

    def __init__(self, dsn: str) -> None:
        self._pool = _pool(dsn)
        self._waiting: deque[Row] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._pool.open(wait=True)
        self._writer = asyncio.create_task(self._write())

    def record(self, batch: RecordBatch) -> None:
        self._waiting.extend(_rows(batch))

    async def settle(self) -> None:
        while self._waiting:  # noqa: ASYNC110 - the writer wakes once a second; this is no faster
            await asyncio.sleep(QUEUE_SECONDS / 10)

    async def close(self) -> None:
        await self.settle()
        if self._writer is not None:
            self._writer.cancel()
        await self._pool.close()

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(QUEUE_SECONDS)
            rows = list(self._waiting)
            if not rows:
                continue
            try:
                await self._copy(rows)
            except psycopg.Error:
                continue  # the database is away; the rows go on waiting
            for _ in rows:
                self._waiting.popleft()

    async def _copy(self, rows: list[Row]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            for target in TARGETS.values():
                of_table = [row for row in rows if table_of(row.record) == target.table]
                async with connection.cursor() as cursor, cursor.copy(copy_statement(target)) as copy:
                    copy.set_types(target.types)
                    for row in of_table:
                        await copy.write_row(values_of(target, row))


class AwaitedInserts:
    """Six INSERTs, each awaited, on one connection that is ours alone: the careful and slow way."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._statements = {table: insert_statement(target) for table, target in TARGETS.items()}
        self._connection: psycopg.AsyncConnection | None = None

    async def open(self) -> None:
        self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)

    async def record(self, batch: RecordBatch) -> None:
        assert self._connection is not None  # noqa: S101 - `open` comes first
        for row in _rows(batch):
            target = TARGETS[table_of(row.record)]
            statement = self._statements[target.table]
            await self._connection.execute(statement, values_of(target, row), prepare=True, binary=True)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


def build_way(name: str, dsn: str, data_dir: Path) -> WayToRecord:
    """The way called *name*: off, journal, naive or queue."""
    match name:
        case "off":
            return NoRecording()
        case "journal":
            return JournalRecording(dsn, data_dir)
        case "naive":
            return NaiveInserts(dsn)
        case "queue":
            return MemoryQueue(dsn)
    raise ValueError(f"nobody records by {name!r}")


def insert_statement(target: Target) -> bytes:
    """An INSERT of one row into *target*, rendered once."""
    places = sql.SQL(", ").join(sql.Placeholder() for _ in target.columns)
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(*_named(target), places).as_bytes(None)


def copy_statement(target: Target) -> bytes:
    """A binary COPY into *target*, rendered once."""
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(*_named(target)).as_bytes(None)


def _named(target: Target) -> tuple[sql.Composable, sql.Composable]:
    columns: Iterable[sql.Composable] = (sql.Identifier(column) for column in target.columns)
    return sql.Identifier(target.table), sql.SQL(", ").join(columns)


def _rows(batch: RecordBatch) -> list[Row]:
    assert batch.turn_id is not None  # noqa: S101 - the samples are turns
    return rows_of(batch, batch.turn_id, 0)


def _pool(dsn: str) -> AsyncPool:
    return AsyncConnectionPool(
        dsn,
        min_size=POOL_SIZE,
        max_size=POOL_SIZE + POOL_OVERFLOW,
        timeout=POOL_WAIT_SECONDS,
        open=False,
        kwargs={"autocommit": True},
    )
