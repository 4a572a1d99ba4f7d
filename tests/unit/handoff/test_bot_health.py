"""Whether a bot gets more contacts: each limit at its boundary, and which of the waiting contacts go when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.handoff.bot_health import BotHealth, Fitness, judge
from ghl_real_estate_ai.handoff.decide_handoff import decide_by_scores
from ghl_real_estate_ai.handoff.deferral import Deferral, who_goes
from ghl_real_estate_ai.handoff.model import BlockReason, HandoffBlocked, HandoffDecision

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
BAD = judge(count=20, errors=3, p95_ms=1000, promised_p95_ms=1800)
GOOD = judge(count=20, errors=0, p95_ms=1000, promised_p95_ms=1800)


@pytest.mark.parametrize(
    ("count", "errors", "p95_ms", "expected"),
    [
        (19, 19, None, Fitness.UNKNOWN),
        (19, 0, 9999, Fitness.UNKNOWN),
        (20, 0, 1000, Fitness.FIT),
        (20, 1, 1000, Fitness.FIT),
        (20, 2, 1000, Fitness.STRAINED),
        (20, 3, 1000, Fitness.UNFIT),
        (100, 10, 1000, Fitness.STRAINED),
        (100, 11, 1000, Fitness.UNFIT),
        (20, 0, 1001, Fitness.STRAINED),
        (20, 0, 1200, Fitness.STRAINED),
        (20, 0, 1201, Fitness.UNFIT),
        (20, 20, None, Fitness.UNFIT),
        (0, 0, None, Fitness.UNKNOWN),
    ],
)
def test_a_bot_is_judged_by_its_last_hour(count: int, errors: int, p95_ms: float | None, expected: Fitness) -> None:
    """Above 120 % of the promised P95 or 10 % errors it gets nobody; fewer than 20 turns say nothing."""
    assert expected is judge(count=count, errors=errors, p95_ms=p95_ms, promised_p95_ms=1000).fitness


@pytest.mark.parametrize("health", [{}, {Owner.BUYER: GOOD}, {Owner.SELLER: BAD}, None])
def test_only_an_unfit_target_holds_a_handoff_up(health: dict[Owner, BotHealth] | None) -> None:
    """A bot nothing is known of is fit, and another bot's trouble is its own."""
    outcome = decide_by_scores(Owner.LEAD, 0.9, 0.0, (), NOW, health=health)

    assert isinstance(outcome, HandoffDecision)


def test_a_handoff_to_an_unfit_bot_is_put_off_with_all_it_takes_to_do_it_later() -> None:
    """The block says what was asked, how surely, and by which threshold."""
    outcome = decide_by_scores(
        Owner.LEAD,
        0.9,
        0.0,
        (),
        NOW,
        {(Owner.LEAD, Owner.BUYER): 0.1},
        evidence={"buy": "buy"},
        health={Owner.BUYER: BAD},
    )

    assert isinstance(outcome, HandoffBlocked)
    assert (BlockReason.PERFORMANCE, 0.9, {"buy": "buy"}) == (outcome.reason, outcome.confidence, outcome.evidence)
    assert pytest.approx(0.8) == outcome.threshold


def test_a_weak_wish_is_not_put_off() -> None:
    """What would not have happened anyway is no deferral."""
    assert decide_by_scores(Owner.LEAD, 0.6, 0.0, (), NOW, health={Owner.BUYER: BAD}) is None


def waiting(number: int, minutes_ago: float, target: Owner = Owner.BUYER) -> Deferral:
    return Deferral(
        event_id=UUID(int=number),
        location_id=LocationId("l"),
        contact_id=ContactId(f"c{number}"),
        source=Owner.LEAD,
        target=target,
        confidence=0.9,
        threshold=0.7,
        adjustment=0.0,
        evidence={},
        epoch=0,
        at=NOW - timedelta(minutes=minutes_ago),
        delivers=True,
    )


@pytest.mark.parametrize(
    ("tried_minutes_ago", "goes"),
    [((), True), ((9,), False), ((10,), True), ((19, 30), False), ((20, 30), True), ((29, 40, 50), False),
     ((30, 40, 50), True), ((29, 35, 40, 50), False), ((30, 35, 40, 50), True), ((61,), True)],
)  # fmt: skip
def test_the_pauses_between_tries_double_up_to_half_an_hour(tried_minutes_ago: tuple[float, ...], goes: bool) -> None:
    """5 minutes at first, then 10, 20, 30, 30 after the tries of the last hour."""
    tried = {Owner.BUYER: [NOW - timedelta(minutes=ago) for ago in tried_minutes_ago]}

    assert goes == bool(who_goes([waiting(1, 70), waiting(2, 60)], {Owner.BUYER: BAD}, tried, NOW))


queues = st.lists(
    st.tuples(st.floats(0, 300, allow_nan=False), st.sampled_from([Owner.BUYER, Owner.SELLER])), max_size=12
).map(lambda found: [waiting(n, ago, target) for n, (ago, target) in enumerate(sorted(found, key=lambda one: -one[0]))])


@given(queues, st.sampled_from([BAD, GOOD]), st.sampled_from([BAD, GOOD]))
def test_nobody_waits_for_a_fit_bot_and_an_unfit_one_gets_one(
    queue: list[Deferral], buyer: BotHealth, seller: BotHealth
) -> None:
    """Of each bot's queue all go or at most the oldest, and nobody's place is taken by another bot's trouble."""
    health = {Owner.BUYER: buyer, Owner.SELLER: seller}

    going = who_goes(queue, health, {}, NOW)

    for owner, state in health.items():
        theirs = [one for one in queue if one.target is owner]
        gone = [one for one in going if one.target is owner]
        if state.fitness is Fitness.FIT:
            assert theirs == gone
        else:
            due = bool(theirs) and NOW - theirs[0].at >= timedelta(minutes=5)
            assert (theirs[:1] if due else []) == gone
