"""The lead bot: finds out whether somebody wants to buy or to sell."""

from ghl_real_estate_ai.bots.script import Script, Step
from ghl_real_estate_ai.conversation.model import Bot, Question

SCRIPT = Script(bot=Bot.LEAD, steps=(Step(Question.GOAL),), offers_appointment=False)
