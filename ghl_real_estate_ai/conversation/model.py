"""The nouns that every slice shares: who writes, what is known of them, who answers.

Pure and immutable; times come in as arguments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

LocationId = NewType("LocationId", str)
"""A HighLevel sub-account; the tenant."""
ContactId = NewType("ContactId", str)
"""The CRM's id of a person, unique within a location."""
MessageId = NewType("MessageId", UUID)
TurnId = NewType("TurnId", UUID)
EventId = NewType("EventId", UUID)
"""Our id of one event that came in (an `inbox` row)."""


class Bot(StrEnum):
    """A bot by its type, as in `jorge_bot_interactions.bot_type`."""

    LEAD = "lead"
    BUYER = "buyer"
    SELLER = "seller"


class Owner(StrEnum):
    """Who answers the contact; `NONE` after an opt-out."""

    LEAD = "lead"
    BUYER = "buyer"
    SELLER = "seller"
    HUMAN = "human"
    NONE = "none"

    @property
    def bot(self) -> Bot | None:
        """The bot of this owner, or None when no bot may answer."""
        return None if self in (Owner.HUMAN, Owner.NONE) else Bot(self.value)


OWNER_TAGS: Mapping[Owner, str] = {
    Owner.LEAD: "Needs Qualifying",
    Owner.BUYER: "Buyer-Lead",
    Owner.SELLER: "Seller-Lead",
}
"""The tag that hands a contact to each bot; the CRM's side of `Owner`."""


class Language(StrEnum):
    """The languages Jorge writes."""

    EN = "en"
    ES = "es"


class Slot(StrEnum):
    """A thing a lead can tell us; values are described in docs/glossary.md."""

    BUDGET_MIN = "budget_min"
    BUDGET_MAX = "budget_max"
    PRICE_EXPECTATION = "price_expectation"
    TIMELINE_DAYS = "timeline_days"
    LOCATIONS = "locations"
    BEDROOMS = "bedrooms"
    BATHROOMS = "bathrooms"
    FINANCING = "financing"
    ADDRESS = "address"
    CONDITION = "condition"
    MOTIVATION = "motivation"
    OCCUPANCY = "occupancy"
    MORTGAGE_BALANCE = "mortgage_balance"
    NAME = "name"
    EMAIL = "email"
    APPOINTMENT = "appointment"
    UPGRADES = "upgrades"
    LISTING_HISTORY = "listing_history"
    DECISION_MAKERS = "decision_makers"
    CONTACT_METHOD = "contact_method"


SLOT_VALUES: Mapping[Slot, tuple[str, ...]] = {
    Slot.FINANCING: ("cash", "preapproved", "prequalified", "needs_lender", "fha", "va", "conventional"),
    Slot.CONDITION: ("turnkey", "cosmetic", "major"),
    Slot.OCCUPANCY: ("owner", "tenant", "vacant"),
    Slot.MOTIVATION: (
        "relocation",
        "divorce",
        "inherited",
        "foreclosure",
        "downsizing",
        "upsizing",
        "job_loss",
        "retirement",
        "landlord_fatigue",
        "first_home",
        "investment",
        "health",
        "debt",
    ),
}
"""The slots that hold one of a few values, with these values."""
SlotValue = int | float | str | tuple[str, ...]
"""Money in whole US dollars, spans in days, places as a tuple of names, the rest as text."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a lead told us, with the message that said so."""

    slot: Slot
    value: SlotValue
    source_message_id: MessageId | None
    """None where a form, a tag or a custom field said it."""
    stated_at: datetime
    confidence: float = 1.0


class Facts(Mapping[Slot, Fact]):
    """What is known now, one fact a slot; a later statement replaces an earlier one."""

    def __init__(self, facts: Mapping[Slot, Fact] | None = None) -> None:
        self._facts = dict(facts or {})

    def __getitem__(self, slot: Slot) -> Fact:
        return self._facts[slot]

    def __iter__(self) -> Iterator[Slot]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __repr__(self) -> str:
        return f"Facts({self.values_by_slot()})"

    def with_stated(self, *facts: Fact) -> "Facts":
        """Return these facts with *facts* put in, each replacing an earlier one of its slot."""
        return Facts(self._facts | {fact.slot: fact for fact in facts})

    def without(self, *slots: Slot) -> "Facts":
        """Return these facts less those of *slots* (taken back by the lead)."""
        return Facts({slot: fact for slot, fact in self._facts.items() if slot not in slots})

    def value(self, slot: Slot) -> SlotValue | None:
        """The value known for *slot*, or None."""
        fact = self._facts.get(slot)
        return None if fact is None else fact.value

    def values_by_slot(self) -> dict[str, SlotValue]:
        """The values by slot name, for JSON and for people."""
        return {slot.value: fact.value for slot, fact in self._facts.items()}


