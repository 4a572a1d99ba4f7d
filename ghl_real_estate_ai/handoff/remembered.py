"""What this process remembers of handoffs: whose, how they went, and which were forbidden; bounded in every direction.

Nothing here is written anywhere or knows of a database.
"""

from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ghl_real_estate_ai.conversation.clock import NewId
from ghl_real_estate_ai.conversation.model import Handed, Owner
from ghl_real_estate_ai.handoff.model import BlockReason, Route
from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord

CONTACTS_KEPT = 10_000
"""Contacts whose handoffs are remembered, the latest; a turn reads the limits from the database and needs none."""
HANDOFFS_KEPT = 20
"""Per contact: more than the ten a day that may happen."""
OUTCOMES_KEPT = 10_000
"""Per route."""
BLOCKS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Block:
    at: datetime
    reason: BlockReason


class RememberedHandoffs:
    """The handoffs that this process knows of; what no longer fits pushes out the oldest."""

    def __init__(self, new_id: NewId) -> None:
        """*new_id* names the outcomes that come without an id."""
        self._new_id = new_id
        self._handed: OrderedDict[str, deque[tuple[str, Handed]]] = OrderedDict()
        """By contact: the location and the handoff, the latest contact last."""
        self._outcomes: dict[Route, OrderedDict[UUID, HandoffOutcomeRecord]] = {}
        self._blocks: deque[_Block] = deque(maxlen=BLOCKS_KEPT)

    def remember_handoff(self, row: HandoffOutcomeRecord) -> None:
        """Remember the handoff that *row* tells of, for the limits, and how it went."""
        past = self._handed.setdefault(row.contact_id, deque(maxlen=HANDOFFS_KEPT))
        known = (row.location_id, _handed(row))
        if known not in past:
            past.append(known)
        self._handed.move_to_end(row.contact_id)
        while len(self._handed) > CONTACTS_KEPT:
            self._handed.popitem(last=False)
        self.remember_outcome(row)

    def remember_outcome(self, row: HandoffOutcomeRecord) -> None:
        """Remember only how the handoff went; what is known of it by the same id is replaced."""
        of_route = self._outcomes.setdefault(route_of(row), OrderedDict())
        event_id = row.event_id or self._new_id()
        known = of_route.get(event_id)
        if known is not None and known.outcome != "pending" and row.outcome == "pending":
            return  # the row is still on its way through the journal; memory knows more
        of_route[event_id] = row
        while len(of_route) > OUTCOMES_KEPT:
            of_route.popitem(last=False)

    def forget_handoff(self, row: HandoffOutcomeRecord) -> None:
        """Take back what was remembered of a handoff that did not happen."""
        self._handed[row.contact_id].remove((row.location_id, _handed(row)))
        if row.event_id is not None:
            self._outcomes[route_of(row)].pop(row.event_id, None)

    def resolve(self, told: HandoffOutcomeRecord) -> HandoffOutcomeRecord:
        """Take *told* as the end of the contact's newest pending handoff on its route, else of one not known till now.

        Return it with the id and the location of that handoff, or with an id of its own.
        """
        pending = self._newest_pending(told.contact_id, route_of(told))
        if pending is None:
            told = replace(told, event_id=self._new_id())
            self.remember_outcome(told)
            return told
        self.remember_outcome(replace(pending, outcome=told.outcome, resolved_at=told.resolved_at))
        return replace(told, event_id=pending.event_id, location_id=pending.location_id)

    def remember_block(self, reason: BlockReason, at: datetime) -> None:
        """Remember that a handoff was forbidden, and by what."""
        self._blocks.append(_Block(at, reason))

    def handoffs_of(self, contact_id: str, location_id: str | None, since: datetime) -> tuple[Handed, ...]:
        """The contact's handoffs after *since*, oldest first; of every location when that is None."""
        known = self._handed.get(contact_id, ())
        return tuple(past for place, past in known if past.at > since and location_id in (None, place))

    def outcomes(self, since: datetime) -> tuple[HandoffOutcomeRecord, ...]:
        """The handoffs of every route from *since* on, with how they went."""
        return tuple(row for of_route in self._outcomes.values() for row in of_route.values() if row.timestamp >= since)

    def outcomes_on(self, route: Route) -> Collection[HandoffOutcomeRecord]:
        """The handoffs of one route, with how they went."""
        return self._outcomes.get(route, OrderedDict()).values()

    def blocks(self, since: datetime) -> dict[str, int]:
        """How often each reason forbade a handoff from *since* on."""
        counts: dict[str, int] = {}
        for block in self._blocks:
            if block.at >= since:
                counts[block.reason.value] = counts.get(block.reason.value, 0) + 1
        return counts

    def _newest_pending(self, contact_id: str, route: Route) -> HandoffOutcomeRecord | None:
        waiting = (row for row in self.outcomes_on(route) if row.contact_id == contact_id and row.outcome == "pending")
        return max(waiting, key=lambda row: row.timestamp, default=None)


def route_of(row: HandoffOutcomeRecord) -> Route:
    """The route that the handoff took."""
    return Owner(row.source_bot), Owner(row.target_bot)


def _handed(row: HandoffOutcomeRecord) -> Handed:
    source, target = route_of(row)
    return Handed(source=source, target=target, at=row.timestamp)
