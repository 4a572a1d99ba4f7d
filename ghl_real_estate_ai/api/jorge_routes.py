"""`/api/jorge/*`: what happened, how handoffs go, alerts and rules, conversations; figures from SQL over all nodes.

With persistence off the figures are this process's own, and what only a database knows is answered 503.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query

from ghl_real_estate_ai.alerts import AlertingService
from ghl_real_estate_ai.alerts.model import (
    AlertAlreadyAcknowledgedError,
    AlertRule,
    AlertUnknownError,
    RuleUnknownError,
    condition_config,
)
from ghl_real_estate_ai.api.jorge_answers import (
    Acknowledgement,
    AlertAnswer,
    Alerts,
    ConversationAnswer,
    Conversations,
    Handoffs,
    Metrics,
    Operation,
    Performance,
    Route,
    RuleAnswer,
    Rules,
    RuleSwitch,
    Sla,
    Targets,
    Window,
)
from ghl_real_estate_ai.api.place import place_of
from ghl_real_estate_ai.conversation.clock import Clock, SystemClock
from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.dashboard.model import parse_cursor
from ghl_real_estate_ai.dashboard.store import ConversationReader
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS
from ghl_real_estate_ai.telemetry import BotMetricsCollector, JorgeMetricsRepository, PerformanceTracker
from ghl_real_estate_ai.telemetry.model import BOT_NAMES, SLA_TARGETS, window_of
from ghl_real_estate_ai.telemetry.sla import sla_verdict
from ghl_real_estate_ai.telemetry.stored_figures import HandoffRouteCounts, OperationStats

STEPS = ("understand", "decide", "phrase", "save", "process", "handoff", "execute", "full_qualification")
"""The operations a turn records, for the figures of one process alone."""

Location = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$", description="all locations without it")]
Word = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class JorgeServices:
    """What the routes read and operate; repository and conversations are None with persistence off."""

    repository: JorgeMetricsRepository | None
    tracker: PerformanceTracker
    collector: BotMetricsCollector
    alerting: AlertingService
    handoffs: JorgeHandoffService
    conversations: ConversationReader | None
    default_location: str
    clock: Clock = field(default_factory=SystemClock)


def build_jorge_router(services: JorgeServices, reader: Callable[..., None]) -> APIRouter:
    """Return the routes; *reader* lets the token's holder in, or this machine."""
    router = APIRouter(prefix="/api/jorge", tags=["jorge"], dependencies=[Depends(reader)])
    _add_figures(router, services)
    _add_alerts(router, services)
    _add_conversations(router, services)
    return router


def _add_figures(router: APIRouter, services: JorgeServices) -> None:
    @router.get("/performance")
    async def performance(window: Window = "1h", location_id: Location = None) -> Performance:
        """Latency, errors and promised latencies by bot and operation."""
        if services.repository is None:
            return Performance(window=window, operations=_own_operations(services.tracker, window))
        stats = await services.repository.operation_stats(window, location_id=location_id)
        return Performance(window=window, operations=[_operation(one) for one in stats])

    @router.get("/metrics")
    async def metrics(window: Window = "1h", location_id: Location = None) -> Metrics:
        """The bots' turns and the handoffs between them."""
        if services.repository is None:
            minutes = int(window_of(window) / timedelta(minutes=1))
            return Metrics.model_validate(services.collector.get_system_summary(minutes))
        return Metrics.model_validate(await services.repository.bot_summary(window, location_id=location_id))

    @router.get("/handoffs")
    async def handoffs(window: Window = "7d", location_id: Location = None) -> Handoffs:
        """How the handoffs of each route went, what that taught, and what the limits forbade."""
        since = services.clock.now() - window_of(window)
        if services.repository is None:
            counts: Sequence[HandoffRouteCounts] = _own_routes(services.handoffs, window, services.clock)
            blocked = services.handoffs.known_blocks(since)
        else:
            counts = await services.repository.handoff_routes(since, location_id=location_id)
            blocked = await services.repository.handoff_blocks_by_reason(since, location_id=location_id)
        return Handoffs(routes=_routes(services.handoffs, counts), blocked=blocked)


