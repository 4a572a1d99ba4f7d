"""One turn: load (under a lease) -> decide -> phrase -> comply -> save in one transaction -> record.

Nothing outside is awaited inside a transaction, and nothing of a turn is visible before its commit.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from ghl_real_estate_ai.bots.activation import activated_owner
from ghl_real_estate_ai.bots.decide import decide, lifts_opt_out
from ghl_real_estate_ai.bots.model import Decision, Flag, Say, Silence
from ghl_real_estate_ai.bots.team import Team
from ghl_real_estate_ai.bots.told_before import Told, reasons_of, told_before, with_told
from ghl_real_estate_ai.bots.wording import own_names
from ghl_real_estate_ai.compliance.check_draft import check_draft
from ghl_real_estate_ai.compliance.consent import marks_of, news_of
from ghl_real_estate_ai.compliance.model import Rewrite, Suppress, explained
from ghl_real_estate_ai.compliance.opt_out import wants_no_more
from ghl_real_estate_ai.compliance.ports import Consents
from ghl_real_estate_ai.compliance.privacy import asks_to_forget
from ghl_real_estate_ai.conversation.clock import Clock, NewId
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Direction,
    LocationId,
    Message,
    MessageId,
    TurnId,
)
from ghl_real_estate_ai.crm.model import CrmContact
from ghl_real_estate_ai.crm.ports import Crm
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.service import JorgeHandoffService
from ghl_real_estate_ai.llm.phrase_reply import PhraseReply
from ghl_real_estate_ai.llm.read_message import ReadMessage
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.change_owner import ChangeOwner
from ghl_real_estate_ai.turns.model import (
    NEW_CONTACT_TAG,
    ClaimedTurn,
    FinishedTurn,
    Inbound,
    TurnResult,
    in_chat,
    no_turn,
    outbox_entries,
    result_of,
)
from ghl_real_estate_ai.turns.phrase_decision import phrase_decision
from ghl_real_estate_ai.turns.ports import Superseded, TurnStore
from ghl_real_estate_ai.turns.read_burst import read_burst
from ghl_real_estate_ai.turns.read_correction import read_correction
from ghl_real_estate_ai.turns.records import failure_of, records_of, unsaved_handoff_of
from ghl_real_estate_ai.turns.second_opinion import with_second_opinion
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Signals
from ghl_real_estate_ai.understanding.understand import understand

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=5)
"""A dead holder's contact is taken over after this long; a living one renews at a third of it."""
TAGS_RETRY = timedelta(seconds=2)
TAGS_PATIENCE = timedelta(seconds=30)
"""How long a contact with unknown tags is looked up before we stay silent."""
TOLD_PATIENCE = timedelta(seconds=2)
"""How long a first reply waits for what the CRM's fields say; without them it asks more, which is better than late."""
TOLD_RETRY = timedelta(seconds=0.5)
TOLD_WAIT = timedelta(seconds=8)
"""How long a message may wait until the CRM can be asked, where others of its location are looked up already."""
CREATED_BY_US = frozenset({"bare", "chat"})
"""Kinds of messages whose unseen contact we make ourselves, in our database and in a sandbox."""


