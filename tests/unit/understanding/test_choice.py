"""A choice among readings: the best is taken where it is likely that any holds, and what is learned stays as it was."""

from pathlib import Path

import pytest

from ghl_real_estate_ai.understanding import meeting_choice
from ghl_real_estate_ai.understanding.choice import STEP, Chooser, read_choosers, write_choosers
from ghl_real_estate_ai.understanding.meeting_times import MOST_WORDS, find_times
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.training.choices import train
from ghl_real_estate_ai.understanding.training.questions import Question

LIKELY = Chooser({"wished": 2 * STEP, "past": -4 * STEP}, 0.5)


def test_the_best_of_the_readings_is_taken() -> None:
    choice = LIKELY.choose([["past"], ["wished"], ["wished", "past"]])

    assert choice is not None
    assert choice.at == 1


def test_nothing_is_taken_where_none_is_likely() -> None:
    assert LIKELY.choose([["past"]]) is None
    assert LIKELY.choose([]) is None


def test_what_is_missing_from_one_is_the_chance_of_none() -> None:
    assert LIKELY.probabilities([LIKELY.score([])]) == [pytest.approx(0.5)]
    assert sum(LIKELY.probabilities([LIKELY.score(one) for one in (["wished"], ["past"], ["never seen"])])) < 1.0


def test_a_feature_counts_once() -> None:
    assert LIKELY.score(["wished", "never seen", "wished"]) == 2 * STEP


def test_what_was_learned_of_one_role_is_told_by_what_follows_it() -> None:
    learned = Chooser({"budget_max any": 3, "budget_min any": 5, "budget_max near buy": 7}, 0.4)

    assert learned.of_role("budget_max") == Chooser({"any": 3, "near buy": 7}, 0.4)


@pytest.mark.parametrize(
    "text",
    [
        "call me tomorrow at 5, or friday after 6 when the kids are in bed",
        "5",
        "can we do saturday?? like 1. or sunday before noon",
        "el lunes a las 4 o el martes en la tarde, despues del trabajo",
    ],
)
def test_a_time_is_judged_by_each_of_its_features_once(text: str) -> None:
    """What stretches share is summed once for all of them, and comes to what each comes to by itself."""
    times = find_times(text)
    chooser = read_choosers()[meeting_choice.KIND]
    readings = meeting_choice.readings(times, MessageContext(), ["schedule"])

    best = chooser.choose(readings)

    assert all(len(set(reading)) > 10 for reading in readings)
    chosen = meeting_choice.choose_time(times, MessageContext(), ["schedule"])
    assert chosen == (times.stretches[best.at] if best else None)
    scores = meeting_choice.scores(times, MessageContext(), ["schedule"], chooser)
    assert scores == [chooser.score(reading) for reading in readings]


def test_a_chooser_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_choosers(tmp_path / "c.npz", {"one": LIKELY, "two": Chooser({"x": 7}, 0.25)})

    assert read_choosers(tmp_path / "c.npz") == {"one": LIKELY, "two": Chooser({"x": 7}, 0.25)}


def test_what_the_right_readings_share_is_learned_from_both_sides() -> None:
    questions = [
        Question([["any", "after call"], ["any", "after was"]], 0 if at % 2 else None, f"theme {at}")
        for at in range(20)
    ] + [Question([["any", "after was"]], None, f"theme {at}") for at in range(20, 40)]

    chooser = train(questions)

    assert chooser.weights["after call"] > 0 > chooser.weights["after was"]
    assert train(questions) == chooser


@pytest.mark.parametrize("text", ["", "5", "at 5 or 6 " * 200, "after " * 100, "when when when when"])
def test_any_text_offers_stretches_within_it(text: str) -> None:
    times = find_times(text)

    for one in times.stretches:
        assert 0 <= one.first <= one.last < len(times.tokens)
        assert one.last - one.first < MOST_WORDS
