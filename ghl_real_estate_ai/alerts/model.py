"""Alert rules as data, and whether figures break one; pure.

A figure that is not there (no data, too few samples) never breaks a rule: an idle system is silent.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.errors import Rejected

Stats = Mapping[str, object]
"""Figures by key; those of one bot in a mapping under the bot's name, or under `bot.metric`."""


LOCATION = "_location"
"""Behind a figure's key: the location that it is the figure of."""


class RuleUnreadableError(Rejected):
    """An alert rule's row does not describe a rule; mend its `condition_config`."""


class AlertUnknownError(Rejected):
    """There is no alert with this id."""


class AlertAlreadyAcknowledgedError(Rejected):
    """Somebody acknowledged this alert before."""


class RuleUnknownError(Rejected):
    """There is no alert rule with this name."""


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Operator(StrEnum):
    """Both strict: a figure exactly at the threshold breaks nothing."""

    ABOVE = ">"
    BELOW = "<"


class Reading(StrEnum):
    """How a figure is read before it is compared."""

    VALUE = "value"
    SECONDS_SINCE = "seconds_since"
    """The figure is a moment (aware datetime or seconds since 1970); what counts is how long ago it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One comparison; *scope* names the bot whose figure is meant, None the whole system's."""

    metric: str
    operator: Operator
    threshold: float
    scope: str | None = None
    reading: Reading = Reading.VALUE

    @property
    def key(self) -> str:
        """The figure's key as one word: `scope.metric`, or the metric alone."""
        return self.metric if self.scope is None else f"{self.scope}.{self.metric}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When to tell somebody: as soon as any of the conditions is broken."""

    name: str
    conditions: tuple[Condition, ...]
    severity: Severity
    cooldown_seconds: int
    channels: tuple[str, ...]
    description: str
    min_samples: int = 1
    """How many observations a figure needs before it counts; the gatherer leaves out those with fewer."""
    window_seconds: int = 3600
    active: bool = True

    @property
    def cooldown(self) -> timedelta:
        return timedelta(seconds=self.cooldown_seconds)


@dataclass(frozen=True, slots=True)
class Breach:
    """The condition that was broken, and the figure that broke it."""

    condition: Condition
    observed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One time that a rule was broken."""

    alert_id: str
    """The row's `event_id` as text."""
    rule_name: str
    severity: Severity
    message: str
    triggered_at: datetime
    performance_stats: Mapping[str, Any]
    channels_sent: tuple[str, ...] = ()
    """The channels that really took it."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None

    @property
    def id(self) -> str:
        """The same as `alert_id`: the name it has in the API."""
        return self.alert_id

    @property
    def acknowledged(self) -> bool:
        return self.acknowledged_at is not None

    def acknowledge(self, *, by: str, at: datetime) -> "Alert":
        """Return this alert as acknowledged.

        Raises:
            AlertAlreadyAcknowledgedError: it was before.
        """
        if self.acknowledged:
            raise AlertAlreadyAcknowledgedError(
                f"alert {self.alert_id} was already acknowledged by {self.acknowledged_by}", field="alert_id"
            )
        return replace(self, acknowledged_at=at, acknowledged_by=by)


def breached(rule: AlertRule, stats: Stats, at: datetime) -> bool:
    """Whether *stats* break *rule* at the moment *at*."""
    return find_breach(rule, stats, at) is not None


def find_breach(rule: AlertRule, stats: Stats, at: datetime) -> Breach | None:
    """Return the first condition of *rule* that *stats* break, or None."""
    for condition in rule.conditions:
        observed = _read(condition, stats, at)
        if observed is not None and _compare(condition, observed):
            return Breach(condition, observed)
    return None


def raise_alert(rule: AlertRule, breach: Breach, stats: Stats, *, alert_id: UUID, at: datetime) -> Alert:
    """Return the alert that *breach* of *rule* calls for; its figures are fit for JSON."""
    return Alert(
        alert_id=str(alert_id),
        rule_name=rule.name,
        severity=rule.severity,
        message=_sentence(rule, breach, stats),
        triggered_at=at,
        performance_stats=_json_ready(stats),
    )


def is_cooling_down(rule: AlertRule, last_triggered_at: datetime | None, at: datetime) -> bool:
    """Whether *rule* said something less than its cool-down ago; at the full cool-down it may speak again."""
    return last_triggered_at is not None and at - last_triggered_at < rule.cooldown


def condition_config(rule: AlertRule) -> dict[str, Any]:
    """The rule's own part of its row: what is compared, over which window, with how many samples."""
    return {
        "conditions": [
            {
                "metric": condition.metric,
                "scope": condition.scope,
                "operator": condition.operator.value,
                "threshold": condition.threshold,
                "reading": condition.reading.value,
            }
            for condition in rule.conditions
        ],
        "min_samples": rule.min_samples,
        "window_seconds": rule.window_seconds,
    }


