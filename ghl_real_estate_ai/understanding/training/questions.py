"""What the cases ask of each kind of choice: the readings a message offers, and which of them its labels say is right."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding import meeting_choice, money, places, rooms, timeline
from ghl_real_estate_ai.understanding.addresses import find_address
from ghl_real_estate_ai.understanding.amounts import Sum
from ghl_real_estate_ai.understanding.appointments import wanted_meeting
from ghl_real_estate_ai.understanding.choice import Reading
from ghl_real_estate_ai.understanding.cues import find_cues
from ghl_real_estate_ai.understanding.evaluate import comparable
from ghl_real_estate_ai.understanding.labelled import LabelledMessage
from ghl_real_estate_ai.understanding.language import find_language
from ghl_real_estate_ai.understanding.meeting_times import find_times, where
from ghl_real_estate_ai.understanding.model import Intent, Span
from ghl_real_estate_ai.understanding.people import find_person
from ghl_real_estate_ai.understanding.text import Text, read

SWAPPED = 1
"""How often a message is asked about again with the wished time of another in place of its own."""


@dataclass(frozen=True, slots=True)
class Question:
    """One choice: its readings, and which is right, if one is."""

    readings: Sequence[Reading]
    right: int | None
    theme: str
    made: bool = False
    """Whether it was made of others, to learn from and not to judge by."""


def questions_of(cases: Sequence[LabelledMessage]) -> dict[str, list[Question]]:
    """Return the questions that *cases* put to each kind of choice; a message that offers no reading asks nothing."""
    asked = {
        meeting_choice.KIND: [
            *map(_of_meeting, cases),
            *(replace(_of_meeting(case), made=True) for case in _swapped(cases)),
        ],
        places.KIND: [question for case in cases for question in _of_places(case)],
        money.KIND: [question for case in cases for question in _of_money(case)],
        money.SETTLED: [question for case in cases for question in _of_settled(case)],
        rooms.KIND: [question for case in cases for question in _of_rooms(case)],
        timeline.KIND: [_of_timeline(case) for case in cases],
    }
    return {kind: [question for question in questions if question.readings] for kind, questions in asked.items()}


def _of_meeting(case: LabelledMessage) -> Question:
    text = read(case.text)
    times = find_times(text.plain)
    wanted = [found.label for found in wanted_meeting(text)]
    right = None
    if (given := case.slots.get(Slot.APPOINTMENT)) is not None:
        spans = [where(text, times, one) for one in times.stretches]
        said = [comparable(Slot.APPOINTMENT, text.raw[span.start : span.end]) for span in spans]
        same = comparable(Slot.APPOINTMENT, given)
        right = said.index(same) if same in said else None
    return Question(meeting_choice.readings(times, case.context, wanted), right, case.theme)


def _taken(text: Text, case: LabelledMessage) -> list[Span]:
    return [stated.span for stated in (*find_address(text, case.context), *find_person(text, case.context))]


def _of_places(case: LabelledMessage) -> Iterator[Question]:
    """Whether each name is meant, asked with the intents known and once more without, since not all of them are found."""
    text = read(case.text)
    taken = _taken(text, case)
    names = places.free_names(text, taken)
    given = {place.lower() for place in case.slots.get(Slot.LOCATIONS, ())}
    for intents in (case.intents, frozenset[Intent]()):
        for name, reading in zip(names, places.readings(text, names, case.context, intents), strict=True):
            right = 0 if places.written(text, name).lower() in given else None
            yield Question([reading], right, case.theme)


def _of_money(case: LabelledMessage) -> Iterator[Question]:
    """What each sum is, asked with the intents known and once more without, as with places."""
    text = read(case.text)
    taken = _taken(text, case)
    cues = find_cues(text.plain, money.CUES)
    sums = money.offered(text, case.context, find_language(text), taken)
    for at, one in enumerate(sums):
        right = next((role for role, slot in enumerate(money.ROLES) if _is_given(case, sums, one, slot)), None)
        for intents in (case.intents, frozenset[Intent]()):
            features = money.features_of(text.plain, sums, at, cues, case.context, intents)
            yield Question(money.readings(features), right, case.theme)


def _is_given(case: LabelledMessage, sums: Sequence[Sum], one: Sum, role: Slot) -> bool:
    """Whether *one* is said in its *role*, of what is owed on two loans also where they come to it together."""
    given = case.slots.get(role)
    together = [one.top + other.top for other in sums if other is not one] if role is Slot.MORTGAGE_BALANCE else []
    return given is not None and given in (one.top, one.bottom, *together)


def _of_settled(case: LabelledMessage) -> Iterator[Question]:
    """Whether nothing is owed on the house, asked with the intents known and once more without."""
    text = read(case.text)
    cues = find_cues(text.plain, money.CUES)
    right = 0 if case.slots.get(Slot.MORTGAGE_BALANCE) == 0 else None
    for intents in (case.intents, frozenset[Intent]()):
        yield Question(money.settled_readings(text.plain, cues, case.context, intents), right, case.theme)


def _of_rooms(case: LabelledMessage) -> Iterator[Question]:
    """Which number of bedrooms is meant, and which of bathrooms, asked with the intents known and once more without."""
    text = read(case.text)
    plain = text.plain
    named = rooms.offered(text, case.context, _taken(text, case))
    for slot in rooms.SLOTS:
        counts = [one for one in named if slot in one.counts]
        values = [one.counts[slot] for one in counts]
        given = case.slots.get(slot)
        right = values.index(given) if given in values else None
        for intents in (case.intents, frozenset[Intent]()):
            yield Question(rooms.readings(plain, counts, slot, case.context, intents), right, case.theme)


def _of_timeline(case: LabelledMessage) -> Question:
    plain = read(case.text).plain
    horizons = timeline.find_horizons(plain)
    days = [horizon.days for horizon in horizons]
    given = case.slots.get(Slot.TIMELINE_DAYS)
    right = days.index(given) if given in days else None
    return Question(timeline.readings(plain, horizons, case.context), right, case.theme)


def _swapped(cases: Sequence[LabelledMessage]) -> Iterator[LabelledMessage]:
    """Messages that wish for a meeting, with the times that others of the same language wish: any time may stand in any wish."""
    chance = random.Random(1)  # noqa: S311 - not for secrets
    wishes = [case for case in cases if str(case.slots.get(Slot.APPOINTMENT) or "\0") in case.text]
    for case in wishes:
        others = [other for other in wishes if other.language == case.language and other.theme != case.theme]
        for other in chance.sample(others, min(SWAPPED, len(others))):
            time = other.slots[Slot.APPOINTMENT]
            text = case.text.replace(case.slots[Slot.APPOINTMENT], time, 1)
            yield replace(case, text=text, slots={Slot.APPOINTMENT: time})
