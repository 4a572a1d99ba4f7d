"""What carriers and HighLevel measure a location by, and how much it may start in a day; pure.

HighLevel mails at 2 % of opt-outs and restricts at 3 %, mails at 6 % of failed sends and restricts at 10 %, each
over a day.  A new number may send so many texts in 24 hours; whoever reaches that is blocked for the next 24,
replies too, so that what we start must leave room for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ghl_real_estate_ai.conversation.model import LocationId

DAY = timedelta(hours=24)
FEWEST_TEXTS = 50
"""Below that one opt-out is more than HighLevel's threshold, and says nothing."""
RAMP = (200, 400, 600, 800, 1000, 1200, 1400, 2000)
"""Texts in 24 hours at each level of a new sub-account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRates:
    """What a location sent in the last day, and what came of it."""

    location_id: LocationId
    texts: int = 0
    """Taken by the CRM."""
    initiated: int = 0
    """Of the texts: nobody had written for them."""
    refused: int = 0
    """Texts that the CRM did not take."""
    undelivered: int = 0
    """Texts of which the CRM told later that they did not arrive."""
    opt_outs: int = 0

    @property
    def tried(self) -> int:
        return self.texts + self.refused

    @property
    def opt_out_rate(self) -> float | None:
        """Opt-outs to texts; None when none was sent."""
        return self.opt_outs / self.texts if self.texts else None

    @property
    def failure_rate(self) -> float | None:
        """The share of texts that did not arrive; None when none was tried."""
        return (self.refused + self.undelivered) / self.tried if self.tried else None


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst location's rate, of those that sent enough to tell."""

    value: float
    samples: int
    location_id: LocationId


def worst_opt_outs(rates: Sequence[SendingRates]) -> Worst | None:
    """The location with the highest opt-out rate."""
    return _worst([(one.opt_out_rate, one.texts, one.location_id) for one in rates])


def worst_failures(rates: Sequence[SendingRates]) -> Worst | None:
    """The location with the highest rate of failed sends."""
    return _worst([(one.failure_rate, one.tried, one.location_id) for one in rates])


def _worst(figures: Sequence[tuple[float | None, int, LocationId]]) -> Worst | None:
    enough = [Worst(rate, samples, place) for rate, samples, place in figures if rate and samples >= FEWEST_TEXTS]
    return max(enough, key=lambda worst: worst.value, default=None)


@dataclass(frozen=True, slots=True)
class DailyBudget:
    """How many texts a location may send in 24 hours, and the share of them that is kept for replies."""

    limit: int
    """0 when the number is past its ramp."""
    reply_share: float

    def left_to_start(self, sent: SendingRates) -> int | None:
        """How many more texts may be started now; None when there is no limit.

        What we start never takes the replies' share, and stops where replies have used up their share and more.
        """
        if self.limit == 0:
            return None
        ours = int(self.limit * (1 - self.reply_share)) - sent.initiated
        return max(0, min(ours, self.limit - sent.texts))
