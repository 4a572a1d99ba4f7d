"""How handoffs went, found by the turn that proves it or by the job: on PostgreSQL and in memory alike."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.ports import Crm
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.loops.memory import MemoryOutcomes
from ghl_real_estate_ai.loops.ports import Outcomes
from ghl_real_estate_ai.loops.store import SqlOutcomes
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase, row
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE, LEAD = LocationId("here"), ContactId("c1")
SLA = timedelta(minutes=15)
BUYS = "I want to buy a house with a $500k budget"
AGED = {
    "jorge_handoff_outcomes": "timestamp",
    "jorge_handoff_events": "timestamp",
    "turns": "at",
    "messages": "at",
}


class Place(ABC):
    """A process with its store, and a way to let time go by."""

    def __init__(self, turns: TakeTurn, outcomes: Outcomes) -> None:
        self.turns = turns
        self.outcomes = outcomes

    async def says(self, words: str, *, deliver: bool = True, contact: ContactId = LEAD) -> None:
        await self.turns.chat(HERE, contact, words, deliver=deliver)

    @abstractmethod
    async def rows(self, table: str) -> list[Mapping[str, Any]]: ...

    @abstractmethod
    async def age(self, **span: float) -> None:
        """Let everything that happened have happened that much earlier."""

    @abstractmethod
    async def change(self, table: str, **values: Any) -> None: ...

    @abstractmethod
    async def add_message(self, author: str, at: datetime) -> None: ...

    async def outcome(self) -> tuple[str, timedelta | None]:
        """The oldest handoff's outcome, and how long after it that was certain."""
        first = sorted(await self.rows("jorge_handoff_outcomes"), key=lambda found: found["timestamp"])[0]
        resolved_at = first["resolved_at"]
        return first["outcome"], None if resolved_at is None else resolved_at - first["timestamp"]

    async def told(self) -> list[tuple[str, str]]:
        """What the CRM is to be told of outcomes, in order."""
        effects = [found for found in await self.rows("outbox") if found["effect_key"].startswith("outcome:")]
        ordered = sorted(effects, key=lambda found: found["seq"])
        return [(found["kind"], found["payload"].get("tag") or found["payload"]["key"]) for found in ordered]


class SqlPlace(Place):
    def __init__(self, turns: TakeTurn, outcomes: Outcomes, database: Database) -> None:
        super().__init__(turns, outcomes)
        self.database = database

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        async with self.database.connect() as connection:
            found = (await connection.execute(text(f"SELECT * FROM {table}"))).mappings()  # noqa: S608 - our names
            return [dict(one) for one in found]

    async def age(self, **span: float) -> None:
        async with self.database.begin() as connection:
            for table, column in AGED.items():
                moved = text(f"UPDATE {table} SET {column} = {column} - CAST(:span AS interval)")  # noqa: S608
                await connection.execute(moved, {"span": timedelta(**span)})

    async def change(self, table: str, **values: Any) -> None:
        async with self.database.begin() as connection:
            names = ", ".join(f"{name} = :{name}" for name in values)
            await connection.execute(text(f"UPDATE {table} SET {names}"), values)  # noqa: S608 - our names

    async def add_message(self, author: str, at: datetime) -> None:
        async with self.database.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO messages (location_id, message_id, contact_id, direction, author, text, at)"
                    " VALUES (:location, :id, :contact, 'outbound', :author, 'Hi, Maria here.', :at)"
                ),
                {"location": HERE, "id": new_uuid7(), "contact": LEAD, "author": author, "at": at},
            )


