"""Somebody who sells and then buys keeps both threads; whoever needs a person gets one, and comes back."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ghl_real_estate_ai.bots import people
from ghl_real_estate_ai.bots.decide import MOST_LOST, decide
from ghl_real_estate_ai.bots.model import Decision, Say, Silence
from ghl_real_estate_ai.bots.topics import Topic, advice_sought
from ghl_real_estate_ai.conversation.model import (
    Bot,
    Contact,
    ContactId,
    Conversation,
    Direction,
    Fact,
    Facts,
    Handed,
    LocationId,
    Message,
    MessageId,
    Owner,
    Question,
    Slot,
    SlotValue,
)
from ghl_real_estate_ai.crm.model import AddNote, AddTag, RemoveTag, SetField
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.understand import understand

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
MESSAGE_ID = MessageId(UUID(int=7))
SALE = {
    "address": "9 Quail Run",
    "motivation": "downsizing",
    "timeline_days": 120,
    "condition": "turnkey",
    "price_expectation": 450_000,
}
HOT_SALE = SALE | {"motivation": "relocation", "timeline_days": 30}


def known(**values: SlotValue) -> Facts:
    return Facts({Slot(name): Fact(Slot(name), value, None, NOW) for name, value in values.items()})


def a_conversation(owner: Owner, **changes: object) -> Conversation:
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset({"Seller-Lead"}))
    begun = {"disclosed": True, "version": 3, "replies_used": ("greeting+ask.lead.goal.0",)}
    return replace(Conversation(contact=contact, owner=owner), **(begun | changes))


def turn(conversation: Conversation, text: str, at: datetime = NOW) -> Decision:
    asked = conversation.asked.slot if conversation.asked else None
    message = Message(message_id=MESSAGE_ID, direction=Direction.INBOUND, author="lead", text=text, at=at)
    signals = understand(text, MessageContext(bot=conversation.owner.bot, asked=asked))
    return decide(conversation, signals, message, at=at, business_name="Lone Star")


def words(decision: Decision) -> str:
    assert isinstance(decision.speech, Say)
    return decision.speech.text


def handed(*route: Owner, at: datetime = NOW - timedelta(minutes=5)) -> tuple[Handed, ...]:
    return tuple(Handed(source=a, target=b, at=at) for a, b in itertools.pairwise(route))


# --- two wishes -------------------------------------------------------------------------------------------------


def a_sale_that_is_told(**changes: object) -> Conversation:
    """Everything of the sale is known, a time to meet included; the purchase waits."""
    told = {
        "facts": known(**SALE, appointment="tomorrow at 5"),
        "goals": ("sell", "buy"),
        "completed": frozenset({Bot.LEAD, Bot.SELLER}),
    }
    return a_conversation(Owner.SELLER, **(told | changes))


def test_the_second_wish_comes_up_when_the_first_is_told() -> None:
    """The buyer bot takes over by itself, says so, and asks what only a buyer knows."""
    decision = turn(a_sale_that_is_told(), "ok sounds good")

    assert Owner.BUYER is decision.owner
    assert words(decision).startswith(("Now to the home you'd like to buy.", "The sale is noted"))
    assert Question.BUDGET is decision.asked
    assert decision.packet is not None
    assert set(known(**SALE)) < set(decision.packet.as_facts())


def test_the_second_wish_waits_for_the_limits_unless_it_is_asked_for() -> None:
    """The buyer bot had the lead a moment ago, so the seller bot asks first, and a yes is enough."""
    conversation = a_sale_that_is_told(handoffs=handed(Owner.LEAD, Owner.BUYER, Owner.SELLER))

    offered = turn(conversation, "ok sounds good")
    taken_up = turn(offered.conversation, "yes please", NOW + timedelta(minutes=1))

    assert (Owner.SELLER, Question.SECOND_GOAL) == (offered.owner, offered.asked)
    assert Owner.BUYER is taken_up.owner


def test_a_no_to_the_second_wish_is_respected() -> None:
    """It is not offered again at once, and nobody is moved."""
    asked = a_sale_that_is_told(asked=Question.SECOND_GOAL, handoffs=handed(Owner.LEAD, Owner.BUYER, Owner.SELLER))

    decision = turn(asked, "no, not now")

    assert Owner.SELLER is decision.owner
    assert decision.asked is None


def test_no_second_wish_breaks_a_limit() -> None:
    """After three handoffs within the hour the lead stays, and is offered nothing that could not be kept."""
    route = (Owner.LEAD, Owner.BUYER, Owner.SELLER, Owner.BUYER)
    decision = turn(a_sale_that_is_told(handoffs=handed(*route)), "ok sounds good")

    assert (Owner.SELLER, None) == (decision.owner, decision.asked)


def test_a_wish_that_is_told_does_not_come_up_again() -> None:
    """Both are done: nobody is sent back and forth."""
    both = frozenset({Bot.LEAD, Bot.SELLER, Bot.BUYER})

    assert Owner.SELLER is turn(a_sale_that_is_told(completed=both), "ok sounds good").owner


def test_what_was_said_of_each_home_waits_for_its_own_thread() -> None:
    """The town to buy in is no town of the house for sale, and is known again when the purchase goes on."""
    buying = a_conversation(
        Owner.BUYER, goals=("buy",), facts=known(locations=("Carmel",), bedrooms=4, budget_max=620_000)
    )

    selling = turn(buying, "oh wait though. we have to sell our current house first before any of this")
    later = replace(selling.conversation, handoffs=())
    again = turn(later, "i want to buy a house now", NOW + timedelta(hours=2))

    assert Owner.SELLER is selling.owner
    assert {Slot.BUDGET_MAX} == set(selling.conversation.facts)
    assert selling.packet is not None
    assert {Slot.LOCATIONS, Slot.BEDROOMS} == {fact.slot for fact in selling.packet.set_aside}
    assert Owner.BUYER is again.owner
    assert {Slot.LOCATIONS, Slot.BEDROOMS, Slot.BUDGET_MAX} <= set(again.conversation.facts)
    assert buying.facts[Slot.LOCATIONS] == again.conversation.facts[Slot.LOCATIONS]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("we want to sell our house first and then buy another", Owner.SELLER),
        ("quiero vender primero y después comprar otra casa", Owner.SELLER),
        ("we want to buy first and then sell our old house", Owner.BUYER),
        ("I want to buy a house before I sell mine", Owner.BUYER),
    ],
)
def test_what_comes_first_is_begun_with(text: str, owner: Owner) -> None:
    """Whether the word "first" stands with it, or the other comes after."""
    assert owner is turn(a_conversation(Owner.LEAD), text).owner


# --- to a person ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("can they still take it if it goes to foreclosure?", Topic.LEGAL),
        ("do i need a lawyer to sell", Topic.LEGAL),
        ("will i owe capital gains if i sell?", Topic.FINANCIAL),
        ("should i refinance or sell", Topic.FINANCIAL),
        ("¿tengo que pagar impuestos al vender?", Topic.FINANCIAL),
        ("need to sell before foreclosure", None),
        ("we are in foreclosure. can you help?", None),
        ("can you help me sell before foreclosure?", None),
        ("how much is my house worth in a short sale?", None),
        ("whats the property tax on it?", None),
        ("what are rates like right now", None),
        ("its 2 Larkmoor Court, ok?", None),
        ("need to close in 90 days for my 1031", None),
    ],
)
def test_advice_is_told_from_a_hardship_and_a_plea(text: str, topic: Topic | None) -> None:
    """Only a question for a lawyer, a tax adviser or a banker is one."""
    assert topic is advice_sought(text)


def test_a_legal_question_goes_to_a_person_and_the_bot_is_silent() -> None:
    """It is not answered, it is handed over with a card, and the seller bot would have it back."""
    decision = turn(a_conversation(Owner.SELLER, facts=known(**SALE)), "do i need a lawyer for the probate?")
    after = turn(decision.conversation, "ok thanks")

    assert Owner.HUMAN is decision.owner
    assert Owner.SELLER is decision.conversation.returns_to
    assert [AddTag, AddTag, SetField, AddNote] == [type(effect) for effect in decision.effects]
    assert "legal advice" in decision.effects[-1].text  # type: ignore[union-attr]  # it is the note
    assert isinstance(after.speech, Silence)


def test_whoever_is_not_understood_three_times_gets_a_person() -> None:
    """Three messages in a row that answer nothing; anything that says something begins the count anew."""
    conversation = a_conversation(Owner.BUYER, asked=Question.BUDGET)
    owners = []
    for n in range(MOST_LOST):
        decision = turn(conversation, ("purple monkey stuff", "well you know how it goes", "the other thing then")[n])
        conversation = decision.conversation
        owners.append(decision.owner)

    assert [Owner.BUYER] * (MOST_LOST - 1) + [Owner.HUMAN] == owners
    assert conversation.person_call is not None

    halfway = replace(a_conversation(Owner.BUYER, asked=Question.BUDGET), lost=MOST_LOST - 1)
    assert Owner.BUYER is turn(halfway, "up to 300k").owner


def test_a_hot_lead_with_nothing_left_to_tell_is_shown_to_a_person_while_the_bot_stays() -> None:
    """The team gets a card once; the lead is still answered."""
    missing_price = known(**{name: value for name, value in HOT_SALE.items() if name != "price_expectation"})
    conversation = a_conversation(Owner.SELLER, asked=Question.PRICE, facts=missing_price, goals=("sell",))

    decision = turn(conversation, "450k would be great")
    later = turn(decision.conversation, "3 bedrooms by the way")

    assert Owner.SELLER is decision.owner
    assert AddTag("Human-Follow-Up-Needed") in decision.effects
    assert decision.conversation.person_call is not None
    assert "hot" in decision.conversation.person_call.why
    assert decision.conversation.person_call == later.conversation.person_call


# --- and back ---------------------------------------------------------------------------------------------------


def test_a_takeover_silences_and_a_release_gives_back_everything() -> None:
    """Owner, facts and threads are as before; nothing is asked again and nobody is greeted twice."""
    before = a_conversation(Owner.SELLER, facts=known(address="9 Quail Run"), goals=("sell", "buy"), epoch=4)

    taken = people.take_over(before, at=NOW, why="Tom took the conversation over")
    told = turn(taken.conversation, "its move in ready")
    back = people.release(told.conversation, at=NOW + timedelta(days=3), why="Tom gave it back")
    on = turn(back.conversation, "what else do you need")

    assert (Owner.HUMAN, 5) == (taken.owner, taken.conversation.epoch)
    assert isinstance(told.speech, Silence)
    assert (Owner.SELLER, 6) == (back.owner, back.conversation.epoch)
    assert RemoveTag("Human-Follow-Up-Needed") in back.effects
    assert back.packet is not None
    assert {Slot.ADDRESS, Slot.CONDITION} == set(back.packet.as_facts())
    assert "automated assistant" not in words(on)
    assert on.asked not in (Question.ADDRESS, Question.CONDITION)


def test_taking_over_twice_and_releasing_twice_change_nothing_more() -> None:
    """The second one leaves the conversation as the first one made it."""
    taken = people.take_over(a_conversation(Owner.BUYER), at=NOW, why="Tom").conversation
    back = people.release(taken, at=NOW, why="Tom").conversation

    assert taken == people.take_over(taken, at=NOW + timedelta(minutes=1), why="Ana").conversation
    assert back == people.release(back, at=NOW + timedelta(minutes=1), why="Ana").conversation


def test_nobody_takes_over_who_opted_out() -> None:
    """An opt-out stands whoever comes."""
    gone = a_conversation(Owner.NONE, opted_out=True)

    assert gone == people.take_over(gone, at=NOW, why="Tom").conversation
    assert gone == people.release(gone, at=NOW, why="Tom").conversation
