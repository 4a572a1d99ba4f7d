"""`POST /webhook` and `/api/ghl/webhook`: a raw body in, one short answer out, and never a 5xx of our own."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from uuid_utils.compat import uuid7

from ghl_real_estate_ai.conversation.model import EventId, LocationId
from ghl_real_estate_ai.errors import Rejected, Retryable
from ghl_real_estate_ai.intake.access import Denied, WebhookGate, may_post
from ghl_real_estate_ai.intake.errors import AccessDenied, BadField, BodyTooLarge, NotJson
from ghl_real_estate_ai.intake.keep_event import IntakeCounts
from ghl_real_estate_ai.intake.loopback import headers_by_name
from ghl_real_estate_ai.intake.model import IncomingEvent, Keeping, Kept
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.ports import EventKeeper
from ghl_real_estate_ai.intake.signature import SIGNATURE_HEADER, webhook_keys
from ghl_real_estate_ai.settings import Settings

PATHS = ("/webhook", "/api/ghl/webhook")
LARGEST_BODY = 1024 * 1024
"""Bytes."""
RETRY_AFTER_SECONDS = 5
_MOST_DISCARDED = 8 * LARGEST_BODY
"""How much of an over-large body is read and thrown away, so that its sender gets to read the answer."""

OnUninstalled = Callable[[LocationId, datetime | None], Awaitable[None]]
"""Told of a location that has removed our app, once that is committed."""

_STATUS_OF = {NotJson: 400, AccessDenied: 401, BodyTooLarge: 413, BadField: 422}

log = structlog.get_logger(__name__)


def webhook_gate(settings: Settings, trusted_keys: Sequence[Ed25519PublicKey] = ()) -> WebhookGate:
    """Return who may post by *settings*; *trusted_keys* are trusted besides HighLevel's (the sandbox's own).

    Raises:
        Misconfigured: JORGE_GHL_PUBLIC_KEY is no Ed25519 key.
    """
    secret = settings.webhook_secret
    return WebhookGate(
        keys=webhook_keys(settings.ghl_public_key, trusted_keys),
        key_is_set=settings.ghl_public_key is not None,
        # A client id is the app's id, a dash, and more; events name the app alone.
        our_app=settings.oauth_client_id.partition("-")[0] if settings.oauth_client_id else None,
        secret=None if secret is None else secret.get_secret_value(),
    )


def build_webhook_router(
    inbox: EventKeeper,
    settings: Settings,
    trusted_keys: Sequence[Ed25519PublicKey] = (),
    *,
    counts: IntakeCounts | None = None,
    on_uninstalled: OnUninstalled | None = None,
    new_id: Callable[[], UUID] = uuid7,
) -> APIRouter:
    """Return the routes, keeping what they get in *inbox* and counting in *counts* how signed calls were answered.

    *on_uninstalled* is awaited before the answer to an event by which a location has removed our app.

    Raises:
        Misconfigured: JORGE_GHL_PUBLIC_KEY is no Ed25519 key.
    """
    gate = webhook_gate(settings, trusted_keys)
    router = APIRouter(tags=["webhook"], route_class=_RawRoute)

    answers = IntakeCounts() if counts is None else counts

    async def receive_webhook(request: Request) -> Response:
        """Take an event of HighLevel, a workflow's webhook action, or a bare message."""
        response = await respond(request)
        if SIGNATURE_HEADER in request.headers:
            # Anybody may knock without a signature: that says nothing of how HighLevel is answered.
            is_success = response.status_code < 300
            answers.answered += is_success
            answers.refused += not is_success
        return response

    async def tell_of(event: IncomingEvent, kept: Kept) -> None:
        if event.uninstalls and kept.status is Keeping.ACCEPTED and on_uninstalled is not None:
            log.warning("app.uninstalled", location_id=event.location_id)
            await on_uninstalled(event.location_id, event.occurred_at)

    async def respond(request: Request) -> Response:
        event_id = EventId(new_id())
        try:
            event = await _read_event(request, event_id, gate, settings.location_id)
            kept = await inbox.keep_event(event)
            await tell_of(event, kept)
        except Rejected as rejected:
            log.info("intake.rejected", reason=type(rejected).__name__, field=rejected.field)
            return _refusal(rejected)
        except Retryable as error:
            log.warning("intake.not_kept", reason=type(error).__name__)
            return _json(429, {"detail": "The event could not be kept; try again."}, _RETRY_LATER)
        except ClientDisconnect:
            log.info("intake.sender_gone")
            return Response(status_code=400)
        return _json(200, {"status": kept.status.value, "event_id": str(kept.event_id)})

    for path in PATHS:
        router.add_api_route(
            path,
            receive_webhook,
            methods=["POST"],
            response_class=Response,
            operation_id=f"receive_webhook{path.replace('/', '_')}",
            include_in_schema=path == PATHS[0],
            openapi_extra={"requestBody": _REQUEST},
            responses=_RESPONSES,
        )
    return router


