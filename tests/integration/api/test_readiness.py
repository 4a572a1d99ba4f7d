"""What `/ready` calls unready: only what keeps leads from being answered; everything else is told, and is no 503."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.telemetry import JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.model import InteractionRecord, OperationRecord, RecordBatch

RUNBOOK = Path(__file__).resolve().parents[3] / "docs" / "runbook"
NOWHERE = "postgresql://jorge@127.0.0.1:1/jorge"
THROUGH_THE_JOURNAL = ("performance_tracker", "bot_metrics_collector", "handoff_service")


@pytest.fixture
async def running(database_dsn: str, tmp_path: Path) -> AsyncIterator[RunningJorge]:
    """A Jorge on a database and a folder of its own, with nothing to complain of."""
    async with serving(Settings(database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX)) as jorge:
        await eventually(lambda: is_well(jorge))
        yield jorge


async def asked(jorge: RunningJorge) -> tuple[int, str, dict[str, Any]]:
    """The answer's code, its word for the whole, and the checks that are not well."""
    answer = await jorge.client.get("/ready")
    body = answer.json()
    return answer.status_code, body["status"], {name: one for name, one in body["checks"].items() if not one["ok"]}


async def is_well(jorge: RunningJorge) -> bool:
    return (await asked(jorge))[1] == "ready"


def unwritable() -> RecordBatch:
    """A record that no journal can take."""
    record = OperationRecord(bot_name="lead_bot", operation="\ud800", duration_ms=1, timestamp=datetime.now(UTC))
    return RecordBatch(None, (record,))


async def test_a_measurement_that_is_not_written_takes_no_node_away(running: RunningJorge) -> None:
    """The journal and those who write through it say why, leads are answered, and the next record makes all well."""
    running.jorge.repository.record(unwritable())
    code, status, unwell = await asked(running)
    story = await running.says("c1", "hi there")
    await eventually(lambda: is_well(running))

    assert (200, "degraded") == (code, status)
    assert {"journal", *THROUGH_THE_JOURNAL} == set(unwell)
    assert all("cannot be encoded" in check["detail"] for check in unwell.values())
    assert 2 == len(story["messages"])


async def test_an_alert_that_is_not_written_takes_no_node_away(running: RunningJorge, database_dsn: str) -> None:
    """The service says how many alerts wait, and for what."""
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE jorge_alerts RENAME TO jorge_alerts_moved")
        await running.jorge.alerting.check_alerts({"error_rate": 0.5})
        code, status, unwell = await asked(running)
        connection.execute("ALTER TABLE jorge_alerts_moved RENAME TO jorge_alerts")

    assert (200, "degraded", ["alerting_service"]) == (code, status, list(unwell))
    assert "not writing; 1 alerts not written" in unwell["alerting_service"]["detail"]


async def test_a_journal_that_refuses_webhooks_does(running: RunningJorge, tmp_path: Path) -> None:
    """At its bound nothing is taken in, if the setting says so."""
    full = JorgeMetricsRepository(NOWHERE, data_dir=tmp_path / "full", most_bytes=640_000, drops_oldest=False)
    async with asyncio.timeout(30):
        while not full.must_refuse:
            full.record(a_large_batch())
            await asyncio.sleep(0.001)
    own, running.jorge.repository = running.jorge.repository, full

    code, status, unwell = await asked(running)

    running.jorge.repository = own
    await full.close(deadline_seconds=0.01)
    assert (503, "not_ready") == (code, status)
    assert "at its bound" in unwell["journal"]["detail"]


def a_large_batch() -> RecordBatch:
    padding = {"padding": "x" * 5000}
    record = InteractionRecord(
        bot_type="lead", duration_ms=1, timestamp=datetime.now(UTC), metadata=padding, contact_id="c1"
    )
    return RecordBatch(uuid4(), (record,))


@pytest.mark.parametrize("service", ["tracker", "collector", "alerting", "handoffs"])
async def test_a_service_without_its_repository_does(running: RunningJorge, service: str) -> None:
    """One that is not attached, or has not read what is stored, cannot do its part."""
    own = getattr(running.jorge, service)
    own.set_repository(None)
    detached, _, unattached = await asked(running)
    own.set_repository(running.jorge.repository)
    behind, _, unread = await asked(running)

    assert (503, 503) == (detached, behind)
    assert ["not attached"] == [check["detail"].split(",")[0] for check in unattached.values()]
    assert [True] == ["not hydrated" in check["detail"] for check in unread.values()]


@pytest.mark.parametrize(
    ("part", "expected"), [("turns", 503), ("delivery", 503), ("cron", 200), ("loops", 200), ("sending", 200)]
)
async def test_a_loop_that_ended_counts_when_it_answers_leads(running: RunningJorge, part: str, expected: int) -> None:
    """The others' work can wait for a restart; whichever it is, it is named."""
    task = next(task for task in asyncio.all_tasks() if task.get_name() == part)
    task.cancel()
    await asyncio.wait([task])

    code, _, unwell = await asked(running)

    assert (expected, ["parts"]) == (code, list(unwell))
    assert part in unwell["parts"]["detail"]


async def test_the_runbook_names_checks_that_there_are(running: RunningJorge) -> None:
    """Who follows a page finds the check that it speaks of."""
    text = "\n".join(page.read_text() for page in RUNBOOK.glob("*.md"))
    named = set(re.findall(r"/ready`[^.]* under `(\w+)`", text))

    checks = (await running.client.get("/ready")).json()["checks"]

    assert {"journal", "shipper"} <= named <= set(checks)
