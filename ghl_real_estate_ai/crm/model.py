"""What Jorge does in a CRM and what it reads there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ghl_real_estate_ai.conversation.model import ContactId, LocationId


@dataclass(frozen=True, slots=True)
class SendText:
    """Send *text* to the contact."""

    text: str
    channel: str = "SMS"
    even_if_opted_out: bool = False
    """Only for the one confirmation of an opt-out, and the one apology to a wrong number."""


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


@dataclass(frozen=True, slots=True)
class RemoveNote:
    """Take a note of ours away again, by the CRM's id of it."""

    note_id: str


Effect = SendText | AddTag | RemoveTag | SetField | AddNote | RemoveNote
"""Everything that we may change in the CRM."""


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
    """Which form or campaign brought the contact."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Custom fields by their key, where they were asked for."""
    fields_known: bool = False
    """Whether *fields* are all that have a value; not so where they were not asked for, or had no names."""


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


class Urgency(StrEnum):
    """Who goes first when the CRM's limits leave room for few."""

    REPLY = "reply"
    """A lead waits for it."""
    BACKGROUND = "background"
    """Tags, fields, notes, look-ups: seconds do not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmLocation:
    """A location as the CRM has it."""

    location_id: LocationId
    name: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field that the team has added to its contacts."""

    field_id: str
    key: str
    """Without the `contact.` that HighLevel puts before it."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmTask:
    """Something a person of the team should do about a contact."""

    title: str
    due_at: datetime
    body: str = ""
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    calendar_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A meeting in one of the location's calendars."""

    appointment_id: str
    calendar_id: str
    contact_id: ContactId
    starts_at: datetime
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSentence:
    """One sentence of a call's transcript."""

    channel: int
    """Who speaks: the CRM numbers the sides of a call."""
    text: str
    starts_after: timedelta
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeBot:
    """A bot of the CRM's own; one on auto-pilot answers beside us."""

    name: str
    mode: str

    @property
    def answers_by_itself(self) -> bool:
        return self.mode == "auto-pilot"
