"""Whoever stops `jorge serve` leaves nothing running: the server, its shipper, and last the embedded PostgreSQL end."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest
from free_port import free_port
from running_jorge import eventually, is_ready

from ghl_real_estate_ai.storage.embedded import embedded_dsn

PATIENCE_SECONDS = 30.0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("workers", [1, 2])
async def test_the_embedded_database_stops_with_its_last_user(open_folder: Path, workers: int, stop: signal.Signals):
    """Whichever signal asks for it, and however many workers there are."""
    folder, port = open_folder / "stopped", free_port()
    environment = {**os.environ, "JORGE_DATA_DIR": str(folder), "JORGE_CRM": "sandbox"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "ghl_real_estate_ai.cli", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: ASYNC220 - it waits for nothing
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await eventually(lambda: is_ready(client), within_seconds=PATIENCE_SECONDS)

    process.send_signal(stop)

    assert await asyncio.to_thread(process.wait, PATIENCE_SECONDS) == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(embedded_dsn(folder))
