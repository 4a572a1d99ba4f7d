"""How much of the long harnesses runs, and by which seed: whole in `make soak`, a seeded twentieth in `make test`."""

import os

import pytest

TWENTIETH = 0.05


@pytest.fixture(scope="session")
def share() -> float:
    """The part of the whole that is run: 1.0 with JORGE_SOAK=1, else a twentieth."""
    return 1.0 if os.environ.get("JORGE_SOAK") == "1" else TWENTIETH


@pytest.fixture(scope="session")
def seed() -> int:
    """What every draw of a harness begins with, as the head of the run names it; JORGE_SOAK_SEED repeats one."""
    return int(os.environ["JORGE_SOAK_SEED"])
