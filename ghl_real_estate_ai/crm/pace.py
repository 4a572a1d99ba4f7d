"""Lets requests go as the CRM's limits allow: replies first, each location by itself, all processes together."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.breaker import OPEN_SECONDS, Breaker
from ghl_real_estate_ai.crm.budget import LEAVE_SECONDS, Leave, hold_asked_by
from ghl_real_estate_ai.crm.model import Urgency
from ghl_real_estate_ai.crm.ports import CrmAway, CrmPaced
from ghl_real_estate_ai.errors import Retryable

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = {Urgency.REPLY: 15.0, Urgency.BACKGROUND: 0.5}
"""How long a request waits in line before it is put off; the outbox keeps the effect meanwhile."""
MOST_AT_ONCE = {Urgency.REPLY: 8, Urgency.BACKGROUND: 10}
"""How many requests are taken leave for at a time."""
AHEAD = {Urgency.REPLY: 2, Urgency.BACKGROUND: 0}
"""Leave taken beyond who waits: a reply is seldom one call."""
SHORTEST_SLEEP_SECONDS = 0.02


class Budgets(Protocol):
    """What each location may still send, shared by all processes."""

    async def take(self, location_id: LocationId, wanted: int, urgency: Urgency) -> Leave:
        """Take leave for up to *wanted* requests."""
        ...

    async def hold(self, location_id: LocationId, seconds: float, urgency: Urgency) -> None:
        """Let nobody take leave for a while; a hold on replies holds all."""
        ...


@dataclass(slots=True)
class _Line:
    """Those of one location and urgency who wait, and the leave that is at hand."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    leave: int = 0
    leave_ends: float = 0.0
    filling: asyncio.Task[None] | None = None
    next_try_in: float = 0.0

    def use_one(self, at: float) -> bool:
        if self.leave > 0 and at < self.leave_ends:
            self.leave -= 1
            return True
        return False


@dataclass(slots=True)
class _Lane:
    """One location."""

    breaker: Breaker = field(default_factory=Breaker)
    lines: dict[Urgency, _Line] = field(default_factory=lambda: {urgency: _Line() for urgency in Urgency})


