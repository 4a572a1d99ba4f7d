"""What needs care more than an answer: a person, a machine question, abuse, injection, steering, private data."""

from ghl_real_estate_ai.understanding.model import Found, Intent
from ghl_real_estate_ai.understanding.rules import Rules, evidence, weigh
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

_WORDINGS = read_wordings("conduct.txt", Intent)
_STEERING_RULES = Rules(_WORDINGS.of(Intent.FAIR_HOUSING))
_RULES = Rules(rule for rule in _WORDINGS.rules if rule.label is not Intent.FAIR_HOUSING)
_HARMLESS_CLASS = _WORDINGS.named["harmless class"]


def find_conduct(text: Text) -> list[Found[Intent]]:
    """Return human, bot question, abuse, injection, fair housing, privacy request and off topic."""
    found = weigh(evidence(text, _RULES))
    steering = weigh(evidence(text, _STEERING_RULES))
    if steering and _HARMLESS_CLASS.search(text.plain) and max(f.confidence for f in steering) < 0.9:
        steering = []
    found += steering
    labels = {f.label for f in found}
    if Intent.INJECTION in labels:
        found = [f for f in found if f.label not in (Intent.OFF_TOPIC, Intent.BOT_QUESTION, Intent.HUMAN)]
    return found
