"""A payload's rows as bytes, against the driver's own packing of the same rows."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import psycopg.adapt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg._copy_base import format_row_binary
from psycopg.pq import Format

from ghl_real_estate_ai.telemetry.journal import payload
from ghl_real_estate_ai.telemetry.journal.encode_copy import MOST_REMEMBERED, CopyBlocks, CopyEncoder
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS, rows_of, table_of, values_of
from ghl_real_estate_ai.telemetry.model import (
    BOT_NAMES,
    BOT_TYPES,
    ROUTE_ENDS,
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    Record,
    RecordBatch,
)

NOW = datetime(2026, 3, 3, 16, 0, 0, 123456, UTC)
ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)  # noqa: DTZ001 - the bounds
DURATIONS = st.floats(min_value=0, allow_infinity=False) | st.integers(0, 2**60)
TEXTS = st.text(max_size=10)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=True) | TEXTS
METADATA = st.none() | st.dictionaries(TEXTS, st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3)))
HITS = st.none() | st.booleans()
COUNTS = st.none() | st.integers(-(2**31), 2**31 - 1)
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "timestamp": MOMENTS,
    "duration_ms": DURATIONS,
    "location_id": TEXTS,
    "contact_id": st.none() | TEXTS,
}
RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        OperationRecord,
        bot_name=st.sampled_from(BOT_NAMES),
        operation=TEXTS,
        success=st.booleans(),
        cache_hit=HITS,
        metadata=METADATA,
        **COMMON,
    ),
    st.builds(
        InteractionRecord,
        bot_type=st.sampled_from(BOT_TYPES),
        success=st.booleans(),
        cache_hit=HITS,
        metadata=METADATA,
        **COMMON,
    ),
    st.builds(
        HandoffEventRecord,
        source_bot=st.sampled_from(ROUTE_ENDS),
        target_bot=st.sampled_from(ROUTE_ENDS),
        success=st.booleans(),
        metadata=METADATA,
        **COMMON,
    ),
    st.builds(
        LlmCallRecord,
        model=TEXTS,
        purpose=TEXTS,
        success=st.booleans(),
        input_tokens=COUNTS,
        output_tokens=COUNTS,
        cost_usd=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        error=st.none() | TEXTS,
        **COMMON,
    ),
)


@st.composite
def batches(draw: st.DrawFn) -> RecordBatch:
    """Records of one contact and moment, as those of a turn are, or of several."""
    shared = {"timestamp": draw(MOMENTS), "location_id": draw(TEXTS), "contact_id": draw(st.none() | TEXTS)}
    records = draw(st.lists(RECORDS, min_size=1, max_size=8))
    if draw(st.booleans()):
        records = [replace(record, **shared) for record in records]
    return RecordBatch(draw(st.none() | st.uuids()), tuple(records))


SEGMENT = UUID("0190aaaa-0000-7000-8000-000000000001")


def an_operation(**changes: Any) -> OperationRecord:
    return OperationRecord(
        **({"bot_name": "lead_bot", "operation": "process", "duration_ms": 1.0, "timestamp": NOW} | changes)
    )


def packed_by_the_driver(content: bytes, offset: int) -> dict[str, bytes]:
    """What the driver makes of a payload's rows, by table."""
    blocks: dict[str, bytearray] = defaultdict(bytearray)
    registry = psycopg.adapters.types
    for row in rows_of(payload.load(content), SEGMENT, offset):
        target = TARGETS[table_of(row.record)]
        transformer = psycopg.adapt.Transformer()
        transformer.set_dumper_types([registry.get_oid(name) for name in target.types], Format.BINARY)
        format_row_binary(values_of(target, row), transformer, blocks[target.table])
    return {table: bytes(block) for table, block in blocks.items()}


def encoded(content: bytes, offset: int = 24, encoder: CopyEncoder | None = None) -> dict[str, bytes]:
    blocks = CopyBlocks()
    (encoder or CopyEncoder()).add(blocks, payload.load(content), SEGMENT, offset)
    return {table: blocks.take(table) for table in blocks.tables}


@given(batches(), st.integers(24, 2**40))
def test_the_bytes_are_those_of_the_driver(batch: RecordBatch, offset: int) -> None:
    """Whatever is recorded, each row is byte for byte what the driver would have sent."""
    content = payload.dump(batch)

    assert encoded(content, offset) == packed_by_the_driver(content, offset)


@given(st.lists(batches(), min_size=2, max_size=5))
def test_what_is_remembered_changes_nothing(several: list[RecordBatch]) -> None:
    """An encoder that has met other payloads encodes as a new one does."""
    contents = [payload.dump(batch) for batch in several]
    one = CopyEncoder()

    together = [encoded(content, encoder=one) for content in contents]

    assert together == [encoded(content) for content in contents]


def test_steps_of_a_turn_that_repeat_keep_ids_of_their_own() -> None:
    """The third operation of the same name in a turn is the third row."""
    content = payload.dump(RecordBatch(uuid4(), (an_operation(), an_operation(), an_operation(operation="x"))))

    assert encoded(content) == packed_by_the_driver(content, 24)


def test_counts_tell_what_was_added_though_it_was_taken() -> None:
    """Rows are handed on while others follow, and counted once."""
    encoder, blocks = CopyEncoder(), CopyBlocks()
    batch = RecordBatch(None, (an_operation(), an_operation()))
    encoder.add(blocks, batch, SEGMENT, 24)
    first = blocks.take("jorge_performance_operations")
    encoder.add(blocks, batch, SEGMENT, 24)

    second = blocks.take("jorge_performance_operations")

    assert first == second
    assert blocks.counts == {"jorge_performance_operations": 4}


def test_more_names_than_are_remembered() -> None:
    """Names are free texts: there may be any number of them."""
    encoder = CopyEncoder()
    for n in range(MOST_REMEMBERED + 10):
        batch = RecordBatch(None, (an_operation(operation=str(n)),))

        assert encoder.add(CopyBlocks(), batch, SEGMENT, 24)

    assert len(encoder._known) <= MOST_REMEMBERED


OUTCOME = HandoffOutcomeRecord(contact_id="c", source_bot="lead", target_bot="buyer", outcome="pending", timestamp=NOW)
LLM_CALL = LlmCallRecord(
    model="m", purpose="p", duration_ms=1, success=True, timestamp=NOW, input_tokens=2**31, output_tokens=1
)


@pytest.mark.parametrize("other", [OUTCOME, LLM_CALL], ids=["outcome", "llm_call"])
def test_what_is_not_ordinary_is_left_to_the_long_way(other: Record) -> None:
    """Nothing of a batch is taken unless all of it is."""
    blocks = CopyBlocks()

    taken = CopyEncoder().add(blocks, RecordBatch(None, (an_operation(), other)), SEGMENT, 24)

    assert not taken
    assert blocks.tables == []
