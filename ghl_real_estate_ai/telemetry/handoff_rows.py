"""The rows of handoffs, written and read inside the transaction of whoever hands over."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.storage.tables import handoff_blocks, jorge_handoff_events, jorge_handoff_outcomes
from ghl_real_estate_ai.telemetry.model import HandoffEventRecord, HandoffOutcomeRecord
from ghl_real_estate_ai.telemetry.statements import INSERT_OUTCOME, RESOLVE_OUTCOME, outcome_parameters

CRM_REFUSED = "crm_refused"
"""In a handoff's details: the contact moved here, and the CRM did not take it."""


def has_moved() -> ColumnElement[bool]:
    """Whether the contact of an event really moved, so that it counts for the limits."""
    table = jorge_handoff_events.c
    return or_(table.success, table.metadata.has_key(CRM_REFUSED))


async def fail_handoff_of_turn(connection: AsyncConnection, location_id: str, contact_id: str, turn_id: UUID) -> None:
    """Note, inside the caller's transaction, that the CRM did not take the handoff of a turn, if that had one."""
    events, outcomes = jorge_handoff_events, jorge_handoff_outcomes
    details = func.coalesce(events.c.metadata, literal({}, JSONB)).op("||")(literal({CRM_REFUSED: True}, JSONB))
    await connection.execute(
        update(events)
        .where(
            outcomes.c.location_id == location_id,
            outcomes.c.contact_id == contact_id,
            outcomes.c.metadata["turn_id"].astext == str(turn_id),
            # The whole key of the event, so that only its partition is looked at.
            events.c.location_id == outcomes.c.location_id,
            events.c.timestamp == outcomes.c.timestamp,
            events.c.event_id == outcomes.c.event_id,
        )
        .values(success=False, metadata=details)
    )


async def insert_handoff_event(connection: AsyncConnection, record: HandoffEventRecord, event_id: UUID) -> None:
    """Write a handoff's event inside the caller's transaction; safe to call twice with the same id."""
    statement = insert(jorge_handoff_events).values(
        event_id=event_id,
        location_id=record.location_id,
        timestamp=record.timestamp,
        contact_id=record.contact_id,
        source_bot=record.source_bot,
        target_bot=record.target_bot,
        success=record.success,
        duration_ms=record.duration_ms,
        metadata=None if record.metadata is None else dict(record.metadata),
    )
    await connection.execute(statement.on_conflict_do_nothing())


async def insert_handoff_outcome(connection: AsyncConnection, record: HandoffOutcomeRecord) -> None:
    """Write a handoff's outcome inside the caller's transaction; safe to call twice with the record's `event_id`."""
    parameters = outcome_parameters(record, record.event_id or uuid_utils.compat.uuid7())
    await connection.exec_driver_sql(INSERT_OUTCOME, parameters)


async def resolve_handoff_outcome(connection: AsyncConnection, record: HandoffOutcomeRecord) -> bool:
    """Say how a handoff went, inside the caller's transaction; return whether a pending row was resolved.

    That is the row of the record's `event_id`, else the contact's newest pending one on this route.  When none is
    pending the outcome is inserted as a row of its own.
    """
    parameters = outcome_parameters(record, record.event_id or uuid_utils.compat.uuid7())
    resolved = (await connection.exec_driver_sql(RESOLVE_OUTCOME, parameters)).rowcount > 0
    if not resolved:
        await connection.exec_driver_sql(INSERT_OUTCOME, parameters)
    return resolved


async def pending_handoff_outcomes(
    connection: AsyncConnection,
    *,
    person: tuple[str, str] | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> list[HandoffOutcomeRecord]:
    """Lock and return pending handoffs, oldest first: those of a (location, contact), or those that follow *after*.

    A row that another transaction has locked is being resolved there and is left out.
    """
    table = jorge_handoff_outcomes.c
    query = select(
        table.contact_id, table.source_bot, table.target_bot, table.outcome, table.timestamp, table.resolved_at,
        table.metadata, table.location_id, table.event_id,
    ).where(table.outcome == "pending").order_by(table.timestamp, table.event_id)  # fmt: skip
    if person is not None:
        query = query.where(table.location_id == person[0], table.contact_id == person[1])
    if after is not None:
        query = query.where(tuple_(table.timestamp, table.event_id) > tuple_(*after))
    rows = await connection.execute(query.limit(limit).with_for_update(skip_locked=True))
    return [HandoffOutcomeRecord(**row) for row in rows.mappings()]


async def settle_handoff_outcome(
    connection: AsyncConnection, *, location_id: str, event_id: UUID, outcome: str, resolved_at: datetime, why: str
) -> bool:
    """Say how the handoff of *event_id* went, unless that was said before; return whether it was said now."""
    table = jorge_handoff_outcomes
    details = func.coalesce(table.c.metadata, literal({}, JSONB)).op("||")(literal({"why": why}, JSONB))
    statement = (
        update(table)
        .where(table.c.location_id == location_id, table.c.event_id == event_id, table.c.outcome == "pending")
        .values(outcome=outcome, resolved_at=resolved_at, metadata=details)
    )
    return (await connection.execute(statement)).rowcount == 1


async def handoffs_since(
    connection: AsyncConnection, people: Iterable[tuple[str, str]], since: datetime
) -> list[HandoffEventRecord]:
    """The handoffs carried out since then of these (location, contact), oldest first."""
    table = jorge_handoff_events.c
    query = select(
        table.source_bot, table.target_bot, table.success, table.duration_ms, table.metadata, table.contact_id,
        table.timestamp, table.location_id,
    ).where(
        tuple_(table.location_id, table.contact_id).in_(list(people)), table.timestamp >= since, has_moved()
    ).order_by(table.timestamp)  # fmt: skip
    return [HandoffEventRecord(**row) for row in (await connection.execute(query)).mappings()]


async def lock_handoffs_of(
    connection: AsyncConnection, location_id: str, contact_id: str | None, since: datetime
) -> list[tuple[str, str, datetime]]:
    """A contact's handoffs since then as (source, target, time), oldest first; nobody else reads them so meanwhile.

    Two who ask at the same time must not both find nothing: the second waits for the first one's rows.
    """
    key = f"handoff:{location_id}:{contact_id}"
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    table = jorge_handoff_events.c
    query = select(table.source_bot, table.target_bot, table.timestamp).where(
        table.location_id == location_id, table.contact_id == contact_id, table.timestamp > since, has_moved()
    ).order_by(table.timestamp)  # fmt: skip
    return [(row.source_bot, row.target_bot, row.timestamp) for row in await connection.execute(query)]


async def insert_handoff_block(
    connection: AsyncConnection,
    *,
    event_id: UUID,
    location_id: str,
    contact_id: str,
    source_bot: str,
    target_bot: str,
    reason: str,
    timestamp: datetime,
) -> None:
    """Write that a limit forbade a handoff, inside the caller's transaction; safe to call twice with the same id."""
    statement = insert(handoff_blocks).values(
        event_id=event_id,
        location_id=location_id,
        contact_id=contact_id,
        source_bot=source_bot,
        target_bot=target_bot,
        reason=reason,
        timestamp=timestamp,
    )
    await connection.execute(statement.on_conflict_do_nothing())
