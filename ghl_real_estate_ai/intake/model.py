"""An event as it came in, read but not yet kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ghl_real_estate_ai.compliance.consent import ConsentNews
from ghl_real_estate_ai.conversation.model import OWNER_TAGS, ContactId, EventId, LocationId, Owner

NEEDS_QUALIFYING = OWNER_TAGS[Owner.LEAD]
"""The tag that hands a contact to the lead bot."""


PERSON_WROTE = "person_wrote"
"""The reason of an event that a person of the team caused by writing to the contact."""


TAG_TOOK_OVER = "tag_took_over"
"""The reason of an event by which a person has put a tag on the contact that hands the conversation to people."""
TAG_GAVE_BACK = "tag_gave_back"
"""The reason of an event by which a person has taken the last such tag off."""


SEND_FAILED = "send_failed"
"""The reason of an event by which the CRM tells that a message of ours did not arrive."""


APP_INSTALLED = "app_installed"
"""The reason of HighLevel's word that a location has installed our app; the tokens come by `/oauth/callback`."""
APP_UNINSTALLED = "app_uninstalled"
"""The reason of its word that a location has removed our app."""


class EventState(StrEnum):
    """What an event is good for; the same words as in `inbox.state`."""

    PENDING = "pending"
    """A turn is due."""
    KNOWN = "known"
    """Kept as knowledge, no turn."""
    IGNORED = "ignored"
    """Kept, of no use to us."""


class Keeping(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A second event with this key within `window` of the first is the same event again."""

    key: str
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactKnowledge:
    """What an event tells about its contact; None where it says nothing."""

    tags: frozenset[str] | None = None
    """All tags of the contact, never a part of them."""
    dnd: bool | None = None
    """Do-not-disturb of any channel."""
    first_name: str | None = None
    phone: str | None = None
    email: str | None = None
    state: str | None = None
    postal_code: str | None = None
    timezone: str | None = None
    source: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """What may be custom fields, by key: only a workflow's action names them, HighLevel's events tell ids alone."""

    @property
    def consent_news(self) -> ConsentNews:
        """What is told of consent to texts."""
        return ConsentNews(tags=self.tags, fields=self.fields, form=self.source, dnd=self.dnd)

    @property
    def details(self) -> dict[str, str]:
        """The plain columns that are told, by the names of the `contacts` table."""
        told = {
            "first_name": self.first_name,
            "phone": self.phone,
            "email": self.email,
            "state": self.state,
            "postal_code": self.postal_code,
            "timezone": self.timezone,
            "source": self.source,
        }
        return {name: value for name, value in told.items() if value is not None}

    @property
    def says_something(self) -> bool:
        """Whether anything at all is told."""
        return self.tags is not None or self.dnd is not None or bool(self.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEvent:
    """One webhook call, understood as far as its shape goes."""

    location_id: LocationId
    event_id: EventId
    kind: str
    """HighLevel's event type, or `bare`, `workflow`, `unknown`; at most 40 characters."""
    state: EventState
    body: bytes
    """The raw body, byte for byte."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those worth keeping, by lower-case name; never a secret."""
    contact_id: ContactId | None = None
    text: str | None = None
    """What was written, without NUL and controls; always there when pending."""
    channel: str | None = None
    """`SMS`, `Email`, `WhatsApp`, ... as the CRM names it when sending."""
    crm_message_id: str | None = None
    occurred_at: datetime | None = None
    """When it happened by its sender's clock; None where it does not say."""
    knowledge: ContactKnowledge = field(default_factory=ContactKnowledge)
    new_contact_tags: frozenset[str] = frozenset()
    """The tags that a contact never seen before is given (bare posts only)."""
    reason: str | None = None
    """Why no turn is due; `person_wrote`, `tag_took_over` or `tag_gave_back` when a person has acted."""
    keys: tuple[DuplicateKey, ...] = ()
    quiet: bool = True
    """Whether the turn waits until the contact is silent; a bare post and a person's own message do not."""

    @property
    def uninstalls(self) -> bool:
        """Whether the location has removed our app: its tokens go, and nothing is sent there any more."""
        return self.reason == APP_UNINSTALLED


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer for one event; for a duplicate `event_id` is the first one's."""

    status: Keeping
    event_id: EventId
