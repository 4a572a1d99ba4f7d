"""What is promised of consents, kept by PostgreSQL and by the twin in memory alike."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import orjson
import pytest

from ghl_real_estate_ai.compliance.consent import ConsentBook, ConsentNews, ConsentRules
from ghl_real_estate_ai.compliance.memory import MemoryConsents
from ghl_real_estate_ai.compliance.ports import Consents
from ghl_real_estate_ai.compliance.store import SqlConsents
from ghl_real_estate_ai.conversation.model import EventId
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.ports import Inbox
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.storage.database import Database
from tests.contracts.test_outbox_contract import ANN, BOB, ELSEWHERE, HERE, MemoryWorld, SqlWorld

PHONE = "+15125550100"
BOOK = ConsentBook(places={ELSEWHERE: ConsentRules(tags={"text club": "Join our text club"})})
TAG, NO_TAG = ConsentNews(tags=frozenset({"SMS-Consent"})), ConsentNews(tags=frozenset())
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class World(Protocol):
    """Rows, as the outbox's contract has them."""

    async def seed(self, table: str, **values: Any) -> None: ...

    async def rows(self, table: str) -> list[Mapping[str, Any]]: ...


@dataclass
class Place:
    world: World
    consents: Consents
    inbox: Inbox

    async def meet(self, contact_id: str = ANN, *, location_id: str = HERE, phone: str | None = PHONE) -> None:
        known = {"tags": [], "tags_known_at": None, "consent": None, "phone": phone, "dnd": False}
        await self.world.seed("contacts", location_id=location_id, contact_id=contact_id, **known)

    async def hears(self, **event: Any) -> None:
        """A webhook of HighLevel's comes in."""
        body = orjson.dumps({"type": "ContactUpdate", "id": ANN, "locationId": HERE, **event})
        kept = parse_event(body, {}, default_location=HERE, event_id=EventId(uuid4()))
        await self.inbox.keep([kept])

    async def story(self) -> list[tuple[str, str | None, str | None]]:
        rows = sorted(await self.world.rows("consents"), key=lambda one: one["given_at"])
        return [(one["source"], one["evidence"], one["revoked_by"]) for one in rows]


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    if request.param == "memory":
        twin = MemoryWorld()
        ticks = iter(range(1000))

        def now() -> datetime:
            return NOON + timedelta(seconds=next(ticks))

        memory = twin._database
        yield Place(twin, MemoryConsents(memory, BOOK, now), MemoryInbox(memory, now, consent=BOOK))
        return
    database = Database(request.getfixturevalue("database_dsn"))
    yield Place(SqlWorld(database), SqlConsents(database, BOOK), SqlInbox(database, consent=BOOK))
    await database.close()


async def test_a_look_up_gives_and_takes_back(place: Place) -> None:
    """The tag gives consent once, its removal takes it back, and set anew it gives it again."""
    await place.meet()

    assert [await place.consents.note(HERE, ANN, news) for news in (TAG, TAG, NO_TAG, TAG)] == [True, True, False, True]

    removed = "tag sms consent removed"
    assert [("tag", "SMS-Consent", removed), ("tag", "SMS-Consent", None)] == await place.story()


async def test_nothing_is_kept_of_somebody_unknown(place: Place) -> None:
    """Without the contact there is nobody to have agreed."""
    assert not await place.consents.note(HERE, ANN, TAG)
    assert [] == await place.story()


async def test_do_not_disturb_takes_it_back_for_the_number(place: Place) -> None:
    """Also where the same person is another contact, and no old mark gives it again."""
    await place.meet()
    await place.meet(BOB)
    assert await place.consents.note(HERE, ANN, TAG)
    assert await place.consents.note(HERE, BOB, ConsentNews())

    assert not await place.consents.note(HERE, BOB, ConsentNews(dnd=True))

    assert not await place.consents.note(HERE, ANN, TAG)
    assert [("tag", "SMS-Consent", "dnd")] == await place.story()


async def test_who_has_no_number_takes_back_only_their_own(place: Place) -> None:
    """Contacts whose number is not known are not one person."""
    await place.meet(phone=None)
    await place.meet(BOB, phone=None)
    assert [await place.consents.note(HERE, who, TAG) for who in (ANN, BOB)] == [True, True]

    assert not await place.consents.note(HERE, BOB, ConsentNews(dnd=True))

    assert await place.consents.note(HERE, ANN, TAG)
    assert [("tag", "SMS-Consent", "dnd"), ("tag", "SMS-Consent", None)] == sorted(await place.story(), key=str)


async def test_a_suppressed_number_is_not_opted_in_by_a_tag(place: Place) -> None:
    """An opt-out stands until the person lifts it."""
    await place.meet()
    opted_out = {"reason": "opt_out", "suppressed_at": NOON, "lifted_at": None}
    await place.world.seed(
        "suppressions", location_id=HERE, suppression_id=uuid4(), contact_id=BOB, phone=PHONE, **opted_out
    )

    assert not await place.consents.note(HERE, ANN, TAG)


async def test_each_location_has_its_own_marks(place: Place) -> None:
    """What counts in one counts for nothing in the other, and neither sees the other's contact of the same id."""
    await place.meet()
    await place.meet(location_id=ELSEWHERE)
    club = ConsentNews(tags=frozenset({"Text Club"}))

    told = [(HERE, club), (ELSEWHERE, TAG), (ELSEWHERE, club)]

    assert [await place.consents.note(where, ANN, news) for where, news in told] == [False, False, True]
    assert not await place.consents.note(HERE, ANN, ConsentNews())
    assert [("tag", "Text Club (Join our text club)", None)] == await place.story()


async def test_events_tell_of_tags_and_do_not_disturb(place: Place) -> None:
    """A new contact with the tag has agreed; the event that shows it without the tag takes it back."""
    await place.hears(type="ContactCreate", tags=["SMS-Consent"], phone=PHONE)
    await place.hears(type="ContactTagUpdate", tags=[])
    await place.hears(type="ContactTagUpdate", tags=["SMS-Consent"])
    await place.hears(type="ContactDndUpdate", dndSettings={"SMS": {"status": "active"}}, tags=["SMS-Consent"])

    removed = "tag sms consent removed"
    assert [("tag", "SMS-Consent", removed), ("tag", "SMS-Consent", "dnd")] == await place.story()


async def test_a_workflow_names_fields(place: Place) -> None:
    """By their names, whatever the case; what it does not name stays."""
    workflow = {"type": None, "id": None, "locationId": None, "contact_id": ANN, "location": {"id": HERE}}

    await place.hears(**workflow, tags="A,B", **{"SMS Consent": "I agree to get texts"})
    await place.hears(**workflow, tags="A,B")

    assert [("form", "sms_consent: I agree to get texts", None)] == await place.story()
    await place.hears(**workflow, tags="A,B", **{"SMS Consent": ""})
    assert ["field sms_consent removed"] == [one[2] for one in await place.story()]


async def test_an_event_older_than_what_is_known_changes_nothing(place: Place) -> None:
    """It comes late, and the tag has been taken off since."""
    later, earlier = "2026-03-03T11:00:00Z", "2026-03-03T10:00:00Z"
    await place.hears(type="ContactTagUpdate", tags=[], timestamp=later)
    await place.hears(type="ContactTagUpdate", tags=["SMS-Consent"], timestamp=earlier)

    assert [] == await place.story()
