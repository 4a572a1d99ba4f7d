"""What a message speaks of whatever was asked: "make that 4" after "3 bedrooms" of bedrooms, a bare "700k" of money."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.conversation.model import Bot, Conversation, Fact, Slot
from ghl_real_estate_ai.turns.read_other_places import read_other_places
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Signals, Span, StatedSlot
from ghl_real_estate_ai.understanding.understand import understand

_CORRECTS = re.compile(
    r"^\W*(?:(?:sorry|oops|ups|wait|actually|no|and|oh|ok|lol|my bad|perd[o\u00f3]n|disculpe|y|ah)\W+)*"
    r"(?:make (?:it|that)|let'?s (?:say|make it)|(?:i )?mean[t]?|scratch that|correction|change (?:it|that) to|not"
    r"|mejor|quise decir|digo|que sean?|p[o\u00f3]ngale)\b[\s,:]*",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"^\W*\$?\d[\d.,]*\s?(?:k|m|mil|thousand|grand|million|millones)\W*$", re.I)
_MONEY_OF = {Bot.BUYER: Slot.BUDGET_MAX, Bot.SELLER: Slot.PRICE_EXPECTATION}
_OPEN_TO_IT = frozenset(Slot) - {Slot.NAME, Slot.EMAIL, Slot.MOTIVATION, Slot.APPOINTMENT}
_OF_MEETING = (Intent.RESCHEDULE, Intent.SCHEDULE)


def read_correction(conversation: Conversation, text: str, signals: Signals) -> Signals:
    """Return *signals* with what *text* corrects of the facts told before; as they are when it corrects nothing.

    A meeting is moved by any message about meeting that names another time, and places are struck off or replaced by
    name; of everything else a message corrects what it says so of, unless it was understood as it stands.
    """
    corrected = read_other_places(conversation, text, _read_moved_meeting(conversation, text, signals))
    if _AMOUNT.match(text) and not corrected.slots:
        return _as_money(conversation.owner.bot, text, corrected)
    marker = _CORRECTS.match(text)
    if marker is None or corrected.slots:
        return corrected
    rest = text[marker.end() :]
    for fact in _corrected_first(conversation, text):
        for words in (text, rest, rest.split(",")[0]):
            stated = _as_answer(conversation.owner.bot, fact, words)
            if stated is not None:
                return replace(corrected, slots=(_in_whole(stated, text, words),))
    return corrected


def _read_moved_meeting(conversation: Conversation, text: str, signals: Signals) -> Signals:
    """Read "wednesday at 2 works better" as the answer to when, once a time has been named."""
    agreed = conversation.facts.get(Slot.APPOINTMENT)
    says_when = any(stated.slot is Slot.APPOINTMENT for stated in signals.slots)
    if agreed is None or says_when or not any(signals.has(intent) for intent in _OF_MEETING):
        return signals
    moved = _as_answer(conversation.owner.bot, agreed, text)
    return signals if moved is None else replace(signals, slots=(*signals.slots, moved))


def _as_money(bot: Bot | None, text: str, signals: Signals) -> Signals:
    """A bare amount is what a buyer would spend, or what a seller would like to get."""
    slot = None if bot is None else _MONEY_OF.get(bot)
    found = understand(text, MessageContext(bot=bot, asked=slot)).slots if slot else ()
    return replace(signals, slots=tuple(stated for stated in found if stated.slot is slot))


def _corrected_first(conversation: Conversation, text: str) -> Iterable[Fact]:
    """The facts a correction may speak of: one whose value it names, then those of the lead's last telling."""
    told = [fact for slot, fact in conversation.facts.items() if slot in _OPEN_TO_IT and fact.source_message_id]
    named = [fact for fact in told if _names(text, fact)]
    latest = max((fact.stated_at for fact in told), default=None)
    return dict.fromkeys([*named, *(fact for fact in told if fact.stated_at == latest)])


def _names(text: str, fact: Fact) -> bool:
    values = fact.value if isinstance(fact.value, tuple) else (str(fact.value),)
    return any(value.casefold() in text.casefold() for value in values)


def _as_answer(bot: Bot | None, fact: Fact, words: str) -> StatedSlot | None:
    found = understand(words, MessageContext(bot=bot, asked=fact.slot)).slots
    return next((stated for stated in found if stated.slot is fact.slot and stated.value != fact.value), None)


def _in_whole(stated: StatedSlot, text: str, words: str) -> StatedSlot:
    """The same finding with its span in the whole message."""
    offset = max(text.find(words), 0)
    return replace(stated, span=Span(stated.span.start + offset, stated.span.end + offset))
