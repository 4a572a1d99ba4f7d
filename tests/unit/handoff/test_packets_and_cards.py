"""The context packet and the handoff card."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ghl_real_estate_ai.conversation.model import Fact, Language, MessageId, Owner, Slot, SlotValue
from ghl_real_estate_ai.handoff.card import LONGEST_LINE, MOST_LINES, handoff_card, priority_of
from ghl_real_estate_ai.handoff.packet import VALID_FOR, ContextPacket, packet_text, parse_packet, summary_of

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
SOURCE = MessageId(UUID(int=7))


def a_packet(*facts: Fact, **changes: object) -> ContextPacket:
    given_ = {
        "source": Owner.BUYER,
        "target": Owner.SELLER,
        "made_at": NOW,
        "reason": "seller_intent_detected",
        "language": Language.EN,
        "goals": ("sell", "buy"),
        "facts": facts,
        "score": 45.0,
        "temperature": "warm",
        "open_question": None,
        "promised": (),
    }
    return ContextPacket(**(given_ | changes))  # type: ignore[arg-type]  # a builder for tests


def told(slot: Slot, value: SlotValue) -> Fact:
    return Fact(slot, value, SOURCE, NOW - timedelta(minutes=3), 0.9)


VALUES = some.one_of(
    some.integers(0, 10**9), some.text(max_size=50), some.lists(some.text(max_size=20), max_size=4).map(tuple)
)


@given(some.dictionaries(some.sampled_from(list(Slot)), VALUES), some.text(max_size=80), some.datetimes())
def test_a_packet_is_read_as_it_was_written(values: dict[Slot, SlotValue], words: str, at: datetime) -> None:
    """Whatever was said comes back with its source and time."""
    facts = tuple(Fact(slot, value, SOURCE, at.replace(tzinfo=UTC), 0.7) for slot, value in values.items())
    packet = a_packet(*facts, open_question=words, promised=(words,))

    assert packet == parse_packet(packet_text(packet), NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("age", "is_read"),
    [
        (timedelta(0), True),
        (VALID_FOR - timedelta(seconds=1), True),
        (VALID_FOR, False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_packet_is_gone_by_for_a_day(age: timedelta, is_read: bool) -> None:
    """Older ones, and those from the future, are not read."""
    assert is_read == (parse_packet(packet_text(a_packet()), NOW + age) is not None)


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "7", "hello", '{"format":1}', '{"format":2}', packet_text(a_packet()).replace("+00:00", "")],
)
def test_what_somebody_else_wrote_into_the_field_is_no_packet(text: str) -> None:
    """A person may type anything into a field of the CRM."""
    assert parse_packet(text, NOW) is None


def test_nothing_known_is_said_to_be_nothing() -> None:
    """No value is invented where the lead said none."""
    packet = a_packet(goals=(), score=0.0, temperature="cold")

    assert "Goal unknown; nothing else is known." == packet.summary
    assert {} == dict(packet.as_facts())


def test_a_summary_names_wishes_and_facts_in_order() -> None:
    """Home and price before the person's own data, in plain words."""
    facts = (told(Slot.BUDGET_MAX, 330_000), told(Slot.LOCATIONS, ("Kyle", "Buda")), told(Slot.BEDROOMS, 3))

    assert "Buys: in Kyle, Buda, 3 bed, up to $330,000." == summary_of(("buy",), facts)


def test_a_card_tells_a_person_all_they_need() -> None:
    """Why, who, what is wanted and known, what is missing, what is open and what we promised."""
    packet = a_packet(
        told(Slot.ADDRESS, "12 Sparrow Ln"),
        told(Slot.NAME, "Rosa"),
        source=Owner.SELLER,
        target=Owner.HUMAN,
        reason="The lead asks for a person",
        set_aside=(told(Slot.BEDROOMS, 4),),
        open_question="the timing",
        promised=("real figures on prices",),
    )

    card = handoff_card(packet, confidence=0.95, first_name=None, last_words="call me\nplease", missing=["the price"])

    assert card.splitlines() == [
        "Urgent: The lead asks for a person.",
        "Lead: Rosa, writes English, warm (45 of 100).",
        "Sells first, then buys: home at 12 Sparrow Ln, name Rosa.",
        "The other home: 4 bed.",
        "Not known yet: the price.",
        "Asked last, not answered: the timing.",
        "We promised: real figures on prices.",
        'Last words: "call me please"',
        "The seller assistant is silent now; release the contact to hand it back.",
    ]


@given(some.dictionaries(some.sampled_from(list(Slot)), VALUES), some.text(max_size=3000), some.booleans())
def test_a_card_has_at_most_ten_lines(values: dict[Slot, SlotValue], words: str, stays_on: bool) -> None:
    """However much was said, and whatever stands in it."""
    facts = tuple(told(slot, value) for slot, value in values.items())
    packet = a_packet(*facts, set_aside=facts, open_question=words, promised=(words, words), target=Owner.HUMAN)

    card = handoff_card(
        packet, confidence=0.5, first_name=words, last_words=words, missing=[words] * 9, stays_on=stays_on
    )

    assert len(card.splitlines()) <= MOST_LINES
    assert all(len(line) <= LONGEST_LINE for line in card.splitlines())


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "Urgent"), (0.9, "Urgent"), (0.89, "High"), (0.6, "Normal"), (0.59, "Low")]
)
def test_the_surer_the_sooner(confidence: float, word: str) -> None:
    """The first word says how soon somebody should look."""
    assert word == priority_of(confidence)
