"""The sandbox as an ASGI app: HighLevel's paths, bodies and status codes, and `/sandbox/...` for people and tests."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp

from ghl_real_estate_ai.crm.needs import field_key
from ghl_real_estate_ai.crm.sandbox.access import Location, access_check
from ghl_real_estate_ai.crm.sandbox.calendar_routes import build_calendar_routes
from ghl_real_estate_ai.crm.sandbox.faults import TURNS_ON_DND, Faults
from ghl_real_estate_ai.crm.sandbox.location_routes import build_location_routes
from ghl_real_estate_ai.crm.sandbox.oauth_routes import build_oauth_routes
from ghl_real_estate_ai.crm.sandbox.signing import SIGNATURE_HEADER, SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import (
    Fault,
    FaultKind,
    SandboxContact,
    SandboxMessage,
    SandboxNote,
    SandboxState,
    SandboxTask,
)

WEBHOOK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Where the sandbox posts webhooks: this machine only, whoever asks."""
TYPES = {
    "CALL": (1, "TYPE_CALL"),
    "SMS": (2, "TYPE_SMS"),
    "Email": (3, "TYPE_EMAIL"),
    "WhatsApp": (19, "TYPE_WHATSAPP"),
    "Live_Chat": (29, "TYPE_LIVE_CHAT"),
}
"""HighLevel's number and name of a kind of message."""
DETAILS = ("firstName", "lastName", "phone", "email", "state", "postalCode", "timezone", "source")


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class SendBody(Body):
    channel: Annotated[str, Field(alias="type")]
    contact_id: Annotated[str, Field(alias="contactId", min_length=1)]
    message: Annotated[str, Field(min_length=1)]


class TagsBody(Body):
    tags: list[str]


class CustomField(Body):
    field_id: Annotated[str | None, Field(alias="id")] = None
    key: str | None = None
    field_value: Annotated[Any, Field(validation_alias=AliasChoices("field_value", "fieldValue", "value"))] = None


class UpdateBody(Body):
    custom_fields: Annotated[list[CustomField], Field(alias="customFields")] = []
    tags: list[str] | None = None
    dnd: bool | None = None


class NoteBody(Body):
    body: Annotated[str, Field(min_length=1)]


class TaskBody(Body):
    title: Annotated[str, Field(min_length=1)]
    body: str = ""
    due_date: Annotated[str, Field(alias="dueDate", min_length=1)]
    is_completed: Annotated[bool, Field(alias="completed")]
    assigned_to: Annotated[str | None, Field(alias="assignedTo")] = None


class StartBody(Body):
    at: Annotated[str | None, Field(alias="eventStartTime")] = None


class NewContactBody(Body):
    model_config = ConfigDict(extra="allow", populate_by_name=True)

    contact_id: Annotated[str, Field(alias="id", min_length=1)]
    location_id: Annotated[str, Field(alias="locationId", min_length=1)] = "default"
    tags: list[str] = []
    dnd: bool = False


class DndBody(Body):
    dnd: bool


class FaultBody(Body):
    kind: FaultKind
    path_prefix: str = "/"
    times: Annotated[int, Field(ge=1)] = 1
    method: str | None = None
    retry_after: float | None = None
    seconds: Annotated[float, Field(gt=0, le=300)] = 1.0
    location_id: str | None = None


class WebhookBody(Body):
    url: str
    contact_id: Annotated[str, Field(min_length=1)]
    body: str
    location_id: str | None = None


class BurstBody(Body):
    """Several messages of one contact, written in this order a second apart; `order` says how they arrive."""

    url: str
    contact_id: Annotated[str, Field(min_length=1)]
    bodies: Annotated[list[str], Field(min_length=1, max_length=50)]
    order: Annotated[list[int] | None, Field(max_length=500)] = None
    """Indices of `bodies`: out of order, and more than once for a repeated webhook; without it one after the other."""
    location_id: str | None = None


