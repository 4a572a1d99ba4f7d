"""What a reply waits for leave while 2,000 background writes are queued, with the CRM's own limits enforced."""

import asyncio
import random
from collections import deque
from time import perf_counter

import httpx

from ghl_real_estate_ai.cli.bench.figure import Figure, at_most, percentile
from ghl_real_estate_ai.cli.bench.throw_away import Stage
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.pace import SharedPace
from ghl_real_estate_ai.crm.ports import CrmBusy, CrmPaced
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.crm.store import SqlBudgets
from ghl_real_estate_ai.storage.database import Database

HERE = LocationId("bench")
QUEUED = 2_000
WRITERS = 16
SENDERS = 2
"""Two processes' worth of pacing, over one database."""
REPLIES_A_SECOND = 1.5
P99_SECONDS = 1.0


def measure(stage: Stage) -> list[Figure]:
    """Let replies flow for a while beside the queue; nobody may be answered 429."""
    seconds = stage.pick(6.0, 40.0)
    return asyncio.run(_measure(stage.new_database(), seconds, random.Random(stage.seed)))  # noqa: S311 - no secret


async def _measure(dsn: str, seconds: float, chance: random.Random) -> list[Figure]:
    sandbox = SandboxServer(state=SandboxState(enforces_limits=True))
    address = await sandbox.start()
    databases = [Database(dsn) for _ in range(SENDERS)]
    paces = [SharedPace(SqlBudgets(database)) for database in databases]
    queue = deque(range(QUEUED))
    waits: list[float] = []
    written = 0

    async with httpx.AsyncClient(base_url=address) as client:
        crms = [HighLevelCrm(client, "bench", True, pace=pace) for pace in paces]

        async def write(crm: HighLevelCrm) -> None:
            nonlocal written
            while queue:
                number = queue.popleft()
                try:
                    await crm.add_tags(HERE, ContactId(f"c-{number}"), frozenset({"Hot"}))
                    written += 1
                except (CrmPaced, CrmBusy) as error:
                    queue.append(number)
                    await asyncio.sleep(error.retry_after_seconds or 1.0)

        async def reply(crm: HighLevelCrm) -> None:
            began = perf_counter()
            await crm.send_text(HERE, ContactId("ann"), "Hi", channel="SMS")
            waits.append(perf_counter() - began)

        writers = [asyncio.create_task(write(crms[n % SENDERS])) for n in range(WRITERS)]
        replies = []
        ends = perf_counter() + seconds
        while perf_counter() < ends:
            replies.append(asyncio.create_task(reply(chance.choice(crms))))
            await asyncio.sleep(chance.expovariate(REPLIES_A_SECOND))
        await asyncio.gather(*replies)
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
    for pace, database in zip(paces, databases, strict=True):
        await pace.close()
        await database.close()
    await sandbox.stop()
    return [
        Figure(
            name=f"a reply, sent beside {QUEUED:,} queued writes, P99 of {len(waits)}",
            unit="s",
            value=percentile(waits, 99),
            target=at_most(P99_SECONDS),
        ),
        Figure(name="the same, P50", unit="s", value=percentile(waits, 50)),
        Figure(name="answered 429", unit="requests", value=sandbox.state.refused_over_limit, target=at_most(0)),
        Figure(name="background writes done", unit="a second", value=written / seconds),
    ]
