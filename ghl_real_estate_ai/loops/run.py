"""The loops of one process: its view of bots and routes every half minute, and the jobs that one node of all runs."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.handoff.service import JorgeHandoffService
from ghl_real_estate_ai.loops.ports import Deferrals, Outcomes, Returns, Thresholds
from ghl_real_estate_ai.loops.retry_deferred import retry_deferred
from ghl_real_estate_ai.loops.return_conversations import return_conversations
from ghl_real_estate_ai.loops.watch_bots import watch_bots
from ghl_real_estate_ai.telemetry.performance_tracker import PerformanceTracker
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository
from ghl_real_estate_ai.turns.change_owner import ChangeOwner

log = structlog.get_logger(__name__)

LOOK_SECONDS = 30.0
"""How old a process's view of bots and routes may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """What one part learned changes what another does."""

    outcomes: Outcomes
    deferrals: Deferrals
    returns: Returns
    return_after: timedelta | None
    """How long a person may write nothing before the bot has the conversation again; None: until it is given back."""
    thresholds: Thresholds | None
    """None with persistence off: a history that nobody can ask for is not kept."""
    handoffs: JorgeHandoffService
    change_owner: ChangeOwner
    repository: JorgeMetricsRepository | None
    tracker: PerformanceTracker
    wake_delivery: asyncio.Event

    async def resolve_outcomes(self) -> None:
        """Find out how handoffs went that no turn has told."""
        resolved = await self.outcomes.resolve_due()
        self.handoffs.note_resolved(resolved)
        if resolved:
            self.wake_delivery.set()

    async def retry_deferred(self) -> None:
        """Carry out the handoffs that waited for their bot."""
        await watch_bots(self.handoffs, self.repository, self.tracker)
        if await retry_deferred(self.deferrals, self.handoffs, self.change_owner):
            self.wake_delivery.set()

    async def return_conversations(self) -> None:
        """Give back what people have left, where the team wants that."""
        if self.return_after is None:
            return
        if await return_conversations(self.returns, self.change_owner, self.return_after):
            self.wake_delivery.set()

    async def keep_thresholds(self) -> None:
        """Learn afresh, and keep each threshold that moved."""
        learned = await self.handoffs.refresh_learning()
        if self.thresholds is not None:
            await self.thresholds.keep(learned)

    async def look(self) -> None:
        """Bring this process's view of bots and routes up to date."""
        await watch_bots(self.handoffs, self.repository, self.tracker)
        await self.handoffs.refresh_learning()

    async def each_minute(self) -> None:
        """All jobs, where no database could share them out; one that fails does not keep the others."""
        for job in (self.resolve_outcomes, self.retry_deferred, self.return_conversations, self.keep_thresholds):
            try:
                await job()
            except JorgeError as error:
                log.warning("loops.job_failed", job=job.__name__, error=str(error))


async def run_looks(loops: Loops, *, stop: asyncio.Event) -> None:
    """Look every half minute until *stop* is set; a database that is away leaves the last view standing."""
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        try:
            await loops.look()
        except JorgeError as error:
            log.warning("loops.look_failed", error=str(error))
        await asyncio.wait({stopping}, timeout=LOOK_SECONDS)
