"""The SQL of what people agreed to: rows of `consents`, and in `contacts.consent` the marks that were last told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.compliance.consent import (
    DND,
    OPT_OUT,
    OWN_WORD,
    ConsentBook,
    ConsentChange,
    ConsentHeld,
    ConsentNews,
    concerns_consent,
    follow_consent,
    source_of,
)
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import consents, contacts, suppressions

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToldConsent:
    """News of one contact, and when it was so by its teller's clock."""

    location_id: LocationId
    contact_id: ContactId
    news: ConsentNews
    at: datetime | None = None

    @property
    def place(self) -> Place:
        return self.location_id, self.contact_id


class SqlConsents:
    """Implements `Consents`; each call is a transaction of its own."""

    def __init__(self, database: Database, book: ConsentBook) -> None:
        self._database = database
        self._book = book

    async def note(self, location_id: LocationId, contact_id: ContactId, news: ConsentNews) -> bool:
        async with self._database.begin() as connection:
            await note_consents(connection, [ToldConsent(location_id, contact_id, news)], self._book)
            its = and_(contacts.c.location_id == location_id, contacts.c.contact_id == contact_id)
            stands = select(literal(1)).select_from(contacts).where(its, stands_for(location_id, contact_id))
            return (await connection.execute(stands)).first() is not None


def stands_for(location_id: LocationId, contact_id: ContactId, *, in_own_word: bool = False) -> ColumnElement[bool]:
    """Whether consent stands of the contact, or of its number, in a query of `contacts`."""
    agreed = exists().where(
        consents.c.location_id == location_id,
        consents.c.revoked_at.is_(None),
        or_(consents.c.contact_id == contact_id, consents.c.phone == contacts.c.phone),
        *([consents.c.source.in_(sorted(OWN_WORD))] if in_own_word else []),
    )
    return agreed.correlate(contacts)


async def note_consents(connection: AsyncConnection, told: Iterable[ToldConsent], book: ConsentBook) -> None:
    """Within the caller's transaction, and after the contacts themselves, take in what is told of consent, in order.

    What is older than the contact's known tags changes nothing.
    """
    for one in told:
        rules = book.of(one.location_id)
        if not concerns_consent(one.news, rules):
            continue
        row = (await connection.execute(_CONTACT, _names(one.place))).first()
        if row is None or (one.at is not None and row.tags_known_at is not None and one.at < row.tags_known_at):
            continue
        held = await _held(connection, one.place, row)
        await _carry_out(connection, one.place, row.phone, follow_consent(one.news, rules, held), held)


async def revoke_consents(
    connection: AsyncConnection, place: Place, phone: str | None, *, by: str, at: Any = None
) -> None:
    """Within the caller's transaction take back what the contact, or its number, agreed to."""
    # Of a contact whose number is not known only its own: all others without one are other people.
    same_number = [] if phone is None else [consents.c.phone == phone]
    of_person = or_(consents.c.contact_id == place[1], *same_number)
    await connection.execute(
        update(consents)
        .where(and_(consents.c.location_id == place[0], consents.c.revoked_at.is_(None), of_person))
        .values(revoked_at=func.now() if at is None else at, revoked_by=by)
    )


async def insert_consent(connection: AsyncConnection, given: Mapping[str, Any]) -> None:
    """Within the caller's transaction keep one consent; the one that stands already, where there is one."""
    await connection.execute(insert(consents).values(given).on_conflict_do_nothing())


async def _held(connection: AsyncConnection, place: Place, row: Any) -> ConsentHeld:
    person = {**_names(place), "phone": row.phone}
    latest = (await connection.execute(_LATEST, person)).first()
    suppressed = (await connection.execute(_SUPPRESSED, person)).first()
    return ConsentHeld(
        marks=row.consent,
        is_open=latest is not None and latest.revoked_at is None,
        taken_back=latest is not None and latest.revoked_by in (OPT_OUT, DND),
        is_suppressed=suppressed is not None,
    )


async def _carry_out(
    connection: AsyncConnection, place: Place, phone: str | None, change: ConsentChange, held: ConsentHeld
) -> None:
    if change.takes_back is not None:
        await revoke_consents(connection, place, phone, by=change.takes_back)
    if change.gives is not None:
        given = {
            "location_id": place[0],
            "consent_id": new_uuid7(),
            "contact_id": place[1],
            "phone": phone,
            "source": source_of(change.gives).value,
            "evidence": change.marks[change.gives],
            "given_at": func.now(),
        }
        await insert_consent(connection, given)
    if change.marks != held.marks:
        its = and_(contacts.c.location_id == place[0], contacts.c.contact_id == place[1])
        await connection.execute(update(contacts).where(its).values(consent=dict(change.marks)))


def _names(place: Place) -> dict[str, str]:
    return {"location_id": place[0], "contact_id": place[1]}


_CONTACT = (
    select(contacts.c.consent, contacts.c.phone, contacts.c.tags_known_at)
    .where(contacts.c.location_id == bindparam("location_id"), contacts.c.contact_id == bindparam("contact_id"))
    .with_for_update()
)


def _of_person(table: Any) -> ColumnElement[bool]:
    return and_(
        table.c.location_id == bindparam("location_id"),
        or_(table.c.contact_id == bindparam("contact_id"), table.c.phone == bindparam("phone")),
    )


_LATEST = (
    select(consents.c.revoked_at, consents.c.revoked_by)
    .where(_of_person(consents))
    .order_by(consents.c.revoked_at.desc().nulls_first())
    .limit(1)
)
_SUPPRESSED = select(literal(1)).where(_of_person(suppressions), suppressions.c.lifted_at.is_(None)).limit(1)
