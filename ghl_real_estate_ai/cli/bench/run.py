"""`jorge bench`: run the measurements asked for, tell the figures, and say by the exit code whether targets are met."""

import importlib
import logging
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ghl_real_estate_ai.cli.bench.figure import Figure
from ghl_real_estate_ai.cli.bench.machine import describe_machine
from ghl_real_estate_ai.cli.bench.report import HEADINGS, Report, cells_of
from ghl_real_estate_ai.cli.bench.throw_away import Scale, Stage, open_stage
from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.telemetry.logs import configure_logging

MEASUREMENTS = {
    "call": "call_cost",
    "cpu": "server_cpu",
    "http": "turn_over_http",
    "ship": "ship_rate",
    "kills": "kills",
    "lock": "locked_table",
    "outage": "outage",
    "growth": "table_growth",
    "start": "start_to_ready",
    "memory": "waiting_memory",
    "understand": "understanding_speed",
    "crm-limits": "crm_limits",
    "webhook": "webhook_rate",
}
"""By name, the module whose `measure` does it."""


def bench(names: Sequence[str], *, scale: Scale, seed: int | None, as_json: bool, write: Path | None) -> int:
    """Measure *names* (all, if none) and return 0, or 1 when a target is missed.

    Raises:
        Rejected: a name that is no measurement.
    """
    chosen = list(names) or list(MEASUREMENTS)
    for name in chosen:
        if name not in MEASUREMENTS:
            raise Rejected(f"{name!r} is no measurement; there are: {', '.join(MEASUREMENTS)}", field="names")
    configure_logging()
    logging.disable()  # outages and full journals are what we try: the figures tell of them
    report = _run(chosen, scale, random.SystemRandom().randrange(1_000_000) if seed is None else seed)
    if as_json:
        print(report.as_json())
    else:
        _print(report)
    if write is not None:
        write.write_text(report.into(write.read_text() if write.exists() else "# Benchmarks\n"))
    for missed in report.missed:
        print(f"missed: {missed}", file=sys.stderr)
    return 1 if report.missed else 0


def _run(names: Sequence[str], scale: Scale, seed: int) -> Report:
    clock = SystemClock()
    machine, at = describe_machine(), clock.now()
    figures: dict[str, Sequence[Figure]] = {}
    for name in names:
        # A stage of its own for each: none meets the tables or the caches of another.
        with open_stage(scale, seed) as stage:
            began = clock.seconds()
            figures[name] = _measurement(name)(stage)
            stage.say(f"bench: {name} took {clock.seconds() - began:.0f} s")
    return Report(machine=machine, at=at, scale=scale, seed=seed, figures=figures)


def _measurement(name: str) -> Callable[[Stage], list[Figure]]:
    module = importlib.import_module(f"ghl_real_estate_ai.cli.bench.{MEASUREMENTS[name]}")
    measure: Callable[[Stage], list[Figure]] = module.measure
    return measure


def _print(report: Report) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=220)
    console.print(f"{report.machine.sentence}; {report.scale.value} sizes, seed {report.seed}", highlight=False)
    for name, figures in report.figures.items():
        table = Table(title=name, title_justify="left", box=None)
        for heading in HEADINGS:
            table.add_column(heading)
        for figure in figures:
            table.add_row(*cells_of(figure), style="red" if figure.met is False else None)
        console.print(table)
