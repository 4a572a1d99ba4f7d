"""Sentences whose words mislead: keywords within other words, other people's plans, denials, and idle talk."""

import pytest

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding import Intent, MessageContext, understand


@pytest.mark.parametrize(
    "text",
    [
        "could you please send the floor plan",
        "pleased to meet you, how big is the lot",
        "my lease is up in august",
    ],
)
def test_please_is_no_lease_and_a_lease_that_ends_is_no_wish_to_rent(text):
    assert not understand(text).has(Intent.RENT)


@pytest.mark.parametrize(
    "text",
    [
        "is there a bus stop on that street",
        "can we stop by and see the yard on sunday",
        "it sits at the end of a cul de sac",
        "who pays if the seller has to cancel his insurance",
        "dont stop looking for me, i like what you send",
    ],
)
def test_stop_in_another_sense_is_no_opt_out(text):
    assert not understand(text).has(Intent.OPT_OUT)


@pytest.mark.parametrize(
    "text",
    [
        "we do not want to sell our house",
        "my neighbor is selling her condo",
        "my parents sold their farm in 2015",
        "todavia no quiero vender la casa",
    ],
)
def test_denied_past_and_foreign_sales_are_no_wish_to_sell(text):
    assert not understand(text).has(Intent.SELL)


def test_updated_is_not_dated():
    signals = understand("its got an updated kitchen and updated baths")

    assert "cosmetic" not in [slot.value for slot in signals.slots if slot.slot is Slot.CONDITION]


def test_hello_alone_is_a_greeting_and_nothing_else():
    signals = understand("hello")

    assert [Intent.GREETING] == [found.label for found in signals.intents]
    assert signals.slots == ()
    assert signals.objections == ()


@pytest.mark.parametrize("text", ["I live in Detroit", "the lieutenant across the street waved", "his name is Stewart"])
def test_word_within_a_word_carries_no_label(text):
    signals = understand(text)

    assert signals.intents == ()
    assert signals.archetype is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("we're shopping for a house in Fresno", Intent.BUY),
        ("were shopping for a house in Fresno", Intent.BUY),
        ("Selling 88 Walnut St, 3 beds, want 310", Intent.SELL),
        ("keep us away from streets with immigrants", Intent.FAIR_HOUSING),
        ("no foreigners around please, we want a quiet block", Intent.FAIR_HOUSING),
    ],
)
def test_families_that_hand_rules_missed(text, intent):
    assert understand(text).confidence(intent) >= 0.5


@pytest.mark.parametrize("text", ["STOP", "stop!", "Unsubscribe", "ALTO", "S T O P", "stoppp", "quit"])
def test_keyword_is_certain_whatever_the_model_says(text):
    signals = understand(text)

    assert [(Intent.OPT_OUT, 1.0)] == [(found.label, found.confidence) for found in signals.intents]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("you send one more and im blocking u", Intent.OPT_OUT),
        ("take me off your price list", Intent.OPT_OUT),
        ("no this is my dads phone, his name is Carl", Intent.WRONG_NUMBER),
        ("i live in ohio u got the wrong guy", Intent.WRONG_NUMBER),
    ],
)
def test_what_is_sure_stands_beside_words_of_another_sense(text, intent):
    """More to be sent, something off a price, a name or a home make doubtful only what is not sure."""
    assert understand(text).has(intent)


@pytest.mark.parametrize(
    ("text", "wish"), [("should we buy first?", Intent.BUY), ("should I sell it now", Intent.SELL)]
)
def test_advice_is_asked_on_a_wish_that_moves_nobody(text, wish):
    """The wish is heard, and below what moves a contact to another bot."""
    assert understand(text, MessageContext(Bot.SELLER, Slot.CONDITION)).confidence(wish) < 0.6
