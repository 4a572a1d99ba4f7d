"""Where privacy requests are kept and carried out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from ghl_real_estate_ai.privacy.model import PrivacyRequest


class PrivacyRequests(Protocol):
    """Requests of leads about their own data; each method is safe to repeat, also after a crash within it."""

    async def due_before(self, within: timedelta) -> list[PrivacyRequest]:
        """The deletions that nobody began and that are due in less than *within*."""
        ...

    async def closing(self) -> Sequence[PrivacyRequest]:
        """The requests that are begun and not done."""
        ...

    async def begin(self, request: PrivacyRequest) -> None:
        """Put the one confirmation to the lead, and for a deletion what takes our traces away, in the outbox."""
        ...

    async def finish(self, request: PrivacyRequest) -> PrivacyRequest:
        """Do what was asked once nothing of `begin` is under way any more, and keep the receipt.

        A request that is done, or not yet ready, comes back as it is.
        """
        ...

    async def sweep(self) -> int:
        """Forget again whom we forgot in the last days; return how many rows were found."""
        ...
