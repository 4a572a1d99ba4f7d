"""Tables with many rows in them, made by the server itself: for what happens when there is much already."""

from collections.abc import Mapping
from datetime import timedelta

import psycopg
from psycopg import sql

_MOMENT = "now() - %(span)s::interval * (1 - n::float8 / %(count)s)"
_OF_EACH: Mapping[str, str] = {
    "event_id": "gen_random_uuid()",
    "location_id": "'default'",
    "timestamp": _MOMENT,
    "contact_id": "'filled-' || n % 20000",
}
_OPERATIONS = {
    **_OF_EACH,
    "bot_name": "'seller_bot'",
    "operation": "(ARRAY['understand', 'decide', 'phrase', 'save', 'process'])[n % 5 + 1]",
    "duration_ms": "3 + n % 997",
    "success": "true",
}
_INTERACTIONS = {
    **_OF_EACH,
    "bot_type": "(ARRAY['lead', 'buyer', 'seller'])[n % 3 + 1]",
    "duration_ms": "3 + n % 997",
    "success": "n % 100 > 0",
}
_OUTCOMES = {
    **_OF_EACH,
    "source_bot": "'lead'",
    "target_bot": "(ARRAY['buyer', 'seller'])[n % 2 + 1]",
    "outcome": "(ARRAY['successful', 'successful', 'failed', 'timeout'])[n % 4 + 1]",
    "resolved_at": _MOMENT,
}


def fill_operations(dsn: str, count: int, span: timedelta) -> None:
    """Put so many operations into the *span* that ends now, oldest first."""
    _fill(dsn, "jorge_performance_operations", _OPERATIONS, count, span)


def fill_interactions(dsn: str, count: int, span: timedelta) -> None:
    """Put so many interactions into the *span* that ends now, oldest first."""
    _fill(dsn, "jorge_bot_interactions", _INTERACTIONS, count, span)


def fill_outcomes(dsn: str, count: int, span: timedelta) -> None:
    """Put so many resolved outcomes into the *span* that ends now, oldest first."""
    _fill(dsn, "jorge_handoff_outcomes", _OUTCOMES, count, span)


def settle(dsn: str) -> None:
    """Leave the server nothing to tidy up while somebody measures."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _fill(dsn: str, table: str, values: Mapping[str, str], count: int, span: timedelta) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series(1, %(count)s) AS n").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(column) for column in values),
        sql.SQL(", ").join(sql.SQL(_percent_safe(value)) for value in values.values()),
    )
    with psycopg.connect(dsn) as connection:
        connection.execute(statement, {"count": count, "span": span})


def _percent_safe(value: str) -> str:
    """A modulo beside parameters is written `%%`."""
    return value.replace("n % ", "n %% ")
