"""`jorge dsn`, `jorge psql` and `jorge migrate`: the database in use, from the command line."""

import os
import signal
import subprocess

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ghl_real_estate_ai.settings import load_settings
from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.storage.address import masked_dsn
from ghl_real_estate_ai.storage.embedded import psql_binary
from ghl_real_estate_ai.storage.locate import database_address, locate_database


def dsn(show_password: bool = False) -> None:
    """Print the address of the database in use, on one line; starts nothing.

    Args:
        show_password: print the password too, instead of a mask.
    """
    settings = load_settings()
    address = database_address(settings.database_address, settings.data_dir)
    print(address if show_password else masked_dsn(address))


def psql(*arguments: str) -> int:
    """Run the PostgreSQL client on the database in use and return its exit code.

    The embedded server is started for it when it does not run, and stopped after.  All arguments go to psql.
    """
    settings = load_settings()
    location = locate_database(settings.database_address, settings.data_dir)
    try:
        return _run_psql(location.dsn, arguments)
    finally:
        location.stop()


def migrate() -> None:
    """Bring the database in use to the schema that this version needs."""
    settings = load_settings()
    location = locate_database(settings.database_address, settings.data_dir)
    try:
        schema.migrate(location.dsn)
    finally:
        location.stop()
    print(f"{masked_dsn(location.dsn)} is at revision {schema.head_revision()}.")


def _run_psql(address: str, arguments: tuple[str, ...]) -> int:
    """Hand over the password by the environment: anybody on the machine may read a command line."""
    parts = conninfo_to_dict(address)
    password = parts.pop("password", None)
    environment = os.environ | ({} if password is None else {"PGPASSWORD": str(password)})
    command = [str(psql_binary()), f"--dbname={make_conninfo('', **parts)}", *arguments]
    process = subprocess.Popen(command, env=environment)
    # Ctrl-C is for psql, to cancel a query; it must not end us and the server under it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
