"""May a decided handoff be carried out, and what is the CRM told of it; pure."""

from collections.abc import Sequence
from datetime import datetime

from ghl_real_estate_ai.conversation.model import OWNER_TAGS, Handed, Owner
from ghl_real_estate_ai.crm.model import AddTag, Effect, RemoveTag
from ghl_real_estate_ai.handoff.decide_handoff import block_reason
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, BlockReason, HandoffDecision, handoff_tag
from ghl_real_estate_ai.handoff.ports import Past


def has_route(decision: HandoffDecision) -> bool:
    """Somebody can go this way: to and from a person always, between bots where the route has a threshold."""
    source, target = decision.source, decision.target
    if source is target or Owner.NONE in (source, target):
        return False
    between_bots = bool(source.bot and target.bot)
    return not between_bots or (source, target) in BASE_THRESHOLDS


def limit_on(decision: HandoffDecision, past: Sequence[Handed], at: datetime) -> BlockReason | None:
    """The limit that the contact's handoffs until now set on one more."""
    return block_reason(decision.source, decision.target, decision.said, past, at)


def limit_over_rows(decision: HandoffDecision, rows: Sequence[Past], *, at: datetime) -> str | None:
    """The same over the handoffs of all processes, as the repository gives them and wants it answered."""
    past = [Handed(source=Owner(source), target=Owner(target), at=then) for source, target, then in rows]
    # The others' clocks may be a little ahead of ours.
    reason = limit_on(decision, past, max([at, *(one.at for one in past)]))
    return None if reason is None else reason.value


def actions_of(decision: HandoffDecision) -> list[Effect]:
    """What changes in the CRM, in order: the source's tag goes, the target's comes, and one tells the way."""
    actions: list[Effect] = []
    if decision.source in OWNER_TAGS:
        actions.append(RemoveTag(OWNER_TAGS[decision.source]))
    if decision.target in OWNER_TAGS:
        actions.append(AddTag(OWNER_TAGS[decision.target]))
    actions.append(AddTag(handoff_tag(decision.source, decision.target)))
    return actions
