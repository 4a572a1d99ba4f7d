"""Alerts and rules as rows of `jorge_alerts` and `jorge_alert_rules`, and back."""

from typing import Any
from uuid import UUID

from ghl_real_estate_ai.alerts.model import Alert, AlertRule, Severity, condition_config
from ghl_real_estate_ai.alerts.ports import Row


def alert_row(alert: Alert) -> dict[str, Any]:
    """The row of *alert*."""
    return {
        "event_id": UUID(alert.alert_id),
        "rule_name": alert.rule_name,
        "severity": alert.severity.value,
        "message": alert.message,
        "triggered_at": alert.triggered_at,
        "performance_stats": dict(alert.performance_stats),
        "channels_sent": list(alert.channels_sent),
        "acknowledged": alert.acknowledged,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": alert.acknowledged_by,
    }


def parse_alert(row: Row) -> Alert:
    """The alert of a row; one marked acknowledged without a time counts as acknowledged when it was raised."""
    acknowledged_at = row["acknowledged_at"]
    if row["acknowledged"] and acknowledged_at is None:
        acknowledged_at = row["triggered_at"]
    return Alert(
        alert_id=str(row["event_id"]),
        rule_name=row["rule_name"],
        severity=Severity(row["severity"]),
        message=row["message"],
        triggered_at=row["triggered_at"],
        performance_stats=row["performance_stats"] or {},
        channels_sent=tuple(row["channels_sent"] or ()),
        acknowledged_at=acknowledged_at,
        acknowledged_by=row["acknowledged_by"],
    )


def rule_row(rule: AlertRule) -> dict[str, Any]:
    """The row of *rule*."""
    return {
        "name": rule.name,
        "condition_config": condition_config(rule),
        "severity": rule.severity.value,
        "cooldown_seconds": rule.cooldown_seconds,
        "channels": list(rule.channels),
        "description": rule.description,
        "active": rule.active,
    }
