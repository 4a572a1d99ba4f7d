"""A second opinion on a message that was read with little confidence; whatever goes wrong, the first one stands."""

from dataclasses import dataclass
from functools import partial

import structlog

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.llm.call_model import Call, CallModel, Judged
from ghl_real_estate_ai.llm.check_opinion import OpinionFault, parse_opinion
from ghl_real_estate_ai.llm.model import Completion, Opinion, OpinionRequest
from ghl_real_estate_ai.llm.prompt import opinion_tokens_at_most

log = structlog.get_logger(__name__)

PURPOSE = "second_opinion"
MOST_OUTPUT_TOKENS = 200
"""A handful of labels and the words of as many slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage:
    """Asks one model what a message says, on the account of all its calls."""

    calls: CallModel
    below: float
    """Messages whose surest offline finding is below this confidence are worth asking about."""

    async def read(self, request: OpinionRequest, location_id: LocationId, contact_id: ContactId) -> Opinion | None:
        """Return what the model finds in the message, or None; asked once, within the deadline, never raises for it."""
        call = Call(
            purpose=PURPOSE,
            ask=partial(self.calls.model.read, request),
            judge=partial(self._judged, request),
            tokens=opinion_tokens_at_most(request, MOST_OUTPUT_TOKENS),
            location_id=location_id,
            contact_id=contact_id,
        )
        judged = await self.calls.call(call, most_tries=1)
        self.calls.counts.opinions[judged.reason] += 1
        return judged.result

    def _judged(self, request: OpinionRequest, completion: Completion) -> Judged[Opinion]:
        opinion = parse_opinion(request, completion.text)
        if isinstance(opinion, OpinionFault):
            log.info("llm.opinion_refused", fault=opinion.value, model=self.calls.model.name)
            return Judged(None, opinion.value)
        return Judged(opinion, "read")
