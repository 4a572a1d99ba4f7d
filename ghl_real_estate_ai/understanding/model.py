"""What one inbound message says: intents, objections, slots, archetype, language, each with its evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot, SlotValue


class Intent(StrEnum):
    BUY = "buy"
    SELL = "sell"
    RENT = "rent"
    INVEST = "invest"
    VALUATION = "valuation"
    SCHEDULE = "schedule"
    RESCHEDULE = "reschedule"
    CANCEL_APPOINTMENT = "cancel_appointment"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    HUMAN = "human"
    BOT_QUESTION = "bot_question"
    GREETING = "greeting"
    THANKS = "thanks"
    AFFIRM = "affirm"
    DENY = "deny"
    NOT_INTERESTED = "not_interested"
    WRONG_NUMBER = "wrong_number"
    OFF_TOPIC = "off_topic"
    ABUSE = "abuse"
    INJECTION = "injection"
    FAIR_HOUSING = "fair_housing"
    PRIVACY_REQUEST = "privacy_request"


class Objection(StrEnum):
    PRICE = "price"
    COMMISSION = "commission"
    TIMING = "timing"
    MARKET = "market"
    TRUST = "trust"
    REPRESENTED = "represented"
    DECISION_MAKER = "decision_maker"
    COMPETING_ESTIMATE = "competing_estimate"
    DIY = "diy"
    FINANCING = "financing"
    CONDITION = "condition"
    THINKING = "thinking"


class Archetype(StrEnum):
    INVESTOR = "investor"
    DISTRESSED = "distressed"


@dataclass(frozen=True, slots=True)
class SlotIs:
    """One of the few values of a slot, as a label: that the message states it."""

    slot: Slot
    value: str

    def __str__(self) -> str:
        return f"{self.slot}={self.value}"


Label = TypeVar("Label", Intent, Objection, Archetype, SlotIs)


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [start, end) of the text that carry a finding."""

    start: int
    end: int


class Stretch(Protocol):
    """Anything that takes up the characters [start, end) of a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def overlaps(one: Stretch, others: Iterable[Stretch]) -> bool:
    """Whether *one* shares a character with any of *others*, which are places in the same text."""
    return any(one.start < other.end and other.start < one.end for other in others)


@dataclass(frozen=True, slots=True)
class Found(Generic[Label]):
    """A label found in a message, with a calibrated confidence in 0..1 and the words that carry it."""

    label: Label
    confidence: float
    span: Span


@dataclass(frozen=True, slots=True)
class StatedSlot:
    """A slot the message states."""

    slot: Slot
    value: SlotValue
    confidence: float
    span: Span


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What was asked, and by whom: a bare "650" means a price only if a price was asked for."""

    bot: Bot | None = None
    asked: Slot | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything understood of one message."""

    language: Language
    intents: tuple[Found[Intent], ...] = ()
    objections: tuple[Found[Objection], ...] = ()
    slots: tuple[StatedSlot, ...] = ()
    archetype: Found[Archetype] | None = None

    def has(self, intent: Intent) -> bool:
        """Whether *intent* was found at or above its reporting threshold."""
        return any(found.label is intent for found in self.intents)

    def confidence(self, intent: Intent) -> float:
        """The confidence of *intent*, 0.0 when it was not found."""
        return max((f.confidence for f in self.intents if f.label is intent), default=0.0)

    def has_objection(self, objection: Objection) -> bool:
        return any(found.label is objection for found in self.objections)
