"""What is read of a message that only resembles another: found by reading the rules against plain sentences."""

from typing import Any

import pytest

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.cues import find_cues
from ghl_real_estate_ai.understanding.model import Intent, MessageContext
from ghl_real_estate_ai.understanding.money import KIND as MONEY
from ghl_real_estate_ai.understanding.money import SETTLED
from ghl_real_estate_ai.understanding.rooms import KIND as ROOMS
from ghl_real_estate_ai.understanding.surroundings import CORRECTED
from ghl_real_estate_ai.understanding.understand import understand


def slots_of(text: str, bot: Bot | None = None, asked: Slot | None = None) -> dict[Slot, Any]:
    return {stated.slot: stated.value for stated in understand(text, MessageContext(bot, asked)).slots}


@pytest.mark.parametrize(
    "text",
    [
        "Don't text or call me",
        "Not interested, do not text me, do not call me",
        "My mortgage company handles that. stop texting me",
        "my bank does all that, please stop",
        "make it the last one",
        "strike me from your rolls",
        "kindly leave me off future mailings",
        "I withdraw my consent",
        "plz remvoe my #",
        "no hace falta que me sigan mandando casas",
        "quiten mi telefono de ahi por favor",
        "Next text goes straight to my attorney",
        "leave us be",
    ],
)
def test_an_end_of_the_messages(text: str) -> None:
    assert understand(text).has(Intent.OPT_OUT)


@pytest.mark.parametrize(
    "text",
    [
        "dont text, call me after 5",
        "We close on the new build in May so this one needs to be gone by then",
        "opendoor wrote me 260, can you beat it?",
        "The notices keep coming from the bank, I just want it all to stop. What is the house worth?",
        "drop me a pin please",
        "leave me off the deed, put my wife on it",
        "send one more and see if my wife likes it",
        "heard nothing from you",
        "drop this number to 400 and we have a deal",
        "i would like off the list price",
        "they shut that well off in march",
        "how do i get off the interstate to the house",
        "no quiero bajar de su precio",
        "ya no",
    ],
)
def test_an_end_of_something_else(text: str) -> None:
    assert not understand(text).has(Intent.OPT_OUT)


@pytest.mark.parametrize(
    "text",
    [
        "In 2021 Jessica moved in",
        "1920 Craftsman style",
        "Price is 350 Firm",
        "you can call me at 5 Maria",
        "We Have 2 Dogs And 3 Kids",
        "there were 12 Oak Homes in the folder",
        "I'd take. $350 Redwood said more",
        "we owe 120 Juniper",
        "I have 2 Tenants in it",
        "want something near 78704 Austin",
        "is 78745 Austin too far out",
        "My 4 Plex is full",
        "we drove by 12 Madison twice",
    ],
)
def test_a_number_before_a_capital_is_no_address(text: str) -> None:
    assert Slot.ADDRESS not in slots_of(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("my guy is at 1610 Dover", "1610 Dover"),
        ("is 2304 Tamarisk still available", "2304 Tamarisk"),
        ("what would it take to buy 77 Linnet Hollow, as is?", "77 Linnet Hollow"),
        ("¿sigue en venta el 905 Encino?", "905 Encino"),
        ("can we tour at 14 Plover Saturday", "14 Plover"),
        ("call me at 5 Maria, the house is at 1610 Dover", "1610 Dover"),
        ("i said 118 Walnut but its 181 Walnut", "181 Walnut"),
        ("my house is at 1234 Lone Star Dr, Austin", "1234 Lone Star Dr"),
        ("88 Cat Hollow Dr", "88 Cat Hollow Dr"),
    ],
)
def test_a_street_without_its_kind_is_an_address(text: str, address: str) -> None:
    assert slots_of(text)[Slot.ADDRESS] == address


def test_an_address_ends_where_spanish_goes_on() -> None:
    assert slots_of("1640 Roosevelt en Cicero", Bot.SELLER, Slot.ADDRESS)[Slot.ADDRESS] == "1640 Roosevelt"


@pytest.mark.parametrize("text", ["Tampa is fine", "put Tampa down"])
def test_a_place_asked_for_is_no_name(text: str) -> None:
    assert slots_of(text, Bot.BUYER, Slot.LOCATIONS) == {Slot.LOCATIONS: ("Tampa",)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hi this is Jose Luis", "Jose Luis"),
        ("this is Mary Grace", "Mary Grace"),
        ("this is Linda's daughter Ana", "Ana"),
        ("I'm helping my mother Linda sell", None),
        ("this is for my mom Susan", None),
    ],
)
def test_the_name_is_the_writers(text: str, name: str | None) -> None:
    assert slots_of(text).get(Slot.NAME) == name


@pytest.mark.parametrize(
    ("text", "owed"),
    [
        ("paid off, no wait we owe 45000", 45_000),
        ("first is 140 and the heloc is 35", 175_000),
    ],
)
def test_what_is_owed_is_corrected_or_added_up(text: str, owed: int) -> None:
    assert slots_of(text, Bot.SELLER, Slot.MORTGAGE_BALANCE)[Slot.MORTGAGE_BALANCE] == owed


def test_an_estimate_and_a_better_one_are_not_added_up() -> None:
    said = slots_of("about 182k, call me another time, maybe 185k", Bot.SELLER, Slot.MORTGAGE_BALANCE)
    assert said[Slot.MORTGAGE_BALANCE] in (182_000, 185_000)


def test_a_number_of_rooms_is_no_second_horizon() -> None:
    assert slots_of("We want to buy in 2 months and need 3 beds, maybe 4.")[Slot.TIMELINE_DAYS] == 60


@pytest.mark.parametrize("text", ["call me at 6 thirty", "the fee is 4 hundred dollars"])
def test_a_time_of_day_and_a_fee_are_no_price(text: str) -> None:
    assert not {Slot.PRICE_EXPECTATION, Slot.BUDGET_MAX, Slot.MORTGAGE_BALANCE} & slots_of(text).keys()


def test_every_choice_that_is_asked_for_was_learned() -> None:
    assert {MONEY, SETTLED, ROOMS, "appointment", "place", "timeline"} <= read_choosers().keys()


def test_a_wording_speaks_of_one_thing() -> None:
    """A file in which a wording stands under two headings is refused, and ours are not."""
    assert [cue.about for cue in find_cues("we still owe 200 on it", "money.txt")] == ["owed"]


@pytest.mark.parametrize(("text", "corrects"), [("mejor dicho 300", True), ("en la mejor zona", False)])
def test_better_takes_nothing_back(text: str, corrects: bool) -> None:
    """ "mejor" is better more often than rather."""
    assert (CORRECTED.search(text) is not None) is corrects


def test_the_last_of_the_times_offered_is_no_end() -> None:
    """The same words are one where nothing was asked."""
    asked = MessageContext(Bot.BUYER, Slot.APPOINTMENT)

    assert understand("make it the last one").has(Intent.OPT_OUT)
    assert not understand("make it the last one", asked).has(Intent.OPT_OUT)
