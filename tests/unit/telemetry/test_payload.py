"""Batches as bytes and back."""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.telemetry.journal.payload import UNKEEPABLE, UnreadablePayloadError, count_records, dump, load
from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    Record,
    RecordBatch,
    event_ids,
)

NOW = datetime(2026, 3, 3, 16, 0, 0, 123456, UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC))
DURATIONS = st.floats(min_value=0, max_value=1e9)
TEXTS = st.text(max_size=10)
METADATA = st.none() | st.dictionaries(TEXTS, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        OperationRecord,
        bot_name=st.just("lead_bot"),
        operation=TEXTS,
        duration_ms=DURATIONS,
        timestamp=MOMENTS,
        metadata=METADATA,
        cache_hit=st.none() | st.booleans(),
    ),
    st.builds(
        InteractionRecord, bot_type=st.just("buyer"), duration_ms=DURATIONS, timestamp=MOMENTS, metadata=METADATA
    ),
    st.builds(
        HandoffEventRecord,
        source_bot=st.just("lead"),
        target_bot=st.just("human"),
        success=st.booleans(),
        duration_ms=DURATIONS,
        timestamp=MOMENTS,
    ),
    st.builds(
        HandoffOutcomeRecord,
        contact_id=TEXTS,
        source_bot=st.just("lead"),
        target_bot=st.just("buyer"),
        outcome=st.just("timeout"),
        timestamp=MOMENTS,
        resolved_at=st.none() | MOMENTS,
        event_id=st.none() | st.uuids(),
    ),
    st.builds(
        LlmCallRecord, model=TEXTS, purpose=TEXTS, duration_ms=DURATIONS, success=st.booleans(), timestamp=MOMENTS
    ),
)


def an_operation(**changes: Any) -> OperationRecord:
    return OperationRecord(
        **({"bot_name": "lead_bot", "operation": "process", "duration_ms": 1.0, "timestamp": NOW} | changes)
    )


@given(st.none() | st.uuids(), st.lists(RECORDS, max_size=6).map(tuple))
def test_a_batch_comes_back_as_it_was(turn_id: UUID | None, records: tuple[Record, ...]) -> None:
    """Whatever was written is read again, to the microsecond."""
    batch = RecordBatch(turn_id, records)

    assert load(dump(batch)) == batch


@given(st.none() | st.uuids(), st.lists(RECORDS, max_size=12).map(tuple))
def test_records_are_counted_without_being_read(turn_id: UUID | None, records: tuple[Record, ...]) -> None:
    """The backlog counts rows by what a payload begins with."""
    assert count_records(dump(RecordBatch(turn_id, records))) == len(records)


@pytest.mark.parametrize(
    "content",
    [
        b'[3,1,null,["2026-03-03T16:00:00Z","here","c"],[["interaction","lead",1.5,true,null,{"a":1}]]]',
        b'[2,1,null,[["interaction","lead",1.5,"2026-03-03T16:00:00+00:00","here",true,null,{"a":1},"c"]]]',
        b'{"turn":null,"records":[["interaction",{"bot_type":"lead","duration_ms":1.5,"location_id":"here",'
        b'"timestamp":"2026-03-03T16:00:00Z","contact_id":"c","metadata":{"a":1}}]]}',
    ],
    ids=["3", "2", "1"],
)
def test_earlier_forms_are_read(content: bytes) -> None:
    """A journal that an earlier version left is shipped by this one."""
    record = InteractionRecord(
        bot_type="lead",
        duration_ms=1.5,
        timestamp=NOW.replace(microsecond=0),
        location_id="here",
        contact_id="c",
        metadata={"a": 1},
    )

    assert load(content) == RecordBatch(None, (record,))
    assert count_records(content) == 1


def test_nan_in_metadata_becomes_null() -> None:
    """JSON has no NaN, so it is kept as null."""
    batch = RecordBatch(None, (an_operation(metadata={"share": float("nan")}),))

    assert load(dump(batch)).records[0].metadata == {"share": None}  # type: ignore[union-attr]


