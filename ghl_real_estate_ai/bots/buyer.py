"""The buyer bot: what somebody who buys can spend, needs, and when and where."""

from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.conversation.model import Bot, Question

SCRIPT = Script(
    bot=Bot.BUYER,
    questions=(Question.BUDGET, Question.FINANCING, Question.BEDROOMS, Question.TIMELINE, Question.LOCATIONS),
)
