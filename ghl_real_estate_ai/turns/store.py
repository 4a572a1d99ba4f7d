"""The SQL of a turn: claim and load in one short transaction, save in another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, bindparam, func, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.bots.model import Flag
from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    EventId,
    Facts,
    Handed,
    LocationId,
    Owner,
    Slot,
)
from ghl_real_estate_ai.delivery.queue_effects import drop_texts, insert_effects
from ghl_real_estate_ai.delivery.standing import suppressed_as
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.records import event_record, pending_record
from ghl_real_estate_ai.handoff.resolve_outcome import PERSON_SLA
from ghl_real_estate_ai.handoff.store import Person, end_deferral_of_contact, insert_deferral, resolve_of_contact
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import (
    Moment,
    contacts,
    conversations,
    facts,
    inbox,
    jorge_handoff_events,
    messages,
    outbox,
    suppressions,
    turns,
)
from ghl_real_estate_ai.telemetry.handoff_rows import (
    has_moved,
    insert_handoff_block,
    insert_handoff_event,
    insert_handoff_outcome,
)
from ghl_real_estate_ai.turns.keep_consent import keep_consent, keep_privacy_requests
from ghl_real_estate_ai.turns.model import (
    NEW_CONTACT_TAG,
    ClaimedTurn,
    FinishedTurn,
    deferral_of_turn,
    handoff_details,
    outcome_details,
    replaced_facts,
    tags_after,
)
from ghl_real_estate_ai.turns.ports import ConversationBusy, LeaseLost, NoConversation, Superseded
from ghl_real_estate_ai.turns.rows import (
    HANDOFFS_LOADED,
    MESSAGES_LOADED,
    Row,
    contact_of,
    fact_of,
    fact_rows,
    inbound_of,
    message_of,
    message_rows,
    turn_row,
)
from ghl_real_estate_ai.turns.settle_handoffs import present_answer, publish_resolved, take_waiting_tag_off
from ghl_real_estate_ai.turns.state import parse_state, state_of

LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '3s'")


class SqlTurnStore:
    """`TurnStore` on PostgreSQL; leases by the database's clock."""

    def __init__(
        self, database: Database, *, person_sla: timedelta = PERSON_SLA, pseudonyms: Pseudonyms | None = None
    ) -> None:
        """*person_sla* is how soon a person who was called must write; *pseudonyms* finds opt-outs of the forgotten."""
        self._database = database
        self._pseudonyms = pseudonyms
        self._person_sla = person_sla

    async def claim_due(self, holder: str, *, lease: timedelta) -> ClaimedTurn | None:
        async with self._database.begin() as connection:
            due = (await connection.execute(_DUE)).first()
            if due is None:
                return None
            key = (LocationId(due.location_id), ContactId(due.contact_id))
            row = await _take_lease(connection, *key, holder, lease)
            if row is None:
                return None
            waiting = (await connection.execute(_WAITING, _key(*key))).mappings().all()
            conversation = await self._load(connection, *key, row)
            inbound = tuple(inbound_of(dict(item), row["at"]) for item in waiting)
            return ClaimedTurn(
                conversation=conversation, inbound=inbound, holder=holder, fence=row["fence"], at=row["at"]
            )

    async def claim_contact(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        holder: str,
        *,
        lease: timedelta,
        makes: bool = True,
        in_chat: bool = False,
    ) -> ClaimedTurn:
        async with self._database.begin() as connection:
            key = _key(location_id, contact_id)
            if not makes and (await connection.execute(_BEGUN, key)).first() is None:
                raise NoConversation("There is no conversation with this contact.", field="contact_id")
            is_unseen = in_chat and (await connection.execute(_CONTACT, key)).first() is None
            if makes and not in_chat:
                await connection.execute(_NEW_CONTACT, key)
            row = await _take_lease(connection, location_id, contact_id, holder, lease)
            if row is None:
                raise ConversationBusy("Another turn of this contact is under way; try again in a moment.")
            return ClaimedTurn(
                conversation=await self._load(connection, location_id, contact_id, row),
                inbound=(),
                holder=holder,
                fence=row["fence"],
                at=row["at"],
                is_unseen=is_unseen,
            )

    async def is_our_echo(
        self, location_id: LocationId, contact_id: ContactId, *, crm_message_id: str | None, text: str, since: datetime
    ) -> bool:
        known = {**_key(location_id, contact_id), "crm_id": crm_message_id, "text": text, "since": since}
        async with self._database.begin() as connection:
            return (await connection.execute(_OUR_SEND, known)).first() is not None

    async def renew(self, claim: ClaimedTurn, *, lease: timedelta) -> bool:
        async with self._database.begin() as connection:
            result = await connection.execute(
                update(conversations).where(_held(claim)).values(claimed_until=func.now() + lease)
            )
            return result.rowcount == 1

    async def save(self, finished: FinishedTurn) -> Sequence[Resolved]:
        async with self._database.begin() as connection:
            await connection.execute(LOCK_TIMEOUT)
            await _save_conversation(connection, finished)
            await _refuse_superseded(connection, finished)
            said = message_rows(finished)
            if said:
                await connection.execute(insert(messages), said)
            await _save_facts(connection, finished)
            await self._save_suppression(connection, finished)
            await keep_consent(connection, finished)
            await keep_privacy_requests(connection, finished)
            await _save_contact(connection, finished)
            await _save_handoff(connection, finished)
            await _drop_what_waits(connection, finished)
            await insert_effects(connection, finished.effects)
            resolved = await self._settle_handoffs(connection, finished)
            await _finish_inbox(connection, finished)
            # Last of all, so that the timings it stores end where the commit begins.
            await connection.execute(insert(turns).values(turn_row(finished)))
        return resolved

    async def _load(
        self, connection: AsyncConnection, location_id: LocationId, contact_id: ContactId, row: Row
    ) -> Conversation:
        key = _key(location_id, contact_id)
        person = (await connection.execute(_CONTACT, key)).mappings().first()
        known = (await connection.execute(_FACTS, key)).mappings().all()
        latest = (await connection.execute(_MESSAGES, key)).mappings().all()
        handed = (await connection.execute(_HANDOFFS, key)).mappings().all()
        phone = person["phone"] if person else None
        who = suppressed_as(location_id, contact_id, phone, self._pseudonyms)
        suppressed = (await connection.execute(select(literal(1)).where(who).limit(1))).first()
        return Conversation(
            contact=contact_of(location_id, contact_id, None if person is None else dict(person)),
            owner=Owner(row["owner"]),
            version=row["version"],
            epoch=row["epoch"],
            opted_out=suppressed is not None,
            facts=Facts({Slot(item["slot"]): fact_of(dict(item)) for item in known if item["slot"] in set(Slot)}),
            messages=tuple(message_of(dict(item)) for item in reversed(latest)),
            handoffs=tuple(
                Handed(source=Owner(item["source_bot"]), target=Owner(item["target_bot"]), at=item["timestamp"])
                for item in handed
            ),
            **parse_state(row["state"]),
        )

    async def _save_suppression(self, connection: AsyncConnection, finished: FinishedTurn) -> None:
        before, after = finished.claim.conversation, finished.decision.conversation
        contact = before.contact
        if after.opted_out and not before.opted_out:
            await connection.execute(
                upsert(suppressions)
                .values(
                    location_id=contact.location_id,
                    suppression_id=new_uuid7(),
                    contact_id=contact.contact_id,
                    phone=contact.phone,
                    reason="opt_out",
                    source_message_id=finished.claim.inbound[-1].message.message_id,
                    suppressed_at=finished.claim.at,
                )
                .on_conflict_do_nothing()
            )
        if before.opted_out and not after.opted_out and Flag.OPT_IN in finished.decision.flags:
            theirs = suppressed_as(contact.location_id, contact.contact_id, contact.phone, self._pseudonyms)
            lifted = theirs if finished.delivers else and_(theirs, _SAID_IN_CHAT)
            await connection.execute(update(suppressions).where(lifted).values(lifted_at=finished.claim.at))

    async def _settle_handoffs(self, connection: AsyncConnection, finished: FinishedTurn) -> Sequence[Resolved]:
        if not finished.claim.conversation.handoffs:
            return ()  # nothing of the last day; what is older is a job's to resolve
        resolved = await resolve_of_contact(
            connection,
            Person(finished.location_id, finished.claim.conversation.contact.contact_id),
            finished.claim.at,
            present=present_answer(finished),
            person_sla=self._person_sla,
        )
        await publish_resolved(connection, resolved)
        return resolved

    async def put_off(self, claim: ClaimedTurn, *, by: timedelta) -> None:
        async with self._database.begin() as connection:
            await _give_back(connection, claim)
            await connection.execute(update(inbox).where(_still_waiting(claim)).values(due_at=func.now() + by))

    async def set_aside(self, claim: ClaimedTurn, *, state: str, reason: str) -> None:
        async with self._database.begin() as connection:
            await _give_back(connection, claim)
            await connection.execute(
                update(inbox).where(_still_waiting(claim)).values(state=state, reason=reason, done_at=func.now())
            )

    async def learn_contact(self, contact: Contact) -> None:
        learned = {
            "tags": None if contact.tags is None else sorted(contact.tags),
            "tags_known_at": func.now(),
            "dnd": contact.dnd,
            "first_name": contact.first_name,
            "phone": contact.phone,
            "state": contact.state,
            "postal_code": contact.postal_code,
            "timezone": contact.timezone,
            "source": contact.source,
            "updated_at": func.now(),
        }
        # A message tells the contact's id alone, so this may be the first that we keep of the person.
        kept = upsert(contacts).values(location_id=contact.location_id, contact_id=contact.contact_id, **learned)
        async with self._database.begin() as connection:
            await connection.execute(
                kept.on_conflict_do_update(index_elements=["location_id", "contact_id"], set_=learned)
            )