class Step(str):
    """A text of a type of its own."""

    __slots__ = ()


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({"x": 2**70}, {"x": 2**70}),
        ({"x": Step("decide"), "y": Level.LOW, "z": np.float64(1.5)}, {"x": "decide", "y": 1, "z": 1.5}),
        ({"x": MappingProxyType({"y": (1, 2)})}, {"x": {"y": [1, 2]}}),
        (MappingProxyType({"x": 1}), {"x": 1}),
        ({2: "a", None: "b", True: "c"}, {"2": "a", "null": "b", "true": "c"}),
    ],
)
def test_metadata_is_kept_as_far_as_json_goes(metadata: Mapping[Any, Any], kept: dict[str, Any]) -> None:
    """Types of their own, other mappings and keys that are no text cost nothing."""
    batch = RecordBatch(None, (an_operation(metadata=metadata),))

    assert load(dump(batch)).records == (an_operation(metadata=kept),)


NESTED: list[Any] = []
NESTED.append(NESTED)


UNKEEPABLE_VALUES = {"object": object(), "surrogate": "\ud800", "endless": NESTED, "array": np.zeros(2)}


@pytest.mark.parametrize("unkeepable", UNKEEPABLE_VALUES.values(), ids=UNKEEPABLE_VALUES)
def test_metadata_that_is_no_json_costs_the_metadata_alone(unkeepable: object) -> None:
    """The measurement is kept, with a note in place of what JSON cannot hold."""
    batch = RecordBatch(None, (an_operation(metadata={"x": unkeepable}), an_operation(metadata={"y": 1})))

    found = load(dump(batch)).records

    assert [record.metadata for record in found] == [UNKEEPABLE, {"y": 1}]  # type: ignore[union-attr]


def test_a_name_that_is_no_text_is_told() -> None:
    """Outside the metadata nothing is replaced."""
    with pytest.raises(ValueError, match="surrogates"):
        dump(RecordBatch(None, (an_operation(operation="\ud800"),)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"turn":null,"records":[["unheard_of",{}]]}',
        b'[4,1,null,[["interaction","lead",1.5,"2026-03-03T16:00:00Z","here",true,null,null,null]]]',
        b'[3,2,null,["2026-03-03T16:00:00Z","here","c"],[["interaction","lead",1.5,true,null,null]]]',
        b'[2,2,null,[["interaction","lead",1.5,"2026-03-03T16:00:00Z","here",true,null,null,null]]]',
        b'[2,1,null,[["interaction","lead",1.5,"2026-03-03T16:00:00Z","here",true,null,null,null,7]]]',
        b'[2,1,null,[["interaction","lead",-1,"2026-03-03T16:00:00Z","here",true,null,null,null]]]',
        b'[2,1,null,[["interaction","lead",1.5,"2026-03-03T16:00:00","here",true,null,null,null]]]',
        b'[2,1,null,[["interaction","nobody",1.5,"2026-03-03T16:00:00Z","here",true,null,null,null]]]',
        b'[2,1,"no uuid",[["interaction","lead",1.5,"2026-03-03T16:00:00Z","here",true,null,null,null]]]',
        b'[2,1,null,[["interaction","lead",1.5,"2026-03-03T16:00:00Z","here","yes",null,null,null]]]',
    ],
)
def test_what_is_no_batch_is_told(content: bytes) -> None:
    """A frame of another program's making is no batch."""
    with pytest.raises(UnreadablePayloadError):
        load(content)


def test_ids_of_a_turn_are_stable_and_distinct() -> None:
    """The same turn gives the same ids, and a step that comes twice gets two."""
    turn_id = uuid4()
    records = (an_operation(), an_operation(), an_operation(operation="decide"))

    assert event_ids(turn_id, records) == event_ids(turn_id, records)
    assert len(set(event_ids(turn_id, records))) == 3
    assert event_ids(turn_id, records[:1]) == event_ids(turn_id, records)[:1]
