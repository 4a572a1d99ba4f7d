"""From what was measured over a rule's window, the figures that the rules are held against.

A figure with fewer observations than its rule asks for is left out, so an idle system yields no figures at all.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ghl_real_estate_ai.alerts.model import LOCATION, AlertRule, Condition
from ghl_real_estate_ai.alerts.store import backlog_age_seconds, dropped_rows, oldest_unanswered_seconds
from ghl_real_estate_ai.delivery.carrier import SendingRates, worst_failures, worst_opt_outs
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.telemetry.bot_metrics_collector import BotMetricsCollector
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.tallies import Tally

HOUR = timedelta(hours=1)
WHOLE_TURN = "process"
NOT_CIRCULAR = frozenset({"performance"})
"""A handoff put off because the other bot is slow goes round in no circle."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and how many observations it rests on; None is no data."""

    value: float | None
    samples: int = 1


class WebhookAnswers(Protocol):
    """How this process answered signed webhooks since it started; both only ever grow."""

    @property
    def answered(self) -> int: ...

    @property
    def refused(self) -> int: ...

    @property
    def journal_full(self) -> int:
        """Calls that were not kept because the journal was at its bound."""
        ...


class RecentAnswers:
    """Tells from counts that only grow what was added within a window."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, int, int]] = deque()

    def share_answered(self, counts: WebhookAnswers, at: datetime, window: timedelta) -> Measured:
        """The share of signed webhooks answered 2xx since *window* ago, or since this process began."""
        while len(self._seen) > 1 and self._seen[1][0] <= at - window:
            self._seen.popleft()
        first = self._seen[0] if self._seen and self._seen[0][0] <= at - window else (at, 0, 0)
        self._seen.append((at, counts.answered, counts.refused))
        answered, refused = counts.answered - first[1], counts.refused - first[2]
        return _share(answered, answered + refused)


class RecentGrowth:
    """Tells from a count that only grows how much was added within a window."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, int]] = deque()
        self._before_first = 0

    def begin_at(self, count: int) -> None:
        """Let so much be old at the first look, since others counted it before this process began."""
        if not self._seen:
            self._before_first = count

    def added(self, count: int, at: datetime, window: timedelta) -> Measured:
        """What was added since *window* ago, or since this process began; no data where that is nothing."""
        while len(self._seen) > 1 and self._seen[1][0] <= at - window:
            self._seen.popleft()
        before = self._seen[0][1] if self._seen and self._seen[0][0] <= at - window else self._before_first
        self._seen.append((at, count))
        return Measured(float(count - before) if count > before else None)


class CrmCalls(Protocol):
    """This process's calls to the CRM since it started; both only ever grow."""

    @property
    def crm_calls(self) -> int: ...

    @property
    def crm_busy(self) -> int:
        """Of the calls: answered 429."""
        ...


Measurements = Mapping[str, Measured]
"""By the key of a condition: `metric`, or `scope.metric`."""


class RecentCrmCalls:
    """Tells from counts that only grow what was added within a window."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, int, int]] = deque()

    def share_refused(self, counts: CrmCalls, at: datetime, window: timedelta) -> Measured:
        """The share of calls answered 429 since *window* ago, or since this process began."""
        while len(self._seen) > 1 and self._seen[1][0] <= at - window:
            self._seen.popleft()
        _, calls_before, busy_before = self._seen[0] if self._reaches_back(at, window) else (at, 0, 0)
        self._seen.append((at, counts.crm_calls, counts.crm_busy))
        return _share(counts.crm_busy - busy_before, counts.crm_calls - calls_before)

    def _reaches_back(self, at: datetime, window: timedelta) -> bool:
        return bool(self._seen) and self._seen[0][0] <= at - window


async def gather_stats(
    rules: Sequence[AlertRule],
    at: datetime,
    *,
    repository: JorgeMetricsRepository | None = None,
    database: Database | None = None,
    collector: BotMetricsCollector | None = None,
    crm: Measured | None = None,
    webhooks: Measured | None = None,
    unrecorded: Measured | None = None,
    sending: Sequence[SendingRates] = (),
) -> dict[str, Any]:
    """Return the figures for *rules*: over all nodes from the repository, else this process's own from *collector*.

    Raises:
        Retryable: the database is away.
    """
    stats: dict[str, Any] = {}
    for window in {timedelta(seconds=rule.window_seconds) for rule in rules if rule.active}:
        measured: dict[str, Measured] = {}
        if repository is not None:
            measured |= await measure_stored(repository, at, window)
        elif collector is not None:
            measured |= measure_memory(collector, window)
        if database is not None:
            measured["oldest_unanswered_seconds"] = Measured(await oldest_unanswered_seconds(database))
            measured |= await _of_journals(database, window)
        if crm is not None:
            measured["rate_limit_error_rate"] = crm
        if webhooks is not None:
            measured["webhook_success_rate"] = webhooks
        if unrecorded is not None:
            measured["journal_refusals"] = unrecorded
        measured |= measure_sending(sending)
        stats |= stats_of(measured, [rule for rule in rules if timedelta(seconds=rule.window_seconds) == window])
    return stats | _places_of(stats, sending)


def measure_sending(rates: Sequence[SendingRates]) -> dict[str, Measured]:
    """The worst location's rates of the last day: HighLevel restricts each by its own."""
    worst = {"opt_out_rate": worst_opt_outs(rates), "delivery_error_rate": worst_failures(rates)}
    return {name: Measured(one.value, one.samples) for name, one in worst.items() if one is not None}


