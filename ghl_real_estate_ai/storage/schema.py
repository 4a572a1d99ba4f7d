"""The schema's age: which revision a database is at, which one this program needs, and the way from one to the other.

Works from any folder: the migrations are found beside this file, not in the working folder.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ghl_real_estate_ai.storage.address import sqlalchemy_url
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.reaching import NETWORK_OPTIONS, away_reason, is_connection_failure

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_one_at_a_time = threading.Lock()
"""Alembic keeps what it migrates in a global of the process, which two threads would take from one another."""
MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def migrate(dsn: str, revision: str = "head") -> None:
    """Bring the database to `revision`; does nothing when it is there.  Safe when several do it at once.

    Raises:
        DatabaseAway: the server cannot be reached.
    """
    _run(command.upgrade, dsn, revision)


def downgrade(dsn: str, revision: str = "base") -> None:
    """Take the schema back to `revision`, and with it the data that only later ones can hold.

    Raises:
        DatabaseAway: the server cannot be reached.
    """
    _run(command.downgrade, dsn, revision)


def head_revision() -> str:
    """Name the revision this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"there are no migrations in {MIGRATIONS}")
    return head


def current_revision(connection: Connection) -> str | None:
    """Name the revision the database is at; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


async def find_current_revision(connection: "AsyncConnection") -> str | None:
    """Name the revision the database is at, on an async connection; None before the first migration."""
    return await connection.run_sync(current_revision)


def is_current(dsn: str) -> bool:
    """Tell whether the database is at exactly the revision this program needs.

    Raises:
        DatabaseAway: the server cannot be reached.
    """
    engine = create_engine(sqlalchemy_url(dsn), poolclass=NullPool, connect_args=NETWORK_OPTIONS)
    try:
        with engine.connect() as connection:
            return current_revision(connection) == head_revision()
    except DBAPIError as error:
        raise _away(error) from error
    finally:
        engine.dispose()


def _run(step: Callable[[Config, str], None], dsn: str, revision: str) -> None:
    config = _config()
    config.attributes["dsn"] = dsn
    try:
        with _one_at_a_time:
            step(config, revision)
    except DBAPIError as error:
        raise _away(error) from error


def _away(error: DBAPIError) -> Exception:
    return DatabaseAway(away_reason(error)) if is_connection_failure(error) else error


def _config() -> Config:
    config = Config()
    # The configuration format gives % a meaning, and a folder's name may hold one.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
