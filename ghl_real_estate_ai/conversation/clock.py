"""Time and ids as things that are handed in, so that a test or a replay can move them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import uuid_utils


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def seconds(self) -> float:
        """A monotonic reading, for measuring spans only."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def seconds(self) -> float:
        return time.perf_counter()


NewId = Callable[[], UUID]


def new_uuid7() -> UUID:
    """A new UUIDv7: sortable by the time it was made."""
    return UUID(int=uuid_utils.uuid7().int)
