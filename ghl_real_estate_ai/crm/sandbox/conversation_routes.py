"""The sandbox's conversations: messages sent, found and listed, and transcripts of calls."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import Field

from ghl_real_estate_ai.crm.sandbox.access import Location
from ghl_real_estate_ai.crm.sandbox.bodies import Body
from ghl_real_estate_ai.crm.sandbox.faults import TURNS_ON_DND
from ghl_real_estate_ai.crm.sandbox.shown import conversation_shown, message_shown
from ghl_real_estate_ai.crm.sandbox.state import SandboxState


class SendBody(Body):
    channel: Annotated[str, Field(alias="type")]
    contact_id: Annotated[str, Field(alias="contactId", min_length=1)]
    message: Annotated[str, Field(min_length=1)]


def build_conversation_routes(state: SandboxState) -> APIRouter:
    """Return `/conversations/...`."""
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
        conversations = [conversation_shown(state, one) for one in known]
        return {"conversations": conversations, "total": len(conversations)}

    @routes.get("/messages/{message_id}")
    async def get_message(message_id: str, location: Location = None) -> dict[str, object]:
        for message in state.messages_of(location):
            if message.message_id == message_id:
                return message_shown(message)
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
            "messages": [message_shown(message) for message in page],
        }

    return routes
