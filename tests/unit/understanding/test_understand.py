"""The public door of understanding: my own sentences, the sentences the earlier project read wrongly, any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot, SlotValue
from ghl_real_estate_ai.understanding import (
    Archetype,
    Intent,
    MessageContext,
    Objection,
    Signals,
    read_what_is_learned,
    understand,
)
from ghl_real_estate_ai.understanding.evaluate import evaluate
from ghl_real_estate_ai.understanding.labelled import CASES, load_labelled
from ghl_real_estate_ai.understanding.language import read_detector

OWN = load_labelled(CASES / "train" / "first.jsonl")


def stated(signals: Signals) -> dict[Slot, SlotValue]:
    return {slot.slot: slot.value for slot in signals.slots}


def test_what_was_learned_from_is_understood():
    """The sentences that were first written by hand, and learned from, are read as their labels say."""
    report = evaluate(OWN, understand)

    assert report.intents.micro_f1 >= 0.97
    assert report.objections.micro_f1 >= 0.97
    assert report.archetypes.micro_f1 >= 0.97
    assert report.opt_out.recall == 1.0


@pytest.mark.parametrize("text", ["I want to buy a house with a $500k budget", "looking to buy a 4 bed in Carmel"])
def test_plain_wish_to_buy_is_confident(text):
    """A plain wish to buy reaches the threshold of the handoff."""
    signals = understand(text)

    assert signals.confidence(Intent.BUY) >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "I need to sell my house fast",
        "thinking about selling",
        "want to sell my condo",
        "Estoy interesado en vender mi casa",
    ],
)
def test_wish_to_sell_is_confident(text):
    """A plain wish to sell reaches the threshold of the handoff, in either language."""
    signals = understand(text)

    assert signals.confidence(Intent.SELL) >= 0.7


@pytest.mark.parametrize(
    "text",
    ["I don't want to sell my house", "my sister is selling", "no quiero vender mi casa", "we are not selling anymore"],
)
def test_denied_or_foreign_sale_is_no_wish(text):
    """Who does not sell, or tells of somebody who does, is no seller."""
    signals = understand(text)

    assert signals.confidence(Intent.SELL) == 0.0


def test_both_wishes_are_kept():
    """Selling first and buying then are two wishes."""
    signals = understand("sell first, then find a home, pre-approved, budget $700k")

    assert signals.confidence(Intent.SELL) >= 0.5
    assert signals.confidence(Intent.BUY) >= 0.5


@pytest.mark.parametrize(
    "text", ["please call me", "I live in Detroit", "lieutenant here", "released last year", "urgent"]
)
def test_word_within_a_word_is_no_archetype(text):
    """ "please" is no lease, "Detroit" no ROI, "lieutenant" no tenant, and haste alone no distress."""
    signals = understand("need to sell my house. " + text)

    assert signals.archetype is None


def test_one_exchange_counts_once():
    """ "1031 exchange" is one signal of an investor, and no surer than the number alone."""
    once = understand("selling two rentals, doing a 1031")
    twice = understand("selling two rentals, doing a 1031 exchange")

    assert once.archetype is not None
    assert twice.archetype is not None
    assert once.archetype.label is twice.archetype.label is Archetype.INVESTOR
    assert twice.archetype.confidence == pytest.approx(once.archetype.confidence, abs=0.1)


def test_denied_foreclosure_is_no_distress():
    """A denied trouble is none."""
    signals = understand("want to sell my house, its not in foreclosure or anything")

    assert signals.archetype is None


@pytest.mark.parametrize(
    ("text", "condition"),
    [("an updated kitchen", "turnkey"), ("dated kitchen", "cosmetic"), ("nothing major, just needs paint", "cosmetic")],
)
def test_condition_by_whole_words(text, condition):
    """ "updated" holds no "dated", and a denied repair is none."""
    signals = understand(text, MessageContext(Bot.SELLER, Slot.CONDITION))

    assert stated(signals)[Slot.CONDITION] == condition


def test_perfect_thanks_is_no_condition():
    """ "that's perfect, thanks" says nothing of a house."""
    signals = understand("that's perfect, thanks")

    assert Slot.CONDITION not in stated(signals)


def test_real_estate_is_no_inheritance():
    """ "real estate" is no estate."""
    signals = understand("I want to sell, any real estate advice?")

    assert Slot.MOTIVATION not in stated(signals)


def test_refused_loan_is_no_approval():
    """ "my loan was not approved" is an objection, never an approval."""
    signals = understand("my loan was not approved", MessageContext(Bot.BUYER, Slot.FINANCING))

    assert signals.has_objection(Objection.FINANCING)
    assert stated(signals).get(Slot.FINANCING) != "preapproved"


def test_may_and_nearby_are_no_timeline():
    """ "may" is no month and "nearby" no deadline."""
    signals = understand("I may buy something nearby")

    assert Slot.TIMELINE_DAYS not in stated(signals)


@pytest.mark.parametrize("text", ["not my decision", "I need to ask my spouse", "Talk to my wife first"])
def test_foreign_decision_is_an_objection(text):
    """Who must ask somebody else raises the objection of the decision maker."""
    signals = understand(text)

    assert signals.has_objection(Objection.DECISION_MAKER)


@pytest.mark.parametrize("text", ["We just renovated", "new kitchen"])
def test_renovation_is_no_objection(text):
    """A positive statement of the house is no objection."""
    signals = understand(text)

    assert signals.objections == ()


def test_competing_wishes_hello_says_nothing():
    """ "hello" is a greeting and nothing else."""
    signals = understand("hello")

    assert [found.label for found in signals.intents] == [Intent.GREETING]
    assert signals.slots == ()


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("650", Slot.PRICE_EXPECTATION, 650_000),
        ("1.2m", Slot.PRICE_EXPECTATION, 1_200_000),
        ("$450,000", Slot.BUDGET_MAX, 450_000),
        ("up to 620k", Slot.BUDGET_MAX, 620_000),
        ("500k max", Slot.BUDGET_MAX, 500_000),
        ("310 mil", Slot.BUDGET_MAX, 310_000),
        ("five hundred thousand", Slot.BUDGET_MAX, 500_000),
        ("no wait, actually make it 550", Slot.PRICE_EXPECTATION, 550_000),
        ("3ish", Slot.BEDROOMS, 3),
    ],
)
def test_bare_answer_is_read_by_what_was_asked(text, asked, expected):
    """A bare answer fills the slot that was asked for."""
    signals = understand(text, MessageContext(None, asked))

    assert stated(signals)[asked] == expected


def test_bare_number_without_a_question_is_nothing():
    """A number that answers no question is no price."""
    signals = understand("410")

    assert signals.slots == ()


def test_range_is_a_least_and_a_most():
    """ "between 400 and 450" is both ends of a budget."""
    signals = understand("between 400 and 450", MessageContext(Bot.BUYER, Slot.BUDGET_MAX))

    assert stated(signals) == {Slot.BUDGET_MIN: 400_000, Slot.BUDGET_MAX: 450_000}


def test_long_text_is_read_by_its_beginning():
    """What stands beyond 2,000 characters is not read."""
    signals = understand("a " * 1_000 + "I want to sell my house")

    assert not signals.has(Intent.SELL)


def test_mixture_is_spanish():
    """A Spanish sentence with English words in it is Spanish."""
    signals = understand("quiero vender mi casa asap porque estoy moving out")

    assert signals.language is Language.ES


OF_SUMS = ["0", "1", "3", "hundred", "hundo", "thousand", "point", "zero", "one", "fifty", "half", "quarter", "a", "an"]
OF_SUMS += ["of", "million", "mil", "un", "medio", "buck", "and", "y", "k", "$", "low", "mid"]


@given(
    text=st.one_of(
        st.text(max_size=300),
        st.lists(st.sampled_from([case.text for case in OWN]), max_size=4).map(" ".join),
        st.lists(st.sampled_from(OF_SUMS), max_size=8).map(" ".join),
        st.text(max_size=20).map("lintels, joists, purlins, rafters \ud83d {}".format),
    ),
    bot=st.one_of(st.none(), st.sampled_from(Bot)),
    asked=st.one_of(st.none(), st.sampled_from(Slot)),
)
def test_any_text_is_understood_within_itself(text, bot, asked):
    """No text raises, every span lies inside the text, every confidence in 0..1."""
    signals = understand(text, MessageContext(bot, asked))

    found = [*signals.intents, *signals.objections, *signals.slots, *([signals.archetype] if signals.archetype else [])]
    assert all(0 <= one.span.start <= one.span.end <= len(text) for one in found)
    assert all(0.0 <= one.confidence <= 1.0 for one in found)


@pytest.mark.parametrize("text", ["0 hundred", "0hundo", "zero point zero zero mil", "0 k", "a buck zero"])
def test_nothing_is_no_sum(text):
    """Nor does it stop the reading."""
    signals = understand(text, MessageContext(Bot.BUYER, Slot.BUDGET_MAX))

    assert not {Slot.BUDGET_MAX, Slot.BUDGET_MIN} & stated(signals).keys()


@pytest.mark.parametrize(
    ("text", "bot", "asked", "expected"),
    [
        ("paint and carpet, that is all", Bot.SELLER, Slot.CONDITION, "cosmetic"),
        ("cracks in the foundation", Bot.SELLER, Slot.CONDITION, "major"),
        ("3 minimum, 4 would be nice", Bot.BUYER, Slot.BEDROOMS, 3),
        ("got a letter from the credit union", Bot.BUYER, Slot.FINANCING, "preapproved"),
    ],
)
def test_answer_that_names_a_part_is_read_by_what_was_asked(text, bot, asked, expected):
    """An answer need not repeat the question's own words."""
    assert stated(understand(text, MessageContext(bot, asked)))[asked] == expected


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("some investor offered us cash for it", Slot.FINANCING),
        ("give me two weeks to think", Slot.TIMELINE_DAYS),
        ("at 6.75 the payment is more than I make", Slot.BUDGET_MAX),
    ],
)
def test_what_others_offer_and_time_to_think_state_nothing(text, slot):
    """Cash that somebody else offers, a pause and a rate of interest fill no slot."""
    assert slot not in stated(understand(text, MessageContext(Bot.BUYER, None)))


