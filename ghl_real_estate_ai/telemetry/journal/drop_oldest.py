"""Makes room in a journal at its bound: the oldest measurements go, what a handoff left stays where it is.

Only segments that nobody writes any more are touched.  One with a handoff in it is written anew with holes: what
stays keeps its offset, and so its id.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.segments import (
    HEADER_BYTES,
    OWNER_LOCK,
    FolderLock,
    SegmentFile,
    header_of,
    journal_bytes,
    process_folders,
    segment_files,
    sync_folder,
)

DOWN_TO = 0.9
"""Of the bound, so that not every second something must go."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What had to go."""

    rows: int = 0
    segments: int = 0


class OldestDropper:
    """Keeps one journal folder below a bound; called by its shipper alone."""

    def __init__(self, journal_folder: Path, most_bytes: int) -> None:
        self._folder = journal_folder
        self._most_bytes = most_bytes
        self._thinned: set[UUID] = set()

    def make_room(self, position_of: Callable[[UUID], int]) -> Dropped:
        """Drop until the journal is below its bound, or nothing is left that may go.

        *position_of* says how far a segment is committed, so that rows that arrived are not counted as lost.

        Raises:
            OSError: a file cannot be read or written anew.
        """
        total = journal_bytes(self._folder)
        if total < self._most_bytes:
            return Dropped()
        rows = segments = 0
        for segment in sorted(_complete_segments(self._folder), key=lambda one: one.segment_id):
            if total < self._most_bytes * DOWN_TO:
                break
            if segment.segment_id in self._thinned:
                continue
            rows += _thin(segment, position_of(segment.segment_id))
            self._thinned.add(segment.segment_id)
            segments += 1
            total = journal_bytes(self._folder)
        return Dropped(rows, segments)


def _complete_segments(journal_folder: Path) -> Iterator[SegmentFile]:
    for folder in process_folders(journal_folder):
        owner = FolderLock(folder / OWNER_LOCK)
        is_dead = owner.try_acquire()
        try:
            yield from (segment for segment in segment_files(folder) if is_dead or segment.is_sealed)
        finally:
            owner.release()


def _thin(segment: SegmentFile, position: int) -> int:
    """Remove a segment's measurements and tell how many rows were not committed yet."""
    data = segment.path.read_bytes()
    rows, kept = 0, []
    for part in frames.scan(data, HEADER_BYTES):
        if not isinstance(part, frames.Frame):
            continue
        if part.end > position and payload.has_handoff(part.payload):
            kept.append(part)
        elif part.end > position:
            rows += payload.count_records(part.payload)
    if kept:
        _write_with_holes(segment, data, kept)
    else:
        segment.path.unlink(missing_ok=True)
    sync_folder(segment.path.parent)
    return rows


def _write_with_holes(segment: SegmentFile, data: bytes, kept: list[frames.Frame]) -> None:
    anew = segment.path.with_suffix(".anew")
    with anew.open("wb") as file:
        file.write(header_of(segment.segment_id))
        at = HEADER_BYTES
        for begin, end in [*((frame.start, frame.end) for frame in kept), (len(data), len(data))]:
            if begin - at >= frames.HEAD_BYTES:
                file.seek(at)
                file.write(frames.encode_gap(begin - at))
            file.seek(begin)
            file.write(data[begin:end])
            at = end
        file.truncate(len(data))
        file.flush()
        os.fsync(file.fileno())
    anew.replace(segment.path)
