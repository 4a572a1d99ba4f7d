"""A raw body becomes an `IncomingEvent`: every HighLevel event, the workflow action's shape, the bare post.

Pure.  What is not needed is marked `ignored` and kept, never refused: HighLevel stops delivering to an address
that refuses much.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.intake.contact_fields import Fields, nested, read_knowledge, read_moment, read_named_fields
from ghl_real_estate_ai.intake.errors import BadField
from ghl_real_estate_ai.intake.json_body import read_object
from ghl_real_estate_ai.intake.model import (
    APP_INSTALLED,
    APP_UNINSTALLED,
    NEEDS_QUALIFYING,
    PERSON_WROTE,
    SEND_FAILED,
    ContactKnowledge,
    DuplicateKey,
    EventState,
    IncomingEvent,
)
from ghl_real_estate_ai.intake.plain_text import clean_id, clean_text, is_blank, text_of_email, without_quoted

KEPT_FOR = timedelta(days=14)
"""How long an id is remembered: longer than all retries of HighLevel and a resend by hand; older ones are removed."""
WORKFLOW_WINDOW = timedelta(seconds=60)
"""How long the same workflow body under the same trace is a retry and not a lead repeating themselves."""
HEADERS_KEPT = ("content-type", "user-agent", "traceparent", "idempotency-key", "x-ghl-signature")
LONGEST_KIND = 40
_LONGEST_HEADER = 500
_LONGEST_READABLE_KEY = 200

_OF_DELIVERY = frozenset({"webhookId", "timestamp", "appId", "versionId"})
_BARE_FIELDS = frozenset({"contact_id", "message", "location_id", "metadata"})
_MESSAGE_KINDS = frozenset({"InboundMessage", "OutboundMessage", "ConversationMessageCreate"})
_CHANNELS = {
    "SMS": "SMS",
    "MMS": "SMS",
    "2": "SMS",
    "EMAIL": "Email",
    "3": "Email",
    "WHATSAPP": "WhatsApp",
    "FB": "FB",
    "FACEBOOK": "FB",
    "IG": "IG",
    "INSTAGRAM": "IG",
    "LIVE_CHAT": "Live_Chat",
    "CHAT": "Live_Chat",
    "WEBCHAT": "Live_Chat",
    "RCS": "RCS",
    "TIKTOK": "TIKTOK",
    "CUSTOM": "Custom",
    "CUSTOM_SMS": "Custom",
}
"""HighLevel's message types that somebody writes, and the type to answer with."""
_INSTALLATIONS = {"INSTALL": APP_INSTALLED, "UNINSTALL": APP_UNINSTALLED}
_CALLS = {"CALL": "call", "1": "call", "VOICEMAIL": "voicemail", "10": "voicemail", "INTERNALCOMMENT": "comment"}


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What surrounds the fields."""

    body: bytes
    headers: Mapping[str, str]
    default_location: str
    event_id: EventId
    our_app: str | None

    def event(self, kind: str, fields: Fields, state: EventState, **details: Any) -> IncomingEvent:
        return IncomingEvent(
            location_id=_location(fields, self.default_location),
            event_id=self.event_id,
            kind=clean_text(kind)[:LONGEST_KIND] or "unknown",
            state=state,
            body=self.body,
            headers=_kept_headers(self.headers),
            **details,
        )


@dataclass(frozen=True, slots=True)
class _Purpose:
    """Whether a turn is due, and if not, why."""

    state: EventState
    reason: str | None = None


_DUE = _Purpose(EventState.PENDING)
_PERSON_WROTE = _Purpose(EventState.PENDING, PERSON_WROTE)


def parse_event(
    body: bytes, headers: Mapping[str, str], *, default_location: str, event_id: EventId, our_app: str | None = None
) -> IncomingEvent:
    """Read one webhook call.

    Args:
        body: the raw body.
        headers: by lower-case name.
        default_location: the location of an event that names none.
        event_id: the id that the event is to have.
        our_app: the app whose installations are ours to follow; None where the call is not signed.

    Raises:
        NotJson: no JSON object, or nested beyond reason.
        BadField: a bare post whose `field` is missing or not a text.
    """
    payload = read_object(body)
    envelope = _Envelope(body, headers, default_location, event_id, our_app)
    if _is_bare(payload):
        return _bare_post(payload, envelope)
    kind, fields = _unwrapped(payload)
    if kind in _MESSAGE_KINDS or (kind is None and _is_message_shape(fields)):
        return _message(kind or "InboundMessage", fields, envelope)
    if kind == "VoiceAiCallEnd":
        return _call_end(fields, envelope)
    if kind is not None and _is_about_contact(kind):
        return _contact_event(kind, fields, envelope)
    if kind in _INSTALLATIONS and _is_of_our_app(fields, envelope):
        return _installation(kind, fields, envelope)
    if clean_id(fields.get("contact_id")) is not None:
        return _workflow_action(fields, envelope)
    if kind is None and _is_call_end(fields):
        return _call_end(fields, envelope)
    if kind is not None:
        return _not_needed(kind, fields, envelope)
    return envelope.event("unknown", fields, EventState.IGNORED, reason="unknown_shape", keys=_webhook_keys(fields))


# --- the bare post ----------------------------------------------------------------------------------------------


def _is_bare(payload: Fields) -> bool:
    return payload.keys() <= _BARE_FIELDS and ("contact_id" in payload or "message" in payload)


def _bare_post(payload: Fields, envelope: _Envelope) -> IncomingEvent:
    contact_id = clean_id(_required_text(payload, "contact_id"))
    if contact_id is None:
        raise BadField("contact_id must be a text of 1 to 255 characters on one line.", field="contact_id")
    text = clean_text(_required_text(payload, "message"))
    if "location_id" in payload:
        _refuse_unfit_location(_required_text(payload, "location_id"))
    purpose = _Purpose(EventState.IGNORED, "blank") if is_blank(text) else _DUE
    return envelope.event(
        "bare",
        payload,
        purpose.state,
        reason=purpose.reason,
        contact_id=ContactId(contact_id),
        text=text,
        channel="SMS",
        new_contact_tags=frozenset({NEEDS_QUALIFYING}),
        keys=_idempotency_keys(envelope.headers),
        quiet=False,
    )


def _required_text(payload: Fields, name: str) -> str:
    if name not in payload:
        raise BadField(f"{name} is missing.", field=name)
    value = payload[name]
    if not isinstance(value, str):
        raise BadField(f"{name} must be a text.", field=name)
    return value


def _refuse_unfit_location(value: str) -> None:
    if value.strip() and clean_id(value) is None:
        raise BadField("location_id must be a text of 1 to 255 characters on one line.", field="location_id")


# --- HighLevel's own events -------------------------------------------------------------------------------------


def _unwrapped(payload: dict[str, Any]) -> tuple[str | None, Fields]:
    """The event's type and its fields; HighLevel sends them flat, its guide shows them under `data`."""
    kind = next((payload[name] for name in ("type", "event") if isinstance(payload.get(name), str)), None)
    data = payload.get("data")
    if not isinstance(data, dict) or clean_id(payload.get("contactId")) or clean_id(payload.get("contact_id")):
        return kind, payload
    around = {name: value for name, value in payload.items() if name != "data"}
    inner = data.get("type")
    return kind or (inner if isinstance(inner, str) else None), around | data


