"""A reply is worded within the budget, the circuit and one retry; every call is recorded."""

import pytest
from scripted_model import MovedClock, ScriptedModel, a_request

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.llm.breaker import OPEN_SECONDS, Circuit
from ghl_real_estate_ai.llm.memory import MemorySpending
from ghl_real_estate_ai.llm.model import Budget, Price, Spent, Usage
from ghl_real_estate_ai.llm.phrase_reply import MOST_OUTPUT_TOKENS, REFUSED_SECONDS, PhraseReply
from ghl_real_estate_ai.llm.ports import ModelAway, ModelBusy, ModelConfused, ModelRefused, Reservation
from ghl_real_estate_ai.llm.prompt import tokens_at_most
from ghl_real_estate_ai.telemetry.model import LlmCallRecord
from ghl_real_estate_ai.turns.phrase_decision import guarded

HERE, ELSEWHERE, ANN = LocationId("here"), LocationId("elsewhere"), ContactId("ann")
GOOD = "Great, thanks! What's the most you'd like to spend?"
HELD = sum(tokens_at_most(a_request(), MOST_OUTPUT_TOKENS))


class Scene:
    """A phraser on a scripted model, with what it recorded."""

    def __init__(self, *script: str | Exception, budget: Budget | None = None, price: Price | None = None) -> None:
        self.clock = MovedClock()
        self.model = ScriptedModel(script)
        self.spending = MemorySpending(self.clock)
        self.recorded: list[LlmCallRecord] = []
        self.phrase_reply = PhraseReply(
            model=self.model,
            spending=self.spending,
            guard=guarded,
            record=self.recorded.append,
            clock=self.clock,
            deadline_seconds=5.0,
            budget=budget or Budget(),
            price=price,
        )

    async def reason(self, location_id: LocationId = HERE) -> str:
        return (await self.phrase_reply.phrase(a_request(), location_id, ANN)).reason


async def test_a_good_wording_is_said() -> None:
    """What passes the check comes back as it will be sent."""
    scene = Scene(GOOD)

    phrased = await scene.phrase_reply.phrase(a_request(), HERE, ANN)

    assert (phrased.text, phrased.reason) == (GOOD, "phrased")


async def test_real_counts_are_recorded() -> None:
    """Tokens are the provider's, the cost is theirs times the price, and the contact is named."""
    scene = Scene(GOOD, price=Price(3.0, 15.0))

    await scene.reason()

    call = scene.recorded[0]
    assert (call.input_tokens, call.output_tokens, call.success, call.error) == (200, 20, True, None)
    assert call.cost_usd == pytest.approx(200 * 3e-6 + 20 * 15e-6)
    assert (call.model, call.purpose, call.location_id, call.contact_id) == ("fake:scripted", "phrase", HERE, ANN)
    assert await scene.spending.spent_today(HERE) == Spent(220, pytest.approx(0.0009))


async def test_an_unknown_price_costs_nothing_known() -> None:
    """Without a price the cost is unknown, never zero and never a guess."""
    scene = Scene(GOOD)

    await scene.reason()

    assert scene.recorded[0].cost_usd is None


async def test_uncounted_tokens_stay_set_aside() -> None:
    """Where the provider does not count, the whole reservation is spent and the row says unknown."""
    scene = Scene(GOOD)
    scene.model.usage = Usage()

    await scene.reason()

    assert scene.recorded[0].input_tokens is None
    assert await scene.spending.spent_today(HERE) == Spent(HELD, 0.0)


async def test_a_bad_wording_is_paid_and_told_by_its_fault() -> None:
    """A refused wording is recorded as a failed call that cost something; it is not asked for again."""
    scene = Scene("Homes there start at $250k. What's the most you'd like to spend?")

    assert await scene.reason() == "new_number"
    assert [(call.success, call.error, call.output_tokens) for call in scene.recorded] == [(False, "new_number", 20)]
    assert scene.phrase_reply.breaker.circuit is Circuit.CLOSED


async def test_one_retry_after_no_answer() -> None:
    """A connection that broke is tried once more, and both calls are recorded."""
    scene = Scene(ModelAway("gone"), GOOD)

    assert await scene.reason() == "phrased"
    assert [call.error for call in scene.recorded] == ["ModelAway", None]


@pytest.mark.parametrize(
    ("error", "calls"),
    [(ModelAway("x"), 2), (ModelBusy("x"), 1), (ModelConfused("x"), 1), (ModelRefused("x"), 1)],
)
async def test_other_failures_are_not_tried_again(error: Exception, calls: int) -> None:
    """Never more than two calls, and only one where another cannot help."""
    scene = Scene(error)

    assert await scene.reason() == type(error).__name__
    assert len(scene.model.requests) == calls


async def test_the_circuit_opens_and_half_opens_with_the_clock() -> None:
    """A dead model is left alone, tried after its rest, and used again once it answers."""
    scene = Scene(*[ModelRefused("x")] * 3, GOOD)

    reasons = [await scene.reason() for _ in range(5)]
    scene.clock.move(OPEN_SECONDS)
    after = [await scene.reason(), await scene.reason()]

    assert reasons == ["ModelRefused"] * 3 + ["circuit_open"] * 2
    assert after == ["phrased", "phrased"]
    assert scene.phrase_reply.is_well


async def test_a_spent_budget_leaves_the_template() -> None:
    """Nobody is asked once the day's tokens are gone; another location and the next day go on."""
    scene = Scene(GOOD, budget=Budget(tokens=HELD + 200))

    reasons = [await scene.reason() for _ in range(3)]
    elsewhere = await scene.reason(ELSEWHERE)
    scene.clock.move(24 * 3600)

    assert reasons == ["phrased", "budget_spent", "budget_spent"]
    assert (elsewhere, await scene.reason()) == ("phrased", "phrased")


async def test_a_spent_budget_is_not_asked_about_each_time() -> None:
    """For a minute the answer is remembered."""
    scene = Scene(GOOD, budget=Budget(tokens=10))
    await scene.reason()
    scene.phrase_reply.budget = Budget()

    remembered = await scene.reason()
    scene.clock.move(REFUSED_SECONDS)

    assert (remembered, await scene.reason()) == ("budget_spent", "phrased")


async def test_a_budget_in_dollars() -> None:
    """The dollars of a call are set aside before it."""
    scene = Scene(GOOD, budget=Budget(cost_usd=0.0001), price=Price(3.0, 15.0))

    assert await scene.reason() == "budget_spent"
    assert scene.model.requests == []


async def test_an_unknown_account_asks_nobody() -> None:
    """While nobody can tell what is spent, nothing more is."""

    class Away(MemorySpending):
        async def reserve(self, location_id: LocationId, held: Spent, budget: Budget) -> Reservation | None:
            raise Retryable("the database is away")

    scene = Scene(GOOD)
    scene.phrase_reply.spending = Away(scene.clock)

    assert await scene.reason() == "budget_unknown"
    assert scene.model.requests == []
