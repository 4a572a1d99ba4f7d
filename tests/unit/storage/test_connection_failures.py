"""Which errors mean that the database is away."""

import psycopg
import pytest
import sqlalchemy.exc
from psycopg import errors

from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.reaching import away_reason, is_connection_failure


def wrapped(error: Exception) -> sqlalchemy.exc.DBAPIError:
    return sqlalchemy.exc.OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection refused"),
        psycopg.errors.ConnectionTimeout("connection timeout expired"),
        psycopg.InterfaceError("the connection is closed"),
        errors.AdminShutdown("terminating connection due to administrator command"),
        errors.CannotConnectNow("the database system is starting up"),
        errors.TooManyConnections("sorry, too many clients already"),
        errors.ConnectionFailure("gone"),
        wrapped(psycopg.OperationalError("server closed the connection unexpectedly")),
        wrapped(errors.AdminShutdown("terminating connection")),
        sqlalchemy.exc.TimeoutError("QueuePool limit reached"),
        DatabaseAway("away"),
    ],
)
def test_the_database_is_away(error: Exception) -> None:
    """A broken, refused or unfinished connection, and a pool with none left."""
    assert is_connection_failure(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.UniqueViolation("duplicate key"),
        errors.DeadlockDetected("deadlock detected"),
        errors.LockNotAvailable("lock timeout"),
        errors.UndefinedTable("no such table"),
        errors.DiskFull("no space left"),
        psycopg.InterfaceError("wrong use of a cursor"),
        wrapped(errors.SerializationFailure("could not serialize")),
        ConnectionError("the CRM's, not ours"),
        ValueError("a mistake of ours"),
    ],
)
def test_the_database_is_there_and_refused(error: Exception) -> None:
    """A statement that the server refused, and errors that are not the database's at all."""
    assert not is_connection_failure(error)


def test_the_reason_is_one_line() -> None:
    """The first line of what the driver says, without SQLAlchemy's wrapping."""
    error = wrapped(psycopg.OperationalError("connection refused\nIs the server running?"))

    assert away_reason(error) == "The database is away: connection refused"
