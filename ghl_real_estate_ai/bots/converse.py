"""The bots' own conversation: an answer where one is due, thanks for what was told, and one question; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ghl_real_estate_ai.bots.conclude import conclude, opening_of, voice_of
from ghl_real_estate_ai.bots.effects import FOLLOW_UP_TAG, SCHEDULING_TAG, follow_up, of_deferral, of_handoff
from ghl_real_estate_ai.bots.facts import LONGEST_OWN_WORDS, after_owner_change
from ghl_real_estate_ai.bots.goals import (
    BUY,
    GOAL_OF,
    OTHER,
    OWNER_OF,
    SECOND_GOAL,
    SELL,
    goals_after,
    may_be_asked_for,
    second_goal,
    stopped_buying,
    stopped_selling,
    told_goal,
)
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.hints import hints_at, maybe_told, names_a_time, unaccounted_number
from ghl_real_estate_ai.bots.journey import move_stage
from ghl_real_estate_ai.bots.meant import is_past_visit
from ghl_real_estate_ai.bots.model import Decision, Flag
from ghl_real_estate_ai.bots.packing import QUESTIONS
from ghl_real_estate_ai.bots.script import MOST_ASKS, MOST_OFFERS, Script
from ghl_real_estate_ai.bots.seller import HARDSHIPS
from ghl_real_estate_ai.bots.topics import (
    Topic,
    asks_for_our_service,
    does_not_matter,
    is_afraid,
    is_annoyed,
    is_browsing,
    is_calling,
    is_grieving,
    is_leaving,
    is_plea,
    is_puzzled,
    is_small_talk,
    is_unsure,
    needs_an_answer,
    speaks_of_worth,
    wants_texts_only,
)
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR, Part, acknowledgement_of, compose, echo, question_part
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Language, Owner, Question, Slot
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect
from ghl_real_estate_ai.handoff.decide_handoff import is_unfit
from ghl_real_estate_ai.handoff.deferral import deferral_tag
from ghl_real_estate_ai.handoff.model import BlockReason, HandoffDecision
from ghl_real_estate_ai.scoring import Temperature, financial_readiness, lead_score
from ghl_real_estate_ai.understanding.model import Archetype, Intent, Objection

ANSWERED_BY_A_NUMBER = frozenset(
    {Question.BUDGET, Question.PRICE, Question.BEDROOMS, Question.TIMELINE, Question.MORTGAGE}
)
"""Questions to which a short message with a number in it is an answer even where we cannot read it."""
WORDS_OF_A_NUMBER = 6
IN_WORDS: Mapping[Question, str] = {
    Question.MOTIVATION: "ack.motivation",
    Question.CONDITION: "ack.occupancy",
    Question.TIMELINE: "ack.timeline",
}
"""The thanks for an answer that nothing sorts."""
SORTED_BY_HINTS = frozenset({Question.TIMELINE, Question.CONDITION})
"""Here thanks that name the matter are said only where the words speak of it."""
UNHELPFUL = frozenset({Intent.AFFIRM, Intent.DENY, Intent.OFF_TOPIC})
"""Intents that, alone, give a bot nothing to go on."""
WORDS_TO_BE_LOST = 2
"""A single word, such as "ok", is too little to be misunderstood."""
PLAIN_INTENTS = frozenset({Intent.AFFIRM, Intent.GREETING, Intent.BUY, Intent.SELL, Intent.THANKS})
WORDS_OF_AN_ANSWER = 4
NEEDS_TIME = frozenset({Objection.THINKING, Objection.DECISION_MAKER})
"""After these we do not press on with a question."""
ANSWERED_BY_US = frozenset({Topic.SCHOOLS, Topic.SAFETY, Topic.PROCESS, Topic.SENDER, Topic.ROLE})
"""Topics whose answer promises nothing of the team."""
UNTHANKED = ("ack.", "appointment", "rent", "stay", "team", "objection.timing")
"""Answers that need no thanks before them."""
_PREPOSITION = re.compile(r"^(?:at|on|for|by|around|el|para el|para la)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message is due besides the next question."""

    part: Part
    question_may_go: bool = False
    """Whether the next question may wait when both do not fit one text."""
    effects: tuple[Effect, ...] = ()


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
    heard = _on_to_second_goal(heard)
    if Flag.OPT_IN not in flags:
        heard = _on_to_told_goal(heard)
    conversation = _with_owner(heard)
    bot = conversation.owner.bot or Bot.LEAD
    script = heard.script(bot)
    waits_for = waiting_for(heard)
    # While the bot that the lead wants does badly, the lead bot asks what that one would: nothing is asked twice.
    asking = heard.script(waits_for.bot or bot) if waits_for and bot is Bot.LEAD else script
    due = Answer(Part(answer)) if answer else _answer(heard)
    if due is not None and due.part.occasion.startswith("objection.") and _sympathy(heard):
        due = None
    question = _question(heard, conversation, asking)
    if question is None and due is None and _offers_second_goal(heard, conversation):
        question = Question.SECOND_GOAL
    if due is None and question is None:
        due = Answer(_last_word(heard, conversation, bot))
    voice = voice_of(heard)
    say, asks = compose(
        voice,
        opening=None if heard.signals.has(Intent.BOT_QUESTION) and answer is None else opening_of(heard, voice),
        answer=due.part if due else None,
        acknowledgement=_acknowledgement(heard, conversation, due),
        question=question_part(
            asking.bot, question, conversation.attempts.get(question, 0), asking.manner or _half_known(conversation)
        )
        if question
        else None,
        question_may_go=due is not None and due.question_may_go,
    )
    asked = question if asks else None
    completed = _completed(heard, conversation, script)
    return conclude(
        heard,
        replace(
            conversation,
            attempts=_counted(conversation.attempts, asked),
            closed=question is None and not _needs_time(heard) and not _second_goal_waits(heard, conversation),
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
            *_for_the_team(heard, conversation, completed, question),
            *(move_stage(conversation.contact, conversation.facts) if conversation.owner is Owner.BUYER else ()),
        ),
        flags=heard.flags | flags | ({Flag.HANDOFF_BLOCKED} if heard.blocked else frozenset()),
        completed=completed[0] if completed else None,
        calls=_call_for_a_person(heard, conversation),
        reasons=_reasons(heard, asked, _maybe_told(heard, conversation) & set(asking.unknown(conversation.facts))),
    )


