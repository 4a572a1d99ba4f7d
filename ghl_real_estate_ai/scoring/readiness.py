"""The financial readiness score (FRS): how ready a lead is, from what the lead told and did and from nothing else.

Four pillars, each 0..1, weighted .35 motivation, .30 timeline, .20 condition, .15 price (the team's weights for a
seller; a buyer's readiness in financing takes the place of the house's condition, and the budget that of the price).
A pillar without a fact or a sign is 0: silence is no evidence, so a lead who only said "hello" is cold.

Knowing more never lowers the score, a nearer horizon never scores below a later one, and who declines never scores
above who does not.  What a lead does counts less than what a lead tells: it fills a pillar that no fact fills better.
"""

from collections.abc import Mapping

from ghl_real_estate_ai.conversation.model import Facts, Slot, SlotValue
from ghl_real_estate_ai.scoring.model import Score, Sign

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
_WISH_TO_MEET = 0.5
"""Who wants to meet has a reason, though we do not know it."""
_DECLINING = 0.2
"""The most that a reason is worth while the lead declines (the low mark of motivation)."""

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
_WEIGHS_VALUE = 0.85
"""Asking for the worth or for comparable sales is the high mark of the price pillar."""

_Worth = tuple[Slot | Sign, float]


def financial_readiness(facts: Facts, signs: frozenset[Sign] = frozenset()) -> Score:
    """Return the FRS of what is known (*facts*) and shown (*signs*), 0..100."""
    weighted = (
        (_motivation(facts, signs), MOTIVATION_WEIGHT),
        ((Slot.TIMELINE_DAYS, _nearness(facts.value(Slot.TIMELINE_DAYS))), TIMELINE_WEIGHT),
        (_readiness(facts), READINESS_WEIGHT),
        (_price(facts, signs), PRICE_WEIGHT),
    )
    moved = [(what, round(100 * weight * worth, 2)) for (what, worth), weight in weighted if worth > 0]
    moved.sort(key=lambda pair: -pair[1])
    return Score(round(min(sum(points for _, points in moved), 100.0), 2), tuple(moved))


def _motivation(facts: Facts, signs: frozenset[Sign]) -> _Worth:
    told = _worth(facts, Slot.MOTIVATION, _MOTIVATIONS, otherwise=_SOME_REASON)
    shown = (Sign.MEETS, _WISH_TO_MEET if Sign.MEETS in signs else 0.0)
    what, worth = max(told, shown, key=_points)
    if Sign.DECLINES in signs and worth > _DECLINING:
        return Sign.DECLINES, _DECLINING
    return what, worth


def _readiness(facts: Facts) -> _Worth:
    """The condition of the home or the financing, whichever is worth more."""
    return max(_worth(facts, Slot.CONDITION, _CONDITIONS), _worth(facts, Slot.FINANCING, _FINANCINGS), key=_points)


def _price(facts: Facts, signs: frozenset[Sign]) -> _Worth:
    for slot in (Slot.PRICE_EXPECTATION, Slot.BUDGET_MAX, Slot.BUDGET_MIN):
        if _positive(facts.value(slot)):
            return slot, 1.0
    return Sign.WEIGHS_VALUE, _WEIGHS_VALUE if Sign.WEIGHS_VALUE in signs else 0.0


def _worth(facts: Facts, slot: Slot, worths: Mapping[str, float], otherwise: float = _SOME_VALUE) -> _Worth:
    value = facts.value(slot)
    return (slot, 0.0) if value is None else (slot, worths.get(str(value), otherwise))


def _points(worth: _Worth) -> float:
    return worth[1]


def _positive(value: SlotValue | None) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _nearness(days: SlotValue | None) -> float:
    if not isinstance(days, (int, float)):
        return 0.0
    return next((worth for within, worth in _HORIZONS if days <= within), _FAR_OFF)
