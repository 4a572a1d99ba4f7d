"""Payloads as earlier versions wrote them: a journal that was left is shipped by whatever version comes next.

Form 1 named every value; form 3 wrote once what the records of a turn have in common::

    {"turn": "<turn uuid>" or null, "records": [["operation", {"bot_name": "lead_bot", ...}], ...]}
    [3, 6, "<turn uuid>" or null, ["<time>", "<location>", "<contact>"], [["operation", "lead_bot", ...], ...]]
"""

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
    kind_of,
)

EARLIER_FORM = 3
_RECORD_TYPES: tuple[type[Record], ...] = (
    OperationRecord,
    InteractionRecord,
    HandoffEventRecord,
    HandoffOutcomeRecord,
    LlmCallRecord,
)
_TYPES = {kind_of(record_type): record_type for record_type in _RECORD_TYPES}
_SHARED_FIELDS = ("timestamp", "location_id", "contact_id")
_OWN_FIELDS = {
    kind: tuple(name for name in record_type.__struct_fields__ if name not in _SHARED_FIELDS)
    for kind, record_type in _TYPES.items()
}
_MOMENTS = ("timestamp", "resolved_at")


def read_earlier(payload: bytes) -> RecordBatch:
    """Read a batch of form 1 or 3.

    Raises:
        KeyError, IndexError, TypeError, ValueError, AttributeError: it is none.
    """
    match orjson.loads(payload):
        case {"turn": turn, "records": named}:
            records = [record_of_names(kind, values) for kind, values in named]
        case [form, count, turn, shared, entries] if form == EARLIER_FORM and count == len(entries):
            records = [_record_of_entry(entry, shared) for entry in entries]
        case _:
            raise ValueError("a batch of another form")
    return RecordBatch(None if turn is None else UUID(turn), tuple(records))


def record_of_names(kind: str, values: dict[str, Any]) -> Record:
    """A record from its kind and its values by name, as a dead letter keeps it too.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is none.
    """
    for name in _MOMENTS:
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(values[name])
    if values.get("event_id") is not None:
        values["event_id"] = UUID(values["event_id"])
    return _TYPES[kind](**values)


def _record_of_entry(entry: list[Any], shared: list[Any]) -> Record:
    kind, *values = entry
    own = dict(zip(_OWN_FIELDS[kind], values, strict=True))
    return record_of_names(kind, own | dict(zip(_SHARED_FIELDS, shared, strict=True)))
