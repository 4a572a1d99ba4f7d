"""Raises alerts by the rules, at most one a rule and cool-down over all nodes, and keeps them until acknowledged.

The rules and the cool-downs are those of the repository, so an edited row counts at the next check and a restart does
not repeat what was said.  Without a repository, or while its database is away, memory does the same for this process;
alerts raised meanwhile are written at the next check.
"""

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.alerts.gather_stats import RecentAnswers, RecentCrmCalls, RecentGrowth
from ghl_real_estate_ai.alerts.model import (
    Alert,
    AlertRule,
    AlertUnknownError,
    RuleUnknownError,
    RuleUnreadableError,
    Stats,
    find_breach,
    is_cooling_down,
    parse_rule,
    raise_alert,
)
from ghl_real_estate_ai.alerts.ports import AlertRepository
from ghl_real_estate_ai.alerts.rows import alert_row, parse_alert, rule_row
from ghl_real_estate_ai.conversation.clock import Clock, NewId, SystemClock, new_uuid7
from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.telemetry.model import WiringStatus

log = structlog.get_logger(__name__)

ALERTS_KEPT = 1_000
"""Alerts remembered in this process; the acknowledged go first."""


class AlertingService:
    """The rules at work; build one in the composition root, never a global."""

    def __init__(self, clock: Clock | None = None, new_id: NewId = new_uuid7) -> None:
        self._clock = clock or SystemClock()
        self._new_id = new_id
        self._repository: AlertRepository | None = None
        self._hydrated = False
        self._last_error: str | None = None
        self._rules: dict[str, AlertRule] = {rule.name: rule for rule in DEFAULT_RULES}
        self._alerts: OrderedDict[str, Alert] = OrderedDict()
        self._unwritten: dict[str, Alert] = {}
        self._last_triggered: dict[str, datetime] = {}
        self.crm_calls = RecentCrmCalls()
        self.webhook_answers = RecentAnswers()
        self.journal_refusals = RecentGrowth()

    def set_repository(self, repository: AlertRepository | None) -> None:
        """Keep alerts and rules in *repository* from now on; None goes back to memory alone."""
        self._repository = repository
        self._hydrated = False

    def status(self) -> WiringStatus:
        """Say whether a repository is attached, its rules were read, and the last write succeeded."""
        attached = self._repository is not None
        if self._last_error is not None:
            detail = f"{len(self._unwritten)} alerts not written: {self._last_error}"
        else:
            detail = f"{len(self._rules)} rules" if attached else "no repository: in memory only"
        return WiringStatus(attached, self._hydrated, attached and self._last_error is None, detail)

    async def load_rules(self) -> int:
        """Store the default rules that are missing, take over the rules as stored, and return how many there are.

        Raises:
            Retryable: the database is away; the rules stay as they were.
        """
        if self._repository is None:
            return len(self._rules)
        self._hydrated = False
        await self._read_rules(self._repository)
        return len(self._rules)

    async def check_alerts(self, stats: Stats) -> list[Alert]:
        """Raise an alert for every active rule that *stats* break and that is not cooling down; return them.

        A figure that is missing breaks nothing.  Never raises for a database that is away.
        """
        at = self._clock.now()
        await self._catch_up()
        raised = []
        for rule in self._rules.values():
            breach = find_breach(rule, stats, at) if rule.active else None
            if breach is None or is_cooling_down(rule, self._last_triggered.get(rule.name), at):
                continue
            alert = raise_alert(rule, breach, stats, alert_id=self._new_id(), at=at)
            self._remember(alert)
            self._last_triggered[rule.name] = at
            log.warning("alert.triggered", rule=rule.name, severity=rule.severity.value, alert_id=alert.alert_id)
            raised.append(alert)
        await self._write(raised)
        return raised

    async def acknowledge_alert(self, alert_id: str, acknowledged_by: str) -> Alert:
        """Say that somebody has taken the alert up; return it as acknowledged.

        Raises:
            AlertUnknownError: there is none with this id.
            AlertAlreadyAcknowledgedError: somebody was faster.
            Retryable: the database is away; nothing changed.
        """
        at = self._clock.now()
        if self._repository is None:
            alert = self._known(alert_id).acknowledge(by=acknowledged_by, at=at)
        else:
            alert = await self._acknowledge_stored(self._repository, alert_id, acknowledged_by, at)
        self._remember(alert)
        return alert

    async def list_alerts(self, active_only: bool = False, limit: int = 50) -> list[Alert]:
        """The newest alerts first, over all nodes; *active_only* leaves out the acknowledged.

        Raises:
            Retryable: the database is away.
        """
        if self._repository is not None:
            rows = await self._repository.list_alerts(active_only=active_only, limit=limit)
            return [parse_alert(row) for row in rows]
        newest = sorted(self._alerts.values(), key=lambda alert: alert.triggered_at, reverse=True)
        return [alert for alert in newest if not (active_only and alert.acknowledged)][:limit]

    async def list_rules(self) -> list[AlertRule]:
        """All rules by name, as stored now.

        Raises:
            Retryable: the database is away.
        """
        if self._repository is not None:
            await self._read_rules(self._repository)
        return [self._rules[name] for name in sorted(self._rules)]

    async def set_rule_active(self, name: str, active: bool) -> AlertRule:
        """Switch a rule on or off for every node and return it.

        Raises:
            RuleUnknownError: there is none of this name.
            Retryable: the database is away; nothing changed.
        """
        rule = self._rules.get(name)
        if self._repository is not None:
            await self._read_rules(self._repository)
            row = await self._repository.set_rule_active(name, active)
            rule = None if row is None else parse_rule(row)
        if rule is None:
            raise RuleUnknownError(f"there is no alert rule {name!r}", field="name")
        self._rules[name] = replace(rule, active=active)
        return self._rules[name]

    async def _catch_up(self) -> None:
        """Write what is due, then read the rules and cool-downs of all nodes; memory stands in when that fails."""
        repository = self._repository
        if repository is None:
            return
        try:
            await self._read_rules(repository)
            for name, at in (await repository.last_triggered_by_rule()).items():
                self._last_triggered[name] = max(at, self._last_triggered.get(name, at))
        except Retryable as error:
            self._failed("alerts.read_failed", error)

    async def _read_rules(self, repository: AlertRepository) -> None:
        if not self._hydrated:
            await repository.upsert_default_rules([rule_row(rule) for rule in DEFAULT_RULES])
        rules = {}
        for row in await repository.list_rules():
            try:
                rule = parse_rule(row)
            except RuleUnreadableError as error:
                log.warning("alerts.rule_unreadable", error=str(error))
                continue
            rules[rule.name] = rule
        self._rules, self._hydrated = rules, True

    async def _write(self, raised: list[Alert]) -> None:
        repository = self._repository
        if repository is None:
            return
        self._unwritten.update((alert.alert_id, alert) for alert in raised)
        try:
            for alert in list(self._unwritten.values()):
                await repository.insert_alert(alert_row(alert))
                del self._unwritten[alert.alert_id]
        except Retryable as error:
            self._failed("alerts.write_failed", error)
        else:
            self._last_error = None

    def _failed(self, event: str, error: Retryable) -> None:
        self._last_error = str(error)
        log.warning(event, error=str(error), unwritten=len(self._unwritten))

    async def _acknowledge_stored(
        self, repository: AlertRepository, alert_id: str, acknowledged_by: str, at: datetime
    ) -> Alert:
        event_id = _parse_id(alert_id)
        row = await repository.acknowledge_alert(event_id, acknowledged_by, at)
        if row is not None:
            return parse_alert(row)
        stored = await repository.find_alert(event_id)
        if stored is None:
            raise _unknown(alert_id)
        return parse_alert(stored).acknowledge(by=acknowledged_by, at=at)

    def _known(self, alert_id: str) -> Alert:
        alert = self._alerts.get(alert_id)
        if alert is None:
            raise _unknown(alert_id)
        return alert

    def _remember(self, alert: Alert) -> None:
        self._alerts[alert.alert_id] = alert
        while len(self._alerts) > ALERTS_KEPT:
            acknowledged = (kept.alert_id for kept in self._alerts.values() if kept.acknowledged)
            del self._alerts[next(acknowledged, next(iter(self._alerts)))]


def _parse_id(alert_id: str) -> UUID:
    try:
        return UUID(alert_id)
    except ValueError:
        raise _unknown(alert_id) from None


def _unknown(alert_id: str) -> AlertUnknownError:
    return AlertUnknownError(f"there is no alert {alert_id!r}", field="alert_id")
