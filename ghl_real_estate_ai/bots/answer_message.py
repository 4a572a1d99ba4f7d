"""The answer that a message is due, besides thanks and the next question; pure."""

import re
from dataclasses import dataclass

from ghl_real_estate_ai.bots.effects import SCHEDULING_TAG, follow_up
from ghl_real_estate_ai.bots.facts import LONGEST_OWN_WORDS
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.settle_question import tells_a_time, wants_a_time
from ghl_real_estate_ai.bots.topics import (
    Topic,
    asks_for_our_service,
    is_afraid,
    is_annoyed,
    is_calling,
    is_leaving,
    is_plea,
    is_puzzled,
    is_small_talk,
    is_unsure,
    is_wavering,
    needs_an_answer,
    speaks_of_worth,
    wants_texts_only,
)
from ghl_real_estate_ai.bots.wait_for_bot import waiting_for
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR, Part, echo
from ghl_real_estate_ai.conversation.model import Language, Owner, Question, Slot
from ghl_real_estate_ai.crm.model import AddTag, Effect
from ghl_real_estate_ai.understanding.model import Intent, Objection

ANSWERED_BY_US = frozenset({Topic.SCHOOLS, Topic.SAFETY, Topic.PROCESS, Topic.SENDER, Topic.ROLE})
"""Topics whose answer promises nothing of the team."""
_PREPOSITION = re.compile(r"^(?:at|on|for|by|around|el|para el|para la)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message is due besides the next question."""

    part: Part
    question_may_go: bool = False
    """Whether the next question may wait when both do not fit one text."""
    effects: tuple[Effect, ...] = ()


def answer_due(heard: Heard) -> Answer | None:
    """What this message is due besides the next question; the first that applies."""
    signals = heard.signals
    if signals.has(Intent.BOT_QUESTION):
        return Answer(Part("bot_question"), question_may_go=True)
    if signals.has(Intent.FAIR_HOUSING):
        return Answer(Part("fair_housing"), question_may_go=True)
    if signals.has(Intent.INJECTION):
        return Answer(Part("injection"))
    if heard.blocked and waiting_for(heard) is None:
        note = f"The lead also wants the {heard.blocked.target.value} assistant, which had them too recently."
        return Answer(Part("handover.blocked"), effects=follow_up(note))
    return (
        _about_appointment(heard)
        or _about_rent(heard)
        or _about_topic(heard)
        or _about_meeting(heard)
        or _about_objection(heard)
        or _about_anything_else(heard)
    )


def _about_appointment(heard: Heard) -> Answer | None:
    signals = heard.signals
    if heard.states(Slot.APPOINTMENT):
        wish = heard.conversation.facts.value(Slot.APPOINTMENT)
        moved = signals.has(Intent.RESCHEDULE) or Slot.APPOINTMENT in heard.changed
        fallback = "esa hora" if heard.conversation.language is Language.ES else "that time"
        return Answer(
            Part(
                "appointment.changed" if moved else "appointment",
                {"value": _PREPOSITION.sub("", echo(wish)) or fallback},
            ),
            question_may_go=True,
            effects=(AddTag(SCHEDULING_TAG), *follow_up(f"Please confirm a time with the lead, who wishes: {wish}")),
        )
    if signals.has(Intent.RESCHEDULE):
        return Answer(Part("appointment.move"), effects=follow_up("The lead needs another time for the appointment."))
    if signals.has(Intent.CANCEL_APPOINTMENT):
        return Answer(Part("appointment.cancel"), effects=follow_up("The lead cancels the appointment."))
    return None


def _about_meeting(heard: Heard) -> Answer | None:
    if tells_a_time(heard):
        note = f"Please confirm a time with the lead, who wrote: {heard.text[:LONGEST_OWN_WORDS]}"
        return Answer(Part("appointment.noted"), effects=(AddTag(SCHEDULING_TAG), *follow_up(note)))
    return Answer(Part("appointment.gladly")) if wants_a_time(heard) and heard.handoff is None else None


def _about_rent(heard: Heard) -> Answer | None:
    asks = heard.signals.has(Intent.RENT) or heard.topic is Topic.RENTALS
    if not asks or heard.handoff or heard.conversation.owner is not Owner.LEAD:
        return None
    said = _of_the_team(heard, Topic.RENTALS)
    return Answer(Part("rent", attempt=heard.conversation.attempts.get(Question.GOAL, 0), said=said))


def _about_topic(heard: Heard) -> Answer | None:
    topic = heard.topic
    if topic is None or topic in (Topic.OTHER, Topic.RENTALS):
        return None
    if topic is Topic.PRICES and heard.handoff is not None and is_plea(heard.text):
        return None
    said = _of_the_team(heard, topic)
    if said is not None:
        return Answer(Part(f"answer.{topic.value}", said=said))
    note = () if topic in ANSWERED_BY_US else follow_up(f"The lead asks about {topic.value}; please answer.")
    return Answer(Part(f"answer.{topic.value}"), effects=note)


def _of_the_team(heard: Heard, topic: Topic) -> str | None:
    """What the team itself has told us to answer; never the same twice in a row."""
    answer = heard.team.answers.get(topic)
    said = answer.said(heard.conversation.language, heard.at.date()) if answer else None
    last = heard.before.replies_used[-1:] or ("",)
    return None if said is None or f"answer.{topic.value}.team" in last[0].split(KEY_SEPARATOR) else said


def _about_objection(heard: Heard) -> Answer | None:
    strongest = max(heard.signals.objections, key=lambda found: found.confidence, default=None)
    if strongest is None:
        return Answer(Part("objection.thinking")) if is_wavering(heard.text) and not heard.stated else None
    if strongest.label is Objection.TRUST and not heard.before.disclosed:
        # The greeting has just said what we are.
        return Answer(Part("answer.sender"))
    offended = strongest.label is Objection.PRICE and is_annoyed(heard.text)
    return Answer(Part("ack.sorry" if offended else f"objection.{strongest.label.value}"))


def _about_anything_else(heard: Heard) -> Answer | None:
    if is_small_talk(heard.text):
        return None
    if is_leaving(heard.text) and heard.handoff is None:
        return Answer(Part("stay"))
    if wants_texts_only(heard.text):
        note = "The lead would rather not be called: please write."
        return Answer(Part("ack.by_text"), effects=follow_up(note))
    if is_puzzled(heard.text) and heard.before.asked is not None:
        return Answer(Part("ack.rephrase"))
    if is_calling(heard.text):
        return Answer(Part("ack.here"))
    if heard.conversation.owner is not Owner.LEAD and is_unsure(heard.text) and speaks_of_worth(heard.text):
        return Answer(Part("ack.unsure_price"), effects=follow_up("The lead does not know what the home is worth."))
    if heard.signals.has(Intent.OFF_TOPIC):
        return Answer(Part("off_topic"))
    courteous = {found.label for found in heard.signals.intents} <= {Intent.AFFIRM, Intent.DENY, Intent.THANKS}
    nothing_else = courteous and not heard.stated and heard.move is None
    if heard.topic is Topic.OTHER and heard.handoff is None and asks_for_our_service(heard.text):
        return Answer(Part("ack.gladly"))
    asks = heard.topic is Topic.OTHER and (nothing_else or needs_an_answer(heard.text))
    occasion = "answer.afraid" if is_afraid(heard.text) else "answer.other"
    return Answer(Part(occasion), effects=follow_up("The lead has a question for the team.")) if asks else None
