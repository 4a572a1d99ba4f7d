"""How a contact stands just before something is sent: suppressed, owned by whom, away; and what it began with."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.compliance.quiet_hours import Whereabouts
from ghl_real_estate_ai.compliance.store import stands_for
from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.crm.oauth.store import has_left
from ghl_real_estate_ai.delivery.carrier import DAY
from ghl_real_estate_ai.delivery.effects import from_json
from ghl_real_estate_ai.delivery.gate import Standing, reason_to_drop
from ghl_real_estate_ai.delivery.outbox_rows import is_effect
from ghl_real_estate_ai.delivery.starting import MONTH, Start
from ghl_real_estate_ai.storage.tables import contacts, conversations, inbox, locations, outbox, suppressions


async def find_reason_to_drop(
    connection: AsyncConnection, location_id: LocationId, effect_id: UUID, pseudonyms: Pseudonyms | None
) -> str | None:
    """Why an effect may not leave any more; None when it may."""
    row = (await connection.execute(_standing(location_id, effect_id))).mappings().one_or_none()
    if row is None:
        return "gone"
    who = suppressed_as(location_id, row["contact_id"], row["phone"], pseudonyms)
    is_suppressed = (await connection.execute(select(literal(1)).where(who).limit(1))).first() is not None
    standing = Standing(
        is_suppressed=is_suppressed,
        owner=None if row["owner"] is None else Owner(row["owner"]),
        epoch=row["current_epoch"],
        tags=None if row["tags"] is None else frozenset(row["tags"]),
        dnd=row["dnd"],
        has_left=row["has_left"],
        has_newer=row["has_newer"],
    )
    return reason_to_drop(from_json(row["kind"], row["payload"]), row["epoch"], standing)


async def read_start(connection: AsyncConnection, location_id: LocationId, contact_id: ContactId) -> Start:
    """What decides whether we may write to a contact first."""
    row = (await connection.execute(_start(location_id, contact_id))).mappings().one()
    return Start(
        at=row["at"],
        where=Whereabouts(
            phone=row["phone"], state=row["state"], postal_code=row["postal_code"], timezone=row["timezone"]
        ),
        sent_in_a_day=row["in_a_day"],
        sent_in_a_month=row["in_a_month"],
        has_consent=row["has_consent"],
        in_own_word=row["in_own_word"],
    )


def suppressed_as(
    location_id: LocationId, contact_id: str, phone: str | None, pseudonyms: Pseudonyms | None
) -> ColumnElement[bool]:
    """The suppressions in force of a contact, of its number under any contact, and of either once forgotten."""
    return and_(
        suppressions.c.location_id == location_id,
        suppressions.c.lifted_at.is_(None),
        names_suppressed(contact_id, phone, pseudonyms),
    )


def names_suppressed(contact_id: str, phone: str | None, pseudonyms: Pseudonyms | None) -> ColumnElement[bool]:
    """The suppressions, also those that were lifted, of a contact or its number, in the open or forgotten."""
    known = [name for name in (contact_id, phone) if name is not None]
    names = known if pseudonyms is None else [*known, *(pseudonyms.of(name) for name in known)]
    return or_(suppressions.c.contact_id.in_(names), suppressions.c.phone.in_(names))


def _standing(location_id: LocationId, effect_id: UUID) -> Any:
    left = exists().where(locations.c.location_id == outbox.c.location_id, has_left())
    newer = exists().where(
        inbox.c.location_id == outbox.c.location_id,
        inbox.c.contact_id == outbox.c.contact_id,
        inbox.c.state == "pending",
        inbox.c.received_at > outbox.c.created_at,
    )
    return (
        select(
            left.label("has_left"),
            newer.label("has_newer"),
            outbox.c.kind,
            outbox.c.payload,
            outbox.c.epoch,
            conversations.c.owner,
            conversations.c.epoch.label("current_epoch"),
            contacts.c.tags,
            contacts.c.dnd,
            outbox.c.contact_id,
            contacts.c.phone,
        )
        .select_from(
            outbox.outerjoin(
                conversations,
                and_(
                    conversations.c.location_id == outbox.c.location_id,
                    conversations.c.contact_id == outbox.c.contact_id,
                ),
            ).outerjoin(
                contacts,
                and_(contacts.c.location_id == outbox.c.location_id, contacts.c.contact_id == outbox.c.contact_id),
            )
        )
        .where(is_effect(location_id, effect_id))
    )


def _start(location_id: LocationId, contact_id: ContactId) -> Any:
    # One row, also for a contact that we know nothing of: its place is then unknown.
    now = select(func.now().label("at")).subquery()
    its = and_(contacts.c.location_id == location_id, contacts.c.contact_id == contact_id)
    known = now.outerjoin(contacts, its)
    other = contacts.alias("other")
    of_same_number = select(other.c.contact_id).where(
        other.c.location_id == location_id, other.c.phone == contacts.c.phone
    )

    def started(span: timedelta) -> Any:
        return (
            select(func.count())
            .select_from(outbox)
            .where(
                outbox.c.location_id == location_id,
                or_(outbox.c.contact_id == contact_id, outbox.c.contact_id.in_(of_same_number)),
                outbox.c.kind == "send_text",
                outbox.c.state == "sent",
                outbox.c.initiated,
                outbox.c.sent_at > func.now() - span,
            )
            .correlate(contacts)
            .scalar_subquery()
        )

    return select(
        now.c.at,
        stands_for(location_id, contact_id).label("has_consent"),
        stands_for(location_id, contact_id, in_own_word=True).label("in_own_word"),
        contacts.c.phone,
        contacts.c.state,
        contacts.c.postal_code,
        contacts.c.timezone,
        started(DAY).label("in_a_day"),
        started(MONTH).label("in_a_month"),
    ).select_from(known)
