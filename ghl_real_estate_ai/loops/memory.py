"""The loops' twin in memory, for `JORGE_PERSISTENCE=off`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.handoff.deferral import PROBES_COUNTED, Deferral, deferral_from
from ghl_real_estate_ai.handoff.memory import DEFERRALS, resolve_in_memory
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.loops.ports import RETURNED_AT_ONCE, Queue
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.turns.model import PERSON
from ghl_real_estate_ai.turns.settle_handoffs import drop_deferral_in_memory, publish_resolved_in_memory


class MemoryOutcomes:
    """`Outcomes` in the memory of one process."""

    def __init__(self, database: MemoryDatabase, clock: Clock, *, person_sla: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._person_sla = person_sla

    async def resolve_due(self) -> Sequence[Resolved]:
        async with self._database.begin() as tables:
            resolved = resolve_in_memory(tables, self._clock.now(), person_sla=self._person_sla)
            publish_resolved_in_memory(tables, resolved)
            return resolved


class MemoryReturns:
    """`Returns` in the memory of one process."""

    def __init__(self, database: MemoryDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(self, after: timedelta) -> Sequence[tuple[LocationId, ContactId]]:
        async with self._database.begin() as tables:
            before = self._clock.now() - after
            found = []
            for key, conversation in tables["conversations"].items():
                answered = (conversation["state"].get("person_call") or {}).get("answered_at")
                if conversation["owner"] != Owner.HUMAN.value or answered is None:
                    continue
                words = [
                    one["at"]
                    for one in tables["messages"].values()
                    if (one["location_id"], one["contact_id"]) == key and one["author"] == PERSON
                ]
                if max([datetime.fromisoformat(answered), *words]) < before:
                    found.append((LocationId(key[0]), ContactId(key[1])))
            return found[:RETURNED_AT_ONCE]


class MemoryDeferrals:
    """`Deferrals` in the memory of one process."""

    def __init__(self, database: MemoryDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def queue(self) -> Queue:
        async with self._database.begin() as tables:
            now = self._clock.now()
            rows = sorted(tables[DEFERRALS].values(), key=lambda known: known["deferred_at"])
            moved: dict[Owner, list[datetime]] = {}
            for known in rows:
                if known["state"] == "moved" and now - known["ended_at"] < PROBES_COUNTED:
                    moved.setdefault(Owner(known["target_bot"]), []).append(known["ended_at"])
            return Queue([deferral_from(known) for known in rows if known["state"] == "waiting"], moved, now)

    async def drop(self, deferral: Deferral, reason: str) -> None:
        async with self._database.begin() as tables:
            drop_deferral_in_memory(tables, deferral, reason, self._clock.now())