def _half_known(conversation: Conversation) -> str | None:
    """The wish that the lead bot has heard and is not sure of: it asks whether that is right, and not anew."""
    return conversation.goals[0] if conversation.owner is Owner.LEAD and len(conversation.goals) == 1 else None


def _with_owner(heard: Heard) -> Conversation:
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
    settled = _settled_in_words(heard)
    if settled is not None:
        attempts[settled] = MOST_ASKS
    if _tells_a_time(heard):
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


def _settled_in_words(heard: Heard) -> Question | None:
    """The question just asked, when this message answers it without a slot: a reason told, an offer declined."""
    asked, signals = heard.conversation.asked, heard.signals
    if asked is Question.APPOINTMENT and signals.has(Intent.DENY) and not heard.states(Slot.APPOINTMENT):
        return asked
    if asked is Question.SECOND_GOAL and signals.has(Intent.DENY):
        return asked
    if asked is Question.PRICE and is_unsure(heard.text):
        return asked
    if asked is Question.APPOINTMENT and wants_texts_only(heard.text):
        return asked
    if asked is not None and asked.slot is not None and does_not_matter(heard.text) and not heard.stated:
        return asked
    words = len(heard.text.split())
    if asked is None or heard.topic is not None:
        return None
    short = asked in ANSWERED_BY_A_NUMBER and words <= WORDS_OF_A_NUMBER
    if short and unaccounted_number(heard.text, heard.conversation.facts):
        return asked
    if hints_at(asked, [heard.text], heard.conversation.facts):
        return asked
    step = heard.script(heard.before.owner.bot or Bot.LEAD).step(asked)
    told = words >= WORDS_OF_AN_ANSWER and not heard.stated and not is_unsure(heard.text)
    if step is None or not step.in_words or not told or signals.objections or _hints_at_another(heard, asked):
        return None
    return asked if {found.label for found in signals.intents} <= PLAIN_INTENTS else None


