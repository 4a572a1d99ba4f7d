"""The control that the context packet is measured against: a bot that only knows what itself has heard; pure.

Each bot keeps the words of its own turns, the one that brought it the contact included.  What another bot heard is
kept in the conversation, so that both ways are measured on the same knowledge, but no bot goes by it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.facts import OF_ONE_HOME
from ghl_real_estate_ai.bots.goals import GOAL_OF
from ghl_real_estate_ai.bots.model import Decision
from ghl_real_estate_ai.conversation.model import Conversation, Fact, Facts, Handed, Message, Owner
from ghl_real_estate_ai.understanding.model import Signals


def decide_without_packet(
    conversation: Conversation, signals: Signals, message: Message, *, at: datetime, **settings: Any
) -> Decision:
    """Decide as `decide` does, with nothing handed over between the bots."""
    decision = decide(_as_heard_by(conversation.owner, conversation), signals, message, at=at, **settings)
    handoff = decision.handoff
    if handoff is not None and handoff.target.bot is not None:
        # Where a contact goes does not depend on the facts, so that the receiver's own may stand in their place.
        decision = decide(_as_receiver(handoff.target, conversation), signals, message, at=at, **settings)
    facts = Facts({**conversation.facts, **decision.conversation.facts})
    return replace(
        decision, conversation=replace(decision.conversation, facts=facts, shelved={}, messages=conversation.messages)
    )


def heard_by(owner: Owner, fact: Fact, handoffs: Sequence[Handed], owner_now: Owner) -> bool:
    """Whether *owner* had the contact when *fact* was told; the message of a handoff is heard by both of its sides."""
    return had_at(owner, fact.stated_at, handoffs, owner_now)


def had_at(owner: Owner, at: datetime, handoffs: Sequence[Handed], owner_now: Owner) -> bool:
    """Whether *owner* had the contact at that moment; at that of a handoff both of its sides had."""
    had, since = (handoffs[0].source if handoffs else owner_now), at
    for handed in handoffs:
        if had is owner and since <= at <= handed.at:
            return True
        had, since = handed.target, handed.at
    return had is owner and since <= at


def _as_heard_by(owner: Owner, conversation: Conversation) -> Conversation:
    heard = {
        slot: fact
        for slot, fact in conversation.facts.items()
        if heard_by(owner, fact, conversation.handoffs, conversation.owner)
    }
    return replace(conversation, facts=Facts(heard), shelved={}, messages=_as_read_by(owner, conversation))


def _as_read_by(owner: Owner, conversation: Conversation) -> tuple[Message, ...]:
    """All messages, without the words of those that others had: what they wanted still leads where the contact goes."""
    return tuple(
        message if had_at(owner, message.at, conversation.handoffs, conversation.owner) else replace(message, text="")
        for message in conversation.messages
    )


def _as_receiver(owner: Owner, conversation: Conversation) -> Conversation:
    """What it heard of its own thread's home waits on the shelf from which the handoff brings it back."""
    own = _as_heard_by(owner, conversation)
    goal = GOAL_OF.get(owner)
    if goal is None or conversation.owner not in GOAL_OF:
        return own
    waiting = tuple(fact for slot, fact in own.facts.items() if slot in OF_ONE_HOME)
    return replace(own, facts=own.facts.without(*OF_ONE_HOME), shelved={goal: waiting})
