"""What happened in a turn comes in, is kept and counted without slowing the reply; `alerts` and the routes read it."""

from ghl_real_estate_ai.telemetry.bot_metrics_collector import BotMetricsCollector
from ghl_real_estate_ai.telemetry.performance_tracker import PerformanceTracker
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository

__all__ = ["BotMetricsCollector", "JorgeMetricsRepository", "PerformanceTracker"]
