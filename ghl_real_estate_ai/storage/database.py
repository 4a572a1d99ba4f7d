"""The pool of connections: a use case asks for one transaction, and gets it or learns that the database is away."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import orjson
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from ghl_real_estate_ai.storage.address import masked_dsn, normalise_dsn, sqlalchemy_url
from ghl_real_estate_ai.storage.errors import DatabaseAway, DatabaseBusy
from ghl_real_estate_ai.storage.reaching import (
    NETWORK_OPTIONS,
    away_reason,
    is_connection_failure,
    is_passing_trouble,
    trouble_reason,
)

__all__ = ["Database", "is_connection_failure", "masked_dsn", "normalise_dsn", "sqlalchemy_url"]

POOL_SIZE = 10
POOL_OVERFLOW = 10
POOL_WAIT_SECONDS = 5.0


class Database:
    """One process's connections to PostgreSQL; made once in the composition root, closed last."""

    def __init__(self, dsn: str, *, pool_size: int = POOL_SIZE) -> None:
        """Prepare the pool for a libpq address; connects only when first asked."""
        self.dsn = normalise_dsn(dsn)
        self.engine = create_async_engine(
            sqlalchemy_url(self.dsn),
            pool_size=pool_size,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,  # they are people's words
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            connect_args=NETWORK_OPTIONS,
        )
        event.listen(self.engine.sync_engine, "connect", _use_utc)

    @property
    def shown_address(self) -> str:
        """The address with its password masked."""
        return masked_dsn(self.dsn)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction: committed when the block ends, rolled back when it raises.

        Raises:
            DatabaseAway: no connection, or it broke on the way.  If it broke during the commit itself, nobody can
                tell whether the commit happened: repeat with the same keys.
        """
        with _away_is_told():
            async with self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reading; whatever it wrote is rolled back unless committed.

        Raises:
            DatabaseAway: no connection, or it broke on the way.
        """
        with _away_is_told():
            async with self.engine.connect() as connection:
                yield connection

    async def ping(self) -> None:
        """Ask the server for an answer.

        Raises:
            DatabaseAway: none came.
        """
        async with self.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection; safe to call twice."""
        await self.engine.dispose()


@contextmanager
def _away_is_told() -> Iterator[None]:
    """Translate connection failures of the block into DatabaseAway, and passing trouble into DatabaseBusy."""
    try:
        yield
    except (DatabaseAway, DatabaseBusy):
        raise
    except Exception as error:
        if is_connection_failure(error):
            raise DatabaseAway(away_reason(error)) from error
        if is_passing_trouble(error):
            raise DatabaseBusy(trouble_reason(error)) from error
        raise


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _use_utc(connection: Any, _record: object) -> None:
    # By a statement, since poolers such as pgbouncer refuse the start-up parameter `options`.
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    connection.commit()
