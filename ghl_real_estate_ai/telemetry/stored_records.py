"""What a restart reads back, after what earlier processes left in the journal has been brought in."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ghl_real_estate_ai.storage.tables import (
    jorge_bot_interactions,
    jorge_handoff_events,
    jorge_handoff_outcomes,
    jorge_performance_operations,
)
from ghl_real_estate_ai.telemetry.model import BOT_TYPES, HandoffOutcomeRecord
from ghl_real_estate_ai.telemetry.stored_rows import StoredRows
from ghl_real_estate_ai.telemetry.stored_tallies import slot_of, tallies_of, tally_query
from ghl_real_estate_ai.telemetry.tallies import Tally


@dataclass(frozen=True, slots=True)
class OperationBucket:
    """What was counted of one operation in one slot of time."""

    bot_name: str
    operation: str
    slot: int
    """Epoch seconds divided by the slot's length, rounded down."""
    tally: Tally


@dataclass(frozen=True, slots=True)
class InteractionBucket:
    """What was counted of one bot's interactions in one slot of time."""

    bot_type: str
    slot: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class HandoffBucket:
    """What was counted of the handoffs in one slot of time."""

    slot: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class InteractionCount:
    """How much one bot had to do."""

    count: int
    last_at: datetime


class StoredRecords(StoredRows, ABC):
    """The records and counts of the time before this process."""

    @abstractmethod
    async def _wait_for_what_was_left(self) -> None:
        """Return when what processes before us left in the journal is in the tables, or cannot be."""

    async def load_interaction_buckets(
        self, since: datetime, before: datetime, *, slot_seconds: int = 60
    ) -> list[InteractionBucket]:
        """The interactions in that time, counted by bot and slot of time.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_bot_interactions.c
        query = tally_query(table, table.bot_type, slot_of(table, slot_seconds)).where(
            table.timestamp >= since, table.timestamp < before, table.bot_type.in_(BOT_TYPES)
        )
        tallies = tallies_of(await self._rows(query), "bot_type", "slot")
        return [InteractionBucket(bot_type, int(slot), tally) for (bot_type, slot), tally in tallies.items()]

    async def load_handoff_buckets(
        self, since: datetime, before: datetime, *, slot_seconds: int = 60
    ) -> list[HandoffBucket]:
        """The handoffs carried out in that time, counted by slot of time.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_handoff_events.c
        query = tally_query(table, slot_of(table, slot_seconds)).where(
            table.timestamp >= since, table.timestamp < before
        )
        return [
            HandoffBucket(int(slot), tally) for (slot,), tally in tallies_of(await self._rows(query), "slot").items()
        ]

    async def count_interactions(self, since: datetime) -> dict[str, InteractionCount]:
        """How many interactions each bot had since then, and when the last was; a bot without any is left out.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_bot_interactions.c
        query = (
            select(table.bot_type, func.count().label("count"), func.max(table.timestamp).label("last_at"))
            .where(table.timestamp >= since, table.bot_type.in_(BOT_TYPES))
            .group_by(table.bot_type)
        )
        return {row["bot_type"]: InteractionCount(row["count"], row["last_at"]) for row in await self._rows(query)}

    async def count_handoff_outcomes(self, since: datetime) -> int:
        """How many handoffs there were since then.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_handoff_outcomes.c
        [row] = await self._rows(select(func.count().label("count")).where(table.timestamp >= since))
        return int(row["count"])

    async def load_handoff_outcomes(
        self, since: datetime, *, most_a_route: int | None = None
    ) -> list[HandoffOutcomeRecord]:
        """The handoffs since then and how they went, oldest first; with *most_a_route* the newest of each route.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_handoff_outcomes.c
        nth = func.row_number().over(
            partition_by=(table.source_bot, table.target_bot), order_by=(table.timestamp.desc(), table.id.desc())
        )
        numbered = select(jorge_handoff_outcomes, nth.label("nth")).where(table.timestamp >= since).subquery().c
        query = select(
            numbered.contact_id, numbered.source_bot, numbered.target_bot, numbered.outcome, numbered.timestamp,
            numbered.resolved_at, numbered.metadata, numbered.location_id, numbered.event_id,
        ).order_by(numbered.timestamp, numbered.id)  # fmt: skip
        if most_a_route is not None:
            query = query.where(numbered.nth <= most_a_route)
        return [HandoffOutcomeRecord(**row) for row in await self._rows(query)]

    async def load_operation_buckets(
        self, since: datetime, before: datetime | None = None, *, slot_seconds: int = 60
    ) -> list[OperationBucket]:
        """The operations since then, counted by bot, operation and slot of time.

        Raises:
            DatabaseAway: they cannot be read now.
        """
        await self._wait_for_what_was_left()
        table = jorge_performance_operations.c
        slot = slot_of(table, slot_seconds)
        query = tally_query(table, table.bot_name, table.operation, slot).where(table.timestamp >= since)
        if before is not None:
            query = query.where(table.timestamp < before)
        tallies = tallies_of(await self._rows(query), "bot_name", "operation", "slot")
        return [OperationBucket(bot, operation, int(slot), tally) for (bot, operation, slot), tally in tallies.items()]
