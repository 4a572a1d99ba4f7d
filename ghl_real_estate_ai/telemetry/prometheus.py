"""The journal's figures for Prometheus, read when asked for and registered in a registry that is passed in."""

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ghl_real_estate_ai.telemetry.journal.shipper import ShipperCounts
from ghl_real_estate_ai.telemetry.ports import RecorderStatus

TURN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


class ShippingMetrics(Collector):
    """What this process recorded, and what it shipped if it is the data folder's shipper."""

    def __init__(
        self, recorder_status: Callable[[], RecorderStatus], counts: Callable[[], ShipperCounts | None]
    ) -> None:
        self._recorder_status = recorder_status
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: the names are ours alone."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The figures of now."""
        status = self._recorder_status()
        yield CounterMetricFamily("jorge_journal_recorded", "Batches the kernel has.", value=status.recorded)
        yield CounterMetricFamily("jorge_journal_refused", "Batches that could not be kept.", value=status.refused)
        counts = self._counts()
        if counts is None:
            return
        shipped = CounterMetricFamily("jorge_journal_shipped_rows", "Rows committed, by table.", labels=["table"])
        for table, rows in list(counts.rows.items()):
            shipped.add_metric([table], rows)
        yield shipped
        yield CounterMetricFamily("jorge_journal_dead_rows", "Rows PostgreSQL refused for good.", value=counts.dead)
        yield CounterMetricFamily(
            "jorge_journal_damaged", "Places in the journal that were no frames.", value=counts.damaged
        )
        yield GaugeMetricFamily("jorge_journal_backlog_bytes", "Bytes not shipped yet.", value=counts.backlog_bytes)
        yield GaugeMetricFamily(
            "jorge_journal_backlog_age_seconds",
            "Since the oldest segment with unshipped bytes was written to.",
            value=0.0 if counts.oldest_backlog_at is None else max(0.0, time.time() - counts.oldest_backlog_at),
        )


def turn_durations(registry: CollectorRegistry) -> Histogram:
    """A histogram of whole turns by bot, registered in *registry*; observe seconds."""
    return Histogram(
        "jorge_turn_duration_seconds", "Whole turns.", labelnames=("bot",), buckets=TURN_SECONDS, registry=registry
    )
