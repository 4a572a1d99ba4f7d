"""The handoffs' SQL: what happened after the pending ones, read in a few queries for many contacts, and those put off.

The statements on the tables that users query are in the telemetry's repository.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import and_, case, exists, func, literal, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

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
from ghl_real_estate_ai.storage.tables import conversations, handoff_deferrals, inbox, messages, outbox, turns
from ghl_real_estate_ai.telemetry.handoff_rows import handoffs_since, pending_handoff_outcomes, settle_handoff_outcome
from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord

Anything = TypeVar("Anything")

AT_ONCE = 200
"""How many pending handoffs are looked at in one transaction."""


class Person(NamedTuple):
    """A contact of a location."""

    location_id: str
    contact_id: str


class Place(NamedTuple):
    """Where a walk over the pending handoffs stands: the last one seen."""

    at: datetime
    event_id: Any


async def resolve_of_contact(
    connection: AsyncConnection,
    person: Person,
    now: datetime,
    *,
    present: Answered | None,
    person_sla: timedelta = PERSON_SLA,
) -> list[Resolved]:
    """Write how the contact's pending handoffs went, as far as that is certain by *now*, in the caller's transaction.

    *present* is what the lead says in the turn that is being saved.
    """
    pending = [_pending(row) for row in await pending_handoff_outcomes(connection, person=person)]
    return await _resolve(connection, pending, now, person_sla, {person: present} if present else {})


async def resolve_page(
    connection: AsyncConnection, after: Place | None, *, person_sla: timedelta = PERSON_SLA, most: int = AT_ONCE
) -> tuple[list[Resolved], Place | None]:
    """Do the same for the next *most* pending handoffs of all contacts; also return where to go on, None at the end.

    A contact whose messages wait for a turn, or whose turn is under way, is left to that turn.
    """
    rows = await pending_handoff_outcomes(connection, after=after, limit=most)
    at = (await connection.execute(select(func.now()))).scalar_one()
    pending = [_pending(row) for row in rows]
    busy = await _busy(connection, {_person(handoff) for handoff in pending})
    free = [handoff for handoff in pending if _person(handoff) not in busy]
    resolved = await _resolve(connection, free, at, person_sla, {})
    return resolved, Place(pending[-1].at, pending[-1].event_id) if len(rows) == most else None


async def _resolve(
    connection: AsyncConnection,
    pending: Sequence[PendingHandoff],
    now: datetime,
    person_sla: timedelta,
    present: Mapping[Person, Answered],
) -> list[Resolved]:
    if not pending:
        return []
    history = await _History.read(connection, pending)
    resolved = []
    for handoff in pending:
        # What is said in the turn of the handoff itself led to it; only a later turn can follow it.
        after = history.after(handoff, present.get(_person(handoff)) if handoff.at < now else None)
        resolution = resolve_outcome(handoff, after, now, person_sla=person_sla)
        if resolution is not None and await settle_handoff_outcome(
            connection,
            location_id=handoff.location_id,
            event_id=handoff.event_id,
            outcome=resolution.outcome.value,
            resolved_at=resolution.at,
            why=resolution.why,
        ):
            resolved.append(Resolved(handoff, resolution))
    return resolved


class _History:
    """What happened to several contacts since the oldest of their pending handoffs."""

    def __init__(
        self,
        inbound: Mapping[Person, Sequence[tuple[datetime, Answered]]],
        handoffs: Mapping[Person, Sequence[Handed]],
        failures: Mapping[str, Sequence[datetime]],
        person_wrote: Mapping[Person, Sequence[datetime]],
    ) -> None:
        self._inbound = inbound
        self._handoffs = handoffs
        self._failures = failures
        self._person_wrote = person_wrote

    @classmethod
    async def read(cls, connection: AsyncConnection, pending: Sequence[PendingHandoff]) -> "_History":
        people = {_person(handoff) for handoff in pending}
        since = min(handoff.at for handoff in pending)
        return cls(
            await _inbound(connection, people, since),
            await _handoffs(connection, people, since),
            await _crm_failures(connection, pending),
            await _person_wrote(connection, people, since),
        )

    def after(self, handoff: PendingHandoff, present: Answered | None) -> Afterwards:
        person = _person(handoff)
        told = [answer for turn_at, answer in self._inbound.get(person, ()) if turn_at > handoff.at]
        if present is not None:
            told.append(present)
        return Afterwards(
            # One that was written before the handoff and read after it counts from the handoff.
            inbound=[not_before(answer, handoff.at) for answer in told],
            handoffs=[past for past in self._handoffs.get(person, ()) if past.at > handoff.at],
            crm_failures=self._failures.get(str(handoff.details.get("turn_id")), ()),
            person_wrote=[at for at in self._person_wrote.get(person, ()) if at >= handoff.at],
        )


async def _inbound(
    connection: AsyncConnection, people: Iterable[Person], since: datetime
) -> Mapping[Person, Sequence[tuple[datetime, Answered]]]:
    """By contact: each turn's time, and what the lead wrote for it at the time it was written."""
    written = (
        select(func.min(messages.c.at))
        .where(
            messages.c.location_id == turns.c.location_id,
            messages.c.contact_id == turns.c.contact_id,
            messages.c.turn_id == turns.c.turn_id,
            messages.c.direction == "inbound",
        )
        .scalar_subquery()
    )
    query = (
        select(turns.c.location_id, turns.c.contact_id, turns.c.at, turns.c.flags, turns.c.signals, written)
        .where(tuple_(turns.c.location_id, turns.c.contact_id).in_(list(people)), turns.c.at > since)
        .order_by(turns.c.at)
    )
    return _by_person(
        (Person(location_id, contact_id), (turn_at, answered_at_turn(signals, flags, written_at, turn_at)))
        for location_id, contact_id, turn_at, flags, signals, written_at in await connection.execute(query)
        if written_at is not None
    )


