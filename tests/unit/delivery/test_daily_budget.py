"""How much of a new number's day is left for what nobody asked for."""

import pytest

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.delivery.carrier import (
    DailyBudget,
    SendingRates,
    worst_failures,
    worst_opt_outs,
)

HERE, THERE = LocationId("here"), LocationId("there")


@pytest.mark.parametrize(
    ("texts", "initiated", "left"),
    [(0, 0, 100), (30, 30, 70), (100, 100, 0), (150, 20, 50), (250, 0, 0), (199, 0, 1)],
)
def test_what_we_start_leaves_the_replies_their_half(texts: int, initiated: int, left: int) -> None:
    """Of 200 texts a day 100 may be started, and fewer when replies have used more than their half."""
    sent = SendingRates(location_id=HERE, texts=texts, initiated=initiated)

    assert DailyBudget(limit=200, reply_share=0.5).left_to_start(sent) == left


def test_a_number_past_its_ramp_has_no_limit() -> None:
    """Limit 0 is no limit, not a budget of nothing."""
    assert DailyBudget(limit=0, reply_share=0.5).left_to_start(SendingRates(location_id=HERE, texts=9999)) is None


def test_the_worst_location_is_one_that_sent_enough() -> None:
    """One opt-out among ten texts says nothing; two among a hundred do."""
    rates = [
        SendingRates(location_id=HERE, texts=10, opt_outs=1, undelivered=1),
        SendingRates(location_id=THERE, texts=100, opt_outs=2, refused=20, undelivered=4),
    ]

    opt_outs, failures = worst_opt_outs(rates), worst_failures(rates)

    assert opt_outs is not None
    assert failures is not None
    assert (opt_outs.location_id, opt_outs.value, opt_outs.samples) == (THERE, 0.02, 100)
    assert (failures.location_id, failures.value, failures.samples) == (THERE, 0.2, 120)


def test_no_texts_are_no_rate() -> None:
    """Nothing sent is no data, never 0."""
    idle = SendingRates(location_id=HERE)

    assert (idle.opt_out_rate, idle.failure_rate, worst_opt_outs([idle]), worst_failures([])) == (None,) * 4
