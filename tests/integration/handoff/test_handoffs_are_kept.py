"""Handoffs and their outcomes in PostgreSQL: what one process did, the next one knows and learns from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from whole_turns import whole_turns

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.handoff import HandoffDecision, JorgeHandoffService
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import conversations, jorge_handoff_events, jorge_handoff_outcomes
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository

BUYS = "I want to buy a house with a $500k budget"
TO_BUYER = HandoffDecision(source=Owner.LEAD, target=Owner.BUYER, confidence=0.8, threshold=0.7, reason="asked")


@pytest.fixture
async def repository(database_dsn: str, tmp_path: Path) -> AsyncIterator[JorgeMetricsRepository]:
    repository = JorgeMetricsRepository(database_dsn, data_dir=tmp_path)
    yield repository
    await repository.close()


async def a_process(repository: JorgeMetricsRepository) -> JorgeHandoffService:
    """A service as a fresh process starts it."""
    handoffs = JorgeHandoffService()
    handoffs.set_repository(repository)
    await handoffs.load_from_database()
    return handoffs


async def rows(database: Database, table: Any) -> list[dict[str, Any]]:
    async with database.connect() as connection:
        return [dict(row) for row in (await connection.execute(select(table).order_by(table.c.id))).mappings()]


@asynccontextmanager
async def that_takes_no_buyers(database: Database) -> AsyncIterator[None]:
    """Meanwhile no handoff to the buyer bot can be written."""
    table = "ALTER TABLE jorge_handoff_outcomes"
    async with database.begin() as connection:
        await connection.execute(text(f"{table} ADD CONSTRAINT no_buyers CHECK (target_bot <> 'buyer')"))
    yield
    async with database.begin() as connection:
        await connection.execute(text(f"{table} DROP CONSTRAINT no_buyers"))


async def free(database: Database) -> None:
    """Let the lease of whoever failed run out."""
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(claimed_until=None))


async def test_executing_leaves_an_event_and_a_pending_outcome(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """Both rows carry the contact, the location and the route."""
    handoffs = await a_process(repository)

    await handoffs.execute_handoff(TO_BUYER, "c1", location_id="loc_1")
    await repository.flush()

    [event] = await rows(database, jorge_handoff_events)
    [outcome] = await rows(database, jorge_handoff_outcomes)
    route = {"location_id": "loc_1", "contact_id": "c1", "source_bot": "lead", "target_bot": "buyer"}
    assert route.items() <= event.items()
    assert (route | {"outcome": "pending", "resolved_at": None}).items() <= outcome.items()


async def test_an_outcome_resolves_the_row_of_its_handoff(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """One handoff is one row, also when another process tells how it went."""
    await (await a_process(repository)).execute_handoff(TO_BUYER, "c1", location_id="loc_1")
    await repository.flush()

    await (await a_process(repository)).record_outcome("c1", "lead", "buyer", "successful", {"by": "test"})
    await repository.flush()

    [outcome] = await rows(database, jorge_handoff_outcomes)
    assert (outcome["outcome"], outcome["metadata"]["by"]) == ("successful", "test")
    assert outcome["resolved_at"] is not None


async def test_limits_survive_a_restart(repository: JorgeMetricsRepository) -> None:
    """The same pair is refused by the next process too."""
    await (await a_process(repository)).execute_handoff(TO_BUYER, "c1")
    await repository.flush()

    result = await (await a_process(repository)).execute_handoff(TO_BUYER, "c1")

    assert (result.executed, result.reason) == (False, "same_pair")


async def test_limits_hold_for_a_process_that_never_read_the_database(repository: JorgeMetricsRepository) -> None:
    """What one process has just executed, another refuses at once, and says so among its blocks."""
    await (await a_process(repository)).execute_handoff(TO_BUYER, "c1")
    unread = JorgeHandoffService()
    unread.set_repository(repository)

    result = await unread.execute_handoff(TO_BUYER, "c1")

    assert (result.executed, result.reason, result.actions) == (False, "same_pair", [])
    assert unread.recent_handoffs("c1") == ()
    assert unread.known_blocks(datetime.now(UTC) - timedelta(minutes=1)) == {"same_pair": 1}


async def test_of_many_processes_at_once_one_hands_over(database_dsn: str, tmp_path: Path, database: Database) -> None:
    """Each with a memory and connections of its own: the database lets one through for each contact."""
    repositories = [JorgeMetricsRepository(database_dsn, data_dir=tmp_path / str(n)) for n in range(4)]
    services = [JorgeHandoffService() for _ in repositories]
    for service, repository in zip(services, repositories, strict=True):
        service.set_repository(repository)

    for contact in ("c1", "c2", "c3"):
        results = await asyncio.gather(*(service.execute_handoff(TO_BUYER, contact) for service in services))
        assert [result.executed for result in results].count(True) == 1
        assert [result.reason for result in results].count("same_pair") == 3
    for repository in repositories:
        await repository.close()

    assert len(await rows(database, jorge_handoff_events)) == 3
    assert len(await rows(database, jorge_handoff_outcomes)) == 3


async def test_a_database_that_is_away_costs_no_handoff(tmp_path: Path) -> None:
    """This process's memory decides, and the journal keeps the rows for later."""
    away = JorgeMetricsRepository("postgresql://nobody@127.0.0.1:1/none", data_dir=tmp_path)
    handoffs = JorgeHandoffService()
    handoffs.set_repository(away)

    first, second = await handoffs.execute_handoff(TO_BUYER, "c1"), await handoffs.execute_handoff(TO_BUYER, "c1")
    status = away.recorder_status()
    await away.close(deadline_seconds=0.1)

    assert (first.executed, second.executed, second.reason) == (True, False, "same_pair")
    assert status.recorded == 1


