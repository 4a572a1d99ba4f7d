"""What the outbox promises, kept by PostgreSQL and by the twin in memory alike."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, TurnId
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveTag, SendText, SetField
from ghl_real_estate_ai.delivery.carrier import SendingRates
from ghl_real_estate_ai.delivery.memory import MemoryOutbox, insert_effects_in_memory
from ghl_real_estate_ai.delivery.model import ClaimedEffect, OutboxEntry, Shares
from ghl_real_estate_ai.delivery.ports import ClaimLost, Outbox
from ghl_real_estate_ai.delivery.queue_effects import insert_effects
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase, row
from ghl_real_estate_ai.storage.tables import metadata, outbox

HERE = LocationId("loc-1")
ELSEWHERE = LocationId("loc-2")
ANN = ContactId("ann")
BOB = ContactId("bob")
MINUTE = timedelta(minutes=1)
AT_ONCE = timedelta(0)
"""A lease that has ended when it begins, a retry that is due when it is asked for."""


class SqlWorld:
    """The outbox on PostgreSQL, and the rows around it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.outbox: Outbox = SqlOutbox(database)

    async def put(self, *entries: OutboxEntry) -> None:
        async with self._database.begin() as connection:
            await insert_effects(connection, entries)

    async def seed(self, table: str, **values: Any) -> None:
        async with self._database.begin() as connection:
            await connection.execute(insert(metadata.tables[table]).values(**values))

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        async with self._database.begin() as connection:
            found = await connection.execute(select(metadata.tables[table]))
            return [dict(one) for one in found.mappings()]


class MemoryWorld:
    """The twin in memory, and the rows around it."""

    def __init__(self) -> None:
        self._database = MemoryDatabase()
        self.outbox: Outbox = MemoryOutbox(self._database)

    async def put(self, *entries: OutboxEntry) -> None:
        async with self._database.begin() as tables:
            insert_effects_in_memory(tables, entries)

    async def seed(self, table: str, **values: Any) -> None:
        key = tuple(values[column.name] for column in metadata.tables[table].primary_key)
        async with self._database.begin() as tables:
            tables[table][key] = row(**values)

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        async with self._database.begin() as tables:
            return [dict(one) for one in tables[table].values()]


World = SqlWorld | MemoryWorld


