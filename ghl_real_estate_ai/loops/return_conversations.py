"""Gives conversations back to their bots when the person who had them has written nothing for so long."""

from datetime import datetime, timedelta

import structlog

from ghl_real_estate_ai.bots import people
from ghl_real_estate_ai.bots.model import Decision
from ghl_real_estate_ai.compliance.stop_tags import stopping_tag
from ghl_real_estate_ai.conversation.model import Conversation, Owner
from ghl_real_estate_ai.loops.ports import Returns
from ghl_real_estate_ai.turns.change_owner import ChangeOwner
from ghl_real_estate_ai.turns.ports import ConversationBusy

log = structlog.get_logger(__name__)


async def return_conversations(returns: Returns, change_owner: ChangeOwner, after: timedelta) -> int:
    """Give back what no person has written in for *after*; return how many conversations that were.

    A lead who still waits for a person is left waiting, and so is whom a tag keeps from the bots.

    Raises:
        Retryable: the store is away; what was not given back is found the next time.
    """
    hours = after / timedelta(hours=1)
    given_back = 0

    def decide(conversation: Conversation, at: datetime) -> Decision | None:
        if conversation.owner is not Owner.HUMAN or stopping_tag(conversation.contact.tags or ()) is not None:
            return None
        return people.release(conversation, at=at, why=f"No person has written for {hours:g} hours")

    for location_id, contact_id in await returns.due(after):
        try:
            change = await change_owner.carry_out(location_id, contact_id, decide, deliver=True)
        except ConversationBusy:
            continue  # the next look comes in a minute
        given_back += change is not None
    return given_back