async def _handoffs(
    connection: AsyncConnection, people: Iterable[Person], since: datetime
) -> Mapping[Person, Sequence[Handed]]:
    events = await handoffs_since(connection, people, since)
    return _by_person(
        (
            Person(event.location_id, event.contact_id or ""),
            Handed(source=Owner(event.source_bot), target=Owner(event.target_bot), at=event.timestamp),
        )
        for event in events
    )


async def _crm_failures(
    connection: AsyncConnection, pending: Sequence[PendingHandoff]
) -> Mapping[str, Sequence[datetime]]:
    """By turn: when an effect that carries the handoff was given up, or was last due where that was not kept yet."""
    keys = [(handoff.location_id, handoff.details["turn_id"]) for handoff in pending if "turn_id" in handoff.details]
    if not keys:
        return {}
    query = select(outbox.c.turn_id, func.coalesce(outbox.c.ended_at, outbox.c.due_at)).where(
        outbox.c.state == "dead",
        tuple_(outbox.c.location_id, outbox.c.turn_id).in_(keys),
        outbox.c.kind.in_(CARRYING_EFFECTS),
    )
    failures: dict[str, list[datetime]] = defaultdict(list)
    for turn_id, given_up_at in await connection.execute(query):
        failures[str(turn_id)].append(given_up_at)
    return failures


async def _person_wrote(
    connection: AsyncConnection, people: Iterable[Person], since: datetime
) -> Mapping[Person, Sequence[datetime]]:
    query = (
        select(messages.c.location_id, messages.c.contact_id, messages.c.at)
        .where(
            tuple_(messages.c.location_id, messages.c.contact_id).in_(list(people)),
            messages.c.direction == "outbound",
            messages.c.author == "person",
            messages.c.at >= since,
        )
        .order_by(messages.c.at)
    )
    return _by_person((Person(row.location_id, row.contact_id), row.at) for row in await connection.execute(query))


async def _busy(connection: AsyncConnection, people: Iterable[Person]) -> set[Person]:
    """Of these contacts, those with a message that waits for its turn, or with a turn under way."""
    listed = list(people)
    if not listed:
        return set()
    waits = exists(literal(1)).where(
        inbox.c.location_id == conversations.c.location_id,
        inbox.c.contact_id == conversations.c.contact_id,
        inbox.c.state == "pending",
    )
    query = select(conversations.c.location_id, conversations.c.contact_id).where(
        and_(
            tuple_(conversations.c.location_id, conversations.c.contact_id).in_(listed),
            waits | (conversations.c.claimed_until > func.now()),
        )
    )
    return {Person(*row) for row in await connection.execute(query)}


