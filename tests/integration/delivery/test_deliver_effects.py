"""What delivery makes of a CRM that is busy, fails, hangs or loses its answers: each effect happens at most once.

PostgreSQL and HTTP are real; the CRM is the sandbox.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import RowMapping, func, insert, select, update

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, TurnId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveTag, SendText, SetField
from ghl_real_estate_ai.crm.ports import CrmPaced
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind, SandboxMessage, SandboxState
from ghl_real_estate_ai.delivery.carrier import DailyBudget
from ghl_real_estate_ai.delivery.deliver import Deliver, DeliveryCounts, RetryPlan
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.delivery.queue_effects import insert_effects
from ghl_real_estate_ai.delivery.run import run_delivery
from ghl_real_estate_ai.delivery.starting import DAILY_CAP, Wait
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import consents, contacts, conversations, messages, outbox, suppressions

HERE, ELSEWHERE = LocationId("loc-1"), LocationId("loc-2")
ANN = ContactId("ann")
NO_DELAY = RetryPlan(first=timedelta(0), after_unknown=timedelta(0))
SEND_PATH = "/conversations/messages"
SHORT_SECONDS = 0.3
A_LONG_TIME_SECONDS = 60
PASSING_FAULTS = [kind for kind in FaultKind if kind not in (FaultKind.DND, FaultKind.REFUSAL)]
SILENT_FAULTS = frozenset({FaultKind.HANG, FaultKind.LOST_ANSWER, FaultKind.SLOW})
"""Ends a test that would wait for ever; no test comes near it."""


class TellingState(SandboxState):
    """A sandbox that tells when a message arrives, so that nobody has to look again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = asyncio.Event()

    def keep_message(self, *args: Any, **more: Any) -> SandboxMessage:
        message = super().keep_message(*args, **more)
        self.arrived.set()
        return message


@dataclass(slots=True)
class World:
    """The database, the sandbox, and a sender between them."""

    database: Database
    state: TellingState
    sandbox: SandboxServer
    client: httpx.AsyncClient
    counts: DeliveryCounts = field(default_factory=DeliveryCounts)
    number: int = 0

    @property
    def crm(self) -> HighLevelCrm:
        """Patient, except where a fault must time out: on a busy machine an answer that comes may come late."""
        waits_in_vain = any(one.kind in SILENT_FAULTS for one in self.state.faults)
        patience = SHORT_SECONDS if waits_in_vain else A_LONG_TIME_SECONDS
        return HighLevelCrm(self.client, "sandbox", True, timeout_seconds=patience)

    def sender(self, name: str = "one", **more: Any) -> Deliver:
        settings: dict[str, Any] = {"plan": NO_DELAY, "counts": self.counts} | more
        return Deliver(SqlOutbox(self.database), self.crm, sender=name, **settings)

    def fails(self, kind: FaultKind, path_prefix: str = SEND_PATH, *, times: int = 1, **more: Any) -> None:
        self.state.faults.append(Fault(kind=kind, path_prefix=path_prefix, times=times, **more))

    async def meet(self, contact_id: ContactId = ANN, *, location_id: LocationId = HERE) -> None:
        """Make the contact known to us and to the CRM."""
        who = {"location_id": location_id, "contact_id": contact_id}
        async with self.database.begin() as connection:
            await connection.execute(insert(conversations).values(owner="lead", epoch=0, **who))
            await connection.execute(insert(contacts).values(tags=["Needs Qualifying"], **who))
            agreed = {"consent_id": uuid4(), "source": "form", "given_at": func.now()}
            await connection.execute(insert(consents).values(**agreed, **who))
        self.state.take_up_contact(location_id, contact_id)

    async def put(
        self,
        *effects: Effect,
        contact_id: ContactId = ANN,
        turn_id: UUID | None = None,
        location_id: LocationId = HERE,
    ) -> list[UUID]:
        entries = []
        for effect in effects:
            self.number += 1
            entries.append(
                OutboxEntry(
                    effect_id=uuid4(),
                    effect_key=f"turn:{self.number}",
                    location_id=location_id,
                    contact_id=contact_id,
                    turn_id=None if turn_id is None else TurnId(turn_id),
                    effect=effect,
                    epoch=0,
                )
            )
        async with self.database.begin() as connection:
            await insert_effects(connection, entries)
        return [one.effect_id for one in entries]

    async def drain(self, sender: Deliver | None = None) -> None:
        """Deliver until nothing is due."""
        sender = sender or self.sender()
        while await sender.deliver_due():
            pass

    async def rows(self) -> Sequence[RowMapping]:
        async with self.database.begin() as connection:
            return (await connection.execute(select(outbox).order_by(outbox.c.seq))).mappings().all()

    async def states(self) -> list[str]:
        return [one["state"] for one in await self.rows()]

    async def let_claims_run_out(self) -> None:
        async with self.database.begin() as connection:
            await connection.execute(update(outbox).values(claimed_until=func.now()))

    async def arrival(self) -> None:
        """Wait until a message has arrived."""
        async with asyncio.timeout(A_LONG_TIME_SECONDS):
            await self.state.arrived.wait()

    def texts(self, contact_id: ContactId = ANN) -> list[str]:
        return [one.body for one in self.state.messages_of(HERE, contact_id)]


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    state = TellingState()
    sandbox = SandboxServer(state=state)
    async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
        opened = World(database, state, sandbox, client)
        await opened.meet()
        yield opened
    await sandbox.stop()


