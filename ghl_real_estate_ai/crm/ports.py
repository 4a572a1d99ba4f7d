"""The one seam to the CRM; HighLevel and the sandbox are reached through the same adapter."""

from datetime import datetime
from typing import Protocol

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.model import CrmContact
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable


class CrmBusy(Retryable):
    """The CRM answered 429; `retry_after_seconds` says when to come back."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class CrmAway(Retryable):
    """The CRM certainly did not take the request: no connection, or it said 5xx before doing anything."""


class CrmOutcomeUnknown(Retryable):
    """The request left and no answer came: it may have been done. Look before trying again."""


class CrmRefused(Rejected):
    """The CRM said no (4xx): the request is wrong and stays wrong."""


class CrmAccessDenied(Misconfigured):
    """The CRM does not accept our token (401, 403)."""


class Crm(Protocol):
    """What Jorge asks of a CRM. Every method raises one of the errors above, and nothing else."""

    async def send_text(self, location_id: LocationId, contact_id: ContactId, text: str, *, channel: str) -> str:
        """Send *text* once and return the CRM's message id."""
        ...

    async def find_sent(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        text: str,
        *,
        since: datetime,
        others: frozenset[str] = frozenset(),
    ) -> str | None:
        """Return the id of an outbound message with *text* sent at or after *since*, or None.

        The CRM may have put words behind the text ("Reply STOP to unsubscribe"); one with exactly *text* goes
        first, then the oldest.  Those of *others* are known to be other messages.
        """
        ...

    async def add_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        """Add *tags*; those already there stay. Safe to call twice."""
        ...

    async def remove_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        """Remove *tags*; those not there are no error. Safe to call twice."""
        ...

    async def set_field(self, location_id: LocationId, contact_id: ContactId, key: str, value: str) -> None:
        """Set the custom field *key*. Safe to call twice."""
        ...

    async def add_note(self, location_id: LocationId, contact_id: ContactId, text: str) -> None:
        """Leave a note on the contact."""
        ...

    async def find_note(
        self, location_id: LocationId, contact_id: ContactId, text: str, *, since: datetime
    ) -> str | None:
        """Return the id of a note with exactly *text* left at or after *since*, or None."""
        ...

    async def find_contact(self, location_id: LocationId, contact_id: ContactId) -> CrmContact | None:
        """Return the contact with its tags and DND as they are now, or None when the CRM has no such contact."""
        ...

    async def create_contact(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        """Make the contact known to a *sandbox*; a real CRM raises CrmRefused, since its contacts are the team's."""
        ...
