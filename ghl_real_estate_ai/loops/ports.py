"""Where the loops read and write: a database, or the memory of one process."""

from collections.abc import Sequence
from typing import Protocol

from ghl_real_estate_ai.handoff.publish_outcome import Resolved


class Outcomes(Protocol):
    """The handoffs whose outcome is open."""

    async def resolve_due(self) -> Sequence[Resolved]:
        """Write, and tell the CRM, how every handoff went of which that is certain now; return those, once each.

        Raises:
            Retryable: the store is away; what was written before stands, the rest is found the next time.
        """
        ...
