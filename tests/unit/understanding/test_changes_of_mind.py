"""Somebody who turns one thing down and wants another, and somebody who takes leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding import Intent, understand
from ghl_real_estate_ai.understanding.farewells import farewells, without_farewell
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.parts import parts_of
from ghl_real_estate_ai.understanding.text import read

BUYER, SELLER = MessageContext(Bot.BUYER), MessageContext(Bot.SELLER)
FAREWELLS = (
    "alright, have to jet. that's everything from us for today",
    "k ttyl",
    "thanks again, good night!",
    "bueno, seria todo por el momento. hasta pronto",
    "gracias, luego le escribo",
    "ya me tengo que ir a trabajar, cuidese",
)


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("plans changed, not gonna buy. need to unload my duplex in Tulsa", BUYER, Intent.SELL),
        ("on second thought im keeping the house, help me find a second one to buy", SELLER, Intent.BUY),
        ("we arent selling but we are looking to buy a cabin", SELLER, Intent.BUY),
        ("siempre no la vendo, mejor quiero comprar otra", SELLER, Intent.BUY),
    ],
)
def test_a_wish_stands_beside_a_refusal_of_another(text: str, context: MessageContext, wanted: Intent) -> None:
    signals = understand(text, context)

    assert signals.confidence(wanted) >= 0.8
    assert not signals.has(Intent.NOT_INTERESTED)


@pytest.mark.parametrize(
    "text",
    ["not selling but thanks", "were not buying, were not selling either, sorry", "no thanks, we love our house"],
)
def test_a_refusal_with_nothing_wanted_beside_it_stays_one(text: str) -> None:
    signals = understand(text, SELLER)

    assert signals.has(Intent.NOT_INTERESTED)
    assert not signals.has(Intent.SELL)
    assert not signals.has(Intent.BUY)


def test_the_words_that_carry_the_wish_are_pointed_at_in_the_whole_message() -> None:
    text = "we are keeping the house, but i want to buy a condo"

    (wish,) = (found for found in understand(text, SELLER).intents if found.label is Intent.BUY)

    assert "buy" in text[wish.span.start : wish.span.end]


@pytest.mark.parametrize("text", ["please put me back to buying a house", "put us back to selling please"])
def test_to_be_put_back_to_a_wish_is_no_word_about_messages(text: str) -> None:
    assert not understand(text, BUYER).has(Intent.OPT_IN)


def test_to_be_put_back_on_the_list_is_one() -> None:
    assert understand("put me back on your list please").has(Intent.OPT_IN)


@pytest.mark.parametrize(
    ("text", "most"), [("350 not 380, sorry", 350_000), ("i said 500k, meant 450k instead of 500", 450_000)]
)
def test_the_number_that_is_taken_back_is_not_the_one_that_counts(text: str, most: int) -> None:
    signals = understand(text, MessageContext(Bot.BUYER, Slot.BUDGET_MAX))

    assert {stated.slot: stated.value for stated in signals.slots}[Slot.BUDGET_MAX] == most


def test_a_spanish_street_ends_before_the_town() -> None:
    signals = understand("queda en 58 Calle Olmo en Pomona", SELLER)

    assert {stated.slot: stated.value for stated in signals.slots}[Slot.ADDRESS] == "58 Calle Olmo"


def test_whoever_gives_their_name_is_no_wrong_number() -> None:
    assert not understand("Hi this is Marcus, Tonya at my church gave me your number").has(Intent.WRONG_NUMBER)


@pytest.mark.parametrize("text", FAREWELLS)
def test_a_farewell_is_known_and_tells_no_time(text: str) -> None:
    signals = understand(text, MessageContext(Bot.BUYER, Slot.APPOINTMENT))

    assert farewells(text)
    assert Slot.APPOINTMENT not in {stated.slot for stated in signals.slots}


@pytest.mark.parametrize(
    "text",
    [
        "nos vemos el sabado a las 3",
        "have to go see my mom first",
        "i want it sold later this year",
        "see you tomorrow at 5",
        "thats all i owe",
        "buenas noches quiero vender mi casa",
    ],
)
def test_what_only_begins_like_a_farewell_is_none(text: str) -> None:
    assert farewells(text) == []


@given(st.text(max_size=60), st.sampled_from(FAREWELLS))
def test_a_farewell_is_blanked_in_its_place(said: str, farewell: str) -> None:
    """Whatever was said before, it stays as it is, and every later character stays where it was."""
    text = read(f"{said}\n{farewell}")

    left = without_farewell(text)

    assert len(left.raw) == len(text.raw)
    assert all(new in (old, " ") for new, old in zip(left.raw, text.raw, strict=True))
    assert farewells(left.raw) == []


@given(st.text(max_size=80))
def test_the_parts_of_a_message_keep_all_its_words(raw: str) -> None:
    kept = {at for part in parts_of(raw) for at in range(part.start, part.end)}

    assert all(at in kept for at, char in enumerate(raw) if char.isalnum())
