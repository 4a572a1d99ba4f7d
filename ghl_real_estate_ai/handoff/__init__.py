"""How sure we are of what a lead wants comes in; whether and where the contact moves goes out; the turn is next."""

from ghl_real_estate_ai.handoff.model import HandoffDecision
from ghl_real_estate_ai.handoff.service import HandoffResult, JorgeHandoffService

__all__ = ["HandoffDecision", "HandoffResult", "JorgeHandoffService"]
