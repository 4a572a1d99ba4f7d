"""What a message's findings mean where the conversation says more than the words alone; pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.bots.hints import hints_at
from ghl_real_estate_ai.bots.topics import Topic, is_afraid
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR
from ghl_real_estate_ai.conversation.model import Conversation, Facts, Owner, Question, Slot
from ghl_real_estate_ai.understanding.model import Found, Intent, Objection, Signals, Span, StatedSlot

HOME_AT_STAKE = 0.85
"""Whoever is about to lose a home has one: the seller bot, which treats them gently, is the one to answer."""
GOES_ON = 0.9
"""What only the words before it make clear."""
FUNDED = frozenset({"cash", "preapproved", "prequalified"})
SURE_OF_A_STATE = 0.7
"""Below it a word was only taken for the state of a home because we had asked for that."""
FAR_OFF = 180
"""From so many days on, "not now" is more than an answer to when."""
_BARE_OK = re.compile(
    r"^\W*(?:ok|okay|okey|k|kk|alright|sure|vale|va)\b(?:\W+(?:ok|okay|thanks?|thank you|thx|sure|gracias))*\W*$", re.I
)
_ROLES = r"(?:message|system|assistant|user|instructions?|prompt)"
_MURMUR = re.compile(r"\W*(?:h+m+|m+h*m+|u+h+|u+m+|e+h+)\W*", re.I)
_MARKUP = re.compile(rf"</?\s*{_ROLES}\b[^>]*>|\b(?:assistant|system)\s*:", re.I)
_MAY_RENT = re.compile(
    r"\b(?:maybe|might|could|should|thinking (?:of|about)|quizas?|tal vez)\b.{0,25}\b(?:rent|rentar)", re.I
)
_ROOMS = r"(?:beds?|bdrm|br|baths?|ba|rec[a\u00e1]maras?|ba[n\u00f1]os?)\b"
_IDLE_TIMES = frozenset({"now", "next", "today", "ahora", "hoy"})
_PAST_VISIT = re.compile(
    r"\b(?:came|went|stopped|drove|visited|saw|met|walked|toured|called|texted|talked|spoke|fuimos|pasamos|vimos|vi|fui"
    r"|hable|habl\u00e9)\b",
    re.I,
)
_DELETE = re.compile(r"\b(?:delet\w*|eras\w*|remov\w*|wip\w*|forget|borr\w*|elimin\w*)\b", re.I)
_OWN_PRICE = re.compile(
    r"\b(?:want\w*|asking|ask|hop\w+|take|accept|happy|need|get|looking|thinking|figur\w+|expect\w*|works?|my (?:price"
    r"|number)|quier\w+|pid\w+|esper\w+|sacar|acept\w+)\b",
    re.I,
)
_WISH = re.compile(
    r"\b(?:can|could|want\w*|wanna|would|like to|let'?s|lets|able|free|again|schedule|available|works?|instead|please"
    r"|podemos|puedo|puede\w*|quier\w+|quisier\w+|otra vez|por favor)\b",
    re.I,
)
_RELUCTANT = re.compile(
    r"\b(?:not|wait\w*|hold off|later|someday|maybe|eventually|no rush|no hurry|todav[i\u00ed]a no|ahorita no"
    r"|despu[e\u00e9]s|luego|esperar|quiz[a\u00e1]s?|tal vez)\b",
    re.I,
)


def as_meant(signals: Signals, conversation: Conversation, text: str, topic: Topic | None) -> Signals:
    """Return *signals* less what *text* cannot mean here, and with the wish that a threatened home stands for."""
    if markup := _MARKUP.search(text):
        # What plays the machine's own part says nothing of a home; what was said before it still does.
        found = Found(Intent.INJECTION, GOES_ON, Span(0, len(text)))
        before = tuple(stated for stated in signals.slots if stated.span.end <= markup.start())
        return replace(signals, slots=before, objections=(), intents=(*_but_wishes(signals), found))
    slots = tuple(stated for stated in signals.slots if _is_told(stated, signals, conversation, text, topic))
    objections = tuple(found for found in signals.objections if _stands(found.label, signals, conversation, text))
    meant = replace(signals, slots=slots, objections=objections)
    if _goes_on_about_data(conversation, text) and not meant.has(Intent.PRIVACY_REQUEST):
        found = Found(Intent.PRIVACY_REQUEST, GOES_ON, Span(0, len(text)))
        meant = replace(meant, intents=(*meant.intents, found))
    if not _home_is_at_stake(meant, conversation):
        return meant
    return replace(meant, intents=(*meant.intents, Found(Intent.SELL, HOME_AT_STAKE, Span(0, len(text)))))


def _but_wishes(signals: Signals) -> tuple[Found[Intent], ...]:
    """What binds us whoever writes: an opt-out, a call for a person, a request about data."""
    binding = (Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.HUMAN, Intent.PRIVACY_REQUEST, Intent.BOT_QUESTION)
    return tuple(found for found in signals.intents if found.label in binding)


def _goes_on_about_data(conversation: Conversation, text: str) -> bool:
    """Whether "delete it all" follows our answer to a question about data."""
    last = conversation.replies_used[-1] if conversation.replies_used else ""
    about_data = any(part.startswith("privacy") for part in last.split(KEY_SEPARATOR))
    return about_data and _DELETE.search(text) is not None


def is_past_visit(text: str) -> bool:
    """Whether a time in *text* is that of a visit that has been, and no wish."""
    return bool(_PAST_VISIT.search(text)) and not _WISH.search(text)


def _is_told(stated: StatedSlot, signals: Signals, conversation: Conversation, text: str, topic: Topic | None) -> bool:
    if stated.slot is Slot.NAME:
        return not is_afraid(str(stated.value))
    if _answers_unsurely(stated, conversation):
        # Asked what shape the home is in, "it's ok" is an answer; "ok" and "fine, what's your fee" are none.
        return topic is None and not _BARE_OK.match(text)
    if stated.slot is Slot.OCCUPANCY and stated.value == "tenant" and _MAY_RENT.search(text):
        return False
    if stated.slot is Slot.PRICE_EXPECTATION and signals.has_objection(Objection.COMPETING_ESTIMATE):
        # "Zillow had it at 455" is somebody else's figure, until the lead says that it is theirs too.
        return bool(_OWN_PRICE.search(text))
    if stated.slot is Slot.PRICE_EXPECTATION and topic is Topic.PRICES:
        # "Is it worth 2 million?" asks for ours.
        return bool(_OWN_PRICE.search(text))
    return stated.slot is not Slot.APPOINTMENT or _is_a_wish(stated.value, text, topic)


def _answers_unsurely(stated: StatedSlot, conversation: Conversation) -> bool:
    of_state = stated.slot is Slot.CONDITION and conversation.asked is Question.CONDITION
    return of_state and stated.confidence < SURE_OF_A_STATE


def _is_a_wish(value: object, text: str, topic: Topic | None) -> bool:
    """Not "what happens now?", not a visit that has been, not the 500 of "up to 500" nor the 2 of "2 beds"."""
    if re.search(rf"\b{re.escape(str(value))} ?{_ROOMS}", text, re.I):
        return False
    if re.search(rf"(?:\$|\b(?:up to|under|below|max(?:imum)?|hasta|menos de)) ?{re.escape(str(value))}\b", text, re.I):
        return False
    if topic is Topic.PROCESS and str(value).casefold() in _IDLE_TIMES:
        return False
    return not is_past_visit(text)


def _stands(objection: Objection, signals: Signals, conversation: Conversation, text: str) -> bool:
    """Whether an objection is one: to have the money, or to say when, is an answer."""
    stated = {slot.slot: slot.value for slot in signals.slots}
    if objection is Objection.FINANCING:
        return stated.get(Slot.FINANCING) not in FUNDED
    if objection is Objection.THINKING:
        # Which of two wishes it is, nobody stalls on: the murmur has only not answered yet.
        murmurs = conversation.asked is Question.GOAL and _MURMUR.fullmatch(text) is not None
        return not murmurs and not stated.keys() - {Slot.NAME}
    if objection is not Objection.TIMING:
        return True
    days = stated.get(Slot.TIMELINE_DAYS)
    if isinstance(days, (int, float)):
        return days >= FAR_OFF and conversation.asked is not Question.TIMELINE
    tells_when = conversation.asked is Question.TIMELINE and hints_at(Question.TIMELINE, [text], Facts())
    return not tells_when or bool(_RELUCTANT.search(text))


def _home_is_at_stake(signals: Signals, conversation: Conversation) -> bool:
    told: Iterable[object] = (slot.value for slot in signals.slots if slot.slot is Slot.MOTIVATION)
    threatened = "foreclosure" in told or conversation.facts.value(Slot.MOTIVATION) == "foreclosure"
    wants = any(signals.has(intent) for intent in (Intent.BUY, Intent.INVEST, Intent.RENT, Intent.SELL))
    return threatened and conversation.owner is Owner.LEAD and not wants
