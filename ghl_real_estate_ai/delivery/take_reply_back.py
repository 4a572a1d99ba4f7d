"""Take a held reply back, with the turn that it came from, since the lead has written again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.delivery.gate import NEWER_INBOUND
from ghl_real_estate_ai.delivery.outbox_rows import is_effect, is_held
from ghl_real_estate_ai.storage.tables import conversations, facts, inbox, messages, outbox, turns

TAKEN_BACK_AT_MOST = timedelta(seconds=60)
"""A message that has waited so long gets the reply it has, whoever goes on writing."""


async def take_reply_back(
    connection: AsyncConnection, location_id: LocationId, effect_id: UUID, attempt: int | None
) -> bool:
    """Drop the reply and let its turn be taken anew; False when it is too late, and nothing was changed."""
    found = (await connection.execute(_undoable(location_id, effect_id, attempt))).mappings().one_or_none()
    if found is None:
        return False
    await _undo_turn(connection, location_id, found)
    dropped = {"state": "dropped", "reason": NEWER_INBOUND, "ended_at": func.now()}
    freed = {"claimed_by": None, "claimed_until": None}
    await connection.execute(update(outbox).where(is_effect(location_id, effect_id)).values(dropped | freed))
    return True


def _undoable(location_id: LocationId, effect_id: UUID, attempt: int | None) -> Any:
    """The turn of a reply that is held and was never asked for, if nothing came of it but that reply.

    The conversation's row is locked, so that no other turn begins meanwhile; one that is leased has begun.
    """
    waits_long = exists().where(
        inbox.c.location_id == turns.c.location_id,
        inbox.c.turn_id == turns.c.turn_id,
        inbox.c.received_at < func.now() - TAKEN_BACK_AT_MOST,
    )
    has_event = exists().where(inbox.c.location_id == turns.c.location_id, inbox.c.turn_id == turns.c.turn_id)
    same_turn = and_(turns.c.location_id == outbox.c.location_id, turns.c.turn_id == outbox.c.turn_id)
    same_contact = and_(
        conversations.c.location_id == outbox.c.location_id, conversations.c.contact_id == outbox.c.contact_id
    )
    return (
        select(turns.c.turn_id, turns.c.contact_id, turns.c.at, turns.c.state_before)
        .select_from(outbox.join(turns, same_turn).join(conversations, same_contact))
        .where(
            is_held(location_id, effect_id, attempt),
            outbox.c.kind == "send_text",
            ~outbox.c.asked_crm,
            turns.c.state_before.is_not(None),
            turns.c.version == conversations.c.version,
            or_(conversations.c.claimed_until.is_(None), conversations.c.claimed_until < func.now()),
            has_event,
            or_(outbox.c.attempts > 1, ~waits_long),
        )
        .with_for_update(of=[outbox, conversations, turns])
    )


async def _undo_turn(connection: AsyncConnection, location_id: LocationId, turn: RowMapping) -> None:
    """Put the conversation back to where *turn* began, with the turn's messages waiting again.

    What the turn noted in the CRM stays: the next one reads the same words.
    """
    turn_id, contact_id = turn["turn_id"], turn["contact_id"]
    its_messages = select(messages.c.message_id).where(
        messages.c.location_id == location_id, messages.c.turn_id == turn_id
    )
    its_contact = and_(facts.c.location_id == location_id, facts.c.contact_id == contact_id)
    await connection.execute(delete(facts).where(its_contact, facts.c.source_message_id.in_(its_messages)))
    await connection.execute(
        update(facts).where(its_contact, facts.c.superseded_at == turn["at"]).values(superseded_at=None)
    )
    await connection.execute(
        delete(messages).where(messages.c.location_id == location_id, messages.c.turn_id == turn_id)
    )
    await connection.execute(
        update(conversations)
        .where(conversations.c.location_id == location_id, conversations.c.contact_id == contact_id)
        .values(state=turn["state_before"], version=conversations.c.version + 1, updated_at=func.now())
    )
    # Together with the newer message, which may still be in its quiet period.
    newest = (
        select(func.max(inbox.c.due_at))
        .where(inbox.c.location_id == location_id, inbox.c.contact_id == contact_id, inbox.c.state == "pending")
        .scalar_subquery()
    )
    await connection.execute(
        update(inbox)
        .where(inbox.c.location_id == location_id, inbox.c.turn_id == turn_id)
        .values(state="pending", turn_id=None, done_at=None, due_at=func.coalesce(newest, func.now()))
    )
    await connection.execute(
        update(turns)
        .where(turns.c.location_id == location_id, turns.c.turn_id == turn_id)
        .values(state_before=None, reasons=turns.c.reasons.concat(func.jsonb_build_array("reply_taken_back")))
    )
