"""The facts known of a lead come in, a lead score with the facts that moved it goes out; handoff and replies use it."""

from ghl_real_estate_ai.scoring.model import ScoredLead, Temperature, lead_score, temperature_of

__all__ = ["ScoredLead", "Temperature", "lead_score", "temperature_of"]
