"""Put effects into the outbox and take waiting ones out again, within the transaction of whoever decided so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.oauth.store import wipe_tokens
from ghl_real_estate_ai.delivery.effects import to_json
from ghl_real_estate_ai.delivery.gate import APP_UNINSTALLED
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.storage.tables import outbox


async def insert_effects(connection: AsyncConnection, entries: Sequence[OutboxEntry]) -> None:
    """Put *entries* in, in order, within the caller's transaction; those already there by `effect_key` stay."""
    if not entries:
        return
    statement = insert(outbox).values([_values(entry) for entry in entries])
    await connection.execute(statement.on_conflict_do_nothing(index_elements=["location_id", "effect_key"]))


async def drop_texts(connection: AsyncConnection, location_id: LocationId, contact_id: ContactId, reason: str) -> None:
    """Within the caller's transaction drop every text that waits for the contact, planned ones too.

    What a sender holds at this moment is dropped by the gate.
    """
    waiting = and_(
        outbox.c.location_id == location_id,
        outbox.c.contact_id == contact_id,
        outbox.c.kind == "send_text",
        outbox.c.state == "pending",
        # What may have been sent already is looked up first, so that we know.
        ~outbox.c.asked_crm,
        ~func.coalesce(outbox.c.payload["even_if_opted_out"].as_boolean(), false()),
    )
    dropped = {"state": "dropped", "reason": reason, "ended_at": func.now()}
    await connection.execute(update(outbox).where(waiting).values(dropped))


async def leave_location(connection: AsyncConnection, location_id: LocationId, told_at: datetime | None) -> None:
    """Within the caller's transaction end a location's use of our app: no token is left, and nothing waits any more.

    What a sender holds at this moment is dropped by the gate.  Old news, told after a new installation, ends nothing.
    """
    if not await wipe_tokens(connection, location_id, told_at):
        return
    dropped = {"state": "dropped", "reason": APP_UNINSTALLED, "ended_at": func.now()}
    waiting = and_(outbox.c.location_id == location_id, outbox.c.state == "pending")
    await connection.execute(update(outbox).where(waiting).values(dropped))


def _values(entry: OutboxEntry) -> dict[str, Any]:
    kind, payload = to_json(entry.effect)
    return {
        "location_id": entry.location_id,
        "effect_id": entry.effect_id,
        "effect_key": entry.effect_key,
        "contact_id": entry.contact_id,
        "turn_id": entry.turn_id,
        "kind": kind,
        "payload": payload,
        "epoch": entry.epoch,
        "due_at": func.now() if entry.due_at is None else entry.due_at,
        "initiated": entry.initiated,
    }
