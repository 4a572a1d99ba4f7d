"""What a score is: a number with what moved it, on one scale of temperature."""

from dataclasses import dataclass
from enum import StrEnum

from ghl_real_estate_ai.conversation.model import Slot

HOT_FROM = 80.0
WARM_FROM = 40.0


class Temperature(StrEnum):
    """How urgent a lead is, on the one scale of the lead score."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class Sign(StrEnum):
    """What a lead does, beside the facts, that a score heeds."""

    MEETS = "wants_to_meet"
    """Asks for a call, a visit or a tour, now or at another time."""
    WEIGHS_VALUE = "asks_what_it_is_worth"
    DECLINES = "declines"
    """The latest wish that the lead told is to be left out of it."""


@dataclass(frozen=True, slots=True)
class Score:
    """0..100 and how many points of it each fact or sign brought, the most first; the points add up to it."""

    value: float
    moved: tuple[tuple[Slot | Sign, float], ...] = ()

    @property
    def temperature(self) -> Temperature:
        return temperature_of(self.value)


def temperature_of(value: float) -> Temperature:
    """Return hot from 80, warm from 40, cold below."""
    if value >= HOT_FROM:
        return Temperature.HOT
    return Temperature.WARM if value >= WARM_FROM else Temperature.COLD
