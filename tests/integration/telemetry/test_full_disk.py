"""A journal on a disk that is really full and then has room again: what was taken arrives once, the rest is counted."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

CHILD = """
import json, resource, subprocess, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from ghl_real_estate_ai.telemetry.journal.process_counts import counts_of_others
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper
from ghl_real_estate_ai.telemetry.model import InteractionRecord, RecordBatch

way, dsn, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
ballast = folder / "ballast"
if way == "mount":
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=True)
    ballast.write_bytes(bytes(1_000_000))
recorder = JournalRecorder(folder / "journal")
if way == "limit":
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))

def record(n):
    metadata = {"padding": "x" * 5000}
    now = datetime.now(UTC)
    record = InteractionRecord(bot_type="lead", duration_ms=1, timestamp=now, metadata=metadata, contact_id=str(n))
    before = recorder.status().refused
    recorder.record(RecordBatch(uuid4(), (record,)))
    return recorder.status().refused == before

taken = []
n = 0
while recorder.status().refused < 20:
    if record(n):
        taken.append(n)
    n += 1
error = recorder.status().last_error
seen_by_others = counts_of_others(folder / "journal", folder).refused
if way == "mount":
    ballast.unlink()
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
later = [n for n in range(n, n + 20) if record(n)]
shipper = Shipper(dsn, folder / "journal", "node")
drained = shipper.drain(30)
status = recorder.status()
recorder.close()
drained = shipper.drain(30) and drained
shipper.close()
print(json.dumps({"taken": taken, "later": later, "refused": status.refused, "error": error, "left": status.last_error,
                  "drained": drained, "damaged": shipper.counts.damaged, "seen_by_others": seen_by_others}))
"""


def _own_mounts() -> list[str] | None:
    """How to run a program that may mount something for itself alone; None where this machine lets us not."""
    way = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    with tempfile.TemporaryDirectory() as folder:
        trial = [*way, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
        try:
            done = subprocess.run(trial, capture_output=True, check=False)
        except FileNotFoundError:
            return None
    return way if done.returncode == 0 else None


OWN_MOUNTS = _own_mounts()
# A limit on the size of a file needs no rights, and meets the same writes; a mount is tried wherever it is allowed.
WAYS = ["limit", *(["mount"] if OWN_MOUNTS is not None else [])]


def fill(way: str, dsn: str, folder: Path) -> dict[str, Any]:
    """Record on a disk until it is full, make room, record more, ship, and tell how that went."""
    prefix = OWN_MOUNTS or [] if way == "mount" else []
    done = subprocess.run(
        [*prefix, sys.executable, "-c", CHILD, way, dsn, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("way", WAYS)
def test_a_full_disk_costs_only_what_it_refused(way: str, database_dsn: str, tmp_path: Path) -> None:
    """What was taken before, and what is taken once there is room, arrives once; the refused are counted, with why."""
    told = fill(way, database_dsn, tmp_path)

    with psycopg.connect(database_dsn) as connection:
        rows = connection.execute("SELECT contact_id::int FROM jorge_bot_interactions ORDER BY 1").fetchall()
    assert (told["refused"], told["seen_by_others"]) == (20, 20)
    assert told["error"] in ("OSError: File too large", "OSError: No space left on device")
    assert len(told["later"]) == 20
    assert (told["drained"], told["damaged"], told["left"]) == (True, 0, None)
    assert [row[0] for row in rows] == told["taken"] + told["later"]
