"""Routes whose success is known: the threshold moves the right way, and settles."""

from itertools import pairwise
from random import Random
from statistics import fmean

import pytest

from ghl_real_estate_ai.handoff.simulate_learning import ideal_adjustment, rising, simulate, steady

SEED = 20260303
RUNS = 20


def last_adjustments(rate: float, *, asked_a_day: int = 40) -> list[float]:
    courses = (
        simulate(steady(rate), asked_a_day=asked_a_day, days=14, draw=Random(f"{SEED}:{rate}:{run}"))
        for run in range(RUNS)
    )
    return [course[-1].learned.adjustment for course in courses]


@pytest.mark.parametrize(("rate", "low", "high"), [
    (0.1, 0.095, 0.10), (0.3, 0.06, 0.10), (0.65, -0.005, 0.005), (0.8, -0.035, -0.01), (0.97, -0.05, -0.045),
])  # fmt: skip
def test_a_threshold_goes_where_its_route_belongs(rate: float, low: float, high: float) -> None:
    """A route that fails gets harder to take, one that works easier, one between them stays."""
    assert low <= fmean(last_adjustments(rate)) <= high


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8, 0.97])
def test_much_evidence_comes_near_to_endless_evidence(rate: float) -> None:
    """With 200 leads a day the adjustment is what the curve says of the true rate."""
    assert pytest.approx(ideal_adjustment(rate), abs=0.012) == fmean(last_adjustments(rate, asked_a_day=200))


def test_a_threshold_that_chooses_its_own_evidence_does_not_swing() -> None:
    """Where surer leads go better, being stricter improves the rate: it must not lead to and fro."""
    course = simulate(rising(0.1, 0.7), asked_a_day=40, days=56, draw=Random(SEED))

    last = [day.threshold for day in course[-28:]]

    assert max(last) - min(last) <= 0.1
    assert fmean(abs(later - earlier) for earlier, later in pairwise(last)) <= 0.02


def test_nine_handoffs_move_nothing() -> None:
    """A quiet route keeps its base threshold."""
    course = simulate(steady(0.0), asked_a_day=1, days=7, draw=Random(SEED))

    assert {0.7} == {day.threshold for day in course}