class TestWhenAllIsWell:
    async def test_effects_reach_the_crm_in_order(self, world: World) -> None:
        """A turn's reply, tags, fields and notes all arrive, and the books say so."""
        turn_id = uuid4()
        async with world.database.begin() as connection:
            await connection.execute(
                insert(messages).values(
                    location_id=HERE,
                    message_id=uuid4(),
                    contact_id=ANN,
                    turn_id=turn_id,
                    direction="outbound",
                    author="lead",
                    text="Hi",
                    at=datetime.now(UTC),
                )
            )
        await world.put(
            SendText("Hi"),
            AddTag("Hot"),
            AddTag("Cold"),
            RemoveTag("Cold"),
            SetField("handoff_context", "v"),
            AddNote("N"),
            turn_id=turn_id,
        )

        await world.drain()

        ann = world.state.take_up_contact(HERE, ANN)
        async with world.database.begin() as connection:
            noted = (await connection.execute(select(messages.c.crm_message_id))).scalar_one()
        assert (world.texts(), ann.tags, ann.fields, [one.body for one in ann.notes]) == (
            ["Hi"],
            ["Hot"],
            {"handoff_context": "v"},
            ["N"],
        )
        assert (noted, await world.states()) == (world.state.messages[0].message_id, ["sent"] * 6)
        assert world.counts == DeliveryCounts(sent=6, crm_calls=6)

    async def test_nothing_due_is_nothing_done(self, world: World) -> None:
        """An empty outbox asks the CRM nothing."""
        assert await world.sender().deliver_due() == 0

        assert world.counts == DeliveryCounts()


