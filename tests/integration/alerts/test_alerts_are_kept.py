"""Alerts, rules and cool-downs in PostgreSQL: what one process did, the next one knows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from ghl_real_estate_ai.alerts import AlertingService
from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.alerts.model import AlertAlreadyAcknowledgedError, AlertUnknownError
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import jorge_alert_rules, jorge_alerts
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository

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
async def repository(database: Database, tmp_path: Path) -> AsyncIterator[JorgeMetricsRepository]:
    repository = JorgeMetricsRepository.for_database(database, data_dir=tmp_path)
    yield repository
    await repository.close()


def a_process(repository: JorgeMetricsRepository, clock: MovableClock) -> AlertingService:
    """A service as a fresh process builds it."""
    alerting = AlertingService(clock)
    alerting.set_repository(repository)
    return alerting


async def test_the_default_rules_are_rows(
    repository: JorgeMetricsRepository, clock: MovableClock, database: Database
) -> None:
    """Loading stores the default rules as data, and loading again stores no more."""
    count = await a_process(repository, clock).load_rules()
    await a_process(repository, clock).load_rules()

    async with database.connect() as connection:
        rows = (await connection.execute(select(jorge_alert_rules))).mappings().all()
    assert count == len(rows) == len(DEFAULT_RULES)
    assert {row["name"] for row in rows} == {rule.name for rule in DEFAULT_RULES}


async def test_an_edited_row_counts_at_the_next_check(
    repository: JorgeMetricsRepository, clock: MovableClock, database: Database
) -> None:
    """A threshold changed in the table is the threshold, and loading the defaults does not undo it."""
    alerting = a_process(repository, clock)
    await alerting.load_rules()
    config = {"conditions": [{"metric": "error_rate", "operator": ">", "threshold": 0.5}]}
    async with database.begin() as connection:
        await connection.execute(
            update(jorge_alert_rules)
            .where(jorge_alert_rules.c.name == "high_error_rate")
            .values(condition_config=config)
        )

    below = await alerting.check_alerts({"error_rate": 0.5})
    await alerting.load_rules()
    above = await alerting.check_alerts({"error_rate": 0.51})

    assert (len(below), len(above)) == (0, 1)


async def test_a_row_that_is_no_rule_silences_only_itself(
    repository: JorgeMetricsRepository, clock: MovableClock, database: Database
) -> None:
    """One row spoilt by hand leaves the other rules at work."""
    alerting = a_process(repository, clock)
    await alerting.load_rules()
    async with database.begin() as connection:
        await connection.execute(
            update(jorge_alert_rules)
            .where(jorge_alert_rules.c.name == "handoff_failure")
            .values(condition_config={"conditions": "none"})
        )

    raised = await alerting.check_alerts(FAILING | {"handoff_success_rate": 0.1})

    assert [alert.rule_name for alert in raised] == ["high_error_rate"]


async def test_a_check_before_anything_was_loaded_uses_the_stored_rules(
    repository: JorgeMetricsRepository, clock: MovableClock
) -> None:
    """A script that only attaches the repository gets its alert."""
    assert len(await a_process(repository, clock).check_alerts(FAILING)) == 1


async def test_an_alert_is_a_row_with_its_figures(
    repository: JorgeMetricsRepository, clock: MovableClock, database: Database
) -> None:
    """Rule, severity, time and figures are stored; no channel is claimed."""
    [alert] = await a_process(repository, clock).check_alerts(FAILING)

    async with database.connect() as connection:
        [row] = (await connection.execute(select(jorge_alerts))).mappings().all()
    assert (row["event_id"], row["rule_name"], row["severity"], row["triggered_at"]) == (
        UUID(alert.alert_id),
        "high_error_rate",
        "critical",
        clock.at,
    )
    assert (row["performance_stats"], row["channels_sent"], row["acknowledged"]) == (FAILING, [], False)


async def test_a_cooldown_survives_a_restart(repository: JorgeMetricsRepository, clock: MovableClock) -> None:
    """A new process says nothing again until the cool-down of the old one is over."""
    spoken = []
    for seconds in (0, 299, 1):
        clock.move(seconds)
        spoken.append(len(await a_process(repository, clock).check_alerts(FAILING)))

    assert spoken == [1, 0, 1]


async def test_a_cooldown_holds_for_all_nodes(repository: JorgeMetricsRepository, clock: MovableClock) -> None:
    """What one node has told, another that runs beside it does not tell again."""
    one, other = a_process(repository, clock), a_process(repository, clock)

    spoken = [len(await one.check_alerts(FAILING)), len(await other.check_alerts(FAILING))]

    assert spoken == [1, 0]


async def test_an_idle_system_writes_nothing(
    repository: JorgeMetricsRepository, clock: MovableClock, database: Database
) -> None:
    """No figures, no rows."""
    await a_process(repository, clock).check_alerts({})

    async with database.connect() as connection:
        assert (await connection.execute(select(jorge_alerts))).all() == []


async def test_an_acknowledgement_is_kept(repository: JorgeMetricsRepository, clock: MovableClock) -> None:
    """Who took an alert up is known to the next process, and nobody takes it up twice."""
    [alert] = await a_process(repository, clock).check_alerts(FAILING)
    clock.move(60)
    await a_process(repository, clock).acknowledge_alert(alert.alert_id, "ana")

    later = a_process(repository, clock)

    [kept] = await later.list_alerts()
    assert (kept.acknowledged_by, kept.acknowledged_at) == ("ana", clock.at)
    assert await later.list_alerts(active_only=True) == []
    with pytest.raises(AlertAlreadyAcknowledgedError, match="ana"):
        await later.acknowledge_alert(alert.alert_id, "ben")


async def test_an_alert_that_is_not_there_is_told_apart(
    repository: JorgeMetricsRepository, clock: MovableClock
) -> None:
    """An unknown id is an error of its own."""
    with pytest.raises(AlertUnknownError):
        await a_process(repository, clock).acknowledge_alert("00000000-0000-7000-8000-000000000000", "ana")


async def test_a_rule_switched_off_by_one_node_is_off_for_all(
    repository: JorgeMetricsRepository, clock: MovableClock
) -> None:
    """The switch is a row, so it counts everywhere and after a restart."""
    other = a_process(repository, clock)
    await other.load_rules()
    await a_process(repository, clock).set_rule_active("high_error_rate", False)

    assert await other.check_alerts(FAILING) == []


async def test_alerts_of_an_outage_are_written_when_it_is_over(
    embedded_dsn_of_nobody: str, repository: JorgeMetricsRepository, clock: MovableClock, tmp_path: Path
) -> None:
    """While the database is away memory stands in, and the next check that finds it writes what was raised."""
    away_database = Database(embedded_dsn_of_nobody)
    away = JorgeMetricsRepository.for_database(away_database, data_dir=tmp_path / "away")
    alerting = a_process(away, clock)

    raised = await alerting.check_alerts(FAILING)
    while_away = alerting.status()
    alerting.set_repository(repository)
    again = await alerting.check_alerts(FAILING)

    assert (len(raised), len(again), while_away.writing, alerting.status().writing) == (1, 0, False, True)
    assert [alert.alert_id for alert in await alerting.list_alerts()] == [raised[0].alert_id]
    await away.close()
    await away_database.close()


@pytest.fixture
def embedded_dsn_of_nobody() -> str:
    """An address where nobody listens."""
    return "postgresql://nobody@127.0.0.1:1/nothing"


async def test_status_follows_the_repository(repository: JorgeMetricsRepository, clock: MovableClock) -> None:
    """Attached at once, hydrated once the rules are loaded."""
    alerting = a_process(repository, clock)
    before = alerting.status()
    await alerting.load_rules()

    after = alerting.status()

    assert (before.attached, before.hydrated, after.attached, after.hydrated, after.writing) == (
        True,
        False,
        True,
        True,
        True,
    )


async def test_a_rule_that_was_removed_comes_back_with_the_next_start(
    repository: JorgeMetricsRepository, clock: MovableClock, database: Database
) -> None:
    """A default rule is switched off, not deleted: a deleted one is stored again."""
    await a_process(repository, clock).load_rules()
    async with database.begin() as connection:
        await connection.execute(delete(jorge_alert_rules).where(jorge_alert_rules.c.name == "sla_violation"))

    assert await a_process(repository, clock).load_rules() == len(DEFAULT_RULES)
