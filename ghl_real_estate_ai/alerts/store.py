"""What alerting asks the database beyond the six tables: who waits for an answer."""

from sqlalchemy import func, or_, select

from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import inbox

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
    async with database.connect() as connection:
        seconds = (await connection.execute(_OLDEST_UNANSWERED)).scalar_one()
    return None if seconds is None else float(seconds)
