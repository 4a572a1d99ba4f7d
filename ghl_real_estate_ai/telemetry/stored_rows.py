"""How the repository reads: every row of a query as a mapping, over the pool it was given."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable, Select, text

from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.telemetry.stored_tallies import fold, tally_of
from ghl_real_estate_ai.telemetry.tallies import Tally

_HASHES = text("SET LOCAL hash_mem_multiplier = 64")
"""For counting by expressions, which the planner takes for as many groups as there are rows.  Left alone it sorts a
million rows on the disk, where the groups are some ten thousand and take 20 MB."""


class StoredRows:
    """What the parts of the repository have in common."""

    _database: Database

    async def _rows(self, query: Select[Any], *settings: Executable) -> list[Mapping[str, Any]]:
        async with self._database.connect() as connection:
            for setting in settings:
                await connection.execute(setting)
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def _folded(self, query: Select[Any], *group: str) -> list[Mapping[str, Any]]:
        """The rows of a `tally_query`, one for each group."""
        return await self._rows(fold(query, *group), _HASHES)

    async def _tallies(self, query: Select[Any], *group: str) -> dict[tuple[Any, ...], Tally]:
        """What a `tally_query` counts, by *group*."""
        return {tuple(row[name] for name in group): tally_of(row) for row in await self._folded(query, *group)}
