"""Whether a bot does well enough to be handed more contacts; pure.

Judged by its own `process` operation over the last hour on all nodes: unfit when its P95 is above 120 % of the
promised one or more than 10 % of its calls fail, worth a warning above 100 % or 5 %.  Fewer than 20 calls say nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

FEWEST_SAMPLES = 20
WARN_P95_RATIO, UNFIT_P95_RATIO = 1.0, 1.2
WARN_ERROR_RATE, UNFIT_ERROR_RATE = 0.05, 0.10


class Fitness(StrEnum):
    """What a bot's last hour says of it."""

    UNKNOWN = "unknown"
    FIT = "fit"
    STRAINED = "strained"
    """Worth a warning; it still gets contacts."""
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class BotHealth:
    """How one bot does, and why we say so."""

    fitness: Fitness
    sample_size: int
    p95_ratio: float | None
    """Its P95 through the promised one; None without a call that succeeded, or without a promise."""
    error_rate: float | None

    @property
    def why(self) -> str:
        """The figures in a few words."""
        if self.fitness is Fitness.UNKNOWN:
            return f"only {self.sample_size} turns in the last hour"
        latency = "no latency" if self.p95_ratio is None else f"P95 at {self.p95_ratio:.0%} of what is promised"
        return f"{latency}, {self.error_rate or 0.0:.1%} errors over {self.sample_size} turns"


def judge(*, count: int, errors: int, p95_ms: float | None, promised_p95_ms: float | None) -> BotHealth:
    """Judge a bot by *count* calls of the last hour, *errors* of which failed."""
    ratio = None if p95_ms is None or not promised_p95_ms else p95_ms / promised_p95_ms
    rate = errors / count if count else None
    return BotHealth(_fitness(count, ratio or 0.0, rate or 0.0), count, ratio, rate)


def _fitness(count: int, p95_ratio: float, error_rate: float) -> Fitness:
    if count < FEWEST_SAMPLES:
        return Fitness.UNKNOWN
    if p95_ratio > UNFIT_P95_RATIO or error_rate > UNFIT_ERROR_RATE:
        return Fitness.UNFIT
    if p95_ratio > WARN_P95_RATIO or error_rate > WARN_ERROR_RATE:
        return Fitness.STRAINED
    return Fitness.FIT
