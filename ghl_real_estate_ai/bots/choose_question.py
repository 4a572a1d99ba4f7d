"""Which question comes now, and whether the bot has asked everything; pure."""

from ghl_real_estate_ai.bots.goals import OTHER, may_be_asked_for, second_goal
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.script import MOST_ASKS, MOST_OFFERS, Script
from ghl_real_estate_ai.bots.settle_question import may_have_told, needs_time, wants_a_time
from ghl_real_estate_ai.bots.topics import is_afraid, is_leaving
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Owner, Question, Slot
from ghl_real_estate_ai.handoff.model import BlockReason, HandoffDecision
from ghl_real_estate_ai.understanding.model import Intent


def next_question(heard: Heard, conversation: Conversation, script: Script) -> Question | None:
    """What to ask now; None leaves the lead in peace."""
    attempts = conversation.attempts
    may_offer = script.offers_appointment and Slot.APPOINTMENT not in conversation.facts
    if may_offer and wants_a_time(heard) and attempts.get(Question.APPOINTMENT, 0) < MOST_ASKS:
        return Question.APPOINTMENT
    if (needs_time(heard) or is_leaving(heard.text)) and not heard.handoff:
        return None
    if needs_a_voice(heard, conversation):
        return Question.APPOINTMENT
    news = heard.stated or heard.handoff
    if not news and (heard.before.closed or _says_thanks_to_nothing_asked(heard)):
        return None
    if script.bot is Bot.LEAD and attempts.get(Question.GOAL, 0) and _is_renter(heard):
        return None
    return script.next_question(
        conversation.facts,
        attempts,
        asked=conversation.asked,
        told_something=bool(heard.stated),
        maybe_told=may_have_told(heard, conversation),
    )


def _is_renter(heard: Heard) -> bool:
    """Whether the lead wants to rent, as said now or answered before: they know what we do, and need not say no."""
    said = [part for reply in heard.before.replies_used for part in reply.split(KEY_SEPARATOR)]
    return heard.signals.has(Intent.RENT) or any(part.startswith("rent.") for part in said)


def needs_a_voice(heard: Heard, conversation: Conversation) -> bool:
    """Whether somebody who is afraid is better asked to talk to a person than asked about the home."""
    offered = conversation.attempts.get(Question.APPOINTMENT, 0) or Slot.APPOINTMENT in conversation.facts
    return conversation.owner is Owner.SELLER and heard.handoff is None and is_afraid(heard.text) and not offered


def _says_thanks_to_nothing_asked(heard: Heard) -> bool:
    nothing_asked = bool(heard.before.replies_used) and heard.before.asked is None
    return nothing_asked and {found.label for found in heard.signals.intents} == {Intent.THANKS}


def has_asked_all(heard: Heard, conversation: Conversation) -> bool:
    """Whether the owning bot has nothing left to ask, the appointment included."""
    left = heard.script(conversation.owner.bot or Bot.LEAD).next_question(
        conversation.facts,
        conversation.attempts,
        asked=None,
        told_something=True,
        maybe_told=may_have_told(heard, conversation),
    )
    return left is None


def offers_second_goal(heard: Heard, conversation: Conversation) -> bool:
    """Whether to ask for the yes without which a limit keeps the other bot away."""
    offered = conversation.attempts.get(Question.SECOND_GOAL, 0)
    if heard.handoff or needs_time(heard) or offered >= MOST_OFFERS or not has_asked_all(heard, conversation):
        return False
    return isinstance(second_goal(conversation, heard.at), BlockReason) and may_be_asked_for(conversation, heard.at)


def second_goal_waits(heard: Heard, conversation: Conversation) -> bool:
    """Whether the next word of the lead, be it a thank-you, leads on to the other wish."""
    if conversation.owner not in OTHER or not has_asked_all(heard, conversation):
        return False
    possible = isinstance(second_goal(conversation, heard.at), HandoffDecision)
    return possible or offers_second_goal(heard, conversation)
