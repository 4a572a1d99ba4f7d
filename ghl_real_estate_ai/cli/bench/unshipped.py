"""A journal that nobody ships: for measuring the writing alone, or for having much of it to ship."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ghl_real_estate_ai.cli.bench.sample_turns import turn_batch
from ghl_real_estate_ai.telemetry import JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.journal.segments import SHIPPER_LOCK, FolderLock


@contextmanager
def recording_unshipped(dsn: str, data_dir: Path) -> Iterator[JorgeMetricsRepository]:
    """Give a repository whose journal stays where it is: this process holds the shipper's lock, and ships nothing."""
    (data_dir / "journal").mkdir(exist_ok=True)
    lock = FolderLock(data_dir / "journal" / SHIPPER_LOCK)
    lock.try_acquire()
    repository = JorgeMetricsRepository(dsn, data_dir=data_dir)
    repository.start()
    try:
        yield repository
    finally:
        asyncio.run(repository.close(deadline_seconds=0))
        lock.release()


def leave_turns(dsn: str, data_dir: Path, run: str, turns: int) -> None:
    """Record so many turns and leave them in the journal, complete and on the disk."""
    with recording_unshipped(dsn, data_dir) as repository:
        for number in range(turns):
            repository.record(turn_batch(run, number))
