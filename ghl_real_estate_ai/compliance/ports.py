"""Where what people agreed to is kept."""

from typing import Protocol

from ghl_real_estate_ai.compliance.consent import ConsentNews
from ghl_real_estate_ai.conversation.model import ContactId, LocationId


class Consents(Protocol):
    """What people agreed to; raises `Retryable` while the store is away."""

    async def note(self, location_id: LocationId, contact_id: ContactId, news: ConsentNews) -> bool:
        """Take in what the CRM says now, and return whether consent of the contact, or of its number, stands."""
        ...
