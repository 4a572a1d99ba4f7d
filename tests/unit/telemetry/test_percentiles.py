"""Percentiles by buckets, held against numpy and the ddsketch package."""

from collections import Counter

import numpy as np
import pytest
from ddsketch.mapping import LogarithmicMapping
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.telemetry.percentiles import ALPHA, ZERO_BUCKET, bucket, percentile, percentiles, value

DURATIONS = st.floats(min_value=0.001, max_value=1e7)
REFERENCE = LogarithmicMapping(ALPHA)


def counts_of(durations: list[float]) -> list[tuple[int, int]]:
    return list(Counter(map(bucket, durations)).items())


@given(DURATIONS)
def test_a_bucket_stands_for_its_values(duration: float) -> None:
    """What stands for a bucket is within 1 % of every value in it."""
    found = value(bucket(duration))

    assert found == pytest.approx(duration, rel=ALPHA * 1.000001)


@given(DURATIONS)
def test_buckets_are_those_of_ddsketch(duration: float) -> None:
    """The mapping is DDSketch's, but for the last bit of a logarithm at a bucket's edge."""
    assert abs(bucket(duration) - REFERENCE.key(duration)) <= 1
    assert value(bucket(duration)) == pytest.approx(REFERENCE.value(bucket(duration)), rel=1e-9)


@given(st.lists(DURATIONS, min_size=1, max_size=200), st.floats(min_value=0, max_value=100))
def test_percentiles_are_those_of_numpy(durations: list[float], wanted: float) -> None:
    """Every percentile is within 1 % of numpy's, interpolation included."""
    found = percentile(counts_of(durations), wanted)

    assert found == pytest.approx(float(np.percentile(durations, wanted)), rel=ALPHA * 1.00001)


@given(st.lists(DURATIONS, min_size=1, max_size=50), st.lists(DURATIONS, min_size=1, max_size=50))
def test_adding_buckets_loses_nothing(some: list[float], others: list[float]) -> None:
    """Counts of two processes give what one process would have given."""
    assert percentiles(counts_of(some) + counts_of(others), (50, 95)) == percentiles(counts_of(some + others), (50, 95))


def test_two_values_are_interpolated() -> None:
    """The P95 of 1 and 100 is 95, not 1."""
    assert percentile(counts_of([1.0, 100.0]), 95) == pytest.approx(95.05, rel=ALPHA)


def test_no_data_is_none() -> None:
    """Nothing counted has no percentile."""
    assert percentiles([], (50, 99)) == [None, None]


def test_zero_has_a_bucket_of_its_own() -> None:
    """A duration of zero is zero again, below all others."""
    assert bucket(0.0) == ZERO_BUCKET
    assert percentile([(ZERO_BUCKET, 1), (bucket(10.0), 1)], 0) == 0.0


@pytest.mark.parametrize("wanted", [-1, 100.5, float("nan")])
def test_impossible_percentiles_are_refused(wanted: float) -> None:
    """Only 0 to 100 can be asked for."""
    with pytest.raises(ValueError, match="between 0 and 100"):
        percentile([(1, 1)], wanted)
