"""A buyer carries one `Stage-*` tag, that of what is known."""

from datetime import UTC, datetime

import pytest

from ghl_real_estate_ai.bots.journey import Stage, move_stage, stage_of
from ghl_real_estate_ai.conversation.model import Contact, ContactId, Fact, Facts, LocationId, Slot, SlotValue
from ghl_real_estate_ai.crm.model import AddTag, RemoveTag

NOW = datetime(2026, 3, 3, tzinfo=UTC)


def facts(**values: SlotValue) -> Facts:
    return Facts({Slot(name): Fact(Slot(name), value, None, NOW) for name, value in values.items()})


def contact(*tags: str) -> Contact:
    return Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset(tags))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, Stage.AWARENESS),
        ({"locations": ("Kyle",)}, Stage.AWARENESS),
        ({"budget_max": 300_000}, Stage.AWARENESS),
        ({"budget_max": 300_000, "bedrooms": 3}, Stage.CONSIDERATION),
        ({"budget_max": 300_000, "financing": "fha"}, Stage.PRE_APPROVAL),
        ({"budget_max": 300_000, "financing": "preapproved", "timeline_days": 365}, Stage.PRE_APPROVAL),
        ({"budget_max": 300_000, "financing": "preapproved", "timeline_days": 90}, Stage.ACTIVE_SEARCH),
        ({"financing": "cash", "appointment": "saturday"}, Stage.ACTIVE_SEARCH),
    ],
)
def test_the_stage_follows_from_what_is_known(known: dict[str, SlotValue], expected: Stage) -> None:
    assert stage_of(facts(**known)) is expected


def test_an_earlier_stage_goes_when_the_next_comes() -> None:
    """In any case of the letters, since HighLevel does not keep it."""
    moved = move_stage(contact("stage-awareness", "Buyer-Lead"), facts(budget_max=300_000, bedrooms=3))

    assert moved == (RemoveTag("Stage-Awareness"), AddTag("Stage-Consideration"))


def test_the_same_stage_is_not_set_twice() -> None:
    assert move_stage(contact("Stage-Awareness"), facts()) == ()


@pytest.mark.parametrize("tag", ["Stage-Under-Contract", "Stage-Closed"])
def test_what_people_set_stays(tag: str) -> None:
    assert move_stage(contact(tag), facts(budget_max=300_000, bedrooms=3)) == ()


def test_unknown_tags_are_left_alone() -> None:
    unknown = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=None)

    assert move_stage(unknown, facts()) == ()
