"""AlertingService without a repository: cool-downs, acknowledgement, listing."""

from datetime import UTC, datetime, timedelta

import pytest

from ghl_real_estate_ai.alerts import AlertingService
from ghl_real_estate_ai.alerts.model import AlertAlreadyAcknowledgedError, AlertUnknownError, RuleUnknownError

FAILING = {"error_rate": 0.2}


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def alerting(clock: MovableClock) -> AlertingService:
    return AlertingService(clock)


async def test_an_alert_tells_rule_severity_figure_and_stats(alerting: AlertingService) -> None:
    """What was broken can be read from the alert alone, and no channel is claimed."""
    [alert] = await alerting.check_alerts(FAILING)

    assert (
        alert.rule_name,
        alert.severity,
        alert.performance_stats,
        alert.channels_sent,
    ) == ("high_error_rate", "critical", FAILING, ())
    assert "error_rate is 0.2" in alert.message


async def test_an_idle_system_is_silent(alerting: AlertingService) -> None:
    """No figures, no alerts."""
    assert await alerting.check_alerts({}) == []


async def test_a_rule_speaks_once_a_cooldown(alerting: AlertingService, clock: MovableClock) -> None:
    """The same trouble is told again only when the cool-down is over."""
    spoken = []
    for seconds in (0, 299, 1, 299, 1):
        clock.move(seconds)
        spoken.append(len(await alerting.check_alerts(FAILING)))

    assert spoken == [1, 0, 1, 0, 1]


async def test_rules_cool_down_apart(alerting: AlertingService) -> None:
    """One rule's cool-down keeps no other rule quiet."""
    await alerting.check_alerts(FAILING)

    raised = await alerting.check_alerts(FAILING | {"handoff_success_rate": 0.5})

    assert [alert.rule_name for alert in raised] == ["handoff_failure"]


async def test_a_rule_switched_off_is_silent_until_it_is_switched_on(alerting: AlertingService) -> None:
    """The switch counts at the next check."""
    await alerting.set_rule_active("high_error_rate", False)
    while_off = await alerting.check_alerts(FAILING)
    await alerting.set_rule_active("high_error_rate", True)
    after = await alerting.check_alerts(FAILING)

    assert (len(while_off), len(after)) == (0, 1)


async def test_an_unknown_rule_cannot_be_switched(alerting: AlertingService) -> None:
    """A wrong name is told as such."""
    with pytest.raises(RuleUnknownError):
        await alerting.set_rule_active("nothing_like_it", True)


async def test_acknowledging_keeps_who_and_when(alerting: AlertingService, clock: MovableClock) -> None:
    """The acknowledged alert leaves the active list and stays in the full one."""
    [alert] = await alerting.check_alerts(FAILING)
    clock.move(90)

    acknowledged = await alerting.acknowledge_alert(alert.alert_id, "ana")

    assert ("ana", clock.at) == (acknowledged.acknowledged_by, acknowledged.acknowledged_at)
    assert await alerting.list_alerts(active_only=True) == []
    assert [acknowledged] == await alerting.list_alerts()


async def test_an_alert_is_acknowledged_once(alerting: AlertingService) -> None:
    """The second person is told that somebody was faster."""
    [alert] = await alerting.check_alerts(FAILING)
    await alerting.acknowledge_alert(alert.alert_id, "ana")

    with pytest.raises(AlertAlreadyAcknowledgedError, match="ana"):
        await alerting.acknowledge_alert(alert.alert_id, "ben")


@pytest.mark.parametrize("alert_id", ["", "12", "00000000-0000-7000-8000-000000000000"])
async def test_an_unknown_alert_cannot_be_acknowledged(alerting: AlertingService, alert_id: str) -> None:
    """An id that is none of ours is told as such."""
    with pytest.raises(AlertUnknownError):
        await alerting.acknowledge_alert(alert_id, "ana")


async def test_the_newest_alerts_come_first_and_no_more_than_asked(
    alerting: AlertingService, clock: MovableClock
) -> None:
    """The list is cut at its limit."""
    for _ in range(3):
        clock.move(300)
        await alerting.check_alerts(FAILING)

    newest = await alerting.list_alerts(limit=2)

    assert [clock.at, clock.at - timedelta(seconds=300)] == [alert.triggered_at for alert in newest]


async def test_figures_that_are_moments_are_kept_as_text(alerting: AlertingService, clock: MovableClock) -> None:
    """The stored figures are fit for JSON."""
    long_ago = clock.at - timedelta(hours=1)

    [alert] = await alerting.check_alerts({"last_response_time": long_ago, "odd": object})

    assert long_ago.isoformat() == alert.performance_stats["last_response_time"]


def test_status_without_a_repository_says_memory_only(alerting: AlertingService) -> None:
    """Nothing is attached, hydrated or writing, and the detail says why."""
    status = alerting.status()

    assert (status.attached, status.hydrated, status.writing) == (False, False, False)
    assert "memory" in status.detail
