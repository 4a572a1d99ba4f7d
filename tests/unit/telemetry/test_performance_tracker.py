"""The tracker without a repository: memory, windows, promises."""

from datetime import UTC, datetime, timedelta

import pytest

from ghl_real_estate_ai.telemetry import PerformanceTracker
from ghl_real_estate_ai.telemetry.model import OperationRecord
from ghl_real_estate_ai.telemetry.tallies import RESOLUTIONS

NOW = datetime(2026, 3, 3, 16, 0, 30, tzinfo=UTC)


class MovingClock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovingClock:
    """A clock that stands until it is moved."""
    return MovingClock()


@pytest.fixture
def tracker(clock: MovingClock) -> PerformanceTracker:
    """A tracker on that clock."""
    return PerformanceTracker(clock=clock)


def compliance(tracker: PerformanceTracker, bot_name: str, operation: str) -> dict[str, object]:
    found = [r for r in tracker.check_sla_compliance() if (r["bot_name"], r["operation"]) == (bot_name, operation)]
    assert len(found) == 1
    return found[0]


def test_no_data_is_none(tracker: PerformanceTracker) -> None:
    """An idle bot has no percentiles and no shares, rather than zeros."""
    stats = tracker.get_bot_stats("lead_bot")

    assert tracker.get_percentile("lead_bot", 95) is None
    assert stats["count"] == 0
    assert {stats[name] for name in ("p50", "mean", "min", "max", "success_rate", "cache_hit_rate")} == {None}


def test_an_idle_promise_is_neither_kept_nor_broken(tracker: PerformanceTracker) -> None:
    """Every promise without samples has insufficient data."""
    results = tracker.check_sla_compliance()

    assert {(result["status"], result["compliant"]) for result in results} == {("insufficient_data", None)}
    assert len(results) == 10


def test_a_slow_operation_breaks_its_own_promise_alone(tracker: PerformanceTracker) -> None:
    """A slow full_qualification says nothing about process."""
    tracker.track_operation("lead_bot", "full_qualification", 9000.0)
    tracker.track_operation("lead_bot", "process", 100.0)

    assert compliance(tracker, "lead_bot", "full_qualification")["compliant"] is False
    assert compliance(tracker, "lead_bot", "process")["compliant"] is True


def test_failed_calls_do_not_count_as_fast(tracker: PerformanceTracker) -> None:
    """Durations are those of successful calls; errors are counted apart."""
    for _ in range(9):
        tracker.track_operation("buyer_bot", "process", 1.0, success=False)
    tracker.track_operation("buyer_bot", "process", 500.0)

    stats = tracker.get_bot_stats("buyer_bot")

    assert stats["p50"] == pytest.approx(500.0, rel=0.01)
    assert (stats["count"], stats["success_count"], stats["error_count"]) == (10, 1, 9)


def test_only_calls_that_asked_a_cache_make_its_rate(tracker: PerformanceTracker) -> None:
    """None is no miss."""
    for hit in (True, False, False, False, None, None):
        tracker.track_operation("seller_bot", "process", 1.0, cache_hit=hit)

    assert tracker.get_bot_stats("seller_bot")["cache_hit_rate"] == 0.25


@pytest.mark.parametrize(
    ("age", "windows"),
    [
        (timedelta(minutes=59), {"1h", "24h", "7d"}),
        (timedelta(minutes=62), {"24h", "7d"}),
        (timedelta(hours=25), {"7d"}),
        (timedelta(days=7, hours=2), set()),
    ],
)
def test_windows_take_in_what_is_young_enough(
    tracker: PerformanceTracker, clock: MovingClock, age: timedelta, windows: set[str]
) -> None:
    """A call leaves one window after the other as it grows old."""
    tracker.track_operation("lead_bot", "process", 5.0)

    clock.now += age

    assert {w for w in ("1h", "24h", "7d") if tracker.get_bot_stats("lead_bot", w)["count"]} == windows


def test_a_record_from_the_future_pushes_nothing_out(tracker: PerformanceTracker) -> None:
    """One wrong clock does not empty the memory."""
    tracker.track_operation("lead_bot", "process", 5.0)
    tracker.observe(
        OperationRecord(bot_name="lead_bot", operation="process", duration_ms=1, timestamp=NOW + timedelta(days=999))
    )

    assert tracker.get_percentile("lead_bot", 0) is not None
    assert tracker.get_bot_stats("lead_bot")["count"] == 2


def test_memory_is_bounded(tracker: PerformanceTracker, clock: MovingClock) -> None:
    """Weeks of calls leave no more slots than the windows need."""
    for _ in range(2000):
        tracker.track_operation("lead_bot", "process", 5.0)
        clock.now += timedelta(minutes=17)

    slots = [len(tallies._slots["lead_bot", "process"]) for tallies in tracker._memory._live]

    assert slots == [resolution.slots_kept for resolution in RESOLUTIONS]


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_impossible_durations_are_refused(tracker: PerformanceTracker, bad: float) -> None:
    """A duration is a number of milliseconds."""
    with pytest.raises(ValueError, match="duration_ms"):
        tracker.track_operation("lead_bot", "process", bad)


def test_unknown_names_are_refused(tracker: PerformanceTracker) -> None:
    """A bot or window of another name is a ValueError."""
    with pytest.raises(ValueError, match="bot_name"):
        tracker.track_operation("lead", "process", 1.0)
    with pytest.raises(ValueError, match="bot_name"):
        tracker.get_percentile("nobody", 50)
    with pytest.raises(ValueError, match="window"):
        tracker.get_bot_stats("lead_bot", "2h")


async def test_a_block_that_raises_is_an_error(tracker: PerformanceTracker) -> None:
    """The context manager counts the failure and lets the exception go on."""
    with pytest.raises(LookupError):
        async with tracker.track_async_operation("handoff", "execute"):
            raise LookupError
    async with tracker.track_async_operation("handoff", "execute"):
        pass

    stats = tracker.get_bot_stats("handoff")
    assert (stats["count"], stats["error_count"]) == (2, 1)


async def test_it_works_with_no_repository(tracker: PerformanceTracker) -> None:
    """Nothing to read, nothing attached, nothing raised."""
    assert await tracker.load_from_db() == 0
    assert not tracker.status().attached
