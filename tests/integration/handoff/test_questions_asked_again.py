"""The packet saves questions: our own scripted conversations, replayed through the whole engine with it and without."""

import io
from pathlib import Path

import orjson

from ghl_real_estate_ai.cli.reasked import Reasked, count_reasked, reduction, report_reasked

SCRIPTS = Path(__file__).parents[2] / "fixtures" / "conversations" / "handoffs.jsonl"


def test_the_packet_saves_what_was_promised() -> None:
    """At least 57 % fewer questions are asked again than without it, and nobody is greeted twice."""
    out = io.StringIO()

    assert 0 == report_reasked(SCRIPTS.read_text().splitlines(), out)
    rows = dict(line.strip("| ").split(" | ", 1) for line in out.getvalue().splitlines()[2:])
    assert "0 | 0" == rows["second greetings"]
    _, without = rows["asked again, once a conversation and slot"].split(" | ")
    assert int(without) >= 10


def test_the_scripts_hand_over_in_both_languages() -> None:
    """There are enough of them, and each tells its first bot something worth knowing."""
    scripts = [orjson.loads(line) for line in SCRIPTS.read_text().splitlines()]
    spanish = [script for script in scripts if any(" casa" in turn["lead"] for turn in script["turns"])]

    assert len(scripts) >= 15
    assert len(spanish) >= 4


def a_turn(owner: str, asked: str | None, reply: str = "ok") -> dict[str, object]:
    return {"owner": owner, "asked": asked, "reply": reply, "flags": []}


def test_only_what_was_told_and_is_asked_after_a_handoff_counts() -> None:
    """Each time, and once a slot; what the first bot asks again is its own matter."""
    told = {"lead": "60 days", "expect": {"not_asked": ["timeline_days"]}}
    script = {"turns": [told] * 4}
    turns = [
        a_turn("lead", "timeline_days"),
        a_turn("buyer", "timeline_days"),
        a_turn("buyer", "timeline_days"),
        a_turn("buyer", "budget_max"),
    ]

    counted = count_reasked(script, turns)

    assert counted == Reasked(
        conversations=1, handed_over=1, turns=3, questions=3, asked_again=2, slots_asked_again=1, greeted_twice=0
    )


def test_a_person_in_between_is_no_handoff_between_bots() -> None:
    """Only what one bot could have told another counts."""
    script = {"turns": [{"lead": "x"}] * 3}

    counted = count_reasked(script, [a_turn("lead", None), a_turn("human", None), a_turn("lead", None)])

    assert 0 == counted.handed_over


def test_a_control_that_asks_nothing_again_proves_nothing() -> None:
    """Without data there is no figure."""
    assert reduction(0, 0) is None
    assert 0.75 == reduction(1, 4)