def parse_rule(row: Mapping[str, Any]) -> AlertRule:
    """Read a row of `jorge_alert_rules`.

    Raises:
        RuleUnreadableError: the row does not describe a rule (somebody edited it by hand).
    """
    name = str(row.get("name"))
    try:
        config = row["condition_config"]
        return AlertRule(
            name=name,
            conditions=tuple(_parse_condition(part) for part in config["conditions"]),
            severity=Severity(row["severity"]),
            cooldown_seconds=int(row["cooldown_seconds"]),
            channels=tuple(str(channel) for channel in row["channels"]),
            description=str(row["description"]),
            min_samples=int(config.get("min_samples", 1)),
            window_seconds=int(config.get("window_seconds", 3600)),
            active=bool(row["active"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleUnreadableError(f"alert rule {name!r} cannot be read: {error!r}", field="condition_config") from error


def _parse_condition(part: Mapping[str, Any]) -> Condition:
    return Condition(
        metric=str(part["metric"]),
        operator=Operator(part["operator"]),
        threshold=float(part["threshold"]),
        scope=part.get("scope"),
        reading=Reading(part.get("reading", Reading.VALUE)),
    )


def _read(condition: Condition, stats: Stats, at: datetime) -> float | None:
    figure = _find_figure(condition, stats)
    if condition.reading is Reading.SECONDS_SINCE:
        return _seconds_since(figure, at)
    return _number(figure)


def _find_figure(condition: Condition, stats: Stats) -> object:
    if condition.scope is None:
        return stats.get(condition.metric)
    of_scope = stats.get(condition.scope)
    if isinstance(of_scope, Mapping) and condition.metric in of_scope:
        return of_scope[condition.metric]
    return stats.get(condition.key)


def _number(figure: object) -> float | None:
    if isinstance(figure, bool) or not isinstance(figure, int | float) or math.isnan(figure):
        return None
    return float(figure)


def _seconds_since(figure: object, at: datetime) -> float | None:
    if isinstance(figure, datetime):
        return None if figure.tzinfo is None else (at - figure).total_seconds()
    moment = _number(figure)
    return None if moment is None else at.timestamp() - moment


def _compare(condition: Condition, observed: float) -> bool:
    if condition.operator is Operator.ABOVE:
        return observed > condition.threshold
    return observed < condition.threshold


def _sentence(rule: AlertRule, breach: Breach, stats: Stats) -> str:
    condition = breach.condition
    place = stats.get(f"{condition.key}{LOCATION}")
    return (
        f"{rule.description} {condition.key} is {breach.observed:.4g}"
        f"{'' if place is None else f' at location {place}'}, "
        f"the rule fires {'above' if condition.operator is Operator.ABOVE else 'below'} {condition.threshold:g}."
    )


def _json_ready(stats: Stats) -> dict[str, Any]:
    return {str(key): _json_value(value) for key, value in stats.items()}


def _json_value(value: object) -> Any:
    if isinstance(value, Mapping):
        return _json_ready(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
