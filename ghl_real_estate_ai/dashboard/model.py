"""Conversations as people read them: a page of them, and one with its messages, facts and turns; pure."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from ghl_real_estate_ai.errors import Rejected


class BadCursorError(Rejected):
    """This is no cursor that a page of conversations gave out; begin again without one."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last conversation of a page; the next page begins behind it."""

    updated_at: datetime
    location_id: str
    contact_id: str

    def encode(self) -> str:
        """The cursor as an opaque word."""
        parts = [self.updated_at.isoformat(), self.location_id, self.contact_id]
        return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def parse_cursor(word: str) -> Cursor:
    """Read a cursor; raises BadCursorError when *word* is none."""
    try:
        moment, location_id, contact_id = orjson.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        cursor = Cursor(datetime.fromisoformat(moment), str(location_id), str(contact_id))
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursorError("cursor is none of ours", field="cursor") from error
    if cursor.updated_at.tzinfo is None:
        raise BadCursorError("cursor is none of ours", field="cursor")
    return cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRead:
    """One message, and what it was understood to want."""

    message_id: UUID
    turn_id: UUID | None
    direction: str
    author: str
    channel: str
    text: str
    intents: Mapping[str, float]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRead:
    """What is known of a slot now, and which message said so."""

    slot: str
    value: Any
    confidence: float
    source_message_id: UUID | None
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRead:
    """The latest that the contact, or its number, agreed to: who says so, when, and whether it was taken back."""

    source: str
    evidence: str | None
    given_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRead:
    """One turn: who answered, why, and how long each step took in milliseconds."""

    turn_id: UUID
    at: datetime
    owner_before: str
    owner_after: str
    asked: str | None
    flags: tuple[str, ...]
    reasons: tuple[str, ...]
    signals: Mapping[str, Any]
    timings: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSummary:
    """One line of the list."""

    location_id: str
    contact_id: str
    first_name: str | None
    owner: str
    opted_out: bool
    message_count: int
    last_message: MessageRead | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    """A page, the latest conversation first."""

    conversations: tuple[ConversationSummary, ...]
    next_cursor: str | None
    """None on the last page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDetail:
    """Everything of one conversation; messages and turns oldest first."""

    location_id: str
    contact_id: str
    first_name: str | None
    tags: tuple[str, ...] | None
    """None while unknown."""
    dnd: bool | None
    consent: ConsentRead | None
    """None where nothing is known, so that we start nothing."""
    owner: str
    version: int
    opted_out: bool
    state: Mapping[str, Any]
    updated_at: datetime
    messages: tuple[MessageRead, ...]
    facts: tuple[FactRead, ...]
    turns: tuple[TurnRead, ...]
