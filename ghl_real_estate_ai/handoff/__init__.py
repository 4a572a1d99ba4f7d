"""How sure we are of what a lead wants comes in; whether and where the contact moves goes out; the turn is next."""

from ghl_real_estate_ai.handoff.model import HandoffDecision, HandoffResult
from ghl_real_estate_ai.handoff.service import JorgeHandoffService

__all__ = ["HandoffDecision", "HandoffResult", "JorgeHandoffService"]
