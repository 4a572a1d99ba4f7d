"""The answers under `/api/jorge`, as they are on the wire; null means no data, never 0."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Window = Literal["1h", "24h", "7d"]
Share = Annotated[float | None, Field(description="0 to 1; null without data")]
Milliseconds = Annotated[float | None, Field(description="null without data")]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Targets(_Answer):
    p50_ms: float
    p95_ms: float
    p99_ms: float


class Sla(_Answer):
    status: Literal["compliant", "violated", "insufficient_data"]
    targets: Targets | None = Field(description="null where nothing was promised")
    violations: list[str]


class Operation(_Answer):
    """One operation of a bot; durations are those of successful calls."""

    bot: str
    operation: str
    count: int
    errors: int
    p50_ms: Milliseconds
    p95_ms: Milliseconds
    p99_ms: Milliseconds
    mean_ms: Milliseconds
    success_rate: Share
    cache_hit_rate: Share
    sla: Sla


class Performance(_Answer):
    window: Window
    operations: list[Operation]


class BotFigures(_Answer):
    total_interactions: int
    success_rate: Share
    error_rate: Share
    avg_duration_ms: Milliseconds
    p95_duration_ms: Milliseconds
    cache_hit_rate: Share


class HandoffFigures(_Answer):
    """Handoffs carried out; how they turned out later is under `handoffs`."""

    total_handoffs: int
    success_rate: Share
    failure_rate: Share
    avg_duration_ms: Milliseconds
    p95_duration_ms: Milliseconds


class Metrics(_Answer):
    bots: dict[Literal["lead", "buyer", "seller"], BotFigures]
    handoffs: HandoffFigures
    overall: BotFigures


class Route(_Answer):
    """One route: how its handoffs went, and what that taught."""

    source: str
    target: str
    count: int
    pending: int
    successful: int
    failed: int
    reverted: int
    timeout: int
    success_rate: Share
    threshold: float | None = Field(description="the confidence it takes now; null on the way to a person")
    adjustment: float | None = Field(description="what was learned, part of the threshold")
    sample_size: int
    interval: tuple[float, float] | None = Field(description="90 % interval of the success rate")


class Handoffs(_Answer):
    routes: list[Route]
    blocked: dict[str, int] = Field(description="how often each limit forbade a handoff, by reason")


class AlertAnswer(_Answer):
    id: str
    rule_name: str
    severity: Literal["critical", "warning", "info"]
    message: str
    triggered_at: datetime
    acknowledged: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    channels_sent: list[str]


class Alerts(_Answer):
    alerts: list[AlertAnswer]


class Acknowledgement(_Answer):
    """Who has taken the alert up."""

    model_config = ConfigDict(extra="forbid")

    acknowledged_by: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    ] = "api"


class RuleAnswer(_Answer):
    name: str
    severity: Literal["critical", "warning", "info"]
    cooldown_seconds: int
    channels: list[str]
    description: str
    active: bool
    condition: dict[str, Any] = Field(description="what is compared, over which window, with how many samples")


class Rules(_Answer):
    rules: list[RuleAnswer]


class RuleSwitch(_Answer):
    model_config = ConfigDict(extra="forbid", strict=True)

    active: bool


class MessageAnswer(_Answer):
    message_id: UUID
    turn_id: UUID | None
    direction: Literal["inbound", "outbound"]
    author: str
    channel: str
    text: str
    intents: dict[str, float]
    at: datetime


class FactAnswer(_Answer):
    slot: str
    value: Any
    confidence: float
    source_message_id: UUID | None
    stated_at: datetime


class TurnAnswer(_Answer):
    turn_id: UUID
    at: datetime
    owner_before: str
    owner_after: str
    asked: str | None
    flags: list[str]
    reasons: list[str]
    signals: dict[str, Any]
    timings: dict[str, float]


class ConsentAnswer(_Answer):
    """The latest consent to texts of the contact, or of its number."""

    source: str = Field(description="inbound_text, opt_in, form or tag")
    evidence: str | None = Field(description="what the form, field or tag says, with the words shown there if noted")
    given_at: datetime = Field(description="when we learned of it, for a form or a tag")
    revoked_at: datetime | None
    revoked_by: str | None


class ConversationLine(_Answer):
    location_id: str
    contact_id: str
    first_name: str | None
    owner: str
    opted_out: bool
    message_count: int
    last_message: MessageAnswer | None
    updated_at: datetime


class Conversations(_Answer):
    conversations: list[ConversationLine]
    next_cursor: str | None = Field(description="null on the last page")


class ConversationAnswer(_Answer):
    """One conversation: messages and turns oldest first, facts as known now."""

    location_id: str
    contact_id: str
    first_name: str | None
    tags: list[str] | None = Field(description="null while unknown")
    dnd: bool | None
    consent: ConsentAnswer | None = Field(description="null where nothing is known: then nothing is started")
    owner: str
    version: int
    opted_out: bool
    state: dict[str, Any]
    updated_at: datetime
    messages: list[MessageAnswer]
    facts: list[FactAnswer]
    turns: list[TurnAnswer]
