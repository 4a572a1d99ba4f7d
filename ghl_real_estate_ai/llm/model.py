"""What a language model is asked, what it answered, what that costs, and how much may be spent; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ghl_real_estate_ai.conversation.model import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words a phrasing may be made of; whatever is outside them could be a fact nobody gave us."""

    statement: frozenset[str]
    """Words of the sentences before the question, besides those of the decided reply and the plain ones."""
    question: frozenset[str]
    """Words in which this question may be asked."""
    telling: frozenset[str]
    """Those of `question` that no other question is asked with: at least one must be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasingRequest:
    """One decided reply, and the limits within which it may be worded."""

    text: str
    """The decided reply: what is said when the model fails."""
    question: str
    """The end of `text`: its one question, which must be kept."""
    kinds: tuple[str, ...]
    """What the parts of the reply are for, such as `ack.bedrooms`."""
    facts: tuple[str, ...]
    """What the lead has just told, as we may repeat it; nothing else may be stated."""
    language: Language
    most_segments: int
    recent: tuple[str, ...]
    """Our latest messages: none of them is said again."""
    vocabulary: Vocabulary

    @property
    def statement(self) -> str:
        """The decided reply without its question."""
        return self.text.removesuffix(self.question).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionRequest:
    """A message of a lead, and the labels that may be found in it."""

    text: str
    asked: str | None
    """The slot that our last message asked for."""
    intents: tuple[str, ...]
    objections: tuple[str, ...]
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model finds in a message: labels, and for each slot the words of the message that tell it."""

    intents: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A text as it would be sent, and what the law and the carrier say of it."""

    text: str
    segments: int
    broken: tuple[str, ...] = ()
    """The names of the rules it breaks."""


Guard = Callable[[str, Language], Guarded]
"""Judges a text in a language; pure."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of one call as the provider counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None

    @property
    def total(self) -> int | None:
        """Both together, or None unless both are known."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input_usd: float
    output_usd: float

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        return (input_tokens * self.input_usd + output_tokens * self.output_usd) / 1_000_000


def cost_of(usage: Usage, price: Price | None) -> float | None:
    """What a call cost; None when the price or the count is unknown, never a guess."""
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    return price.cost(usage.input_tokens, usage.output_tokens)


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and dollars, of one call or of a day."""

    tokens: int
    cost_usd: float

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens - other.tokens, self.cost_usd - other.cost_usd)

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens + other.tokens, self.cost_usd + other.cost_usd)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most one location may spend in one day (UTC); None sets no bound."""

    tokens: int | None = None
    cost_usd: float | None = None

    def allows(self, spent: Spent) -> bool:
        """Whether a day that comes to *spent* stays within it."""
        within_tokens = self.tokens is None or spent.tokens <= self.tokens
        return within_tokens and (self.cost_usd is None or spent.cost_usd <= self.cost_usd)
