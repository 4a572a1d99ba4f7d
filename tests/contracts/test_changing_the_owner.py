"""What both turn stores promise to people who take a conversation over: nobody unknown, nothing lost, no echo."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, Fact, LocationId, Owner, PersonCall, Slot
from ghl_real_estate_ai.crm.model import AddTag, SendText
from ghl_real_estate_ai.delivery.memory import MemoryOutbox
from ghl_real_estate_ai.delivery.ports import Outbox
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.change_owner import ECHO_SINCE
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.ports import NoConversation, TurnStore
from ghl_real_estate_ai.turns.state import parse_state, state_of
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE, ANA = LocationId("here"), ContactId("ana")
LEASE = timedelta(seconds=30)


class NoCrm:
    """Turns of `/api/chat` ask a CRM for nothing."""


@dataclass
class Place:
    """Turns on a store, and the outbox behind it."""

    store: TurnStore
    outbox: Outbox
    turns: TakeTurn


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Both stores, one after the other."""
    clock = SystemClock()
    store: TurnStore
    outbox: Outbox
    database = None
    if request.param == "memory":
        memory = MemoryDatabase()
        store, outbox = MemoryTurnStore(memory, clock), MemoryOutbox(memory, now=clock.now)
    else:
        database = Database(request.getfixturevalue("database_dsn"))
        store, outbox = SqlTurnStore(database), SqlOutbox(database)
    turns = TakeTurn(
        store=store,
        crm=NoCrm(),  # type: ignore[arg-type]  # it is never asked
        record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
        handoffs=JorgeHandoffService(clock),
        clock=clock,
        new_id=new_uuid7,
        node="test",
        business_name="Lone Star",
        makes_contacts=False,
    )
    yield Place(store, outbox, turns)
    if database is not None:
        await database.close()


async def test_who_has_no_conversation_is_not_made(place: Place) -> None:
    """A takeover of an unknown contact is refused, and leaves nothing behind."""
    for _ in range(2):
        with pytest.raises(NoConversation):
            await place.turns.change_owner.take_over(HERE, ANA, by="Tom")


async def test_there_and_back_keeps_everything(place: Place) -> None:
    """Owner, facts, both homes and the call survive the store; the bot goes on where it was."""
    await place.turns.chat(HERE, ANA, "looking to buy a 4 bed in Carmel, up to 620k", deliver=True)
    await place.turns.chat(HERE, ANA, "we have to sell our current house first", deliver=True)

    taken = await place.turns.change_owner.take_over(HERE, ANA, by="Tom")
    again = await place.turns.change_owner.take_over(HERE, ANA, by="Ana")
    silent = await place.turns.chat(HERE, ANA, "its at 12 Sparrow Ln", deliver=True)
    back = await place.turns.change_owner.release(HERE, ANA, by="Tom")
    claim = await place.store.claim_contact(HERE, ANA, "test", lease=LEASE)

    assert (Owner.SELLER, Owner.HUMAN) == (taken.previous_owner, taken.owner)
    assert (Owner.HUMAN, Owner.HUMAN) == (again.previous_owner, again.owner)
    assert silent.reply is None
    assert (Owner.HUMAN, Owner.SELLER) == (back.previous_owner, back.owner)
    kept = claim.conversation
    assert {Slot.BUDGET_MAX, Slot.ADDRESS} == set(kept.facts)
    assert {Slot.BEDROOMS, Slot.LOCATIONS} == {fact.slot for fact in kept.shelved["buy"]}
    assert kept.person_call is not None
    assert kept.person_call.answered_at is not None
    assert [Owner.BUYER, Owner.SELLER, Owner.HUMAN, Owner.SELLER] == [past.target for past in kept.handoffs]


async def test_what_waits_is_dropped_by_the_takeover_itself(place: Place) -> None:
    """The reply that has not left is gone with the takeover, before any sender looks; what goes to the team stays."""
    await place.turns.chat(HERE, ANA, "I want to sell my house at 12 Sparrow Ln", deliver=True)

    await place.turns.change_owner.take_over(HERE, ANA, by="Tom")

    left = []
    while claimed := await place.outbox.claim("test", most=9, lease=LEASE):
        for one in claimed:
            left.append(one.entry.effect)
            await place.outbox.mark_sent(HERE, one.entry.effect_id, None)
    assert [effect for effect in left if isinstance(effect, SendText)] == []
    assert AddTag("Handoff-Seller-to-Human") in left


async def test_our_own_text_is_known_again(place: Place) -> None:
    """By the CRM's id once it is known, by its words while it is being sent; never before it was."""
    await place.turns.chat(HERE, ANA, "hello", deliver=True)
    long_ago = SystemClock().now() - ECHO_SINCE

    async def is_ours(crm_id: str | None, text: str) -> bool:
        return await place.store.is_our_echo(HERE, ANA, crm_message_id=crm_id, text=text, since=long_ago)

    (claimed,) = await place.outbox.claim("test", most=1, lease=LEASE)
    assert isinstance(claimed.entry.effect, SendText)
    words = claimed.entry.effect.text
    before = await is_ours("m1", words)
    await place.outbox.note_asking(HERE, claimed.entry.effect_id)
    asking, other = await is_ours("m1", words), await is_ours("m1", "I'll call you, Tom")
    await place.outbox.mark_sent(HERE, claimed.entry.effect_id, "m1")

    assert (False, True, False) == (before, asking, other)
    assert await is_ours("m1", "whatever it looks like there")
    assert not await is_ours("m2", words)


async def test_what_is_kept_as_state_is_read_as_it_was(place: Place) -> None:
    """The shelf, the count of the lost, the call and who gets the contact back."""
    await place.turns.chat(HERE, ANA, "hello", deliver=True)
    conversation = (await place.store.claim_contact(HERE, ANA, "test", lease=LEASE)).conversation
    now = SystemClock().now()
    kept = replace(
        conversation,
        shelved={"buy": (Fact(Slot.LOCATIONS, ("Kyle",), None, now, 0.8),)},
        lost=2,
        person_call=PersonCall(at=now, why="hot", answered_at=None),
        returns_to=Owner.BUYER,
    )

    assert kept == replace(conversation, **parse_state(state_of(kept)))
