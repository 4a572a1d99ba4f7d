"""Handoffs put off while a bot does badly: the lead is answered, none is lost, on PostgreSQL and in memory alike."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.crm.ports import Crm
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.handoff.bot_health import judge
from ghl_real_estate_ai.loops.memory import MemoryDeferrals
from ghl_real_estate_ai.loops.ports import Deferrals
from ghl_real_estate_ai.loops.retry_deferred import retry_deferred
from ghl_real_estate_ai.loops.store import SqlDeferrals
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase, row
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.model import TurnResult
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE = LocationId("here")
BUYS = "I want to buy a house with a $500k budget"
TAG = "Handoff-Deferred-Buyer-Performance"
BAD = judge(count=40, errors=20, p95_ms=100, promised_p95_ms=1800)
GOOD = judge(count=40, errors=0, p95_ms=100, promised_p95_ms=1800)


class Place:
    """A process, its store, and the health that its bots have."""

    def __init__(self, store: Any, deferrals: Deferrals, database: Database | MemoryDatabase) -> None:
        self.deferrals = deferrals
        self.database = database
        self.handoffs = JorgeHandoffService()
        self.turns = TakeTurn(
            store=store,
            crm=cast(Crm, None),  # no contact is made or looked up here
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=self.handoffs,
            clock=SystemClock(),
            new_id=new_uuid7,
            node="test",
            business_name="the team",
            makes_contacts=False,
        )

    def buyer_does(self, health: Any) -> None:
        self.handoffs.note_health({Owner.BUYER: health})

    async def says(self, words: str, contact: str = "c1", *, deliver: bool = True) -> TurnResult:
        return await self.turns.chat(HERE, ContactId(contact), words, deliver=deliver)

    async def retry(self) -> int:
        return await retry_deferred(self.deferrals, self.handoffs, self.turns.change_owner)

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        if isinstance(self.database, MemoryDatabase):
            return list(self.database.tables[table].values())
        async with self.database.connect() as connection:
            found = (await connection.execute(text(f"SELECT * FROM {table}"))).mappings()  # noqa: S608 - our names
            return [dict(one) for one in found]

    async def wait(self, **span: float) -> None:
        """Let the deferrals be that much older."""
        if isinstance(self.database, MemoryDatabase):
            for key, known in self.database.tables["handoff_deferrals"].items():
                ended = known["ended_at"] and known["ended_at"] - timedelta(**span)
                earlier = {"deferred_at": known["deferred_at"] - timedelta(**span), "ended_at": ended}
                self.database.tables["handoff_deferrals"][key] = row(**{**known, **earlier})
            return
        async with self.database.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE handoff_deferrals SET deferred_at = deferred_at - CAST(:span AS interval),"
                    " ended_at = ended_at - CAST(:span AS interval)"
                ),
                {"span": timedelta(**span)},
            )

    async def owner(self, contact: str = "c1") -> str:
        return next(found["owner"] for found in await self.rows("conversations") if found["contact_id"] == contact)

    async def tags(self) -> list[str]:
        return sorted((await self.rows("contacts"))[0]["tags"])

    async def deferral(self) -> tuple[str, str | None]:
        [found] = await self.rows("handoff_deferrals")
        return found["state"], found["reason"]


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Both stores, one after the other, with a buyer bot that does badly."""
    if request.param == "memory":
        memory, clock = MemoryDatabase(), SystemClock()
        here = Place(MemoryTurnStore(memory, clock), MemoryDeferrals(memory, clock), memory)
        here.buyer_does(BAD)
        yield here
        return
    database = Database(request.getfixturevalue("database_dsn"))
    here = Place(SqlTurnStore(database), SqlDeferrals(database), database)
    here.buyer_does(BAD)
    yield here
    await database.close()


async def test_the_lead_is_answered_meanwhile(place: Place) -> None:
    """The lead bot asks what the buyer bot would, and the wait is a tag, a flag and a counted block."""
    turn = await place.says(BUYS)

    assert Owner.LEAD is turn.owner
    assert turn.asked in {"financing", "locations", "bedrooms", "timeline_days"}
    assert turn.reply
    assert (TAG in turn.tags_added, "handoff_blocked" in turn.flags, None) == (True, True, turn.handoff)
    assert ["performance"] == [block["reason"] for block in await place.rows("handoff_blocks")]
    assert {"performance": 1} == place.handoffs.known_blocks(datetime.now(UTC) - timedelta(minutes=5))
    assert ("waiting", None) == await place.deferral()


async def test_what_the_lead_tells_meanwhile_is_not_asked_again(place: Place) -> None:
    """Facts of the wait are the buyer bot's when it takes over."""
    await place.says(BUYS)
    meanwhile = await place.says("We are preapproved, and looking in Rancho Cucamonga")
    place.buyer_does(GOOD)

    moved = await place.retry()
    after = await place.says("3 bedrooms please")

    assert (Owner.LEAD, 1, Owner.BUYER) == (meanwhile.owner, moved, after.owner)
    assert {"budget_max", "financing", "locations", "bedrooms"} <= set(after.slots)
    assert after.asked not in {"budget_max", "financing", "locations", "bedrooms"}


