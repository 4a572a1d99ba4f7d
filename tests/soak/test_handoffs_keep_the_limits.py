"""Two processes on one contact, and leads who change their minds at random: no handoff too many, none unexplained."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.model import Decision, Say
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Direction,
    Handed,
    LocationId,
    Message,
    MessageId,
    Owner,
)
from ghl_real_estate_ai.handoff.bot_health import judge
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, EXPLICIT_CONFIDENCE, BlockReason
from ghl_real_estate_ai.turns.read_burst import read_burst
from ghl_real_estate_ai.understanding.model import Intent, MessageContext

RACES = 200
CONVERSATIONS = 10_000
MOST_TURNS = 14
BEGINNING = datetime(2026, 3, 3, 16, tzinfo=UTC)
SAYINGS = (
    "I want to buy a house with a $500k budget",
    "Actually I want to sell my house",
    "forget it, I need to buy a home now",
    "sell first, then find a new home, preapproved for 700k",
    "we want to buy first and sell our old one later",
    "what's my home worth?",
    "quiero vender mi casa",
    "busco una casa de 3 recamaras en Ontario",
    "I don't want to sell my house",
    "thinking about selling",
    "pre-approved up to 650k",
    "Rancho Cucamonga or Upland",
    "123 Long Meadow Ln, needs a new roof",
    "3 bedrooms, 2 baths",
    "yes",
    "no",
    "ok thanks",
    "in about 3 months",
    "is it a good time to sell?",
    "can I talk to a real person?",
    "call me tomorrow at 8",
    "not interested",
    "asdf qwerty zxcv",
)
HEALTH = {
    "fit": judge(count=50, errors=0, p95_ms=300, promised_p95_ms=1800),
    "unfit": judge(count=50, errors=25, p95_ms=300, promised_p95_ms=1800),
}


def test_two_processes_make_one_handoff(database_dsn: str, share: float) -> None:
    """Both answer the same contact at the same moment, again and again: two turns each time, and one handoff."""
    races = max(round(RACES * share), 10)
    begins_at = str(time.time() + 4)
    script = Path(__file__).parent.parent / "support" / "racing_turns.py"
    racers = [
        subprocess.Popen([sys.executable, str(script), database_dsn, name, str(races), begins_at])
        for name in ("a", "b")
    ]

    ends = [racer.wait(timeout=300) for racer in racers]

    with psycopg.connect(database_dsn) as connection:
        turns = connection.execute("SELECT contact_id, count(DISTINCT node), count(*) FROM turns GROUP BY 1").fetchall()
        counted = "SELECT count(*), count(DISTINCT contact_id) FROM "
        events = connection.execute(counted + "jorge_handoff_events").fetchone()
        outcomes = connection.execute(counted + "jorge_handoff_outcomes WHERE outcome = 'pending'").fetchone()
        tags = connection.execute("SELECT count(*) FROM outbox WHERE payload->>'tag' = 'Buyer-Lead'").fetchone()
    assert [0, 0] == ends
    assert {(2, 2)} == {(nodes, count) for _, nodes, count in turns}
    assert (races, races) == events == outcomes
    assert (races,) == tags


def test_random_conversations_keep_every_rule(share: float, seed: int) -> None:
    """10,000 leads who want this, then that: routes, caps, no ping-pong, a reason for each move, a person at once."""
    moves: Counter[str] = Counter()
    for number in range(round(CONVERSATIONS * share)):
        for step in talk(Random(f"{seed}:{number}")):
            hold(step)
            moves[kind_of(step.decision)] += 1

    # Each rule was met, or the talk proves nothing.
    assert {"moved", "person", "return", "same_pair", "performance"} <= set(moves)


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of a talk, with all handoffs before it, those older than a day too."""

    before: Conversation
    past: tuple[Handed, ...]
    said: str
    asked_for_a_person: bool
    decision: Decision
    at: datetime


