"""Where alerting leaves the process."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

Row = Mapping[str, Any]
"""A row of `jorge_alerts` or `jorge_alert_rules`, by column."""


class AlertRepository(Protocol):
    """Keeps alerts and rules for every node; every method raises `Retryable` when the database is away."""

    async def insert_alert(self, alert: Row) -> None:
        """Keep one alert; safe to call twice with the same `event_id`."""
        ...

    async def acknowledge_alert(self, event_id: UUID, acknowledged_by: str, at: datetime) -> Row | None:
        """Acknowledge an open alert and return its row, or None when none with this id is open."""
        ...

    async def find_alert(self, event_id: UUID) -> Row | None:
        """The alert of this id, or None."""
        ...

    async def list_alerts(self, *, active_only: bool, limit: int) -> Sequence[Row]:
        """The newest alerts first; *active_only* leaves out the acknowledged."""
        ...

    async def last_triggered_by_rule(self) -> Mapping[str, datetime]:
        """When each rule spoke last, on any node."""
        ...

    async def upsert_default_rules(self, rules: Sequence[Row]) -> None:
        """Store the rules that are not there yet; what somebody changed stays."""
        ...

    async def list_rules(self) -> Sequence[Row]:
        """All rules by name."""
        ...

    async def set_rule_active(self, name: str, active: bool) -> Row | None:
        """Switch a rule and return its row, or None when there is no such rule."""
        ...
