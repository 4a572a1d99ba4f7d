"""The inbox on PostgreSQL: a group of events in one transaction, each exactly once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
import sqlalchemy.exc
from sqlalchemy import (
    ARRAY,
    UUID,
    ColumnElement,
    Interval,
    LargeBinary,
    Text,
    any_,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    literal_column,
    null,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.compliance.consent import ConsentBook
from ghl_real_estate_ai.compliance.store import ToldConsent, note_consents
from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.crm.model import AddTag, Effect, RemoveTag
from ghl_real_estate_ai.intake.errors import EventRefused
from ghl_real_estate_ai.intake.model import EventState, IncomingEvent, Kept
from ghl_real_estate_ai.intake.settle import PlacedKey, Settled, settle, windows_of
from ghl_real_estate_ai.intake.tag_changes import OurChange, follow_tags, tells_tags
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import Moment, contacts, conversations, inbox, inbox_keys, outbox

QUIET = timedelta(seconds=2)
QUIET_AT_MOST = timedelta(seconds=8)
FORGOTTEN_AT_ONCE = 5000
OURS_SINCE = timedelta(days=1)
"""How long after we decided to change a tag that may still be under way, or told late."""

_NOW = func.now()
_ANY_TIME = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "at this moment" where an event does not say when: the database takes the earlier of it and now."""
LeaveLocation = Callable[[AsyncConnection, LocationId, datetime | None], Awaitable[None]]
"""What ends a location's use of our app, in the transaction that keeps the event; with the event's own moment."""
_DETAILS = ("first_name", "phone", "email", "state", "postal_code", "timezone", "source")


class SqlInbox:
    """Keeps events in `inbox`, their keys in `inbox_keys`, what they tell of a person in `contacts`."""

    def __init__(
        self,
        database: Database,
        *,
        quiet: timedelta = QUIET,
        quiet_at_most: timedelta = QUIET_AT_MOST,
        leave_location: LeaveLocation | None = None,
        consent: ConsentBook | None = None,
    ) -> None:
        """Keep in *database*; a turn begins after *quiet* of silence, put off to *quiet_at_most* in all.

        *leave_location* is called for each event by which a location removes our app; *consent* says what an event
        must tell to give consent to texts.
        """
        self._consent = consent or ConsentBook()
        self._leave_location = leave_location
        self._database = database
        self._quiet = quiet
        self._quiet_at_most = quiet_at_most

    async def keep(self, events: Sequence[IncomingEvent]) -> list[Kept]:
        """Keep all of *events* or none, and answer for each in order; committed when it returns.

        Raises:
            DatabaseAway: the database cannot be reached.
            EventRefused: it refused one of them.
        """
        try:
            async with self._database.begin() as connection:
                settled = await _claim_keys(connection, events)
                new = await _follow_tags(connection, settled.new)
                await self._insert(connection, new)
                await self._leave(connection, new)
        except sqlalchemy.exc.SQLAlchemyError as error:
            # The statement's parameters hold what people wrote: only the kind of error may go on.
            raise EventRefused(f"The database refused: {type(error).__name__}.") from None
        return list(settled.answers)

    async def forget_keys(self, older_than: timedelta) -> int:
        """Remove the duplicate keys seen longer ago than *older_than*; return how many."""
        forgotten = 0
        while True:
            # A few at a time: webhooks wait for no long lock.
            async with self._database.begin() as connection:
                result = await connection.execute(_FORGET, {"older_than": older_than, "most": FORGOTTEN_AT_ONCE})
            forgotten += result.rowcount
            if result.rowcount < FORGOTTEN_AT_ONCE:
                return forgotten

    async def _insert(self, connection: AsyncConnection, events: Sequence[IncomingEvent]) -> None:
        if not events:
            return
        await connection.execute(_INSERT_EVENTS, _columns([self._event_row(event) for event in events]))
        waiting = sorted({_contact_key(event) for event in events if _waits(event)})
        if waiting:
            await connection.execute(_PUT_OFF, [self._waiting_row(key) for key in waiting])
        told = sorted((e for e in events if e.knowledge.says_something and e.contact_id), key=_contact_key)
        if told:
            await connection.execute(_LEARN, [_knowledge_row(event) for event in told])
            await note_consents(connection, (_told_consent(event) for event in told), self._consent)
        unseen = {_contact_key(e): e.new_contact_tags for e in events if e.new_contact_tags and _is_pending(e)}
        if unseen:
            await connection.execute(_INTRODUCE, [_new_contact_row(*item) for item in sorted(unseen.items())])

    async def _leave(self, connection: AsyncConnection, events: Sequence[IncomingEvent]) -> None:
        for event in events:
            if event.uninstalls and self._leave_location is not None:
                await self._leave_location(connection, event.location_id, event.occurred_at)

    def _event_row(self, event: IncomingEvent) -> dict[str, Any]:
        return {
            "location_id": event.location_id,
            "event_id": event.event_id,
            "kind": event.kind,
            "contact_id": event.contact_id,
            "state": event.state.value,
            "reason": event.reason,
            "body": event.body,
            "headers": orjson.dumps(dict(event.headers)).decode(),
            "text": event.text,
            "channel": event.channel,
            "crm_message_id": event.crm_message_id,
            "occurred_at": event.occurred_at,
            "wait": (self._quiet if event.quiet else timedelta()) if _is_pending(event) else None,
        }

    def _waiting_row(self, key: tuple[str, str]) -> dict[str, Any]:
        location_id, contact_id = key
        return {
            "of_location": location_id,
            "of_contact": contact_id,
            "quiet": self._quiet,
            "at_most": self._quiet_at_most,
        }