class Stopwatch:
    """Milliseconds by step, and since the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.seconds()
        self._last = self._began
        self.steps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = self._clock.seconds()
        self.steps[step] = (now - self._last) * 1000.0
        self._last = now

    def elapsed_ms(self) -> float:
        return (self._clock.seconds() - self._began) * 1000.0

    def close(self) -> Mapping[str, float]:
        """End `save` and `process` here, where the commit begins; calling again changes nothing."""
        if "process" not in self.steps:
            self.lap("save")
            self.steps["process"] = (self._last - self._began) * 1000.0
        return self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTurn:
    """Answers claimed conversations."""

    store: TurnStore
    crm: Crm
    record: RecordTurn
    handoffs: JorgeHandoffService
    clock: Clock
    new_id: NewId
    node: str
    business_name: str
    makes_contacts: bool
    """Whether the CRM is a sandbox, where an unseen contact may be made."""
    on_saved: Callable[[], None] | None = None
    """Called after each commit that left effects, to wake the sender."""
    decide: Callable[..., Decision] = decide
    """The bots; a measurement puts others in their place."""
    team: Team = field(default_factory=Team)
    """How the team wants its bots, and what they may say in its name."""
    phrase: PhraseReply | None = None
    """A language model that may word what was decided; without one the templates speak."""
    look_ups_each: int = 2
    """How many contacts of one location may be looked up at a time: one whose CRM hangs slows no other's turns."""
    looking_up: Counter[LocationId] = field(default_factory=Counter)
    """How many are, by location."""
    second_opinion: ReadMessage | None = None
    """The same model, asked what a message says that was read with little confidence; None where no team wants that."""
    consents: Consents | None = None
    """Takes in what a look-up tells of consent to texts; None where nothing is ever started."""

    async def chat(self, location_id: LocationId, contact_id: ContactId, text: str, *, deliver: bool) -> TurnResult:
        """Answer *text* at once and return the turn.

        What is not delivered gives no consent and moves no tag that anybody is texted by.  A contact that is known to
        be handed to no bot gets no turn.

        Raises:
            ConversationBusy: another turn of this contact is under way.
        """
        claim = await self.store.claim_contact(location_id, contact_id, self.node, lease=LEASE, in_chat=not deliver)
        message = Message(
            message_id=MessageId(self.new_id()),
            direction=Direction.INBOUND,
            author="lead",
            text=text,
            at=claim.at,
        )
        claim = replace(claim, inbound=(Inbound(message=message),))
        async with self._keeping(claim):
            # By the tags that the CRM told, not by those the chat has made up; of whom it told nothing may chat.
            may_chat = claim.conversation.contact.tags is None or _is_activated(claim)
            if not (may_chat or _one_ends_it(claim) or self._begins_again(claim)):
                await self.store.put_off(claim, by=timedelta())
                return no_turn(claim.conversation)
            return await self._answer(claim if deliver else in_chat(claim), deliver=deliver)

    async def claim_due(self) -> ClaimedTurn | None:
        """Take the contact that waits longest, or None when nobody does."""
        return await self.store.claim_due(self.node, lease=LEASE)

    async def answer_claimed(self, claim: ClaimedTurn) -> None:
        """Answer the waiting messages of *claim*; a message that breaks our own code is set aside, not retried.

        Raises:
            Retryable: the store is away, or the lease was lost; the messages are still waiting.
        """
        began = self.clock.seconds()
        try:
            async with self._keeping(claim):
                await self._answer_known(claim)
        except Superseded:
            # The messages stay due together with the newer one, whose quiet period has put them off.
            log.info("turn.superseded", contact_id=claim.conversation.contact.contact_id)
            await self.store.put_off(replace(claim, inbound=()), by=timedelta())
        except (Retryable, Misconfigured):
            raise
        except Exception as error:
            log.exception("turn.failed", contact_id=claim.conversation.contact.contact_id)
            self.record.record(failure_of(claim, (self.clock.seconds() - began) * 1000.0))
            await self.store.set_aside(claim, state="held", reason=f"turn_failed:{type(error).__name__}")

    @property
    def change_owner(self) -> ChangeOwner:
        """The same parts, for people who take a conversation over or give it back."""
        return ChangeOwner(
            store=self.store,
            handoffs=self.handoffs,
            clock=self.clock,
            new_id=self.new_id,
            node=self.node,
            on_saved=self.on_saved,
        )

    async def _answer_known(self, claim: ClaimedTurn) -> None:
        if any(inbound.is_from_person for inbound in claim.inbound):
            await self.change_owner.note_written(claim)
            return
        if _one_ends_it(claim):
            # Before anything else: an opt-out is kept whoever the contact is, and whether or not the CRM answers.
            await self._answer(claim, deliver=True)
            return
        if claim.conversation.contact.tags is not None:
            if self._waits_to_ask_the_crm(claim):
                await self.store.put_off(claim, by=TOLD_RETRY)
                return
            await self._answer_activated(await self._with_what_the_crm_says(claim))
            return
        if self._is_looking_up_enough(claim):
            await self.store.put_off(claim, by=TAGS_RETRY)
            return
        found = await self._look_up(claim)
        if found is not None:
            contact = _as_found(claim.conversation.contact, found)
            await self.store.learn_contact(contact)
            await self._note_consent(found)
            conversation = replace(claim.conversation, contact=contact)
            await self._answer_activated(replace(claim, conversation=conversation, told=self._told(claim, found)))
            return
        if has_waited(claim) < TAGS_PATIENCE:
            await self.store.put_off(claim, by=TAGS_RETRY)
            return
        # Silent and flagged: a turn is taken, so that the team sees what was written and why nobody answered.
        log.warning("turn.tags_unknown", contact_id=claim.conversation.contact.contact_id)
        await self._answer(claim, deliver=True)

    async def _answer_activated(self, claim: ClaimedTurn) -> None:
        """Answer a contact that the team has handed to a bot.

        Nobody else's message leads to a turn, unless it takes an opt-out back: that is the lead's to say, and gets no
        answer of ours.
        """
        if not (_is_activated(claim) or self._begins_again(claim)):
            await self.store.set_aside(claim, state="silent", reason="not_activated")
            return
        await self._answer(claim, deliver=True)

    def _is_looking_up_enough(self, claim: ClaimedTurn) -> bool:
        """Whether the CRM of this location answers so slowly that it holds as many turns as one location may."""
        return self.looking_up[claim.conversation.contact.location_id] >= self.look_ups_each

    def _waits_to_ask_the_crm(self, claim: ClaimedTurn) -> bool:
        """Whether to ask the CRM a little later, rather than the lead now what the CRM may know."""
        must_ask = self._must_ask_the_crm(claim) and self._is_looking_up_enough(claim)
        return must_ask and has_waited(claim) < TOLD_WAIT

    def _must_ask_the_crm(self, claim: ClaimedTurn) -> bool:
        """Whether the CRM was not asked yet what its fields and tags say of this contact, which a bot answers."""
        return claim.conversation.told_by is None and _is_activated(claim)

    async def _look_up(self, claim: ClaimedTurn) -> CrmContact | None:
        contact = claim.conversation.contact
        try:
            found = await self._find_contact(contact)
            if found is None and self._may_make(claim):
                await self.crm.create_contact(contact.location_id, contact.contact_id, frozenset({NEW_CONTACT_TAG}))
                found = await self._find_contact(contact)
            return found
        except (Retryable, Rejected, Misconfigured) as error:
            log.warning("turn.contact_lookup_failed", contact_id=contact.contact_id, error=str(error))
            return None

    def _may_make(self, claim: ClaimedTurn) -> bool:
        """Whether a bare post makes the contact in the sandbox, which the chat has made up without telling it."""
        return self.makes_contacts and claim.conversation.only_chat and claim.inbound[-1].kind in CREATED_BY_US

    async def _find_contact(self, contact: Contact) -> CrmContact | None:
        self.looking_up[contact.location_id] += 1
        try:
            return await self.crm.find_contact(contact.location_id, contact.contact_id, with_fields=True)
        finally:
            self.looking_up[contact.location_id] -= 1

    async def _with_what_the_crm_says(self, claim: ClaimedTurn) -> ClaimedTurn:
        """Ask the CRM once what its fields and tags say of a contact; a CRM that does not answer costs no reply."""
        contact = claim.conversation.contact
        if not self._must_ask_the_crm(claim) or self._is_looking_up_enough(claim):
            return claim
        try:
            async with asyncio.timeout(TOLD_PATIENCE.total_seconds()):
                found = await self._find_contact(contact)
        except (Retryable, Rejected, Misconfigured, TimeoutError) as error:
            # Asked again with the next message.
            log.warning("turn.contact_fields_unknown", contact_id=contact.contact_id, error=str(error))
            return claim
        claim = replace(claim, told=self._told(claim, found))
        if found is not None:
            await self._note_consent(found)
        if found is None:
            return claim
        # A bare post made the contact up; if the CRM knows it after all, its tags and its do-not-disturb bind us too,
        # however much was said before it could be asked.
        known = _as_found(contact, found)
        known = replace(known, tags=found.tags | (contact.tags or frozenset()), dnd=found.dnd or contact.dnd)
        if known != contact:
            await self.store.learn_contact(known)
        return replace(claim, conversation=replace(claim.conversation, contact=known))

    async def _note_consent(self, found: CrmContact) -> None:
        """Keep what the CRM says of consent; what it says no more is looked at again before a text that needs it."""
        news = news_of(found)
        if self.consents is not None and (news.dnd or marks_of(news, self.team.consent.of(found.location_id))):
            await self.consents.note(found.location_id, found.contact_id, news)

    def _told(self, claim: ClaimedTurn, found: CrmContact | None) -> Told:
        if found is None:
            return Told()
        return told_before(
            fields=found.fields,
            tags=found.tags,
            source=found.source,
            at=claim.at,
            reading=self.team.reading,
            is_new_here=claim.conversation.version == 0,
        )

    async def _answer(self, claim: ClaimedTurn, *, deliver: bool) -> TurnResult:
        claim = replace(claim, conversation=begun(claim.conversation, sends=deliver))
        watch = Stopwatch(self.clock)
        message, signals = self._understand(claim)
        watch.lap("understand")
        opinion = await with_second_opinion(self.second_opinion, claim.conversation, message.text, signals)
        if opinion is not signals:
            signals, message = opinion, _as_understood(message, opinion)
        watch.lap("second_opinion")
        told = claim.told
        decision = self.decide(
            with_told(claim.conversation, told) if told else claim.conversation,
            signals,
            message,
            at=claim.at,
            business_name=self.business_name,
            adjustments=self.handoffs.adjustments(),
            health=self.handoffs.health(),
            team=self.team,
        )
        if told is not None:
            decision = replace(decision, reasons=(*reasons_of(told, claim.conversation.facts), *decision.reasons))
        watch.lap("decide")
        # No transaction is open here: a model may take its time, and the lease is renewed meanwhile.
        decision = comply(await phrase_decision(self.phrase, decision, signals), own_names(self.business_name))
        decision = note_privacy(decision, signals, " ".join(one.message.text for one in claim.inbound))
        if deliver:
            disclosed = replace(decision.conversation, disclosed_by_text=decision.conversation.disclosed)
            decision = replace(decision, conversation=disclosed)
        watch.lap("phrase")
        finished = self._finish(claim, decision, signals, watch, deliver=deliver)
        resolved = await self._save(finished)
        self.handoffs.note_resolved(resolved)
        self._record(finished)
        await self.record.settle()
        if self.on_saved is not None and finished.effects:
            self.on_saved()
        if deliver:
            await self._make_contact(claim, decision)
        return result_of(finished)

    async def _save(self, finished: FinishedTurn) -> Sequence[Resolved]:
        try:
            return await self.store.save(finished)
        except (Retryable, Misconfigured):
            raise  # the messages are still waiting, or another's turn stands: the handoff is decided again
        except Exception:
            self.record.record(unsaved_handoff_of(finished))
            raise

    def _begins_again(self, claim: ClaimedTurn) -> bool:
        """Whether the waiting messages take an opt-out back."""
        if not claim.conversation.opted_out:
            return False
        message, signals = self._understand(claim)
        return lifts_opt_out(claim.conversation, message.text, signals)

    def _understand(self, claim: ClaimedTurn) -> tuple[Message, Signals]:
        conversation = claim.conversation
        asked = conversation.asked.slot if conversation.asked else None
        context = MessageContext(bot=conversation.owner.bot, asked=asked)
        text, signals = read_burst([inbound.message.text for inbound in claim.inbound], context)
        signals = read_correction(conversation, text, signals)
        last = claim.inbound[-1].message
        return _as_understood(replace(last, text=text), signals), signals

    def _finish(
        self, claim: ClaimedTurn, decision: Decision, signals: Signals, watch: Stopwatch, *, deliver: bool
    ) -> FinishedTurn:
        turn_id = TurnId(self.new_id())
        channel = claim.inbound[-1].channel
        ids = [self.new_id() for _ in range(len(decision.effects) + 1)]
        outbound = None
        if isinstance(decision.speech, Say):
            outbound = Message(
                message_id=MessageId(self.new_id()),
                direction=Direction.OUTBOUND,
                author=decision.bot.value,
                text=decision.speech.text,
                at=claim.at,
            )
        return FinishedTurn(
            turn_id=turn_id,
            claim=claim,
            decision=decision,
            signals=signals,
            outbound=outbound,
            effects=outbox_entries(turn_id, decision, channel=channel, ids=ids, deliver_reply=True) if deliver else (),
            handoff_event_id=self.new_id() if decision.handoff or decision.blocked else None,
            fact_ids=tuple(self.new_id() for _ in decision.conversation.facts),
            node=self.node,
            timings=watch.close,
            elapsed_ms=watch.elapsed_ms,
            delivers=deliver,
        )

    async def _make_contact(self, claim: ClaimedTurn, decision: Decision) -> None:
        first = claim.conversation.version == 0 and claim.inbound[-1].kind in CREATED_BY_US
        if not (self.makes_contacts and first):
            return
        contact = decision.conversation.contact
        try:
            await self.crm.create_contact(contact.location_id, contact.contact_id, contact.tags or frozenset())
        except (Retryable, Rejected, Misconfigured) as error:
            # The reply does not wait for the sandbox; the effects are tried again by delivery.
            log.warning("turn.contact_not_made", contact_id=contact.contact_id, error=str(error))

    @asynccontextmanager
    async def _keeping(self, claim: ClaimedTurn) -> AsyncIterator[None]:
        renewing = asyncio.create_task(self._renew(claim))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})

    async def _renew(self, claim: ClaimedTurn) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                if not await self.store.renew(claim, lease=LEASE):
                    log.warning("turn.lease_lost", contact_id=claim.conversation.contact.contact_id)
                    return
            except Exception as error:  # noqa: BLE001 - the save will tell whether the lease still held
                log.warning("turn.lease_not_renewed", error=type(error).__name__)

    def _record(self, finished: FinishedTurn) -> None:
        decision = finished.decision
        if decision.handoff is not None and finished.handoff_event_id is not None:
            self.handoffs.note_handoff(
                contact_id=decision.conversation.contact.contact_id,
                source=decision.handoff.source,
                target=decision.handoff.target,
                at=finished.claim.at,
                event_id=finished.handoff_event_id,
                location_id=finished.location_id,
            )
        if decision.blocked is not None:
            contact_id = decision.conversation.contact.contact_id
            self.handoffs.note_block(contact_id=contact_id, blocked=decision.blocked, at=finished.claim.at)
        self.record.record(records_of(finished))


