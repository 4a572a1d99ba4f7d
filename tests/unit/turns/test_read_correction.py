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


PLANO_AND_ALLEN = a_fact(Slot.LOCATIONS, ("Plano", "Allen"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("only frisco now", ("Frisco",)),
        ("also only plano from here on, allen is too far from my job", ("Plano",)),
        ("scratch allen, the taxes are nuts", ("Plano",)),
        ("forget Allen and Plano, only Frisco", ("Frisco",)),
        ("frisco instead of plano", ("Allen", "Frisco")),
        ("Allen queda muy lejos, mejor solo Plano", ("Plano",)),
    ],
)
def test_places_are_struck_off_and_replaced_by_name(text: str, left: tuple[str, ...]) -> None:
    conversation = a_buyer(PLANO_AND_ALLEN, asked=Question.FINANCING)

    assert corrected(conversation, text)[Slot.LOCATIONS] == left


@pytest.mark.parametrize(
    "text",
    ["is plano safe?", "my mom lives in allen", "only if its not a condo", "i only have 20k down", "only 3 bedrooms"],
)
def test_a_place_that_is_only_mentioned_is_not_struck_off(text: str) -> None:
    assert Slot.LOCATIONS not in corrected(a_buyer(PLANO_AND_ALLEN, asked=Question.FINANCING), text)


def test_the_last_place_is_not_struck_off_without_another() -> None:
    conversation = a_buyer(a_fact(Slot.LOCATIONS, ("Plano",)), asked=Question.FINANCING)

    assert Slot.LOCATIONS not in corrected(conversation, "scratch plano")


def test_another_time_moves_a_meeting_whatever_was_asked() -> None:
    agreed = a_fact(Slot.APPOINTMENT, "tuesday at 10am")
    conversation = a_buyer(agreed, asked=Question.FINANCING)

    assert corrected(conversation, "thursday at 4pm works better") == {Slot.APPOINTMENT: "thursday at 4pm"}
