"""What a lead told and did comes in, scores with what moved them go out; handoff and replies use them."""

from ghl_real_estate_ai.scoring.conduct import signs_of
from ghl_real_estate_ai.scoring.lead_score import lead_score
from ghl_real_estate_ai.scoring.model import Score, Sign, Temperature, temperature_of
from ghl_real_estate_ai.scoring.readiness import financial_readiness

__all__ = ["Score", "Sign", "Temperature", "financial_readiness", "lead_score", "signs_of", "temperature_of"]
