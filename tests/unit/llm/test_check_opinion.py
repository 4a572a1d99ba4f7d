"""An opinion counts whole or not at all: given labels, and words that the lead wrote."""

import json

import pytest

from ghl_real_estate_ai.llm.check_opinion import OpinionFault, parse_opinion
from ghl_real_estate_ai.llm.model import Opinion, OpinionRequest

REQUEST = OpinionRequest(
    text="we are outgrowing this place, maybe Kyle",
    asked="motivation",
    intents=("buy", "sell", "human"),
    objections=("thinking",),
    slots=("locations", "motivation"),
)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"intents": ["sell", "buy", "sell"]}', Opinion(("sell", "buy"))),
        ('```json\n{"slots": {"locations": "kyle"}}\n```', Opinion(slots={"locations": "kyle"})),
        ("{}", Opinion()),
        ('{"intents": [], "objections": ["thinking"], "slots": {}}', Opinion((), ("thinking",))),
    ],
)
def test_a_sound_answer_is_an_opinion(answer: str, expected: Opinion) -> None:
    assert parse_opinion(REQUEST, answer) == expected


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("", OpinionFault.NO_JSON),
        ("I think they want to sell.", OpinionFault.NO_JSON),
        ("[" * 1000, OpinionFault.NO_JSON),
        ('{"intents": ["sell"]} and also', OpinionFault.NO_JSON),
        ("[]", OpinionFault.WRONG_SHAPE),
        ("null", OpinionFault.WRONG_SHAPE),
        ('{"intents": "sell"}', OpinionFault.WRONG_SHAPE),
        ('{"intents": [1]}', OpinionFault.WRONG_SHAPE),
        ('{"intents": ["sell"], "reply": "Hi"}', OpinionFault.WRONG_SHAPE),
        ('{"slots": {"locations": ["Kyle"]}}', OpinionFault.WRONG_SHAPE),
        ('{"slots": {"locations": " "}}', OpinionFault.WRONG_SHAPE),
        (json.dumps({"intents": ["sell"] * 7}), OpinionFault.WRONG_SHAPE),
        (json.dumps({"slots": {"locations": "Kyle" * 1000}}), OpinionFault.WRONG_SHAPE),
        ('{"intents": ["opt_out"]}', OpinionFault.UNKNOWN_LABEL),
        ('{"intents": ["sell", "opt_in"]}', OpinionFault.UNKNOWN_LABEL),
        ('{"objections": ["haunted"]}', OpinionFault.UNKNOWN_LABEL),
        ('{"slots": {"budget_max": "Kyle"}}', OpinionFault.UNKNOWN_LABEL),
        ('{"slots": {"locations": "Austin"}}', OpinionFault.NOT_IN_TEXT),
        ('{"intents": ["sell"], "slots": {"locations": "Kyle", "motivation": "divorce"}}', OpinionFault.NOT_IN_TEXT),
    ],
)
def test_anything_else_is_refused_whole(answer: str, fault: OpinionFault) -> None:
    assert parse_opinion(REQUEST, answer) is fault
