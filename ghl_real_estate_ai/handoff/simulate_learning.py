"""What the learning makes of routes whose success is known: a simulation to judge the rule by; pure.

Leads ask for a route with a confidence between .5 and 1, some each day.  Those at or above the threshold of the moment
are handed over, and go well with a chance that may depend on their confidence: so the threshold chooses whom it will
learn from next, as it does in earnest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.handoff.decide_handoff import threshold_of
from ghl_real_estate_ai.handoff.learning import FAILURE_WEIGHTS, WINDOW, Learned, adjustment_at, learn

BEGINNING = datetime(2026, 1, 5, tzinfo=UTC)
ROUTE = (Owner.LEAD, Owner.BUYER)
TIMEOUTS = 0.3
"""The share of what does not go well that is a lead who falls silent."""
Chance = Callable[[float], float]
"""Confidence -> how likely the handoff goes well."""


def steady(rate: float) -> Chance:
    """A route that goes well as often whatever the confidence."""
    return lambda confidence: rate


def rising(at_half: float, at_one: float) -> Chance:
    """A route that goes the better the surer the lead's wish is: from *at_half* at .5 to *at_one* at 1."""
    return lambda confidence: at_half + (at_one - at_half) * (confidence - 0.5) / 0.5


@dataclass(frozen=True, slots=True)
class Day:
    """What was learned by the end of a day."""

    learned: Learned
    threshold: float


def simulate(chance: Chance, *, asked_a_day: int, days: int, draw: Random) -> list[Day]:
    """Let a route learn for *days*, from *asked_a_day* leads who ask for it, and return how each day ended."""
    outcomes: list[tuple[str, datetime]] = []
    course: list[Day] = []
    learned = learn((), BEGINNING)
    for number in range(days):
        midnight = BEGINNING + timedelta(days=number)
        threshold = threshold_of(*ROUTE, learned.adjustment)
        for _ in range(asked_a_day):
            confidence = draw.uniform(0.5, 1.0)
            if confidence >= threshold:
                at = midnight + timedelta(days=draw.random())
                outcomes.append((_outcome(chance(confidence), draw), at))
        ends = midnight + timedelta(days=1)
        outcomes = [(outcome, at) for outcome, at in outcomes if ends - at <= WINDOW]
        learned = learn(outcomes, ends)
        course.append(Day(learned, threshold_of(*ROUTE, learned.adjustment)))
    return course


def ideal_adjustment(rate: float) -> float:
    """What endless evidence of a steady *rate* comes to, with the share of timeouts weighed as the rule does."""
    failed = (1.0 - rate) * (TIMEOUTS * FAILURE_WEIGHTS["timeout"] + (1.0 - TIMEOUTS) * FAILURE_WEIGHTS["failed"])
    return adjustment_at(rate / (rate + failed)) if rate + failed else adjustment_at(0.0)


def _outcome(chance: float, draw: Random) -> str:
    if draw.random() < chance:
        return "successful"
    return "timeout" if draw.random() < TIMEOUTS else "failed"
