"""What past handoffs teach, held against scipy's own Beta distribution and against the written curve."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ghl_real_estate_ai.handoff.learning import adjustment_at, learn

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ages = st.floats(min_value=0, max_value=7, allow_nan=False).map(lambda days: NOW - timedelta(days=days))
outcomes = st.lists(st.tuples(st.sampled_from(["successful", "failed", "reverted", "timeout"]), ages), max_size=40)


def test_ten_fresh_successes_lower_the_threshold_by_the_curve() -> None:
    """Ten successes of this moment give p = 13.5 / 15 = .9 and so the full -.05."""
    past = [("successful", NOW)] * 10

    learned = learn(past, NOW)

    assert learned.success_rate == pytest.approx(0.9)
    assert learned.adjustment == pytest.approx(-0.05)
    assert learned.sample_size == 10


def test_nine_outcomes_teach_nothing() -> None:
    """Below ten resolved outcomes the threshold stays as it is, and the evidence is still shown."""
    past = [("failed", NOW)] * 9

    learned = learn(past, NOW)

    assert learned.adjustment == 0.0
    assert learned.sample_size == 9


def test_no_outcome_is_no_data() -> None:
    """Without outcomes there is no rate and no interval, rather than a zero."""
    learned = learn([("pending", NOW), ("successful", NOW - timedelta(days=8))], NOW)

    assert (learned.success_rate, learned.interval, learned.sample_size) == (None, None, 0)


def test_a_timeout_counts_half_a_failure() -> None:
    """Twenty timeouts weigh like ten failures."""
    timeouts, failures = learn([("timeout", NOW)] * 20, NOW), learn([("failed", NOW)] * 10, NOW)

    assert timeouts.success_rate == pytest.approx(failures.success_rate)


def test_an_outcome_of_half_a_week_weighs_half() -> None:
    """Twenty failures aged 3.5 days weigh like ten fresh ones."""
    old = learn([("failed", NOW - timedelta(days=3.5))] * 20, NOW)

    assert old.success_rate == pytest.approx(3.5 / (3.5 + 1.5 + 10))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.0, 0.10),
        (0.35, 0.10),
        (0.45, 0.05),
        (0.55, 0.0),
        (0.65, 0.0),
        (0.75, 0.0),
        (0.825, -0.025),
        (0.9, -0.05),
        (1, -0.05),
    ],
)
def test_the_curve_goes_through_its_points(rate: float, expected: float) -> None:
    """The adjustment is linear between the written points and flat outside them."""
    assert adjustment_at(rate) == pytest.approx(expected)


@given(outcomes)
def test_the_posterior_is_the_beta_distribution_of_scipy(past: list[tuple[str, datetime]]) -> None:
    """Mean and 90 % interval are those of Beta(3.5 + successes, 1.5 + failures) with the weights written out."""
    weights = [(outcome, 0.5 ** ((NOW - at).total_seconds() / 86400 / 3.5)) for outcome, at in past]
    won = 3.5 + sum(weight for outcome, weight in weights if outcome == "successful")
    lost = 1.5 + sum(
        weight * (0.5 if outcome == "timeout" else 1) for outcome, weight in weights if outcome != "successful"
    )
    expected = stats.beta(won, lost)

    learned = learn(past, NOW)

    if past:
        assert learned.success_rate == pytest.approx(expected.mean())
        assert learned.interval == pytest.approx(expected.interval(0.9))
    assert -0.05 - 1e-9 <= learned.adjustment <= 0.10 + 1e-9