class MemoryPlace(Place):
    def __init__(self, turns: TakeTurn, outcomes: Outcomes, database: MemoryDatabase) -> None:
        super().__init__(turns, outcomes)
        self.database = database

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        return list(self.database.tables[table].values())

    async def age(self, **span: float) -> None:
        async with self.database.begin() as tables:
            for table, column in AGED.items():
                for key, found in list(tables[table].items()):
                    tables[table][key] = row(**{**found, column: found[column] - timedelta(**span)})

    async def change(self, table: str, **values: Any) -> None:
        async with self.database.begin() as tables:
            for key, found in list(tables[table].items()):
                tables[table][key] = row(**{**found, **values})

    async def add_message(self, author: str, at: datetime) -> None:
        async with self.database.begin() as tables:
            tables["messages"][HERE, new_uuid7()] = row(
                location_id=HERE, contact_id=LEAD, turn_id=None, direction="outbound", author=author, at=at, text="Hi."
            )


def taking_turns(store: Any) -> TakeTurn:
    return TakeTurn(
        store=store,
        crm=cast(Crm, None),  # no contact is made or looked up here
        record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
        handoffs=JorgeHandoffService(),
        clock=SystemClock(),
        new_id=new_uuid7,
        node="test",
        business_name="the team",
        makes_contacts=False,
    )


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Both stores, one after the other."""
    if request.param == "memory":
        memory, clock = MemoryDatabase(), SystemClock()
        turns = taking_turns(MemoryTurnStore(memory, clock, person_sla=SLA))
        yield MemoryPlace(turns, MemoryOutcomes(memory, clock, person_sla=SLA), memory)
        return
    database = Database(request.getfixturevalue("database_dsn"))
    turns = taking_turns(SqlTurnStore(database, person_sla=SLA))
    yield SqlPlace(turns, SqlOutcomes(database, person_sla=SLA), database)
    await database.close()


async def test_a_fresh_handoff_is_pending(place: Place) -> None:
    """Its own message proves nothing, to the turn or to the job."""
    await place.says(BUYS)

    assert [] == list(await place.outcomes.resolve_due())
    assert ("pending", None) == await place.outcome()


async def test_an_opt_out_fails_it_in_the_same_turn(place: Place) -> None:
    """The turn that hears STOP resolves the handoff, and nobody does so again."""
    await place.says(BUYS)
    await place.age(minutes=10)
    await place.says("STOP")

    outcome, after = await place.outcome()
    assert "failed" == outcome
    assert after is not None
    assert timedelta(minutes=10) <= after < timedelta(minutes=11)
    assert [] == list(await place.outcomes.resolve_due())


async def test_the_job_finds_a_success_with_its_true_time(place: Place) -> None:
    """A lead who went on makes it a success at 30 minutes, also when the job comes two days late."""
    await place.says(BUYS)
    await place.age(minutes=5)
    await place.says("Pre-approved for 480k, in Rancho Cucamonga")
    await place.age(days=2)

    [resolved] = await place.outcomes.resolve_due()

    assert ("successful", timedelta(minutes=30)) == await place.outcome()
    assert "successful" == resolved.resolution.outcome
    assert [] == list(await place.outcomes.resolve_due())


async def test_a_turn_after_half_an_hour_makes_a_success(place: Place) -> None:
    """The message that engages after 30 minutes is its own proof."""
    await place.says(BUYS)
    await place.age(hours=2)
    await place.says("Pre-approved for 480k")

    outcome, after = await place.outcome()
    assert "successful" == outcome
    assert after is not None
    assert timedelta(hours=2) <= after < timedelta(hours=2, minutes=1)


async def test_silence_is_a_timeout_of_a_day(place: Place) -> None:
    """Neither before 24 hours, nor with a later time than that."""
    await place.says(BUYS)
    await place.age(hours=23, minutes=59)
    early = await place.outcomes.resolve_due()
    await place.age(hours=30)

    late = await place.outcomes.resolve_due()

    assert (0, 1) == (len(early), len(late))
    assert ("timeout", timedelta(hours=24)) == await place.outcome()


async def test_what_the_crm_refused_fails_it(place: Place) -> None:
    """A tag of the handoff that was given up, at the moment it was, however long it had been due."""
    await place.says(BUYS)
    await place.age(minutes=10)
    [handoff] = await place.rows("jorge_handoff_outcomes")
    await place.change("outbox", state="dead", ended_at=handoff["timestamp"] + timedelta(minutes=4))

    await place.outcomes.resolve_due()

    assert ("failed", timedelta(minutes=4)) == await place.outcome()


@pytest.mark.parametrize(("after_minutes", "expected"), [(9, "successful"), (20, "timeout")])
async def test_a_person_has_to_write(place: Place, after_minutes: float, expected: str) -> None:
    """A handoff to a person goes by when one writes."""
    await place.says("Can I please talk to a real person?")
    await place.age(hours=1)
    handed_at = (await place.rows("jorge_handoff_outcomes"))[0]["timestamp"]
    await place.add_message("person", handed_at + timedelta(minutes=after_minutes))

    await place.outcomes.resolve_due()

    assert expected == (await place.outcome())[0]


async def test_a_waiting_message_keeps_the_job_away(place: Place) -> None:
    """A contact whose turn is under way is left to it, since it may prove something else."""
    await place.says(BUYS)
    await place.age(hours=30)
    claim = await place.turns.store.claim_contact(HERE, LEAD, "somebody", lease=timedelta(seconds=30))
    meanwhile = await place.outcomes.resolve_due()
    await place.turns.store.put_off(claim, by=timedelta())

    afterwards = await place.outcomes.resolve_due()

    assert (0, 1) == (len(meanwhile), len(afterwards))


async def test_the_crm_is_told_once(place: Place) -> None:
    """One tag of the outcome and the five fields, by whoever found it out; and the contact is known to have the tag."""
    await place.says(BUYS)
    await place.age(hours=25)

    await asyncio.gather(*(place.outcomes.resolve_due() for _ in range(4)))

    assert [
        ("add_tag", "Handoff-Lead-to-Buyer-Timeout"),
        ("set_field", "handoff_source"),
        ("set_field", "handoff_target"),
        ("set_field", "handoff_outcome"),
        ("set_field", "handoff_confidence"),
        ("set_field", "handoff_timestamp"),
    ] == await place.told()
    assert "Handoff-Lead-to-Buyer-Timeout" in (await place.rows("contacts"))[0]["tags"]


async def test_the_latest_outcome_of_a_route_replaces_the_older_tag(place: Place) -> None:
    """Whatever case the CRM gave the older one."""
    await place.says(BUYS)
    await place.change(
        "contacts", tags=["Buyer-Lead", "handoff-lead-to-buyer-successful", "Handoff-Buyer-to-Seller-Failed"]
    )
    await place.age(hours=25)

    await place.outcomes.resolve_due()

    assert [
        ("remove_tag", "Handoff-Lead-to-Buyer-Successful"),
        ("add_tag", "Handoff-Lead-to-Buyer-Timeout"),
    ] == (await place.told())[:2]
    assert ["Buyer-Lead", "Handoff-Buyer-to-Seller-Failed", "Handoff-Lead-to-Buyer-Timeout"] == sorted(
        (await place.rows("contacts"))[0]["tags"]
    )


async def test_a_turn_that_delivers_nothing_has_nothing_to_tell(place: Place) -> None:
    """What was only chatted about here leaves the CRM alone, and is resolved all the same."""
    await place.says(BUYS, deliver=False)
    await place.age(hours=25)

    assert 1 == len(await place.outcomes.resolve_due())
    assert [] == await place.rows("outbox")


async def test_a_restart_forgets_nothing(place: Place) -> None:
    """A process that never saw the handoff resolves it from what is stored, and its service learns of it."""
    for number in range(10):
        await place.says(BUYS, contact=ContactId(f"c{number}"))
    await place.age(hours=25)
    fresh = JorgeHandoffService()

    fresh.note_resolved(await place.outcomes.resolve_due())

    assert 10 == fresh.get_learned_adjustments("lead", "buyer")["sample_size"]
