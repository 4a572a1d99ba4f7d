"""How much of the long harnesses runs, and by which seed: whole in `make soak`, a seeded twentieth in `make test`."""

import os
import random
from contextlib import nullcontext

import pytest

TWENTIETH = 0.05


@pytest.fixture(scope="session")
def share() -> float:
    """The part of the whole that is run: 1.0 with JORGE_SOAK=1, else a twentieth."""
    return 1.0 if os.environ.get("JORGE_SOAK") == "1" else TWENTIETH


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What every draw of a harness begins with; JORGE_SOAK_SEED repeats a run that failed."""
    given = os.environ.get("JORGE_SOAK_SEED")
    drawn = int(given) if given else random.SystemRandom().randrange(1_000_000)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with nullcontext() if capture is None else capture.global_and_fixture_disabled():
        print(f"\nsoak: JORGE_SOAK_SEED={drawn}")  # noqa: T201 - a run that fails must be repeatable
    return drawn
