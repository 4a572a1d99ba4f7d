"""The outbox in memory, by the same rules: for tests, replays, and a server that persists nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.compliance.consent import DND
from ghl_real_estate_ai.compliance.memory import revoke_consents_in_memory, stands_in_memory, suppresses
from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.compliance.quiet_hours import Whereabouts
from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.delivery.carrier import DAY, SendingRates
from ghl_real_estate_ai.delivery.effects import to_json
from ghl_real_estate_ai.delivery.gate import NEWER_INBOUND, Standing, reason_to_drop
from ghl_real_estate_ai.delivery.model import REFUSED, SEND_FAILED, ClaimedEffect, DeadEffect, OutboxEntry, Shares
from ghl_real_estate_ai.delivery.ports import ClaimLost
from ghl_real_estate_ai.delivery.starting import MONTH, Start
from ghl_real_estate_ai.handoff.memory import fail_handoff_of_turn_in_memory
from ghl_real_estate_ai.handoff.resolve_outcome import CARRYING_EFFECTS
from ghl_real_estate_ai.storage.memory import Key, MemoryDatabase, Row, Tables, row

ASKING_LEASE = timedelta(seconds=30)
WAITING = ("pending", "claimed")
TAKEN_BACK_AT_MOST = timedelta(seconds=60)
DUE_AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""Due by any clock, a replay's too."""


def _now() -> datetime:
    return datetime.now(UTC)


def insert_effects_in_memory(
    tables: Tables, entries: Sequence[OutboxEntry], *, now: Callable[[], datetime] = _now
) -> None:
    """Put *entries* in, in order, within the caller's transaction; those already there by `effect_key` stay."""
    rows = tables["outbox"]
    known = {(one["location_id"], one["effect_key"]) for one in rows.values()}
    for entry in entries:
        if (entry.location_id, entry.effect_key) in known:
            continue
        known.add((entry.location_id, entry.effect_key))
        rows[entry.location_id, entry.effect_id] = _new_row(entry, seq=_next_seq(rows), at=now())


def _next_seq(rows: Mapping[Key, Row]) -> int:
    """Not their number: rows of who is forgotten are gone."""
    return max((int(one["seq"]) for one in rows.values()), default=0) + 1


def drop_texts_in_memory(
    tables: Tables, location_id: LocationId, contact_id: ContactId, reason: str, at: datetime
) -> None:
    """Within the caller's transaction drop every text that waits for the contact, planned ones too."""
    for one in list(tables["outbox"].values()):
        is_theirs = (one["location_id"], one["contact_id"], one["kind"]) == (location_id, contact_id, "send_text")
        waits = one["state"] == "pending" and not one["asked_crm"]
        if is_theirs and waits and not one["payload"].get("even_if_opted_out"):
            _change(tables, one, state="dropped", reason=reason, ended_at=at)


