"""How many rows a second the shipper brings to PostgreSQL, exactly once, against `\\copy` binary of the same rows."""

import re
import subprocess
from pathlib import Path
from statistics import median

import psycopg

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import Figure, at_least_ratio
from ghl_real_estate_ai.cli.bench.kills import DRAIN_SECONDS
from ghl_real_estate_ai.cli.bench.sample_turns import RECORDS
from ghl_real_estate_ai.cli.bench.throw_away import Stage
from ghl_real_estate_ai.cli.bench.unshipped import leave_turns
from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.storage.embedded import psql_binary
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper

AT_LEAST = 0.6
TABLES = ("jorge_performance_operations", "jorge_bot_interactions")


def measure(stage: Stage) -> list[Figure]:
    """Ship and copy by turns, each time into an empty database."""
    turns, rounds = stage.pick(5_000, 50_000), stage.pick(3, 7)
    files = _files_of_the_same_rows(stage, turns)
    rates = alternate(
        {"ship": lambda: _ship(stage, turns), "copy": lambda: turns * RECORDS / _copy(stage, files)}, rounds
    )
    return [
        Figure(
            name=f"rows from journal to PostgreSQL, {turns * RECORDS:,} of them",
            unit="rows/s",
            value=median(rates["ship"]),
            baseline=median(rates["copy"]),
            against="psql \\copy binary",
            rounds=[ours / theirs for ours, theirs in zip(rates["ship"], rates["copy"], strict=True)],
            target=at_least_ratio(AT_LEAST),
        )
    ]


def _ship(stage: Stage, turns: int) -> float:
    dsn, folder = stage.new_database(), stage.new_folder("ship")
    leave_turns(dsn, folder, "ship", turns)
    took = ship_seconds(dsn, folder)
    stage.drop_database(dsn)
    return turns * RECORDS / took


def ship_seconds(dsn: str, folder: Path) -> float:
    """Ship all of a folder's journal and tell how long it took, connecting included.

    Raises:
        RuntimeError: it could not be done in time.
    """
    _checkpoint(dsn)
    clock, shipper = SystemClock(), Shipper(dsn, folder / "journal", "bench")
    began = clock.seconds()
    try:
        if not shipper.drain(DRAIN_SECONDS):
            raise RuntimeError(f"the journal is not shipped after {DRAIN_SECONDS:.0f} s: {shipper.counts}")
        return clock.seconds() - began
    finally:
        shipper.close()


def _files_of_the_same_rows(stage: Stage, turns: int) -> dict[str, Path]:
    dsn, folder = stage.new_database(), stage.new_folder("rows")
    leave_turns(dsn, folder, "ship", turns)
    ship_seconds(dsn, folder)
    files = {table: folder / f"{table}.copy" for table in TABLES}
    for table, path in files.items():
        rows = f"SELECT {', '.join(TARGETS[table].columns)} FROM {table}"  # noqa: S608 - our own names
        _psql(dsn, f"\\copy ({rows}) to '{path}' with (format binary)")
    stage.drop_database(dsn)
    return files


def _copy(stage: Stage, files: dict[str, Path]) -> float:
    """Copy the files into an empty database and tell the seconds as psql measured them, without its own start."""
    dsn = stage.new_database()
    _checkpoint(dsn)
    commands = [
        f"\\copy {table} ({', '.join(TARGETS[table].columns)}) from '{path}' with (format binary)"
        for table, path in files.items()
    ]
    said = _psql(dsn, "\\timing on", *commands)
    stage.drop_database(dsn)
    return sum(float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", said, flags=re.MULTILINE)) / 1000


def _psql(dsn: str, *commands: str) -> str:
    options = [option for command in commands for option in ("-c", command)]
    line = [str(psql_binary()), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", dsn, *options]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def _checkpoint(dsn: str) -> None:
    """Let nobody pay for the pages of another."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
