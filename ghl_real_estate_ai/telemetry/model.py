"""What is recorded of a turn, and the latencies that were promised; immutable values that check themselves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from msgspec import Struct
from uuid_utils.compat import uuid5

from ghl_real_estate_ai.errors import Rejected

BOT_NAMES = ("lead_bot", "buyer_bot", "seller_bot", "handoff")
"""Who may have a performance operation; `handoff` is the service that moves contacts."""
BOT_TYPES = ("lead", "buyer", "seller")
"""Who may have an interaction."""
ROUTE_ENDS = ("lead", "buyer", "seller", "human")
"""Where a handoff may begin or end."""
OUTCOMES = ("pending", "successful", "failed", "reverted", "timeout")

WINDOWS: Mapping[str, timedelta] = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7)}


class UnknownNameError(Rejected, ValueError):
    """A bot, window or outcome of a name we do not know; the message lists those we do."""


class BadRecordError(Rejected, ValueError):
    """A record that could never be stored: a time without a zone, or a duration that is no number of ms >= 0."""


@dataclass(frozen=True, slots=True)
class SlaTarget:
    """The latencies promised for one operation, in milliseconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


SLA_TARGETS: Mapping[tuple[str, str], SlaTarget] = {
    ("lead_bot", "full_qualification"): SlaTarget(500, 2000, 3000),
    ("lead_bot", "process"): SlaTarget(300, 1500, 2000),
    ("lead_bot", "handoff"): SlaTarget(100, 500, 800),
    ("buyer_bot", "full_qualification"): SlaTarget(800, 2500, 3500),
    ("buyer_bot", "process"): SlaTarget(400, 1800, 2500),
    ("buyer_bot", "handoff"): SlaTarget(100, 500, 800),
    ("seller_bot", "full_qualification"): SlaTarget(700, 2500, 3500),
    ("seller_bot", "process"): SlaTarget(400, 1800, 2500),
    ("seller_bot", "handoff"): SlaTarget(100, 500, 800),
    ("handoff", "execute"): SlaTarget(100, 500, 800),
}
"""By (bot name, operation); an operation that is not here has no promise."""


