"""Understand one message: language first, then what is wanted, what stands against it, and what it states."""

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot
from ghl_real_estate_ai.understanding.addresses import find_address
from ghl_real_estate_ai.understanding.appointments import find_meetings
from ghl_real_estate_ai.understanding.archetype import find_archetype
from ghl_real_estate_ai.understanding.conduct import find_conduct
from ghl_real_estate_ai.understanding.courtesy import find_courtesy
from ghl_real_estate_ai.understanding.language import find_language
from ghl_real_estate_ai.understanding.model import Found, Intent, MessageContext, Signals, StatedSlot
from ghl_real_estate_ai.understanding.money import find_money
from ghl_real_estate_ai.understanding.motives import find_motivation
from ghl_real_estate_ai.understanding.objections import find_objections
from ghl_real_estate_ai.understanding.opt_out import find_consent
from ghl_real_estate_ai.understanding.people import find_person
from ghl_real_estate_ai.understanding.places import find_locations
from ghl_real_estate_ai.understanding.property import find_condition, find_financing, find_occupancy, find_rooms
from ghl_real_estate_ai.understanding.rules import REPORTED_FROM
from ghl_real_estate_ai.understanding.text import Text, read
from ghl_real_estate_ai.understanding.timeline import find_timeline
from ghl_real_estate_ai.understanding.wishes import find_wishes

_WISHES = frozenset({Intent.BUY, Intent.SELL, Intent.RENT, Intent.INVEST, Intent.VALUATION})
_RESTATED_FROM = 0.68
_NO_CONTEXT = MessageContext()


def understand(text: str, context: MessageContext = _NO_CONTEXT) -> Signals:
    """Return everything *text* says, read in *context*.

    Pure, and safe on any text: it never raises, reads the first 2,000 characters, and every span lies inside *text*.
    An opt-out is looked for first and rules out every wish to be contacted.
    """
    message = read(text)
    language = find_language(message)
    intents = _intents(message, context, language)
    named = frozenset(found.label for found in intents)
    meetings, appointment = find_meetings(message, context, named)
    intents = _settled([*intents, *meetings])
    named = frozenset(found.label for found in intents)
    return Signals(
        language=language,
        intents=tuple(sorted(intents, key=lambda found: -found.confidence)),
        objections=tuple(f for f in find_objections(message, named) if f.confidence >= REPORTED_FROM),
        slots=tuple(_slots(message, context, named, language, appointment)),
        archetype=find_archetype(message, named, seller_asked=context.asked in (Slot.MOTIVATION, Slot.CONDITION)),
    )


def _intents(text: Text, context: MessageContext, language: Language) -> list[Found[Intent]]:
    consent = [found for found in find_consent(text) if found.confidence >= REPORTED_FROM]
    if any(found.confidence >= 1.0 or found.label is Intent.HELP for found in consent):
        return consent
    found = [*consent, *find_courtesy(text, language), *find_conduct(text), *find_wishes(text)]
    return [one for one in found if one.confidence >= _threshold(one.label, context)]


def _threshold(intent: Intent, context: MessageContext) -> float:
    """An answer to a bot's question restates no wish, unless in plain words."""
    answers_seller = context.bot is Bot.SELLER and intent is Intent.SELL
    answers_buyer = context.bot is Bot.BUYER and intent is Intent.BUY
    return _RESTATED_FROM if context.asked and (answers_seller or answers_buyer) else REPORTED_FROM


def _settled(found: list[Found[Intent]]) -> list[Found[Intent]]:
    """Drop what a stronger finding makes untrue: nobody who opts out wants a call as well."""
    labels = {one.label for one in found}
    dropped: set[Intent] = set()
    if Intent.OPT_OUT in labels:
        dropped |= {
            Intent.SCHEDULE,
            Intent.NOT_INTERESTED,
            Intent.CANCEL_APPOINTMENT,
            Intent.OPT_IN,
            Intent.AFFIRM,
            Intent.DENY,
            Intent.HELP,
        }
        dropped |= _WISHES | {Intent.HUMAN, Intent.GREETING, Intent.THANKS}
    if Intent.NOT_INTERESTED in labels:
        dropped |= {Intent.DENY}
    if (
        Intent.PRIVACY_REQUEST in labels
        or Intent.INJECTION in labels
        or Intent.OFF_TOPIC in labels
        or Intent.FAIR_HOUSING in labels
    ):
        dropped |= _WISHES | {Intent.SCHEDULE}
    if Intent.WRONG_NUMBER in labels:
        dropped |= _WISHES | {Intent.DENY, Intent.AFFIRM, Intent.NOT_INTERESTED}
    if labels & {Intent.RESCHEDULE, Intent.CANCEL_APPOINTMENT}:
        dropped |= {Intent.NOT_INTERESTED}
    if Intent.BOT_QUESTION in labels:
        dropped |= {Intent.AFFIRM}
    return [one for one in found if one.label not in dropped]


def _slots(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language, appointment: list[StatedSlot]
) -> list[StatedSlot]:
    if intents & {Intent.INJECTION, Intent.OFF_TOPIC}:
        return []
    address = find_address(text, context)
    person = find_person(text, context)
    taken = [slot.span for slot in (*address, *person, *appointment)]
    rooms = find_rooms(text, context, intents, taken)
    taken += [slot.span for slot in rooms]
    timeline = [] if appointment and context.asked is not Slot.TIMELINE_DAYS else find_timeline(text, context)
    taken += [slot.span for slot in timeline if any(c.isdigit() for c in text.raw[slot.span.start : slot.span.end])]
    return [
        *find_money(text, context, intents, language, taken),
        *timeline,
        *find_locations(
            text, context, [slot.span for slot in (*address, *person, *appointment)], buying=Intent.BUY in intents
        ),
        *rooms,
        *find_financing(text, context, intents, language),
        *address,
        *find_condition(text, context, intents),
        *find_motivation(text, context, intents),
        *find_occupancy(text, context, intents),
        *person,
        *appointment,
    ]