async def test_one_that_ends_in_an_error_was_not_carried_out(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """The caller is told, the event counts as a failed execution, and no limit keeps anybody from trying again."""
    handoffs = await a_process(repository)
    async with that_takes_no_buyers(database):
        with pytest.raises(IntegrityError):
            await handoffs.execute_handoff(TO_BUYER, "c1")
    await repository.flush()
    failed = [event["success"] for event in await rows(database, jorge_handoff_events)]

    again = await handoffs.execute_handoff(TO_BUYER, "c1")

    assert [False] == failed
    assert again.executed


async def test_one_whose_turn_cannot_be_saved_was_not_carried_out(
    repository: JorgeMetricsRepository, database: Database, database_dsn: str
) -> None:
    """It counts as a failed execution, and the next turn, which can be saved, as one that succeeded."""
    async with whole_turns(database_dsn) as place:
        turns = replace(place.turns, record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), repository))
        async with that_takes_no_buyers(database):
            with pytest.raises(IntegrityError):
                await turns.chat(LocationId("here"), ContactId("c1"), BUYS, deliver=True)
        await repository.flush()
        failed = [event["success"] for event in await rows(database, jorge_handoff_events)]
        await free(database)

        again = await turns.chat(LocationId("here"), ContactId("c1"), BUYS, deliver=True)

        assert [False] == failed
        assert again.owner is Owner.BUYER
        assert 0.5 == turns.record.collector.get_system_summary()["handoffs"]["success_rate"]


async def test_limits_of_one_location_bind_no_other(repository: JorgeMetricsRepository) -> None:
    """The same contact id elsewhere is somebody else, before a restart and after it."""
    handoffs = await a_process(repository)
    first = await handoffs.execute_handoff(TO_BUYER, "c1", location_id="loc_1")
    elsewhere = await handoffs.execute_handoff(TO_BUYER, "c1", location_id="loc_2")
    await repository.flush()

    again = await (await a_process(repository)).execute_handoff(TO_BUYER, "c1", location_id="loc_3")
    refused = await (await a_process(repository)).execute_handoff(TO_BUYER, "c1", location_id="loc_1")

    assert (first.executed, elsewhere.executed, again.executed, refused.reason) == (True, True, True, "same_pair")


async def test_what_was_learned_survives_a_restart(repository: JorgeMetricsRepository) -> None:
    """17 good ones of 20 lower the threshold as much after as before."""
    handoffs = await a_process(repository)
    for n in range(20):
        await handoffs.record_outcome(f"c{n}", "lead", "buyer", "successful" if n < 17 else "failed")
    await repository.flush()

    after = (await a_process(repository)).get_learned_adjustments("lead", "buyer")

    before = handoffs.get_learned_adjustments("lead", "buyer")
    assert (after["sample_size"], after["adjustment"]) == (20, pytest.approx(before["adjustment"], abs=1e-6))
    assert after["adjustment"] < 0


async def test_loading_again_counts_nothing_twice(repository: JorgeMetricsRepository) -> None:
    """Rows that memory knows already stay one outcome each."""
    handoffs = await a_process(repository)
    for n in range(12):
        await handoffs.record_outcome(f"c{n}", "seller", "buyer", "reverted")
    await repository.flush()

    counts = [await handoffs.load_from_database() for _ in range(2)]

    assert counts == [12, 12]
    assert handoffs.get_learned_adjustments("seller", "buyer")["sample_size"] == 12


async def test_status_follows_the_repository(repository: JorgeMetricsRepository) -> None:
    """Attached, read and writing once it was started."""
    assert (await a_process(repository)).status().is_ok