class _Recorded(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What every record is: immutable, and in the journal the list of its kind and of its values.

    The order of the fields is the journal's, and journals outlive a version: a new field comes last, and has a default.
    """


class OperationRecord(_Recorded, frozen=True, kw_only=True, tag="operation"):
    """One timed step of a bot: `understand`, `decide`, `phrase`, `save`, `process`, `handoff`, `execute`, ..."""

    bot_name: str
    operation: str
    duration_ms: float
    timestamp: datetime
    location_id: str = "default"
    success: bool = True
    cache_hit: bool | None = None
    """None when the step consulted no cache."""
    metadata: Mapping[str, Any] | None = None
    contact_id: str | None = None

    def __post_init__(self) -> None:
        check_name(self.bot_name, BOT_NAMES, "bot_name")
        check_measure(self.timestamp, self.duration_ms)


class InteractionRecord(_Recorded, frozen=True, kw_only=True, tag="interaction"):
    """One turn of a bot with a contact, as a whole."""

    bot_type: str
    duration_ms: float
    timestamp: datetime
    location_id: str = "default"
    success: bool = True
    cache_hit: bool | None = None
    metadata: Mapping[str, Any] | None = None
    contact_id: str | None = None

    def __post_init__(self) -> None:
        check_name(self.bot_type, BOT_TYPES, "bot_type")
        check_measure(self.timestamp, self.duration_ms)


class HandoffEventRecord(_Recorded, frozen=True, kw_only=True, tag="handoff_event"):
    """One attempt to move a contact, whether it worked and how long it took."""

    source_bot: str
    target_bot: str
    success: bool
    duration_ms: float
    timestamp: datetime
    location_id: str = "default"
    metadata: Mapping[str, Any] | None = None
    contact_id: str | None = None

    def __post_init__(self) -> None:
        check_name(self.source_bot, ROUTE_ENDS, "source_bot")
        check_name(self.target_bot, ROUTE_ENDS, "target_bot")
        check_measure(self.timestamp, self.duration_ms)


class HandoffOutcomeRecord(_Recorded, frozen=True, kw_only=True, tag="handoff_outcome"):
    """How one handoff went; `pending` until it is known."""

    contact_id: str
    source_bot: str
    target_bot: str
    outcome: str
    timestamp: datetime
    """The moment of the handoff; of an outcome told later, the moment of telling."""
    resolved_at: datetime | None = None
    location_id: str = "default"
    metadata: Mapping[str, Any] | None = None
    event_id: UUID | None = None
    """The row's id where the caller has one, else derived when it is shipped."""

    def __post_init__(self) -> None:
        check_name(self.source_bot, ROUTE_ENDS, "source_bot")
        check_name(self.target_bot, ROUTE_ENDS, "target_bot")
        check_name(self.outcome, OUTCOMES, "outcome")
        check_moment(self.timestamp)
        if self.resolved_at is not None:
            check_moment(self.resolved_at)


class LlmCallRecord(_Recorded, frozen=True, kw_only=True, tag="llm_call"):
    """One call of a language model and what it cost."""

    model: str
    purpose: str
    duration_ms: float
    success: bool
    timestamp: datetime
    location_id: str = "default"
    contact_id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    error: str | None = None
    """The error's class, never the text of a message."""

    def __post_init__(self) -> None:
        check_measure(self.timestamp, self.duration_ms)
        if self.cost_usd is not None and not math.isfinite(self.cost_usd):
            raise BadRecordError(f"cost_usd must be a number, not {self.cost_usd!r}", field="cost_usd")


Record: TypeAlias = OperationRecord | InteractionRecord | HandoffEventRecord | HandoffOutcomeRecord | LlmCallRecord


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """What is written as one frame: the records of a turn, or those of a single call when `turn_id` is None."""

    turn_id: UUID | None
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class WiringStatus:
    """Whether a service is joined to its repository, as `/ready` tells it."""

    attached: bool
    hydrated: bool
    writing: bool
    """The last write succeeded, or none was due."""
    detail: str

    @property
    def is_ok(self) -> bool:
        return self.attached and self.hydrated and self.writing


def kind_of(record_type: type[Record]) -> str:
    """What the journal calls a record of this type."""
    return str(record_type.__struct_config__.tag)


def step_of(record: Record) -> str:
    """Name what *record* measures within its turn; with the turn and a count it makes the row's id."""
    match record:
        case OperationRecord():
            return f"operation:{record.bot_name}:{record.operation}"
        case InteractionRecord():
            return f"interaction:{record.bot_type}"
        case HandoffEventRecord():
            return f"handoff:{record.source_bot}:{record.target_bot}"
        case HandoffOutcomeRecord():
            return f"outcome:{record.source_bot}:{record.target_bot}"
        case LlmCallRecord():
            return f"llm:{record.purpose}"


def event_ids(turn_id: UUID, records: tuple[Record, ...]) -> tuple[UUID, ...]:
    """Derive one id a record: uuid5(turn, step and how many of that step came before in the turn).

    The same turn gives the same ids wherever they are derived, so a row that is written twice is one row.
    """
    seen: dict[str, int] = {}
    ids = []
    for record in records:
        step = step_of(record)
        n = seen.get(step, 0)
        seen[step] = n + 1
        ids.append(event_id_of(turn_id, step, n))
    return tuple(ids)


def event_id_of(turn_id: UUID, step: str, n: int = 0) -> UUID:
    """The id of the *n*-th record of *step* in a turn."""
    return uuid5(turn_id, f"{step}/{n}")


def window_of(name: str) -> timedelta:
    """Return the span of the window *name*; raises UnknownNameError (a ValueError) for another name."""
    check_name(name, tuple(WINDOWS), "window")
    return WINDOWS[name]


def check_name(name: str, known: tuple[str, ...], field: str) -> None:
    """Raise UnknownNameError unless *name* is one of *known*."""
    if name not in known:
        raise UnknownNameError(f"{field} must be one of {', '.join(known)}, not {name!r}", field=field)


def check_moment(moment: datetime) -> None:
    """Raise BadRecordError unless *moment* knows its zone."""
    if moment.tzinfo is None:
        raise BadRecordError(f"a time needs a zone: {moment!r}", field="timestamp")


def check_measure(timestamp: datetime, duration_ms: float) -> None:
    """Raise BadRecordError unless both can be stored."""
    check_moment(timestamp)
    if not 0 <= duration_ms < math.inf:
        raise BadRecordError(f"duration_ms must be a number >= 0, not {duration_ms!r}", field="duration_ms")
