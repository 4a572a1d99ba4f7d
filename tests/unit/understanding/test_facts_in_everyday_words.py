"""Facts as people text them: spoken numbers, short forms, third persons, and words that only look like a fact."""

import pytest

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext
from ghl_real_estate_ai.understanding.understand import understand


def stated(text: str, context: MessageContext | None = None) -> dict[Slot, object]:
    return {slot.slot: slot.value for slot in understand(text, context or MessageContext()).slots}


def answered(text: str, asked: Slot, bot: Bot = Bot.BUYER) -> object:
    return stated(text, MessageContext(bot, asked)).get(asked)


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("mid 400s", 450_000),
        ("three twenty five", 325_000),
        ("one point three", 1_300_000),
        ("trescientos cincuenta mil", 350_000),
        ("un cuarto de millon", 250_000),
        ("410 but could go to 430", 430_000),
        ("around 300 thousand dollars", 300_000),
    ],
)
def test_an_amount_is_read_as_it_is_spoken(text: str, dollars: int) -> None:
    assert answered(text, Slot.BUDGET_MAX) == dollars


@pytest.mark.parametrize("text", ["my rent is 1,850 a month", "rent went up 400 bucks", "we put 20 mil de enganche"])
def test_a_rent_or_a_down_payment_is_no_budget(text: str) -> None:
    assert answered(text, Slot.BUDGET_MAX) is None


def test_no_mortgage_beside_a_price_leaves_both_as_said() -> None:
    found = stated("No mortgage, want 145 for it")
    assert found[Slot.MORTGAGE_BALANCE] == 0
    assert found[Slot.PRICE_EXPECTATION] == 145_000


def test_whoever_sells_and_buys_names_two_amounts() -> None:
    found = stated("selling our condo for about 300 then buying something up to 450 in Denver")
    assert (found[Slot.PRICE_EXPECTATION], found[Slot.BUDGET_MAX]) == (300_000, 450_000)


@pytest.mark.parametrize(
    "text", ["im scared", "im long overdue for a move", "this isnt Gary", "flipper here, need deals"]
)
def test_a_word_for_how_somebody_is_makes_no_name(text: str) -> None:
    assert Slot.NAME not in stated(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Howdy! Rusty here, need a bigger place", "Rusty"),
        ("buenas, habla Doña Carmen", "Carmen"),
        ("its beth again", "Beth"),
    ],
)
def test_a_name_is_found_where_people_put_it(text: str, name: str) -> None:
    assert stated(text).get(Slot.NAME) == name


@pytest.mark.parametrize(
    "text", ["need to reschedule, can we do another day", "running late today, can we find a different time"]
)
def test_another_day_is_not_yet_a_time(text: str) -> None:
    assert Slot.APPOINTMENT not in stated(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("half a year or so", 180),
        ("in 5 weeks", 35),
        ("60 to 90, we have to pack first", 90),
        ("as soon as possible", 30),
    ],
)
def test_a_horizon_is_its_upper_end(text: str, days: int) -> None:
    assert answered(text, Slot.TIMELINE_DAYS, Bot.SELLER) == days


@pytest.mark.parametrize(
    "text", ["my neighbor sold his in 3 days", "check back with me in 6 months", "we came by yesterday"]
)
def test_a_span_of_others_or_of_the_past_is_no_horizon(text: str) -> None:
    assert Slot.TIMELINE_DAYS not in stated(text)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("needs a new roof and plumbing", "major"),
        ("just needs paint and carpet", "cosmetic"),
        ("we gutted it two years ago, everything is new", "turnkey"),
        ("it flooded once but thats all been fixed, move in ready", "turnkey"),
    ],
)
def test_the_state_of_a_house(text: str, condition: str) -> None:
    assert answered(text, Slot.CONDITION, Bot.SELLER) == condition


def test_a_fixer_that_is_sought_has_no_condition_of_ours() -> None:
    assert Slot.CONDITION not in stated("looking to buy fixer uppers in Akron")


@pytest.mark.parametrize(
    ("text", "occupancy"),
    [
        ("its sitting empty", "vacant"),
        ("the renters moved out in march", "vacant"),
        ("section 8 tenant, she pays on time", "tenant"),
        ("we live upstairs", "owner"),
    ],
)
def test_who_lives_there(text: str, occupancy: str) -> None:
    assert answered(text, Slot.OCCUPANCY, Bot.SELLER) == occupancy


@pytest.mark.parametrize("text", ["done dealing with tenants, want to sell", "empty nest, want to sell"])
def test_a_complaint_about_tenants_or_an_empty_nest_says_nothing_of_who_lives_there(text: str) -> None:
    assert Slot.OCCUPANCY not in stated(text)


@pytest.mark.parametrize(
    ("text", "motivation"),
    [
        ("the kids are all gone, just us rattling around in 5 bedrooms", "downsizing"),
        ("la heredamos de mis abuelos", "inherited"),
        ("nos vamos a divorciar", "divorce"),
        ("they let my whole shift go", "job_loss"),
        ("burnt out on landlording", "landlord_fatigue"),
    ],
)
def test_why_somebody_moves(text: str, motivation: str) -> None:
    assert answered(text, Slot.MOTIVATION, Bot.SELLER) == motivation


def test_a_bank_is_no_place() -> None:
    assert stated("preapproved w Pinnacle bank", MessageContext(Bot.BUYER, Slot.FINANCING)) == {
        Slot.FINANCING: "preapproved"
    }


def test_the_place_that_is_left_is_not_the_one_that_is_sought() -> None:
    found = stated("moving from Ohio to Tulsa, need to buy a 3 bed house there")
    assert found[Slot.LOCATIONS] == ("Tulsa",)


def test_whoever_takes_cash_for_a_house_does_not_pay_cash() -> None:
    assert Slot.FINANCING not in stated("a cash buyer from facebook offered 210")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1881 County Rd 14", "1881 County Rd 14"),
        ("88 Birch Hollow", "88 Birch Hollow"),
        ("618 Calle Nogal, apto 2B", "618 Calle Nogal, apto 2B"),
    ],
)
def test_an_address_keeps_its_number_and_unit(text: str, address: str) -> None:
    assert answered(text, Slot.ADDRESS, Bot.SELLER) == address


def test_a_hurried_message_is_read_whole():
    """Wish, debt, a hedged horizon and a question after it, in one breath and SMS spelling."""
    signals = understand("hey, we'd prob sell first, owe abt 310 on it, thinking 6-8 wks? also is this a bot lol")

    assert signals.has(Intent.SELL)
    assert signals.has(Intent.BOT_QUESTION)
    assert {one.slot: one.value for one in signals.slots} == {Slot.MORTGAGE_BALANCE: 310_000, Slot.TIMELINE_DAYS: 56}


def test_how_long_a_step_takes_is_no_horizon():
    """A question on the process states nothing of the writer."""
    assert not understand("is it about 8 weeks to close?").slots
