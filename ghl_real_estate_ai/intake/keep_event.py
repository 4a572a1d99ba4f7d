"""Events that arrive at the same time are kept in one commit; each caller gets its answer after it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.intake.errors import CannotKeep, EventRefused
from ghl_real_estate_ai.intake.model import IncomingEvent, Kept
from ghl_real_estate_ai.intake.ports import Inbox

COLLECT_SECONDS = 0.005
MOST_IN_GROUP = 200
MOST_WAITING = 2000
LONGEST_KEEP_SECONDS = 8.0
LANES = 2
"""Groups under way at a time."""

Group = list[tuple[IncomingEvent, "asyncio.Future[Kept]"]]
"""Events with the futures of their callers."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class IntakeCounts:
    """What happened since the start of this process."""

    kept: int = 0
    groups: int = 0
    failed: int = 0
    """Events whose group could not be committed."""
    answered: int = 0
    """Signed calls that were answered 2xx."""
    refused: int = 0
    """Signed calls that were answered anything else; too many of them and HighLevel pauses the delivery."""
    turned_away: int = 0
    """Events that came when too many were waiting, the journal was full, or after the close."""
    journal_full: int = 0
    """Of those turned away: because the journal was at its bound."""


@dataclass(slots=True)
class _Lane:
    """The events of some contacts: their groups follow one another."""

    waiting: deque[tuple[IncomingEvent, "asyncio.Future[Kept]"]] = field(default_factory=deque)
    writer: "asyncio.Task[None] | None" = None


class GroupedInbox:
    """Collects concurrent calls for a few milliseconds and keeps them with one call of the inbox.

    A contact's groups follow one another, so that its events keep their order; while the database is busy with one
    group, one of other contacts is on its way.  A caller that goes away does not take its event with it.
    """

    def __init__(
        self,
        inbox: Inbox,
        wake: asyncio.Event | None = None,
        *,
        collect_seconds: float = COLLECT_SECONDS,
        most_in_group: int = MOST_IN_GROUP,
        most_waiting: int = MOST_WAITING,
        longest_keep_seconds: float = LONGEST_KEEP_SECONDS,
        lanes: int = LANES,
        must_refuse: Callable[[], bool] = lambda: False,
    ) -> None:
        """Keep in *inbox*, *lanes* groups at a time; *wake* is set after each commit, to wake the turn worker.

        At most *most_waiting* calls wait; a group that takes longer than *longest_keep_seconds* fails.  While
        *must_refuse* says so (the journal is at its bound) nothing new is taken.
        """
        self._must_refuse = must_refuse
        self.counts = IntakeCounts()
        self._inbox = inbox
        self._wake = wake
        self._collect_seconds = collect_seconds
        self._most_in_group = most_in_group
        self._most_waiting = most_waiting
        self._longest_keep_seconds = longest_keep_seconds
        self._lanes = [_Lane() for _ in range(lanes)]
        self._closed = False

    async def keep_event(self, event: IncomingEvent) -> Kept:
        """Keep *event*; committed when it returns.

        Raises:
            CannotKeep: too many wait, the journal is full, the inbox is closed, or the commit failed or took too long.
            Retryable: what else the inbox raises, for every event of the group.
        """
        if self._closed or sum(len(lane.waiting) for lane in self._lanes) >= self._most_waiting:
            self.counts.turned_away += 1
            raise CannotKeep("The intake is closing." if self._closed else "Too many events are waiting.")
        if self._must_refuse():
            self.counts.turned_away += 1
            self.counts.journal_full += 1
            raise CannotKeep("The journal is at its bound.")
        answer: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        lane = self._lanes[hash((event.location_id, event.contact_id)) % len(self._lanes)]
        lane.waiting.append((event, answer))
        if lane.writer is None or lane.writer.done():
            lane.writer = asyncio.create_task(self._write_groups(lane), name="inbox-writer")
        return await answer

    async def close(self) -> None:
        """Take no more events, and return when those waiting have their answers; safe to call twice."""
        self._closed = True
        writers = [lane.writer for lane in self._lanes if lane.writer is not None]
        if writers:
            await asyncio.wait(writers)

    async def _write_groups(self, lane: _Lane) -> None:
        try:
            while lane.waiting:
                await asyncio.sleep(self._collect_seconds)
                size = min(len(lane.waiting), self._most_in_group)
                await self._keep_group([lane.waiting.popleft() for _ in range(size)])
        finally:
            # Only when the writer itself is cancelled is anybody left.
            if lane.waiting:
                self._fail(list(lane.waiting), CannotKeep("The intake was stopped."))
                lane.waiting.clear()

    async def _keep_group(self, group: Group) -> None:
        try:
            async with asyncio.timeout(self._longest_keep_seconds):
                kept = await self._inbox.keep([event for event, _ in group])
        except TimeoutError:
            self._fail(group, CannotKeep(f"No commit within {self._longest_keep_seconds} s."))
        except EventRefused as error:
            await self._keep_one_by_one(group, error)
        except Retryable as error:
            self._fail(group, error)
        except asyncio.CancelledError:
            self._fail(group, CannotKeep("The intake was stopped."))
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours: seen in the log, and no caller waits for ever
            # Without the traceback, which may show what people wrote.
            log.critical("intake.fault", error=type(error).__name__, events=len(group))
            self._fail(group, CannotKeep(f"The inbox failed: {type(error).__name__}."))
        else:
            self._answer(group, kept)

    async def _keep_one_by_one(self, group: Group, error: EventRefused) -> None:
        """One event that the database refuses must not take the others with it."""
        if len(group) == 1:
            self._fail(group, error)
            return
        for one in group:
            await self._keep_group([one])

    def _answer(self, group: Group, kept: list[Kept]) -> None:
        self.counts.groups += 1
        self.counts.kept += len(group)
        for (_, answer), one in zip(group, kept, strict=True):
            if not answer.done():
                answer.set_result(one)
        if self._wake is not None:
            self._wake.set()

    def _fail(self, group: Group, error: Retryable) -> None:
        self.counts.failed += len(group)
        log.warning("intake.group_failed", events=len(group), error=type(error).__name__, failed=self.counts.failed)
        for _, answer in group:
            if not answer.done():
                answer.set_exception(error)
