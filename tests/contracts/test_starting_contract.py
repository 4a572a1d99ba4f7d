"""What decides whether a text that we start may leave, from PostgreSQL and from the twin in memory alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ghl_real_estate_ai.compliance.quiet_hours import Whereabouts
from ghl_real_estate_ai.crm.model import SendText
from ghl_real_estate_ai.delivery.starting import DAY, Start, wait_before
from tests.contracts.test_outbox_contract import ANN, BOB, HERE, World, claim, entry
from tests.contracts.test_outbox_contract import world as world

PHONE = "+15125550100"


async def test_a_start_counts_what_was_started_with_the_number(world: World) -> None:
    """Texts that we started count, also under another contact of the number; replies do not."""
    for contact_id in (ANN, BOB):
        await world.seed(
            "contacts", location_id=HERE, contact_id=contact_id, phone=PHONE, state="TX", postal_code="78701", tags=[]
        )
    started = replace(entry(SendText("Still looking?"), contact_id=BOB), initiated=True)
    reply = entry(SendText("Hi"))
    await world.put(started, reply)
    await claim(world)
    for number, one in enumerate((started, reply)):
        await world.outbox.mark_sent(HERE, one.effect_id, f"m-{number}")

    start = await world.outbox.start_of(HERE, ANN)

    assert (start.sent_in_a_day, start.sent_in_a_month) == (1, 1)
    assert start.where == Whereabouts(phone=PHONE, state="TX", postal_code="78701")
    assert start.at.tzinfo is not None


async def test_a_start_with_a_stranger_knows_no_place(world: World) -> None:
    """Of a contact without a row nothing is known, so that the narrowest hours hold."""
    start = await world.outbox.start_of(HERE, ANN)

    assert (start.where, start.sent_in_a_day) == (Whereabouts(), 0)


@pytest.mark.parametrize(
    ("hour", "in_a_day", "in_a_month", "span", "rule"),
    [
        (18, 0, 0, None, None),
        (18, 2, 19, None, None),
        (18, 3, 3, timedelta(hours=6), "three_a_day"),
        (18, 0, 20, DAY, "twenty_a_month"),
        (11, 0, 0, timedelta(hours=3), "federal_hours"),
    ],
)
def test_a_start_waits_for_the_hours_and_the_caps(
    hour: int, in_a_day: int, in_a_month: int, span: timedelta | None, rule: str | None
) -> None:
    """A Texan in Austin is texted from nine on, three times a day and twenty a month."""
    start = Start(
        at=datetime(2026, 5, 5, hour, tzinfo=UTC),
        where=Whereabouts(state="TX", postal_code="78701"),
        sent_in_a_day=in_a_day,
        sent_in_a_month=in_a_month,
        has_consent=True,
    )

    wait = wait_before(start)

    assert (None if wait is None else wait.span, None if wait is None else wait.rule.name) == (span, rule)
