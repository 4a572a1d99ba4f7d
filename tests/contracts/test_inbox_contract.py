"""The inbox on PostgreSQL and the one in memory keep the same promises."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.model import ContactKnowledge, DuplicateKey, EventState, IncomingEvent, Keeping, Kept
from ghl_real_estate_ai.intake.parse_event import KEPT_FOR
from ghl_real_estate_ai.intake.ports import Inbox, KeyKeeper
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase, row
from ghl_real_estate_ai.storage.tables import contacts, inbox

MONTH, DAY = timedelta(days=30), timedelta(days=1)
START = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)

Rows = list[Mapping[str, Any]]


class Place(Protocol):
    """An inbox, and what a test needs to look into it and to let time pass."""

    inbox: Inbox
    keys: KeyKeeper

    async def events(self) -> Rows: ...
    async def contacts(self) -> Rows: ...
    async def add_contact(self, **values: Any) -> None: ...
    async def let_pass(self, time: timedelta) -> None: ...
    async def finish_turn(self) -> None: ...


class SqlPlace:
    """On PostgreSQL time passes by moving all that happened into the past."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox: Inbox = SqlInbox(database)
        self.keys: KeyKeeper = SqlInbox(database)

    async def events(self) -> Rows:
        return await self._rows(select(inbox).order_by(inbox.c.seq))

    async def contacts(self) -> Rows:
        return await self._rows(select(contacts).order_by(contacts.c.contact_id))

    async def add_contact(self, **values: Any) -> None:
        async with self.database.begin() as connection:
            await connection.execute(insert(contacts).values(values))

    async def let_pass(self, time: timedelta) -> None:
        async with self.database.begin() as connection:
            for change in (
                "UPDATE inbox SET received_at = received_at - :t, due_at = due_at - :t",
                "UPDATE inbox_keys SET seen_at = seen_at - :t",
                "UPDATE contacts SET tags_known_at = tags_known_at - :t",
            ):
                await connection.execute(text(change), {"t": time})

    async def finish_turn(self) -> None:
        async with self.database.begin() as connection:
            await connection.execute(text("UPDATE inbox SET state = 'done'"))

    async def _rows(self, query: Any) -> Rows:
        async with self.database.begin() as connection:
            return [dict(found) for found in (await connection.execute(query)).mappings()]


class MemoryPlace:
    """In memory time passes on the clock."""

    def __init__(self) -> None:
        self.now = START
        self.database = MemoryDatabase()
        self.inbox: Inbox = MemoryInbox(self.database, lambda: self.now)
        self.keys: KeyKeeper = MemoryInbox(self.database, lambda: self.now)

    async def events(self) -> Rows:
        return sorted(self.database.tables["inbox"].values(), key=lambda each: each["seq"])

    async def contacts(self) -> Rows:
        return sorted(self.database.tables["contacts"].values(), key=lambda each: each["contact_id"])

    async def add_contact(self, **values: Any) -> None:
        names = [
            "first_name",
            "phone",
            "email",
            "state",
            "postal_code",
            "timezone",
            "source",
            "tags",
            "tags_known_at",
            "dnd",
            "consent",
        ]
        known = dict.fromkeys(names) | values
        self.database.tables["contacts"][values["location_id"], values["contact_id"]] = row(**known)

    async def let_pass(self, time: timedelta) -> None:
        self.now += time

    async def finish_turn(self) -> None:
        table = self.database.tables["inbox"]
        table.update({key: row(**{**each, "state": "done"}) for key, each in table.items()})


