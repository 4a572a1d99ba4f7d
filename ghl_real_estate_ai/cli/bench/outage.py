"""PostgreSQL is stopped while turns are recorded, and comes back: what is lost, and how soon the backlog is gone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ghl_real_estate_ai.cli.bench.figure import Figure, at_most
from ghl_real_estate_ai.cli.bench.kills import ship_the_rest, start_recording
from ghl_real_estate_ai.cli.bench.losses import Losses, count_losses
from ghl_real_estate_ai.cli.bench.processes import start_shipping
from ghl_real_estate_ai.cli.bench.throw_away import Stage

AWAY_SECONDS = 20.0
TURNS_PER_SECOND = 200
BACKLOG_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Outage:
    """How one went."""

    losses: Losses
    backlog_gone_seconds: float
    """From the server's first answer until all that was recorded before it is there; PATIENCE_SECONDS if never."""


def measure(stage: Stage) -> list[Figure]:
    """Ours, and the controls beside it; each has its own outage, since one server carries all."""
    away = stage.pick(5.0, AWAY_SECONDS)
    found = {
        way: record_through_outage(
            way, stage.new_database(), stage.new_folder(way), stage.stop_server, stage.start_server, away_seconds=away
        )
        for way in ("journal", "naive", "queue")
    }
    ours = found["journal"]
    return [
        Figure(
            name=f"records lost of {ours.losses.recorded:,}, PostgreSQL stopped for {away:g} s",
            unit="records",
            value=ours.losses.lost,
            target=at_most(0),
        ),
        Figure(name="records doubled", unit="records", value=ours.losses.duplicated, target=at_most(0)),
        Figure(
            name="backlog gone after its return",
            unit="s",
            value=ours.backlog_gone_seconds,
            target=at_most(BACKLOG_SECONDS),
        ),
        *(
            Figure(
                name=f"of 1,000 records lost by {way}, PostgreSQL stopped for {away:g} s",
                unit="records",
                value=found[way].losses.lost_permille,
            )
            for way in ("naive", "queue")
        ),
    ]


def record_through_outage(
    way: str,
    dsn: str,
    folder: Path,
    stop_server: Callable[[], None],
    start_server: Callable[[], None],
    *,
    away_seconds: float,
) -> Outage:
    """Record for a second, stop the server, go on recording, start it, wait for the backlog, end, and count."""
    shipping = start_shipping(dsn, folder) if way == "journal" else None
    server = start_recording(way, dsn, folder, run="outage", rate=TURNS_PER_SECOND)
    try:
        time.sleep(1.0)
        stop_server()
        try:
            time.sleep(away_seconds)
        finally:
            start_server()
        back_at, recorded_by_then = time.monotonic(), server.recorded
        gone = _wait_for_backlog(dsn, recorded_by_then, back_at) if shipping else PATIENCE_SECONDS
        time.sleep(1.0 if shipping else BACKLOG_SECONDS)  # the controls have as long as we may take
    finally:
        # Time enough was given to each; what a control still holds in memory now would never have got out.
        server.kill()
        if shipping is not None:
            shipping.kill()
    if shipping is not None:
        ship_the_rest(dsn, folder)
    recorded = server.recorded if shipping is not None else recorded_by_then
    return Outage(count_losses(dsn, {"outage": recorded}), gone)


def _wait_for_backlog(dsn: str, recorded: int, since: float) -> float:
    while (took := time.monotonic() - since) < PATIENCE_SECONDS:
        try:
            if count_losses(dsn, {"outage": recorded}).lost == 0:
                return time.monotonic() - since
        except psycopg.OperationalError:
            pass  # it was there a moment ago: it will be again
        time.sleep(LOOK_SECONDS)
    return took