def _hints_at_another(heard: Heard, asked: Question) -> bool:
    others = heard.script(heard.before.owner.bot or Bot.LEAD).unknown(heard.before.facts)
    return any(hints_at(other, [heard.text], heard.conversation.facts) for other in others if other is not asked) or (
        Question.LOCATIONS is not asked and hints_at(Question.LOCATIONS, [heard.text], heard.conversation.facts)
    )


def _maybe_told(heard: Heard, conversation: Conversation) -> frozenset[Question]:
    """What the lead may have said without our sorting it; of the other home nothing counts once it is left."""
    crossed = heard.handoff is not None and heard.handoff.source in OTHER and heard.handoff.target in OTHER
    return maybe_told(heard.before, heard.text, conversation.facts, crossed_now=crossed)


def is_lost(heard: Heard) -> bool:
    """Whether a message after a question of ours gave neither an answer nor anything else to go on."""
    signals = heard.signals
    says_something = heard.stated or heard.move or signals.objections or signals.archetype
    if heard.before.asked is None or says_something or heard.topic not in (None, Topic.OTHER):
        return False
    if {found.label for found in signals.intents} - UNHELPFUL or _settled_in_words(heard) is not None:
        return False
    return len(heard.text.split()) >= WORDS_TO_BE_LOST


def waiting_for(heard: Heard) -> Owner | None:
    """The bot that the lead waits for: since it does badly, as the tag says, or since a limit keeps the lead bot on."""
    if heard.handoff is not None:
        return None
    is_new_here = heard.conversation.owner is Owner.LEAD
    if heard.blocked is not None:
        return heard.blocked.target if is_new_here or heard.blocked.reason is BlockReason.PERFORMANCE else None
    tags = {tag.casefold() for tag in heard.conversation.contact.tags or ()}
    deferred = next((owner for owner in OTHER if deferral_tag(owner).casefold() in tags), None)
    wanted = OWNER_OF.get(heard.conversation.told_goal or "") if is_new_here else None
    return deferred or wanted


def _on_to_second_goal(heard: Heard) -> Heard:
    """Let the other bot take over when this one has asked everything and a second wish is open."""
    if heard.move is not None or heard.conversation.owner not in OTHER or _needs_time(heard):
        return heard
    conversation = _with_owner(heard)
    if not _has_asked_all(heard, conversation) or _wants_a_time(heard) or _answer(heard) is not None:
        return heard
    if _settled_in_words(heard) is Question.SECOND_GOAL:
        return heard
    way = second_goal(conversation, heard.at)
    if not isinstance(way, HandoffDecision) or is_unfit(way.target, heard.health):
        return heard
    return replace(heard, move=way)


def _on_to_told_goal(heard: Heard) -> Heard:
    """Let the bot take over whose work a form has asked for, instead of asking what is known."""
    if heard.move is not None or _needs_time(heard):
        return heard
    way = told_goal(heard.conversation, heard.signals, heard.at)
    if not isinstance(way, HandoffDecision) or is_unfit(way.target, heard.health):
        return heard
    return replace(heard, move=way)


def _offers_second_goal(heard: Heard, conversation: Conversation) -> bool:
    """Whether to ask for the yes without which a limit keeps the other bot away."""
    offered = conversation.attempts.get(Question.SECOND_GOAL, 0)
    if heard.handoff or _needs_time(heard) or offered >= MOST_OFFERS or not _has_asked_all(heard, conversation):
        return False
    return isinstance(second_goal(conversation, heard.at), BlockReason) and may_be_asked_for(conversation, heard.at)


def _second_goal_waits(heard: Heard, conversation: Conversation) -> bool:
    """Whether the next word of the lead, be it a thank-you, leads on to the other wish."""
    if conversation.owner not in OTHER or not _has_asked_all(heard, conversation):
        return False
    possible = isinstance(second_goal(conversation, heard.at), HandoffDecision)
    return possible or _offers_second_goal(heard, conversation)


def _has_asked_all(heard: Heard, conversation: Conversation) -> bool:
    """Whether the owning bot has nothing left to ask, the appointment included."""
    left = heard.script(conversation.owner.bot or Bot.LEAD).next_question(
        conversation.facts,
        conversation.attempts,
        asked=None,
        told_something=True,
        maybe_told=_maybe_told(heard, conversation),
    )
    return left is None


def _call_for_a_person(heard: Heard, conversation: Conversation) -> str | None:
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


