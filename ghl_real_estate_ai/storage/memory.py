"""The database of `JORGE_PERSISTENCE=off` and of unit tests: rows in memory, one transaction at a time.

The stores' in-memory twins keep their rows here, so that several of them share one transaction, as they do on
PostgreSQL.  Rows are immutable: a change puts a new row in the old one's place.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

Key = tuple[Any, ...]
Row = Mapping[str, Any]
Tables = defaultdict[str, dict[Key, Row]]


class MemoryDatabase:
    """Tables by name, rows by key."""

    def __init__(self) -> None:
        self.tables: Tables = defaultdict(dict)
        self._turnstile = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tables]:
        """Open the one transaction; what the block changed is undone when it raises.  Not re-entrant."""
        async with self._turnstile:
            before = {name: dict(rows) for name, rows in self.tables.items()}
            try:
                yield self.tables
            except BaseException:
                self.tables.clear()
                self.tables.update(before)
                raise


def row(**values: Any) -> Row:
    """Make an immutable row."""
    return MappingProxyType(values)
