"""The one door to the six tables that users query directly.

Records go in through the journal, so that recording waits for nothing; alerts, rules and a turn's handoffs are
written at once.  What is read comes from all nodes.  Every statement on these tables is in the `stored_*` modules, in
`handoff_rows`, in `statements`, and in the journal's COPY.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog
import uuid_utils.compat
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from ghl_real_estate_ai.errors import Misconfigured, Retryable
from ghl_real_estate_ai.settings import Durability, load_settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.tables import journal_positions
from ghl_real_estate_ai.telemetry.handoff_rows import (
    insert_handoff_event,
    insert_handoff_outcome,
    lock_handoffs_of,
)
from ghl_real_estate_ai.telemetry.journal.process_counts import Counted, counts_of_others
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.segments import HEADER_BYTES, OPEN, SEALED, SHIPPER_LOCK
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper
from ghl_real_estate_ai.telemetry.journal.shipper_state import ShipperCounts, find_state
from ghl_real_estate_ai.telemetry.model import HandoffEventRecord, HandoffOutcomeRecord, RecordBatch
from ghl_real_estate_ai.telemetry.ports import RecorderStatus
from ghl_real_estate_ai.telemetry.prometheus import ShippingMetrics
from ghl_real_estate_ai.telemetry.stored_alerts import StoredAlerts
from ghl_real_estate_ai.telemetry.stored_figures import StoredFigures
from ghl_real_estate_ai.telemetry.stored_records import StoredRecords

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
class ShippingStatus:
    """Whether what was recorded reaches the database."""

    is_ok: bool
    detail: str
    backlog_bytes: int


class JorgeMetricsRepository(StoredRecords, StoredFigures, StoredAlerts):
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

    def counted_by_others(self) -> Counted:
        """What the other processes of this node recorded and refused."""
        if self._recorder is None or self._journal is None:
            return Counted()
        return counts_of_others(self._journal, self._recorder.folder)

    def counted_by_node(self) -> Counted:
        """What all processes of this node recorded and refused, this one's up to now."""
        own = self.recorder_status()
        return Counted(own.recorded, own.refused) + self.counted_by_others()

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
        """Show the journal's figures in *registry*: they are the node's, and the same in each process."""
        registry.register(ShippingMetrics(self.counted_by_node, self.shipper_counts))

    # --- handoffs of the public service, written at once ---------------------------------------------------------

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
        async with self._database.begin() as connection:
            past = await lock_handoffs_of(connection, event.location_id, event.contact_id, since)
            reason = refuses(past)
            if reason is None:
                event_id = outcome.event_id or uuid_utils.compat.uuid7()
                await insert_handoff_event(connection, event, event_id)
                await insert_handoff_outcome(connection, replace(outcome, event_id=event_id))
        return reason

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


def _silent_seconds(journal: Path) -> float:
    """Since the shipper last moved on, which it shows by touching its lock; 0 before the first has begun."""
    try:
        return max(0.0, time.time() - (journal / SHIPPER_LOCK).stat().st_mtime)
    except FileNotFoundError:
        return 0.0
