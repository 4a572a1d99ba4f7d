"""`POST /api/chat`: one message in, the whole turn out; it stores and hands off, and delivers nothing."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ghl_real_estate_ai.api.compose import Jorge
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.intake.plain_text import clean_text

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class ChatMessage(BaseModel):
    """What a lead writes."""

    model_config = ConfigDict(extra="forbid")

    contact_id: Name
    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)]
    location_id: Name | None = None


class ChatTurn(BaseModel):
    """The turn that answered."""

    turn_id: str | None = Field(description="null when no bot has the contact, so that no turn was taken")
    reply: str | None = Field(description="null when silence is due")
    owner: str
    asked: str | None = Field(description="the slot the reply asks for")
    slots: dict[str, Any]
    flags: list[str]
    tags_added: list[str]
    handoff: dict[str, Any] | None


def build_chat_router(jorge: Jorge, reader: Callable[..., None]) -> APIRouter:
    """Return the route; *reader* lets the token's holder in, or this machine."""
    router = APIRouter(prefix="/api", tags=["chat"], dependencies=[Depends(reader)])

    @router.post("/chat")
    async def chat(message: ChatMessage) -> ChatTurn:
        """Take a turn at once."""
        location_id = LocationId(message.location_id or jorge.settings.location_id)
        turn = await jorge.take_turn.chat(
            location_id, ContactId(message.contact_id), clean_text(message.message), deliver=False
        )
        return ChatTurn(
            turn_id=None if turn.turn_id is None else str(turn.turn_id),
            reply=turn.reply,
            owner=turn.owner.value,
            asked=turn.asked,
            slots=dict(turn.slots),
            flags=list(turn.flags),
            tags_added=list(turn.tags_added),
            handoff=dict(turn.handoff) if turn.handoff else None,
        )

    return router
