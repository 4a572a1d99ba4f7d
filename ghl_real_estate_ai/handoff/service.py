"""Moves contacts between the bots for callers outside a turn, and learns for everybody how each route goes.

A turn decides by the pure rules and writes its handoff in its own transaction; it only tells the service (`note_*`)
and asks it for what was learned (`adjustments`).  Scripts and tests use `evaluate_handoff`, `execute_handoff` and
`record_outcome`, which write through the repository.  Without one everything works from memory.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from ghl_real_estate_ai.conversation.clock import Clock, NewId, SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import Handed, Owner
from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.handoff.bot_health import BotHealth
from ghl_real_estate_ai.handoff.carry_out import actions_of, has_route, limit_on, limit_over_rows
from ghl_real_estate_ai.handoff.decide_handoff import decide_by_scores, threshold_of
from ghl_real_estate_ai.handoff.learned_routes import LearnedRoutes
from ghl_real_estate_ai.handoff.learning import HALF_LIFE, WINDOW, Learned
from ghl_real_estate_ai.handoff.model import (
    BASE_THRESHOLDS,
    BlockReason,
    HandoffBlocked,
    HandoffDecision,
    HandoffResult,
    Route,
)
from ghl_real_estate_ai.handoff.ports import HandoffRepository
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.handoff.records import event_record, handed_record, pending_record, resolved_record, told_record
from ghl_real_estate_ai.handoff.remembered import OUTCOMES_KEPT, RememberedHandoffs, route_of
from ghl_real_estate_ai.handoff.wish_scores import told_scores, wish_scores
from ghl_real_estate_ai.telemetry.model import (
    ROUTE_ENDS,
    HandoffEventRecord,
    HandoffOutcomeRecord,
    RecordBatch,
    WiringStatus,
    check_name,
)
from ghl_real_estate_ai.telemetry.wiring import wiring_of

log = structlog.get_logger(__name__)

HANDOFF_MEMORY = timedelta(hours=24)
"""The longest that a limit looks back."""


class JorgeHandoffService:
    """The handoff rules with a memory; build one in the composition root, never a global."""

    def __init__(self, clock: Clock | None = None, new_id: NewId = new_uuid7, *, location_id: str = "default") -> None:
        """*location_id* is where an outcome belongs whose handoff is not known."""
        self._location_id = location_id
        self._clock = clock or SystemClock()
        self._new_id = new_id
        self._repository: HandoffRepository | None = None
        self._hydrated = False
        self._remembered = RememberedHandoffs(new_id)
        self._learned = LearnedRoutes(self._clock, self._remembered)
        self._health: Mapping[Owner, BotHealth] = {}

    def set_repository(self, repository: HandoffRepository | None) -> None:
        """Keep handoffs and outcomes in *repository* from now on; None goes back to memory alone."""
        self._repository = repository
        self._hydrated = False
        self._learned.go_by_own()

    def status(self) -> WiringStatus:
        """Say whether a repository is attached, was read, and takes what is written."""
        return wiring_of(self._repository, self._hydrated)

    async def load_from_database(self, since_minutes: int = 10080) -> int:
        """Take over the outcomes of the last *since_minutes*, and with them the limits; return how many there are.

        Safe to call again: a row replaces what memory knew of it.  Without a repository 0.

        Raises:
            Retryable: the database is away; memory is as it was.
        """
        if self._repository is None:
            return 0
        now = self._clock.now()
        since, limits_since = now - timedelta(minutes=since_minutes), now - HANDOFF_MEMORY
        known = await self._repository.count_handoff_outcomes(since)
        # No more than memory keeps: older ones would only push each other out.
        for row in await self._repository.load_handoff_outcomes(since, most_a_route=OUTCOMES_KEPT):
            if row.timestamp >= limits_since:
                self._remembered.remember_handoff(row)
            else:
                self._remembered.remember_outcome(row)
        self._learned.look_again_everywhere()
        self._hydrated = True
        return known

    async def refresh_learning(self) -> Mapping[Route, Learned]:
        """Learn afresh from the outcomes of all nodes, and go by that until the next time; return it by route.

        Without a repository this process's own memory is all there is.

        Raises:
            Retryable: the database is away; what was learned before stands.
        """
        if self._repository is not None:
            self._learned.take_over(await self._repository.handoff_weights(span=WINDOW, half_life=HALF_LIFE))
        return self._learned.by_route()

    def note_health(self, health: Mapping[Owner, BotHealth]) -> None:
        """Go by this health of the bots from now on, in every decision."""
        self._health = dict(health)

    def health(self) -> Mapping[Owner, BotHealth]:
        """How the bots do, as far as that was told; one that is not named is fit."""
        return self._health

    async def evaluate_handoff(
        self,
        current_bot: str,
        contact_id: str,
        conversation_history: list[dict[str, Any]],
        intent_signals: Mapping[str, float],
    ) -> HandoffDecision | None:
        """Decide whether the contact should move; None keeps it where it is, also when a limit forbids the move.

        *intent_signals* holds confidences in 0..1 as `buyer_intent_score` and `seller_intent_score` (or `buy` and
        `sell`).  *conversation_history* holds `{"role", "content"}`, oldest first; only what the lead wrote counts.

        Raises:
            UnknownNameError: *current_bot* is none (a ValueError).
        """
        check_name(current_bot, ROUTE_ENDS, "current_bot")
        at, owner = self._clock.now(), Owner(current_bot)
        told = told_scores(intent_signals)
        buy, sell = wish_scores(owner, told, conversation_history)
        recent = self.recent_handoffs(contact_id)
        outcome = decide_by_scores(owner, buy, sell, recent, at, self.adjustments(), unaided=told, health=self._health)
        if isinstance(outcome, HandoffBlocked):
            self.note_block(contact_id=contact_id, blocked=outcome, at=at)
            return None
        return outcome

    async def execute_handoff(
        self, decision: HandoffDecision, contact_id: str, location_id: str = "default"
    ) -> HandoffResult:
        """Carry *decision* out: its event and a pending outcome are recorded, the CRM's part is returned.

        The limits are asked again, so that two evaluations at the same time lead to one handoff, also in two processes
        on one database.  A forbidden one is told by `executed=False` and the reason, never by an error.  While the
        database is away this process's own memory decides, and the journal keeps the rows.  One that ends in an error
        is told by it, counts as a handoff that could not be carried out, and for no limit.
        """
        began, at = self._clock.seconds(), self._clock.now()
        refusal = self._refusal(decision, contact_id, location_id, at)
        if refusal is not None:
            return HandoffResult(executed=False, reason=refusal)
        outcome = handed_record(decision, contact_id, location_id, at=at, event_id=self._new_id())
        # Remembered before anything is awaited: whoever comes next on this loop meets the limit.
        self._remembered.remember_handoff(outcome)
        event = event_record(outcome, duration_ms=(self._clock.seconds() - began) * 1000.0)
        refusal = await self._refused_elsewhere(decision, event, outcome)
        if refusal is not None:
            self._remembered.forget_handoff(outcome)
            return HandoffResult(executed=False, reason=refusal)
        log.info("handoff.executed", contact_id=contact_id, source=decision.source.value, target=decision.target.value)
        return HandoffResult(executed=True, reason=decision.reason, actions=actions_of(decision))

    async def record_outcome(
        self,
        contact_id: str,
        source_bot: str,
        target_bot: str,
        outcome: str,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Say how a handoff went (`successful`, `failed`, `reverted`, `timeout`): of the contact's newest pending one
        on this route, else of one we did not know.

        Raises:
            UnknownNameError: a bot or an outcome is none we know (a ValueError).
        """
        at, location_id = self._clock.now(), self._location_id
        record = self._resolve(
            told_record(contact_id, location_id, source_bot, target_bot, outcome, at=at, metadata=metadata)
        )
        self._learned.go_by_own()  # the caller sees at once what it told; the next refresh counts it with the rest
        self._record(record)

    def get_learned_adjustments(self, source_bot: str, target_bot: str) -> dict[str, Any]:
        """What the last 7 days taught about a route: `adjustment` to its threshold, `success_rate`, `sample_size`,
        and the 90 % `interval` of the rate; rate and interval are None without an outcome.

        Raises:
            UnknownNameError: a bot is none (a ValueError).
        """
        check_name(source_bot, ROUTE_ENDS, "source_bot")
        check_name(target_bot, ROUTE_ENDS, "target_bot")
        learned = self._learned.of((Owner(source_bot), Owner(target_bot)))
        return {
            "adjustment": learned.adjustment,
            "success_rate": learned.success_rate,
            "sample_size": learned.sample_size,
            "interval": learned.interval,
        }

    def adjustments(self) -> Mapping[Route, float]:
        """Route -> what was learned to add to its base threshold, for the turn."""
        return {route: learned.adjustment for route, learned in self._learned.by_route().items()}

    def threshold(self, source: Owner, target: Owner) -> float | None:
        """The confidence that the route takes now, with what was learned; None where there is no such threshold."""
        if (source, target) not in BASE_THRESHOLDS:
            return None
        return threshold_of(source, target, self._learned.of((source, target)).adjustment)

    def note_handoff(
        self,
        *,
        contact_id: str,
        source: Owner,
        target: Owner,
        at: datetime,
        event_id: UUID,
        location_id: str | None = None,
    ) -> None:
        """Remember a handoff whose rows a turn's transaction has written; writes nothing."""
        pending = pending_record(
            contact_id=contact_id,
            location_id=location_id or self._location_id,
            source=source,
            target=target,
            at=at,
            event_id=event_id,
        )
        self._remembered.remember_handoff(pending)

    def note_block(self, *, contact_id: str, blocked: HandoffBlocked, at: datetime) -> None:
        """Remember that a limit or a bot's trouble kept a contact where it was; writes nothing."""
        self._remembered.remember_block(blocked.reason, at)
        log.info(
            "handoff.blocked",
            contact_id=contact_id,
            source=blocked.source.value,
            target=blocked.target.value,
            reason=blocked.reason.value,
        )

    def note_outcome(self, *, contact_id: str, source: Owner, target: Owner, outcome: str, at: datetime) -> None:
        """Remember how a handoff went whose row somebody else has written; writes nothing."""
        self._resolve(told_record(contact_id, self._location_id, source.value, target.value, outcome, at=at))

    def note_resolved(self, resolved: Iterable[Resolved]) -> None:
        """The same for what a turn or a job found out."""
        for one in resolved:
            record = resolved_record(one)
            self._remembered.remember_outcome(record)
            self._learned.look_again(route_of(record))
            log.info(
                "handoff.resolved",
                contact_id=record.contact_id,
                source=record.source_bot,
                target=record.target_bot,
                outcome=record.outcome,
            )

    def recent_handoffs(self, contact_id: str, location_id: str | None = None) -> tuple[Handed, ...]:
        """The contact's handoffs of the last 24 hours that this process knows of, oldest first.

        Those of one location, or, for whoever cannot say which, of every location with such a contact.
        """
        return self._remembered.handoffs_of(contact_id, location_id, self._clock.now() - HANDOFF_MEMORY)

    def known_outcomes(self, since: datetime) -> tuple[HandoffOutcomeRecord, ...]:
        """The handoffs since then that this process knows of, with how they went."""
        return self._remembered.outcomes(since)

    def known_blocks(self, since: datetime) -> dict[str, int]:
        """How often each limit forbade a handoff since then, as far as this process decided it."""
        return self._remembered.blocks(since)

    def _refusal(self, decision: HandoffDecision, contact_id: str, location_id: str, at: datetime) -> str | None:
        if not has_route(decision):
            return "no_route"
        reason = limit_on(decision, self.recent_handoffs(contact_id, location_id), at)
        if reason is None:
            return None
        self._note_refusal(decision, reason, contact_id, at)
        return reason.value

    async def _refused_elsewhere(
        self, decision: HandoffDecision, event: HandoffEventRecord, outcome: HandoffOutcomeRecord
    ) -> str | None:
        """Write the handoff where all processes see it; a limit that only the others' handoffs reach is the answer."""
        if self._repository is None:
            return None
        try:
            refusal = await self._repository.hand_over(
                event,
                outcome,
                since=event.timestamp - HANDOFF_MEMORY,
                refuses=partial(limit_over_rows, decision, at=event.timestamp),
            )
        except Retryable as error:
            log.warning("handoff.kept_for_later", contact_id=outcome.contact_id, error=str(error))
            self._record(event, outcome)
            return None
        except Exception:
            self._remembered.forget_handoff(outcome)
            self._record(event_record(outcome, duration_ms=event.duration_ms, success=False))
            raise
        if refusal is not None:
            self._note_refusal(decision, BlockReason(refusal), outcome.contact_id, event.timestamp)
        return refusal

    def _note_refusal(self, decision: HandoffDecision, reason: BlockReason, contact_id: str, at: datetime) -> None:
        source, target = decision.source, decision.target
        blocked = HandoffBlocked(source=source, target=target, confidence=decision.confidence, reason=reason)
        self.note_block(contact_id=contact_id, blocked=blocked, at=at)

    def _record(self, *records: HandoffEventRecord | HandoffOutcomeRecord) -> None:
        if self._repository is not None:
            self._repository.record(RecordBatch(turn_id=None, records=records))

    def _resolve(self, told: HandoffOutcomeRecord) -> HandoffOutcomeRecord:
        record = self._remembered.resolve(told)
        self._learned.look_again(route_of(told))
        return record
