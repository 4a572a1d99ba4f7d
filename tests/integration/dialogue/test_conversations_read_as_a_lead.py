"""Whole conversations, replayed and held to what a lead may expect of every one of them.

The first two files were labelled before they were first replayed, the third after a reading, as a lead would want it.
The fourth is about leads who change their mind, correct a fact, take leave, or only sound like an opt-out: 30 were
written by somebody who knew no rule, 12 were labelled before they were replayed.  Of the 96
conversations 22 are Spanish.  They are there to be read, too: `jorge replay` prints what is answered.
"""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ghl_real_estate_ai.cli.replay import replay
from ghl_real_estate_ai.compliance.check_draft import check_draft
from ghl_real_estate_ai.compliance.model import Send
from ghl_real_estate_ai.compliance.sms import segments

CONVERSATIONS = Path(__file__).parents[2] / "fixtures" / "conversations"
FIRST, SECOND, THIRD, FOURTH = (
    "read_as_a_lead.jsonl",
    "all_kinds.jsonl",
    "under_strain.jsonl",
    "changes_of_mind.jsonl",
)
Turns = list[tuple[dict[str, Any], dict[str, Any]]]
"""Of one conversation: what was expected of a turn, and what came."""


@pytest.fixture(scope="module", params=[FIRST, SECOND, THIRD, FOURTH])
def replayed(request: pytest.FixtureRequest) -> dict[str, Turns]:
    """Each conversation of a file by its id."""
    return replay_file(request.param)


@pytest.fixture(scope="module")
def first() -> dict[str, Turns]:
    return replay_file(FIRST)


def replay_file(name: str) -> dict[str, Turns]:
    scripts = [json.loads(line) for line in (CONVERSATIONS / name).read_text(encoding="utf-8").splitlines()]
    return {
        script["id"]: list(zip([turn["expect"] for turn in script["turns"]], asyncio.run(replay(script)), strict=True))
        for script in scripts
    }


def all_turns(replayed: dict[str, Turns]) -> Turns:
    return [turn for turns in replayed.values() for turn in turns]


def changes_of_owner(replayed: dict[str, Turns]) -> list[bool]:
    """For each turn at which the owner should change, whether it did."""
    right = []
    for turns in replayed.values():
        owners = [expected.get("owner") for expected, _ in turns]
        right += [
            came["owner"] == expected["owner"]
            for (expected, came), before in zip(turns, ["lead", *owners], strict=False)
            if "owner" in expected and expected["owner"] != before
        ]
    return right


def test_there_are_ninety_six_conversations() -> None:
    lines = [(CONVERSATIONS / name).read_text(encoding="utf-8").splitlines() for name in (FIRST, SECOND, THIRD, FOURTH)]

    assert sum(map(len, lines)) == 96


def test_what_people_need_to_know_is_flagged(replayed: dict[str, Turns]) -> None:
    """Nine of ten flags at least, and every opt-out."""
    due = [
        (flag, flag in came["flags"]) for expected, came in all_turns(replayed) for flag in expected.get("flags", [])
    ]

    assert sum(is_there for _, is_there in due) / max(len(due), 1) >= 0.85
    assert all(is_there for flag, is_there in due if flag == "opt_out")


def test_the_right_bot_owns_the_contact(replayed: dict[str, Turns]) -> None:
    """In 95 of 100 turns, and in 90 of 100 of those where the owner changes."""
    right = [came["owner"] == expected["owner"] for expected, came in all_turns(replayed) if "owner" in expected]
    changed = changes_of_owner(replayed)

    assert sum(right) / len(right) >= 0.95
    assert sum(changed) / len(changed) >= 0.9


def test_nobody_is_asked_what_is_known(replayed: dict[str, Turns]) -> None:
    """Not what was said in this conversation, whether it could be sorted or not."""
    asked = {
        (name, number): came["asked"]
        for name, turns in replayed.items()
        for number, (expected, came) in enumerate(turns)
        if came["asked"] and came["asked"] in expected.get("not_asked", [])
    }

    assert asked == {}


def test_silence_is_kept_where_it_is_due(replayed: dict[str, Turns]) -> None:
    broken = [came["reply"] for expected, came in all_turns(replayed) if expected.get("reply") is False]

    assert broken
    assert set(broken) == {None}


def test_replies_are_short(replayed: dict[str, Turns]) -> None:
    """95 of 100 fit one segment, and none takes more than two."""
    lengths = [segments(came["reply"]) for _, came in all_turns(replayed) if came["reply"]]

    assert max(lengths) <= 2
    assert lengths.count(1) / len(lengths) >= 0.95


def test_no_reply_comes_twice_in_a_row(replayed: dict[str, Turns]) -> None:
    for turns in replayed.values():
        replies = [came["reply"] for _, came in turns if came["reply"]]
        assert all(one != next_one for one, next_one in pairwise(replies))


def test_each_reply_asks_one_thing_at_most_and_steers_nobody(replayed: dict[str, Turns]) -> None:
    for reply in (came["reply"] for _, came in all_turns(replayed) if came["reply"]):
        assert reply.count("?") <= 1
        assert isinstance(check_draft(reply), Send)
        assert "distress" not in reply.lower()


def test_somebody_in_distress_is_not_asked_for_a_price_or_a_reason(first: dict[str, Turns]) -> None:
    """They get fewer questions, an offer to talk to a person, and a person for the legal question."""
    turns = first["own-in-distress"]
    asked = [came["asked"] for _, came in turns]

    assert not {"price_expectation", "motivation"} & set(asked)
    assert "appointment" in asked
    assert turns[-1][1]["owner"] == "human"


def test_whoever_tries_to_break_the_bot_hears_none_of_their_own_words(first: dict[str, Turns]) -> None:
    said = " ".join(came["reply"] or "" for _, came in first["own-breaks-the-bot"]).lower()

    assert not any(word in said for word in ("hacked", "fraud", "5000", "developer", "instructions"))


def test_the_reply_follows_the_language_of_the_lead(first: dict[str, Turns]) -> None:
    """Spanish, English from the third message on, and Spanish again."""
    replies = [came["reply"] for _, came in first["own-es-en-switch"]]
    spanish = ["¿" in reply for reply in replies]

    assert spanish == [True, True, False, False, True]
