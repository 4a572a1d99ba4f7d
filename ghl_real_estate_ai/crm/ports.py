"""The one seam to the CRM; HighLevel and the sandbox are reached through the same adapter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
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
)
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable


class CrmBusy(Retryable):
    """The CRM answered 429; `retry_after_seconds` says when to come back."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class CrmPaced(CrmBusy):
    """We held the request back ourselves, for the CRM's limits or because it fails; nothing was asked."""


class CrmAway(Retryable):
    """The CRM certainly did not take the request: no connection, or it said 5xx before doing anything."""


class CrmOutcomeUnknown(Retryable):
    """The request left and no answer came: it may have been done. Look before trying again."""


class CrmRefused(Rejected):
    """The CRM said no (4xx): the request is wrong and stays wrong."""


class CrmDoNotDisturb(CrmRefused):
    """The contact has do-not-disturb on: no text of ours reaches it until that is taken off."""


class CrmAccessDenied(Misconfigured):
    """The CRM does not accept our token (401, 403)."""


class Tokens(Protocol):
    """Where the access token of a location comes from."""

    async def token(self, location_id: LocationId) -> str:
        """Return a token that is good now.

        Raises:
            CrmAccessDenied: there is none, and an operator must mend that.
            CrmAway: one is being fetched and does not come.
        """
        ...

    async def replace_refused(self, location_id: LocationId, refused: str) -> str | None:
        """Return another token than *refused*, or None when there is no other."""
        ...


class Pace(Protocol):
    """Keeps a location within the CRM's limits, and away from a CRM that fails."""

    async def enter(self, location_id: LocationId, urgency: Urgency) -> None:
        """Return when one request may leave now.

        Raises:
            CrmPaced: it would have to wait too long, or the CRM has just failed this location again and again.
        """
        ...

    async def note_answer(self, location_id: LocationId, status: int, headers: Mapping[str, str]) -> None:
        """Take in what an answer tells of the limits."""
        ...

    def note_failure(self, location_id: LocationId) -> None:
        """Take in that no answer came."""
        ...


class Crm(Protocol):
    """What Jorge asks of a CRM. Every method raises one of the errors above, and nothing else."""

    async def send_text(self, location_id: LocationId, contact_id: ContactId, text: str, *, channel: str) -> str:
        """Send *text* once and return the CRM's message id."""
        ...

    async def find_sent(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        text: str,
        *,
        since: datetime,
        others: frozenset[str] = frozenset(),
    ) -> str | None:
        """Return the id of an outbound message with *text* sent at or after *since*, or None.

        The CRM may have put words behind the text ("Reply STOP to unsubscribe"); one with exactly *text* goes
        first, then the oldest.  Those of *others* are known to be other messages.
        """
        ...

    async def add_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        """Add *tags*; those already there stay. Safe to call twice."""
        ...

    async def remove_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        """Remove *tags*; those not there are no error. Safe to call twice."""
        ...

    async def set_field(self, location_id: LocationId, contact_id: ContactId, key: str, value: str) -> None:
        """Set the custom field *key*. Safe to call twice.

        Raises:
            CrmRefused: the location has no such field (`jorge setup --apply` makes those we need).
        """
        ...

    async def add_note(self, location_id: LocationId, contact_id: ContactId, text: str) -> str:
        """Leave a note on the contact, and return the note's id."""
        ...

    async def remove_note(self, location_id: LocationId, contact_id: ContactId, note_id: str) -> None:
        """Take a note away; one that is not there is no error. Safe to call twice."""
        ...

    async def find_note(
        self, location_id: LocationId, contact_id: ContactId, text: str, *, since: datetime
    ) -> str | None:
        """Return the id of a note with exactly *text* left at or after *since*, or None."""
        ...

    async def add_task(self, location_id: LocationId, contact_id: ContactId, task: CrmTask) -> str:
        """Give the team something to do about the contact, and return the task's id."""
        ...

    async def find_task(self, location_id: LocationId, contact_id: ContactId, task: CrmTask) -> str | None:
        """Return the id of a task of the same title and due moment, or None."""
        ...

    async def start_workflow(
        self, location_id: LocationId, contact_id: ContactId, workflow_id: str, *, at: datetime
    ) -> None:
        """Put the contact into a workflow, as of *at*."""
        ...

    async def find_message(self, location_id: LocationId, message_id: str) -> CrmMessage | None:
        """Return a message by its id, or None when the CRM has no such message."""
        ...

    async def find_transcript(self, location_id: LocationId, message_id: str) -> Sequence[CallSentence] | None:
        """Return what was said in a call, in order; None while there is no transcript."""
        ...

    async def list_calendars(self, location_id: LocationId) -> Sequence[Calendar]:
        """Return the location's calendars."""
        ...

    async def free_slots(
        self, location_id: LocationId, calendar_id: str, *, begin: datetime, end: datetime
    ) -> Sequence[datetime]:
        """Return the beginnings of the free times of a calendar, earliest first."""
        ...

    async def book(
        self, location_id: LocationId, contact_id: ContactId, calendar_id: str, *, starts_at: datetime, title: str
    ) -> Appointment:
        """Make an appointment; the CRM itself refuses (CrmRefused) a time that is not free."""
        ...

    async def find_appointment(self, location_id: LocationId, appointment_id: str) -> Appointment | None:
        """Return an appointment by its id, or None."""
        ...

    async def find_location(self, location_id: LocationId) -> CrmLocation | None:
        """Return the location with its time zone, or None when the token does not reach it."""
        ...

    async def list_tags(self, location_id: LocationId) -> frozenset[str]:
        """Return the names of the tags that the location knows."""
        ...

    async def create_tag(self, location_id: LocationId, tag: str) -> None:
        """Make *tag* known in the location."""
        ...

    async def list_fields(self, location_id: LocationId) -> Sequence[CustomField]:
        """Return the custom fields of the location's contacts."""
        ...

    async def create_field(self, location_id: LocationId, name: str) -> CustomField:
        """Add a field of several lines to the location's contacts; the CRM makes its key from *name*."""
        ...

    async def list_native_bots(self, location_id: LocationId) -> Sequence[NativeBot]:
        """Return the CRM's own bots of the location."""
        ...

    async def find_contact(
        self, location_id: LocationId, contact_id: ContactId, *, with_fields: bool = False
    ) -> CrmContact | None:
        """Return the contact with its tags and DND as they are now, or None when the CRM has no such contact.

        *with_fields* also returns its custom fields; where their names cannot be had, it has none, and the rest counts.
        """
        ...

    async def create_contact(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        """Make the contact known to a *sandbox*; a real CRM raises CrmRefused, since its contacts are the team's."""
        ...
