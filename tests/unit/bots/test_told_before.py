"""What the CRM says of a contact, read with the grammar of an answer and trusted no further."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ghl_real_estate_ai.bots.team import parse_team
from ghl_real_estate_ai.bots.told_before import FIELDS, TAGS, Reading, Told, told_before, with_told
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Fact,
    Facts,
    LocationId,
    MessageId,
    Owner,
    Slot,
)
from ghl_real_estate_ai.errors import Misconfigured

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)


def told(*tags: str, source: str | None = None, reading: Reading | None = None, **fields: str) -> Told:
    return told_before(fields=fields, tags=tags, source=source, at=NOW, reading=reading)


def values(told: Told) -> dict[str, Any]:
    return {fact.slot.value: fact.value for fact in told.facts}


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("budget", "400000", {"budget_max": 400000}),
        ("price_range", "$350,000 - $400,000", {"budget_max": 400000}),
        ("timeline", "3-6 months", {"timeline_days": 180}),
        ("time_frame", "ASAP", {"timeline_days": 30}),
        ("bedrooms", "3+", {"bedrooms": 3}),
        ("preferred_areas", "Austin, Round Rock", {"locations": ("Austin", "Round Rock")}),
        ("area", "78704", {"locations": ("78704",)}),
        ("financing", "Pre-Approved", {"financing": "preapproved"}),
        ("property_address", "830 Palmetto Way, Sarasota, FL", {"address": "830 Palmetto Way"}),
        ("property_condition", "Needs some work", {"condition": "cosmetic"}),
        ("reason_for_selling", "Relocating", {"motivation": "relocation"}),
        ("upgrades", "new roof in 2022", {"upgrades": "new roof in 2022"}),
        ("budget", "who knows", {}),
        ("budget", "", {}),
        ("financing", "<script>", {}),
        ("favourite_color", "400000", {}),
        ("appointment", "tomorrow at 3", {}),
    ],
)
def test_a_field_is_read_like_an_answer(key: str, text: str, expected: dict[str, Any]) -> None:
    assert values(told(**{key: text})) == expected


@pytest.mark.parametrize("slot", [slot for slot in Slot if slot is not Slot.APPOINTMENT])
def test_a_field_named_like_a_slot_fills_it(slot: Slot) -> None:
    assert FIELDS[slot.value] == slot.value


@pytest.mark.parametrize("tag", ["Cash-Buyer", "cash buyer", "CASH_BUYER"])
def test_a_tag_is_known_in_any_spelling(tag: str) -> None:
    assert values(told(tag)) == {"financing": "cash"}


def test_every_tag_of_ours_says_something_sound() -> None:
    silent = [tag for tag, (name, _) in TAGS.items() if name != "goal" and not told(tag).facts]

    assert silent == []


@pytest.mark.parametrize(
    ("given", "goal"),
    [
        ({"source": "Home Valuation Form"}, "sell"),
        ({"source": "Seller landing page"}, "sell"),
        ({"source": "zillow"}, None),
        ({"source": "Buy or sell webinar"}, None),
        ({"lead_type": "Buyer"}, "buy"),
        ({"lead_type": "Buyer", "source": "Home Valuation Form"}, None),
    ],
)
def test_the_goal_is_known_when_one_thing_is_said(given: dict[str, str], goal: str | None) -> None:
    assert told(**given).goal == goal


def test_a_field_counts_more_than_a_tag() -> None:
    found = told("Cash-Buyer", financing="FHA loan")

    assert values(found) == {"financing": "fha"}
    assert found.by == {Slot.FINANCING: "field financing"}


def test_the_lead_counts_more_than_the_crm() -> None:
    said = Fact(Slot.FINANCING, "va", MessageId(UUID(int=1)), NOW - timedelta(days=1))
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"))
    conversation = Conversation(contact=contact, owner=Owner.BUYER, facts=Facts({Slot.FINANCING: said}))

    after = with_told(conversation, told("Cash-Buyer"))

    assert after.facts[Slot.FINANCING] == said


def test_the_team_names_its_own_fields_tags_and_sources() -> None:
    team = parse_team(
        {
            "fields": {"contact.Max_Price_2": "budget_max", "budget": None},
            "tags": {"Bar Fuß": {"timeline_days": "asap"}, "Wants Out": {"goal": "sell"}},
            "sources": {"Spring Mailer": "sell"},
        }
    )

    assert values(told(reading=team.reading, max_price_2="410k", budget="400k")) == {"budget_max": 410000}
    assert values(told("bar-fuß", reading=team.reading)) == {"timeline_days": 30}
    assert told("Wants-Out", reading=team.reading).goal == "sell"
    assert told(source="spring mailer", reading=team.reading).goal == "sell"


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"fields": {"x": "colour"}}, "`fields.x`"),
        ({"fields": []}, "`fields`"),
        ({"tags": {"x": "cash"}}, "`tags.x`"),
        ({"tags": {"x": {"financing": 3}}}, "`tags.x.financing`"),
        ({"tags": {"x": {"goal": "rent"}}}, "`tags.x`"),
        ({"sources": {"x": "rent"}}, "`sources.x`"),
    ],
)
def test_a_wrong_entry_stops_the_start_and_is_named(wrong: dict[str, Any], names: str) -> None:
    with pytest.raises(Misconfigured, match=names):
        parse_team(wrong)