# The row lock keeps two workers from starting on the same message; the lease keeps the contact's turns serial.
_DUE = (
    select(inbox.c.location_id, inbox.c.contact_id)
    .where(
        inbox.c.state == "pending",
        inbox.c.due_at <= func.now(),
        ~select(literal(1))
        .where(
            conversations.c.location_id == inbox.c.location_id,
            conversations.c.contact_id == inbox.c.contact_id,
            conversations.c.claimed_until > func.now(),
        )
        .exists(),
    )
    .order_by(inbox.c.due_at)
    .limit(1)
    .with_for_update(skip_locked=True, of=inbox)
)

_WAITING = (
    select(inbox)
    .where(
        inbox.c.location_id == bindparam("location_id"),
        inbox.c.contact_id == bindparam("contact_id"),
        inbox.c.state == "pending",
        inbox.c.due_at <= func.now(),
    )
    # By when it was written, not by when it arrived.
    .order_by(func.coalesce(inbox.c.occurred_at, inbox.c.received_at), inbox.c.seq)
)

_BEGUN = select(literal(1)).where(
    conversations.c.location_id == bindparam("location_id"),
    conversations.c.contact_id == bindparam("contact_id"),
    conversations.c.version > 0,
)
# Only what really arrived has an event.
_SAID_IN_CHAT = (
    select(literal(1))
    .where(
        messages.c.location_id == suppressions.c.location_id,
        messages.c.message_id == suppressions.c.source_message_id,
        messages.c.event_id.is_(None),
    )
    .exists()
)
_OUR_SEND = (
    select(literal(1))
    .where(
        outbox.c.location_id == bindparam("location_id"),
        outbox.c.contact_id == bindparam("contact_id"),
        outbox.c.kind == "send_text",
        or_(
            outbox.c.crm_id == bindparam("crm_id", type_=Text),
            and_(
                outbox.c.crm_id.is_(None),
                outbox.c.asked_crm,
                outbox.c.created_at >= bindparam("since", type_=Moment),
                func.btrim(outbox.c.payload["text"].astext) == bindparam("text", type_=Text),
            ),
        ),
    )
    .limit(1)
)
_NEW_CONTACT = (
    upsert(contacts)
    .values(
        location_id=bindparam("location_id"),
        contact_id=bindparam("contact_id"),
        tags=[NEW_CONTACT_TAG],
        tags_known_at=func.now(),
        dnd=False,
    )
    .on_conflict_do_nothing()
)


