"""Which events of a group are new, and which are one that was seen before; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ghl_real_estate_ai.conversation.model import EventId, LocationId
from ghl_real_estate_ai.intake.model import EventState, IncomingEvent, Keeping, Kept

PlacedKey = tuple[LocationId, str]
"""A duplicate key within its location."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The answers for a group, what is new in it, and whose each key is afterwards."""

    answers: tuple[Kept, ...]
    new: tuple[IncomingEvent, ...]
    owners: Mapping[PlacedKey, EventId]


def settle(events: Sequence[IncomingEvent], seen: Mapping[PlacedKey, EventId]) -> Settled:
    """Go through *events* in order, given whose each key already *seen* is.

    An event is a duplicate when any of its keys was seen; its other keys then lead to the first event too.
    """
    owners = dict(seen)
    answers: list[Kept] = []
    new: list[IncomingEvent] = []
    for event in events:
        placed = [(event.location_id, each.key) for each in event.keys]
        first = next((owners[key] for key in placed if key in owners), None)
        for key in placed:
            owners.setdefault(key, first or event.event_id)
        if first is not None:
            answers.append(Kept(Keeping.DUPLICATE, first))
            continue
        new.append(event)
        answers.append(Kept(_keeping(event), event.event_id))
    return Settled(tuple(answers), tuple(new), owners)


def windows_of(events: Iterable[IncomingEvent]) -> dict[PlacedKey, timedelta]:
    """Return every key of *events* with its window."""
    return {(event.location_id, each.key): each.window for event in events for each in event.keys}


def _keeping(event: IncomingEvent) -> Keeping:
    return Keeping.IGNORED if event.state is EventState.IGNORED else Keeping.ACCEPTED
