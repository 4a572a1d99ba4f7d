"""`jorge calibrate-handoffs`: what the handoffs' learning makes of routes whose success is known."""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TextIO

from ghl_real_estate_ai.handoff.simulate_learning import Chance, Day, ideal_adjustment, rising, simulate, steady

DAYS = 28
SHOWN = (2, 7, 14, 28)
BUSY, QUIET = 40, 8
RATES = (0.10, 0.30, 0.50, 0.65, 0.80, 0.90, 0.97)
RISING = ((0.2, 0.8), (0.5, 1.0))
RIGHT_BY = 0.01
"""A mean further from 0 than this has a direction."""


@dataclass(frozen=True, slots=True)
class Row:
    """One route over many runs."""

    name: str
    asked_a_day: int
    ideal: float | None
    """Where endless evidence ends; None where the threshold itself changes who is handed over."""
    means: tuple[float, ...]
    """The mean adjustment on the days of `SHOWN`."""
    spread: float
    """Standard deviation between the runs on the last day."""
    daily_change: float
    """The mean change from one day to the next in the last week."""


def calibrate(*, runs: int, seed: int, stdout: TextIO | None = None) -> int:
    """Print the report; 0 when every steady route ends on the right side and none swings, else 1."""
    out = stdout or sys.stdout
    rows = [_row(name, chance, rate, asked, runs, seed) for asked in (BUSY, QUIET) for name, chance, rate in _routes()]
    out.write(_text(rows, runs=runs, seed=seed))
    wrong = [row for row in rows if not _is_right(row)]
    for row in wrong:
        out.write(f"\nWrong: {row.name}, {row.asked_a_day} a day.\n")
    return 1 if wrong else 0


def _routes() -> list[tuple[str, Chance, float | None]]:
    flat: list[tuple[str, Chance, float | None]] = [(f"{rate:.0%} go well", steady(rate), rate) for rate in RATES]
    return flat + [(f"{low:.0%} rising to {high:.0%}", rising(low, high), None) for low, high in RISING]


def _row(name: str, chance: Chance, rate: float | None, asked: int, runs: int, seed: int) -> Row:
    courses = [
        simulate(chance, asked_a_day=asked, days=DAYS, draw=Random(f"{seed}:{name}:{asked}:{run}"))  # noqa: S311 - no secret
        for run in range(runs)
    ]
    last = [_adjustments(course)[-1] for course in courses]
    return Row(
        name=name,
        asked_a_day=asked,
        ideal=None if rate is None else ideal_adjustment(rate),
        means=tuple(statistics.fmean(_adjustments(course)[day - 1] for course in courses) for day in SHOWN),
        spread=statistics.pstdev(last),
        daily_change=statistics.fmean(_daily_change(course[-7:]) for course in courses),
    )


def _adjustments(course: Sequence[Day]) -> list[float]:
    return [day.learned.adjustment for day in course]


def _daily_change(course: Sequence[Day]) -> float:
    found = _adjustments(course)
    return statistics.fmean(abs(later - earlier) for earlier, later in pairwise(found))


def _is_right(row: Row) -> bool:
    """Whether a route ends on the side it belongs to and no longer swings by more than a third of the range."""
    end = row.means[-1]
    if row.daily_change > 0.05:
        return False
    if row.ideal is None or abs(row.ideal) <= RIGHT_BY:
        return row.ideal is None or abs(end) <= 2 * RIGHT_BY
    return end * row.ideal > 0


def _text(rows: Sequence[Row], *, runs: int, seed: int) -> str:
    lines = [
        f"{runs} runs of {DAYS} days each, seed {seed}; the threshold of a route is .70 plus the adjustment.",
        "",
        "| route | asked a day | with endless evidence | "
        + " | ".join(f"day {day}" for day in SHOWN)
        + " | spread on day 28 | change a day |",
        "| --- | --- | --- | " + " | ".join("---" for _ in SHOWN) + " | --- | --- |",
    ]
    for row in rows:
        ideal = "-" if row.ideal is None else f"{row.ideal:+.3f}"
        means = " | ".join(f"{mean:+.3f}" for mean in row.means)
        lines.append(
            f"| {row.name} | {row.asked_a_day} | {ideal} | {means} | {row.spread:.3f} | {row.daily_change:.3f} |"
        )
    return "\n".join(lines) + "\n"
