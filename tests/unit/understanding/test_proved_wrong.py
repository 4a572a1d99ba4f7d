"""Every sentence that the earlier project is known to have read wrongly, read rightly."""

import pytest

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding import understand
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Objection

NO_CONTEXT = MessageContext()
SELLER = MessageContext(Bot.SELLER, None)


def stated(text, context=NO_CONTEXT):
    return {slot.slot: slot.value for slot in understand(text, context).slots}


@pytest.mark.parametrize(
    "text",
    [
        "is there a bus stop",
        "no more than 2 kids",
        "not interested in condos",
        "No thanks, morning works",
        "I know",
        "what did they offer",
        "this weekend",
        "the lender called",
    ],
)
def test_what_only_contains_an_opt_out_is_none(text):
    """A word within another word or sentence stops no messages."""
    assert not understand(text).has(Intent.OPT_OUT)


@pytest.mark.parametrize("text", ["END", "QUIT", "cancel", "STOP", "stopall", "Unsubscribe", "parar", "no mas"])
def test_keyword_is_an_opt_out(text):
    """The carriers' words count, in English and in Spanish."""
    assert understand(text).has(Intent.OPT_OUT)


@pytest.mark.parametrize("text", ["please", "Detroit", "lieutenant", "release", "this is urgent", "urgent"])
def test_letters_within_a_word_make_no_archetype(text):
    """ "please" is no lease, "Detroit" no return on investment, and haste no distress."""
    assert understand(text, SELLER).archetype is None


def test_budget_beside_the_wish_to_buy():
    """The sentence of the old design is a wish to buy, surely enough for a handoff, and a budget."""
    signals = understand("I want to buy a house with a $500k budget")

    assert signals.confidence(Intent.BUY) >= 0.7
    assert {slot.slot: slot.value for slot in signals.slots}[Slot.BUDGET_MAX] == 500_000


@pytest.mark.parametrize("text", ["I don't want to sell my house", "we do not want to sell our house"])
def test_denied_sale_is_none(text):
    """Whoever does not want to sell is no seller."""
    assert not understand(text).has(Intent.SELL)


def test_hello_is_a_greeting_and_nothing_else():
    """A bare "hello" states and wants nothing."""
    signals = understand("hello")

    assert [found.label for found in signals.intents] == [Intent.GREETING]
    assert (signals.slots, signals.objections, signals.archetype) == ((), (), None)


def test_may_and_nearby_are_no_deadline():
    """ "may" is no month and "nearby" no "by"."""
    assert Slot.TIMELINE_DAYS not in stated("I may buy something nearby")


@pytest.mark.parametrize("text", ["my loan was not approved", "the loan wasn't approved"])
def test_refused_loan_is_no_approval(text):
    """A refused loan does not pay for a house."""
    assert stated(text, MessageContext(Bot.BUYER, Slot.FINANCING)).get(Slot.FINANCING) != "preapproved"


def test_updated_is_not_dated():
    """An updated kitchen does not make a house dated."""
    assert stated("it has an updated kitchen", SELLER).get(Slot.CONDITION) not in ("cosmetic", "major")


@pytest.mark.parametrize("text", ["that's perfect, thanks", "We just renovated", "new kitchen"])
def test_praise_is_no_objection(text):
    """What is fine or newly done stands against nothing."""
    assert understand(text, SELLER).objections == ()


@pytest.mark.parametrize("text", ["I need to ask my spouse", "Talk to my wife first"])
def test_somebody_else_decides(text):
    """Who must be asked first stands against a decision."""
    assert understand(text, SELLER).has_objection(Objection.DECISION_MAKER)


@pytest.mark.parametrize("text", ["single family home", "what is the color of the roof", "we have kids"])
def test_harmless_words_ask_for_no_steering(text):
    """Families, colours and kids are not talk of a protected class by themselves."""
    assert not understand(text).has(Intent.FAIR_HOUSING)
