"""Where the effects wait."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.delivery.carrier import SendingRates
from ghl_real_estate_ai.delivery.model import ClaimedEffect, DeadEffect, Shares
from ghl_real_estate_ai.delivery.starting import Start
from ghl_real_estate_ai.errors import Retryable


class ClaimLost(Retryable):
    """The claim ran out, or another sender has the effect now: leave it to them."""


class Outbox(Protocol):
    """The sender's side of the outbox; entries are put in by the turn's own transaction.

    `attempt` is `ClaimedEffect.attempts` of the claim that is acting.  It grows with each claim, so that a sender
    which was away longer than its lease cannot undo what the next one does; None acts for whichever claim is open.
    """

    async def claim(
        self, sender: str, *, most: int, lease: timedelta, shares: Shares | None = None
    ) -> list[ClaimedEffect]:
        """Claim due entries, oldest first, at most the first waiting one of each contact (per-contact order).

        With *shares* no location gets more than its own; a claim may then bring fewer than there are due.
        """
        ...

    async def note_asking(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> None:
        """Remember, before the request leaves, that the CRM is being asked; the claim then holds long enough for it.

        Raises:
            ClaimLost: the claim is no longer this sender's; nothing may be sent.
        """
        ...

    async def mark_sent(self, location_id: LocationId, effect_id: UUID, crm_id: str | None) -> None:
        """The CRM has it; a message's CRM id is also put on its `messages` row."""
        ...

    async def retry_later(
        self,
        location_id: LocationId,
        effect_id: UUID,
        *,
        after: timedelta,
        reason: str,
        asked_crm: bool,
        failed: bool = True,
        attempt: int | None = None,
    ) -> None:
        """Put it back, due after *after*; `asked_crm=False` when the CRM certainly did not do it.

        `failed=False` when it only has to wait: that brings it no nearer to being given up.
        """
        ...

    async def mark_dropped(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        """It is no longer right to do this."""
        ...

    async def mark_dead(
        self, location_id: LocationId, effect_id: UUID, reason: str, *, attempt: int | None = None
    ) -> None:
        """Given up: a person must look."""
        ...

    async def learn_dnd(self, location_id: LocationId, contact_id: ContactId) -> None:
        """The CRM has just said that the contact has do-not-disturb on: no text leaves until it says otherwise."""
        ...

    async def start_of(self, location_id: LocationId, contact_id: ContactId) -> Start:
        """What decides whether a text that nobody wrote for may leave now: the place, the clock, and how often.

        Texts started with the same number under another contact count as well.
        """
        ...

    async def may_send(self, location_id: LocationId, effect_id: UUID) -> str | None:
        """The gate right before a send: None when it is still right, else the reason to drop it
        (suppressed since, owner changed to a person, epoch moved on, DND or a stop tag).

        `newer_inbound` is no reason to drop by itself: see `take_back`.
        """
        ...

    async def take_back(self, location_id: LocationId, effect_id: UUID, *, attempt: int | None = None) -> bool:
        """Drop a reply that has not left, and undo its turn, so that one turn answers its messages and the newer ones.

        False, and nothing is changed, when the turn cannot be undone: it did more than reply, another has begun or
        followed, or its message has waited for an answer long enough.
        """
        ...

    async def ids_sent(self, location_id: LocationId, contact_id: ContactId) -> frozenset[str]:
        """The CRM's ids of the messages to this contact that are known to be other effects."""
        ...

    async def sending_rates(self, location_id: LocationId | None = None) -> list[SendingRates]:
        """What each location, or this one, sent in the last day, and what came of it; without those that did not."""
        ...

    async def list_dead(self, location_id: LocationId | None, *, limit: int) -> list[DeadEffect]:
        """What was given up, the latest first; of every location when none is named."""
        ...

    async def retry_dead(self, location_id: LocationId, effect_id: UUID) -> bool:
        """Put an effect that was given up back in the queue, due now; False when it is not among the dead.

        It passes the gate like any other, where it may have got through it is looked up first, and none of its
        failures counts any more.
        """
        ...
