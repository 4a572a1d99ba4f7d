"""The six tables that users query directly: every statement on them is here (and in `statements`).

Records go in through the journal, so that recording waits for nothing; alerts, rules and a turn's handoffs are
written at once.  What is read comes from all nodes.  Nothing that fails reads as "no data".
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
import uuid_utils.compat
from prometheus_client import CollectorRegistry
from sqlalchemy import Select, case, func, literal, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.errors import Misconfigured, Retryable
from ghl_real_estate_ai.settings import Durability, load_settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.tables import (
    handoff_blocks,
    jorge_alert_rules,
    jorge_alerts,
    jorge_bot_interactions,
    jorge_handoff_events,
    jorge_handoff_outcomes,
    jorge_performance_operations,
    journal_positions,
)
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.segments import HEADER_BYTES, OPEN, SEALED, SHIPPER_LOCK
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper
from ghl_real_estate_ai.telemetry.journal.shipper_state import ShipperCounts, find_state
from ghl_real_estate_ai.telemetry.model import (
    BOT_TYPES,
    SLA_TARGETS,
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    RecordBatch,
    SlaTarget,
    window_of,
)
from ghl_real_estate_ai.telemetry.percentiles import bucket_sql
from ghl_real_estate_ai.telemetry.ports import RecorderStatus
from ghl_real_estate_ai.telemetry.prometheus import ShippingMetrics
from ghl_real_estate_ai.telemetry.sla import SlaVerdict, sla_verdict
from ghl_real_estate_ai.telemetry.statements import INSERT_OUTCOME, RESOLVE_OUTCOME, outcome_parameters
from ghl_real_estate_ai.telemetry.tallies import Tally, handoff_figures, interaction_figures

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 30.0
CLOSE_SECONDS = 10.0
LEFT_BEHIND_SECONDS = 5.0
"""How long the first reading waits for what earlier processes left in the journal."""
OWN_POOL_SIZE = 2
BACKLOG_AGE_SECONDS = 300.0
SILENT_SECONDS = 60.0
"""A shipper that showed no sign of life for so long is told as hung."""


@dataclass(frozen=True, slots=True)
class OperationBucket:
    """What was counted of one operation in one slot of time."""

    bot_name: str
    operation: str
    slot: int
    """Epoch seconds divided by the slot's length, rounded down."""
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStats:
    """One operation over a window, on all nodes; None means no data. Durations are those of successful calls."""

    bot: str
    operation: str
    count: int
    errors: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    mean_ms: float | None
    success_rate: float | None
    cache_hit_rate: float | None
    """Over the calls that consulted a cache."""
    targets: SlaTarget | None
    sla: SlaVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRouteCounts:
    """The handoffs of one route by how they went."""

    source: str
    target: str
    count: int
    pending: int
    successful: int
    failed: int
    reverted: int
    timeout: int


@dataclass(frozen=True, slots=True)
class ShippingStatus:
    """Whether what was recorded reaches the database."""

    is_ok: bool
    detail: str
    backlog_bytes: int


