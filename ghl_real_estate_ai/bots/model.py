"""What a bot decides in its turn; pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from ghl_real_estate_ai.conversation.model import Bot, Conversation, Fact, Owner, Question
from ghl_real_estate_ai.crm.model import Effect
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision
from ghl_real_estate_ai.handoff.packet import ContextPacket


class Flag(StrEnum):
    """A thing about a turn that people and other systems may need to know."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    FAIR_HOUSING = "fair_housing"
    DISCLOSED_AI = "disclosed_ai"
    HUMAN_REQUESTED = "human_requested"
    PRIVACY = "privacy"
    INJECTION = "injection"
    ABUSE = "abuse"
    HELD = "held"
    HANDOFF_BLOCKED = "handoff_blocked"


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with *text*."""

    text: str
    key: str
    """Names the wording, so that it is not used twice in a row."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing, for *reason*."""

    reason: str


Speech = Say | Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The whole result of a turn's thinking; saving and sending come after."""

    owner: Owner
    """Who owns the contact after this turn."""
    bot: Bot
    """The bot that answers for the metrics: the receiving one after a handoff."""
    speech: Speech
    asked: Question | None = None
    handoff: HandoffDecision | None = None
    packet: ContextPacket | None = None
    """What the next owner is given; there with every handoff."""
    blocked: HandoffBlocked | None = None
    effects: tuple[Effect, ...] = ()
    """Tags, fields and notes; the reply itself is `speech`."""
    flags: frozenset[Flag] = frozenset()
    stated: tuple[Fact, ...] = ()
    """Facts this message added or replaced."""
    conversation: Conversation
    """The conversation as it is after this turn (owner, asked, attempts, facts, goals, disclosed ...)."""
    completed: Bot | None = None
    """The bot whose questions became complete in this turn."""
    reasons: tuple[str, ...] = field(default_factory=tuple)
    """Why, in order, for people: one short sentence each."""
