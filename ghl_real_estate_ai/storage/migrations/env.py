"""Alembic's entry: one transaction on the database that `schema.py` hands over, or else that the settings name.

`alembic upgrade head` without DATABASE_URL starts or joins the embedded server, and stops it after if it owns it.
"""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.settings import load_settings
from ghl_real_estate_ai.storage.address import sqlalchemy_url
from ghl_real_estate_ai.storage.locate import locate_database
from ghl_real_estate_ai.storage.reaching import NETWORK_OPTIONS, away_reason, is_connection_failure
from ghl_real_estate_ai.storage.tables import PARTITIONED, metadata

LOCK_KEY = 0x4A4F5247_4D494752
"""Of pg_advisory_xact_lock: "JORGMIGR"; several nodes that start at once migrate one after the other."""


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave partitions and procrastinate's own tables out of comparisons with the metadata."""
    if kind != "table" or name is None:
        return True
    return not name.startswith("procrastinate_") and not any(name.startswith(f"{table}_") for table in PARTITIONED)


def run_on(connection: Connection) -> None:
    """Migrate on an open connection, all or nothing."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=is_ours,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        context.run_migrations()


def run_at(dsn: str) -> None:
    """Migrate the database at this address."""
    engine = create_engine(sqlalchemy_url(dsn), poolclass=NullPool, connect_args=NETWORK_OPTIONS)
    try:
        with engine.connect() as connection:
            run_on(connection)
    finally:
        engine.dispose()


def run() -> None:
    """Find the database and migrate it."""
    if context.is_offline_mode():
        raise SystemExit("alembic --sql is not supported: procrastinate's schema and the partitions need a connection.")
    dsn = context.config.attributes.get("dsn")
    if dsn is not None:
        run_at(dsn)
        return
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    try:
        settings = load_settings()
        location = locate_database(settings.database_address, settings.data_dir)
    except JorgeError as error:
        raise SystemExit(f"alembic: {error}") from None
    try:
        run_at(location.dsn)
    except DBAPIError as error:
        if is_connection_failure(error):
            raise SystemExit(f"alembic: {away_reason(error)}") from None
        raise
    finally:
        location.stop()


run()
