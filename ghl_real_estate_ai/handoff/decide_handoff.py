"""From what a message says and what happened before, decide whether the contact moves; pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ghl_real_estate_ai.conversation.model import Conversation, Direction, Handed, Message, Owner, Slot
from ghl_real_estate_ai.handoff.bot_health import BotHealth, Fitness
from ghl_real_estate_ai.handoff.model import (
    BASE_THRESHOLDS,
    CIRCULAR_WINDOW,
    EXPLICIT_CONFIDENCE,
    MOST_A_DAY,
    MOST_AN_HOUR,
    BlockReason,
    HandoffBlocked,
    HandoffDecision,
    Route,
)
from ghl_real_estate_ai.understanding.model import Found, Intent, Signals

Adjustments = Mapping[Route, float]
"""Route -> what was learned to add to its base threshold."""
Health = Mapping[Owner, BotHealth]
"""How the bots do now; one that is not named is fit."""
Outcome = HandoffDecision | HandoffBlocked | None

LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.5, 0.95
HUMAN_THRESHOLD = 0.7
VALUATION_AS_SELL = 0.85
"""A question after a home's worth is a weaker wish to sell than saying so."""
HISTORY_MESSAGES = 5
HISTORY_WEIGHT = 0.3
"""The most that earlier messages take from the doubt left by this one."""
HISTORY_DECAY = 0.8
"""What one message of distance leaves of an earlier confidence."""

_BUYS_FIRST = re.compile(
    r"\b(buy(ing)?|purchas(e|ing)|comprar)\b[^.!?]{0,30}\b(first|primero)\b"
    r"|\b(first|primero)\b[^.!?]{0,15}\b(buy|purchase|comprar)\b"
    r"|\b(buy|purchase|comprar)\b[^.!?]{0,40}\b(before|antes de)\b[^.!?]{0,20}\b(sell(ing)?|vender)\b",
    re.IGNORECASE,
)
_ONE_THEN_THE_OTHER = re.compile(
    r"\b(?:(?P<buys>buy(?:ing)?|purchas(?:e|ing)|comprar)|sell(?:ing)?|vender)\b[^.!?]{0,50}"
    r"\b(?:then|afterwards|luego|despu[eé]s(?! de))\b[^.!?]{0,25}"
    r"\b(?:buy(?:ing)?|purchase|comprar|sell(?:ing)?|vender)\b",
    re.IGNORECASE,
)
"""In "sell first and then buy" the first of the two is what comes first, wherever the word "first" stands."""


def _puts_buying_first(text: str) -> bool:
    in_order = _ONE_THEN_THE_OTHER.search(text)
    return bool(in_order["buys"]) if in_order else bool(_BUYS_FIRST.search(text))


def decide_handoff(
    *,
    conversation: Conversation,
    signals: Signals,
    at: datetime,
    text: str = "",
    adjustments: Adjustments | None = None,
    health: Health | None = None,
) -> Outcome:
    """Decide where *conversation* goes after a message with *signals*; None keeps the owner.

    *text* is the message itself, for the evidence and for the order of a double wish ("sell first, then buy").
    A request for a person is always granted; "call me at 8" is an appointment, which a person arranges anyway, unless
    the wish for a person is said in so many words.  Somebody who wants both goes to the seller bot, since the sale
    usually pays for the purchase, unless the words put buying first.  History strengthens what this message says,
    never moves anybody on its own, and is no plain word for a return.  A bot that *health* calls unfit gets nobody now.
    """
    current = conversation.owner
    if current.bot is None:
        return None
    evidence = _evidence(signals, text)
    person = signals.confidence(Intent.HUMAN)
    if asks_for_a_person(person, wishes_a_time=_wishes_a_time(signals)):
        return HandoffDecision(
            source=current,
            target=Owner.HUMAN,
            confidence=person,
            threshold=HUMAN_THRESHOLD,
            reason="The lead asks for a person",
            evidence=evidence,
        )
    buy, sell = intent_scores(signals)
    if buy and sell and min(buy, sell) >= LOWEST_THRESHOLD:
        buy, sell = (buy, 0.0) if _puts_buying_first(text) else (0.0, sell)
    history = _earlier_intents(conversation)
    return decide_by_scores(
        current,
        strengthened(buy, [intents.get(Intent.BUY.value, 0.0) for intents in history]),
        strengthened(sell, [intents.get(Intent.SELL.value, 0.0) for intents in history]),
        conversation.handoffs,
        at,
        adjustments,
        unaided=(buy, sell),
        evidence=evidence,
        health=health,
    )