def build_sandbox_app(state: SandboxState, signer: SandboxSigner, *, token: str | None = None) -> ASGIApp:
    """Return the app over *state*; with *token* it accepts that one alone, without it any."""
    app = FastAPI(title="Sandbox CRM", description="HighLevel's API, in memory, for trials.")
    access = [Depends(access_check(state, token))]
    app.include_router(_conversation_routes(state), dependencies=access)
    app.include_router(build_location_routes(state), dependencies=access)
    app.include_router(build_calendar_routes(state), dependencies=access)
    app.include_router(_work_routes(state), dependencies=access)
    app.include_router(_contact_routes(state), dependencies=access)
    app.include_router(build_oauth_routes(state))
    app.include_router(_people_routes(state))
    app.include_router(_webhook_routes(state, signer))
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(StarletteHTTPException, _answer_refused)
    return Faults(app, state)


def _set_fields(state: SandboxState, contact: SandboxContact, given: list[CustomField]) -> None:
    """As in HighLevel: a field is named by its id, or by its key; one that is not there is passed over in silence."""
    fields = state.location(contact.location_id).fields
    keys = {known.key for known in fields.values()}
    for one in given:
        known = fields.get(one.field_id or "")
        key = known.key if known is not None else field_key(one.key or "")
        if key in keys:
            contact.fields[key] = str(one.field_value)


def _known_contact(state: SandboxState, location_id: str | None, contact_id: str) -> SandboxContact:
    contact = state.find_contact(location_id, contact_id)
    if contact is None:
        raise HTTPException(404, f"Contact with id {contact_id} not found")
    return contact


