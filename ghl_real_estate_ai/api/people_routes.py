"""`/api/jorge/people` and a conversation's takeover and release: what people of the team do with a lead."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from ghl_real_estate_ai.api.place import place_of
from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import ContactId
from ghl_real_estate_ai.dashboard.people import PeopleReader
from ghl_real_estate_ai.dashboard.store import ConversationReader
from ghl_real_estate_ai.turns.change_owner import ChangeOwner, OwnerChange
from ghl_real_estate_ai.turns.ports import NoConversation

Location = Annotated[
    str | None,
    Query(
        max_length=100, pattern=r"^[^\x00]*$", description="our own without it, or the only one that has the contact"
    ),
]
Word = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$")]
SOMEBODY = "Somebody of the team"


class Who(BaseModel):
    """Who does it."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")
    ] = SOMEBODY


class OwnerAnswer(BaseModel):
    """Who has the conversation now, and who had it before."""

    model_config = ConfigDict(from_attributes=True)

    location_id: str
    contact_id: str
    owner: str
    previous_owner: str
    at: AwareDatetime


class WaitingAnswer(BaseModel):
    """A lead who waits for a person, or whom a person has."""

    model_config = ConfigDict(from_attributes=True)

    location_id: str
    contact_id: str
    first_name: str | None
    owner: str = Field(description="a bot goes on answering where one still has the conversation")
    since: AwareDatetime
    why: str
    deadline: AwareDatetime
    answered_at: AwareDatetime | None = Field(description="when a person took it up; null while the lead waits")
    overdue: bool


class People(BaseModel):
    """Who waits for a person, the longest first, then whom people have."""

    people: list[WaitingAnswer]


def build_people_router(
    change_owner: ChangeOwner,
    reader: Callable[..., None],
    *,
    people: PeopleReader | None,
    conversations: ConversationReader | None,
    default_location: str,
    person_sla: timedelta,
    clock: Clock,
) -> APIRouter:
    """Return the routes; *reader* lets the token's holder in, or this machine. *people* is None without a database."""
    router = APIRouter(prefix="/api/jorge", tags=["jorge"], dependencies=[Depends(reader)])

    @router.post("/conversations/{contact_id}/takeover", responses={404: {}, 409: {}})
    async def takeover(contact_id: Word, who: Who | None = None, location_id: Location = None) -> OwnerAnswer:
        """Let a person answer: the bots fall silent, and what they had not sent yet is dropped. Safe to call twice."""
        place = await place_of(conversations, contact_id, location_id, own=default_location)
        return await _changed(change_owner.take_over(place, ContactId(contact_id), by=(who or Who()).by))

    @router.post("/conversations/{contact_id}/release", responses={404: {}, 409: {}})
    async def release(contact_id: Word, who: Who | None = None, location_id: Location = None) -> OwnerAnswer:
        """Give the lead back to the bot that had it; it goes on with the next message. Safe to call twice."""
        place = await place_of(conversations, contact_id, location_id, own=default_location)
        return await _changed(change_owner.release(place, ContactId(contact_id), by=(who or Who()).by))

    @router.get("/people", responses={503: {}})
    async def waiting(location_id: Location = None, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> People:
        """Who waits for a person and until when, and whom people have."""
        if people is None:
            raise HTTPException(503, "persistence is off")
        found = await people.list_people(clock.now(), sla=person_sla, location_id=location_id, limit=limit)
        return People(people=[WaitingAnswer.model_validate(one) for one in found])

    return router


async def _changed(change: Awaitable[OwnerChange]) -> OwnerAnswer:
    try:
        return OwnerAnswer.model_validate(await change)
    except NoConversation as error:
        raise HTTPException(404, str(error)) from None
