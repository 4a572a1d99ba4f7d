"""The lead score: facts only, monotone, one temperature."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import Fact, Facts, Slot, SlotValue
from ghl_real_estate_ai.scoring import Temperature, lead_score, temperature_of

AT = datetime(2026, 3, 3, 16, tzinfo=UTC)
VALUES = {
    Slot.MOTIVATION: st.sampled_from(["foreclosure", "relocation", "downsizing", "something else"]),
    Slot.TIMELINE_DAYS: st.integers(0, 1_000),
    Slot.CONDITION: st.sampled_from(["turnkey", "cosmetic", "major"]),
    Slot.FINANCING: st.sampled_from(["cash", "preapproved", "needs_lender", "fha"]),
    Slot.PRICE_EXPECTATION: st.integers(1, 10_000_000),
    Slot.BUDGET_MAX: st.integers(1, 10_000_000),
    Slot.NAME: st.just("Ana"),
}
SOME_FACTS = st.fixed_dictionaries({}, optional=VALUES)


def facts_of(values: dict[Slot, SlotValue]) -> Facts:
    return Facts({slot: Fact(slot, value, None, AT) for slot, value in values.items()})


def test_nothing_known_is_cold():
    """Without a fact the score is 0, so "hello" is cold."""
    scored = lead_score(Facts())

    assert (scored.score, scored.moved, scored.temperature) == (0.0, (), Temperature.COLD)


def test_pressed_seller_is_hot():
    """A seller who must move within a month and names state and price is hot."""
    values = {
        Slot.MOTIVATION: "foreclosure",
        Slot.TIMELINE_DAYS: 30,
        Slot.CONDITION: "major",
        Slot.PRICE_EXPECTATION: 210_000,
    }

    scored = lead_score(facts_of(values))

    assert scored.score == 100.0
    assert scored.moved == (
        (Slot.MOTIVATION, 35.0),
        (Slot.TIMELINE_DAYS, 30.0),
        (Slot.CONDITION, 20.0),
        (Slot.PRICE_EXPECTATION, 15.0),
    )


@pytest.mark.parametrize(
    ("score", "expected"),
    [(80.0, Temperature.HOT), (79.99, Temperature.WARM), (40.0, Temperature.WARM), (39.99, Temperature.COLD)],
)
def test_temperature_at_its_edges(score, expected):
    """Hot begins at 80 and warm at 40."""
    assert temperature_of(score) == expected


@given(values=SOME_FACTS)
def test_score_is_the_sum_of_what_moved_it(values):
    """The score lies in 0..100 and is explained to the point."""
    scored = lead_score(facts_of(values))

    assert 0.0 <= scored.score <= 100.0
    assert scored.score == pytest.approx(sum(points for _, points in scored.moved))


@given(values=SOME_FACTS, more=st.sampled_from(sorted(VALUES)), data=st.data())
def test_knowing_more_never_lowers(values, more, data):
    """A new fact never lowers the score."""
    known = {slot: value for slot, value in values.items() if slot is not more}

    before = lead_score(facts_of(known))
    after = lead_score(facts_of(known | {more: data.draw(VALUES[more])}))

    assert after.score >= before.score


@given(values=SOME_FACTS, sooner=st.integers(0, 1_000), later=st.integers(0, 1_000))
def test_nearer_horizon_never_scores_less(values, sooner, later):
    """A nearer horizon never scores below a later one."""
    near, far = sorted((sooner, later))

    scores = [lead_score(facts_of(values | {Slot.TIMELINE_DAYS: days})).score for days in (near, far)]

    assert scores[0] >= scores[1]


@given(values=SOME_FACTS, low=st.floats(0, 100), high=st.floats(0, 100))
def test_commitment_only_raises(values, low, high):
    """More commitment never lowers the score."""
    less, more = sorted((low, high))

    assert lead_score(facts_of(values), more).score >= lead_score(facts_of(values), less).score
