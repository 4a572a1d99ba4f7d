"""A process that takes pretend turns at a rate and records each, to be measured and to be killed.

    python -m ghl_real_estate_ai.cli.bench.recording_process WAY DSN DATA_DIR COUNTER

It reads orders from its input, a JSON object a line, and answers each with one.  `{"run": name, "turns_per_second": r,
"seconds": s, "waits_ms": w, "works_us": c}` takes turns for so long (for ever without `seconds`) and answers with what
they cost; `{"run": name, "burst": n}` records so many as fast as it goes.  COUNTER is a file of eight bytes, mapped
into memory: how many turns of the run were recorded, which is known however this process dies.
"""

import asyncio
import json
import logging
import mmap
import random
import resource
import struct
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from ghl_real_estate_ai.cli.bench.controls import WayToRecord, build_way
from ghl_real_estate_ai.cli.bench.figure import percentile
from ghl_real_estate_ai.cli.bench.sample_turns import turn_batch
from ghl_real_estate_ai.telemetry.logs import configure_logging


class Counter:
    """A number in a file that the kernel keeps when we are killed."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    def set(self, number: int) -> None:
        struct.pack_into("<q", self._map, 0, number)


class Turns:
    """Pretend turns that arrive at random moments: they wait as for a CRM, work a little, and are recorded."""

    def __init__(self, way: WayToRecord, counter: Counter) -> None:
        self._way = way
        self._counter = counter

    async def take(self, order: dict[str, Any]) -> dict[str, float]:
        """Take turns as ordered and tell what each cost this process."""
        rate, seconds = order["turns_per_second"], order.get("seconds", float("inf"))
        draw = random.Random(order.get("seed", 0))  # noqa: S311 - arrivals, no secrets
        self._recorded, self._took_ms = 0, list[float]()
        self._counter.set(0)
        began, cpu_before = time.perf_counter(), _cpu_seconds()
        due = began
        under_way: set[asyncio.Task[None]] = set()
        while due - began < seconds:
            while due <= time.perf_counter():
                task = asyncio.create_task(self._turn(order))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                due += draw.expovariate(rate)
            await asyncio.sleep(max(due - time.perf_counter(), 0))
        while under_way:
            await asyncio.wait(under_way)
        await self._way.settle()
        return {
            "turns": self._recorded,
            "cpu_us": (_cpu_seconds() - cpu_before) * 1e6 / max(self._recorded, 1),
            "p50_ms": percentile(self._took_ms, 50),
            "p99_ms": percentile(self._took_ms, 99),
            "took_seconds": time.perf_counter() - began,
        }

    async def burst(self, order: dict[str, Any]) -> dict[str, float]:
        """Record turns without taking them."""
        began = time.perf_counter()
        for number in range(order["burst"]):
            self._way.record(turn_batch(order["run"], number))
            self._counter.set(number + 1)
            if number % 100 == 0:
                await asyncio.sleep(0)
        return {"turns": order["burst"], "took_seconds": time.perf_counter() - began}

    async def _turn(self, order: dict[str, Any]) -> None:
        began = time.perf_counter()
        if waits_ms := order.get("waits_ms"):
            await asyncio.sleep(waits_ms / 1000)
        _work(order.get("works_us", 0))
        # The number is taken and counted without an await between: the counter never runs ahead of the records.
        self._way.record(turn_batch(order["run"], self._recorded))
        self._recorded += 1
        self._counter.set(self._recorded)
        self._took_ms.append((time.perf_counter() - began) * 1000)


async def obey(way: WayToRecord, counter: Counter) -> None:
    """Carry out the orders of standard input until it ends."""
    await way.open()
    turns = Turns(way, counter)
    print(json.dumps({"ready": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        print(json.dumps(await (turns.burst(order) if "burst" in order else turns.take(order))), flush=True)
    await way.close()


def _work(microseconds: float) -> None:
    ends_at = time.thread_time() + microseconds / 1e6
    while time.thread_time() < ends_at:
        pass


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    configure_logging()
    logging.disable()  # an outage is what we try: the figures tell of it
    way_name, dsn, data_dir, counter_path = sys.argv[1:]
    uvloop.run(obey(build_way(way_name, dsn, Path(data_dir)), Counter(Path(counter_path))))
