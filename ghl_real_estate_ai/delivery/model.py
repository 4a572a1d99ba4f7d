"""The outbox: effects on the CRM that a turn has decided, each to happen at most once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, TurnId
from ghl_real_estate_ai.crm.model import Effect

REFUSED = "refused"
"""How the reason of an effect begins that the CRM said no to."""
SEND_FAILED = "send_failed"
"""The reason of an event by which the CRM tells that a message did not arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One effect to be carried out; `effect_key` makes a second insert of the same effect a no-op."""

    effect_id: UUID
    effect_key: str
    """`{turn_id}:{n}`."""
    location_id: LocationId
    contact_id: ContactId
    turn_id: TurnId | None
    effect: Effect
    epoch: int
    due_at: datetime | None = None
    """None for now."""
    initiated: bool = False
    """Whether nobody wrote for this: it counts against the day's budget of what we start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEffect:
    """An entry this sender holds until `claimed_until`; `asked_crm` says an earlier try may have got through."""

    entry: OutboxEntry
    attempts: int
    asked_crm: bool
    created_at: datetime
    asked_at: datetime | None = None
    """When the first request left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEffect:
    """An effect that was given up, as a person is shown it; never its words."""

    effect_id: UUID
    location_id: LocationId
    contact_id: ContactId
    kind: str
    reason: str | None
    attempts: int
    created_at: datetime
    ended_at: datetime | None
