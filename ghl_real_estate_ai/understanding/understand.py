"""Understand one message: language first, then what is wanted, what stands against it, and what it states."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.conversation.model import Language, Slot
from ghl_real_estate_ai.understanding.addresses import find_address
from ghl_real_estate_ai.understanding.appointments import meeting_slot, read_meeting
from ghl_real_estate_ai.understanding.change_of_mind import given_up, wishes_beside_a_refusal
from ghl_real_estate_ai.understanding.encoder import read_encoder
from ghl_real_estate_ai.understanding.farewells import without_farewell
from ghl_real_estate_ai.understanding.features import features, span_of
from ghl_real_estate_ai.understanding.hints import Hints, find_hints
from ghl_real_estate_ai.understanding.judgement import (
    LABELS,
    SURE,
    leave_doubt,
    read_judgement,
)
from ghl_real_estate_ai.understanding.language import find_language, read_detector
from ghl_real_estate_ai.understanding.model import (
    Archetype,
    Found,
    Intent,
    MessageContext,
    Objection,
    Signals,
    SlotIs,
    Span,
    StatedSlot,
)
from ghl_real_estate_ai.understanding.money import find_money
from ghl_real_estate_ai.understanding.opt_out import speaks_of_something_else
from ghl_real_estate_ai.understanding.people import find_person
from ghl_real_estate_ai.understanding.places import find_locations
from ghl_real_estate_ai.understanding.rooms import find_rooms
from ghl_real_estate_ai.understanding.rules import REPORTED_FROM, pattern
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.slot_wordings import is_spoken_for, likeliest_values
from ghl_real_estate_ai.understanding.text import Text, read
from ghl_real_estate_ai.understanding.timeline import find_timeline

_WISHES = frozenset({Intent.BUY, Intent.SELL, Intent.RENT, Intent.INVEST, Intent.VALUATION})
_EXACT = {Intent.OPT_OUT: 1.0, Intent.OPT_IN: 1.0, Intent.HELP: 1.0}
"""From which weight a rule is no evidence but the answer."""
_UNTRUE_BESIDE: dict[Intent, frozenset[Intent]] = {
    Intent.OPT_OUT: _WISHES
    | {Intent.SCHEDULE, Intent.CANCEL_APPOINTMENT, Intent.NOT_INTERESTED, Intent.OPT_IN, Intent.HELP, Intent.HUMAN},
    Intent.PRIVACY_REQUEST: _WISHES | {Intent.SCHEDULE},
    Intent.INJECTION: _WISHES | {Intent.SCHEDULE},
    Intent.OFF_TOPIC: _WISHES | {Intent.SCHEDULE},
    Intent.WRONG_NUMBER: _WISHES,
}
"""What a finding makes untrue."""
_NO_OBJECTIONS_WITH = frozenset({Intent.WRONG_NUMBER, Intent.INJECTION})
_NO_OPT_OUT_BY_ITSELF = frozenset({Intent.PRIVACY_REQUEST, Intent.INJECTION, Intent.WRONG_NUMBER})
_SURELY_AN_END = 0.9
"""From which probability on an end is believed that no rule finds beside a wrong number or a wish for deletion."""
_STATES = np.array([isinstance(label, SlotIs) and label.slot is Slot.CONDITION for label in LABELS])
_ENDS = np.array([label is Intent.OPT_OUT for label in LABELS])
_WEIGHED = 0.55
"""How sure a wish is at most that the writer asks advice on; a contact is moved from .6 on."""
_NO_CONTEXT = MessageContext()
_TELLS_OF_SOMEBODY = HAND_RULES.one(pattern("i live in|(?:my|his|her|their) name is"))
_ASKS_WHETHER_TO = HAND_RULES.one(pattern(r"should (?:we|i|my \w+ and i)(?: \w+){0,2} (?:buy|sell|rent|invest)"))
_IN_TURN = HAND_RULES.one(pattern("first|then|before|after|primero|luego|antes|despues"))


def understand(text: str, context: MessageContext = _NO_CONTEXT) -> Signals:
    """Return everything *text* says, read in *context*.

    Pure, and safe on any text: it never raises, reads the first 2,000 characters, and every span lies inside *text*.
    The keywords of the carriers are exact and come first; all else the trained models judge, with what the hand rules
    find as evidence.  An opt-out rules out every wish to be contacted.
    """
    message = read(text)
    language = find_language(message)
    meeting = read_meeting(without_farewell(message), context)
    hints = find_hints(message, context, language, meeting)
    person = find_person(message, context)
    found = _judged(message, context, hints)
    intents = _keyword(hints) or _settled(_intents(message, context, language, hints, found, person))
    named = frozenset(one.label for one in intents)
    appointment = meeting_slot(meeting, named)
    judged = likeliest_values(
        one for one in found if isinstance(one.label, SlotIs) and is_spoken_for(one, hints, context.asked)
    )
    objections = [] if named & _NO_OBJECTIONS_WITH else [one for one in found if isinstance(one.label, Objection)]
    archetypes = [one for one in found if isinstance(one.label, Archetype)]
    return Signals(
        language=language,
        intents=tuple(sorted(intents, key=_least_sure_last)),
        objections=tuple(sorted(objections, key=_least_sure_last)),
        slots=tuple(
            _slots(message, context, named | _still_wished(hints, named), language, person, appointment, judged)
        ),
        archetype=max(archetypes, key=lambda one: one.confidence, default=None),
    )


def read_what_is_learned() -> None:
    """Read all that understanding needs from the disk now, about a second's work, so that no message waits for it."""
    read_encoder()
    read_detector()
    understand("hello")


