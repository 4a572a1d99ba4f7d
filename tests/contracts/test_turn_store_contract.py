"""What every turn store promises, held by the SQL one and by its twin in memory alike."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from ghl_real_estate_ai.bots.model import Decision, Flag, Say
from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import (
    Bot,
    ContactId,
    Direction,
    EventId,
    Fact,
    LocationId,
    Message,
    MessageId,
    Owner,
    Question,
    Slot,
    TurnId,
)
from ghl_real_estate_ai.handoff.model import HandoffDecision
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.ports import Inbox
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.model import ClaimedTurn, FinishedTurn
from ghl_real_estate_ai.turns.ports import ConversationBusy, LeaseLost, Superseded, TurnStore
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.understanding.model import Signals

LEASE = timedelta(seconds=30)
OVER = timedelta(seconds=-1)
"""A lease that has ended when it begins: how a dead holder looks."""
HERE = LocationId("here")


class Places:
    """A store and the inbox before it."""

    def __init__(self, store: TurnStore, inbox: Inbox) -> None:
        self.store = store
        self.inbox = inbox

    async def writes(self, contact: str, text: str) -> None:
        body = f'{{"contact_id": "{contact}", "message": "{text}", "location_id": "here"}}'.encode()
        event = parse_event(body, {}, default_location="here", event_id=EventId(uuid4()))
        await self.inbox.keep([event])

    async def writes_through_the_crm(self, contact: str, text: str) -> None:
        """The CRM's own event: it tells neither tags nor anything else of the person."""
        event = {
            "type": "InboundMessage",
            "webhookId": str(uuid4()),
            "messageId": str(uuid4()),
            "locationId": "here",
            "contactId": contact,
            "body": text,
            "direction": "inbound",
            "messageType": "SMS",
        }
        raw = json.dumps(event).encode()
        await self.inbox.keep([parse_event(raw, {}, default_location="here", event_id=EventId(uuid4()))])

    async def claimed(self, holder: str, lease: timedelta = LEASE) -> ClaimedTurn:
        claim = await self.store.claim_due(holder, lease=lease)
        assert claim is not None
        return claim


@pytest.fixture(params=["sql", "memory"])
async def places(request: pytest.FixtureRequest) -> AsyncIterator[Places]:
    """Both stores, one after the other."""
    if request.param == "memory":
        memory, clock = MemoryDatabase(), SystemClock()
        yield Places(MemoryTurnStore(memory, clock), MemoryInbox(memory, clock.now, quiet=timedelta()))
        return
    database = Database(request.getfixturevalue("database_dsn"))
    yield Places(SqlTurnStore(database), SqlInbox(database, quiet=timedelta()))
    await database.close()


def finished(claim: ClaimedTurn, *, to: Owner = Owner.LEAD, facts: tuple[Fact, ...] = (), **changes: object):
    """A turn that answers *claim* with a word."""
    before = claim.conversation
    after = replace(
        before,
        owner=to,
        epoch=before.epoch + (to is not before.owner),
        facts=before.facts.with_stated(*facts),
        asked=Question.BUDGET,
        attempts={Question.BUDGET: 1},
        disclosed=True,
        replies_used=("hello.1",),
        **changes,
    )
    handoff = None
    if to is Owner.BUYER:
        handoff = HandoffDecision(source=before.owner, target=to, confidence=0.9, threshold=0.7)
    flags = frozenset({Flag.OPT_IN}) if before.opted_out and not after.opted_out else frozenset()
    decision = Decision(
        owner=to,
        bot=Bot.LEAD,
        speech=Say("Hello.", "hello.1"),
        asked=Question.BUDGET,
        handoff=handoff,
        flags=flags,
        conversation=after,
    )
    reply = Message(
        message_id=MessageId(new_uuid7()), direction=Direction.OUTBOUND, author="lead", text="Hello.", at=claim.at
    )
    return FinishedTurn(
        turn_id=TurnId(new_uuid7()),
        claim=claim,
        decision=decision,
        signals=Signals(language=before.language),
        outbound=reply,
        effects=(),
        handoff_event_id=new_uuid7() if handoff else None,
        fact_ids=tuple(new_uuid7() for _ in after.facts),
        node="test",
        timings=lambda: {"process": 1.0},
        elapsed_ms=lambda: 1.0,
    )