def _question(heard: Heard, conversation: Conversation, script: Script) -> Question | None:
    """What to ask now; None leaves the lead in peace."""
    attempts = conversation.attempts
    wants_a_time = script.offers_appointment and _wants_a_time(heard) and Slot.APPOINTMENT not in conversation.facts
    if wants_a_time and attempts.get(Question.APPOINTMENT, 0) < MOST_ASKS:
        return Question.APPOINTMENT
    if (_needs_time(heard) or is_leaving(heard.text)) and not heard.handoff:
        return None
    if _needs_a_voice(heard, conversation):
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
        maybe_told=_maybe_told(heard, conversation),
    )


def _is_renter(heard: Heard) -> bool:
    """Whether the lead wants to rent, as said now or answered before: they know what we do, and need not say no."""
    said = [part for reply in heard.before.replies_used for part in reply.split(KEY_SEPARATOR)]
    return heard.signals.has(Intent.RENT) or any(part.startswith("rent.") for part in said)


def _needs_a_voice(heard: Heard, conversation: Conversation) -> bool:
    """Whether somebody who is afraid is better asked to talk to a person than asked about the home."""
    offered = conversation.attempts.get(Question.APPOINTMENT, 0) or Slot.APPOINTMENT in conversation.facts
    return conversation.owner is Owner.SELLER and heard.handoff is None and is_afraid(heard.text) and not offered


def _needs_time(heard: Heard) -> bool:
    """Whether the lead asks for time; "maybe someday" is one more reason not to press while nothing is begun."""
    begun = heard.conversation.owner is not Owner.LEAD or heard.before.asked is None
    if not begun and heard.signals.has_objection(Objection.TIMING):
        return True
    if not begun and is_browsing(heard.text) and heard.before.attempts.get(Question.GOAL, 0) >= MOST_OFFERS:
        return True
    return any(heard.signals.has_objection(objection) for objection in NEEDS_TIME) and not heard.stated


def _says_thanks_to_nothing_asked(heard: Heard) -> bool:
    nothing_asked = bool(heard.before.replies_used) and heard.before.asked is None
    return nothing_asked and {found.label for found in heard.signals.intents} == {Intent.THANKS}


def _wants_a_time(heard: Heard) -> bool:
    """Whether the lead wants to meet and has not said when."""
    signals = heard.signals
    agrees = heard.conversation.asked is Question.APPOINTMENT and signals.has(Intent.AFFIRM)
    wants = agrees or signals.has(Intent.SCHEDULE) or signals.has(Intent.RESCHEDULE)
    return wants and not heard.states(Slot.APPOINTMENT) and not _tells_a_time(heard)


def _tells_a_time(heard: Heard) -> bool:
    """Whether the lead says when to meet, in words that nothing sorts: a person reads them."""
    wants = heard.conversation.asked is Question.APPOINTMENT or heard.signals.has(Intent.SCHEDULE)
    told = names_a_time(heard.text) and not is_past_visit(heard.text)
    return wants and told and not heard.states(Slot.APPOINTMENT)


def _closing(heard: Heard, bot: Bot) -> str:
    """What is said when nothing is asked and nothing else is due."""
    if heard.signals.has(Intent.THANKS):
        return "ack.thanks"
    if _needs_nobody(heard, bot):
        return "stay"
    return "team.lead" if bot is Bot.LEAD else "team"


def _last_word(heard: Heard, conversation: Conversation, bot: Bot) -> Part:
    """A closing; after one, thanks for whatever else is told."""
    thanks = _acknowledgement(heard, conversation, None) if heard.before.closed and heard.stated else None
    return thanks or Part(_closing(heard, bot))


def _needs_nobody(heard: Heard, bot: Bot) -> bool:
    """Whether a lead with no question left can be left alone: one who tells things anyway is a person's to answer."""
    return heard.before.closed or (bot is Bot.LEAD and not heard.stated)


