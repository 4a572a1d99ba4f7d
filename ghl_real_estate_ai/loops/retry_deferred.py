"""Carries out the handoffs that were put off: all whose bot does well again, and one at a time to try one that may."""

from datetime import datetime
from enum import Enum, auto

import structlog

from ghl_real_estate_ai.bots.decide import why_silent
from ghl_real_estate_ai.bots.deferred import carry_out
from ghl_real_estate_ai.bots.model import Decision
from ghl_real_estate_ai.conversation.model import Conversation
from ghl_real_estate_ai.handoff.deferral import Deferral, decision_of, who_goes, why_not
from ghl_real_estate_ai.handoff.service import JorgeHandoffService
from ghl_real_estate_ai.loops.ports import Deferrals
from ghl_real_estate_ai.turns.change_owner import ChangeOwner
from ghl_real_estate_ai.turns.ports import ConversationBusy, NoConversation

log = structlog.get_logger(__name__)


class Tried(Enum):
    """What came of letting a put-off handoff go."""

    MOVED = auto()
    STAYED = auto()
    """It may not go, or not any more."""
    BUSY = auto()
    """A turn of the contact is under way."""


async def retry_deferred(deferrals: Deferrals, handoffs: JorgeHandoffService, change_owner: ChangeOwner) -> int:
    """Carry out what may go now and drop what is no longer right; return how many contacts were moved.

    Raises:
        Retryable: the store is away; what was not carried out still waits.
    """
    queue = await deferrals.queue()
    waiting = list(queue.waiting)
    tried_at = {owner: list(times) for owner, times in queue.tried_at.items()}
    moved = 0
    # One who may not go any more does not hold up those behind it: the next one tries.
    while going := who_goes(waiting, handoffs.health(), tried_at, queue.at):
        for deferral in going:
            waiting.remove(deferral)
            tried = await _try(deferral, deferrals, change_owner)
            if tried is not Tried.STAYED:
                # A busy contact may be on its way by another node: it counts as the one that tries.
                tried_at.setdefault(deferral.target, []).append(queue.at)
            moved += tried is Tried.MOVED
    return moved


async def _try(deferral: Deferral, deferrals: Deferrals, change_owner: ChangeOwner) -> Tried:
    wrong: list[str] = []

    def decide(conversation: Conversation, at: datetime) -> Decision | None:
        why = why_not(deferral, conversation) or why_silent(conversation)
        if why is not None:
            wrong.append(why)
            return None
        handoff = decision_of(deferral, conversation, at)
        return None if handoff is None else carry_out(conversation, handoff, at)

    who = (deferral.location_id, deferral.contact_id)
    try:
        change = await change_owner.carry_out(*who, decide, deliver=deferral.delivers)
    except ConversationBusy:
        return Tried.BUSY  # the next look comes in a minute
    except NoConversation:
        change, wrong = None, ["no_conversation"]
    if wrong:
        await deferrals.drop(deferral, wrong[0])
        log.info("handoff.deferral_dropped", contact_id=deferral.contact_id, reason=wrong[0])
    return Tried.STAYED if change is None else Tried.MOVED
