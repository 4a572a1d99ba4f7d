"""The tags, fields and notes that go with what a bot decides; pure."""

from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.compliance.opt_out import OPT_OUT_TAGS
from ghl_real_estate_ai.compliance.stop_tags import hands_to_a_person
from ghl_real_estate_ai.conversation.model import OWNER_TAGS, Contact, Owner
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveTag
from ghl_real_estate_ai.handoff.carry_out import actions_of
from ghl_real_estate_ai.handoff.deferral import deferral_tag
from ghl_real_estate_ai.handoff.model import BlockReason, HandoffBlocked, HandoffDecision, handoff_tag

FOLLOW_UP_TAG = "Human-Follow-Up-Needed"
SCHEDULING_TAG = "Needs-Manual-Scheduling"


def follow_up(note: str) -> tuple[Effect, ...]:
    """Ask the team to look at the contact, and say why."""
    return (AddTag(FOLLOW_UP_TAG), AddNote(note))


def of_handoff(handoff: HandoffDecision) -> tuple[Effect, ...]:
    """The tags that a handoff moves, or the one that calls a person; the packet and the card are added at the end."""
    if handoff.target is Owner.HUMAN:
        return (AddTag(FOLLOW_UP_TAG), AddTag(handoff_tag(handoff.source, handoff.target)))
    return tuple(actions_of(handoff))


def of_deferral(
    blocked: HandoffBlocked | None, handoff: HandoffDecision | None, contact: Contact
) -> tuple[Effect, ...]:
    """The tag of a contact that waits for a bot which does badly, set when it begins to and removed when it moves."""
    if blocked is not None and blocked.reason is BlockReason.PERFORMANCE:
        return (AddTag(deferral_tag(blocked.target)),)
    if handoff is None:
        return ()
    present = {tag.casefold() for tag in contact.tags or ()}
    waited = [deferral_tag(owner) for owner in OWNER_TAGS]
    return tuple(RemoveTag(tag) for tag in waited if tag.casefold() in present)


def of_opt_out() -> tuple[Effect, ...]:
    return tuple(AddTag(tag) for tag in OPT_OUT_TAGS)


def of_opt_in(*, is_activated: bool, was_off: bool) -> tuple[Effect, ...]:
    """Take off what the opt-out put there, and nothing that was there before it (*was_off*).

    Only a contact that a bot had anyway gets the lead bot's tag.
    """
    off = tuple(RemoveTag(tag) for tag in OPT_OUT_TAGS if not (was_off and hands_to_a_person([tag])))
    return (*off, AddTag(OWNER_TAGS[Owner.LEAD])) if is_activated else off


def with_tags(contact: Contact, effects: Iterable[Effect]) -> Contact:
    """The contact as its tags will be once *effects* have reached the CRM; unknown tags stay unknown."""
    if contact.tags is None:
        return contact
    # HighLevel does not keep the case of tags: the same word in another case is the same tag.
    tags = {tag.casefold(): tag for tag in contact.tags}
    for effect in effects:
        if isinstance(effect, AddTag):
            tags.setdefault(effect.tag.casefold(), effect.tag)
        elif isinstance(effect, RemoveTag):
            tags.pop(effect.tag.casefold(), None)
    return replace(contact, tags=frozenset(tags.values()))
