"""The seller bot: which home somebody sells, why, when, in what shape, and for how much."""

from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.conversation.model import Bot, Question

SCRIPT = Script(
    bot=Bot.SELLER,
    questions=(Question.ADDRESS, Question.MOTIVATION, Question.TIMELINE, Question.CONDITION, Question.PRICE),
)

HARDSHIPS = frozenset({"foreclosure", "debt", "divorce", "job_loss", "health"})
"""Motivations that are met with sympathy and without any urgency, and that no reply repeats."""
