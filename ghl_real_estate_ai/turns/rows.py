"""What a stored row and a noun of the conversation have in common: used by the SQL store and its twin alike."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Direction,
    EventId,
    Fact,
    LocationId,
    Message,
    MessageId,
    Slot,
    SlotValue,
)
from ghl_real_estate_ai.intake.model import PERSON_WROTE, TAG_GAVE_BACK, TAG_TOOK_OVER
from ghl_real_estate_ai.turns.model import PERSON, FinishedTurn, Inbound
from ghl_real_estate_ai.turns.records import stored_timings
from ghl_real_estate_ai.turns.state import signals_json, state_of

MESSAGES_LOADED = 20
HANDOFFS_LOADED = timedelta(hours=24)

Row = Mapping[str, Any]


def contact_of(location_id: LocationId, contact_id: ContactId, row: Row | None) -> Contact:
    if row is None:
        return Contact(location_id=location_id, contact_id=contact_id)
    return Contact(
        location_id=location_id,
        contact_id=contact_id,
        tags=None if row.get("tags") is None else frozenset(row["tags"]),
        dnd=row.get("dnd"),
        first_name=row.get("first_name"),
        phone=row.get("phone"),
        state=row.get("state"),
        postal_code=row.get("postal_code"),
        timezone=row.get("timezone"),
        source=row.get("source"),
    )


def fact_of(row: Row) -> Fact:
    value: SlotValue = tuple(row["value"]) if isinstance(row["value"], list) else row["value"]
    source = row["source_message_id"]
    return Fact(
        slot=Slot(row["slot"]),
        value=value,
        source_message_id=MessageId(source) if source else None,
        stated_at=row["stated_at"],
        confidence=row["confidence"],
    )


def message_of(row: Row) -> Message:
    return Message(
        message_id=MessageId(row["message_id"]),
        direction=Direction(row["direction"]),
        author=row["author"],
        text=row["text"],
        at=row["at"],
        intents=row["intents"],
    )


def inbound_of(row: Row, at: datetime) -> Inbound:
    by_tag = row["reason"] if row["reason"] in (TAG_TOOK_OVER, TAG_GAVE_BACK) else None
    by_person = row["reason"] == PERSON_WROTE or by_tag is not None
    message = Message(
        message_id=MessageId(new_uuid7()),
        direction=Direction.OUTBOUND if by_person else Direction.INBOUND,
        author=PERSON if by_person else "lead",
        text=row["text"] or "",
        at=row["occurred_at"] or row["received_at"] or at,
    )
    return Inbound(
        message=message,
        event_id=EventId(row["event_id"]),
        kind=row["kind"],
        channel=row["channel"] or "SMS",
        received_at=row["received_at"],
        crm_message_id=row["crm_message_id"],
        tag_change=by_tag,
    )


def message_rows(finished: FinishedTurn) -> list[dict[str, Any]]:
    """The messages that the turn took up, and its reply; the understood intents are on the last one of the lead."""
    shared = {
        "location_id": finished.location_id,
        "contact_id": finished.claim.conversation.contact.contact_id,
        "turn_id": finished.turn_id,
    }
    last = finished.claim.inbound[-1] if finished.claim.inbound else None
    intents = {found.label.value: round(found.confidence, 3) for found in finished.signals.intents}
    rows: list[dict[str, Any]] = [
        {
            **shared,
            "message_id": inbound.message.message_id,
            "event_id": inbound.event_id,
            "direction": inbound.message.direction.value,
            "author": inbound.message.author,
            "channel": inbound.channel,
            "text": inbound.message.text,
            "intents": intents if inbound is last else {},
            "crm_message_id": inbound.crm_message_id if inbound.is_from_person else None,
            "at": inbound.message.at,
        }
        for inbound in finished.claim.inbound
        if inbound.tag_change is None
    ]
    if finished.outbound is not None:
        rows.append(
            {
                **shared,
                "message_id": finished.outbound.message_id,
                "event_id": None,
                "direction": Direction.OUTBOUND.value,
                "author": finished.outbound.author,
                "channel": last.channel if last else "SMS",
                "text": finished.outbound.text,
                "intents": {},
                "crm_message_id": None,
                "at": finished.outbound.at,
            }
        )
    return rows


def fact_rows(finished: FinishedTurn, new: Iterable[Fact]) -> Iterable[dict[str, Any]]:
    """The rows of *new*, the facts this turn adds."""
    contact = finished.claim.conversation.contact
    for fact, fact_id in zip(new, finished.fact_ids, strict=False):
        yield {
            "location_id": contact.location_id,
            "fact_id": fact_id,
            "contact_id": contact.contact_id,
            "slot": fact.slot.value,
            "value": list(fact.value) if isinstance(fact.value, tuple) else fact.value,
            "confidence": fact.confidence,
            "source_message_id": fact.source_message_id,
            "stated_at": fact.stated_at,
        }


def turn_row(finished: FinishedTurn) -> dict[str, Any]:
    """The turn itself; reads the timings, so make it last of all."""
    decision = finished.decision
    return {
        "location_id": finished.location_id,
        "turn_id": finished.turn_id,
        "contact_id": decision.conversation.contact.contact_id,
        "node": finished.node,
        "owner_before": finished.claim.conversation.owner.value,
        "owner_after": decision.owner.value,
        "asked": decision.asked.value if decision.asked else None,
        "flags": sorted(flag.value for flag in decision.flags),
        "signals": signals_json(finished.signals),
        "reasons": list(decision.reasons),
        "timings": stored_timings(finished),
        "at": finished.claim.at,
        "version": finished.claim.conversation.version + 1,
        "state_before": state_of(finished.claim.conversation) if finished.may_be_taken_back else None,
    }
