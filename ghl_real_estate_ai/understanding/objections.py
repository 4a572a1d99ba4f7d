"""What speaks against going on: price, commission, timing, market, trust, and the rest.

Each section of `wordings/objections.txt` is one family of wordings.  Those that say it outright weigh .7 and more; the
others point there.  The sections `no <objection>` take one back: nobody who fired an agent is represented.
"""

from ghl_real_estate_ai.understanding.model import Found, Objection
from ghl_real_estate_ai.understanding.rules import evidence, weigh
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

HINTED_FROM = 0.4
"""Weaker evidence than this is not told."""

_WORDINGS = read_wordings("objections.txt", Objection)
_TAKEN_BACK = {Objection(name.removeprefix("no ")): words for name, words in _WORDINGS.named.items()}


def find_objections(text: Text) -> list[Found[Objection]]:
    """Return the objections *text* raises by its own words; what its intents make of them is judged later."""
    found = weigh(evidence(text, _WORDINGS.rules))
    taken_back = {label for label, words in _TAKEN_BACK.items() if words.search(text.plain)}
    return [f for f in found if f.label not in taken_back and f.confidence >= HINTED_FROM]
