"""What was learned of a feature is found by the numbers of its words as by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.understanding.features import Features, features
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.vocabulary import Vocabulary, vocabulary_of

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

    placed = vocabulary.placed(seen(plain))

    assert len(vocabulary) == len(names) == len(set(name_of))
    assert {names[name_of[row]]: place for row, place in placed.items()} == expected
    assert sorted(vocabulary.rows(seen(plain))) == sorted(placed)


def test_a_vocabulary_is_what_it_was_written_from():
    """Its three lists are all that it needs, and a name that is a word and a run at once is not mixed up."""
    vocabulary, _ = vocabulary_of(["sell", "not sell", "dont sell", "asked", "asked=budget", "~<sel", "^ sell $"])
    again = Vocabulary(vocabulary.names, vocabulary.words, vocabulary.joined)

    assert sorted(vocabulary.names) == ["asked", "asked=budget", "sell", "~<sel"]
    for text in ("sell", "dont sell", "not sell", "budget", "asked"):
        assert sorted(again.rows(seen(text))) == sorted(vocabulary.rows(seen(text)))
    assert len(vocabulary.rows(seen("dont sell"))) == len({"sell", "dont sell", "~<sel"})


def test_words_that_nobody_learned_have_no_runs():
    """Two unknown words are not taken for two others."""
    vocabulary, _ = vocabulary_of(["alpha beta", "alpha", "beta"])

    assert vocabulary.rows(seen("gamma delta")).tolist() == []
    assert vocabulary.rows(Features([])).tolist() == []


def test_too_many_words_are_refused():
    """A run has room for the numbers of three words, and says so."""
    with pytest.raises(ValueError, match="1048576 words are more than can be numbered"):
        vocabulary_of([f"w{at}" for at in range(1 << 20)])
