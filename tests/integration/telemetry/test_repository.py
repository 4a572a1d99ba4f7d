"""The repository against a real PostgreSQL and real files."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.telemetry import BotMetricsCollector, JorgeMetricsRepository, PerformanceTracker
from ghl_real_estate_ai.telemetry.handoff_rows import (
    insert_handoff_block,
    insert_handoff_event,
    insert_handoff_outcome,
    resolve_handoff_outcome,
)
from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    RecordBatch,
    event_id_of,
    event_ids,
)
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn

NOWHERE = "postgresql://jorge@127.0.0.1:1/jorge"


@pytest.fixture
async def repository(database_dsn: str, tmp_path: Path) -> AsyncIterator[JorgeMetricsRepository]:
    """A repository on the test's own database and data folder."""
    opened = JorgeMetricsRepository(database_dsn, data_dir=tmp_path)
    yield opened
    await opened.close()


def counted(dsn: str, table: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
    assert row is not None
    return int(row[0])


def an_outcome(outcome: str = "pending", **changes: object) -> HandoffOutcomeRecord:
    values: dict[str, object] = {
        "contact_id": "c1",
        "source_bot": "lead",
        "target_bot": "buyer",
        "outcome": outcome,
        "timestamp": datetime.now(UTC),
    }
    return HandoffOutcomeRecord(**(values | changes))  # type: ignore[arg-type]


def a_turn_of(bot: str, **metadata: object) -> RecordBatch:
    record = InteractionRecord(bot_type=bot, duration_ms=5, timestamp=datetime.now(UTC), metadata=metadata or None)
    return RecordBatch(uuid4(), (record,))


def _dropped(repository: JorgeMetricsRepository) -> int:
    counts = repository.shipper_counts()
    return 0 if counts is None else counts.dropped


class TestRecording:
    async def test_flush_commits_every_kind(self, repository: JorgeMetricsRepository, database_dsn: str) -> None:
        """After a flush each record is a row of its table."""
        now = datetime.now(UTC)
        records = (
            OperationRecord(bot_name="lead_bot", operation="process", duration_ms=12.5, timestamp=now),
            InteractionRecord(bot_type="lead", duration_ms=12.5, timestamp=now, metadata={"a": float("nan")}),
            HandoffEventRecord(source_bot="lead", target_bot="buyer", success=True, duration_ms=1, timestamp=now),
            an_outcome(),
            LlmCallRecord(model="m", purpose="phrase", duration_ms=1, success=True, timestamp=now, cost_usd=0.1),
        )

        repository.record(RecordBatch(None, records))
        await repository.flush()

        tables = (
            "jorge_performance_operations",
            "jorge_bot_interactions",
            "jorge_handoff_events",
            "jorge_handoff_outcomes",
            "llm_calls",
        )
        assert {table: counted(database_dsn, table) for table in tables} == dict.fromkeys(tables, 1)

    async def test_close_commits_and_leaves_no_files(self, database_dsn: str, tmp_path: Path) -> None:
        """A clean close leaves its rows in the database and nothing in the journal."""
        repository = JorgeMetricsRepository(database_dsn, data_dir=tmp_path)
        tracker = PerformanceTracker()
        tracker.set_repository(repository)
        for _ in range(50):
            tracker.track_operation("buyer_bot", "process", 5.0)

        await repository.close()

        assert counted(database_dsn, "jorge_performance_operations") == 50
        assert [path for path in (tmp_path / "journal").rglob("*.*") if path.suffix in (".open", ".sealed")] == []

    async def test_a_shutdown_in_an_outage_leaves_all_to_the_next_start(
        self, database_dsn: str, tmp_path: Path
    ) -> None:
        """It ends at its deadline, and what it recorded arrives once, by whoever comes next."""
        first = JorgeMetricsRepository(NOWHERE, data_dir=tmp_path)
        for _ in range(5):
            first.record(a_turn_of("lead"))
        await first.close(deadline_seconds=0.05)

        second = JorgeMetricsRepository(database_dsn, data_dir=tmp_path)
        second.start()
        now = datetime.now(UTC)
        loaded = await second.load_interaction_buckets(now - timedelta(hours=1), now + timedelta(hours=1))
        await second.close()

        assert 5 == sum(bucket.tally.count for bucket in loaded) == counted(database_dsn, "jorge_bot_interactions")

    @pytest.mark.parametrize("drops_oldest", [True, False])
    async def test_at_the_bound_the_setting_decides(self, tmp_path: Path, drops_oldest: bool) -> None:
        """Either new webhooks are refused, or the oldest measurements go and are counted."""
        repository = JorgeMetricsRepository(NOWHERE, data_dir=tmp_path, most_bytes=640_000, drops_oldest=drops_oldest)
        began = repository.must_refuse

        async with asyncio.timeout(30):
            while not (repository.must_refuse or _dropped(repository)):
                repository.record(a_turn_of("lead", padding="x" * 5000))
                await asyncio.sleep(0.001)

        assert not began
        assert drops_oldest == (_dropped(repository) > 0)
        assert drops_oldest != repository.must_refuse
        await repository.close(deadline_seconds=0.01)

    async def test_a_second_repository_ships_through_the_first(
        self, repository: JorgeMetricsRepository, database_dsn: str, tmp_path: Path
    ) -> None:
        """One shipper a data folder: the other process's flush waits for the holder's commit."""
        repository.start()
        other = JorgeMetricsRepository(database_dsn, data_dir=tmp_path)
        other.record(RecordBatch(None, (an_outcome(),)))

        await other.flush()
        await other.close()

        assert counted(database_dsn, "jorge_handoff_outcomes") == 1

    async def test_record_after_close_is_refused(self, database_dsn: str, tmp_path: Path) -> None:
        """A closed repository refuses, counts and does not raise."""
        repository = JorgeMetricsRepository(database_dsn, data_dir=tmp_path)
        await repository.close()

        repository.record(RecordBatch(None, (an_outcome(),)))

        assert repository.recorder_status().refused == 1

    async def test_what_a_process_refused_is_told_by_every_process_of_the_node(
        self, database_dsn: str, tmp_path: Path
    ) -> None:
        """Whichever worker is asked for the metrics, they are the sum over all."""
        here, there = (JorgeMetricsRepository(database_dsn, data_dir=tmp_path) for _ in range(2))
        unkeepable = OperationRecord(
            bot_name="lead_bot", operation="\ud800", duration_ms=1, timestamp=datetime.now(UTC)
        )
        registry = CollectorRegistry()
        here.register_metrics(registry)

        here.record(RecordBatch(None, (an_outcome(),)))
        there.record(RecordBatch(None, (unkeepable,)))
        there.record(RecordBatch(None, (unkeepable,)))
        refused = registry.get_sample_value("jorge_journal_refused_total")
        await there.close()
        await here.close()

        assert refused == 2.0
        assert here.recorder_status().refused == 0

    async def test_an_unwritable_folder_is_told(self, database_dsn: str, tmp_path: Path) -> None:
        """Without a folder to write nothing raises in the turn, and the status says why."""
        blocker = tmp_path / "file"
        blocker.write_text("")
        repository = JorgeMetricsRepository(database_dsn, data_dir=blocker)

        repository.record(RecordBatch(None, (an_outcome(),)))
        await repository.close()

        assert repository.recorder_status().refused == 1
        assert not repository.is_writing

    async def test_a_turn_is_one_frame_without_what_its_transaction_wrote(
        self, repository: JorgeMetricsRepository, database_dsn: str
    ) -> None:
        """Of a turn's batch the handoff is only counted in memory, and ids come from the turn."""
        tracker, collector = PerformanceTracker(), BotMetricsCollector()
        turn_id, now = uuid4(), datetime.now(UTC)
        operations = tuple(
            OperationRecord(bot_name="lead_bot", operation=step, duration_ms=1.0, timestamp=now)
            for step in ("understand", "process")
        )
        event = HandoffEventRecord(source_bot="lead", target_bot="buyer", success=True, duration_ms=1, timestamp=now)

        RecordTurn(tracker, collector, repository).record(RecordBatch(turn_id, (*operations, event)))
        await repository.flush()

        assert repository.recorder_status().recorded == 1
        assert counted(database_dsn, "jorge_handoff_events") == 0
        assert collector.get_system_summary()["handoffs"]["total_handoffs"] == 1
        with psycopg.connect(database_dsn) as connection:
            found = connection.execute("SELECT event_id FROM jorge_performance_operations").fetchall()
        assert {row[0] for row in found} == set(event_ids(turn_id, operations))


class TestRestart:
    async def test_percentiles_are_the_same_after_a_restart(
        self, repository: JorgeMetricsRepository, tmp_path: Path
    ) -> None:
        """A new process that hydrates answers as the old one did."""
        noon = datetime.now(UTC)
        before = PerformanceTracker(clock=lambda: noon)
        before.set_repository(repository)
        for n in range(1, 200):
            before.track_operation("lead_bot", "process", n * 1.7, success=n % 10 != 0, cache_hit=n % 3 == 0)
        await repository.flush()

        after = PerformanceTracker(clock=lambda: noon)
        after.set_repository(repository)
        loaded = await after.load_from_db()

        assert loaded == 199
        for window in ("1h", "24h", "7d"):
            expected = before.get_bot_stats("lead_bot", window)
            found = after.get_bot_stats("lead_bot", window)
            assert found.pop("mean") == pytest.approx(expected.pop("mean"))
            assert found == expected
        assert after.get_percentile("lead_bot", 95) == before.get_percentile("lead_bot", 95)

    async def test_nothing_counts_twice(self, repository: JorgeMetricsRepository) -> None:
        """What a process saw and then reads back is one call, however often it reads."""
        collector, tracker = BotMetricsCollector(), PerformanceTracker()
        for service in (collector, tracker):
            service.set_repository(repository)
        for _ in range(3):
            collector.record_bot_interaction("buyer", 10.0, True)
            tracker.track_operation("buyer_bot", "process", 10.0)
        await repository.flush()

        for _ in range(2):
            await collector.load_from_db()
            await tracker.load_from_db()

        assert collector.get_bot_summary("buyer")["total_interactions"] == 3
        assert tracker.get_bot_stats("buyer_bot")["count"] == 3

    async def test_interactions_and_handoffs_are_read_back(self, repository: JorgeMetricsRepository) -> None:
        """A new collector shows what the old one did, also for records of the same moment."""
        noon = datetime.now(UTC)
        before, after = BotMetricsCollector(clock=lambda: noon), BotMetricsCollector(clock=lambda: noon)
        before.set_repository(repository)
        for n in range(5):
            before.record_bot_interaction("seller", 10.0 * n, n != 2, contact_id="c")
        before.record_handoff("seller", "buyer", True, 3.0)
        await repository.flush()
        after.set_repository(repository)

        loaded = await after.load_from_db(since_minutes=60)

        assert loaded == 5
        assert after.get_system_summary() == before.get_system_summary()
        assert after.status().is_ok

    @pytest.mark.parametrize("since_minutes", [60, 1440, 10080])
    async def test_windows_of_every_length_are_read_back(
        self, repository: JorgeMetricsRepository, since_minutes: int
    ) -> None:
        """However far back is read, each window up to there shows what the old collector did."""
        now = datetime.now(UTC)
        ages = [timedelta(minutes=3), timedelta(minutes=40), timedelta(hours=5), timedelta(days=3)]
        moments = iter([now - age for age in reversed(ages) for _ in range(2)])
        before, after = BotMetricsCollector(clock=lambda: next(moments)), BotMetricsCollector(clock=lambda: now)
        before.set_repository(repository)
        for _ in ages:
            before.record_bot_interaction("lead", 10.0, True)
            before.record_handoff("lead", "buyer", False, 3.0)
        await repository.flush()
        after.set_repository(repository)

        await after.load_from_db(since_minutes=since_minutes)

        for minutes in (60, 1440, 10080):
            expected = sum(age <= timedelta(minutes=min(minutes, since_minutes)) for age in ages)
            assert after.get_bot_summary("lead", minutes)["total_interactions"] == expected
            assert after.get_system_summary(minutes)["handoffs"]["total_handoffs"] == expected
        assert after.last_interaction_at("lead") == now - ages[0]

    async def test_hydration_fails_loudly(self, tmp_path: Path) -> None:
        """A database that is away is told, and the service is not hydrated."""
        repository = JorgeMetricsRepository(NOWHERE, data_dir=tmp_path)
        collector = BotMetricsCollector()
        collector.set_repository(repository)

        with pytest.raises(DatabaseAway):
            await collector.load_from_db()
        await repository.close(deadline_seconds=0.1)

        assert not collector.status().hydrated


class TestOutcomes:
    async def test_an_outcome_resolves_the_newest_pending_row(
        self, repository: JorgeMetricsRepository, database: Database
    ) -> None:
        """Of two pending handoffs the newer one gets the outcome."""
        now = datetime.now(UTC)
        older, newer = uuid4(), uuid4()
        async with database.begin() as connection:
            await insert_handoff_outcome(connection, an_outcome(event_id=newer, timestamp=now))
            await insert_handoff_outcome(connection, an_outcome(event_id=older, timestamp=now - timedelta(hours=1)))

        repository.record(RecordBatch(None, (an_outcome("successful", metadata={"why": "replied"}),)))
        await repository.flush()

        found = {row.event_id: row for row in await repository.load_handoff_outcomes(now - timedelta(days=1))}
        assert {key: row.outcome for key, row in found.items()} == {older: "pending", newer: "successful"}
        assert found[newer].resolved_at is not None
        assert found[newer].metadata == {"why": "replied"}

    async def test_the_newest_outcomes_of_each_route(
        self, repository: JorgeMetricsRepository, database: Database
    ) -> None:
        """No more are read than memory keeps, the newest of every route, and the oldest of those first."""
        now = datetime.now(UTC)
        async with database.begin() as connection:
            for route in ("buyer", "seller"):
                for hours in (3, 1, 2):
                    at = now - timedelta(hours=hours)
                    await insert_handoff_outcome(
                        connection, an_outcome(target_bot=route, timestamp=at, contact_id=str(hours))
                    )
        since = now - timedelta(days=1)

        rows = await repository.load_handoff_outcomes(since, most_a_route=2)

        found = {route: [row.contact_id for row in rows if row.target_bot == route] for route in ("buyer", "seller")}
        assert found == {"buyer": ["2", "1"], "seller": ["2", "1"]}
        assert await repository.count_handoff_outcomes(since) == 6

    async def test_an_outcome_of_an_unknown_handoff_is_inserted(self, database: Database) -> None:
        """Without a pending row the outcome becomes one."""
        async with database.begin() as connection:
            resolved = await resolve_handoff_outcome(connection, an_outcome("failed"))

        repository = JorgeMetricsRepository.for_database(database)
        [route] = await repository.handoff_routes()

        assert not resolved
        assert (route.count, route.failed, route.pending) == (1, 1, 0)

    async def test_no_metadata_is_null(self, database: Database, database_dsn: str) -> None:
        """What was not given is NULL to SQL, and not the JSON value null, whoever wrote the row."""
        event = HandoffEventRecord(
            source_bot="lead", target_bot="buyer", success=True, duration_ms=1, timestamp=datetime.now(UTC)
        )
        async with database.begin() as connection:
            await insert_handoff_event(connection, event, uuid4())
            await insert_handoff_outcome(connection, an_outcome())

        with psycopg.connect(database_dsn) as reading:
            [event_row] = reading.execute("SELECT metadata IS NULL FROM jorge_handoff_events").fetchall()
            [outcome_row] = reading.execute("SELECT metadata IS NULL FROM jorge_handoff_outcomes").fetchall()
        assert (event_row, outcome_row) == ((True,), (True,))

    async def test_the_turn_s_writes_are_idempotent(self, database: Database) -> None:
        """The same ids twice are one row each."""
        turn_id, now = uuid4(), datetime.now(UTC)
        event_id = event_id_of(turn_id, "handoff")
        event = HandoffEventRecord(source_bot="lead", target_bot="buyer", success=True, duration_ms=1, timestamp=now)
        for _ in range(2):
            async with database.begin() as connection:
                await insert_handoff_event(connection, event, event_id)
                await insert_handoff_outcome(connection, an_outcome(event_id=event_id))
                await insert_handoff_block(
                    connection,
                    event_id=event_id,
                    location_id="default",
                    contact_id="c1",
                    source_bot="buyer",
                    target_bot="lead",
                    reason="return",
                    timestamp=now,
                )

        repository = JorgeMetricsRepository.for_database(database)

        assert (await repository.handoff_tally()).count == 1
        assert [route.pending for route in await repository.handoff_routes()] == [1]
        assert await repository.handoff_blocks_by_reason(now - timedelta(hours=1)) == {"return": 1}


class TestFigures:
    async def test_operation_stats_agree_with_memory(self, repository: JorgeMetricsRepository) -> None:
        """SQL and memory give the same figures for the same calls."""
        tracker = PerformanceTracker()
        tracker.set_repository(repository)
        for n in range(1, 101):
            tracker.track_operation("seller_bot", "process", float(n * n), n % 20 != 0, None)
        await repository.flush()

        [stats] = await repository.operation_stats("1h")

        expected = tracker.get_bot_stats("seller_bot")
        assert (stats.bot, stats.operation) == ("seller_bot", "process")
        assert (stats.p50_ms, stats.p95_ms, stats.p99_ms) == (expected["p50"], expected["p95"], expected["p99"])
        assert (stats.count, stats.errors, stats.cache_hit_rate) == (100, 5, None)
        assert stats.sla.status == "violated"

    async def test_no_data_is_none(self, repository: JorgeMetricsRepository) -> None:
        """An idle system has no operations and no shares, rather than zeros."""
        summary = await repository.bot_summary("24h")

        assert await repository.operation_stats("7d") == []
        assert summary["bots"]["lead"]["success_rate"] is None
        assert summary["handoffs"]["success_rate"] is None

    async def test_a_location_has_its_own_figures(self, repository: JorgeMetricsRepository) -> None:
        """Another tenant's calls do not count when one is asked for."""
        now = datetime.now(UTC)
        for location in ("a", "b", "b"):
            record = InteractionRecord(bot_type="lead", duration_ms=1, timestamp=now, location_id=location)
            repository.record(RecordBatch(None, (record,)))
        await repository.flush()

        tallies = await repository.bot_tallies("1h", location_id="b")

        assert tallies["lead"].count == 2

    async def test_reading_from_a_dead_database_raises(self, tmp_path: Path) -> None:
        """No reader takes "away" for "nothing"."""
        repository = JorgeMetricsRepository(NOWHERE, data_dir=tmp_path)

        with pytest.raises(DatabaseAway):
            await repository.operation_stats("1h")
        await repository.close()


class TestAlerts:
    async def test_an_alert_is_kept_found_and_acknowledged_once(self, database: Database) -> None:
        """The second acknowledgement finds nothing open."""
        repository = JorgeMetricsRepository.for_database(database, location_id="here")
        event_id, now = uuid4(), datetime.now(UTC)
        alert = {
            "event_id": event_id,
            "rule_name": "high_error_rate",
            "severity": "critical",
            "message": "m",
            "triggered_at": now,
            "performance_stats": {"error_rate": 0.5},
            "channels_sent": [],
        }
        await repository.insert_alert(alert)
        await repository.insert_alert(alert)

        first = await repository.acknowledge_alert(event_id, "ann", now)
        second = await repository.acknowledge_alert(event_id, "bob", now)

        assert first is not None
        assert first["acknowledged_by"] == "ann"
        assert second is None
        assert (await repository.find_alert(event_id) or {})["performance_stats"] == {"error_rate": 0.5}
        assert len(await repository.list_alerts(active_only=False, limit=5)) == 1
        assert await repository.list_alerts(active_only=True, limit=5) == []
        assert await repository.last_triggered_by_rule() == {"high_error_rate": now}

    async def test_a_changed_rule_survives_the_defaults(self, database: Database) -> None:
        """Storing the defaults again leaves what somebody switched off as it is."""
        repository = JorgeMetricsRepository.for_database(database)
        rule = {"name": "r", "condition_config": {"all": []}, "severity": "warning", "channels": ["slack"]}
        await repository.upsert_default_rules([rule])
        switched = await repository.set_rule_active("r", False)

        await repository.upsert_default_rules([rule])

        assert switched is not None
        assert [(row["name"], row["active"]) for row in await repository.list_rules()] == [("r", False)]
        assert await repository.set_rule_active("unknown", True) is None
