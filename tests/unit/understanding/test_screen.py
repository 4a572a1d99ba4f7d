"""The screen before the hand rules: it names too many at worst, never too few."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.understanding import understand
from ghl_real_estate_ai.understanding.labelled import load_cases
from ghl_real_estate_ai.understanding.screen import HAND_RULES, Screen, parted, without_lookaround
from ghl_real_estate_ai.understanding.text import read


def lost(screen, plain):
    """The patterns of *screen* that match *plain* and are not named."""
    told = screen.could_match(plain)
    return [
        pattern.pattern
        for group, patterns in enumerate(screen.groups)
        for at, pattern in enumerate(patterns)
        if at not in told.get(group, ()) and pattern.search(plain)
    ]


def named(group, plain):
    """The places of the patterns of *group* that could match *plain*."""
    return [at for at, _ in group.matches(plain)]


def test_no_hand_rule_is_lost_on_what_people_write():
    """Of all groups: consent, courtesy, wishes, objections, meetings, slots, farewells, sums, horizons and others."""
    understand("hello")
    plains = [read(case.text).plain for case in (*load_cases("train")[::13], *load_cases("kept")[::3])]

    assert len(HAND_RULES.groups) > 10
    assert [(plain, patterns) for plain in plains if (patterns := lost(HAND_RULES, plain))] == []


def test_most_rules_are_not_tried():
    """Else the screen is worth nothing: of a message at most one rule in sixty is named, and most of these match."""
    plains = [read(case.text).plain for case in load_cases("train")[::29]]
    tried = [
        HAND_RULES.groups[group][at].search(plain)
        for plain in plains
        for group, ats in HAND_RULES.could_match(plain).items()
        for at in ats
    ]

    assert len(tried) < len(plains) * sum(map(len, HAND_RULES.groups)) / 60
    assert sum(match is not None for match in tried) > 0.6 * len(tried)


def test_every_hand_rule_can_be_screened():
    """One that RE2 cannot hold would be tried on every message without anybody noticing."""
    assert HAND_RULES.always == frozenset()


def test_what_a_filter_cannot_hold_is_always_named():
    """A pattern that refers back to itself is none of RE2's; one with other flags it would read otherwise."""
    screen = Screen()
    group = screen.group([re.compile(r"\bstop\b", re.A), re.compile(r"(a)\1", re.A), re.compile(r"st op", re.A | re.X)])
    empty = screen.group([])

    assert named(group, "nothing of it") == [1, 2]
    assert named(group, "please stop") == [0, 1, 2]
    assert named(empty, "please stop") == []
    assert screen.always == {(0, 1), (0, 2)}


def test_a_group_that_comes_later_is_told_as_well():
    """Also where the same text was asked about before."""
    screen = Screen()
    first = screen.group([re.compile(r"\bstop\b", re.A)])
    assert named(first, "please stop") == [0]

    second = screen.group([re.compile(r"\bquit\b", re.A), re.compile(r"\bplease\b", re.A)])

    assert named(first, "please stop") == [0]
    assert named(second, "please stop") == [1]


def test_there_is_room_for_many_times_the_wordings_of_today():
    """RE2 refuses a filter of some five thousand."""
    words = [f"word{number}" for number in range(20_000)]
    screen = Screen()
    group = screen.group([re.compile(rf"\b(?:{'|'.join(words[at : at + 100])})", re.A) for at in range(0, 20_000, 100)])

    told = named(group, "word7 and word19999")
    assert {0, 199} <= set(told)
    assert len(told) < 10


def test_there_is_room_for_many_times_the_wordings_without_letters_of_today():
    """RE2 refuses a set of some four hundred."""
    screen = Screen()
    patterns = [
        re.compile(rf"\b{one}{two} ?\d{{1,2}}(?:{two}|{one})\b", re.A)
        for one in "abcdefghijklmnop"
        for two in "qrstuvwxyz" * 5
    ]
    group = screen.group(patterns)

    assert named(group, "aq 12q") == [at for at, pattern in enumerate(patterns) if pattern.search("aq 12q")]