async def test_a_bot_that_recovers_gets_all_who_waited(place: Place) -> None:
    """Each is one handoff, with its event, a pending outcome and the tags, and no text is sent."""
    for contact in ("c1", "c2", "c3"):
        await place.says(BUYS, contact)
    place.buyer_does(GOOD)

    moved = await place.retry()
    again = await place.retry()

    assert (3, 0) == (moved, again)
    assert {"buyer"} == {await place.owner(contact) for contact in ("c1", "c2", "c3")}
    assert 3 == len(await place.rows("jorge_handoff_events")) == len(await place.rows("jorge_handoff_outcomes"))
    assert {"moved"} == {found["state"] for found in await place.rows("handoff_deferrals")}
    assert 3 == sum(effect["kind"] == "send_text" for effect in await place.rows("outbox"))
    assert TAG not in await place.tags()
    assert "Buyer-Lead" in await place.tags()


async def test_a_bad_bot_is_tried_with_one_contact_at_a_time(place: Place) -> None:
    """The first after five minutes, the second not before ten more, the third not before twenty more."""
    for contact in ("c1", "c2", "c3"):
        await place.says(BUYS, contact)

    moved = [await place.retry()]
    for minutes in (5, 5, 5, 10, 10):
        await place.wait(minutes=minutes)
        moved.append(await place.retry())

    assert [0, 1, 0, 1, 0, 1] == moved


async def test_one_who_left_holds_up_nobody(place: Place) -> None:
    """The oldest opted out: the next one tries the bad bot in the same look, and only that one."""
    for contact in ("c1", "c2", "c3"):
        await place.says(BUYS, contact)
    await place.says("STOP", "c1")
    await place.wait(minutes=5)

    assert (1, 0) == (await place.retry(), await place.retry())
    assert ["none", "buyer", "lead"] == [await place.owner(contact) for contact in ("c1", "c2", "c3")]


async def test_two_nodes_try_a_bad_bot_with_one_contact(place: Place) -> None:
    """The one that is on its way by the other node is the one that tries."""
    for contact in ("c1", "c2"):
        await place.says(BUYS, contact)
    await place.wait(minutes=5)
    claim = await place.turns.store.claim_contact(HERE, ContactId("c1"), "other", lease=timedelta(seconds=30))

    moved = await place.retry()
    await place.turns.store.put_off(claim, by=timedelta())

    assert (0, 1) == (moved, await place.retry())
    assert ["buyer", "lead"] == [await place.owner(contact) for contact in ("c1", "c2")]


async def test_two_nodes_move_each_contact_once(place: Place) -> None:
    """Whoever comes second finds the contact busy or gone, and makes no second handoff."""
    for contact in ("c1", "c2", "c3"):
        await place.says(BUYS, contact)
    place.buyer_does(GOOD)

    await asyncio.gather(place.retry(), place.retry())
    await place.retry()

    assert 3 == len(await place.rows("jorge_handoff_events")) == len(await place.rows("jorge_handoff_outcomes"))
    assert {"moved"} == {found["state"] for found in await place.rows("handoff_deferrals")}
    assert TAG not in await place.tags()


async def test_a_lead_who_asks_again_keeps_the_place(place: Place) -> None:
    """One contact waits once."""
    await place.says(BUYS)
    await place.wait(minutes=4)
    await place.says("I really want to buy a house")
    await place.wait(minutes=1)

    assert 1 == await place.retry()
    assert 1 == len(await place.rows("handoff_deferrals"))


async def test_a_lead_who_left_is_not_moved(place: Place) -> None:
    """An opt-out ends the wait, with its reason and without the tag."""
    await place.says(BUYS)
    await place.says("STOP")
    place.buyer_does(GOOD)

    assert 0 == await place.retry()
    assert ("dropped", "opted_out") == await place.deferral()
    assert TAG not in await place.tags()
    assert ("none", []) == (await place.owner(), await place.rows("jorge_handoff_events"))


async def test_a_person_ends_the_wait_at_once(place: Place) -> None:
    """Whoever asks for a person waits for no bot any more."""
    await place.says(BUYS)
    await place.says("Can I talk to a real person please?")

    assert "dropped" == (await place.deferral())[0]
    assert TAG not in await place.tags()
    assert "human" == await place.owner()


async def test_a_recovered_bot_gets_the_lead_who_asks_again_at_once(place: Place) -> None:
    """The turn moves the contact itself, and the job finds nothing left to do."""
    await place.says(BUYS)
    place.buyer_does(GOOD)
    turn = await place.says("So, I want to buy a house")

    assert Owner.BUYER is turn.owner
    assert ("moved", 0) == ((await place.deferral())[0], await place.retry())
    assert TAG not in await place.tags()


async def test_a_contact_that_is_being_answered_waits_for_the_next_look(place: Place) -> None:
    """The move takes the same lease as a turn."""
    await place.says(BUYS)
    place.buyer_does(GOOD)
    claim = await place.turns.store.claim_contact(HERE, ContactId("c1"), "somebody", lease=timedelta(seconds=30))
    busy = await place.retry()
    await place.turns.store.put_off(claim, by=timedelta())

    assert (0, 1) == (busy, await place.retry())


async def test_a_chat_that_delivers_nothing_does_not_do_so_later(place: Place) -> None:
    """It is moved like any other, and the CRM hears nothing."""
    await place.says(BUYS, deliver=False)
    place.buyer_does(GOOD)

    assert 1 == await place.retry()
    assert [] == await place.rows("outbox")