def _is_message_shape(fields: Fields) -> bool:
    return clean_id(fields.get("contactId")) is not None and ("message" in fields or "messageType" in fields)


def _is_about_contact(kind: str) -> bool:
    return kind.startswith("Contact") or kind in ("DndUpdate", "Dnd")


def _message(kind: str, fields: Fields, envelope: _Envelope) -> IncomingEvent:
    contact_id = _contact_id(fields)
    channel, not_written = _channel(fields)
    text = _written_text(fields, channel)
    message_id = _message_id(kind, fields)
    purpose = _purpose_of_message(kind, fields, contact_id=contact_id, text=text, not_written=not_written)
    occurred_at = _moment_of_message(fields)
    return envelope.event(
        kind,
        fields,
        purpose.state,
        reason=purpose.reason,
        contact_id=contact_id,
        # A person may send a picture alone: that takes the conversation over like words do.
        text=text or "" if purpose is _PERSON_WROTE else text,
        channel=channel,
        crm_message_id=message_id,
        occurred_at=occurred_at,
        quiet=purpose is not _PERSON_WROTE,
        knowledge=_knowledge(fields, contact_id),
        keys=_message_keys(kind, fields, message_id, occurred_at),
    )


def _purpose_of_message(
    kind: str, fields: Fields, *, contact_id: ContactId | None, text: str | None, not_written: str | None
) -> _Purpose:
    if contact_id is None:
        return _Purpose(EventState.IGNORED, "no_contact")
    if not_written == "comment":
        return _Purpose(EventState.IGNORED, "comment")
    if not_written is not None:
        return _Purpose(EventState.KNOWN, not_written)
    if kind == "OutboundMessage" or _is_outbound(fields):
        if _has_failed(fields):
            return _Purpose(EventState.KNOWN, SEND_FAILED)
        return _PERSON_WROTE if _is_by_person(fields) else _Purpose(EventState.KNOWN, _sender(fields))
    if text is None or is_blank(text):
        return _Purpose(EventState.IGNORED, "attachment_only" if fields.get("attachments") else "blank")
    return _DUE


