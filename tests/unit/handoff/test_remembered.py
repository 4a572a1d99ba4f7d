"""What is remembered of handoffs keeps to its bounds, and the newest stays."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.handoff import remembered
from ghl_real_estate_ai.handoff.model import BlockReason
from ghl_real_estate_ai.handoff.records import pending_record, told_record
from ghl_real_estate_ai.handoff.remembered import HANDOFFS_KEPT, RememberedHandoffs
from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_handoff(
    *, contact_id: str = "contact_1", location_id: str = "loc_1", minutes: int = 0, event_id: UUID | None = None
) -> HandoffOutcomeRecord:
    return pending_record(
        contact_id=contact_id,
        location_id=location_id,
        source=Owner.LEAD,
        target=Owner.BUYER,
        at=BEGAN + timedelta(minutes=minutes),
        event_id=event_id or new_uuid7(),
    )


@pytest.fixture
def kept() -> RememberedHandoffs:
    return RememberedHandoffs(new_uuid7)


def test_a_contacts_oldest_handoffs_give_way(kept: RememberedHandoffs) -> None:
    """More than the limits ever ask for is not kept of one contact."""
    for minutes in range(HANDOFFS_KEPT + 3):
        kept.remember_handoff(a_handoff(minutes=minutes))

    times = [handed.at for handed in kept.handoffs_of("contact_1", "loc_1", BEGAN - timedelta(days=1))]

    assert [BEGAN + timedelta(minutes=minutes) for minutes in range(3, HANDOFFS_KEPT + 3)] == times


def test_the_contact_longest_unseen_gives_way(kept: RememberedHandoffs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three contacts with room for two, the one whose last handoff is the oldest is forgotten."""
    monkeypatch.setattr(remembered, "CONTACTS_KEPT", 2)
    for minutes, contact_id in enumerate(["first", "second", "first", "third"]):
        kept.remember_handoff(a_handoff(contact_id=contact_id, minutes=minutes))

    counts = {who: len(kept.handoffs_of(who, None, BEGAN - timedelta(days=1))) for who in ("first", "second", "third")}

    assert {"first": 2, "second": 0, "third": 1} == counts


def test_a_routes_oldest_outcomes_give_way(kept: RememberedHandoffs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A route keeps its newest outcomes."""
    monkeypatch.setattr(remembered, "OUTCOMES_KEPT", 2)
    for minutes in range(3):
        kept.remember_outcome(a_handoff(minutes=minutes))

    times = [row.timestamp for row in kept.outcomes_on((Owner.LEAD, Owner.BUYER))]

    assert [BEGAN + timedelta(minutes=1), BEGAN + timedelta(minutes=2)] == times


def test_the_same_handoff_counts_once(kept: RememberedHandoffs) -> None:
    """A row that comes again from the database adds no handoff to the limits and no outcome."""
    row = a_handoff()
    kept.remember_handoff(row)
    kept.remember_handoff(row)

    assert 1 == len(kept.handoffs_of("contact_1", None, BEGAN - timedelta(days=1)))
    assert (row,) == kept.outcomes(BEGAN)


def test_a_late_pending_row_does_not_undo_an_outcome(kept: RememberedHandoffs) -> None:
    """A row still on its way through the journal knows less than memory does."""
    row = a_handoff()
    kept.remember_handoff(row)
    kept.resolve(told_record("contact_1", "loc_1", "lead", "buyer", "successful", at=BEGAN))

    kept.remember_outcome(row)

    assert ["successful"] == [known.outcome for known in kept.outcomes(BEGAN)]


def test_an_outcome_goes_to_the_place_of_its_handoff(kept: RememberedHandoffs) -> None:
    """Whoever tells it need not know the location; the handoff's id and location are returned."""
    row = a_handoff(location_id="loc_2")
    kept.remember_handoff(row)

    told = kept.resolve(told_record("contact_1", "default", "lead", "buyer", "failed", at=BEGAN))

    assert (row.event_id, "loc_2") == (told.event_id, told.location_id)


def test_a_handoff_that_did_not_happen_is_forgotten(kept: RememberedHandoffs) -> None:
    """Neither the limits nor the outcomes know of it any more."""
    row = a_handoff()
    kept.remember_handoff(row)

    kept.forget_handoff(row)

    assert () == kept.handoffs_of("contact_1", None, BEGAN - timedelta(days=1))
    assert () == kept.outcomes(BEGAN)


def test_blocks_are_counted_by_reason_since_a_moment(kept: RememberedHandoffs) -> None:
    """What was before the moment does not count."""
    kept.remember_block(BlockReason.RETURN, BEGAN - timedelta(minutes=1))
    kept.remember_block(BlockReason.RETURN, BEGAN)
    kept.remember_block(BlockReason.DAY_LIMIT, BEGAN + timedelta(minutes=1))

    assert {"return": 1, "day_limit": 1} == kept.blocks(BEGAN)
