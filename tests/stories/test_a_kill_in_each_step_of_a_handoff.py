"""kill -9 in the middle of each step of a handoff: another process goes on, and everything is there once.

The first process serves as `uvicorn` does, and is killed; the second runs in the test, where a job can be run at a
moment of our choice.  The CRM outlives both.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from forked_jorge import PATIENCE_SECONDS, killed_at_the_end, warm_interpreter
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.api.cron import build_cron
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind
from ghl_real_estate_ai.settings import CrmKind, Settings

BUYS = "I want to buy a house with a $500k budget"
DEFERRED_TAG = "Handoff-Deferred-Buyer-Performance"
AGED = {"jorge_handoff_events": "timestamp", "jorge_handoff_outcomes": "timestamp", "turns": "at", "messages": "at"}


@dataclass
class World:
    """What outlives a process: the database, the CRM, a folder."""

    dsn: str
    folder: Path
    sandbox: SandboxServer
    crm: str
    warm: ForkServerContext

    @property
    def tags(self) -> set[str]:
        return set(self.sandbox.state.take_up_contact("default", "c1").tags)

    @property
    def texts(self) -> int:
        return sum(one.direction == "outbound" for one in self.sandbox.state.messages_of("default", "c1"))

    def fails(self, kind: FaultKind, path: str, method: str | None = None, times: int = 1000) -> None:
        self.sandbox.state.faults.append(Fault(kind=kind, path_prefix=path, times=times, method=method))

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall() if cursor.description else []

    async def until(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        async def is_so() -> bool:
            return await self.rows(query) == expected

        await eventually(is_so, within_seconds=PATIENCE_SECONDS)

    async def age(self, minutes: float) -> None:
        """Let everything that happened have happened that much earlier."""
        for table, column in AGED.items():
            moved = f"UPDATE {table} SET {column} = {column} - %s * interval '1 minute'"  # noqa: S608 - our names
            await self.rows(moved, minutes)

    async def buyer_fails(self, errors: int) -> None:
        """Let the buyer bot have failed so often in forty turns of the last minute."""
        await self.rows("DELETE FROM jorge_performance_operations")
        await self.rows(
            "INSERT INTO jorge_performance_operations"
            " (location_id, timestamp, event_id, bot_name, operation, duration_ms, success)"
            " SELECT 'default', now() - n * interval '1 second', gen_random_uuid(), 'buyer_bot', 'process', 300, n > %s"
            " FROM generate_series(1, 40) AS n",
            errors,
        )

    @asynccontextmanager
    async def first_process(self) -> AsyncIterator[httpx.AsyncClient]:
        """A process that serves, and is killed at the end of the block."""
        environment = {
            "DATABASE_URL": self.dsn,
            "JORGE_DATA_DIR": str(self.folder),
            "JORGE_CRM": "sandbox",
            "JORGE_SANDBOX_URL": self.crm,
            "JORGE_QUIET_SECONDS": "0.1",
        }
        async with killed_at_the_end(self.warm, environment) as client:
            yield client

    @asynccontextmanager
    async def next_process(self) -> AsyncIterator[RunningJorge]:
        """The one that goes on; what the dead one had claimed is free, as it would be a minute later."""
        self.sandbox.state.faults.clear()
        await self.rows("UPDATE outbox SET claimed_until = now(), due_at = now() WHERE state IN ('pending', 'claimed')")
        settings = Settings(
            database_url=self.dsn,
            data_dir=self.folder,
            crm=CrmKind.SANDBOX,
            sandbox_url=self.crm,
            business_name="Jorge's team",
        )
        async with serving(settings) as running:
            yield running

    async def delivered(self) -> None:
        await self.until("SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')", [(0,)])

    async def is_handed_over_once(self) -> bool:
        counted = await self.rows(
            "SELECT (SELECT count(*) FROM jorge_handoff_events), (SELECT count(*) FROM jorge_handoff_outcomes),"
            " (SELECT string_agg(owner, ',') FROM conversations)"
        )
        return counted == [(1, 1, "buyer")]


async def writes(client: httpx.AsyncClient, text: str) -> None:
    """HighLevel tells what the lead wrote."""
    message = {"contactId": "c1", "body": text, "direction": "inbound", "messageType": "SMS"}
    event = {"type": "InboundMessage", "messageId": uuid4().hex, "locationId": "default", "webhookId": uuid4().hex}
    answer = await client.post("/webhook", json={**event, **message})
    assert answer.status_code == 200, answer.text


async def run_job(world: World, running: RunningJorge, name: str) -> None:
    """Run a job as the minute's cron does."""
    await build_cron(running.jorge, world.dsn).tasks[name].func(timestamp=0)


