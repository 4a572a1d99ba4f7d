"""Leads who wait for a person, and those whom people have: the queue with its clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, cast, or_, select

from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import contacts, conversations


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLead:
    """A lead for whom a person was called, or whom one has."""

    location_id: str
    contact_id: str
    first_name: str | None
    owner: str
    since: datetime
    why: str
    deadline: datetime
    """By when a person is to write."""
    answered_at: datetime | None
    """When a person took it up; None while the lead waits."""
    overdue: bool


def waiting_lead(
    *,
    location_id: str,
    contact_id: str,
    first_name: str | None,
    owner: str,
    since: datetime,
    why: str,
    answered_at: datetime | None,
    now: datetime,
    sla: timedelta,
) -> WaitingLead:
    """The queue's line: late when the deadline has passed and nobody has taken the lead up."""
    deadline = since + sla
    return WaitingLead(
        location_id=location_id,
        contact_id=contact_id,
        first_name=first_name,
        owner=owner,
        since=since,
        why=why,
        deadline=deadline,
        answered_at=answered_at,
        overdue=answered_at is None and now > deadline,
    )


class PeopleReader:
    """Reads the queue; raises `DatabaseAway` when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_people(
        self, now: datetime, *, sla: timedelta, location_id: str | None = None, limit: int = 100
    ) -> Sequence[WaitingLead]:
        """Who waits, the longest first, then whom people have; of one location, or of all when None."""
        statement = _PEOPLE.limit(limit)
        if location_id is not None:
            statement = statement.where(conversations.c.location_id == location_id)
        async with self._database.connect() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [waiting_lead(**row, now=now, sla=sla) for row in rows]


_CALL = conversations.c.state["person_call"]
_SINCE = cast(_CALL["at"].astext, DateTime(timezone=True))
_ANSWERED_AT = cast(_CALL["answered_at"].astext, DateTime(timezone=True))
_PEOPLE = (
    select(
        conversations.c.location_id,
        conversations.c.contact_id,
        contacts.c.first_name,
        conversations.c.owner,
        _SINCE.label("since"),
        _CALL["why"].astext.label("why"),
        _ANSWERED_AT.label("answered_at"),
    )
    .select_from(
        conversations.outerjoin(
            contacts,
            (contacts.c.location_id == conversations.c.location_id)
            & (contacts.c.contact_id == conversations.c.contact_id),
        )
    )
    # Somebody who opted out waits for nobody; a call that was answered and given back is over.
    .where(
        _CALL["at"].astext.is_not(None),
        conversations.c.owner != "none",
        or_(_CALL["answered_at"].astext.is_(None), conversations.c.owner == "human"),
    )
    .order_by(_ANSWERED_AT.is_not(None), _SINCE, conversations.c.location_id, conversations.c.contact_id)
)
