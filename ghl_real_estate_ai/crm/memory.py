"""Budgets in memory: for one process, or while the database is away."""

import time
from collections.abc import Callable

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.budget import Leave, Spent, hold, take
from ghl_real_estate_ai.crm.model import Urgency


class MemoryBudgets:
    """Implements `Budgets` for this process alone."""

    def __init__(self, *, now_seconds: Callable[[], float] = time.time) -> None:
        self._now_seconds = now_seconds
        self._spent: dict[LocationId, Spent] = {}

    async def take(self, location_id: LocationId, wanted: int, urgency: Urgency) -> Leave:
        before = self._spent.get(location_id, Spent())
        self._spent[location_id], leave = take(before, at=self._now_seconds(), wanted=wanted, urgency=urgency)
        return leave

    async def hold(self, location_id: LocationId, seconds: float, urgency: Urgency) -> None:
        before = self._spent.get(location_id, Spent())
        self._spent[location_id] = hold(before, at=self._now_seconds(), seconds=seconds, urgency=urgency)
