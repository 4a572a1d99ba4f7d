"""The files of the journal: a folder per process, locked while the process lives, with segments in it.

::

    <data folder>/journal/
        shipper.lock                the one shipper of this folder holds it
        <process uuid>/
            owner.lock              held by flock as long as the process lives; the kernel lets go when it dies
            counts                  how many batches it recorded and refused, for the other processes
            <segment uuid>.open     being written; begins with a header that repeats the uuid
            <segment uuid>.sealed   complete, and on the disk
        damaged/<segment uuid>.<offset>    bytes that were no frames, kept for a person
        shipper.json                what the shipper did and what waits, for processes that do not ship
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

MAGIC = b"JORGEJ01"
HEADER_BYTES = len(MAGIC) + 16
OPEN, SEALED = ".open", ".sealed"
OWNER_LOCK = "owner.lock"
SHIPPER_LOCK = "shipper.lock"
DAMAGED = "damaged"
WINDOW_BYTES = 1024 * 1024
"""How much of a segment is read at once, so that a large backlog takes no more memory than a small one."""


class FolderLock:
    """A lock that lives as long as its holder, and no longer: the kernel releases it at death."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take the lock unless somebody else holds it; True also when we hold it already."""
        if self._file is not None:
            return True
        opened = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return False
        self._file = opened
        return True

    def touch(self) -> None:
        """Show, by the age of the file, that its holder moves on; nothing when it is not held."""
        if self._file is not None:
            os.utime(self._file)

    def release(self) -> None:
        """Let go; safe to call twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment as it lies in a folder."""

    segment_id: UUID
    path: Path
    is_sealed: bool


class Disk:
    """What the recorder asks of the kernel; a test puts one in its place that is full, read-only or broken."""

    write: Callable[[int, bytes], int] = staticmethod(os.write)
    """Append, perhaps only a part, and return how many bytes were taken; the kernel's own, for each turn calls it."""

    def sync(self, file: int) -> None:
        """Bring a file's bytes to the disk itself."""
        os.fdatasync(file)

    def truncate(self, file: int, size: int) -> None:
        """Cut a file off."""
        os.ftruncate(file, size)

    def create_segment(self, folder: Path, segment_id: UUID) -> tuple[Path, int]:
        """Create a segment with its header, known to the disk, and return its path and file for appending."""
        return create_segment(folder, segment_id)

    def seal(self, path: Path) -> Path:
        """Mark a segment, whose bytes the caller has brought to the disk, as complete."""
        return seal(path)


def new_folder(journal_folder: Path, process_id: UUID) -> tuple[Path, FolderLock]:
    """Create a process's folder and lock it before anybody can see it under its name."""
    journal_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    hidden = journal_folder / f".{process_id}"
    hidden.mkdir(mode=0o700)
    lock = FolderLock(hidden / OWNER_LOCK)
    lock.try_acquire()
    folder = journal_folder / str(process_id)
    hidden.rename(folder)
    lock.path = folder / OWNER_LOCK
    sync_folder(journal_folder)
    return folder, lock


def create_segment(folder: Path, segment_id: UUID) -> tuple[Path, int]:
    """Create a segment with its header, known to the disk, and return its path and file for appending."""
    path = folder / f"{segment_id}{OPEN}"
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(opened, header_of(segment_id))
        os.fsync(opened)
        sync_folder(folder)
    except OSError:
        os.close(opened)
        path.unlink(missing_ok=True)
        raise
    return path, opened


def header_of(segment_id: UUID) -> bytes:
    """What every segment begins with."""
    return MAGIC + segment_id.bytes


def seal(path: Path) -> Path:
    """Mark a segment, whose bytes the caller has brought to the disk, as complete."""
    sealed = path.with_suffix(SEALED)
    path.rename(sealed)
    sync_folder(path.parent)
    return sealed


def sync_folder(folder: Path) -> None:
    """Bring names in *folder* to the disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def process_folders(journal_folder: Path) -> list[Path]:
    """The folders of all processes, dead or alive, oldest name first."""
    if not journal_folder.is_dir():
        return []
    return sorted(path for path in journal_folder.iterdir() if path.is_dir() and _uuid_of(path.name) is not None)


def segment_files(folder: Path) -> Iterator[SegmentFile]:
    """The segments in a process's folder, in the order of their making (their ids are UUIDv7)."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    for name in names:
        path = folder / name
        segment_id = _uuid_of(path.stem)
        if segment_id is not None and path.suffix in (OPEN, SEALED):
            yield SegmentFile(segment_id, path, path.suffix == SEALED)


def read_window(opened: int, position: int, size: int, *, window_bytes: int = WINDOW_BYTES) -> bytes:
    """Read a segment from *position*, at most *window_bytes* and not beyond *size*; empty at the end."""
    end, pieces = min(size, position + window_bytes), []
    while position < end:
        piece = os.pread(opened, end - position, position)
        if not piece:
            break
        pieces.append(piece)
        position += len(piece)
    return b"".join(pieces)


def journal_bytes(journal_folder: Path) -> int:
    """How much of the disk the segments of all processes take; a hole in a file takes nothing."""
    total = 0
    for folder in process_folders(journal_folder):
        for segment in segment_files(folder):
            try:
                found = segment.path.stat()
            except FileNotFoundError:
                continue
            total += min(found.st_size, found.st_blocks * 512)
    return total


def _uuid_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
