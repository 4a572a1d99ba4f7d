"""How far a buyer has come, kept as one `Stage-*` tag at a time; pure."""

from enum import StrEnum

from ghl_real_estate_ai.conversation.model import Contact, Facts, Slot, SlotValue
from ghl_real_estate_ai.crm.model import AddTag, Effect, RemoveTag


class Stage(StrEnum):
    """A step of a buyer's way; the value is the tag."""

    AWARENESS = "Stage-Awareness"
    CONSIDERATION = "Stage-Consideration"
    PRE_APPROVAL = "Stage-Pre-Approval"
    ACTIVE_SEARCH = "Stage-Active-Search"
    UNDER_CONTRACT = "Stage-Under-Contract"
    CLOSED = "Stage-Closed"


SET_BY_PEOPLE = frozenset({Stage.UNDER_CONTRACT, Stage.CLOSED})
"""What no bot can know, and no bot takes away."""
READY = frozenset({"cash", "preapproved"})
SOON = 90
"""Days within which somebody who has the money is searching in earnest."""
_PREFERENCES = (Slot.LOCATIONS, Slot.BEDROOMS, Slot.BATHROOMS)


def stage_of(facts: Facts) -> Stage:
    """The stage that *facts* show: money ready and soon, money under way, a wish with a budget, or none of it."""
    financing = facts.value(Slot.FINANCING)
    if financing in READY and (_is_soon(facts.value(Slot.TIMELINE_DAYS)) or Slot.APPOINTMENT in facts):
        return Stage.ACTIVE_SEARCH
    if financing is not None and Slot.BUDGET_MAX in facts:
        return Stage.PRE_APPROVAL
    has_preference = any(slot in facts for slot in _PREFERENCES)
    return Stage.CONSIDERATION if Slot.BUDGET_MAX in facts and has_preference else Stage.AWARENESS


def move_stage(contact: Contact, facts: Facts) -> tuple[Effect, ...]:
    """The tags that bring *contact* to the stage of *facts*: the earlier ones go, the new one comes, nothing twice."""
    present = {tag.casefold() for tag in contact.tags or ()}
    if contact.tags is None or any(stage.casefold() in present for stage in SET_BY_PEOPLE):
        return ()
    stage = stage_of(facts)
    gone = tuple(RemoveTag(other.value) for other in Stage if other is not stage and other.casefold() in present)
    return gone if stage.casefold() in present else (*gone, AddTag(stage.value))


def _is_soon(days: SlotValue | None) -> bool:
    return isinstance(days, (int, float)) and days <= SOON