class TestWhenTheCrmFails:
    async def test_what_we_hold_back_ourselves_is_no_429(self, world: World) -> None:
        """An effect that had to wait for the CRM's limits is put off, not given up, and counts as no call refused."""

        class HeldBack(HighLevelCrm):
            async def add_tags(self, *_arguments: object) -> None:
                raise CrmPaced("The location's requests are used up.", retry_after_seconds=3600)

        held = Deliver(
            SqlOutbox(world.database),
            HeldBack(world.client, "sandbox", True),
            sender="one",
            plan=RetryPlan(most_attempts=1),
            counts=world.counts,
        )
        await world.put(AddTag("Hot"))

        await world.drain(held)

        assert (await world.states(), world.counts.crm_busy, world.counts.dead) == (["pending"], 0, 0)

    async def test_waiting_uses_no_attempt_up(self, world: World) -> None:
        """A text that the day's cap has held many times, and the CRM's limits as often, survives the first failure."""
        await world.put(SendText("Still looking?"))
        async with world.database.begin() as connection:
            await connection.execute(update(outbox).values(initiated=True))
        held = [Wait(timedelta(0), DAILY_CAP)] * 20
        world.fails(FaultKind.BUSY, times=20, retry_after=0)
        world.fails(FaultKind.FAILURE)
        sender = world.sender(
            plan=RetryPlan(first=timedelta(0), after_unknown=timedelta(0), most_attempts=2),
            wait_of=lambda _start: held.pop() if held else None,
        )

        await world.drain(sender)

        [row] = await world.rows()
        assert (world.texts(), row["state"], row["failures"], world.counts.dead) == (["Still looking?"], "sent", 1, 0)

    @pytest.mark.parametrize("kind", PASSING_FAULTS)
    async def test_every_fault_ends_in_exactly_one_message(self, world: World, kind: FaultKind) -> None:
        """Busy, failing, hanging, or losing its answer: the lead gets the text once, and the next one after it."""
        world.fails(kind, retry_after=0)
        await world.put(SendText("First"), SendText("Second"))

        await world.drain()

        assert (world.texts(), await world.states(), world.counts.retried) == (["First", "Second"], ["sent", "sent"], 1)

    @pytest.mark.parametrize("kind", PASSING_FAULTS)
    async def test_every_fault_ends_in_exactly_one_note(self, world: World, kind: FaultKind) -> None:
        """The team reads a note once, whatever happened on the way."""
        world.fails(kind, "/contacts", method="POST", retry_after=0)
        await world.put(AddNote("Wants a call"))

        await world.drain()

        notes = [one.body for one in world.state.take_up_contact(HERE, ANN).notes]
        assert (notes, await world.states()) == (["Wants a call"], ["sent"])

    async def test_lost_answer_is_looked_up_and_never_sent_again(self, world: World) -> None:
        """A message the CRM took is found there; its id is noted as if the answer had come."""
        world.fails(FaultKind.LOST_ANSWER)
        await world.put(SendText("Hi"))

        await world.drain()

        [row] = await world.rows()
        assert (row["crm_id"], world.counts.found_sent) == (world.state.messages[0].message_id, 1)

    async def test_lost_answer_and_failing_look_up_still_send_once(self, world: World) -> None:
        """A look-up that fails is tried again; the text is not sent in the meantime."""
        world.fails(FaultKind.LOST_ANSWER)
        world.fails(FaultKind.FAILURE, "/conversations/search", times=3)
        await world.put(SendText("Hi"))

        await world.drain()

        assert (world.texts(), await world.states(), world.counts.retried) == (["Hi"], ["sent"], 4)

    async def test_unknown_outcome_stays_unknown_through_a_busy_answer(self, world: World) -> None:
        """A 429 to the second try says nothing of the first, which is looked up again."""
        world.fails(FaultKind.FAILURE)
        world.fails(FaultKind.BUSY, retry_after=0)
        await world.put(SendText("Hi"))
        sender = world.sender()
        await sender.deliver_due()
        await sender.deliver_due()

        [row] = await world.rows()

        assert (row["state"], row["asked_crm"]) == ("pending", True)

    async def test_busy_waits_as_long_as_the_crm_says(self, world: World) -> None:
        """The CRM's own delay is kept, and the 429 is counted among the calls."""
        world.fails(FaultKind.BUSY, retry_after=3600)
        await world.put(SendText("Hi"))

        await world.drain()

        [row] = await world.rows()
        assert row["due_at"] > datetime.now(UTC) + timedelta(minutes=50)
        assert (row["state"], row["asked_crm"], row["reason"]) == ("pending", False, "busy")
        assert (world.counts.crm_busy, world.counts.crm_calls) == (1, 1)

    async def test_wrong_request_is_given_up_and_holds_nothing_up(self, world: World) -> None:
        """What the CRM refuses is dead, with the CRM's reason, and the contact's next effect goes."""
        world.state.take_up_contact(HERE, ANN).dnd = True
        await world.put(SendText("Hi"), AddTag("Hot"))

        await world.drain()

        rows = await world.rows()
        assert [one["state"] for one in rows] == ["dead", "sent"]
        assert "DND" in rows[0]["reason"]
        assert world.counts.dead == 1

    async def test_who_is_not_to_be_disturbed_gets_no_second_try(self, world: World) -> None:
        """HighLevel tells of its do-not-disturb by the refusal alone: it is learned, and no other text is tried."""
        world.fails(FaultKind.DND)
        await world.put(SendText("First"), SendText("Second"), AddTag("Hot"))

        await world.drain()

        rows = await world.rows()
        assert [(one["state"], (one["reason"] or "").partition(":")[0]) for one in rows] == [
            ("dead", "refused"),
            ("dropped", "dnd"),
            ("sent", ""),
        ]
        assert (world.texts(), world.counts.crm_calls) == ([], 2)

    async def test_gives_up_after_so_many_attempts(self, world: World) -> None:
        """A CRM that stays away is not asked for ever; a person must look."""
        await world.sandbox.stop()
        await world.put(SendText("Hi"))

        await world.drain(world.sender(plan=RetryPlan(first=timedelta(0), most_attempts=3)))

        [row] = await world.rows()
        assert (row["state"], row["attempts"], row["reason"]) == ("dead", 3, "crm_away, 3 times")
        assert (world.counts.dead, world.counts.retried) == (1, 2)

    async def test_refused_token_is_asked_with_again_slowly(self, database: Database, world: World) -> None:
        """A token that is not accepted loses nothing: the effect waits for the operator."""
        guarded = SandboxServer(token="right")
        await world.put(SendText("Hi"))

        async with httpx.AsyncClient(base_url=await guarded.start()) as client:
            crm = HighLevelCrm(client, "wrong", True)
            plan = RetryPlan(most_attempts=1)
            await Deliver(SqlOutbox(database), crm, sender="one", counts=world.counts, plan=plan).deliver_due()
        await guarded.stop()

        [row] = await world.rows()
        assert (row["state"], row["reason"], world.counts.crm_access_denied) == ("pending", "access_denied", 1)


