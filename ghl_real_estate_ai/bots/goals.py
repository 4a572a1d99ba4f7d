"""Which threads are open with a lead, of `buy` and `sell`, and what a bare answer to that question means; pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ghl_real_estate_ai.conversation.model import Conversation, Owner, Question, Slot
from ghl_real_estate_ai.handoff.decide_handoff import block_reason, intent_scores
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, BlockReason, HandoffDecision
from ghl_real_estate_ai.understanding.model import Found, Intent, Signals, Span

BUY, SELL = "buy", "sell"
GOAL_OF: Mapping[Owner, str] = {Owner.BUYER: BUY, Owner.SELLER: SELL}
OTHER: Mapping[Owner, Owner] = {Owner.BUYER: Owner.SELLER, Owner.SELLER: Owner.BUYER}
SECOND_GOAL = "second_goal_due"
SECOND_GOAL_CONFIDENCE = 0.85
"""The lead said so earlier: enough for the route, not enough for a return that has to be asked for in so many words."""
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
_BOTH_WORDS = re.compile(r"^\W*(?:both|both really|a bit of both|(?:las|los) dos(?: cosas)?|ambas?|ambos)\b", re.I)
_STOPPED = (
    r"\b(?:not|no longer|aren'?t|isn'?t|won'?t(?: be)?|ya no(?: \w+)?|no (?:voy|vamos) a)\s+(?:going to |looking to )?"
)
_STOPPED_SELLING = re.compile(rf"{_STOPPED}(?:sell(?:ing)?|vender|vendo|vendemos)\b", re.I)
_STOPPED_BUYING = re.compile(rf"{_STOPPED}(?:buy(?:ing)?|comprar|compro|compramos)\b", re.I)


def with_answered_goal(signals: Signals, conversation: Conversation, text: str) -> Signals:
    """Read a bare "selling", "both" or a budget as the answer when the lead bot has just asked what is wanted.

    A yes to "shall we go on with the purchase" asks for it in so many words, as does a no to stay.
    """
    if conversation.asked is Question.SECOND_GOAL:
        return _with_second_goal(signals, conversation, text)
    if conversation.owner is not Owner.LEAD or conversation.asked is not Question.GOAL:
        return signals
    if signals.has(Intent.RENT) or any(intent_scores(signals)):
        return signals
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
    return bool(_STOPPED_SELLING.search(text))


def stopped_buying(text: str) -> bool:
    return bool(_STOPPED_BUYING.search(text))


def _with_second_goal(signals: Signals, conversation: Conversation, text: str) -> Signals:
    target = OTHER.get(conversation.owner)
    if target is None or any(intent_scores(signals)) or not signals.has(Intent.AFFIRM):
        return signals
    wish = Intent.BUY if target is Owner.BUYER else Intent.SELL
    return replace(signals, intents=(*signals.intents, Found(wish, BARE_ANSWER, Span(0, len(text)))))


def _answered(signals: Signals, conversation: Conversation, text: str) -> list[tuple[Intent, float]]:
    if _BOTH_WORDS.search(text):
        return [(Intent.BUY, BARE_ANSWER), (Intent.SELL, BARE_ANSWER)]
    if _BUY_WORDS.search(text):
        return [(Intent.BUY, BARE_ANSWER)]
    if _SELL_WORDS.search(text):
        return [(Intent.SELL, BARE_ANSWER)]
    stated = {slot.slot for slot in signals.slots}
    if stated & OF_BUYERS:
        return [(Intent.BUY, IMPLIED)]
    sells = stated & OF_SELLERS or (Slot.ADDRESS in stated and _asked_for_a_value(conversation))
    return [(Intent.SELL, IMPLIED)] if sells else []


def _asked_for_a_value(conversation: Conversation) -> bool:
    """Whether the lead asked what a home is worth, so that an address is that of their own."""
    return any(message.intents.get(Intent.VALUATION, 0.0) >= CLEAR for message in conversation.messages)
