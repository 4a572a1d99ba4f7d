"""Within a group the first event of a key stands, and the others get its id."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.intake.model import DuplicateKey, EventState, IncomingEvent, Keeping, Kept
from ghl_real_estate_ai.intake.settle import settle


def event(number: int, *keys: str, location: str = "home") -> IncomingEvent:
    return IncomingEvent(
        location_id=LocationId(location),
        event_id=EventId(UUID(int=number)),
        kind="InboundMessage",
        state=EventState.PENDING,
        body=b"{}",
        contact_id=ContactId("c1"),
        text="hi",
        channel="SMS",
        keys=tuple(DuplicateKey(key, timedelta(days=1)) for key in keys),
    )


def test_any_shared_key_makes_a_duplicate_and_its_other_keys_lead_to_the_first() -> None:
    """A chain of retries with partly new keys leads back to the first event."""
    settled = settle([event(1, "a"), event(2, "a", "b"), event(3, "b")], {})

    assert [answer.event_id.int for answer in settled.answers] == [1, 1, 1]
    assert [new.event_id.int for new in settled.new] == [1]


def test_what_was_seen_before_the_group_is_the_first() -> None:
    """A key seen earlier leads to the earlier event."""
    earlier = EventId(UUID(int=99))

    settled = settle([event(1, "a", "b")], {(LocationId("home"), "b"): earlier})

    assert settled.answers == (Kept(Keeping.DUPLICATE, earlier),)
    assert settled.owners[LocationId("home"), "a"] == earlier


def test_the_same_key_in_another_location_is_another_event() -> None:
    """Keys are per tenant."""
    settled = settle([event(1, "a"), event(2, "a", location="away")], {})

    assert len(settled.new) == 2


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=3, unique=True), max_size=12))
def test_each_key_has_one_owner_which_is_new_and_every_answer_names_a_new_event(groups: list[list[str]]) -> None:
    """However keys overlap, every answer names an event that is kept, and only events without a known key are new."""
    settled = settle([event(number, *keys) for number, keys in enumerate(groups)], {})

    new = {each.event_id for each in settled.new}
    assert {answer.event_id for answer in settled.answers} == new
    assert set(settled.owners.values()) <= new
    assert [answer.status for answer in settled.answers].count(Keeping.ACCEPTED) == len(settled.new)
