"""What the CRM is told of a handoff's outcome: one tag a route, and the fields of the latest; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ghl_real_estate_ai.crm.model import AddTag, Effect, RemoveTag, SetField
from ghl_real_estate_ai.handoff.model import handoff_tag
from ghl_real_estate_ai.handoff.resolve_outcome import HandoffOutcome, PendingHandoff, Resolution

DELIVERS = "delivers"
"""In a handoff's details: whether its turn reached the CRM; one of `/api/chat` does not, nor does its outcome."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A handoff and how it went."""

    handoff: PendingHandoff
    resolution: Resolution


def outcome_tag(handoff: PendingHandoff, outcome: HandoffOutcome) -> str:
    """The tag that tells how the latest handoff of a route went, such as Handoff-Lead-to-Buyer-Successful."""
    return f"{handoff_tag(handoff.source, handoff.target)}-{outcome.value.title()}"


def outcome_effects(resolved: Resolved, tags: Iterable[str] | None) -> tuple[Effect, ...]:
    """Tag the outcome, take off what an earlier handoff of the route left, and set the fields.

    *tags* are the contact's, in any case; None while they are unknown, when all that could be there is taken off.
    A handoff that the CRM was never told of has no outcome for it either.
    """
    handoff, resolution = resolved.handoff, resolved.resolution
    if not handoff.details.get(DELIVERS):
        return ()
    present = None if tags is None else {tag.casefold() for tag in tags}
    others = [outcome_tag(handoff, other) for other in HandoffOutcome if other is not resolution.outcome]
    gone = tuple(RemoveTag(tag) for tag in others if present is None or tag.casefold() in present)
    confidence = handoff.details.get("confidence")
    fields = {
        "handoff_source": handoff.source.value,
        "handoff_target": handoff.target.value,
        "handoff_outcome": resolution.outcome.value,
        "handoff_confidence": "" if confidence is None else f"{float(confidence):.2f}",
        "handoff_timestamp": handoff.at.isoformat(timespec="seconds"),
    }
    return (
        *gone,
        AddTag(outcome_tag(handoff, resolution.outcome)),
        *(SetField(key, value) for key, value in fields.items() if value),
    )
