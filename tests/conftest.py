"""Fixtures for all tests: one PostgreSQL a session, and a freshly migrated database for each test that asks.

That is the embedded one, or the server named in JORGE_TEST_DATABASE_URL, whose user may create databases.

A test takes `database_dsn` (an address) or `database` (an open pool); both are its own and vanish after it.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.storage.address import normalise_dsn
from ghl_real_estate_ai.storage.embedded import EmbeddedServer, start_or_join

if TYPE_CHECKING:
    from ghl_real_estate_ai.storage.database import Database

# A slow machine is no failure: no test asserts timing.
hypothesis_settings.register_profile("jorge", deadline=None)
hypothesis_settings.load_profile("jorge")

TEST_DATABASE_URL = "JORGE_TEST_DATABASE_URL"

SOAK_SEED = "JORGE_SOAK_SEED"
"""What the draws of the long harnesses begin with; set it to repeat a run that failed."""


def pytest_configure() -> None:
    """Draw the seed once, before the workers start: they inherit it, and only the first process can print it."""
    os.environ.setdefault(SOAK_SEED, str(secrets.randbelow(1_000_000)))


def pytest_report_header() -> str:
    """Name the seed, so that a run that failed can be repeated."""
    return f"soak: {SOAK_SEED}={os.environ[SOAK_SEED]}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is installed (`JORGE_NO_SKIPS`), a skipped test is a failure."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if os.environ.get("JORGE_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("JORGE_NO_SKIPS is set and tests were skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass; pytest's own are closed, and as root the server runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="jorge-tests-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded_server(open_folder: Path) -> Iterator[EmbeddedServer]:
    """The session's PostgreSQL; its data need not survive a power cut, so it does not wait for the disk."""
    server = start_or_join(open_folder / "session")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server_dsn(request: pytest.FixtureRequest) -> str:
    """The address of the session's PostgreSQL."""
    named = os.environ.get(TEST_DATABASE_URL)
    return normalise_dsn(named) if named else str(request.getfixturevalue("embedded_server").dsn)


@pytest.fixture(scope="session")
def template_database(server_dsn: str) -> Iterator[str]:
    """The name of a migrated database that the tests' databases are copied from."""
    name = f"jorge_template_{_new_name()}"
    _on_server(server_dsn, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    schema.migrate(_dsn_of(server_dsn, name))
    yield name
    _drop(server_dsn, name)


@pytest.fixture
def empty_database_dsn(server_dsn: str) -> Iterator[str]:
    """The address of a database with nothing in it, dropped after the test."""
    name = _new_name()
    _on_server(server_dsn, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield _dsn_of(server_dsn, name)
    _drop(server_dsn, name)


@pytest.fixture
def database_dsn(server_dsn: str, template_database: str) -> Iterator[str]:
    """The address of a migrated, empty database of the test's own, dropped after it."""
    name = _new_name()
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _on_server(server_dsn, create.format(sql.Identifier(name), sql.Identifier(template_database)))
    yield _dsn_of(server_dsn, name)
    _drop(server_dsn, name)


@pytest.fixture
async def database(database_dsn: str) -> "AsyncIterator[Database]":
    """An open pool on the test's own database."""
    from ghl_real_estate_ai.storage.database import Database  # the pure unit tests need no async stack

    opened = Database(database_dsn)
    yield opened
    await opened.close()


def _new_name() -> str:
    return f"test_{os.getpid()}_{secrets.token_hex(4)}"


def _dsn_of(server_dsn: str, name: str) -> str:
    return urlsplit(server_dsn)._replace(path=f"/{name}").geturl()


def _drop(server_dsn: str, name: str) -> None:
    _on_server(server_dsn, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _on_server(server_dsn: str, statement: sql.Composed) -> None:
    with psycopg.connect(make_conninfo(server_dsn, dbname="postgres"), autocommit=True) as connection:
        connection.execute(statement)
