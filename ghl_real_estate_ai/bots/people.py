"""A person takes a conversation over, writes in it, or gives it back: decisions no message of a lead makes; pure."""

from dataclasses import replace
from datetime import datetime

from ghl_real_estate_ai.bots.activation import activated_owner
from ghl_real_estate_ai.bots.conclude import answering_bot_of
from ghl_real_estate_ai.bots.effects import FOLLOW_UP_TAG, with_tags
from ghl_real_estate_ai.bots.model import Decision, Silence
from ghl_real_estate_ai.bots.packing import pack
from ghl_real_estate_ai.conversation.model import Conversation, Handed, Owner, PersonCall
from ghl_real_estate_ai.crm.model import AddTag, Effect, RemoveTag, SetField
from ghl_real_estate_ai.handoff.model import HandoffDecision, handoff_tag
from ghl_real_estate_ai.handoff.packet import FIELD, packet_text
from ghl_real_estate_ai.scoring import signs_of


def take_over(conversation: Conversation, *, at: datetime, why: str) -> Decision:
    """The person has the conversation now; a bot that had it is silent from here on and its unsent texts are dropped.

    A conversation that no bot has keeps its owner; a call for a person is answered by this.
    """
    answered = _answered(conversation, at=at, why=why)
    if conversation.owner.bot is None:
        return _decision(conversation, answered, reason=why)
    handoff = _handoff(conversation.owner, Owner.HUMAN, why)
    return _moved(conversation, replace(answered, returns_to=conversation.owner), handoff, at=at)


def release(conversation: Conversation, *, at: datetime, why: str) -> Decision:
    """The bot that had the conversation before the person has it again, with all it knew and all that was said since.

    It says nothing by itself: it goes on with the lead's next message, and greets nobody a second time.
    """
    answered = _answered(conversation, at=at, why=why)
    if conversation.owner is not Owner.HUMAN:
        return _decision(conversation, answered, reason=why)
    called = activated_owner(conversation.contact.tags or frozenset())
    target = conversation.returns_to or called or Owner.LEAD
    handoff = _handoff(Owner.HUMAN, target, why)
    return _moved(conversation, replace(answered, returns_to=None), handoff, at=at, effects=(RemoveTag(FOLLOW_UP_TAG),))


def _answered(conversation: Conversation, *, at: datetime, why: str) -> Conversation:
    call = conversation.person_call
    if call is None and conversation.owner.bot is not None:
        call = PersonCall(at=at, why=why)
    if call is not None and call.answered_at is None:
        call = replace(call, answered_at=at)
    return replace(conversation, person_call=call)


def _handoff(source: Owner, target: Owner, why: str) -> HandoffDecision:
    return HandoffDecision(source=source, target=target, confidence=1.0, threshold=0.0, reason=why)


def _moved(
    before: Conversation,
    after: Conversation,
    handoff: HandoffDecision,
    *,
    at: datetime,
    effects: tuple[Effect, ...] = (),
) -> Decision:
    effects = (*effects, AddTag(handoff_tag(handoff.source, handoff.target)))
    moved = replace(
        after,
        contact=with_tags(after.contact, effects),
        owner=handoff.target,
        epoch=before.epoch + 1,
        handoffs=(*before.handoffs, Handed(source=handoff.source, target=handoff.target, at=at)),
        asked=None,
        attempts={},
        closed=False,
        lost=0,
    )
    packet = pack(
        moved,
        source=handoff.source,
        target=handoff.target,
        reason=handoff.reason,
        at=at,
        pending=before.asked,
        signs=signs_of(before.messages),
    )
    decision = _decision(before, moved, reason=handoff.reason)
    return replace(decision, handoff=handoff, packet=packet, effects=(*effects, SetField(FIELD, packet_text(packet))))


def _decision(before: Conversation, after: Conversation, *, reason: str) -> Decision:
    return Decision(
        owner=after.owner,
        bot=answering_bot_of(before, after),
        speech=Silence("a_person_decided"),
        conversation=after,
        reasons=(f"{reason.rstrip('.')}.",),
    )
