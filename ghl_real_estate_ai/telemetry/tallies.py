"""Latencies in memory, bounded: counts by bucket in slots of time, as many slots as the longest window needs."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ghl_real_estate_ai.telemetry.percentiles import bucket, percentiles


@dataclass(slots=True)
class Tally:
    """What happened in one slot of time, or in a window of them.

    Durations (buckets, sum, extremes) are those of successful calls alone: a call that failed at once or ran into a
    timeout says nothing about how long the work takes.
    """

    count: int = 0
    errors: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    sum_ms: float = 0.0
    min_ms: float | None = None
    max_ms: float | None = None
    buckets: dict[int, int] = field(default_factory=dict)

    def add(self, duration_ms: float, of_bucket: int | None, cache_hit: bool | None) -> None:
        """Count one call; *of_bucket* None means that it failed, *cache_hit* None that it consulted no cache."""
        self.count += 1
        if cache_hit is not None:
            self.cache_hits += cache_hit
            self.cache_misses += not cache_hit
        if of_bucket is None:
            self.errors += 1
            return
        self.sum_ms += duration_ms
        self._stretch(duration_ms, duration_ms)
        self.buckets[of_bucket] = self.buckets.get(of_bucket, 0) + 1

    def merge(self, other: "Tally") -> None:
        """Add what *other* counted; the order of merging does not matter."""
        self.count += other.count
        self.errors += other.errors
        self.cache_hits += other.cache_hits
        self.cache_misses += other.cache_misses
        self.sum_ms += other.sum_ms
        if other.min_ms is not None and other.max_ms is not None:
            self._stretch(other.min_ms, other.max_ms)
        for number, count in other.buckets.items():
            self.buckets[number] = self.buckets.get(number, 0) + count

    def percentiles(self, *wanted: float) -> list[float | None]:
        """The wanted percentiles in ms, None where no call succeeded."""
        return percentiles(self.buckets.items(), wanted)

    @property
    def mean_ms(self) -> float | None:
        return self.sum_ms / self.successes if self.successes else None

    @property
    def successes(self) -> int:
        return self.count - self.errors

    @property
    def success_rate(self) -> float | None:
        return self.successes / self.count if self.count else None

    @property
    def error_rate(self) -> float | None:
        return self.errors / self.count if self.count else None

    @property
    def cache_hit_rate(self) -> float | None:
        """Over the calls that consulted a cache; None when none did."""
        consulted = self.cache_hits + self.cache_misses
        return self.cache_hits / consulted if consulted else None

    def _stretch(self, low: float, high: float) -> None:
        if self.min_ms is None or low < self.min_ms:
            self.min_ms = low
        if self.max_ms is None or high > self.max_ms:
            self.max_ms = high


@dataclass(frozen=True, slots=True)
class Resolution:
    """How finely a window is kept: in slots of so many seconds, enough of them for *window*."""

    window: timedelta
    slot_seconds: int

    @property
    def slots_kept(self) -> int:
        return int(self.window.total_seconds() / self.slot_seconds) + 2

    def slot_of(self, moment: datetime) -> int:
        """The number of the slot in which *moment* lies; the same in every process."""
        return int(moment.timestamp() // self.slot_seconds)

    def start_of(self, moment: datetime) -> datetime:
        """When the slot of *moment* begins."""
        return datetime.fromtimestamp(self.slot_of(moment) * self.slot_seconds, UTC)


RESOLUTIONS = (
    Resolution(timedelta(hours=1), 60),
    Resolution(timedelta(days=1), 15 * 60),
    Resolution(timedelta(days=7), 60 * 60),
)
"""Finest first.  Some 330 slots a key in all, however busy the week: memory is bounded by names, not by traffic."""

MOMENT = timedelta(microseconds=1)
"""The smallest difference between two times."""

Key = tuple[str, ...]


class Tallies:
    """Tallies by key and slot of time at one resolution; a window takes in the slot in which it begins."""

    def __init__(self, resolution: Resolution) -> None:
        self.resolution = resolution
        self._slots: dict[Key, dict[int, Tally]] = {}

    def in_slot(self, key: Key, slot: int) -> Tally:
        """The tally of a slot, to count into; a new one is begun, and the oldest forgotten."""
        slots = self._slots.get(key)
        if slots is None:
            slots = self._slots[key] = {}
        tally = slots.get(slot)
        if tally is None:
            tally = slots[slot] = Tally()
            while len(slots) > self.resolution.slots_kept:
                del slots[min(slots)]
        return tally

    def merge(self, key: Key, slot: int, tally: Tally) -> None:
        """Add what was counted elsewhere for a slot."""
        self.in_slot(key, slot).merge(tally)

    def known_keys(self) -> set[Key]:
        return set(self._slots)

    def within(self, key: Key, since: datetime) -> Tally:
        """Sum the slots of *key* from *since* on."""
        oldest = self.resolution.slot_of(since)
        total = Tally()
        for slot, tally in self._slots.get(key, {}).items():
            if slot >= oldest:
                total.merge(tally)
        return total


class LatencyMemory:
    """What this process saw itself, beside what it read of the time before; safe to use from several threads.

    The two never overlap: reading asks only for what happened before `live_since`, and reading again replaces what
    was read earlier.  So a call that was both seen and stored counts once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live = tuple(Tallies(resolution) for resolution in RESOLUTIONS)
        self._read = tuple(Tallies(resolution) for resolution in RESOLUTIONS)
        self._live_since: datetime | None = None

    @property
    def live_since(self) -> datetime | None:
        """The time of the earliest call seen by this process; None before the first."""
        return self._live_since

    def observe(self, key: Key, at: datetime, duration_ms: float, success: bool, cache_hit: bool | None) -> None:
        """Count one call of this process."""
        # Once for all resolutions, for every record of every turn comes by here.
        seconds, of_bucket = at.timestamp(), bucket(duration_ms) if success else None
        with self._lock:
            if self._live_since is None or at < self._live_since:
                self._live_since = at
            for tallies in self._live:
                slot = int(seconds // tallies.resolution.slot_seconds)
                tallies.in_slot(key, slot).add(duration_ms, of_bucket, cache_hit)

    def replace_read(self, read: Sequence[Tallies]) -> None:
        """Put what was read of the time before `live_since`, a `Tallies` for each of RESOLUTIONS, in place."""
        with self._lock:
            self._read = tuple(read)

    def known_keys(self) -> set[Key]:
        """Every key seen or read."""
        with self._lock:
            return {key for tallies in (*self._live, *self._read) for key in tallies.known_keys()}

    def within(self, key: Key, window: timedelta, now: datetime) -> Tally:
        """Sum the last *window* of *key*, from the finest resolution that reaches so far back."""
        nth = next((n for n, kept in enumerate(RESOLUTIONS) if kept.window >= window), len(RESOLUTIONS) - 1)
        with self._lock:
            total = self._live[nth].within(key, now - window)
            total.merge(self._read[nth].within(key, now - window))
        return total


def utc_now() -> datetime:
    """The clock where a caller brings none."""
    return datetime.now(UTC)


def interaction_figures(tally: Tally) -> dict[str, Any]:
    """A bot's turns as the summaries show them; None is no data, and durations are those of successful turns."""
    return {
        "total_interactions": tally.count,
        "success_rate": tally.success_rate,
        "error_rate": tally.error_rate,
        "avg_duration_ms": tally.mean_ms,
        "p95_duration_ms": tally.percentiles(95)[0],
        "cache_hit_rate": tally.cache_hit_rate,
    }


def handoff_figures(tally: Tally) -> dict[str, Any]:
    """The handoffs as the summaries show them; None is no data."""
    return {
        "total_handoffs": tally.count,
        "success_rate": tally.success_rate,
        "failure_rate": tally.error_rate,
        "avg_duration_ms": tally.mean_ms,
        "p95_duration_ms": tally.percentiles(95)[0],
    }
