"""What a record costs from journal to table when the table is large already."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import Figure, at_most_ratio
from ghl_real_estate_ai.cli.bench.filled_tables import fill_interactions, fill_operations, settle
from ghl_real_estate_ai.cli.bench.sample_turns import RECORDS
from ghl_real_estate_ai.cli.bench.ship_rate import ship_seconds
from ghl_real_estate_ai.cli.bench.throw_away import Stage
from ghl_real_estate_ai.cli.bench.unshipped import leave_turns

AT_MOST = 1.2
KEPT = timedelta(days=30)
"""The rows lie in as many days as are kept; those that are measured are of now."""


def measure(stage: Stage) -> list[Figure]:
    """Ship the same number of turns by turns into databases of different sizes."""
    sizes = stage.pick((10_000, 100_000), (100_000, 1_000_000), (100_000, 1_000_000, 10_000_000))
    turns, rounds = stage.pick(1_000, 4_000), stage.pick(3, 7)
    databases = {size: _filled(stage, size) for size in sizes}
    folder = stage.new_folder("growth")

    def shipping(size: int) -> Callable[[], float]:
        return lambda: _microseconds(databases[size], folder, turns)

    took = alternate({f"{size:,}": shipping(size) for size in sizes}, rounds)
    smallest, *others = took
    return [
        Figure(
            name=f"a record into {size} rows",
            unit="us",
            value=median(took[size]),
            baseline=median(took[smallest]),
            against=f"into {smallest} rows",
            rounds=[here / there for here, there in zip(took[size], took[smallest], strict=True)],
            target=at_most_ratio(AT_MOST),
        )
        for size in others
    ]


def _filled(stage: Stage, size: int) -> str:
    stage.say(f"bench: filling tables with {size:,} rows")
    dsn = stage.new_database()
    fill_operations(dsn, size * 5 // 6, KEPT)
    fill_interactions(dsn, size // 6, KEPT)
    settle(dsn)
    return dsn


def _microseconds(dsn: str, folder: Path, turns: int) -> float:
    leave_turns(dsn, folder, "growth", turns)
    return ship_seconds(dsn, folder) * 1e6 / (turns * RECORDS)
