"""A shipper process that dies or hangs is replaced, and one that is told to stop drains first."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ghl_real_estate_ai.cli.keep_shipping import COMMAND, ShipperProcess
from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.segments import SHIPPER_LOCK, FolderLock
from ghl_real_estate_ai.telemetry.model import InteractionRecord, RecordBatch

PATIENCE_SECONDS = 60.0
EXITS_AT_ONCE = (sys.executable, "-c", "raise SystemExit(3)")


def until(is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends_at, "this never came true"
        time.sleep(0.02)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[JournalRecorder]:
    recorder = JournalRecorder(tmp_path / "journal")
    yield recorder
    recorder.close()


@pytest.fixture
def shipper(database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShipperProcess]:
    """A shipper process of this test's folder and database."""
    monkeypatch.setenv("DATABASE_URL", database_dsn)
    monkeypatch.setenv("JORGE_DATA_DIR", str(tmp_path))
    process = ShipperProcess(tmp_path, command=COMMAND, hung_seconds=4.0)
    process.start()
    yield process
    process.stop(PATIENCE_SECONDS)


def interaction(contact: str) -> RecordBatch:
    now = SystemClock().now()
    return RecordBatch(None, (InteractionRecord(bot_type="lead", duration_ms=1.0, timestamp=now, contact_id=contact),))


def shipped(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        return {contact for (contact,) in connection.execute("SELECT contact_id FROM jorge_bot_interactions")}


def test_a_killed_shipper_is_replaced(shipper: ShipperProcess, recorder: JournalRecorder, database_dsn: str) -> None:
    """What was recorded before and after its death arrives."""
    recorder.record(interaction("before"))
    until(lambda: "before" in shipped(database_dsn))
    first = shipper.pid
    assert first is not None

    os.kill(first, signal.SIGKILL)
    recorder.record(interaction("after"))
    until(lambda: "after" in shipped(database_dsn))

    assert 1 == shipper.replaced
    assert first != shipper.pid


def test_a_hung_shipper_is_killed_and_replaced(
    shipper: ShipperProcess, recorder: JournalRecorder, database_dsn: str
) -> None:
    """One that lives and does not move on holds the lock; nobody else could ship."""
    recorder.record(interaction("before"))
    until(lambda: "before" in shipped(database_dsn))
    hung = shipper.pid
    assert hung is not None

    os.kill(hung, signal.SIGSTOP)
    recorder.record(interaction("after"))
    until(lambda: "after" in shipped(database_dsn))

    assert hung != shipper.pid


def test_a_stop_drains_first(
    shipper: ShipperProcess, recorder: JournalRecorder, database_dsn: str, tmp_path: Path
) -> None:
    """What was recorded right before the end is in the database after it, and the folder is free."""
    recorder.record(interaction("first"))
    until(lambda: "first" in shipped(database_dsn))
    for number in range(200):
        recorder.record(interaction(f"late {number}"))
    recorder.close()

    shipper.stop(PATIENCE_SECONDS)

    assert 201 == len(shipped(database_dsn))
    assert FolderLock(tmp_path / "journal" / SHIPPER_LOCK).try_acquire()


def test_one_that_cannot_start_is_tried_again(tmp_path: Path) -> None:
    """With a growing pause, and a stop does not wait for it."""
    process = ShipperProcess(tmp_path, command=EXITS_AT_ONCE)
    process.start()

    until(lambda: process.replaced >= 2)
    process.stop(PATIENCE_SECONDS)

    assert process.pid is None
