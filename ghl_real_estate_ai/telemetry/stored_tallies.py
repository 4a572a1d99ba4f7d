"""Calls counted by the database, by bucket of their duration: what it answers are tallies, as memory has them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, literal_column, select

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
        func.max(table.timestamp).label("last_at"),
    ).group_by(*group, literal_column("bucket"))


def fold(query: Select[Any], *group: str) -> Select[Any]:
    """A row for each group, with its buckets as two arrays, where *query* has a row for each bucket of it.

    Of a busy hour that is a hundred rows to bring over instead of fifty thousand.
    """
    counted = query.subquery().c
    succeeded = counted.bucket.is_not(None)
    names = [counted[name] for name in group]
    return (
        select(
            *names,
            *(_whole(func.sum(counted[name])).label(name) for name in ("calls", "cache_hits", "cache_misses")),
            _whole(func.sum(counted.calls).filter(~succeeded)).label("errors"),
            func.sum(counted.sum_ms).filter(succeeded).label("sum_ms"),
            func.min(counted.min_ms).filter(succeeded).label("min_ms"),
            func.max(counted.max_ms).filter(succeeded).label("max_ms"),
            func.array_agg(counted.bucket).filter(succeeded).label("buckets"),
            func.array_agg(counted.calls).filter(succeeded).label("of_bucket"),
            func.max(counted.last_at).label("last_at"),
        )
        .group_by(*names)
        .having(func.count() > 0)  # without names to group by there would be a row even of nothing
    )


def tally_of(row: Mapping[str, Any]) -> Tally:
    """What a row of `fold` counts."""
    return Tally(
        count=row["calls"],
        errors=row["errors"] or 0,
        cache_hits=row["cache_hits"],
        cache_misses=row["cache_misses"],
        sum_ms=row["sum_ms"] or 0.0,
        min_ms=row["min_ms"],
        max_ms=row["max_ms"],
        buckets=dict(zip(row["buckets"] or (), row["of_bucket"] or (), strict=True)),
    )


def _whole(sum_of_counts: Any) -> Any:
    # PostgreSQL adds counts up as numeric, which is no int here.
    return cast(sum_of_counts, BigInteger)


def within(query: Select[Any], table: Any, window: str | timedelta, location_id: str | None) -> Select[Any]:
    span = window_of(window) if isinstance(window, str) else window
    query = query.where(table.timestamp >= func.now() - span)
    return query if location_id is None else query.where(table.location_id == location_id)
