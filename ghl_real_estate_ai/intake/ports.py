"""Where events are kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from ghl_real_estate_ai.intake.model import IncomingEvent, Kept


class Inbox(Protocol):
    """Keeps events, each exactly once."""

    async def keep(self, events: Sequence[IncomingEvent]) -> list[Kept]:
        """Keep all of *events* or none, and answer for each in order; committed when it returns.

        Raises:
            Retryable: nothing was kept, or it is unknown whether it was.
        """
        ...


class KeyKeeper(Protocol):
    """Remembers which events were seen."""

    async def forget_keys(self, older_than: timedelta) -> int:
        """Remove the duplicate keys seen longer ago than *older_than*; return how many.

        Raises:
            Retryable: the store is away.
        """
        ...


class EventKeeper(Protocol):
    """Keeps one event, together with others that arrive at the same time."""

    async def keep_event(self, event: IncomingEvent) -> Kept:
        """Keep *event*; committed when it returns.

        Raises:
            Retryable: it was not kept, or it is unknown whether it was.
        """
        ...
