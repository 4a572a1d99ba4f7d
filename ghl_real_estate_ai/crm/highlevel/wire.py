"""HighLevel's answers as it sends them, read tolerantly: only what we use, and no field is trusted to be there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.model import CrmContact, CrmMessage

DND_ON = frozenset({"active", "permanent"})
"""Values of `dndSettings.<channel>.status` that forbid the channel; `permanent` follows a STOP."""


def _aware(moment: object) -> object:
    """A moment without an offset is UTC, as everywhere in HighLevel."""
    if isinstance(moment, str) and moment and not moment.endswith("Z") and "+" not in moment[10:]:
        return f"{moment}Z"
    return moment


Moment = Annotated[datetime, BeforeValidator(_aware)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Sent(Wire):
    """The answer to a send."""

    message_id: Annotated[str, Field(alias="messageId", min_length=1)]


class DndSetting(Wire):
    status: str | None = None


class ContactBody(Wire):
    contact_id: Annotated[str, Field(alias="id")]
    location_id: Annotated[str | None, Field(alias="locationId")] = None
    tags: list[str] | None = None
    dnd: bool | None = None
    dnd_settings: Annotated[dict[str, DndSetting | None] | None, Field(alias="dndSettings")] = None
    first_name: Annotated[str | None, Field(alias="firstName")] = None
    phone: str | None = None
    email: str | None = None
    state: str | None = None
    postal_code: Annotated[str | None, Field(alias="postalCode")] = None
    timezone: str | None = None
    source: str | None = None

    def contact(self, location_id: LocationId, contact_id: ContactId) -> CrmContact:
        """Return it in our words; DND of any channel counts."""
        settings = (self.dnd_settings or {}).values()
        return CrmContact(
            location_id=location_id,
            contact_id=contact_id,
            tags=frozenset(self.tags or ()),
            dnd=bool(self.dnd) or any(setting is not None and setting.status in DND_ON for setting in settings),
            first_name=self.first_name or None,
            phone=self.phone or None,
            email=self.email or None,
            state=self.state or None,
            postal_code=self.postal_code or None,
            timezone=self.timezone or None,
            source=self.source or None,
        )


class ContactAnswer(Wire):
    contact: ContactBody


class ConversationBody(Wire):
    conversation_id: Annotated[str, Field(alias="id")]


class ConversationsAnswer(Wire):
    conversations: list[ConversationBody] = []


class MessageBody(Wire):
    message_id: Annotated[str, Field(alias="id", validation_alias=AliasChoices("id", "messageId"))]
    direction: str | None = None
    body: str | None = None
    date_added: Annotated[Moment, Field(alias="dateAdded")]

    def message(self) -> CrmMessage:
        return CrmMessage(
            message_id=self.message_id,
            direction=self.direction or "",
            text=self.body or "",
            at=self.date_added.astimezone(UTC),
        )


class MessagePage(Wire):
    """A page of a conversation, newest first."""

    last_message_id: Annotated[str | None, Field(alias="lastMessageId")] = None
    has_more: Annotated[bool, Field(alias="nextPage")] = False
    messages: list[MessageBody] = []


class MessagesAnswer(Wire):
    messages: MessagePage


class NoteBody(Wire):
    note_id: Annotated[str, Field(alias="id")]
    body: str | None = None
    date_added: Annotated[Moment, Field(alias="dateAdded")]


class NotesAnswer(Wire):
    notes: list[NoteBody] = []


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """When to come back after a 429: Retry-After in seconds, else the length of HighLevel's rate window."""
    stated = _number(headers.get("retry-after"))
    if stated is not None:
        return stated
    window = _number(headers.get("x-ratelimit-interval-milliseconds"))
    return None if window is None else window / 1000


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < 86_400 else None
