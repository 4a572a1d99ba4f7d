"""The figures of this process for Prometheus, read when asked for, so that nothing is counted twice."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ghl_real_estate_ai.api.readiness import services
from ghl_real_estate_ai.llm.breaker import Circuit
from ghl_real_estate_ai.llm.phrase_reply import PhraseReply

if TYPE_CHECKING:
    from ghl_real_estate_ai.api.compose import Jorge


def build_registry(jorge: "Jorge") -> CollectorRegistry:
    """A registry of its own: never the library's global one."""
    registry = CollectorRegistry()
    registry.register(_JorgeCollector(jorge))
    if jorge.repository is not None:
        jorge.repository.register_metrics(registry)
    return registry


class _JorgeCollector(Collector):
    def __init__(self, jorge: "Jorge") -> None:
        self._jorge = jorge

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        yield from _intake(self._jorge)
        yield from _delivery(self._jorge)
        yield from _sending(self._jorge)
        yield from _wiring(self._jorge)
        if self._jorge.phrase is not None:
            yield from _language_model(self._jorge.phrase)


def _intake(jorge: "Jorge") -> Iterable[Metric]:
    counts = jorge.inbox.counts
    events = CounterMetricFamily("jorge_intake_events", "Webhook events by what became of them.", labels=["result"])
    events.add_metric(["kept"], counts.kept)
    events.add_metric(["failed"], counts.failed)
    events.add_metric(["turned_away"], counts.turned_away)
    yield events
    answers = CounterMetricFamily("jorge_webhook_answers", "Signed webhooks by how they were answered.", labels=["is"])
    answers.add_metric(["2xx"], counts.answered)
    answers.add_metric(["other"], counts.refused)
    yield answers
    yield CounterMetricFamily("jorge_intake_groups", "Commits of the inbox.", value=counts.groups)


def _delivery(jorge: "Jorge") -> Iterable[Metric]:
    effects = CounterMetricFamily("jorge_delivery_effects", "Effects on the CRM by result.", labels=["result"])
    for name, value in asdict(jorge.counts).items():
        effects.add_metric([name], value)
    yield effects


def _sending(jorge: "Jorge") -> Iterable[Metric]:
    """Of the last day, each location by itself: HighLevel restricts each by its own rates."""
    place = ["location_id"]
    texts = GaugeMetricFamily("jorge_texts_last_day", "Texts the CRM took in the last day.", labels=place)
    opt_outs = GaugeMetricFamily("jorge_opt_out_rate", "Opt-outs to texts of the last day.", labels=place)
    failures = GaugeMetricFamily(
        "jorge_delivery_error_rate", "Share of the last day's texts that failed.", labels=place
    )
    for one in jorge.sending:
        texts.add_metric([one.location_id], one.texts)
        if one.opt_out_rate is not None:
            opt_outs.add_metric([one.location_id], one.opt_out_rate)
        if one.failure_rate is not None:
            failures.add_metric([one.location_id], one.failure_rate)
    yield from (texts, opt_outs, failures)


def _language_model(phrase: PhraseReply) -> Iterable[Metric]:
    counts = phrase.counts
    replies = CounterMetricFamily("jorge_llm_replies", "Replies by who worded them, or why not.", labels=["result"])
    for result, number in sorted(counts.results.items()):
        replies.add_metric([result], number)
    yield replies
    opinions = CounterMetricFamily("jorge_llm_opinions", "Second opinions by what came of them.", labels=["result"])
    for result, number in sorted(counts.opinions.items()):
        opinions.add_metric([result], number)
    yield opinions
    yield CounterMetricFamily("jorge_llm_calls", "Calls of the language model.", value=counts.calls)
    yield CounterMetricFamily(
        "jorge_llm_uncounted_calls", "Calls whose tokens nobody told us.", value=counts.uncounted_calls
    )
    tokens = CounterMetricFamily("jorge_llm_tokens", "Tokens as the provider counts them.", labels=["direction"])
    tokens.add_metric(["input"], counts.input_tokens)
    tokens.add_metric(["output"], counts.output_tokens)
    yield tokens
    if phrase.price is not None:
        yield CounterMetricFamily("jorge_llm_cost_usd", "Cost of the counted calls.", value=counts.cost_usd)
    circuit = GaugeMetricFamily("jorge_llm_circuit", "1 for the state the circuit is in.", labels=["state"])
    for state in Circuit:
        circuit.add_metric([state.value], float(phrase.breaker.circuit is state))
    yield circuit


def _wiring(jorge: "Jorge") -> Iterable[Metric]:
    wired = GaugeMetricFamily("jorge_service_wired", "1 when the service is wired and writing.", labels=["service"])
    for name, status in services(jorge).items():
        wired.add_metric([name], float(status.is_ok))
    yield wired
    yield GaugeMetricFamily("jorge_up", "1 when the schema was checked and the services hydrated.", float(jorge.is_up))
