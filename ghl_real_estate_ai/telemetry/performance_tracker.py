"""Latency, errors and promised latencies (SLA) by bot and operation, as this process sees them.

What is tracked is counted in memory and, with a repository, written down; after a restart `load_from_db` puts the
memory back as it was.  Figures over all nodes are read by SQL, see `repository.operation_stats`.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.telemetry.model import (
    BOT_NAMES,
    SLA_TARGETS,
    OperationRecord,
    RecordBatch,
    WiringStatus,
    check_name,
    window_of,
)
from ghl_real_estate_ai.telemetry.sla import sla_verdict
from ghl_real_estate_ai.telemetry.tallies import MOMENT, RESOLUTIONS, LatencyMemory, Tallies, Tally, utc_now
from ghl_real_estate_ai.telemetry.wiring import wiring_of

if TYPE_CHECKING:
    from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository


class PerformanceTracker:
    """How fast and how well each bot works; every figure without data is None, never 0."""

    def __init__(self, clock: Callable[[], datetime] = utc_now, *, location_id: str = "default") -> None:
        self._clock = clock
        self._location_id = location_id
        self._memory = LatencyMemory()
        self._repository: JorgeMetricsRepository | None = None
        self._hydrated = False

    def set_repository(self, repository: "JorgeMetricsRepository | None") -> None:
        """Write what is tracked from now on through *repository*; None stops that."""
        self._repository = repository
        self._hydrated = False

    def status(self) -> WiringStatus:
        """Say whether a repository is attached, was read, and takes what is written."""
        return wiring_of(self._repository, self._hydrated)

    def track_operation(
        self,
        bot_name: str,
        operation: str,
        duration_ms: float,
        success: bool = True,
        cache_hit: bool | None = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Count one operation and write it down; a plain call that waits for nothing.

        *cache_hit* False is a miss; None means that no cache was consulted.

        Raises:
            ValueError: an unknown bot name, or a duration that is no number >= 0.
        """
        record = OperationRecord(
            bot_name=bot_name,
            operation=operation,
            duration_ms=duration_ms,
            success=success,
            cache_hit=cache_hit,
            metadata=metadata,
            timestamp=self._clock(),
            location_id=self._location_id,
        )
        self.observe(record)
        if self._repository is not None:
            self._repository.record(RecordBatch(turn_id=None, records=(record,)))

    @asynccontextmanager
    async def track_async_operation(
        self,
        bot_name: str,
        operation: str,
        cache_hit: bool | None = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[None]:
        """Time the block; one that raises is counted as an error, and what it raised goes on.

        Raises:
            ValueError: an unknown bot name, before the block runs.
        """
        check_name(bot_name, BOT_NAMES, "bot_name")
        began = time.perf_counter()
        success = False
        try:
            yield
            success = True
        finally:
            elapsed_ms = (time.perf_counter() - began) * 1000
            self.track_operation(bot_name, operation, elapsed_ms, success, cache_hit, metadata)

    def observe(self, record: OperationRecord) -> None:
        """Count *record* in memory alone; the turn writes its records itself."""
        self._memory.observe(
            (record.bot_name, record.operation),
            record.timestamp,
            record.duration_ms,
            record.success,
            record.cache_hit,
        )

    def get_percentile(
        self, bot_name: str, percentile: float, window: str = "1h", operation: str | None = None
    ) -> float | None:
        """A percentile (0 to 100) in ms over successful calls, within 1 %; None without any.

        Without *operation* all of the bot's operations are taken together.

        Raises:
            ValueError: an unknown bot name or window, or a percentile out of range.
        """
        return self._tally(bot_name, operation, window).percentiles(percentile)[0]

    def get_bot_stats(self, bot_name: str, window: str = "1h", operation: str | None = None) -> dict[str, Any]:
        """The figures of one bot, in ms and shares of 1; durations are those of successful calls.

        Raises:
            ValueError: an unknown bot name or window.
        """
        tally = self._tally(bot_name, operation, window)
        p50, p95, p99 = tally.percentiles(50, 95, 99)
        return {
            "p50": p50,
            "p95": p95,
            "p99": p99,
            "mean": tally.mean_ms,
            "min": tally.min_ms,
            "max": tally.max_ms,
            "count": tally.count,
            "success_count": tally.successes,
            "error_count": tally.errors,
            "cache_hit_count": tally.cache_hits,
            "cache_hit_rate": tally.cache_hit_rate,
            "success_rate": tally.success_rate,
        }

    def check_sla_compliance(self, window: str = "1h") -> list[dict[str, Any]]:
        """Hold each promised (bot, operation) against what was measured of exactly that operation.

        `status` is `compliant`, `violated` or `insufficient_data`; `compliant` is the same as True, False or None.

        Raises:
            ValueError: an unknown window.
        """
        span, now = window_of(window), self._clock()
        results = []
        for (bot_name, operation), target in SLA_TARGETS.items():
            tally = self._memory.within((bot_name, operation), span, now)
            p50, p95, p99 = tally.percentiles(50, 95, 99)
            verdict = sla_verdict(target, p50, p95, p99)
            results.append(
                {
                    "bot_name": bot_name,
                    "operation": operation,
                    "status": verdict.status,
                    "compliant": verdict.is_compliant,
                    "count": tally.count,
                    "targets": asdict(target),
                    "actuals": {"p50_ms": p50, "p95_ms": p95, "p99_ms": p99},
                    "violations": list(verdict.violations),
                }
            )
        return results

    async def load_from_db(self, since_minutes: int = 10080) -> int:
        """Put back the memory of the time before this process, at most 7 days; return how many calls that were.

        Safe to repeat: what was read before is replaced, and nothing of this process counts twice.  Without a
        repository there is nothing to read.

        Raises:
            Retryable: the database is away; the memory is as before.
        """
        repository = self._repository
        if repository is None:
            return 0
        now = self._clock()
        earliest = now - timedelta(minutes=since_minutes)
        # What happens while we read is seen live, so it must not be read as well.
        before = self._memory.live_since or now + MOMENT
        read, calls = [], 0
        try:
            for resolution in RESOLUTIONS:
                since = max(earliest, resolution.start_of(now - resolution.window))
                tallies = Tallies(resolution)
                calls = 0
                for row in await repository.load_operation_buckets(
                    since, before=before, slot_seconds=resolution.slot_seconds
                ):
                    tallies.merge((row.bot_name, row.operation), row.slot, row.tally)
                    calls += row.tally.count
                read.append(tallies)
        except Retryable:
            self._hydrated = False
            raise
        self._memory.replace_read(read)
        self._hydrated = True
        return calls

    def _tally(self, bot_name: str, operation: str | None, window: str) -> Tally:
        check_name(bot_name, BOT_NAMES, "bot_name")
        span, now = window_of(window), self._clock()
        total = Tally()
        for key in self._memory.known_keys():
            if key[0] == bot_name and operation in (None, key[1]):
                total.merge(self._memory.within(key, span, now))
        return total
