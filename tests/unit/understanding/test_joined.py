"""Messages joined of two say what both say."""

import numpy as np
import pytest

from ghl_real_estate_ai.conversation.model import SLOT_VALUES, Bot, Language, Slot
from ghl_real_estate_ai.understanding.labelled import LabelledMessage, load_cases
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Objection
from ghl_real_estate_ai.understanding.training.joined import AT_THE_HEAD, joined

BEDROOMS = LabelledMessage(
    text="3 beds.", context=MessageContext(Bot.BUYER, Slot.BEDROOMS), slots={Slot.BEDROOMS: 3}, theme="a/1"
)
CASH = LabelledMessage(text="cash", context=MessageContext(Bot.BUYER), slots={Slot.FINANCING: "cash"}, theme="b/1")
LATER = LabelledMessage(text="not now", context=MessageContext(), objections=frozenset({Objection.TIMING}), theme="c/1")


def seeded():
    return np.random.default_rng(3)


def test_a_joined_message_says_what_both_say():
    """The first part keeps its question and stands before the second, and no label of either is lost."""
    made = joined([BEDROOMS, CASH, LATER], 30, seeded())

    one = next(case for case in made if case.theme == "joined/a/1+b/1")
    assert one.text.startswith("3 beds")
    assert one.text.endswith("cash")
    assert one.context == BEDROOMS.context
    assert one.slots == {Slot.BEDROOMS: 3, Slot.FINANCING: "cash"}
    assert any(case.objections == {Objection.TIMING} and case.slots for case in made)


@pytest.mark.parametrize(
    "other",
    [
        LabelledMessage(text="fha", context=MessageContext(), slots={Slot.FINANCING: "fha"}, theme="d/1"),
        LabelledMessage(text="pago cash", context=MessageContext(), language=Language.ES, theme="d/2"),
        LabelledMessage(text="it is vacant", context=MessageContext(Bot.SELLER), slots={Slot.OCCUPANCY: "vacant"}),
        LabelledMessage(text="stop", context=MessageContext(), intents=frozenset({Intent.OPT_OUT}), theme="d/4"),
    ],
)
def test_what_does_not_go_together_is_not_joined(other):
    """Two values of one slot, two languages, two bots, or an end of all messages."""
    made = joined([CASH, other], 10, seeded())

    assert {case.theme for case in made} <= {f"joined/{one.theme}+{one.theme}" for one in (CASH, other)}


def test_of_the_cases_that_are_learned_from():
    """The same seed joins the same; the second part brings no yes, no or greeting, and no slot has two values."""
    cases = load_cases("train")

    made = joined(cases, 500, seeded())

    assert made == joined(cases, 500, seeded())
    by_theme = {}
    for case in cases:
        by_theme.setdefault(case.theme, []).append(case)
    for message in made:
        first, second = message.theme.removeprefix("joined/").split("+")
        assert any(case.intents & AT_THE_HEAD == message.intents & AT_THE_HEAD for case in by_theme[first])
        told = [case for case in by_theme[second] if message.text.endswith(case.text)]
        assert any(
            case.objections <= message.objections
            and all(message.slots[slot] == value for slot, value in case.slots.items() if slot in SLOT_VALUES)
            for case in told
        )
