"""The outbox: effects on the CRM that a turn has decided, each to happen at most once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, TurnId
from ghl_real_estate_ai.crm.model import Effect


class Placed(Protocol):
    """A row that names its location."""

    def __getitem__(self, name: str, /) -> Any: ...


Row = TypeVar("Row", bound=Placed)

REFUSED = "refused"
"""How the reason of an effect begins that the CRM said no to."""
SEND_FAILED = "send_failed"
"""The reason of an event by which the CRM tells that a message did not arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One effect to be carried out; `effect_key` makes a second insert of the same effect a no-op."""

    effect_id: UUID
    effect_key: str
    """`{turn_id}:{n}`."""
    location_id: LocationId
    contact_id: ContactId
    turn_id: TurnId | None
    effect: Effect
    epoch: int
    due_at: datetime | None = None
    """None for now."""
    initiated: bool = False
    """Whether nobody wrote for this: it counts against the day's budget of what we start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEffect:
    """An entry this sender holds until `claimed_until`; `asked_crm` says an earlier try may have got through.

    `attempts` counts the claims, this one included.
    """

    entry: OutboxEntry
    attempts: int
    asked_crm: bool
    created_at: datetime
    asked_at: datetime | None = None
    """When the first request left."""
    failures: int = 0
    """How often it was tried in vain so far; what waited for limits, hours or budgets has not failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How many effects of one location a sender may have under way, so that one whose CRM hangs slows no other."""

    most_each: int
    taken: Mapping[LocationId, int]
    """How many it has under way now."""

    def full(self) -> list[LocationId]:
        """The locations that may have no more."""
        return [place for place, number in self.taken.items() if number >= self.most_each]

    def within(self, due: Iterable[Row]) -> list[Row]:
        """Those of *due*, in order, that keep within each location's share."""
        taken = dict(self.taken)
        chosen = []
        for one in due:
            place = one["location_id"]
            if taken.get(place, 0) < self.most_each:
                taken[place] = taken.get(place, 0) + 1
                chosen.append(one)
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEffect:
    """An effect that was given up, as a person is shown it; never its words."""

    effect_id: UUID
    location_id: LocationId
    contact_id: ContactId
    kind: str
    reason: str | None
    attempts: int
    created_at: datetime
    ended_at: datetime | None
