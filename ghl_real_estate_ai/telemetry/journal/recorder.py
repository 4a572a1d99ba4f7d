"""The recorder: one write to the kernel a batch, and a thread that does everything slow.

How much a batch survives is its durability: `process` leaves the bytes with the kernel, so that a killed process
loses nothing and a power cut the last half minute; `host` brings them to the disk every 10 ms, on the thread; with
`strict` whoever is about to act on a batch first waits in `settle` until the disk has it, together with all others
who wait.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
import uuid_utils.compat

from ghl_real_estate_ai.settings import Durability
from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.process_counts import SharedCounts
from ghl_real_estate_ai.telemetry.journal.segments import (
    HEADER_BYTES,
    OWNER_LOCK,
    Disk,
    FolderLock,
    journal_bytes,
    new_folder,
)
from ghl_real_estate_ai.telemetry.model import RecordBatch
from ghl_real_estate_ai.telemetry.ports import RecorderStatus

log = structlog.get_logger(__name__)

SYNC_SECONDS = 0.010
"""At most this much is lost when the power fails, and nothing when only the process dies."""
IDLE_ROUNDS = 100
"""After so many rounds without a write the thread sleeps until the next one."""
SEGMENT_BYTES = 8 * 1024 * 1024
SEGMENTS_IN_BOUND = 64
"""A bounded journal has at least so many segments: full ones can be dropped, the open ones of live processes cannot."""
MEASURE_SECONDS = 1.0
LOOK_SECONDS = 0.25
"""How often the thread looks whether the current segment is still there, and as long as it was written."""
SETTLE_SECONDS = 2.0
"""A disk that takes longer over a sync stops nobody's reply; it is told in the log and in `/ready`."""


@dataclass(slots=True)
class _Segment:
    segment_id: UUID
    path: Path
    file: int
    size: int = HEADER_BYTES


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody who waits until so many batches are on the disk."""

    recorded: int
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"


class Bell:
    """Wakes one thread: what an event does in many Python calls, this does in one of the kernel's."""

    def __init__(self) -> None:
        self._silence = threading.Lock()
        self._silence.acquire()

    def ring(self) -> None:
        """End the wait that is under way, or else the next one; safe from any thread."""
        with suppress(RuntimeError):  # it rings already
            self._silence.release()

    def wait(self, seconds: float | None) -> None:
        """Return when it rings or, unless that is None, after so many seconds."""
        self._silence.acquire(timeout=-1 if seconds is None else seconds)


