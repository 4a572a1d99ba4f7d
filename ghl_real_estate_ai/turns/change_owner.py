"""A person takes a conversation over, by the API, by a tag or by writing in the CRM, and gives it back: each in one
transaction, which also drops what the bots still had to say.

A turn under way keeps its lease, so that the change waits for it and then drops what it has not sent yet.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from ghl_real_estate_ai.bots import people
from ghl_real_estate_ai.bots.model import Decision
from ghl_real_estate_ai.conversation.clock import Clock, NewId
from ghl_real_estate_ai.conversation.model import ContactId, Conversation, LocationId, Owner, TurnId
from ghl_real_estate_ai.handoff.service import JorgeHandoffService
from ghl_real_estate_ai.intake.model import TAG_TOOK_OVER
from ghl_real_estate_ai.turns.model import ClaimedTurn, FinishedTurn, Inbound, in_chat, outbox_entries
from ghl_real_estate_ai.turns.ports import ConversationBusy, TurnStore
from ghl_real_estate_ai.understanding.model import Signals

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=5)
BUSY_SECONDS = 0.05
BUSY_TRIES = 120
"""Together somewhat longer than a lease: a dead holder's runs out meanwhile."""
ECHO_SINCE = timedelta(hours=1)
"""How long after we decided to send something the CRM may still show it to us without our knowing its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChange:
    """Who had the conversation, and who has it now; the same when nothing had to change."""

    location_id: LocationId
    contact_id: ContactId
    previous_owner: Owner
    owner: Owner
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOwner:
    """Moves conversations to people and back."""

    store: TurnStore
    handoffs: JorgeHandoffService
    clock: Clock
    new_id: NewId
    node: str
    on_saved: Callable[[], None] | None = None

    async def take_over(self, location_id: LocationId, contact_id: ContactId, *, by: str) -> OwnerChange:
        """Let a person answer from now on; the bots are silent, and what they had not sent yet is dropped.

        Raises:
            NoConversation: there is none with this contact.
            ConversationBusy: a turn of the contact did not end.
        """
        claim = await self._claim(location_id, contact_id)
        why = f"{by} took the conversation over"
        return await self._save(claim, people.take_over(claim.conversation, at=claim.at, why=why))

    async def release(self, location_id: LocationId, contact_id: ContactId, *, by: str) -> OwnerChange:
        """Give the conversation back to the bot that had it; it goes on with the lead's next message.

        Raises:
            NoConversation: there is none with this contact.
            ConversationBusy: a turn of the contact did not end.
        """
        claim = await self._claim(location_id, contact_id)
        why = f"{by} gave the conversation back"
        return await self._save(claim, people.release(claim.conversation, at=claim.at, why=why))

    async def note_written(self, claim: ClaimedTurn) -> None:
        """Leave *claim* to the people who wrote in the CRM; what the lead wrote meanwhile waits for the next turn.

        Our own message, which the CRM shows us as if somebody had written it, changes nothing.  A tag that says who
        answers is followed first.
        """
        by_tag = tuple(inbound for inbound in claim.inbound if inbound.tag_change is not None)
        if by_tag:
            await self._follow_tag(replace(claim, inbound=by_tag), by_tag[-1])
            return
        by_people = [inbound for inbound in claim.inbound if inbound.is_from_person]
        ours = [inbound for inbound in by_people if await self._is_ours(claim, inbound)]
        if ours:
            await self.store.set_aside(replace(claim, inbound=tuple(ours)), state="known", reason="our_own_message")
            return
        theirs = replace(claim, inbound=tuple(by_people))
        if claim.conversation.version == 0:
            await self.store.set_aside(theirs, state="known", reason="no_conversation")
            return
        decision = people.take_over(claim.conversation, at=claim.at, why="A person wrote in the CRM")
        if decision.handoff is not None:
            # The handoff is answered by these very words, so they must come after it.
            after = claim.at + timedelta(microseconds=1)
            theirs = replace(theirs, inbound=tuple(_not_before(inbound, after) for inbound in theirs.inbound))
        await self._save(theirs, decision)

    async def _follow_tag(self, claim: ClaimedTurn, last: Inbound) -> None:
        """Do what the *last* change of a tag says: it stands, whatever the earlier ones were."""
        if claim.conversation.version == 0:
            await self.store.set_aside(claim, state="known", reason="no_conversation")
            return
        if last.tag_change == TAG_TOOK_OVER:
            decision = people.take_over(claim.conversation, at=claim.at, why="A person set a tag that stops the bots")
        else:
            decision = people.release(claim.conversation, at=claim.at, why="A person took the tag off again")
        if decision.owner is claim.conversation.owner:
            await self.store.set_aside(claim, state="known", reason=str(last.tag_change))
            return
        await self._save(claim, decision)

    async def carry_out(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        decide: Callable[[Conversation, datetime], Decision | None],
        *,
        deliver: bool,
    ) -> OwnerChange | None:
        """Do what *decide* says of the conversation as it is now; None from it leaves everything as it is.

        Raises:
            NoConversation: there is none with this contact.
            ConversationBusy: a turn of the contact is under way.
        """
        claim = await self.store.claim_contact(location_id, contact_id, self.node, lease=LEASE, makes=False)
        claim = claim if deliver else in_chat(claim)
        decision = decide(claim.conversation, claim.at)
        if decision is None:
            await self.store.put_off(claim, by=timedelta())
            return None
        return await self._save(claim, decision, deliver=deliver)

    async def _is_ours(self, claim: ClaimedTurn, inbound: Inbound) -> bool:
        contact = claim.conversation.contact
        return await self.store.is_our_echo(
            contact.location_id,
            contact.contact_id,
            crm_message_id=inbound.crm_message_id,
            text=inbound.message.text.strip(),
            since=claim.at - ECHO_SINCE,
        )

    async def _claim(self, location_id: LocationId, contact_id: ContactId) -> ClaimedTurn:
        for _ in range(BUSY_TRIES):
            try:
                return await self.store.claim_contact(location_id, contact_id, self.node, lease=LEASE, makes=False)
            except ConversationBusy:
                await asyncio.sleep(BUSY_SECONDS)
        return await self.store.claim_contact(location_id, contact_id, self.node, lease=LEASE, makes=False)

    async def _save(self, claim: ClaimedTurn, decision: Decision, *, deliver: bool = True) -> OwnerChange:
        before = claim.conversation
        if decision.conversation == before and not claim.inbound:
            await self.store.put_off(claim, by=timedelta())
            return _change(before, before.owner, claim.at)
        finished = self._finished(claim, decision, deliver=deliver)
        resolved = await self.store.save(finished)
        self.handoffs.note_resolved(resolved)
        if self.on_saved is not None and finished.effects:
            self.on_saved()
        if decision.handoff is not None and finished.handoff_event_id is not None:
            self.handoffs.note_handoff(
                contact_id=before.contact.contact_id,
                source=decision.handoff.source,
                target=decision.handoff.target,
                at=claim.at,
                event_id=finished.handoff_event_id,
                location_id=finished.location_id,
            )
            log.info("owner.changed", contact_id=before.contact.contact_id, owner=decision.owner.value)
        return _change(before, decision.owner, claim.at)

    def _finished(self, claim: ClaimedTurn, decision: Decision, *, deliver: bool) -> FinishedTurn:
        turn_id = TurnId(self.new_id())
        ids = [self.new_id() for _ in decision.effects]
        effects = outbox_entries(turn_id, decision, channel="SMS", ids=ids, deliver_reply=False) if deliver else ()
        return FinishedTurn(
            turn_id=turn_id,
            claim=claim,
            decision=decision,
            signals=Signals(language=claim.conversation.language),
            outbound=None,
            effects=effects,
            handoff_event_id=self.new_id() if decision.handoff else None,
            fact_ids=tuple(self.new_id() for _ in decision.conversation.facts),
            node=self.node,
            timings=dict,  # no bot did anything that could be timed
            elapsed_ms=lambda: 0.0,
            delivers=deliver,
        )


def _change(before: Conversation, owner: Owner, at: datetime) -> OwnerChange:
    contact = before.contact
    return OwnerChange(
        location_id=contact.location_id,
        contact_id=contact.contact_id,
        previous_owner=before.owner,
        owner=owner,
        at=at,
    )


def _not_before(inbound: Inbound, at: datetime) -> Inbound:
    return replace(inbound, message=replace(inbound.message, at=max(inbound.message.at, at)))
