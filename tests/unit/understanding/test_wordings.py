"""The wordings as data: fragments, sections, and what a file written wrongly says."""

import pytest

from ghl_real_estate_ai.understanding import wordings
from ghl_real_estate_ai.understanding.model import Intent
from ghl_real_estate_ai.understanding.wordings import read_wordings

FILE = """
# a comment
HOMES = house|place
WANTED =
    my <HOMES>|
    ours
NOT_THEIRS = (?<!her )

[sell 0.7 unless denied] sell my house
sell <WANTED>
<NOT_THEIRS>listing

[human 0.85 loose] a person
someon

[no sale]
<HOMES> of cards
"""


def first(rule, plain):
    """Where *rule* first stands in *plain*."""
    return rule.first_of(rule.pattern.finditer(plain), plain)


@pytest.fixture
def written(tmp_path, monkeypatch):
    monkeypatch.setattr(wordings, "_FOLDER", tmp_path)

    def write(text):
        (tmp_path / "own.txt").write_text(text, encoding="utf-8")
        return read_wordings("own.txt", Intent)

    return write


def test_fragments_stand_for_a_choice(written):
    """A fragment may hold another and go on over lines, and whole words are meant."""
    sell = written(FILE).of(Intent.SELL)[0]

    assert [bool(first(sell, said)) for said in ("sell my place", "sell ours", "sell my places", "resell ours")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_section_tells_its_label_its_weight_and_what_voids_it(written):
    """A negation before it voids what is marked so, and `loose` leaves out the word edges."""
    sell, person = written(FILE).rules

    assert (sell.label, sell.weight, first(sell, "not going to sell ours")) == (Intent.SELL, 0.7, None)
    assert first(person, "not someone") is not None


def test_a_fragment_that_looks_back_stays_one(written):
    """What must not stand before is no choice of words."""
    sell = written(FILE).of(Intent.SELL)[0]

    assert first(sell, "her listing") is None
    assert first(sell, "this listing") is not None


def test_a_section_without_a_weight_is_asked_for_by_name(written):
    """It is evidence of nothing by itself."""
    found = written(FILE)

    assert found.named["no sale"].search("a house of cards") is not None
    assert {rule.label for rule in found.rules} == {Intent.SELL, Intent.HUMAN}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sell 0.7]\n<HOMES>", "no such fragment: <HOMES>"),
        ("[[sell\nsell", "not a section"),
        ("[purchase 0.7]\nsell", "purchase"),
    ],
)
def test_a_file_written_wrongly_says_where(written, text, said):
    """An unknown fragment, header or label is named."""
    with pytest.raises(ValueError, match=said):
        written(text)
