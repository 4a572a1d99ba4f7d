"""How we reach the server: limits of the network, and telling "it is away" from "it refused the statement".

Kept apart from the async pool, so that migrations and the command line need no more than psycopg.
"""

from typing import Any

import psycopg
import sqlalchemy.exc

from ghl_real_estate_ai.storage.errors import DatabaseAway

CONNECT_TIMEOUT_SECONDS = 3

NETWORK_OPTIONS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    # A server that vanished without a word is noticed within half a minute instead of two hours.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}

_AWAY_STATES = frozenset({"57P01", "57P02", "57P03", "57P05", "53300"})
"""Shut down by an operator, crashed, not yet up, cut for idling, no connection free."""
_AWAY_CLASSES = ("08",)
"""Connection exceptions."""


_PASSING_STATES = frozenset({"55P03", "40P01", "40001", "57014", "25006", "42P01", "42703", "42501"})
"""Lock not available, deadlock, serialization, cancelled, read-only after a failover; a table, column or right that is
not there while somebody migrates."""
_PASSING_CLASSES = ("53",)
"""Insufficient resources: a full disk, no memory."""


def is_passing_trouble(error: BaseException) -> bool:
    """Tell whether the server refused a statement for a reason that somebody or time will mend."""
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return error.orig is not None and is_passing_trouble(error.orig)
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return False
    return error.sqlstate in _PASSING_STATES or error.sqlstate.startswith(_PASSING_CLASSES)


def trouble_reason(error: BaseException) -> str:
    """Say in one line what the server refused; without the statement's values: they may be a lead's words."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return f"The database cannot do this now: {lines[0] if lines else type(cause).__name__}"


def is_connection_failure(error: BaseException) -> bool:
    """Tell whether an error means that the database is away, as opposed to a statement it refused."""
    if isinstance(error, DatabaseAway | sqlalchemy.exc.TimeoutError):
        return True
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_connection_failure(error.orig))
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    # Deadlocks and lock timeouts are OperationalErrors too, but carry a state; a broken connection has none.
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError) or "closed" in str(error)
    return state in _AWAY_STATES or state.startswith(_AWAY_CLASSES)


def away_reason(error: BaseException) -> str:
    """Say in one line why the database is away; names host and port at most, never the password."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return f"The database is away: {lines[0] if lines else type(cause).__name__}"
