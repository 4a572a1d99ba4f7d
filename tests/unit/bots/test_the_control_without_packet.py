"""The control: what a bot knows that is handed nothing, and that it is otherwise the same."""

from datetime import UTC, datetime, timedelta

import pytest

from ghl_real_estate_ai.bots.without_packet import heard_by
from ghl_real_estate_ai.conversation.model import Fact, Handed, Owner, Slot

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


ROUTE = (
    Handed(source=Owner.LEAD, target=Owner.BUYER, at=at(10)),
    Handed(source=Owner.BUYER, target=Owner.SELLER, at=at(20)),
    Handed(source=Owner.SELLER, target=Owner.BUYER, at=at(30)),
)


@pytest.mark.parametrize(
    ("minute", "bots"),
    [
        (5, {Owner.LEAD}),
        (10, {Owner.LEAD, Owner.BUYER}),
        (15, {Owner.BUYER}),
        (20, {Owner.BUYER, Owner.SELLER}),
        (25, {Owner.SELLER}),
        (30, {Owner.SELLER, Owner.BUYER}),
        (99, {Owner.BUYER}),
    ],
)
def test_a_bot_heard_what_was_said_while_it_had_the_lead(minute: int, bots: set[Owner]) -> None:
    """Twice if it had them twice; the message of a handoff is heard by both sides."""
    fact = Fact(Slot.TIMELINE_DAYS, 60, None, at(minute))

    assert bots == {
        owner for owner in (Owner.LEAD, Owner.BUYER, Owner.SELLER) if heard_by(owner, fact, ROUTE, Owner.BUYER)
    }


def test_without_any_handoff_the_owner_heard_everything() -> None:
    """And nobody else did."""
    fact = Fact(Slot.TIMELINE_DAYS, 60, None, NOON)

    assert heard_by(Owner.SELLER, fact, (), Owner.SELLER)
    assert not heard_by(Owner.BUYER, fact, (), Owner.SELLER)
