"""What is passed over to save time could not have been found: forms of a name, tokens told by their neighbours."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ghl_real_estate_ai.understanding.labelled import load_cases
from ghl_real_estate_ai.understanding.people import FORMS
from ghl_real_estate_ai.understanding.text import read

NEEDY = [form for form in FORMS if form.needs]


def test_no_name_that_people_give_is_passed_over():
    """Of each form that somebody used."""
    texts = [case.text for case in load_cases("train")[::3]]
    used = [(form, text) for form in NEEDY for text in texts if form.pattern.search(text)]

    assert len({form.pattern for form, _ in used}) > len(NEEDY) - 3
    assert [text for form, text in used if not any(word in text.lower() for word in form.needs)] == []


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
