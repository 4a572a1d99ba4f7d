"""Percentiles with a bounded relative error: a value becomes the number of its bucket, and buckets can be added up.

The mapping is DDSketch's (Masson, Rim, Lee: "DDSketch", VLDB 2019): with gamma = (1 + alpha) / (1 - alpha) a value v
lies in bucket ceil(log_gamma v), whose middle 2 gamma^i / (gamma + 1) is within alpha of every value in it.  Counts by
bucket from other minutes, processes or nodes are summed, in memory or by SQL, and lose nothing; percentiles
themselves must never be averaged.
"""

import math
from collections.abc import Iterable, Sequence

ALPHA = 0.01
"""The greatest relative error of a percentile."""
GAMMA = (1 + ALPHA) / (1 - ALPHA)
MULTIPLIER = 1 / math.log(GAMMA)

SMALLEST = 1e-6
"""Values up to this (a nanosecond, in ms) count as zero."""
ZERO_BUCKET = -1_000_000
"""Below every bucket that a value can have."""


def bucket(value: float) -> int:
    """The bucket of a value >= 0."""
    if value <= SMALLEST:
        return ZERO_BUCKET
    return math.ceil(math.log(value) * MULTIPLIER)


def value(of_bucket: int) -> float:
    """The value that stands for a bucket, within ALPHA of all in it."""
    if of_bucket == ZERO_BUCKET:
        return 0.0
    return 2 * math.exp(of_bucket / MULTIPLIER) / (GAMMA + 1)


def bucket_sql(column: str) -> str:
    """The same bucket as an SQL expression over a column or expression of type float8."""
    return (
        f"CASE WHEN {column} <= {SMALLEST!r} THEN {ZERO_BUCKET} "
        f"ELSE ceil(ln({column}) * {MULTIPLIER!r}::float8)::integer END"
    )


def percentiles(counts: Iterable[tuple[int, int]], wanted: Sequence[float]) -> list[float | None]:
    """Read the *wanted* percentiles (0 to 100) from (bucket, count) pairs; None for each when nothing was counted.

    Interpolates linearly between the two nearest ranks, as numpy does, so the result is within ALPHA of numpy's.
    Pairs may come in any order, and a bucket more than once.
    """
    ordered = sorted(counts)
    total = sum(count for _, count in ordered)
    return [_percentile(ordered, total, percentile) for percentile in wanted]


def percentile(counts: Iterable[tuple[int, int]], wanted: float) -> float | None:
    """Read one percentile, as `percentiles` does."""
    return percentiles(counts, (wanted,))[0]


def _percentile(ordered: list[tuple[int, int]], total: int, wanted: float) -> float | None:
    if not 0 <= wanted <= 100:
        raise ValueError(f"a percentile lies between 0 and 100, not at {wanted!r}")
    if total == 0:
        return None
    rank = wanted / 100 * (total - 1)
    below, above = math.floor(rank), math.ceil(rank)
    low = _value_at(ordered, below)
    high = low if above == below else _value_at(ordered, above)
    return low + (high - low) * (rank - below)


def _value_at(ordered: list[tuple[int, int]], rank: int) -> float:
    passed = 0
    for of_bucket, count in ordered:
        passed += count
        if passed > rank:
            return value(of_bucket)
    raise AssertionError("the rank lies within the total")
