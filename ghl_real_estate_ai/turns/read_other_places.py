"""Places that are struck off or replaced: "only Dayton now, scratch Toledo" after a search in Toledo."""

import re
from dataclasses import replace

from ghl_real_estate_ai.bots.facts import wants_only
from ghl_real_estate_ai.conversation.model import Conversation, Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Signals, Span, StatedSlot
from ghl_real_estate_ai.understanding.place_names import is_known_place
from ghl_real_estate_ai.understanding.places import ruled_out
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.understand import understand

SURE = 0.85


def read_other_places(conversation: Conversation, text: str, signals: Signals) -> Signals:
    """Return *signals* with the places that are left when *text* takes some that were told back, or wants others only.

    As they are when the lead has told no places, or when the message speaks against none of them.
    """
    known = conversation.facts.value(Slot.LOCATIONS)
    if not isinstance(known, tuple):
        return signals
    taken_back, only = ruled_out(read(text), known), wants_only(text) or _wants_just_one(known, text)
    if not taken_back and not only:
        return signals
    wanted = _wanted(conversation, text)
    left = wanted if only and wanted else _left(known, taken_back, wanted)
    if not left or left == known:
        return signals
    others = tuple(stated for stated in signals.slots if stated.slot is not Slot.LOCATIONS)
    return replace(signals, slots=(*others, StatedSlot(Slot.LOCATIONS, left, SURE, Span(0, len(text)))))


def _wants_just_one(known: tuple[str, ...], text: str) -> bool:
    return any(re.search(rf"\b(?:just|nada m[a\u00e1]s) {re.escape(place)}\b", text, re.IGNORECASE) for place in known)


def _left(known: tuple[str, ...], taken_back: frozenset[str], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """What is sought now: the places told before but for those taken back, and those named instead."""
    return tuple(dict.fromkeys((*(place for place in known if place not in taken_back), *wanted)))


def _wanted(conversation: Conversation, text: str) -> tuple[str, ...]:
    """The places that *text* names as an answer to where, without any word that only might be one."""
    found = understand(text, MessageContext(bot=conversation.owner.bot, asked=Slot.LOCATIONS)).slots
    places = next((stated.value for stated in found if stated.slot is Slot.LOCATIONS), ())
    return tuple(place for place in places if is_known_place(place)) if isinstance(places, tuple) else ()
