"""The lead bot: finds out whether somebody wants to buy or to sell."""

from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.conversation.model import Bot, Question

SCRIPT = Script(bot=Bot.LEAD, questions=(Question.GOAL,), offers_appointment=False)