class JournalRecorder:
    """Writes batches to a folder of this process's own; safe to use from several threads."""

    def __init__(
        self,
        journal_folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        durability: Durability = Durability.HOST,
        most_bytes: int | None = None,
        new_id: Callable[[], UUID] = uuid_utils.compat.uuid7,
        disk: Disk | None = None,
    ) -> None:
        """Create the folder and the first segment.

        Above *most_bytes* in the whole journal, those of other processes included, `is_full` is true; what is
        recorded is written all the same.

        Raises:
            OSError: the folder cannot be written.
        """
        bound = segment_bytes if most_bytes is None else most_bytes // SEGMENTS_IN_BOUND
        self._segment_bytes = min(segment_bytes, bound)
        self._durability = durability
        self._most_bytes = most_bytes
        self._journal_folder = journal_folder
        self._new_id = new_id
        self._disk = disk or Disk()
        self._write = self._disk.write
        self.is_full = False
        """Whether the journal is at its bound, as of a second ago."""
        self._lock = threading.Lock()
        self._recorded = 0
        self._refused = 0
        self._synced = 0
        self._last_error: str | None = None
        self._sync_error: str | None = None
        self._waiting: list[_Waiting] = []
        self._last_segment_id = UUID(int=0)
        self.folder, self._owner = new_folder(journal_folder, new_id())
        self._shared = SharedCounts(self.folder)
        self._current: _Segment | None = self._new_segment()
        self._unsynced = False
        self._full: list[_Segment] = []
        self._ends: dict[UUID, int] = {}
        self._is_idle = False
        self._bell = Bell()
        self._stops = False
        self._thread = threading.Thread(target=self._run, name="journal-recorder", daemon=True)
        self._thread.start()

    @property
    def owner(self) -> FolderLock:
        """The lock that says this process lives."""
        return self._owner

    def record(self, batch: RecordBatch) -> None:
        """Return when the kernel has the batch; one that cannot be kept is counted as refused and logged."""
        try:
            frame = frames.encode(payload.dump(batch))
        except (TypeError, ValueError) as error:
            self._refuse(f"cannot be encoded: {error}")
            return
        with self._lock:
            refusal = self._append(frame)
        if refusal is not None:
            self._refuse(refusal)
        elif self._is_idle:
            self._bell.ring()

    def status(self) -> RecorderStatus:
        """Say how many batches were taken and refused, and why the latest was refused."""
        return RecorderStatus(self._recorded, self._refused, self._last_error or self._sync_error)

    async def settle(self) -> None:
        """Return when everything recorded until now is on the disk, if the durability is `strict`; else at once.

        One sync serves all who wait.  Whatever is wrong with the disk holds nobody up for more than SETTLE_SECONDS.
        """
        if self._durability is not Durability.STRICT:
            return
        with self._lock:
            recorded = self._recorded
            if self._synced >= recorded or self._current is None:
                return
            loop = asyncio.get_running_loop()
            waiting = _Waiting(recorded, loop, loop.create_future())
            self._waiting.append(waiting)
        self._bell.ring()
        with suppress(TimeoutError):
            await asyncio.wait_for(waiting.done, SETTLE_SECONDS)
            return
        log.error("journal.sync_late", waited_seconds=SETTLE_SECONDS)

    def written(self) -> dict[UUID, int]:
        """How far each segment of this process is written, for those who wait until all of it is shipped."""
        with self._lock:
            ends = dict(self._ends)
            if self._current is not None:
                ends[self._current.segment_id] = self._current.size
        return ends

    def forget(self, segment_id: UUID) -> None:
        """Stop naming a segment in `written`, now that it is shipped and complete."""
        with self._lock:
            self._ends.pop(segment_id, None)

    def close(self) -> None:
        """Bring everything to the disk, seal, let go of the folder; later batches are refused.  Call twice freely."""
        self._stops = True
        self._bell.ring()
        self._thread.join()
        self._sync()
        with self._lock:
            last, self._current = self._current, None
            if last is not None:
                self._full.append(last)
                self._ends[last.segment_id] = last.size
            self._shared.close()
        self._seal_full()
        self._owner.release()

    def _append(self, frame: bytes) -> str | None:
        """Write a frame whole or not at all; return why not."""
        segment = self._current
        if segment is None:
            return "the journal is closed"
        try:
            written = self._write(segment.file, frame)
            while written < len(frame):
                written += self._write(segment.file, frame[written:])
        except OSError as error:
            self._take_back(segment, segment.size)
            return f"{type(error).__name__}: {error.strerror or error}"
        segment.size += written
        self._recorded += 1
        self._unsynced = True
        self._last_error = None
        return None

    def _take_back(self, segment: _Segment, end: int) -> None:
        """Cut off half a frame; where even that fails, the reader steps over it."""
        try:
            self._disk.truncate(segment.file, end)
        except OSError:
            segment.size = os.fstat(segment.file).st_size

    def _refuse(self, reason: str) -> None:
        with self._lock:
            self._refused += 1
            refused, self._last_error = self._refused, reason
            self._shared.tell(self._recorded, refused)
        # A full disk refuses every batch: say it at 1, 2, 4, 8, ... and let the counter tell the rest.
        if refused & (refused - 1) == 0:
            log.error("journal.write_failed", reason=reason, refused=refused)

    def _run(self) -> None:
        # This runs a hundred times a second beside the event loop: what need not be done each time is not.
        idle, measured_at, looked_at, failures = 0, 0.0, 0.0, 0
        while not self._stops:
            try:
                if self._unsynced or self._waiting:
                    idle = 0
                    self._sync()
                    self._turn_over()
                else:
                    idle += 1
                now = time.monotonic()
                if now - measured_at >= MEASURE_SECONDS:
                    measured_at = now
                    self._measure()
                if now - looked_at >= LOOK_SECONDS:
                    looked_at = now
                    self._look_after_file()
                failures = 0
            except Exception as error:  # noqa: BLE001 - nobody watches this thread: it must neither end nor hide it
                failures += 1
                if failures & (failures - 1) == 0:
                    log.error("journal.thread_failed", reason=f"{type(error).__name__}: {error}", failures=failures)
            self._rest(idle)

    def _rest(self, idle: int) -> None:
        if self._waiting:
            return
        if idle < IDLE_ROUNDS:
            # Ended by a stop, and by those who wait for a sync.
            self._bell.wait(SYNC_SECONDS)
            return
        self._is_idle = True
        # A write between the check above and the flag would set no event: look once more before sleeping.
        if not self._unsynced and not self._stops:
            self._bell.wait(None if self._most_bytes is None else MEASURE_SECONDS)
        self._is_idle = False

    def _sync(self) -> None:
        with self._lock:
            segment, recorded = self._current, self._recorded
            waiting, self._waiting = self._waiting, []
            self._unsynced = False
            self._shared.tell(recorded, self._refused)
        if segment is not None and self._durability is not Durability.PROCESS:
            self._sync_file(segment)
        self._synced = max(self._synced, recorded)
        for one in waiting:
            with suppress(RuntimeError):  # its loop was closed: nobody waits any more
                one.loop.call_soon_threadsafe(_finish, one.done)

    def _sync_file(self, segment: _Segment) -> None:
        try:
            self._disk.sync(segment.file)
        except OSError as error:
            reason = f"{type(error).__name__}: {error.strerror or error}"
            if self._sync_error is None:
                log.error("journal.sync_failed", reason=reason)
            self._sync_error = reason
        else:
            self._sync_error = None

    def _measure(self) -> None:
        """See whether the journal of all processes has reached its bound."""
        if self._most_bytes is None:
            return
        is_full = journal_bytes(self._journal_folder) >= self._most_bytes
        if is_full != self.is_full:
            log.warning("journal.full" if is_full else "journal.has_room", most_bytes=self._most_bytes)
        self.is_full = is_full

    def _look_after_file(self) -> None:
        """Go on in a new segment when somebody removed or cut off the current one, and put back what can be."""
        segment = self._current
        if segment is None:
            return
        with self._lock:
            found = os.fstat(segment.file)
            is_removed, is_cut = found.st_nlink == 0, found.st_size < segment.size
        if not (is_removed or is_cut):
            return
        log.error("journal.segment_tampered", segment=str(segment.segment_id), removed=is_removed, cut_off=is_cut)
        if is_removed:
            self._restore_folder()
        following = self._new_segment()
        with self._lock:
            self._current = following
            self._ends[segment.segment_id] = os.fstat(segment.file).st_size
        if is_removed:
            _put_back(segment)
        self._full.append(segment)
        self._seal_full()

    def _restore_folder(self) -> None:
        """Where even the folder is gone, hold its lock again before a shipper takes it for a dead process's."""
        if not (self.folder / OWNER_LOCK).exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lost, self._owner = self._owner, FolderLock(self.folder / OWNER_LOCK)
            self._owner.try_acquire()
            lost.release()
            with self._lock:
                self._shared.close()
                self._shared = SharedCounts(self.folder)

    def _turn_over(self) -> None:
        """Go on in a new segment when the current one is full enough."""
        segment = self._current
        if segment is None or segment.size < self._segment_bytes:
            return
        try:
            following = self._new_segment()
        except OSError as error:
            log.error("journal.segment_failed", reason=str(error))
            return
        with self._lock:
            self._current = following
            self._ends[segment.segment_id] = segment.size
            self._full.append(segment)
        self._seal_full()

    def _seal_full(self) -> None:
        while self._full:
            segment = self._full.pop()
            try:
                self._disk.sync(segment.file)
                self._disk.seal(segment.path)
            except OSError as error:
                # The shipper reads it all the same, and takes it for complete once this process is gone.
                log.error("journal.seal_failed", reason=str(error))
            finally:
                os.close(segment.file)

    def _new_segment(self) -> _Segment:
        # Segments are shipped in the order of their ids, so a clock that jumps back must not turn them round.
        segment_id = self._new_id()
        if segment_id <= self._last_segment_id:
            segment_id = UUID(int=self._last_segment_id.int + 1)
        path, opened = self._disk.create_segment(self.folder, segment_id)
        self._last_segment_id = segment_id
        return _Segment(segment_id, path, opened)


def _finish(done: "asyncio.Future[None]") -> None:
    if not done.done():
        done.set_result(None)


def _put_back(segment: _Segment) -> None:
    """Write a removed file anew from what the kernel still holds of it, under its old name."""
    found = os.fstat(segment.file).st_size
    held = os.pread(segment.file, found, 0)
    with segment.path.open("xb") as file:
        file.write(held)
        file.flush()
        os.fsync(file.fileno())
