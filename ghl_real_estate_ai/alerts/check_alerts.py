"""The use case of every minute: gather the figures, and tell somebody when a rule is broken."""

from collections.abc import Sequence
from datetime import timedelta

from ghl_real_estate_ai.alerts.gather_stats import HOUR, CrmCalls, WebhookAnswers, gather_stats
from ghl_real_estate_ai.alerts.model import Alert
from ghl_real_estate_ai.alerts.service import AlertingService
from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.delivery.carrier import SendingRates
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.telemetry.bot_metrics_collector import BotMetricsCollector
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository

CRM_RULE = "rate_limit_breach"


async def check_alerts(
    alerting: AlertingService,
    *,
    repository: JorgeMetricsRepository | None,
    database: Database | None,
    counts: CrmCalls | None,
    clock: Clock,
    collector: BotMetricsCollector | None = None,
    answers: WebhookAnswers | None = None,
    sending: Sequence[SendingRates] = (),
) -> list[Alert]:
    """Hold the figures of now against every rule and return the alerts raised; an idle system raises none.

    The CRM's refusals and the answers to webhooks are those this process saw, what the journal refused is the node's.
    Without a repository the other figures are *collector*'s.

    Raises:
        Retryable: the database is away, so there are no figures.
    """
    at = clock.now()
    rules = await alerting.list_rules()
    windows = [timedelta(seconds=rule.window_seconds) for rule in rules if rule.name == CRM_RULE]
    crm = None
    if counts is not None:
        crm = alerting.crm_calls.share_refused(counts, at, windows[0] if windows else HOUR)
    webhooks = None if answers is None else alerting.webhook_answers.share_answered(answers, at, HOUR)
    if repository is not None:
        alerting.journal_refusals.begin_at(repository.counted_by_others().refused)
    refused = _refused_by_journal(repository, answers)
    stats = await gather_stats(
        rules,
        at,
        repository=repository,
        database=database,
        collector=collector,
        crm=crm,
        webhooks=webhooks,
        unrecorded=alerting.journal_refusals.added(refused, at, HOUR),
        sending=sending,
    )
    return await alerting.check_alerts(stats)


def _refused_by_journal(repository: JorgeMetricsRepository | None, answers: WebhookAnswers | None) -> int:
    """What the journal did not take: records that the node lost, and events of this process that come again."""
    records = 0 if repository is None else repository.counted_by_node().refused
    return records + (0 if answers is None else answers.journal_full)
