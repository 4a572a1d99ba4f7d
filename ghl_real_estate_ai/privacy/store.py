"""The SQL of privacy requests: begun, carried out over every table that holds something, and exported."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.compliance.privacy import (
    ANSWERED_WITHIN,
    DEADLINE,
    NOBODY,
    PrivacyKind,
    Pseudonyms,
    reference_of,
)
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, Language, LocationId
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.delivery.queue_effects import insert_effects
from ghl_real_estate_ai.delivery.standing import names_suppressed
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.privacy.farewell import OurTraces, farewell, notes_left, prefix_of
from ghl_real_estate_ai.privacy.holdings import FREE_DETAILS, HOLDINGS, Fate
from ghl_real_estate_ai.privacy.model import PrivacyRequest, RequestState
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import (
    consents,
    contacts,
    conversations,
    metadata,
    outbox,
    privacy_requests,
    suppressions,
)

Person = tuple[LocationId, ContactId]
Row = dict[str, Any]

SWEPT_FOR = timedelta(days=2)
"""How long after a deletion what was still on its way in a journal is looked for again."""
MOST_SENDS = 100


class RequestUnknown(Rejected):
    """There is no such request: see `jorge privacy list`."""


class SqlPrivacy:
    """Privacy requests on PostgreSQL.  Each method is one transaction, safe to repeat, also after a crash within it."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def list_requests(
        self, *, location_id: LocationId | None = None, with_done: bool = False
    ) -> list[PrivacyRequest]:
        """The requests, those due soonest first."""
        found = select(privacy_requests).order_by(privacy_requests.c.due_by, privacy_requests.c.request_id)
        if location_id is not None:
            found = found.where(privacy_requests.c.location_id == location_id)
        if not with_done:
            found = found.where(privacy_requests.c.state != RequestState.DONE)
        async with self._database.begin() as connection:
            return [_request(dict(row)) for row in (await connection.execute(found)).mappings()]

    async def ask(self, person: Person, kind: PrivacyKind, *, source: str) -> PrivacyRequest:
        """Enter a request that did not come by text; the one that waits already, where there is one."""
        async with self._database.begin() as connection:
            state = await _state_of(connection, person)
            await connection.execute(
                upsert(privacy_requests)
                .values(
                    location_id=person[0],
                    request_id=new_uuid7(),
                    contact_id=person[1],
                    kind=kind,
                    source=source,
                    language=state.get("language") or Language.EN,
                    rule=f"{DEADLINE.name} ({DEADLINE.source})",
                    asked_at=func.now(),
                    due_by=func.now() + ANSWERED_WITHIN,
                )
                .on_conflict_do_nothing()
            )
            waiting = select(privacy_requests).where(
                _of(privacy_requests, person), privacy_requests.c.kind == kind, privacy_requests.c.state != "done"
            )
            return _request(dict((await connection.execute(waiting)).mappings().one()))

    async def due_before(self, within: timedelta) -> list[PrivacyRequest]:
        """The deletions that nobody began and that are due in less than *within*."""
        due = select(privacy_requests).where(
            privacy_requests.c.kind == PrivacyKind.DELETE,
            privacy_requests.c.state == RequestState.OPEN,
            privacy_requests.c.due_by < func.now() + within,
        )
        async with self._database.begin() as connection:
            return [_request(dict(row)) for row in (await connection.execute(due)).mappings()]

    async def closing(self) -> list[PrivacyRequest]:
        """The requests that are begun and not done."""
        begun = select(privacy_requests).where(privacy_requests.c.state == RequestState.CLOSING)
        async with self._database.begin() as connection:
            return [_request(dict(row)) for row in (await connection.execute(begun)).mappings()]

    async def begin(self, request: PrivacyRequest) -> None:
        """Put the one confirmation to the lead, and for a deletion the emptying of our CRM fields, in the outbox.

        Raises:
            RequestUnknown: it is not there, or a person must read it first.
        """
        async with self._database.begin() as connection:
            held = await _lock(connection, request)
            if held.kind is PrivacyKind.OTHER:
                raise RequestUnknown("Read it, and enter what is asked: `jorge privacy ask`.", field="request")
            if held.state is not RequestState.OPEN:
                return
            await insert_effects(connection, await self._farewell(connection, held))
            await _set(connection, held, state=RequestState.CLOSING)

    async def _farewell(self, connection: AsyncConnection, request: PrivacyRequest) -> list[OutboxEntry]:
        person = (request.location_id, request.contact_id)
        begun = select(conversations.c.epoch).where(_of(conversations, person))
        conversation = (await connection.execute(begun)).first()
        if conversation is None:
            return []  # nobody whom we could write to: we never did
        traces = OurTraces(
            fields=tuple(await _fields_set(connection, person)),
            note_ids=tuple(one for one in await _notes_left(connection, person) if one is not None),
        )
        return farewell(request, traces, epoch=conversation.epoch)

    async def finish(self, request: PrivacyRequest) -> PrivacyRequest:
        """Do what was asked once nothing of `begin` is under way any more, and keep the receipt.

        A request that is done, or not yet ready, comes back as it is.
        """
        async with self._database.begin() as connection:
            held = await _lock(connection, request)
            if held.state is not RequestState.CLOSING:
                return held
            told = await _told(connection, held)
            if told.get("waiting"):
                return held
            receipt: Row = {"crm": told}
            if held.kind is PrivacyKind.DELETE:
                receipt |= await self._forget(connection, held)
            await _set(connection, held, state=RequestState.DONE, done_at=func.now(), receipt=receipt)
            return await _lock(connection, request)

    async def _forget(self, connection: AsyncConnection, request: PrivacyRequest) -> Row:
        person = (request.location_id, request.contact_id)
        # A turn under way finds its conversation gone, and saves nothing.
        await connection.execute(select(literal(1)).where(_of(conversations, person)).with_for_update())
        row = (await connection.execute(select(contacts.c.phone).where(_of(contacts, person)))).first()
        done = {"suppressions": await self._hash_suppressions(connection, person, None if row is None else row.phone)}
        for name, fate in HOLDINGS.items():
            table = metadata.tables[name]
            if fate is Fate.DELETED:
                done[name] = (await connection.execute(delete(table).where(_of(table, person)))).rowcount
        return {"rows": done | await self._unname(connection, request, None)}

    async def _hash_suppressions(self, connection: AsyncConnection, person: Person, phone: str | None) -> int:
        rows = await connection.execute(select(suppressions).where(_of(suppressions, person)))
        found = rows.mappings().all()
        for row in found:
            number = row["phone"] or phone
            await connection.execute(
                update(suppressions)
                .where(suppressions.c.location_id == person[0], suppressions.c.suppression_id == row["suppression_id"])
                .values(
                    contact_id=self._pseudonyms.of(person[1]),
                    phone=None if number is None else self._pseudonyms.of(number),
                    source_message_id=None,
                )
            )
        return len(found)

    async def _unname(self, connection: AsyncConnection, request: PrivacyRequest, until: datetime | None) -> Row:
        """Take the person off what stays; only of rows up to *until* when it is given."""
        person = (request.location_id, request.contact_id)
        done: Row = {}
        for name, fate in HOLDINGS.items():
            if fate not in (Fate.UNNAMED, Fate.PSEUDONYM):
                continue
            table = metadata.tables[name]
            named = None if fate is Fate.UNNAMED else NOBODY + reference_of(request.request_id)
            emptied = {"metadata": None} if name in FREE_DETAILS else {}
            old = [] if until is None else [_moment(table) <= until]
            unnamed = update(table).where(_of(table, person), *old).values(contact_id=named, **emptied)
            done[name] = (await connection.execute(unnamed)).rowcount
        letters = await connection.execute(_DEAD_LETTERS, {"location_id": person[0], "needle": f'"{person[1]}"'})
        return done | {"dead_letters": letters.rowcount}

    async def sweep(self) -> int:
        """Forget again whom we forgot in the last days: records that were on their way in a journal have come since.

        What is newer than the deletion stays: the person came back.  Returns how many rows were found.
        """
        recent = select(privacy_requests).where(
            privacy_requests.c.kind == PrivacyKind.DELETE,
            privacy_requests.c.state == RequestState.DONE,
            privacy_requests.c.done_at > func.now() - SWEPT_FOR,
        )
        found = 0
        async with self._database.begin() as connection:
            for row in (await connection.execute(recent)).mappings().all():
                request = _request(dict(row))
                found += sum((await self._unname(connection, request, request.done_at)).values())
        return found

    async def export(self, person: Person) -> dict[str, list[Row]]:
        """Everything held on the person, by table; the tables without a row are left out."""
        async with self._database.begin() as connection:
            phone = (await connection.execute(select(contacts.c.phone).where(_of(contacts, person)))).scalar()
            held: dict[str, list[Row]] = {}
            for name in HOLDINGS:
                table = metadata.tables[name]
                rows = await connection.execute(select(table).where(self._is_about(table, person, phone)))
                held[name] = [dict(row) for row in rows.mappings()]
        return {name: rows for name, rows in held.items() if rows}

    def _is_about(self, table: Table, person: Person, phone: str | None) -> Any:
        if table is not suppressions:
            return _of(table, person)
        return and_(table.c.location_id == person[0], names_suppressed(person[1], phone, self._pseudonyms))


