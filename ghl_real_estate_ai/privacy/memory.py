"""The twin of the SQL in memory, for `JORGE_PERSISTENCE=off`."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from ghl_real_estate_ai.compliance.privacy import NOBODY, PrivacyKind, Pseudonyms, reference_of
from ghl_real_estate_ai.conversation.model import ContactId, Language, LocationId
from ghl_real_estate_ai.delivery.memory import insert_effects_in_memory
from ghl_real_estate_ai.privacy.farewell import OurTraces, farewell, notes_left, prefix_of
from ghl_real_estate_ai.privacy.holdings import FREE_DETAILS, HOLDINGS, Fate
from ghl_real_estate_ai.privacy.model import PrivacyRequest, RequestState
from ghl_real_estate_ai.storage.memory import Key, MemoryDatabase, Row, Tables, row

Person = tuple[LocationId, ContactId]


class MemoryPrivacy:
    """Implements `PrivacyRequests` on a `MemoryDatabase`."""

    def __init__(self, database: MemoryDatabase, pseudonyms: Pseudonyms, now: Callable[[], datetime]) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._now = now

    async def due_before(self, within: timedelta) -> list[PrivacyRequest]:
        latest = self._now() + within
        return [
            one
            for one in await self._in_state(RequestState.OPEN)
            if one.kind is PrivacyKind.DELETE and one.due_by < latest
        ]

    async def closing(self) -> list[PrivacyRequest]:
        return await self._in_state(RequestState.CLOSING)

    async def begin(self, request: PrivacyRequest) -> None:
        async with self._database.begin() as tables:
            held = _find(tables, request)
            conversation = tables["conversations"].get((held.location_id, held.contact_id))
            if held.state is not RequestState.OPEN:
                return
            if conversation is not None:
                traces = _traces(tables, (held.location_id, held.contact_id))
                insert_effects_in_memory(tables, farewell(held, traces, epoch=conversation["epoch"]), now=self._now)
            _set(tables, held, state=RequestState.CLOSING)

    async def finish(self, request: PrivacyRequest) -> PrivacyRequest:
        async with self._database.begin() as tables:
            held = _find(tables, request)
            told = [one for one in tables["outbox"].values() if one["effect_key"].startswith(prefix_of(held))]
            under_way = any(one["state"] in ("pending", "claimed") for one in told)
            if held.state is not RequestState.CLOSING or under_way:
                return held
            receipt: dict[str, Any] = {"crm": _ends(tables, held, told)}
            if held.kind is PrivacyKind.DELETE:
                receipt["rows"] = self._forget(tables, held)
            _set(tables, held, state=RequestState.DONE, done_at=self._now(), receipt=receipt)
            return _find(tables, request)

    async def sweep(self) -> int:
        """Nothing is ever on its way in a journal here."""
        return 0

    async def _in_state(self, state: RequestState) -> list[PrivacyRequest]:
        async with self._database.begin() as tables:
            return [_request(one) for one in tables["privacy_requests"].values() if one["state"] == state]

    def _forget(self, tables: Tables, request: PrivacyRequest) -> dict[str, int]:
        person = (request.location_id, request.contact_id)
        phone = tables["contacts"].get(person, {}).get("phone")
        nobody = NOBODY + reference_of(request.request_id)
        done: Counter[str] = Counter()
        for name, fate in HOLDINGS.items():
            for key, one in list(_rows_of(tables, name, person)):
                done[name] += fate is not Fate.KEPT
                match fate:
                    case Fate.DELETED:
                        del tables[name][key]
                    case Fate.UNNAMED | Fate.PSEUDONYM:
                        named = {"contact_id": None if fate is Fate.UNNAMED else nobody}
                        emptied = {"metadata": None} if name in FREE_DETAILS else {}
                        tables[name][key] = row(**{**one, **named, **emptied})
                    case Fate.HASHED:
                        tables[name][key] = row(**{**one, **self._hashed(one, phone)})
                    case Fate.KEPT:
                        pass
        return dict(done)

    def _hashed(self, suppression: Row, phone: str | None) -> dict[str, str | None]:
        number = suppression["phone"] or phone
        return {
            "contact_id": self._pseudonyms.of(suppression["contact_id"]),
            "phone": None if number is None else self._pseudonyms.of(number),
            "source_message_id": None,
        }


def _rows_of(tables: Tables, name: str, person: Person) -> Iterator[tuple[Key, Row]]:
    for key, one in tables[name].items():
        if (one["location_id"], one.get("contact_id")) == person:
            yield key, one


def _traces(tables: Tables, person: Person) -> OurTraces:
    ours = [one for _, one in _rows_of(tables, "outbox", person)]
    fields = {one["payload"]["key"] for one in ours if one["kind"] == "set_field"}
    return OurTraces(
        fields=tuple(sorted(fields)),
        note_ids=tuple(one for one in _notes_left(ours) if one is not None),
    )


def _notes_left(ours: list[Row]) -> list[str | None]:
    return [one["crm_id"] for one in ours if (one["kind"], one["state"]) == ("add_note", "sent")]


def _ends(tables: Tables, request: PrivacyRequest, told: list[Row]) -> dict[str, Any]:
    """What became of what `begin` put in the outbox."""
    counted = Counter((one["kind"], one["state"], one["reason"]) for one in told)
    gone = [one["payload"]["note_id"] for one in told if (one["kind"], one["state"]) == ("remove_note", "sent")]
    ours = [one for _, one in _rows_of(tables, "outbox", (request.location_id, request.contact_id))]
    return {
        "effects": [
            {"kind": kind, "state": state, "reason": reason, "rows": rows}
            for (kind, state, reason), rows in counted.items()
        ],
        "notes_to_remove_by_hand": notes_left(_notes_left(ours), gone),
    }


def _find(tables: Tables, request: PrivacyRequest) -> PrivacyRequest:
    return _request(tables["privacy_requests"][request.location_id, request.request_id])


def _set(tables: Tables, request: PrivacyRequest, **values: Any) -> None:
    key = (request.location_id, request.request_id)
    tables["privacy_requests"][key] = row(**{**tables["privacy_requests"][key], **values})


def _request(one: Row) -> PrivacyRequest:
    return PrivacyRequest(
        location_id=one["location_id"],
        request_id=one["request_id"],
        contact_id=one["contact_id"],
        kind=PrivacyKind(one["kind"]),
        state=RequestState(one["state"]),
        source=one["source"],
        language=Language(one["language"]),
        rule=one["rule"],
        asked_at=one["asked_at"],
        due_by=one["due_by"],
        done_at=one.get("done_at"),
        receipt=one.get("receipt"),
    )
