"""Word a decided reply by a model: within one deadline and the day's budget, judged before it is said.

Whatever goes wrong, the answer is a reason and the template is said; nothing here raises for a model's fault.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable
from ghl_real_estate_ai.llm.breaker import Breaker, Circuit
from ghl_real_estate_ai.llm.check_phrasing import bare, fault_of
from ghl_real_estate_ai.llm.model import Budget, Completion, Guard, PhrasingRequest, Price, Spent, Usage, cost_of
from ghl_real_estate_ai.llm.ports import LanguageModel, ModelBusy, Reservation, Spending
from ghl_real_estate_ai.llm.prompt import tokens_at_most
from ghl_real_estate_ai.telemetry.model import LlmCallRecord

log = structlog.get_logger(__name__)

PURPOSE = "phrase"
MOST_OUTPUT_TOKENS = 160
"""Two segments of text are about 80 tokens in English and 110 in Spanish."""
MOST_CALLS = 2
"""The first and one retry, both within the deadline."""
REFUSED_SECONDS = 60.0
"""How long a location without budget is not asked about again."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """What became of a reply: the words to say, or None and the reason to keep the template."""

    text: str | None
    reason: str


@dataclass(slots=True)
class PhrasingCounts:
    """What this process saw of its model since the start."""

    results: Counter[str] = field(default_factory=Counter)
    """Replies by `phrased` or the reason for the template."""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    """Of the calls whose price is known."""
    uncounted_calls: int = 0
    """Calls whose tokens nobody told us."""


@dataclass(kw_only=True)
class PhraseReply:
    """One model in one process."""

    model: LanguageModel
    spending: Spending
    guard: Guard
    record: Callable[[LlmCallRecord], None]
    clock: Clock
    deadline_seconds: float
    budget: Budget
    price: Price | None
    breaker: Breaker = field(default_factory=Breaker)
    counts: PhrasingCounts = field(default_factory=PhrasingCounts)
    _without_budget: dict[LocationId, float] = field(default_factory=dict)

    async def phrase(self, request: PhrasingRequest, location_id: LocationId, contact_id: ContactId) -> Phrased:
        """Word *request*, or say why not; returns within the deadline, and never raises for what a model does."""
        phrased = await self._phrase(request, location_id, contact_id)
        self.counts.results[phrased.reason] += 1
        return phrased

    @property
    def is_well(self) -> bool:
        return self.breaker.circuit is Circuit.CLOSED and self.breaker.last_error is None

    @property
    def state(self) -> str:
        """Name, circuit and last trouble, for people; without any secret."""
        trouble = f", last: {self.breaker.last_error}" if self.breaker.last_error else ""
        return f"{self.model.name}, circuit {self.breaker.circuit}{trouble}"

    async def _phrase(self, request: PhrasingRequest, location_id: LocationId, contact_id: ContactId) -> Phrased:
        if self.clock.seconds() < self._without_budget.get(location_id, 0.0):
            return Phrased(None, "budget_spent")
        if not self.breaker.may_call(self.clock.seconds()):
            return Phrased(None, "circuit_open")
        give_up_at = asyncio.get_running_loop().time() + self.deadline_seconds
        reason = "away"
        for n in range(MOST_CALLS):
            attempt = _Attempt(self, request, location_id, contact_id, give_up_at)
            phrased = await attempt.make()
            reason = phrased.reason
            if phrased.text is not None or not attempt.may_help_again or n + 1 == MOST_CALLS:
                return phrased
            if not self.breaker.may_call(self.clock.seconds()):
                return phrased
        return Phrased(None, reason)

    def note_without_budget(self, location_id: LocationId) -> None:
        self._without_budget[location_id] = self.clock.seconds() + REFUSED_SECONDS


@dataclass(slots=True)
class _Attempt:
    """One call: paid, made, recorded, judged."""

    of: PhraseReply
    request: PhrasingRequest
    location_id: LocationId
    contact_id: ContactId
    give_up_at: float
    may_help_again: bool = False

    async def make(self) -> Phrased:
        try:
            async with asyncio.timeout_at(self.give_up_at):
                reservation = await self._reserve()
        except (Retryable, TimeoutError):
            # Without the account nobody knows what may still be spent.
            return Phrased(None, "budget_unknown")
        if reservation is None:
            self.of.note_without_budget(self.location_id)
            return Phrased(None, "budget_spent")
        return await self._call(reservation)

    async def _reserve(self) -> Reservation | None:
        tokens_in, tokens_out = tokens_at_most(self.request, MOST_OUTPUT_TOKENS)
        cost = self.of.price.cost(tokens_in, tokens_out) if self.of.price else 0.0
        return await self.of.spending.reserve(self.location_id, Spent(tokens_in + tokens_out, cost), self.of.budget)

    async def _call(self, reservation: Reservation) -> Phrased:
        began = self.of.clock.seconds()
        try:
            async with asyncio.timeout_at(self.give_up_at):
                completion = await self.of.model.phrase(self.request)
        except TimeoutError:
            return self._failed("too_slow", began)
        except asyncio.CancelledError:
            # The turn itself is being ended: the call was made all the same.
            self._record(began, Usage(), error="cancelled")
            raise
        except (Retryable, Rejected, Misconfigured) as error:
            self.may_help_again = isinstance(error, Retryable) and not isinstance(error, ModelBusy)
            return self._failed(type(error).__name__, began)
        self.of.breaker.note_answer()
        phrased = self._judged(completion)
        self._record(began, completion.usage, error=None if phrased.text else phrased.reason)
        await self._settle(reservation, completion.usage)
        return phrased

    def _judged(self, completion: Completion) -> Phrased:
        text = bare(completion.text)
        fault = fault_of(self.request, text, self.of.guard)
        if fault is not None:
            # The words themselves are left out: they may be anything.
            log.info("llm.phrasing_refused", fault=fault.value, model=self.of.model.name)
            return Phrased(None, fault.value)
        return Phrased(self.of.guard(text, self.request.language).text, "phrased")

    def _failed(self, error: str, began: float) -> Phrased:
        """A failed call may have been served and charged, so what was held for it stays spent."""
        self.of.breaker.note_failure(error, self.of.clock.seconds())
        self._record(began, Usage(), error=error)
        log.warning("llm.call_failed", error=error, model=self.of.model.name, circuit=self.of.breaker.circuit.value)
        return Phrased(None, error)

    async def _settle(self, reservation: Reservation, usage: Usage) -> None:
        total = usage.total
        if total is None:
            return
        try:
            async with asyncio.timeout_at(self.give_up_at):
                await self.of.spending.settle(reservation, Spent(total, cost_of(usage, self.of.price) or 0.0))
        except (Retryable, TimeoutError) as error:
            # The reservation stays spent, which is too much rather than too little.
            log.warning("llm.not_settled", error=type(error).__name__)

    def _record(self, began: float, usage: Usage, *, error: str | None) -> None:
        cost = cost_of(usage, self.of.price)
        counts = self.of.counts
        counts.calls += 1
        counts.uncounted_calls += usage.total is None
        counts.input_tokens += usage.input_tokens or 0
        counts.output_tokens += usage.output_tokens or 0
        counts.cost_usd += cost or 0.0
        self.of.record(
            LlmCallRecord(
                model=self.of.model.name,
                purpose=PURPOSE,
                duration_ms=max(0.0, (self.of.clock.seconds() - began) * 1000.0),
                success=error is None,
                timestamp=self.of.clock.now(),
                location_id=self.location_id,
                contact_id=self.contact_id,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost_usd=cost,
                error=error,
            )
        )
