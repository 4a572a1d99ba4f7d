"""What a restart reads back, after what earlier processes left in the journal has been brought in."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations

from sqlalchemy import String, column, func, select, true, values

from ghl_real_estate_ai.storage.tables import (
    jorge_bot_interactions,
    jorge_handoff_events,
    jorge_handoff_outcomes,
    jorge_performance_operations,
)
from ghl_real_estate_ai.telemetry.model import BOT_TYPES, ROUTE_ENDS, HandoffOutcomeRecord
from ghl_real_estate_ai.telemetry.stored_rows import StoredRows
from ghl_real_estate_ai.telemetry.stored_tallies import slot_of, tally_of, tally_query
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
    last_at: datetime
    """When the last of them was."""


@dataclass(frozen=True, slots=True)
class HandoffBucket:
    """What was counted of the handoffs in one slot of time."""

    slot: int
    tally: Tally


_ROUTES = list(permutations(ROUTE_ENDS, 2))
"""Every way that a handoff can go."""


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
        return [
            InteractionBucket(row["bot_type"], int(row["slot"]), tally_of(row), row["last_at"])
            for row in await self._folded(query, "bot_type", "slot")
        ]

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
        tallies = await self._tallies(query, "slot")
        return [HandoffBucket(int(slot), tally) for (slot,), tally in tallies.items()]

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
        # Route by route, as they lie in an index: numbering all of them would sort a week of whole rows on the disk.
        routes = values(column("source_bot", String), column("target_bot", String), name="routes").data(_ROUTES)
        table = jorge_handoff_outcomes.c
        newest = (
            select(jorge_handoff_outcomes)
            .where(
                table.source_bot == routes.c.source_bot,
                table.target_bot == routes.c.target_bot,
                table.timestamp >= since,
            )
            .order_by(table.timestamp.desc(), table.id.desc())
            .limit(most_a_route)
            .lateral("newest")
        )
        found = newest.c
        query = select(
            found.contact_id, found.source_bot, found.target_bot, found.outcome, found.timestamp, found.resolved_at,
            found.metadata, found.location_id, found.event_id,
        ).select_from(routes.join(newest, true())).order_by(found.timestamp, found.id)  # fmt: skip
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
        tallies = await self._tallies(query, "bot_name", "operation", "slot")
        return [OperationBucket(bot, operation, int(slot), tally) for (bot, operation, slot), tally in tallies.items()]
