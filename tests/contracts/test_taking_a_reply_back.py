"""A reply that has not left is taken back when its lead writes again, by both stores alike."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId, Slot
from ghl_real_estate_ai.crm.model import SendText
from ghl_real_estate_ai.delivery.deliver import Deliver
from ghl_real_estate_ai.delivery.memory import MemoryOutbox
from ghl_real_estate_ai.delivery.model import ClaimedEffect
from ghl_real_estate_ai.delivery.ports import Outbox
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.ports import Inbox
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.model import ClaimedTurn
from ghl_real_estate_ai.turns.ports import TurnStore
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE, ANN = LocationId("here"), ContactId("ann")
LEASE = timedelta(seconds=30)


@dataclass(slots=True)
class KeepingCrm:
    """A CRM that keeps what it is sent, and knows no contact."""

    texts: list[str] = field(default_factory=list)

    async def send_text(self, location_id: LocationId, contact_id: ContactId, text: str, *, channel: str) -> str:
        self.texts.append(text)
        return f"m-{len(self.texts)}"

    async def add_tags(self, *_: object) -> None: ...

    async def remove_tags(self, *_: object) -> None: ...

    async def set_field(self, *_: object) -> None: ...

    async def add_note(self, *_: object) -> str:
        return "n-1"

    async def create_contact(self, *_: object) -> None: ...

    async def find_contact(self, *_: object, **__: object) -> None: ...


@dataclass(slots=True)
class Places:
    """The whole way from a message to the CRM."""

    inbox: Inbox
    store: TurnStore
    outbox: Outbox
    clock: SystemClock = field(default_factory=SystemClock)
    crm: KeepingCrm = field(default_factory=KeepingCrm)

    async def writes(self, text: str) -> None:
        body = json.dumps({"contact_id": ANN, "message": text, "location_id": HERE}).encode()
        await self.inbox.keep([parse_event(body, {}, default_location=HERE, event_id=EventId(uuid4()))])

    @property
    def bots(self) -> TakeTurn:
        return TakeTurn(
            store=self.store,
            crm=self.crm,  # type: ignore[arg-type]  # the part of it that is asked
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=JorgeHandoffService(),
            clock=self.clock,
            new_id=new_uuid7,
            node="test",
            business_name="Casa Homes",
            makes_contacts=False,
        )

    async def answers(self) -> ClaimedTurn | None:
        claim = await self.bots.claim_due()
        if claim is not None:
            await self.bots.answer_claimed(claim)
        return claim

    async def delivers(self) -> Deliver:
        sender = Deliver(self.outbox, self.crm, sender="one", draw=Random(1).random)  # type: ignore[arg-type]
        while await sender.deliver_due():
            pass
        return sender

    async def reply(self) -> ClaimedEffect:
        """The reply that waits, claimed."""
        [claimed] = await self.outbox.claim("one", most=1, lease=LEASE)
        assert isinstance(claimed.entry.effect, SendText)
        return claimed


@pytest.fixture(params=["sql", "memory"])
async def places(request: pytest.FixtureRequest) -> AsyncIterator[Places]:
    if request.param == "memory":
        memory, clock = MemoryDatabase(), SystemClock()
        yield Places(MemoryInbox(memory, clock.now), MemoryTurnStore(memory, clock), MemoryOutbox(memory))
        return
    database = Database(request.getfixturevalue("database_dsn"))
    yield Places(SqlInbox(database), SqlTurnStore(database), SqlOutbox(database))
    await database.close()


async def test_one_reply_to_both_messages_leaves(places: Places) -> None:
    """Somebody who writes again before the reply has left gets one reply, to all of it, with the disclosure in it."""
    await places.writes("Hi")
    await places.answers()
    await places.writes("I want to buy a house in Upland, my budget is 500k")

    sender = await places.delivers()
    before = list(places.crm.texts)
    both = await places.answers()
    await places.delivers()

    assert both is not None
    assert ["Hi", "I want to buy a house in Upland, my budget is 500k"] == [one.message.text for one in both.inbound]
    assert (before, sender.counts.taken_back, both.conversation.disclosed) == ([], 1, False)
    [only] = places.crm.texts
    assert "Casa Homes" in only


async def test_what_the_turn_had_learned_is_learned_again(places: Places) -> None:
    """Facts of a turn that was taken back are neither lost nor doubled, and what they replaced is current meanwhile."""
    await places.writes("I want to buy in Upland, my budget is 400k")
    await places.answers()
    await places.delivers()
    await places.writes("Make that 500k")
    await places.answers()
    first = await places.reply()
    await places.writes("Sorry, still 500k")
    assert await places.outbox.take_back(HERE, first.entry.effect_id, attempt=first.attempts)

    claim = await places.bots.claim_due()

    assert claim is not None
    assert claim.conversation.facts.values_by_slot()[Slot.BUDGET_MAX.value] == 400_000
    await places.bots.answer_claimed(claim)
    after = await places.store.claim_contact(HERE, ANN, "b", lease=LEASE)
    assert after.conversation.facts.values_by_slot()[Slot.BUDGET_MAX.value] == 500_000


async def test_a_reply_that_was_asked_for_is_not_taken_back(places: Places) -> None:
    """Once the CRM may have it, it stays said."""
    await places.writes("Hi")
    await places.answers()
    claimed = await places.reply()
    await places.outbox.note_asking(HERE, claimed.entry.effect_id)
    await places.writes("Hello?")

    assert not await places.outbox.take_back(HERE, claimed.entry.effect_id)


async def test_a_reply_is_not_taken_back_from_under_the_next_turn(places: Places) -> None:
    """A turn that has begun counts on what was said before it."""
    await places.writes("Hi")
    await places.answers()
    claimed = await places.reply()
    await places.writes("Hello?")
    await places.bots.claim_due()

    assert not await places.outbox.take_back(HERE, claimed.entry.effect_id)


async def test_an_opt_outs_confirmation_is_not_taken_back(places: Places) -> None:
    """What a turn did to consent is never undone."""
    await places.writes("please never text me again")
    await places.answers()
    claimed = await places.reply()
    await places.writes("ok?")

    assert not await places.outbox.take_back(HERE, claimed.entry.effect_id)
    await places.delivers()
    claim = await places.bots.claim_due()
    assert claim is not None
    assert claim.conversation.opted_out
