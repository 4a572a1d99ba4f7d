"""Learning from the rows of all nodes: the same everywhere and after a restart, explained, and kept as a history."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from scipy import stats
from sqlalchemy import insert, select

from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.loops.store import SqlThresholds
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import handoff_thresholds, jorge_handoff_outcomes
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository

ROUTE = ("lead", "buyer")


@pytest.fixture
def repository(database: Database, tmp_path: Path) -> JorgeMetricsRepository:
    return JorgeMetricsRepository.for_database(database, data_dir=tmp_path)


async def keep(database: Database, *told: tuple[str, int], age: timedelta = timedelta(0), contact: str = "c") -> None:
    """Keep so many outcomes of each kind on the route, of handoffs so long ago."""
    at = datetime.now(UTC) - age
    rows = [
        {
            "location_id": f"node_{n % 3}",
            "event_id": uuid4(),
            "contact_id": f"{contact}{n}",
            "source_bot": ROUTE[0],
            "target_bot": ROUTE[1],
            "outcome": outcome,
            "timestamp": at,
            "resolved_at": None if outcome == "pending" else at,
        }
        for outcome, count in told
        for n in range(count)
    ]
    async with database.begin() as connection:
        await connection.execute(insert(jorge_handoff_outcomes), rows)


async def a_node(repository: JorgeMetricsRepository) -> JorgeHandoffService:
    """The service of a process that has just begun and looked."""
    handoffs = JorgeHandoffService()
    handoffs.set_repository(repository)
    await handoffs.refresh_learning()
    return handoffs


@pytest.mark.parametrize(
    ("told", "adjustment", "samples"),
    [
        ([("successful", 17), ("failed", 3)], -0.05 * (20.5 / 25 - 0.75) / 0.15, 20),
        ([("successful", 8), ("failed", 12)], 0.10 * (0.55 - 11.5 / 25) / 0.20, 20),
        ([("failed", 9)], 0.0, 9),
        ([("failed", 9), ("pending", 50)], 0.0, 9),
        ([("pending", 50)], 0.0, 0),
        ([("timeout", 20)], 0.10 * (0.55 - 3.5 / 15) / 0.20, 20),
    ],
)
async def test_outcomes_move_the_threshold(
    database: Database,
    repository: JorgeMetricsRepository,
    told: list[tuple[str, int]],
    adjustment: float,
    samples: int,
) -> None:
    """17 of 20 lower it, 8 of 20 raise it, nine say nothing, and what is pending never counts."""
    await keep(database, *told)

    learned = (await a_node(repository)).get_learned_adjustments(*ROUTE)

    assert pytest.approx(min(adjustment, 0.10), abs=1e-4) == learned["adjustment"]
    assert samples == learned["sample_size"]
    assert (learned["interval"] is None) == (samples == 0)


async def test_the_rate_and_its_interval_are_those_of_scipy(
    database: Database, repository: JorgeMetricsRepository
) -> None:
    """Fresh and half-weighed outcomes make the Beta distribution that scipy knows."""
    await keep(database, ("successful", 12), ("reverted", 2))
    await keep(database, ("failed", 6), ("timeout", 4), age=timedelta(days=3.5), contact="old")
    await keep(database, ("failed", 30), age=timedelta(days=8), contact="ancient")

    learned = (await a_node(repository)).get_learned_adjustments(*ROUTE)

    expected = stats.beta(3.5 + 12, 1.5 + 2 + 6 * 0.5 + 4 * 0.5 * 0.5)
    assert pytest.approx(expected.mean(), abs=1e-4) == learned["success_rate"]
    assert pytest.approx(expected.interval(0.9), abs=1e-4) == learned["interval"]
    assert 24 == learned["sample_size"]


async def test_every_node_learns_what_one_found_out(database: Database, repository: JorgeMetricsRepository) -> None:
    """A node that began before learns the same as one that begins now, and as one that reads every row."""
    older = await a_node(repository)
    await keep(database, ("successful", 17), ("failed", 3))

    await older.refresh_learning()
    newer = await a_node(repository)
    by_rows = JorgeHandoffService()
    by_rows.set_repository(repository)
    await by_rows.load_from_database()

    found = [service.get_learned_adjustments(*ROUTE) for service in (older, newer, by_rows)]
    assert {20} == {one["sample_size"] for one in found}
    assert [pytest.approx(found[0]["adjustment"], abs=1e-5)] * 3 == [one["adjustment"] for one in found]
    assert pytest.approx(0.7 + found[0]["adjustment"]) == older.threshold(Owner.LEAD, Owner.BUYER)


async def test_each_change_of_a_threshold_is_kept(database: Database, repository: JorgeMetricsRepository) -> None:
    """A row when it moves and none while it stands, with what explains it."""
    thresholds, service = SqlThresholds(database, "here"), await a_node(repository)
    kept = [await thresholds.keep(await service.refresh_learning())]
    await keep(database, ("successful", 17), ("failed", 3))
    kept += [await thresholds.keep(await service.refresh_learning()) for _ in range(2)]
    await keep(database, ("failed", 40), contact="worse")
    kept += [await thresholds.keep(await service.refresh_learning()) for _ in range(2)]

    async with database.connect() as connection:
        query = select(handoff_thresholds).order_by(handoff_thresholds.c.at)
        first, second = (await connection.execute(query)).mappings().all()
    assert [0, 1, 0, 1, 0] == kept
    assert ("lead", "buyer", 20, 0.677) == (*ROUTE, first["sample_size"], first["threshold"])
    assert (60, 0.8, 0.1) == (second["sample_size"], second["threshold"], second["adjustment"])
    assert first["interval_low"] < first["success_rate"] < first["interval_high"]
