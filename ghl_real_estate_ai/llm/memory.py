"""`Spending` in memory, for `JORGE_PERSISTENCE=off` and for tests: the twin of the one on PostgreSQL."""

from collections import defaultdict
from datetime import date

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.llm.model import Budget, Spent
from ghl_real_estate_ai.llm.ports import Reservation

NOTHING = Spent(0, 0.0)


class MemorySpending:
    """One process's account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: dict[tuple[LocationId, date], Spent] = defaultdict(lambda: NOTHING)

    async def reserve(self, location_id: LocationId, held: Spent, budget: Budget) -> Reservation | None:
        day = self._clock.now().date()
        after = self._spent[location_id, day] + held
        if not budget.allows(after):
            return None
        self._spent[location_id, day] = after
        return Reservation(location_id, day, held)

    async def settle(self, reservation: Reservation, used: Spent) -> None:
        self._spent[reservation.location_id, reservation.day] += used - reservation.held

    async def spent_today(self, location_id: LocationId) -> Spent:
        return self._spent[location_id, self._clock.now().date()]
