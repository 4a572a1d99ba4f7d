"""`Spending` on PostgreSQL: one row a location and day, changed by single statements, by the database's clock."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, select, true, update
from sqlalchemy.dialects.postgresql import insert

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.llm.model import Budget, Spent
from ghl_real_estate_ai.llm.ports import Reservation
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import llm_spending

_TODAY: Any = literal_column("(now() AT TIME ZONE 'UTC')::date")


class SqlSpending:
    """The account of all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, location_id: LocationId, held: Spent, budget: Budget) -> Reservation | None:
        if not budget.allows(held):
            return None
        spent = llm_spending.c
        row = insert(llm_spending).values(
            location_id=location_id, day=_TODAY, calls=1, tokens=held.tokens, cost_usd=held.cost_usd
        )
        within: list[ColumnElement[bool]] = []
        if budget.tokens is not None:
            within.append(spent.tokens + row.excluded.tokens <= budget.tokens)
        if budget.cost_usd is not None:
            within.append(spent.cost_usd + row.excluded.cost_usd <= budget.cost_usd)
        # The row's lock makes processes wait for one another here, so that the sum is never passed.
        statement = row.on_conflict_do_update(
            index_elements=[spent.location_id, spent.day],
            set_={
                "calls": spent.calls + 1,
                "tokens": spent.tokens + row.excluded.tokens,
                "cost_usd": spent.cost_usd + row.excluded.cost_usd,
                "updated_at": func.now(),
            },
            where=and_(true(), *within),
        ).returning(spent.day)
        async with self._database.begin() as connection:
            day = (await connection.execute(statement)).scalar_one_or_none()
        return None if day is None else Reservation(location_id, day, held)

    async def settle(self, reservation: Reservation, used: Spent) -> None:
        change = used - reservation.held
        statement = (
            update(llm_spending)
            .where(llm_spending.c.location_id == reservation.location_id, llm_spending.c.day == reservation.day)
            .values(
                tokens=llm_spending.c.tokens + change.tokens,
                cost_usd=llm_spending.c.cost_usd + change.cost_usd,
                updated_at=func.now(),
            )
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)

    async def spent_today(self, location_id: LocationId) -> Spent:
        statement = select(llm_spending.c.tokens, llm_spending.c.cost_usd).where(
            llm_spending.c.location_id == location_id, llm_spending.c.day == _TODAY
        )
        async with self._database.connect() as connection:
            row = (await connection.execute(statement)).first()
        return Spent(0, 0.0) if row is None else Spent(int(row.tokens), float(row.cost_usd))
