"""What speaks against going on: price, commission, timing, market, trust, and the rest.

Each section of `wordings/objections.txt` is one family of wordings.  Those that say it outright weigh .7 and more; the
others point there.  The sections `no <objection>` take one back: nobody who fired an agent is represented.
"""

from ghl_real_estate_ai.understanding.model import Found, Objection
from ghl_real_estate_ai.understanding.rules import Rules, evidence, weigh
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

HINTED_FROM = 0.4
"""Weaker evidence than this is not told."""

_WORDINGS = read_wordings("objections.txt", Objection)
_RULES = Rules(_WORDINGS.rules)
_TAKEN_BACK = {Objection(name.removeprefix("no ")): words for name, words in _WORDINGS.named.items()}


def find_objections(text: Text) -> list[Found[Objection]]:
    """Return the objections *text* raises by its own words; what its intents make of them is judged later."""
    found = weigh(evidence(text, _RULES))
    return [f for f in found if f.confidence >= HINTED_FROM and not _is_taken_back(f.label, text.plain)]


def _is_taken_back(label: Objection, plain: str) -> bool:
    return label in _TAKEN_BACK and _TAKEN_BACK[label].search(plain) is not None
