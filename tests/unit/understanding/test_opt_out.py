"""Who wants no more messages, in any words, and who only seems to."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.understanding import Intent, understand
from ghl_real_estate_ai.understanding.evaluate import evaluate
from ghl_real_estate_ai.understanding.labelled import load_labelled

WORDINGS = [json.loads(line) for line in (Path(__file__).parent / "opt_out_wordings.jsonl").read_text().splitlines()]
KEYWORDS = [
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "optout",
    "opt-out",
    "opt out",
]
KEYWORDS += ["remove", "arret", "alto", "parar", "no mas", "no más"]


def test_most_of_what_four_writers_made_up_is_told_apart():
    """Half ask for an end, in words as various as writers who knew no rule could find, half only use such words."""
    lines = (Path(__file__).parent / "opt_outs_of_four_writers.jsonl").read_text(encoding="utf-8").splitlines()
    told = [(row["opt_out"], understand(row["text"]).has(Intent.OPT_OUT)) for row in map(json.loads, lines)]
    right, wrong = told.count((True, True)), told.count((False, True))

    assert right / (right + told.count((True, False))) > 0.94
    assert right / (right + wrong) > 0.95


def test_most_of_what_three_unread_writers_made_up_is_told_apart():
    """As before, in a fair mixture and in plain words, by writers whose messages were only ever scored."""
    cases = load_labelled(Path(__file__).parent / "opt_outs_of_three_unread_writers.jsonl")

    figures = evaluate(cases, understand).figures()

    assert figures["opt_out_recall"] > 0.92
    assert figures["opt_out_precision"] > 0.95


@pytest.mark.parametrize("text", [row["text"] for row in WORDINGS if row["opt_out"]])
def test_wish_for_no_more_messages(text):
    """A reasonable person would read this as a wish for no more messages."""
    signals = understand(text)

    assert signals.has(Intent.OPT_OUT)


@pytest.mark.parametrize("text", [row["text"] for row in WORDINGS if not row["opt_out"]])
def test_word_of_an_opt_out_in_another_sense(text):
    """The words of an opt-out in another sense are none."""
    signals = understand(text)

    assert not signals.has(Intent.OPT_OUT)


@given(
    keyword=st.sampled_from(KEYWORDS),
    upper=st.lists(st.booleans(), min_size=12, max_size=12),
    before=st.sampled_from(["", " ", "\n", '"', "...", "please "]),
    after=st.sampled_from(["", ".", "!!!", " ", "?!", " please", " thanks", ". Thank you", " \U0001f621", "\u200b"]),
)
def test_keyword_in_any_dress_opts_out(keyword, upper, before, after):
    """An opt-out word alone counts in any case and punctuation, and with courtesy beside it."""
    typed = "".join(c.upper() if up else c for c, up in zip(keyword, upper * 2, strict=False))

    signals = understand(before + typed + after)

    assert [found.label for found in signals.intents] == [Intent.OPT_OUT]


@pytest.mark.parametrize("text", ["START", "unstop", "you can text me again", "turn my texts back on"])
def test_opt_in(text):
    """START and the like in other words are an opt-in."""
    signals = understand(text)

    assert signals.has(Intent.OPT_IN)


def test_bare_yes_is_no_opt_in():
    """A bare yes answers a question and lifts nothing."""
    signals = understand("YES")

    assert [found.label for found in signals.intents] == [Intent.AFFIRM]
