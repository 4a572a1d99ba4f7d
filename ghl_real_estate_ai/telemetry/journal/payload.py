"""A batch as JSON bytes, and back.

::

    [3, 6, "<turn uuid>" or null, ["<time>", "<location>", "<contact>"], [["operation", "lead_bot", ...], ...]]

The form's number, how many records there are, the turn, what all of them have in common, and each record as its kind
with its other values in the order of its fields: a fifth of the bytes and of the time that names would take, and this
is paid in every turn.  Records that do not have these three in common are written in form 2, in which each has all of
its values; form 1 named every value, and is still read.

NaN and infinities inside metadata become null, for JSON has no word for them.  Metadata that JSON cannot hold at all
is replaced by a note, so that the measurement itself is kept.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
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

FORM = 3
"""Of the layout above."""
UNSHARED_FORM = 2
_RECORD_TYPES: tuple[type[Record], ...] = (
    OperationRecord,
    InteractionRecord,
    HandoffEventRecord,
    HandoffOutcomeRecord,
    LlmCallRecord,
)
KINDS: dict[str, type[Record]] = {record_type.KIND: record_type for record_type in _RECORD_TYPES}
FIELDS: dict[str, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(record_type)) for kind, record_type in KINDS.items()
}
"""The order of the values of each kind; another order or another field is another form."""
SHARED_FIELDS = ("timestamp", "location_id", "contact_id")
"""What the records of a turn have in common."""
OWN_FIELDS = {kind: tuple(name for name in names if name not in SHARED_FIELDS) for kind, names in FIELDS.items()}
_ALL_OF = {record_type: attrgetter("KIND", *FIELDS[record_type.KIND]) for record_type in _RECORD_TYPES}
_OWN_OF = {record_type: attrgetter("KIND", *OWN_FIELDS[record_type.KIND]) for record_type in _RECORD_TYPES}
"""Kind and values in one look, for this is paid in every turn."""
_shared_of = attrgetter(*SHARED_FIELDS)
_MOMENTS = ("timestamp", "resolved_at")
_BEGINNINGS = (b"[%d," % FORM, b"[%d," % UNSHARED_FORM)
_COUNT_AT = len(_BEGINNINGS[0])
_OF_A_HANDOFF = b'["handoff_'
UNKEEPABLE = {"dropped": "the metadata was not JSON"}


class UnreadablePayloadError(ValueError):
    """A frame whose checksum is right and whose content is no batch: written by another version of this program."""


def dump(batch: RecordBatch) -> bytes:
    """Write *batch* as JSON.

    Raises:
        TypeError: a text that is no Unicode, such as a lone surrogate, outside the metadata.
    """
    records = batch.records
    try:
        return _dump(batch.turn_id, records)
    except TypeError:
        return _dump(batch.turn_id, tuple(_with_keepable_metadata(record) for record in records))


def load(payload: bytes) -> RecordBatch:
    """Read a batch back.

    Raises:
        UnreadablePayloadError: the payload is no batch.
    """
    try:
        document = orjson.loads(payload)
        turn, records = _turn_and_records(document)
        return RecordBatch(None if turn is None else UUID(turn), tuple(records))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePayloadError(f"{type(error).__name__}: {error}") from error


def count_records(payload: bytes) -> int:
    """How many records a payload holds, without reading them; 1 for one of another form."""
    if not payload.startswith(_BEGINNINGS):
        return 1
    digits = payload[_COUNT_AT : payload.find(b",", _COUNT_AT)]
    return int(digits) if digits.isdigit() else 1


def find_turn(payload: bytes) -> UUID | None:
    """The turn whose records a payload holds; None when it is no turn's, or no batch."""
    try:
        document = orjson.loads(payload)
        turn = document["turn"] if isinstance(document, dict) else document[2]
        return None if turn is None else UUID(turn)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def has_handoff(payload: bytes) -> bool:
    """Whether a payload may hold what a handoff left, which is never dropped to make room."""
    return _OF_A_HANDOFF in payload or not payload.startswith(_BEGINNINGS)


def dump_record(record: Record) -> bytes:
    """One record as JSON with its names, for a dead letter."""
    values = {name: value for name in FIELDS[record.KIND] if (value := getattr(record, name)) is not None}
    return orjson.dumps((record.KIND, values), default=_json_value, option=orjson.OPT_NON_STR_KEYS)


def load_record(content: bytes) -> Record:
    """Read a dead letter's record back.

    Raises:
        UnreadablePayloadError: it is none.
    """
    try:
        kind, values = orjson.loads(content)
        return _record(kind, values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePayloadError(f"{type(error).__name__}: {error}") from error


def _dump(turn_id: UUID | None, records: tuple[Record, ...]) -> bytes:
    if not records:
        return _dump_unshared(turn_id, records)
    at, location_id, contact_id = _shared_of(records[0])
    entries = []
    for record in records:
        # By identity: the records of a turn are made of the same objects, and comparing values takes longer.
        if record.timestamp is not at or record.contact_id is not contact_id or record.location_id is not location_id:
            return _dump_unshared(turn_id, records)
        entries.append(_OWN_OF[type(record)](record))
    return orjson.dumps(
        (FORM, len(entries), turn_id, (at, location_id, contact_id), entries), _json_value, orjson.OPT_NON_STR_KEYS
    )


def _dump_unshared(turn_id: UUID | None, records: tuple[Record, ...]) -> bytes:
    entries = [_ALL_OF[type(record)](record) for record in records]
    return orjson.dumps((UNSHARED_FORM, len(entries), turn_id, entries), _json_value, orjson.OPT_NON_STR_KEYS)


def _turn_and_records(document: Any) -> tuple[str | None, list[Record]]:
    match document:
        case {"turn": turn, "records": named}:
            return turn, [_record(kind, values) for kind, values in named]
        case [form, count, turn, shared, entries] if form == FORM and count == len(entries):
            return turn, [read_entry(entry, shared) for entry in entries]
        case [form, count, turn, entries] if form == UNSHARED_FORM and count == len(entries):
            return turn, [_record(kind, _named(FIELDS[kind], values)) for kind, *values in entries]
    raise ValueError("a batch of another form")


def read_entry(entry: Sequence[Any], shared: Sequence[Any]) -> Record:
    """A record from its kind with its own values, and from what it has in common with others.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    kind, *values = entry
    return _record(kind, _named(OWN_FIELDS[kind], values) | _named(SHARED_FIELDS, shared))


def _named(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


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
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(values[name])
    if values.get("event_id") is not None:
        values["event_id"] = UUID(values["event_id"])
    return KINDS[kind](**values)
