"""What was learned of a feature is found by the numbers of its words as by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.understanding.features import NOWHERE, Features, features
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.vocabulary import vocabulary_of

WORDS = ["i", "dont", "not", "want", "sell", "house", "my", "casa", "?", "650", "asked", "\n", "wife", "until"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


def seen(text):
    return features(read(text), MessageContext(), ())


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS, st.randoms(use_true_random=False))
def test_rows_and_places_are_those_of_the_names(learned, plain, draws):
    """Of any message, whatever was learned of: a row stands for one name, and stands where the name stands first."""
    names = sorted({name for text in learned for name in seen(text).named()})
    names = draws.sample(names, len(names) * 2 // 3)
    vocabulary, name_of = vocabulary_of(names)
    expected = {name: place for name, place in seen(plain).named().items() if name in names}

    looked_up = vocabulary.look_up(seen(plain))
    placed = [(names[name_of[row]], place) for row, place in zip(*looked_up.placed(), strict=True)]

    assert len(vocabulary) == len(names) == len(set(name_of))
    assert sorted(names[name_of[row]] for row in looked_up.rows()) == sorted(expected)
    assert dict(reversed(placed)) == {name: place for name, place in expected.items() if place != NOWHERE}


def test_the_runs_of_a_text_have_these_names():
    """Each word, what stands beside it and two away, its class, and what is denied; every one where it stands."""
    one, two = seen("sell").named(), seen("dont sell").named()

    assert {name: place for name, place in one.items() if "=" not in name and "~" not in name} == {
        "sell": (0, 4),
        "^ sell": (0, 4),
        "sell $": (0, 4),
        "^ sell $": (0, 4),
        "^ _ $": (0, 4),
        "@sellword": (0, 4),
        "^ @sellword": (0, 4),
        "@sellword $": (0, 4),
        "^ @sellword $": (0, 4),
    }
    assert {name: place for name, place in two.items() if "=" not in name and "~" not in name and "@" not in name} == {
        "dont": (0, 4),
        "sell": (5, 9),
        "^ dont": (0, 4),
        "dont sell": (0, 9),
        "sell $": (5, 9),
        "^ dont sell": (0, 9),
        "dont sell $": (0, 9),
        "^ _ sell": (5, 9),
        "dont _ $": (0, 4),
    }
    assert two["not @sellword"] == (5, 9)


def test_each_kind_of_feature_has_its_row():
    """A word that is a feature of the question as well is not mixed up."""
    vocabulary, _ = vocabulary_of(["sell", "not sell", "dont sell", "asked", "asked=none", "~<sel", "^ sell $"])

    assert sorted(vocabulary.names) == ["asked", "asked=none", "sell", "~<sel"]
    assert len(vocabulary.look_up(seen("dont sell")).rows()) == len({"asked=none", "sell", "dont sell", "~<sel"})
    assert len(vocabulary.look_up(seen("sell")).rows()) == len({"asked=none", "sell", "^ sell $", "~<sel"})


def test_words_that_nobody_learned_have_no_runs():
    """Two unknown words are not taken for two others."""
    vocabulary, _ = vocabulary_of(["alpha beta", "alpha", "beta"])

    assert vocabulary.look_up(seen("gamma delta")).rows().tolist() == []
    assert vocabulary.look_up(Features([])).rows().tolist() == []


def test_too_many_words_are_refused():
    """A run has room for the numbers of three words, and says so."""
    with pytest.raises(ValueError, match="1048576 words are more than can be numbered"):
        vocabulary_of([f"w{at}" for at in range(1 << 20)])
