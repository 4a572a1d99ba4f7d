"""Several messages that came at once are read as one; a word about consent among them is read by itself."""

from collections.abc import Sequence

from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Signals
from ghl_real_estate_ai.understanding.understand import understand

CONSENT = (Intent.OPT_OUT, Intent.OPT_IN)


def read_burst(texts: Sequence[str], context: MessageContext) -> tuple[str, Signals]:
    """Return the text to answer and what it says: all of *texts*, a message a line, so that one explains another.

    The last message that opts out or in stands for all: nothing else said with it may lead to an answer.
    """
    if len(texts) == 1:
        return texts[0], understand(texts[0], context)
    for text in reversed(texts):
        signals = understand(text, context)
        if any(signals.has(intent) for intent in CONSENT):
            return text, signals
    joined = "\n".join(texts)
    return joined, understand(joined, context)
