"""A correction is read as what it corrects: "make that 4" after "3 bedrooms" speaks of bedrooms, whatever was asked."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.conversation.model import Bot, Conversation, Fact, Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Signals, Span, StatedSlot
from ghl_real_estate_ai.understanding.understand import understand

_CORRECTS = re.compile(
    r"^\W*(?:(?:sorry|oops|ups|wait|actually|no|and|oh|ok|lol|my bad|perd[o\u00f3]n|disculpe|y|ah)\W+)*"
    r"(?:make (?:it|that)|let'?s (?:say|make it)|(?:i )?mean[t]?|scratch that|correction|change (?:it|that) to|not"
    r"|mejor|quise decir|digo|que sean?|p[o\u00f3]ngale)\b[\s,:]*",
    re.IGNORECASE,
)
_OPEN_TO_IT = frozenset(Slot) - {Slot.NAME, Slot.EMAIL, Slot.MOTIVATION, Slot.APPOINTMENT}


def read_correction(conversation: Conversation, text: str, signals: Signals) -> Signals:
    """Return *signals* with the slot that *text* corrects; as they are when it corrects nothing, or was understood."""
    marker = _CORRECTS.match(text)
    if marker is None or signals.slots:
        return signals
    rest = text[marker.end() :]
    for fact in _corrected_first(conversation, text):
        for words in (text, rest, rest.split(",")[0]):
            stated = _as_answer(conversation.owner.bot, fact, words)
            if stated is not None:
                return replace(signals, slots=(_in_whole(stated, text, words),))
    return signals


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