async def _follow_tags(connection: AsyncConnection, events: Sequence[IncomingEvent]) -> list[IncomingEvent]:
    """The events with what a person changed among the tags; the contacts stay locked until the commit."""
    followed = list(events)
    places = sorted({_contact_key(event) for event in events if tells_tags(event)})
    if not places:
        return followed
    known = {row[:2]: row for row in await connection.execute(_KNOWN_TAGS, {"places": places})}
    changes: dict[tuple[str, str], list[OurChange]] = {}
    for location_id, contact_id, kind, payload, sent_at in await connection.execute(_OUR_TAGS, {"places": places}):
        changes.setdefault((location_id, contact_id), []).append(OurChange(_tag_effect(kind, payload), sent_at))
    begun = {tuple(row) for row in await connection.execute(_BEGUN, {"places": places})}
    now = (await connection.execute(select(_NOW))).scalar_one()
    tags = {key: None if row.tags is None else frozenset(row.tags) for key, row in known.items()}
    for number, event in enumerate(events):
        key = _contact_key(event)
        at = min(event.occurred_at or now, now)
        if not tells_tags(event) or (key in known and known[key].tags_known_at and at < known[key].tags_known_at):
            continue  # older than what is known: it changes nothing
        followed[number] = follow_tags(event, tags.get(key), changes.get(key, ()), at=at, has_begun=key in begun)
        tags[key] = followed[number].knowledge.tags
    return followed


def _tag_effect(kind: str, payload: Mapping[str, Any]) -> Effect:
    return AddTag(payload["tag"]) if kind == "add_tag" else RemoveTag(payload["tag"])


async def _claim_keys(connection: AsyncConnection, events: Sequence[IncomingEvent]) -> Settled:
    """Put the group's keys in, and learn which were there; the rows stay locked until the commit."""
    alone = settle(events, {})
    windows = windows_of(events)
    fresh: set[PlacedKey] = set()
    for window in sorted(set(windows.values())):
        # Always in the same order, so that two nodes with the same events wait for each other at most once.
        wanted = sorted(key for key, its_window in windows.items() if its_window == window)
        fresh |= await _put_in(connection, wanted, window, alone.owners)
    seen = await _owners_of(connection, sorted(windows.keys() - fresh))
    settled = settle(events, seen)
    moved = sorted(key for key in fresh if settled.owners[key] != alone.owners[key])
    if moved:
        await connection.execute(_MOVE_KEY, [_key_row(key, settled.owners[key]) for key in moved])
    return settled


async def _put_in(
    connection: AsyncConnection, keys: Sequence[PlacedKey], window: timedelta, owners: Mapping[PlacedKey, EventId]
) -> set[PlacedKey]:
    """Insert *keys*, or take over those whose window has passed; return these."""
    rows = [{"location_id": location, "key": key, "event_id": owners[location, key]} for location, key in keys]
    result = await connection.execute(_put_keys(window), _columns(rows))
    return {(LocationId(location), key) for location, key in result}