def _key(location_id: LocationId, contact_id: ContactId) -> dict[str, str]:
    return {"location_id": location_id, "contact_id": contact_id}


def _held(claim: ClaimedTurn) -> Any:
    contact = claim.conversation.contact
    return and_(
        conversations.c.location_id == contact.location_id,
        conversations.c.contact_id == contact.contact_id,
        conversations.c.claimed_by == claim.holder,
        conversations.c.fence == claim.fence,
    )


def _event_ids(claim: ClaimedTurn) -> list[EventId]:
    return [inbound.event_id for inbound in claim.inbound if inbound.event_id is not None]


async def _take_lease(
    connection: AsyncConnection, location_id: LocationId, contact_id: ContactId, holder: str, lease: timedelta
) -> Row | None:
    fresh = upsert(conversations).values(
        location_id=location_id,
        contact_id=contact_id,
        claimed_by=holder,
        claimed_until=func.now() + lease,
        fence=1,
    )
    taken = fresh.on_conflict_do_update(
        index_elements=["location_id", "contact_id"],
        set_={
            "claimed_by": holder,
            "claimed_until": func.now() + lease,
            "fence": conversations.c.fence + 1,
        },
        where=or_(conversations.c.claimed_until.is_(None), conversations.c.claimed_until < func.now()),
    ).returning(conversations, func.now().label("at"))
    held = (await connection.execute(taken)).mappings().first()
    return None if held is None else dict(held)


