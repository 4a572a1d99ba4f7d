"""Processes that die at any step, and webhooks that come twice, late and out of order: nothing lost, nothing twice."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.crm.model import CrmMessage, pick_sent
from ghl_real_estate_ai.crm.ports import CrmAway, CrmBusy, CrmOutcomeUnknown
from ghl_real_estate_ai.delivery.deliver import Deliver, RetryPlan
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import messages, outbox
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE = LocationId("here")
CRASHES, DELIVERIES = 1000, 10_000
START = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
WORDS = (
    "Hi, is anybody there?",
    "I want to buy a house in Upland",
    "My budget is 500k",
    "We need 3 bedrooms",
    "I am preapproved",
    "Within two months",
)
MOST_STARTS = 60
"""More than any contact here can need."""


class Killed(BaseException):
    """The process is dead: nothing of it goes on, and nothing catches it."""


@dataclass(slots=True)
class Fate:
    """Kills at the step drawn for it; a step is the moment just before, or just after, a call that leaves us."""

    steps_left: int

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left == 0:
            raise Killed


class Mortal:
    """A part whose every call is a moment at which the process may die."""

    def __init__(self, part: object, fate: Fate) -> None:
        self._part = part
        self._fate = fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        called = getattr(self._part, name)

        async def call(*args: Any, **more: Any) -> Any:
            self._fate.step()
            answer = await called(*args, **more)
            self._fate.step()
            return answer

        return call


@dataclass(slots=True)
class ForgetfulCrm:
    """Keeps what it is sent; refuses some calls, and takes some without an answer."""

    random: Random
    texts: list[tuple[ContactId, CrmMessage]] = field(default_factory=list)

    async def send_text(self, location_id: LocationId, contact_id: ContactId, text: str, *, channel: str) -> str:
        draw = self.random.random()
        if draw < 0.1:
            raise CrmBusy("429")
        if draw < 0.15:
            raise CrmAway("500")
        message = CrmMessage(
            message_id=f"m-{len(self.texts)}",
            direction="outbound",
            text=f"{text} Reply STOP to end.",
            at=datetime.now(UTC),
        )
        self.texts.append((contact_id, message))
        if draw < 0.3:
            raise CrmOutcomeUnknown("no answer")
        return message.message_id

    async def find_sent(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        text: str,
        *,
        since: datetime,
        others: frozenset[str] = frozenset(),
    ) -> str | None:
        theirs = [one for whose, one in self.texts if whose == contact_id and one.at >= since]
        return pick_sent([one for one in theirs if one.message_id not in others], text)

    async def add_tags(self, *_: object) -> None: ...

    async def remove_tags(self, *_: object) -> None: ...

    async def set_field(self, *_: object) -> None: ...

    async def add_note(self, *_: object) -> str:
        return "n-1"

    async def find_note(self, *_: object, **__: object) -> str | None:
        return None

    async def find_contact(self, *_: object, **__: object) -> None:
        return None


@dataclass(slots=True)
class World:
    """One database and one CRM, before which processes come and go."""

    database: Database
    random: Random
    crm: ForgetfulCrm

    async def meets(self, contact_id: ContactId) -> None:
        event = {"type": "ContactCreate", "locationId": HERE, "id": contact_id, "tags": ["Needs Qualifying"]}
        await self.receives(json.dumps(event).encode())

    async def receives(self, body: bytes) -> str:
        event = parse_event(body, {}, default_location=HERE, event_id=EventId(uuid4()))
        [kept] = await SqlInbox(self.database, quiet=timedelta()).keep([event])
        return kept.status.value

    async def lives(self, fate: Fate) -> None:
        """One process from its start until nothing is left to do, or until it dies."""
        try:
            while await self._answers(fate) or await self._delivers(fate):
                pass
        except Killed:
            return

    async def _answers(self, fate: Fate) -> bool:
        bots = TakeTurn(
            store=Mortal(SqlTurnStore(self.database), fate),  # type: ignore[arg-type]
            crm=Mortal(self.crm, fate),  # type: ignore[arg-type]
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=JorgeHandoffService(),
            clock=SystemClock(),
            new_id=new_uuid7,
            node=f"node-{uuid4()}",
            business_name="Casa Homes",
            makes_contacts=False,
        )
        claim = await bots.claim_due()
        if claim is not None:
            await bots.answer_claimed(claim)
        return claim is not None

    async def _delivers(self, fate: Fate) -> bool:
        deliver = Deliver(
            Mortal(SqlOutbox(self.database), fate),  # type: ignore[arg-type]
            Mortal(self.crm, fate),  # type: ignore[arg-type]
            sender=f"node-{uuid4()}",
            plan=RetryPlan(first=timedelta(0), after_unknown=timedelta(0), most_attempts=100),
            draw=self.random.random,
        )
        claimed = await deliver.claim(4)
        for one in claimed:
            await deliver.deliver(one)
        return bool(claimed)

    async def time_passes(self) -> None:
        """What the dead held is free again, and what was put off is due."""
        async with self.database.begin() as connection:
            for change in (
                "UPDATE conversations SET claimed_until = now() - interval '1 s' WHERE claimed_until IS NOT NULL",
                "UPDATE outbox SET claimed_until = now() - interval '1 s' WHERE state = 'claimed'",
                "UPDATE outbox SET due_at = now() WHERE state = 'pending'",
                "UPDATE inbox SET due_at = now() WHERE state = 'pending'",
            ):
                await connection.execute(text(change))

    async def ends(self) -> None:
        """Processes that do not die finish what is left."""
        for _ in range(MOST_STARTS):
            await self.time_passes()
            await self.lives(Fate(steps_left=0))
            async with self.database.begin() as connection:
                waiting = await connection.execute(
                    text(
                        "SELECT (SELECT count(*) FROM inbox WHERE state IN ('pending', 'held'))"
                        " + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed'))"
                    )
                )
                if waiting.scalar_one() == 0:
                    return
        raise AssertionError("Something never ends.")

    async def answered(self, contact_id: ContactId | None = None) -> list[Any]:
        """The leads' messages in the order in which turns took them up."""
        wanted = select(messages).where(messages.c.direction == "inbound").order_by(messages.c.seq)
        if contact_id is not None:
            wanted = wanted.where(messages.c.contact_id == contact_id)
        async with self.database.begin() as connection:
            return list((await connection.execute(wanted)).mappings())

    async def sent_by_the_books(self) -> int:
        async with self.database.begin() as connection:
            counted = select(func.count()).where(outbox.c.kind == "send_text", outbox.c.state == "sent")
            return int((await connection.execute(counted)).scalar_one())

    def no_text_came_twice(self) -> bool:
        return max(Counter((who, one.text) for who, one in self.crm.texts).values(), default=0) <= 1


