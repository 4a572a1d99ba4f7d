"""The buyer bot: what somebody who buys can spend, needs, and when and where."""

from ghl_real_estate_ai.bots.script import Script, Step
from ghl_real_estate_ai.conversation.model import Bot, Question

SCRIPT = Script(
    bot=Bot.BUYER,
    steps=(
        Step(Question.BUDGET),
        Step(Question.FINANCING),
        Step(Question.BEDROOMS),
        Step(Question.TIMELINE, in_words=True),
        Step(Question.LOCATIONS),
    ),
)
