"""What a message adds to what is known: a later statement replaces an earlier one; pure."""

import re
from collections.abc import Mapping
from datetime import datetime

from ghl_real_estate_ai.bots.goals import GOAL_OF
from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.conversation.model import (
    Conversation,
    Fact,
    Facts,
    Message,
    MessageId,
    Owner,
    Slot,
    SlotValue,
)
from ghl_real_estate_ai.understanding.model import Intent, Signals, StatedSlot
from ghl_real_estate_ai.understanding.places import ruled_out
from ghl_real_estate_ai.understanding.text import read

_IN_ADDITION = re.compile(
    r"\b(also|too|as well|in addition|plus|along with|or maybe|tambi[eé]n|adem[aá]s|o tal vez)\b", re.IGNORECASE
)
_ONLY = re.compile(
    r"\b(?:only|strictly|exclusively|solo|solamente|[u\u00fa]nicamente|nom[a\u00e1]s|nada m[a\u00e1]s)\b", re.IGNORECASE
)
LONGEST_OWN_WORDS = 200
OWN_WORDS_CONFIDENCE = 0.6
ANSWERING = frozenset({Intent.AFFIRM, Intent.DENY, Intent.SELL, Intent.BUY, Intent.SCHEDULE})
"""What else an answer in somebody's own words may be understood as."""
OF_ONE_HOME = frozenset({Slot.LOCATIONS, Slot.BEDROOMS, Slot.BATHROOMS})
"""Slots that describe the home at hand, which is another one when a seller becomes a buyer or the reverse."""


def stated_facts(facts: Facts, signals: Signals, text: str, *, message_id: MessageId, at: datetime) -> tuple[Fact, ...]:
    """The facts that this message adds or changes, in the order of its words; one a slot, the surest statement."""
    surest: dict[Slot, StatedSlot] = {}
    for stated in signals.slots:
        if stated.slot not in surest or stated.confidence > surest[stated.slot].confidence:
            surest[stated.slot] = stated
    added = []
    for stated in surest.values():
        value = _with_earlier_places(facts, stated, text)
        if facts.value(stated.slot) != value:
            added.append(Fact(stated.slot, value, message_id, at, stated.confidence))
    return tuple(added)


def wants_only(text: str) -> bool:
    """Whether *text* wants what it names and nothing of what was named before: "only Plano now"."""
    return _ONLY.search(text) is not None


def in_own_words(
    script: Script, conversation: Conversation, signals: Signals, message: Message, *, at: datetime
) -> tuple[Fact, ...]:
    """The answer to a question that nothing sorts, as the lead wrote it; nothing when the message is no answer.

    An objection that answers a step of the *script*, such as that a spouse has to agree, is kept in the same way.
    """
    words = " ".join(message.text.split())[:LONGEST_OWN_WORDS]
    asked = script.step(conversation.asked)
    answers = asked is not None and asked.kept_as_told and {found.label for found in signals.intents} <= ANSWERING
    steps = [asked] if answers and not signals.objections else []
    steps += [step for step in script.steps if step.objection is not None and signals.has_objection(step.objection)]
    slots = [step.question.slot for step in steps if step is not None]
    return tuple(
        Fact(slot, words, message.message_id, at, OWN_WORDS_CONFIDENCE)
        for slot in dict.fromkeys(slots)
        if words and slot is not None and slot not in conversation.facts
    )


def after_owner_change(
    facts: Facts, shelved: Mapping[str, tuple[Fact, ...]], source: Owner, target: Owner, stated: tuple[Fact, ...]
) -> tuple[Facts, dict[str, tuple[Fact, ...]]]:
    """The facts the *target* goes by, and what is kept for later, when a buyer becomes a seller or the reverse.

    What described the home of the thread that is left is set aside; what was set aside of the thread that is taken
    up again comes back, unless this message says otherwise.
    """
    leaves, takes_up = GOAL_OF.get(source), GOAL_OF.get(target)
    kept = dict(shelved)
    if leaves is None or takes_up is None:
        return facts, kept
    just_stated = {fact.slot for fact in stated}
    put_away = tuple(fact for slot, fact in facts.items() if slot in OF_ONE_HOME - just_stated)
    brought_back = [fact for fact in kept.pop(takes_up, ()) if fact.slot not in just_stated]
    if put_away:
        kept[leaves] = put_away
    return facts.without(*(OF_ONE_HOME - just_stated)).with_stated(*brought_back), kept


def _with_earlier_places(facts: Facts, stated: StatedSlot, text: str) -> SlotValue:
    earlier = _places(facts.value(Slot.LOCATIONS))
    adds = stated.slot is Slot.LOCATIONS and earlier and _IN_ADDITION.search(text) and not wants_only(text)
    if not adds or ruled_out(read(text), earlier):
        return stated.value
    return tuple(dict.fromkeys((*earlier, *_places(stated.value))))


def _places(value: SlotValue | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
