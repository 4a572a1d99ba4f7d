"""Frames survive truncation at any byte and bits that flip anywhere."""

from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.telemetry.journal.frames import HEAD_BYTES, MARKER, Damage, Frame, Tail, encode, scan

PAYLOADS = st.lists(st.text(max_size=40).map(lambda text: text.encode()), min_size=1, max_size=8)


def written(payloads: list[bytes]) -> tuple[bytes, list[int]]:
    """The bytes, and where each frame ends."""
    data, ends = b"", []
    for content in payloads:
        data += encode(content)
        ends.append(len(data))
    return data, ends


def whole(data: bytes) -> list[bytes]:
    return [part.payload for part in scan(data) if isinstance(part, Frame)]


@given(PAYLOADS)
def test_what_is_encoded_is_found(payloads: list[bytes]) -> None:
    """Undamaged frames come back in order, and nothing else does."""
    data, _ = written(payloads)

    assert [part.payload for part in scan(data) if isinstance(part, Frame)] == payloads
    assert all(isinstance(part, Frame) for part in scan(data))


@given(PAYLOADS)
def test_truncation_loses_the_cut_frame_alone(payloads: list[bytes]) -> None:
    """Wherever the end is cut off, every frame before it is recovered."""
    data, ends = written(payloads)

    for cut in range(len(data) + 1):
        assert whole(data[:cut]) == [p for p, end in zip(payloads, ends, strict=True) if end <= cut]


@given(PAYLOADS, st.data())
def test_flipped_bits_lose_their_frames_alone(payloads: list[bytes], draw: st.DataObject) -> None:
    """Frames without a flipped bit are all recovered, whatever happened to the others."""
    data, ends = written(payloads)
    positions = draw.draw(st.sets(st.integers(0, len(data) * 8 - 1), min_size=1, max_size=6))
    damaged = bytearray(data)
    for position in positions:
        damaged[position // 8] ^= 1 << position % 8
    begins = [0, *ends[:-1]]
    unhurt = [
        content
        for content, begin, end in zip(payloads, begins, ends, strict=True)
        if not any(begin <= position // 8 < end for position in positions)
    ]

    assert whole(bytes(damaged)) == unhurt


@given(st.binary(max_size=200), PAYLOADS, st.binary(max_size=200))
def test_the_parts_cover_everything(before: bytes, payloads: list[bytes], after: bytes) -> None:
    """No byte is skipped in silence: frames, damage and tail lie end to end."""
    data = before + written(payloads)[0] + after

    at = 0
    for part in scan(data):
        assert part.start == at
        at = part.end
    assert at == len(data)


def test_a_broken_head_is_damage() -> None:
    """Bytes in front of a good frame are told apart from an unfinished end."""
    good = encode(b"{}")

    parts = list(scan(MARKER + b"\xff" * (HEAD_BYTES - 4) + good + good[:-1]))

    assert [type(part) for part in parts] == [Damage, Frame, Tail]
