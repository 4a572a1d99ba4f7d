"""What a message settles without filling a slot: a question answered in words, a time wished, a wish for time; pure."""

from ghl_real_estate_ai.bots.goals import OTHER
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.hints import hints_at, maybe_told, names_a_time, unaccounted_number
from ghl_real_estate_ai.bots.meant import is_past_visit
from ghl_real_estate_ai.bots.script import MOST_OFFERS
from ghl_real_estate_ai.bots.topics import (
    Topic,
    does_not_matter,
    is_browsing,
    is_leaving,
    is_unsure,
    is_wavering,
    wants_texts_only,
)
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Owner, Question, Slot
from ghl_real_estate_ai.understanding.model import Intent, Objection

ANSWERED_BY_A_NUMBER = frozenset(
    {Question.BUDGET, Question.PRICE, Question.BEDROOMS, Question.TIMELINE, Question.MORTGAGE}
)
"""Questions to which a short message with a number in it is an answer even where we cannot read it."""
WORDS_OF_A_NUMBER = 6
UNHELPFUL = frozenset({Intent.AFFIRM, Intent.DENY, Intent.OFF_TOPIC})
"""Intents that, alone, give a bot nothing to go on."""
WORDS_TO_BE_LOST = 2
"""A single word, such as "ok", is too little to be misunderstood."""
PLAIN_INTENTS = frozenset({Intent.AFFIRM, Intent.GREETING, Intent.BUY, Intent.SELL, Intent.THANKS})
WORDS_OF_AN_ANSWER = 4
NEEDS_TIME = frozenset({Objection.THINKING, Objection.DECISION_MAKER})
"""After these we do not press on with a question."""


def settled_in_words(heard: Heard) -> Question | None:
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


def may_have_told(heard: Heard, conversation: Conversation) -> frozenset[Question]:
    """What the lead may have said without our sorting it; of the other home nothing counts once it is left."""
    crossed = heard.handoff is not None and heard.handoff.source in OTHER and heard.handoff.target in OTHER
    return maybe_told(heard.before, heard.text, conversation.facts, crossed_now=crossed)


def is_lost(heard: Heard) -> bool:
    """Whether a message after a question of ours gave neither an answer nor anything else to go on."""
    signals = heard.signals
    says_something = heard.stated or heard.move or signals.objections or signals.archetype
    if heard.before.asked is None or says_something or heard.topic not in (None, Topic.OTHER):
        return False
    if {found.label for found in signals.intents} - UNHELPFUL or settled_in_words(heard) is not None:
        return False
    return len(heard.text.split()) >= WORDS_TO_BE_LOST


def needs_time(heard: Heard) -> bool:
    """Whether the lead asks for time; "maybe someday" is one more reason not to press while nothing is begun."""
    begun = heard.conversation.owner is not Owner.LEAD or heard.before.asked is None
    if not begun and heard.signals.has_objection(Objection.TIMING):
        return True
    if not begun and is_browsing(heard.text) and heard.before.attempts.get(Question.GOAL, 0) >= MOST_OFFERS:
        return True
    wavers = is_wavering(heard.text) or any(heard.signals.has_objection(objection) for objection in NEEDS_TIME)
    return wavers and not heard.stated


def needs_nobody(heard: Heard, bot: Bot) -> bool:
    """Whether a lead with no question left can be left alone: one who tells things anyway is a person's to answer."""
    return heard.before.closed or (bot is Bot.LEAD and not heard.stated)


def wants_a_time(heard: Heard) -> bool:
    """Whether the lead wants to meet and has not said when."""
    signals = heard.signals
    agrees = (
        heard.conversation.asked is Question.APPOINTMENT and signals.has(Intent.AFFIRM) and not is_leaving(heard.text)
    )
    plans = signals.has(Intent.SCHEDULE) and not is_past_visit(heard.text)
    wants = agrees or plans or signals.has(Intent.RESCHEDULE)
    return wants and not heard.states(Slot.APPOINTMENT) and not tells_a_time(heard)


def tells_a_time(heard: Heard) -> bool:
    """Whether the lead says when to meet, in words that nothing sorts: a person reads them."""
    wants = heard.conversation.asked is Question.APPOINTMENT or heard.signals.has(Intent.SCHEDULE)
    told = names_a_time(heard.text) and not is_past_visit(heard.text)
    return wants and told and not heard.states(Slot.APPOINTMENT)
