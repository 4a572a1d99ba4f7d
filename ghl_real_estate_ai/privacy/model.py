"""A request of a lead about their own data, and the receipt of what was done; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.compliance.privacy import PrivacyKind, reference_of
from ghl_real_estate_ai.conversation.model import ContactId, Language, LocationId


class RequestState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    CLOSING = "closing"
    """Begun: the confirmation and what the CRM must be told are on their way."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRequest:
    """One request, with the rule that says by when it is due."""

    location_id: LocationId
    request_id: UUID
    contact_id: ContactId
    kind: PrivacyKind
    state: RequestState
    source: str
    """`text message`, or who entered it."""
    language: Language
    rule: str
    asked_at: datetime
    due_by: datetime
    done_at: datetime | None
    receipt: Mapping[str, Any] | None

    @property
    def reference(self) -> str:
        """What the lead was told to name it by."""
        return reference_of(self.request_id)
