"""How long `jorge serve` takes until it is ready, with full windows to take over and with empty ones."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from statistics import median

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import Figure, at_most_added
from ghl_real_estate_ai.cli.bench.filled_tables import fill_interactions, fill_outcomes, settle
from ghl_real_estate_ai.cli.bench.processes import PATIENCE_SECONDS, resident_kib
from ghl_real_estate_ai.cli.bench.throw_away import Stage, clean_environment

AT_MOST_SECONDS = 1.5
LOOK_SECONDS = 0.02
START_SECONDS = 180.0


def measure(stage: Stage) -> list[Figure]:
    """Start the real command by turns on both databases."""
    interactions, outcomes, rounds = stage.pick(50_000, 1_000_000), stage.pick(5_000, 100_000), stage.pick(2, 5)
    empty, full = stage.new_database(), stage.new_database()
    # A little inside the windows of 60 minutes and 7 days, which move on while we measure.
    fill_interactions(full, interactions, timedelta(minutes=45))
    fill_outcomes(full, outcomes, timedelta(days=6))
    settle(full)
    took = alternate({"empty": lambda: _start(stage, empty), "full": lambda: _start(stage, full)}, rounds)
    seconds = {name: [ready for ready, _ in starts] for name, starts in took.items()}
    memory = {name: median(mib for _, mib in starts) for name, starts in took.items()}
    return [
        Figure(
            name=f"start to ready with {interactions:,} interactions and {outcomes:,} outcomes",
            unit="s",
            value=median(seconds["full"]),
            baseline=median(seconds["empty"]),
            against="with none",
            rounds=[full - empty for full, empty in zip(seconds["full"], seconds["empty"], strict=True)],
            target=at_most_added(AT_MOST_SECONDS),
        ),
        Figure(
            name="memory of the server then",
            unit="MiB",
            value=memory["full"],
            baseline=memory["empty"],
            against="with none",
        ),
    ]


def _start(stage: Stage, dsn: str) -> tuple[float, float]:
    """Start, wait until every check is well, end; the seconds and the MiB."""
    port = _free_port()
    folder = stage.new_folder("start")
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ghl_real_estate_ai.cli", "serve", "--port", str(port)],
        cwd=folder,
        env=clean_environment(DATABASE_URL=dsn, JORGE_DATA_DIR=str(folder)),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not _is_ready(port):
            if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                raise RuntimeError(f"jorge serve is not ready (exit code {process.poll()})")
            time.sleep(LOOK_SECONDS)
        return time.perf_counter() - began, resident_kib(process.pid) / 1024
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        document = json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return answer.status == 200 and all(check["ok"] for check in document["checks"].values())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
