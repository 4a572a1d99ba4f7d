"""`/api/jorge/dead-effects`: what could not be sent, for a person to look at and to try again."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.delivery.ports import Outbox

Location = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]


class DeadAnswer(BaseModel):
    """An effect that was given up; its words are in the conversation."""

    model_config = ConfigDict(from_attributes=True)

    effect_id: UUID
    location_id: str
    contact_id: str
    kind: str
    reason: str | None = Field(description="why it was given up, in the CRM's words where it said any")
    attempts: int
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class DeadAnswers(BaseModel):
    """The latest first."""

    effects: list[DeadAnswer]


class Retried(BaseModel):
    """It is in the queue again; the gate still decides whether it leaves."""

    effect_id: UUID
    state: str = "pending"


def build_delivery_router(
    outbox: Outbox, reader: Callable[..., None], *, default_location: str, wake: Callable[[], None]
) -> APIRouter:
    """Return the routes; *reader* lets the token's holder in, or this machine; *wake* rouses the sender."""
    router = APIRouter(prefix="/api/jorge", tags=["jorge"], dependencies=[Depends(reader)])

    @router.get("/dead-effects")
    async def dead_effects(
        location_id: Location = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> DeadAnswers:
        """What was given up, of every location when none is named."""
        place = None if location_id is None else LocationId(location_id)
        found = await outbox.list_dead(place, limit=limit)
        return DeadAnswers(effects=[DeadAnswer.model_validate(one) for one in found])

    @router.post("/dead-effects/{effect_id}/retry", responses={404: {}})
    async def retry(effect_id: UUID, location_id: Location = None) -> Retried:
        """Try an effect again: it is looked up first where it may have got through, and passes the gate."""
        if not await outbox.retry_dead(LocationId(location_id or default_location), effect_id):
            raise HTTPException(404, "no effect with this id was given up")
        wake()
        return Retried(effect_id=effect_id)

    return router