class JorgeMetricsRepository:
    """A facade over the six tables; one a process, safe to record with before the database is there.

    It starts by itself at the first record; it ships its own journal, and those of dead processes, unless another
    shipper holds the data folder.
    """

    def __init__(
        self,
        dsn: str,
        *,
        data_dir: Path | None = None,
        location_id: str = "default",
        node: str | None = None,
        database: Database | None = None,
        stands_by_seconds: float = 0.0,
        durability: Durability = Durability.HOST,
        most_bytes: int | None = None,
        drops_oldest: bool = True,
        backlog_age_seconds: float = BACKLOG_AGE_SECONDS,
    ) -> None:
        """Prepare for a libpq address; neither connects nor touches the disk yet.

        *data_dir* is where the journal lies, JORGE_DATA_DIR by default; *location_id* is the tenant of alerts and
        rules; a *database* that is given stays its owner's to close.  With a shipper process beside it, it ships
        only when nobody has for *stands_by_seconds*.  Above *most_bytes* the journal drops its oldest measurements,
        or says that it is full.  A record that waits longer than *backlog_age_seconds* makes `shipper_status` fail.
        """
        self._durability = durability
        self._most_bytes = most_bytes
        self._drops_oldest = drops_oldest
        self._backlog_age_seconds = backlog_age_seconds
        self._stands_by_seconds = stands_by_seconds
        self.location_id = location_id
        self._database = database or Database(dsn, pool_size=OWN_POOL_SIZE)
        self._owns_database = database is None
        self._data_dir = data_dir
        self._node = node or socket.gethostname()
        self._recorder: JournalRecorder | None = None
        self._journal: Path | None = None
        self._shipper: Shipper | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._starting = threading.Lock()
        self._is_closed = False
        self._refused = 0
        self._refused_because: str | None = None

    @classmethod
    def for_database(
        cls,
        database: Database,
        *,
        data_dir: Path | None = None,
        location_id: str = "default",
        node: str | None = None,
    ) -> "JorgeMetricsRepository":
        """The same over a pool that somebody else opened and will close."""
        return cls(database.dsn, data_dir=data_dir, location_id=location_id, node=node, database=database)

    # --- recording ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the journal and begin to ship; safe to call twice.

        Raises:
            Misconfigured: the data folder cannot be written.
        """
        with self._starting:
            if self._recorder is not None or self._is_closed:
                return
            journal = (self._data_dir or load_settings().data_dir) / "journal"
            try:
                recorder = JournalRecorder(journal, durability=self._durability, most_bytes=self._most_bytes)
            except OSError as error:
                raise Misconfigured(
                    f"The journal cannot be written at {journal}: {error.strerror or error}. "
                    "Set JORGE_DATA_DIR to a folder that this user may write."
                ) from error
            self._journal = journal
            self._shipper = Shipper(
                self._database.dsn,
                journal,
                self._node,
                most_bytes=self._most_bytes if self._drops_oldest else None,
                stands_by_seconds=self._stands_by_seconds,
            )
            self._thread = threading.Thread(
                target=self._shipper.run, args=(self._stop,), name="journal-shipper", daemon=True
            )
            self._recorder = recorder
            self._thread.start()

    def record(self, batch: RecordBatch) -> None:
        """Keep *batch* beyond the life of this process: the kernel has it when the call returns.

        Never raises and never waits for a database; what cannot be kept is counted as refused, see
        `recorder_status`.
        """
        recorder = self._recorder or self._started_recorder()
        if recorder is not None:
            recorder.record(batch)

    async def settle(self) -> None:
        """Return when everything recorded until now is as durable as the setting asks; at once unless `strict`."""
        if self._recorder is not None:
            await self._recorder.settle()

    @property
    def must_refuse(self) -> bool:
        """Whether the journal is at its bound and nothing new may be accepted."""
        return not self._drops_oldest and self._recorder is not None and self._recorder.is_full

    async def flush(self, deadline_seconds: float = FLUSH_SECONDS) -> None:
        """Return once everything recorded until now is committed to the database, by whoever ships.

        Raises:
            DatabaseAway: it was not within the deadline; the journal keeps it.
        """
        if self._recorder is None:
            return
        waiting = self._recorder.written()
        ends_at = time.monotonic() + deadline_seconds
        while waiting := await self._unshipped(waiting):
            if time.monotonic() > ends_at:
                reason = self._shipper.counts.last_error if self._shipper else None
                raise DatabaseAway(f"what was recorded is not in the database yet: {reason or 'no time was left'}")
            await asyncio.sleep(0.01)

    async def close(self, deadline_seconds: float = CLOSE_SECONDS) -> None:
        """Seal the journal, wait until it is committed or the deadline has passed, and let go of everything.

        What did not get through stays on the disk and is shipped by the next process.  Safe to call twice.
        """
        if self._is_closed:
            return
        self._is_closed = True
        is_shipped = False
        if self._recorder is not None:
            await asyncio.to_thread(self._recorder.close)
            try:
                await self.flush(deadline_seconds)
                is_shipped = True
            except Retryable as error:
                log.warning("journal.left_for_later", reason=str(error))
        await asyncio.to_thread(self._stop_shipping, clears_away=is_shipped)
        if self._owns_database:
            await self._database.close()

    @property
    def is_writing(self) -> bool:
        """The last write to the journal succeeded, or none was due."""
        return self.recorder_status().is_writing

    @property
    def writing_detail(self) -> str:
        """How the journal stands, in a few words."""
        status = self.recorder_status()
        return status.last_error or f"{status.recorded} batches recorded, {status.refused} refused"

    def recorder_status(self) -> RecorderStatus:
        """What this process recorded and what it had to refuse."""
        if self._recorder is None:
            return RecorderStatus(0, self._refused, self._refused_because)
        status = self._recorder.status()
        return RecorderStatus(status.recorded, status.refused + self._refused, status.last_error)

    def shipper_counts(self) -> ShipperCounts | None:
        """What this node's shipper did and what waits, whichever process it is; None when it never said."""
        if self._shipper is None or self._journal is None:
            return None
        return self._shipper.counts if self._shipper.is_holder else find_state(self._journal)

    def shipper_status(self) -> ShippingStatus:
        """Whether the journal of this node reaches the database."""
        if self._shipper is None or self._thread is None or self._journal is None:
            return ShippingStatus(is_ok=False, detail="not started", backlog_bytes=0)
        counts = self.shipper_counts() or ShipperCounts()
        trouble = self._shipping_trouble(self._shipper, self._thread, self._journal, counts)
        detail = f"{counts.backlog_rows} rows ({counts.backlog_bytes} bytes) waiting"
        if trouble is None and not self._shipper.is_holder:
            detail = f"another process ships; {detail}"
        return ShippingStatus(is_ok=trouble is None, detail=trouble or detail, backlog_bytes=counts.backlog_bytes)

    def _shipping_trouble(
        self, shipper: Shipper, thread: threading.Thread, journal: Path, counts: ShipperCounts
    ) -> str | None:
        if not thread.is_alive():
            return "stopped"
        if not shipper.is_holder and shipper.counts.last_error is not None:
            return shipper.counts.last_error
        if counts.backlog_age_seconds > self._backlog_age_seconds:
            reason = f": {counts.last_error}" if counts.last_error else ""
            return f"{counts.backlog_rows} rows wait, the oldest for {counts.backlog_age_seconds:.0f} s{reason}"
        if counts.last_error is not None:
            return counts.last_error
        silent = _silent_seconds(journal)
        return f"the shipper has not moved for {silent:.0f} s" if silent > SILENT_SECONDS else None

    def register_metrics(self, registry: CollectorRegistry) -> None:
        """Show the journal's figures in *registry*; the shipper's are the node's, and the same in each process."""
        registry.register(ShippingMetrics(self.recorder_status, self.shipper_counts))

    # --- what a restart reads back ------------------------------------------------------------------------------

    async def load_interactions(self, since: datetime) -> list[InteractionRecord]:
        """The interactions since then, oldest first.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_bot_interactions.c
        query = select(
            table.bot_type, table.duration_ms, table.success, table.cache_hit, table.metadata, table.contact_id,
            table.timestamp, table.location_id,
        ).where(table.timestamp >= since, table.bot_type.in_(BOT_TYPES)).order_by(table.timestamp)  # fmt: skip
        return [InteractionRecord(**row) for row in await self._rows(query)]

    async def load_handoff_events(self, since: datetime) -> list[HandoffEventRecord]:
        """The handoffs carried out since then, oldest first.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_handoff_events.c
        query = select(
            table.source_bot, table.target_bot, table.success, table.duration_ms, table.metadata, table.contact_id,
            table.timestamp, table.location_id,
        ).where(table.timestamp >= since).order_by(table.timestamp)  # fmt: skip
        return [HandoffEventRecord(**row) for row in await self._rows(query)]

    async def load_handoff_outcomes(self, since: datetime) -> list[HandoffOutcomeRecord]:
        """The handoffs since then and how they went, oldest first.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_handoff_outcomes.c
        query = select(
            table.contact_id, table.source_bot, table.target_bot, table.outcome, table.timestamp, table.resolved_at,
            table.metadata, table.location_id, table.event_id,
        ).where(table.timestamp >= since).order_by(table.timestamp, table.id)  # fmt: skip
        return [HandoffOutcomeRecord(**row) for row in await self._rows(query)]

    async def load_operation_buckets(
        self, since: datetime, before: datetime | None = None, *, slot_seconds: int = 60
    ) -> list[OperationBucket]:
        """The operations since then, counted by bot, operation and slot of time.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_performance_operations.c
        slot = func.floor(func.extract("epoch", table.timestamp) / slot_seconds).label("slot")
        query = _tally_query(table, table.bot_name, table.operation, slot).where(table.timestamp >= since)
        if before is not None:
            query = query.where(table.timestamp < before)
        tallies = _tallies(await self._rows(query), "bot_name", "operation", "slot")
        return [OperationBucket(bot, operation, int(slot), tally) for (bot, operation, slot), tally in tallies.items()]

    async def hand_over(
        self,
        event: HandoffEventRecord,
        outcome: HandoffOutcomeRecord,
        *,
        since: datetime,
        refuses: Callable[[Sequence[tuple[str, str, datetime]]], str | None],
    ) -> str | None:
        """Write a handoff, unless *refuses* gives a reason when it is told of the contact's handoffs since then.

        Return that reason, or None.  Of several processes that ask about one contact, each sees what the last has
        written.

        Raises:
            DatabaseAway: nothing is written now.
        """
        event_id = outcome.event_id or uuid_utils.compat.uuid7()
        table = jorge_handoff_events.c
        earlier = select(table.source_bot, table.target_bot, table.timestamp).where(
            table.location_id == event.location_id,
            table.contact_id == event.contact_id,
            table.timestamp > since,
            table.success,
        ).order_by(table.timestamp)  # fmt: skip
        async with self._database.begin() as connection:
            # Two who ask at the same time must not both find nothing: the second waits for the first one's rows.
            key = f"handoff:{event.location_id}:{event.contact_id}"
            await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
            past = [(row.source_bot, row.target_bot, row.timestamp) for row in await connection.execute(earlier)]
            reason = refuses(past)
            if reason is None:
                await insert_handoff_event(connection, event, event_id)
                await insert_handoff_outcome(connection, replace(outcome, event_id=event_id))
        return reason

    # --- figures over all nodes ---------------------------------------------------------------------------------

    async def operation_stats(
        self, window: str | timedelta = "1h", *, location_id: str | None = None, operation: str | None = None
    ) -> list[OperationStats]:
        """Each operation that happened in the window, by bot and name; of all locations unless one is given.

        With *operation* only the one of that name.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        table = jorge_performance_operations.c
        query = _within(_tally_query(table, table.bot_name, table.operation), table, window, location_id)
        if operation is not None:
            query = query.where(table.operation == operation)
        tallies = _tallies(await self._rows(query), "bot_name", "operation")
        return [_stats_of(bot, operation, tally) for (bot, operation), tally in sorted(tallies.items())]

    async def bot_tallies(self, window: str | timedelta = "1h", *, location_id: str | None = None) -> dict[str, Tally]:
        """The interactions in the window by bot type; a bot without any has an empty tally.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        table = jorge_bot_interactions.c
        query = _within(_tally_query(table, table.bot_type), table, window, location_id)
        tallies = _tallies(await self._rows(query), "bot_type")
        return {bot_type: tallies.get((bot_type,), Tally()) for bot_type in BOT_TYPES}

    async def handoff_tally(self, window: str | timedelta = "1h", *, location_id: str | None = None) -> Tally:
        """The handoffs carried out in the window, and how many failed technically.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        query = _within(_tally_query(jorge_handoff_events.c), jorge_handoff_events.c, window, location_id)
        return _tallies(await self._rows(query)).get((), Tally())

    async def bot_summary(self, window: str | timedelta = "1h", *, location_id: str | None = None) -> dict[str, Any]:
        """Figures by bot (`bots`), of the handoffs (`handoffs`) and of all bots together (`overall`); None is no data.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        by_bot = await self.bot_tallies(window, location_id=location_id)
        handoffs = await self.handoff_tally(window, location_id=location_id)
        overall = Tally()
        for tally in by_bot.values():
            overall.merge(tally)
        return {
            "bots": {bot_type: interaction_figures(tally) for bot_type, tally in by_bot.items()},
            "handoffs": handoff_figures(handoffs),
            "overall": interaction_figures(overall),
        }

    async def handoff_routes(
        self, since: datetime | None = None, *, location_id: str | None = None
    ) -> list[HandoffRouteCounts]:
        """The handoffs by route and how they went, since a time or ever.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        table = jorge_handoff_outcomes.c
        query = select(table.source_bot, table.target_bot, table.outcome, func.count().label("count"))
        query = query.group_by(table.source_bot, table.target_bot, table.outcome)
        if since is not None:
            query = query.where(table.timestamp >= since)
        if location_id is not None:
            query = query.where(table.location_id == location_id)
        routes: dict[tuple[str, str], dict[str, int]] = {}
        for row in await self._rows(query):
            routes.setdefault((row["source_bot"], row["target_bot"]), {})[row["outcome"]] = row["count"]
        return [_route_counts(source, target, by_outcome) for (source, target), by_outcome in sorted(routes.items())]

    async def handoff_weights(
        self, *, span: timedelta, half_life: timedelta
    ) -> dict[tuple[str, str], dict[str, tuple[int, float]]]:
        """By (source, target) and outcome: how many handoffs of the last *span* were resolved, and what they weigh.

        A handoff weighs .5 ** (age / *half_life*), by the database's clock, so that every node reads the same.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        table = jorge_handoff_outcomes.c
        age = func.greatest(func.extract("epoch", func.now() - table.timestamp), 0.0)
        weight = func.sum(func.power(0.5, age / half_life.total_seconds())).label("weight")
        query = (
            select(table.source_bot, table.target_bot, table.outcome, func.count().label("count"), weight)
            .where(table.outcome != "pending", table.timestamp >= func.now() - span)
            .group_by(table.source_bot, table.target_bot, table.outcome)
        )
        weights: dict[tuple[str, str], dict[str, tuple[int, float]]] = {}
        for row in await self._rows(query):
            of_route = weights.setdefault((row["source_bot"], row["target_bot"]), {})
            of_route[row["outcome"]] = (row["count"], float(row["weight"]))
        return weights

    async def handoff_blocks_by_reason(
        self, since: datetime | None = None, *, location_id: str | None = None
    ) -> dict[str, int]:
        """How often each limit forbade a handoff, since a time or ever.

        Raises:
            DatabaseAway: it cannot be read now.
        """
        table = handoff_blocks.c
        query = select(table.reason, func.count().label("count")).group_by(table.reason).order_by(table.reason)
        if since is not None:
            query = query.where(table.timestamp >= since)
        if location_id is not None:
            query = query.where(table.location_id == location_id)
        return {row["reason"]: row["count"] for row in await self._rows(query)}

    # --- alerts and rules, written at once ----------------------------------------------------------------------

    async def insert_alert(self, alert: Mapping[str, Any]) -> None:
        """Keep one alert, given by column; safe to call twice with the same `event_id`.

        Raises:
            DatabaseAway: it was not kept, or nobody can tell: repeat.
        """
        values = {"location_id": self.location_id, **alert}
        async with self._database.begin() as connection:
            await connection.execute(insert(jorge_alerts).values(values).on_conflict_do_nothing())

    async def acknowledge_alert(self, event_id: UUID, acknowledged_by: str, at: datetime) -> Mapping[str, Any] | None:
        """Acknowledge an open alert and return its row, or None when none with this id is open.

        Raises:
            DatabaseAway: it was not acknowledged, or nobody can tell: repeat.
        """
        statement = (
            update(jorge_alerts)
            .where(
                jorge_alerts.c.location_id == self.location_id,
                jorge_alerts.c.event_id == event_id,
                jorge_alerts.c.acknowledged.is_(False),
            )
            .values(acknowledged=True, acknowledged_at=at, acknowledged_by=acknowledged_by)
            .returning(jorge_alerts)
        )
        async with self._database.begin() as connection:
            return _one_or_none((await connection.execute(statement)).mappings().one_or_none())

    async def find_alert(self, event_id: UUID) -> Mapping[str, Any] | None:
        """The alert of this id, or None.

        Raises:
            DatabaseAway: nobody can tell now.
        """
        query = select(jorge_alerts).where(
            jorge_alerts.c.location_id == self.location_id, jorge_alerts.c.event_id == event_id
        )
        rows = await self._rows(query)
        return rows[0] if rows else None

    async def list_alerts(self, *, active_only: bool = False, limit: int = 50) -> list[Mapping[str, Any]]:
        """The newest alerts first; *active_only* leaves out the acknowledged.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        query = select(jorge_alerts).where(jorge_alerts.c.location_id == self.location_id)
        if active_only:
            query = query.where(jorge_alerts.c.acknowledged.is_(False))
        return await self._rows(
            query.order_by(jorge_alerts.c.triggered_at.desc(), jorge_alerts.c.id.desc()).limit(limit)
        )

    async def last_triggered_by_rule(self) -> dict[str, datetime]:
        """When each rule spoke last, on any node.

        Raises:
            DatabaseAway: it cannot be read now.
        """
        table = jorge_alerts.c
        query = select(table.rule_name, func.max(table.triggered_at).label("at"))
        query = query.where(table.location_id == self.location_id).group_by(table.rule_name)
        return {row["rule_name"]: row["at"] for row in await self._rows(query)}

    async def upsert_default_rules(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Store the rules that are not there yet; what somebody changed stays.

        Raises:
            DatabaseAway: they were not stored, or nobody can tell: repeat.
        """
        if not rules:
            return
        values = [{"location_id": self.location_id, **rule} for rule in rules]
        async with self._database.begin() as connection:
            await connection.execute(insert(jorge_alert_rules).values(values).on_conflict_do_nothing())

    async def list_rules(self) -> list[Mapping[str, Any]]:
        """All rules by name.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        table = jorge_alert_rules
        return await self._rows(select(table).where(table.c.location_id == self.location_id).order_by(table.c.name))

    async def set_rule_active(self, name: str, active: bool) -> Mapping[str, Any] | None:
        """Switch a rule and return its row, or None when there is no such rule.

        Raises:
            DatabaseAway: it was not switched, or nobody can tell: repeat.
        """
        statement = (
            update(jorge_alert_rules)
            .where(jorge_alert_rules.c.location_id == self.location_id, jorge_alert_rules.c.name == name)
            .values(active=active, updated_at=func.now())
            .returning(jorge_alert_rules)
        )
        async with self._database.begin() as connection:
            return _one_or_none((await connection.execute(statement)).mappings().one_or_none())

    # --- inside -------------------------------------------------------------------------------------------------

    def _started_recorder(self) -> JournalRecorder | None:
        """The recorder, started for the first record; None, and the record counted as refused, when there is none."""
        try:
            self.start()
        except Misconfigured as error:
            self._refuse(str(error))
            return None
        if self._recorder is None:
            self._refuse("the repository is closed")
        return self._recorder

    def _refuse(self, reason: str) -> None:
        self._refused += 1
        self._refused_because = reason
        if self._refused & (self._refused - 1) == 0:
            log.error("journal.write_failed", reason=reason, refused=self._refused)

    async def _unshipped(self, ends: Mapping[UUID, int]) -> dict[UUID, int]:
        """Of the segments of this process, those that are not committed up to the given ends."""
        if self._shipper is None or self._recorder is None:
            return {}
        self._shipper.nudge()
        left = {}
        for segment_id, end in ends.items():
            if end <= HEADER_BYTES or (self._shipper.position(segment_id) or 0) >= end:
                continue
            if self._is_gone(segment_id):
                self._recorder.forget(segment_id)
                continue
            left[segment_id] = end
        if left and not self._shipper.is_holder:
            return await self._unshipped_by_others(left)
        return left

    async def _unshipped_by_others(self, ends: Mapping[UUID, int]) -> dict[UUID, int]:
        query = select(journal_positions.c.segment_id, journal_positions.c.position).where(
            journal_positions.c.segment_id.in_(list(ends))
        )
        try:
            committed = {row["segment_id"]: row["position"] for row in await self._rows(query)}
        except Retryable:
            return dict(ends)
        return {segment_id: end for segment_id, end in ends.items() if committed.get(segment_id, 0) < end}

    def _is_gone(self, segment_id: UUID) -> bool:
        """Whether a segment was removed; that happens after its commit only."""
        if self._recorder is None:
            return False
        # In this order: between the two looks an open one may be sealed, but never the other way round.
        return not any((self._recorder.folder / f"{segment_id}{suffix}").exists() for suffix in (OPEN, SEALED))

    def _stop_shipping(self, *, clears_away: bool) -> None:
        self._stop.set()
        if self._shipper is None or self._thread is None:
            return
        self._shipper.nudge()
        self._thread.join()
        if clears_away and self._shipper.is_holder:
            self._clear_away(self._shipper)
        self._shipper.close()

    def _clear_away(self, shipper: Shipper) -> None:
        """Remove the files that are shipped: the thread's last pass may have met them before they were sealed."""
        try:
            shipper.ship_once()
        except Retryable as error:
            log.warning("journal.left_for_later", reason=str(error))

    async def _wait_for_what_was_left(self) -> None:
        """Let the shipper first bring in what processes before us left in the journal."""
        if self._shipper is not None and not self._shipper.first_pass_done.is_set():
            await asyncio.to_thread(self._shipper.first_pass_done.wait, LEFT_BEHIND_SECONDS)

    async def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        async with self._database.connect() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]