def _places_of(stats: Mapping[str, Any], rates: Sequence[SendingRates]) -> dict[str, str]:
    """Which location is meant, beside each figure that is one location's."""
    worst = {"opt_out_rate": worst_opt_outs(rates), "delivery_error_rate": worst_failures(rates)}
    return {f"{name}{LOCATION}": one.location_id for name, one in worst.items() if one is not None and name in stats}


async def measure_stored(repository: JorgeMetricsRepository, at: datetime, window: timedelta) -> dict[str, Measured]:
    """What every node stored of the last *window*; blocked handoffs always of the last hour.

    A bot's P95 is that of whole turns, by its interactions or by its operation `process`, whichever is worse.
    """
    bots = await repository.bot_tallies(window)
    measured = _of_bots(bots) | _of_handoffs(await repository.handoff_tally(window))
    for stats in await repository.operation_stats(window):
        if stats.operation == WHOLE_TURN:
            key = f"{stats.bot}.p95_latency_ms"
            measured[key] = _worse(measured.get(key), Measured(stats.p95_ms, stats.count - stats.errors))
    blocks = await repository.handoff_blocks_by_reason(at - HOUR)
    blocked = sum(count for reason, count in blocks.items() if reason not in NOT_CIRCULAR)
    measured["blocked_handoffs_last_hour"] = Measured(float(blocked) if blocked else None)
    return measured


def measure_memory(collector: BotMetricsCollector, window: timedelta) -> dict[str, Measured]:
    """What this process saw itself in the last *window*, where nothing is stored."""
    summary = collector.get_system_summary(int(window.total_seconds() // 60))
    overall, handoffs = summary["overall"], summary["handoffs"]
    turns = overall["total_interactions"]
    measured = {
        f"{bot}_bot.p95_latency_ms": Measured(figures["p95_duration_ms"], figures["total_interactions"])
        for bot, figures in summary["bots"].items()
    }
    measured["error_rate"] = Measured(overall["error_rate"], turns)
    measured["cache_hit_rate"] = Measured(overall["cache_hit_rate"], turns)
    measured["handoff_success_rate"] = Measured(handoffs["success_rate"], handoffs["total_handoffs"])
    return measured


def stats_of(measured: Measurements, rules: Sequence[AlertRule]) -> dict[str, Any]:
    """Return the figures that *rules* look at, without those that rest on fewer observations than a rule wants."""
    stats: dict[str, Any] = {}
    for rule in rules:
        for condition in rule.conditions:
            figure = measured.get(condition.key)
            if figure is not None and figure.value is not None and figure.samples >= rule.min_samples:
                _put(stats, condition, figure.value)
    return stats


def _put(stats: dict[str, Any], condition: Condition, value: float) -> None:
    if condition.scope is None:
        stats[condition.metric] = value
    else:
        stats.setdefault(condition.scope, {})[condition.metric] = value


def _of_bots(bots: Mapping[str, Tally]) -> dict[str, Measured]:
    overall = Tally()
    measured = {}
    for bot, tally in bots.items():
        overall.merge(tally)
        measured[f"{bot}_bot.p95_latency_ms"] = Measured(tally.percentiles(95)[0], tally.successes)
    measured["error_rate"] = _share(overall.errors, overall.count)
    measured["cache_hit_rate"] = _share(overall.cache_hits, overall.cache_hits + overall.cache_misses)
    return measured


def _of_handoffs(tally: Tally) -> dict[str, Measured]:
    return {"handoff_success_rate": _share(tally.successes, tally.count)}


async def _of_journals(database: Database, window: timedelta) -> dict[str, Measured]:
    dropped, age = await dropped_rows(database, window), await backlog_age_seconds(database)
    return {"telemetry_dropped_rows": Measured(dropped), "telemetry_backlog_age_seconds": Measured(age)}


def _worse(one: Measured | None, other: Measured) -> Measured:
    if one is None or one.value is None:
        return other
    if other.value is None:
        return one
    return max(one, other, key=lambda measured: measured.value or 0.0)


def _share(part: int, whole: int) -> Measured:
    return Measured(part / whole if whole > 0 else None, whole)
