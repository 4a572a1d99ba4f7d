"""The seller bot: which home somebody sells, why, when, in what shape, and for how much.

Three scripts: `SIMPLE`, `FULL` (a team that wants everything on the first card asks for it), and `GENTLE` for people
in a hard time, whom nobody asks twice for a price or hurries.
"""

from ghl_real_estate_ai.bots.script import Script, Step
from ghl_real_estate_ai.conversation.model import Bot, Question, Slot
from ghl_real_estate_ai.understanding.model import Objection

_BASICS = (
    Step(Question.ADDRESS),
    Step(Question.MOTIVATION, in_words=True),
    Step(Question.TIMELINE, in_words=True),
    Step(Question.CONDITION, in_words=True),
    Step(Question.PRICE),
)

SIMPLE = Script(bot=Bot.SELLER, steps=_BASICS)

FULL = Script(
    bot=Bot.SELLER,
    steps=(
        *_BASICS,
        Step(Question.MORTGAGE, in_words=True),
        Step(Question.UPGRADES, in_words=True, kept_as_told=True),
        Step(Question.LISTING_HISTORY, in_words=True, kept_as_told=True),
        Step(Question.DECISION_MAKERS, in_words=True, kept_as_told=True, objection=Objection.DECISION_MAKER),
        Step(Question.CONTACT_METHOD, skipped_by=(Slot.APPOINTMENT,), in_words=True, kept_as_told=True),
    ),
)

GENTLE = Script(
    bot=Bot.SELLER,
    steps=(
        Step(Question.ADDRESS),
        Step(Question.TIMELINE, in_words=True),
        Step(Question.CONDITION, in_words=True),
    ),
    most_asks=2,
    most_offers=1,
    manner="gentle",
)

HARDSHIPS = frozenset({"foreclosure", "debt", "divorce", "job_loss", "health"})
"""Motivations that are met with sympathy and without any urgency, and that no reply repeats."""