def begun(conversation: Conversation, *, sends: bool) -> Conversation:
    """A conversation that was never answered begins with the bot that its tags call.

    What was disclosed in `/api/chat` alone has not been disclosed to a person's phone.
    """
    if sends:
        conversation = replace(conversation, disclosed=conversation.disclosed_by_text)
    if conversation.version > 0 or conversation.contact.tags is None:
        return conversation
    return replace(conversation, owner=activated_owner(conversation.contact.tags) or conversation.owner)


def _as_understood(message: Message, signals: Signals) -> Message:
    return replace(message, intents={found.label.value: round(found.confidence, 3) for found in signals.intents})


def _as_found(contact: Contact, found: CrmContact) -> Contact:
    """The contact with what the CRM has of it now."""
    return replace(
        contact,
        tags=found.tags,
        dnd=found.dnd,
        first_name=found.first_name or contact.first_name,
        phone=found.phone or contact.phone,
        state=found.state or contact.state,
        postal_code=found.postal_code or contact.postal_code,
        timezone=found.timezone or contact.timezone,
        source=found.source or contact.source,
    )


def has_waited(claim: ClaimedTurn) -> timedelta:
    """How long the first of the waiting messages has been here."""
    return claim.at - min((inbound.received_at or claim.at for inbound in claim.inbound), default=claim.at)


