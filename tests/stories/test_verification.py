"""`jorge verify` tells the truth: it passes on a working system and names what does not work on a broken one."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from running_jorge import eventually, serving

from ghl_real_estate_ai.api.compose import build
from ghl_real_estate_ai.cli.verify import NotVerifiedError, _ask_running_server, services_are_wired
from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.telemetry.model import OperationRecord, RecordBatch

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "verify_jorge_persistence.py"
PASSWORD = "hunter2secret"


def verify(dsn: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the script as an operator does."""
    environment = {**os.environ, "DATABASE_URL": dsn, "JORGE_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, str(SCRIPT)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_working_system_passes_and_is_left_clean(database_dsn: str, tmp_path: Path):
    """All four tests pass, exit 0, and no row of the verification stays."""
    result = verify(database_dsn, tmp_path)

    assert 0 == result.returncode, result.stdout + result.stderr
    assert "SUCCESS: All verification tests passed!" in result.stdout
    with psycopg.connect(database_dsn) as connection:
        for table in ("jorge_handoff_outcomes", "jorge_bot_interactions", "jorge_alert_rules", "messages", "turns"):
            query = sql.SQL("SELECT count(*) FROM {} WHERE location_id = 'jorge-verify'").format(sql.Identifier(table))
            row = connection.execute(query).fetchone()
            assert (0,) == row, table


def test_a_dead_database_fails_without_its_password(tmp_path: Path):
    """With nobody listening it exits 1, says so, and shows no password."""
    result = verify(f"postgresql://jorge:{PASSWORD}@127.0.0.1:1/jorge", tmp_path)

    assert 1 == result.returncode
    assert "FAILED  1 repository" in result.stdout
    assert PASSWORD not in result.stdout + result.stderr


@pytest.mark.parametrize("table", ["jorge_alerts", "jorge_handoff_outcomes", "jorge_bot_interactions"])
def test_a_missing_table_is_named(database_dsn: str, tmp_path: Path, table: str):
    """A table that is not there fails the verification by its name."""
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute(f"DROP TABLE {table} CASCADE")

    result = verify(database_dsn, tmp_path)

    assert 1 == result.returncode
    assert table in result.stdout


def test_an_old_schema_fails(empty_database_dsn: str, tmp_path: Path):
    """A database without the schema fails and says what to run."""
    result = verify(empty_database_dsn, tmp_path)

    assert 1 == result.returncode
    assert "alembic upgrade head" in result.stdout


@pytest.mark.parametrize("service", ["tracker", "collector", "alerting", "handoffs"])
async def test_a_service_that_is_not_wired_fails(database_dsn: str, tmp_path: Path, service: str):
    """Taking one service's repository away is noticed, whichever it is."""
    jorge = build(Settings(database_url=database_dsn, data_dir=tmp_path), only_watch=True)
    await jorge.start()
    wired = await services_are_wired(jorge)

    getattr(jorge, service).set_repository(None)

    with pytest.raises(NotVerifiedError):
        await services_are_wired(jorge)
    await jorge.stop()
    assert "handoff_service" in wired


async def test_a_running_server_that_writes_nothing_fails(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """It answers leads and so is ready, but what it measures is not kept."""
    settings = Settings(database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX)
    async with serving(settings) as jorge:
        monkeypatch.setenv("JORGE_URL", str(jorge.client.base_url))

        async def passes() -> bool:
            return await _ask_running_server(settings) == 0

        await eventually(passes)
        unwritable = OperationRecord(
            bot_name="lead_bot", operation="\ud800", duration_ms=1, timestamp=datetime.now(UTC)
        )
        jorge.jorge.repository.record(RecordBatch(None, (unwritable,)))
        failures = await _ask_running_server(settings)

    assert 1 == failures
    assert "not well: journal" in capsys.readouterr().out
