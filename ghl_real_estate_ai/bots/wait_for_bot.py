"""Which bot a lead waits for, while another one asks in its place; pure."""

from ghl_real_estate_ai.bots.goals import OTHER, OWNER_OF
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.handoff.deferral import deferral_tag
from ghl_real_estate_ai.handoff.model import BlockReason


def waiting_for(heard: Heard) -> Owner | None:
    """The bot that the lead waits for: since it does badly, as the tag says, or since a limit keeps the lead bot on."""
    if heard.handoff is not None:
        return None
    is_new_here = heard.conversation.owner is Owner.LEAD
    if heard.blocked is not None:
        return heard.blocked.target if is_new_here or heard.blocked.reason is BlockReason.PERFORMANCE else None
    tags = {tag.casefold() for tag in heard.conversation.contact.tags or ()}
    deferred = next((owner for owner in OTHER if deferral_tag(owner).casefold() in tags), None)
    wanted = OWNER_OF.get(heard.conversation.told_goal or "") if is_new_here else None
    return deferred or wanted
