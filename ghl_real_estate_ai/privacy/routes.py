"""`/api/jorge/conversations/{contact_id}/standing`: whether a contact may be written to, and why what was held was."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ghl_real_estate_ai.compliance.privacy import Pseudonyms, reference_of
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.privacy.store import read_standing
from ghl_real_estate_ai.storage.database import Database

Location = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$", description="our own without it")]
Contact = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Consent(_Answer):
    """What the contact agreed to, when and how, and whether it was taken back."""

    agreed_to: str
    source: str = Field(description="inbound_text, opt_in, form or tag")
    evidence: str | None
    source_message_id: UUID | None
    given_at: AwareDatetime
    revoked_at: AwareDatetime | None
    revoked_by: str | None


class Suppression(_Answer):
    """That the contact, or its number, is not to be written to; lifted by START."""

    reason: str
    suppressed_at: AwareDatetime
    lifted_at: AwareDatetime | None


class Asked(_Answer):
    """A privacy request and by when it is due."""

    reference: str
    kind: str
    state: str
    rule: str
    asked_at: AwareDatetime
    due_by: AwareDatetime
    done_at: AwareDatetime | None


class Send(_Answer):
    """What was to reach the CRM, and what became of it; never its words."""

    effect_id: UUID
    turn_id: UUID | None
    kind: str
    state: str = Field(description="pending, claimed, sent, dropped or dead")
    reason: str | None = Field(description="why it was held or not sent, with the rule and its source")
    initiated: bool
    due_at: AwareDatetime
    created_at: AwareDatetime
    sent_at: AwareDatetime | None


class Standing(BaseModel):
    """Whether a contact may be written to, and what became of what was to be sent, the latest first."""

    location_id: str
    contact_id: str
    consents: list[Consent]
    suppressions: list[Suppression]
    privacy_requests: list[Asked]
    sends: list[Send]


def build_privacy_router(
    database: Database, pseudonyms: Pseudonyms | None, reader: Callable[..., None], *, default_location: str
) -> APIRouter:
    """Return the routes; *reader* lets the token's holder in, or this machine."""
    router = APIRouter(prefix="/api/jorge", tags=["jorge"], dependencies=[Depends(reader)])

    @router.get("/conversations/{contact_id}/standing", responses={404: {}})
    async def standing(contact_id: Contact, location_id: Location = None) -> Standing:
        """What the contact agreed to, took back and asked for, and why something was held or not sent."""
        person = (LocationId(location_id or default_location), ContactId(contact_id))
        held = await read_standing(database, pseudonyms, person)
        if not any(held.values()):
            raise HTTPException(404, "Nothing is held on this contact.")
        asked = [{**row, "reference": reference_of(row["request_id"])} for row in held["privacy_requests"]]
        return Standing.model_validate(
            {**held, "privacy_requests": asked, "location_id": person[0], "contact_id": person[1]}
        )

    return router