def _is_by_person(fields: Fields) -> bool:
    """Whether somebody of the team wrote this in HighLevel's app; what is sent by its API names no user."""
    return fields.get("source") == "app" and clean_id(fields.get("userId")) is not None


def _is_outbound(fields: Fields) -> bool:
    told = fields.get("direction") or nested(fields, "message").get("direction")
    return isinstance(told, str) and told.strip().lower() == "outbound"


def _has_failed(fields: Fields) -> bool:
    """Whether the CRM tells that what was sent did not arrive; a retry of it is another message."""
    status = fields.get("status")
    return isinstance(status, str) and status.strip().lower() in ("failed", "undelivered")


def _sender(fields: Fields) -> str:
    """Who sent what goes out: a person in HighLevel's app, our own call of the API, a workflow, a campaign."""
    source = fields.get("source")
    known = isinstance(source, str) and source in ("app", "api", "workflow", "campaign", "bulk_actions")
    return f"sent_by_{source}" if known else "outbound"


def _channel(fields: Fields) -> tuple[str | None, str | None]:
    """The channel to answer on, or why nobody wrote this.  Without a type it is a text message."""
    message = nested(fields, "message")
    told = (fields.get("messageType"), message.get("type"), fields.get("messageTypeString"), fields.get("channel"))
    raw = next((str(value) for value in told if isinstance(value, str | int) and not isinstance(value, bool)), "SMS")
    name = raw.strip().upper().removeprefix("TYPE_").replace(" ", "_")
    status = fields.get("status")
    if name in _CALLS:
        return None, "voicemail" if status == "voicemail" else _CALLS[name]
    if "callStatus" in fields or "callDuration" in fields:
        return None, "call"
    if name not in _CHANNELS:
        return None, "channel_not_answered"
    return _CHANNELS[name], None


def _written_text(fields: Fields, channel: str | None) -> str | None:
    message = nested(fields, "message")
    plain = fields.get("plainText")
    if channel == "Email" and isinstance(plain, str) and plain.strip():
        return clean_text(without_quoted(plain))
    told = (fields.get("body"), message.get("body"), message.get("message"), fields.get("message"))
    found = next((value for value in told if isinstance(value, str)), None)
    if found is None:
        return None
    return clean_text(text_of_email(found) if channel == "Email" else found)


def _message_id(kind: str, fields: Fields) -> str | None:
    message = nested(fields, "message")
    told = [fields.get("messageId"), message.get("messageId"), message.get("id"), fields.get("emailMessageId")]
    if kind == "ConversationMessageCreate":
        told.append(fields.get("id"))
    return next((found for value in told if (found := clean_id(value)) is not None), None)


