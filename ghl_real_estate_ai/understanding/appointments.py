"""Calls, visits and tours: the wish for one, moving it, calling it off, and when it should be.

What is wanted is evidence for `schedule`, `reschedule` and `cancel_appointment`.  Where a message could say when is
found by `meeting_times`; whether it does, and in which words, is judged by `meeting_choice`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.meeting_choice import choose_time
from ghl_real_estate_ai.understanding.meeting_times import find_times, where
from ghl_real_estate_ai.understanding.model import Found, Intent, MessageContext, StatedSlot
from ghl_real_estate_ai.understanding.rules import Rules, evidence, weigh
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

_WORDINGS = read_wordings("meetings.txt", Intent)
_SCHEDULE_RULES = Rules(_WORDINGS.of(Intent.SCHEDULE))
_RESCHEDULE_RULES = Rules(_WORDINGS.of(Intent.RESCHEDULE))
_CANCEL_RULES = Rules(_WORDINGS.of(Intent.CANCEL_APPOINTMENT))
_CALL_ME = HAND_RULES.one(_WORDINGS.named["call me"])
_NOT_SCHEDULE = _WORDINGS.named["no meeting"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a message says of an appointment by itself, before its other wishes are known."""

    wanted: tuple[Found[Intent], ...]
    """To make one, to move it or to call it off."""
    time: StatedSlot | None
    only_talk: bool
    """Whether nothing says that a call is wanted, so that "can I talk to a person" asks for the person."""


def read_meeting(text: Text, context: MessageContext) -> Meeting:
    """Return what *text* says of an appointment; read once, it is judged by `meeting_intents` and `meeting_slot`."""
    found = wanted_meeting(text)
    called_off = any(f.label is Intent.CANCEL_APPOINTMENT for f in found)
    time = None if called_off else _when(text, context, found)
    return Meeting(tuple(found), time, _CALL_ME.search(text.plain) is None)


def meeting_intents(meeting: Meeting, other: frozenset[Intent]) -> list[Found[Intent]]:
    """Return what is wanted, given the *other* intents found so far."""
    found = list(meeting.wanted)
    if _is_declined(other):
        return [f for f in found if f.label is not Intent.SCHEDULE]
    if meeting.time is not None:
        return found or [Found(Intent.SCHEDULE, 0.85, meeting.time.span)]
    talk_only = Intent.HUMAN in other and meeting.only_talk
    return [f for f in found if not (talk_only and f.label is Intent.SCHEDULE)]


def meeting_slot(meeting: Meeting, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return when it should be, given all *intents* of the message."""
    is_moved = any(f.label is Intent.RESCHEDULE for f in meeting.wanted)
    called_off = Intent.CANCEL_APPOINTMENT in intents and not intents & {Intent.RESCHEDULE, Intent.SCHEDULE}
    if meeting.time is None or _is_declined(intents) or (called_off and not is_moved):
        return []
    return [meeting.time]


def _is_declined(intents: frozenset[Intent]) -> bool:
    return bool(intents & {Intent.OPT_OUT, Intent.NOT_INTERESTED, Intent.INJECTION})


def wanted_meeting(text: Text) -> list[Found[Intent]]:
    """What the hand rules find of making, moving or calling off a meeting."""
    moved = weigh(evidence(text, _RESCHEDULE_RULES))
    if moved:
        return moved
    cancelled = weigh(evidence(text, _CANCEL_RULES))
    if cancelled:
        return cancelled
    wanted = evidence(text, _SCHEDULE_RULES)
    return [] if wanted and _NOT_SCHEDULE.search(text.plain) else weigh(wanted)


def _when(text: Text, context: MessageContext, wanted: Sequence[Found[Intent]]) -> StatedSlot | None:
    times = find_times(text.plain)
    chosen = choose_time(times, context, [found.label for found in wanted])
    if chosen is None:
        return None
    span = where(text, times, chosen)
    return StatedSlot(Slot.APPOINTMENT, text.raw[span.start : span.end].strip(), 0.85, span)