def _conversation_routes(state: SandboxState) -> APIRouter:
    routes = APIRouter(prefix="/conversations", tags=["HighLevel"])

    @routes.post("/messages", status_code=201)
    async def send_message(request: Request, body: SendBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, body.contact_id)
        contact.dnd = contact.dnd or TURNS_ON_DND in request.scope
        if contact.dnd:
            raise HTTPException(400, "Cannot send message as DND is active for SMS.")
        message = state.keep_message(contact, direction="outbound", body=body.message, channel=body.channel)
        return {
            "conversationId": message.conversation_id,
            "messageId": message.message_id,
            "msg": "Message queued successfully.",
            "status": "pending",
        }

    @routes.get("/search")
    async def search_conversations(
        location_id: Annotated[str, Query(alias="locationId")],
        contact_id: Annotated[str | None, Query(alias="contactId")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> dict[str, object]:
        known = [
            one
            for (place, named), one in state.contacts.items()
            if place == location_id and contact_id in (None, named)
        ][:limit]
        conversations = [_conversation_shown(state, one) for one in known]
        return {"conversations": conversations, "total": len(conversations)}

    @routes.get("/messages/{message_id}")
    async def get_message(message_id: str, location: Location = None) -> dict[str, object]:
        for message in state.messages_of(location):
            if message.message_id == message_id:
                return _message_shown(message)
        raise HTTPException(404, "Message not found")

    @routes.get("/locations/{location_id}/messages/{message_id}/transcription")
    async def get_transcript(location_id: str, message_id: str) -> list[dict[str, object]]:
        known = {message.message_id for message in state.messages_of(location_id)}
        if message_id not in known or message_id not in state.transcripts:
            raise HTTPException(404, "Transcription not found")
        return state.transcripts[message_id]

    @routes.get("/{conversation_id}/messages")
    async def list_messages(
        conversation_id: str, limit: int = 20, after: Annotated[str | None, Query(alias="lastMessageId")] = None
    ) -> dict[str, object]:
        messages = state.conversation(conversation_id)
        ids = [message.message_id for message in messages]
        start = ids.index(after) + 1 if after in ids else 0
        page = messages[start : start + limit]
        return {
            "lastMessageId": page[-1].message_id if page else "",
            "nextPage": start + limit < len(messages),
            "messages": [_message_shown(message) for message in page],
        }

    return routes


def _work_routes(state: SandboxState) -> APIRouter:
    """What is to be done about a contact: tasks and workflows."""
    routes = APIRouter(prefix="/contacts", tags=["HighLevel"])

    @routes.post("/{contact_id:path}/tasks", status_code=201)
    async def add_task(contact_id: str, body: TaskBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        task = SandboxTask(
            task_id=state.new_id(),
            title=body.title,
            body=body.body,
            due_date=body.due_date,
            is_completed=body.is_completed,
            assigned_to=body.assigned_to,
        )
        contact.tasks.append(task)
        return {"task": _task_shown(contact, task)}

    @routes.get("/{contact_id:path}/tasks")
    async def list_tasks(contact_id: str, location: Location = None) -> dict[str, object]:
        contact = state.find_contact(location, contact_id)
        return {"tasks": [] if contact is None else [_task_shown(contact, task) for task in contact.tasks]}

    @routes.post("/{contact_id:path}/workflow/{workflow_id}")
    async def start_workflow(
        contact_id: str, workflow_id: str, body: StartBody, location: Location = None
    ) -> dict[str, object]:
        contact = _known_contact(state, location, contact_id)
        place = state.location(contact.location_id)
        if workflow_id not in place.workflows:
            raise HTTPException(404, "Workflow not found")
        place.started.append((contact_id, workflow_id, body.at))
        return {"succeded": True}

    return routes


def _contact_routes(state: SandboxState) -> APIRouter:
    routes = APIRouter(prefix="/contacts", tags=["HighLevel"])
    # `:path`, since an id may hold a slash; the longer paths therefore come first.

    @routes.post("/{contact_id:path}/tags", status_code=201)
    async def add_tags(contact_id: str, body: TagsBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        contact.add_tags(body.tags)
        return {"tags": contact.tags}

    @routes.delete("/{contact_id:path}/tags")
    async def remove_tags(contact_id: str, body: TagsBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        contact.remove_tags(body.tags)
        return {"tags": contact.tags}

    @routes.post("/{contact_id:path}/notes", status_code=201)
    async def add_note(contact_id: str, body: NoteBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        return {"note": _note_shown(contact, state.keep_note(contact, body.body))}

    @routes.delete("/{contact_id:path}/notes/{note_id}")
    async def remove_note(contact_id: str, note_id: str, location: Location = None) -> dict[str, object]:
        contact = _known_contact(state, location, contact_id)
        if all(note.note_id != note_id for note in contact.notes):
            raise HTTPException(404, "There is no such note.")
        contact.notes = [note for note in contact.notes if note.note_id != note_id]
        return {"succeded": True}

    @routes.get("/{contact_id:path}/notes")
    async def list_notes(contact_id: str, location: Location = None) -> dict[str, object]:
        contact = state.find_contact(location, contact_id)
        return {"notes": [] if contact is None else [_note_shown(contact, note) for note in contact.notes]}

    @routes.get("/{contact_id:path}")
    async def get_contact(contact_id: str, location: Location = None) -> dict[str, object]:
        return {"contact": _contact_shown(state, _known_contact(state, location, contact_id))}

    @routes.put("/{contact_id:path}")
    async def update_contact(contact_id: str, body: UpdateBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        _set_fields(state, contact, body.custom_fields)
        contact.tags = contact.tags if body.tags is None else list(body.tags)
        contact.dnd = contact.dnd if body.dnd is None else body.dnd
        return {"succeded": True, "contact": _contact_shown(state, contact)}

    return routes


def _people_routes(state: SandboxState) -> APIRouter:
    routes = APIRouter(prefix="/sandbox", tags=["Sandbox"])

    @routes.post("/contacts", status_code=201)
    async def create_contact(body: NewContactBody) -> JSONResponse:
        known = state.find_contact(body.location_id, body.contact_id)
        contact = known or state.take_up_contact(body.location_id, body.contact_id)
        if known is None:
            contact.tags = list(dict.fromkeys(body.tags))
            contact.dnd = body.dnd
            extra = body.model_extra or {}
            contact.details = {name: str(extra[name]) for name in DETAILS if extra.get(name) is not None}
        return JSONResponse({"contact": _contact_shown(state, contact)}, status_code=201 if known is None else 200)

    @routes.put("/contacts/{contact_id:path}/dnd")
    async def set_dnd(contact_id: str, body: DndBody, location_id: str | None = None) -> dict[str, object]:
        contact = _known_contact(state, location_id, contact_id)
        contact.dnd = body.dnd
        return {"contact": _contact_shown(state, contact)}

    @routes.get("/contacts/{contact_id:path}")
    async def show_contact(contact_id: str, location_id: str | None = None) -> dict[str, object]:
        contact = _known_contact(state, location_id, contact_id)
        messages = state.messages_of(contact.location_id, contact_id)
        return {
            "contact": _contact_shown(state, contact),
            "notes": [_note_shown(contact, note) for note in contact.notes],
            "messages": [_message_shown(message) for message in messages],
        }

    @routes.get("/messages")
    async def show_messages(contact_id: str | None = None, location_id: str | None = None) -> dict[str, object]:
        return {"messages": [_message_shown(message) for message in state.messages_of(location_id, contact_id)]}

    @routes.post("/faults", status_code=201)
    async def ask_for_fault(body: FaultBody) -> dict[str, object]:
        state.faults.append(
            Fault(
                kind=body.kind,
                path_prefix=body.path_prefix,
                times=body.times,
                method=body.method,
                retry_after=body.retry_after,
                seconds=body.seconds,
                location_id=body.location_id,
            )
        )
        return {"faults": len(state.faults)}

    @routes.delete("/faults")
    async def forget_faults() -> dict[str, object]:
        state.faults.clear()
        return {"faults": 0}

    return routes


def _webhook_routes(state: SandboxState, signer: SandboxSigner) -> APIRouter:
    routes = APIRouter(prefix="/sandbox", tags=["Sandbox"])

    def refuse_elsewhere(url: str) -> None:
        if httpx.URL(url).host not in WEBHOOK_HOSTS:
            raise HTTPException(422, "Webhooks go to this machine only")

    def event_of(message: SandboxMessage) -> bytes:
        return json.dumps(_inbound_event(state, message), ensure_ascii=False).encode()

    async def deliver(url: str, event: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signer.sign(event)}
        try:
            async with httpx.AsyncClient(timeout=10.0) as client:
                return await client.post(url, content=event, headers=headers)
        except httpx.HTTPError as error:
            raise HTTPException(502, f"The webhook could not be delivered: {type(error).__name__}") from error

    @routes.get("/public-key")
    async def show_public_key() -> dict[str, str]:
        return {"public_key": signer.public_key}

    @routes.post("/webhooks")
    async def post_inbound_message(body: WebhookBody) -> dict[str, object]:
        refuse_elsewhere(body.url)
        contact = state.take_up_contact(body.location_id, body.contact_id)
        message = state.keep_message(contact, direction="inbound", body=body.body, channel="SMS")
        answer = await deliver(body.url, event_of(message))
        return {"status_code": answer.status_code, "answer": answer.text, "message_id": message.message_id}

    @routes.post("/webhooks/burst")
    async def post_inbound_messages(body: BurstBody) -> dict[str, object]:
        order = list(range(len(body.bodies))) if body.order is None else body.order
        if not all(0 <= index < len(body.bodies) for index in order):
            raise HTTPException(422, "`order` holds indices of `bodies`")
        refuse_elsewhere(body.url)
        contact = state.take_up_contact(body.location_id, body.contact_id)
        began = state.now()
        messages = [
            state.keep_message(
                contact, direction="inbound", body=text, channel="SMS", added_at=began + timedelta(seconds=index)
            )
            for index, text in enumerate(body.bodies)
        ]
        events = [event_of(message) for message in messages]
        answers = [await deliver(body.url, events[index]) for index in order]
        return {
            "message_ids": [message.message_id for message in messages],
            "deliveries": [{"status_code": answer.status_code, "answer": answer.text} for answer in answers],
        }

    return routes


def _inbound_event(state: SandboxState, message: SandboxMessage) -> dict[str, object]:
    """HighLevel's InboundMessage of a text, with the extras every signed event carries."""
    return {
        "type": "InboundMessage",
        "webhookId": state.new_id(),
        "timestamp": _shown(datetime.now(UTC)),
        "locationId": message.location_id,
        "contactId": message.contact_id,
        "conversationId": message.conversation_id,
        "messageId": message.message_id,
        "body": message.body,
        "attachments": [],
        "contentType": "text/plain",
        "dateAdded": _shown(message.added_at),
        "direction": "inbound",
        "messageType": message.channel,
        "status": "delivered",
    }


def _contact_shown(state: SandboxState, contact: SandboxContact) -> dict[str, object]:
    fields = state.location(contact.location_id).fields
    return {
        "id": contact.contact_id,
        "locationId": contact.location_id,
        "tags": contact.tags,
        "dnd": contact.dnd,
        "dndSettings": {"SMS": {"status": "active" if contact.dnd else "inactive"}},
        "customFields": [
            {"id": known.field_id, "value": contact.fields[known.key]}
            for known in fields.values()
            if known.key in contact.fields
        ],
        **contact.details,
    }


def _message_shown(message: SandboxMessage) -> dict[str, object]:
    return {
        "id": message.message_id,
        "type": TYPES.get(message.channel, TYPES["SMS"])[0],
        "messageType": TYPES.get(message.channel, TYPES["SMS"])[1],
        "locationId": message.location_id,
        "contactId": message.contact_id,
        "conversationId": message.conversation_id,
        "dateAdded": _shown(message.added_at),
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "contentType": "text/plain",
        "source": "api" if message.direction == "outbound" else None,
    }


def _conversation_shown(state: SandboxState, contact: SandboxContact) -> dict[str, object]:
    messages = state.conversation(contact.conversation_id)
    name = " ".join(filter(None, (contact.details.get("firstName"), contact.details.get("lastName"))))
    return {
        "id": contact.conversation_id,
        "contactId": contact.contact_id,
        "locationId": contact.location_id,
        "lastMessageBody": messages[0].body if messages else "",
        "lastMessageType": TYPES.get(messages[0].channel, TYPES["SMS"])[1] if messages else "TYPE_SMS",
        "type": "TYPE_PHONE",
        "unreadCount": 0,
        "fullName": name,
        "contactName": name,
        "email": contact.details.get("email") or "",
        "phone": contact.details.get("phone") or "",
    }


def _task_shown(contact: SandboxContact, task: SandboxTask) -> dict[str, object]:
    return {
        "id": task.task_id,
        "title": task.title,
        "body": task.body,
        "assignedTo": task.assigned_to,
        "dueDate": task.due_date,
        "completed": task.is_completed,
        "contactId": contact.contact_id,
    }


def _note_shown(contact: SandboxContact, note: SandboxNote) -> dict[str, object]:
    return {
        "id": note.note_id,
        "body": note.body,
        "contactId": contact.contact_id,
        "dateAdded": _shown(note.added_at),
    }


def _shown(moment: datetime) -> str:
    """To the millisecond, in UTC with a Z, as HighLevel writes it; rounded down as there."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _answer_refused(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, StarletteHTTPException) else 500
    detail = error.detail if isinstance(error, StarletteHTTPException) else "Internal server error"
    return JSONResponse({"statusCode": status, "message": detail}, status_code=status)


async def _answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    """HighLevel's 422: its message is a list."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    sentences = [f"{'.'.join(str(part) for part in problem['loc'][1:])}: {problem['msg']}" for problem in problems]
    return JSONResponse({"statusCode": 422, "message": sentences, "error": "Unprocessable Entity"}, status_code=422)
