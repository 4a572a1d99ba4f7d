"""The outbox on PostgreSQL: rows of `outbox`, claimed with SKIP LOCKED, leased by the database's clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, delete, exists, false, func, literal, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.compliance.consent import DND
from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.compliance.quiet_hours import Whereabouts
from ghl_real_estate_ai.compliance.store import revoke_consents, stands_for
from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner, TurnId
from ghl_real_estate_ai.crm.oauth.store import has_left, wipe_tokens
from ghl_real_estate_ai.delivery.carrier import DAY, SendingRates
from ghl_real_estate_ai.delivery.effects import KINDS, UnknownEffect, from_json, to_json
from ghl_real_estate_ai.delivery.gate import APP_UNINSTALLED, NEWER_INBOUND, Standing, reason_to_drop
from ghl_real_estate_ai.delivery.model import REFUSED, SEND_FAILED, ClaimedEffect, DeadEffect, OutboxEntry, Shares
from ghl_real_estate_ai.delivery.ports import ClaimLost
from ghl_real_estate_ai.delivery.starting import MONTH, Start
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import (
    contacts,
    conversations,
    facts,
    inbox,
    locations,
    messages,
    outbox,
    suppressions,
    turns,
)

log = structlog.get_logger(__name__)

ASKING_LEASE = timedelta(seconds=30)
"""How long a claim holds at least from `note_asking` on; a request to the CRM must end well within it."""

WAITING = ("pending", "claimed")
TAKEN_BACK_AT_MOST = timedelta(seconds=60)
"""A message that has waited so long gets the reply it has, whoever goes on writing."""


async def insert_effects(connection: AsyncConnection, entries: Sequence[OutboxEntry]) -> None:
    """Put *entries* in, in order, within the caller's transaction; those already there by `effect_key` stay."""
    if not entries:
        return
    statement = insert(outbox).values([_values(entry) for entry in entries])
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["location_id", "effect_key"]))


async def drop_texts(connection: AsyncConnection, location_id: LocationId, contact_id: ContactId, reason: str) -> None:
    """Within the caller's transaction drop every text that waits for the contact, planned ones too.

    What a sender holds at this moment is dropped by the gate.
    """
    waiting = and_(
        outbox.c.location_id == location_id,
        outbox.c.contact_id == contact_id,
        outbox.c.kind == "send_text",
        outbox.c.state == "pending",
        # What may have been sent already is looked up first, so that we know.
        ~outbox.c.asked_crm,
        ~func.coalesce(outbox.c.payload["even_if_opted_out"].as_boolean(), false()),
    )
    dropped = {"state": "dropped", "reason": reason, "ended_at": func.now()}
    await connection.execute(update(outbox).where(waiting).values(dropped))


async def leave_location(connection: AsyncConnection, location_id: LocationId, told_at: datetime | None) -> None:
    """Within the caller's transaction end a location's use of our app: no token is left, and nothing waits any more.

    What a sender holds at this moment is dropped by the gate.  Old news, told after a new installation, ends nothing.
    """
    if not await wipe_tokens(connection, location_id, told_at):
        return
    dropped = {"state": "dropped", "reason": APP_UNINSTALLED, "ended_at": func.now()}
    waiting = and_(outbox.c.location_id == location_id, outbox.c.state == "pending")
    await connection.execute(update(outbox).where(waiting).values(dropped))