async def _give_back(connection: AsyncConnection, claim: ClaimedTurn) -> None:
    result = await connection.execute(
        update(conversations).where(_held(claim)).values(claimed_by=None, claimed_until=None)
    )
    if result.rowcount != 1:
        raise LeaseLost("Another process has taken this conversation over; its messages are left to it.")


def _still_waiting(claim: ClaimedTurn) -> Any:
    return and_(
        inbox.c.location_id == claim.conversation.contact.location_id,
        inbox.c.event_id.in_(_event_ids(claim)),
        inbox.c.state == "pending",
    )


_CONTACT = select(contacts).where(
    contacts.c.location_id == bindparam("location_id"), contacts.c.contact_id == bindparam("contact_id")
)
_FACTS = select(facts).where(
    facts.c.location_id == bindparam("location_id"),
    facts.c.contact_id == bindparam("contact_id"),
    facts.c.superseded_at.is_(None),
)
_MESSAGES = (
    select(messages)
    .where(messages.c.location_id == bindparam("location_id"), messages.c.contact_id == bindparam("contact_id"))
    .order_by(messages.c.seq.desc())
    .limit(MESSAGES_LOADED)
)
_HANDOFFS = (
    select(jorge_handoff_events.c.source_bot, jorge_handoff_events.c.target_bot, jorge_handoff_events.c.timestamp)
    .where(
        jorge_handoff_events.c.location_id == bindparam("location_id"),
        jorge_handoff_events.c.contact_id == bindparam("contact_id"),
        jorge_handoff_events.c.timestamp > func.now() - HANDOFFS_LOADED,
        has_moved(),
    )
    .order_by(jorge_handoff_events.c.timestamp)
)


async def _save_conversation(connection: AsyncConnection, finished: FinishedTurn) -> None:
    after = finished.after
    result = await connection.execute(
        update(conversations)
        .where(_held(finished.claim))
        .values(
            owner=after.owner.value,
            version=conversations.c.version + 1,
            epoch=after.epoch,
            state=state_of(after),
            claimed_by=None,
            claimed_until=None,
            updated_at=func.now(),
        )
    )
    if result.rowcount != 1:
        raise LeaseLost("Another process has taken this conversation over; this turn is not saved.")