def _add_alerts(router: APIRouter, services: JorgeServices) -> None:
    alerting = services.alerting

    @router.get("/alerts")
    async def list_alerts(active_only: bool = False, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Alerts:
        """The newest alerts first."""
        found = await alerting.list_alerts(active_only=active_only, limit=limit)
        return Alerts(alerts=[AlertAnswer.model_validate(alert) for alert in found])

    @router.post("/alerts/{alert_id}/acknowledge", responses={404: {}, 409: {}})
    async def acknowledge(alert_id: Word, body: Acknowledgement | None = None) -> AlertAnswer:
        """Say that somebody has taken the alert up; 409 when somebody had before."""
        try:
            alert = await alerting.acknowledge_alert(alert_id, (body or Acknowledgement()).acknowledged_by)
        except AlertUnknownError as error:
            raise HTTPException(404, str(error)) from None
        except AlertAlreadyAcknowledgedError as error:
            raise HTTPException(409, str(error)) from None
        return AlertAnswer.model_validate(alert)

    @router.get("/alert-rules")
    async def list_rules() -> Rules:
        """Every rule, by name."""
        return Rules(rules=[_rule(rule) for rule in await alerting.list_rules()])

    @router.patch("/alert-rules/{name}", responses={404: {}})
    async def switch_rule(name: Word, body: RuleSwitch) -> RuleAnswer:
        """Switch a rule on or off, for every node from its next check on."""
        try:
            return _rule(await alerting.set_rule_active(name, body.active))
        except RuleUnknownError as error:
            raise HTTPException(404, str(error)) from None


def _add_conversations(router: APIRouter, services: JorgeServices) -> None:
    def conversations_reader() -> ConversationReader:
        if services.conversations is None:
            raise HTTPException(503, "persistence is off")
        return services.conversations

    Reader = Annotated[ConversationReader, Depends(conversations_reader)]  # noqa: N806 - a type

    @router.get("/conversations", responses={503: {}})
    async def list_conversations(
        conversations: Reader,
        location_id: Location = None,
        cursor: Annotated[str | None, Query(max_length=1000)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Conversations:
        """A page of conversations, the latest first."""
        page = await conversations.list_conversations(
            location_id=location_id, cursor=parse_cursor(cursor) if cursor else None, limit=limit
        )
        return Conversations.model_validate(page)

    @router.get("/conversations/{contact_id}", responses={404: {}, 409: {}, 503: {}})
    async def conversation(contact_id: Word, conversations: Reader, location_id: Location = None) -> ConversationAnswer:
        """One conversation; without a location that of our own, else of the only one that has it, else 409."""
        place = await place_of(conversations, contact_id, location_id, own=services.default_location)
        found = await conversations.find_conversation(contact_id, location_id=place)
        if found is None:
            raise HTTPException(404, f"there is no conversation with {contact_id!r}")
        return ConversationAnswer.model_validate(found)


def _operation(stats: OperationStats) -> Operation:
    targets = None if stats.targets is None else Targets.model_validate(stats.targets)
    return Operation(
        bot=stats.bot,
        operation=stats.operation,
        count=stats.count,
        errors=stats.errors,
        p50_ms=stats.p50_ms,
        p95_ms=stats.p95_ms,
        p99_ms=stats.p99_ms,
        mean_ms=stats.mean_ms,
        success_rate=stats.success_rate,
        cache_hit_rate=stats.cache_hit_rate,
        sla=Sla.model_validate(
            {"status": stats.sla.status, "targets": targets, "violations": list(stats.sla.violations)}
        ),
    )


def _own_operations(tracker: PerformanceTracker, window: str) -> list[Operation]:
    named = ((bot, step, tracker.get_bot_stats(bot, window, step)) for bot in BOT_NAMES for step in STEPS)
    return [_operation(_own_stats(bot, step, figures)) for bot, step, figures in named if figures["count"]]


def _own_stats(bot: str, operation: str, figures: Mapping[str, Any]) -> OperationStats:
    targets = SLA_TARGETS.get((bot, operation))
    return OperationStats(
        bot=bot,
        operation=operation,
        count=figures["count"],
        errors=figures["error_count"],
        p50_ms=figures["p50"],
        p95_ms=figures["p95"],
        p99_ms=figures["p99"],
        mean_ms=figures["mean"],
        success_rate=figures["success_rate"],
        cache_hit_rate=figures["cache_hit_rate"],
        targets=targets,
        sla=sla_verdict(targets, figures["p50"], figures["p95"], figures["p99"]),
    )


def _own_routes(handoffs: JorgeHandoffService, window: str, clock: Clock) -> list[HandoffRouteCounts]:
    by_route: dict[tuple[str, str], dict[str, int]] = {}
    for known in handoffs.known_outcomes(clock.now() - window_of(window)):
        counts = by_route.setdefault((known.source_bot, known.target_bot), {})
        counts[known.outcome] = counts.get(known.outcome, 0) + 1
    return [HandoffRouteCounts.of(*route, counts) for route, counts in by_route.items()]


def _routes(handoffs: JorgeHandoffService, counts: Sequence[HandoffRouteCounts]) -> list[Route]:
    """The four routes between bots, counted or not, then those to a person."""
    known = {(one.source, one.target): one for one in counts}
    named = [(source.value, target.value) for source, target in BASE_THRESHOLDS]
    named += sorted(set(known) - set(named))
    return [_route(handoffs, known.get(route) or HandoffRouteCounts.of(*route, {})) for route in named]


def _route(handoffs: JorgeHandoffService, counts: HandoffRouteCounts) -> Route:
    learned = handoffs.get_learned_adjustments(counts.source, counts.target)
    threshold = handoffs.threshold(Owner(counts.source), Owner(counts.target))
    if threshold is None:
        learned["adjustment"] = None
    return Route(**asdict(counts), **learned, threshold=threshold)


def _rule(rule: AlertRule) -> RuleAnswer:
    return RuleAnswer(
        name=rule.name,
        severity=rule.severity.value,
        cooldown_seconds=rule.cooldown_seconds,
        channels=list(rule.channels),
        description=rule.description,
        active=rule.active,
        condition=condition_config(rule),
    )
