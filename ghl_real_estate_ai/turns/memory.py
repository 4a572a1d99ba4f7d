"""The twin of the SQL store in memory: for `JORGE_PERSISTENCE=off`, for replays and for unit tests.

Held to the same contract tests as the SQL store.  Rows carry the columns of storage/tables.py.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from ghl_real_estate_ai.bots.model import Flag
from ghl_real_estate_ai.compliance.memory import suppresses
from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.conversation.clock import Clock, new_uuid7
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Facts,
    Handed,
    LocationId,
    Owner,
    Slot,
)
from ghl_real_estate_ai.delivery.memory import drop_texts_in_memory, insert_effects_in_memory
from ghl_real_estate_ai.handoff.memory import (
    end_deferral_of_contact_in_memory,
    insert_deferral_in_memory,
    resolve_in_memory,
)
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.resolve_outcome import PERSON_SLA
from ghl_real_estate_ai.storage.memory import MemoryDatabase, Row, Tables, row
from ghl_real_estate_ai.turns.keep_consent import keep_consent_in_memory, keep_privacy_requests_in_memory
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
    contact_of,
    fact_of,
    fact_rows,
    inbound_of,
    message_of,
    message_rows,
    turn_row,
)
from ghl_real_estate_ai.turns.settle_handoffs import (
    present_answer,
    publish_resolved_in_memory,
    take_waiting_tag_off_in_memory,
)
from ghl_real_estate_ai.turns.state import parse_state, state_of

Key = tuple[LocationId, ContactId]
FREE: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


class MemoryTurnStore:
    """`TurnStore` on a `MemoryDatabase`; leases by *clock*."""

    def __init__(
        self,
        database: MemoryDatabase,
        clock: Clock,
        *,
        person_sla: timedelta = PERSON_SLA,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        """*pseudonyms* finds opt-outs of the forgotten."""
        self._pseudonyms = pseudonyms
        self._database = database
        self._clock = clock
        self._person_sla = person_sla

    async def claim_due(self, holder: str, *, lease: timedelta) -> ClaimedTurn | None:
        async with self._database.begin() as tables:
            now = self._clock.now()
            for waiting in _due(tables, now):
                key = (waiting["location_id"], waiting["contact_id"])
                held = self._take_lease(tables, key, holder, lease)
                if held is None:
                    continue
                mine = [item for item in _due(tables, now) if (item["location_id"], item["contact_id"]) == key]
                mine.sort(key=lambda item: (item["occurred_at"] or item["received_at"], item["received_at"]))
                return ClaimedTurn(
                    conversation=self._load(tables, key, held),
                    inbound=tuple(inbound_of(item, now) for item in mine),
                    holder=holder,
                    fence=held["fence"],
                    at=now,
                )
            return None

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
        async with self._database.begin() as tables:
            now = self._clock.now()
            key = (location_id, contact_id)
            begun = tables["conversations"].get(key)
            if not makes and (begun is None or begun["version"] == 0):
                raise NoConversation("There is no conversation with this contact.", field="contact_id")
            is_unseen = in_chat and key not in tables["contacts"]
            if not in_chat and key not in tables["contacts"]:
                tables["contacts"][key] = row(
                    location_id=location_id,
                    contact_id=contact_id,
                    tags=[NEW_CONTACT_TAG],
                    tags_known_at=now,
                    dnd=False,
                )
            held = self._take_lease(tables, key, holder, lease)
            if held is None:
                raise ConversationBusy("Another turn of this contact is under way; try again in a moment.")
            return ClaimedTurn(
                conversation=self._load(tables, key, held),
                inbound=(),
                holder=holder,
                fence=held["fence"],
                at=now,
                is_unseen=is_unseen,
            )

    async def is_our_echo(
        self, location_id: LocationId, contact_id: ContactId, *, crm_message_id: str | None, text: str, since: datetime
    ) -> bool:
        async with self._database.begin() as tables:
            sends = [item for item in _of(tables, "outbox", (location_id, contact_id)) if item["kind"] == "send_text"]
            return any(_is_echo(item, crm_message_id, text, since) for item in sends)

    async def renew(self, claim: ClaimedTurn, *, lease: timedelta) -> bool:
        async with self._database.begin() as tables:
            held = _held(tables, claim)
            if held is None:
                return False
            _put(tables, held, claimed_until=self._clock.now() + lease)
            return True

    async def save(self, finished: FinishedTurn) -> Sequence[Resolved]:
        async with self._database.begin() as tables:
            held = _held(tables, finished.claim)
            if held is None:
                raise LeaseLost("Another process has taken this conversation over; this turn is not saved.")
            _refuse_superseded(tables, finished)
            after = finished.after
            _put(
                tables,
                held,
                owner=after.owner.value,
                version=held["version"] + 1,
                epoch=after.epoch,
                state=state_of(after),
                updated_at=self._clock.now(),
                **FREE,
            )
            for item in message_rows(finished):
                tables["messages"][finished.location_id, item["message_id"]] = row(**item)
            self._save_facts(tables, finished)
            self._save_suppression(tables, finished)
            keep_consent_in_memory(tables, finished)
            keep_privacy_requests_in_memory(tables, finished)
            self._save_contact(tables, finished)
            self._save_handoff(tables, finished)
            if finished.silences is not None:
                contact = after.contact
                at = self._clock.now()
                drop_texts_in_memory(tables, contact.location_id, contact.contact_id, finished.silences, at)
            insert_effects_in_memory(tables, finished.effects, now=self._clock.now)
            resolved = self._settle_handoffs(tables, finished)
            for event_id in _event_ids(finished.claim):
                _change(
                    tables,
                    "inbox",
                    (finished.location_id, event_id),
                    state="done",
                    done_at=self._clock.now(),
                    turn_id=finished.turn_id,
                )
            tables["turns"][finished.location_id, finished.turn_id] = row(**turn_row(finished))
        return resolved

    def _settle_handoffs(self, tables: Tables, finished: FinishedTurn) -> Sequence[Resolved]:
        if not finished.claim.conversation.handoffs:
            return ()
        resolved = resolve_in_memory(
            tables,
            finished.claim.at,
            person=(finished.location_id, finished.claim.conversation.contact.contact_id),
            present=present_answer(finished),
            person_sla=self._person_sla,
        )
        publish_resolved_in_memory(tables, resolved)
        return resolved

    async def put_off(self, claim: ClaimedTurn, *, by: timedelta) -> None:
        async with self._database.begin() as tables:
            _give_back(tables, claim)
            for key in _still_waiting(tables, claim):
                _change(tables, "inbox", key, due_at=self._clock.now() + by)

    async def set_aside(self, claim: ClaimedTurn, *, state: str, reason: str) -> None:
        async with self._database.begin() as tables:
            _give_back(tables, claim)
            for key in _still_waiting(tables, claim):
                _change(tables, "inbox", key, state=state, reason=reason, done_at=self._clock.now())

    async def learn_contact(self, contact: Contact) -> None:
        async with self._database.begin() as tables:
            key = (contact.location_id, contact.contact_id)
            known = dict(tables["contacts"].get(key, {"location_id": key[0], "contact_id": key[1]}))
            known |= {
                "tags": None if contact.tags is None else sorted(contact.tags),
                "tags_known_at": self._clock.now(),
                "dnd": contact.dnd,
                "first_name": contact.first_name,
                "phone": contact.phone,
                "state": contact.state,
                "postal_code": contact.postal_code,
                "timezone": contact.timezone,
                "source": contact.source,
            }
            tables["contacts"][key] = row(**known)

    def _take_lease(self, tables: Tables, key: Key, holder: str, lease: timedelta) -> Row | None:
        now = self._clock.now()
        known = tables["conversations"].get(key)
        if known is None:
            known = row(
                location_id=key[0],
                contact_id=key[1],
                owner="lead",
                version=0,
                epoch=0,
                state={},
                fence=0,
                created_at=now,
                updated_at=now,
                **FREE,
            )
        if known["claimed_until"] is not None and known["claimed_until"] >= now:
            return None
        return _put(tables, known, claimed_by=holder, claimed_until=now + lease, fence=known["fence"] + 1)

    def _load(self, tables: Tables, key: Key, held: Row) -> Conversation:
        person = tables["contacts"].get(key)
        since = self._clock.now() - HANDOFFS_LOADED
        messages = sorted(_of(tables, "messages", key), key=lambda item: item["at"])[-MESSAGES_LOADED:]
        phone = None if person is None else person.get("phone")
        suppressed = any(suppresses(item, *key, phone, self._pseudonyms) for item in tables["suppressions"].values())
        return Conversation(
            contact=contact_of(*key, person),
            owner=Owner(held["owner"]),
            version=held["version"],
            epoch=held["epoch"],
            opted_out=suppressed,
            facts=Facts(
                {
                    Slot(item["slot"]): fact_of(item)
                    for item in _of(tables, "facts", key)
                    if item["superseded_at"] is None and item["slot"] in set(Slot)
                }
            ),
            messages=tuple(message_of(item) for item in messages),
            handoffs=tuple(
                Handed(source=Owner(item["source_bot"]), target=Owner(item["target_bot"]), at=item["timestamp"])
                for item in _of(tables, "jorge_handoff_events", key)
                if item["timestamp"] > since
            ),
            **parse_state(held["state"]),
        )

    def _save_facts(self, tables: Tables, finished: FinishedTurn) -> None:
        contact = finished.claim.conversation.contact
        key = (contact.location_id, contact.contact_id)
        new, superseded = replaced_facts(finished.claim.conversation, finished.decision.conversation)
        for item in list(_of(tables, "facts", key)):
            if item["slot"] in superseded and item["superseded_at"] is None:
                _change(tables, "facts", (key[0], item["fact_id"]), superseded_at=finished.claim.at)
        for values in fact_rows(finished, new):
            tables["facts"][key[0], values["fact_id"]] = row(**values, superseded_at=None)

    def _save_suppression(self, tables: Tables, finished: FinishedTurn) -> None:
        before, after = finished.claim.conversation, finished.decision.conversation
        contact = before.contact
        key = (contact.location_id, contact.contact_id)
        if after.opted_out and not before.opted_out:
            suppression_id = new_uuid7()
            tables["suppressions"][contact.location_id, suppression_id] = row(
                location_id=contact.location_id,
                suppression_id=suppression_id,
                contact_id=contact.contact_id,
                phone=contact.phone,
                reason="opt_out",
                source_message_id=finished.claim.inbound[-1].message.message_id,
                suppressed_at=finished.claim.at,
                lifted_at=None,
            )
        if before.opted_out and not after.opted_out and Flag.OPT_IN in finished.decision.flags:
            for item_key, item in list(tables["suppressions"].items()):
                lifts = finished.delivers or _was_said_in_chat(tables, item)
                if lifts and suppresses(item, *key, contact.phone, self._pseudonyms):
                    _change(tables, "suppressions", item_key, lifted_at=finished.claim.at)

    def _save_contact(self, tables: Tables, finished: FinishedTurn) -> None:
        contact = finished.claim.conversation.contact
        key = (contact.location_id, contact.contact_id)
        if finished.claim.is_unseen:
            unknown = {"tags": None, "tags_known_at": None, "dnd": None}
            tables["contacts"].setdefault(key, row(location_id=key[0], contact_id=key[1], **unknown))
        if not finished.delivers:
            return
        tags = tags_after(contact.tags, finished.decision)
        if tags is not None and key in tables["contacts"]:
            _change(tables, "contacts", key, tags=sorted(tags))

    def _save_handoff(self, tables: Tables, finished: FinishedTurn) -> None:
        decision, event_id = finished.decision, finished.handoff_event_id
        moved = decision.handoff or decision.blocked
        if event_id is None or moved is None:
            return
        shared = {
            "location_id": finished.location_id,
            "event_id": event_id,
            "contact_id": decision.conversation.contact.contact_id,
            "source_bot": moved.source.value,
            "target_bot": moved.target.value,
            "timestamp": finished.claim.at,
        }
        key = (finished.location_id, event_id)
        if decision.handoff is not None:
            packed = handoff_details(decision)
            event = row(**shared, success=True, duration_ms=finished.elapsed_ms(), metadata=packed)
            tables["jorge_handoff_events"][key] = event
            why = outcome_details(finished)
            tables["jorge_handoff_outcomes"][key] = row(**shared, outcome="pending", resolved_at=None, metadata=why)
            person = (finished.location_id, decision.conversation.contact.contact_id)
            ended = end_deferral_of_contact_in_memory(
                tables, person, decision.handoff.target, finished.claim.at, decision.handoff.reason
            )
            if ended is not None:
                take_waiting_tag_off_in_memory(tables, ended)
        elif decision.blocked is not None:
            tables["handoff_blocks"][key] = row(**shared, reason=decision.blocked.reason.value)
            deferral = deferral_of_turn(finished)
            if deferral is not None:
                insert_deferral_in_memory(tables, deferral)


def _is_echo(sent: Row, crm_message_id: str | None, text: str, since: datetime) -> bool:
    if sent["crm_id"] is not None:
        return bool(sent["crm_id"] == crm_message_id)
    being_sent = sent["asked_crm"] and sent["created_at"] >= since
    return bool(being_sent and sent["payload"]["text"].strip() == text)


def _was_said_in_chat(tables: Tables, suppression: Row) -> bool:
    said = tables["messages"].get((suppression["location_id"], suppression["source_message_id"]))
    return said is not None and said["event_id"] is None


def _due(tables: Tables, now: datetime) -> list[Row]:
    due = [
        item
        for item in tables["inbox"].values()
        if item["state"] == "pending" and item["due_at"] is not None and item["due_at"] <= now
    ]
    return sorted(due, key=lambda item: item["due_at"])


def _of(tables: Tables, name: str, key: Key) -> Iterable[Row]:
    return [item for item in tables[name].values() if (item["location_id"], item["contact_id"]) == key]


def _refuse_superseded(tables: Tables, finished: FinishedTurn) -> None:
    if not finished.may_be_superseded:
        return
    answered = set(_event_ids(finished.claim))
    theirs = (finished.location_id, finished.claim.conversation.contact.contact_id)
    if any(one["state"] == "pending" and one["event_id"] not in answered for one in _of(tables, "inbox", theirs)):
        raise Superseded("More was written while the reply was being made.")


def _held(tables: Tables, claim: ClaimedTurn) -> Row | None:
    contact = claim.conversation.contact
    known = tables["conversations"].get((contact.location_id, contact.contact_id))
    if known is None or known["fence"] != claim.fence or known["claimed_by"] != claim.holder:
        return None
    return known


def _put(tables: Tables, known: Row, **changes: Any) -> Row:
    changed = row(**{**known, **changes})
    tables["conversations"][changed["location_id"], changed["contact_id"]] = changed
    return changed


def _change(tables: Tables, name: str, key: tuple[Any, ...], **changes: Any) -> None:
    tables[name][key] = row(**{**tables[name][key], **changes})


def _give_back(tables: Tables, claim: ClaimedTurn) -> None:
    held = _held(tables, claim)
    if held is None:
        raise LeaseLost("Another process has taken this conversation over; its messages are left to it.")
    _put(tables, held, **FREE)


def _still_waiting(tables: Tables, claim: ClaimedTurn) -> list[tuple[Any, ...]]:
    keys = [(claim.conversation.contact.location_id, event_id) for event_id in _event_ids(claim)]
    return [key for key in keys if tables["inbox"][key]["state"] == "pending"]


def _event_ids(claim: ClaimedTurn) -> list[Any]:
    return [inbound.event_id for inbound in claim.inbound if inbound.event_id is not None]