def test_name_below_a_letter():
    """A formal message is signed."""
    assert stated(understand("Kindly send the comparables. Regards, Harold"))[Slot.NAME] == "Harold"


@pytest.mark.parametrize("bot", [None, Bot.LEAD, Bot.BUYER])
@pytest.mark.parametrize(
    "text", ["looking to buy a 4 bed in Carmel, up to 620k", "want to buy a condo downtown", "hoping to get a townhome"]
)
def test_a_purchase_is_no_investment(text, bot):
    """Whoever talks to the bot for buyers is not an investor for that, and has named no motive."""
    signals = understand(text, MessageContext(bot, None))

    assert not signals.has(Intent.INVEST)
    assert Slot.MOTIVATION not in stated(signals)


def test_a_call_at_a_time_is_an_appointment_whoever_makes_it():
    """Somebody who is to call at eight is not to take over; somebody who is to call is."""
    at_eight = understand("can somebody call me at 8pm tonight")
    at_once = understand("can somebody call me please")

    assert (at_eight.has(Intent.SCHEDULE), at_eight.has(Intent.HUMAN)) == (True, False)
    assert at_once.has(Intent.HUMAN)


def test_what_tells_the_language_of_rare_words_is_read_with_all_else() -> None:
    """It takes half a second, which no lead's message is to wait for."""
    read_detector.cache_clear()

    read_what_is_learned()

    assert read_detector.cache_info().currsize == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vendemos terrenos baldios urgentemente", Language.ES),
        ("Foreclosed farmhouses throughout Nebraska", Language.EN),
    ],
)
def test_language_without_any_small_word(text: str, language: Language) -> None:
    assert understand(text).language is language
