"""What is gathered for the rules from real rows: enough samples, the right window, silence when idle."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from ghl_real_estate_ai.alerts import AlertingService
from ghl_real_estate_ai.alerts.check_alerts import check_alerts
from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.alerts.gather_stats import RecentAnswers, RecentGrowth, gather_stats
from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.delivery.carrier import SendingRates
from ghl_real_estate_ai.intake.keep_event import IntakeCounts
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import handoff_blocks, inbox, jorge_bot_interactions, jorge_handoff_events
from ghl_real_estate_ai.telemetry.model import RecordBatch
from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository


@dataclass
class Counts:
    """Calls to the CRM so far."""

    crm_calls: int = 0
    crm_busy: int = 0


@pytest.fixture
async def repository(database: Database, tmp_path: Path) -> AsyncIterator[JorgeMetricsRepository]:
    repository = JorgeMetricsRepository.for_database(database, data_dir=tmp_path)
    yield repository
    await repository.close()


async def put(database: Database, table: Any, number: int, **columns: Any) -> None:
    row = {"location_id": "default", **columns}
    async with database.begin() as connection:
        await connection.execute(insert(table), [{**row, "event_id": new_uuid7()} for _ in range(number)])


async def put_turns(database: Database, number: int, **columns: Any) -> None:
    row = {"bot_type": "lead", "duration_ms": 100.0, "success": True, "cache_hit": None, "timestamp": now()}
    await put(database, jorge_bot_interactions, number, **(row | columns))


async def put_handoffs(database: Database, number: int, *, success: bool) -> None:
    await put(
        database,
        jorge_handoff_events,
        number,
        source_bot="lead",
        target_bot="buyer",
        success=success,
        duration_ms=3.0,
        timestamp=now(),
    )


async def put_inbound(database: Database, *, state: str, due: timedelta) -> None:
    await put(database, inbox, 1, kind="bare", contact_id="c1", state=state, body=b"{}", due_at=now() + due)


def now() -> datetime:
    return datetime.now(UTC)


async def gathered(repository: JorgeMetricsRepository, database: Database) -> dict[str, Any]:
    return await gather_stats(DEFAULT_RULES, now(), repository=repository, database=database)


async def test_an_idle_system_yields_no_figures(repository: JorgeMetricsRepository, database: Database) -> None:
    """Empty tables mean no figures, and so no alert."""
    assert await gathered(repository, database) == {}


async def test_too_few_turns_yield_no_figures(repository: JorgeMetricsRepository, database: Database) -> None:
    """19 slow failing turns are not yet a rate."""
    await put_turns(database, 19, duration_ms=9000.0, success=False)

    assert await gathered(repository, database) == {}


async def test_turns_of_an_hour_ago_no_longer_count(repository: JorgeMetricsRepository, database: Database) -> None:
    """The window is the last hour."""
    await put_turns(database, 50, success=False, timestamp=now() - timedelta(minutes=61))

    assert await gathered(repository, database) == {}


async def test_rates_are_those_of_all_bots_and_latency_each_bots_own(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """20 slow lead turns and 20 failed buyer turns: half failed, and only the lead is slow."""
    await put_turns(database, 20, duration_ms=9000.0)
    await put_turns(database, 20, bot_type="buyer", success=False)

    stats = await gathered(repository, database)

    assert stats["error_rate"] == 0.5
    assert stats["lead_bot"]["p95_latency_ms"] == pytest.approx(9000, rel=0.01)
    assert set(stats) == {"error_rate", "lead_bot"}


async def test_only_turns_that_consult_a_cache_count_for_it(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """100 turns without a cache say nothing; 5 hits in 20 looks are a quarter."""
    await put_turns(database, 100)
    without = await gathered(repository, database)
    await put_turns(database, 5, cache_hit=True)
    await put_turns(database, 15, cache_hit=False)

    stats = await gathered(repository, database)

    assert "cache_hit_rate" not in without
    assert stats["cache_hit_rate"] == 0.25


async def test_a_handoff_fails_by_its_execution(repository: JorgeMetricsRepository, database: Database) -> None:
    """9 carried out of 10 are nine tenths, whatever became of them later."""
    await put_handoffs(database, 9, success=True)
    await put_handoffs(database, 1, success=False)

    assert await gathered(repository, database) == {"handoff_success_rate": 0.9}


async def test_blocked_handoffs_are_those_of_the_last_hour(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """Older blocks, and handoffs put off for performance, do not count."""
    block = {"contact_id": "c1", "source_bot": "lead", "target_bot": "buyer"}
    await put(database, handoff_blocks, 11, **block, reason="same_pair", timestamp=now())
    await put(database, handoff_blocks, 7, **block, reason="performance", timestamp=now())
    await put(database, handoff_blocks, 5, **block, reason="return", timestamp=now() - timedelta(minutes=61))

    assert await gathered(repository, database) == {"blocked_handoffs_last_hour": 11}


@pytest.mark.parametrize("state", ["pending", "held"])
async def test_the_oldest_due_inbound_counts_the_seconds(
    repository: JorgeMetricsRepository, database: Database, state: str
) -> None:
    """Who waits longest since being due tells how long."""
    await put_inbound(database, state=state, due=timedelta(seconds=-400))
    await put_inbound(database, state=state, due=timedelta(seconds=-10))

    stats = await gathered(repository, database)

    assert stats["oldest_unanswered_seconds"] == pytest.approx(400, abs=30)


@pytest.mark.parametrize(
    ("state", "seconds"), [("pending", 60), ("done", -400), ("silent", -400), ("ignored", -400), ("known", -400)]
)
async def test_what_is_not_due_or_answered_does_not_wait(
    repository: JorgeMetricsRepository, database: Database, state: str, seconds: int
) -> None:
    """Only a message that is due and has no turn yet waits."""
    await put_inbound(database, state=state, due=timedelta(seconds=seconds))

    assert await gathered(repository, database) == {}


async def test_a_check_raises_what_the_rows_call_for_and_nothing_else(
    repository: JorgeMetricsRepository, database: Database
) -> None:
    """An unanswered message and a CRM that refuses calls: two alerts, once."""
    alerting = AlertingService()
    alerting.set_repository(repository)
    await put_inbound(database, state="pending", due=timedelta(seconds=-400))

    async def check(counts: Counts) -> list[str]:
        raised = await check_alerts(
            alerting, repository=repository, database=database, counts=counts, clock=SystemClock()
        )
        return [alert.rule_name for alert in raised]

    first = await check(Counts(crm_calls=20, crm_busy=3))
    second = await check(Counts(crm_calls=40, crm_busy=6))

    assert first == ["bot_unresponsive", "rate_limit_breach"]
    assert second == []


async def test_the_worst_locations_rates_name_their_location() -> None:
    """The alert on opt-outs says where; a location that sent little is not looked at."""
    sending = [
        SendingRates(location_id=LocationId("small"), texts=20, opt_outs=5),
        SendingRates(location_id=LocationId("north"), texts=100, opt_outs=2, undelivered=1),
        SendingRates(location_id=LocationId("south"), texts=100, opt_outs=1, undelivered=9),
    ]

    stats = await gather_stats(DEFAULT_RULES, now(), sending=sending)

    assert stats == {
        "opt_out_rate": 0.02,
        "opt_out_rate_location": "north",
        "delivery_error_rate": 0.09,
        "delivery_error_rate_location": "south",
    }


def test_only_the_windows_webhooks_count() -> None:
    """Refusals of more than a window ago no longer lower the share."""
    recent, counts = RecentAnswers(), IntakeCounts(answered=10, refused=90)
    at = now()
    first = recent.share_answered(counts, at, timedelta(hours=1))
    counts.answered += 30
    later = recent.share_answered(counts, at + timedelta(hours=1), timedelta(hours=1))

    assert (first.value, first.samples, later.value, later.samples) == (0.1, 100, 1.0, 30)


def test_only_the_windows_refusals_of_the_journal_count() -> None:
    """What the journal refused is told for as long as the window, and then no more."""
    recent, at = RecentGrowth(), now()

    told = [recent.added(count, at + timedelta(minutes=minutes), timedelta(hours=1)) for count, minutes in GROWTH]

    assert [measured.value for measured in told] == [None, 3.0, 5.0, 2.0, None]


GROWTH = [(0, 0), (3, 1), (5, 30), (5, 70), (5, 140)]
"""How much was refused in all, and after how many minutes."""


def test_what_other_processes_refused_before_is_no_news() -> None:
    """A process that begins beside others tells what they refuse from now on."""
    recent, at = RecentGrowth(), now()
    told = []
    for count, minutes in [(7, 0), (9, 1), (9, 70)]:
        recent.begin_at(count)
        told.append(recent.added(count, at + timedelta(minutes=minutes), timedelta(hours=1)).value)

    assert told == [None, 2.0, None]


@pytest.mark.parametrize(("is_writable", "turned_away"), [(False, 0), (True, 1)])
async def test_a_journal_that_takes_nothing_raises_its_alert(
    database: Database, tmp_path: Path, is_writable: bool, turned_away: int
) -> None:
    """Records that could not be written raise it, and so do webhooks turned away at the bound."""
    if not is_writable:
        (tmp_path / "journal").write_text("a file where the folder should be")
    repository = JorgeMetricsRepository.for_database(database, data_dir=tmp_path)
    repository.record(RecordBatch(None, ()))

    alerts = await check_alerts(
        AlertingService(),
        repository=repository,
        database=database,
        counts=None,
        clock=SystemClock(),
        answers=IntakeCounts(journal_full=turned_away),
    )
    await repository.close()

    assert [alert.rule_name for alert in alerts] == ["telemetry_refused"]
