"""The inbox in memory, for unit tests and `JORGE_PERSISTENCE=off`: the same promises, held by the same tests."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ghl_real_estate_ai.compliance.consent import ConsentBook
from ghl_real_estate_ai.compliance.memory import note_consents_in_memory
from ghl_real_estate_ai.compliance.store import ToldConsent
from ghl_real_estate_ai.intake.model import EventState, IncomingEvent, Kept
from ghl_real_estate_ai.intake.settle import Settled, settle, windows_of
from ghl_real_estate_ai.intake.tag_changes import OurChange, follow_tags, tells_tags
from ghl_real_estate_ai.storage.memory import Key, MemoryDatabase, Row, Tables, row

QUIET = timedelta(seconds=2)
QUIET_AT_MOST = timedelta(seconds=8)


class MemoryInbox:
    """Keeps rows under the names and columns of the tables `inbox`, `inbox_keys` and `contacts`."""

    def __init__(
        self,
        database: MemoryDatabase,
        now: Callable[[], datetime],
        *,
        quiet: timedelta = QUIET,
        quiet_at_most: timedelta = QUIET_AT_MOST,
        consent: ConsentBook | None = None,
    ) -> None:
        """Keep in *database*; *now* stands for the database's clock."""
        self._consent = consent or ConsentBook()
        self._database = database
        self._now = now
        self._quiet = quiet
        self._quiet_at_most = quiet_at_most

    async def keep(self, events: Sequence[IncomingEvent]) -> list[Kept]:
        """Keep all of *events* or none, and answer for each in order."""
        async with self._database.begin() as tables:
            now = self._now()
            settled = _claim_keys(tables, events, now)
            for event in settled.new:
                self._insert(tables, _follow_tags(tables, event, now), now)
        return list(settled.answers)

    async def forget_keys(self, older_than: timedelta) -> int:
        """Remove the duplicate keys seen longer ago than *older_than*; return how many."""
        async with self._database.begin() as tables:
            before = self._now() - older_than
            old = [key for key, each in tables["inbox_keys"].items() if each["seen_at"] < before]
            for key in old:
                del tables["inbox_keys"][key]
            return len(old)

    def _insert(self, tables: Tables, event: IncomingEvent, now: datetime) -> None:
        pending = event.state is EventState.PENDING
        tables["inbox"][event.location_id, event.event_id] = row(
            location_id=event.location_id,
            event_id=event.event_id,
            kind=event.kind,
            contact_id=event.contact_id,
            state=event.state.value,
            reason=event.reason,
            body=event.body,
            headers=dict(event.headers),
            text=event.text,
            channel=event.channel,
            crm_message_id=event.crm_message_id,
            occurred_at=event.occurred_at,
            received_at=now,
            due_at=now if pending else None,
            done_at=None,
            turn_id=None,
            seq=max((each["seq"] for each in tables["inbox"].values()), default=0) + 1,
        )
        if pending and event.quiet:
            self._put_off(tables, event, now)
        if event.contact_id is None:
            return
        if event.knowledge.says_something:
            _learn(tables, event, now)
            told = ToldConsent(event.location_id, event.contact_id, event.knowledge.consent_news, event.occurred_at)
            note_consents_in_memory(tables, [told], self._consent, now)
        if pending and event.new_contact_tags:
            key = (event.location_id, event.contact_id)
            introduced = _new_contact(key, now) | {"tags": sorted(event.new_contact_tags), "tags_known_at": now}
            tables["contacts"].setdefault(key, row(**introduced))

    def _put_off(self, tables: Tables, event: IncomingEvent, now: datetime) -> None:
        waiting = {key: each for key, each in tables["inbox"].items() if _waits_with(each, event)}
        latest = min(each["received_at"] for each in waiting.values()) + self._quiet_at_most
        due_at = max(now, min(now + self._quiet, latest))
        tables["inbox"].update({key: row(**{**each, "due_at": due_at}) for key, each in waiting.items()})


def _follow_tags(tables: Tables, event: IncomingEvent, now: datetime) -> IncomingEvent:
    """The event with what a person changed among the tags."""
    key = (event.location_id, event.contact_id)
    known = tables["contacts"].get(key)
    at = min(event.occurred_at or now, now)
    if not tells_tags(event) or (known and known["tags_known_at"] and at < known["tags_known_at"]):
        return event
    ours = [
        OurChange(one["effect"], one["sent_at"])
        for one in sorted(tables["outbox"].values(), key=lambda one: int(one["seq"]))
        if (one["location_id"], one["contact_id"]) == key
        and one["kind"] in ("add_tag", "remove_tag")
        and one["state"] in ("pending", "claimed", "sent")
    ]
    tags = None if known is None or known["tags"] is None else frozenset(known["tags"])
    conversation = tables["conversations"].get(key)
    has_begun = conversation is not None and conversation["version"] > 0
    return follow_tags(event, tags, ours, at=at, has_begun=has_begun)


def _waits_with(waiting: Row, event: IncomingEvent) -> bool:
    same_contact: bool = (waiting["location_id"], waiting["contact_id"]) == (event.location_id, event.contact_id)
    return same_contact and waiting["state"] == EventState.PENDING.value and waiting["kind"] != "bare"


def _claim_keys(tables: Tables, events: Sequence[IncomingEvent], now: datetime) -> Settled:
    keys, windows = tables["inbox_keys"], windows_of(events)
    seen = {
        placed: keys[placed]["event_id"]
        for placed, window in windows.items()
        if placed in keys and keys[placed]["seen_at"] > now - window
    }
    settled = settle(events, seen)
    for placed in windows.keys() - seen.keys():
        location_id, key = placed
        keys[placed] = row(location_id=location_id, key=key, event_id=settled.owners[placed], seen_at=now)
    return settled


def _new_contact(key: Key, now: datetime) -> dict[str, Any]:
    names = ("first_name", "phone", "email", "state", "postal_code", "timezone", "source")
    unknown = dict.fromkeys((*names, "tags", "tags_known_at", "dnd", "consent"))
    return {"location_id": key[0], "contact_id": key[1], **unknown, "created_at": now, "updated_at": now}


def _learn(tables: Tables, event: IncomingEvent, now: datetime) -> None:
    key = (event.location_id, event.contact_id)
    known: Mapping[str, Any] = tables["contacts"].get(key) or _new_contact(key, now)
    told: dict[str, Any] = dict(event.knowledge.details)
    if event.knowledge.dnd is not None:
        told["dnd"] = event.knowledge.dnd
    if event.knowledge.tags is not None:
        told |= {"tags": sorted(event.knowledge.tags), "tags_known_at": min(event.occurred_at or now, now)}
    older = told.get("tags_known_at", now) < (known["tags_known_at"] or told.get("tags_known_at", now))
    fills = {name: value for name, value in told.items() if not older or known[name] is None}
    tables["contacts"][key] = row(**{**known, **fills, "updated_at": now})