class MemoryOutbox:
    """Implements `Outbox` over the tables of a MemoryDatabase; `now` is its clock."""

    def __init__(
        self,
        database: MemoryDatabase,
        *,
        now: Callable[[], datetime] = _now,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        """*pseudonyms* finds the opt-outs of those who were forgotten."""
        self._database = database
        self._now = now
        self._pseudonyms = pseudonyms

    async def claim(
        self, sender: str, *, most: int, lease: timedelta, shares: Shares | None = None
    ) -> list[ClaimedEffect]:
        async with self._database.begin() as tables:
            at = self._now()
            due = sorted(_due(tables, at), key=lambda one: (one["due_at"], one["seq"]))
            due = (due if shares is None else shares.within(due))[:most]
            return [_claim(tables, one, sender, until=at + lease) for one in due]

    async def note_asking(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> None:
        async with self._database.begin() as tables:
            held = _held(tables, location_id, effect_id, attempt)
            at = self._now()
            if held is None or held["claimed_until"] <= at:
                raise ClaimLost("The claim on this effect ran out before the CRM was asked.")
            until = max(held["claimed_until"], at + ASKING_LEASE)
            _change(tables, held, asked_crm=True, claimed_until=until, asked_at=held["asked_at"] or at)

    async def mark_sent(self, location_id: LocationId, effect_id: UUID, crm_id: str | None) -> None:
        async with self._database.begin() as tables:
            found = tables["outbox"].get((location_id, effect_id))
            if found is None:
                return
            sent_at = self._now()
            ends = {"sent_at": sent_at, "ended_at": sent_at, "claimed_until": None}
            _change(tables, found, state="sent", crm_id=crm_id, reason=None, **ends)
            if found["kind"] == "send_text" and found["turn_id"] is not None and crm_id is not None:
                _note_crm_id(tables, location_id, found["turn_id"], crm_id)

    async def retry_later(
        self,
        location_id: LocationId,
        effect_id: UUID,
        *,
        after: timedelta,
        reason: str,
        asked_crm: bool,
        failed: bool = True,
        attempt: int | None = None,
    ) -> None:
        values = {"state": "pending", "due_at": self._now() + after, "reason": reason, "asked_crm": asked_crm}
        async with self._database.begin() as tables:
            held = _held(tables, location_id, effect_id, attempt)
            if held is not None:
                freed = {"claimed_by": None, "claimed_until": None, "failures": held["failures"] + failed}
                _change(tables, held, **values, **freed)

    async def mark_dropped(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        await self._end_claim((location_id, effect_id), attempt, state="dropped", reason=reason, ended_at=self._now())

    async def mark_dead(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        ends = {"state": "dead", "reason": reason, "ended_at": self._now(), "claimed_by": None, "claimed_until": None}
        async with self._database.begin() as tables:
            held = _held(tables, location_id, effect_id, attempt)
            if held is None:
                return
            _change(tables, held, **ends)
            if held["turn_id"] is not None and held["kind"] in CARRYING_EFFECTS:
                fail_handoff_of_turn_in_memory(tables, location_id, held["turn_id"])

    async def learn_dnd(self, location_id: LocationId, contact_id: ContactId) -> None:
        async with self._database.begin() as tables:
            known = tables["contacts"].get((location_id, contact_id))
            if known is not None:
                tables["contacts"][location_id, contact_id] = row(**{**known, "dnd": True})
                place = (location_id, contact_id)
                revoke_consents_in_memory(tables, place, known.get("phone"), by=DND, at=self._now())

    async def start_of(self, location_id: LocationId, contact_id: ContactId) -> Start:
        async with self._database.begin() as tables:
            at = self._now()
            contact = tables["contacts"].get((location_id, contact_id)) or {}
            phone = contact.get("phone")
            same = {contact_id} | {
                one["contact_id"]
                for one in tables["contacts"].values()
                if phone is not None and one["location_id"] == location_id and one.get("phone") == phone
            }
            sent = [
                one["sent_at"]
                for one in tables["outbox"].values()
                if one["location_id"] == location_id
                and one["contact_id"] in same
                and (one["kind"], one["state"], one["initiated"]) == ("send_text", "sent", True)
            ]
            return Start(
                at=at,
                where=Whereabouts(
                    phone=phone,
                    state=contact.get("state"),
                    postal_code=contact.get("postal_code"),
                    timezone=contact.get("timezone"),
                ),
                sent_in_a_day=sum(one > at - DAY for one in sent),
                sent_in_a_month=sum(one > at - MONTH for one in sent),
                has_consent=stands_in_memory(tables, (location_id, contact_id)),
                in_own_word=stands_in_memory(tables, (location_id, contact_id), in_own_word=True),
            )

    async def may_send(self, location_id: LocationId, effect_id: UUID) -> str | None:
        async with self._database.begin() as tables:
            found = tables["outbox"].get((location_id, effect_id))
            if found is None:
                return "gone"
            return reason_to_drop(found["effect"], found["epoch"], _standing(tables, found, self._pseudonyms))

    async def take_back(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> bool:
        async with self._database.begin() as tables:
            at = self._now()
            held = _held(tables, location_id, effect_id, attempt)
            turn = None if held is None else _undoable(tables, held, at)
            if held is None or turn is None:
                return False
            _undo_turn(tables, turn, at)
            freed = {"claimed_by": None, "claimed_until": None}
            _change(tables, held, state="dropped", reason=NEWER_INBOUND, ended_at=at, **freed)
            return True

    async def ids_sent(self, location_id: LocationId, contact_id: ContactId) -> frozenset[str]:
        async with self._database.begin() as tables:
            theirs = (
                one
                for one in tables["outbox"].values()
                if (one["location_id"], one["contact_id"], one["kind"]) == (location_id, contact_id, "send_text")
            )
            return frozenset(one["crm_id"] for one in theirs if one["crm_id"] is not None)

    async def sending_rates(self, location_id: LocationId | None = None) -> list[SendingRates]:
        async with self._database.begin() as tables:
            since = self._now() - DAY
            places = {key[0] for name in ("outbox", "inbox", "suppressions") for key in tables[name]}
            rates = [_rates_of(tables, place, since) for place in sorted(places) if location_id in (None, place)]
            return [one for one in rates if one.tried or one.undelivered or one.opt_outs]

    async def list_dead(self, location_id: LocationId | None, *, limit: int) -> list[DeadEffect]:
        async with self._database.begin() as tables:
            dead = [
                one
                for one in tables["outbox"].values()
                if one["state"] == "dead" and location_id in (None, one["location_id"])
            ]
            dead.sort(key=lambda one: int(one["seq"]), reverse=True)
            return [DeadEffect(**{name: one[name] for name in DeadEffect.__slots__}) for one in dead[:limit]]

    async def retry_dead(self, location_id: LocationId, effect_id: UUID) -> bool:
        async with self._database.begin() as tables:
            found = tables["outbox"].get((location_id, effect_id))
            if found is None or found["state"] != "dead":
                return False
            _change(tables, found, state="pending", due_at=self._now(), failures=0, ended_at=None)
            return True

    async def _end_claim(self, key: tuple[LocationId, UUID], attempt: int | None, **values: Any) -> None:
        async with self._database.begin() as tables:
            held = _held(tables, *key, attempt)
            if held is not None:
                _change(tables, held, claimed_by=None, claimed_until=None, **values)


def _new_row(entry: OutboxEntry, *, seq: int, at: datetime) -> Row:
    kind, payload = to_json(entry.effect)
    return row(
        location_id=entry.location_id,
        effect_id=entry.effect_id,
        effect_key=entry.effect_key,
        contact_id=entry.contact_id,
        turn_id=entry.turn_id,
        kind=kind,
        payload=MappingProxyType(payload),
        effect=entry.effect,
        entry=entry,
        epoch=entry.epoch,
        state="pending",
        reason=None,
        attempts=0,
        failures=0,
        asked_crm=False,
        crm_id=None,
        due_at=entry.due_at or DUE_AT_ONCE,
        claimed_by=None,
        claimed_until=None,
        sent_at=None,
        asked_at=None,
        ended_at=None,
        initiated=entry.initiated,
        seq=seq,
        created_at=at,
    )


def _due(tables: Tables, at: datetime) -> list[Row]:
    """Due, held by nobody, and the first of their contact; one planned for later holds nothing up."""
    first: dict[Key, Row] = {}
    for one in sorted(tables["outbox"].values(), key=lambda one: int(one["seq"])):
        if one["state"] in WAITING and _is_first_in_line(one, at):
            first.setdefault((one["location_id"], one["contact_id"]), one)
    return [
        one
        for one in first.values()
        if one["due_at"] <= at and (one["state"] == "pending" or one["claimed_until"] <= at)
    ]


def _is_first_in_line(one: Row, at: datetime) -> bool:
    return bool(one["due_at"] <= at or (one["attempts"] > 0 and not one["initiated"]))


def _claim(tables: Tables, found: Row, sender: str, *, until: datetime) -> ClaimedEffect:
    claimed = _change(
        tables, found, state="claimed", claimed_by=sender, claimed_until=until, attempts=found["attempts"] + 1
    )
    return ClaimedEffect(
        entry=claimed["entry"],
        attempts=claimed["attempts"],
        asked_crm=claimed["asked_crm"],
        created_at=claimed["created_at"],
        asked_at=claimed["asked_at"],
        failures=claimed["failures"],
    )


def _held(tables: Tables, location_id: LocationId, effect_id: UUID, attempt: int | None) -> Row | None:
    found = tables["outbox"].get((location_id, effect_id))
    if found is None or found["state"] != "claimed" or attempt not in (None, found["attempts"]):
        return None
    return found


def _change(tables: Tables, found: Row, **values: Any) -> Row:
    changed = row(**{**found, **values})
    tables["outbox"][found["location_id"], found["effect_id"]] = changed
    return changed


def _note_crm_id(tables: Tables, location_id: LocationId, turn_id: UUID, crm_id: str) -> None:
    for key, message in list(tables["messages"].items()):
        ours = message["location_id"] == location_id and message.get("turn_id") == turn_id
        if ours and message["direction"] == "outbound":
            tables["messages"][key] = row(**{**message, "crm_message_id": crm_id})


def _standing(tables: Tables, found: Row, pseudonyms: Pseudonyms | None) -> Standing:
    who = (found["location_id"], found["contact_id"])
    contact = tables["contacts"].get(who)
    conversation = tables["conversations"].get(who)
    tags = None if contact is None else contact.get("tags")
    phone = None if contact is None else contact.get("phone")
    return Standing(
        is_suppressed=any(suppresses(one, *who, phone, pseudonyms) for one in tables["suppressions"].values()),
        owner=None if conversation is None else Owner(conversation["owner"]),
        epoch=None if conversation is None else conversation["epoch"],
        tags=None if tags is None else frozenset(tags),
        dnd=None if contact is None else contact.get("dnd"),
        has_newer=any(
            one["state"] == "pending" and one["received_at"] > found["created_at"]
            for one in tables["inbox"].values()
            if (one["location_id"], one["contact_id"]) == who
        ),
    )


def _undoable(tables: Tables, held: Row, at: datetime) -> Row | None:
    """The turn of a reply that was never asked for, if nothing came of it but that reply."""
    turn = tables["turns"].get((held["location_id"], held["turn_id"]))
    conversation = tables["conversations"].get((held["location_id"], held["contact_id"]))
    if turn is None or conversation is None or held["kind"] != "send_text" or held["asked_crm"]:
        return None
    its_events = [one for one in tables["inbox"].values() if one["turn_id"] == turn["turn_id"]]
    waits_long = any(one["received_at"] < at - TAKEN_BACK_AT_MOST for one in its_events)
    leased = conversation["claimed_until"] is not None and conversation["claimed_until"] >= at
    if turn["state_before"] is None or turn["version"] != conversation["version"] or leased or not its_events:
        return None
    return None if waits_long and held["attempts"] <= 1 else turn


def _undo_turn(tables: Tables, turn: Row, at: datetime) -> None:
    who = (turn["location_id"], turn["contact_id"])
    said = {key: one for key, one in tables["messages"].items() if one["turn_id"] == turn["turn_id"]}
    its_ids = {one["message_id"] for one in said.values()}
    for key in said:
        del tables["messages"][key]
    for key, fact in list(tables["facts"].items()):
        if (fact["location_id"], fact["contact_id"]) != who:
            continue
        if fact["source_message_id"] in its_ids:
            del tables["facts"][key]
        elif fact["superseded_at"] == turn["at"]:
            tables["facts"][key] = row(**{**fact, "superseded_at": None})
    before = tables["conversations"][who]
    state, version = turn["state_before"], before["version"] + 1
    tables["conversations"][who] = row(**{**before, "state": state, "version": version})
    mine = [one for one in tables["inbox"].values() if (one["location_id"], one["contact_id"]) == who]
    due_at = max((one["due_at"] for one in mine if one["state"] == "pending"), default=at)
    for one in mine:
        if one["turn_id"] == turn["turn_id"]:
            waits = {"state": "pending", "turn_id": None, "done_at": None, "due_at": due_at}
            tables["inbox"][one["location_id"], one["event_id"]] = row(**{**one, **waits})
    reasons = [*turn["reasons"], "reply_taken_back"]
    tables["turns"][who[0], turn["turn_id"]] = row(**{**turn, "state_before": None, "reasons": reasons})


def _rates_of(tables: Tables, location_id: LocationId, since: datetime) -> SendingRates:
    ended = [
        one
        for one in tables["outbox"].values()
        if (one["location_id"], one["kind"]) == (location_id, "send_text") and (one["ended_at"] or since) > since
    ]
    sent = [one for one in ended if one["state"] == "sent"]
    refused = [one for one in ended if one["state"] == "dead" and (one["reason"] or "").startswith(REFUSED)]
    told = [one for one in tables["inbox"].values() if one["location_id"] == location_id]
    ends = [one for one in tables["suppressions"].values() if one["location_id"] == location_id]
    return SendingRates(
        location_id=location_id,
        texts=len(sent),
        initiated=sum(one["initiated"] for one in sent),
        refused=len(refused),
        undelivered=sum(one["reason"] == SEND_FAILED and one["received_at"] > since for one in told),
        opt_outs=sum(one["reason"].startswith("opt_out") and one["suppressed_at"] > since for one in ends),
    )
