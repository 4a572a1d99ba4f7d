"""Where conversations live between turns."""

from datetime import timedelta
from typing import Protocol

from ghl_real_estate_ai.conversation.model import Contact, ContactId, LocationId
from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.turns.model import ClaimedTurn, FinishedTurn


class LeaseLost(Retryable):
    """Another process took the conversation over while this one was thinking; its turn stands, ours is not saved."""


class ConversationBusy(Retryable):
    """Another turn of the same contact is under way."""


class TurnStore(Protocol):
    """Conversations under lease. Every method raises `Retryable` when the store is away."""

    async def claim_due(self, holder: str, *, lease: timedelta) -> ClaimedTurn | None:
        """Take the contact whose waiting message is due longest, with all its due messages, or None."""
        ...

    async def claim_contact(
        self, location_id: LocationId, contact_id: ContactId, holder: str, *, lease: timedelta
    ) -> ClaimedTurn:
        """Take this contact, without waiting messages; one never seen is made with the tag `Needs Qualifying`.

        Raises:
            ConversationBusy: somebody else holds it.
        """
        ...

    async def renew(self, claim: ClaimedTurn, *, lease: timedelta) -> bool:
        """Make the lease longer; False when it was lost."""
        ...

    async def save(self, finished: FinishedTurn) -> None:
        """Write everything of the turn in one transaction and give the lease back.

        Raises:
            LeaseLost: somebody else took the conversation over; nothing was written.
        """
        ...

    async def put_off(self, claim: ClaimedTurn, *, by: timedelta) -> None:
        """Give the lease back unanswered; the messages are due again after *by*."""
        ...

    async def set_aside(self, claim: ClaimedTurn, *, state: str, reason: str) -> None:
        """Give the lease back and take the messages out of the queue (`held` or `silent`), with the reason."""
        ...

    async def learn_contact(self, contact: Contact) -> None:
        """Keep what the CRM said of the contact (tags, DND, place)."""
        ...
