"""When figures break a rule, and when they do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.alerts.model import (
    AlertRule,
    Condition,
    Operator,
    RuleUnreadableError,
    Severity,
    breached,
    find_breach,
    is_cooling_down,
    parse_rule,
)
from ghl_real_estate_ai.alerts.rows import rule_row

AT = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
RULES = {rule.name: rule for rule in DEFAULT_RULES}

BOUNDARIES = [
    ("sla_violation", {"lead_bot": {"p95_latency_ms": 2000.0}}, {"lead_bot": {"p95_latency_ms": 2000.1}}),
    ("sla_violation", {"buyer_bot": {"p95_latency_ms": 2500}}, {"buyer_bot": {"p95_latency_ms": 2500.1}}),
    ("sla_violation", {"seller_bot": {"p95_latency_ms": 2500}}, {"seller_bot": {"p95_latency_ms": 2501}}),
    ("sla_violation", {"lead_bot.p95_latency_ms": 2000}, {"lead_bot.p95_latency_ms": 2001}),
    ("high_error_rate", {"error_rate": 0.05}, {"error_rate": 0.0501}),
    ("low_cache_hit_rate", {"cache_hit_rate": 0.5}, {"cache_hit_rate": 0.499}),
    ("handoff_failure", {"handoff_success_rate": 0.95}, {"handoff_success_rate": 0.949}),
    ("bot_unresponsive", {"oldest_unanswered_seconds": 300}, {"oldest_unanswered_seconds": 300.1}),
    (
        "bot_unresponsive",
        {"last_response_time": AT.timestamp() - 300},
        {"last_response_time": AT.timestamp() - 301},
    ),
    (
        "bot_unresponsive",
        {"last_response_time": AT - timedelta(seconds=300)},
        {"last_response_time": AT - timedelta(seconds=300, microseconds=1)},
    ),
    ("circular_handoff_spike", {"blocked_handoffs_last_hour": 10}, {"blocked_handoffs_last_hour": 11}),
    ("rate_limit_breach", {"rate_limit_error_rate": 0.1}, {"rate_limit_error_rate": 0.101}),
    ("opt_out_rate", {"opt_out_rate": 0.01}, {"opt_out_rate": 0.0101}),
    ("delivery_error_rate", {"delivery_error_rate": 0.04}, {"delivery_error_rate": 0.0401}),
    ("telemetry_refused", {"journal_refusals": 0}, {"journal_refusals": 1}),
    ("webhook_refusals", {"webhook_success_rate": 0.97}, {"webhook_success_rate": 0.9699}),
]


@pytest.mark.parametrize(("name", "at_the_threshold", "beyond"), BOUNDARIES)
def test_each_default_rule_fires_beyond_its_threshold_and_not_at_it(
    name: str, at_the_threshold: dict[str, object], beyond: dict[str, object]
) -> None:
    """A figure exactly at the threshold is silent, the next one beyond it is not."""
    rule = RULES[name]

    fired = (breached(rule, at_the_threshold, AT), breached(rule, beyond, AT))

    assert fired == (False, True)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("figure", [None, "many", True, float("nan"), datetime(2020, 1, 1)])  # noqa: DTZ001 - has no zone on purpose
def test_a_figure_that_is_no_number_breaks_nothing(rule: AlertRule, figure: object) -> None:
    """No data, words, truth values and times without a zone are all silence."""
    stats = {condition.key: figure for condition in rule.conditions}

    assert not breached(rule, stats, AT)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_an_idle_system_breaks_nothing(rule: AlertRule) -> None:
    """Without any figures every rule is silent."""
    assert not breached(rule, {}, AT)


def test_the_defaults_have_the_cooldowns_and_channels_agreed_on() -> None:
    """Severity, cool-down and channels of each default rule are the documented ones."""
    expected = {
        "sla_violation": ("critical", 300, ("email", "slack", "webhook")),
        "high_error_rate": ("critical", 300, ("email", "slack", "webhook")),
        "low_cache_hit_rate": ("warning", 600, ("slack",)),
        "handoff_failure": ("critical", 300, ("email", "slack")),
        "bot_unresponsive": ("critical", 600, ("email", "slack", "webhook")),
        "circular_handoff_spike": ("warning", 600, ("slack",)),
        "rate_limit_breach": ("warning", 300, ("slack",)),
        "opt_out_rate": ("warning", 3600, ("email", "slack", "webhook")),
        "delivery_error_rate": ("warning", 3600, ("email", "slack", "webhook")),
        "webhook_refusals": ("critical", 600, ("email", "slack", "webhook")),
        "telemetry_dropped": ("critical", 3600, ("email", "slack", "webhook")),
        "telemetry_refused": ("critical", 1800, ("email", "slack", "webhook")),
        "telemetry_backlog": ("warning", 1800, ("email", "slack")),
    }

    actual = {rule.name: (rule.severity.value, rule.cooldown_seconds, rule.channels) for rule in DEFAULT_RULES}

    assert expected == actual


def test_the_breach_names_the_bot_that_is_slow() -> None:
    """Of three bots' thresholds the one that was broken is told."""
    stats = {"lead_bot": {"p95_latency_ms": 900}, "seller_bot": {"p95_latency_ms": 9000}}

    breach = find_breach(RULES["sla_violation"], stats, AT)

    assert breach is not None
    assert (breach.condition.key, breach.observed) == ("seller_bot.p95_latency_ms", 9000.0)


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_a_rule_read_back_from_its_row_is_the_same_rule(rule: AlertRule) -> None:
    """A rule is data: its row holds all of it."""
    assert rule == parse_rule(rule_row(rule))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"condition_config": {}},
        {"condition_config": None},
        {"condition_config": {"conditions": [{"metric": "x", "operator": ">=", "threshold": 1}]}},
        {"severity": "fatal"},
        {"cooldown_seconds": None},
    ],
)
def test_a_row_that_is_no_rule_is_refused_by_name(spoilt: dict[str, object]) -> None:
    """A row edited wrongly is told apart from a rule, with its name."""
    row = rule_row(RULES["handoff_failure"]) | spoilt

    with pytest.raises(RuleUnreadableError, match="handoff_failure"):
        parse_rule(row)


@given(
    threshold=st.floats(allow_nan=False, allow_infinity=False),
    figure=st.floats(allow_nan=False),
    operator=st.sampled_from(Operator),
)
def test_both_comparisons_are_strict(threshold: float, figure: float, operator: Operator) -> None:
    """Above means greater, below means less, equal means neither."""
    rule = replace(
        RULES["high_error_rate"], conditions=(Condition(metric="x", operator=operator, threshold=threshold),)
    )
    expected = figure > threshold if operator is Operator.ABOVE else figure < threshold

    assert expected == breached(rule, {"x": figure}, AT)


@pytest.mark.parametrize(("seconds", "expected"), [(0, True), (299, True), (300, False), (900, False)])
def test_a_rule_may_speak_again_at_its_full_cooldown(seconds: int, expected: bool) -> None:
    """One second before the cool-down is over it is quiet, at its end it is not."""
    rule = RULES["high_error_rate"]

    assert expected == is_cooling_down(rule, AT - timedelta(seconds=seconds), AT)


def test_severities_are_the_three_of_the_table() -> None:
    """Rows hold one of three words."""
    assert [severity.value for severity in Severity] == ["critical", "warning", "info"]
