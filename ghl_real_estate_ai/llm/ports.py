"""Where phrasing leaves the process: the model itself, and what a location has spent today.

::

    Retryable
    ├── ModelAway        no answer: refused, closed, too slow, or the provider's own fault
    └── ModelBusy        the provider asks us to slow down
    Rejected
    └── ModelConfused    an answer that is none: not the protocol, or no text
    Misconfigured
    ├── ModelRefused     the key, the name or the request is wrong; the same call fails again
    └── ModelNotReady    the settings name a model that this installation cannot reach
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable
from ghl_real_estate_ai.llm.model import Budget, Completion, OpinionRequest, PhrasingRequest, Spent


class ModelAway(Retryable):
    """The language model gave no answer."""


class ModelBusy(Retryable):
    """The provider of the language model asks us to slow down."""


class ModelConfused(Rejected):
    """The language model's address answered something that is no answer."""


class ModelRefused(Misconfigured):
    """The provider refuses our calls: look at JORGE_LLM, JORGE_LLM_API_KEY and JORGE_LLM_BASE_URL."""


class ModelNotReady(Misconfigured):
    """JORGE_LLM names a model that this installation cannot reach; the message says what is missing."""


class LanguageModel(Protocol):
    """Words a decided reply, and reads a message for a second opinion."""

    @property
    def name(self) -> str:
        """Provider and model, as in `JORGE_LLM`; without any secret."""
        ...

    async def phrase(self, request: PhrasingRequest) -> Completion:
        """Ask once, without a retry, and return what was answered, unjudged, with the provider's own token counts.

        Safe to cancel at any time: the caller holds the deadline.

        Raises:
            ModelAway: no answer came, or the provider failed.
            ModelBusy: it asks us to slow down.
            ModelConfused: what came is no answer.
            ModelRefused: the key, the model's name or the request is wrong.
        """
        ...

    async def read(self, request: OpinionRequest) -> Completion:
        """Ask once what a message says; in all else as `phrase`."""
        ...

    async def close(self) -> None:
        """Give the connections back; safe to call twice."""
        ...


@dataclass(frozen=True, slots=True)
class Reservation:
    """A part of a location's budget that one call may use up."""

    location_id: LocationId
    day: date
    held: Spent


class Spending(Protocol):
    """What each location has spent in a day; shared by all processes."""

    async def reserve(self, location_id: LocationId, held: Spent, budget: Budget) -> Reservation | None:
        """Set *held* aside for one call, or None when the day's budget does not have it any more.

        Two processes never get more together than the budget has.

        Raises:
            Retryable: nobody can tell now.
        """
        ...

    async def settle(self, reservation: Reservation, used: Spent) -> None:
        """Put what was *used* in the place of what was held; without this call the whole of it counts as spent.

        Raises:
            Retryable: nobody can tell now; what was held stays spent.
        """
        ...

    async def spent_today(self, location_id: LocationId) -> Spent:
        """What the location has spent or set aside today.

        Raises:
            Retryable: nobody can tell now.
        """
        ...
