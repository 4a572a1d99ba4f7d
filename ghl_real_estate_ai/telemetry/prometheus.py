"""The journal's figures for Prometheus, read when asked for and registered in a registry that is passed in."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ghl_real_estate_ai.telemetry.journal.process_counts import Counted
from ghl_real_estate_ai.telemetry.journal.shipper_state import ShipperCounts

TURN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


class ShippingMetrics(Collector):
    """What the processes of this node recorded, and what their shipper did."""

    def __init__(self, recorded: Callable[[], Counted], counts: Callable[[], ShipperCounts | None]) -> None:
        self._recorded = recorded
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: the names are ours alone."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The figures of now."""
        counted = self._recorded()
        yield CounterMetricFamily("jorge_journal_recorded", "Batches the kernel has.", value=counted.recorded)
        yield CounterMetricFamily("jorge_journal_refused", "Batches that could not be kept.", value=counted.refused)
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
        yield CounterMetricFamily(
            "jorge_journal_dropped_rows", "Rows lost because the journal was at its bound.", value=counts.dropped
        )
        yield CounterMetricFamily(
            "jorge_journal_retries", "Attempts to ship that failed and were made again.", value=counts.retried
        )
        yield CounterMetricFamily("jorge_journal_rebuilt_turns", "Turns recorded from their row.", value=counts.rebuilt)
        yield GaugeMetricFamily("jorge_journal_backlog_bytes", "Bytes not shipped yet.", value=counts.backlog_bytes)
        yield GaugeMetricFamily("jorge_journal_backlog_rows", "Rows not shipped yet.", value=counts.backlog_rows)
        yield GaugeMetricFamily(
            "jorge_journal_backlog_age_seconds",
            "How long the oldest of what is not shipped has waited.",
            value=counts.backlog_age_seconds,
        )
        error = GaugeMetricFamily(
            "jorge_journal_shipping_failing",
            "1 while the last attempt to ship failed, with the reason.",
            labels=["reason"],
        )
        error.add_metric([counts.last_error or ""], float(counts.last_error is not None))
        yield error


def turn_durations(registry: CollectorRegistry) -> Histogram:
    """A histogram of whole turns by bot, registered in *registry*; observe seconds."""
    return Histogram(
        "jorge_turn_duration_seconds", "Whole turns.", labelnames=("bot",), buckets=TURN_SECONDS, registry=registry
    )
