"""The SQL behind the read models of conversations."""

from collections.abc import Sequence
from dataclasses import fields as fields_of
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true, tuple_
from sqlalchemy.engine import RowMapping

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.dashboard.model import (
    ConsentRead,
    ConversationDetail,
    ConversationPage,
    ConversationSummary,
    Cursor,
    FactRead,
    MessageRead,
    TurnRead,
)
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import consents, contacts, conversations, facts, messages, suppressions, turns

MESSAGES_SHOWN = 500
TURNS_SHOWN = 200
"""The latest of each; a conversation by text hardly ever has more."""


class ConversationReader:
    """Reads conversations; every method raises `DatabaseAway` when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_conversations(
        self, *, location_id: str | None, cursor: Cursor | None, limit: int
    ) -> ConversationPage:
        """The page behind *cursor*, the latest conversation first; of one location, or of all when None."""
        statement = _SUMMARIES.limit(limit + 1)
        if location_id is not None:
            statement = statement.where(conversations.c.location_id == location_id)
        if cursor is not None:
            statement = statement.where(_order < tuple_(cursor.updated_at, cursor.location_id, cursor.contact_id))
        async with self._database.connect() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        shown = tuple(_summary(row) for row in rows[:limit])
        return ConversationPage(
            conversations=shown, next_cursor=_cursor_behind(shown[-1]) if len(rows) > limit else None
        )

    async def find_places(self, contact_id: str) -> list[LocationId]:
        """Every location that has a conversation with this contact id."""
        places = select(conversations.c.location_id).where(conversations.c.contact_id == contact_id)
        async with self._database.connect() as connection:
            return [LocationId(place) for place in (await connection.execute(places)).scalars()]

    async def find_conversation(self, contact_id: str, *, location_id: str) -> ConversationDetail | None:
        """The contact's conversation in this location, or None."""
        statement = _CONVERSATION.where(
            conversations.c.contact_id == contact_id, conversations.c.location_id == location_id
        )
        async with self._database.connect() as connection:
            # One snapshot for all four, so that no turn is seen without its messages.
            await connection.execution_options(isolation_level="REPEATABLE READ")
            row = (await connection.execute(statement)).mappings().first()
            if row is None:
                return None
            of_contact = (row["location_id"], contact_id)
            said = (await connection.execute(_messages_of(*of_contact))).mappings().all()
            known = (await connection.execute(_facts_of(*of_contact))).mappings().all()
            taken = (await connection.execute(_turns_of(*of_contact))).mappings().all()
        return _detail(row, said, known, taken)


_order = tuple_(conversations.c.updated_at, conversations.c.location_id, conversations.c.contact_id)
_LAST_FIRST = (
    conversations.c.updated_at.desc(),
    conversations.c.location_id.desc(),
    conversations.c.contact_id.desc(),
)


def _same_contact(table: Any) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = (table.c.location_id == conversations.c.location_id) & (
        table.c.contact_id == conversations.c.contact_id
    )
    return matches


_OPTED_OUT = (
    select(suppressions.c.suppression_id)
    .where(
        suppressions.c.location_id == conversations.c.location_id,
        or_(suppressions.c.contact_id == conversations.c.contact_id, suppressions.c.phone == contacts.c.phone),
        suppressions.c.lifted_at.is_(None),
    )
    .exists()
    .label("opted_out")
)
_MESSAGE_COUNT = (
    select(func.count()).select_from(messages).where(_same_contact(messages)).scalar_subquery().label("message_count")
)
_LAST_MESSAGE = (
    select(messages).where(_same_contact(messages)).order_by(messages.c.seq.desc()).limit(1).lateral("last_message")
)
_SUMMARIES = (
    select(
        conversations.c.location_id,
        conversations.c.contact_id,
        conversations.c.owner,
        conversations.c.updated_at,
        contacts.c.first_name,
        _OPTED_OUT,
        _MESSAGE_COUNT,
        *(column.label(f"last_{column.name}") for column in _LAST_MESSAGE.c),
    )
    .select_from(conversations.outerjoin(contacts, _same_contact(contacts)).outerjoin(_LAST_MESSAGE, true()))
    .order_by(*_LAST_FIRST)
)
_CONSENT = (
    select(consents)
    .where(
        consents.c.location_id == conversations.c.location_id,
        or_(consents.c.contact_id == conversations.c.contact_id, consents.c.phone == contacts.c.phone),
    )
    .order_by(consents.c.revoked_at.desc().nulls_first(), consents.c.given_at.desc())
    .limit(1)
    .lateral("consent")
)
_CONVERSATION = (
    select(
        conversations,
        contacts.c.first_name,
        contacts.c.tags,
        contacts.c.dnd,
        _OPTED_OUT,
        *(_CONSENT.c[one.name].label(f"consent_{one.name}") for one in fields_of(ConsentRead)),
    )
    .select_from(conversations.outerjoin(contacts, _same_contact(contacts)).outerjoin(_CONSENT, true()))
    .order_by(*_LAST_FIRST)
    .limit(1)
)


