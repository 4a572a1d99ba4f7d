"""The bots' own conversation: an answer where one is due, thanks for what was told, and one question; pure."""

from collections.abc import Mapping
from dataclasses import replace

from ghl_real_estate_ai.bots.acknowledge import acknowledgement_due, last_word, sympathy
from ghl_real_estate_ai.bots.answer_message import Answer, answer_due
from ghl_real_estate_ai.bots.change_bot import on_to_second_goal, on_to_told_goal, with_owner
from ghl_real_estate_ai.bots.choose_question import next_question, offers_second_goal, second_goal_waits
from ghl_real_estate_ai.bots.conclude import conclude, opening_of, voice_of
from ghl_real_estate_ai.bots.effects import of_deferral, of_handoff
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.journey import move_stage
from ghl_real_estate_ai.bots.model import Decision, Flag
from ghl_real_estate_ai.bots.settle_question import is_lost, may_have_told, needs_time
from ghl_real_estate_ai.bots.tell_team import call_for_a_person, completed_by, for_the_team, reasons_of
from ghl_real_estate_ai.bots.wait_for_bot import waiting_for
from ghl_real_estate_ai.bots.wording import Part, compose, question_part
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Owner, Question
from ghl_real_estate_ai.crm.model import Effect
from ghl_real_estate_ai.understanding.model import Intent


def converse(
    heard: Heard,
    *,
    effects: tuple[Effect, ...] = (),
    flags: frozenset[Flag] = frozenset(),
    answer: str | None = None,
) -> Decision:
    """Take the owning bot's turn; after a handoff the receiving bot speaks at once and greets nobody twice.

    *effects*, *flags* and the occasion *answer* are what a rule before this one has already decided.
    """
    heard = on_to_second_goal(heard)
    if Flag.OPT_IN not in flags:
        heard = on_to_told_goal(heard)
    conversation = with_owner(heard)
    bot = conversation.owner.bot or Bot.LEAD
    script = heard.script(bot)
    waits_for = waiting_for(heard)
    # While the bot that the lead wants does badly, the lead bot asks what that one would: nothing is asked twice.
    asking = heard.script(waits_for.bot or bot) if waits_for and bot is Bot.LEAD else script
    due = Answer(Part(answer)) if answer else answer_due(heard)
    if due is not None and due.part.occasion.startswith("objection.") and sympathy(heard):
        due = None
    question = next_question(heard, conversation, asking)
    if question is None and due is None and offers_second_goal(heard, conversation):
        question = Question.SECOND_GOAL
    if due is None and question is None:
        due = Answer(last_word(heard, conversation, bot))
    voice = voice_of(heard)
    say, asks = compose(
        voice,
        opening=None if heard.signals.has(Intent.BOT_QUESTION) and answer is None else opening_of(heard, voice),
        answer=due.part if due else None,
        acknowledgement=acknowledgement_due(heard, conversation, due),
        question=question_part(
            asking.bot, question, conversation.attempts.get(question, 0), asking.manner or _half_known(conversation)
        )
        if question
        else None,
        question_may_go=due is not None and due.question_may_go,
    )
    asked = question if asks else None
    completed = completed_by(heard, conversation, script)
    return conclude(
        heard,
        replace(
            conversation,
            attempts=_counted(conversation.attempts, asked),
            closed=question is None and not needs_time(heard) and not second_goal_waits(heard, conversation),
            lost=conversation.lost + 1 if is_lost(heard) else 0,
            completed=conversation.completed | frozenset(completed),
        ),
        say,
        asked=asked,
        handoff=heard.handoff,
        blocked=heard.blocked,
        effects=(
            *effects,
            *(of_handoff(heard.handoff) if heard.handoff else ()),
            *of_deferral(heard.blocked, heard.handoff, conversation.contact),
            *(due.effects if due else ()),
            *for_the_team(heard, conversation, completed, question),
            *(move_stage(conversation.contact, conversation.facts) if conversation.owner is Owner.BUYER else ()),
        ),
        flags=heard.flags | flags | ({Flag.HANDOFF_BLOCKED} if heard.blocked else frozenset()),
        completed=completed[0] if completed else None,
        calls=call_for_a_person(heard, conversation),
        reasons=reasons_of(heard, asked, may_have_told(heard, conversation) & set(asking.unknown(conversation.facts))),
    )


def _half_known(conversation: Conversation) -> str | None:
    """The wish that the lead bot has heard and is not sure of: it asks whether that is right, and not anew."""
    return conversation.goals[0] if conversation.owner is Owner.LEAD and len(conversation.goals) == 1 else None


def _counted(attempts: Mapping[Question, int], asked: Question | None) -> dict[Question, int]:
    return {**attempts, asked: attempts.get(asked, 0) + 1} if asked else dict(attempts)
