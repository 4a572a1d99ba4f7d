"""Moves contacts between the bots for callers outside a turn, and learns for everybody how each route goes.

A turn decides by the pure rules and writes its handoff in its own transaction; it only tells the service (`note_*`)
and asks it for what was learned (`adjustments`).  Scripts and tests use `evaluate_handoff`, `execute_handoff` and
`record_outcome`, which write through the repository.  Without one everything works from memory.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from msgspec.structs import replace

from ghl_real_estate_ai.conversation.clock import Clock, NewId, SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import OWNER_TAGS, Bot, Handed, Owner
from ghl_real_estate_ai.crm.model import AddTag, Effect, RemoveTag
from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.handoff.bot_health import BotHealth
from ghl_real_estate_ai.handoff.decide_handoff import (
    HISTORY_MESSAGES,
    block_reason,
    decide_by_scores,
    intent_scores,
    strengthened,
    threshold_of,
)
from ghl_real_estate_ai.handoff.learning import HALF_LIFE, WINDOW, Evidence, Learned, learn, learn_from
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, BlockReason, HandoffBlocked, HandoffDecision, handoff_tag
from ghl_real_estate_ai.handoff.ports import HandoffRepository, Past
from ghl_real_estate_ai.handoff.publish_outcome import Resolved
from ghl_real_estate_ai.telemetry.model import (
    OUTCOMES,
    ROUTE_ENDS,
    HandoffEventRecord,
    HandoffOutcomeRecord,
    RecordBatch,
    WiringStatus,
    check_name,
)
from ghl_real_estate_ai.telemetry.wiring import wiring_of
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.understand import understand

log = structlog.get_logger(__name__)

Route = tuple[Owner, Owner]

RESOLVED = tuple(outcome for outcome in OUTCOMES if outcome != "pending")
LEAD_ROLES = frozenset({"user", "lead"})
HANDOFF_MEMORY = timedelta(hours=24)
"""The longest that a limit looks back."""
CONTACTS_KEPT = 10_000
"""Contacts whose handoffs are remembered, the latest; a turn reads the limits from the database and needs none."""
HANDOFFS_KEPT = 20
"""Per contact: more than the ten a day that may happen."""
OUTCOMES_KEPT = 10_000
"""Per route."""
BLOCKS_KEPT = 10_000
LEARNING_KEPT = timedelta(seconds=60)
"""How long what was learned stands before age alone makes it worth another look."""


@dataclass(frozen=True, slots=True)
class HandoffResult:
    """What came of executing a decision; `actions` are for the CRM, in order, and empty when nothing was executed."""

    executed: bool
    reason: str
    actions: list[Effect] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A handoff that a limit forbade."""

    at: datetime
    reason: str