async def read_standing(database: Database, pseudonyms: Pseudonyms | None, person: Person) -> dict[str, list[Row]]:
    """What the person agreed to, took back and asked for, and what became of what was to be sent to them, with why."""
    async with database.begin() as connection:
        phone = (await connection.execute(select(contacts.c.phone).where(_of(contacts, person)))).scalar()
        held = and_(suppressions.c.location_id == person[0], names_suppressed(person[1], phone, pseudonyms))
        sends = select(outbox).where(_of(outbox, person)).order_by(outbox.c.seq.desc()).limit(MOST_SENDS)
        found = {
            "consents": select(consents).where(_of(consents, person)).order_by(consents.c.given_at),
            "suppressions": select(suppressions).where(held).order_by(suppressions.c.suppressed_at),
            "privacy_requests": select(privacy_requests)
            .where(_of(privacy_requests, person))
            .order_by(privacy_requests.c.asked_at),
            "sends": sends,
        }
        return {
            name: [dict(row) for row in (await connection.execute(rows)).mappings()] for name, rows in found.items()
        }


# Dead letters are refused records as bytes; the contact stands in them as JSON.
_DEAD_LETTERS = text(
    "DELETE FROM dead_letters WHERE location_id = :location_id AND position(convert_to(:needle, 'UTF8') IN record) > 0"
)


