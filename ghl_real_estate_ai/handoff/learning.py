"""What past handoffs of one route teach about its threshold; pure.

The success rate is the mean of the posterior Beta(3.5 + successes, 1.5 + failures) over the resolved outcomes of the
last seven days.  Each outcome weighs .5 ** (age / 3.5 days) and a timeout counts half a failure, since a silent lead
says less about the route than one who goes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from scipy.special import betaincinv

WINDOW = timedelta(days=7)
HALF_LIFE = timedelta(days=3.5)
FEWEST = 10
PRIOR_SUCCESSES, PRIOR_FAILURES = 3.5, 1.5
FAILURE_WEIGHTS = {"failed": 1.0, "reverted": 1.0, "timeout": 0.5}
INTERVAL_MASS = 0.9
CURVE = ((0.35, 0.10), (0.55, 0.0), (0.75, 0.0), (0.90, -0.05))
"""Success rate -> what is added to the threshold; straight between the points, flat outside them."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What one route learned: what to add to its threshold, and why."""

    adjustment: float
    success_rate: float | None
    """Posterior mean; None without any outcome."""
    sample_size: int
    interval: tuple[float, float] | None
    """The middle 90 % of the posterior; None without any outcome."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The resolved handoffs of one kind of outcome: how many, and what they weigh by now."""

    count: int
    weight: float


def learn(outcomes: Sequence[tuple[str, datetime]], now: datetime) -> Learned:
    """Weigh *outcomes* (`successful`, `failed`, `reverted`, `timeout`, each with its time) as of *now*.

    Others (`pending`, unknown words) and outcomes older than seven days do not count; fewer than ten teach nothing.
    """
    counted: dict[str, Evidence] = {}
    for outcome, at in outcomes:
        if now - at <= WINDOW:
            known = counted.get(outcome, Evidence(0, 0.0))
            counted[outcome] = Evidence(known.count + 1, known.weight + _weight(at, now))
    return learn_from(counted)


def learn_from(evidence: Mapping[str, Evidence]) -> Learned:
    """The same from what the handoffs of the last seven days weigh by outcome."""
    resolved = {outcome: found for outcome, found in evidence.items() if found.count and _is_resolved(outcome)}
    count = sum(found.count for found in resolved.values())
    if not count:
        return Learned(adjustment=0.0, success_rate=None, sample_size=0, interval=None)
    successes = PRIOR_SUCCESSES + sum(found.weight for outcome, found in resolved.items() if outcome == "successful")
    failures = PRIOR_FAILURES + sum(
        found.weight * FAILURE_WEIGHTS.get(outcome, 0.0) for outcome, found in resolved.items()
    )
    rate = successes / (successes + failures)
    tail = (1.0 - INTERVAL_MASS) / 2
    return Learned(
        adjustment=adjustment_at(rate) if count >= FEWEST else 0.0,
        success_rate=rate,
        sample_size=count,
        interval=(
            float(betaincinv(successes, failures, tail)),
            float(betaincinv(successes, failures, 1.0 - tail)),
        ),
    )


def adjustment_at(rate: float) -> float:
    """The point of `CURVE` at *rate*."""
    if rate <= CURVE[0][0]:
        return CURVE[0][1]
    for (left, low), (right, high) in pairwise(CURVE):
        if rate <= right:
            return low + (high - low) * (rate - left) / (right - left)
    return CURVE[-1][1]


def _is_resolved(outcome: str) -> bool:
    return outcome == "successful" or outcome in FAILURE_WEIGHTS


def _weight(at: datetime, now: datetime) -> float:
    return float(0.5 ** (max(now - at, timedelta(0)) / HALF_LIFE))
