"""Rows of the outbox: which one is meant, and what it says."""

from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.engine import RowMapping

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, TurnId
from ghl_real_estate_ai.delivery.effects import UnknownEffect, from_json
from ghl_real_estate_ai.delivery.model import ClaimedEffect, OutboxEntry
from ghl_real_estate_ai.storage.tables import outbox

log = structlog.get_logger(__name__)


def is_effect(location_id: LocationId, effect_id: UUID) -> ColumnElement[bool]:
    """The row of this effect."""
    return and_(outbox.c.location_id == location_id, outbox.c.effect_id == effect_id)


def is_held(location_id: LocationId, effect_id: UUID, attempt: int | None) -> ColumnElement[bool]:
    """The row of this effect while it is claimed; by the claim of that *attempt* where one is given."""
    is_this_claim = true() if attempt is None else outbox.c.attempts == attempt
    return and_(is_effect(location_id, effect_id), outbox.c.state == "claimed", is_this_claim)


def readable(row: RowMapping) -> ClaimedEffect | None:
    """The claim, or None for an effect of another version: its claim runs out, and a node of that version takes it."""
    try:
        return _claimed(row)
    except UnknownEffect as error:
        log.error("delivery.effect_unreadable", effect_id=str(row["effect_id"]), error=str(error))
        return None


def _claimed(row: RowMapping) -> ClaimedEffect:
    entry = OutboxEntry(
        effect_id=row["effect_id"],
        effect_key=row["effect_key"],
        location_id=LocationId(row["location_id"]),
        contact_id=ContactId(row["contact_id"]),
        turn_id=None if row["turn_id"] is None else TurnId(row["turn_id"]),
        effect=from_json(row["kind"], row["payload"]),
        epoch=row["epoch"],
        due_at=row["due_at"],
        initiated=row["initiated"],
    )
    return ClaimedEffect(
        entry=entry,
        attempts=row["attempts"],
        asked_crm=row["asked_crm"],
        created_at=row["created_at"],
        asked_at=row["asked_at"],
        failures=row["failures"],
    )
