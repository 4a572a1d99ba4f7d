"""The recorder on real files, with a kernel that sometimes refuses."""

import errno
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.segments import HEADER_BYTES, OWNER_LOCK, Disk, FolderLock, segment_files
from ghl_real_estate_ai.telemetry.model import InteractionRecord, RecordBatch

NOW = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)


def a_batch(contact_id: str = "c") -> RecordBatch:
    return RecordBatch(
        uuid4(), (InteractionRecord(bot_type="lead", duration_ms=1, timestamp=NOW, contact_id=contact_id),)
    )


def batches_in(folder: Path) -> list[RecordBatch]:
    found = []
    for segment in segment_files(folder):
        parts = list(frames.scan(segment.path.read_bytes(), HEADER_BYTES))
        assert all(isinstance(part, frames.Frame) for part in parts)
        found += [payload.load(part.payload) for part in parts if isinstance(part, frames.Frame)]
    return found


class UnreliableDisk(Disk):
    """Does as told: writes all of it, a part of it, or not at all; syncs, makes and seals files, or refuses."""

    def __init__(self) -> None:
        self.answers: Iterator[int | OSError] = iter(())
        self.refuses: OSError | None = None
        self.syncs = 0
        self.may_sync = threading.Event()
        self.may_sync.set()

    def write(self, file: int, data: bytes) -> int:
        answer = self.refuses or next(self.answers, len(data))
        if isinstance(answer, OSError):
            raise answer
        return os.write(file, data[:answer])

    def sync(self, file: int) -> None:
        self.may_sync.wait()
        self._refuse()
        super().sync(file)
        self.syncs += 1

    def create_segment(self, folder: Path, segment_id: UUID) -> tuple[Path, int]:
        self._refuse()
        return super().create_segment(folder, segment_id)

    def seal(self, path: Path) -> Path:
        self._refuse()
        return super().seal(path)

    def _refuse(self) -> None:
        if self.refuses is not None:
            raise self.refuses


@pytest.fixture
def disk() -> UnreliableDisk:
    """A disk that writes everything until it is told otherwise."""
    return UnreliableDisk()


@pytest.fixture
def recorder(tmp_path: Path, disk: UnreliableDisk) -> Iterator[JournalRecorder]:
    """A recorder in a folder of its own."""
    opened = JournalRecorder(tmp_path / "journal", disk=disk)
    yield opened
    opened.close()


def test_the_kernel_has_what_was_recorded(recorder: JournalRecorder) -> None:
    """When the call returns another reader of the file sees the batch."""
    batch = a_batch()

    recorder.record(batch)

    assert batches_in(recorder.folder) == [batch]


def test_short_writes_are_completed(recorder: JournalRecorder, disk: UnreliableDisk) -> None:
    """A kernel that takes a few bytes at a time gets them all."""
    batches = [a_batch(), a_batch()]
    disk.answers = iter([1, 2, 30])

    for batch in batches:
        recorder.record(batch)

    assert batches_in(recorder.folder) == batches


def test_a_full_disk_refuses_counts_and_recovers(recorder: JournalRecorder, disk: UnreliableDisk) -> None:
    """Half a frame is taken back, nothing raises, and the next batch is as good as ever."""
    first, lost, last = a_batch("1"), a_batch("2"), a_batch("3")
    recorder.record(first)
    disk.answers = iter([10, OSError(errno.ENOSPC, "No space left on device")])

    recorder.record(lost)
    refused = recorder.status()
    recorder.record(last)

    assert (refused.recorded, refused.refused, refused.is_writing) == (1, 1, False)
    assert "No space left" in str(refused.last_error)
    assert batches_in(recorder.folder) == [first, last]
    assert recorder.status().is_writing


def test_segments_are_sealed_at_their_size(tmp_path: Path) -> None:
    """A small bound makes many segments, and none of the batches is lost between them."""
    recorder = JournalRecorder(tmp_path / "journal", segment_bytes=1000)
    batches = [a_batch(str(n)) for n in range(200)]
    turned_over = threading.Event()

    for batch in batches[:100]:
        recorder.record(batch)
    for _ in range(1000):
        if len(list(segment_files(recorder.folder))) > 1 or turned_over.wait(0.01):
            break
    for batch in batches[100:]:
        recorder.record(batch)
    recorder.close()

    assert len(list(segment_files(recorder.folder))) > 1
    assert all(segment.is_sealed for segment in segment_files(recorder.folder))
    assert batches_in(recorder.folder) == batches


def test_many_threads_lose_nothing(recorder: JournalRecorder) -> None:
    """Threads that record at the same time do not tear each other's frames."""
    threads = [threading.Thread(target=lambda: [recorder.record(a_batch()) for _ in range(100)]) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(batches_in(recorder.folder)) == 800


def test_a_closed_recorder_refuses_and_lets_go(recorder: JournalRecorder) -> None:
    """After close the folder is free to be adopted, and a late batch is counted."""
    held = not FolderLock(recorder.folder / OWNER_LOCK).try_acquire()

    recorder.close()
    recorder.record(a_batch())

    free = FolderLock(recorder.folder / OWNER_LOCK)
    assert held
    assert free.try_acquire()
    free.release()
    assert recorder.status().refused == 1
