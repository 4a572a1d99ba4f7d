"""What a lead's own messages show beside facts; ours are never counted."""

from collections.abc import Iterable

from ghl_real_estate_ai.conversation.model import Direction, Message
from ghl_real_estate_ai.scoring.model import Sign

_MEETS = frozenset({"schedule", "reschedule"})
_WISHES = frozenset({"buy", "sell", "invest", "valuation", "rent"}) | _MEETS
_DECLINES = frozenset({"not_interested", "cancel_appointment", "wrong_number", "opt_out"})


def signs_of(messages: Iterable[Message]) -> frozenset[Sign]:
    """Return what the lead's *messages*, oldest first, show.

    Only the latest stand counts: declining takes the wish to meet back, and a wish told later takes the declining back.
    """
    signs: set[Sign] = set()
    for message in messages:
        if message.direction is Direction.INBOUND:
            signs = _after(signs, frozenset(message.intents))
    return frozenset(signs)


def _after(signs: set[Sign], intents: frozenset[str]) -> set[Sign]:
    if intents & _DECLINES:
        return (signs - {Sign.MEETS}) | {Sign.DECLINES}
    if intents & _WISHES:
        signs = signs - {Sign.DECLINES}
    if intents & _MEETS:
        signs = signs | {Sign.MEETS}
    if "valuation" in intents:
        signs = signs | {Sign.WEIGHS_VALUE}
    return signs