def _of(table: Table, person: Person) -> Any:
    return and_(table.c.location_id == person[0], table.c.contact_id == person[1])


def _moment(table: Table) -> Any:
    return next(table.c[name] for name in ("timestamp", "triggered_at") if name in table.c)


async def _lock(connection: AsyncConnection, request: PrivacyRequest) -> PrivacyRequest:
    """The request as it is now, held until the transaction ends."""
    row = (await connection.execute(select(privacy_requests).where(_is(request)).with_for_update())).mappings().first()
    if row is None:
        raise RequestUnknown("There is no such request.", field="request")
    return _request(dict(row))


def _is(request: PrivacyRequest) -> Any:
    return and_(
        privacy_requests.c.location_id == request.location_id, privacy_requests.c.request_id == request.request_id
    )


async def _set(connection: AsyncConnection, request: PrivacyRequest, **values: Any) -> None:
    await connection.execute(update(privacy_requests).where(_is(request)).values(**values))


async def _state_of(connection: AsyncConnection, person: Person) -> Row:
    found = (await connection.execute(select(conversations.c.state).where(_of(conversations, person)))).scalar()
    return dict(found or {})


async def _fields_set(connection: AsyncConnection, person: Person) -> Sequence[str]:
    """The custom fields that we have written of this person."""
    key = outbox.c.payload["key"].astext
    written = select(key).where(_of(outbox, person), outbox.c.kind == "set_field").distinct().order_by(key)
    return (await connection.execute(written)).scalars().all()


async def _notes_left(connection: AsyncConnection, person: Person) -> Sequence[str | None]:
    """The CRM's ids of the notes that we have left, None where it is not known."""
    left = select(outbox.c.crm_id).where(_of(outbox, person), outbox.c.kind == "add_note", outbox.c.state == "sent")
    return (await connection.execute(left.order_by(outbox.c.seq))).scalars().all()


async def _told(connection: AsyncConnection, request: PrivacyRequest) -> Row:
    """What became of what `begin` put in the outbox, by kind and state; `waiting` while any is under way."""
    ours = outbox.c.effect_key.like(f"{prefix_of(request)}%")
    found = select(outbox.c.kind, outbox.c.state, outbox.c.reason, func.count().label("rows")).where(
        outbox.c.location_id == request.location_id, ours
    )
    rows = (await connection.execute(found.group_by(outbox.c.kind, outbox.c.state, outbox.c.reason))).all()
    if any(row.state in ("pending", "claimed") for row in rows):
        return {"waiting": True}
    person = (request.location_id, request.contact_id)
    removed = select(outbox.c.payload["note_id"].astext).where(
        outbox.c.location_id == request.location_id, ours, outbox.c.kind == "remove_note", outbox.c.state == "sent"
    )
    gone = (await connection.execute(removed)).scalars().all()
    ends = [{"kind": row.kind, "state": row.state, "reason": row.reason, "rows": row.rows} for row in rows]
    by_hand = notes_left(await _notes_left(connection, person), gone)
    return {"effects": ends, "notes_to_remove_by_hand": by_hand}


def _request(row: Row) -> PrivacyRequest:
    return PrivacyRequest(
        location_id=LocationId(row["location_id"]),
        request_id=UUID(str(row["request_id"])),
        contact_id=ContactId(row["contact_id"]),
        kind=PrivacyKind(row["kind"]),
        state=RequestState(row["state"]),
        source=row["source"],
        language=Language(row["language"]),
        rule=row["rule"],
        asked_at=row["asked_at"],
        due_by=row["due_by"],
        done_at=row["done_at"],
        receipt=row["receipt"],
    )
