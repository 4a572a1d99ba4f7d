"""What a turn starts from and what it leaves behind; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from ghl_real_estate_ai.bots.effects import with_tags
from ghl_real_estate_ai.bots.model import Decision, Flag, Say
from ghl_real_estate_ai.bots.told_before import Told
from ghl_real_estate_ai.conversation.model import (
    OWNER_TAGS,
    Conversation,
    EventId,
    Fact,
    LocationId,
    Message,
    Owner,
    TurnId,
)
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveTag, SendText
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.handoff.deferral import Deferral, deferral_of
from ghl_real_estate_ai.handoff.model import BlockReason
from ghl_real_estate_ai.handoff.packet import packet_json
from ghl_real_estate_ai.handoff.publish_outcome import DELIVERS
from ghl_real_estate_ai.handoff.records import details_of
from ghl_real_estate_ai.understanding.model import Signals

NEW_CONTACT_TAG = OWNER_TAGS[Owner.LEAD]
"""Of a contact that nobody has told us of: it needs qualifying."""
SUPERSEDED_AT_MOST = timedelta(seconds=20)
"""A message that has waited so long gets its reply, whoever goes on writing."""
PERSON = "person"
"""The author of what somebody of the team wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message that waits for a turn; `event_id` is None for one that came by `/api/chat`."""

    message: Message
    event_id: EventId | None = None
    kind: str = "chat"
    channel: str = "SMS"
    received_at: datetime | None = None
    crm_message_id: str | None = None
    tag_change: str | None = None
    """`tag_took_over` or `tag_gave_back`: nobody wrote, but a person has changed a tag that says who answers."""

    @property
    def is_from_person(self) -> bool:
        """Whether somebody of the team wrote it, so that the bots leave the conversation to them."""
        return self.message.author == PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedTurn:
    """A conversation this process holds until its lease ends, with the messages to answer."""

    conversation: Conversation
    inbound: tuple[Inbound, ...]
    holder: str
    fence: int
    """Checked at save: whoever claims later gets a higher one."""
    at: datetime
    """The store's clock at the claim: the time of this turn."""
    told: Told | None = None
    """What the CRM says of the contact, on the turn that asked it."""
    is_unseen: bool = False
    """Whether `/api/chat` has made the contact up: no event told of it, and nothing is kept of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedTurn:
    """Everything a turn's one transaction writes."""

    turn_id: TurnId
    claim: ClaimedTurn
    decision: Decision
    signals: Signals
    outbound: Message | None
    effects: tuple[OutboxEntry, ...]
    handoff_event_id: UUID | None
    fact_ids: tuple[UUID, ...]
    node: str
    timings: Callable[[], Mapping[str, float]]
    """Read by the store just before it commits, so that `save` and `process` end there; milliseconds."""
    elapsed_ms: Callable[[], float]
    """Since the turn began."""
    delivers: bool = True
    """Whether the CRM is told of it and the lead hears of it: nothing of `/api/chat` leaves."""

    @property
    def location_id(self) -> LocationId:
        return self.claim.conversation.contact.location_id

    @property
    def after(self) -> Conversation:
        """The conversation to keep: as decided, with what only the chat knows."""
        after = self.decision.conversation
        if not self.delivers:
            chat_tags = {**after.chat_tags, **_changes_of(self.decision.effects)}
        else:
            # The tags are the CRM's from now on, or nobody knows them yet.
            chat_tags = {} if after.contact.tags is not None else dict(after.chat_tags)
        only_chat = self.is_beginning and not (self.delivers and self.lead_wrote)
        return replace(after, chat_tags=chat_tags, only_chat=only_chat)

    @property
    def is_beginning(self) -> bool:
        """Whether the lead has not written before, whatever was said in the chat."""
        before = self.claim.conversation
        return before.version == 0 or before.only_chat

    @property
    def lead_wrote(self) -> bool:
        """Whether the turn takes up what somebody wrote who is not of the team."""
        return any(not inbound.is_from_person for inbound in self.claim.inbound)

    @property
    def silences(self) -> str | None:
        """Why the texts that still wait must not leave any more: from this turn on no bot has the conversation."""
        before, after = self.claim.conversation.owner, self.decision.conversation.owner
        if before is after or after.bot is not None:
            return None
        return "owner_human" if after is Owner.HUMAN else "opted_out"

    @property
    def may_be_superseded(self) -> bool:
        """Whether a newer message should be answered with these; an opt-out, or one that waits long, is saved."""
        waiting_since = [inbound.received_at for inbound in self.claim.inbound if inbound.received_at is not None]
        return (
            self.outbound is not None
            and bool(waiting_since)
            and Flag.OPT_OUT not in self.decision.flags
            and self.claim.at - min(waiting_since) < SUPERSEDED_AT_MOST
        )

    @property
    def may_be_taken_back(self) -> bool:
        """Whether nothing came of the turn but a reply, so that it can be undone as long as that has not left."""
        decision = self.decision
        return (
            self.outbound is not None
            and bool(self.effects)
            and decision.owner is self.claim.conversation.owner
            and decision.handoff is None
            and decision.blocked is None
            and decision.flags <= {Flag.DISCLOSED_AI}
            and not any(isinstance(effect, AddNote) for effect in decision.effects)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """What callers are told of a turn."""

    turn_id: TurnId | None
    """None where no turn was taken, since no bot has the contact."""
    reply: str | None
    owner: Owner
    asked: str | None
    slots: Mapping[str, object]
    flags: tuple[str, ...]
    tags_added: tuple[str, ...]
    handoff: Mapping[str, object] | None
    reasons: tuple[str, ...] = field(default=())


def result_of(finished: FinishedTurn) -> TurnResult:
    """The public account of a finished turn."""
    decision = finished.decision
    slot = decision.asked.slot if decision.asked else None
    return TurnResult(
        turn_id=finished.turn_id,
        reply=decision.speech.text if isinstance(decision.speech, Say) else None,
        owner=decision.owner,
        asked=slot.value if slot else None,
        slots=decision.conversation.facts.values_by_slot(),
        flags=tuple(sorted(flag.value for flag in decision.flags)),
        tags_added=tuple(effect.tag for effect in decision.effects if isinstance(effect, AddTag)),
        handoff=handoff_of(decision),
        reasons=decision.reasons,
    )


def no_turn(conversation: Conversation) -> TurnResult:
    """The account where no turn is taken: what a silent one would say, and nothing has changed."""
    return TurnResult(
        turn_id=None,
        reply=None,
        owner=conversation.owner,
        asked=None,
        slots=conversation.facts.values_by_slot(),
        flags=(Flag.HELD.value,),
        tags_added=(),
        handoff=None,
        reasons=("Silent: not activated.",),
    )


def in_chat(claim: ClaimedTurn) -> ClaimedTurn:
    """The claim as `/api/chat` sees it: with the tags it made up and moved, of which the CRM knows nothing.

    They are kept apart, so that nobody is ever texted because of them.
    """
    conversation = claim.conversation
    made_up = {NEW_CONTACT_TAG: True} if claim.is_unseen else {}
    moved = {**made_up, **conversation.chat_tags}
    contact = conversation.contact
    if moved and contact.tags is None:
        contact = replace(contact, tags=frozenset())
    effects = [AddTag(tag) if is_there else RemoveTag(tag) for tag, is_there in moved.items()]
    return replace(claim, conversation=replace(conversation, contact=with_tags(contact, effects), chat_tags=moved))


def _changes_of(effects: Sequence[Effect]) -> dict[str, bool]:
    return {one.tag: isinstance(one, AddTag) for one in effects if isinstance(one, AddTag | RemoveTag)}


def handoff_of(decision: Decision) -> Mapping[str, object] | None:
    """The handoff of a decision as JSON, or None."""
    handoff = decision.handoff
    if handoff is None:
        return None
    return {
        "source": handoff.source.value,
        "target": handoff.target.value,
        **details_of(handoff),
        "evidence": dict(handoff.evidence),
    }


def handoff_details(decision: Decision) -> dict[str, object]:
    """What is kept with the rows of a handoff: why it happened, and what the next owner was given."""
    details = dict(handoff_of(decision) or {})
    return details if decision.packet is None else {**details, "packet": packet_json(decision.packet)}


def outcome_details(finished: FinishedTurn) -> dict[str, object]:
    """What is kept with the outcome of a turn's handoff: why it happened, and how the CRM was told of it."""
    why = dict(handoff_of(finished.decision) or {})
    return {**why, "turn_id": str(finished.turn_id), DELIVERS: bool(finished.effects)}


def deferral_of_turn(finished: FinishedTurn) -> Deferral | None:
    """The handoff that this turn puts off until its bot does better, or None."""
    blocked, event_id = finished.decision.blocked, finished.handoff_event_id
    if blocked is None or event_id is None or blocked.reason is not BlockReason.PERFORMANCE:
        return None
    after, at = finished.decision.conversation, finished.claim.at
    return deferral_of(blocked, after, at, event_id=event_id, delivers=bool(finished.effects))


def tags_after(tags: frozenset[str] | None, decision: Decision) -> frozenset[str] | None:
    """The contact's tags once the turn's effects are carried out; unknown stays unknown."""
    if tags is None:
        return None
    return with_tags(replace(decision.conversation.contact, tags=tags), decision.effects).tags


def outbox_entries(
    turn_id: TurnId, decision: Decision, *, channel: str, ids: Sequence[UUID], deliver_reply: bool
) -> tuple[OutboxEntry, ...]:
    """The turn's effects in the order they must reach the CRM: the reply first, since a person waits for it."""
    contact = decision.conversation.contact
    effects = list(decision.effects)
    if deliver_reply and isinstance(decision.speech, Say):
        # The one confirmation of an opt-out, or apology to a wrong number, may leave although nothing more is said
        # from now on: whoever was suppressed before is not spoken to at all.
        confirms = decision.conversation.opted_out
        effects.insert(0, SendText(decision.speech.text, channel, even_if_opted_out=confirms))
    return tuple(
        OutboxEntry(
            effect_id=ids[n],
            effect_key=f"{turn_id}:{n}",
            location_id=contact.location_id,
            contact_id=contact.contact_id,
            turn_id=turn_id,
            effect=effect,
            epoch=decision.conversation.epoch,
        )
        for n, effect in enumerate(effects)
    )


def replaced_facts(before: Conversation, after: Conversation) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """What the turn changed in the facts: those to insert, and the slots whose earlier fact is superseded."""
    new = tuple(fact for slot, fact in after.facts.items() if before.facts.get(slot) != fact)
    gone = [slot for slot in before.facts if slot not in after.facts]
    superseded = [fact.slot for fact in new if fact.slot in before.facts] + gone
    return new, tuple(slot.value for slot in superseded)