def _silent_seconds(journal: Path) -> float:
    """Since the shipper last moved on, which it shows by touching its lock; 0 before the first has begun."""
    try:
        return max(0.0, time.time() - (journal / SHIPPER_LOCK).stat().st_mtime)
    except FileNotFoundError:
        return 0.0


async def insert_handoff_event(connection: AsyncConnection, record: HandoffEventRecord, event_id: UUID) -> None:
    """Write a handoff's event inside the caller's transaction; safe to call twice with the same id."""
    statement = insert(jorge_handoff_events).values(
        event_id=event_id,
        location_id=record.location_id,
        timestamp=record.timestamp,
        contact_id=record.contact_id,
        source_bot=record.source_bot,
        target_bot=record.target_bot,
        success=record.success,
        duration_ms=record.duration_ms,
        metadata=None if record.metadata is None else dict(record.metadata),
    )
    await connection.execute(statement.on_conflict_do_nothing())


async def insert_handoff_outcome(connection: AsyncConnection, record: HandoffOutcomeRecord) -> None:
    """Write a handoff's outcome inside the caller's transaction; safe to call twice with the record's `event_id`."""
    parameters = outcome_parameters(record, record.event_id or uuid_utils.compat.uuid7())
    await connection.exec_driver_sql(INSERT_OUTCOME, parameters)