class Question(StrEnum):
    """A thing a bot can ask for: whether to buy or sell, or one of the slots (same value as the slot)."""

    GOAL = "goal"
    BUDGET = "budget_max"
    FINANCING = "financing"
    BEDROOMS = "bedrooms"
    TIMELINE = "timeline_days"
    LOCATIONS = "locations"
    ADDRESS = "address"
    MOTIVATION = "motivation"
    CONDITION = "condition"
    PRICE = "price_expectation"
    APPOINTMENT = "appointment"
    NAME = "name"
    MORTGAGE = "mortgage_balance"
    UPGRADES = "upgrades"
    LISTING_HISTORY = "listing_history"
    DECISION_MAKERS = "decision_makers"
    CONTACT_METHOD = "contact_method"
    SECOND_GOAL = "second_goal"
    """Whether to go on with the other of two wishes, once the first bot has asked everything."""

    @property
    def slot(self) -> Slot | None:
        """The slot this question fills, or None for the goal and the second goal."""
        return None if self in (Question.GOAL, Question.SECOND_GOAL) else Slot(self.value)


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation, as stored."""

    message_id: MessageId
    direction: Direction
    author: str
    """`lead`, a bot's type, or `person`."""
    text: str
    at: datetime
    intents: Mapping[str, float] = field(default_factory=dict)
    """What an inbound one was understood to want: intent -> confidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person in the CRM, as far as we know them."""

    location_id: LocationId
    contact_id: ContactId
    tags: frozenset[str] | None = None
    """None while unknown: never the same as having none."""
    dnd: bool | None = None
    """Do-not-disturb of any channel; None while unknown."""
    first_name: str | None = None
    phone: str | None = None
    state: str | None = None
    postal_code: str | None = None
    timezone: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One handoff that happened, for the limits."""

    source: Owner
    target: Owner
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCall:
    """A person of the team was called to this contact."""

    at: datetime
    why: str
    answered_at: datetime | None = None
    """When a person took the conversation over, wrote, or released it; None while the lead waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything a turn needs to know of one contact, as loaded."""

    contact: Contact
    owner: Owner
    version: int = 0
    """Grows by one with each saved turn."""
    epoch: int = 0
    """Grows by one with each change of owner; a scheduled send of an older epoch is dropped."""
    language: Language = Language.EN
    asked: Question | None = None
    """What our last message asked for."""
    attempts: Mapping[Question, int] = field(default_factory=dict)
    """How often each question was asked by the current owner without an answer."""
    disclosed: bool = False
    """Whether we have said that a machine writes."""
    disclosed_by_text: bool = False
    """Whether we have said so in a message that really was sent (`/api/chat` sends none)."""
    opted_out: bool = False
    was_off: bool = False
    """Whether, when the lead opted out, a tag of the team's kept the bots off anyway: it stays when they opt in."""
    goals: tuple[str, ...] = ()
    """Open threads in order, of `buy` and `sell`; both when somebody sells first and then buys."""
    completed: frozenset[Bot] = frozenset()
    """Bots whose questions are complete (their `full_qualification` was recorded)."""
    closed: bool = False
    """We said goodbye; a bare thank-you needs no answer."""
    facts: Facts = field(default_factory=Facts)
    messages: tuple[Message, ...] = ()
    """The latest, oldest first; at most 20."""
    handoffs: tuple[Handed, ...] = ()
    """Those of the last 24 hours, oldest first."""
    replies_used: tuple[str, ...] = ()
    """Keys of the wordings used last, newest last, so that none is repeated in a row."""
    shelved: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    """Goal -> what was said of the home of that thread, kept while the other thread is talked about."""
    lost: int = 0
    """How many messages in a row gave nothing to a bot that had asked something."""
    person_call: PersonCall | None = None
    """The latest call for a person."""
    returns_to: Owner | None = None
    """Who owned the contact before a person did, and gets it back on release."""
    gentle: bool = False
    """The lead told of a hard time: asked less, and never pressed."""
    told_goal: str | None = None
    """`buy` or `sell` where a form, a tag or the time before an opt-out says it, until a bot takes it up."""
    told_by: Mapping[Slot, str] | None = None
    """Which field or tag of the CRM said what, as read once; None until the CRM was asked."""
    only_chat: bool = False
    """Whether nobody but `/api/chat` has written so far."""
    chat_tags: Mapping[str, bool] = field(default_factory=dict)
    """What `/api/chat`, of which the CRM is told nothing, has done to the tags: tag -> whether it is there."""