def _moment_of_message(fields: Fields) -> datetime | None:
    message = nested(fields, "message")
    return read_moment(fields.get("dateAdded"), message.get("timestamp"), fields.get("sentAt"), fields.get("timestamp"))


def _contact_event(kind: str, fields: Fields, envelope: _Envelope) -> IncomingEvent:
    contact_id = _contact_id(fields) or _as_contact(fields.get("id"))
    # `dateAdded` is when the contact was made, not when this happened.
    told = ContactKnowledge() if kind == "ContactDelete" else read_knowledge(fields, source_names=("source",))
    return envelope.event(
        kind,
        fields,
        EventState.IGNORED if contact_id is None else EventState.KNOWN,
        reason="no_contact" if contact_id is None else "contact",
        contact_id=contact_id,
        occurred_at=read_moment(fields.get("timestamp")),
        knowledge=ContactKnowledge() if contact_id is None else told,
        keys=_webhook_keys(fields),
    )


def _is_call_end(fields: Fields) -> bool:
    """HighLevel sends the end of a voice agent's call without a type."""
    return "agentId" in fields and ("transcript" in fields or "executedCallActions" in fields)


def _call_end(fields: Fields, envelope: _Envelope) -> IncomingEvent:
    """A voice agent's call: kept as knowledge, since nobody wrote anything."""
    contact_id = _contact_id(fields)
    call_id = clean_id(fields.get("id"))
    content = () if call_id is None else (DuplicateKey(_key("call", call_id), KEPT_FOR),)
    return envelope.event(
        "VoiceAiCallEnd",
        fields,
        EventState.IGNORED if contact_id is None else EventState.KNOWN,
        reason="no_contact" if contact_id is None else "call",
        contact_id=contact_id,
        crm_message_id=clean_id(fields.get("messageId")),
        occurred_at=read_moment(fields.get("createdAt")),
        keys=(*_webhook_keys(fields), *content),
    )


def _is_of_our_app(fields: Fields, envelope: _Envelope) -> bool:
    """HighLevel signs the events of all apps with one key, and tells of a whole agency without a location."""
    is_ours = envelope.our_app is not None and fields.get("appId") == envelope.our_app
    return is_ours and clean_id(fields.get("locationId")) is not None


def _installation(kind: str, fields: Fields, envelope: _Envelope) -> IncomingEvent:
    # No key but the webhook's: whoever installs and removes the app twice means it twice.
    return envelope.event(
        kind,
        fields,
        EventState.KNOWN,
        reason=_INSTALLATIONS[kind],
        occurred_at=read_moment(fields.get("timestamp")),
        keys=_webhook_keys(fields),
    )


def _not_needed(kind: str, fields: Fields, envelope: _Envelope) -> IncomingEvent:
    return envelope.event(
        kind,
        fields,
        EventState.IGNORED,
        reason="event_not_needed",
        contact_id=_contact_id(fields),
        occurred_at=read_moment(fields.get("timestamp"), fields.get("dateAdded")),
        keys=_webhook_keys(fields),
    )


# --- the workflow's webhook action ------------------------------------------------------------------------------


def _workflow_action(fields: Fields, envelope: _Envelope) -> IncomingEvent:
    contact_id = _contact_id(fields)
    channel, not_written = _channel(fields)
    text = _workflow_text(fields, channel)
    purpose = _purpose_of_workflow(fields, text, not_written)
    return envelope.event(
        "workflow",
        fields,
        purpose.state,
        reason=purpose.reason,
        contact_id=contact_id,
        text=text,
        channel=channel,
        crm_message_id=_message_id("workflow", fields),
        occurred_at=_moment_of_message(fields),
        knowledge=replace(
            _knowledge(fields, contact_id, source_names=("contact_source",)), fields=read_named_fields(fields)
        ),
        keys=_workflow_keys(envelope),
    )


