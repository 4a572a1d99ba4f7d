"""What is passed over to save time could not have been found: forms of a name, tokens told by their neighbours."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ghl_real_estate_ai.understanding import rooms
from ghl_real_estate_ai.understanding.labelled import load_cases
from ghl_real_estate_ai.understanding.opt_out import _NEEDED_BY_SHOUTS, _SHOUTED
from ghl_real_estate_ai.understanding.people import FORMS, without_case
from ghl_real_estate_ai.understanding.text import read

NEEDY = [form for form in FORMS if form.needs]
ALIKE = {"i": "i\u0130\u0131I", "s": "s\u017f", "k": "k\u212a"}
COUNTS = [
    rooms._JOINED_PAIR,
    rooms._PAIR,
    rooms._TWO_ROOMS,
    rooms._FULL_AND_HALF,
    rooms._BEDROOMS,
    rooms._ORDINAL_BEDROOM,
]
COUNTS += [rooms._BATHROOMS, rooms._A_BATH, rooms._BARE]


def test_no_name_that_people_give_is_passed_over():
    """Of each form that somebody used."""
    texts = [case.text for case in load_cases("train")[::3]]
    used = [(form, text) for form in NEEDY for text in texts if form.pattern.search(text)]

    assert len({form.pattern for form, _ in used}) > len(NEEDY) - 3
    assert [text for form, text in used if not form.could_match(without_case(text))] == []


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["were", "we're", "ill", "well", "do", "not", "w/o 2", " ", "i", "\u0131ll", "\u0130", ", ", "SELL"]
            ),
            max_size=12,
        ).map("".join),
    )
)
def test_tokens_are_the_same_where_nothing_around_tells_them(text):
    """The sign added makes the reader look around; what stood before it is read as it was."""
    assert read(f"{text}\n. w/ 2").plain.startswith(read(f"{text}\n").plain.rstrip("\n"))


def strings_of(pattern):
    """Texts that *pattern* finds something in."""
    return st.from_regex(pattern).filter(pattern.search)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_gives_a_name_is_looked_at(data):
    """Also with a Turkish i or a long s, which a pattern that ignores case takes for the usual ones."""
    form = data.draw(st.sampled_from(NEEDY))
    text = data.draw(strings_of(form.pattern))
    swapped = "".join(data.draw(st.sampled_from(ALIKE.get(char, char))) for char in text)

    for written in (text, swapped):
        assert form.pattern.search(written) is None or form.could_match(without_case(written))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(strings_of(re.compile(_SHOUTED.pattern.replace("(?<![A-Z] )", ""))))
def test_whatever_is_shouted_is_looked_at(text):
    """Each keyword that counts in capitals, and each that is quoted."""
    assert any(needed in text for needed in _NEEDED_BY_SHOUTS)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_counts_rooms_is_looked_at(data):
    """By a figure, a number in words, or a bath."""
    text = data.draw(strings_of(data.draw(st.sampled_from(COUNTS))))

    assert any(needed in text for needed in rooms._NEEDED)
