"""What Jorge does in a CRM and what it reads there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ghl_real_estate_ai.conversation.model import ContactId, LocationId


@dataclass(frozen=True, slots=True)
class SendText:
    """Send *text* to the contact."""

    text: str
    channel: str = "SMS"
    even_if_opted_out: bool = False
    """Only for the one confirmation of an opt-out."""


@dataclass(frozen=True, slots=True)
class AddTag:
    tag: str


@dataclass(frozen=True, slots=True)
class RemoveTag:
    tag: str


@dataclass(frozen=True, slots=True)
class SetField:
    """Set a custom field by its key."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class AddNote:
    """Leave a note for the team on the contact."""

    text: str


Effect = SendText | AddTag | RemoveTag | SetField | AddNote
"""Everything a turn may change in the CRM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmContact:
    """A contact as the CRM has it now."""

    location_id: LocationId
    contact_id: ContactId
    tags: frozenset[str]
    dnd: bool
    first_name: str | None = None
    phone: str | None = None
    email: str | None = None
    state: str | None = None
    postal_code: str | None = None
    timezone: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmMessage:
    """A message as the CRM has it."""

    message_id: str
    direction: str
    text: str
    at: datetime


def pick_sent(messages: Iterable[CrmMessage], text: str) -> str | None:
    """Return the id of the one of *messages* that is our *text*, or None.

    HighLevel appends its own words to a first message, so that *text* may be only its beginning.
    """
    wanted = text.strip()
    ours = [message for message in messages if message.text.strip().startswith(wanted)]
    exactly = [message for message in ours if message.text.strip() == wanted]
    first = min(exactly or ours, key=lambda message: message.at, default=None)
    return None if first is None else first.message_id