def talk(draw: Random) -> Iterator[Step]:
    contact = Contact(
        location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset({"Needs Qualifying"}), dnd=False
    )
    conversation, at = Conversation(contact=contact, owner=Owner.LEAD), BEGINNING
    past: tuple[Handed, ...] = ()
    hurried = draw.random() < 0.7
    for number in range(draw.randint(4, MOST_TURNS)):
        at += timedelta(minutes=draw.uniform(0.1, 12) if hurried else draw.uniform(1, 600))
        said = draw.choice(SAYINGS)
        asked = conversation.asked.slot if conversation.asked else None
        text, signals = read_burst([said], MessageContext(bot=conversation.owner.bot, asked=asked))
        intents = {found.label.value: found.confidence for found in signals.intents}
        message = Message(
            message_id=MessageId(UUID(int=number)),
            direction=Direction.INBOUND,
            author="lead",
            text=text,
            at=at,
            intents=intents,
        )
        loaded = replace(conversation, handoffs=tuple(one for one in past if at - one.at < timedelta(hours=24)))
        health = {owner: HEALTH["unfit" if draw.random() < 0.1 else "fit"] for owner in (Owner.BUYER, Owner.SELLER)}
        learned = {route: draw.choice([-0.05, 0.0, 0.1]) for route in BASE_THRESHOLDS}
        decision = decide(loaded, signals, message, at=at, business_name="us", adjustments=learned, health=health)
        wants_person = signals.confidence(Intent.HUMAN) >= EXPLICIT_CONFIDENCE
        yield Step(loaded, past, said, wants_person, decision, at)
        if decision.handoff is not None:
            past = (*past, Handed(source=decision.handoff.source, target=decision.handoff.target, at=at))
        after = decision.conversation
        said_now = (message, *replies(decision, at, number))
        conversation = replace(after, version=after.version + 1, messages=(*after.messages, *said_now)[-20:])


def replies(decision: Decision, at: datetime, number: int) -> Sequence[Message]:
    if not isinstance(decision.speech, Say):
        return ()
    return (
        Message(
            message_id=MessageId(UUID(int=1000 + number)),
            direction=Direction.OUTBOUND,
            author=decision.bot.value,
            text=decision.speech.text,
            at=at,
        ),
    )


def hold(step: Step) -> None:
    """Everything that must be so after any turn whatever."""
    decision, handoff = step.decision, step.decision.handoff
    assert (handoff is None) == (decision.owner is step.before.owner or decision.owner is Owner.NONE)
    if step.asked_for_a_person and step.before.owner.bot is not None:
        assert Owner.HUMAN is decision.owner
    if decision.blocked is not None:
        assert isinstance(decision.speech, Say)
    if handoff is None:
        return
    assert decision.reasons
    assert handoff.reason
    assert handoff.source is step.before.owner
    assert handoff.target is decision.owner
    assert all(words in step.said for words in handoff.evidence.values())
    assert decision.conversation.epoch == step.before.epoch + 1
    if handoff.target is not Owner.HUMAN:
        hold_between_bots(step)


def hold_between_bots(step: Step) -> None:
    handoff = step.decision.handoff
    assert handoff is not None
    route = (handoff.source, handoff.target)
    assert route in BASE_THRESHOLDS
    assert handoff.confidence >= handoff.threshold >= 0.5
    between_bots = [one for one in step.past if one.source.bot and one.target.bot]
    assert sum(step.at - one.at < timedelta(hours=1) for one in between_bots) < 3
    assert sum(step.at - one.at < timedelta(hours=24) for one in between_bots) < 10
    lately = [one for one in between_bots if step.at - one.at < timedelta(minutes=30)]
    assert route not in {(one.source, one.target) for one in lately}
    if any(handoff.target in (one.source, one.target) for one in lately):
        assert handoff.confidence >= EXPLICIT_CONFIDENCE


def kind_of(decision: Decision) -> str:
    if decision.blocked is not None:
        return BlockReason(decision.blocked.reason).value
    if decision.handoff is None:
        return "stayed"
    return "person" if decision.handoff.target is Owner.HUMAN else "moved"
