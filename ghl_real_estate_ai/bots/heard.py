"""Everything one turn goes by, worked out once: what was known, what is said now, and where that leads; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ghl_real_estate_ai.bots.facts import stated_facts
from ghl_real_estate_ai.bots.goals import with_answered_goal
from ghl_real_estate_ai.bots.model import Flag
from ghl_real_estate_ai.bots.topics import Topic, topic_of
from ghl_real_estate_ai.conversation.model import Conversation, Fact, Language, Message, Owner, Slot
from ghl_real_estate_ai.handoff.decide_handoff import Adjustments, Health, Outcome, decide_handoff
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision
from ghl_real_estate_ai.understanding.model import Intent, Signals

WORDS_TO_SWITCH_LANGUAGE = 3
FLAGS: Mapping[Intent, Flag] = {
    Intent.HELP: Flag.HELP,
    Intent.FAIR_HOUSING: Flag.FAIR_HOUSING,
    Intent.BOT_QUESTION: Flag.DISCLOSED_AI,
    Intent.PRIVACY_REQUEST: Flag.PRIVACY,
    Intent.INJECTION: Flag.INJECTION,
    Intent.ABUSE: Flag.ABUSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message in its conversation, before anything is decided."""

    before: Conversation
    """As loaded."""
    conversation: Conversation
    """With the language and the facts of this message put in."""
    signals: Signals
    message: Message
    at: datetime
    business_name: str
    adjustments: Adjustments
    health: Health
    stated: tuple[Fact, ...]
    changed: frozenset[Slot]
    """Slots whose earlier value this message replaced."""
    move: Outcome
    topic: Topic | None
    """What the message asks us, if anything."""

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def handoff(self) -> HandoffDecision | None:
        return self.move if isinstance(self.move, HandoffDecision) else None

    @property
    def blocked(self) -> HandoffBlocked | None:
        return self.move if isinstance(self.move, HandoffBlocked) else None

    @property
    def flags(self) -> frozenset[Flag]:
        """What people need to know of the message, whatever is answered."""
        flags = {flag for intent, flag in FLAGS.items() if self.signals.has(intent)}
        if self.handoff is not None and self.handoff.target is Owner.HUMAN:
            flags.add(Flag.HUMAN_REQUESTED)
        return frozenset(flags)

    def states(self, slot: Slot) -> bool:
        return any(stated.slot is slot for stated in self.signals.slots)


def hear(
    conversation: Conversation,
    signals: Signals,
    message: Message,
    *,
    at: datetime,
    business_name: str,
    adjustments: Adjustments,
    health: Health | None = None,
) -> Heard:
    """Put the message into its conversation and ask the handoff rules where it leads."""
    signals = with_answered_goal(signals, conversation, message.text)
    earlier = tuple(past for past in conversation.messages if past.message_id != message.message_id)
    stated = stated_facts(conversation.facts, signals, message.text, message_id=message.message_id, at=at)
    return Heard(
        before=conversation,
        conversation=replace(
            conversation,
            language=_language(conversation, signals, message.text),
            facts=conversation.facts.with_stated(*stated),
        ),
        signals=signals,
        message=message,
        at=at,
        business_name=business_name,
        adjustments=adjustments,
        health=health or {},
        stated=stated,
        changed=frozenset(fact.slot for fact in stated if fact.slot in conversation.facts),
        move=decide_handoff(
            conversation=replace(conversation, messages=earlier),
            signals=signals,
            at=at,
            text=message.text,
            adjustments=adjustments,
            health=health,
        ),
        topic=topic_of(message.text),
    )


def _language(conversation: Conversation, signals: Signals, text: str) -> Language:
    """Follow the lead's language once there are words enough to tell it; a first message always sets it."""
    words = sum(word.isalpha() for word in text.split())
    first = not conversation.replies_used
    return signals.language if first or words >= WORDS_TO_SWITCH_LANGUAGE else conversation.language
