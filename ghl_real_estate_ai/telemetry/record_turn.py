"""A turn's records: counted in memory, and written as one frame of the journal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ghl_real_estate_ai.telemetry.bot_metrics_collector import BotMetricsCollector
from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    OperationRecord,
    RecordBatch,
)
from ghl_real_estate_ai.telemetry.performance_tracker import PerformanceTracker

if TYPE_CHECKING:
    from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository


@dataclass(frozen=True, slots=True)
class RecordTurn:
    """Called once after a turn's commit."""

    tracker: PerformanceTracker
    collector: BotMetricsCollector
    repository: "JorgeMetricsRepository | None"

    async def settle(self) -> None:
        """Return when what was recorded is as durable as the setting asks; at once unless that is `strict`."""
        if self.repository is not None:
            await self.repository.settle()

    def record(self, batch: RecordBatch) -> None:
        """Count every record in memory and write those that the turn's own transaction did not.

        Handoff events and outcomes of a turn were written with it, so they only change the memory.
        """
        for record in batch.records:
            match record:
                case OperationRecord():
                    self.tracker.observe(record)
                case InteractionRecord() | HandoffEventRecord():
                    self.collector.observe(record)
        if self.repository is None:
            return
        unwritten = batch.records
        if batch.turn_id is not None:
            unwritten = tuple(r for r in unwritten if not isinstance(r, HandoffEventRecord | HandoffOutcomeRecord))
        if unwritten:
            self.repository.record(RecordBatch(turn_id=batch.turn_id, records=unwritten))
