"""The shipper: moves the journals of a data folder to PostgreSQL, each frame exactly once.

How far a segment is shipped stands in `journal_positions`, is locked while rows are copied, and changes in the same
transaction as the rows.  A shipper that dies leaves neither a gap nor a copy; a second one waits for that row and
then sees the new position.  Rows of `journal_positions` outlive their segment, so that one who still holds a removed
file open learns that it was shipped.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import structlog

from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.reaching import NETWORK_OPTIONS, away_reason, is_connection_failure
from ghl_real_estate_ai.telemetry.journal.backlog import BacklogWatch
from ghl_real_estate_ai.telemetry.journal.batch_size import BatchSize
from ghl_real_estate_ai.telemetry.journal.drop_oldest import OldestDropper
from ghl_real_estate_ai.telemetry.journal.encode_copy import CopyEncoder
from ghl_real_estate_ai.telemetry.journal.insert import Inserted, insert_part
from ghl_real_estate_ai.telemetry.journal.process_counts import COUNTS
from ghl_real_estate_ai.telemetry.journal.read_part import Part
from ghl_real_estate_ai.telemetry.journal.rebuild import RebuildTurns
from ghl_real_estate_ai.telemetry.journal.segments import (
    HEADER_BYTES,
    OWNER_LOCK,
    SHIPPER_LOCK,
    FolderLock,
    SegmentFile,
    process_folders,
    segment_files,
    sync_folder,
)
from ghl_real_estate_ai.telemetry.journal.shipper_state import ShipperCounts, find_state, write_state
from ghl_real_estate_ai.telemetry.journal.tell_node import NodeTeller

__all__ = ["Shipper", "ShipperCounts", "ShippingFailedError"]

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.2
WAIT_FOR_LOCK_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 5.0
BATCH_ROWS = 2000
POSITIONS_KEPT = "30 days"
STATEMENT_SECONDS = 15
LOCK_SECONDS = 5
"""A shipper that waits for one statement shows no sign of life, so none may take long."""
STATE_SECONDS = 0.5
DROPS_TOLD_SECONDS = 60.0
REBUILD_SECONDS = 60.0


class ShippingFailedError(Retryable):
    """The database answers but does not take the rows, or a segment cannot be read; the journal keeps them."""


@dataclass(frozen=True, slots=True)
class ShipReport:
    """What one pass over the data folder did."""

    is_holder: bool
    """Whether this shipper holds the folder's lock; if not, it did nothing."""
    rows: int = 0
    dead: int = 0
    damaged: int = 0
    backlog_bytes: int = 0
    """What was written and is not shipped yet, at the end of the pass."""