@pytest.fixture(params=["memory", "postgresql"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Both inboxes in turn; the database is only made for the one that needs it."""
    if request.param == "memory":
        yield MemoryPlace()
        return
    database = Database(request.getfixturevalue("database_dsn"))
    yield SqlPlace(database)
    await database.close()


def event(number: int, *keys: str, window: timedelta = MONTH, **changes: Any) -> IncomingEvent:
    written = IncomingEvent(
        location_id=LocationId("home"),
        event_id=EventId(UUID(int=number)),
        kind="InboundMessage",
        state=EventState.PENDING,
        body=b'{"n": 1}\x00\xff',
        headers={"user-agent": "test"},
        contact_id=ContactId("c1"),
        text="hi",
        channel="SMS",
        crm_message_id="m1",
        occurred_at=START,
        keys=tuple(DuplicateKey(key, window) for key in keys),
    )
    return replace(written, **changes)


def bare(number: int, contact_id: str = "c1") -> IncomingEvent:
    return event(
        number,
        kind="bare",
        quiet=False,
        contact_id=ContactId(contact_id),
        new_contact_tags=frozenset({"Needs Qualifying"}),
    )


def told(number: int, occurred_at: datetime | None = None, **knowledge: Any) -> IncomingEvent:
    return event(
        number,
        kind="ContactUpdate",
        state=EventState.KNOWN,
        reason="contact",
        occurred_at=occurred_at,
        knowledge=ContactKnowledge(**knowledge),
    )


def accepted(number: int) -> Kept:
    return Kept(Keeping.ACCEPTED, EventId(UUID(int=number)))


def duplicate_of(number: int) -> Kept:
    return Kept(Keeping.DUPLICATE, EventId(UUID(int=number)))


async def due_in(place: Place) -> list[float | None]:
    """Seconds from each event's arrival to its turn."""
    return [
        None if each["due_at"] is None else (each["due_at"] - each["received_at"]).total_seconds()
        for each in await place.events()
    ]


async def test_an_event_is_kept_with_all_it_says(place: Place) -> None:
    """A row holds the raw body byte for byte and everything that was read of it."""
    answers = await place.inbox.keep([event(1, "a")])

    (kept,) = await place.events()
    names = "location_id event_id kind contact_id state reason body headers text channel crm_message_id occurred_at"
    assert answers == [accepted(1)]
    assert {name: kept[name] for name in names.split()} == {
        "location_id": "home",
        "event_id": UUID(int=1),
        "kind": "InboundMessage",
        "contact_id": "c1",
        "state": "pending",
        "reason": None,
        "body": b'{"n": 1}\x00\xff',
        "headers": {"user-agent": "test"},
        "text": "hi",
        "channel": "SMS",
        "crm_message_id": "m1",
        "occurred_at": START,
    }


async def test_known_and_ignored_events_are_kept_without_a_turn(place: Place) -> None:
    """Knowledge is accepted, the useless is ignored; both are rows, and neither is due."""
    ignored = event(2, state=EventState.IGNORED, reason="blank", contact_id=None, text=None)

    answers = await place.inbox.keep([told(1, first_name="Ana"), ignored])

    assert answers == [accepted(1), Kept(Keeping.IGNORED, EventId(UUID(int=2)))]
    assert [each["state"] for each in await place.events()] == ["known", "ignored"]
    assert await due_in(place) == [None, None]


async def test_keeping_nothing_is_no_error(place: Place) -> None:
    """An empty group is answered by an empty list."""
    assert await place.inbox.keep([]) == []


async def test_a_group_keeps_the_order_of_arrival(place: Place) -> None:
    """Rows are numbered as the events came."""
    await place.inbox.keep([event(number, text=str(number)) for number in (5, 3, 9, 1)])

    assert [each["text"] for each in await place.events()] == ["5", "3", "9", "1"]


async def test_an_event_seen_before_is_answered_with_the_first_ones_id(place: Place) -> None:
    """A second delivery is no second row."""
    await place.inbox.keep([event(1, "a", "b")])

    answers = await place.inbox.keep([event(2, "b", "c")])

    assert answers == [duplicate_of(1)]
    assert len(await place.events()) == 1


async def test_a_duplicates_other_key_leads_to_the_first_too(place: Place) -> None:
    """A retry with a new delivery id and the old message id is remembered by both."""
    await place.inbox.keep([event(1, "a")])
    await place.inbox.keep([event(2, "a", "b")])

    answers = await place.inbox.keep([event(3, "b")])

    assert answers == [duplicate_of(1)]


async def test_duplicates_within_a_group_are_found(place: Place) -> None:
    """Two deliveries that arrive in the same moment make one row."""
    answers = await place.inbox.keep([event(1, "a"), event(2, "a", "b"), event(3, "b"), event(4, "c")])

    assert answers == [accepted(1), duplicate_of(1), duplicate_of(1), accepted(4)]
    assert len(await place.events()) == 2


async def test_one_of_many_concurrent_deliveries_is_kept(place: Place) -> None:
    """Groups that race with the same keys, in any order, agree on the first, and none is kept twice."""
    keys = ["a", "b", "c", "d"]
    groups = [
        [event(100 * group + n, keys[(group + n) % 4], keys[(group + n) % 4] + "2") for n in range(4)]
        for group in range(1, 9)
    ]

    answers = await asyncio.gather(*(place.inbox.keep(group) for group in groups))

    firsts = {each["event_id"] for each in await place.events()}
    assert len(firsts) == 4
    assert {answer.event_id for group in answers for answer in group} == firsts
    assert sum(answer.status is Keeping.ACCEPTED for group in answers for answer in group) == 4


async def test_a_key_is_forgotten_when_its_window_has_passed(place: Place) -> None:
    """After the window the same key is a new event, and the window begins anew."""
    await place.inbox.keep([event(1, "a", window=DAY)])
    await place.let_pass(timedelta(hours=12))
    within = await place.inbox.keep([event(2, "a", window=DAY)])
    await place.let_pass(timedelta(hours=13))

    after = await place.inbox.keep([event(3, "a", window=DAY)])
    again = await place.inbox.keep([event(4, "a", window=DAY)])

    assert (within, after, again) == ([duplicate_of(1)], [accepted(3)], [duplicate_of(3)])


async def test_keys_are_per_location(place: Place) -> None:
    """Two tenants never see each other's events."""
    answers = await place.inbox.keep([event(1, "a"), event(2, "a", location_id=LocationId("away"))])

    assert answers == [accepted(1), accepted(2)]


async def test_a_message_is_due_after_the_quiet_period_and_a_bare_post_at_once(place: Place) -> None:
    """Two seconds for HighLevel's messages, none for a bare post."""
    await place.inbox.keep([event(1), bare(2, "c2")])

    assert await due_in(place) == [2.0, 0.0]


async def test_each_further_message_puts_the_turn_off_to_at_most_eight_seconds(place: Place) -> None:
    """Messages in a row share a turn, which is due two seconds after the last but at most eight after the first."""
    for number in range(6):
        await place.inbox.keep([event(number)])
        assert len({each["due_at"] for each in await place.events()}) == 1
        await place.let_pass(timedelta(seconds=1.5))

    first, *_, last = await place.events()
    # Where the machine took so long that eight seconds were over when the last came, the turn is due as it comes.
    assert first["due_at"] == max(first["received_at"] + timedelta(seconds=8), last["received_at"])


async def test_another_contacts_message_puts_nothing_off(place: Place) -> None:
    """The quiet period is each contact's own, and each tenant's."""
    await place.inbox.keep([event(1)])
    await place.let_pass(timedelta(seconds=1))

    await place.inbox.keep([event(2, contact_id=ContactId("c2")), event(3, location_id=LocationId("away"))])

    assert await due_in(place) == [2.0, 2.0, 2.0]


async def test_a_waiting_bare_post_is_not_put_off(place: Place) -> None:
    """A message that follows a bare post waits by itself."""
    await place.inbox.keep([bare(1)])

    await place.inbox.keep([event(2)])

    assert await due_in(place) == [0.0, 2.0]


async def test_a_finished_turn_does_not_shorten_the_next_quiet_period(place: Place) -> None:
    """Only waiting messages count for the longest wait."""
    await place.inbox.keep([event(1)])
    await place.let_pass(timedelta(seconds=7))
    await place.finish_turn()

    await place.inbox.keep([event(2)])

    assert (await due_in(place))[1] == 2.0


async def test_a_backlog_makes_the_turn_due_at_once(place: Place) -> None:
    """When the first message has waited longer than allowed already, a further one puts nothing off."""
    await place.inbox.keep([event(1)])
    await place.let_pass(timedelta(seconds=30))

    await place.inbox.keep([event(2)])

    assert (await due_in(place))[1] == 0.0


async def test_what_an_event_tells_of_a_contact_is_kept(place: Place) -> None:
    """Tags, DND and details reach the contact's row, with the time since which the tags are known."""
    await place.inbox.keep(
        [told(1, START - timedelta(hours=1), tags=frozenset({"b", "a"}), dnd=True, phone="+1512", timezone="UTC")]
    )

    (contact,) = await place.contacts()
    names = "location_id contact_id tags tags_known_at dnd phone timezone email"
    assert {name: contact[name] for name in names.split()} == {
        "location_id": "home",
        "contact_id": "c1",
        "tags": ["a", "b"],
        "tags_known_at": START - timedelta(hours=1),
        "dnd": True,
        "phone": "+1512",
        "timezone": "UTC",
        "email": None,
    }


async def test_what_is_not_told_stays_known(place: Place) -> None:
    """An event that is silent about tags and DND leaves them as they are."""
    await place.inbox.keep([told(1, tags=frozenset({"a"}), dnd=True, phone="+1512")])

    await place.inbox.keep([told(2, first_name="Ana")])

    (contact,) = await place.contacts()
    assert (contact["tags"], contact["dnd"], contact["phone"], contact["first_name"]) == (["a"], True, "+1512", "Ana")


async def test_unknown_tags_are_not_no_tags(place: Place) -> None:
    """A contact of whose tags nothing was said has unknown tags; an empty set is known to be empty."""
    await place.inbox.keep([told(1, first_name="Ana")])
    (unknown,) = await place.contacts()

    await place.inbox.keep([told(2, tags=frozenset())])

    (known,) = await place.contacts()
    assert (unknown["tags"], unknown["tags_known_at"]) == (None, None)
    assert known["tags"] == []
    assert known["tags_known_at"] is not None


async def test_a_late_older_event_does_not_overwrite_newer_knowledge(place: Place) -> None:
    """A retry that arrives after newer news only fills gaps."""
    newer, older = START - timedelta(hours=1), START - timedelta(hours=2)
    await place.inbox.keep([told(1, newer, tags=frozenset({"AI-Off"}), dnd=True)])

    await place.inbox.keep([told(2, older, tags=frozenset({"Buyer-Lead"}), dnd=False, phone="+1512")])

    (contact,) = await place.contacts()
    assert (contact["tags"], contact["dnd"], contact["phone"]) == (["AI-Off"], True, "+1512")
    assert contact["tags_known_at"] == newer


async def test_later_news_of_the_same_group_win(place: Place) -> None:
    """Two updates in one commit are taken in their order."""
    await place.inbox.keep([told(1, tags=frozenset({"a"}), phone="1"), told(2, tags=frozenset({"b"}), phone="2")])

    (contact,) = await place.contacts()
    assert (contact["tags"], contact["phone"]) == (["b"], "2")


async def test_a_moment_in_the_future_is_taken_for_now(place: Place) -> None:
    """A sender's wrong clock does not lock the contact's tags for ever."""
    await place.inbox.keep([told(1, datetime(2099, 1, 1, tzinfo=UTC), tags=frozenset({"a"}))])
    await place.let_pass(timedelta(seconds=1))

    await place.inbox.keep([told(2, tags=frozenset({"b"}))])

    assert (await place.contacts())[0]["tags"] == ["b"]


async def test_a_duplicate_teaches_nothing(place: Place) -> None:
    """A second delivery of an old update changes nothing."""
    first = replace(told(1, tags=frozenset({"a"})), keys=(DuplicateKey("k", MONTH),))
    await place.inbox.keep([first, told(2, tags=frozenset({"b"}))])

    await place.inbox.keep([replace(first, event_id=EventId(UUID(int=3)))])

    assert (await place.contacts())[0]["tags"] == ["b"]


async def test_a_bare_post_introduces_a_contact_never_seen(place: Place) -> None:
    """The unseen contact is handed to the lead bot."""
    await place.inbox.keep([bare(1), bare(2)])

    (contact,) = await place.contacts()
    assert (contact["contact_id"], contact["tags"], contact["dnd"]) == ("c1", ["Needs Qualifying"], None)
    assert contact["tags_known_at"] is not None


@pytest.mark.parametrize("tags", [None, [], ["AI-Off"]])
async def test_a_bare_post_does_not_change_a_contact_seen_before(place: Place, tags: list[str] | None) -> None:
    """Who is known, with whatever tags, stays as they are."""
    await place.add_contact(location_id="home", contact_id="c1", tags=tags)

    await place.inbox.keep([bare(1)])

    assert [contact["tags"] for contact in await place.contacts()] == [tags]


async def test_a_blank_bare_post_introduces_nobody(place: Place) -> None:
    """What is ignored makes no contact."""
    await place.inbox.keep([replace(bare(1), state=EventState.IGNORED, reason="blank")])

    assert await place.contacts() == []


async def test_the_same_event_kept_twice_is_one_row(place: Place) -> None:
    """After a commit of unknown outcome the same event may be kept again."""
    await place.inbox.keep([bare(1)])

    answers = await place.inbox.keep([bare(1)])

    assert answers == [accepted(1)]
    assert len(await place.events()) == 1


async def test_keys_are_forgotten_once_no_retry_can_come(place: Place) -> None:
    """What tells duplicates apart goes after its fortnight and not before; the events stay."""
    await place.inbox.keep([event(1, "webhook:1", window=KEPT_FOR)])
    await place.let_pass(timedelta(days=10))
    await place.inbox.keep([event(2, "webhook:2", window=KEPT_FOR)])
    await place.let_pass(timedelta(days=5))

    forgotten = await place.keys.forget_keys(KEPT_FOR)
    again = await place.keys.forget_keys(KEPT_FOR)
    kept = await place.inbox.keep([event(3, "webhook:2", window=KEPT_FOR)])

    assert (forgotten, again, kept[0].status) == (1, 0, Keeping.DUPLICATE)
    assert len(await place.events()) == 2
