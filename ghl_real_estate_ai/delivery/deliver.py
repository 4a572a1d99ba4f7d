"""Sends what the outbox holds: claim, look up if an earlier try may have got through, ask the gate, send, note it."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

import structlog

from ghl_real_estate_ai.compliance.consent import news_of
from ghl_real_estate_ai.compliance.guard import broken_rules
from ghl_real_estate_ai.compliance.model import explained
from ghl_real_estate_ai.compliance.ports import Consents
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveNote, RemoveTag, SendText, SetField
from ghl_real_estate_ai.crm.ports import (
    Crm,
    CrmAccessDenied,
    CrmAway,
    CrmBusy,
    CrmDoNotDisturb,
    CrmOutcomeUnknown,
    CrmPaced,
    CrmRefused,
)
from ghl_real_estate_ai.delivery.carrier import DailyBudget, SendingRates
from ghl_real_estate_ai.delivery.gate import NEWER_INBOUND
from ghl_real_estate_ai.delivery.model import REFUSED, ClaimedEffect, OutboxEntry, Shares
from ghl_real_estate_ai.delivery.ports import ClaimLost, Outbox
from ghl_real_estate_ai.delivery.starting import NO_CONSENT, Start, Wait, wait_before

log = structlog.get_logger(__name__)

NO_LIMIT = DailyBudget(limit=0, reply_share=0.0)
BUDGET_WAIT = timedelta(hours=1)
"""How long a text that the day's budget has no room for waits before it is looked at again."""
BUSY_WAIT = timedelta(seconds=10)
"""How long to wait after a 429 that does not say: the span over which the CRM counts."""
CLOCK_SKEW = timedelta(minutes=1)
"""How far the CRM's clock may be behind ours when a message is looked up."""


@dataclass(slots=True)
class DeliveryCounts:
    """What this process has done since it started; only ever grows."""

    sent: int = 0
    found_sent: int = 0
    """Of those sent: found in the CRM after an outcome that was unknown."""
    retried: int = 0
    dropped: int = 0
    taken_back: int = 0
    """Replies dropped because the contact wrote again, to be answered with what came."""
    dead: int = 0
    failed: int = 0
    """Deliveries that ended in an error of ours; their claims run out and they are tried again."""
    crm_calls: int = 0
    crm_busy: int = 0
    """Of the calls: answered 429."""
    crm_access_denied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """When a failed effect is tried again: exponential, with half of each delay drawn at random."""

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)
    after_unknown: timedelta = timedelta(seconds=5)
    """At least this long after an unknown outcome: the CRM must have had time to show the message."""
    after_access_denied: timedelta = timedelta(minutes=5)
    most_attempts: int = 12
    """About 40 minutes; then a person must look.  Only failures count: what waits for limits, hours or budgets, or for
    an operator to mend the access, may wait as long as it must."""

    def delay(self, failures: int, draw: float) -> timedelta:
        """The delay after the *failures*-th failure; *draw* is from [0, 1)."""
        whole = min(self.longest, self.first * float(2 ** min(failures - 1, 30)))
        return whole * (0.5 + draw / 2)


