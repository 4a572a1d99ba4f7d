"""The lead bot: finds out whether somebody wants to buy or to sell."""

from ghl_real_estate_ai.bots.script import Script, Step
from ghl_real_estate_ai.conversation.model import Bot, Question

SCRIPT = Script(bot=Bot.LEAD, steps=(Step(Question.GOAL),), offers_appointment=False)
GENTLE = Script(bot=Bot.LEAD, steps=(Step(Question.GOAL),), offers_appointment=False, manner="gentle")
"""The same question as one would put it to somebody in a hard time."""
