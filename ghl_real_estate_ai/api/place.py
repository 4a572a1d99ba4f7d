"""Which location a request means that names a contact alone: never one that has to be guessed."""

from fastapi import HTTPException

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.dashboard.store import ConversationReader

SEVERAL = "Several locations have a conversation with this contact: say which with `location_id`."


async def place_of(
    conversations: ConversationReader | None, contact_id: str, asked: str | None, *, own: str
) -> LocationId:
    """The location *asked* for; without one our *own* where it has the contact, else the only one that has.

    Raises:
        HTTPException: 409, several others have it.
    """
    if asked is not None or conversations is None:
        return LocationId(asked or own)
    places = await conversations.find_places(contact_id)
    if own in places or not places:
        return LocationId(own)
    if len(places) > 1:
        raise HTTPException(409, SEVERAL)
    return places[0]
