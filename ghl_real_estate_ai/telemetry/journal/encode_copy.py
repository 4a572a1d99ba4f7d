"""Batches as the bytes of a binary COPY, with no row or driver in between.

This is what a shipper's processor spends its time on, so a row costs one hash for its id and a few joined bytes; what
the records of a turn share is packed once, and names that were met are remembered.  Whatever does not fit its column
is left to `rows_of`, and so to PostgreSQL, which says what is wrong with it.  Both ways make the same rows.
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import uuid_utils

from ghl_real_estate_ai.telemetry.journal.rows import TARGETS
from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    Record,
    RecordBatch,
    step_of,
)
from ghl_real_estate_ai.telemetry.statements import jsonb_text

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""What a binary COPY begins with: its mark, no flags, no extension."""
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
UUID_BYTES = 16
JSONB_VERSION = 1
MICROSECOND = timedelta(microseconds=1)
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MOST_REMEMBERED = 4096
"""Names of operations and models are free texts; when more than this were met, all are forgotten."""

_pack_column_count = struct.Struct("!h").pack
_pack_length = struct.Struct("!i").pack
_pack_int4 = struct.Struct("!ii").pack
_pack_float8 = struct.Struct("!id").pack
_pack_moment = struct.Struct("!iq").pack
_pack_jsonb_head = struct.Struct("!ib").pack
_BOOLS = {False: b"\0\0\0\1\0", True: b"\0\0\0\1\1", None: NULL}

_ENDS = {(success, hit): _BOOLS[success] + _BOOLS[hit] + NULL for success in (False, True) for hit in _BOOLS}
"""Of an operation without metadata, as most are."""

_DOES_NOT_FIT = (KeyError, OverflowError, struct.error)
"""How packing ends where a value does not fit its column, and where a kind is no plain insert."""


class CopyBlocks:
    """Rows on their way to their tables, as bytes."""

    def __init__(self) -> None:
        self._rows: dict[str, list[bytes]] = defaultdict(list)
        self.counts: dict[str, int] = defaultdict(int)
        """By table, how many were added; those that were taken are among them."""

    @property
    def tables(self) -> list[str]:
        """Where rows are to go, in a steady order."""
        return sorted(self.counts)

    def add(self, rows: Mapping[str, Sequence[bytes]]) -> None:
        """Add encoded rows by their tables."""
        for table, of_table in rows.items():
            self._rows[table].extend(of_table)
            self.counts[table] += len(of_table)

    def take(self, table: str) -> bytes:
        """The rows of a table since they were last taken, without what a COPY begins and ends with."""
        return b"".join(self._rows.pop(table, ()))


@dataclass(frozen=True, slots=True)
class _Form:
    """How the records of one kind become rows of its table."""

    table: str
    names_of: Callable[[Any], tuple[str, ...]]
    """Few differ, so their bytes are remembered."""
    pack_rest: Callable[[Any], bytes]


@dataclass(frozen=True, slots=True)
class _Known:
    """What records with the same names have in common."""

    step: str
    first_name: str
    """What the id of a turn's first record of this step is made of."""
    head: bytes
    names: bytes