class JorgeHandoffService:
    """The handoff rules with a memory; build one in the composition root, never a global."""

    def __init__(self, clock: Clock | None = None, new_id: NewId = new_uuid7, *, location_id: str = "default") -> None:
        """*location_id* is where an outcome belongs whose handoff is not known."""
        self._location_id = location_id
        self._clock = clock or SystemClock()
        self._new_id = new_id
        self._repository: HandoffRepository | None = None
        self._hydrated = False
        self._handed: OrderedDict[str, deque[tuple[str, Handed]]] = OrderedDict()
        """By contact: the location and the handoff, the latest contact last."""
        self._outcomes: dict[Route, OrderedDict[UUID, HandoffOutcomeRecord]] = {}
        self._blocks: deque[Block] = deque(maxlen=BLOCKS_KEPT)
        self._learned: dict[Route, tuple[datetime, Learned]] = {}
        self._learned_by_all: Mapping[Route, Learned] | None = None
        self._health: Mapping[Owner, BotHealth] = {}

    def set_repository(self, repository: HandoffRepository | None) -> None:
        """Keep handoffs and outcomes in *repository* from now on; None goes back to memory alone."""
        self._repository = repository
        self._hydrated = False
        self._learned_by_all = None

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
            self._remember_outcome(row)
            if row.timestamp >= limits_since:
                handed = Handed(source=Owner(row.source_bot), target=Owner(row.target_bot), at=row.timestamp)
                self._remember_handoff(row.contact_id, row.location_id, handed)
        self._learned.clear()
        self._hydrated = True
        return known

    async def refresh_learning(self) -> Mapping[Route, Learned]:
        """Learn afresh from the outcomes of all nodes, and go by that until the next time; return it by route.

        Without a repository this process's own memory is all there is.

        Raises:
            Retryable: the database is away; what was learned before stands.
        """
        if self._repository is not None:
            weights = await self._repository.handoff_weights(span=WINDOW, half_life=HALF_LIFE)
            self._learned_by_all = {route: _learn_from(weights.get(_names(route), {})) for route in BASE_THRESHOLDS}
        return {route: self._learn(route) for route in BASE_THRESHOLDS}

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
        at = self._clock.now()
        earlier = _earlier_scores(conversation_history, Owner(current_bot))
        outcome = decide_by_scores(
            Owner(current_bot),
            strengthened(_score(intent_signals, "buyer_intent_score", "buy"), [buy for buy, _ in earlier]),
            strengthened(_score(intent_signals, "seller_intent_score", "sell"), [sell for _, sell in earlier]),
            self.recent_handoffs(contact_id),
            at,
            self.adjustments(),
            health=self._health,
        )
        if isinstance(outcome, HandoffBlocked):
            self._remember_block(contact_id, outcome, at)
            return None
        return outcome

    async def execute_handoff(
        self, decision: HandoffDecision, contact_id: str, location_id: str = "default"
    ) -> HandoffResult:
        """Carry *decision* out: its event and a pending outcome are recorded, the CRM's part is returned.

        The limits are asked again, so that two evaluations at the same time lead to one handoff, also in two processes
        on one database.  A forbidden one is told by `executed=False` and the reason, never by an error.  While the
        database is away this process's own memory decides, and the journal keeps the rows.
        """
        began, at = self._clock.seconds(), self._clock.now()
        refusal = self._refusal(decision, contact_id, location_id, at)
        if refusal is not None:
            return HandoffResult(executed=False, reason=refusal)
        event_id = self._new_id()
        # Remembered before anything is awaited: whoever comes next on this loop meets the limit.
        self._remember_handoff(contact_id, location_id, Handed(source=decision.source, target=decision.target, at=at))
        outcome = HandoffOutcomeRecord(
            contact_id=contact_id,
            source_bot=decision.source.value,
            target_bot=decision.target.value,
            outcome="pending",
            timestamp=at,
            location_id=location_id,
            metadata=_details(decision),
            event_id=event_id,
        )
        self._remember_outcome(outcome)
        event = HandoffEventRecord(
            source_bot=decision.source.value,
            target_bot=decision.target.value,
            success=True,
            duration_ms=(self._clock.seconds() - began) * 1000.0,
            timestamp=at,
            location_id=location_id,
            metadata=_details(decision),
            contact_id=contact_id,
        )
        refusal = await self._refused_elsewhere(decision, event, outcome)
        if refusal is not None:
            self._forget(contact_id, outcome)
            return HandoffResult(executed=False, reason=refusal)
        log.info("handoff.executed", contact_id=contact_id, source=decision.source.value, target=decision.target.value)
        return HandoffResult(executed=True, reason=decision.reason, actions=_actions(decision))

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
        record = self._resolve(contact_id, source_bot, target_bot, outcome, self._clock.now(), metadata)
        self._learned_by_all = None  # the caller sees at once what it told; the next refresh counts it with the rest
        self._record(record)

    def get_learned_adjustments(self, source_bot: str, target_bot: str) -> dict[str, Any]:
        """What the last 7 days taught about a route: `adjustment` to its threshold, `success_rate`, `sample_size`,
        and the 90 % `interval` of the rate; rate and interval are None without an outcome.

        Raises:
            UnknownNameError: a bot is none (a ValueError).
        """
        check_name(source_bot, ROUTE_ENDS, "source_bot")
        check_name(target_bot, ROUTE_ENDS, "target_bot")
        learned = self._learn((Owner(source_bot), Owner(target_bot)))
        return {
            "adjustment": learned.adjustment,
            "success_rate": learned.success_rate,
            "sample_size": learned.sample_size,
            "interval": learned.interval,
        }

    def adjustments(self) -> Mapping[Route, float]:
        """Route -> what was learned to add to its base threshold, for the turn."""
        return {route: self._learn(route).adjustment for route in BASE_THRESHOLDS}

    def threshold(self, source: Owner, target: Owner) -> float | None:
        """The confidence that the route takes now, with what was learned; None where there is no such threshold."""
        if (source, target) not in BASE_THRESHOLDS:
            return None
        return threshold_of(source, target, self._learn((source, target)).adjustment)

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
        self._remember_handoff(
            contact_id, location_id or self._location_id, Handed(source=source, target=target, at=at)
        )
        self._remember_outcome(
            HandoffOutcomeRecord(
                contact_id=contact_id,
                source_bot=source.value,
                target_bot=target.value,
                outcome="pending",
                timestamp=at,
                location_id=location_id or self._location_id,
                event_id=event_id,
            )
        )

    def note_block(self, *, contact_id: str, blocked: HandoffBlocked, at: datetime) -> None:
        """Remember that a limit or a bot's trouble kept a turn from handing over, whose row the turn has written."""
        self._remember_block(contact_id, blocked, at)

    def note_outcome(self, *, contact_id: str, source: Owner, target: Owner, outcome: str, at: datetime) -> None:
        """Remember how a handoff went whose row somebody else has written; writes nothing."""
        self._resolve(contact_id, source.value, target.value, outcome, at, None)

    def note_resolved(self, resolved: Iterable[Resolved]) -> None:
        """The same for what a turn or a job found out."""
        for one in resolved:
            handoff, outcome = one.handoff, one.resolution.outcome.value
            self._remember_outcome(
                HandoffOutcomeRecord(
                    contact_id=handoff.contact_id,
                    source_bot=handoff.source.value,
                    target_bot=handoff.target.value,
                    outcome=outcome,
                    timestamp=handoff.at,
                    resolved_at=one.resolution.at,
                    location_id=handoff.location_id,
                    event_id=handoff.event_id,
                )
            )
            log.info(
                "handoff.resolved",
                contact_id=handoff.contact_id,
                source=handoff.source.value,
                target=handoff.target.value,
                outcome=outcome,
            )

    def recent_handoffs(self, contact_id: str, location_id: str | None = None) -> tuple[Handed, ...]:
        """The contact's handoffs of the last 24 hours that this process knows of, oldest first.

        Those of one location, or, for whoever cannot say which, of every location with such a contact.
        """
        since = self._clock.now() - HANDOFF_MEMORY
        known = self._handed.get(contact_id, ())
        return tuple(past for place, past in known if past.at > since and location_id in (None, place))

    def known_outcomes(self, since: datetime) -> tuple[HandoffOutcomeRecord, ...]:
        """The handoffs since then that this process knows of, with how they went."""
        return tuple(
            outcome
            for of_route in self._outcomes.values()
            for outcome in of_route.values()
            if outcome.timestamp >= since
        )

    def known_blocks(self, since: datetime) -> dict[str, int]:
        """How often each limit forbade a handoff since then, as far as this process decided it."""
        counts: dict[str, int] = {}
        for block in self._blocks:
            if block.at >= since:
                counts[block.reason] = counts.get(block.reason, 0) + 1
        return counts

    def _refusal(self, decision: HandoffDecision, contact_id: str, location_id: str, at: datetime) -> str | None:
        source, target = decision.source, decision.target
        if source is target or Owner.NONE in (source, target):
            return "no_route"
        if source.bot and target.bot and (source, target) not in BASE_THRESHOLDS:
            return "no_route"
        recent = self.recent_handoffs(contact_id, location_id)
        reason = block_reason(source, target, decision.confidence, recent, at)
        if reason is None:
            return None
        blocked = HandoffBlocked(source=source, target=target, confidence=decision.confidence, reason=reason)
        self._remember_block(contact_id, blocked, at)
        return reason.value

    async def _refused_elsewhere(
        self, decision: HandoffDecision, event: HandoffEventRecord, outcome: HandoffOutcomeRecord
    ) -> str | None:
        """Write the handoff where all processes see it; a limit that only the others' handoffs reach is the answer."""
        if self._repository is None:
            return None

        def refuses(past: Sequence[Past]) -> str | None:
            handed = [Handed(source=Owner(source), target=Owner(target), at=at) for source, target, at in past]
            # The others' clocks may be a little ahead of ours.
            at = max([event.timestamp, *(one.at for one in handed)])
            reason = block_reason(decision.source, decision.target, decision.confidence, handed, at)
            return None if reason is None else reason.value

        try:
            refusal = await self._repository.hand_over(
                event, outcome, since=event.timestamp - HANDOFF_MEMORY, refuses=refuses
            )
        except Retryable as error:
            log.warning("handoff.kept_for_later", contact_id=outcome.contact_id, error=str(error))
            self._record(event, outcome)
            return None
        if refusal is not None:
            reason = BlockReason(refusal)
            blocked = HandoffBlocked(
                source=decision.source, target=decision.target, confidence=decision.confidence, reason=reason
            )
            self._remember_block(outcome.contact_id, blocked, event.timestamp)
        return refusal

    def _forget(self, contact_id: str, outcome: HandoffOutcomeRecord) -> None:
        """Take back what was remembered of a handoff that did not happen."""
        source, target = Owner(outcome.source_bot), Owner(outcome.target_bot)
        handed = Handed(source=source, target=target, at=outcome.timestamp)
        self._handed[contact_id].remove((outcome.location_id, handed))
        if outcome.event_id is not None:
            self._outcomes[source, target].pop(outcome.event_id, None)

    def _record(self, *records: HandoffEventRecord | HandoffOutcomeRecord) -> None:
        if self._repository is not None:
            self._repository.record(RecordBatch(turn_id=None, records=records))

    def _resolve(
        self,
        contact_id: str,
        source_bot: str,
        target_bot: str,
        outcome: str,
        at: datetime,
        metadata: Mapping[str, Any] | None,
    ) -> HandoffOutcomeRecord:
        check_name(outcome, RESOLVED, "outcome")
        told = HandoffOutcomeRecord(
            contact_id=contact_id,
            source_bot=source_bot,
            target_bot=target_bot,
            outcome=outcome,
            timestamp=at,
            resolved_at=at,
            location_id=self._location_id,
            metadata=metadata,
        )
        pending = self._newest_pending(contact_id, (Owner(source_bot), Owner(target_bot)))
        if pending is None:
            told = replace(told, event_id=self._new_id())
            self._remember_outcome(told)
            return told
        self._remember_outcome(replace(pending, outcome=outcome, resolved_at=at))
        return replace(told, event_id=pending.event_id, location_id=pending.location_id)

    def _newest_pending(self, contact_id: str, route: Route) -> HandoffOutcomeRecord | None:
        of_route: Mapping[UUID, HandoffOutcomeRecord] = self._outcomes.get(route, {})
        waiting = (
            known for known in of_route.values() if known.contact_id == contact_id and known.outcome == "pending"
        )
        return max(waiting, key=lambda known: known.timestamp, default=None)

    def _remember_handoff(self, contact_id: str, location_id: str, handed: Handed) -> None:
        past = self._handed.setdefault(contact_id, deque(maxlen=HANDOFFS_KEPT))
        if (location_id, handed) not in past:
            past.append((location_id, handed))
        self._handed.move_to_end(contact_id)
        while len(self._handed) > CONTACTS_KEPT:
            self._handed.popitem(last=False)

    def _remember_outcome(self, outcome: HandoffOutcomeRecord) -> None:
        route = (Owner(outcome.source_bot), Owner(outcome.target_bot))
        of_route: OrderedDict[UUID, HandoffOutcomeRecord] = self._outcomes.setdefault(route, OrderedDict())
        event_id = outcome.event_id or self._new_id()
        known = of_route.get(event_id)
        if known is not None and known.outcome != "pending" and outcome.outcome == "pending":
            return  # the row is still on its way through the journal; memory knows more
        of_route[event_id] = outcome
        if outcome.outcome != "pending":
            self._learned.pop(route, None)
        while len(of_route) > OUTCOMES_KEPT:
            of_route.popitem(last=False)

    def _remember_block(self, contact_id: str, blocked: HandoffBlocked, at: datetime) -> None:
        self._blocks.append(Block(at, blocked.reason.value))
        log.info(
            "handoff.blocked",
            contact_id=contact_id,
            source=blocked.source.value,
            target=blocked.target.value,
            reason=blocked.reason.value,
        )

    def _learn(self, route: Route) -> Learned:
        if self._learned_by_all is not None and route in self._learned_by_all:
            return self._learned_by_all[route]
        now = self._clock.now()
        cached = self._learned.get(route)
        if cached is not None and now - cached[0] < LEARNING_KEPT:
            return cached[1]
        learned = self._learn_afresh(route, now)
        self._learned[route] = (now, learned)
        return learned

    def _learn_afresh(self, route: Route, now: datetime) -> Learned:
        if route not in BASE_THRESHOLDS:
            return learn((), now)
        of_route: Mapping[UUID, HandoffOutcomeRecord] = self._outcomes.get(route, {})
        return learn([(known.outcome, known.timestamp) for known in of_route.values()], now)