def _answer(heard: Heard) -> Answer | None:
    """What this message is due besides the next question; the first that applies."""
    signals = heard.signals
    if signals.has(Intent.BOT_QUESTION):
        return Answer(Part("bot_question"), question_may_go=True)
    if signals.has(Intent.FAIR_HOUSING):
        return Answer(Part("fair_housing"), question_may_go=True)
    if signals.has(Intent.INJECTION):
        return Answer(Part("injection"))
    if heard.blocked and waiting_for(heard) is None:
        note = f"The lead also wants the {heard.blocked.target.value} assistant, which had them too recently."
        return Answer(Part("handover.blocked"), effects=follow_up(note))
    return (
        _about_appointment(heard)
        or _about_rent(heard)
        or _about_topic(heard)
        or _about_meeting(heard)
        or _about_objection(heard)
        or _about_anything_else(heard)
    )


def _about_appointment(heard: Heard) -> Answer | None:
    signals = heard.signals
    if heard.states(Slot.APPOINTMENT):
        wish = heard.conversation.facts.value(Slot.APPOINTMENT)
        moved = signals.has(Intent.RESCHEDULE) or Slot.APPOINTMENT in heard.changed
        fallback = "esa hora" if heard.conversation.language is Language.ES else "that time"
        return Answer(
            Part(
                "appointment.changed" if moved else "appointment",
                {"value": _PREPOSITION.sub("", echo(wish)) or fallback},
            ),
            question_may_go=True,
            effects=(AddTag(SCHEDULING_TAG), *follow_up(f"Please confirm a time with the lead, who wishes: {wish}")),
        )
    if signals.has(Intent.RESCHEDULE):
        return Answer(Part("appointment.move"), effects=follow_up("The lead needs another time for the appointment."))
    if signals.has(Intent.CANCEL_APPOINTMENT):
        return Answer(Part("appointment.cancel"), effects=follow_up("The lead cancels the appointment."))
    return None


def _about_meeting(heard: Heard) -> Answer | None:
    if _tells_a_time(heard):
        note = f"Please confirm a time with the lead, who wrote: {heard.text[:LONGEST_OWN_WORDS]}"
        return Answer(Part("appointment.noted"), effects=(AddTag(SCHEDULING_TAG), *follow_up(note)))
    return Answer(Part("appointment.gladly")) if _wants_a_time(heard) and heard.handoff is None else None


def _about_rent(heard: Heard) -> Answer | None:
    asks = heard.signals.has(Intent.RENT) or heard.topic is Topic.RENTALS
    if not asks or heard.handoff or heard.conversation.owner is not Owner.LEAD:
        return None
    said = _of_the_team(heard, Topic.RENTALS)
    return Answer(Part("rent", attempt=heard.conversation.attempts.get(Question.GOAL, 0), said=said))


def _about_topic(heard: Heard) -> Answer | None:
    topic = heard.topic
    if topic is None or topic in (Topic.OTHER, Topic.RENTALS):
        return None
    if topic is Topic.PRICES and heard.handoff is not None and is_plea(heard.text):
        return None
    said = _of_the_team(heard, topic)
    if said is not None:
        return Answer(Part(f"answer.{topic.value}", said=said))
    note = () if topic in ANSWERED_BY_US else follow_up(f"The lead asks about {topic.value}; please answer.")
    return Answer(Part(f"answer.{topic.value}"), effects=note)


def _of_the_team(heard: Heard, topic: Topic) -> str | None:
    """What the team itself has told us to answer; never the same twice in a row."""
    answer = heard.team.answers.get(topic)
    said = answer.said(heard.conversation.language, heard.at.date()) if answer else None
    last = heard.before.replies_used[-1:] or ("",)
    return None if said is None or f"answer.{topic.value}.team" in last[0].split(KEY_SEPARATOR) else said


def _about_objection(heard: Heard) -> Answer | None:
    strongest = max(heard.signals.objections, key=lambda found: found.confidence, default=None)
    if strongest is None:
        return None
    if strongest.label is Objection.TRUST and not heard.before.disclosed:
        # The greeting has just said what we are.
        return Answer(Part("answer.sender"))
    offended = strongest.label is Objection.PRICE and is_annoyed(heard.text)
    return Answer(Part("ack.sorry" if offended else f"objection.{strongest.label.value}"))