def _least_sure_last(found: Found[Any]) -> float:
    return -found.confidence


def _keyword(hints: Hints) -> list[Found[Intent]]:
    """The one finding of a message that is a carrier's keyword and nothing else."""
    return [
        Found(intent, hint.confidence, hint.span)
        for intent, exact in _EXACT.items()
        if (hint := hints.get(intent)) is not None and hint.confidence >= exact
    ]


def _judged(text: Text, context: MessageContext, hints: Hints) -> list[Found[Any]]:
    """Return what the models report, each with the words that carry it: the rule's where one matched, else the model's."""
    judgement = read_judgement()
    looked_up = judgement.vocabulary.look_up(features(text, context, hints.values()))
    scores = judgement.scores(looked_up.rows())
    if leave_doubt(scores):
        both = judgement.mixture.of(scores, read_encoder().scores(text, context))
        scores = np.where(_in_exact_words(text, context, hints), scores, both)
    reported = judgement.reported(scores)
    carriers = judgement.carriers(reported.keys() - hints.keys(), looked_up)
    return [
        Found(
            label,
            round(probability, 3),
            hint.span if (hint := hints.get(label)) else span_of(text, carriers[label]),
        )
        for label, probability in reported.items()
    ]


def _in_exact_words(text: Text, context: MessageContext, hints: Hints) -> NDArray[np.bool_]:
    """Which of `LABELS` are told by words that the encoder, which knows words by their likeness, confuses: an "updated"
    kitchen for it is a dated one.  A state of the house that a rule finds is judged without it, and so is an end that is asked
    for in words of a rule and no others, unless they may answer a question: "make it the last one"."""
    told = any(isinstance(label, SlotIs) and label.slot is Slot.CONDITION for label in hints)
    end = hints.get(Intent.OPT_OUT)
    is_all = end is not None and context.asked is None and not _says_more(text.raw, end.span)
    return (_STATES & told) | (_ENDS & (is_all and _speaks_for(Intent.OPT_OUT, hints)))


def _says_more(raw: str, span: Span) -> bool:
    """Whether any word of *raw* stands outside *span*."""
    return any(char.isalnum() for char in (*raw[: span.start], *raw[span.end :]))


def _speaks_for(intent: Intent, hints: Hints) -> bool:
    return (hint := hints.get(intent)) is not None and hint.confidence >= REPORTED_FROM


def _intents(
    text: Text,
    context: MessageContext,
    language: Language,
    hints: Hints,
    found: list[Found[Any]],
    person: list[StatedSlot],
) -> list[Found[Intent]]:
    """What is wanted: of a message that declines something, what the rest of it still wants as well."""
    introduced = any(stated.slot is Slot.NAME for stated in person)
    untold: frozenset[Intent] = frozenset({Intent.WRONG_NUMBER}) if introduced else frozenset()
    wanted = _borne_out(_meant(text, hints, found), hints, untold)
    wanted = _weighed(text, _both_in_turn(text, hints, wanted))
    if not _declines(hints) and not given_up(text.raw):
        return wanted
    beside = wishes_beside_a_refusal(text, language, partial(_wishes, context=context))
    if not beside:
        return wanted
    told_anew = {one.label for one in beside} | {Intent.NOT_INTERESTED} | given_up(text.raw)
    return [*(one for one in wanted if one.label not in told_anew), *beside]


def _meant(text: Text, hints: Hints, found: list[Found[Any]]) -> list[Found[Intent]]:
    """The intents *found*, but what is neither sure nor found by a rule where *text* speaks of something that resembles it:
    of another stop, or of where somebody lives and what they are called."""
    doubted = {Intent.OPT_OUT} if speaks_of_something_else(text) else set()
    if _TELLS_OF_SOMEBODY.search(text.plain):
        doubted |= {Intent.WRONG_NUMBER}
    return [
        one
        for one in found
        if isinstance(one.label, Intent)
        and (one.label not in doubted or one.confidence >= SURE or _speaks_for(one.label, hints))
    ]