class SqlOutbox:
    """Implements `Outbox`; every method is a transaction of its own and raises DatabaseAway when it cannot be."""

    def __init__(self, database: Database, *, pseudonyms: Pseudonyms | None = None) -> None:
        """*pseudonyms* finds the opt-outs of those who were forgotten."""
        self._database = database
        self._pseudonyms = pseudonyms

    async def claim(
        self, sender: str, *, most: int, lease: timedelta, shares: Shares | None = None
    ) -> list[ClaimedEffect]:
        async with self._database.begin() as connection:
            due = (await connection.execute(_due(most, shares))).mappings().all()
            chosen = list(due) if shares is None else shares.within(due)
            if not chosen:
                return []
            rows = (await connection.execute(self._claim(sender, lease, chosen))).mappings().all()
        return [
            claimed
            for row in sorted(rows, key=lambda row: (row["due_at"], row["seq"]))
            if (claimed := _readable(row)) is not None
        ]

    def _claim(self, sender: str, lease: timedelta, chosen: Sequence[RowMapping]) -> Any:
        ids = [(one["location_id"], one["effect_id"]) for one in chosen]
        return (
            update(outbox)
            .where(tuple_(outbox.c.location_id, outbox.c.effect_id).in_(ids))
            .values(
                state="claimed",
                claimed_by=sender,
                claimed_until=func.now() + lease,
                attempts=outbox.c.attempts + 1,
            )
            .returning(outbox)
        )

    async def note_asking(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> None:
        until = func.greatest(outbox.c.claimed_until, func.now() + ASKING_LEASE)
        still_held = and_(_held(location_id, effect_id, attempt), outbox.c.claimed_until > func.now())
        async with self._database.begin() as connection:
            noted = await connection.execute(
                update(outbox)
                .where(still_held)
                .values(asked_crm=True, claimed_until=until, asked_at=func.coalesce(outbox.c.asked_at, func.now()))
            )
        if noted.rowcount == 0:
            raise ClaimLost("The claim on this effect ran out before the CRM was asked.")

    async def mark_sent(self, location_id: LocationId, effect_id: UUID, crm_id: str | None) -> None:
        sent = (
            update(outbox)
            .where(_is(location_id, effect_id))
            .values(
                state="sent", crm_id=crm_id, sent_at=func.now(), ended_at=func.now(), reason=None, claimed_until=None
            )
            .returning(outbox.c.kind, outbox.c.turn_id)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(sent)).one_or_none()
            if row is not None and row.kind == "send_text" and row.turn_id is not None and crm_id is not None:
                await connection.execute(
                    update(messages)
                    .where(
                        messages.c.location_id == location_id,
                        messages.c.turn_id == row.turn_id,
                        messages.c.direction == "outbound",
                    )
                    .values(crm_message_id=crm_id)
                )

    async def retry_later(
        self,
        location_id: LocationId,
        effect_id: UUID,
        *,
        after: timedelta,
        reason: str,
        asked_crm: bool,
        failed: bool = True,
        attempt: int | None = None,
    ) -> None:
        values = {"state": "pending", "due_at": func.now() + after, "reason": reason, "asked_crm": asked_crm}
        if failed:
            values["failures"] = outbox.c.failures + 1
        await self._end_claim(_held(location_id, effect_id, attempt), values)

    async def mark_dropped(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        await self._end_claim(
            _held(location_id, effect_id, attempt), {"state": "dropped", "reason": reason, "ended_at": func.now()}
        )

    async def mark_dead(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        await self._end_claim(
            _held(location_id, effect_id, attempt), {"state": "dead", "reason": reason, "ended_at": func.now()}
        )

    async def learn_dnd(self, location_id: LocationId, contact_id: ContactId) -> None:
        known = and_(contacts.c.location_id == location_id, contacts.c.contact_id == contact_id)
        async with self._database.begin() as connection:
            closed = update(contacts).where(known).values(dnd=True, updated_at=func.now()).returning(contacts.c.phone)
            phone = (await connection.execute(closed)).scalar()
            await revoke_consents(connection, (location_id, contact_id), phone, by=DND)

    async def start_of(self, location_id: LocationId, contact_id: ContactId) -> Start:
        async with self._database.begin() as connection:
            row = (await connection.execute(_start(location_id, contact_id))).mappings().one()
        return Start(
            at=row["at"],
            where=Whereabouts(
                phone=row["phone"], state=row["state"], postal_code=row["postal_code"], timezone=row["timezone"]
            ),
            sent_in_a_day=row["in_a_day"],
            sent_in_a_month=row["in_a_month"],
            has_consent=row["has_consent"],
            in_own_word=row["in_own_word"],
        )

    async def may_send(self, location_id: LocationId, effect_id: UUID) -> str | None:
        async with self._database.begin() as connection:
            row = (await connection.execute(_standing(location_id, effect_id))).mappings().one_or_none()
            if row is None:
                return "gone"
            who = suppressed_as(location_id, row["contact_id"], row["phone"], self._pseudonyms)
            is_suppressed = (await connection.execute(select(literal(1)).where(who).limit(1))).first() is not None
        standing = Standing(
            is_suppressed=is_suppressed,
            owner=None if row["owner"] is None else Owner(row["owner"]),
            epoch=row["current_epoch"],
            tags=None if row["tags"] is None else frozenset(row["tags"]),
            dnd=row["dnd"],
            has_left=row["has_left"],
            has_newer=row["has_newer"],
        )
        return reason_to_drop(from_json(row["kind"], row["payload"]), row["epoch"], standing)

    async def take_back(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> bool:
        async with self._database.begin() as connection:
            found = (await connection.execute(_undoable(location_id, effect_id, attempt))).mappings().one_or_none()
            if found is None:
                return False
            await _undo_turn(connection, location_id, found)
            dropped = {"state": "dropped", "reason": NEWER_INBOUND, "ended_at": func.now()}
            freed = {"claimed_by": None, "claimed_until": None}
            await connection.execute(update(outbox).where(_is(location_id, effect_id)).values(dropped | freed))
        return True

    async def ids_sent(self, location_id: LocationId, contact_id: ContactId) -> frozenset[str]:
        known = select(outbox.c.crm_id).where(
            outbox.c.location_id == location_id,
            outbox.c.contact_id == contact_id,
            outbox.c.kind == "send_text",
            outbox.c.crm_id.is_not(None),
        )
        async with self._database.begin() as connection:
            return frozenset((await connection.execute(known)).scalars())

    async def sending_rates(self, location_id: LocationId | None = None) -> list[SendingRates]:
        counted: dict[str, dict[str, int]] = {}
        async with self._database.begin() as connection:
            for statement in (_sent_of_day(location_id), _undelivered_of_day(location_id), _opt_outs(location_id)):
                for row in (await connection.execute(statement)).mappings():
                    figures = {name: count for name, count in row.items() if name != "location_id"}
                    counted.setdefault(row["location_id"], {}).update(figures)
        return [SendingRates(location_id=LocationId(place), **figures) for place, figures in sorted(counted.items())]

    async def list_dead(self, location_id: LocationId | None, *, limit: int) -> list[DeadEffect]:
        columns = (outbox.c[name] for name in DeadEffect.__slots__)
        dead = select(*columns).where(outbox.c.state == "dead").order_by(outbox.c.seq.desc()).limit(limit)
        if location_id is not None:
            dead = dead.where(outbox.c.location_id == location_id)
        async with self._database.begin() as connection:
            return [DeadEffect(**row) for row in (await connection.execute(dead)).mappings()]

    async def retry_dead(self, location_id: LocationId, effect_id: UUID) -> bool:
        again = (
            update(outbox)
            .where(_is(location_id, effect_id), outbox.c.state == "dead")
            .values(state="pending", due_at=func.now(), failures=0, ended_at=None)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(again)).rowcount == 1

    async def _end_claim(self, which: ColumnElement[bool], values: dict[str, Any]) -> None:
        ended = update(outbox).where(which).values(values | {"claimed_by": None, "claimed_until": None})
        async with self._database.begin() as connection:
            await connection.execute(ended)


def _values(entry: OutboxEntry) -> dict[str, Any]:
    kind, payload = to_json(entry.effect)
    return {
        "location_id": entry.location_id,
        "effect_id": entry.effect_id,
        "effect_key": entry.effect_key,
        "contact_id": entry.contact_id,
        "turn_id": entry.turn_id,
        "kind": kind,
        "payload": payload,
        "epoch": entry.epoch,
        "due_at": func.now() if entry.due_at is None else entry.due_at,
        "initiated": entry.initiated,
    }


def _due(most: int, shares: Shares | None) -> Any:
    """The effects to claim: due, held by nobody, the first of their contact, and of no location that has its share."""
    earlier = outbox.alias("earlier")
    # A send planned for later does not hold up today's; one that was tried and waits for its retry does.
    holds_up = exists().where(
        earlier.c.location_id == outbox.c.location_id,
        earlier.c.contact_id == outbox.c.contact_id,
        earlier.c.seq < outbox.c.seq,
        earlier.c.state.in_(WAITING),
        or_(earlier.c.due_at <= func.now(), and_(earlier.c.attempts > 0, ~earlier.c.initiated)),
    )
    return (
        select(outbox.c.location_id, outbox.c.effect_id)
        .where(
            outbox.c.state.in_(WAITING),
            outbox.c.due_at <= func.now(),
            or_(outbox.c.state == "pending", outbox.c.claimed_until <= func.now()),
            outbox.c.kind.in_(KINDS),
            ~holds_up,
            outbox.c.location_id.not_in(shares.full() if shares else ()),
        )
        .order_by(outbox.c.due_at, outbox.c.seq)
        .limit(most)
        # Whoever comes second skips the row; whoever comes just after its commit re-reads it and finds it claimed.
        .with_for_update(skip_locked=True, of=outbox)
    )


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


def _readable(row: RowMapping) -> ClaimedEffect | None:
    """The claim, or None for an effect of another version: its claim runs out, and a node of that version takes it."""
    try:
        return _claimed(row)
    except UnknownEffect as error:
        log.error("delivery.effect_unreadable", effect_id=str(row["effect_id"]), error=str(error))
        return None


def suppressed_as(
    location_id: LocationId, contact_id: str, phone: str | None, pseudonyms: Pseudonyms | None
) -> ColumnElement[bool]:
    """The suppressions in force of a contact, of its number under any contact, and of either once forgotten."""
    return and_(
        suppressions.c.location_id == location_id,
        suppressions.c.lifted_at.is_(None),
        names_suppressed(contact_id, phone, pseudonyms),
    )


def names_suppressed(contact_id: str, phone: str | None, pseudonyms: Pseudonyms | None) -> ColumnElement[bool]:
    """The suppressions, also those that were lifted, of a contact or its number, in the open or forgotten."""
    known = [name for name in (contact_id, phone) if name is not None]
    names = known if pseudonyms is None else [*known, *(pseudonyms.of(name) for name in known)]
    return or_(suppressions.c.contact_id.in_(names), suppressions.c.phone.in_(names))


def _is(location_id: LocationId, effect_id: UUID) -> ColumnElement[bool]:
    return and_(outbox.c.location_id == location_id, outbox.c.effect_id == effect_id)


def _held(location_id: LocationId, effect_id: UUID, attempt: int | None) -> ColumnElement[bool]:
    is_this_claim = true() if attempt is None else outbox.c.attempts == attempt
    return and_(_is(location_id, effect_id), outbox.c.state == "claimed", is_this_claim)


def _standing(location_id: LocationId, effect_id: UUID) -> Any:
    left = exists().where(locations.c.location_id == outbox.c.location_id, has_left())
    newer = exists().where(
        inbox.c.location_id == outbox.c.location_id,
        inbox.c.contact_id == outbox.c.contact_id,
        inbox.c.state == "pending",
        inbox.c.received_at > outbox.c.created_at,
    )
    return (
        select(
            left.label("has_left"),
            newer.label("has_newer"),
            outbox.c.kind,
            outbox.c.payload,
            outbox.c.epoch,
            conversations.c.owner,
            conversations.c.epoch.label("current_epoch"),
            contacts.c.tags,
            contacts.c.dnd,
            outbox.c.contact_id,
            contacts.c.phone,
        )
        .select_from(
            outbox.outerjoin(
                conversations,
                and_(
                    conversations.c.location_id == outbox.c.location_id,
                    conversations.c.contact_id == outbox.c.contact_id,
                ),
            ).outerjoin(
                contacts,
                and_(contacts.c.location_id == outbox.c.location_id, contacts.c.contact_id == outbox.c.contact_id),
            )
        )
        .where(_is(location_id, effect_id))
    )


def _start(location_id: LocationId, contact_id: ContactId) -> Any:
    # One row, also for a contact that we know nothing of: its place is then unknown.
    now = select(func.now().label("at")).subquery()
    its = and_(contacts.c.location_id == location_id, contacts.c.contact_id == contact_id)
    known = now.outerjoin(contacts, its)
    other = contacts.alias("other")
    of_same_number = select(other.c.contact_id).where(
        other.c.location_id == location_id, other.c.phone == contacts.c.phone
    )

    def started(span: timedelta) -> Any:
        return (
            select(func.count())
            .select_from(outbox)
            .where(
                outbox.c.location_id == location_id,
                or_(outbox.c.contact_id == contact_id, outbox.c.contact_id.in_(of_same_number)),
                outbox.c.kind == "send_text",
                outbox.c.state == "sent",
                outbox.c.initiated,
                outbox.c.sent_at > func.now() - span,
            )
            .correlate(contacts)
            .scalar_subquery()
        )

    return select(
        now.c.at,
        stands_for(location_id, contact_id).label("has_consent"),
        stands_for(location_id, contact_id, in_own_word=True).label("in_own_word"),
        contacts.c.phone,
        contacts.c.state,
        contacts.c.postal_code,
        contacts.c.timezone,
        started(DAY).label("in_a_day"),
        started(MONTH).label("in_a_month"),
    ).select_from(known)


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
            _held(location_id, effect_id, attempt),
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


def _of_day(table: Any, moment: Any, location_id: LocationId | None) -> ColumnElement[bool]:
    since = moment > func.now() - DAY
    return since if location_id is None else and_(since, table.c.location_id == location_id)


def _sent_of_day(location_id: LocationId | None) -> Any:
    is_sent = outbox.c.state == "sent"
    return (
        select(
            outbox.c.location_id,
            func.count().filter(is_sent).label("texts"),
            func.count().filter(is_sent, outbox.c.initiated).label("initiated"),
            func.count().filter(outbox.c.state == "dead", outbox.c.reason.startswith(REFUSED)).label("refused"),
        )
        .where(outbox.c.kind == "send_text", _of_day(outbox, outbox.c.ended_at, location_id))
        .group_by(outbox.c.location_id)
    )


def _undelivered_of_day(location_id: LocationId | None) -> Any:
    return (
        select(inbox.c.location_id, func.count().label("undelivered"))
        .where(inbox.c.reason == SEND_FAILED, _of_day(inbox, inbox.c.received_at, location_id))
        .group_by(inbox.c.location_id)
    )


def _opt_outs(location_id: LocationId | None) -> Any:
    return (
        select(suppressions.c.location_id, func.count().label("opt_outs"))
        .where(
            suppressions.c.reason.startswith("opt_out"),
            _of_day(suppressions, suppressions.c.suppressed_at, location_id),
        )
        .group_by(suppressions.c.location_id)
    )