@pytest.mark.parametrize(
    ("expression", "without"),
    [
        (r"(?<!\bdont )stop(?= now)", "(?:)stop(?:)"),
        (r"a(?!b(?:c|d)[)]\))e", "a(?:)e"),
        (r"[(?=]x(?i:y)", "[(?=]x(?i:y)"),
        (r"(?:the )*+off\Z", r"(?:the )*off\z"),
        (r"(?!a(?=b))c", "(?:)c"),
        (r"a[*+]b[?+]c\*+", r"a[*+]b[?+]c\*+"),
        (r"x{,2}+y", "x{0,2}y"),
        (r"\s[\s,]\S[^\s]$", r"[\s\v][\s\v,]\S[^\s](?:)"),
        (r"\u2705|\U0001F44D[\u2013-]", r"\x{2705}|\x{0001F44D}[\x{2013}-]"),
        (r"a}+{,b{,3}", r"a}+{,b{0,3}"),
        (r"[^\S]b", r"\1b"),
        (r"[a[:alpha:]]x", r"\1]x"),
    ],
)
def test_only_what_looks_around_is_left_out(expression, without):
    """Groups, classes and escaped signs stay; nothing is possessive, and a count has its least."""
    assert without_lookaround(expression) == without


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        (r"\b(?:a|b(?:c|d)|[|]e)f", (r"\b(?:", ["a", "b(?:c|d)", "[|]e"], ")f")),
        (r"\b(?:a|b)(?:c|d)", (r"\b(?:", ["a", "b"], ")(?:c|d)")),
        (r"(?<![(\w] )(?:a|b)(?!c|d)", (r"(?<![(\w] )(?:", ["a", "b"], ")(?!c|d)")),
        (r"(?:stop)", ("(?:", ["stop"], ")")),
        (r"\b(?:a|b)?f", ("", [r"\b(?:a|b)?f"], "")),
        (r"\b(?:a|b)+f", ("", [r"\b(?:a|b)+f"], "")),
        (r"\b(?:a|b){0,2}f", ("", [r"\b(?:a|b){0,2}f"], "")),
        (r"\b(?:stop)|(?:quit)", ("", [r"\b(?:stop)|(?:quit)"], "")),
        (r"stop|quit", ("", ["stop|quit"], "")),
    ],
)
def test_the_choices_of_a_first_group_are_wordings(expression, parts):
    """Unless the group may be absent or repeated, or something else be said instead of all of it."""
    assert parted(expression) == parts


WORDS_SAID = ["stop", "dont", "text", "me", "off", "list", "no", "more", "sell", "1", "x"]
WORDS = st.sampled_from(WORDS_SAID)
PIECES = st.one_of(
    WORDS,
    st.sampled_from(
        ["[st]", "[^ o]", r"[^\S\n]", "[*+]", r"\w+", r"\d", " ", r"\s", r"[\s,]", "\n", r"\b", "$", "^", "."]
    ),
)
EXPRESSIONS = st.recursive(
    PIECES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{0,2}", "{2}", "?+", "*+"])).map(
            lambda one: f"(?:{one[0]}){one[1]}"
        ),
        inner.map(lambda one: f"(?={one})"),
        inner.map(lambda one: f"(?!{one})"),
        WORDS.map(lambda one: f"(?<!{one} )"),
        inner.map(lambda one: rf"\b(?:{one}|stop)"),
    ),
    max_leaves=8,
)


@given(
    st.lists(EXPRESSIONS, min_size=1, max_size=4),
    st.lists(st.sampled_from([*WORDS_SAID, " ", " ", "\n", "\v", "\u00e9"]), max_size=12).map("".join),
)
def test_no_match_is_lost_whatever_the_wordings(expressions, plain):
    """Of any expressions, with any of the signs that ours are written with."""
    screen = Screen()
    screen.group([re.compile(expression, re.A) for expression in expressions])

    assert lost(screen, plain) == []
