"""Calls counted by the database, by bucket of their duration: what it answers are tallies, as memory has them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, func, literal_column, select

from ghl_real_estate_ai.telemetry.model import window_of
from ghl_real_estate_ai.telemetry.percentiles import bucket_sql
from ghl_real_estate_ai.telemetry.tallies import Tally


def slot_of(table: Any, slot_seconds: int) -> Any:
    """The slot of time in which a row's moment lies, for grouping by it."""
    # Of date_part, not of extract: that one reckons in numeric, which takes twice as long.
    return func.floor(func.date_part("epoch", table.timestamp) / slot_seconds).label("slot")


def tally_query(table: Any, *group: Any) -> Select[Any]:
    """Count calls by *group* and by bucket of their duration; failed calls have the bucket NULL."""
    bucket = case((table.success, literal_column(bucket_sql("duration_ms")))).label("bucket")
    cached = "cache_hit" in table
    hits: Any = literal_column("count(*) FILTER (WHERE cache_hit)" if cached else "0")
    misses: Any = literal_column("count(*) FILTER (WHERE NOT cache_hit)" if cached else "0")
    return select(
        *group,
        bucket,
        func.count().label("calls"),
        hits.label("cache_hits"),
        misses.label("cache_misses"),
        func.sum(table.duration_ms).label("sum_ms"),
        func.min(table.duration_ms).label("min_ms"),
        func.max(table.duration_ms).label("max_ms"),
    ).group_by(*group, literal_column("bucket"))


def tallies_of(rows: Sequence[Mapping[str, Any]], *group: str) -> dict[tuple[Any, ...], Tally]:
    tallies: dict[tuple[Any, ...], Tally] = {}
    for row in rows:
        key = tuple(row[name] for name in group)
        tallies.setdefault(key, Tally()).merge(_bucket_tally(row))
    return tallies


def _bucket_tally(row: Mapping[str, Any]) -> Tally:
    tally = Tally(count=row["calls"], cache_hits=row["cache_hits"], cache_misses=row["cache_misses"])
    if row["bucket"] is None:
        tally.errors = tally.count
    else:
        tally.buckets[row["bucket"]] = tally.count
        tally.sum_ms, tally.min_ms, tally.max_ms = row["sum_ms"], row["min_ms"], row["max_ms"]
    return tally


def within(query: Select[Any], table: Any, window: str | timedelta, location_id: str | None) -> Select[Any]:
    span = window_of(window) if isinstance(window, str) else window
    query = query.where(table.timestamp >= func.now() - span)
    return query if location_id is None else query.where(table.location_id == location_id)
