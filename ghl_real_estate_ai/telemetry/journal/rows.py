"""Records as rows: which table, which columns, in the order and the types of a binary COPY."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid5

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
from ghl_real_estate_ai.telemetry.statements import to_jsonb


@dataclass(frozen=True, slots=True)
class Target:
    """A table that records are copied into."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    """The record's own values, for the columns after `event_id`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record on its way to its table."""

    event_id: UUID
    record: Record


OPERATIONS_TABLE = "jorge_performance_operations"
OUTCOMES_TABLE = "jorge_handoff_outcomes"

_OPERATIONS = Target(
    OPERATIONS_TABLE,
    ("event_id", "location_id", "timestamp", "contact_id", "bot_name", "operation", "duration_ms", "success",
     "cache_hit", "metadata"),
    ("uuid", "text", "timestamptz", "text", "text", "text", "float8", "bool", "bool", "jsonb"),
    lambda r: (r.location_id, r.timestamp, r.contact_id, r.bot_name, r.operation, float(r.duration_ms), r.success,
               r.cache_hit, to_jsonb(r.metadata)),
)  # fmt: skip
_INTERACTIONS = Target(
    "jorge_bot_interactions",
    ("event_id", "location_id", "timestamp", "contact_id", "bot_type", "duration_ms", "success", "cache_hit",
     "metadata"),
    ("uuid", "text", "timestamptz", "text", "text", "float8", "bool", "bool", "jsonb"),
    lambda r: (r.location_id, r.timestamp, r.contact_id, r.bot_type, float(r.duration_ms), r.success, r.cache_hit,
               to_jsonb(r.metadata)),
)  # fmt: skip
_HANDOFF_EVENTS = Target(
    "jorge_handoff_events",
    ("event_id", "location_id", "timestamp", "contact_id", "source_bot", "target_bot", "success", "duration_ms",
     "metadata"),
    ("uuid", "text", "timestamptz", "text", "text", "text", "bool", "float8", "jsonb"),
    lambda r: (r.location_id, r.timestamp, r.contact_id, r.source_bot, r.target_bot, r.success, float(r.duration_ms),
               to_jsonb(r.metadata)),
)  # fmt: skip
_LLM_CALLS = Target(
    "llm_calls",
    ("event_id", "location_id", "timestamp", "contact_id", "model", "purpose", "input_tokens", "output_tokens",
     "cost_usd", "duration_ms", "success", "error"),
    ("uuid", "text", "timestamptz", "text", "text", "text", "int4", "int4", "float8", "float8", "bool", "text"),
    lambda r: (r.location_id, r.timestamp, r.contact_id, r.model, r.purpose, r.input_tokens, r.output_tokens,
               None if r.cost_usd is None else float(r.cost_usd), float(r.duration_ms), r.success, r.error),
)  # fmt: skip

TARGETS = {target.table: target for target in (_OPERATIONS, _INTERACTIONS, _HANDOFF_EVENTS, _LLM_CALLS)}


def rows_of(batch: RecordBatch, segment_id: UUID, offset: int) -> list[Row]:
    """Give each record of a frame its id: from its turn, or from where it lies in the journal.

    An outcome that brings its own id keeps it.
    """
    if batch.turn_id is not None:
        ids = event_ids(batch.turn_id, batch.records)
    else:
        ids = tuple(uuid5(segment_id, f"{offset}/{n}") for n in range(len(batch.records)))
    return [Row(_own_id(record) or derived, record) for derived, record in zip(ids, batch.records, strict=True)]


def table_of(record: Record) -> str:
    """The table a record belongs to."""
    match record:
        case OperationRecord():
            return _OPERATIONS.table
        case InteractionRecord():
            return _INTERACTIONS.table
        case HandoffEventRecord():
            return _HANDOFF_EVENTS.table
        case HandoffOutcomeRecord():
            return OUTCOMES_TABLE
        case LlmCallRecord():
            return _LLM_CALLS.table


def values_of(target: Target, row: Row) -> tuple[Any, ...]:
    """The row's values in the order of the target's columns."""
    return (row.event_id, *target.values(row.record))


def _own_id(record: Record) -> UUID | None:
    return record.event_id if isinstance(record, HandoffOutcomeRecord) else None
