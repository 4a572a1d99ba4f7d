"""Whatever is killed, locked or away: each record is in its table once, and the controls show that we can tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ghl_real_estate_ai.cli.bench.kills import KILLS, LEAST_RECORDS, kill_control, kill_journal
from ghl_real_estate_ai.cli.bench.locked_table import lock_and_kill
from ghl_real_estate_ai.cli.bench.losses import Losses
from ghl_real_estate_ai.cli.bench.outage import AWAY_SECONDS, BACKLOG_SECONDS, record_through_outage
from ghl_real_estate_ai.cli.bench.throw_away import Scale, Stage, open_stage


@pytest.fixture
def stage(seed: int) -> Iterator[Stage]:
    """A server of the test's own, that can be stopped."""
    with open_stage(Scale.QUICK, seed, quiet=True) as opened:
        yield opened


def test_kills_lose_and_double_nothing(database_dsn: str, tmp_path: Path, share: float, seed: int):
    """Server, shipper and both are killed at random moments under load."""
    losses = kill_journal(database_dsn, tmp_path, kills=round(KILLS * share), seed=seed)

    assert (0, 0) == (losses.lost, losses.duplicated)
    assert losses.recorded >= LEAST_RECORDS * share / 2


def test_the_same_kills_cost_a_queue_in_memory_records(database_dsn: str, tmp_path: Path, share: float, seed: int):
    """What is only in memory dies with the process, and the same count misses it."""
    losses = kill_control("queue", database_dsn, tmp_path, kills=round(KILLS * share / 3), seed=seed)

    assert losses.lost > 0


@pytest.mark.parametrize(("way", "loses"), [("journal", False), ("naive", True), ("queue", True)])
def test_a_locked_table_and_a_kill(database_dsn: str, tmp_path: Path, way: str, loses: bool):
    """The table is locked for three seconds, then everything is killed: ours waits for it on the disk."""
    losses = lock_and_kill(way, database_dsn, tmp_path)

    assert loses == (losses.lost > 0)
    assert losses.duplicated == 0


def test_an_outage_loses_nothing_and_leaves_no_backlog(stage: Stage, share: float):
    """PostgreSQL is stopped while turns are recorded; once it is back, all of them arrive."""
    outage = record_through_outage(
        "journal",
        stage.new_database(),
        stage.new_folder("outage"),
        stage.stop_server,
        stage.start_server,
        away_seconds=AWAY_SECONDS * share,
    )

    assert Losses(outage.losses.recorded, lost=0, duplicated=0) == outage.losses
    # `make soak` holds the promise itself; a busy machine running all tests is only held to coming to an end.
    assert outage.backlog_gone_seconds <= (BACKLOG_SECONDS if share == 1.0 else 60.0)
