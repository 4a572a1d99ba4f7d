"""What the team is told of a turn: notes and tags, a call, and why it went as it did; pure."""

from collections.abc import Sequence

from ghl_real_estate_ai.bots.choose_question import needs_a_voice
from ghl_real_estate_ai.bots.effects import FOLLOW_UP_TAG, follow_up
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.packing import QUESTIONS
from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.bots.settle_question import needs_nobody, needs_time
from ghl_real_estate_ai.bots.wait_for_bot import waiting_for
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Owner, Question, Slot
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect
from ghl_real_estate_ai.handoff.model import BlockReason
from ghl_real_estate_ai.scoring import Temperature, financial_readiness, lead_score


def for_the_team(
    heard: Heard, conversation: Conversation, completed: Sequence[Bot], question: Question | None
) -> tuple[Effect, ...]:
    """Tell the team when a bot knows all it asks for, and call them when it has nothing left to ask."""
    bot = conversation.owner.bot
    tags = conversation.contact.tags or frozenset()
    effects: tuple[Effect, ...] = ()
    if needs_a_voice(heard, conversation):
        effects = follow_up("The lead is going through a hard time. Please call, gently and without any hurry.")
    if bot is not None and bot in completed:
        open_threads = " and ".join(conversation.goals) or "none"
        effects = (
            *effects,
            AddNote(f"All questions of the {bot.value} assistant are answered. Open threads: {open_threads}."),
        )
    alone = needs_time(heard) or needs_nobody(heard, bot or Bot.LEAD)
    if question is None and not alone and FOLLOW_UP_TAG not in tags:
        effects = (*effects, AddTag(FOLLOW_UP_TAG))
    return effects


def call_for_a_person(heard: Heard, conversation: Conversation) -> str | None:
    """Why somebody of the team should take this lead up now, while the bot goes on answering; None when not yet."""
    bot = conversation.owner.bot
    if bot is None or bot is Bot.LEAD or conversation.person_call is not None or not heard.stated:
        return None
    if heard.script(bot).unknown(conversation.facts):
        return None
    if lead_score(financial_readiness(conversation.facts, heard.signs)).temperature is Temperature.HOT:
        return "The lead is hot and has answered everything"
    if heard.states(Slot.APPOINTMENT):
        return "The lead has answered everything and wishes to meet"
    return None


def completed_by(heard: Heard, conversation: Conversation, script: Script) -> tuple[Bot, ...]:
    """The bots whose questions became complete now: the owning one first, and the lead bot once it has handed over."""
    known = script.bot if script.bot is not Bot.LEAD and not script.unknown(conversation.facts) else None
    handed = Bot.LEAD if heard.handoff and heard.handoff.source is Owner.LEAD else None
    return tuple(bot for bot in (known, handed) if bot is not None and bot not in conversation.completed)


def reasons_of(heard: Heard, asked: Question | None, unsorted: frozenset[Question]) -> tuple[str, ...]:
    """Why the turn went as it did, for a person who looks; *unsorted* was not asked, since it may have been told."""
    reasons = []
    if heard.handoff:
        reasons.append(
            f"Moved from {heard.handoff.source.value} to {heard.handoff.target.value}: {heard.handoff.reason}."
        )
    if heard.blocked and heard.blocked.reason is BlockReason.PERFORMANCE:
        reasons.append(f"Waits for {heard.blocked.target.value}: {heard.health[heard.blocked.target].why}.")
    elif heard.blocked:
        reasons.append(
            f"Stayed, since a limit forbade the move to {heard.blocked.target.value}: {heard.blocked.reason}."
        )
    elif instead := waiting_for(heard):
        reasons.append(f"Asks in the place of {instead.value}, which cannot have the contact yet.")
    if heard.stated:
        reasons.append(f"Learned {', '.join(fact.slot.value for fact in heard.stated)}.")
    if unsorted:
        told = ", ".join(sorted(QUESTIONS[question] for question in unsorted))
        reasons.append(f"Did not ask what the lead may have told in words we could not sort: {told}.")
    reasons.append(f"Asked for {asked.value}." if asked else "Asked nothing.")
    return tuple(reasons)
