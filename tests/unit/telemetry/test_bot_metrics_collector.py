"""The collector without a repository."""

from datetime import UTC, datetime, timedelta

import pytest

from ghl_real_estate_ai.telemetry import BotMetricsCollector

NOW = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)


@pytest.fixture
def collector() -> BotMetricsCollector:
    """A collector whose clock stands still."""
    return BotMetricsCollector(clock=lambda: NOW)


def test_two_interactions_of_the_same_moment_are_two(collector: BotMetricsCollector) -> None:
    """Time is no identity."""
    for duration_ms in (1.0, 100.0):
        collector.record_bot_interaction("lead", duration_ms, True)

    summary = collector.get_bot_summary("lead")

    assert summary["total_interactions"] == 2
    assert summary["p95_duration_ms"] == pytest.approx(95.05, rel=0.01)


def test_no_data_is_none(collector: BotMetricsCollector) -> None:
    """An idle system has no rates, and nobody spoke last."""
    summary = collector.get_system_summary()

    assert summary["bots"]["buyer"]["success_rate"] is None
    assert summary["handoffs"] == {
        "total_handoffs": 0,
        "success_rate": None,
        "failure_rate": None,
        "avg_duration_ms": None,
        "p95_duration_ms": None,
    }
    assert summary["overall"]["last_interaction_at"] is None


def test_the_system_sums_its_bots(collector: BotMetricsCollector) -> None:
    """Overall figures rest on every bot's turns, handoffs apart."""
    collector.record_bot_interaction("lead", 10.0, True, contact_id="c")
    collector.record_bot_interaction("buyer", 10.0, False)
    collector.record_handoff("lead", "buyer", True, 2.0)

    summary = collector.get_system_summary()

    assert summary["overall"]["total_interactions"] == 2
    assert summary["overall"]["error_rate"] == 0.5
    assert summary["overall"]["last_interaction_at"] == NOW
    assert summary["handoffs"]["success_rate"] == 1.0


def test_old_interactions_leave_the_window() -> None:
    """A turn of two hours ago is not of the last hour."""
    times = iter([NOW, *[NOW + timedelta(hours=2)] * 2])
    collector = BotMetricsCollector(clock=lambda: next(times))
    collector.record_bot_interaction("lead", 10.0, True)

    assert collector.get_bot_summary("lead", 60)["total_interactions"] == 0
    assert collector.get_bot_summary("lead", 180)["total_interactions"] == 1


def test_unknown_names_are_refused(collector: BotMetricsCollector) -> None:
    """A bot type is no bot name."""
    with pytest.raises(ValueError, match="bot_type"):
        collector.record_bot_interaction("lead_bot", 1.0, True)
    with pytest.raises(ValueError, match="target_bot"):
        collector.record_handoff("lead", "nobody", True, 1.0)


async def test_it_works_with_no_repository(collector: BotMetricsCollector) -> None:
    """Nothing to read, nothing attached, nothing raised."""
    assert await collector.load_from_db(60) == 0
    assert not collector.status().is_ok
