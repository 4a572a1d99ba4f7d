"""Every row of one location, over all tables: to count them and to remove them."""

from typing import TypeAlias

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.storage.tables import NOT_BY_TENANT, metadata

DatabaseFault: TypeAlias = SQLAlchemyError
"""Whatever the database refuses: a missing table, a wrong type."""


async def count_rows(connection: AsyncConnection, location_id: str) -> dict[str, int]:
    """The number of rows of the location, by table."""
    counts = {}
    for name, table in metadata.tables.items():
        if name not in NOT_BY_TENANT:
            rows = await connection.execute(
                select(func.count()).select_from(table).where(table.c.location_id == location_id)
            )
            counts[name] = int(rows.scalar_one())
    return counts


async def delete_rows(connection: AsyncConnection, location_id: str) -> None:
    """Remove every row of the location."""
    for name, table in metadata.tables.items():
        if "location_id" in table.c and name != "journal_positions":
            await connection.execute(delete(table).where(table.c.location_id == location_id))