class SharedPace:
    """Implements `Pace` over *budgets*; while those are away, over *instead*, which knows this process alone."""

    def __init__(
        self, budgets: Budgets, *, instead: Budgets | None = None, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with every line empty; *seconds* is a monotonic clock."""
        self._budgets = budgets
        self._instead = instead
        self._seconds = seconds
        self._lanes: dict[LocationId, _Lane] = {}
        self.refused_by_breaker = 0
        self.put_off = 0

    async def enter(self, location_id: LocationId, urgency: Urgency) -> None:
        lane = self._lane(location_id)
        if not lane.breaker.may_ask(self._seconds()):
            self.refused_by_breaker += 1
            raise CrmPaced(
                "The CRM has failed this location again and again; it is left alone for a moment.",
                retry_after_seconds=OPEN_SECONDS,
            )
        line = lane.lines[urgency]
        if not line.waiting and line.use_one(self._seconds()):
            return
        # A reply may also use what was granted to background work, which has nothing of its own to lose by it.
        if urgency is Urgency.REPLY and lane.lines[Urgency.BACKGROUND].use_one(self._seconds()):
            return
        await self._wait_in(line, location_id, urgency)

    async def note_answer(self, location_id: LocationId, status: int, headers: Mapping[str, str]) -> None:
        lane = self._lane(location_id)
        if status >= 500:
            lane.breaker.note_failure(self._seconds())
        else:
            lane.breaker.note_success()
        asked = hold_asked_by(
            status,
            retry_after=_number(headers, "retry-after"),
            interval=_interval_seconds(headers),
            left=_count(headers, "x-ratelimit-remaining"),
            left_today=_count(headers, "x-ratelimit-daily-remaining"),
        )
        if asked is None:
            return
        log.warning("crm.hold", location_id=location_id, urgency=asked.urgency, seconds=asked.seconds, status=status)
        for urgency, line in lane.lines.items():
            if asked.urgency is Urgency.REPLY or urgency is Urgency.BACKGROUND:
                line.leave = 0
        await self._hold(location_id, asked.seconds, asked.urgency)

    def note_failure(self, location_id: LocationId) -> None:
        self._lane(location_id).breaker.note_failure(self._seconds())

    async def close(self) -> None:
        """End what is still being taken leave for; who waits is put off."""
        fillings = [line.filling for lane in self._lanes.values() for line in lane.lines.values() if line.filling]
        for filling in fillings:
            filling.cancel()
        await asyncio.gather(*fillings, return_exceptions=True)

    def _lane(self, location_id: LocationId) -> _Lane:
        return self._lanes.setdefault(location_id, _Lane())

    async def _wait_in(self, line: _Line, location_id: LocationId, urgency: Urgency) -> None:
        turn = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        if line.filling is None or line.filling.done():
            line.filling = asyncio.create_task(self._fill(line, location_id, urgency), name=f"crm-pace-{urgency}")
        try:
            await asyncio.wait_for(turn, PATIENCE_SECONDS[urgency])
        except TimeoutError:
            self.put_off += 1
            raise CrmPaced(
                "The location's requests are used up for the moment.", retry_after_seconds=max(line.next_try_in, 1.0)
            ) from None
        finally:
            if turn in line.waiting:
                line.waiting.remove(turn)

    async def _fill(self, line: _Line, location_id: LocationId, urgency: Urgency) -> None:
        """Take leave for those who wait until nobody does."""
        try:
            while line.waiting:
                wanted = min(len(line.waiting) + AHEAD[urgency], MOST_AT_ONCE[urgency])
                # From before the asking: whatever the clocks say, it was granted after.
                ends = self._seconds() + LEAVE_SECONDS
                leave = await self._take(location_id, wanted, urgency)
                line.next_try_in = leave.wait_seconds
                line.leave, line.leave_ends = leave.granted, ends
                self._serve(line)
                if line.waiting and not leave.granted:
                    await asyncio.sleep(max(leave.wait_seconds, SHORTEST_SLEEP_SECONDS))
        except Exception as error:
            for turn in line.waiting:
                if not turn.done():
                    turn.set_exception(CrmAway(f"The CRM's limits cannot be kept: {type(error).__name__}."))
            line.waiting.clear()
            log.exception("crm.pace_failed", location_id=location_id)

    def _serve(self, line: _Line) -> None:
        while line.waiting:
            if line.waiting[0].done():  # it has gone away
                line.waiting.popleft()
            elif line.use_one(self._seconds()):
                line.waiting.popleft().set_result(None)
            else:
                return

    async def _take(self, location_id: LocationId, wanted: int, urgency: Urgency) -> Leave:
        try:
            return await self._budgets.take(location_id, wanted, urgency)
        except Retryable:
            if self._instead is None:
                raise
            return await self._instead.take(location_id, wanted, urgency)

    async def _hold(self, location_id: LocationId, seconds: float, urgency: Urgency) -> None:
        if self._instead is not None:
            await self._instead.hold(location_id, seconds, urgency)
        try:
            await self._budgets.hold(location_id, seconds, urgency)
        except Retryable as error:
            log.warning("crm.hold_not_shared", location_id=location_id, error=str(error))


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        number = float(headers.get(name) or "")
    except ValueError:
        return None
    return number if 0 <= number < 86_400_000 else None


def _count(headers: Mapping[str, str], name: str) -> int | None:
    number = _number(headers, name)
    return None if number is None else int(number)


def _interval_seconds(headers: Mapping[str, str]) -> float | None:
    milliseconds = _number(headers, "x-ratelimit-interval-milliseconds")
    return None if milliseconds is None else milliseconds / 1000