def _about_anything_else(heard: Heard) -> Answer | None:
    if is_small_talk(heard.text):
        return None
    if is_leaving(heard.text) and heard.handoff is None:
        return Answer(Part("stay"))
    if wants_texts_only(heard.text):
        note = "The lead would rather not be called: please write."
        return Answer(Part("ack.by_text"), effects=follow_up(note))
    if is_puzzled(heard.text) and heard.before.asked is not None:
        return Answer(Part("ack.rephrase"))
    if is_calling(heard.text):
        return Answer(Part("ack.here"))
    if heard.conversation.owner is not Owner.LEAD and is_unsure(heard.text) and speaks_of_worth(heard.text):
        return Answer(Part("ack.unsure_price"), effects=follow_up("The lead does not know what the home is worth."))
    if heard.signals.has(Intent.OFF_TOPIC):
        return Answer(Part("off_topic"))
    courteous = {found.label for found in heard.signals.intents} <= {Intent.AFFIRM, Intent.DENY, Intent.THANKS}
    nothing_else = courteous and not heard.stated and heard.move is None
    if heard.topic is Topic.OTHER and heard.handoff is None and asks_for_our_service(heard.text):
        return Answer(Part("ack.gladly"))
    asks = heard.topic is Topic.OTHER and (nothing_else or needs_an_answer(heard.text))
    return Answer(Part("answer.other"), effects=follow_up("The lead has a question for the team.")) if asks else None


def _acknowledgement(heard: Heard, conversation: Conversation, due: Answer | None) -> Part | None:
    """Sympathy first, then the word of the bot that takes over, then thanks for what was told."""
    if due is not None and due.part.occasion.startswith(UNTHANKED):
        return None
    if feeling := _sympathy(heard):
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
    settled = _settled_in_words(heard)
    if is_unsure(heard.text):
        return "ack.unsure"
    if is_browsing(heard.text):
        return "ack.browsing" if heard.conversation.owner is Owner.LEAD else "ack.curious"
    if settled in SORTED_BY_HINTS and not hints_at(settled, [heard.text], heard.conversation.facts):
        return "ack.plain"
    return IN_WORDS.get(settled, "ack.plain") if settled else "ack.plain"


def _sympathy(heard: Heard) -> str | None:
    """What a person would say first to somebody who tells of a loss or a hard time."""
    if is_grieving(heard.text):
        return "ack.grief"
    if _is_hard(heard):
        return "ack.hardship"
    return "ack.fear" if is_afraid(heard.text) else None


def _is_hard(heard: Heard) -> bool:
    told = any(fact.slot is Slot.MOTIVATION and fact.value in HARDSHIPS for fact in heard.stated)
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


def _completed(heard: Heard, conversation: Conversation, script: Script) -> tuple[Bot, ...]:
    """The bots whose questions became complete now: the owning one first, and the lead bot once it has handed over."""
    known = script.bot if script.bot is not Bot.LEAD and not script.unknown(conversation.facts) else None
    handed = Bot.LEAD if heard.handoff and heard.handoff.source is Owner.LEAD else None
    return tuple(bot for bot in (known, handed) if bot is not None and bot not in conversation.completed)


def _counted(attempts: Mapping[Question, int], asked: Question | None) -> dict[Question, int]:
    return {**attempts, asked: attempts.get(asked, 0) + 1} if asked else dict(attempts)


def _for_the_team(
    heard: Heard, conversation: Conversation, completed: Sequence[Bot], question: Question | None
) -> tuple[Effect, ...]:
    """Tell the team when a bot knows all it asks for, and call them when it has nothing left to ask."""
    bot = conversation.owner.bot
    tags = conversation.contact.tags or frozenset()
    effects: tuple[Effect, ...] = ()
    if _needs_a_voice(heard, conversation):
        effects = follow_up("The lead is going through a hard time. Please call, gently and without any hurry.")
    if bot is not None and bot in completed:
        open_threads = " and ".join(conversation.goals) or "none"
        effects = (
            *effects,
            AddNote(f"All questions of the {bot.value} assistant are answered. Open threads: {open_threads}."),
        )
    alone = _needs_time(heard) or _needs_nobody(heard, bot or Bot.LEAD)
    if question is None and not alone and FOLLOW_UP_TAG not in tags:
        effects = (*effects, AddTag(FOLLOW_UP_TAG))
    return effects


def _reasons(heard: Heard, asked: Question | None, unsorted: frozenset[Question]) -> tuple[str, ...]:
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
