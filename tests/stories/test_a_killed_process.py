"""kill -9 right after a handoff: the rows are there, and what was recorded arrives with the next process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
from free_port import free_port
from psycopg import sql

from ghl_real_estate_ai.telemetry.turn_records import STEPS

SENTENCE = "I want to buy a house with a $500k budget"
PATIENCE_SECONDS = 30.0

DIES_BEFORE_IT_RECORDS = """
import os, signal, sys
from ghl_real_estate_ai.cli import main
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn

RecordTurn.record = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.argv[1:] = ["serve", "--port", sys.argv[1]]
main.main()
"""
"""A server that is killed in its first turn, after the commit and before anything of it is in the journal."""


def start(dsn: str, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start `jorge serve` as a process of its own."""
    return run(dsn, folder, "-m", "ghl_real_estate_ai.cli", "serve", "--port", str(port))


def run(dsn: str, folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DATABASE_URL": dsn, "JORGE_DATA_DIR": str(folder), "JORGE_CRM": "sandbox"}
    return subprocess.Popen([sys.executable, *arguments], env=environment, stderr=subprocess.DEVNULL)


def until(is_so) -> None:
    """Return when *is_so* holds; fail when it never does."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends_at, "this never came true"
        time.sleep(0.05)


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200
    except httpx.TransportError:
        return False


def count(dsn: str, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE contact_id = 'test_123'").format(sql.Identifier(table))
    with psycopg.connect(dsn) as connection:
        [[rows]] = connection.execute(query).fetchall()
    return int(rows)


def reply_is_sent(dsn: str) -> bool:
    with psycopg.connect(dsn) as connection:
        return bool(connection.execute("SELECT 1 FROM outbox WHERE kind = 'send_text' AND state = 'sent'").fetchall())


def test_a_handoff_survives_the_death_of_its_process(database_dsn: str, tmp_path: Path):
    """The outcome is in the database, once, and so is the turn's telemetry after the next start."""
    port = free_port()
    first = start(database_dsn, tmp_path, port)
    until(lambda: is_ready(port))
    httpx.post(f"http://127.0.0.1:{port}/webhook", json={"contact_id": "test_123", "message": SENTENCE})
    until(lambda: reply_is_sent(database_dsn))

    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start(database_dsn, tmp_path, port)
    until(lambda: is_ready(port))
    until(lambda: count(database_dsn, "jorge_bot_interactions") == 1)
    second.send_signal(signal.SIGTERM)
    second.wait(timeout=PATIENCE_SECONDS)

    assert 1 == count(database_dsn, "jorge_handoff_outcomes")
    assert 1 == count(database_dsn, "jorge_bot_interactions")


def test_a_turn_killed_between_its_commit_and_its_record(database_dsn: str, tmp_path: Path):
    """Its records are rebuilt from its row at the next start: all of them, once, with its time, and marked."""
    port = free_port()
    first = run(database_dsn, tmp_path, "-c", DIES_BEFORE_IT_RECORDS, str(port))
    until(lambda: is_ready(port))
    httpx.post(f"http://127.0.0.1:{port}/webhook", json={"contact_id": "test_123", "message": SENTENCE})
    assert -signal.SIGKILL == first.wait(timeout=PATIENCE_SECONDS)
    kept = count(database_dsn, "turns"), count(database_dsn, "jorge_bot_interactions")

    for _ in range(2):
        again = start(database_dsn, tmp_path, port)
        until(lambda: is_ready(port))
        until(lambda: count(database_dsn, "jorge_bot_interactions") > 0)
        again.send_signal(signal.SIGTERM)
        again.wait(timeout=PATIENCE_SECONDS)

    assert (1, 0) == kept
    assert 1 == count(database_dsn, "jorge_bot_interactions")
    rebuilt = rebuilt_operations(database_dsn)
    assert {("buyer_bot", step) for step in STEPS} | {("lead_bot", "handoff"), ("handoff", "execute")} <= rebuilt
    assert len(rebuilt) == count(database_dsn, "jorge_performance_operations")


def rebuilt_operations(dsn: str) -> set[tuple[str, str]]:
    """Those that have their turn's time and contact and say that they were rebuilt."""
    query = """
    SELECT bot_name, operation FROM jorge_performance_operations AS kept
    JOIN turns ON turns.at = kept.timestamp AND turns.contact_id = kept.contact_id
    WHERE kept.metadata = '{"rebuilt": true}'
    """
    with psycopg.connect(dsn) as connection:
        return set(connection.execute(query).fetchall())
