"""The part of a conversation that is kept as JSON in `conversations.state`."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from ghl_real_estate_ai.conversation.model import (
    Bot,
    Conversation,
    Fact,
    Language,
    MessageId,
    Owner,
    PersonCall,
    Question,
    Slot,
)
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
        "shelved": {goal: [_fact_json(fact) for fact in facts] for goal, facts in conversation.shelved.items()},
        "lost": conversation.lost,
        "person_call": _call_json(conversation.person_call),
        "returns_to": conversation.returns_to.value if conversation.returns_to else None,
        "gentle": conversation.gentle,
        "told_goal": conversation.told_goal,
        "told_by": None if conversation.told_by is None else {s.value: by for s, by in conversation.told_by.items()},
        "was_off": conversation.was_off,
        "only_chat": conversation.only_chat,
        "chat_tags": dict(conversation.chat_tags),
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
        "shelved": {goal: _facts(items) for goal, items in (state.get("shelved") or {}).items()},
        "lost": int(state.get("lost", 0)),
        "person_call": _call(state.get("person_call")),
        "returns_to": known(Owner, state.get("returns_to")),
        "gentle": bool(state.get("gentle", False)),
        "told_goal": state.get("told_goal"),
        "told_by": _told_by(state.get("told_by")),
        "was_off": bool(state.get("was_off", False)),
        "only_chat": bool(state.get("only_chat", False)),
        "chat_tags": dict(state.get("chat_tags") or {}),
    }


def _told_by(held: Mapping[str, str] | None) -> dict[Slot, str] | None:
    if held is None:
        return None
    slots = {known(Slot, name): by for name, by in held.items()}
    return {slot: by for slot, by in slots.items() if slot is not None}


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


def _fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "slot": fact.slot.value,
        "value": list(fact.value) if isinstance(fact.value, tuple) else fact.value,
        "source_message_id": str(fact.source_message_id) if fact.source_message_id else None,
        "stated_at": fact.stated_at.isoformat(),
        "confidence": fact.confidence,
    }


def _facts(items: list[dict[str, Any]]) -> tuple[Fact, ...]:
    return tuple(_fact(item) for item in items if known(Slot, item["slot"]))


def _fact(item: Mapping[str, Any]) -> Fact:
    value, source = item["value"], item["source_message_id"]
    return Fact(
        slot=Slot(item["slot"]),
        value=tuple(value) if isinstance(value, list) else value,
        source_message_id=MessageId(UUID(source)) if source else None,
        stated_at=datetime.fromisoformat(item["stated_at"]),
        confidence=item["confidence"],
    )


def _call_json(call: PersonCall | None) -> dict[str, Any] | None:
    if call is None:
        return None
    answered_at = call.answered_at.isoformat() if call.answered_at else None
    return {"at": call.at.isoformat(), "why": call.why, "answered_at": answered_at}


def _call(item: Mapping[str, Any] | None) -> PersonCall | None:
    if item is None:
        return None
    answered = item.get("answered_at")
    return PersonCall(
        at=datetime.fromisoformat(item["at"]),
        why=item["why"],
        answered_at=datetime.fromisoformat(answered) if answered else None,
    )
