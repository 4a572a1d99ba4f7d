"""A model's second opinion on a message that was read with little confidence, and what of it counts.

What the law or a person's safety hangs on is read offline alone: the model can neither add an opt-out, an opt-in, a
HELP, a privacy request or a wrong number, nor take one away, nor anything else that protects somebody.
"""

from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.bots.decide import why_silent
from ghl_real_estate_ai.conversation.model import Conversation, Slot
from ghl_real_estate_ai.llm.model import Opinion, OpinionRequest
from ghl_real_estate_ai.llm.read_message import ReadMessage
from ghl_real_estate_ai.understanding.model import (
    Found,
    Intent,
    MessageContext,
    Objection,
    Signals,
    Span,
    StatedSlot,
)
from ghl_real_estate_ai.understanding.understand import understand

NEVER_ASKED_OF_A_MODEL = frozenset(
    {Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.PRIVACY_REQUEST, Intent.WRONG_NUMBER}
)
NEVER_TAKEN_AWAY = NEVER_ASKED_OF_A_MODEL | {
    Intent.HUMAN,
    Intent.BOT_QUESTION,
    Intent.FAIR_HOUSING,
    Intent.INJECTION,
    Intent.ABUSE,
}
OPINION_CONFIDENCE = 0.75
"""Enough for a handoff from the lead bot, and not for one that needs more than a model's word."""
WORDS_WORTH_ASKING = 2
"""One word, such as "ok", is not misread but says little."""
LONGEST_TEXT = 1000

_INTENTS = tuple(intent.value for intent in Intent if intent not in NEVER_ASKED_OF_A_MODEL)
_OBJECTIONS = tuple(objection.value for objection in Objection)
_SLOTS = tuple(slot.value for slot in Slot)


async def with_second_opinion(
    reading: ReadMessage | None, conversation: Conversation, text: str, signals: Signals
) -> Signals:
    """Return *signals*, or what a model's opinion makes of them where they are unsure."""
    if reading is None or not _is_worth_asking(reading, conversation, text, signals):
        return signals
    asked = conversation.asked.slot if conversation.asked else None
    request = OpinionRequest(
        text=text,
        asked=asked.value if asked else None,
        intents=_INTENTS,
        objections=_OBJECTIONS,
        slots=_SLOTS,
    )
    contact = conversation.contact
    opinion = await reading.read(request, contact.location_id, contact.contact_id)
    context = MessageContext(bot=conversation.owner.bot, asked=asked)
    return signals if opinion is None else combined(signals, opinion, text, context)


def combined(signals: Signals, opinion: Opinion, text: str, context: MessageContext) -> Signals:
    """The unsure offline reading and the model's opinion as one."""
    whole = Span(0, len(text))
    offered = [Intent(label) for label in opinion.intents if Intent(label) not in NEVER_ASKED_OF_A_MODEL]
    sure = {found.label: found for found in signals.intents}
    kept = [found for found in signals.intents if found.label in NEVER_TAKEN_AWAY and found.label not in offered]
    agreed = [_surer(sure.get(intent), Found(intent, OPINION_CONFIDENCE, whole)) for intent in offered]
    objections = [Found(Objection(label), OPINION_CONFIDENCE, whole) for label in opinion.objections]
    return replace(
        signals,
        intents=(*kept, *agreed),
        objections=tuple(objections),
        slots=(*signals.slots, *_pointed_at(signals, opinion, text, context)),
    )


def _is_worth_asking(reading: ReadMessage, conversation: Conversation, text: str, signals: Signals) -> bool:
    if conversation.opted_out or conversation.owner.bot is None or why_silent(conversation) is not None:
        return False
    if any(signals.has(intent) for intent in NEVER_ASKED_OF_A_MODEL):
        return False
    is_long_enough = len(text.split()) >= WORDS_WORTH_ASKING and len(text) <= LONGEST_TEXT
    return is_long_enough and _surest(signals) < reading.below


def _surest(signals: Signals) -> float:
    confidences = [found.confidence for found in signals.intents]
    confidences += [found.confidence for found in signals.objections]
    confidences += [stated.confidence for stated in signals.slots]
    return max(confidences, default=0.0)


def _surer(offline: Found[Intent] | None, offered: Found[Intent]) -> Found[Intent]:
    return offline if offline is not None and offline.confidence > offered.confidence else offered


def _pointed_at(signals: Signals, opinion: Opinion, text: str, context: MessageContext) -> Iterable[StatedSlot]:
    """The slots whose words the model points at, as our own grammar reads those words."""
    known = {stated.slot for stated in signals.slots}
    for name, words in opinion.slots.items():
        slot, start = Slot(name), text.casefold().find(words.casefold())
        if slot in known or start < 0:
            continue
        readings = understand(words, replace(context, asked=slot)).slots
        stated = next((reading for reading in readings if reading.slot is slot), None)
        if stated is not None:
            span = Span(start + stated.span.start, start + stated.span.end)
            yield replace(stated, confidence=min(stated.confidence, OPINION_CONFIDENCE), span=span)