def decide_by_scores(
    current: Owner,
    buy: float,
    sell: float,
    handoffs: Sequence[Handed],
    at: datetime,
    adjustments: Adjustments | None = None,
    *,
    unaided: tuple[float, float] | None = None,
    evidence: Mapping[str, str] | None = None,
    health: Health | None = None,
) -> Outcome:
    """Decide from two confidences alone: the higher one names the bot, a tie keeps the owner, then the limits bind.

    *unaided* are the two of the message alone, where history strengthened them: only those can ask for a return.
    A move that nothing else forbids is put off while the bot it leads to is unfit.
    """
    target = _target(buy, sell)
    if target is None or target is current or (current, target) not in BASE_THRESHOLDS:
        return None
    score, adjustment = max(buy, sell), (adjustments or {}).get((current, target), 0.0)
    threshold = threshold_of(current, target, adjustment)
    if score < threshold:
        return None
    buy_said, sell_said = unaided or (buy, sell)
    said = buy_said if target is Owner.BUYER else sell_said
    blocked = block_reason(current, target, said, handoffs, at)
    if blocked is None and is_unfit(target, health):
        blocked = BlockReason.PERFORMANCE
    if blocked is not None:
        return HandoffBlocked(
            source=current,
            target=target,
            confidence=score,
            reason=blocked,
            threshold=threshold,
            adjustment=adjustment,
            evidence=evidence or {},
        )
    return HandoffDecision(
        source=current,
        target=target,
        confidence=score,
        threshold=threshold,
        adjustment=adjustment,
        reason=f"{target.value}_intent_detected",
        evidence=evidence or {},
        unaided=said,
    )


def threshold_of(source: Owner, target: Owner, adjustment: float) -> float:
    """The confidence that the route takes with what was learned, kept between .5 and .95."""
    return min(max(BASE_THRESHOLDS[source, target] + adjustment, LOWEST_THRESHOLD), HIGHEST_THRESHOLD)


def asks_for_a_person(confidence: float, *, wishes_a_time: bool) -> bool:
    """Whether a wish for a person of this *confidence* is one: "call me at 8" is an appointment unless said plainly."""
    return confidence >= (EXPLICIT_CONFIDENCE if wishes_a_time else HUMAN_THRESHOLD)


def is_unfit(target: Owner, health: Health | None) -> bool:
    """Whether the bot is known to do so badly that nobody new is handed to it."""
    known = (health or {}).get(target)
    return known is not None and known.fitness is Fitness.UNFIT


def strengthened(now: float, newest_first: Sequence[float]) -> float:
    """What this message says, and what the lead said before takes of the doubt left; silence now stays silence.

    Of the earlier confidences, newest first, the one counts that weighs most with its distance.
    """
    if now <= 0.0:
        return 0.0
    history = max((score * HISTORY_DECAY**distance for distance, score in enumerate(newest_first)), default=0.0)
    return min(1.0, 1.0 - (1.0 - now) * (1.0 - HISTORY_WEIGHT * history))


def block_reason(
    source: Owner, target: Owner, said: float, handoffs: Sequence[Handed], at: datetime
) -> BlockReason | None:
    """The limit that forbids this bot-to-bot route at *at*, or None; routes to or from a person have no limits.

    *said* is how sure the message alone is, whatever earlier ones add to it.
    """
    if source.bot is None or target.bot is None:
        return None
    between_bots = [past for past in handoffs if past.source.bot and past.target.bot and past.at <= at]
    recent = [past for past in between_bots if at - past.at < CIRCULAR_WINDOW]
    if any((past.source, past.target) == (source, target) for past in recent):
        return BlockReason.SAME_PAIR
    owned_lately = any(target in (past.source, past.target) for past in recent)
    if owned_lately and said < EXPLICIT_CONFIDENCE:
        return BlockReason.RETURN
    if sum(at - past.at < timedelta(hours=1) for past in between_bots) >= MOST_AN_HOUR:
        return BlockReason.HOUR_LIMIT
    if sum(at - past.at < timedelta(hours=24) for past in between_bots) >= MOST_A_DAY:
        return BlockReason.DAY_LIMIT
    return None


def intent_scores(signals: Signals) -> tuple[float, float]:
    """How sure this message alone is of (buying, selling); renting is neither, asking a home's worth is most of one."""
    buy = signals.confidence(Intent.BUY)
    if buy:
        buy = max(buy, signals.confidence(Intent.INVEST))
    sell = max(signals.confidence(Intent.SELL), VALUATION_AS_SELL * signals.confidence(Intent.VALUATION))
    return buy, sell


def _wishes_a_time(signals: Signals) -> bool:
    return any(stated.slot is Slot.APPOINTMENT for stated in signals.slots)


def _target(buy: float, sell: float) -> Owner | None:
    if buy == sell:
        return None
    return Owner.BUYER if buy > sell else Owner.SELLER


def _earlier_intents(conversation: Conversation) -> list[Mapping[str, float]]:
    """What the lead's last messages wanted, newest first; what a bot or a person of the team wrote never counts."""
    from_lead = [message.intents for message in conversation.messages if _is_from_lead(message)]
    return from_lead[-HISTORY_MESSAGES:][::-1]


def _is_from_lead(message: Message) -> bool:
    return message.direction is Direction.INBOUND and message.author == "lead"


def _evidence(signals: Signals, text: str) -> dict[str, str]:
    wanted = (Intent.BUY, Intent.SELL, Intent.INVEST, Intent.VALUATION, Intent.HUMAN)
    return {found.label.value: _words(found, text) for found in signals.intents if found.label in wanted}


def _words(found: Found[Intent], text: str) -> str:
    return text[found.span.start : found.span.end]
