"""What waits in the journal to be shipped: how many bytes and rows, and for how long.

Ages are measured by a clock that never jumps, from when something was first seen to wait; of what earlier processes
left behind, from when its file was last written.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.segments import (
    HEADER_BYTES,
    SegmentFile,
    process_folders,
    read_window,
    segment_files,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is written and not committed."""

    bytes: int = 0
    rows: int = 0
    age_seconds: float = 0.0
    """How long the oldest of it has waited; 0 when nothing waits."""


@dataclass(slots=True)
class _Waiting:
    """One segment's part in it."""

    position: int
    counted_to: int
    since: float
    rows: int = 0


class BacklogWatch:
    """Measures again and again, and counts only what is new since the last time."""

    def __init__(self, journal_folder: Path) -> None:
        self._folder = journal_folder
        self._waiting: dict[UUID, _Waiting] = {}
        self._has_measured = False

    def measure(self, positions: Mapping[UUID, int]) -> Backlog:
        """Look at every segment, given how far each is known to be committed."""
        size, rows, waiting = 0, 0, {}
        now = time.monotonic()
        for folder in process_folders(self._folder):
            for segment in segment_files(folder):
                position = max(positions.get(segment.segment_id, 0), HEADER_BYTES)
                seen = self._look(segment, position, now)
                if seen is not None:
                    waiting[segment.segment_id] = seen
                    size += seen.counted_to - position
                    rows += seen.rows
        self._waiting, self._has_measured = waiting, True
        oldest = min((one.since for one in waiting.values()), default=now)
        return Backlog(size, rows, now - oldest)

    def _look(self, segment: SegmentFile, position: int, now: float) -> _Waiting | None:
        try:
            found = segment.path.stat()
        except FileNotFoundError:
            return None
        if found.st_size <= position:
            return None
        seen = self._waiting.get(segment.segment_id)
        if seen is None:
            waited = 0.0 if self._has_measured else max(0.0, time.time() - found.st_mtime)
            seen = _Waiting(position, position, now - waited)
        elif seen.position != position:
            # Something of it was committed, so what waits now came later than what waited then.
            seen = _Waiting(position, position, now if position >= seen.counted_to else seen.since)
        _count_new(segment, seen, found.st_size)
        return seen


def _count_new(segment: SegmentFile, seen: _Waiting, size: int) -> None:
    if seen.counted_to >= size:
        return
    try:
        opened = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        while data := read_window(opened, seen.counted_to, size):
            begin = seen.counted_to
            for part in frames.scan(data):
                if isinstance(part, frames.Tail):
                    break
                if isinstance(part, frames.Frame):
                    seen.rows += payload.count_records(part.payload)
                seen.counted_to = begin + part.end
            if seen.counted_to == begin:
                # The beginning of a frame that is still written, or damage: its bytes count and its rows do not.
                seen.counted_to = size
    finally:
        os.close(opened)
