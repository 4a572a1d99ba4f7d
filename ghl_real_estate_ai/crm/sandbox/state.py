"""What the sandbox remembers: contacts, their messages, tags, fields and notes, and the faults asked for."""

import asyncio
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class FaultKind(StrEnum):
    BUSY = "429"
    FAILURE = "500"
    HANG = "hang"
    """Nothing is done and no answer comes."""
    LOST_ANSWER = "lost_answer"
    """It is done and no answer comes."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next `times` requests whose path begins with `path_prefix`."""

    kind: FaultKind
    path_prefix: str
    times: int
    method: str | None = None
    retry_after: float | None = None

    def applies_to(self, method: str, path: str) -> bool:
        return self.times > 0 and path.startswith(self.path_prefix) and self.method in (None, method)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxMessage:
    message_id: str
    conversation_id: str
    location_id: str
    contact_id: str
    direction: str
    body: str
    channel: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxNote:
    note_id: str
    body: str
    added_at: datetime


@dataclass(slots=True, kw_only=True)
class SandboxContact:
    location_id: str
    contact_id: str
    conversation_id: str
    tags: list[str] = field(default_factory=list)
    dnd: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    notes: list[SandboxNote] = field(default_factory=list)
    details: dict[str, str | None] = field(default_factory=dict)
    """firstName, phone, email, state, postalCode, timezone, source."""

    def add_tags(self, tags: Iterable[str]) -> None:
        # Like HighLevel, the same word in another case is the same tag.
        present = {tag.casefold() for tag in self.tags}
        self.tags.extend(tag for tag in dict.fromkeys(tags) if tag.casefold() not in present)

    def remove_tags(self, tags: Iterable[str]) -> None:
        gone = {tag.casefold() for tag in tags}
        self.tags = [tag for tag in self.tags if tag.casefold() not in gone]


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex[:20]


class SandboxState:
    """Everything of one sandbox.

    A location that a request does not name is looked for by the contact's id alone, as in HighLevel, where the
    token says it.
    """

    def __init__(self, *, clock: Callable[[], datetime] = _now, new_id: Callable[[], str] = _new_id) -> None:
        self._clock = clock
        self.new_id = new_id
        self.contacts: dict[tuple[str, str], SandboxContact] = {}
        self.messages: list[SandboxMessage] = []
        self.faults: list[Fault] = []
        self.closing = asyncio.Event()
        """Set when the sandbox stops: requests that hang are let go."""

    def find_contact(self, location_id: str | None, contact_id: str) -> SandboxContact | None:
        if location_id is not None:
            return self.contacts.get((location_id, contact_id))
        return next((known for (_, known_id), known in self.contacts.items() if known_id == contact_id), None)

    def take_up_contact(self, location_id: str | None, contact_id: str) -> SandboxContact:
        """The contact, new if need be: a sandbox that was restarted has forgotten those Jorge still knows."""
        found = self.find_contact(location_id, contact_id)
        if found is not None:
            return found
        place = location_id or "default"
        contact = SandboxContact(location_id=place, contact_id=contact_id, conversation_id=self.new_id())
        self.contacts[place, contact_id] = contact
        return contact

    def keep_message(self, contact: SandboxContact, *, direction: str, body: str, channel: str) -> SandboxMessage:
        message = SandboxMessage(
            message_id=self.new_id(),
            conversation_id=contact.conversation_id,
            location_id=contact.location_id,
            contact_id=contact.contact_id,
            direction=direction,
            body=body,
            channel=channel,
            added_at=self._clock(),
        )
        self.messages.append(message)
        return message

    def keep_note(self, contact: SandboxContact, body: str) -> SandboxNote:
        note = SandboxNote(note_id=self.new_id(), body=body, added_at=self._clock())
        contact.notes.append(note)
        return note

    def messages_of(self, location_id: str | None = None, contact_id: str | None = None) -> list[SandboxMessage]:
        """Those of a location or contact, oldest first."""
        return [
            message
            for message in self.messages
            if location_id in (None, message.location_id) and contact_id in (None, message.contact_id)
        ]

    def conversation(self, conversation_id: str) -> list[SandboxMessage]:
        """The messages of a conversation, newest first."""
        return [message for message in reversed(self.messages) if message.conversation_id == conversation_id]

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, counted down; None when all is well."""
        for fault in self.faults:
            if fault.applies_to(method, path):
                fault.times -= 1
                return fault
        return None
