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

SENTENCE = "I want to buy a house with a $500k budget"
PATIENCE_SECONDS = 30.0


def start(dsn: str, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start `jorge serve` as a process of its own."""
    environment = {**os.environ, "DATABASE_URL": dsn, "JORGE_DATA_DIR": str(folder), "JORGE_CRM": "sandbox"}
    command = [sys.executable, "-m", "ghl_real_estate_ai.cli", "serve", "--port", str(port)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


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
