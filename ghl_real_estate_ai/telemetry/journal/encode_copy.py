"""Payloads of the journal as the bytes of a binary COPY, with no record, row or driver in between.

This is what a shipper's processor spends its time on, so a row costs one hash for its id and a few joined bytes; what
the records of a turn share is packed once.  Whatever is not of the ordinary form is left to `payload.load` and
`rows_of`, which also say what is wrong with it.  Both ways make the same rows of the same payload.
"""

import math
import struct
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
import uuid_utils

from ghl_real_estate_ai.telemetry.journal.payload import FORM, read_entry
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS
from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    check_moment,
    step_of,
)

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

_NOT_ORDINARY = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, struct.error)
"""How reading another form ends, and packing what does not fit its column."""

Entry = Sequence[Any]
"""A record as it stands in a payload: its kind, then its own values in the order of its fields."""


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
    """How the entries of one kind become rows of its table."""

    kind: str
    table: str
    key_of: Callable[[Entry], tuple[str, ...]]
    """The kind and the names that follow it: few differ, so their bytes are remembered."""
    pack_rest: Callable[[Entry], bytes]


@dataclass(frozen=True, slots=True)
class _Known:
    """What entries with the same names have in common."""

    step: str
    first_name: str
    """What the id of a turn's first record of this step is made of."""
    head: bytes
    names: bytes


class CopyEncoder:
    """Encodes payload after payload, and remembers the names it has met."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], _Known] = {}

    def add(self, blocks: CopyBlocks, content: bytes, segment_id: UUID, offset: int) -> int:
        """Add the rows of the payload at *offset* of a segment, and return how many.

        With 0 nothing was added and it takes `payload.load`: for another form, an outcome (which is no plain
        insert), or a value that does not fit.
        """
        try:
            form, count, turn, shared, entries = orjson.loads(content)
            if form != FORM or count != len(entries):
                return 0
            rows = self._rows(entries, shared, turn, segment_id, offset)
        except _NOT_ORDINARY:
            return 0
        blocks.add(rows)
        return int(count)

    def _rows(
        self, entries: Sequence[Entry], shared: Sequence[Any], turn: str | None, segment_id: UUID, offset: int
    ) -> dict[str, list[bytes]]:
        """Encode a payload's entries, by table; written for speed, since this is the inner loop of shipping."""
        namespace, uuid5, remembered = (
            uuid_utils.UUID(str(segment_id) if turn is None else turn),
            uuid_utils.uuid5,
            self._known,
        )
        rows: dict[str, list[bytes]] = defaultdict(list)
        seen: dict[str, int] = {}
        packed_shared = _pack_shared(*shared)
        for place, entry in enumerate(entries):
            form = _FORMS[entry[0]]
            known = remembered.get(key := form.key_of(entry)) or self._learn(key, form, entry, shared)
            if turn is None:
                name = f"{offset}/{place}"
            else:
                n = seen.get(known.step, 0)
                seen[known.step] = n + 1
                name = known.first_name if n == 0 else f"{known.step}/{n}"
            event_id = uuid5(namespace, name)
            rows[form.table].append(known.head + event_id.bytes + packed_shared + known.names + form.pack_rest(entry))
        return rows

    def _learn(self, key: tuple[str, ...], form: _Form, entry: Entry, shared: Sequence[Any]) -> _Known:
        head = _pack_column_count(len(TARGETS[form.table].columns)) + _pack_length(UUID_BYTES)
        # Making the record checks the names, once for all entries that have them.
        step = step_of(read_entry(entry, shared))
        known = _Known(step, f"{step}/0", head, b"".join(_pack_text(name) for name in key[1:]))
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = known
        return known


def _pack_shared(timestamp: str, location_id: str, contact_id: str | None) -> bytes:
    moment = datetime.fromisoformat(timestamp)
    check_moment(moment)
    return (
        _pack_text(location_id)
        + _pack_moment(8, (moment - POSTGRES_EPOCH) // MICROSECOND)
        + _pack_optional_text(contact_id)
    )


def _pack_operation(entry: Entry) -> bytes:
    _, _, _, duration_ms, success, cache_hit, metadata = entry
    if not 0 <= duration_ms < math.inf:
        raise ValueError("no duration")
    if metadata is None:
        return _pack_float8(8, duration_ms) + _ENDS[success, cache_hit]
    return _pack_float8(8, duration_ms) + _BOOLS[success] + _BOOLS[cache_hit] + _pack_jsonb(metadata)


def _pack_interaction(entry: Entry) -> bytes:
    _, _, duration_ms, success, cache_hit, metadata = entry
    return _pack_duration(duration_ms) + _BOOLS[success] + _BOOLS[cache_hit] + _pack_jsonb(metadata)


def _pack_handoff_event(entry: Entry) -> bytes:
    _, _, _, success, duration_ms, metadata = entry
    return _BOOLS[success] + _pack_duration(duration_ms) + _pack_jsonb(metadata)


def _pack_llm_call(entry: Entry) -> bytes:
    _, _, _, duration_ms, success, input_tokens, output_tokens, cost_usd, error = entry
    if cost_usd is not None and not math.isfinite(cost_usd):
        raise ValueError("no number")
    return b"".join(
        (
            NULL if input_tokens is None else _pack_int4(4, input_tokens),
            NULL if output_tokens is None else _pack_int4(4, output_tokens),
            NULL if cost_usd is None else _pack_float8(8, cost_usd),
            _pack_duration(duration_ms),
            _BOOLS[success],
            _pack_optional_text(error),
        )
    )


def _pack_duration(duration_ms: float) -> bytes:
    if not 0 <= duration_ms < math.inf:
        raise ValueError("no duration")
    return _pack_float8(8, duration_ms)


def _pack_text(text: str) -> bytes:
    encoded = text.encode()
    return _pack_length(len(encoded)) + encoded


def _pack_optional_text(text: str | None) -> bytes:
    return NULL if text is None else _pack_text(text)


def _pack_jsonb(value: Any) -> bytes:
    if value is None:
        return NULL
    encoded = orjson.dumps(value)
    return _pack_jsonb_head(len(encoded) + 1, JSONB_VERSION) + encoded


def _form(kind: str, table: str, names: int, pack_rest: Callable[[Entry], bytes]) -> _Form:
    return _Form(kind, table, itemgetter(*range(names + 1)), pack_rest)


_FORMS = {
    form.kind: form
    for form in (
        _form(OperationRecord.KIND, "jorge_performance_operations", 2, _pack_operation),
        _form(InteractionRecord.KIND, "jorge_bot_interactions", 1, _pack_interaction),
        _form(HandoffEventRecord.KIND, "jorge_handoff_events", 2, _pack_handoff_event),
        _form(LlmCallRecord.KIND, "llm_calls", 2, _pack_llm_call),
    )
}
