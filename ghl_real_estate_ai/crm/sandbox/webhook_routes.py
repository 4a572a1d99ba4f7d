"""The sandbox writes as a lead: it posts signed webhooks, one by one, out of order, or again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import httpx
from fastapi import APIRouter, HTTPException
from pydantic import Field

from ghl_real_estate_ai.crm.sandbox.bodies import Body
from ghl_real_estate_ai.crm.sandbox.shown import moment_shown
from ghl_real_estate_ai.crm.sandbox.signing import SIGNATURE_HEADER, SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import SandboxMessage, SandboxState

WEBHOOK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Where the sandbox posts webhooks: this machine only, whoever asks."""


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


def build_webhook_routes(state: SandboxState, signer: SandboxSigner) -> APIRouter:
    """Return `/sandbox/webhooks` and the key that signs them."""
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
        "timestamp": moment_shown(datetime.now(UTC)),
        "locationId": message.location_id,
        "contactId": message.contact_id,
        "conversationId": message.conversation_id,
        "messageId": message.message_id,
        "body": message.body,
        "attachments": [],
        "contentType": "text/plain",
        "dateAdded": moment_shown(message.added_at),
        "direction": "inbound",
        "messageType": message.channel,
        "status": "delivered",
    }
