"""A batch as JSON bytes, and back.

::

    [2, 6, "<turn uuid>" or null, [["operation", "lead_bot", ...], ...]]

The form's number, how many records there are, the turn, and each record as its kind with its values in the order of
its fields: names would take twice the bytes, and this is paid in every turn.  What earlier versions wrote is read by
`earlier_forms`.

NaN and infinities inside metadata become null, for JSON has no word for them.  Metadata that JSON cannot hold at all
is replaced by a note, so that the measurement itself is kept.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import orjson
from msgspec.structs import replace

from ghl_real_estate_ai.telemetry.journal.earlier_forms import EARLIER_FORM, read_earlier, record_of_names
from ghl_real_estate_ai.telemetry.model import LlmCallRecord, Record, RecordBatch, kind_of

FORM = 2
"""Of the layout above."""
_BEGINNING = b"[%d," % FORM
_BEGINNINGS = (_BEGINNING, b"[%d," % EARLIER_FORM)
_COUNT_AT = len(_BEGINNING)
_OF_A_HANDOFF = b'["handoff_'
_UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""How reading something else ends; what msgspec and orjson raise are ValueErrors."""
UNKEEPABLE = {"dropped": "the metadata was not JSON"}


class UnreadablePayloadError(ValueError):
    """A frame whose checksum is right and whose content is no batch: written by another version of this program."""


def dump(batch: RecordBatch) -> bytes:
    """Write *batch* as JSON.

    Raises:
        TypeError, ValueError: what is not metadata is no JSON, such as a lone surrogate in a name.
    """
    records = batch.records
    try:
        return _encode((FORM, len(records), batch.turn_id, records))
    except (TypeError, ValueError, RecursionError):
        return _encode((FORM, len(records), batch.turn_id, [_with_keepable_metadata(record) for record in records]))


def load(payload: bytes) -> RecordBatch:
    """Read a batch back.

    Raises:
        UnreadablePayloadError: the payload is no batch.
    """
    try:
        if not payload.startswith(_BEGINNING):
            return read_earlier(payload)
        _, count, turn_id, records = _decode(payload)
    except _UNREADABLE as error:
        raise UnreadablePayloadError(f"{type(error).__name__}: {error}") from error
    if count != len(records):
        raise UnreadablePayloadError(f"it has {len(records)} records and says {count}")
    return RecordBatch(turn_id, records)


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
    except _UNREADABLE:
        return None


def has_handoff(payload: bytes) -> bool:
    """Whether a payload may hold what a handoff left, which is never dropped to make room."""
    return _OF_A_HANDOFF in payload or not payload.startswith(_BEGINNINGS)


def dump_record(record: Record) -> bytes:
    """One record as JSON with its names, for a dead letter."""
    values = {name: value for name in record.__struct_fields__ if (value := getattr(record, name)) is not None}
    return _encode((kind_of(type(record)), values))


def load_record(content: bytes) -> Record:
    """Read a dead letter's record back.

    Raises:
        UnreadablePayloadError: it is none.
    """
    try:
        kind, values = msgspec.json.decode(content)
        return record_of_names(kind, values)
    except _UNREADABLE as error:
        raise UnreadablePayloadError(f"{type(error).__name__}: {error}") from error


def _plain(value: object) -> object:
    # Text and numbers of a type of their own, and what is like a dict: the rest the encoder knows or refuses.
    match value:
        case Mapping():
            return dict(value)
        case str():
            return "".join(value)
        case float():
            return float(value)
        case int():
            return int(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
_decode = msgspec.json.Decoder(tuple[int, int, UUID | None, tuple[Record, ...]]).decode


def _with_keepable_metadata(record: Record) -> Record:
    if isinstance(record, LlmCallRecord) or record.metadata is None:
        return record
    return replace(record, metadata=_keepable(record.metadata))


def _keepable(metadata: Mapping[str, Any]) -> Any:
    """What JSON can hold of it: with keys of other types written out, or else a note."""
    try:
        return orjson.loads(orjson.dumps(metadata, default=_plain, option=orjson.OPT_NON_STR_KEYS))
    except TypeError:
        return UNKEEPABLE