class TestWhenItIsNoLongerRight:
    async def test_text_to_somebody_who_opted_out_since_is_dropped(self, world: World) -> None:
        """Between the decision and the send the lead opted out: nothing is said, the tag still goes."""
        await world.put(SendText("Hi"), AddTag("AI-Off"))
        async with world.database.begin() as connection:
            await connection.execute(
                insert(suppressions).values(
                    location_id=HERE,
                    suppression_id=uuid4(),
                    contact_id=ANN,
                    reason="stop",
                    suppressed_at=datetime.now(UTC),
                )
            )

        await world.drain()

        assert (world.texts(), [(one["state"], one["reason"]) for one in await world.rows()]) == (
            [],
            [("dropped", "opted_out"), ("sent", None)],
        )
        assert world.counts.dropped == 1

    async def test_text_is_dropped_when_a_person_took_over(self, world: World) -> None:
        """A person who took over is not interrupted."""
        await world.put(SendText("Hi"))
        async with world.database.begin() as connection:
            await connection.execute(update(conversations).values(owner="human", epoch=1))

        await world.drain()

        assert (world.texts(), [one["reason"] for one in await world.rows()]) == ([], ["owner_human"])

    async def test_text_that_got_through_is_not_called_dropped(self, world: World) -> None:
        """A text that left before the opt-out counts as sent, though its answer was lost."""
        world.fails(FaultKind.LOST_ANSWER)
        await world.put(SendText("Hi"))
        sender = world.sender()
        await sender.deliver_due()
        async with world.database.begin() as connection:
            await connection.execute(update(conversations).values(owner="human", epoch=1))

        await world.drain(sender)

        assert (world.texts(), await world.states()) == (["Hi"], ["sent"])


