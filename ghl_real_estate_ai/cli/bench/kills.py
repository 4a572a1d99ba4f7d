"""kill -9 at random moments under load, of the server, of the shipper and of both: what is lost, what is doubled.

The server is a process that records turns as fast as the rate says, the shipper another; both are real, and so is the
signal.  After the last kill a new shipper has to find everything.
"""

import random
import time
from pathlib import Path

from ghl_real_estate_ai.cli.bench.figure import Figure, at_least, at_most
from ghl_real_estate_ai.cli.bench.losses import Losses, count_losses
from ghl_real_estate_ai.cli.bench.processes import Recording, start_shipping
from ghl_real_estate_ai.cli.bench.throw_away import Stage
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper

KILLS = 60
LEAST_RECORDS = 100_000
TURNS_PER_SECOND = 600
VICTIMS = (("server",), ("shipper",), ("server", "shipper"))
LONGEST_LIFE_SECONDS = 1.2
DRAIN_SECONDS = 120.0
SETTLE_SECONDS = 1.0
"""How long PostgreSQL may take to finish what a killed client had sent."""


def measure(stage: Stage) -> list[Figure]:
    """Sixty kills of ours, and a third as many of each control, whose loss shows with fewer."""
    kills = stage.pick(6, KILLS)
    ours = kill_journal(stage.new_database(), stage.new_folder("kills"), kills=kills, seed=stage.seed)
    return [
        Figure(
            name=f"records lost over {kills} kills of server, shipper and both",
            unit="records",
            value=ours.lost,
            target=at_most(0),
        ),
        Figure(name="records doubled", unit="records", value=ours.duplicated, target=at_most(0)),
        Figure(
            name="records made under load",
            unit="records",
            value=ours.recorded,
            target=at_least(LEAST_RECORDS) if kills == KILLS else None,
        ),
        *(_control(stage, way, kills=max(kills // 3, 1)) for way in ("naive", "queue")),
    ]


def _control(stage: Stage, way: str, *, kills: int) -> Figure:
    losses = kill_control(way, stage.new_database(), stage.new_folder(way), kills=kills, seed=stage.seed)
    return Figure(
        name=f"of 1,000 records lost by {way}, over {kills} kills of the server",
        unit="records",
        value=losses.lost_permille,
    )


def kill_journal(dsn: str, folder: Path, *, kills: int, seed: int) -> Losses:
    """Kill by turns server, shipper and both while they work, then ship what is left and count."""
    draw = random.Random(seed)  # noqa: S311 - moments, no secrets
    recorded: dict[str, int] = {}
    shipping = start_shipping(dsn, folder)
    server = start_recording("journal", dsn, folder, run="life0")
    try:
        for victims in _in_some_order(kills, draw):
            time.sleep(draw.uniform(0, LONGEST_LIFE_SECONDS))
            if "shipper" in victims:
                shipping.kill()
            if "server" in victims:
                server.kill()
                recorded[f"life{len(recorded)}"] = server.recorded
                server = start_recording("journal", dsn, folder, run=f"life{len(recorded)}")
            if "shipper" in victims:
                shipping = start_shipping(dsn, folder)
    finally:
        server.kill()
        shipping.kill()
    recorded[f"life{len(recorded)}"] = server.recorded
    ship_the_rest(dsn, folder)
    return count_losses(dsn, recorded)


def kill_control(way: str, dsn: str, folder: Path, *, kills: int, seed: int) -> Losses:
    """Kill a server that records by another *way*, at moments drawn as for ours, and count."""
    draw = random.Random(seed)  # noqa: S311 - moments, no secrets
    recorded: dict[str, int] = {}
    for number in range(kills):
        server = start_recording(way, dsn, folder, run=f"life{number}")
        time.sleep(draw.uniform(0, LONGEST_LIFE_SECONDS))
        server.kill()
        recorded[f"life{number}"] = server.recorded
    time.sleep(SETTLE_SECONDS)
    return count_losses(dsn, recorded)


def start_recording(way: str, dsn: str, folder: Path, *, run: str, rate: float = TURNS_PER_SECOND) -> Recording:
    """Start a server that takes turns until it is killed."""
    server = Recording(way, dsn, folder, folder / f"{run}.counter")
    server.tell({"run": run, "turns_per_second": rate})
    return server


def ship_the_rest(dsn: str, folder: Path) -> None:
    """Do what the next start does: adopt the journals of the dead and ship them.

    Raises:
        RuntimeError: it could not be done in time.
    """
    shipper = Shipper(dsn, folder / "journal", "bench")
    try:
        if not shipper.drain(DRAIN_SECONDS):
            raise RuntimeError(f"the journal is not shipped after {DRAIN_SECONDS:.0f} s: {shipper.counts}")
    finally:
        shipper.close()


def _in_some_order(kills: int, draw: random.Random) -> list[tuple[str, ...]]:
    """As many of each kind as can be, shuffled."""
    order: list[tuple[str, ...]] = [VICTIMS[number % len(VICTIMS)] for number in range(kills)]
    draw.shuffle(order)
    return order
