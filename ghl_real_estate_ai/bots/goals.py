"""Which threads are open with a lead, of `buy` and `sell`, and what a bare answer to that question means; pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ghl_real_estate_ai.conversation.model import Conversation, Owner, Question, Slot
from ghl_real_estate_ai.handoff.decide_handoff import block_reason, intent_scores
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, BlockReason, HandoffDecision
from ghl_real_estate_ai.understanding.change_of_mind import given_up
from ghl_real_estate_ai.understanding.model import Found, Intent, Signals, Span

BUY, SELL = "buy", "sell"
GOAL_OF: Mapping[Owner, str] = {Owner.BUYER: BUY, Owner.SELLER: SELL}
OTHER: Mapping[Owner, Owner] = {Owner.BUYER: Owner.SELLER, Owner.SELLER: Owner.BUYER}
SECOND_GOAL = "second_goal_due"
SECOND_GOAL_CONFIDENCE = 0.85
"""The lead said so earlier: enough for the route, not enough for a return that has to be asked for in so many words."""
OWNER_OF: Mapping[str, Owner] = {goal: owner for owner, goal in GOAL_OF.items()}
TOLD_GOAL = "told_before"
TOLD_CONFIDENCE = 0.85
"""A form, or the lead before an opt-out, said so."""
CLEAR = 0.5
"""From this confidence on a wish is remembered as a goal."""
BARE_ANSWER = 0.9
IMPLIED = 0.75
"""What only a buyer, or only a seller, tells a bot that asks whether to buy or sell."""
OF_BUYERS = frozenset({Slot.BUDGET_MAX, Slot.FINANCING})
OF_SELLERS = frozenset({Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE, Slot.CONDITION, Slot.OCCUPANCY})

_YES = r"^\W*(?:(?:yes|yeah|yep|yea|ok|okay|well|just|s[ií]|claro)\b\W*)?"
_BUY_WORDS = re.compile(
    rf"{_YES}(?:to |just |i'?m |looking to )*(?:buy|buying|buyer|purchase|comprar|compra|comprador)\W*$", re.I
)
_SELL_WORDS = re.compile(
    rf"{_YES}(?:to |just |i'?m |looking to )*(?:sell|selling|seller|vender|venta|vendedor)\W*$", re.I
)
_I_AM = r"\b(?:i'?m|we'?re|i am|we are|i'?d|we'?d|i want to|we want to|i need to|we need to|yes|yeah|yep)\s+"
_MAYBE = r"(?:(?:thinking (?:of|about)|planning (?:on|to)|looking to|trying to|going to|gonna|probably|maybe) )*"
_FIRST_PERSON: Mapping[Intent, re.Pattern[str]] = {
    Intent.BUY: re.compile(rf"{_I_AM}{_MAYBE}(?:buy(?:ing)?|purchas(?:e|ing))\b", re.I),
    Intent.SELL: re.compile(rf"{_I_AM}{_MAYBE}sell(?:ing)?\b", re.I),
}
_SAID_NOW: Mapping[Intent, re.Pattern[str]] = {
    Intent.BUY: re.compile(
        r"\b(?:(?:i|we) (?:really |just |actually )*(?:want|wanna|need|would like) (?:to )?|let'?s (?:just )?)buy\b"
        r"|(?<!\bno )\b(?:(?:quiero|queremos|necesito|necesitamos)(?: es)?|mejor) compr\w+",
        re.I,
    ),
    Intent.SELL: re.compile(
        r"\b(?:(?:i|we) (?:really |just |actually )*(?:want|wanna|need|would like) (?:to )?|let'?s (?:just )?)sell\b"
        r"|(?<!\bno )\b(?:(?:quiero|queremos|necesito|necesitamos)(?: es)?|mejor) vend\w+",
        re.I,
    ),
}
_LISTED_BEFORE = re.compile(
    r"\b(?:my|our) (?:listing|house|home|place|condo)\b.{0,20}\b(?:expired|did ?n.?t sell|never sold)\b"
    r"|\bse (?:me|nos) vencio (?:el|la) (?:listado|anuncio|contrato)\b",
    re.I,
)
_BOTH_WORDS = re.compile(r"^\W*(?:both|both really|a bit of both|(?:las|los) dos(?: cosas)?|ambas?|ambos)\b", re.I)


def with_answered_goal(signals: Signals, conversation: Conversation, text: str) -> Signals:
    """Read a bare "selling", "both" or a budget as the answer when the lead bot has just asked what is wanted.

    A yes to "shall we go on with the purchase" asks for it in so many words, as does a no to stay.
    """
    if conversation.asked is Question.SECOND_GOAL:
        return _with_second_goal(signals, conversation, text)
    said = _said_now(conversation.owner, text)
    if said is not None and _speaks_for_nothing_else(said, signals):
        return replace(signals, intents=(*signals.intents, Found(said, BARE_ANSWER, Span(0, len(text)))))
    if conversation.owner is not Owner.LEAD or conversation.asked is not Question.GOAL:
        return signals
    if signals.has(Intent.RENT):
        return signals
    if any(intent_scores(signals)):
        return _surer(signals)
    found = _answered(signals, conversation, text)
    if not found:
        return signals
    span = Span(0, len(text))
    return replace(signals, intents=(*signals.intents, *(Found(label, score, span) for label, score in found)))


def second_goal(conversation: Conversation, at: datetime) -> HandoffDecision | BlockReason | None:
    """The way to the other wish of a lead who has two, now that the owning bot has asked everything.

    A limit that forbids the way is the answer instead; None when there is no other wish left.
    """
    source = conversation.owner
    target = OTHER.get(source)
    if target is None or GOAL_OF[target] not in conversation.goals or target.bot in conversation.completed:
        return None
    blocked = block_reason(source, target, SECOND_GOAL_CONFIDENCE, conversation.handoffs, at)
    if blocked is not None:
        return blocked
    return HandoffDecision(
        source=source,
        target=target,
        confidence=SECOND_GOAL_CONFIDENCE,
        threshold=BASE_THRESHOLDS[source, target],
        reason=SECOND_GOAL,
    )


def told_goal(conversation: Conversation, signals: Signals, at: datetime) -> HandoffDecision | BlockReason | None:
    """The way to the bot of what a form, or the lead before an opt-out, told; None when nothing did, or no more holds.

    Whoever speaks of something else is asked, whatever the form says.
    """
    target = OWNER_OF.get(conversation.told_goal or "")
    if conversation.owner is not Owner.LEAD or target is None or signals.has(Intent.RENT):
        return None
    buy, sell = intent_scores(signals)
    if (sell if target is Owner.BUYER else buy) >= CLEAR:
        return None
    blocked = block_reason(conversation.owner, target, TOLD_CONFIDENCE, conversation.handoffs, at)
    if blocked is not None:
        return blocked
    return HandoffDecision(
        source=conversation.owner,
        target=target,
        confidence=TOLD_CONFIDENCE,
        threshold=BASE_THRESHOLDS[conversation.owner, target],
        reason=TOLD_GOAL,
    )


def may_be_asked_for(conversation: Conversation, at: datetime) -> bool:
    """Whether a yes of the lead would lift what keeps the contact from the other bot."""
    target = OTHER[conversation.owner]
    return block_reason(conversation.owner, target, BARE_ANSWER, conversation.handoffs, at) is None


def goals_after(goals: tuple[str, ...], signals: Signals, text: str, target: Owner) -> tuple[str, ...]:
    """The open threads after this message, that of the owner *target* first."""
    buy, sell = intent_scores(signals)
    wanted = [goal for goal, score in ((BUY, buy), (SELL, sell)) if score >= CLEAR]
    ended = {SELL} if stopped_selling(text) else set()
    ended |= {BUY} if stopped_buying(text) else set()
    own = GOAL_OF.get(target)
    ordered = dict.fromkeys((*([own] if own else []), *goals, *wanted))
    return tuple(goal for goal in ordered if goal == own or goal not in ended)


def stopped_selling(text: str) -> bool:
    return Intent.SELL in given_up(text)


def stopped_buying(text: str) -> bool:
    return Intent.BUY in given_up(text)


def _surer(signals: Signals) -> Signals:
    """Whoever is asked whether to buy or to sell, and speaks of the one, has most likely answered."""
    buy, sell = intent_scores(signals)
    if (buy >= CLEAR) == (sell >= CLEAR):
        return signals
    wish, score = (Intent.BUY, buy) if buy > sell else (Intent.SELL, sell)
    if score >= IMPLIED:
        return signals
    span = max(signals.intents, key=lambda found: found.label is wish).span
    return replace(signals, intents=(*signals.intents, Found(wish, IMPLIED, span)))


def _with_second_goal(signals: Signals, conversation: Conversation, text: str) -> Signals:
    target = OTHER.get(conversation.owner)
    if target is None or any(intent_scores(signals)) or not signals.has(Intent.AFFIRM):
        return signals
    wish = Intent.BUY if target is Owner.BUYER else Intent.SELL
    return replace(signals, intents=(*signals.intents, Found(wish, BARE_ANSWER, Span(0, len(text)))))


def _answered(signals: Signals, conversation: Conversation, text: str) -> list[tuple[Intent, float]]:
    if _BOTH_WORDS.search(text):
        return [(Intent.BUY, BARE_ANSWER), (Intent.SELL, BARE_ANSWER)]
    if len(conversation.goals) == 1 and signals.has(Intent.AFFIRM):
        # We asked whether it is this one.
        return [(Intent.BUY if conversation.goals[0] == BUY else Intent.SELL, BARE_ANSWER)]
    if _BUY_WORDS.search(text):
        return [(Intent.BUY, BARE_ANSWER)]
    if _SELL_WORDS.search(text):
        return [(Intent.SELL, BARE_ANSWER)]
    stated = {slot.slot for slot in signals.slots}
    if spoken := _spoken_of(text):
        return [(spoken, IMPLIED)]
    if stated & OF_BUYERS:
        return [(Intent.BUY, IMPLIED)]
    sells = stated & OF_SELLERS or (Slot.ADDRESS in stated and _asked_for_a_value(conversation))
    return [(Intent.SELL, IMPLIED)] if sells else []


def _said_now(owner: Owner, text: str) -> Intent | None:
    """The other wish than the owning bot's, said in so many words and not given up in the same breath.

    Whose listing has expired wants to sell.
    """
    if owner.bot is None or "?" in text:
        return None
    if owner is Owner.LEAD:
        return Intent.SELL if _LISTED_BEFORE.search(text) else None
    other = Intent.BUY if owner is Owner.SELLER else Intent.SELL
    return other if _SAID_NOW[other].search(text) and other not in given_up(text) else None


def _speaks_for_nothing_else(wish: Intent, signals: Signals) -> bool:
    buy, sell = intent_scores(signals)
    return not (sell if wish is Intent.BUY else buy)


def _spoken_of(text: str) -> Intent | None:
    """The one of the two wishes that an answer speaks of in the first person, without a no before it."""
    said = {wish for wish, pattern in _FIRST_PERSON.items() if pattern.search(text)}
    return said.pop() if len(said) == 1 else None


def _asked_for_a_value(conversation: Conversation) -> bool:
    """Whether the lead spoke of a home's worth, or of selling, so that an address is that of their own."""
    return any(
        message.intents.get(intent.value, 0.0) >= CLEAR
        for message in conversation.messages
        for intent in (Intent.VALUATION, Intent.SELL)
    )
