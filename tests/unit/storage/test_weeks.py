"""The weeks of the partitions."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.storage.partitions import monday_of, partition_name, weeks_around

moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(moments)
def test_a_moment_lies_in_its_week(now: datetime) -> None:
    """The week begins on a Monday, UTC, at or before the moment and less than seven days ago."""
    monday = monday_of(now)

    begin = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    assert monday.weekday() == 0
    assert begin <= now < begin + timedelta(weeks=1)


@given(moments)
def test_thirteen_weeks_without_a_gap(now: datetime) -> None:
    """Six weeks back, this one, and six ahead, each beginning where the one before ends."""
    weeks = weeks_around(now)

    assert len(weeks) == 13
    assert weeks[6] == monday_of(now)
    assert {later - earlier for earlier, later in pairwise(weeks)} == {timedelta(weeks=1)}


def test_a_partition_is_named_by_its_monday() -> None:
    """The name sorts by time."""
    name = partition_name("jorge_handoff_events", date(2026, 3, 2))

    assert name == "jorge_handoff_events_2026_03_02"
