"""The rules every installation starts with; from then on the rows of `jorge_alert_rules` decide."""

from ghl_real_estate_ai.alerts.model import AlertRule, Condition, Operator, Reading, Severity

_EVERYBODY = ("email", "slack", "webhook")

DEFAULT_RULES: tuple[AlertRule, ...] = (
    AlertRule(
        name="sla_violation",
        conditions=(
            Condition(scope="lead_bot", metric="p95_latency_ms", operator=Operator.ABOVE, threshold=2000),
            Condition(scope="buyer_bot", metric="p95_latency_ms", operator=Operator.ABOVE, threshold=2500),
            Condition(scope="seller_bot", metric="p95_latency_ms", operator=Operator.ABOVE, threshold=2500),
        ),
        severity=Severity.CRITICAL,
        cooldown_seconds=300,
        channels=_EVERYBODY,
        description="A bot takes longer over a turn than it should.",
        min_samples=20,  # below that a 95th percentile is the slowest turn alone
    ),
    AlertRule(
        name="high_error_rate",
        conditions=(Condition(metric="error_rate", operator=Operator.ABOVE, threshold=0.05),),
        severity=Severity.CRITICAL,
        cooldown_seconds=300,
        channels=_EVERYBODY,
        description="Too many of the bots' turns failed.",
        min_samples=20,  # one failure in 20 turns is exactly at the threshold, and silent
    ),
    AlertRule(
        name="low_cache_hit_rate",
        conditions=(Condition(metric="cache_hit_rate", operator=Operator.BELOW, threshold=0.50),),
        severity=Severity.WARNING,
        cooldown_seconds=600,
        channels=("slack",),
        description="Of the turns that look into a cache, too few find something there.",
        min_samples=20,
    ),
    AlertRule(
        name="handoff_failure",
        conditions=(Condition(metric="handoff_success_rate", operator=Operator.BELOW, threshold=0.95),),
        severity=Severity.CRITICAL,
        cooldown_seconds=300,
        channels=("email", "slack"),
        description="Handoffs could not be carried out (how they turned out later does not count here).",
        min_samples=5,
    ),
    AlertRule(
        name="bot_unresponsive",
        conditions=(
            Condition(metric="oldest_unanswered_seconds", operator=Operator.ABOVE, threshold=300),
            Condition(
                metric="last_response_time", operator=Operator.ABOVE, threshold=300, reading=Reading.SECONDS_SINCE
            ),
        ),
        severity=Severity.CRITICAL,
        cooldown_seconds=600,
        channels=_EVERYBODY,
        description="Somebody wrote, an answer is due, and none came.",
    ),
    AlertRule(
        name="circular_handoff_spike",
        conditions=(Condition(metric="blocked_handoffs_last_hour", operator=Operator.ABOVE, threshold=10),),
        severity=Severity.WARNING,
        cooldown_seconds=600,
        channels=("slack",),
        description="Contacts would be passed round in circles; the limits stopped it.",
    ),
    AlertRule(
        name="rate_limit_breach",
        conditions=(Condition(metric="rate_limit_error_rate", operator=Operator.ABOVE, threshold=0.10),),
        severity=Severity.WARNING,
        cooldown_seconds=300,
        channels=("slack",),
        description="The CRM refuses calls because there are too many (429).",
        min_samples=20,
    ),
    AlertRule(
        name="telemetry_dropped",
        conditions=(Condition(metric="telemetry_dropped_rows", operator=Operator.ABOVE, threshold=0),),
        severity=Severity.CRITICAL,
        cooldown_seconds=3600,
        channels=_EVERYBODY,
        description="A journal was at its bound, and its oldest measurements were dropped.",
    ),
    AlertRule(
        name="telemetry_refused",
        conditions=(Condition(metric="journal_refusals", operator=Operator.ABOVE, threshold=0),),
        severity=Severity.CRITICAL,
        cooldown_seconds=1800,
        channels=_EVERYBODY,
        description="The journal takes nothing: its disk is full or broken, or it is at its bound (webhooks get 429).",
    ),
    AlertRule(
        name="telemetry_backlog",
        conditions=(Condition(metric="telemetry_backlog_age_seconds", operator=Operator.ABOVE, threshold=300),),
        severity=Severity.WARNING,
        cooldown_seconds=1800,
        channels=("email", "slack"),
        description="What was recorded on a node does not reach the database.",
    ),
    AlertRule(
        name="opt_out_rate",  # always of the last day, as HighLevel counts
        conditions=(Condition(metric="opt_out_rate", operator=Operator.ABOVE, threshold=0.01),),
        severity=Severity.WARNING,
        cooldown_seconds=3600,
        channels=_EVERYBODY,
        description="Too many people opt out at one location; HighLevel restricts it at 3 %.",
        min_samples=50,
    ),
    AlertRule(
        name="delivery_error_rate",  # always of the last day, too
        conditions=(Condition(metric="delivery_error_rate", operator=Operator.ABOVE, threshold=0.04),),
        severity=Severity.WARNING,
        cooldown_seconds=3600,
        channels=_EVERYBODY,
        description="Too many texts of one location do not arrive; HighLevel restricts it at 10 %.",
        min_samples=50,
    ),
    AlertRule(
        name="webhook_refusals",
        conditions=(Condition(metric="webhook_success_rate", operator=Operator.BELOW, threshold=0.97),),
        severity=Severity.CRITICAL,
        cooldown_seconds=600,
        channels=_EVERYBODY,
        description="Webhooks are not answered 2xx; below 90 % HighLevel pauses the delivery.",
        min_samples=20,
    ),
)
