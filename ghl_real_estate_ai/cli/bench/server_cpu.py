"""The processor time that recording a turn's six records adds to the server, against the naive way.

Each way has a process of its own that takes the same pretend turns (3 ms of waiting, 0.2 ms of work, arriving at
random).  All threads count, so the journal's syncing does; the shipper is another process and does not.
"""

from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Any

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import Figure, at_most_ratio
from ghl_real_estate_ai.cli.bench.processes import Recording, start_shipping
from ghl_real_estate_ai.cli.bench.throw_away import Stage

WAYS = ("off", "journal", "naive", "queue")
RATES = (150, 600)
AT_MOST = 0.15


def measure(stage: Stage) -> list[Figure]:
    """Tell it at 150 and at 600 turns a second."""
    dsn, folder = stage.new_database(), stage.new_folder("cpu")
    with ExitStack() as ends:
        ends.enter_context(start_shipping(dsn, folder))
        processes = {way: Recording(way, dsn, folder, folder / f"{way}.counter") for way in WAYS}
        for process in processes.values():
            ends.callback(process.kill)
        return [figure for rate in RATES for figure in _at_rate(stage, processes, rate)]


def _at_rate(stage: Stage, processes: dict[str, Recording], rate: int) -> list[Figure]:
    seconds, rounds = stage.pick(2.0, 10.0), stage.pick(3, 7)
    order = {"turns_per_second": rate, "seconds": seconds, "waits_ms": 3, "works_us": 200}

    def asking(way: str) -> Callable[[], dict[str, Any]]:
        return lambda: processes[way].ask({**order, "run": f"{way}{rate}"})

    took = alternate({way: asking(way) for way in WAYS}, rounds)
    cpu = {way: [answer["cpu_us"] for answer in answers] for way, answers in took.items()}
    added = {way: [of_way - off for of_way, off in zip(cpu[way], cpu["off"], strict=True)] for way in WAYS}
    ratios = [ours / naive for ours, naive in zip(added["journal"], added["naive"], strict=True)]
    return [
        Figure(
            name=f"CPU a turn added by recording, {rate} turns/s",
            unit="us",
            value=median(added["journal"]),
            baseline=median(added["naive"]),
            against="naive INSERTs as tasks",
            rounds=ratios,
            target=at_most_ratio(AT_MOST),
        ),
        Figure(
            name=f"the same of a queue in memory, {rate} turns/s",
            unit="us",
            value=median(added["queue"]),
            baseline=median(added["naive"]),
            against="naive INSERTs as tasks",
        ),
        Figure(
            name=f"P99 of the pretend turn, {rate} turns/s",
            unit="ms",
            value=median(answer["p99_ms"] for answer in took["journal"]),
            baseline=median(answer["p99_ms"] for answer in took["naive"]),
            against="naive INSERTs as tasks",
        ),
    ]