class _RawRoute(APIRoute):
    """Hands the request over as it is: looking for parameters that are not there costs as much as reading the event."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


async def _read_event(request: Request, event_id: EventId, gate: WebhookGate, default_location: str) -> IncomingEvent:
    body = await read_body(request)
    headers = headers_by_name(request.scope["headers"])
    peer, local = _host(request.scope.get("client")), _host(request.scope.get("server"))
    verdict = may_post(gate, body=body, headers=headers, peer=peer, local_address=local)
    if isinstance(verdict, Denied):
        raise AccessDenied(verdict.reason)
    our_app = gate.our_app if verdict.signed else None
    return parse_event(body, headers, default_location=default_location, event_id=event_id, our_app=our_app)


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Read the body, at most *largest* bytes of it.

    Raises:
        BodyTooLarge: it says that it is, or turns out to be, larger.
    """
    announced = request.headers.get("content-length", "")
    too_large = announced.isdecimal() and int(announced[:20]) > largest
    if too_large and int(announced[:20]) > _MOST_DISCARDED:
        raise _too_large(largest)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        too_large = too_large or size > largest
        if size > _MOST_DISCARDED:
            break
        if not too_large:
            chunks.append(chunk)
    if too_large:
        raise _too_large(largest)
    return b"".join(chunks)


def _too_large(largest: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {largest} bytes.")


def _host(address: Sequence[Any] | None) -> str | None:
    """The host of an ASGI address; a Unix socket has none."""
    return str(address[0]) if address else None


def _refusal(rejected: Rejected) -> Response:
    status = _STATUS_OF.get(type(rejected), 400)
    detail = {"detail": str(rejected)}
    if rejected.field is not None:
        detail["field"] = rejected.field
    return _json(status, detail, _HOW_TO_GET_IN if status == 401 else None)


def _json(status: int, content: object, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status_code=status, headers=headers, media_type="application/json")


_RETRY_LATER = {"Retry-After": str(RETRY_AFTER_SECONDS)}
_HOW_TO_GET_IN = {"WWW-Authenticate": 'Signature headers="X-GHL-Signature X-Jorge-Secret"'}
_REFUSED = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}, "field": {"type": "string"}},
}
_KEPT = {
    "type": "object",
    "required": ["status", "event_id"],
    "properties": {
        "status": {"type": "string", "enum": ["accepted", "duplicate", "ignored"]},
        "event_id": {"type": "string", "format": "uuid"},
    },
}
_BARE = {
    "type": "object",
    "title": "A bare message",
    "required": ["contact_id", "message"],
    "additionalProperties": False,
    "properties": {
        "contact_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "message": {"type": "string"},
        "location_id": {"type": "string"},
        "metadata": {},
    },
}
_EVENT = {"type": "object", "title": "An event of HighLevel, or a workflow's webhook action"}
_REQUEST = {"required": True, "content": {"application/json": {"schema": {"anyOf": [_BARE, _EVENT]}}}}


def _described(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: _described("Kept, seen before, or kept and ignored", _KEPT),
    400: _described("Not a JSON object, or nested beyond reason", _REFUSED),
    401: _described("A signature or secret is due and bad or missing", _REFUSED),
    413: _described("Larger than 1 MiB", _REFUSED),
    422: _described("A bare message with a missing or wrong field", _REFUSED),
    429: _described("It could not be kept; come back after `Retry-After` seconds", _REFUSED),
}
