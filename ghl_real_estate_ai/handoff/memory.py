"""The twin of the handoffs' SQL in memory: what happened after the pending ones, and their outcomes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.conversation.model import ContactId, Handed, LocationId, Owner
from ghl_real_estate_ai.handoff.deferral import Deferral, deferral_from
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.resolve_outcome import (
    CARRYING_EFFECTS,
    PERSON_SLA,
    Afterwards,
    Answered,
    PendingHandoff,
    answered_at_turn,
    not_before,
    resolve_outcome,
)
from ghl_real_estate_ai.storage.memory import Row, Tables, row
from ghl_real_estate_ai.telemetry.handoff_rows import CRM_REFUSED

EVENTS = "jorge_handoff_events"
OUTCOMES = "jorge_handoff_outcomes"
DEFERRALS = "handoff_deferrals"


def resolve_in_memory(
    tables: Tables,
    now: datetime,
    *,
    person: tuple[str, str] | None = None,
    present: Answered | None = None,
    person_sla: timedelta = PERSON_SLA,
) -> list[Resolved]:
    """Write how the pending handoffs went as far as that is certain by *now*: one contact's, or everybody's.

    Of everybody, a contact whose messages wait or whose turn is under way is left to that turn.
    """
    resolved = []
    for key, known in sorted(tables[OUTCOMES].items(), key=lambda item: item[1]["timestamp"]):
        handoff = _pending(known)
        who = (handoff.location_id, handoff.contact_id)
        if known["outcome"] != "pending" or (_is_busy(tables, who, now) if person is None else who != person):
            continue
        after = _afterwards(tables, handoff, present if handoff.at < now else None)
        resolution = resolve_outcome(handoff, after, now, person_sla=person_sla)
        if resolution is None:
            continue
        details = {**(known.get("metadata") or {}), "why": resolution.why}
        told = {"outcome": resolution.outcome.value, "resolved_at": resolution.at, "metadata": details}
        tables[OUTCOMES][key] = row(**{**known, **told})
        resolved.append(Resolved(handoff, resolution))
    return resolved


def fail_handoff_of_turn_in_memory(tables: Tables, location_id: str, turn_id: UUID) -> None:
    """Note that the CRM did not take the handoff of a turn, if that had one."""
    for key, outcome in tables[OUTCOMES].items():
        of_turn = (outcome.get("metadata") or {}).get("turn_id") == str(turn_id)
        event = tables[EVENTS].get(key)
        if of_turn and outcome["location_id"] == location_id and event is not None:
            details = {**(event["metadata"] or {}), CRM_REFUSED: True}
            tables[EVENTS][key] = row(**{**event, "success": False, "metadata": details})


def insert_deferral_in_memory(tables: Tables, deferral: Deferral) -> None:
    """Let a handoff wait; a contact waits for one bot, and keeps its place when it asks for the same one again."""
    for key, known in tables[DEFERRALS].items():
        same = (known["location_id"], known["contact_id"]) == (deferral.location_id, deferral.contact_id)
        if same and known["state"] == "waiting":
            at = known["deferred_at"] if known["target_bot"] == deferral.target.value else deferral.at
            tables[DEFERRALS][key] = _deferral_row(deferral, event_id=known["event_id"], at=at)
            return
    key = (deferral.location_id, deferral.event_id)
    tables[DEFERRALS][key] = _deferral_row(deferral, event_id=deferral.event_id, at=deferral.at)


def end_deferral_in_memory(
    tables: Tables, deferral: Deferral, now: datetime, *, state: str, reason: str | None
) -> None:
    """Let it wait no longer (`moved` or `dropped`)."""
    key = (deferral.location_id, deferral.event_id)
    tables[DEFERRALS][key] = row(**{**tables[DEFERRALS][key], "state": state, "reason": reason, "ended_at": now})


def end_deferral_of_contact_in_memory(
    tables: Tables, person: tuple[str, str], target: Owner, at: datetime, reason: str
) -> Deferral | None:
    """The contact goes to *target* now: what it waited for is done, or no longer right if it waited for another bot.

    Return what it waited for until now, if anything.
    """
    for key, known in tables[DEFERRALS].items():
        if (known["location_id"], known["contact_id"]) == person and known["state"] == "waiting":
            state = "moved" if known["target_bot"] == target.value else "dropped"
            tables[DEFERRALS][key] = row(**{**known, "state": state, "reason": reason, "ended_at": at})
            return deferral_from(known)
    return None


def _deferral_row(deferral: Deferral, *, event_id: UUID, at: datetime) -> Row:
    return row(
        location_id=deferral.location_id,
        event_id=event_id,
        contact_id=deferral.contact_id,
        source_bot=deferral.source.value,
        target_bot=deferral.target.value,
        confidence=deferral.confidence,
        threshold=deferral.threshold,
        adjustment=deferral.adjustment,
        evidence=dict(deferral.evidence),
        epoch=deferral.epoch,
        delivers=deferral.delivers,
        deferred_at=at,
        state="waiting",
        reason=None,
        ended_at=None,
    )


def _afterwards(tables: Tables, handoff: PendingHandoff, present: Answered | None) -> Afterwards:
    who = (handoff.location_id, handoff.contact_id)
    told = list(_told(tables, handoff, who))
    if present is not None:
        told.append(present)
    turn_id = str(handoff.details.get("turn_id"))
    return Afterwards(
        inbound=[not_before(answer, handoff.at) for answer in told],
        handoffs=[
            Handed(source=Owner(past["source_bot"]), target=Owner(past["target_bot"]), at=past["timestamp"])
            for past in _of(tables, EVENTS, who)
            if past["timestamp"] > handoff.at
        ],
        crm_failures=[
            effect["ended_at"] or effect["due_at"]
            for effect in _of(tables, "outbox", who)
            if effect["state"] == "dead" and str(effect["turn_id"]) == turn_id and effect["kind"] in CARRYING_EFFECTS
        ],
        person_wrote=sorted(
            message["at"]
            for message in _of(tables, "messages", who)
            if message["direction"] == "outbound" and message["author"] == "person" and message["at"] >= handoff.at
        ),
    )


def _told(tables: Tables, handoff: PendingHandoff, who: tuple[str, str]) -> Iterable[Answered]:
    for turn in sorted(_of(tables, "turns", who), key=lambda turn: turn["at"]):
        written = [
            message["at"]
            for message in _of(tables, "messages", who)
            if message["turn_id"] == turn["turn_id"] and message["direction"] == "inbound"
        ]
        if turn["at"] > handoff.at and written:
            yield answered_at_turn(turn["signals"], turn["flags"], min(written), turn["at"])


def _is_busy(tables: Tables, who: tuple[str, str], now: datetime) -> bool:
    conversation = tables["conversations"].get(who)
    held = conversation is not None and conversation["claimed_until"] is not None
    if conversation is not None and held and conversation["claimed_until"] > now:
        return True
    return any(item["state"] == "pending" for item in _of(tables, "inbox", who))


def _of(tables: Tables, name: str, who: tuple[str, str]) -> list[Row]:
    return [item for item in tables[name].values() if (item["location_id"], item["contact_id"]) == who]


def _pending(known: Row) -> PendingHandoff:
    details: dict[str, Any] = known.get("metadata") or {}
    return PendingHandoff(
        event_id=known["event_id"],
        location_id=LocationId(known["location_id"]),
        contact_id=ContactId(known["contact_id"]),
        source=Owner(known["source_bot"]),
        target=Owner(known["target_bot"]),
        at=known["timestamp"],
        details=details,
    )