async def insert_deferral(connection: AsyncConnection, deferral: Deferral) -> None:
    """Let a handoff wait, within the caller's transaction; a contact waits for one bot, the one asked for last.

    Whoever asks again for the same one keeps the place in the queue.
    """
    values = {
        "location_id": deferral.location_id,
        "event_id": deferral.event_id,
        "contact_id": deferral.contact_id,
        "source_bot": deferral.source.value,
        "target_bot": deferral.target.value,
        "confidence": deferral.confidence,
        "threshold": deferral.threshold,
        "adjustment": deferral.adjustment,
        "evidence": dict(deferral.evidence),
        "epoch": deferral.epoch,
        "delivers": deferral.delivers,
        "deferred_at": deferral.at,
    }
    renewed = {name: value for name, value in values.items() if name not in ("location_id", "event_id", "contact_id")}
    renewed["deferred_at"] = case(
        (handoff_deferrals.c.target_bot == deferral.target.value, handoff_deferrals.c.deferred_at),
        else_=literal(deferral.at, handoff_deferrals.c.deferred_at.type),
    )
    await connection.execute(
        insert(handoff_deferrals)
        .values(values)
        .on_conflict_do_update(
            index_elements=["location_id", "contact_id"],
            index_where=handoff_deferrals.c.state == literal_column("'waiting'"),
            set_=renewed,
        )
    )


async def waiting_deferrals(connection: AsyncConnection) -> list[Deferral]:
    """The handoffs that wait, oldest first."""
    query = select(handoff_deferrals).where(handoff_deferrals.c.state == "waiting")
    rows = await connection.execute(query.order_by(handoff_deferrals.c.deferred_at, handoff_deferrals.c.event_id))
    return [deferral_from(dict(row)) for row in rows.mappings()]


async def moved_since(connection: AsyncConnection, span: timedelta) -> Mapping[Owner, Sequence[datetime]]:
    """By bot: when put-off handoffs were carried out within *span* before now."""
    query = select(handoff_deferrals.c.target_bot, handoff_deferrals.c.ended_at).where(
        handoff_deferrals.c.state == "moved", handoff_deferrals.c.ended_at > func.now() - span
    )
    moved: dict[Owner, list[datetime]] = defaultdict(list)
    for target, ended_at in await connection.execute(query):
        moved[Owner(target)].append(ended_at)
    return moved


async def end_deferral(connection: AsyncConnection, deferral: Deferral, *, state: str, reason: str | None) -> bool:
    """Let it wait no longer (`moved` or `dropped`); return whether it did until now."""
    table = handoff_deferrals
    ended = await connection.execute(
        update(table)
        .where(
            table.c.location_id == deferral.location_id,
            table.c.event_id == deferral.event_id,
            table.c.state == "waiting",
        )
        .values(state=state, reason=reason, ended_at=func.now())
    )
    return ended.rowcount == 1


async def end_deferral_of_contact(
    connection: AsyncConnection, person: Person, target: Owner, at: datetime, reason: str
) -> Deferral | None:
    """The contact goes to *target* now: what it waited for is done, or no longer right if it waited for another bot.

    Return what it waited for until now, if anything.
    """
    table = handoff_deferrals
    ended = await connection.execute(
        update(table)
        .where(
            table.c.location_id == person.location_id,
            table.c.contact_id == person.contact_id,
            table.c.state == "waiting",
        )
        .values(state=case((table.c.target_bot == target.value, "moved"), else_="dropped"), reason=reason, ended_at=at)
        .returning(table)
    )
    row = ended.mappings().one_or_none()
    return None if row is None else deferral_from(dict(row))


def _by_person(found: Iterable[tuple[Person, Anything]]) -> dict[Person, list[Anything]]:
    grouped: dict[Person, list[Anything]] = defaultdict(list)
    for person, one in found:
        grouped[person].append(one)
    return grouped


def _pending(record: HandoffOutcomeRecord) -> PendingHandoff:
    assert record.event_id is not None  # noqa: S101 - it was read from the table, where it is the key
    return PendingHandoff(
        event_id=record.event_id,
        location_id=LocationId(record.location_id),
        contact_id=ContactId(record.contact_id),
        source=Owner(record.source_bot),
        target=Owner(record.target_bot),
        at=record.timestamp,
        details=record.metadata or {},
    )


def _person(handoff: PendingHandoff) -> Person:
    return Person(handoff.location_id, handoff.contact_id)
