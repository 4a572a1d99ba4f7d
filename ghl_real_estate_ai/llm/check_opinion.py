"""Whether what a model read out of a message is an opinion we may go by; pure.

It may name labels that it was given, and point at words of the message.  A value is never taken from it: our own
grammar reads the words it points at.
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from ghl_real_estate_ai.llm.model import Opinion, OpinionRequest

MOST_CHARACTERS = 2000
MOST_LABELS = 6
PARTS = frozenset({"intents", "objections", "slots"})


class OpinionFault(StrEnum):
    """Why an opinion does not count; kept as `error` of the call."""

    NO_JSON = "no_json"
    WRONG_SHAPE = "wrong_shape"
    UNKNOWN_LABEL = "unknown_label"
    NOT_IN_TEXT = "not_in_text"


def parse_opinion(request: OpinionRequest, answer: str) -> Opinion | OpinionFault:
    """Read *answer*; one label too many, or one word that the lead did not write, and none of it counts."""
    try:
        told = json.loads(_bare(answer)) if len(answer) <= MOST_CHARACTERS else None
    except (ValueError, RecursionError):
        return OpinionFault.NO_JSON
    if not isinstance(told, dict) or not told.keys() <= PARTS:
        return OpinionFault.WRONG_SHAPE
    intents, objections, slots = told.get("intents", []), told.get("objections", []), told.get("slots", {})
    if not (_are_labels(intents) and _are_labels(objections) and _are_words(slots)):
        return OpinionFault.WRONG_SHAPE
    if not (set(intents) <= set(request.intents) and set(objections) <= set(request.objections)):
        return OpinionFault.UNKNOWN_LABEL
    if not slots.keys() <= set(request.slots):
        return OpinionFault.UNKNOWN_LABEL
    if not all(words.casefold() in request.text.casefold() for words in slots.values()):
        return OpinionFault.NOT_IN_TEXT
    return Opinion(_once(intents), _once(objections), slots)


def _bare(answer: str) -> str:
    """*answer* without the fence that models put around JSON."""
    stripped = answer.strip()
    if not stripped.startswith("```"):
        return stripped
    return stripped.strip("`").removeprefix("json").strip()


def _are_labels(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_LABELS and all(isinstance(label, str) for label in value)


def _are_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(words, str) and words.strip() for words in value.values())


def _once(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(labels))