def _both_in_turn(text: Text, hints: Hints, wanted: list[Found[Intent]]) -> list[Found[Intent]]:
    """What is *wanted*, and both wishes of whoever says which comes first, at least as surely as the rules find them."""
    if not _IN_TURN.search(text.plain) or not all(_speaks_for(wish, hints) for wish in (Intent.BUY, Intent.SELL)):
        return wanted
    surest = {one.label: one for one in wanted}
    for wish in (Intent.BUY, Intent.SELL):
        if wish not in surest or surest[wish].confidence < hints[wish].confidence:
            surest[wish] = hints[wish]
    return list(surest.values())


def _weighed(text: Text, wanted: list[Found[Intent]]) -> list[Found[Intent]]:
    """What is *wanted*, less surely where the writer asks whether to: "should we buy first?" moves nobody to another bot."""
    if not _ASKS_WHETHER_TO.search(text.plain):
        return wanted
    return [replace(one, confidence=min(one.confidence, _WEIGHED)) if one.label in _WISHES else one for one in wanted]


def _declines(hints: Hints) -> bool:
    return _speaks_for(Intent.NOT_INTERESTED, hints)


def _wishes(text: Text, context: MessageContext) -> list[Found[Intent]]:
    """What *text* wants done with a home, by what is judged of it alone."""
    hints = find_hints(text, context, find_language(text))
    return [one for one in _judged(text, context, hints) if one.label in _WISHES]


def _borne_out(found: list[Found[Intent]], hints: Hints, untold: frozenset[Intent]) -> list[Found[Intent]]:
    """Drop what only the model speaks for where something else that is found makes it unlikely, as with all *untold*.

    So with a wish where the writer declines ("we do not want to sell"), and with a person where a meeting is asked for:
    somebody is to call at 8, not to take over.  Whoever asks for their data to be deleted, or is not the one meant, has
    opted out only where a rule says so or the models are sure of it, and whoever gives their name is the one meant unless
    they say not.  HELP is the carriers' word, and asking for help without it is none.
    """
    doubted = untold | {Intent.HELP}
    if _declines(hints):
        doubted |= _WISHES
    if Intent.SCHEDULE in hints:
        doubted |= {Intent.HUMAN}
    if any(one.label in _NO_OPT_OUT_BY_ITSELF for one in found):
        doubted |= {Intent.OPT_OUT}
    return [
        one
        for one in found
        if one.label not in doubted
        or one.label in hints
        or (one.label is Intent.OPT_OUT and one.confidence >= _SURELY_AN_END)
    ]


def _settled(found: list[Found[Intent]]) -> list[Found[Intent]]:
    """Drop what another finding makes untrue: nobody who opts out wants a call as well."""
    labels = {one.label for one in found}
    dropped = {untrue for label in labels for untrue in _UNTRUE_BESIDE.get(label, ())}
    return [one for one in found if one.label not in dropped]


def _apart(timeline: list[StatedSlot], appointment: list[StatedSlot], context: MessageContext) -> list[StatedSlot]:
    """The horizon, unless it is no more than the time of an appointment: "next week" for a visit."""
    if not appointment or context.asked is Slot.TIMELINE_DAYS:
        return timeline
    met = appointment[0].span
    return [one for one in timeline if one.span.end <= met.start or met.end <= one.span.start]


def _still_wished(hints: Hints, named: frozenset[Intent]) -> frozenset[Intent]:
    """The wishes that the rules find in a message which also tries to instruct us; its facts still hold."""
    if Intent.INJECTION not in named:
        return frozenset()
    return frozenset(
        label
        for label, hint in hints.items()
        if isinstance(label, Intent) and label in _WISHES and hint.confidence >= REPORTED_FROM
    )


def _slots(
    text: Text,
    context: MessageContext,
    intents: frozenset[Intent],
    language: Language,
    person: list[StatedSlot],
    appointment: list[StatedSlot],
    judged: list[StatedSlot],
) -> list[StatedSlot]:
    if Intent.OFF_TOPIC in intents or (Intent.INJECTION in intents and not intents & _WISHES):
        return []
    address = find_address(text, context)
    taken = [slot.span for slot in (*address, *person, *appointment)]
    rooms = find_rooms(text, context, intents, taken)
    taken += [slot.span for slot in rooms]
    timeline = _apart(find_timeline(text, context), appointment, context)
    taken += [slot.span for slot in timeline if any(c.isdigit() for c in text.raw[slot.span.start : slot.span.end])]
    return [
        *find_money(text, context, intents, language, taken),
        *timeline,
        *find_locations(text, context, [slot.span for slot in (*address, *person, *appointment)], intents),
        *rooms,
        *address,
        *judged,
        *person,
        *appointment,
    ]
