"""How earlier handoffs went is written, and told to the CRM, in one transaction: a turn's own, or a job's."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.bots.effects import with_tags
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import Contact
from ghl_real_estate_ai.crm.model import Effect, RemoveTag
from ghl_real_estate_ai.delivery.memory import insert_effects_in_memory
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.delivery.queue_effects import insert_effects
from ghl_real_estate_ai.handoff.deferral import Deferral, deferral_tag
from ghl_real_estate_ai.handoff.memory import end_deferral_in_memory
from ghl_real_estate_ai.handoff.publish_outcome import Resolved, outcome_effects
from ghl_real_estate_ai.handoff.resolve_outcome import Answered, PendingHandoff, answered_at_turn
from ghl_real_estate_ai.handoff.store import end_deferral
from ghl_real_estate_ai.storage.memory import Tables, row
from ghl_real_estate_ai.storage.tables import contacts
from ghl_real_estate_ai.turns.model import FinishedTurn
from ghl_real_estate_ai.turns.state import signals_json


def present_answer(finished: FinishedTurn) -> Answered | None:
    """What the lead said for this turn, the way its row will tell it."""
    claim = finished.claim
    written = [inbound.message.at for inbound in claim.inbound if not inbound.is_from_person]
    if not written:
        return None
    flags = [flag.value for flag in finished.decision.flags]
    return answered_at_turn(signals_json(finished.signals), flags, min(written), claim.at)


async def publish_resolved(connection: AsyncConnection, resolved: Sequence[Resolved]) -> None:
    """Put the outcomes' tags and fields into the outbox, once each, and note the tags as the contact's."""
    for one in resolved:
        contact = await _contact(connection, one.handoff)
        effects = outcome_effects(one, contact.tags)
        if not effects:
            continue
        await insert_effects(connection, outcome_entries(one, effects))
        tags = with_tags(contact, effects).tags
        if tags is not None and tags != contact.tags:
            await connection.execute(update(contacts).where(_is(one.handoff)).values(tags=sorted(tags)))


def publish_resolved_in_memory(tables: Tables, resolved: Sequence[Resolved]) -> None:
    """The same in memory."""
    for one in resolved:
        handoff = one.handoff
        key = (handoff.location_id, handoff.contact_id)
        known = tables["contacts"].get(key)
        contact = _as_contact(handoff, None if known is None else known["tags"])
        effects = outcome_effects(one, contact.tags)
        insert_effects_in_memory(tables, outcome_entries(one, effects))
        tags = with_tags(contact, effects).tags
        if known is not None and tags is not None:
            tables["contacts"][key] = row(**{**known, "tags": sorted(tags)})


async def drop_deferral(connection: AsyncConnection, deferral: Deferral, reason: str) -> None:
    """Let a handoff that is no longer right wait no longer, and take its tag off."""
    if await end_deferral(connection, deferral, state="dropped", reason=reason):
        await take_waiting_tag_off(connection, deferral)


async def take_waiting_tag_off(connection: AsyncConnection, deferral: Deferral) -> None:
    """Take the tag of a contact that waits off, here and in the CRM, unless its turn has done so."""
    contact = await _contact(connection, deferral)
    entry = untagging(deferral)
    tags = with_tags(contact, [entry.effect]).tags
    if not deferral.delivers or tags == contact.tags:
        return
    await insert_effects(connection, [entry])
    await connection.execute(update(contacts).where(_is(deferral)).values(tags=sorted(tags or ())))


def drop_deferral_in_memory(tables: Tables, deferral: Deferral, reason: str, now: datetime) -> None:
    """The same in memory."""
    end_deferral_in_memory(tables, deferral, now, state="dropped", reason=reason)
    take_waiting_tag_off_in_memory(tables, deferral)


def take_waiting_tag_off_in_memory(tables: Tables, deferral: Deferral) -> None:
    """The same in memory."""
    key = (deferral.location_id, deferral.contact_id)
    known = tables["contacts"].get(key)
    contact = _as_contact(deferral, None if known is None else known["tags"])
    entry = untagging(deferral)
    tags = with_tags(contact, [entry.effect]).tags
    if known is None or not deferral.delivers or tags == contact.tags:
        return
    insert_effects_in_memory(tables, [entry])
    tables["contacts"][key] = row(**{**known, "tags": sorted(tags or ())})


def untagging(deferral: Deferral) -> OutboxEntry:
    """The outbox's row that takes the tag of a waiting contact off."""
    return OutboxEntry(
        effect_id=new_uuid7(),
        effect_key=f"deferral:{deferral.event_id}",
        location_id=deferral.location_id,
        contact_id=deferral.contact_id,
        turn_id=None,
        effect=RemoveTag(deferral_tag(deferral.target)),
        epoch=0,
    )


def outcome_entries(resolved: Resolved, effects: Sequence[Effect]) -> list[OutboxEntry]:
    """The outbox's rows; their keys name the handoff, so that no outcome is told twice."""
    handoff = resolved.handoff
    return [
        OutboxEntry(
            effect_id=new_uuid7(),
            effect_key=f"outcome:{handoff.event_id}:{n}",
            location_id=handoff.location_id,
            contact_id=handoff.contact_id,
            turn_id=None,
            effect=effect,
            epoch=0,
        )
        for n, effect in enumerate(effects)
    ]


async def _contact(connection: AsyncConnection, handoff: PendingHandoff | Deferral) -> Contact:
    # Locked, so that what the CRM tells of the tags meanwhile is not written over.
    query = select(contacts.c.tags).where(_is(handoff)).with_for_update()
    return _as_contact(handoff, (await connection.execute(query)).scalar_one_or_none())


def _as_contact(handoff: PendingHandoff | Deferral, tags: Sequence[str] | None) -> Contact:
    return Contact(
        location_id=handoff.location_id,
        contact_id=handoff.contact_id,
        tags=None if tags is None else frozenset(tags),
    )


def _is(handoff: PendingHandoff | Deferral) -> ColumnElement[bool]:
    return and_(contacts.c.location_id == handoff.location_id, contacts.c.contact_id == handoff.contact_id)
