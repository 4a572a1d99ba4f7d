"""Packs what a conversation knows for its next owner, and writes the card for a person; pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ghl_real_estate_ai.bots.scripts import SCRIPTS
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Owner, Question
from ghl_real_estate_ai.handoff.card import handoff_card
from ghl_real_estate_ai.handoff.packet import ContextPacket
from ghl_real_estate_ai.scoring import Sign, financial_readiness, lead_score

QUESTIONS: Mapping[Question, str] = {
    Question.GOAL: "whether to buy or to sell",
    Question.SECOND_GOAL: "whether to go on with the other wish",
    Question.BUDGET: "the budget",
    Question.FINANCING: "cash or loan",
    Question.BEDROOMS: "bedrooms",
    Question.TIMELINE: "the timing",
    Question.LOCATIONS: "the areas",
    Question.ADDRESS: "the address",
    Question.MOTIVATION: "the reason for selling",
    Question.CONDITION: "the condition",
    Question.PRICE: "the price in mind",
    Question.APPOINTMENT: "a time to meet",
    Question.NAME: "the name",
    Question.MORTGAGE: "what is owed on the home",
    Question.UPGRADES: "upgrades and repairs",
    Question.LISTING_HISTORY: "earlier listings",
    Question.DECISION_MAKERS: "who decides",
    Question.CONTACT_METHOD: "how to get in touch",
}
"""How a person of the team reads each question."""

PROMISES: Mapping[str, str] = {
    "appointment": "to confirm the wished time",
    "appointment.noted": "to confirm the wished time",
    "appointment.changed": "to confirm the new time",
    "appointment.move": "another time",
    "appointment.cancel": "to cancel the appointment",
    "answer.legal": "somebody to talk to about the legal question",
    "answer.financial": "somebody to talk to about the money question",
    "answer.fees": "to go over the costs",
    "answer.loans": "to talk through the loan",
    "answer.number": "to find out how we got the number",
    "answer.license": "to confirm the license",
    "answer.pictures": "pictures",
    "answer.availability": "what is on the market",
    "answer.prices": "real figures on prices",
    "answer.other": "an answer to the question",
    "objection.commission": "to be open about every cost",
    "objection.market": "current local figures",
    "objection.competing_estimate": "a comparison with recent sales",
    "handover.blocked": "to take up the other wish",
    "privacy": "to confirm the data request",
    "abuse": "that somebody has a look",
    "person": "that a person gets in touch",
    "person.after_bot_question": "that a person gets in touch",
    "person.lost": "that a person takes over",
    "ack.unsure_price": "a look at recent sales",
    "team": "that the team gets in touch",
    "team.lead": "that the team gets in touch",
}
"""What our wordings promise of the team, by occasion."""


def pack(
    conversation: Conversation,
    *,
    source: Owner,
    target: Owner,
    reason: str,
    at: datetime,
    pending: Question | None,
    signs: frozenset[Sign],
) -> ContextPacket:
    """Everything the next owner needs of *conversation*, as it is after the turn that hands it over.

    *signs* is what the lead's messages show, this turn's too.
    *pending* is what the earlier owner asked last; once it is answered it is no longer open.
    """
    score = lead_score(financial_readiness(conversation.facts, signs))
    answered = pending is None or (pending.slot is not None and pending.slot in conversation.facts)
    answered = answered or (pending is Question.GOAL and target.bot not in (None, Bot.LEAD))
    return ContextPacket(
        source=source,
        target=target,
        made_at=at,
        reason=reason,
        language=conversation.language,
        goals=conversation.goals,
        facts=tuple(conversation.facts.values()),
        set_aside=tuple(fact for facts in conversation.shelved.values() for fact in facts),
        score=score.value,
        temperature=score.temperature.value,
        open_question=None if answered or pending is None else QUESTIONS[pending],
        promised=promises_of(conversation.replies_used),
    )


def card_of(
    conversation: Conversation,
    packet: ContextPacket,
    *,
    confidence: float,
    last_words: str,
    stays_on: bool = False,
) -> str:
    """The note for a person who takes *conversation* up."""
    script = SCRIPTS[packet.source.bot or Bot.LEAD]
    missing = [QUESTIONS[question] for question in script.unknown(conversation.facts)]
    return handoff_card(
        packet,
        confidence=confidence,
        first_name=conversation.contact.first_name,
        last_words=last_words,
        missing=missing,
        stays_on=stays_on,
    )


def promises_of(replies: Iterable[str]) -> tuple[str, ...]:
    """What the replies with these keys promised, each once, oldest first."""
    occasions = (part.rsplit(".", 1)[0] for reply in replies for part in reply.split(KEY_SEPARATOR))
    return tuple(dict.fromkeys(PROMISES[occasion] for occasion in occasions if occasion in PROMISES))
