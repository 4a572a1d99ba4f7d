"""The slice's SQL: budgets shared by every process, one row a location, changed under its lock."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Float, cast, extract, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.budget import Leave, Spent, hold, take
from ghl_real_estate_ai.crm.model import Urgency
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import crm_budgets

Result = TypeVar("Result")


class SqlBudgets:
    """Implements `Budgets` over PostgreSQL; the moments are the database's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, location_id: LocationId, wanted: int, urgency: Urgency) -> Leave:
        return await self._change(location_id, lambda spent, at: take(spent, at=at, wanted=wanted, urgency=urgency))

    async def hold(self, location_id: LocationId, seconds: float, urgency: Urgency) -> None:
        await self._change(location_id, lambda spent, at: (hold(spent, at=at, seconds=seconds, urgency=urgency), None))

    async def _change(self, location_id: LocationId, change: Callable[[Spent, float], tuple[Spent, Result]]) -> Result:
        async with self._database.begin() as connection:
            # A power cut may cost the last grants: the window is over before the server is back.
            await connection.execute(text("SET LOCAL synchronous_commit = off"))
            row = await _locked(connection, location_id)
            if row is None:
                await connection.execute(insert(crm_budgets).values(location_id=location_id).on_conflict_do_nothing())
                row = await _locked(connection, location_id)
                assert row is not None  # noqa: S101 - it was put there, by us or by another
            spent, result = change(_spent(row[0]), row[1])
            await connection.execute(
                update(crm_budgets)
                .where(crm_budgets.c.location_id == location_id)
                .values(spent=asdict(spent), updated_at=func.clock_timestamp())
            )
            return result


async def _locked(connection: AsyncConnection, location_id: LocationId) -> Any:
    # The moment is read after the lock is held, so that grants stand in the order of their moments.
    held = select(crm_budgets.c.spent).where(crm_budgets.c.location_id == location_id).with_for_update()
    spent = (await connection.execute(held)).one_or_none()
    if spent is None:
        return None
    at = (await connection.execute(select(cast(extract("epoch", func.clock_timestamp()), Float)))).scalar_one()
    return spent[0], at


def _spent(kept: dict[str, Any]) -> Spent:
    grants = tuple((float(at), int(number)) for at, number in kept.get("grants", ()))
    return Spent(**{**kept, "grants": grants})
