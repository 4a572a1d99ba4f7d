"""How each bot did in the last hour, on all nodes: what the decisions of this process go by."""

from collections.abc import Mapping

import structlog

from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.handoff.bot_health import BotHealth, Fitness, judge
from ghl_real_estate_ai.handoff.service import JorgeHandoffService
from ghl_real_estate_ai.telemetry.model import SLA_TARGETS
from ghl_real_estate_ai.telemetry.performance_tracker import PerformanceTracker
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository

log = structlog.get_logger(__name__)

OPERATION, WINDOW = "process", "1h"
BOTS = (Owner.LEAD, Owner.BUYER, Owner.SELLER)


async def watch_bots(
    handoffs: JorgeHandoffService, repository: JorgeMetricsRepository | None, tracker: PerformanceTracker
) -> None:
    """Judge every bot and let *handoffs* know; without a repository by this process's own figures.

    Raises:
        Retryable: the database is away; what was known before stands.
    """
    now = _by_tracker(tracker) if repository is None else await _by_repository(repository)
    before = handoffs.health()
    for owner, health in now.items():
        _tell(owner, before.get(owner), health)
    handoffs.note_health(now)


async def _by_repository(repository: JorgeMetricsRepository) -> Mapping[Owner, BotHealth]:
    stats = {found.bot: found for found in await repository.operation_stats(WINDOW, operation=OPERATION)}
    return {
        owner: _judged(owner, found.count, found.errors, found.p95_ms)
        for owner in BOTS
        if (found := stats.get(_name(owner))) is not None
    }


def _by_tracker(tracker: PerformanceTracker) -> Mapping[Owner, BotHealth]:
    figures = {owner: tracker.get_bot_stats(_name(owner), WINDOW, OPERATION) for owner in BOTS}
    return {
        owner: _judged(owner, found["count"], found["error_count"], found["p95"]) for owner, found in figures.items()
    }


def _judged(owner: Owner, count: int, errors: int, p95_ms: float | None) -> BotHealth:
    promised = SLA_TARGETS[_name(owner), OPERATION].p95_ms
    return judge(count=count, errors=errors, p95_ms=p95_ms, promised_p95_ms=promised)


def _name(owner: Owner) -> str:
    return f"{owner.value}_bot"


def _tell(owner: Owner, before: BotHealth | None, now: BotHealth) -> None:
    """Say it once when a bot begins to do badly, or well again."""
    was = Fitness.FIT if before is None else before.fitness
    if now.fitness is was:
        return
    if now.fitness in (Fitness.STRAINED, Fitness.UNFIT):
        log.warning("bot.health", bot=owner.value, fitness=now.fitness.value, why=now.why)
    elif was in (Fitness.STRAINED, Fitness.UNFIT):
        log.info("bot.health", bot=owner.value, fitness=now.fitness.value, why=now.why)
