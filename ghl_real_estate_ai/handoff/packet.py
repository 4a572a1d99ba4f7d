"""What one owner hands to the next: everything known of the contact, where it comes from, and what is open; pure.

The packet is kept with the handoff and mirrored to the contact's field in the CRM, where it is valid for a day.
It holds nothing that nobody said: without facts it has no facts, and the score of nothing is 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from ghl_real_estate_ai.conversation.model import Fact, Facts, Language, MessageId, Owner, Slot, SlotValue

FIELD = "handoff_context"
"""The contact's field in the CRM that mirrors the latest packet."""
VALID_FOR = timedelta(hours=24)
FORMAT = 1
"""Grows when a reader of the older form would read the newer one wrongly."""

_TOLD: Mapping[Slot, str] = {
    Slot.ADDRESS: "home at {}",
    Slot.PRICE_EXPECTATION: "hopes for {}",
    Slot.MORTGAGE_BALANCE: "owes {}",
    Slot.CONDITION: "condition {}",
    Slot.OCCUPANCY: "lived in by {}",
    Slot.MOTIVATION: "reason {}",
    Slot.LOCATIONS: "in {}",
    Slot.BEDROOMS: "{} bed",
    Slot.BATHROOMS: "{} bath",
    Slot.BUDGET_MIN: "from {}",
    Slot.BUDGET_MAX: "up to {}",
    Slot.FINANCING: "financing {}",
    Slot.TIMELINE_DAYS: "within {} days",
    Slot.NAME: "name {}",
    Slot.EMAIL: "e-mail {}",
    Slot.APPOINTMENT: "wishes to meet {}",
    Slot.UPGRADES: "on upgrades: {}",
    Slot.LISTING_HISTORY: "on earlier listings: {}",
    Slot.DECISION_MAKERS: "on who decides: {}",
    Slot.CONTACT_METHOD: "on getting in touch: {}",
}
"""How each fact is told to a person, in the order in which they want to read it."""
_MONEY = frozenset({Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE, Slot.BUDGET_MIN, Slot.BUDGET_MAX})
_GOALS = {
    ("sell",): "Sells",
    ("buy",): "Buys",
    ("sell", "buy"): "Sells first, then buys",
    ("buy", "sell"): "Buys, sells",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPacket:
    """What the receiving bot or person needs in order to go on without asking again."""

    source: Owner
    target: Owner
    made_at: datetime
    reason: str
    language: Language
    goals: tuple[str, ...]
    """Open threads, that of the receiver first."""
    facts: tuple[Fact, ...]
    """Each with the message that said so and its time."""
    set_aside: tuple[Fact, ...] = ()
    """Said of the home of the other thread: for people to know, not for the receiver to go by."""
    score: float
    """The lead score, 0 to 100, from these facts alone."""
    temperature: str
    open_question: str | None
    """What we asked last and was not answered."""
    promised: tuple[str, ...]
    """What our last messages promised of the team."""

    @property
    def summary(self) -> str:
        """What is known, in a sentence or two for a person."""
        return summary_of(self.goals, self.facts)

    def is_valid(self, at: datetime) -> bool:
        """Whether the packet may still be gone by at *at*."""
        return self.made_at <= at < self.made_at + VALID_FOR

    def as_facts(self) -> Facts:
        """The facts that the receiver goes by."""
        return Facts({fact.slot: fact for fact in self.facts})


def summary_of(goals: Sequence[str], facts: Sequence[Fact]) -> str:
    """Say what is wanted and known, such as "Buys: in Kyle, 3 bed, up to $330,000."."""
    wanted = _GOALS.get(tuple(goals), "Goal unknown")
    known = told_facts(facts)
    return f"{wanted}: {', '.join(known)}." if known else f"{wanted}; nothing else is known."


def told_facts(facts: Sequence[Fact]) -> tuple[str, ...]:
    """Each fact in words, in the order in which people want to read them."""
    by_slot = {fact.slot: fact.value for fact in facts}
    return tuple(words.format(_told(slot, by_slot[slot])) for slot, words in _TOLD.items() if slot in by_slot)


def packet_json(packet: ContextPacket) -> dict[str, Any]:
    """The packet as JSON, for the handoff's row and for the CRM."""
    return {
        "format": FORMAT,
        "source": packet.source.value,
        "target": packet.target.value,
        "made_at": packet.made_at.isoformat(),
        "valid_until": (packet.made_at + VALID_FOR).isoformat(),
        "reason": packet.reason,
        "language": packet.language.value,
        "goals": list(packet.goals),
        "summary": packet.summary,
        "facts": {fact.slot.value: _fact_json(fact) for fact in packet.facts},
        "set_aside": {fact.slot.value: _fact_json(fact) for fact in packet.set_aside},
        "score": packet.score,
        "temperature": packet.temperature,
        "open_question": packet.open_question,
        "promised": list(packet.promised),
    }


def packet_text(packet: ContextPacket) -> str:
    """The packet as the CRM's field holds it."""
    return orjson.dumps(packet_json(packet)).decode()


def parse_packet(text: str, at: datetime) -> ContextPacket | None:
    """Read a packet out of the CRM's field; None for one that is stale, not ours, or of a newer form.

    Whoever edits the CRM may have written anything there, so nothing in it is trusted to be well formed.
    """
    try:
        packet = _read(orjson.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return packet if packet is not None and packet.is_valid(at) else None


def _read(held: Mapping[str, Any]) -> ContextPacket | None:
    if held["format"] != FORMAT:
        return None
    made_at = datetime.fromisoformat(held["made_at"])
    if made_at.tzinfo is None:
        return None
    return ContextPacket(
        source=Owner(held["source"]),
        target=Owner(held["target"]),
        made_at=made_at,
        reason=str(held["reason"]),
        language=Language(held["language"]),
        goals=tuple(str(goal) for goal in held["goals"]),
        facts=_facts(held["facts"]),
        set_aside=_facts(held["set_aside"]),
        score=float(held["score"]),
        temperature=str(held["temperature"]),
        open_question=held["open_question"],
        promised=tuple(str(promise) for promise in held["promised"]),
    )


def _facts(held: Mapping[str, Any]) -> tuple[Fact, ...]:
    return tuple(_fact(Slot(slot), item) for slot, item in held.items())


def _fact(slot: Slot, item: Mapping[str, Any]) -> Fact:
    value, source = item["value"], item["message"]
    return Fact(
        slot=slot,
        value=tuple(str(part) for part in value) if isinstance(value, list) else value,
        source_message_id=MessageId(UUID(source)) if source else None,
        stated_at=datetime.fromisoformat(item["at"]),
        confidence=float(item["confidence"]),
    )


def _fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "value": list(fact.value) if isinstance(fact.value, tuple) else fact.value,
        "message": str(fact.source_message_id) if fact.source_message_id else None,
        "at": fact.stated_at.isoformat(),
        "confidence": fact.confidence,
    }


def _told(slot: Slot, value: SlotValue) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, (int, float)):
        return f"${value:,.0f}" if slot in _MONEY else f"{value:g}"
    return " ".join(value.split())