async def resolve_handoff_outcome(connection: AsyncConnection, record: HandoffOutcomeRecord) -> bool:
    """Say how a handoff went, inside the caller's transaction; return whether a pending row was resolved.

    That is the row of the record's `event_id`, else the contact's newest pending one on this route.  When none is
    pending the outcome is inserted as a row of its own.
    """
    parameters = outcome_parameters(record, record.event_id or uuid_utils.compat.uuid7())
    resolved = (await connection.exec_driver_sql(RESOLVE_OUTCOME, parameters)).rowcount > 0
    if not resolved:
        await connection.exec_driver_sql(INSERT_OUTCOME, parameters)
    return resolved


async def pending_handoff_outcomes(
    connection: AsyncConnection,
    *,
    person: tuple[str, str] | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> list[HandoffOutcomeRecord]:
    """Lock and return pending handoffs, oldest first: those of a (location, contact), or those that follow *after*.

    A row that another transaction has locked is being resolved there and is left out.
    """
    table = jorge_handoff_outcomes.c
    query = select(
        table.contact_id, table.source_bot, table.target_bot, table.outcome, table.timestamp, table.resolved_at,
        table.metadata, table.location_id, table.event_id,
    ).where(table.outcome == "pending").order_by(table.timestamp, table.event_id)  # fmt: skip
    if person is not None:
        query = query.where(table.location_id == person[0], table.contact_id == person[1])
    if after is not None:
        query = query.where(tuple_(table.timestamp, table.event_id) > tuple_(*after))
    rows = await connection.execute(query.limit(limit).with_for_update(skip_locked=True))
    return [HandoffOutcomeRecord(**row) for row in rows.mappings()]


async def settle_handoff_outcome(
    connection: AsyncConnection, *, location_id: str, event_id: UUID, outcome: str, resolved_at: datetime, why: str
) -> bool:
    """Say how the handoff of *event_id* went, unless that was said before; return whether it was said now."""
    table = jorge_handoff_outcomes
    details = func.coalesce(table.c.metadata, literal({}, JSONB)).op("||")(literal({"why": why}, JSONB))
    statement = (
        update(table)
        .where(table.c.location_id == location_id, table.c.event_id == event_id, table.c.outcome == "pending")
        .values(outcome=outcome, resolved_at=resolved_at, metadata=details)
    )
    return (await connection.execute(statement)).rowcount == 1


async def handoffs_since(
    connection: AsyncConnection, people: Iterable[tuple[str, str]], since: datetime
) -> list[HandoffEventRecord]:
    """The handoffs carried out since then of these (location, contact), oldest first."""
    table = jorge_handoff_events.c
    query = select(
        table.source_bot, table.target_bot, table.success, table.duration_ms, table.metadata, table.contact_id,
        table.timestamp, table.location_id,
    ).where(
        tuple_(table.location_id, table.contact_id).in_(list(people)), table.timestamp >= since, table.success
    ).order_by(table.timestamp)  # fmt: skip
    return [HandoffEventRecord(**row) for row in (await connection.execute(query)).mappings()]


async def insert_handoff_block(
    connection: AsyncConnection,
    *,
    event_id: UUID,
    location_id: str,
    contact_id: str,
    source_bot: str,
    target_bot: str,
    reason: str,
    timestamp: datetime,
) -> None:
    """Write that a limit forbade a handoff, inside the caller's transaction; safe to call twice with the same id."""
    statement = insert(handoff_blocks).values(
        event_id=event_id,
        location_id=location_id,
        contact_id=contact_id,
        source_bot=source_bot,
        target_bot=target_bot,
        reason=reason,
        timestamp=timestamp,
    )
    await connection.execute(statement.on_conflict_do_nothing())


def _tally_query(table: Any, *group: Any) -> Select[Any]:
    """Count calls by *group* and by bucket of their duration; failed calls have the bucket NULL."""
    bucket = case((table.success, literal_column(bucket_sql("duration_ms")))).label("bucket")
    cached = "cache_hit" in table
    hits: Any = literal_column("count(*) FILTER (WHERE cache_hit)" if cached else "0")
    misses: Any = literal_column("count(*) FILTER (WHERE NOT cache_hit)" if cached else "0")
    return select(
        *group,
        bucket,
        func.count().label("calls"),
        hits.label("cache_hits"),
        misses.label("cache_misses"),
        func.sum(table.duration_ms).label("sum_ms"),
        func.min(table.duration_ms).label("min_ms"),
        func.max(table.duration_ms).label("max_ms"),
    ).group_by(*group, literal_column("bucket"))


def _tallies(rows: Sequence[Mapping[str, Any]], *group: str) -> dict[tuple[Any, ...], Tally]:
    tallies: dict[tuple[Any, ...], Tally] = {}
    for row in rows:
        key = tuple(row[name] for name in group)
        tallies.setdefault(key, Tally()).merge(_bucket_tally(row))
    return tallies


def _bucket_tally(row: Mapping[str, Any]) -> Tally:
    tally = Tally(count=row["calls"], cache_hits=row["cache_hits"], cache_misses=row["cache_misses"])
    if row["bucket"] is None:
        tally.errors = tally.count
    else:
        tally.buckets[row["bucket"]] = tally.count
        tally.sum_ms, tally.min_ms, tally.max_ms = row["sum_ms"], row["min_ms"], row["max_ms"]
    return tally


def _within(query: Select[Any], table: Any, window: str | timedelta, location_id: str | None) -> Select[Any]:
    span = window_of(window) if isinstance(window, str) else window
    query = query.where(table.timestamp >= func.now() - span)
    return query if location_id is None else query.where(table.location_id == location_id)


def _stats_of(bot: str, operation: str, tally: Tally) -> OperationStats:
    p50, p95, p99 = tally.percentiles(50, 95, 99)
    targets = SLA_TARGETS.get((bot, operation))
    return OperationStats(
        bot=bot,
        operation=operation,
        count=tally.count,
        errors=tally.errors,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        mean_ms=tally.mean_ms,
        success_rate=tally.success_rate,
        cache_hit_rate=tally.cache_hit_rate,
        targets=targets,
        sla=sla_verdict(targets, p50, p95, p99),
    )


def _route_counts(source: str, target: str, by_outcome: Mapping[str, int]) -> HandoffRouteCounts:
    return HandoffRouteCounts(
        source=source,
        target=target,
        count=sum(by_outcome.values()),
        pending=by_outcome.get("pending", 0),
        successful=by_outcome.get("successful", 0),
        failed=by_outcome.get("failed", 0),
        reverted=by_outcome.get("reverted", 0),
        timeout=by_outcome.get("timeout", 0),
    )


def _one_or_none(row: Mapping[Any, Any] | None) -> Mapping[str, Any] | None:
    return None if row is None else dict(row)