def _purpose_of_workflow(fields: Fields, text: str | None, not_written: str | None) -> _Purpose:
    if text is None:
        return _Purpose(EventState.KNOWN, not_written or "contact")
    if is_blank(text):
        return _Purpose(EventState.IGNORED, "blank")
    if not_written is not None:
        return _Purpose(EventState.KNOWN, not_written)
    if _is_outbound(fields):
        return _Purpose(EventState.KNOWN, "outbound")
    return _DUE


def _workflow_text(fields: Fields, channel: str | None) -> str | None:
    """The message of the trigger, or what the workflow's author put into the custom data."""
    told = _written_text(fields, channel)
    if told is not None:
        return told
    custom = nested(fields, "customData")
    named = (custom.get(name) for name in ("message", "body", "text"))
    found = next((value for value in named if isinstance(value, str)), None)
    return None if found is None else clean_text(found)


# --- ids and keys -----------------------------------------------------------------------------------------------


def _location(fields: Fields, default: str) -> LocationId:
    told = (
        fields.get("locationId"),
        fields.get("location_id"),
        nested(fields, "location").get("id"),
        nested(fields, "customData").get("location_id"),
    )
    return LocationId(next((found for value in told if (found := clean_id(value)) is not None), default))


def _contact_id(fields: Fields) -> ContactId | None:
    contact = nested(fields, "contact")
    # An appointment names its contact inside; its type says "create" for updates and deletions too.
    booked = nested(fields, "appointment").get("contactId")
    told = (fields.get("contactId"), fields.get("contact_id"), contact.get("contactId"), contact.get("id"), booked)
    return next((found for value in told if (found := _as_contact(value)) is not None), None)


def _as_contact(value: object) -> ContactId | None:
    cleaned = clean_id(value)
    return None if cleaned is None else ContactId(cleaned)


def _knowledge(fields: Fields, contact_id: ContactId | None, *, source_names: tuple[str, ...] = ()) -> ContactKnowledge:
    return ContactKnowledge() if contact_id is None else read_knowledge(fields, source_names=source_names)


def _webhook_keys(fields: Fields) -> tuple[DuplicateKey, ...]:
    webhook_id = fields.get("webhookId")
    if not isinstance(webhook_id, str) or not webhook_id.strip():
        return ()
    return (DuplicateKey(_key("webhook", webhook_id), KEPT_FOR),)


def _message_keys(
    kind: str, fields: Fields, message_id: str | None, occurred_at: datetime | None
) -> tuple[DuplicateKey, ...]:
    keys = _webhook_keys(fields)
    if message_id is not None:
        # A message is told again when it turns out not to have arrived.
        what = f"{kind}:failed" if _is_outbound(fields) and _has_failed(fields) else kind
        return (*keys, DuplicateKey(_key("message", f"{what}:{message_id}"), KEPT_FOR))
    if occurred_at is None:
        return keys
    # Text messages have come without any id of their own, and the webhook's may be another on a retry: the same
    # words of the same moment are the same event.
    return (*keys, DuplicateKey(f"body:{_digest_of(fields)}", KEPT_FOR))


def _digest_of(fields: Fields) -> str:
    """Of what an event tells, without what a delivery adds to it."""
    told = {name: value for name, value in fields.items() if name not in _OF_DELIVERY}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


def _workflow_keys(envelope: _Envelope) -> tuple[DuplicateKey, ...]:
    trace = envelope.headers.get("traceparent", "")
    digest = hashlib.sha256(envelope.body).hexdigest()
    return (DuplicateKey(_key("workflow", f"{digest}:{trace}"), WORKFLOW_WINDOW),)


def _idempotency_keys(headers: Mapping[str, str]) -> tuple[DuplicateKey, ...]:
    given = headers.get("idempotency-key", "").strip()
    return (DuplicateKey(_key("idempotency", given), KEPT_FOR),) if given else ()


def _key(sort: str, value: str) -> str:
    """A key that any index takes: readable where it can be, else a digest."""
    readable = len(value) <= _LONGEST_READABLE_KEY and value.isprintable()
    return f"{sort}:{value if readable else hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()}"


def _kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: clean_text(headers[name])[:_LONGEST_HEADER] for name in HEADERS_KEPT if name in headers}
