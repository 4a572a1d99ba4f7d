"""The conversation under the bot that speaks in this turn, and the ways that lead to another one; pure."""

from dataclasses import replace

from ghl_real_estate_ai.bots.answer_message import answer_due
from ghl_real_estate_ai.bots.choose_question import has_asked_all
from ghl_real_estate_ai.bots.facts import after_owner_change
from ghl_real_estate_ai.bots.goals import (
    GOAL_OF,
    OTHER,
    goals_after,
    second_goal,
    told_goal,
)
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.script import MOST_ASKS
from ghl_real_estate_ai.bots.settle_question import needs_time, settled_in_words, tells_a_time, wants_a_time
from ghl_real_estate_ai.conversation.model import Conversation, Owner, Question, Slot
from ghl_real_estate_ai.handoff.decide_handoff import is_unfit
from ghl_real_estate_ai.handoff.model import HandoffDecision
from ghl_real_estate_ai.understanding.model import Intent


def with_owner(heard: Heard) -> Conversation:
    """The conversation under the owner of this turn, with what it knows, wants, and has asked."""
    conversation, handoff = heard.conversation, heard.handoff
    facts = conversation.facts
    if heard.signals.has(Intent.CANCEL_APPOINTMENT) or heard.signals.has(Intent.RESCHEDULE):
        facts = facts if heard.states(Slot.APPOINTMENT) else facts.without(Slot.APPOINTMENT)
    owner = handoff.target if handoff else conversation.owner
    goals = goals_after(conversation.goals, heard.signals, heard.text, owner)
    if handoff:
        facts, shelved = after_owner_change(facts, conversation.shelved, handoff.source, handoff.target, heard.stated)
        return replace(
            conversation,
            owner=owner,
            facts=facts,
            shelved=shelved,
            goals=goals,
            attempts=_asked_for_the_next(conversation),
            asked=None,
            told_goal=None,
        )
    if heard.blocked and owner is Owner.LEAD:
        # Until the limit lets the other bot take over, the lead bot asks in its place, and knows what is wanted.
        conversation = replace(conversation, told_goal=GOAL_OF.get(heard.blocked.target))
    attempts = {question: count for question, count in conversation.attempts.items() if question.slot not in facts}
    settled = settled_in_words(heard)
    if settled is not None:
        attempts[settled] = MOST_ASKS
    if tells_a_time(heard):
        attempts[Question.APPOINTMENT] = MOST_ASKS
    return replace(conversation, facts=facts, goals=goals, attempts=attempts)


def _asked_for_the_next(conversation: Conversation) -> dict[Question, int]:
    """What the lead bot has asked in the place of the bot that takes over now; of another bot's questions nothing."""
    if conversation.owner is not Owner.LEAD:
        return {}
    return {
        question: count
        for question, count in conversation.attempts.items()
        if question.slot is not None and question.slot not in conversation.facts
    }


def on_to_second_goal(heard: Heard) -> Heard:
    """Let the other bot take over when this one has asked everything and a second wish is open."""
    if heard.move is not None or heard.conversation.owner not in OTHER or needs_time(heard):
        return heard
    conversation = with_owner(heard)
    if not has_asked_all(heard, conversation) or wants_a_time(heard) or answer_due(heard) is not None:
        return heard
    if settled_in_words(heard) is Question.SECOND_GOAL:
        return heard
    way = second_goal(conversation, heard.at)
    if not isinstance(way, HandoffDecision) or is_unfit(way.target, heard.health):
        return heard
    return replace(heard, move=way)


def on_to_told_goal(heard: Heard) -> Heard:
    """Let the bot take over whose work a form has asked for, instead of asking what is known."""
    if heard.move is not None or needs_time(heard):
        return heard
    way = told_goal(heard.conversation, heard.signals, heard.at)
    if not isinstance(way, HandoffDecision) or is_unfit(way.target, heard.health):
        return heard
    return replace(heard, move=way)
