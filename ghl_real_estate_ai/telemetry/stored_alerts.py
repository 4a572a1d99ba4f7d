"""Alerts and their rules: written at once, not through the journal, for a person waits for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from ghl_real_estate_ai.storage.tables import jorge_alert_rules, jorge_alerts
from ghl_real_estate_ai.telemetry.stored_rows import StoredRows


class StoredAlerts(StoredRows):
    """The alerts and rules of one location."""

    location_id: str

    async def insert_alert(self, alert: Mapping[str, Any]) -> None:
        """Keep one alert, given by column; safe to call twice with the same `event_id`.

        Raises:
            DatabaseAway: it was not kept, or nobody can tell: repeat.
        """
        values = {"location_id": self.location_id, **alert}
        async with self._database.begin() as connection:
            await connection.execute(insert(jorge_alerts).values(values).on_conflict_do_nothing())

    async def acknowledge_alert(self, event_id: UUID, acknowledged_by: str, at: datetime) -> Mapping[str, Any] | None:
        """Acknowledge an open alert and return its row, or None when none with this id is open.

        Raises:
            DatabaseAway: it was not acknowledged, or nobody can tell: repeat.
        """
        statement = (
            update(jorge_alerts)
            .where(
                jorge_alerts.c.location_id == self.location_id,
                jorge_alerts.c.event_id == event_id,
                jorge_alerts.c.acknowledged.is_(False),
            )
            .values(acknowledged=True, acknowledged_at=at, acknowledged_by=acknowledged_by)
            .returning(jorge_alerts)
        )
        async with self._database.begin() as connection:
            return _one_or_none((await connection.execute(statement)).mappings().one_or_none())

    async def find_alert(self, event_id: UUID) -> Mapping[str, Any] | None:
        """The alert of this id, or None.

        Raises:
            DatabaseAway: nobody can tell now.
        """
        query = select(jorge_alerts).where(
            jorge_alerts.c.location_id == self.location_id, jorge_alerts.c.event_id == event_id
        )
        rows = await self._rows(query)
        return rows[0] if rows else None

    async def list_alerts(self, *, active_only: bool = False, limit: int = 50) -> list[Mapping[str, Any]]:
        """The newest alerts first; *active_only* leaves out the acknowledged.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        query = select(jorge_alerts).where(jorge_alerts.c.location_id == self.location_id)
        if active_only:
            query = query.where(jorge_alerts.c.acknowledged.is_(False))
        return await self._rows(
            query.order_by(jorge_alerts.c.triggered_at.desc(), jorge_alerts.c.id.desc()).limit(limit)
        )

    async def last_triggered_by_rule(self) -> dict[str, datetime]:
        """When each rule spoke last, on any node.

        Raises:
            DatabaseAway: it cannot be read now.
        """
        table = jorge_alerts.c
        query = select(table.rule_name, func.max(table.triggered_at).label("at"))
        query = query.where(table.location_id == self.location_id).group_by(table.rule_name)
        return {row["rule_name"]: row["at"] for row in await self._rows(query)}

    async def upsert_default_rules(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Store the rules that are not there yet; what somebody changed stays.

        Raises:
            DatabaseAway: they were not stored, or nobody can tell: repeat.
        """
        if not rules:
            return
        values = [{"location_id": self.location_id, **rule} for rule in rules]
        async with self._database.begin() as connection:
            await connection.execute(insert(jorge_alert_rules).values(values).on_conflict_do_nothing())

    async def list_rules(self) -> list[Mapping[str, Any]]:
        """All rules by name.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        table = jorge_alert_rules
        return await self._rows(select(table).where(table.c.location_id == self.location_id).order_by(table.c.name))

    async def set_rule_active(self, name: str, active: bool) -> Mapping[str, Any] | None:
        """Switch a rule and return its row, or None when there is no such rule.

        Raises:
            DatabaseAway: it was not switched, or nobody can tell: repeat.
        """
        statement = (
            update(jorge_alert_rules)
            .where(jorge_alert_rules.c.location_id == self.location_id, jorge_alert_rules.c.name == name)
            .values(active=active, updated_at=func.now())
            .returning(jorge_alert_rules)
        )
        async with self._database.begin() as connection:
            return _one_or_none((await connection.execute(statement)).mappings().one_or_none())


def _one_or_none(row: Mapping[Any, Any] | None) -> Mapping[str, Any] | None:
    return None if row is None else dict(row)
