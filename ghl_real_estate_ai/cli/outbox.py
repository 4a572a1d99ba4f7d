"""`jorge outbox`: what could not be sent, and trying it again."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from rich.console import Console
from rich.table import Table

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.delivery.model import DeadEffect
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.settings import load_settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.locate import locate_database


def outbox(*, location: str | None, retry: str | None, limit: int) -> int:
    """Show what was given up, or put one of it back in the queue; return the exit code.

    Raises:
        Rejected: *retry* is no effect's id.
    """
    settings = load_settings()
    effect_id = None if retry is None else _id(retry)
    located = locate_database(settings.database_address, settings.data_dir)
    try:
        if effect_id is None:
            return asyncio.run(_show(located.dsn, location, limit))
        return asyncio.run(_retry(located.dsn, location or settings.location_id, effect_id))
    finally:
        located.stop()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Rejected(f"{text!r} is no effect's id.", field="retry") from None


async def _show(dsn: str, location: str | None, limit: int) -> int:
    database = Database(dsn)
    try:
        dead = await SqlOutbox(database).list_dead(None if location is None else LocationId(location), limit=limit)
    finally:
        await database.close()
    if not dead:
        print("Nothing was given up.")
        return 0
    Console().print(_table(dead))
    return 0


def _table(dead: Sequence[DeadEffect]) -> Table:
    table = Table(box=None)
    for heading in ("effect", "location", "contact", "kind", "attempts", "since", "reason"):
        table.add_column(heading, overflow="fold")
    for one in dead:
        since = (one.ended_at or one.created_at).isoformat(timespec="seconds")
        table.add_row(
            str(one.effect_id), one.location_id, one.contact_id, one.kind, str(one.attempts), since, one.reason
        )
    return table


async def _retry(dsn: str, location: str, effect_id: UUID) -> int:
    database = Database(dsn)
    try:
        is_back = await SqlOutbox(database).retry_dead(LocationId(location), effect_id)
    finally:
        await database.close()
    print("It is in the queue again." if is_back else f"No effect {effect_id} of {location} was given up.")
    return 0 if is_back else 1
