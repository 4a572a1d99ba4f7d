"""Whose change it is when HighLevel tells a contact's tags."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.crm.model import AddTag, RemoveTag
from ghl_real_estate_ai.intake.model import ContactKnowledge, EventState, IncomingEvent
from ghl_real_estate_ai.intake.tag_changes import SHOWN_WITHIN, OurChange, follow_tags

AT = datetime(2026, 3, 3, 16, tzinfo=UTC)


def told(*tags: str, state: EventState = EventState.KNOWN) -> IncomingEvent:
    return IncomingEvent(
        location_id=LocationId("home"),
        event_id=EventId(UUID(int=1)),
        kind="ContactTagUpdate",
        state=state,
        body=b"{}",
        contact_id=ContactId("c1"),
        reason="contact",
        knowledge=ContactKnowledge(tags=frozenset(tags)),
    )


def change_of(
    event: IncomingEvent, known: set[str] | None, *ours: OurChange, has_begun: bool = True
) -> tuple[str, str | None]:
    followed = follow_tags(event, None if known is None else frozenset(known), ours, at=AT, has_begun=has_begun)
    return followed.state.value, followed.reason


@pytest.mark.parametrize("tag", ["AI-Off", "ai-off", "stop bot", "STOP_BOT"])
def test_a_tag_that_stops_the_bots_is_a_takeover_however_it_is_written(tag: str) -> None:
    """HighLevel keeps no case, and people write a space where a dash is meant."""
    assert change_of(told("vip", tag), {"vip"}) == ("pending", "tag_took_over")


def test_without_the_last_of_them_the_bot_has_it_again() -> None:
    """As long as one is left nothing returns."""
    assert change_of(told("vip", "stop-bot"), {"AI-Off", "stop-bot"}) == ("known", "contact")
    assert change_of(told("vip"), {"vip", "AI-Off"}) == ("pending", "tag_gave_back")


def test_other_tags_change_nobody() -> None:
    """Not even those that keep the bots silent for other reasons."""
    assert change_of(told("vip", "Qualified", "dnd"), {"vip"}) == ("known", "contact")
    assert change_of(told("ai-off"), {"AI-Off"}) == ("known", "contact")


def test_before_a_conversation_there_is_nothing_to_take_over() -> None:
    """A team tags many who are no leads of ours."""
    assert change_of(told("AI-Off"), None, has_begun=False) == ("known", "contact")


def test_a_message_that_brings_tags_stays_a_message() -> None:
    """A workflow tells tags with what a lead wrote: the turn reads them by itself."""
    assert change_of(told("AI-Off", state=EventState.PENDING), set()) == ("pending", "contact")


@pytest.mark.parametrize("sent_at", [None, AT - SHOWN_WITHIN, AT + timedelta(seconds=1)])
def test_ours_that_may_not_be_told_yet_are_added(sent_at: datetime | None) -> None:
    """What waits, or was taken too shortly before, holds: in the order in which we decided it."""
    ours = [OurChange(RemoveTag("Needs Qualifying"), sent_at), OurChange(AddTag("Buyer-Lead"), sent_at)]

    followed = follow_tags(told("needs qualifying", "vip"), frozenset(), ours, at=AT, has_begun=True)

    assert followed.knowledge.tags == {"vip", "Buyer-Lead"}


def test_ours_that_were_told_long_ago_are_not_put_back() -> None:
    """A person who removes a tag of ours later has the last word."""
    ours = OurChange(AddTag("AI-Off"), AT - SHOWN_WITHIN - timedelta(seconds=1))

    assert change_of(told("vip"), {"vip", "AI-Off"}, ours) == ("pending", "tag_gave_back")


def test_ours_coming_back_are_nobodys_takeover() -> None:
    """An opt-out sets AI-Off: known before it was sent, it changes nothing when it is told, or not told yet."""
    ours = OurChange(AddTag("AI-Off"), None)

    assert change_of(told("vip"), {"vip", "AI-Off"}, ours) == ("known", "contact")
    assert change_of(told("vip", "ai-off"), {"vip", "AI-Off"}, ours) == ("known", "contact")
