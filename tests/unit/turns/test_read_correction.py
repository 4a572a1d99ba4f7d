"""A correction is read as what it corrects, whatever was asked in between."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Fact,
    Facts,
    LocationId,
    MessageId,
    Owner,
    Question,
    Slot,
    SlotValue,
)
from ghl_real_estate_ai.turns.read_correction import read_correction
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.understand import understand

EARLIER = datetime(2026, 3, 3, 16, tzinfo=UTC)
LATER = EARLIER + timedelta(minutes=1)


def a_fact(slot: Slot, value: SlotValue, at: datetime = LATER) -> Fact:
    return Fact(slot, value, MessageId(UUID(int=1)), at)


def a_buyer(*facts: Fact, asked: Question) -> Conversation:
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"))
    return Conversation(contact=contact, owner=Owner.BUYER, asked=asked, facts=Facts({f.slot: f for f in facts}))


def corrected(conversation: Conversation, text: str) -> dict[Slot, SlotValue]:
    asked = conversation.asked.slot if conversation.asked else None
    signals = understand(text, MessageContext(bot=conversation.owner.bot, asked=asked))
    return {stated.slot: stated.value for stated in read_correction(conversation, text, signals).slots}


@pytest.mark.parametrize("text", ["make that 4, forgot about my office", "sorry make it 4", "I meant 4"])
def test_a_number_corrects_what_was_told_last(text: str) -> None:
    conversation = a_buyer(a_fact(Slot.BUDGET_MAX, 500000, EARLIER), a_fact(Slot.BEDROOMS, 3), asked=Question.TIMELINE)

    assert corrected(conversation, text)[Slot.BEDROOMS] == 4


def test_a_place_that_is_named_is_the_one_corrected() -> None:
    places = a_fact(Slot.LOCATIONS, ("Franklin",), EARLIER)
    conversation = a_buyer(places, a_fact(Slot.BEDROOMS, 3), asked=Question.FINANCING)

    assert corrected(conversation, "and not franklin, spring hill") == {Slot.LOCATIONS: ("Spring Hill",)}


@pytest.mark.parametrize(
    "text", ["not really sure", "not yet", "make it quick please", "actually never mind", "4 weeks"]
)
def test_what_corrects_nothing_changes_nothing(text: str) -> None:
    conversation = a_buyer(a_fact(Slot.BEDROOMS, 3), asked=Question.FINANCING)

    assert Slot.BEDROOMS not in corrected(conversation, text)


def test_the_words_that_carry_it_are_pointed_at_in_the_whole_message() -> None:
    text = "sorry make it 4"
    conversation = a_buyer(a_fact(Slot.BEDROOMS, 3), asked=Question.TIMELINE)

    (stated,) = read_correction(conversation, text, understand(text, MessageContext())).slots

    assert text[stated.span.start : stated.span.end] == "4"


def test_what_a_form_said_is_not_what_the_lead_corrects() -> None:
    conversation = a_buyer(Fact(Slot.BEDROOMS, 3, None, LATER), asked=Question.TIMELINE)

    assert corrected(conversation, "make that 4") == {}
