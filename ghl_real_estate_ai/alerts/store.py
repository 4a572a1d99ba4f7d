"""What alerting asks the database beyond the six tables: who waits for an answer, and how the journals do."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import inbox, journal_nodes

_due_since = func.coalesce(inbox.c.due_at, inbox.c.received_at)
_OLDEST_UNANSWERED = select(
    func.extract("epoch", func.now() - func.min(_due_since)).label("seconds"),
).where(
    # Held messages count while they wait by themselves; one that was set aside for a person has its `done_at`.
    or_(inbox.c.state == "pending", (inbox.c.state == "held") & inbox.c.done_at.is_(None)),
    _due_since <= func.now(),
)


async def oldest_unanswered_seconds(database: Database) -> float | None:
    """For how long the oldest due inbound message has waited for its turn, by the database's clock; None when none is.

    Raises:
        DatabaseAway: nobody can tell.
    """
    return await _number(database, _OLDEST_UNANSWERED)


async def dropped_rows(database: Database, window: timedelta) -> float | None:
    """How many rows the journals that dropped any within *window* have dropped in all; None when none did.

    Raises:
        DatabaseAway: nobody can tell.
    """
    of_window = journal_nodes.c.dropped_at > func.now() - window
    return await _number(database, select(func.sum(journal_nodes.c.dropped_rows)).where(of_window))


async def backlog_age_seconds(database: Database) -> float | None:
    """For how long the oldest record of any node has waited to be stored; None when none waits.

    A node that went silent while something waited counts on, for it may be down with the only copy.

    Raises:
        DatabaseAway: nobody can tell.
    """
    waited = func.extract("epoch", func.now() - func.min(journal_nodes.c.waiting_since))
    return await _number(database, select(waited))


async def _number(database: Database, query: Select[Any]) -> float | None:
    async with database.connect() as connection:
        number = (await connection.execute(query)).scalar_one()
    return None if number is None else float(number)
