"""The recorder: one write to the kernel a batch, and a thread that does everything slow."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
import uuid_utils.compat

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.segments import HEADER_BYTES, FolderLock, create_segment, new_folder, seal
from ghl_real_estate_ai.telemetry.model import RecordBatch
from ghl_real_estate_ai.telemetry.ports import RecorderStatus

log = structlog.get_logger(__name__)

SYNC_SECONDS = 0.010
"""At most this much is lost when the power fails, and nothing when only the process dies."""
IDLE_ROUNDS = 100
"""After so many rounds without a write the thread sleeps until the next one."""
SEGMENT_BYTES = 8 * 1024 * 1024


@dataclass(slots=True)
class _Segment:
    segment_id: UUID
    path: Path
    file: int
    size: int = HEADER_BYTES


class JournalRecorder:
    """Writes batches to a folder of this process's own; safe to use from several threads."""

    def __init__(
        self,
        journal_folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        new_id: Callable[[], UUID] = uuid_utils.compat.uuid7,
        write: Callable[[int, memoryview], int] = os.write,
    ) -> None:
        """Create the folder and the first segment.

        *write* stands for the kernel's, for trying what a full disk does.

        Raises:
            OSError: the folder cannot be written.
        """
        self._segment_bytes = segment_bytes
        self._new_id = new_id
        self._write = write
        self._lock = threading.Lock()
        self._recorded = 0
        self._refused = 0
        self._last_error: str | None = None
        self.folder, self._owner = new_folder(journal_folder, new_id())
        self._current: _Segment | None = self._new_segment()
        self._unsynced = False
        self._full: list[_Segment] = []
        self._ends: dict[UUID, int] = {}
        self._is_idle = False
        self._wake = threading.Event()
        self._stop = threading.Event()
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
            if refusal is None:
                self._recorded += 1
        if refusal is not None:
            self._refuse(refusal)
        elif self._is_idle:
            self._wake.set()

    def status(self) -> RecorderStatus:
        """Say how many batches were taken and refused, and why the latest was refused."""
        return RecorderStatus(self._recorded, self._refused, self._last_error)

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
        self._stop.set()
        self._wake.set()
        self._thread.join()
        with self._lock:
            last, self._current = self._current, None
            if last is not None:
                self._full.append(last)
                self._ends[last.segment_id] = last.size
        self._seal_full()
        self._owner.release()

    def _append(self, frame: bytes) -> str | None:
        """Write a frame whole or not at all; return why not."""
        segment = self._current
        if segment is None:
            return "the journal is closed"
        begin, rest = segment.size, memoryview(frame)
        try:
            while rest:
                rest = rest[self._write(segment.file, rest) :]
        except OSError as error:
            self._take_back(segment, begin)
            return f"{type(error).__name__}: {error.strerror or error}"
        segment.size = begin + len(frame)
        self._unsynced = True
        self._last_error = None
        return None

    def _take_back(self, segment: _Segment, end: int) -> None:
        """Cut off half a frame; where even that fails, the reader steps over it."""
        try:
            os.ftruncate(segment.file, end)
        except OSError:
            segment.size = os.fstat(segment.file).st_size

    def _refuse(self, reason: str) -> None:
        with self._lock:
            self._refused += 1
            refused, self._last_error = self._refused, reason
        # A full disk refuses every batch: say it at 1, 2, 4, 8, ... and let the counter tell the rest.
        if refused & (refused - 1) == 0:
            log.error("journal.write_failed", reason=reason, refused=refused)

    def _run(self) -> None:
        idle = 0
        while not self._stop.is_set():
            if self._unsynced:
                idle = 0
                self._sync()
                self._turn_over()
            else:
                idle += 1
            self._rest(idle)

    def _rest(self, idle: int) -> None:
        if idle < IDLE_ROUNDS:
            self._stop.wait(SYNC_SECONDS)
            return
        self._is_idle = True
        # A write between the check above and the flag would set no event: look once more before sleeping.
        if not self._unsynced:
            self._wake.wait()
        self._is_idle = False
        self._wake.clear()

    def _sync(self) -> None:
        segment = self._current
        if segment is None:
            return
        self._unsynced = False
        try:
            os.fdatasync(segment.file)
        except OSError as error:
            self._last_error = f"{type(error).__name__}: {error.strerror or error}"
            log.error("journal.sync_failed", reason=self._last_error)

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
                os.fdatasync(segment.file)
                seal(segment.path)
            except OSError as error:
                # The shipper reads it all the same, and takes it for complete once this process is gone.
                log.error("journal.seal_failed", reason=str(error))
            finally:
                os.close(segment.file)

    def _new_segment(self) -> _Segment:
        segment_id = self._new_id()
        path, opened = create_segment(self.folder, segment_id)
        return _Segment(segment_id, path, opened)
