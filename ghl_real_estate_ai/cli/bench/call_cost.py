"""What the one call costs that records a turn's six records, against a bare write of the same bytes and six INSERTs."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.controls import AwaitedInserts
from ghl_real_estate_ai.cli.bench.figure import Figure, at_most, at_most_ratio, percentile
from ghl_real_estate_ai.cli.bench.sample_turns import turn_batch
from ghl_real_estate_ai.cli.bench.throw_away import Stage
from ghl_real_estate_ai.cli.bench.unshipped import recording_unshipped
from ghl_real_estate_ai.telemetry import BotMetricsCollector, JorgeMetricsRepository, PerformanceTracker
from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.model import RecordBatch
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn

AT_MOST_WRITES = 4.0
AT_MOST_INSERTS = 0.01
PROMISED_MS = 5.0
"""What recording was allowed to cost before there was a journal."""
INSERTED_TURNS = 200


def measure(stage: Stage) -> list[Figure]:
    """Time call after call; 10^5 of them in all."""
    dsn, folder = stage.new_database(), stage.new_folder("call")
    # The shipper is another process and no part of the call, so there is none.
    with recording_unshipped(dsn, folder) as repository:
        return _compare(stage, repository, dsn, folder)


def _compare(stage: Stage, repository: JorgeMetricsRepository, dsn: str, folder: Path) -> list[Figure]:
    rounds = 10
    batches = [turn_batch("call", number) for number in range(stage.pick(10_000, 100_000) // rounds)]
    whole = RecordTurn(PerformanceTracker(), BotMetricsCollector(), repository)
    took = alternate(
        {
            "write": lambda: _bare_writes(batches, folder / "bare"),
            "call": lambda: _timed(repository.record, batches),
            "whole": lambda: _timed(whole.record, batches),
            "inserts": lambda: asyncio.run(_inserts(dsn)),
        },
        rounds,
    )
    middle = {name: [median(of_round) for of_round in of_all] for name, of_all in took.items()}
    calls = [us for of_round in took["call"] for us in of_round]
    writes = [us for of_round in took["write"] for us in of_round]
    return [
        Figure(
            name="recording six records, P50",
            unit="us",
            value=median(middle["call"]),
            baseline=median(middle["write"]),
            against="a bare os.write of the same bytes",
            rounds=[ours / bare for ours, bare in zip(middle["call"], middle["write"], strict=True)],
            target=at_most_ratio(AT_MOST_WRITES),
        ),
        Figure(
            name="recording six records, P50",
            unit="us",
            value=median(middle["call"]),
            baseline=median(middle["inserts"]),
            against="six awaited INSERTs",
            rounds=[ours / inserts for ours, inserts in zip(middle["call"], middle["inserts"], strict=True)],
            target=at_most_ratio(AT_MOST_INSERTS),
        ),
        Figure(
            name="recording six records, P99",
            unit="us",
            value=percentile(calls, 99),
            baseline=percentile(writes, 99),
            against="a bare os.write of the same bytes",
        ),
        Figure(
            name=f"recording six records, the worst of {len(calls):,}",
            unit="ms",
            value=max(calls) / 1000,
            baseline=max(writes) / 1000,
            against="a bare os.write of the same bytes",
            target=at_most(PROMISED_MS),
        ),
        Figure(
            name="the same with the counting in memory, P50",
            unit="us",
            value=median(middle["whole"]),
            baseline=median(middle["write"]),
            against="a bare os.write of the same bytes",
        ),
    ]


def _timed(call: Callable[[RecordBatch], None], batches: list[RecordBatch]) -> list[float]:
    clock, took = time.perf_counter_ns, []
    for batch in batches:
        began = clock()
        call(batch)
        took.append((clock() - began) / 1000)
    return took


def _bare_writes(batches: list[RecordBatch], path: Path) -> list[float]:
    encoded = [frames.encode(payload.dump(batch)) for batch in batches]
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    clock, took = time.perf_counter_ns, []
    try:
        for frame in encoded:
            began = clock()
            os.write(opened, frame)
            took.append((clock() - began) / 1000)
    finally:
        os.close(opened)
    return took


async def _inserts(dsn: str) -> list[float]:
    way = AwaitedInserts(dsn)
    await way.open()
    await way.record(turn_batch("warm", 0))
    took = []
    for number in range(INSERTED_TURNS):
        batch = turn_batch("insert", number)
        began = time.perf_counter_ns()
        await way.record(batch)
        took.append((time.perf_counter_ns() - began) / 1000)
    await way.close()
    return took
