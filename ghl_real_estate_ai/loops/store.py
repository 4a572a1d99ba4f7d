"""The loops' transactions on PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.handoff.decide_handoff import threshold_of
from ghl_real_estate_ai.handoff.deferral import PROBES_COUNTED, Deferral
from ghl_real_estate_ai.handoff.learning import Learned
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.store import Place, moved_since, resolve_page, waiting_deferrals
from ghl_real_estate_ai.loops.ports import RETURNED_AT_ONCE, Queue
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import Moment, conversations, handoff_thresholds, messages
from ghl_real_estate_ai.turns.model import PERSON
from ghl_real_estate_ai.turns.settle_handoffs import drop_deferral, publish_resolved

DIGITS = 3
"""An adjustment is another one when it differs in the third digit: what age alone takes in a minute does not."""


class SqlOutcomes:
    """`Outcomes` on PostgreSQL, by the database's clock; safe on several nodes at once."""

    def __init__(self, database: Database, *, person_sla: timedelta) -> None:
        self._database = database
        self._person_sla = person_sla

    async def resolve_due(self) -> Sequence[Resolved]:
        found: list[Resolved] = []
        place: Place | None = None
        while True:
            async with self._database.begin() as connection:
                resolved, place = await resolve_page(connection, place, person_sla=self._person_sla)
                await publish_resolved(connection, resolved)
            found += resolved
            if place is None:
                return found


class SqlDeferrals:
    """`Deferrals` on PostgreSQL, by the database's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(self) -> Queue:
        async with self._database.begin() as connection:
            waiting = await waiting_deferrals(connection)
            tried_at = await moved_since(connection, PROBES_COUNTED) if waiting else {}
            at = (await connection.execute(select(func.now()))).scalar_one()
            return Queue(waiting, tried_at, at)

    async def drop(self, deferral: Deferral, reason: str) -> None:
        async with self._database.begin() as connection:
            await drop_deferral(connection, deferral, reason)


class SqlReturns:
    """`Returns` on PostgreSQL, by the database's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, after: timedelta) -> Sequence[tuple[LocationId, ContactId]]:
        async with self._database.begin() as connection:
            rows = await connection.execute(_QUIET, {"after": after})
            return [(LocationId(location_id), ContactId(contact_id)) for location_id, contact_id in rows]


_ANSWERED_AT = cast(conversations.c.state["person_call"]["answered_at"].astext, Moment)
_LAST_WORD = (
    select(func.max(messages.c.at))
    .where(
        messages.c.location_id == conversations.c.location_id,
        messages.c.contact_id == conversations.c.contact_id,
        messages.c.author == PERSON,
    )
    .scalar_subquery()
)
_QUIET = (
    select(conversations.c.location_id, conversations.c.contact_id)
    .where(
        conversations.c.owner == Owner.HUMAN.value,
        func.greatest(_ANSWERED_AT, _LAST_WORD) < func.now() - bindparam("after", type_=Interval),
        _ANSWERED_AT.is_not(None),
    )
    .order_by(_ANSWERED_AT)
    .limit(RETURNED_AT_ONCE)
)


class SqlThresholds:
    """`Thresholds` on PostgreSQL: one history for all nodes, under the location they are set up for."""

    def __init__(self, database: Database, location_id: str) -> None:
        self._database = database
        self._location_id = location_id

    async def keep(self, learned: Mapping[tuple[Owner, Owner], Learned]) -> int:
        async with self._database.begin() as connection:
            last = {
                (row.source_bot, row.target_bot): row.adjustment
                for row in await connection.execute(_last_adjustments(self._location_id))
            }
            changed = [
                _threshold_row(self._location_id, source, target, found)
                for (source, target), found in learned.items()
                if round(found.adjustment, DIGITS) != last.get((source.value, target.value), 0.0)
            ]
            if changed:
                await connection.execute(insert(handoff_thresholds).values(changed).on_conflict_do_nothing())
            return len(changed)


def _last_adjustments(location_id: str) -> Any:
    table = handoff_thresholds.c
    return (
        select(table.source_bot, table.target_bot, table.adjustment)
        .where(table.location_id == location_id)
        .ext(distinct_on(table.source_bot, table.target_bot))
        .order_by(table.source_bot, table.target_bot, table.at.desc())
    )


def _threshold_row(location_id: str, source: Owner, target: Owner, found: Learned) -> dict[str, Any]:
    low, high = found.interval or (None, None)
    return {
        "location_id": location_id,
        "source_bot": source.value,
        "target_bot": target.value,
        "at": func.now(),
        "threshold": round(threshold_of(source, target, found.adjustment), DIGITS),
        "adjustment": round(found.adjustment, DIGITS),
        "success_rate": found.success_rate,
        "sample_size": found.sample_size,
        "interval_low": low,
        "interval_high": high,
    }