@pytest.fixture(scope="module")
def warm() -> ForkServerContext:
    """What the processes to be killed are forked from."""
    return warm_interpreter()


@pytest.fixture
async def world(database_dsn: str, tmp_path: Path, warm: ForkServerContext) -> AsyncIterator[World]:
    """A CRM that knows one lead."""
    sandbox = SandboxServer()
    sandbox.state.take_up_contact("default", "c1").tags = ["Needs Qualifying"]
    yield World(database_dsn, tmp_path, sandbox, await sandbox.start(), warm)
    await sandbox.stop()


async def test_in_the_turn_before_its_commit(world: World) -> None:
    """Nothing was decided yet for anybody to see: the next process takes the turn, and makes the one handoff."""
    world.fails(FaultKind.HANG, "/contacts/c1", "GET")
    async with world.first_process() as client:
        await writes(client, BUYS)
        await world.until("SELECT count(*) FROM conversations WHERE claimed_by <> ''", [(1,)])
        assert [] == await world.rows("SELECT 1 FROM jorge_handoff_outcomes")

    async with world.next_process():
        await world.until("SELECT count(*) FROM jorge_handoff_outcomes", [(1,)])
        await world.delivered()

    assert await world.is_handed_over_once()
    assert 1 == world.texts


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.LOST_ANSWER])
async def test_after_the_commit_while_the_crm_is_told(world: World, kind: FaultKind) -> None:
    """The CRM took it and never said so, or never took it: after the next start it has all of it, once."""
    async with world.first_process() as client:
        await client.post("/webhook", json={"contact_id": "c1", "message": "hello there"})
        await world.until("SELECT count(*) FROM outbox WHERE kind = 'send_text' AND state = 'sent'", [(1,)])
        world.fails(kind, "/contacts")
        world.fails(kind, "/conversations/messages", "POST")
        await writes(client, BUYS)
        await world.until("SELECT count(*) > 0 FROM outbox WHERE kind = 'send_text' AND asked_crm", [(True,)])
        await world.until("SELECT count(*) FROM jorge_handoff_outcomes", [(1,)])

    async with world.next_process():
        await world.delivered()

    assert await world.is_handed_over_once()
    assert 2 == world.texts
    assert {"Buyer-Lead", "Handoff-Lead-to-Buyer"} <= world.tags
    assert "Needs Qualifying" not in world.tags
    assert [("sent",)] == await world.rows("SELECT DISTINCT state FROM outbox")
    assert "handoff_context" in world.sandbox.state.take_up_contact("default", "c1").fields


