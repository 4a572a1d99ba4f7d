"""The part of a conversation that is kept as JSON in `conversations.state`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from ghl_real_estate_ai.conversation.model import Bot, Conversation, Language, Question
from ghl_real_estate_ai.understanding.model import Found, Signals

Name = TypeVar("Name", bound=StrEnum)


def state_of(conversation: Conversation) -> dict[str, Any]:
    """The JSON of the conversation's small state."""
    return {
        "language": conversation.language.value,
        "asked": conversation.asked.value if conversation.asked else None,
        "attempts": {question.value: count for question, count in conversation.attempts.items()},
        "disclosed": conversation.disclosed,
        "disclosed_by_text": conversation.disclosed_by_text,
        "goals": list(conversation.goals),
        "completed": sorted(bot.value for bot in conversation.completed),
        "closed": conversation.closed,
        "replies_used": list(conversation.replies_used),
    }


def parse_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `Conversation` that *state* holds; unknown or missing parts take their defaults."""
    attempts = {known(Question, name): int(count) for name, count in state.get("attempts", {}).items()}
    return {
        "language": known(Language, state.get("language")) or Language.EN,
        "asked": known(Question, state.get("asked")),
        "attempts": {question: count for question, count in attempts.items() if question is not None},
        "disclosed": bool(state.get("disclosed", False)),
        "disclosed_by_text": bool(state.get("disclosed_by_text", False)),
        "goals": tuple(state.get("goals", ())),
        "completed": frozenset(bot for bot in (known(Bot, name) for name in state.get("completed", ())) if bot),
        "closed": bool(state.get("closed", False)),
        "replies_used": tuple(state.get("replies_used", ())),
    }


def known(names: type[Name], name: object) -> Name | None:
    """The member called *name*, or None: a newer program may have written names this one does not know."""
    return names(name) if isinstance(name, str) and name in set(names) else None


def signals_json(signals: Signals) -> dict[str, Any]:
    """What was understood, for people: labels with confidence and the characters that carry them."""
    return {
        "language": signals.language.value,
        "intents": [_found(found) for found in signals.intents],
        "objections": [_found(found) for found in signals.objections],
        "slots": [
            {
                "slot": stated.slot.value,
                "value": stated.value,
                "confidence": round(stated.confidence, 3),
                "span": [stated.span.start, stated.span.end],
            }
            for stated in signals.slots
        ],
        "archetype": _found(signals.archetype) if signals.archetype else None,
    }


def _found(found: Found[Any]) -> dict[str, Any]:
    return {
        "label": found.label.value,
        "confidence": round(found.confidence, 3),
        "span": [found.span.start, found.span.end],
    }