class Shipper:
    """Ships one data folder; not to be used from two threads at once."""

    def __init__(
        self,
        dsn: str,
        journal_folder: Path,
        node: str,
        *,
        batch_rows: int = BATCH_ROWS,
        most_bytes: int | None = None,
        stands_by_seconds: float = 0.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Prepare; neither connects nor takes the lock yet.

        *batch_rows* is what it begins with; it ships more at a time while that is quick.  Above *most_bytes* in the
        journal the oldest measurements are dropped.  One that *stands by* takes the lock only when nobody has held
        it for so long: it leaves the work to a shipper process that is being started again.  *jitter* draws from 0
        to 1 and spreads the attempts of many nodes at a database that came back.
        """
        self._stands_by_seconds = stands_by_seconds
        self._free_since: float | None = None
        self._dsn = dsn
        self._folder = journal_folder
        self._node = node
        self._batch = BatchSize(batch_rows)
        self._encoder = CopyEncoder()
        self._backlog = BacklogWatch(journal_folder)
        self._dropper = None if most_bytes is None else OldestDropper(journal_folder, most_bytes)
        self._rebuild = RebuildTurns(journal_folder, node)
        self._rebuilds_at = 0.0
        self._teller = NodeTeller(journal_folder, node)
        self._has_taken_over = False
        self._dropped_told, self._dropped_told_at = 0, 0.0
        self._state_at = 0.0
        self._jitter = jitter
        self._lock = FolderLock(journal_folder / SHIPPER_LOCK)
        self._connection: psycopg.Connection | None = None
        self._positions: dict[UUID, int] = {}
        self._wake = threading.Event()
        self.first_pass_done = threading.Event()
        """Set once everything that earlier processes left behind was shipped, or is known to be out of reach."""
        self.counts = ShipperCounts()

    @property
    def is_holder(self) -> bool:
        """Whether this is the data folder's one shipper."""
        return self._lock.is_held

    def position(self, segment_id: UUID) -> int | None:
        """How far this shipper knows a segment to be committed; None when it never shipped it."""
        return self._positions.get(segment_id)

    def nudge(self) -> None:
        """End the pause of `run`; safe from any thread."""
        self._wake.set()

    def ship_once(self) -> ShipReport:
        """Ship what is there now, in several transactions if it is much.

        Raises:
            DatabaseAway: the database cannot be reached; the journal keeps everything.
            ShippingFailedError: it is there but refuses our statements, or a file cannot be read.
        """
        try:
            return self._ship_once()
        except (psycopg.Error, OSError, Retryable) as error:
            self._disconnect()
            failure = _failure(error)
            self.counts.last_error = str(failure)
            self.counts.retried += 1
            self._batch.note_failure()
            self._look_around()
            if isinstance(failure, ShippingFailedError):
                self._tell_node()
            if failure is error:
                raise
            raise failure from error

    def run(self, stop: threading.Event) -> None:
        """Ship until *stop* is set; what goes wrong is counted, logged and tried again after a growing pause."""
        failures = 0
        while not stop.is_set():
            try:
                report = self.ship_once()
            except Retryable as error:
                failures += 1
                self.first_pass_done.set()
                if failures & (failures - 1) == 0:
                    log.warning("journal.shipping_failed", error=str(error), attempts=failures)
                self._rest(stop, self._pause(failures))
            except Exception:
                # Nobody watches this thread: whatever it meets must neither end it nor be hidden.
                failures += 1
                self.first_pass_done.set()
                self.counts.last_error = "an unexpected error, see the log"
                log.exception("journal.shipping_broke")
                self._disconnect()
                self._rest(stop, LONGEST_WAIT_SECONDS)
            else:
                failures = 0
                if report.is_holder:
                    self._rebuild_when_due()
                self.first_pass_done.set()
                self._rest(stop, POLL_SECONDS if report.is_holder else WAIT_FOR_LOCK_SECONDS)

    def drain(self, deadline_seconds: float) -> bool:
        """Ship until nothing is left or the deadline has passed; tell whether nothing is left.

        Segments of processes that live and write go on growing, so "nothing" means at one moment.
        """
        ends_at = time.monotonic() + deadline_seconds
        attempt = 0
        while True:
            try:
                report = self.ship_once()
                if report.is_holder and report.backlog_bytes == 0:
                    return True
            except Retryable as error:
                log.warning("journal.drain_failed", error=str(error))
            attempt += 1
            left = ends_at - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, self._pause(attempt)))

    def close(self) -> None:
        """Let go of the connection and the lock, so that another shipper takes over; call twice freely."""
        self._disconnect()
        self._lock.release()

    def _ship_once(self) -> ShipReport:
        if not self._take_lock():
            self.counts.last_error = None
            return ShipReport(is_holder=False)
        self._beat()
        before = (sum(self.counts.rows.values()), self.counts.dead, self.counts.damaged)
        for folder in process_folders(self._folder):
            self._ship_folder(folder)
        self.counts.last_error = None
        self._look_around()
        self._tell_node()
        return ShipReport(
            is_holder=True,
            rows=sum(self.counts.rows.values()) - before[0],
            dead=self.counts.dead - before[1],
            damaged=self.counts.damaged - before[2],
            backlog_bytes=self.counts.backlog_bytes,
        )

    def _look_around(self) -> None:
        """Measure what waits, drop what is too much, and tell the other processes; also while the database is away."""
        if not self._lock.is_held:
            return
        try:
            self._measure_backlog()
            self._make_room()
            self._tell_state()
        except OSError as error:
            # The disk is in trouble: what was shipped stays shipped, and the next pass tries again.
            log.error("journal.not_measured", reason=str(error))

    def _make_room(self) -> None:
        if self._dropper is None:
            return
        dropped = self._dropper.make_room(lambda segment_id: self._positions.get(segment_id, 0))
        self.counts.dropped += dropped.rows
        self.counts.untold += dropped.rows
        now = time.monotonic()
        if self.counts.dropped > self._dropped_told and (
            self._dropped_told == 0 or now - self._dropped_told_at >= DROPS_TOLD_SECONDS
        ):
            log.error(
                "journal.dropped_oldest", rows=self.counts.dropped - self._dropped_told, in_all=self.counts.dropped
            )
            self._dropped_told, self._dropped_told_at = self.counts.dropped, now

    def _tell_state(self) -> None:
        now = time.monotonic()
        if now - self._state_at >= STATE_SECONDS:
            self._state_at = now
            write_state(self._folder, self.counts)

    def _tell_node(self) -> None:
        if not self._lock.is_held:
            return
        try:
            self._teller.tell_when_due(self._connect(), self.counts)
        except psycopg.Error as error:
            # What it would have told is still counted, and told the next time.
            self._disconnect()
            log.warning("journal.not_told", reason=str(_failure(error)))

    def _rebuild_when_due(self) -> None:
        """Write the records of turns whose process died before it could; at once, and then every minute."""
        now = time.monotonic()
        if now < self._rebuilds_at:
            return
        self._rebuilds_at = now + REBUILD_SECONDS
        try:
            self.counts.rebuilt += self._rebuild.rebuild(self._connect(), self._positions)
        except psycopg.Error as error:
            # An older schema, or a moment's trouble: the positions in the database say where to go on.
            self._disconnect()
            log.warning("journal.not_rebuilt", reason=str(_failure(error)))

    def _take_lock(self) -> bool:
        if self._lock.is_held:
            return True
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.try_acquire():
            self._free_since = None
            return False
        if self._is_too_early():
            self._lock.release()
            return False
        # Another shipper may have moved on while we were not the holder.
        self._positions.clear()
        self._take_over_untold()
        return True

    def _take_over_untold(self) -> None:
        """Tell what an earlier shipper dropped and could not tell: drops and an absent database go together."""
        if self._has_taken_over:
            return
        self._has_taken_over = True
        before = find_state(self._folder)
        if before is not None:
            self.counts.untold += before.untold

    def _beat(self) -> None:
        """Show whoever watches that this shipper moves on: the age of the lock file is the time since."""
        self._lock.touch()

    def _is_too_early(self) -> bool:
        """Whether the lock has not been free for as long as this one stands by."""
        now = time.monotonic()
        if self._free_since is None:
            self._free_since = now
        return now - self._free_since < self._stands_by_seconds

    def _ship_folder(self, folder: Path) -> None:
        owner = FolderLock(folder / OWNER_LOCK)
        is_dead = owner.try_acquire()
        try:
            for segment in segment_files(folder):
                self._ship_segment(segment, is_complete=is_dead or segment.is_sealed)
            if is_dead and not any(segment_files(folder)):
                self._remove_folder(folder)
                self._rebuilds_at = 0.0  # somebody died: perhaps in the middle of a turn
        finally:
            owner.release()

    def _remove_folder(self, folder: Path) -> None:
        for name in (OWNER_LOCK, COUNTS):
            (folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # something that is not ours lies in it: leave it there
            folder.rmdir()
        self.counts.adopted += 1
        present = [segment.segment_id for one in process_folders(self._folder) for segment in segment_files(one)]
        with self._connect().transaction():
            self._connect().execute(
                "DELETE FROM journal_positions "
                "WHERE node = %s AND updated_at < now() - %s::interval AND segment_id <> ALL (%s)",
                (self._node, POSITIONS_KEPT, present),
            )

    def _ship_segment(self, segment: SegmentFile, *, is_complete: bool) -> None:
        try:
            opened = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # sealed, and so renamed, since we looked: the next pass finds it
        try:
            while self._ship_part(segment, opened, is_complete=is_complete):
                pass
            size = os.fstat(opened).st_size
        finally:
            os.close(opened)
        if is_complete and self._positions.get(segment.segment_id, 0) >= size:
            segment.path.unlink(missing_ok=True)
            sync_folder(segment.path.parent)

    def _ship_part(self, segment: SegmentFile, opened: int, *, is_complete: bool) -> bool:
        """Ship up to a batch of rows in one transaction; tell whether more may be there."""
        size = os.fstat(opened).st_size
        if self._positions.get(segment.segment_id) == size:
            return False
        if size <= HEADER_BYTES:
            if is_complete:
                self._positions[segment.segment_id] = size
            return False
        began = time.monotonic()
        connection = self._connect()
        with connection.transaction():
            position = self._lock_position(connection, segment.segment_id)
            # Read only now: the row's lock says that nobody else ships these bytes.
            begin, cut = _where_to_begin(segment, position, opened)
            part = Part(
                journal_folder=self._folder,
                segment=segment,
                opened=opened,
                end=begin,
                is_complete=is_complete,
                most_rows=self._batch.rows,
                encoder=self._encoder,
            )
            inserted = insert_part(connection, part)
            if part.end != position:
                self._move_position(connection, segment.segment_id, part.end)
        self._positions[segment.segment_id] = part.end
        self._beat()
        self._count(inserted, part.damaged + cut)
        self._batch.note(part.row_count, time.monotonic() - began)
        return part.is_full

    def _lock_position(self, connection: psycopg.Connection, segment_id: UUID) -> int:
        connection.execute(
            "INSERT INTO journal_positions (segment_id, node, position) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (segment_id, self._node, HEADER_BYTES),
        )
        row = connection.execute(
            "SELECT position FROM journal_positions WHERE segment_id = %s FOR UPDATE", (segment_id,)
        ).fetchone()
        if row is None:
            raise ShippingFailedError(f"the position of segment {segment_id} vanished")
        return int(row[0])

    def _move_position(self, connection: psycopg.Connection, segment_id: UUID, position: int) -> None:
        connection.execute(
            "UPDATE journal_positions SET position = %s, updated_at = now() WHERE segment_id = %s",
            (position, segment_id),
        )

    def _count(self, inserted: Inserted, damaged: int) -> None:
        for table, count in inserted.rows.items():
            self.counts.rows[table] = self.counts.rows.get(table, 0) + count
        self.counts.dead += inserted.dead
        self.counts.damaged += damaged

    def _measure_backlog(self) -> None:
        """Count what lies unshipped, and forget the positions of segments that are gone."""
        backlog = self._backlog.measure(self._positions)
        present = {segment.segment_id for folder in process_folders(self._folder) for segment in segment_files(folder)}
        self._positions = {known: at for known, at in self._positions.items() if known in present}
        self.counts.backlog_bytes, self.counts.backlog_rows = backlog.bytes, backlog.rows
        self.counts.backlog_age_seconds = backlog.age_seconds

    def _connect(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._dsn, autocommit=True, application_name="jorge-shipper", **NETWORK_OPTIONS
            )
            self._connection.execute(
                f"SET statement_timeout = '{STATEMENT_SECONDS}s'; SET lock_timeout = '{LOCK_SECONDS}s'"
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):  # it is broken, or will be gone in a moment
                self._connection.close()
            self._connection = None

    def _pause(self, failures: int) -> float:
        longest = min(POLL_SECONDS * float(2 ** min(failures, 10)), LONGEST_WAIT_SECONDS)
        return longest * (0.5 + self._jitter() / 2)

    def _rest(self, stop: threading.Event, seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        while not stop.is_set() and (left := ends_at - time.monotonic()) > 0:
            if self._wake.wait(min(left, 0.25)):
                break
        self._wake.clear()


def _where_to_begin(segment: SegmentFile, position: int, opened: int) -> tuple[int, int]:
    """Where to read on, and 1 when somebody cut the file off behind what was shipped, else 0.

    What is in it now is then read from the beginning: rows that are there already are left alone.
    """
    size = os.fstat(opened).st_size
    if position <= size:
        return max(position, HEADER_BYTES), 0
    log.error("journal.segment_cut_off", segment=str(segment.segment_id), was_shipped_to=position, bytes=size)
    return HEADER_BYTES, 1


def _failure(error: psycopg.Error | OSError | Retryable) -> Retryable:
    if isinstance(error, Retryable):
        return error
    if is_connection_failure(error):
        return DatabaseAway(away_reason(error))
    if isinstance(error, psycopg.Error):
        reason = error.diag.message_primary or str(error).partition("\n")[0]
        return ShippingFailedError(f"the database refuses to ship: {type(error).__name__}: {reason}")
    return ShippingFailedError(f"the journal cannot be read: {error}")
