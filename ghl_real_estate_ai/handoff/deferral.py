"""Handoffs that were put off because the bot they lead to does badly, and which of them go now; pure.

When the bot does well again all of them go.  Until then one contact at a time is let through to try it: the first
five minutes after the oldest was put off, the next ones after pauses that double up to half an hour.  So nobody waits
for a bot that recovered, and nobody is left with the wrong bot for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.conversation.model import ContactId, Conversation, LocationId, Owner
from ghl_real_estate_ai.handoff.bot_health import BotHealth
from ghl_real_estate_ai.handoff.decide_handoff import block_reason, is_unfit
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=30)
PROBES_COUNTED = timedelta(hours=1)
"""How far back tries count: as far as the figures that a bot is judged by."""
REASON = "deferred_until_fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A handoff that waits for its bot."""

    event_id: UUID
    location_id: LocationId
    contact_id: ContactId
    source: Owner
    target: Owner
    confidence: float
    threshold: float
    adjustment: float
    evidence: Mapping[str, str]
    epoch: int
    """Of the conversation when it was put off; it grows when the owner changes."""
    at: datetime
    delivers: bool
    """Whether the contact is one of the CRM's, or was only chatted with here."""


def deferral_tag(target: Owner) -> str:
    """The tag of a contact that waits for a bot, such as Handoff-Deferred-Buyer-Performance."""
    return f"Handoff-Deferred-{target.value.title()}-Performance"


def deferral_of(
    blocked: HandoffBlocked, conversation: Conversation, at: datetime, *, event_id: UUID, delivers: bool
) -> Deferral:
    """What is kept of a handoff that *blocked* puts off, in *conversation* as it is after the turn."""
    return Deferral(
        event_id=event_id,
        location_id=conversation.contact.location_id,
        contact_id=conversation.contact.contact_id,
        source=blocked.source,
        target=blocked.target,
        confidence=blocked.confidence,
        threshold=blocked.threshold,
        adjustment=blocked.adjustment,
        evidence=blocked.evidence,
        epoch=conversation.epoch,
        at=at,
        delivers=delivers,
    )


def deferral_from(row: Mapping[str, Any]) -> Deferral:
    """The deferral that a row keeps."""
    return Deferral(
        event_id=row["event_id"],
        location_id=LocationId(row["location_id"]),
        contact_id=ContactId(row["contact_id"]),
        source=Owner(row["source_bot"]),
        target=Owner(row["target_bot"]),
        confidence=row["confidence"],
        threshold=row["threshold"],
        adjustment=row["adjustment"],
        evidence=row["evidence"],
        epoch=row["epoch"],
        at=row["deferred_at"],
        delivers=row["delivers"],
    )


def who_goes(
    waiting: Sequence[Deferral],
    health: Mapping[Owner, BotHealth],
    tried_at: Mapping[Owner, Sequence[datetime]],
    now: datetime,
) -> list[Deferral]:
    """Those of *waiting* (oldest first) that are carried out now.

    *tried_at* is when contacts were let through to each bot within the last hour.
    """
    going: list[Deferral] = []
    probed: set[Owner] = set()
    for deferral in waiting:
        target = deferral.target
        if not is_unfit(target, health):
            going.append(deferral)
        elif target not in probed:
            # The first of each bot is the oldest: if its time has not come, nobody's has.
            probed.add(target)
            if now >= _next_try(deferral.at, tried_at.get(target, ()), now):
                going.append(deferral)
    return going


def why_not(deferral: Deferral, conversation: Conversation) -> str | None:
    """What has happened to the contact meanwhile so that the handoff is no longer right, or None."""
    if conversation.opted_out:
        return "opted_out"
    if conversation.owner is Owner.HUMAN:
        return "a_person_answers"
    if conversation.owner is not deferral.source or conversation.epoch != deferral.epoch:
        return "moved_meanwhile"
    return None


def decision_of(deferral: Deferral, conversation: Conversation, now: datetime) -> HandoffDecision | None:
    """The handoff to carry out now; None while one of the limits of the contact forbids it."""
    # It was no return that lacked plain words when it was put off, and no bot has had the contact since (`why_not`), so
    # the confidence with what history added to it serves as well as that of the message.
    if block_reason(deferral.source, deferral.target, deferral.confidence, conversation.handoffs, now) is not None:
        return None
    return HandoffDecision(
        source=deferral.source,
        target=deferral.target,
        confidence=deferral.confidence,
        threshold=deferral.threshold,
        adjustment=deferral.adjustment,
        reason=REASON,
        evidence=deferral.evidence,
    )


def _next_try(began: datetime, tried_at: Sequence[datetime], now: datetime) -> datetime:
    recent = [at for at in tried_at if now - at < PROBES_COUNTED]
    if not recent:
        return began + FIRST_PAUSE
    return max(recent) + min(FIRST_PAUSE * (1 << len(recent)), LONGEST_PAUSE)
