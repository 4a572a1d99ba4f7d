r"""Frames: how a batch lies in a segment, and how frames are found again among torn and damaged bytes; pure.

A frame is a marker, the payload's length, a CRC32 over length and payload, and the payload (JSON)::

    ff 4a fe 46 | length, 4 bytes | crc32, 4 bytes | payload

Two bytes of the marker never occur in UTF-8, so a marker is never found inside a payload: after flipped bits the
next marker with a true checksum is where reading goes on.

Where frames were dropped on purpose a gap stands in their place, a head alone whose length is that of the bytes to
skip: what comes after keeps its offset, and with it its ids.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

MARKER = b"\xffJ\xfeF"
GAP_MARKER = b"\xffJ\xfeG"
_HEAD = struct.Struct("<4sII")
_LENGTH = struct.Struct("<I")
_pack_head, _pack_length = _HEAD.pack, _LENGTH.pack
HEAD_BYTES = _HEAD.size
MOST_PAYLOAD_BYTES = 16 * 1024 * 1024
"""A longer length is taken for damage."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A payload that arrived whole."""

    start: int
    end: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes between two frames that are none."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes whose frames were dropped on purpose, and counted then."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tail:
    """Bytes at the end that are no whole frame: still being written if the writer lives, torn if it does not."""

    start: int
    end: int


def encode(payload: bytes) -> bytes:
    """Frame a payload.

    Raises:
        ValueError: it is longer than MOST_PAYLOAD_BYTES.
    """
    length = len(payload)
    if length > MOST_PAYLOAD_BYTES:
        raise ValueError(f"a frame holds at most {MOST_PAYLOAD_BYTES} bytes, not {length}")
    return _pack_head(MARKER, length, crc32(payload, crc32(_pack_length(length)))) + payload


def encode_gap(length: int) -> bytes:
    """Begin a gap of *length* bytes, its own head included; what follows the head is never looked at.

    Raises:
        ValueError: it is shorter than its head.
    """
    if length < HEAD_BYTES:
        raise ValueError(f"a gap has at least {HEAD_BYTES} bytes, not {length}")
    return _HEAD.pack(GAP_MARKER, length, crc32(GAP_MARKER, length))


def scan(data: bytes, start: int = 0) -> Iterator[Frame | Gap | Damage | Tail]:
    """Find the frames from *start* on, in order, with what lies between them.

    Every frame that is whole is found, whatever was cut off or flipped elsewhere.  Together the parts cover the
    data without a hole; a Tail comes last, if at all.  A gap may end beyond the data when only a piece of a segment
    was read: what is left of it is read by nobody.
    """
    at = start
    while at < len(data):
        part = _part_at(data, at)
        if part is None:
            part = _next_part(data, at + 1)
            if part is None:
                yield Tail(at, len(data))
                return
            yield Damage(at, part.start)
        yield part
        at = part.end


def _next_part(data: bytes, at: int) -> Frame | Gap | None:
    found = data.find(MARKER[:3], at)
    while found != -1:
        part = _part_at(data, found)
        if part is not None:
            return part
        found = data.find(MARKER[:3], found + 1)
    return None


def _part_at(data: bytes, at: int) -> Frame | Gap | None:
    if data.startswith(GAP_MARKER, at):
        return _gap_at(data, at)
    return _frame_at(data, at)


def _gap_at(data: bytes, at: int) -> Gap | None:
    if len(data) - at < HEAD_BYTES:
        return None
    _, length, crc = _HEAD.unpack_from(data, at)
    if length < HEAD_BYTES or crc32(GAP_MARKER, length) != crc:
        return None
    return Gap(at, at + length)


def _frame_at(data: bytes, at: int) -> Frame | None:
    if len(data) - at < HEAD_BYTES:
        return None
    marker, length, crc = _HEAD.unpack_from(data, at)
    begin = at + HEAD_BYTES
    end = begin + length
    if marker != MARKER or length > MOST_PAYLOAD_BYTES or end > len(data):
        return None
    payload = data[begin:end]
    if crc32(payload, crc32(_LENGTH.pack(length))) != crc:
        return None
    return Frame(at, end, payload)
