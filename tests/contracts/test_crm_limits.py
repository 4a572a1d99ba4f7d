"""The CRM's limits are kept by all processes together, replies go first, and no location slows another."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm import pace as pacing
from ghl_real_estate_ai.crm.breaker import FAILURES_TO_OPEN
from ghl_real_estate_ai.crm.budget import KEPT_FOR_REPLIES, PER_WINDOW
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.highlevel.calls import ReadRetries
from ghl_real_estate_ai.crm.memory import MemoryBudgets
from ghl_real_estate_ai.crm.model import Urgency
from ghl_real_estate_ai.crm.pace import Budgets, SharedPace
from ghl_real_estate_ai.crm.ports import CrmAway, CrmPaced
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind, SandboxState
from ghl_real_estate_ai.crm.store import SqlBudgets
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.errors import DatabaseAway

HERE, ELSEWHERE = LocationId("loc-1"), LocationId("loc-2")
ANN = ContactId("ann")
REPLY, BACKGROUND = Urgency.REPLY, Urgency.BACKGROUND


@pytest.fixture(params=["memory", "database"])
def budgets(request: pytest.FixtureRequest) -> Budgets:
    if request.param == "memory":
        return MemoryBudgets()
    return SqlBudgets(request.getfixturevalue("database"))


class TestBudgets:
    async def test_many_at_once_get_no_more_than_there_is(self, budgets: Budgets) -> None:
        """However many ask at the same moment, together they get what a window holds."""
        leaves = await asyncio.gather(*(budgets.take(HERE, 9, REPLY) for _ in range(30)))

        assert sum(leave.granted for leave in leaves) == PER_WINDOW

    async def test_one_location_takes_nothing_from_another(self, budgets: Budgets) -> None:
        """A location that has used up its own leaves another's whole."""
        await budgets.take(HERE, 1000, REPLY)
        await budgets.hold(HERE, 60, REPLY)

        other = await budgets.take(ELSEWHERE, 1000, REPLY)

        assert other.granted == PER_WINDOW

    async def test_a_hold_is_for_all(self, budgets: Budgets) -> None:
        """Who asks after a hold gets nothing, and is told for how long."""
        await budgets.take(HERE, 1, REPLY)
        await budgets.hold(HERE, 60, REPLY)

        leave = await budgets.take(HERE, 1, REPLY)

        assert (leave.granted, 50 < leave.wait_seconds <= 60) == (0, True)

    async def test_two_processes_share_one_budget(self, database: Database) -> None:
        """What one node takes, another no longer has."""
        await SqlBudgets(database).take(HERE, 1000, BACKGROUND)

        leave = await SqlBudgets(database).take(HERE, 1000, REPLY)

        assert leave.granted == KEPT_FOR_REPLIES


class AwayBudgets:
    async def take(self, location_id: LocationId, wanted: int, urgency: Urgency) -> pacing.Leave:
        raise DatabaseAway("The database is away.")

    async def hold(self, location_id: LocationId, seconds: float, urgency: Urgency) -> None:
        raise DatabaseAway("The database is away.")


class TestSharedPace:
    async def test_background_is_put_off_while_replies_still_go(self) -> None:
        """With the background's share used up, it is put off with a time, and a reply goes at once."""
        pace = SharedPace(MemoryBudgets())
        for _ in range(PER_WINDOW - KEPT_FOR_REPLIES):
            await pace.enter(HERE, BACKGROUND)

        with pytest.raises(CrmPaced) as raised:
            await pace.enter(HERE, BACKGROUND)
        await pace.enter(HERE, REPLY)
        await pace.enter(ELSEWHERE, BACKGROUND)

        assert (raised.value.retry_after_seconds or 0) >= 1.0
        await pace.close()

    async def test_goes_on_by_itself_while_the_database_is_away(self) -> None:
        """Without the shared budget, replies go on within this process's own."""
        pace = SharedPace(AwayBudgets(), instead=MemoryBudgets())

        await pace.enter(HERE, REPLY)

        await pace.note_answer(HERE, 429, {"retry-after": "60"})
        waiting = asyncio.create_task(pace.enter(HERE, REPLY))
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert done == set()
        waiting.cancel()
        await pace.close()

    async def test_an_error_of_ours_lets_nobody_wait_for_ever(self) -> None:
        """When leave cannot be taken at all, those who wait are told."""
        pace = SharedPace(AwayBudgets())

        with pytest.raises(CrmAway):
            await pace.enter(HERE, REPLY)


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    server = SandboxServer(state=SandboxState(enforces_limits=True))
    yield server
    await server.stop()