def _is_activated(claim: ClaimedTurn) -> bool:
    """Whether the team is known to have handed the contact to a bot."""
    return activated_owner(claim.conversation.contact.tags or ()) is not None


def _one_ends_it(claim: ClaimedTurn) -> bool:
    """Whether any of the waiting messages wants no more of them."""
    texts = (inbound.message.text for inbound in claim.inbound)
    return any(wants_no_more(text, understand(text)) for text in texts)


def note_privacy(decision: Decision, signals: Signals, said: str) -> Decision:
    """Flag what asks of the contact's own data, whatever else it says and whoever answers: a deadline runs from it."""
    within_opt_out = signals.has(Intent.OPT_OUT) and asks_to_forget(said)
    if not (signals.has(Intent.PRIVACY_REQUEST) or within_opt_out):
        return decision
    return replace(decision, flags=decision.flags | {Flag.PRIVACY})


def comply(decision: Decision, own_names: tuple[str, ...] = ()) -> Decision:
    """Hold the draft against the law: say something else, or stay silent, with rule and source among the reasons."""
    if not isinstance(decision.speech, Say):
        return decision
    verdict = check_draft(decision.speech.text, language=decision.conversation.language, own_names=own_names)
    if isinstance(verdict, Suppress):
        return replace(
            decision,
            speech=Silence(f"suppressed:{verdict.rule}"),
            asked=None,
            flags=decision.flags | {Flag.HELD},
            reasons=(*decision.reasons, f"The draft was not sent: {explained(verdict.rules)}."),
        )
    said = replace(decision, speech=replace(decision.speech, text=verdict.text))
    if not isinstance(verdict, Rewrite):
        return said
    return replace(
        said,
        asked=said.asked if "?" in verdict.text else None,
        reasons=(*said.reasons, f"The draft was changed: {explained(verdict.rules)}."),
    )
