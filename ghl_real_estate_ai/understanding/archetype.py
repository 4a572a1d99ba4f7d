"""Whether a seller is an investor or distressed; each signal counts once, and a denied one not at all.

The label of a distressed person is sensitive: it is found from what the lead says of their own trouble, never from
an urgent tone alone, and never shown to them.  One family of wordings is one signal, however often it is named.
"""

from ghl_real_estate_ai.understanding.model import Archetype, Found, Intent
from ghl_real_estate_ai.understanding.rules import Rules, evidence, weigh
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

_WORDINGS = read_wordings("archetype.txt", Archetype)
_INVESTOR_RULES = Rules(_WORDINGS.of(Archetype.INVESTOR))
_DISTRESSED_RULES = Rules(_WORDINGS.of(Archetype.DISTRESSED))
_NOT_INVESTOR = _WORDINGS.named["not investor"]
_NOT_DISTRESS = _WORDINGS.named["not distress"]
_FORCED = _WORDINGS.named["forced"]


def find_archetype(text: Text, intents: frozenset[Intent], *, seller_asked: bool) -> Found[Archetype] | None:
    """Return what kind of seller *text* shows, or None; a message of somebody who only buys or rents shows none."""
    sells = bool(intents & {Intent.SELL, Intent.VALUATION})
    if not sells and not seller_asked and intents & {Intent.BUY, Intent.RENT, Intent.INVEST}:
        return None
    investor = weigh(evidence(text, _INVESTOR_RULES))
    if investor and _NOT_INVESTOR.search(text.plain):
        investor = []
    found = [*investor, *_distressed(text)]
    if not sells:
        # No sale is spoken of, so only what weighs by itself is told.
        found = [f for f in found if f.confidence >= 0.7]
    return max(found, key=lambda f: f.confidence, default=None)


def _distressed(text: Text) -> list[Found[Archetype]]:
    pieces = evidence(text, _DISTRESSED_RULES)
    if not pieces or _NOT_DISTRESS.search(text.plain):
        return []
    if len(pieces) == 1 and "probate" in text.plain and not _FORCED.search(text.plain):
        return []
    return weigh(pieces)
