"""Messages that came at once are read as one."""

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.turns.read_burst import read_burst
from ghl_real_estate_ai.understanding.model import Intent, MessageContext


def test_one_message_explains_another():
    """The second message is understood in the light of the first."""
    text, signals = read_burst(["I want to buy a house", "3 bedrooms, under 400k"], MessageContext())

    assert "I want to buy a house\n3 bedrooms, under 400k" == text
    assert {Slot.BUDGET_MAX: 400_000, Slot.BEDROOMS: 3} == {stated.slot: stated.value for stated in signals.slots}


def test_an_opt_out_stands_alone():
    """Whatever else was said, the opt-out is what is answered."""
    text, signals = read_burst(["I want to buy a house", "STOP", "thanks"], MessageContext())

    assert ("STOP", True, False) == (text, signals.has(Intent.OPT_OUT), signals.has(Intent.BUY))


def test_the_last_word_about_consent_stands():
    """START after STOP opts in again."""
    text, signals = read_burst(["STOP", "START"], MessageContext())

    assert ("START", True) == (text, signals.has(Intent.OPT_IN))
