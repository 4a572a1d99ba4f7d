"""The loops' transactions on PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta

from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.store import Place, resolve_page
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.turns.settle_handoffs import publish_resolved


class SqlOutcomes:
    """`Outcomes` on PostgreSQL, by the database's clock; safe on several nodes at once."""

    def __init__(self, database: Database, *, person_sla: timedelta) -> None:
        self._database = database
        self._person_sla = person_sla

    async def resolve_due(self) -> Sequence[Resolved]:
        found: list[Resolved] = []
        place: Place | None = None
        while True:
            async with self._database.begin() as connection:
                resolved, place = await resolve_page(connection, place, person_sla=self._person_sla)
                await publish_resolved(connection, resolved)
            found += resolved
            if place is None:
                return found