async def test_while_it_is_pending(world: World) -> None:
    """The turn that proves it is the next process's, and it is told with the message's time."""
    async with world.first_process() as client:
        await writes(client, BUYS)
        await world.until("SELECT outcome FROM jorge_handoff_outcomes", [("pending",)])

    await world.age(40)
    async with world.next_process() as running:
        await running.says("c1", "3 bedrooms please")
        await run_job(world, running, "resolve_handoff_outcomes")
        await world.delivered()

    [(outcome, after)] = await world.rows("SELECT outcome, resolved_at - timestamp FROM jorge_handoff_outcomes")
    assert ("successful", 40) == (outcome, after.total_seconds() // 60)
    assert "Handoff-Lead-to-Buyer-Successful" in world.tags


async def test_while_a_job_is_due(world: World) -> None:
    """Down for three days: the job tells what was true half an hour after the handoff, once, and learning has it."""
    async with world.first_process() as client:
        await writes(client, BUYS)
        await world.until("SELECT count(*) FROM turns", [(1,)])
        await world.age(10)
        await writes(client, "3 bedrooms please")
        await world.until("SELECT count(*) FROM turns", [(2,)])
        assert [("pending",)] == await world.rows("SELECT outcome FROM jorge_handoff_outcomes")

    await world.age(3 * 24 * 60)
    async with world.next_process() as running:
        for _ in range(2):
            await run_job(world, running, "resolve_handoff_outcomes")
        await world.delivered()
        await running.jorge.loops.look()
        learned = running.jorge.handoffs.get_learned_adjustments("lead", "buyer")

    [(outcome, after)] = await world.rows("SELECT outcome, resolved_at - timestamp FROM jorge_handoff_outcomes")
    assert ("successful", 30 * 60) == (outcome, after.total_seconds())
    assert 1 == learned["sample_size"]
    told = "SELECT count(*) FROM outbox WHERE payload->>'tag' = 'Handoff-Lead-to-Buyer-Successful'"
    assert [(1,)] == await world.rows(told)


async def test_between_the_outcome_and_the_crm(world: World) -> None:
    """The outcome is committed and the CRM does not answer: after the next start it has the tag and the fields."""
    async with world.first_process() as client:
        await writes(client, BUYS)
        await world.until("SELECT count(*) FROM turns", [(1,)])
        await world.until("SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')", [(0,)])
        await world.age(40)
        world.fails(FaultKind.HANG, "/contacts")
        await writes(client, "3 bedrooms please")
        await world.until("SELECT outcome FROM jorge_handoff_outcomes", [("successful",)])

    async with world.next_process():
        await world.delivered()

    fields = world.sandbox.state.take_up_contact("default", "c1").fields
    assert "Handoff-Lead-to-Buyer-Successful" in world.tags
    assert ("lead", "buyer", "successful") == (
        fields["handoff_source"],
        fields["handoff_target"],
        fields["handoff_outcome"],
    )


async def test_in_the_job_before_its_commit(world: World) -> None:
    """A job that cannot tell the CRM has told nobody: outcome and outbox are one transaction."""
    async with world.next_process() as running:
        await running.says("c1", BUYS)
        await world.delivered()
        await world.age(25 * 60)
        await world.rows("ALTER TABLE outbox RENAME TO outbox_away")
        with pytest.raises(Exception, match="outbox"):
            await run_job(world, running, "resolve_handoff_outcomes")
        between = await world.rows("SELECT outcome, resolved_at FROM jorge_handoff_outcomes")
        await world.rows("ALTER TABLE outbox_away RENAME TO outbox")
        await run_job(world, running, "resolve_handoff_outcomes")
        await world.delivered()

    assert [("pending", None)] == between
    assert [("timeout",)] == await world.rows("SELECT outcome FROM jorge_handoff_outcomes")
    assert "Handoff-Lead-to-Buyer-Timeout" in world.tags


async def test_while_it_is_deferred(world: World) -> None:
    """The wait outlives its process: the next one moves the contact once the bot does well, and takes the tag off."""
    await world.buyer_fails(20)
    async with world.first_process() as client:
        await writes(client, BUYS)
        await world.until("SELECT state FROM handoff_deferrals", [("waiting",)])
        await world.until("SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')", [(0,)])
        waited = world.tags

    async with world.next_process() as running:
        await run_job(world, running, "retry_deferred_handoffs")
        still = await world.rows("SELECT state FROM handoff_deferrals")
        await world.buyer_fails(0)
        for _ in range(2):
            await run_job(world, running, "retry_deferred_handoffs")
        await world.delivered()

    assert DEFERRED_TAG in waited
    assert [("waiting",)] == still
    assert await world.is_handed_over_once()
    assert DEFERRED_TAG not in world.tags
    assert "Buyer-Lead" in world.tags
    assert 1 == world.texts
