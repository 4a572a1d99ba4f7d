"""Slots that hold one of a few values: why somebody moves, the state of a house, who lives there, how it is paid for.

The wordings of each value are a family in a text file beside this module.  That one is used is evidence, and the trained
model decides what it says here: of whom, of when, and whether at all.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import Found, SlotIs, StatedSlot
from ghl_real_estate_ai.understanding.rules import REPORTED_FROM, is_negated
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_families

WORDINGS = {
    SlotIs(slot, value): family
    for slot, file_name in (
        (Slot.MOTIVATION, "motives.txt"),
        (Slot.CONDITION, "condition.txt"),
        (Slot.OCCUPANCY, "occupancy.txt"),
        (Slot.FINANCING, "financing.txt"),
    )
    for value, family in read_families(file_name).items()
}
_VALUES = tuple(WORDINGS)
_GROUP = HAND_RULES.group(WORDINGS.values())
_USED = 0.85
_DENIED = 0.3
"""What a wording is worth where a "not" stands before it each time."""


def find_slot_wordings(text: Text) -> list[Found[SlotIs]]:
    """Return each value with a wording in *text*, at its first place that no "not" stands before."""
    found = []
    for at, matches in _GROUP.matches(text.plain):
        listed = list(matches)
        used = next((match for match in listed if not is_negated(text.plain, match.start())), None)
        if match := used or next(iter(listed), None):
            found.append(Found(_VALUES[at], _USED if used else _DENIED, text.span(*match.span())))
    return found


def is_spoken_for(found: Found[SlotIs], hints: Mapping[Any, Found[Any]], asked: Slot | None) -> bool:
    """Whether more than many small words speaks for *found*: a wording, the question, or that it is likelier than not."""
    hint = hints.get(found.label)
    return (
        found.label.slot is asked
        or found.confidence >= REPORTED_FROM
        or (hint is not None and hint.confidence >= REPORTED_FROM)
    )


def likeliest_values(found: Iterable[Found[SlotIs]]) -> list[StatedSlot]:
    """Return one value a slot: the likeliest of those *found*."""
    likeliest: dict[Slot, Found[SlotIs]] = {}
    for one in found:
        slot = one.label.slot
        if slot not in likeliest or likeliest[slot].confidence < one.confidence:
            likeliest[slot] = one
    return [StatedSlot(slot, one.label.value, one.confidence, one.span) for slot, one in likeliest.items()]
