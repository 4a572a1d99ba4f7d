"""The twin of the SQL in memory, for `JORGE_PERSISTENCE=off` and unit tests."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ghl_real_estate_ai.compliance.consent import (
    DND,
    OPT_OUT,
    OWN_WORD,
    ConsentBook,
    ConsentHeld,
    ConsentNews,
    concerns_consent,
    follow_consent,
    source_of,
)
from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.compliance.store import Place, ToldConsent
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.storage.memory import MemoryDatabase, Row, Tables, row


class MemoryConsents:
    """Implements `Consents` on a `MemoryDatabase`."""

    def __init__(self, database: MemoryDatabase, book: ConsentBook, now: Callable[[], datetime]) -> None:
        self._database = database
        self._book = book
        self._now = now

    async def note(self, location_id: LocationId, contact_id: ContactId, news: ConsentNews) -> bool:
        async with self._database.begin() as tables:
            note_consents_in_memory(tables, [ToldConsent(location_id, contact_id, news)], self._book, self._now())
            place = (location_id, contact_id)
            return place in tables["contacts"] and stands_in_memory(tables, place)


def stands_in_memory(tables: Tables, place: Place, *, in_own_word: bool = False) -> bool:
    """Whether consent stands of the contact, or of its number."""
    phone = tables["contacts"].get(place, {}).get("phone")
    return any(
        one["revoked_at"] is None and (not in_own_word or one["source"] in OWN_WORD)
        for one in _of_person(tables, "consents", place, phone)
    )


def suppresses(
    suppression: Row, location_id: str, contact_id: str, phone: str | None, pseudonyms: Pseudonyms | None
) -> bool:
    """Whether *suppression* is in force and of the contact, of its number, or of either once forgotten."""
    if suppression["location_id"] != location_id or suppression.get("lifted_at") is not None:
        return False
    known = {contact_id} if phone is None else {contact_id, phone}
    names = known if pseudonyms is None else known | {pseudonyms.of(name) for name in known}
    return suppression["contact_id"] in names or suppression.get("phone") in names


def note_consents_in_memory(tables: Tables, told: Iterable[ToldConsent], book: ConsentBook, at: datetime) -> None:
    """Take in what is told of consent, in order, after the contacts themselves."""
    for one in told:
        rules, contact = book.of(one.location_id), tables["contacts"].get(one.place)
        if contact is None or not concerns_consent(one.news, rules):
            continue
        known_at = contact["tags_known_at"]
        if one.at is not None and known_at is not None and one.at < known_at:
            continue
        held = _held(tables, one.place, contact)
        change = follow_consent(one.news, rules, held)
        if change.takes_back is not None:
            revoke_consents_in_memory(tables, one.place, contact.get("phone"), by=change.takes_back, at=at)
        if change.gives is not None:
            given = {
                "location_id": one.location_id,
                "consent_id": new_uuid7(),
                "contact_id": one.contact_id,
                "phone": contact.get("phone"),
                "source": source_of(change.gives).value,
                "evidence": change.marks[change.gives],
                "given_at": at,
            }
            insert_consent_in_memory(tables, given)
        tables["contacts"][one.place] = row(**{**contact, "consent": dict(change.marks)})


def revoke_consents_in_memory(tables: Tables, place: Place, phone: str | None, *, by: str, at: datetime) -> None:
    """Take back what the contact, or its number, agreed to."""
    for one in list(_of_person(tables, "consents", place, phone)):
        if one["revoked_at"] is None:
            tables["consents"][one["location_id"], one["consent_id"]] = row(
                **{**one, "revoked_at": at, "revoked_by": by}
            )


def insert_consent_in_memory(tables: Tables, given: dict[str, Any]) -> None:
    """Keep one consent; the one that stands already, where there is one."""
    place = (given["location_id"], given["contact_id"])
    if not any(one["revoked_at"] is None for one in _of_person(tables, "consents", place, None)):
        plain = {"agreed_to": "texts", "evidence": None, "source_message_id": None}
        kept = row(**{**plain, **given, "revoked_at": None, "revoked_by": None})
        tables["consents"][given["location_id"], given["consent_id"]] = kept


def _held(tables: Tables, place: Place, contact: Row) -> ConsentHeld:
    phone = contact.get("phone")
    rows = list(_of_person(tables, "consents", place, phone))
    is_open = any(one["revoked_at"] is None for one in rows)
    latest = max((one for one in rows if one["revoked_at"]), key=lambda one: one["revoked_at"], default=None)
    return ConsentHeld(
        marks=contact.get("consent"),
        is_open=is_open,
        taken_back=not is_open and latest is not None and latest["revoked_by"] in (OPT_OUT, DND),
        is_suppressed=any(suppresses(one, *place, phone, None) for one in tables["suppressions"].values()),
    )


def _of_person(tables: Tables, name: str, place: Place, phone: str | None) -> Iterable[Row]:
    for one in tables[name].values():
        same_number = phone is not None and one["phone"] == phone
        if one["location_id"] == place[0] and (one["contact_id"] == place[1] or same_number):
            yield one