class Deliver:
    """One sender; several, in one process or many, share an outbox."""

    def __init__(
        self,
        outbox: Outbox,
        crm: Crm,
        *,
        sender: str,
        counts: DeliveryCounts | None = None,
        plan: RetryPlan | None = None,
        draw: Callable[[], float] = random.random,
        most: int = 48,
        most_each: int = 8,
        lease: timedelta = timedelta(seconds=60),
        settle: Callable[[], Awaitable[None]] | None = None,
        budget: DailyBudget = NO_LIMIT,
        wait_of: Callable[[Start], Wait | None] = wait_before,
        own_names: tuple[str, ...] = (),
        consents: Consents | None = None,
    ) -> None:
        """At most *most* effects are under way at a time, and *most_each* of one location.

        *budget* bounds what we start in a day; *own_names* are names of ours, that no rule is held against;
        *consents* takes in what the CRM says before a text that rests on it; without it only what is kept counts.
        *settle* is awaited before each call to the CRM: with strict durability it waits for the disk.
        """
        self._wait_of = wait_of
        self._own_names = own_names
        self._consents = consents
        self._settle = settle
        self.outbox = outbox
        self._crm = crm
        self._sender = sender
        self.counts = DeliveryCounts() if counts is None else counts
        self._plan = plan or RetryPlan()
        self._draw = draw
        self.most = most
        self._most_each = most_each
        self._under_way: Counter[LocationId] = Counter()
        self._lease = lease
        self._budget = budget

    async def deliver_due(self) -> int:
        """Deliver one batch of what is due and return how many effects were taken up; 0 when nothing is due.

        Raises:
            Retryable: the outbox is away; what was claimed comes back when its lease ends.
        """
        claimed = await self.claim(self.most)
        ends = await asyncio.gather(*(self.deliver(one) for one in claimed), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end
        return len(claimed)

    async def claim(self, most: int) -> list[ClaimedEffect]:
        """Take up to *most* effects, one of each contact, and of no location more than its share."""
        shares = Shares(most_each=self._most_each, taken=self._under_way)
        claimed = await self.outbox.claim(self._sender, most=most, lease=self._lease, shares=shares)
        self._under_way.update(one.entry.location_id for one in claimed)
        return claimed

    def has_all_its_share(self, location_id: LocationId) -> bool:
        """Whether the location may have no more under way now."""
        return self._under_way[location_id] >= self._most_each

    async def deliver(self, claimed: ClaimedEffect) -> None:
        """Carry *claimed* out, or put it off, drop it, or give it up; the outbox says which."""
        try:
            await self._carry_out(claimed)
        finally:
            self._under_way[claimed.entry.location_id] -= 1
            self._under_way += Counter()  # forgets who has nothing under way

    async def _carry_out(self, claimed: ClaimedEffect) -> None:
        try:
            await self._deliver(claimed)
        except ClaimLost:
            log.warning("delivery.claim_lost", **_names(claimed))
        except CrmPaced as error:
            # Held back by ourselves, and nothing was asked: neither a 429 of the CRM's nor a failure of the effect.
            await self._put_off(claimed, "paced", timedelta(seconds=error.retry_after_seconds or 1))
        except CrmBusy as error:
            self.counts.crm_busy += 1
            stated = error.retry_after_seconds
            waits = BUSY_WAIT if stated is None else timedelta(seconds=stated)
            await self._put_off(claimed, "busy", waits * (1 + self._draw() / 4))
        except CrmAway as error:
            log.warning("delivery.crm_away", error=str(error), **_names(claimed))
            await self._retry(claimed, "crm_away")
        except CrmOutcomeUnknown as error:
            log.warning("delivery.outcome_unknown", error=str(error), **_names(claimed))
            await self._retry(claimed, "outcome_unknown", at_least=self._plan.after_unknown, asked_crm=True)
        except CrmAccessDenied as error:
            self.counts.crm_access_denied += 1
            log.warning("delivery.access_denied", error=str(error), **_names(claimed))
            await self._put_off(claimed, "access_denied", self._plan.after_access_denied)
        except CrmDoNotDisturb as error:
            # HighLevel tells of it by nothing else, and each further try counts against the location.
            await self.outbox.learn_dnd(claimed.entry.location_id, claimed.entry.contact_id)
            await self._give_up(claimed, f"{REFUSED}: {error}")
        except CrmRefused as error:
            await self._give_up(claimed, f"{REFUSED}: {error}")

    async def _deliver(self, claimed: ClaimedEffect) -> None:
        entry = claimed.entry
        if claimed.asked_crm:
            found = await self._find(claimed)
            if found is not None:
                self.counts.found_sent += 1
                await self._mark_sent(claimed, found)
                return
        reason = await self.outbox.may_send(entry.location_id, entry.effect_id)
        if reason == NEWER_INBOUND:
            # A reply that cannot be taken back is sent after all: the lead gets two answers rather than none.
            taken_back = not claimed.asked_crm and await self.outbox.take_back(
                entry.location_id, entry.effect_id, attempt=claimed.attempts
            )
            if taken_back:
                self.counts.taken_back += 1
                log.info("delivery.taken_back", **_names(claimed))
                return
            reason = None
        reason = reason or forbidden_words(entry.effect, self._own_names)
        if reason is not None:
            await self._drop(claimed, reason)
            return
        if entry.initiated and isinstance(entry.effect, SendText) and not await self._is_right_to_start(claimed):
            return
        if self._settle is not None:
            await self._settle()
        if entry.initiated and isinstance(entry.effect, SendText) and not await self._may_start(entry.location_id):
            await self._put_off(claimed, "daily_budget", BUDGET_WAIT)
            return
        await self.outbox.note_asking(entry.location_id, entry.effect_id, attempt=claimed.attempts)
        await self._mark_sent(claimed, await self._send(claimed))

    async def _is_right_to_start(self, claimed: ClaimedEffect) -> bool:
        """Whether a text that nobody wrote for may leave now; dropped without consent, else put off if it must be."""
        start = await self.outbox.start_of(claimed.entry.location_id, claimed.entry.contact_id)
        match await self._has_agreed(claimed.entry, start):
            case None:
                await self._put_off(claimed, "consent_unknown", BUDGET_WAIT)
                return False
            case False:
                await self._drop(claimed, explained((NO_CONSENT,)))
                return False
        wait = self._wait_of(start)
        if wait is None:
            return True
        log.info("delivery.held", reason=wait.reason, **_names(claimed))
        await self._put_off(claimed, wait.reason, wait.span)
        return False

    async def _has_agreed(self, entry: OutboxEntry, start: Start) -> bool | None:
        """Whether the contact agreed to texts, by the CRM as it is now unless they told us so; None while unknown."""
        if start.in_own_word or self._consents is None:
            return start.has_consent
        self.counts.crm_calls += 1
        found = await self._crm.find_contact(entry.location_id, entry.contact_id, with_fields=True)
        if found is None:
            return False
        has_agreed = await self._consents.note(entry.location_id, entry.contact_id, news_of(found))
        return has_agreed if has_agreed or found.fields_known else None

    async def _drop(self, claimed: ClaimedEffect, reason: str) -> None:
        self.counts.dropped += 1
        log.info("delivery.dropped", reason=reason, **_names(claimed))
        entry = claimed.entry
        await self.outbox.mark_dropped(entry.location_id, entry.effect_id, reason, attempt=claimed.attempts)

    async def _may_start(self, location_id: LocationId) -> bool:
        """Whether the day's budget leaves room for one more text that nobody wrote for."""
        rates = await self.outbox.sending_rates(location_id)
        sent = rates[0] if rates else SendingRates(location_id=location_id)
        left = self._budget.left_to_start(sent)
        return left is None or left > 0

    async def _find(self, claimed: ClaimedEffect) -> str | None:
        """The CRM's id of what an earlier try has done; None when it has not, or when twice is as good as once."""
        entry = claimed.entry
        since = (claimed.asked_at or claimed.created_at) - CLOCK_SKEW
        match entry.effect:
            case SendText(text):
                # The same words may have been sent a moment before: those are another effect's.
                others = await self.outbox.ids_sent(entry.location_id, entry.contact_id)
                self.counts.crm_calls += 1
                return await self._crm.find_sent(entry.location_id, entry.contact_id, text, since=since, others=others)
            case AddNote(text):
                self.counts.crm_calls += 1
                return await self._crm.find_note(entry.location_id, entry.contact_id, text, since=since)
            case AddTag() | RemoveTag() | SetField() | RemoveNote():
                return None
            case _:
                assert_never(entry.effect)

    async def _send(self, claimed: ClaimedEffect) -> str | None:
        entry = claimed.entry
        who = (entry.location_id, entry.contact_id)
        self.counts.crm_calls += 1
        match entry.effect:
            case SendText(text, channel):
                return await self._crm.send_text(*who, text, channel=channel)
            case AddTag(tag):
                await self._crm.add_tags(*who, frozenset({tag}))
            case RemoveTag(tag):
                await self._crm.remove_tags(*who, frozenset({tag}))
            case SetField(key, value):
                await self._crm.set_field(*who, key, value)
            case AddNote(text):
                return await self._crm.add_note(*who, text)
            case RemoveNote(note_id):
                await self._crm.remove_note(*who, note_id)
            case _:
                assert_never(entry.effect)
        return None

    async def _mark_sent(self, claimed: ClaimedEffect, crm_id: str | None) -> None:
        self.counts.sent += 1
        await self.outbox.mark_sent(claimed.entry.location_id, claimed.entry.effect_id, crm_id)

    async def _retry(
        self,
        claimed: ClaimedEffect,
        reason: str,
        *,
        at_least: timedelta = timedelta(0),
        asked_crm: bool = False,
    ) -> None:
        failures = claimed.failures + 1
        if failures >= self._plan.most_attempts:
            await self._give_up(claimed, f"{reason}, {failures} times")
            return
        after = max(at_least, self._plan.delay(failures, self._draw()))
        await self._put_off(claimed, reason, after, asked_crm=asked_crm, failed=True)

    async def _put_off(
        self,
        claimed: ClaimedEffect,
        reason: str,
        after: timedelta,
        *,
        asked_crm: bool = False,
        failed: bool = False,
    ) -> None:
        self.counts.retried += 1
        await self.outbox.retry_later(
            claimed.entry.location_id,
            claimed.entry.effect_id,
            after=after,
            reason=reason,
            # Once unknown, always to be looked up: an earlier try may still show late.
            asked_crm=asked_crm or claimed.asked_crm,
            failed=failed,
            attempt=claimed.attempts,
        )

    async def _give_up(self, claimed: ClaimedEffect, reason: str) -> None:
        self.counts.dead += 1
        log.error("delivery.gave_up", reason=reason, **_names(claimed))
        await self.outbox.mark_dead(
            claimed.entry.location_id, claimed.entry.effect_id, reason, attempt=claimed.attempts
        )


def forbidden_words(effect: Effect, own_names: tuple[str, ...] = ()) -> str | None:
    """Why the words of *effect* may not leave, or None; whoever wrote them, and however long ago they were judged.

    They are not replaced here: the text that leaves must be the one that a later look-up in the CRM searches for.
    """
    broken = broken_rules(effect.text, own_names) if isinstance(effect, SendText) else ()
    return f"guard: {explained(tuple(one.rule for one in broken))}" if broken else None


def _names(claimed: ClaimedEffect) -> dict[str, str | int]:
    """What a log line may say of an effect: never its words."""
    entry = claimed.entry
    return {
        "location_id": entry.location_id,
        "contact_id": entry.contact_id,
        "effect_key": entry.effect_key,
        "effect": type(entry.effect).__name__,
        "attempt": claimed.attempts,
    }