class TestWhenTheSenderDies:
    async def test_after_the_crm_took_it(self, world: World) -> None:
        """A sender killed between the CRM's answer and its own note is followed by one that looks first."""
        await world.put(SendText("Hi"))
        [claimed] = await world.sender("killed").claim(1)
        await SqlOutbox(world.database).note_asking(HERE, claimed.entry.effect_id, attempt=claimed.attempts)
        message_id = await world.crm.send_text(HERE, ANN, "Hi", channel="SMS")
        await world.let_claims_run_out()

        await world.drain()

        [row] = await world.rows()
        assert (world.texts(), row["state"], row["crm_id"]) == (["Hi"], "sent", message_id)

    async def test_before_the_crm_was_asked(self, world: World) -> None:
        """A sender killed just before its request is followed by one that finds nothing and sends."""
        await world.put(SendText("Hi"))
        [claimed] = await world.sender("killed").claim(1)
        await SqlOutbox(world.database).note_asking(HERE, claimed.entry.effect_id, attempt=claimed.attempts)
        await world.let_claims_run_out()

        await world.drain()

        assert (world.texts(), await world.states(), world.counts.found_sent) == (["Hi"], ["sent"], 0)

    async def test_sleeper_that_wakes_after_its_lease_sends_nothing(self, world: World) -> None:
        """A sender that was stopped longer than its lease finds that another has sent."""
        await world.put(SendText("Hi"))
        sleeper = world.sender("sleeper")
        [claimed] = await sleeper.claim(1)
        await world.let_claims_run_out()
        await world.drain()

        await sleeper.deliver(claimed)

        assert (world.texts(), await world.states()) == (["Hi"], ["sent"])


class TestManySenders:
    async def test_racing_senders_send_each_text_once_and_in_order(self, world: World) -> None:
        """Four senders on one outbox: every contact reads each text once, in order."""
        people = [ContactId(f"c{n}") for n in range(10)]
        for contact_id in people:
            await world.meet(contact_id)
            await world.put(*(SendText(f"{n}") for n in range(4)), contact_id=contact_id)

        while "pending" in await world.states():
            await asyncio.gather(*(world.sender(f"s{n}").deliver_due() for n in range(4)))

        assert {one: world.texts(one) for one in people} == {one: ["0", "1", "2", "3"] for one in people}
        assert world.counts.sent == 40

    @pytest.mark.parametrize("seed", range(3))
    async def test_racing_senders_in_a_storm_of_faults(self, world: World, seed: int) -> None:
        """Whatever goes wrong in whatever order, every contact reads each text once, in order."""
        chance = random.Random(seed)
        people = [ContactId(f"c{n}") for n in range(4)]
        for contact_id in people:
            await world.meet(contact_id)
            await world.put(*(SendText(f"{n}") for n in range(3)), contact_id=contact_id)
        for _ in range(10):
            path = chance.choice([SEND_PATH, SEND_PATH, "/conversations"])
            world.fails(chance.choice(PASSING_FAULTS), path, times=chance.randint(1, 2), retry_after=0)
        plan = RetryPlan(first=timedelta(0), after_unknown=timedelta(0), most_attempts=100)

        while "pending" in await world.states():
            await asyncio.gather(*(world.sender(f"s{n}", plan=plan).deliver_due() for n in range(3)))

        assert {one: world.texts(one) for one in people} == {one: ["0", "1", "2"] for one in people}


