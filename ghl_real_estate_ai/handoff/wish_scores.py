"""How sure a caller outside a turn is of a lead's two wishes, from confidences and plain messages; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ghl_real_estate_ai.conversation.model import Bot, Owner
from ghl_real_estate_ai.handoff.decide_handoff import HISTORY_MESSAGES, intent_scores, strengthened
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.understand import understand

LEAD_ROLES = frozenset({"user", "lead"})


def told_scores(signals: Mapping[str, float]) -> tuple[float, float]:
    """(buying, selling) in 0..1, told as `buyer_intent_score` and `seller_intent_score` (or `buy` and `sell`)."""
    return _score(signals, "buyer_intent_score", "buy"), _score(signals, "seller_intent_score", "sell")


def wish_scores(owner: Owner, told: tuple[float, float], history: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """What was *told*, strengthened by what the lead wrote before: `{"role", "content"}`, oldest first."""
    (buy, sell), earlier = told, _earlier_scores(history, owner)
    return strengthened(buy, [past for past, _ in earlier]), strengthened(sell, [past for _, past in earlier])


def _score(signals: Mapping[str, float], *keys: str) -> float:
    scores = [float(signals[key]) for key in keys if signals.get(key) is not None]
    return min(max(max(scores, default=0.0), 0.0), 1.0)


def _earlier_scores(history: Sequence[Mapping[str, Any]], owner: Owner) -> list[tuple[float, float]]:
    """(buying, selling) of what the lead wrote among the last messages, newest first."""
    context = MessageContext(bot=owner.bot or Bot.LEAD)
    texts = [_text(entry) for entry in history if str(entry.get("role", "")).lower() in LEAD_ROLES]
    return [intent_scores(understand(text, context)) for text in reversed(texts[-HISTORY_MESSAGES:])]


def _text(entry: Mapping[str, Any]) -> str:
    return str(entry.get("content") or entry.get("text") or entry.get("message") or "")
