"""How ready a lead is, 0 to 100, from what the lead told us and from nothing else.

Four pillars, each 0..1, weighted .35 motivation, .30 timeline, .20 condition, .15 price (the team's weights for a
seller; a buyer's readiness in financing takes the place of the house's condition, and the budget that of the price).
A pillar without a fact is 0: silence is no evidence, so a lead who only said "hello" is cold. Knowing more never
lowers the score, and a nearer horizon never scores below a later one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ghl_real_estate_ai.conversation.model import Facts, Slot, SlotValue

HOT_FROM = 80.0
WARM_FROM = 40.0

MOTIVATION_WEIGHT = 0.35
TIMELINE_WEIGHT = 0.30
READINESS_WEIGHT = 0.20
PRICE_WEIGHT = 0.15

_MOTIVATIONS: Mapping[str, float] = {
    "foreclosure": 1.0,
    "job_loss": 1.0,
    "debt": 1.0,
    "divorce": 1.0,
    "relocation": 1.0,
    "inherited": 0.9,
    "health": 0.9,
    "landlord_fatigue": 0.85,
    "retirement": 0.8,
    "upsizing": 0.8,
    "downsizing": 0.8,
    "first_home": 0.8,
    "investment": 0.8,
}
_SOME_REASON = 0.6

_HORIZONS = ((30, 1.0), (60, 0.9), (90, 0.75), (180, 0.5), (364, 0.3))
"""Days up to and including which a timeline is worth so much; a year and more is worth `_FAR_OFF`."""
_FAR_OFF = 0.1

_CONDITIONS: Mapping[str, float] = {"major": 1.0, "cosmetic": 0.8, "turnkey": 0.7}
_FINANCINGS: Mapping[str, float] = {
    "cash": 1.0,
    "preapproved": 1.0,
    "prequalified": 0.8,
    "va": 0.6,
    "fha": 0.6,
    "conventional": 0.6,
    "needs_lender": 0.2,
}
_SOME_VALUE = 0.5


class Temperature(StrEnum):
    """How urgent a lead is, on the one scale of the lead score."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class ScoredLead:
    """A lead score in 0..100 and how many points of it each fact brought, the most first."""

    score: float
    moved: tuple[tuple[Slot, float], ...] = ()

    @property
    def temperature(self) -> Temperature:
        return temperature_of(self.score)


def temperature_of(score: float) -> Temperature:
    """Return hot from 80, warm from 40, cold below."""
    if score >= HOT_FROM:
        return Temperature.HOT
    return Temperature.WARM if score >= WARM_FROM else Temperature.COLD


def lead_score(facts: Facts, commitment: float | None = None) -> ScoredLead:
    """Return the score of *facts*: financial readiness alone, or .6 of it plus .4 *commitment* (0..100) where known."""
    moved = [(slot, points) for slot, points in _pillars(facts) if points > 0]
    if commitment is not None:
        moved = [(slot, round(0.6 * points, 2)) for slot, points in moved]
    moved.sort(key=lambda pair: -pair[1])
    readiness = sum(points for _, points in moved)
    committed = 0.0 if commitment is None else 0.4 * min(max(commitment, 0.0), 100.0)
    return ScoredLead(score=round(min(readiness + committed, 100.0), 2), moved=tuple(moved))


def _pillars(facts: Facts) -> list[tuple[Slot, float]]:
    """The points each pillar gains, by the fact that brings most to it."""
    ready = max((_worth(facts, Slot.CONDITION, _CONDITIONS), _worth(facts, Slot.FINANCING, _FINANCINGS)), key=_points)
    prices = (Slot.PRICE_EXPECTATION, Slot.BUDGET_MAX, Slot.BUDGET_MIN)
    price = next(((slot, 1.0) for slot in prices if _positive(facts.value(slot))), (Slot.PRICE_EXPECTATION, 0.0))
    weighted = (
        (_worth(facts, Slot.MOTIVATION, _MOTIVATIONS, otherwise=_SOME_REASON), MOTIVATION_WEIGHT),
        ((Slot.TIMELINE_DAYS, _nearness(facts.value(Slot.TIMELINE_DAYS))), TIMELINE_WEIGHT),
        (ready, READINESS_WEIGHT),
        (price, PRICE_WEIGHT),
    )
    return [(slot, round(100 * weight * worth, 2)) for (slot, worth), weight in weighted]


def _worth(facts: Facts, slot: Slot, worths: Mapping[str, float], otherwise: float = _SOME_VALUE) -> tuple[Slot, float]:
    value = facts.value(slot)
    return (slot, 0.0) if value is None else (slot, worths.get(str(value), otherwise))


def _points(worth: tuple[Slot, float]) -> float:
    return worth[1]


def _positive(value: SlotValue | None) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _nearness(days: SlotValue | None) -> float:
    if not isinstance(days, (int, float)):
        return 0.0
    return next((worth for within, worth in _HORIZONS if days <= within), _FAR_OFF)
