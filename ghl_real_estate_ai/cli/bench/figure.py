"""One figure of a measurement, what it is held against, and whether it is good enough; pure.

Absolute numbers tell of a machine, so what is gated is a ratio to a control of the same run, or a difference to it,
wherever a promise can be put that way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Any


class Gauge(StrEnum):
    """What of a figure a target speaks of."""

    RATIO = "ratio"
    ADDED = "added"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a figure."""

    gauge: Gauge
    limit: float
    is_ceiling: bool = True

    def is_met_by(self, measured: float) -> bool:
        """Tell whether *measured* keeps the bound; the bound itself is in."""
        return measured <= self.limit if self.is_ceiling else measured >= self.limit


def at_most_ratio(limit: float) -> Target:
    """The value may be at most so many times the baseline."""
    return Target(Gauge.RATIO, limit)


def at_least_ratio(limit: float) -> Target:
    """The value must be at least so many times the baseline."""
    return Target(Gauge.RATIO, limit, is_ceiling=False)


def at_most_added(limit: float) -> Target:
    """The value may exceed the baseline by at most so much."""
    return Target(Gauge.ADDED, limit)


def at_most(limit: float) -> Target:
    """The value itself is bounded."""
    return Target(Gauge.VALUE, limit)


def at_least(limit: float) -> Target:
    """The value itself must reach so much."""
    return Target(Gauge.VALUE, limit, is_ceiling=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured number, with its control beside it where it has one."""

    name: str
    unit: str
    value: float
    baseline: float | None = None
    against: str = ""
    """What the baseline is."""
    rounds: Sequence[float] = ()
    """The gauge in each round, where rounds were paired; their median is what is gated, their span tells the noise."""
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """Value to baseline; None without a baseline, or with one of zero."""
        if self.rounds and self.gauge is Gauge.RATIO:
            return median(self.rounds)
        return self.value / self.baseline if self.baseline else None

    @property
    def added(self) -> float | None:
        """What the value has more than the baseline."""
        if self.rounds and self.gauge is Gauge.ADDED:
            return median(self.rounds)
        return None if self.baseline is None else self.value - self.baseline

    @property
    def gauge(self) -> Gauge:
        return self.target.gauge if self.target else Gauge.RATIO

    @property
    def gauged(self) -> float | None:
        """The number that the target speaks of."""
        match self.gauge:
            case Gauge.RATIO:
                return self.ratio
            case Gauge.ADDED:
                return self.added
            case Gauge.VALUE:
                return self.value

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none.  What cannot be computed is not met."""
        if self.target is None:
            return None
        return self.gauged is not None and self.target.is_met_by(self.gauged)

    def as_json(self) -> dict[str, Any]:
        """The figure as plain values."""
        return {
            "name": self.name,
            "unit": self.unit,
            "value": self.value,
            "baseline": self.baseline,
            "against": self.against or None,
            "ratio": self.ratio,
            "rounds": list(self.rounds),
            "target": None if self.target is None else self.target_text,
            "met": self.met,
        }

    @property
    def target_text(self) -> str:
        """The target in words, such as `at most 0.15x`."""
        if self.target is None:
            return ""
        bound = "at most" if self.target.is_ceiling else "at least"
        match self.target.gauge:
            case Gauge.RATIO:
                return f"{bound} {self.target.limit:g}x"
            case Gauge.ADDED:
                return f"{bound} +{self.target.limit:g} {self.unit}"
            case Gauge.VALUE:
                return f"{bound} {self.target.limit:g} {self.unit}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least *percent* of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    rank = -(-len(ranked) * percent // 100)
    return ranked[max(int(rank), 1) - 1]
