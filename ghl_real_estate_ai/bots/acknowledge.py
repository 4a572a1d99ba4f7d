"""The word before the question: sympathy, the receiving bot's first word, thanks; or the last word of a talk; pure."""

from collections.abc import Mapping

from ghl_real_estate_ai.bots.answer_message import Answer
from ghl_real_estate_ai.bots.goals import (
    BUY,
    SECOND_GOAL,
    SELL,
    stopped_buying,
    stopped_selling,
)
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.hints import hints_at
from ghl_real_estate_ai.bots.seller import HARDSHIPS
from ghl_real_estate_ai.bots.settle_question import needs_nobody, settled_in_words
from ghl_real_estate_ai.bots.topics import (
    is_afraid,
    is_annoyed,
    is_browsing,
    is_grieving,
    is_unsure,
)
from ghl_real_estate_ai.bots.wait_for_bot import waiting_for
from ghl_real_estate_ai.bots.wording import Part, acknowledgement_of, echo
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Owner, Question, Slot
from ghl_real_estate_ai.understanding.model import Archetype, Intent

IN_WORDS: Mapping[Question, str] = {
    Question.MOTIVATION: "ack.motivation",
    Question.CONDITION: "ack.occupancy",
    Question.TIMELINE: "ack.timeline",
}
"""The thanks for an answer that nothing sorts."""
SORTED_BY_HINTS = frozenset({Question.TIMELINE, Question.CONDITION})
"""Here thanks that name the matter are said only where the words speak of it."""
UNTHANKED = ("ack.", "appointment", "rent", "stay", "objection.timing")
"""Answers that need no thanks before them."""


def acknowledgement_due(heard: Heard, conversation: Conversation, due: Answer | None) -> Part | None:
    """Sympathy first, then the word of the bot that takes over, then thanks for what was told."""
    if due is not None and due.part.occasion.startswith(UNTHANKED):
        return None
    if feeling := sympathy(heard):
        return Part(feeling)
    if heard.handoff and is_annoyed(heard.text):
        return Part("ack.sorry")
    if heard.handoff:
        objects = due is not None and due.part.occasion.startswith("objection.")
        return None if objects else _handover(heard, conversation)
    if heard.blocked and waiting_for(heard) and conversation.owner is Owner.LEAD:
        return Part("handover.buyer" if heard.blocked.target is Owner.BUYER else "handover.seller")
    told = tuple(fact for fact in heard.stated if fact.slot is not Slot.APPOINTMENT)
    thanks = acknowledgement_of(told, heard.changed, conversation.language)
    if due is not None:
        return thanks if thanks is not None and thanks.values else None
    if is_annoyed(heard.text) and thanks is None:
        return Part("ack.sorry")
    if thanks is not None or not heard.before.disclosed:
        return thanks
    return Part(_acknowledged_words(heard))


def _acknowledged_words(heard: Heard) -> str:
    """The thanks for a message that told nothing we keep."""
    if heard.signals.has(Intent.THANKS):
        return "ack.thanks"
    if heard.signals.has(Intent.GREETING):
        return "ack.hello"
    settled = settled_in_words(heard)
    if is_unsure(heard.text):
        return "ack.unsure"
    if is_browsing(heard.text):
        return "ack.browsing" if heard.conversation.owner is Owner.LEAD else "ack.curious"
    if settled in SORTED_BY_HINTS and not hints_at(settled, [heard.text], heard.conversation.facts):
        return "ack.plain"
    return IN_WORDS.get(settled, "ack.plain") if settled else "ack.plain"


def sympathy(heard: Heard) -> str | None:
    """What a person would say first to somebody who tells of a loss or a hard time."""
    if is_grieving(heard.text):
        return "ack.grief"
    if _is_hard(heard):
        return "ack.hardship"
    return "ack.fear" if is_afraid(heard.text) else None


def _is_hard(heard: Heard) -> bool:
    told = any(stated.slot is Slot.MOTIVATION and stated.value in HARDSHIPS for stated in heard.signals.slots)
    archetype = heard.signals.archetype
    distressed = archetype is not None and archetype.label is Archetype.DISTRESSED
    return told or (distressed and heard.handoff is not None)


def _handover(heard: Heard, conversation: Conversation) -> Part:
    """How the receiving bot begins."""
    buys = conversation.owner is Owner.BUYER
    if conversation.gentle and not buys:
        return Part("handover.gentle")
    if _goes_on(heard, conversation):
        return Part("handover.next_buy" if buys else "handover.next_sell")
    if buys and stopped_selling(heard.text):
        return Part("handover.stopped_selling")
    if not buys and stopped_buying(heard.text):
        return Part("handover.stopped_buying")
    if {BUY, SELL} <= set(conversation.goals):
        return Part("handover.both_buy" if buys else "handover.both")
    name = next((echo(fact.value) for fact in heard.stated if fact.slot is Slot.NAME), "")
    occasion = "handover.buyer" if buys else "handover.seller"
    return Part(f"{occasion}_named", {"name": name}) if name else Part(occasion)


def _goes_on(heard: Heard, conversation: Conversation) -> bool:
    """Whether this handoff goes on from a thread that is done to the other one."""
    handoff = heard.handoff
    if handoff is None or handoff.source is Owner.LEAD:
        return False
    return handoff.reason == SECOND_GOAL or handoff.source.bot in conversation.completed


def last_word(heard: Heard, conversation: Conversation, bot: Bot) -> Part:
    """A closing; after one, thanks for whatever else is told."""
    thanks = acknowledgement_due(heard, conversation, None) if heard.before.closed and heard.stated else None
    return thanks or Part(_closing(heard, bot))


def _closing(heard: Heard, bot: Bot) -> str:
    """What is said when nothing is asked and nothing else is due."""
    if heard.signals.has(Intent.THANKS):
        return "ack.thanks"
    if needs_nobody(heard, bot):
        return "stay"
    return "team.lead" if bot is Bot.LEAD else "team"
