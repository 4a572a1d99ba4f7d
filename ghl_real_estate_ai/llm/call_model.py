"""One call of a model, whatever it is for: within its deadline and the day's budget, past the breaker, and recorded."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable
from ghl_real_estate_ai.llm.breaker import Breaker, Circuit
from ghl_real_estate_ai.llm.model import Budget, Completion, Price, Spent, Usage, cost_of
from ghl_real_estate_ai.llm.ports import LanguageModel, ModelBusy, Reservation, Spending
from ghl_real_estate_ai.telemetry.model import LlmCallRecord

log = structlog.get_logger(__name__)

REFUSED_SECONDS = 60.0
"""How long a location without budget is not asked about again."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Judged(Generic[Result]):
    """What became of a call: a result that may be used, or None and why not."""

    result: Result | None
    reason: str
    may_help_again: bool = False
    """Whether the same call might go well a moment later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Result]):
    """What is asked, for whom, and how the answer is judged."""

    purpose: str
    ask: Callable[[], Awaitable[Completion]]
    judge: Callable[[Completion], Judged[Result]]
    tokens: tuple[int, int]
    """The most it can use, in and out."""
    location_id: LocationId
    contact_id: ContactId


@dataclass(slots=True)
class CallCounts:
    """What this process saw of its model since the start."""

    results: Counter[str] = field(default_factory=Counter)
    """Replies by `phrased` or the reason for the template."""
    opinions: Counter[str] = field(default_factory=Counter)
    """Second opinions by `read` or the reason for the offline reading."""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    """Of the calls whose price is known."""
    uncounted_calls: int = 0
    """Calls whose tokens nobody told us."""


@dataclass(kw_only=True)
class CallModel:
    """One model in one process, with its account and its breaker."""

    model: LanguageModel
    spending: Spending
    record: Callable[[LlmCallRecord], None]
    clock: Clock
    deadline_seconds: float
    budget: Budget
    price: Price | None
    breaker: Breaker = field(default_factory=Breaker)
    counts: CallCounts = field(default_factory=CallCounts)
    _without_budget: dict[LocationId, float] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return self.breaker.circuit is Circuit.CLOSED and self.breaker.last_error is None

    @property
    def state(self) -> str:
        """Name, circuit and last trouble, for people; without any secret."""
        trouble = f", last: {self.breaker.last_error}" if self.breaker.last_error else ""
        return f"{self.model.name}, circuit {self.breaker.circuit}{trouble}"

    async def call(self, call: Call[Result], *, most_tries: int) -> Judged[Result]:
        """Make *call*, again where that may help; returns within the deadline, never raises for what a model does."""
        if self.clock.seconds() < self._without_budget.get(call.location_id, 0.0):
            return Judged(None, "budget_spent")
        if not self.breaker.may_call(self.clock.seconds()):
            return Judged(None, "circuit_open")
        give_up_at = asyncio.get_running_loop().time() + self.deadline_seconds
        judged: Judged[Result] = Judged(None, "away")
        for n in range(most_tries):
            judged = await self._try(call, give_up_at)
            if judged.result is not None or not judged.may_help_again or n + 1 == most_tries:
                return judged
            if not self.breaker.may_call(self.clock.seconds()):
                return judged
        return judged

    async def _try(self, call: Call[Result], give_up_at: float) -> Judged[Result]:
        """One try: paid, made, recorded, judged."""
        try:
            async with asyncio.timeout_at(give_up_at):
                reservation = await self._reserve(call)
        except (Retryable, TimeoutError):
            # Without the account nobody knows what may still be spent.
            return Judged(None, "budget_unknown")
        if reservation is None:
            self._without_budget[call.location_id] = self.clock.seconds() + REFUSED_SECONDS
            return Judged(None, "budget_spent")
        return await self._make(call, reservation, give_up_at)

    async def _reserve(self, call: Call[Result]) -> Reservation | None:
        tokens_in, tokens_out = call.tokens
        cost = self.price.cost(tokens_in, tokens_out) if self.price else 0.0
        return await self.spending.reserve(call.location_id, Spent(tokens_in + tokens_out, cost), self.budget)

    async def _make(self, call: Call[Result], reservation: Reservation, give_up_at: float) -> Judged[Result]:
        began = self.clock.seconds()
        try:
            async with asyncio.timeout_at(give_up_at):
                completion = await call.ask()
        except TimeoutError:
            return self._failed(call, "too_slow", began)
        except asyncio.CancelledError:
            # The turn itself is being ended: the call was made all the same.
            self._record(call, began, Usage(), error="cancelled")
            raise
        except (Retryable, Rejected, Misconfigured) as error:
            may_help = isinstance(error, Retryable) and not isinstance(error, ModelBusy)
            return self._failed(call, type(error).__name__, began, may_help_again=may_help)
        self.breaker.note_answer()
        judged = call.judge(completion)
        self._record(call, began, completion.usage, error=None if judged.result is not None else judged.reason)
        await self._settle(reservation, completion.usage, give_up_at)
        return judged

    def _failed(self, call: Call[Result], error: str, began: float, *, may_help_again: bool = False) -> Judged[Result]:
        """A failed call may have been served and charged, so what was held for it stays spent."""
        self.breaker.note_failure(error, self.clock.seconds())
        self._record(call, began, Usage(), error=error)
        log.warning("llm.call_failed", error=error, model=self.model.name, circuit=self.breaker.circuit.value)
        return Judged(None, error, may_help_again)

    async def _settle(self, reservation: Reservation, usage: Usage, give_up_at: float) -> None:
        total = usage.total
        if total is None:
            return
        try:
            async with asyncio.timeout_at(give_up_at):
                await self.spending.settle(reservation, Spent(total, cost_of(usage, self.price) or 0.0))
        except (Retryable, TimeoutError) as error:
            # The reservation stays spent, which is too much rather than too little.
            log.warning("llm.not_settled", error=type(error).__name__)

    def _record(self, call: Call[Result], began: float, usage: Usage, *, error: str | None) -> None:
        cost = cost_of(usage, self.price)
        counts = self.counts
        counts.calls += 1
        counts.uncounted_calls += usage.total is None
        counts.input_tokens += usage.input_tokens or 0
        counts.output_tokens += usage.output_tokens or 0
        counts.cost_usd += cost or 0.0
        self.record(
            LlmCallRecord(
                model=self.model.name,
                purpose=call.purpose,
                duration_ms=max(0.0, (self.clock.seconds() - began) * 1000.0),
                success=error is None,
                timestamp=self.clock.now(),
                location_id=call.location_id,
                contact_id=call.contact_id,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost_usd=cost,
                error=error,
            )
        )