@pytest.fixture(params=["sql", "memory"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    database = Database(request.getfixturevalue("database_dsn"))
    yield SqlWorld(database)
    await database.close()


@dataclass(slots=True)
class Numbered:
    """Hands out effect keys."""

    last: int = 0


NUMBERS = Numbered()


def entry(
    effect: Effect | None = None,
    *,
    contact_id: ContactId = ANN,
    location_id: LocationId = HERE,
    epoch: int = 0,
    due_at: datetime | None = None,
    turn_id: UUID | None = None,
    effect_key: str | None = None,
) -> OutboxEntry:
    NUMBERS.last += 1
    return OutboxEntry(
        effect_id=uuid4(),
        effect_key=effect_key or f"turn:{NUMBERS.last}",
        location_id=location_id,
        contact_id=contact_id,
        turn_id=None if turn_id is None else TurnId(turn_id),
        effect=effect or AddTag("Hot"),
        epoch=epoch,
        due_at=due_at,
    )


def keys(claimed: list[ClaimedEffect]) -> list[str]:
    return [one.entry.effect_key for one in claimed]


async def claim(
    world: World, *, most: int = 10, lease: timedelta = MINUTE, sender: str = "one", shares: Shares | None = None
) -> list[ClaimedEffect]:
    return await world.outbox.claim(sender, most=most, lease=lease, shares=shares)


async def state_of(world: World, put: OutboxEntry) -> tuple[str, str | None]:
    found = next(one for one in await world.rows("outbox") if one["effect_id"] == put.effect_id)
    return found["state"], found["reason"]


class TestPut:
    @pytest.mark.parametrize(
        "effect",
        [
            SendText("¿Qué tal?", "SMS", even_if_opted_out=True),
            SendText("Hi"),
            AddTag("Hot"),
            RemoveTag("Cold"),
            SetField("budget", "500000"),
            AddNote("Wants a call"),
        ],
        ids=lambda effect: type(effect).__name__,
    )
    async def test_effect_comes_out_as_it_went_in(self, world: World, effect: Effect) -> None:
        """Whatever the effect, the sender gets what the turn decided."""
        turn_id = uuid4()
        put = entry(effect, epoch=3, turn_id=turn_id)
        await world.put(put)

        [claimed] = await claim(world)

        got = (claimed.entry.effect, claimed.entry.epoch, claimed.entry.turn_id, claimed.attempts, claimed.asked_crm)
        assert got == (effect, 3, turn_id, 1, False)

    async def test_same_effect_twice_is_one(self, world: World) -> None:
        """A second insert under the same key of a location changes nothing."""
        await world.put(entry(AddTag("First"), effect_key="turn:x"))

        await world.put(entry(AddTag("Second"), effect_key="turn:x"))
        await world.put(entry(AddTag("Theirs"), effect_key="turn:x", location_id=ELSEWHERE))

        found = [(one["location_id"], one["payload"]["tag"]) for one in await world.rows("outbox")]
        assert sorted(found) == [(HERE, "First"), (ELSEWHERE, "Theirs")]

    async def test_nothing_to_put_is_fine(self, world: World) -> None:
        """A turn without effects puts nothing in."""
        await world.put()

        assert await world.rows("outbox") == []


class TestClaim:
    async def test_takes_the_first_of_each_contact(self, world: World) -> None:
        """A contact's effects leave one after the other, in the order they were put in."""
        await world.put(
            entry(effect_key="a1"),
            entry(effect_key="a2"),
            entry(effect_key="b1", contact_id=BOB),
            entry(effect_key="a3"),
        )

        first = await claim(world)
        for one in first:
            await world.outbox.mark_sent(HERE, one.entry.effect_id, None)
        second = await claim(world)

        assert (keys(first), keys(second)) == (["a1", "b1"], ["a2"])

    async def test_same_contact_id_elsewhere_is_another_contact(self, world: World) -> None:
        """Two locations may use the same contact id; neither waits for the other."""
        await world.put(entry(effect_key="here"), entry(effect_key="there", location_id=ELSEWHERE))

        claimed = await claim(world)

        assert sorted(keys(claimed)) == ["here", "there"]

    async def test_takes_at_most_so_many_oldest_first(self, world: World) -> None:
        """A sender takes no more than it asked for, the oldest first."""
        await world.put(*(entry(effect_key=f"c{n}", contact_id=ContactId(f"c{n}")) for n in range(5)))

        claimed = await claim(world, most=2)

        assert keys(claimed) == ["c0", "c1"]

    async def test_claimed_effect_is_not_claimed_again(self, world: World) -> None:
        """While a claim holds, nobody else gets the effect, nor what waits behind it."""
        await world.put(entry(effect_key="a1"), entry(effect_key="a2"))
        await claim(world)

        again = await claim(world, sender="two")

        assert again == []

    async def test_claim_that_ran_out_is_claimed_again(self, world: World) -> None:
        """The effect of a sender that died comes back, and counts as another attempt."""
        await world.put(entry(effect_key="a1"))
        await claim(world, lease=AT_ONCE)

        [again] = await claim(world, sender="two")

        assert (again.entry.effect_key, again.attempts) == ("a1", 2)

    async def test_planned_effect_waits_for_its_time_and_holds_nothing_up(self, world: World) -> None:
        """A text planned for later is not due now, and today's goes ahead of it."""
        later = datetime.now(UTC) + timedelta(hours=1)
        await world.put(entry(effect_key="later", due_at=later), entry(effect_key="now"))

        claimed = await claim(world)

        assert keys(claimed) == ["now"]

    async def test_planned_effect_whose_time_has_come_is_due(self, world: World) -> None:
        """A planned text leaves once its time has come."""
        await world.put(entry(effect_key="planned", due_at=datetime.now(UTC) - MINUTE))

        claimed = await claim(world)

        assert keys(claimed) == ["planned"]

    async def test_effect_that_waits_for_its_retry_holds_up_the_next(self, world: World) -> None:
        """A contact's later effects never overtake one that failed and will be tried again."""
        await world.put(entry(effect_key="a1"), entry(effect_key="a2"))
        [first] = await claim(world)
        await world.outbox.retry_later(HERE, first.entry.effect_id, after=MINUTE, reason="busy", asked_crm=False)

        claimed = await claim(world)

        assert claimed == []

    async def test_no_location_gets_more_than_its_share(self, world: World) -> None:
        """A sender that has its share of one location under way gets of it no more, and of the others what is due."""
        theirs = [entry(contact_id=ContactId(f"c{n}"), location_id=ELSEWHERE) for n in range(9)]
        await world.put(*theirs, entry())

        first = await claim(world, shares=Shares(most_each=4, taken={ELSEWHERE: 1}))
        then = await claim(world, shares=Shares(most_each=4, taken={ELSEWHERE: 4}))
        last = await claim(world, shares=Shares(most_each=4, taken={ELSEWHERE: 3}))

        assert Counter(one.entry.location_id for one in (*first, *then)) == {ELSEWHERE: 3, HERE: 1}
        assert [one.entry.location_id for one in last] == [ELSEWHERE]

    async def test_racing_senders_never_share_an_effect(self, world: World) -> None:
        """However many senders claim at once, each effect goes to one of them."""
        await world.put(*(entry(contact_id=ContactId(f"c{n}")) for n in range(20)))

        taken = await asyncio.gather(*(claim(world, most=5, sender=f"s{n}") for n in range(8)))
        left = await claim(world, most=20)

        got = [one.entry.effect_id for claimed in (*taken, left) for one in claimed]
        assert (len(got), len(set(got))) == (20, 20)


class TestFailures:
    async def test_only_what_failed_counts(self, world: World) -> None:
        """However often an effect has to wait, it is no nearer to being given up; each claim has its own number."""
        put = entry()
        await world.put(put)
        for failed in (False, True, False, True):
            [claimed] = await claim(world)
            await world.outbox.retry_later(
                HERE, put.effect_id, after=AT_ONCE, reason="paced", asked_crm=False, failed=failed
            )

        [again] = await claim(world)

        assert (again.failures, again.attempts, claimed.attempts) == (2, 5, 4)


class TestNoteAsking:
    async def test_is_remembered_by_whoever_comes_next(self, world: World) -> None:
        """A sender that dies after asking leaves word that the CRM may have done it."""
        await world.put(entry())
        [first] = await claim(world)
        await world.outbox.note_asking(HERE, first.entry.effect_id, attempt=first.attempts)
        await world.outbox.retry_later(
            HERE, first.entry.effect_id, after=AT_ONCE, reason="outcome_unknown", asked_crm=True
        )

        [again] = await claim(world)

        assert again.asked_crm is True

    async def test_is_refused_after_the_claim_ran_out(self, world: World) -> None:
        """A sender that was away longer than its lease may not send."""
        await world.put(entry())
        [first] = await claim(world, lease=AT_ONCE)

        with pytest.raises(ClaimLost):
            await world.outbox.note_asking(HERE, first.entry.effect_id, attempt=first.attempts)

    async def test_is_refused_when_another_sender_has_it(self, world: World) -> None:
        """A sender that was overtaken may not send, though the effect is claimed: by another."""
        await world.put(entry())
        [first] = await claim(world, lease=AT_ONCE)
        await claim(world, sender="two")

        with pytest.raises(ClaimLost):
            await world.outbox.note_asking(HERE, first.entry.effect_id, attempt=first.attempts)


class TestEnds:
    async def test_sent_is_never_due_again_and_keeps_the_crm_id(self, world: World) -> None:
        """What the CRM has is done; the message in our books carries the CRM's id."""
        turn_id, at = uuid4(), datetime.now(UTC)
        shared = {"location_id": HERE, "contact_id": ANN, "turn_id": turn_id, "text": "Hi", "at": at}
        await world.seed("messages", message_id=uuid4(), direction="inbound", author="lead", **shared)
        await world.seed("messages", message_id=uuid4(), direction="outbound", author="lead", **shared)
        put = entry(SendText("Hi"), turn_id=turn_id)
        await world.put(put)
        await claim(world, lease=AT_ONCE)

        await world.outbox.mark_sent(HERE, put.effect_id, "crm-1")

        ids = {one["direction"]: one.get("crm_message_id") for one in await world.rows("messages")}
        assert (await claim(world), await state_of(world, put), ids) == (
            [],
            ("sent", None),
            {"inbound": None, "outbound": "crm-1"},
        )

    async def test_retry_is_due_after_its_delay(self, world: World) -> None:
        """What is put off is due again when its delay is over, with one attempt more."""
        put = entry()
        await world.put(put)
        [first] = await claim(world)

        await world.outbox.retry_later(HERE, put.effect_id, after=AT_ONCE, reason="busy", asked_crm=False)

        [again] = await claim(world)
        assert (first.attempts, again.attempts, again.asked_crm) == (1, 2, False)

    @pytest.mark.parametrize("end", ["dropped", "dead"])
    async def test_dropped_and_dead_keep_their_reason_and_let_the_next_go(self, world: World, end: str) -> None:
        """What is not sent says why, and does not hold up what comes after it."""
        put = entry(effect_key="a1")
        await world.put(put, entry(effect_key="a2"))
        await claim(world)

        mark = world.outbox.mark_dropped if end == "dropped" else world.outbox.mark_dead
        await mark(HERE, put.effect_id, "opted_out")

        assert (await state_of(world, put), keys(await claim(world))) == ((end, "opted_out"), ["a2"])

    @pytest.mark.parametrize("end", ["retry_later", "mark_dropped", "mark_dead"])
    async def test_overtaken_sender_cannot_end_the_next_ones_claim(self, world: World, end: str) -> None:
        """A sender that comes back late does not undo what the one after it is doing."""
        put = entry()
        await world.put(put)
        await claim(world, lease=AT_ONCE)
        await claim(world, sender="two")

        if end == "retry_later":
            await world.outbox.retry_later(
                HERE, put.effect_id, after=AT_ONCE, reason="busy", asked_crm=False, attempt=1
            )
        else:
            await getattr(world.outbox, end)(HERE, put.effect_id, "late", attempt=1)

        assert await state_of(world, put) == ("claimed", None)


class TestGate:
    """`may_send`, right before an effect leaves."""

    async def stand(
        self,
        world: World,
        *,
        owner: str = "lead",
        epoch: int = 0,
        tags: list[str] | None = None,
        dnd: bool | None = None,
        phone: str | None = None,
    ) -> None:
        known = ["Needs Qualifying"] if tags is None else tags
        await world.seed("conversations", location_id=HERE, contact_id=ANN, owner=owner, epoch=epoch)
        await world.seed("contacts", location_id=HERE, contact_id=ANN, tags=known, dnd=dnd, phone=phone)

    async def suppress(self, world: World, *, contact_id: ContactId = ANN, **more: Any) -> None:
        at = datetime.now(UTC)
        shared = {"location_id": HERE, "contact_id": contact_id, "reason": "stop", "suppressed_at": at}
        await world.seed("suppressions", suppression_id=uuid4(), **shared, **more)

    async def ask(self, world: World, effect: Effect, *, epoch: int = 0) -> str | None:
        put = entry(effect, epoch=epoch)
        await world.put(put)
        return await world.outbox.may_send(HERE, put.effect_id)

    async def test_lets_a_turns_own_reply_pass(self, world: World) -> None:
        """A reply of the present epoch passes, also the last words before a person takes over."""
        await self.stand(world, owner="human", epoch=2)

        assert await self.ask(world, SendText("A colleague will write to you"), epoch=2) is None

    async def test_stops_a_text_to_somebody_who_opted_out_since(self, world: World) -> None:
        """An opt-out that came in between stops the text."""
        await self.stand(world)
        await self.suppress(world)

        assert await self.ask(world, SendText("Hi")) == "opted_out"

    async def test_stops_a_text_to_a_number_that_opted_out_elsewhere(self, world: World) -> None:
        """The same number under another contact is the same person."""
        await self.stand(world, phone="+15125550100")
        await self.suppress(world, contact_id=BOB, phone="+15125550100")

        assert await self.ask(world, SendText("Hi")) == "opted_out"

    async def test_lifted_opt_out_stops_nothing(self, world: World) -> None:
        """Somebody who came back may be written to."""
        await self.stand(world)
        await self.suppress(world, lifted_at=datetime.now(UTC))

        assert await self.ask(world, SendText("Hi")) is None

    async def test_lets_the_confirmation_of_an_opt_out_pass(self, world: World) -> None:
        """The one confirmation passes the opt-out, and the tag, that its own turn has written."""
        await self.stand(world, owner="none", epoch=1, tags=["AI-Off", "TCPA-Opt-Out"])
        await self.suppress(world)

        assert await self.ask(world, SendText("You will not hear from us", even_if_opted_out=True), epoch=1) is None

    @pytest.mark.parametrize("effect", [AddTag("AI-Off"), RemoveTag("Hot"), SetField("k", "v"), AddNote("Opted out")])
    async def test_tags_fields_and_notes_pass_always(self, world: World, effect: Effect) -> None:
        """What is for the team is not held back by an opt-out."""
        await self.stand(world, owner="none", epoch=5, tags=["AI-Off"], dnd=True)
        await self.suppress(world)

        assert await self.ask(world, effect) is None

    @pytest.mark.parametrize(("owner", "reason"), [("human", "owner_human"), ("buyer", "epoch_moved_on")])
    async def test_stops_a_text_of_an_older_epoch(self, world: World, owner: str, reason: str) -> None:
        """A text decided before the owner changed is no longer right."""
        await self.stand(world, owner=owner, epoch=1)

        assert await self.ask(world, SendText("Hi"), epoch=0) == reason

    @pytest.mark.parametrize("tag", ["AI-Off", "STOP-BOT", "stop bot", "Qualified", "Seller-Qualified", "Do Not Text"])
    async def test_stops_a_text_under_a_stop_tag(self, world: World, tag: str) -> None:
        """A stop tag stops the text, however the CRM, or whoever wrote it, spells it."""
        await self.stand(world, tags=["Needs Qualifying", tag])

        assert await self.ask(world, SendText("Hi")) == "stop_tag"

    @pytest.mark.parametrize("even_if_opted_out", [False, True])
    async def test_stops_every_text_under_dnd(self, world: World, even_if_opted_out: bool) -> None:
        """Do-not-disturb stops even the confirmation of an opt-out."""
        await self.stand(world, dnd=True)

        assert await self.ask(world, SendText("Hi", even_if_opted_out=even_if_opted_out)) == "dnd"

    async def test_stops_a_text_to_somebody_unknown(self, world: World) -> None:
        """Nobody is written to whose tags we do not know."""
        assert await self.ask(world, SendText("Hi")) == "tags_unknown"

    async def test_another_locations_opt_out_is_not_ours(self, world: World) -> None:
        """An opt-out binds the location it was said to."""
        await self.stand(world)
        at = datetime.now(UTC)
        await world.seed(
            "suppressions",
            suppression_id=uuid4(),
            location_id=ELSEWHERE,
            contact_id=ANN,
            reason="stop",
            suppressed_at=at,
        )

        assert await self.ask(world, SendText("Hi")) is None

    async def test_says_that_something_newer_waits(self, world: World) -> None:
        """What was written after the effect was decided, and waits, makes a text wait for it; an older one does not."""
        await self.stand(world)
        put = entry(SendText("Hi"))
        await world.seed("inbox", **event(received_at=datetime.now(UTC) - MINUTE))
        await world.put(put)
        before = await world.outbox.may_send(HERE, put.effect_id)

        await world.seed("inbox", **event(received_at=datetime.now(UTC) + MINUTE, state="known"))
        known = await world.outbox.may_send(HERE, put.effect_id)
        await world.seed("inbox", **event(received_at=datetime.now(UTC) + MINUTE))
        after = await world.outbox.may_send(HERE, put.effect_id)

        assert (before, known, after) == (None, None, "newer_inbound")


def event(*, received_at: datetime, state: str = "pending", turn_id: UUID | None = None) -> dict[str, Any]:
    return {
        "location_id": HERE,
        "event_id": uuid4(),
        "kind": "InboundMessage",
        "contact_id": ANN,
        "state": state,
        "body": b"{}",
        "received_at": received_at,
        "due_at": received_at,
        "turn_id": turn_id,
    }


class TestDead:
    async def test_dead_are_listed_by_location_and_tried_again(self, world: World) -> None:
        """A person sees what was given up, and whatever they try again is claimed as if it were new."""
        put = entry(SendText("Hi"))
        await world.put(put, entry(location_id=ELSEWHERE))
        for one in await claim(world):
            await world.outbox.mark_dead(one.entry.location_id, one.entry.effect_id, "refused")

        everywhere = await world.outbox.list_dead(None, limit=10)
        here = await world.outbox.list_dead(HERE, limit=10)
        by_another = await world.outbox.retry_dead(ELSEWHERE, put.effect_id)
        by_us = await world.outbox.retry_dead(HERE, put.effect_id)
        again = await claim(world)

        assert [(one.effect_id, one.kind, one.reason, one.attempts) for one in here] == [
            (put.effect_id, "send_text", "refused", 1)
        ]
        assert (len(everywhere), by_another, by_us) == (2, False, True)
        assert [(one.entry.effect_id, one.attempts, one.failures) for one in again] == [(put.effect_id, 2, 0)]
        assert await world.outbox.list_dead(HERE, limit=10) == []

    async def test_what_is_not_dead_is_left_alone(self, world: World) -> None:
        """Nobody puts an effect that was sent back in the queue."""
        put = entry(SendText("Hi"))
        await world.put(put)
        await claim(world)
        await world.outbox.mark_sent(HERE, put.effect_id, "m-1")

        assert await world.outbox.retry_dead(HERE, put.effect_id) is False
        assert await world.outbox.ids_sent(HERE, ANN) == {"m-1"}
        assert await world.outbox.ids_sent(HERE, BOB) == frozenset()


async def test_a_text_we_start_holds_up_no_reply(world: World) -> None:
    """A text that waits for the day's budget does not keep a reply waiting."""
    started = replace(entry(SendText("Still looking?"), effect_key="started"), initiated=True)
    await world.put(started)
    await claim(world)
    await world.outbox.retry_later(HERE, started.effect_id, after=60 * MINUTE, reason="daily_budget", asked_crm=False)
    await world.put(entry(SendText("Hi"), effect_key="reply"))

    assert keys(await claim(world)) == ["reply"]


async def test_each_locations_day_is_counted_by_itself(world: World) -> None:
    """Texts, refusals, failures told later and opt-outs of the last day, each location's own."""
    ours = [entry(SendText("Hi"), contact_id=ContactId(f"c{n}")) for n in range(3)]
    started = replace(entry(SendText("Hi"), contact_id=ContactId("c4")), initiated=True)
    theirs = entry(SendText("Hi"), location_id=ELSEWHERE)
    await world.put(*ours, started, theirs, entry(AddTag("Hot"), contact_id=BOB))
    for one in await claim(world, most=20):
        who = (one.entry.location_id, one.entry.effect_id)
        if one.entry.effect_id == ours[0].effect_id:
            await world.outbox.mark_dead(*who, "refused: no such number")
        elif one.entry.effect_id == ours[1].effect_id:
            await world.outbox.mark_dead(*who, "outcome_unknown, 12 times")
        else:
            await world.outbox.mark_sent(*who, "m")
    now, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(hours=25)
    for n, (place, at, reason) in enumerate(
        [(HERE, now, "opt_out"), (HERE, long_ago, "opt_out"), (ELSEWHERE, now, "imported")]
    ):
        shared = {"contact_id": f"s{n}", "reason": reason, "suppressed_at": at}
        await world.seed("suppressions", location_id=place, suppression_id=uuid4(), **shared)
    for at in (now, long_ago):
        await world.seed("inbox", **event(received_at=at, state="known") | {"reason": "send_failed"})

    rates = await world.outbox.sending_rates()

    assert rates == [
        SendingRates(location_id=HERE, texts=2, initiated=1, refused=1, undelivered=1, opt_outs=1),
        SendingRates(location_id=ELSEWHERE, texts=1),
    ]
    assert await world.outbox.sending_rates(ELSEWHERE) == rates[1:]


async def test_unknown_kind_waits_for_a_newer_sender(database: Database) -> None:
    """A row of a kind this version does not know is left alone, and breaks no claim of the others."""
    world = SqlWorld(database)
    shared = {"location_id": HERE, "contact_id": BOB, "effect_key": "new:1", "payload": {}}
    async with database.begin() as connection:
        await connection.execute(insert(outbox).values(effect_id=uuid4(), kind="start_workflow", **shared))
    await world.put(entry(effect_key="old:1"))

    claimed = await claim(world)

    assert keys(claimed) == ["old:1"]
