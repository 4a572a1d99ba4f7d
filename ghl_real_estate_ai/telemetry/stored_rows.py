"""How the repository reads: every row of a query as a mapping, over the pool it was given."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from ghl_real_estate_ai.storage.database import Database


class StoredRows:
    """What the parts of the repository have in common."""

    _database: Database

    async def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        async with self._database.connect() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]
