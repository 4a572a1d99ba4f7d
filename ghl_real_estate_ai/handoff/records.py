"""A handoff as the rows that are kept of it; pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.handoff.model import HandoffDecision
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.telemetry.model import OUTCOMES, HandoffEventRecord, HandoffOutcomeRecord, check_name

RESOLVED = tuple(outcome for outcome in OUTCOMES if outcome != "pending")


def details_of(decision: HandoffDecision) -> dict[str, Any]:
    """Why a handoff was decided, in figures of three places."""
    return {
        "confidence": round(decision.confidence, 3),
        "threshold": round(decision.threshold, 3),
        "adjustment": round(decision.adjustment, 3),
        "reason": decision.reason,
    }


def pending_record(
    *,
    contact_id: str,
    location_id: str,
    source: Owner,
    target: Owner,
    at: datetime,
    event_id: UUID,
    metadata: Mapping[str, Any] | None = None,
) -> HandoffOutcomeRecord:
    """A handoff of which nobody knows yet how it went."""
    return HandoffOutcomeRecord(
        contact_id=contact_id,
        source_bot=source.value,
        target_bot=target.value,
        outcome="pending",
        timestamp=at,
        location_id=location_id,
        metadata=metadata,
        event_id=event_id,
    )


def handed_record(
    decision: HandoffDecision, contact_id: str, location_id: str, *, at: datetime, event_id: UUID
) -> HandoffOutcomeRecord:
    """The same of a handoff that *decision* led to, with why."""
    return pending_record(
        contact_id=contact_id,
        location_id=location_id,
        source=decision.source,
        target=decision.target,
        at=at,
        event_id=event_id,
        metadata=details_of(decision),
    )


def event_record(
    pending: HandoffOutcomeRecord,
    *,
    duration_ms: float,
    metadata: Mapping[str, Any] | None = None,
    success: bool = True,
) -> HandoffEventRecord:
    """That the handoff happened, or was decided and could not be carried out, and how long it took.

    *metadata* stands in place of the outcome's, where it tells more.
    """
    return HandoffEventRecord(
        source_bot=pending.source_bot,
        target_bot=pending.target_bot,
        success=success,
        duration_ms=duration_ms,
        timestamp=pending.timestamp,
        location_id=pending.location_id,
        metadata=pending.metadata if metadata is None else metadata,
        contact_id=pending.contact_id,
    )


def told_record(
    contact_id: str,
    location_id: str,
    source_bot: str,
    target_bot: str,
    outcome: str,
    *,
    at: datetime,
    metadata: Mapping[str, Any] | None = None,
) -> HandoffOutcomeRecord:
    """How a handoff went, from somebody who does not say which one it was.

    Raises:
        UnknownNameError: a bot is none, or *outcome* is no end of a handoff (a ValueError).
    """
    check_name(outcome, RESOLVED, "outcome")
    return HandoffOutcomeRecord(
        contact_id=contact_id,
        source_bot=source_bot,
        target_bot=target_bot,
        outcome=outcome,
        timestamp=at,
        resolved_at=at,
        location_id=location_id,
        metadata=metadata,
    )


def resolved_record(resolved: Resolved) -> HandoffOutcomeRecord:
    """A handoff with how it went."""
    handoff, resolution = resolved.handoff, resolved.resolution
    return HandoffOutcomeRecord(
        contact_id=handoff.contact_id,
        source_bot=handoff.source.value,
        target_bot=handoff.target.value,
        outcome=resolution.outcome.value,
        timestamp=handoff.at,
        resolved_at=resolution.at,
        location_id=handoff.location_id,
        event_id=handoff.event_id,
    )
