"""The figures over all nodes, read from the tables; nothing that fails reads as "no data"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from ghl_real_estate_ai.storage.tables import (
    handoff_blocks,
    jorge_bot_interactions,
    jorge_handoff_events,
    jorge_handoff_outcomes,
    jorge_performance_operations,
)
from ghl_real_estate_ai.telemetry.model import BOT_TYPES, SLA_TARGETS, SlaTarget
from ghl_real_estate_ai.telemetry.sla import SlaVerdict, sla_verdict
from ghl_real_estate_ai.telemetry.stored_rows import StoredRows
from ghl_real_estate_ai.telemetry.stored_tallies import tally_query, within
from ghl_real_estate_ai.telemetry.tallies import Tally, handoff_figures, interaction_figures


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStats:
    """One operation over a window, on all nodes; None means no data. Durations are those of successful calls."""

    bot: str
    operation: str
    count: int
    errors: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    mean_ms: float | None
    success_rate: float | None
    cache_hit_rate: float | None
    """Over the calls that consulted a cache."""
    targets: SlaTarget | None
    sla: SlaVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRouteCounts:
    """The handoffs of one route by how they went."""

    source: str
    target: str
    count: int
    pending: int
    successful: int
    failed: int
    reverted: int
    timeout: int

    @classmethod
    def of(cls, source: str, target: str, by_outcome: Mapping[str, int]) -> "HandoffRouteCounts":
        """The counts of a route, where an outcome that is not among *by_outcome* came never."""
        return cls(
            source=source,
            target=target,
            count=sum(by_outcome.values()),
            pending=by_outcome.get("pending", 0),
            successful=by_outcome.get("successful", 0),
            failed=by_outcome.get("failed", 0),
            reverted=by_outcome.get("reverted", 0),
            timeout=by_outcome.get("timeout", 0),
        )


class StoredFigures(StoredRows):
    """What dashboards, alerts and thresholds read."""

    async def operation_stats(
        self, window: str | timedelta = "1h", *, location_id: str | None = None, operation: str | None = None
    ) -> list[OperationStats]:
        """Each operation that happened in the window, by bot and name; of all locations unless one is given.

        With *operation* only the one of that name.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        table = jorge_performance_operations.c
        query = within(tally_query(table, table.bot_name, table.operation), table, window, location_id)
        if operation is not None:
            query = query.where(table.operation == operation)
        tallies = await self._tallies(query, "bot_name", "operation")
        return [_stats_of(bot, operation, tally) for (bot, operation), tally in sorted(tallies.items())]

    async def bot_tallies(self, window: str | timedelta = "1h", *, location_id: str | None = None) -> dict[str, Tally]:
        """The interactions in the window by bot type; a bot without any has an empty tally.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        table = jorge_bot_interactions.c
        query = within(tally_query(table, table.bot_type), table, window, location_id)
        tallies = await self._tallies(query, "bot_type")
        return {bot_type: tallies.get((bot_type,), Tally()) for bot_type in BOT_TYPES}

    async def handoff_tally(self, window: str | timedelta = "1h", *, location_id: str | None = None) -> Tally:
        """The handoffs carried out in the window, and how many failed technically.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        query = within(tally_query(jorge_handoff_events.c), jorge_handoff_events.c, window, location_id)
        return (await self._tallies(query)).get((), Tally())

    async def bot_summary(self, window: str | timedelta = "1h", *, location_id: str | None = None) -> dict[str, Any]:
        """Figures by bot (`bots`), of the handoffs (`handoffs`) and of all bots together (`overall`); None is no data.

        Raises:
            ValueError: an unknown window.
            DatabaseAway: the figures cannot be read now.
        """
        by_bot = await self.bot_tallies(window, location_id=location_id)
        handoffs = await self.handoff_tally(window, location_id=location_id)
        overall = Tally()
        for tally in by_bot.values():
            overall.merge(tally)
        return {
            "bots": {bot_type: interaction_figures(tally) for bot_type, tally in by_bot.items()},
            "handoffs": handoff_figures(handoffs),
            "overall": interaction_figures(overall),
        }

    async def handoff_routes(
        self, since: datetime | None = None, *, location_id: str | None = None
    ) -> list[HandoffRouteCounts]:
        """The handoffs by route and how they went, since a time or ever.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        table = jorge_handoff_outcomes.c
        query = select(table.source_bot, table.target_bot, table.outcome, func.count().label("count"))
        query = query.group_by(table.source_bot, table.target_bot, table.outcome)
        if since is not None:
            query = query.where(table.timestamp >= since)
        if location_id is not None:
            query = query.where(table.location_id == location_id)
        routes: dict[tuple[str, str], dict[str, int]] = {}
        for row in await self._rows(query):
            routes.setdefault((row["source_bot"], row["target_bot"]), {})[row["outcome"]] = row["count"]
        return [
            HandoffRouteCounts.of(source, target, by_outcome) for (source, target), by_outcome in sorted(routes.items())
        ]

    async def handoff_weights(
        self, *, span: timedelta, half_life: timedelta
    ) -> dict[tuple[str, str], dict[str, tuple[int, float]]]:
        """By (source, target) and outcome: how many handoffs of the last *span* were resolved, and what they weigh.

        A handoff weighs .5 ** (age / *half_life*), by the database's clock, so that every node reads the same.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        table = jorge_handoff_outcomes.c
        age = func.greatest(func.extract("epoch", func.now() - table.timestamp), 0.0)
        weight = func.sum(func.power(0.5, age / half_life.total_seconds())).label("weight")
        query = (
            select(table.source_bot, table.target_bot, table.outcome, func.count().label("count"), weight)
            .where(table.outcome != "pending", table.timestamp >= func.now() - span)
            .group_by(table.source_bot, table.target_bot, table.outcome)
        )
        weights: dict[tuple[str, str], dict[str, tuple[int, float]]] = {}
        for row in await self._rows(query):
            of_route = weights.setdefault((row["source_bot"], row["target_bot"]), {})
            of_route[row["outcome"]] = (row["count"], float(row["weight"]))
        return weights

    async def handoff_blocks_by_reason(
        self, since: datetime | None = None, *, location_id: str | None = None
    ) -> dict[str, int]:
        """How often each limit forbade a handoff, since a time or ever.

        Raises:
            DatabaseAway: it cannot be read now.
        """
        table = handoff_blocks.c
        query = select(table.reason, func.count().label("count")).group_by(table.reason).order_by(table.reason)
        if since is not None:
            query = query.where(table.timestamp >= since)
        if location_id is not None:
            query = query.where(table.location_id == location_id)
        return {row["reason"]: row["count"] for row in await self._rows(query)}


def _stats_of(bot: str, operation: str, tally: Tally) -> OperationStats:
    p50, p95, p99 = tally.percentiles(50, 95, 99)
    targets = SLA_TARGETS.get((bot, operation))
    return OperationStats(
        bot=bot,
        operation=operation,
        count=tally.count,
        errors=tally.errors,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        mean_ms=tally.mean_ms,
        success_rate=tally.success_rate,
        cache_hit_rate=tally.cache_hit_rate,
        targets=targets,
        sla=sla_verdict(targets, p50, p95, p99),
    )
