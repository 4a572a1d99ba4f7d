"""A handoff that waited for its bot is carried out, without a word and without a message of the lead; pure."""

from dataclasses import replace
from datetime import datetime

from ghl_real_estate_ai.bots.conclude import answering_bot_of
from ghl_real_estate_ai.bots.effects import of_deferral, of_handoff, with_tags
from ghl_real_estate_ai.bots.facts import after_owner_change
from ghl_real_estate_ai.bots.goals import GOAL_OF
from ghl_real_estate_ai.bots.model import Decision, Silence
from ghl_real_estate_ai.bots.packing import pack
from ghl_real_estate_ai.conversation.model import Conversation, Handed
from ghl_real_estate_ai.crm.model import SetField
from ghl_real_estate_ai.handoff.model import HandoffDecision
from ghl_real_estate_ai.handoff.packet import FIELD, packet_text
from ghl_real_estate_ai.scoring import signs_of


def carry_out(conversation: Conversation, handoff: HandoffDecision, at: datetime) -> Decision:
    """Move *conversation*; the new bot opens with the lead's next message, and what was asked last stays asked."""
    facts, shelved = after_owner_change(
        conversation.facts, conversation.shelved, handoff.source, handoff.target, stated=()
    )
    tags = (*of_handoff(handoff), *of_deferral(None, handoff, conversation.contact))
    goal = GOAL_OF.get(handoff.target)
    moved = replace(
        conversation,
        contact=with_tags(conversation.contact, tags),
        owner=handoff.target,
        epoch=conversation.epoch + 1,
        facts=facts,
        shelved=shelved,
        goals=tuple(dict.fromkeys((*([goal] if goal else []), *conversation.goals))),
        handoffs=(*conversation.handoffs, Handed(source=handoff.source, target=handoff.target, at=at)),
        attempts={question: count for question, count in conversation.attempts.items() if question.slot is not None},
    )
    packet = pack(
        moved,
        source=handoff.source,
        target=handoff.target,
        reason=handoff.reason,
        at=at,
        pending=conversation.asked,
        signs=signs_of(conversation.messages),
    )
    return Decision(
        owner=moved.owner,
        bot=answering_bot_of(conversation, moved),
        speech=Silence("deferred_handoff_carried_out"),
        asked=None,
        handoff=handoff,
        packet=packet,
        effects=(*tags, SetField(FIELD, packet_text(packet))),
        conversation=moved,
        reasons=(f"Moved from {handoff.source.value} to {handoff.target.value}, which does well enough to be tried.",),
    )
