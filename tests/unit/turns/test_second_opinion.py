"""What a model's opinion may change of an unsure reading, and what it never may."""

import json
from dataclasses import replace
from typing import Any

import pytest
from scripted_model import MovedClock, ScriptedModel

from ghl_real_estate_ai.conversation.model import (
    Bot,
    Contact,
    ContactId,
    Conversation,
    Language,
    LocationId,
    Owner,
    Slot,
)
from ghl_real_estate_ai.llm.call_model import CallModel
from ghl_real_estate_ai.llm.memory import MemorySpending
from ghl_real_estate_ai.llm.model import Budget, Opinion, Spent
from ghl_real_estate_ai.llm.ports import ModelAway
from ghl_real_estate_ai.llm.read_message import ReadMessage
from ghl_real_estate_ai.telemetry.model import LlmCallRecord
from ghl_real_estate_ai.turns.second_opinion import (
    NEVER_ASKED_OF_A_MODEL,
    NEVER_TAKEN_AWAY,
    OPINION_CONFIDENCE,
    combined,
    with_second_opinion,
)
from ghl_real_estate_ai.understanding.model import Found, Intent, MessageContext, Objection, Signals, Span

HERE, ANN = LocationId("here"), ContactId("ann")
TEXT = "we are outgrowing this place, 3 kids now, maybe Kyle"
SELLS = json.dumps({"intents": ["sell"]})
UNSURE = Signals(language=Language.EN)


def a_conversation(**changes: Any) -> Conversation:
    contact = Contact(location_id=HERE, contact_id=ANN, tags=frozenset({"Needs Qualifying"}), dnd=False)
    return replace(Conversation(contact=contact, owner=Owner.LEAD), **changes)


def found(intent: Intent, confidence: float) -> Signals:
    return Signals(language=Language.EN, intents=(Found(intent, confidence, Span(0, 2)),))


class Scene:
    """A reader on a scripted model, with what it recorded."""

    def __init__(self, *script: str | Exception, below: float = 0.7, budget: Budget | None = None) -> None:
        self.model = ScriptedModel(script)
        self.recorded: list[LlmCallRecord] = []
        self.spending = MemorySpending(clock := MovedClock())
        calls = CallModel(
            model=self.model,
            spending=self.spending,
            record=self.recorded.append,
            clock=clock,
            deadline_seconds=5.0,
            budget=budget or Budget(),
            price=None,
        )
        self.reading = ReadMessage(calls=calls, below=below)

    async def reads(self, signals: Signals = UNSURE, text: str = TEXT, **changes: Any) -> Signals:
        return await with_second_opinion(self.reading, a_conversation(**changes), text, signals)


async def test_an_unsure_reading_is_asked_about() -> None:
    """The label counts with a confidence of its own, and the call is recorded and paid like any other."""
    scene = Scene(SELLS)

    signals = await scene.reads()

    assert signals.confidence(Intent.SELL) == OPINION_CONFIDENCE
    [call] = scene.recorded
    assert (call.purpose, call.success, call.input_tokens, call.location_id) == ("second_opinion", True, 200, HERE)
    assert await scene.spending.spent_today(HERE) == Spent(220, 0.0)


@pytest.mark.parametrize(
    ("signals", "text", "changes"),
    [
        (found(Intent.SELL, 0.7), TEXT, {}),
        (found(Intent.OPT_OUT, 0.1), TEXT, {}),
        (found(Intent.PRIVACY_REQUEST, 0.1), TEXT, {}),
        (UNSURE, "ok", {}),
        (UNSURE, "word " * 300, {}),
        (UNSURE, TEXT, {"owner": Owner.HUMAN}),
        (UNSURE, TEXT, {"owner": Owner.NONE, "opted_out": True}),
    ],
)
async def test_nobody_is_asked_where_it_is_not_worth_it(signals: Signals, text: str, changes: dict[str, Any]) -> None:
    """A sure reading, anything of the law, a bare word, a flood, and whatever no bot will answer."""
    scene = Scene(SELLS)

    assert await scene.reads(signals, text, **changes) is signals
    assert scene.model.requests == []


@pytest.mark.parametrize(
    "answer", [ModelAway("gone"), "no idea", '{"intents": ["opt_out"]}', '{"intents": ["haunted"]}']
)
async def test_a_bad_answer_leaves_the_first_reading(answer: str | Exception) -> None:
    scene = Scene(answer)

    assert await scene.reads() is UNSURE
    assert [call.success for call in scene.recorded] == [False]
    assert len(scene.model.requests) == 1


async def test_without_budget_nobody_is_asked() -> None:
    scene = Scene(SELLS, budget=Budget(tokens=10))

    assert await scene.reads() is UNSURE
    assert scene.model.requests == []


@pytest.mark.parametrize("intent", sorted(NEVER_TAKEN_AWAY))
def test_what_protects_somebody_is_never_taken_away(intent: Intent) -> None:
    after = combined(found(intent, 0.5), Opinion(("buy",)), TEXT, MessageContext())

    assert after.confidence(intent) == 0.5


@pytest.mark.parametrize("intent", sorted(NEVER_ASKED_OF_A_MODEL))
def test_consent_is_never_added(intent: Intent) -> None:
    after = combined(UNSURE, Opinion((intent.value,)), TEXT, MessageContext())

    assert not after.has(intent)


def test_an_agreement_is_as_sure_as_the_surer() -> None:
    assert combined(found(Intent.SELL, 0.9), Opinion(("sell",)), TEXT, MessageContext()).confidence(Intent.SELL) == 0.9
    assert combined(found(Intent.SELL, 0.2), Opinion(("sell",)), TEXT, MessageContext()).confidence(Intent.SELL) == 0.75


def test_other_unsure_labels_give_way() -> None:
    after = combined(found(Intent.THANKS, 0.4), Opinion(("sell",), ("thinking",)), TEXT, MessageContext())

    assert {one.label for one in after.intents} == {Intent.SELL}
    assert after.has_objection(Objection.THINKING)


def test_a_slot_has_the_value_that_our_grammar_reads_in_the_words() -> None:
    """The model points; it never says how much."""
    opinion = Opinion(slots={"locations": "kyle", "bedrooms": "3 kids", "budget_max": "maybe"})

    after = combined(UNSURE, opinion, TEXT, MessageContext(bot=Bot.BUYER))

    told = {stated.slot: (stated.value, TEXT[stated.span.start : stated.span.end]) for stated in after.slots}
    assert told[Slot.LOCATIONS] == (("Kyle",), "Kyle")
    assert Slot.BUDGET_MAX not in told
