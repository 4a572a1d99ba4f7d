"""The text of one inbound message and what was asked come in, `Signals` go out; scoring and the handoff are next."""

from ghl_real_estate_ai.understanding.model import (
    Archetype,
    Found,
    Intent,
    MessageContext,
    Objection,
    Signals,
    Span,
    StatedSlot,
)
from ghl_real_estate_ai.understanding.understand import read_what_is_learned, understand

__all__ = [
    "Archetype",
    "Found",
    "Intent",
    "MessageContext",
    "Objection",
    "Signals",
    "Span",
    "StatedSlot",
    "read_what_is_learned",
    "understand",
]
