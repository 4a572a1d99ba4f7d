"""What may already have been told, although nothing sorted it, is not asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ghl_real_estate_ai.bots.hints import hints_at, maybe_told
from ghl_real_estate_ai.conversation.model import (
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
)

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
NOTHING = Facts()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Question.PRICE, "no mortgage, want 145 for it"),
        (Question.PRICE, "somewhere in the low 400s would be my number, asking 410"),
        (Question.BUDGET, "investor here, under 250k"),
        (Question.TIMELINE, "before the school year starts"),
        (Question.TIMELINE, "our lease is up pretty soon"),
        (Question.TIMELINE, "queremos mudarnos en verano"),
        (Question.TIMELINE, "they said 6 weeks"),
        (Question.CONDITION, "the roof is from 1998 and it shows"),
        (Question.CONDITION, "necesita techo nuevo"),
        (Question.MOTIVATION, "we want something bigger"),
        (Question.MOTIVATION, "la heredamos de mi mama"),
        (Question.FINANCING, "my bank already said ok"),
        (Question.BEDROOMS, "three or four bedrooms"),
        (Question.LOCATIONS, "something near my daughter"),
        (Question.LOCATIONS, "Killeen or Temple"),
        (Question.ADDRESS, "1881 county rd 14"),
    ],
)
def test_a_hint_is_heard(question: Question, text: str) -> None:
    assert hints_at(question, [text], NOTHING)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Question.PRICE, "we owe about 230 on it"),
        (Question.PRICE, "9 calls since monday"),
        (Question.PRICE, "3 bed 2 bath"),
        (Question.TIMELINE, "we lived there 20 years"),
        (Question.TIMELINE, "the carpet is 15 years old"),
        (Question.TIMELINE, "my listing expired 2 weeks ago"),
        (Question.LOCATIONS, "we can move in June"),
        (Question.FINANCING, "mi esposo va a decidir"),
        (Question.FINANCING, "do i need a loan?"),
        (Question.CONDITION, "3 bedrooms please"),
        (Question.BEDROOMS, "we have 3 kids"),
    ],
)
def test_what_only_looks_like_an_answer_is_none(question: Question, text: str) -> None:
    assert not hints_at(question, [text], NOTHING)


def test_a_figure_that_a_fact_carries_hints_at_nothing_else() -> None:
    """The budget of somebody who then sells is not the price of their home."""
    facts = Facts({Slot.BUDGET_MAX: Fact(Slot.BUDGET_MAX, 450_000, None, NOW)})

    assert not hints_at(Question.PRICE, ["450 budget"], facts)


def test_what_is_asked_for_a_home_is_a_price_even_where_it_was_taken_for_a_budget() -> None:
    facts = Facts({Slot.BUDGET_MAX: Fact(Slot.BUDGET_MAX, 355_000, None, NOW)})

    assert hints_at(Question.PRICE, ["3bd 2ba, move in ready, asking 355k, retiring this fall"], facts)


def a_conversation(*told: str) -> Conversation:
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset(), dnd=False)
    messages = tuple(
        Message(
            message_id=MessageId(UUID(int=n)),
            direction=Direction.INBOUND,
            author="lead",
            text=text,
            at=NOW - timedelta(minutes=10 - n),
        )
        for n, text in enumerate(told)
    )
    return Conversation(contact=contact, owner=Owner.SELLER, messages=messages)


def test_what_was_hinted_earlier_still_counts() -> None:
    conversation = a_conversation("the roof leaks")

    assert Question.CONDITION in maybe_told(conversation, "ok", NOTHING, crossed_now=False)


def test_what_was_said_of_the_other_home_does_not_count() -> None:
    """Somebody who wants to buy an updated home has said nothing of the one they sell."""
    conversation = a_conversation("i want something updated, before summer")
    crossed = replace(conversation, handoffs=(Handed(source=Owner.BUYER, target=Owner.SELLER, at=NOW),))

    for hinted in (
        maybe_told(conversation, "we have to sell ours too", NOTHING, crossed_now=True),
        maybe_told(crossed, "ok", NOTHING, crossed_now=False),
    ):
        assert Question.CONDITION not in hinted
        assert Question.TIMELINE in hinted


def test_a_known_slot_is_no_hint() -> None:
    facts = Facts({Slot.CONDITION: Fact(Slot.CONDITION, "major", None, NOW)})

    assert Question.CONDITION not in maybe_told(a_conversation(), "the roof leaks", facts, crossed_now=False)