def _learn_from(weights: Mapping[str, tuple[int, float]]) -> Learned:
    return learn_from({outcome: Evidence(count, weight) for outcome, (count, weight) in weights.items()})


def _names(route: Route) -> tuple[str, str]:
    return route[0].value, route[1].value


def _score(signals: Mapping[str, float], *keys: str) -> float:
    scores = [float(signals[key]) for key in keys if signals.get(key) is not None]
    return min(max(max(scores, default=0.0), 0.0), 1.0)


def _earlier_scores(history: Sequence[Mapping[str, Any]], owner: Owner) -> list[tuple[float, float]]:
    """(buying, selling) of what the lead wrote among the last messages, newest first."""
    context = MessageContext(bot=owner.bot or Bot.LEAD)
    texts = [_text(entry) for entry in history if str(entry.get("role", "")).lower() in LEAD_ROLES]
    return [intent_scores(understand(text, context)) for text in reversed(texts[-HISTORY_MESSAGES:])]


def _text(entry: Mapping[str, Any]) -> str:
    return str(entry.get("content") or entry.get("text") or entry.get("message") or "")


def _details(decision: HandoffDecision) -> dict[str, Any]:
    return {
        "confidence": round(decision.confidence, 3),
        "threshold": round(decision.threshold, 3),
        "adjustment": round(decision.adjustment, 3),
        "reason": decision.reason,
    }


def _actions(decision: HandoffDecision) -> list[Effect]:
    actions: list[Effect] = []
    if decision.source in OWNER_TAGS:
        actions.append(RemoveTag(OWNER_TAGS[decision.source]))
    if decision.target in OWNER_TAGS:
        actions.append(AddTag(OWNER_TAGS[decision.target]))
    actions.append(AddTag(handoff_tag(decision.source, decision.target)))
    return actions
