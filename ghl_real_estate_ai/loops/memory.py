"""The loops' twin in memory, for `JORGE_PERSISTENCE=off`."""

from collections.abc import Sequence
from datetime import timedelta

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.handoff.memory import resolve_in_memory
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.turns.settle_handoffs import publish_resolved_in_memory


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
