"""What a turn changes in what a contact agreed to, and what it asks of its own data: in the turn's own transaction."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.bots.model import Flag
from ghl_real_estate_ai.compliance.consent import OPT_OUT, ConsentSource
from ghl_real_estate_ai.compliance.memory import insert_consent_in_memory, revoke_consents_in_memory
from ghl_real_estate_ai.compliance.privacy import ANSWERED_WITHIN, DEADLINE, kinds_asked
from ghl_real_estate_ai.compliance.store import insert_consent, revoke_consents
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.storage.memory import Tables, row
from ghl_real_estate_ai.storage.tables import privacy_requests
from ghl_real_estate_ai.turns.model import FinishedTurn

Values = dict[str, Any]


def consent_of(finished: FinishedTurn) -> Values | None:
    """The consent that this turn's messages give: by writing to us first, or by lifting an opt-out.

    What is said in `/api/chat` gives none, since nobody wrote from that phone.
    """
    before, after = finished.claim.conversation, finished.decision.conversation
    begins = finished.is_beginning and not before.opted_out
    lifts = Flag.OPT_IN in finished.decision.flags
    written = [inbound for inbound in finished.claim.inbound if not inbound.is_from_person]
    if not finished.delivers or after.opted_out or not written or not (begins or lifts):
        return None
    return {
        "location_id": before.contact.location_id,
        "consent_id": new_uuid7(),
        "contact_id": before.contact.contact_id,
        "phone": before.contact.phone,
        "agreed_to": "texts",
        "source": (ConsentSource.OPT_IN if lifts else ConsentSource.INBOUND_TEXT).value,
        "source_message_id": written[0].message.message_id,
        "given_at": finished.claim.at,
    }


def revokes(finished: FinishedTurn) -> bool:
    """Whether this turn is an opt-out."""
    return finished.decision.conversation.opted_out and not finished.claim.conversation.opted_out


def privacy_requests_of(finished: FinishedTurn) -> Iterator[Values]:
    """What the messages of this turn ask of the contact's data, whatever else they say, and whoever answers."""
    contact = finished.claim.conversation.contact
    if Flag.PRIVACY not in finished.decision.flags:
        return
    said = " ".join(inbound.message.text for inbound in finished.claim.inbound if not inbound.is_from_person)
    for kind in kinds_asked(said):
        yield {
            "location_id": contact.location_id,
            "request_id": new_uuid7(),
            "contact_id": contact.contact_id,
            "kind": kind.value,
            "source": "text message",
            "language": finished.decision.conversation.language.value,
            "rule": f"{DEADLINE.name} ({DEADLINE.source})",
            "asked_at": finished.claim.at,
            "due_by": finished.claim.at + ANSWERED_WITHIN,
        }


async def keep_consent(connection: AsyncConnection, finished: FinishedTurn) -> None:
    """Keep what was agreed to, once; an opt-out takes back what the contact, or its number, agreed to."""
    contact = finished.claim.conversation.contact
    given = consent_of(finished)
    if given is not None:
        await insert_consent(connection, given)
    if revokes(finished):
        place = (contact.location_id, contact.contact_id)
        await revoke_consents(connection, place, contact.phone, by=OPT_OUT, at=finished.claim.at)


async def keep_privacy_requests(connection: AsyncConnection, finished: FinishedTurn) -> None:
    """Queue what is asked of the contact's data; one that waits already is not queued twice."""
    for asked in privacy_requests_of(finished):
        await connection.execute(upsert(privacy_requests).values(asked).on_conflict_do_nothing())


def keep_consent_in_memory(tables: Tables, finished: FinishedTurn) -> None:
    """The same without a database."""
    given, contact = consent_of(finished), finished.claim.conversation.contact
    if given is not None:
        insert_consent_in_memory(tables, given)
    if revokes(finished):
        place = (contact.location_id, contact.contact_id)
        revoke_consents_in_memory(tables, place, contact.phone, by=OPT_OUT, at=finished.claim.at)


def keep_privacy_requests_in_memory(tables: Tables, finished: FinishedTurn) -> None:
    """The same without a database."""
    for asked in privacy_requests_of(finished):
        same = ("location_id", "contact_id", "kind")
        waiting = any(
            all(one[name] == asked[name] for name in same) and one["state"] != "done"
            for one in tables["privacy_requests"].values()
        )
        if not waiting:
            tables["privacy_requests"][asked["location_id"], asked["request_id"]] = row(**asked, state="open")
