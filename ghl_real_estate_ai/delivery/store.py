"""The outbox on PostgreSQL: rows of `outbox`, claimed with SKIP LOCKED, leased by the database's clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.engine import RowMapping

from ghl_real_estate_ai.compliance.consent import DND
from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.compliance.store import revoke_consents
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.delivery.carrier import SendingRates
from ghl_real_estate_ai.delivery.effects import KINDS
from ghl_real_estate_ai.delivery.model import ClaimedEffect, DeadEffect, Shares
from ghl_real_estate_ai.delivery.outbox_rows import is_effect, is_held, readable
from ghl_real_estate_ai.delivery.ports import ClaimLost
from ghl_real_estate_ai.delivery.sending_figures import read_sending_rates
from ghl_real_estate_ai.delivery.standing import find_reason_to_drop, read_start
from ghl_real_estate_ai.delivery.starting import Start
from ghl_real_estate_ai.delivery.take_reply_back import take_reply_back
from ghl_real_estate_ai.handoff.resolve_outcome import CARRYING_EFFECTS
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import contacts, messages, outbox
from ghl_real_estate_ai.telemetry.handoff_rows import fail_handoff_of_turn

ASKING_LEASE = timedelta(seconds=30)
"""How long a claim holds at least from `note_asking` on; a request to the CRM must end well within it."""

WAITING = ("pending", "claimed")


class SqlOutbox:
    """Implements `Outbox`; every method is a transaction of its own and raises DatabaseAway when it cannot be."""

    def __init__(self, database: Database, *, pseudonyms: Pseudonyms | None = None) -> None:
        """*pseudonyms* finds the opt-outs of those who were forgotten."""
        self._database = database
        self._pseudonyms = pseudonyms

    async def claim(
        self, sender: str, *, most: int, lease: timedelta, shares: Shares | None = None
    ) -> list[ClaimedEffect]:
        async with self._database.begin() as connection:
            due = (await connection.execute(_due(most, shares))).mappings().all()
            chosen = list(due) if shares is None else shares.within(due)
            if not chosen:
                return []
            rows = (await connection.execute(self._claim(sender, lease, chosen))).mappings().all()
        return [
            claimed
            for row in sorted(rows, key=lambda row: (row["due_at"], row["seq"]))
            if (claimed := readable(row)) is not None
        ]

    def _claim(self, sender: str, lease: timedelta, chosen: Sequence[RowMapping]) -> Any:
        ids = [(one["location_id"], one["effect_id"]) for one in chosen]
        return (
            update(outbox)
            .where(tuple_(outbox.c.location_id, outbox.c.effect_id).in_(ids))
            .values(
                state="claimed",
                claimed_by=sender,
                claimed_until=func.now() + lease,
                attempts=outbox.c.attempts + 1,
            )
            .returning(outbox)
        )

    async def note_asking(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> None:
        until = func.greatest(outbox.c.claimed_until, func.now() + ASKING_LEASE)
        still_held = and_(is_held(location_id, effect_id, attempt), outbox.c.claimed_until > func.now())
        async with self._database.begin() as connection:
            noted = await connection.execute(
                update(outbox)
                .where(still_held)
                .values(asked_crm=True, claimed_until=until, asked_at=func.coalesce(outbox.c.asked_at, func.now()))
            )
        if noted.rowcount == 0:
            raise ClaimLost("The claim on this effect ran out before the CRM was asked.")

    async def mark_sent(self, location_id: LocationId, effect_id: UUID, crm_id: str | None) -> None:
        sent = (
            update(outbox)
            .where(is_effect(location_id, effect_id))
            .values(
                state="sent", crm_id=crm_id, sent_at=func.now(), ended_at=func.now(), reason=None, claimed_until=None
            )
            .returning(outbox.c.kind, outbox.c.turn_id)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(sent)).one_or_none()
            if row is not None and row.kind == "send_text" and row.turn_id is not None and crm_id is not None:
                await connection.execute(
                    update(messages)
                    .where(
                        messages.c.location_id == location_id,
                        messages.c.turn_id == row.turn_id,
                        messages.c.direction == "outbound",
                    )
                    .values(crm_message_id=crm_id)
                )

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
        values = {"state": "pending", "due_at": func.now() + after, "reason": reason, "asked_crm": asked_crm}
        if failed:
            values["failures"] = outbox.c.failures + 1
        await self._end_claim(is_held(location_id, effect_id, attempt), values)

    async def mark_dropped(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        await self._end_claim(
            is_held(location_id, effect_id, attempt), {"state": "dropped", "reason": reason, "ended_at": func.now()}
        )

    async def mark_dead(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        ended = (
            update(outbox)
            .where(is_held(location_id, effect_id, attempt))
            .values(state="dead", reason=reason, ended_at=func.now(), claimed_by=None, claimed_until=None)
            .returning(outbox.c.contact_id, outbox.c.turn_id, outbox.c.kind)
        )
        async with self._database.begin() as connection:
            dead = (await connection.execute(ended)).first()
            if dead is not None and dead.turn_id is not None and dead.kind in CARRYING_EFFECTS:
                await fail_handoff_of_turn(connection, location_id, dead.contact_id, dead.turn_id)

    async def learn_dnd(self, location_id: LocationId, contact_id: ContactId) -> None:
        known = and_(contacts.c.location_id == location_id, contacts.c.contact_id == contact_id)
        async with self._database.begin() as connection:
            closed = update(contacts).where(known).values(dnd=True, updated_at=func.now()).returning(contacts.c.phone)
            phone = (await connection.execute(closed)).scalar()
            await revoke_consents(connection, (location_id, contact_id), phone, by=DND)

    async def start_of(self, location_id: LocationId, contact_id: ContactId) -> Start:
        async with self._database.begin() as connection:
            return await read_start(connection, location_id, contact_id)

    async def may_send(self, location_id: LocationId, effect_id: UUID) -> str | None:
        async with self._database.begin() as connection:
            return await find_reason_to_drop(connection, location_id, effect_id, self._pseudonyms)

    async def take_back(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> bool:
        async with self._database.begin() as connection:
            return await take_reply_back(connection, location_id, effect_id, attempt)

    async def ids_sent(self, location_id: LocationId, contact_id: ContactId) -> frozenset[str]:
        known = select(outbox.c.crm_id).where(
            outbox.c.location_id == location_id,
            outbox.c.contact_id == contact_id,
            outbox.c.kind == "send_text",
            outbox.c.crm_id.is_not(None),
        )
        async with self._database.begin() as connection:
            return frozenset((await connection.execute(known)).scalars())

    async def sending_rates(self, location_id: LocationId | None = None) -> list[SendingRates]:
        async with self._database.begin() as connection:
            return await read_sending_rates(connection, location_id)

    async def list_dead(self, location_id: LocationId | None, *, limit: int) -> list[DeadEffect]:
        columns = (outbox.c[name] for name in DeadEffect.__slots__)
        dead = select(*columns).where(outbox.c.state == "dead").order_by(outbox.c.seq.desc()).limit(limit)
        if location_id is not None:
            dead = dead.where(outbox.c.location_id == location_id)
        async with self._database.begin() as connection:
            return [DeadEffect(**row) for row in (await connection.execute(dead)).mappings()]

    async def retry_dead(self, location_id: LocationId, effect_id: UUID) -> bool:
        again = (
            update(outbox)
            .where(is_effect(location_id, effect_id), outbox.c.state == "dead")
            .values(state="pending", due_at=func.now(), failures=0, ended_at=None)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(again)).rowcount == 1

    async def _end_claim(self, which: ColumnElement[bool], values: dict[str, Any]) -> None:
        ended = update(outbox).where(which).values(values | {"claimed_by": None, "claimed_until": None})
        async with self._database.begin() as connection:
            await connection.execute(ended)


def _due(most: int, shares: Shares | None) -> Any:
    """The effects to claim: due, held by nobody, the first of their contact, and of no location that has its share."""
    earlier = outbox.alias("earlier")
    # A send planned for later does not hold up today's; one that was tried and waits for its retry does.
    holds_up = exists().where(
        earlier.c.location_id == outbox.c.location_id,
        earlier.c.contact_id == outbox.c.contact_id,
        earlier.c.seq < outbox.c.seq,
        earlier.c.state.in_(WAITING),
        or_(earlier.c.due_at <= func.now(), and_(earlier.c.attempts > 0, ~earlier.c.initiated)),
    )
    return (
        select(outbox.c.location_id, outbox.c.effect_id)
        .where(
            outbox.c.state.in_(WAITING),
            outbox.c.due_at <= func.now(),
            or_(outbox.c.state == "pending", outbox.c.claimed_until <= func.now()),
            outbox.c.kind.in_(KINDS),
            ~holds_up,
            outbox.c.location_id.not_in(shares.full() if shares else ()),
        )
        .order_by(outbox.c.due_at, outbox.c.seq)
        .limit(most)
        # Whoever comes second skips the row; whoever comes just after its commit re-reads it and finds it claimed.
        .with_for_update(skip_locked=True, of=outbox)
    )