class TestTheAdapterInPace:
    async def test_a_failing_location_is_left_alone_and_another_is_not(self, sandbox: SandboxServer) -> None:
        """After failures in a row a location's calls end at once, without being asked; another's go on."""
        sandbox.state.faults.append(Fault(kind=FaultKind.FAILURE, path_prefix="/", times=1000, location_id=HERE))
        pace = SharedPace(MemoryBudgets())
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            crm = HighLevelCrm(client, "pit", True, pace=pace)
            for error in [CrmAway] * FAILURES_TO_OPEN + [CrmPaced] * 3:
                with pytest.raises(error):
                    await crm.add_tags(HERE, ANN, frozenset({"Hot"}))
            await crm.add_tags(ELSEWHERE, ANN, frozenset({"Hot"}))

        assert (pace.refused_by_breaker, sandbox.state.faults[0].times) == (3, 1000 - FAILURES_TO_OPEN)
        assert sandbox.state.take_up_contact(ELSEWHERE, ANN).tags == ["Hot"]
        await pace.close()

    async def test_a_hanging_location_does_not_hold_up_another(self, sandbox: SandboxServer) -> None:
        """While one location's calls hang, another's are answered."""
        sandbox.state.faults.append(Fault(kind=FaultKind.HANG, path_prefix="/", times=1000, location_id=HERE))
        pace = SharedPace(MemoryBudgets())
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            crm = HighLevelCrm(client, "pit", True, pace=pace)
            hanging = [asyncio.create_task(crm.add_tags(HERE, ANN, frozenset({"Hot"}))) for _ in range(20)]
            await crm.send_text(ELSEWHERE, ANN, "Hi", channel="SMS")

            assert not any(task.done() for task in hanging)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        await pace.close()

    async def test_reads_are_tried_again_and_sends_are_not(self, sandbox: SandboxServer) -> None:
        """Passing trouble costs a reading call a repetition; a send with an unknown outcome is never repeated."""
        sandbox.state.faults.append(Fault(kind=FaultKind.FAILURE, path_prefix="/contacts", times=2, method="GET"))
        sandbox.state.faults.append(Fault(kind=FaultKind.FAILURE_AFTER, path_prefix="/conversations", times=1))
        soon = ReadRetries(first_seconds=0.001)
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            crm = HighLevelCrm(client, "pit", True, retries=soon)
            found = await crm.find_contact(HERE, ANN)
            with pytest.raises(Exception, match="may have done it"):
                await crm.send_text(HERE, ANN, "Hi", channel="SMS")

        assert (found, [one.body for one in sandbox.state.messages]) == (None, ["Hi"])

    async def test_more_than_the_limit_is_refused_by_nobody(self, sandbox: SandboxServer) -> None:
        """Asked for far more at once than the limit, the CRM never has to say 429."""
        pace = SharedPace(MemoryBudgets())
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            crm = HighLevelCrm(client, "pit", True, pace=pace)
            ends = await asyncio.gather(
                *(crm.add_tags(HERE, ANN, frozenset({f"t-{n}"})) for n in range(150)), return_exceptions=True
            )

        assert {type(end) for end in ends} == {type(None), CrmPaced}
        assert sandbox.state.refused_over_limit == 0
        await pace.close()
