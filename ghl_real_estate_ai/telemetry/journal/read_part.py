"""Reads what one transaction ships of a segment: whole frames as rows, and damage into quarantine.

Reading pauses again and again, so that what was read is under way to the database while the next is encoded.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.encode_copy import CopyBlocks, CopyEncoder
from ghl_real_estate_ai.telemetry.journal.rows import Row, rows_of
from ghl_real_estate_ai.telemetry.journal.segments import DAMAGED, WINDOW_BYTES, SegmentFile, read_window

log = structlog.get_logger(__name__)

ROWS_BETWEEN_PAUSES = 1000
"""Some 130 kB, about what the socket to the server holds."""


@dataclass(slots=True, kw_only=True)
class Part:
    """What one transaction ships of a segment; at every pause of `read` it is whole as far as it goes."""

    journal_folder: Path
    segment: SegmentFile
    opened: int
    """The segment's open file."""
    end: int
    """How far it reaches: at first where it begins."""
    is_complete: bool
    """Whether nobody writes the segment any more, so that half a frame at its end is torn."""
    most_rows: int
    encoder: CopyEncoder
    blocks: CopyBlocks = field(default_factory=CopyBlocks)
    encoded: list[tuple[int, bytes]] = field(default_factory=list)
    """The payloads that the blocks were made of, with their offsets: bytes, for records would take more memory."""
    rows: list[Row] = field(default_factory=list)
    """Those that are in no block."""
    row_count: int = 0
    damaged: int = 0
    is_full: bool = False

    def read(self) -> Iterator[None]:
        """Take frames until the segment's end or `most_rows`, with pauses.

        Raises:
            OSError: the segment cannot be read, or damage not be kept; what was taken before stands.
        """
        size = os.fstat(self.opened).st_size
        while self.end < size and not self.is_full:
            begin = self.end
            yield from self._take_window(read_window(self.opened, begin, size), size)
            if self.end == begin and begin + WINDOW_BYTES < size:
                # A frame, or a damaged place, that is longer than a window.
                rest = read_window(self.opened, begin, size, window_bytes=size - begin)
                yield from self._take_window(rest, size)
            if self.end == begin:
                break

    def rows_of_blocks(self) -> list[Row]:
        """What the blocks hold, as rows: for when PostgreSQL refuses one of them."""
        segment_id = self.segment.segment_id
        return [row for offset, content in self.encoded for row in rows_of(payload.load(content), segment_id, offset)]

    def _take_window(self, data: bytes, size: int) -> Iterator[None]:
        """Take what is whole in *data*, which begins where the part ends."""
        begin, pause_at = self.end, self.row_count + ROWS_BETWEEN_PAUSES
        for found in frames.scan(data):
            match found:
                case frames.Frame(start, end, content):
                    self._take_frame(begin + start, content)
                case frames.Gap(start, end):
                    pass  # counted when it was made
                case frames.Damage(start, end):
                    self._quarantine(begin + start, data[start:end])
                case frames.Tail(start, end):
                    if not self.is_complete or begin + end < size:
                        return  # perhaps still being written, or not read yet
                    self._quarantine(begin + start, data[start:end])
            self.end = min(begin + end, size)
            if self.row_count >= self.most_rows:
                self.is_full = True
                return
            if self.row_count >= pause_at:
                pause_at = self.row_count + ROWS_BETWEEN_PAUSES
                yield

    def _take_frame(self, offset: int, content: bytes) -> None:
        try:
            batch = payload.load(content)
        except payload.UnreadablePayloadError as error:
            log.error("journal.payload_unreadable", error=str(error))
            self._quarantine(offset, frames.encode(content))
            return
        if self.encoder.add(self.blocks, batch, self.segment.segment_id, offset):
            self.encoded.append((offset, content))
        else:
            self.rows.extend(rows_of(batch, self.segment.segment_id, offset))
        self.row_count += len(batch.records)

    def _quarantine(self, offset: int, content: bytes) -> None:
        """Keep bytes that are no frames for a person; doing it twice leaves one file."""
        folder = self.journal_folder / DAMAGED
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{self.segment.segment_id}.{offset}"
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # before the position moves past it
        self.damaged += 1
        log.error("journal.frame_damaged", segment=str(self.segment.segment_id), offset=offset, bytes=len(content))
