"""HighLevel's answers as it sends them, read tolerantly: only what we use, and no field is trusted to be there."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.model import Appointment, CallSentence, CrmContact, CrmMessage, CustomField
from ghl_real_estate_ai.crm.needs import field_key

DND_ON = frozenset({"active", "permanent"})
"""Values of `dndSettings.<channel>.status` that forbid the channel; `permanent` follows a STOP."""


def _aware(moment: object) -> object:
    """A moment without an offset is UTC, as everywhere in HighLevel."""
    if not isinstance(moment, str) or not moment or moment.endswith("Z"):
        return moment
    return moment if any(sign in moment[10:] for sign in "+-") else f"{moment}Z"


Moment = Annotated[datetime, BeforeValidator(_aware)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Sent(Wire):
    """The answer to a send."""

    message_id: Annotated[str, Field(alias="messageId", min_length=1)]


class DndSetting(Wire):
    status: str | None = None


class CustomFieldValue(Wire):
    """A contact's custom field; HighLevel names it by its id alone."""

    field_id: Annotated[str, Field(alias="id")]
    value: Annotated[Any, Field(validation_alias=AliasChoices("value", "fieldValue", "field_value"))] = None

    def text(self) -> str:
        """Return the value as one line; of a choice among several, all of them; empty for what is no text."""
        parts = self.value if isinstance(self.value, list) else [self.value]
        plain = [str(part) for part in parts if isinstance(part, (str, int, float)) and not isinstance(part, bool)]
        return ", ".join(" ".join(part.split()) for part in plain)


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
    custom_fields: Annotated[list[CustomFieldValue] | None, Field(alias="customFields")] = None

    def fields(self, keys: Mapping[str, str]) -> dict[str, str]:
        """Return the custom fields that have a value, by key; *keys* names the ids."""
        held = {keys[one.field_id]: one.text() for one in self.custom_fields or () if one.field_id in keys}
        return {key: text for key, text in held.items() if text}

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
    """A page; HighLevel documents its parts at the top, and has sent them one level deeper."""

    messages: MessagePage

    @model_validator(mode="before")
    @classmethod
    def _page_at_the_top(cls, value: Any) -> Any:
        return {"messages": value} if isinstance(value, dict) and isinstance(value.get("messages"), list) else value


class MessageAnswer(Wire):
    """One message; it may be wrapped."""

    message: MessageBody

    @model_validator(mode="before")
    @classmethod
    def _message_at_the_top(cls, value: Any) -> Any:
        return value if isinstance(value, dict) and isinstance(value.get("message"), dict) else {"message": value}


class NoteBody(Wire):
    note_id: Annotated[str, Field(alias="id")]
    body: str | None = None
    date_added: Annotated[Moment, Field(alias="dateAdded")]


class NewNote(Wire):
    note_id: Annotated[str, Field(alias="id", min_length=1)]


class NoteAnswer(Wire):
    note: NewNote


class NotesAnswer(Wire):
    notes: list[NoteBody] = []


class TaskBody(Wire):
    task_id: Annotated[str, Field(alias="id", min_length=1)]
    title: str | None = None
    due_date: Annotated[Moment | None, Field(alias="dueDate")] = None


class TaskAnswer(Wire):
    task: TaskBody


class TasksAnswer(Wire):
    tasks: list[TaskBody] = []


class SentenceBody(Wire):
    channel: Annotated[int, Field(alias="mediaChannel")] = 0
    position: Annotated[int, Field(alias="sentenceIndex")] = 0
    start_milliseconds: Annotated[float, Field(alias="startTime")] = 0.0
    text: Annotated[str, Field(alias="transcript")] = ""
    confidence: float | None = None

    def sentence(self) -> CallSentence:
        return CallSentence(
            channel=self.channel,
            text=self.text.strip(),
            starts_after=timedelta(milliseconds=self.start_milliseconds),
            confidence=self.confidence,
        )


class TranscriptAnswer(Wire):
    """The sentences of a call; HighLevel documents one object and means several."""

    bodies: list[SentenceBody] = []

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return {"bodies": value if isinstance(value, list) else [value]}

    def sentences(self) -> list[CallSentence]:
        ordered = sorted(self.bodies, key=lambda body: (body.start_milliseconds, body.position))
        return [body.sentence() for body in ordered if body.text.strip()]


class CalendarBody(Wire):
    calendar_id: Annotated[str, Field(alias="id")]
    name: str = ""


class CalendarsAnswer(Wire):
    calendars: list[CalendarBody] = []


class SlotsAnswer(Wire):
    """Free times by day; beside the days HighLevel puts other keys, such as `traceId`."""

    slots: list[Moment] = []

    @model_validator(mode="before")
    @classmethod
    def _all_days(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        days = (day for day in value.values() if isinstance(day, dict))
        return {"slots": [slot for day in days for slot in day.get("slots") or ()]}


class AppointmentBody(Wire):
    appointment_id: Annotated[str, Field(alias="id", min_length=1)]
    calendar_id: Annotated[str, Field(alias="calendarId")]
    contact_id: Annotated[str, Field(alias="contactId")]
    start_time: Annotated[Moment, Field(alias="startTime")]
    status: Annotated[str | None, Field(validation_alias=AliasChoices("appointmentStatus", "appoinmentStatus"))] = None

    def appointment(self) -> Appointment:
        return Appointment(
            appointment_id=self.appointment_id,
            calendar_id=self.calendar_id,
            contact_id=ContactId(self.contact_id),
            starts_at=self.start_time.astimezone(UTC),
            status=self.status or "",
        )


class AppointmentAnswer(Wire):
    appointment: Annotated[AppointmentBody, Field(validation_alias=AliasChoices("event", "appointment"))]


class LocationBody(Wire):
    name: str | None = None
    timezone: str | None = None


class LocationAnswer(Wire):
    location: LocationBody


class TagBody(Wire):
    name: str


class TagsAnswer(Wire):
    tags: list[TagBody] = []


class FieldBody(Wire):
    field_id: Annotated[str, Field(alias="id", min_length=1)]
    name: str = ""
    key: Annotated[str | None, Field(alias="fieldKey")] = None

    def field(self) -> CustomField:
        return CustomField(field_id=self.field_id, key=field_key(self.key or self.name), name=self.name)


class FieldsAnswer(Wire):
    fields: Annotated[list[FieldBody], Field(alias="customFields")] = []


class FieldAnswer(Wire):
    field: Annotated[FieldBody, Field(alias="customField")]


class NativeBotBody(Wire):
    name: str = ""
    mode: str = ""


class NativeBotsAnswer(Wire):
    agents: list[NativeBotBody] = []


def shown_moment(moment: datetime) -> str:
    """To the second, in UTC with a Z, as HighLevel takes it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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
