"""Word a decided reply by a model: within one deadline and the day's budget, judged before it is said.

Whatever goes wrong, the answer is a reason and the template is said; nothing here raises for a model's fault.
"""

from dataclasses import dataclass
from functools import partial

import structlog

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.llm.call_model import REFUSED_SECONDS, Call, CallModel, Judged
from ghl_real_estate_ai.llm.check_phrasing import bare, fault_of
from ghl_real_estate_ai.llm.model import Completion, Guard, PhrasingRequest
from ghl_real_estate_ai.llm.prompt import tokens_at_most

__all__ = ["MOST_OUTPUT_TOKENS", "REFUSED_SECONDS", "PhraseReply", "Phrased"]

log = structlog.get_logger(__name__)

PURPOSE = "phrase"
MOST_OUTPUT_TOKENS = 160
"""Two segments of text are about 80 tokens in English and 110 in Spanish."""
MOST_CALLS = 2
"""The first and one retry, both within the deadline."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """What became of a reply: the words to say, or None and the reason to keep the template."""

    text: str | None
    reason: str


@dataclass(kw_only=True)
class PhraseReply(CallModel):
    """Words replies by one model in one process."""

    guard: Guard

    async def phrase(self, request: PhrasingRequest, location_id: LocationId, contact_id: ContactId) -> Phrased:
        """Word *request*, or say why not; returns within the deadline, and never raises for what a model does."""
        call = Call(
            purpose=PURPOSE,
            ask=partial(self.model.phrase, request),
            judge=partial(self._judged, request),
            tokens=tokens_at_most(request, MOST_OUTPUT_TOKENS),
            location_id=location_id,
            contact_id=contact_id,
        )
        judged = await self.call(call, most_tries=MOST_CALLS)
        self.counts.results[judged.reason] += 1
        return Phrased(judged.result, judged.reason)

    def _judged(self, request: PhrasingRequest, completion: Completion) -> Judged[str]:
        text = bare(completion.text)
        fault = fault_of(request, text, self.guard)
        if fault is not None:
            # The words themselves are left out: they may be anything.
            log.info("llm.phrasing_refused", fault=fault.value, model=self.model.name)
            return Judged(None, fault.value)
        return Judged(self.guard(text, request.language).text, "phrased")