async def _refuse_superseded(connection: AsyncConnection, finished: FinishedTurn) -> None:
    """Whoever writes while a reply is being made gets one reply to everything."""
    if not finished.may_be_superseded:
        return
    newer = select(literal(1)).where(
        inbox.c.location_id == finished.location_id,
        inbox.c.contact_id == finished.claim.conversation.contact.contact_id,
        inbox.c.state == "pending",
        inbox.c.event_id.not_in(_event_ids(finished.claim)),
    )
    if (await connection.execute(newer.limit(1))).first() is not None:
        raise Superseded("More was written while the reply was being made.")


async def _drop_what_waits(connection: AsyncConnection, finished: FinishedTurn) -> None:
    if finished.silences is not None:
        contact = finished.claim.conversation.contact
        await drop_texts(connection, contact.location_id, contact.contact_id, finished.silences)


async def _save_facts(connection: AsyncConnection, finished: FinishedTurn) -> None:
    contact = finished.claim.conversation.contact
    new, superseded = replaced_facts(finished.claim.conversation, finished.decision.conversation)
    if superseded:
        await connection.execute(
            update(facts)
            .where(
                facts.c.location_id == contact.location_id,
                facts.c.contact_id == contact.contact_id,
                facts.c.slot.in_(superseded),
                facts.c.superseded_at.is_(None),
            )
            .values(superseded_at=finished.claim.at)
        )
    if new:
        await connection.execute(insert(facts), list(fact_rows(finished, new)))


async def _save_contact(connection: AsyncConnection, finished: FinishedTurn) -> None:
    """Note the tags as they will be in the CRM; of a turn that delivers nothing only that there is somebody."""
    contact = finished.claim.conversation.contact
    if finished.claim.is_unseen:
        somebody = upsert(contacts).values(_key(contact.location_id, contact.contact_id))
        await connection.execute(somebody.on_conflict_do_nothing())
    if not finished.delivers:
        return
    tags = tags_after(contact.tags, finished.decision)
    if tags is None or tags == contact.tags:
        return
    await connection.execute(
        update(contacts)
        .where(contacts.c.location_id == contact.location_id, contacts.c.contact_id == contact.contact_id)
        .values(tags=sorted(tags), updated_at=func.now())
    )


async def _save_handoff(connection: AsyncConnection, finished: FinishedTurn) -> None:
    if finished.handoff_event_id is None:
        return
    contact = finished.claim.conversation.contact
    match finished.decision.handoff, finished.decision.blocked:
        case HandoffDecision() as handoff, _:
            outcome = pending_record(
                contact_id=contact.contact_id,
                location_id=contact.location_id,
                source=handoff.source,
                target=handoff.target,
                at=finished.claim.at,
                event_id=finished.handoff_event_id,
                metadata=outcome_details(finished),
            )
            event = event_record(
                outcome, duration_ms=finished.elapsed_ms(), metadata=handoff_details(finished.decision)
            )
            await insert_handoff_event(connection, event, finished.handoff_event_id)
            await insert_handoff_outcome(connection, outcome)
            person = Person(contact.location_id, contact.contact_id)
            ended = await end_deferral_of_contact(connection, person, handoff.target, finished.claim.at, handoff.reason)
            if ended is not None:
                await take_waiting_tag_off(connection, ended)
        case None, HandoffBlocked() as blocked:
            await insert_handoff_block(
                connection,
                event_id=finished.handoff_event_id,
                location_id=contact.location_id,
                contact_id=contact.contact_id,
                source_bot=blocked.source.value,
                target_bot=blocked.target.value,
                reason=blocked.reason.value,
                timestamp=finished.claim.at,
            )
            deferral = deferral_of_turn(finished)
            if deferral is not None:
                await insert_deferral(connection, deferral)
        case _:
            return


async def _finish_inbox(connection: AsyncConnection, finished: FinishedTurn) -> None:
    ids = _event_ids(finished.claim)
    if ids:
        await connection.execute(
            update(inbox)
            .where(inbox.c.location_id == finished.location_id, inbox.c.event_id.in_(ids))
            .values(state="done", done_at=func.now(), turn_id=finished.turn_id)
        )