def stated(slot: Slot, value: object, claim: ClaimedTurn) -> Fact:
    """A fact from the claim's message."""
    return Fact(slot, value, claim.inbound[-1].message.message_id, claim.at)


async def test_nobody_waits(places: Places):
    """With nothing due there is nothing to claim."""
    assert await places.store.claim_due("a", lease=LEASE) is None


async def test_claims_the_due_message_with_its_contact(places: Places):
    """A bare message is due at once, its unseen contact needs qualifying."""
    await places.writes("c1", "hi")

    claim = await places.claimed("a")

    assert ["hi"] == [inbound.message.text for inbound in claim.inbound]
    assert frozenset({"Needs Qualifying"}) == claim.conversation.contact.tags
    assert Owner.LEAD is claim.conversation.owner


async def test_a_held_contact_is_not_claimed_twice(places: Places):
    """While one holds a contact, another finds nothing to claim."""
    await places.writes("c1", "hi")
    await places.claimed("a")

    second = await places.store.claim_due("b", lease=LEASE)

    assert second is None


async def test_what_is_saved_is_loaded(places: Places):
    """Facts, messages, owner and small state come back as they were saved."""
    await places.writes("c1", "hi")
    claim = await places.claimed("a")
    await places.store.save(finished(claim, facts=(stated(Slot.LOCATIONS, ("Upland", "Ontario"), claim),)))

    again = await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)

    loaded = again.conversation
    assert {"locations": ("Upland", "Ontario")} == loaded.facts.values_by_slot()
    assert ["hi", "Hello."] == [message.text for message in loaded.messages]
    assert (1, Question.BUDGET, {Question.BUDGET: 1}, True, ("hello.1",)) == (
        loaded.version,
        loaded.asked,
        loaded.attempts,
        loaded.disclosed,
        loaded.replies_used,
    )


async def test_a_saved_message_is_not_answered_again(places: Places):
    """Each message belongs to exactly one turn."""
    await places.writes("c1", "hi")
    await places.store.save(finished(await places.claimed("a")))

    assert await places.store.claim_due("a", lease=LEASE) is None


async def test_a_later_fact_replaces_the_earlier(places: Places):
    """Of one slot only the latest statement is current."""
    await places.writes("c1", "400")
    claim = await places.claimed("a")
    await places.store.save(finished(claim, facts=(stated(Slot.BUDGET_MAX, 400_000, claim),)))
    await places.writes("c1", "415")
    claim = await places.claimed("a")
    await places.store.save(finished(claim, facts=(stated(Slot.BUDGET_MAX, 415_000, claim),)))

    again = await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)

    assert {"budget_max": 415_000} == again.conversation.facts.values_by_slot()


async def test_what_was_written_meanwhile_supersedes_a_reply(places: Places):
    """A reply is not saved when more was written while it was being made; one turn then takes all."""
    await places.writes("c1", "hi")
    early = await places.claimed("a")
    await places.writes("c1", "my budget is 500k")

    with pytest.raises(Superseded):
        await places.store.save(finished(early))
    await places.store.put_off(replace(early, inbound=()), by=timedelta())
    both = await places.claimed("a")
    await places.store.save(finished(both))

    again = await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)
    assert ["hi", "my budget is 500k"] == [inbound.message.text for inbound in both.inbound]
    assert ["hi", "my budget is 500k", "Hello."] == [message.text for message in again.conversation.messages]


async def test_whoever_never_stops_writing_is_answered_all_the_same(places: Places):
    """A message that has waited long enough gets its reply, whatever else was written."""
    await places.writes("c1", "hi")
    claim = await places.claimed("a")
    await places.writes("c1", "and")

    await places.store.save(finished(replace(claim, at=claim.at + timedelta(minutes=1))))

    assert ["and"] == [inbound.message.text for inbound in (await places.claimed("a")).inbound]


async def test_an_opt_out_is_saved_whatever_else_was_written(places: Places):
    """Nobody's opt-out waits for another message."""
    await places.writes("c1", "please never text me again")
    claim = await places.claimed("a")
    await places.writes("c1", "thanks")
    turn = finished(claim, to=Owner.NONE, opted_out=True)

    await places.store.save(replace(turn, decision=replace(turn.decision, flags=frozenset({Flag.OPT_OUT}))))

    assert (await places.claimed("a")).conversation.opted_out