class TestTheLoop:
    async def test_wakes_sends_and_stops(self, world: World) -> None:
        """A commit that wakes the loop is followed by the send, long before the loop would look by itself."""
        wake, stop = asyncio.Event(), asyncio.Event()
        loop = asyncio.create_task(run_delivery(world.sender(), wake, stop, poll_seconds=3600))
        await world.put(SendText("Hi"))
        wake.set()

        await world.arrival()
        stop.set()
        await loop

        assert (world.texts(), await world.states()) == (["Hi"], ["sent"])

    async def test_looks_by_itself(self, world: World) -> None:
        """What another process put in is sent without anybody waking this one."""
        stop = asyncio.Event()
        loop = asyncio.create_task(run_delivery(world.sender(), asyncio.Event(), stop, poll_seconds=0.02))
        await world.put(SendText("Hi"))

        await world.arrival()
        stop.set()
        await loop

        assert await world.states() == ["sent"]

    async def test_effects_of_one_contact_follow_each_other_at_once(self, world: World) -> None:
        """The next effect of a contact does not wait for the next look."""
        await world.put(AddTag("1"), AddTag("2"), AddTag("3"), SendText("Hi"))
        stop = asyncio.Event()
        loop = asyncio.create_task(run_delivery(world.sender(), asyncio.Event(), stop, poll_seconds=3600))

        await world.arrival()
        stop.set()
        await loop

        assert await world.states() == ["sent"] * 4

    async def test_slow_contact_does_not_hold_up_the_others(self, world: World) -> None:
        """While one request hangs, another contact gets its text."""
        bob = ContactId("bob")
        await world.meet(bob)
        world.fails(FaultKind.HANG)
        await world.put(SendText("Hi Ann"))
        await world.put(SendText("1"), SendText("2"), contact_id=bob)
        slow = HighLevelCrm(world.client, "sandbox", True, timeout_seconds=30)
        sender = Deliver(SqlOutbox(world.database), slow, sender="one", most=2)
        stop = asyncio.Event()
        loop = asyncio.create_task(run_delivery(sender, asyncio.Event(), stop, poll_seconds=3600))

        while world.texts(bob) != ["1", "2"]:
            world.state.arrived.clear()
            await world.arrival()
        stop.set()
        world.state.closing.set()  # the sandbox lets the hanging request go
        await loop

        assert (world.texts(), [one["reason"] for one in await world.rows()]) == ([], ["outcome_unknown", None, None])

    async def test_a_location_whose_crm_hangs_does_not_hold_up_another(self, world: World) -> None:
        """A hundred contacts of a location that never answers take no more than its share: the others go on."""
        world.fails(FaultKind.HANG, "/", times=10_000, location_id=ELSEWHERE)
        for number in range(100):
            lost = ContactId(f"lost-{number}")
            await world.meet(lost, location_id=ELSEWHERE)
            await world.put(SendText("Hi"), contact_id=lost, location_id=ELSEWHERE)
        await world.put(SendText("1"), SendText("2"))
        slow = HighLevelCrm(world.client, "sandbox", True, timeout_seconds=A_LONG_TIME_SECONDS)
        sender = Deliver(SqlOutbox(world.database), slow, sender="one")
        stop = asyncio.Event()
        loop = asyncio.create_task(run_delivery(sender, asyncio.Event(), stop, poll_seconds=3600))

        async with asyncio.timeout(A_LONG_TIME_SECONDS):
            while world.texts() != ["1", "2"]:
                world.state.arrived.clear()
                await world.arrival()
        asked = [one for one in await world.rows() if one["asked_crm"] and one["location_id"] == ELSEWHERE]
        stop.set()
        world.state.closing.set()  # the sandbox lets the hanging requests go
        await loop

        assert len(asked) == 8
        assert world.state.messages_of(ELSEWHERE) == []

    async def test_stop_finishes_what_is_held_and_claims_no_more(self, world: World) -> None:
        """At a stop the request under way is ended in the books, and what waits stays for the next start."""
        world.fails(FaultKind.LOST_ANSWER)
        await world.put(SendText("1"), SendText("2"))
        stop = asyncio.Event()
        loop = asyncio.create_task(run_delivery(world.sender(), asyncio.Event(), stop, poll_seconds=3600))

        await world.arrival()
        stop.set()
        await loop

        assert (world.texts(), [(one["state"], one["attempts"]) for one in await world.rows()]) == (
            ["1"],
            [("pending", 1), ("pending", 0)],
        )

    async def test_goes_on_after_the_database_was_away(self, world: World, database_dsn: str) -> None:
        """An outage of the database ends neither the loop nor the order of things."""
        await world.put(SendText("Hi"))
        async with Gate(database_dsn) as gate:
            database = Database(gate.dsn)
            gate.close()
            sender = Deliver(SqlOutbox(database), world.crm, sender="one")
            stop = asyncio.Event()
            loop = asyncio.create_task(run_delivery(sender, asyncio.Event(), stop, poll_seconds=0.02))
            async with asyncio.timeout(A_LONG_TIME_SECONDS):
                await gate.refused.wait()
            gate.open()

            await world.arrival()
            stop.set()
            await loop
            await database.close()

        assert (world.texts(), await world.states()) == (["Hi"], ["sent"])


