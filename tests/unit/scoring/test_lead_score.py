"""Readiness and lead score: the lead's facts and doings only, monotone, one temperature."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import Direction, Fact, Facts, Message, MessageId, Slot, SlotValue
from ghl_real_estate_ai.scoring import (
    Score,
    Sign,
    Temperature,
    financial_readiness,
    lead_score,
    signs_of,
    temperature_of,
)

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
    scored = financial_readiness(Facts())

    assert (scored.value, scored.moved, scored.temperature) == (0.0, (), Temperature.COLD)


def test_pressed_seller_is_hot():
    """A seller who must move within a month and names state and price is hot."""
    values = {
        Slot.MOTIVATION: "foreclosure",
        Slot.TIMELINE_DAYS: 30,
        Slot.CONDITION: "major",
        Slot.PRICE_EXPECTATION: 210_000,
    }

    scored = financial_readiness(facts_of(values))

    assert scored.value == 100.0
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
    scored = financial_readiness(facts_of(values))

    assert 0.0 <= scored.value <= 100.0
    assert scored.value == pytest.approx(sum(points for _, points in scored.moved))


@given(values=SOME_FACTS, more=st.sampled_from(sorted(VALUES)), data=st.data())
def test_knowing_more_never_lowers(values, more, data):
    """A new fact never lowers the score."""
    known = {slot: value for slot, value in values.items() if slot is not more}

    before = financial_readiness(facts_of(known))
    after = financial_readiness(facts_of(known | {more: data.draw(VALUES[more])}))

    assert after.value >= before.value


@given(values=SOME_FACTS, sooner=st.integers(0, 1_000), later=st.integers(0, 1_000))
def test_nearer_horizon_never_scores_less(values, sooner, later):
    """A nearer horizon never scores below a later one."""
    near, far = sorted((sooner, later))

    scores = [financial_readiness(facts_of(values | {Slot.TIMELINE_DAYS: days})).value for days in (near, far)]

    assert scores[0] >= scores[1]


@given(values=SOME_FACTS, low=st.floats(0, 100), high=st.floats(0, 100))
def test_commitment_only_raises(values, low, high):
    """More commitment never lowers the score, and the share of each is .6 and .4."""
    less, more = sorted((low, high))
    readiness = financial_readiness(facts_of(values))

    assert lead_score(readiness, more).value >= lead_score(readiness, less).value
    assert lead_score(readiness, more).value == pytest.approx(0.6 * readiness.value + 0.4 * more, abs=0.01)


def test_readiness_alone_until_commitment_is_measured():
    """No commitment measured is not a commitment of nothing."""
    readiness = Score(70.0, ((Slot.MOTIVATION, 35.0),))

    assert lead_score(readiness) == readiness
    assert lead_score(readiness, 0.0).value == 42.0


SIGNS = st.frozensets(st.sampled_from(Sign))


@given(values=SOME_FACTS, signs=SIGNS)
def test_wishes_only_raise_and_declining_only_lowers(values, signs):
    """Who wants to meet or asks for the worth never scores below who does not; who declines never above."""
    facts = facts_of(values)
    score = financial_readiness(facts, signs).value

    for sign in (Sign.MEETS, Sign.WEIGHS_VALUE):
        assert financial_readiness(facts, signs | {sign}).value >= score
    assert financial_readiness(facts, signs | {Sign.DECLINES}).value <= score


@given(values=SOME_FACTS, signs=SIGNS)
def test_points_add_up_whatever_moved_the_score(values, signs):
    """Facts and signs together explain the score to the point."""
    scored = financial_readiness(facts_of(values), signs)

    assert 0.0 <= scored.value <= 100.0
    assert scored.value == pytest.approx(sum(points for _, points in scored.moved))


def test_signs_move_the_pillars_that_no_fact_fills():
    """A wish to meet is worth half a reason, asking for the worth 85 % of the price."""
    scored = financial_readiness(Facts(), frozenset({Sign.MEETS, Sign.WEIGHS_VALUE}))

    assert scored.moved == ((Sign.MEETS, 17.5), (Sign.WEIGHS_VALUE, 12.75))


def said(*intents: str, direction: Direction = Direction.INBOUND) -> Message:
    """A message that was understood so."""
    return Message(
        message_id=MessageId("m"),
        direction=direction,
        author="lead",
        text="",
        at=AT,
        intents=dict.fromkeys(intents, 0.9),
    )


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([said("greeting")], set()),
        ([said("schedule")], {Sign.MEETS}),
        ([said("schedule", direction=Direction.OUTBOUND)], set()),
        ([said("valuation", "sell")], {Sign.WEIGHS_VALUE}),
        ([said("schedule"), said("cancel_appointment")], {Sign.DECLINES}),
        ([said("cancel_appointment"), said("thanks")], {Sign.DECLINES}),
        ([said("not_interested"), said("sell")], set()),
        ([said("not_interested"), said("reschedule")], {Sign.MEETS}),
    ],
)
def test_only_the_latest_stand_of_the_lead_counts(messages, expected):
    """Declining takes a wish to meet back, a later wish takes the declining back, and ours count nothing."""
    assert signs_of(messages) == expected
