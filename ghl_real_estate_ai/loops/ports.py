"""Where the loops read and write: a database, or the memory of one process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.handoff.deferral import Deferral
from ghl_real_estate_ai.handoff.learning import Learned
from ghl_real_estate_ai.handoff.publish_outcome import Resolved

RETURNED_AT_ONCE = 100


class Outcomes(Protocol):
    """The handoffs whose outcome is open."""

    async def resolve_due(self) -> Sequence[Resolved]:
        """Write, and tell the CRM, how every handoff went of which that is certain now; return those, once each.

        Raises:
            Retryable: the store is away; what was written before stands, the rest is found the next time.
        """
        ...


@dataclass(frozen=True, slots=True)
class Queue:
    """The handoffs that wait for their bots, at one moment."""

    waiting: Sequence[Deferral]
    """Oldest first."""
    tried_at: Mapping[Owner, Sequence[datetime]]
    """By bot: when one that waited was carried out within the last hour."""
    at: datetime


class Deferrals(Protocol):
    """The handoffs that were put off; every method raises `Retryable` when the store is away."""

    async def queue(self) -> Queue:
        """Who waits now."""
        ...

    async def drop(self, deferral: Deferral, reason: str) -> None:
        """Let it wait no longer, for *reason*, and take its tag off; safe to call twice."""
        ...


class Returns(Protocol):
    """The conversations that people have."""

    async def due(self, after: timedelta) -> Sequence[tuple[LocationId, ContactId]]:
        """Those that a person took up, and in which none has written for *after*; at most `RETURNED_AT_ONCE`.

        Raises:
            Retryable: the store is away.
        """
        ...


class Thresholds(Protocol):
    """How the threshold of each route moved."""

    async def keep(self, learned: Mapping[tuple[Owner, Owner], Learned]) -> int:
        """Keep a row for every route whose adjustment is another one than in its last row; return how many were.

        Raises:
            Retryable: the store is away; nothing was kept.
        """
        ...
