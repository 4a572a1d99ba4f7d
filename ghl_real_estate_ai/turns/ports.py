"""Where conversations live between turns."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ghl_real_estate_ai.conversation.model import Contact, ContactId, LocationId
from ghl_real_estate_ai.errors import Rejected, Retryable
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.turns.model import ClaimedTurn, FinishedTurn


class LeaseLost(Retryable):
    """Another process took the conversation over while this one was thinking; its turn stands, ours is not saved."""


class Superseded(Retryable):
    """The contact, or a person of the team, wrote again while the reply was being made; nothing was saved."""


class ConversationBusy(Retryable):
    """Another turn of the same contact is under way."""


class NoConversation(Rejected):
    """There is no conversation with this contact."""


class TurnStore(Protocol):
    """Conversations under lease. Every method raises `Retryable` when the store is away."""

    async def claim_due(self, holder: str, *, lease: timedelta) -> ClaimedTurn | None:
        """Take the contact whose waiting message is due longest, with all its due messages, or None."""
        ...

    async def claim_contact(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        holder: str,
        *,
        lease: timedelta,
        makes: bool = True,
        in_chat: bool = False,
    ) -> ClaimedTurn:
        """Take this contact, without waiting messages.

        One never seen is made with the tag `Needs Qualifying`, or refused where *makes* is false.  *In_chat* only says
        that it is unseen: what the chat makes up must not count as what the CRM has told.

        Raises:
            ConversationBusy: somebody else holds it.
            NoConversation: there is none, and none is to be made.
        """
        ...

    async def is_our_echo(
        self, location_id: LocationId, contact_id: ContactId, *, crm_message_id: str | None, text: str, since: datetime
    ) -> bool:
        """Whether a message that the CRM shows as sent is one of ours.

        Known by the CRM's id; since the id of what is just being sent is not known yet, also by the same words in
        an effect made at or after *since*.
        """
        ...

    async def renew(self, claim: ClaimedTurn, *, lease: timedelta) -> bool:
        """Make the lease longer; False when it was lost."""
        ...

    async def save(self, finished: FinishedTurn) -> Sequence[Resolved]:
        """Write everything of the turn in one transaction and give the lease back.

        Return the earlier handoffs of the contact of which this turn proves how they went; that is written too.

        Raises:
            LeaseLost: somebody else took the conversation over; nothing was written.
            Superseded: more was written that waits for an answer; nothing was written.
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
