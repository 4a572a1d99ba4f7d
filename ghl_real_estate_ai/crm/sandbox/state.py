"""What the sandbox remembers: contacts, their messages, tags, fields and notes, and the faults asked for."""

import asyncio
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ghl_real_estate_ai.crm.needs import FIELDS, TAGS, field_key

RATE_WINDOW = timedelta(seconds=10)
RATE_LIMIT = 100
DAILY_LIMIT = 200_000
ACCESS_LIFE = timedelta(seconds=86_399)
OPEN_HOURS = range(9, 17)
"""Local hours at which the sandbox's calendars have an appointment to give, Monday to Friday."""


class FaultKind(StrEnum):
    BUSY = "429"
    FAILURE = "500"
    REFUSAL = "422"
    """Nothing is done, now or on another try."""
    HANG = "hang"
    """Nothing is done and no answer comes."""
    LOST_ANSWER = "lost_answer"
    """It is done and no answer comes."""
    FAILURE_AFTER = "500_after"
    """It is done and the answer is 500."""
    DND = "dnd"
    """The contact has do-not-disturb on from now on, and the text is refused; as in HighLevel, no webhook says so."""
    SLOW = "slow"
    """It is done at once, and the answer takes `seconds`."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next `times` requests whose path begins with `path_prefix`."""

    kind: FaultKind
    path_prefix: str
    times: int
    method: str | None = None
    retry_after: float | None = None
    seconds: float = 1.0
    """How slow a SLOW answer is."""
    location_id: str | None = None
    """Only requests that name this location; None strikes all."""

    def applies_to(self, method: str, path: str, location_id: str | None = None) -> bool:
        return (
            self.times > 0
            and path.startswith(self.path_prefix)
            and self.method in (None, method)
            and self.location_id in (None, location_id)
        )


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
    status: str = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxNote:
    note_id: str
    body: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxTask:
    task_id: str
    title: str
    body: str
    due_date: str
    is_completed: bool
    assigned_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxField:
    field_id: str
    name: str
    data_type: str

    @property
    def key(self) -> str:
        """Made from the name, as HighLevel does it."""
        return "_".join(field_key(self.name).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAppointment:
    appointment_id: str
    calendar_id: str
    location_id: str
    contact_id: str
    title: str
    starts_at: datetime
    status: str

    @property
    def is_on(self) -> bool:
        return self.status != "cancelled"


@dataclass(slots=True, kw_only=True)
class SandboxLocation:
    """A sub-account."""

    location_id: str
    name: str
    timezone: str = "America/Chicago"
    tags: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    fields: dict[str, SandboxField] = field(default_factory=dict)
    calendars: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    workflows: dict[str, str] = field(default_factory=dict)
    native_bots: dict[str, str] = field(default_factory=dict)
    """Modes by name."""
    appointments: list[SandboxAppointment] = field(default_factory=list)
    started: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Workflows that were started: contact, workflow, moment."""

    def free_slots(self, calendar_id: str, begin: datetime, end: datetime) -> list[datetime]:
        """The whole hours in [begin, end) at which nothing is booked."""
        zone = ZoneInfo(self.timezone)
        taken = {one.starts_at for one in self.appointments if one.calendar_id == calendar_id and one.is_on}
        day, last, slots = begin.astimezone(zone).date(), end.astimezone(zone).date(), []
        while day <= last:
            for hour in OPEN_HOURS if day.weekday() < 5 else ():
                slot = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
                if begin <= slot < end and slot not in taken:
                    slots.append(slot)
            day += timedelta(days=1)
        return slots


@dataclass(slots=True, kw_only=True)
class SandboxContact:
    location_id: str
    contact_id: str
    conversation_id: str
    tags: list[str] = field(default_factory=list)
    dnd: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    """By key."""
    notes: list[SandboxNote] = field(default_factory=list)
    tasks: list[SandboxTask] = field(default_factory=list)
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

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = _new_id,
        is_prepared: bool = True,
        enforces_limits: bool = False,
    ) -> None:
        """Begin empty; *is_prepared* gives each location what `jorge setup` would, *enforces_limits* answers 429."""
        self._clock = clock
        self._is_prepared = is_prepared
        self.enforces_limits = enforces_limits
        self.locations: dict[str, SandboxLocation] = {}
        self.transcripts: dict[str, list[dict[str, object]]] = {}
        """Sentences by message id, in HighLevel's words."""
        self.scopes: frozenset[str] | None = None
        """What any token allows; None allows all."""
        self.refused_over_limit = 0
        """How many requests came over the limit, enforced or not."""
        self._recent: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._today: dict[str, int] = defaultdict(int)
        self.codes: dict[str, str] = {}
        """Locations by authorization code, each good once."""
        self.refresh_tokens: dict[str, str] = {}
        """Locations by refresh token, each good once."""
        self.access_tokens: dict[str, tuple[str, datetime]] = {}
        """Locations, and ends of life, by access token."""
        self.new_id = new_id
        self.contacts: dict[tuple[str, str], SandboxContact] = {}
        self.messages: list[SandboxMessage] = []
        self.faults: list[Fault] = []
        self.closing = asyncio.Event()
        """Set when the sandbox stops: requests that hang are let go."""

    def now(self) -> datetime:
        return self._clock()

    def location(self, location_id: str) -> SandboxLocation:
        """The location, made when it is first named."""
        if location_id not in self.locations:
            place = SandboxLocation(location_id=location_id, name=f"Team {location_id}")
            if self._is_prepared:
                place.tags = {self.new_id(): tag for tag in TAGS}
                for key in FIELDS:
                    self.add_field(place, key)
                place.calendars = {f"{location_id}-calendar": "Showings"}
                place.workflows = {f"{location_id}-workflow": "New lead"}
            self.locations[location_id] = place
        return self.locations[location_id]

    def add_field(self, place: SandboxLocation, name: str, data_type: str = "LARGE_TEXT") -> SandboxField:
        made = SandboxField(field_id=self.new_id(), name=name, data_type=data_type)
        place.fields[made.field_id] = made
        return made

    def count_request(self, who: str) -> tuple[int, int, bool]:
        """Count one request; what is left of the window and of the day, and whether it was one too many."""
        now, recent = self._clock(), self._recent[who]
        while recent and now - recent[0] >= RATE_WINDOW:
            recent.popleft()
        is_over = len(recent) >= RATE_LIMIT
        self.refused_over_limit += is_over
        if not is_over:
            recent.append(now)
            self._today[who] += 1
        return RATE_LIMIT - len(recent), DAILY_LIMIT - self._today[who], is_over

    def grant(self, location_id: str) -> tuple[str, str]:
        """A new pair of access and refresh token."""
        access, refresh = f"access-{self.new_id()}", f"refresh-{self.new_id()}"
        self.access_tokens[access] = (location_id, self._clock() + ACCESS_LIFE)
        self.refresh_tokens[refresh] = location_id
        return access, refresh

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

    def keep_message(
        self,
        contact: SandboxContact,
        *,
        direction: str,
        body: str,
        channel: str,
        added_at: datetime | None = None,
    ) -> SandboxMessage:
        message = SandboxMessage(
            message_id=self.new_id(),
            conversation_id=contact.conversation_id,
            location_id=contact.location_id,
            contact_id=contact.contact_id,
            direction=direction,
            body=body,
            channel=channel,
            added_at=added_at or self._clock(),
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

    def take_fault(self, method: str, path: str, location_id: str | None = None) -> Fault | None:
        """The fault that strikes this request, counted down; None when all is well."""
        for fault in self.faults:
            if fault.applies_to(method, path, location_id):
                fault.times -= 1
                return fault
        return None
