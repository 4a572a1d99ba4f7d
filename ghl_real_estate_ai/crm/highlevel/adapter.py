"""The CRM port over HighLevel's REST API, by httpx: the official client has no word for "the answer never came"."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

import httpx
import structlog
from pydantic import ValidationError

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.calls import ONE_TRY, FixedToken, HighLevelCalls, ReadRetries
from ghl_real_estate_ai.crm.highlevel.fields import FieldIds
from ghl_real_estate_ai.crm.highlevel.wire import (
    AppointmentAnswer,
    AppointmentBody,
    CalendarsAnswer,
    ContactAnswer,
    ConversationsAnswer,
    FieldAnswer,
    FieldsAnswer,
    LocationAnswer,
    MessageAnswer,
    MessageBody,
    MessagesAnswer,
    NativeBotsAnswer,
    NoteAnswer,
    NotesAnswer,
    Sent,
    SlotsAnswer,
    TagsAnswer,
    TaskAnswer,
    TasksAnswer,
    TranscriptAnswer,
    Wire,
    shown_moment,
)
from ghl_real_estate_ai.crm.model import (
    Appointment,
    Calendar,
    CallSentence,
    CrmContact,
    CrmLocation,
    CrmMessage,
    CrmTask,
    CustomField,
    NativeBot,
    Urgency,
    pick_sent,
)
from ghl_real_estate_ai.crm.ports import CrmAway, CrmOutcomeUnknown, CrmRefused, Pace, Tokens
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable

log = structlog.get_logger(__name__)

PAGE = 100
MOST_PAGES = 20
"""A look-up goes no further back than 2,000 messages."""

Answer = TypeVar("Answer", bound=Wire)


class HighLevelCrm:
    """Implements `Crm` with a client whose base URL is HighLevel's or the sandbox's.

    `timeout_seconds` is for a whole call, from the connection to the last byte of the answer.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        token: str | Tokens,
        is_sandbox: bool,
        *,
        timeout_seconds: float = 10.0,
        pace: Pace | None = None,
        retries: ReadRetries = ONE_TRY,
    ) -> None:
        """Talk by *client*, with one *token* or one for each location; unpaced unless *pace* is given."""
        self._calls = HighLevelCalls(
            client,
            FixedToken(token) if isinstance(token, str) else token,
            is_sandbox=is_sandbox,
            timeout_seconds=timeout_seconds,
            pace=pace,
            retries=retries,
        )
        self._is_sandbox = is_sandbox
        self._fields = FieldIds(self.list_fields)

    async def send_text(self, location_id: LocationId, contact_id: ContactId, text: str, *, channel: str) -> str:
        body = {"type": channel, "contactId": contact_id, "message": text}
        answer = await self._calls.call(
            "POST", "/conversations/messages", location_id, body=body, urgency=Urgency.REPLY, is_once=True
        )
        return _done(Sent, answer, "message").message_id

    async def find_sent(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        text: str,
        *,
        since: datetime,
        others: frozenset[str] = frozenset(),
    ) -> str | None:
        query = {"locationId": location_id, "contactId": contact_id}
        found = await self._read(
            ConversationsAnswer, "/conversations/search", location_id, query, urgency=Urgency.REPLY
        )
        candidates: list[CrmMessage] = []
        for conversation in found.conversations:
            async for body in self._messages_since(location_id, conversation.conversation_id, since):
                message = body.message()
                if message.direction == "outbound" and message.message_id not in others:
                    candidates.append(message)
        return pick_sent(candidates, text)

    async def add_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        await self._calls.call("POST", f"{_contact_path(contact_id)}/tags", location_id, body={"tags": sorted(tags)})

    async def remove_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        await self._calls.call("DELETE", f"{_contact_path(contact_id)}/tags", location_id, body={"tags": sorted(tags)})

    async def set_field(self, location_id: LocationId, contact_id: ContactId, key: str, value: str) -> None:
        field_id = await self._fields.find(location_id, key)
        # Custom fields only: `tags` in this call would overwrite every tag of the contact.
        body = {"customFields": [{"id": field_id, "key": key, "field_value": value}]}
        await self._calls.call("PUT", _contact_path(contact_id), location_id, body=body)

    async def add_note(self, location_id: LocationId, contact_id: ContactId, text: str) -> str:
        path = f"{_contact_path(contact_id)}/notes"
        answer = await self._calls.call("POST", path, location_id, body={"body": text}, is_once=True)
        return _done(NoteAnswer, answer, "note").note.note_id

    async def remove_note(self, location_id: LocationId, contact_id: ContactId, note_id: str) -> None:
        path = f"{_contact_path(contact_id)}/notes/{_segment(note_id, 'note_id')}"
        await self._calls.call("DELETE", path, location_id, may_be_absent=True)

    async def find_note(
        self, location_id: LocationId, contact_id: ContactId, text: str, *, since: datetime
    ) -> str | None:
        found = await self._read(NotesAnswer, f"{_contact_path(contact_id)}/notes", location_id)
        matching = (
            note.note_id
            for note in found.notes
            if note.date_added >= since and (note.body or "").strip() == text.strip()
        )
        return next(matching, None)

    async def add_task(self, location_id: LocationId, contact_id: ContactId, task: CrmTask) -> str:
        body: dict[str, object] = {"title": task.title, "dueDate": shown_moment(task.due_at), "completed": False}
        body |= {"body": task.body} if task.body else {}
        body |= {"assignedTo": task.assigned_to} if task.assigned_to else {}
        path = f"{_contact_path(contact_id)}/tasks"
        return _done(
            TaskAnswer, await self._calls.call("POST", path, location_id, body=body, is_once=True), "task"
        ).task.task_id

    async def find_task(self, location_id: LocationId, contact_id: ContactId, task: CrmTask) -> str | None:
        found = await self._read(TasksAnswer, f"{_contact_path(contact_id)}/tasks", location_id)
        due = shown_moment(task.due_at)
        matching = (
            known.task_id
            for known in found.tasks
            if known.title == task.title and known.due_date is not None and shown_moment(known.due_date) == due
        )
        return next(matching, None)

    async def start_workflow(
        self, location_id: LocationId, contact_id: ContactId, workflow_id: str, *, at: datetime
    ) -> None:
        path = f"{_contact_path(contact_id)}/workflow/{_segment(workflow_id, 'workflow_id')}"
        # Whether a second start begins a second run is the workflow's own setting: so never twice by ourselves.
        body = {"eventStartTime": at.astimezone(UTC).isoformat(timespec="seconds")}
        await self._calls.call("POST", path, location_id, body=body, is_once=True)

    async def find_message(self, location_id: LocationId, message_id: str) -> CrmMessage | None:
        path = f"/conversations/messages/{_segment(message_id, 'message_id')}"
        found = await self._find(MessageAnswer, path, location_id)
        return None if found is None else found.message.message()

    async def find_transcript(self, location_id: LocationId, message_id: str) -> Sequence[CallSentence] | None:
        place = f"/conversations/locations/{_segment(location_id, 'location_id')}"
        path = f"{place}/messages/{_segment(message_id, 'message_id')}/transcription"
        found = await self._find(TranscriptAnswer, path, location_id)
        return None if found is None else found.sentences() or None

    async def list_calendars(self, location_id: LocationId) -> Sequence[Calendar]:
        found = await self._read(CalendarsAnswer, "/calendars/", location_id, {"locationId": location_id})
        return [Calendar(calendar_id=one.calendar_id, name=one.name) for one in found.calendars]

    async def free_slots(
        self, location_id: LocationId, calendar_id: str, *, begin: datetime, end: datetime
    ) -> Sequence[datetime]:
        path = f"/calendars/{_segment(calendar_id, 'calendar_id')}/free-slots"
        query = {"startDate": _milliseconds(begin), "endDate": _milliseconds(end)}
        found = await self._read(SlotsAnswer, path, location_id, query, urgency=Urgency.REPLY)
        return sorted(slot for slot in found.slots if begin <= slot < end)

    async def book(
        self, location_id: LocationId, contact_id: ContactId, calendar_id: str, *, starts_at: datetime, title: str
    ) -> Appointment:
        body = {
            "calendarId": calendar_id,
            "locationId": location_id,
            "contactId": contact_id,
            "startTime": shown_moment(starts_at),
            "title": title,
        }
        answer = await self._calls.call(
            "POST", "/calendars/events/appointments", location_id, body=body, urgency=Urgency.REPLY, is_once=True
        )
        return _done(AppointmentBody, answer, "appointment").appointment()

    async def find_appointment(self, location_id: LocationId, appointment_id: str) -> Appointment | None:
        path = f"/calendars/events/appointments/{_segment(appointment_id, 'appointment_id')}"
        found = await self._find(AppointmentAnswer, path, location_id)
        return None if found is None else found.appointment.appointment()

    async def find_location(self, location_id: LocationId) -> CrmLocation | None:
        found = await self._find(LocationAnswer, _location_path(location_id), location_id)
        if found is None:
            return None
        return CrmLocation(location_id=location_id, name=found.location.name, timezone=found.location.timezone or None)

    async def list_tags(self, location_id: LocationId) -> frozenset[str]:
        found = await self._read(TagsAnswer, f"{_location_path(location_id)}/tags", location_id)
        return frozenset(tag.name for tag in found.tags)

    async def create_tag(self, location_id: LocationId, tag: str) -> None:
        await self._calls.call("POST", f"{_location_path(location_id)}/tags", location_id, body={"name": tag})

    async def list_fields(self, location_id: LocationId) -> Sequence[CustomField]:
        path = f"{_location_path(location_id)}/customFields"
        found = await self._read(FieldsAnswer, path, location_id, {"model": "contact"})
        return [body.field() for body in found.fields]

    async def create_field(self, location_id: LocationId, name: str) -> CustomField:
        path = f"{_location_path(location_id)}/customFields"
        body = {"name": name, "dataType": "LARGE_TEXT", "model": "contact"}
        answer = await self._calls.call("POST", path, location_id, body=body, is_once=True)
        return _done(FieldAnswer, answer, "field").field.field()

    async def list_native_bots(self, location_id: LocationId) -> Sequence[NativeBot]:
        found = await self._read(NativeBotsAnswer, "/conversation-ai/agents/search", location_id)
        return [NativeBot(name=one.name, mode=one.mode) for one in found.agents]

    async def find_contact(
        self, location_id: LocationId, contact_id: ContactId, *, with_fields: bool = False
    ) -> CrmContact | None:
        found = await self._find(ContactAnswer, _contact_path(contact_id), location_id, urgency=Urgency.REPLY)
        if found is None or found.contact.location_id not in (None, location_id):
            return None
        contact = found.contact.contact(location_id, contact_id)
        if not with_fields:
            return contact
        held = [one.field_id for one in found.contact.custom_fields or ()]
        keys = await self._field_keys(location_id, held) if held else {}
        return replace(contact, fields=found.contact.fields(keys), fields_known=keys.keys() >= set(held))

    async def _field_keys(self, location_id: LocationId, field_ids: Sequence[str]) -> Mapping[str, str]:
        try:
            return await self._fields.keys(location_id, field_ids)
        except (Retryable, Rejected, Misconfigured) as error:
            log.warning("crm.field_names_unknown", location_id=location_id, error=str(error))
            return {}

    async def create_contact(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        if not self._is_sandbox:
            raise CrmRefused("Contacts of a real CRM are the team's to make.")
        body = {"id": contact_id, "locationId": location_id, "tags": sorted(tags)}
        await self._calls.call("POST", "/sandbox/contacts", location_id, body=body, urgency=Urgency.REPLY)

    async def _messages_since(
        self, location_id: LocationId, conversation_id: str, since: datetime
    ) -> AsyncIterator[MessageBody]:
        """The messages at or after *since*, newest first, page by page."""
        path = f"/conversations/{_segment(conversation_id, 'conversation_id')}/messages"
        query = {"limit": str(PAGE)}
        for _ in range(MOST_PAGES):
            page = (await self._read(MessagesAnswer, path, location_id, query, urgency=Urgency.REPLY)).messages
            for body in page.messages:
                if body.date_added >= since:
                    yield body
            ends_here = any(body.date_added < since for body in page.messages)
            if ends_here or not page.has_more or page.last_message_id is None:
                return
            query = {"limit": str(PAGE), "lastMessageId": page.last_message_id}

    async def _read(
        self,
        shape: type[Answer],
        path: str,
        location_id: LocationId,
        query: Mapping[str, str] | None = None,
        *,
        urgency: Urgency = Urgency.BACKGROUND,
    ) -> Answer:
        return _parsed(shape, await self._calls.read(path, location_id, query=query, urgency=urgency))

    async def _find(
        self, shape: type[Answer], path: str, location_id: LocationId, *, urgency: Urgency = Urgency.BACKGROUND
    ) -> Answer | None:
        """The answer, or None when it says that there is no such thing."""
        answer = await self._calls.read(path, location_id, urgency=urgency, may_be_absent=True)
        return None if answer.is_error else _parsed(shape, answer)


def _contact_path(contact_id: ContactId) -> str:
    return f"/contacts/{_segment(contact_id, 'contact_id')}"


def _location_path(location_id: LocationId) -> str:
    return f"/locations/{_segment(location_id, 'location_id')}"


def _segment(value: str, field: str) -> str:
    """One part of a path; an id from outside must not walk to another one."""
    if value in ("", ".", ".."):
        raise CrmRefused(f"{value!r} cannot be an id of the CRM.", field=field)
    return quote(value, safe="")


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def _parsed(shape: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        raise CrmAway(f"The CRM's answer to GET cannot be read: {error.error_count()} problems.") from None


def _done(shape: type[Answer], answer: httpx.Response, what: str) -> Answer:
    """Read the answer to something done once; HighLevel has answered 201 with an empty body and done nothing."""
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError:
        raise CrmOutcomeUnknown(f"The CRM took the {what} and named no id for it.") from None
