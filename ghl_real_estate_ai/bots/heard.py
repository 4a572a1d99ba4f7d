"""Everything one turn goes by, worked out once: what was known, what is said now, and where that leads; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ghl_real_estate_ai.bots.facts import in_own_words, stated_facts
from ghl_real_estate_ai.bots.goals import with_answered_goal
from ghl_real_estate_ai.bots.meant import as_meant
from ghl_real_estate_ai.bots.model import Flag
from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.bots.scripts import script_for
from ghl_real_estate_ai.bots.seller import HARDSHIPS
from ghl_real_estate_ai.bots.team import Team
from ghl_real_estate_ai.bots.topics import Topic, is_afraid, is_grieving, topic_of
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Fact, Language, Message, Owner, Slot
from ghl_real_estate_ai.handoff.decide_handoff import Adjustments, Health, Outcome, decide_handoff
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision
from ghl_real_estate_ai.scoring import Sign, signs_of
from ghl_real_estate_ai.understanding.model import Archetype, Intent, Signals

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
    team: Team

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def signs(self) -> frozenset[Sign]:
        """What the lead's messages show beside facts, this one's too."""
        earlier = (past for past in self.before.messages if past.message_id != self.message.message_id)
        return signs_of((*earlier, self.message))

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

    def script(self, bot: Bot) -> Script:
        """What *bot* asks this lead, as the team wants it and as the lead can bear it."""
        return script_for(bot, mode=self.team.seller_mode, gentle=self.conversation.gentle)

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
    team: Team | None = None,
) -> Heard:
    """Put the message into its conversation and ask the handoff rules where it leads."""
    team = team or Team()
    topic = topic_of(message.text) or (Topic.PRICES if signals.has(Intent.VALUATION) else None)
    signals = as_meant(with_answered_goal(signals, conversation, message.text), conversation, message.text, topic)
    earlier = tuple(past for past in conversation.messages if past.message_id != message.message_id)
    gentle = conversation.gentle or _is_in_a_hard_time(conversation, signals, message.text)
    stated = stated_facts(conversation.facts, signals, message.text, message_id=message.message_id, at=at)
    if not stated and topic is None and conversation.owner.bot is not None:
        script = script_for(conversation.owner.bot, mode=team.seller_mode, gentle=gentle)
        stated = in_own_words(script, conversation, signals, message, at=at)
    return Heard(
        before=conversation,
        conversation=replace(
            conversation,
            language=_language(conversation, signals, message.text),
            facts=conversation.facts.with_stated(*stated),
            gentle=gentle,
        ),
        signals=signals,
        message=message,
        at=at,
        business_name=business_name,
        adjustments=adjustments,
        health=health or {},
        stated=stated,
        changed=frozenset(fact.slot for fact in stated if _was_said(conversation.facts.get(fact.slot))),
        move=decide_handoff(
            conversation=replace(conversation, messages=earlier),
            signals=signals,
            at=at,
            text=message.text,
            adjustments=adjustments,
            health=health,
        ),
        topic=topic,
        team=team,
    )


def _was_said(fact: Fact | None) -> bool:
    """Whether the lead said it to us: what only a form told is not told anew as a change."""
    return fact is not None and fact.source_message_id is not None


def _is_in_a_hard_time(conversation: Conversation, signals: Signals, text: str) -> bool:
    told = [stated.value for stated in signals.slots if stated.slot is Slot.MOTIVATION]
    distressed = signals.archetype is not None and signals.archetype.label is Archetype.DISTRESSED
    known = conversation.facts.value(Slot.MOTIVATION)
    return distressed or is_afraid(text) or is_grieving(text) or any(value in HARDSHIPS for value in (*told, known))


def _language(conversation: Conversation, signals: Signals, text: str) -> Language:
    """Follow the lead's language once there are words enough to tell it; a first message always sets it."""
    words = sum(word.isalpha() for word in text.split())
    first = not conversation.replies_used
    return signals.language if first or words >= WORDS_TO_SWITCH_LANGUAGE else conversation.language