@pytest.mark.parametrize("next_holder", ["b", "a"])
async def test_a_dead_holder_is_replaced_and_cannot_save(places: Places, next_holder: str):
    """When a lease has ended another takes over, of the same process too, and whoever was too slow is refused."""
    await places.writes("c1", "hi")
    late = await places.claimed("a", lease=OVER)
    taken = await places.claimed(next_holder)

    with pytest.raises(LeaseLost):
        await places.store.save(finished(late))
    await places.store.save(finished(taken))

    again = await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)
    assert ["hi", "Hello."] == [message.text for message in again.conversation.messages]


async def test_a_lost_lease_is_not_renewed(places: Places):
    """Renewing tells whether the contact is still ours."""
    await places.writes("c1", "hi")
    late = await places.claimed("a", lease=OVER)
    taken = await places.claimed("b")

    assert (False, True) == (
        await places.store.renew(late, lease=LEASE),
        await places.store.renew(taken, lease=LEASE),
    )


async def test_a_busy_contact_is_told_as_such(places: Places):
    """A synchronous turn of a contact that is being answered is refused, not queued."""
    await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)

    with pytest.raises(ConversationBusy):
        await places.store.claim_contact(HERE, ContactId("c1"), "b", lease=LEASE)


async def test_what_is_put_off_is_due_again(places: Places):
    """A message put off is neither lost nor due before its time."""
    await places.writes("c1", "hi")
    claim = await places.claimed("a")
    await places.store.put_off(claim, by=timedelta(hours=1))
    later = await places.store.claim_due("a", lease=LEASE)

    await places.writes("c2", "hi")
    claim = await places.claimed("a")
    await places.store.put_off(claim, by=timedelta(seconds=-1))
    again = await places.claimed("a")

    assert later is None
    assert "c2" == again.conversation.contact.contact_id


async def test_what_is_set_aside_stays_there(places: Places):
    """A message set aside is not answered, and the contact is free."""
    await places.writes("c1", "hi")
    await places.store.set_aside(await places.claimed("a"), state="held", reason="turn_failed:ValueError")

    assert await places.store.claim_due("a", lease=LEASE) is None
    await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)


async def test_a_handoff_counts_for_the_limits(places: Places):
    """A saved handoff is among those of the last day."""
    await places.writes("c1", "hi")
    await places.store.save(finished(await places.claimed("a"), to=Owner.BUYER))

    again = await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)

    assert [(Owner.LEAD, Owner.BUYER)] == [(handed.source, handed.target) for handed in again.conversation.handoffs]
    assert (Owner.BUYER, 1) == (again.conversation.owner, again.conversation.epoch)


async def test_an_opt_out_is_kept_and_lifted(places: Places):
    """An opt-out is known to the next turn, and gone once it was lifted."""
    await places.writes("c1", "stop")
    await places.store.save(finished(await places.claimed("a"), to=Owner.NONE, opted_out=True))
    await places.writes("c1", "start")
    suppressed = await places.claimed("a")
    await places.store.save(finished(suppressed, to=Owner.LEAD, opted_out=False))

    again = await places.store.claim_contact(HERE, ContactId("c1"), "a", lease=LEASE)

    assert (True, False) == (suppressed.conversation.opted_out, again.conversation.opted_out)


@pytest.mark.parametrize("is_known", [True, False])
async def test_what_the_crm_said_is_kept(places: Places, is_known: bool):
    """Tags learned from the CRM are known to the next turn, also of somebody of whom we had only the id."""
    await (places.writes if is_known else places.writes_through_the_crm)("c1", "hi")
    claim = await places.claimed("a")
    await places.store.learn_contact(replace(claim.conversation.contact, tags=frozenset({"Buyer-Lead"}), dnd=True))
    await places.store.put_off(claim, by=timedelta(seconds=-1))

    again = await places.claimed("a")

    assert (frozenset({"Buyer-Lead"}), True) == (again.conversation.contact.tags, again.conversation.contact.dnd)
