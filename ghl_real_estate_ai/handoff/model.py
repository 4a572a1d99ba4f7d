"""Whether a contact moves to another bot or to a person: routes, thresholds, limits; pure.

Routes and base thresholds: lead->buyer .7, lead->seller .7, buyer->seller .8, seller->buyer .6; any->human always;
human->the previous owner on release.  Limits bind bot-to-bot routes only: the same pair within 30 minutes, a return
to a bot that owned in the last 30 minutes (unless the message alone asks for it in so many words, >= .9), 3 an hour,
10 a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.crm.model import Effect

Route = tuple[Owner, Owner]
"""From whom to whom."""

BASE_THRESHOLDS: Mapping[Route, float] = {
    (Owner.LEAD, Owner.BUYER): 0.7,
    (Owner.LEAD, Owner.SELLER): 0.7,
    (Owner.BUYER, Owner.SELLER): 0.8,
    (Owner.SELLER, Owner.BUYER): 0.6,
}
CIRCULAR_WINDOW = timedelta(minutes=30)
EXPLICIT_CONFIDENCE = 0.9
MOST_AN_HOUR = 3
MOST_A_DAY = 10


def handoff_tag(source: Owner, target: Owner) -> str:
    """The tag of a contact that went this way, such as Handoff-Lead-to-Buyer."""
    return f"Handoff-{source.value.title()}-to-{target.value.title()}"


class BlockReason(StrEnum):
    """Why a handoff that the words asked for did not happen."""

    SAME_PAIR = "same_pair"
    RETURN = "return"
    HOUR_LIMIT = "hour_limit"
    DAY_LIMIT = "day_limit"
    PERFORMANCE = "performance"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffDecision:
    """Move the contact from *source* to *target*, and why."""

    source: Owner
    target: Owner
    confidence: float
    threshold: float
    adjustment: float = 0.0
    reason: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """Intent -> the lead's words that carried it."""
    unaided: float | None = None
    """The confidence of the message alone; None where earlier ones have added nothing to it."""

    @property
    def said(self) -> float:
        """How sure the message alone is: what asks for a return in so many words, or does not."""
        return self.confidence if self.unaided is None else self.unaided


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffBlocked:
    """The words asked for a handoff and a limit forbade it."""

    source: Owner
    target: Owner
    confidence: float
    reason: BlockReason
    threshold: float = 0.0
    adjustment: float = 0.0
    evidence: Mapping[str, str] = field(default_factory=dict)
    """Intent -> the lead's words that asked for it."""


@dataclass(frozen=True, slots=True)
class HandoffResult:
    """What came of executing a decision; `actions` are for the CRM, in order, and empty when nothing was executed."""

    executed: bool
    reason: str
    actions: list[Effect] = field(default_factory=list)