class Gate:
    """A door before the database that can be closed: connections are then cut, and new ones at once."""

    def __init__(self, dsn: str) -> None:
        self._parts = conninfo_to_dict(dsn)
        self._path = f"{self._parts['host']}/.s.PGSQL.{self._parts.get('port', 5432)}"
        self._is_open = True
        self._open: set[asyncio.StreamWriter] = set()
        self.refused = asyncio.Event()
        self.dsn = ""

    async def __aenter__(self) -> "Gate":
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.dsn = f"postgresql://{self._parts['user']}@127.0.0.1:{port}/{self._parts['dbname']}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        self._server.close()
        await self._server.wait_closed()

    def open(self) -> None:
        self._is_open = True

    def close(self) -> None:
        self._is_open = False
        for writer in self._open:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_open:
            self.refused.set()
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_unix_connection(self._path)
        self._open |= {writer, there_writer}
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        self._open -= {writer, there_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the other side has gone: what there is to copy has ended
    finally:
        writer.close()


async def test_what_we_start_waits_for_the_days_budget(world: World) -> None:
    """Past the budget a text that nobody asked for waits; the replies go on, and nothing is dropped."""
    for name in ("bob", "cal"):
        await world.meet(ContactId(name))
    sender = world.sender(budget=DailyBudget(limit=2, reply_share=0.5), wait_of=lambda start: None)
    for name in ("bob", "cal"):
        [effect_id] = await world.put(SendText("Still looking?"), contact_id=ContactId(name))
        async with world.database.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.effect_id == effect_id).values(initiated=True))
        await world.drain(sender)
    await world.put(SendText("Hi"))

    await world.drain(sender)

    sent = [len(world.texts(ContactId(name))) for name in ("bob", "cal", "ann")]
    waiting = [(one["state"], one["reason"]) for one in await world.rows() if one["contact_id"] == "cal"]
    assert (sent, waiting) == ([1, 0, 1], [("pending", "daily_budget")])


async def test_the_same_words_of_a_moment_before_are_not_taken_for_this_send(world: World) -> None:
    """An unknown outcome is settled by a message of its own, never by an equal one that another effect sent."""
    await world.put(SendText("Are you still looking?"))
    await world.drain()
    world.fails(FaultKind.HANG)
    await world.put(SendText("Are you still looking?"))

    await world.drain()

    assert (world.texts(), world.counts.found_sent) == (["Are you still looking?"] * 2, 0)


async def test_words_that_break_a_rule_never_leave(world: World) -> None:
    """The guard is asked again at the send, and the outbox keeps rule and source."""
    await world.put(SendText("The schools there are excellent."))

    await world.drain()

    (row,) = await world.rows()
    assert (row["state"], world.state.messages) == ("dropped", [])
    assert row["reason"].startswith("guard: school_quality (42 USC 3604")


async def test_a_text_we_start_waits_for_its_hours(world: World) -> None:
    """Where the places of a contact share no hour, what we start is held with its rule and never sent."""
    async with world.database.begin() as connection:
        await connection.execute(update(contacts).values(state="RI", timezone="Pacific/Guam"))
    (held_id,) = await world.put(SendText("Still looking?"))
    async with world.database.begin() as connection:
        await connection.execute(update(outbox).where(outbox.c.effect_id == held_id).values(initiated=True))

    await world.drain()

    (row,) = await world.rows()
    assert (row["state"], row["sent_at"]) == ("pending", None)
    assert row["reason"].startswith("held: no_common_hours")
    assert row["due_at"] > row["created_at"]
