"""What the finders offer for choice: every sum, length of time and number of rooms, however it is written."""

import pytest

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot
from ghl_real_estate_ai.understanding.amounts import find_sums
from ghl_real_estate_ai.understanding.cues import find_cues
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.rooms import find_counts
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.timeline import find_horizons


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("3 to 4 hundred", [(300_000, 400_000)]),
        ("between five hundred and five fifty", [(500_000, 550_000)]),
        ("low 4s", [(None, 400_000)]),
        ("high 4s", [(None, 480_000)]),
        ("6 fifty", [(None, 650_000)]),
        ("like 3 and a quarter", [(None, 325_000)]),
        ("ninety eight five", [(None, 98_500)]),
        ("eighty six thousand four hundred", [(None, 86_400)]),
        ("entre trescientos veinte y trescientos cincuenta mil", [(320_000, 350_000)]),
        ("5 tops", [(None, 500_000)]),
        ("the rent is 1850", []),
        ("from my 401k", []),
        ("call 251 555 0148", []),
    ],
)
def test_every_sum_is_found_that_could_be_of_a_home(text: str, sums: list[tuple[int | None, int]]) -> None:
    found = find_sums(read(text), Language.EN, [], asked=True)

    assert [(one.bottom, one.top) for one in found] == sums


def test_a_digit_is_of_hundred_thousands_only_where_a_sum_was_asked_for() -> None:
    assert find_sums(read("under 6"), Language.EN, [], asked=False) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("two months, three at the outside", [90]),
        ("a year or two", [730]),
        ("a year and a half", [540]),
        ("doctor gave me 6 months so get it done in two", [60, 180]),
        ("A.S.A.P.", [30]),
        ("within the month", [30]),
        ("half a year", [180]),
    ],
)
def test_every_length_of_time_is_found_with_its_upper_end(text: str, days: list[int]) -> None:
    assert [one.days for one in find_horizons(read(text).plain)] == days


@pytest.mark.parametrize(
    ("text", "asked", "counts"),
    [
        ("3ish", Slot.BEDROOMS, [3]),
        ("4 would be nice but 3 works", Slot.BEDROOMS, [4, 3]),
        ("1 and 3/4", Slot.BATHROOMS, [1.75]),
        ("a bath and a half", None, [1.5]),
        ("3/2 with a shop on 1/4 acre", None, [3]),
        ("we have 2 kids", Slot.BEDROOMS, []),
    ],
)
def test_every_number_of_rooms_is_found(text: str, asked: Slot | None, counts: list[float]) -> None:
    found = find_counts(read(text).plain, MessageContext(Bot.BUYER, asked))

    assert [next(iter(one.counts.values())) for one in found] == counts


def test_of_wordings_that_begin_alike_the_longest_counts() -> None:
    cues = find_cues("we still owe on the mortgage and want to stay under it", "money.txt")

    assert (cues[0].about, cues[0].words) == ("owed", "still owe")
    assert ("wished", "want to stay") in [(cue.about, cue.words) for cue in cues]
