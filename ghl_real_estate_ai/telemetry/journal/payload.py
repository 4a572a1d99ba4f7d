"""A batch as JSON bytes, and back.

NaN and infinities inside metadata become null, for JSON has no word for them.  Metadata that JSON cannot hold at all
is replaced by a note, so that the measurement itself is kept.
"""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    Record,
    RecordBatch,
)

KINDS: dict[str, type[Record]] = {
    "operation": OperationRecord,
    "interaction": InteractionRecord,
    "handoff_event": HandoffEventRecord,
    "handoff_outcome": HandoffOutcomeRecord,
    "llm_call": LlmCallRecord,
}
_KIND_OF = {record_type: kind for kind, record_type in KINDS.items()}
_FIELDS = {record_type: tuple(field.name for field in fields(record_type)) for record_type in KINDS.values()}
_MOMENTS = ("timestamp", "resolved_at")
UNKEEPABLE = {"dropped": "the metadata was not JSON"}


class UnreadablePayloadError(ValueError):
    """A frame whose checksum is right and whose content is no batch: written by another version of this program."""


def dump(batch: RecordBatch) -> bytes:
    """Write *batch* as JSON.

    Raises:
        TypeError: a text that is no Unicode, such as a lone surrogate, outside the metadata.
    """
    try:
        return _dump(batch, batch.records)
    except TypeError:
        return _dump(batch, tuple(_with_keepable_metadata(record) for record in batch.records))


def load(payload: bytes) -> RecordBatch:
    """Read a batch back.

    Raises:
        UnreadablePayloadError: the payload is no batch.
    """
    try:
        document = orjson.loads(payload)
        turn_id = None if document["turn"] is None else UUID(document["turn"])
        return RecordBatch(turn_id, tuple(_record(kind, values) for kind, values in document["records"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePayloadError(f"{type(error).__name__}: {error}") from error


def dump_record(record: Record) -> bytes:
    """One record as JSON, for a dead letter."""
    return orjson.dumps(_entry(record), default=_json_value)


def _dump(batch: RecordBatch, records: tuple[Record, ...]) -> bytes:
    return orjson.dumps(
        {"turn": batch.turn_id, "records": [_entry(record) for record in records]},
        default=_json_value,
        option=orjson.OPT_NON_STR_KEYS,
    )


def _entry(record: Record) -> tuple[str, dict[str, Any]]:
    record_type = type(record)
    values = {name: value for name in _FIELDS[record_type] if (value := getattr(record, name)) is not None}
    return _KIND_OF[record_type], values


def _json_value(value: object) -> object:
    # Other mappings and the like: orjson itself knows dict, list, tuple, str, numbers, UUID and datetime.
    if hasattr(value, "items"):
        return dict(value.items())
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _with_keepable_metadata(record: Record) -> Record:
    if isinstance(record, LlmCallRecord) or record.metadata is None:
        return record
    try:
        orjson.dumps(record.metadata, default=_json_value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return replace(record, metadata=UNKEEPABLE)
    return record


def _record(kind: str, values: dict[str, Any]) -> Record:
    for name in _MOMENTS:
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    if "event_id" in values:
        values["event_id"] = UUID(values["event_id"])
    return KINDS[kind](**values)