@pytest.fixture
async def world(database: Database, seed: int) -> World:
    random = Random(seed)
    return World(database, random, ForgetfulCrm(random))


def written(contact_id: ContactId, n: int, words: str) -> bytes:
    event = {
        "type": "InboundMessage",
        "locationId": HERE,
        "contactId": contact_id,
        "messageId": f"{contact_id}-{n}",
        "body": words,
        "messageType": "SMS",
        "direction": "inbound",
        "dateAdded": (START + timedelta(minutes=n)).isoformat().replace("+00:00", "Z"),
    }
    return json.dumps(event).encode()


async def test_a_death_at_any_step_loses_nothing_and_repeats_nothing(world: World, share: float, seed: int) -> None:
    """Whenever a process dies, each message is in exactly one turn and each text reaches the CRM exactly once."""
    crashes = round(CRASHES * share)
    for n in range(crashes):
        contact_id = ContactId(f"c{n}")
        await world.meets(contact_id)
        for number, words in enumerate(WORDS[:3]):
            await world.receives(written(contact_id, number, words))
            await world.lives(Fate(steps_left=world.random.randrange(1, 40)))
            if world.random.random() < 0.5:
                await world.time_passes()
        await world.ends()

    answered = Counter(row["event_id"] for row in await world.answered())
    assert (len(answered), set(answered.values())) == (3 * crashes, {1}), f"seed {seed}"
    assert len(world.crm.texts) == await world.sent_by_the_books() > 0, f"seed {seed}"
    assert world.no_text_came_twice(), f"seed {seed}"


async def test_deliveries_late_twice_and_out_of_order(world: World, share: float, seed: int) -> None:
    """Of seeded deliveries each message is in exactly one turn, in order of its writing within it; no text twice."""
    left = round(DELIVERIES * share)
    total, contact = 0, 0
    while left > 0:
        contact_id = ContactId(f"d{contact}")
        contact += 1
        await world.meets(contact_id)
        bodies = [written(contact_id, n, words) for n, words in enumerate(WORDS)]
        deliveries = [
            json.dumps(json.loads(body) | {"webhookId": str(uuid4())}).encode()
            for body in bodies
            for _ in range(world.random.choice((1, 1, 2, 3)))
        ]
        world.random.shuffle(deliveries)
        statuses = []
        for body in deliveries:
            statuses.append(await world.receives(body))
            if world.random.random() < 0.3:
                await world.lives(Fate(steps_left=0))
        total, left = total + len(WORDS), left - len(deliveries)
        assert statuses.count("accepted") == len(WORDS), f"seed {seed}"
    await world.ends()

    answered = await world.answered()
    assert Counter(Counter(row["event_id"] for row in answered).values()) == {1: total}, f"seed {seed}"
    for one, other in pairwise(answered):
        if one["turn_id"] == other["turn_id"]:
            assert one["at"] < other["at"], f"seed {seed}"
    assert len(world.crm.texts) == await world.sent_by_the_books() > 0, f"seed {seed}"
    assert world.no_text_came_twice(), f"seed {seed}"
