"""What a person changed among a contact's tags: HighLevel tells all tags and no change, and shows us our own as well.

Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ghl_real_estate_ai.bots.effects import with_tags
from ghl_real_estate_ai.compliance.stop_tags import hands_to_a_person
from ghl_real_estate_ai.conversation.model import Contact, ContactId
from ghl_real_estate_ai.crm.model import Effect
from ghl_real_estate_ai.intake.model import TAG_GAVE_BACK, TAG_TOOK_OVER, EventState, IncomingEvent

SHOWN_WITHIN = timedelta(seconds=5)
"""A change of ours that the CRM took so shortly before it told the tags may not be among them yet."""


@dataclass(frozen=True, slots=True)
class OurChange:
    """A tag that we have added or removed, or are about to."""

    effect: Effect
    sent_at: datetime | None
    """When the CRM had taken it; None while it waits."""


def tells_tags(event: IncomingEvent) -> bool:
    """Whether *event* is news of the contact itself, with all its tags."""
    return event.contact_id is not None and event.knowledge.tags is not None


def follow_tags(
    event: IncomingEvent, known: frozenset[str] | None, ours: Sequence[OurChange], *, at: datetime, has_begun: bool
) -> IncomingEvent:
    """Return *event* with the tags as they will be once *ours*, in order, are all carried out.

    Where a person has put a tag there that hands the contact to a person, or has taken the last of them away, the
    event becomes one to act on, if the conversation *has_begun*: there is nothing to take over before.  *known* are
    the tags known before, *at* is the moment the event tells of.
    """
    tags = _with_ours(event, ours, at)
    followed = replace(event, knowledge=replace(event.knowledge, tags=tags))
    was, is_now = hands_to_a_person(known or ()), hands_to_a_person(tags)
    if event.state is not EventState.KNOWN or was == is_now or not has_begun:
        return followed
    # A person acts: nothing is to be waited for.
    reason = TAG_TOOK_OVER if is_now else TAG_GAVE_BACK
    return replace(followed, state=EventState.PENDING, reason=reason, text="", quiet=False)


def _with_ours(event: IncomingEvent, ours: Sequence[OurChange], at: datetime) -> frozenset[str]:
    told = event.knowledge.tags or frozenset()
    open_ = [one.effect for one in ours if one.sent_at is None or one.sent_at >= at - SHOWN_WITHIN]
    contact = Contact(location_id=event.location_id, contact_id=event.contact_id or ContactId(""), tags=told)
    return with_tags(contact, open_).tags or frozenset()
