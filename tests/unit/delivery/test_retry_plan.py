"""When a failed effect is tried again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.delivery.deliver import RetryPlan

draws = st.floats(min_value=0, max_value=1, exclude_max=True)


@given(failures=st.integers(min_value=1, max_value=10_000), draw=draws)
def test_delay_stays_between_half_and_whole_of_the_doubled_one(failures: int, draw: float) -> None:
    """Each delay is between half and the whole of the doubling one, and never beyond the longest."""
    plan = RetryPlan(first=timedelta(seconds=2), longest=timedelta(minutes=10))

    delay = plan.delay(failures, draw)

    whole = min(timedelta(minutes=10), timedelta(seconds=2.0 ** min(failures, 20)))
    assert whole / 2 <= delay <= whole