class CopyEncoder:
    """Encodes batch after batch, and remembers the names it has met."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[Record], tuple[str, ...]], _Known] = {}

    def add(self, blocks: CopyBlocks, batch: RecordBatch, segment_id: UUID, offset: int) -> bool:
        """Add the rows of the batch at *offset* of a segment.

        When it returns False nothing was added and it takes `rows_of`: for an outcome (which is no plain insert), or
        a value that does not fit.
        """
        try:
            rows = self._rows(batch, segment_id, offset)
        except _DOES_NOT_FIT:
            return False
        blocks.add(rows)
        return True

    def _rows(self, batch: RecordBatch, segment_id: UUID, offset: int) -> dict[str, list[bytes]]:
        """Encode a batch's records, by table; written for speed, since this is the inner loop of shipping."""
        turn_id, uuid5, remembered = batch.turn_id, uuid_utils.uuid5, self._known
        namespace = uuid_utils.UUID(bytes=(turn_id or segment_id).bytes)
        rows: dict[str, list[bytes]] = defaultdict(list)
        seen: dict[str, int] = {}
        shared: tuple[datetime, str, str | None] | None = None
        packed_shared = b""
        for place, record in enumerate(batch.records):
            form = _FORMS[type(record)]
            key = (type(record), form.names_of(record))
            known = remembered.get(key) or self._learn(key, form, record)
            if turn_id is None:
                name = f"{offset}/{place}"
            else:
                n = seen.get(known.step, 0)
                seen[known.step] = n + 1
                name = known.first_name if n == 0 else f"{known.step}/{n}"
            event_id = uuid5(namespace, name)
            if shared != (its := (record.timestamp, record.location_id, record.contact_id)):
                shared, packed_shared = its, _pack_shared(*its)
            rows[form.table].append(known.head + event_id.bytes + packed_shared + known.names + form.pack_rest(record))
        return rows

    def _learn(self, key: tuple[type[Record], tuple[str, ...]], form: _Form, record: Record) -> _Known:
        head = _pack_column_count(len(TARGETS[form.table].columns)) + _pack_length(UUID_BYTES)
        step = step_of(record)
        known = _Known(step, f"{step}/0", head, b"".join(_pack_text(name) for name in key[1]))
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = known
        return known


def _pack_shared(timestamp: datetime, location_id: str, contact_id: str | None) -> bytes:
    return (
        _pack_text(location_id)
        + _pack_moment(8, (timestamp - POSTGRES_EPOCH) // MICROSECOND)
        + _pack_optional_text(contact_id)
    )


def _pack_operation(record: OperationRecord) -> bytes:
    if record.metadata is None:
        return _pack_float8(8, record.duration_ms) + _ENDS[record.success, record.cache_hit]
    return _pack_float8(8, record.duration_ms) + _pack_end(record)


def _pack_interaction(record: InteractionRecord) -> bytes:
    return _pack_float8(8, record.duration_ms) + _pack_end(record)


def _pack_end(record: OperationRecord | InteractionRecord) -> bytes:
    return _BOOLS[record.success] + _BOOLS[record.cache_hit] + _pack_jsonb(record.metadata)


def _pack_handoff_event(record: HandoffEventRecord) -> bytes:
    return _BOOLS[record.success] + _pack_float8(8, record.duration_ms) + _pack_jsonb(record.metadata)


def _pack_llm_call(record: LlmCallRecord) -> bytes:
    return b"".join(
        (
            NULL if record.input_tokens is None else _pack_int4(4, record.input_tokens),
            NULL if record.output_tokens is None else _pack_int4(4, record.output_tokens),
            NULL if record.cost_usd is None else _pack_float8(8, record.cost_usd),
            _pack_float8(8, record.duration_ms),
            _BOOLS[record.success],
            _pack_optional_text(record.error),
        )
    )


def _pack_text(text: str) -> bytes:
    encoded = text.encode()
    return _pack_length(len(encoded)) + encoded


def _pack_optional_text(text: str | None) -> bytes:
    return NULL if text is None else _pack_text(text)


def _pack_jsonb(value: Any) -> bytes:
    if value is None:
        return NULL
    encoded = jsonb_text(value)
    return _pack_jsonb_head(len(encoded) + 1, JSONB_VERSION) + encoded


_FORMS: Mapping[type[Record], _Form] = {
    OperationRecord: _Form("jorge_performance_operations", attrgetter("bot_name", "operation"), _pack_operation),
    InteractionRecord: _Form("jorge_bot_interactions", lambda record: (record.bot_type,), _pack_interaction),
    HandoffEventRecord: _Form("jorge_handoff_events", attrgetter("source_bot", "target_bot"), _pack_handoff_event),
    LlmCallRecord: _Form("llm_calls", attrgetter("model", "purpose"), _pack_llm_call),
}