@cache
def _put_keys(window: timedelta) -> Any:
    statement = insert(inbox_keys).from_select(["location_id", "key", "event_id"], select(_KEYS))
    return statement.on_conflict_do_update(
        index_elements=[inbox_keys.c.location_id, inbox_keys.c.key],
        set_={"event_id": statement.excluded.event_id, "seen_at": _NOW},
        where=inbox_keys.c.seen_at <= _NOW - _interval(window),
    ).returning(inbox_keys.c.location_id, inbox_keys.c.key)


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The rows turned into one array a column, so that a group of any size is one statement of the same text."""
    return {name: [row[name] for row in rows] for name in rows[0]}


async def _owners_of(connection: AsyncConnection, keys: Sequence[PlacedKey]) -> dict[PlacedKey, EventId]:
    if not keys:
        return {}
    columns = inbox_keys.c
    found = await connection.execute(
        select(columns.location_id, columns.key, columns.event_id).where(
            tuple_(columns.location_id, columns.key).in_(keys)
        )
    )
    return {(LocationId(location), key): EventId(event_id) for location, key, event_id in found}


def _interval(window: timedelta) -> ColumnElement[timedelta]:
    return literal_column(f"interval '{int(window.total_seconds())} seconds'", Interval)


def _is_pending(event: IncomingEvent) -> bool:
    return event.state is EventState.PENDING


def _waits(event: IncomingEvent) -> bool:
    return _is_pending(event) and event.quiet


def _contact_key(event: IncomingEvent) -> tuple[str, str]:
    return event.location_id, event.contact_id or ""


def _key_row(key: PlacedKey, owner: EventId) -> dict[str, Any]:
    return {"of_location": key[0], "of_key": key[1], "owner": owner}


def _knowledge_row(event: IncomingEvent) -> dict[str, Any]:
    told = event.knowledge
    return {
        "location_id": event.location_id,
        "contact_id": event.contact_id,
        **{name: told.details.get(name) for name in _DETAILS},
        "tags": None if told.tags is None else sorted(told.tags),
        "dnd": told.dnd,
        "known_at": None if told.tags is None else event.occurred_at or _ANY_TIME,
    }


def _told_consent(event: IncomingEvent) -> ToldConsent:
    contact_id = event.contact_id or ContactId("")
    return ToldConsent(event.location_id, contact_id, event.knowledge.consent_news, event.occurred_at)


def _new_contact_row(key: tuple[str, str], tags: frozenset[str]) -> dict[str, Any]:
    return {"location_id": key[0], "contact_id": key[1], "tags": sorted(tags)}


# --- statements -------------------------------------------------------------------------------------------------


def _arrays(**types: Any) -> Any:
    """Rows that come as one array a column."""
    arrays = [bindparam(name, type_=ARRAY(type_)) for name, type_ in types.items()]
    return (
        func.unnest(*arrays)
        .table_valued(*(column(name, type_) for name, type_ in types.items()), name="told")
        .render_derived()
    )


_KEYS = _arrays(location_id=Text, key=Text, event_id=UUID)
_EVENTS = _arrays(
    location_id=Text,
    event_id=UUID,
    kind=Text,
    contact_id=Text,
    state=Text,
    reason=Text,
    body=LargeBinary,
    headers=Text,
    text=Text,
    channel=Text,
    crm_message_id=Text,
    occurred_at=Moment,
    wait=Interval,
)
_AS_TOLD = tuple(name for name in _EVENTS.c.keys() if name not in ("headers", "wait"))  # noqa: SIM118 - not a dict
_INSERT_EVENTS = (
    insert(inbox)
    .from_select(
        [*_AS_TOLD, "headers", "due_at"],
        select(*(_EVENTS.c[name] for name in _AS_TOLD), cast(_EVENTS.c.headers, JSONB), _NOW + _EVENTS.c.wait),
    )
    .on_conflict_do_nothing(index_elements=[inbox.c.location_id, inbox.c.event_id])
)

_MOVE_KEY = (
    update(inbox_keys)
    .where(inbox_keys.c.location_id == bindparam("of_location"), inbox_keys.c.key == bindparam("of_key"))
    .values(event_id=bindparam("owner"))
)


_PLACES: Any = bindparam("places", expanding=True)
_KNOWN_TAGS = (
    select(contacts.c.location_id, contacts.c.contact_id, contacts.c.tags, contacts.c.tags_known_at)
    .where(tuple_(contacts.c.location_id, contacts.c.contact_id).in_(_PLACES))
    .order_by(contacts.c.location_id, contacts.c.contact_id)
    .with_for_update()
)
_BEGUN = select(conversations.c.location_id, conversations.c.contact_id).where(
    tuple_(conversations.c.location_id, conversations.c.contact_id).in_(_PLACES), conversations.c.version > 0
)
_OUR_TAGS = (
    select(outbox.c.location_id, outbox.c.contact_id, outbox.c.kind, outbox.c.payload, outbox.c.sent_at)
    .where(
        tuple_(outbox.c.location_id, outbox.c.contact_id).in_(_PLACES),
        outbox.c.kind.in_(("add_tag", "remove_tag")),
        outbox.c.state.in_(("pending", "claimed", "sent")),
        outbox.c.created_at > _NOW - OURS_SINCE,
    )
    .order_by(outbox.c.seq)
)

_OLD_KEYS = (
    select(inbox_keys.c.location_id, inbox_keys.c.key)
    .where(inbox_keys.c.seen_at < _NOW - bindparam("older_than", type_=Interval))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("old")
    .prefix_with("MATERIALIZED")
)
_FORGET = delete(inbox_keys).where(
    inbox_keys.c.location_id == _OLD_KEYS.c.location_id, inbox_keys.c.key == _OLD_KEYS.c.key
)


def _put_off() -> Any:
    """Each message puts the contact's waiting ones off with it, to at most so long after the first.

    Rows that a turn is taking at this moment are skipped, so that nobody waits for a turn.  A bare post has no
    quiet period, and none is forced upon it.
    """
    # The rows are looked up once, and changed by their key.  As `IN (SELECT ...)` a plan made while the table was
    # new looked them up again for each row, and a group took minutes.
    waiting = (
        select(inbox.c.event_id, inbox.c.received_at)
        .where(
            inbox.c.location_id == bindparam("of_location", type_=Text),
            inbox.c.contact_id == bindparam("of_contact", type_=Text),
            text("state = 'pending' AND kind <> 'bare'"),  # written out, for the partial index
        )
        .with_for_update(skip_locked=True)
        .cte("waiting")
        .prefix_with("MATERIALIZED")
    )
    first = select(func.min(waiting.c.received_at)).scalar_subquery()
    quiet = _NOW + bindparam("quiet", type_=Interval)
    due_at = func.greatest(_NOW, func.least(quiet, first + bindparam("at_most", type_=Interval)))
    theirs = func.array(select(waiting.c.event_id).scalar_subquery())
    return (
        update(inbox)
        .where(
            inbox.c.location_id == bindparam("of_location", type_=Text),
            inbox.c.event_id == any_(theirs),
            inbox.c.due_at != due_at,
        )
        .values(due_at=due_at)
    )


_PUT_OFF = _put_off()


def _learn() -> Any:
    """What is told later replaces what was told earlier; an event known to be older only fills gaps."""
    known_at = bindparam("known_at", type_=Moment)
    statement = insert(contacts).values(
        tags_known_at=case((known_at.is_(None), null()), else_=func.least(known_at, _NOW))
    )
    told = statement.excluded
    is_older = func.coalesce(told.tags_known_at < contacts.c.tags_known_at, literal_column("false"))
    replaced = {
        name: case(
            (is_older, func.coalesce(contacts.c[name], told[name])), else_=func.coalesce(told[name], contacts.c[name])
        )
        for name in (*_DETAILS, "tags", "dnd", "tags_known_at")
    }
    return statement.on_conflict_do_update(
        index_elements=[contacts.c.location_id, contacts.c.contact_id], set_={**replaced, "updated_at": _NOW}
    )


_LEARN = _learn()

_INTRODUCE = (
    insert(contacts)
    .values(tags_known_at=_NOW)
    .on_conflict_do_nothing(index_elements=[contacts.c.location_id, contacts.c.contact_id])
)
