"""A table that is locked for three seconds, as by a migration, and a kill -9 of everything while it still is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from ghl_real_estate_ai.cli.bench.figure import Figure, at_most
from ghl_real_estate_ai.cli.bench.kills import SETTLE_SECONDS, ship_the_rest, start_recording
from ghl_real_estate_ai.cli.bench.losses import Losses, count_losses
from ghl_real_estate_ai.cli.bench.processes import start_shipping
from ghl_real_estate_ai.cli.bench.throw_away import Stage
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS

LOCKED_SECONDS = 3.0
TURNS_PER_SECOND = 200


def measure(stage: Stage) -> list[Figure]:
    """Ours, and the controls beside it."""
    found = {
        way: lock_and_kill(way, stage.new_database(), stage.new_folder(way)) for way in ("journal", "naive", "queue")
    }
    ours = found["journal"]
    name = f"of 1,000 records lost by {{}}, table locked for {LOCKED_SECONDS:g} s, then kill -9"
    return [
        Figure(
            name=f"records lost of {ours.recorded:,}, table locked for {LOCKED_SECONDS:g} s, then kill -9",
            unit="records",
            value=ours.lost,
            target=at_most(0),
        ),
        Figure(name="records doubled", unit="records", value=ours.duplicated, target=at_most(0)),
        *(Figure(name=name.format(way), unit="records", value=found[way].lost_permille) for way in ("naive", "queue")),
    ]


def lock_and_kill(way: str, dsn: str, folder: Path) -> Losses:
    """Record for a second, lock, go on recording, kill server and shipper under the lock, and count what arrives."""
    shipping = start_shipping(dsn, folder) if way == "journal" else None
    server = start_recording(way, dsn, folder, run="locked", rate=TURNS_PER_SECOND)
    try:
        time.sleep(1.0)
        with _locked(dsn):
            time.sleep(LOCKED_SECONDS)
            server.kill()
            if shipping is not None:
                shipping.kill()
    finally:
        server.kill()
        if shipping is not None:
            shipping.kill()
    if shipping is not None:
        ship_the_rest(dsn, folder)
    time.sleep(SETTLE_SECONDS)
    return count_losses(dsn, {"locked": server.recorded})


@contextmanager
def _locked(dsn: str) -> Iterator[None]:
    """Hold every table of records, as one who alters them does."""
    with psycopg.connect(dsn) as connection:
        names = sql.SQL(", ").join(sql.Identifier(table) for table in TARGETS)
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
        yield
        connection.rollback()
