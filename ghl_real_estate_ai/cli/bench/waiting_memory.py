"""How much memory server and shipper need while many records wait in the journal because PostgreSQL is away."""

import time
from pathlib import Path

from ghl_real_estate_ai.cli.bench.figure import Figure, at_most_added
from ghl_real_estate_ai.cli.bench.losses import count_losses
from ghl_real_estate_ai.cli.bench.outage import LOOK_SECONDS
from ghl_real_estate_ai.cli.bench.processes import Process, Recording, resident_kib, start_shipping
from ghl_real_estate_ai.cli.bench.sample_turns import RECORDS
from ghl_real_estate_ai.cli.bench.throw_away import Stage

AT_MOST_MIB = 64.0
WARM_TURNS = 2_000
SHIPPED_SECONDS = 300.0
AWAY_SECONDS = 6.0
"""How long the shipper may try in vain before it is looked at."""


def measure(stage: Stage) -> list[Figure]:
    """Look at both processes when idle, when everything waits, and when it is shipped."""
    waiting = stage.pick(60_000, 1_000_000)
    dsn, folder = stage.new_database(), stage.new_folder("memory")
    with start_shipping(dsn, folder) as shipping, Recording("journal", dsn, folder, folder / "counter") as server:
        server.ask({"run": "warm", "burst": WARM_TURNS})
        _wait_until_shipped(dsn, {"warm": WARM_TURNS})
        idle = _resident_mib(server, shipping)
        stage.stop_server()
        server.ask({"run": "waiting", "burst": waiting // RECORDS})
        time.sleep(AWAY_SECONDS)
        full = _resident_mib(server, shipping)
        _forget_peak(shipping.pid)
        stage.start_server()
        _wait_until_shipped(dsn, {"waiting": waiting // RECORDS})
        shipper_peak = resident_kib(shipping.pid, "VmHWM") / 1024
    return [
        Figure(
            name=f"memory of server and shipper while {waiting:,} records wait",
            unit="MiB",
            value=sum(full),
            baseline=sum(idle),
            against="idle",
            target=at_most_added(AT_MOST_MIB),
        ),
        Figure(
            name="memory of the shipper at most, shipping them",
            unit="MiB",
            value=shipper_peak,
            baseline=idle[1],
            against="idle",
        ),
    ]


def _resident_mib(*processes: Process) -> list[float]:
    return [resident_kib(process.pid) / 1024 for process in processes]


def _forget_peak(pid: int) -> None:
    """Begin `VmHWM` anew (see proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _wait_until_shipped(dsn: str, recorded: dict[str, int]) -> None:
    ends_at = time.monotonic() + SHIPPED_SECONDS
    while count_losses(dsn, recorded).lost:
        if time.monotonic() > ends_at:
            raise RuntimeError(f"the journal is not shipped after {SHIPPED_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS * 5)
