"""The recorder on real files, with a kernel that sometimes refuses."""

import asyncio
import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ghl_real_estate_ai.settings import Durability
from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.segments import HEADER_BYTES, OWNER_LOCK, Disk, FolderLock, segment_files
from ghl_real_estate_ai.telemetry.model import BadRecordError, InteractionRecord, RecordBatch

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

    def truncate(self, file: int, size: int) -> None:
        self._refuse()
        super().truncate(file, size)

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


def until(is_so: Callable[[], bool]) -> None:
    """Return when the recorder's thread has made it so; fail when it never does."""
    waiting = threading.Event()
    for _ in range(1000):
        if is_so():
            return
        waiting.wait(0.01)
    pytest.fail("this never came true")


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "read-only", "broken"])
def test_a_disk_in_trouble_costs_what_it_refuses_and_no_more(
    recorder: JournalRecorder, disk: UnreliableDisk, error: int
) -> None:
    """Nothing raises, each refusal is counted with its reason, and what was kept before and after is whole."""
    first, last = a_batch("1"), a_batch("3")
    recorder.record(first)
    disk.refuses = OSError(error, os.strerror(error))
    for _ in range(3):
        recorder.record(a_batch("2"))
    refused = recorder.status()
    disk.refuses = None

    recorder.record(last)

    assert (1, 3, False) == (refused.recorded, refused.refused, refused.is_writing)
    assert os.strerror(error) in str(refused.last_error)
    assert [first, last] == batches_in(recorder.folder)
    until(lambda: recorder.status().is_writing)


def test_a_removed_file_is_put_back(recorder: JournalRecorder) -> None:
    """Somebody deletes the file that is being written: what it held is there again, and the next one goes on."""
    first, last = a_batch("1"), a_batch("2")
    recorder.record(first)
    [segment] = segment_files(recorder.folder)

    segment.path.unlink()
    until(lambda: any(one.is_sealed for one in segment_files(recorder.folder)))
    recorder.record(last)

    assert [first, last] == batches_in(recorder.folder)


def test_a_removed_folder_comes_back_with_its_lock(recorder: JournalRecorder) -> None:
    """Nobody takes the restored folder for that of a dead process."""
    first = a_batch("1")
    recorder.record(first)

    shutil.rmtree(recorder.folder)
    until(lambda: any(one.is_sealed for one in segment_files(recorder.folder)))

    assert [first] == batches_in(recorder.folder)
    assert not FolderLock(recorder.folder / OWNER_LOCK).try_acquire()


def test_a_file_that_was_cut_off_is_not_gone_on_with(recorder: JournalRecorder) -> None:
    """What comes after the cut has a file of its own, so that no offset means two records."""
    kept, cut, last = a_batch("1"), a_batch("2"), a_batch("3")
    recorder.record(kept)
    [segment] = segment_files(recorder.folder)
    size = segment.path.stat().st_size
    recorder.record(cut)

    os.truncate(segment.path, size)
    until(lambda: any(one.is_sealed for one in segment_files(recorder.folder)))
    recorder.record(last)

    assert [kept, last] == batches_in(recorder.folder)


def test_a_clock_that_jumps_back_keeps_the_order(tmp_path: Path) -> None:
    """Segments made after the jump sort after those made before it."""
    ids = iter([UUID(int=900), UUID(int=500), UUID(int=100), UUID(int=50), *(UUID(int=n) for n in range(1, 40))])
    recorder = JournalRecorder(tmp_path / "journal", segment_bytes=400, new_id=lambda: next(ids))
    batches = [a_batch("x" * 400) for _ in range(4)]

    for number, batch in enumerate(batches, start=1):
        recorder.record(batch)
        # Sealed, and so no longer the one that is written to.
        until(lambda done=number: sum(one.is_sealed for one in segment_files(recorder.folder)) == done)
    recorder.close()

    assert batches == batches_in(recorder.folder)


async def test_strict_waits_for_the_disk(tmp_path: Path, disk: UnreliableDisk) -> None:
    """Whoever settles goes on when the disk has the batch, and not before."""
    recorder = JournalRecorder(tmp_path / "journal", durability=Durability.STRICT, disk=disk)
    disk.may_sync.clear()
    recorder.record(a_batch())
    settling = [asyncio.create_task(recorder.settle()) for _ in range(3)]
    done, _ = await asyncio.wait(settling, timeout=0.05)
    syncs_before = disk.syncs

    disk.may_sync.set()
    await asyncio.gather(*settling)

    assert set() == done
    assert disk.syncs > syncs_before
    recorder.close()


@pytest.mark.parametrize("durability", [Durability.PROCESS, Durability.HOST])
async def test_others_settle_at_once(tmp_path: Path, disk: UnreliableDisk, durability: Durability) -> None:
    """Nothing is awaited unless the setting says so, however slow the disk."""
    recorder = JournalRecorder(tmp_path / "journal", durability=durability, disk=disk)
    disk.may_sync.clear()
    recorder.record(a_batch())

    await recorder.settle()

    disk.may_sync.set()
    recorder.close()


def test_the_bound_is_told(tmp_path: Path) -> None:
    """A journal that holds more than it may is full, and still keeps what is recorded."""
    recorder = JournalRecorder(tmp_path / "journal", most_bytes=100_000)
    batches = [a_batch("x" * 1000) for _ in range(120)]
    began_full = recorder.is_full

    for batch in batches:
        recorder.record(batch)
    until(lambda: recorder.is_full)

    recorder.close()
    assert not began_full
    assert batches == batches_in(recorder.folder)


def test_a_megabyte_of_metadata_is_kept(recorder: JournalRecorder) -> None:
    """It is one frame like any other."""
    record = InteractionRecord(bot_type="lead", duration_ms=1, timestamp=NOW, metadata={"page": "x" * 1024 * 1024})
    batch = RecordBatch(uuid4(), (record, record))

    recorder.record(batch)

    assert [batch] == batches_in(recorder.folder)


@pytest.mark.parametrize("duration", [float("nan"), float("inf"), -1.0])
def test_a_duration_that_is_no_duration_never_gets_here(duration: float) -> None:
    """It is refused where it is made, with the field's name."""
    with pytest.raises(BadRecordError, match="duration_ms"):
        InteractionRecord(bot_type="lead", duration_ms=duration, timestamp=NOW)