def _messages_of(location_id: str, contact_id: str) -> Select[Any]:
    return (
        select(messages)
        .where(messages.c.location_id == location_id, messages.c.contact_id == contact_id)
        .order_by(messages.c.seq.desc())
        .limit(MESSAGES_SHOWN)
    )


def _facts_of(location_id: str, contact_id: str) -> Select[Any]:
    return (
        select(facts)
        .where(
            facts.c.location_id == location_id,
            facts.c.contact_id == contact_id,
            facts.c.superseded_at.is_(None),
        )
        .order_by(facts.c.stated_at, facts.c.slot)
    )


def _turns_of(location_id: str, contact_id: str) -> Select[Any]:
    return (
        select(turns)
        .where(turns.c.location_id == location_id, turns.c.contact_id == contact_id)
        .order_by(turns.c.at.desc(), turns.c.turn_id.desc())
        .limit(TURNS_SHOWN)
    )


def _summary(row: RowMapping) -> ConversationSummary:
    return ConversationSummary(
        location_id=row["location_id"],
        contact_id=row["contact_id"],
        first_name=row["first_name"],
        owner=row["owner"],
        opted_out=row["opted_out"],
        message_count=row["message_count"],
        last_message=_message(row, "last_") if row["last_message_id"] is not None else None,
        updated_at=row["updated_at"],
    )


def _cursor_behind(last: ConversationSummary) -> str:
    return Cursor(last.updated_at, last.location_id, last.contact_id).encode()


def _detail(
    row: RowMapping, said: Sequence[RowMapping], known: Sequence[RowMapping], taken: Sequence[RowMapping]
) -> ConversationDetail:
    return ConversationDetail(
        location_id=row["location_id"],
        contact_id=row["contact_id"],
        first_name=row["first_name"],
        tags=None if row["tags"] is None else tuple(row["tags"]),
        dnd=row["dnd"],
        consent=_consent(row),
        owner=row["owner"],
        version=row["version"],
        opted_out=row["opted_out"],
        state=row["state"],
        updated_at=row["updated_at"],
        messages=tuple(_message(item) for item in reversed(said)),
        facts=tuple(_fact(item) for item in known),
        turns=tuple(_turn(item) for item in reversed(taken)),
    )


def _consent(row: RowMapping) -> ConsentRead | None:
    if row["consent_source"] is None:
        return None
    return ConsentRead(**{one.name: row[f"consent_{one.name}"] for one in fields_of(ConsentRead)})


def _message(row: RowMapping, prefix: str = "") -> MessageRead:
    return MessageRead(
        message_id=row[f"{prefix}message_id"],
        turn_id=row[f"{prefix}turn_id"],
        direction=row[f"{prefix}direction"],
        author=row[f"{prefix}author"],
        channel=row[f"{prefix}channel"],
        text=row[f"{prefix}text"],
        intents=row[f"{prefix}intents"],
        at=row[f"{prefix}at"],
    )


def _fact(row: RowMapping) -> FactRead:
    return FactRead(
        slot=row["slot"],
        value=row["value"],
        confidence=row["confidence"],
        source_message_id=row["source_message_id"],
        stated_at=row["stated_at"],
    )


def _turn(row: RowMapping) -> TurnRead:
    return TurnRead(
        turn_id=row["turn_id"],
        at=row["at"],
        owner_before=row["owner_before"],
        owner_after=row["owner_after"],
        asked=row["asked"],
        flags=tuple(row["flags"]),
        reasons=tuple(row["reasons"]),
        signals=row["signals"],
        timings=row["timings"],
    )
