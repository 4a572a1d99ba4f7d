"""What the lead wants done with a home: buy, sell, rent, invest, or learn what theirs is worth.

A section of `wordings/wishes.txt` is one family: who wishes, what is to be done, and to what.  A family that says it
outright weighs .7 and more; one that only points there weighs less and needs another beside it.
"""

import re

from ghl_real_estate_ai.understanding.model import Found, Intent
from ghl_real_estate_ai.understanding.rules import Rules, evidence, is_negated, weigh
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

HINTED_FROM = 0.4
"""Weaker evidence than this is not told."""

_WORDINGS = read_wordings("wishes.txt", Intent)
_OUTRIGHT = Rules(rule for rule in _WORDINGS.of(Intent.BUY, Intent.SELL, Intent.INVEST) if not rule.fixed)
_DESCRIBED = Rules(rule for rule in _WORDINGS.of(Intent.BUY) if rule.fixed)
"""A wanted home in words: its rooms, its price, its yard; the last is how it is paid for."""
_RENT = Rules(_WORDINGS.of(Intent.RENT))
_VALUATION = Rules(_WORDINGS.of(Intent.VALUATION))
_OTHERS = _WORDINGS.named["others"]
_DENIED_INSIDE = _WORDINGS.named["denied inside"]
_NOT_RENT = _WORDINGS.named["not rent"]
_NOT_ASKED_WORTH = _WORDINGS.named["not asked worth"]
_SELL_MYSELF = _WORDINGS.named["sell myself"]
_SOLD = _WORDINGS.named["sold"]
_BOUGHT = _WORDINGS.named["bought"]
_SELL_FOR = _WORDINGS.named["sell for"]
_REINVESTS = _WORDINGS.named["reinvests"]
_OWNED = HAND_RULES.one(_WORDINGS.named["owned"])
_NOT_SELF = re.compile(r"\b(?:and i|and me|y yo|we|i|i am|yo|nosotros)\s*(?:\w+\s*){0,3}$")
_CLAUSE = re.compile(r"[.!?;\n]|,\s|\bbut\b|\bso\b|\bpero\b")
_IMAGINED_OR_PAST = re.compile(
    r"\b(?:if (?:i|we) (?:ever )?|if you |(?:i|we) were (?:going to )?|used to (?:be )?|back (?:in|when) [^.]*"
    r"|were first time )(?:\w+ )?$"
)


def find_wishes(text: Text) -> list[Found[Intent]]:
    """Return buy, sell, rent, invest and valuation as far as *text* speaks of the lead's own wishes."""
    plain = text.plain
    pieces = _stated(text, _OUTRIGHT)
    if _says(pieces, Intent.SELL) and _is_no_sale(plain, pieces):
        pieces = _without(pieces, Intent.SELL)
    rent = _unless(_NOT_RENT, _stated(text, _RENT), plain)
    if rent:
        pieces = [piece for piece in pieces if piece.label is Intent.SELL or piece.confidence >= 0.75] + rent
    pieces += _unless(_NOT_ASKED_WORTH, _stated(text, _VALUATION), plain)
    if not rent:
        pieces += _described(text, pieces)
    return [f for f in _without_contradictions(weigh(pieces), plain) if f.confidence >= HINTED_FROM]


def _is_no_sale(plain: str, pieces: list[Found[Intent]]) -> bool:
    """Whether the writer sells without us, or has sold already."""
    sold = not _says(pieces, Intent.BUY) and _SOLD.search(plain) is not None
    return sold or _SELL_MYSELF.search(plain) is not None


def _unless(taken_back: re.Pattern[str], pieces: list[Found[Intent]], plain: str) -> list[Found[Intent]]:
    """The *pieces*, none where *plain* takes them back."""
    return [] if pieces and taken_back.search(plain) else pieces


def _says(pieces: list[Found[Intent]], label: Intent) -> bool:
    return any(piece.label is label for piece in pieces)


def _without(pieces: list[Found[Intent]], *labels: Intent) -> list[Found[Intent]]:
    return [piece for piece in pieces if piece.label not in labels]


def _stated(text: Text, rules: Rules[Intent]) -> list[Found[Intent]]:
    """Return each family's first match that is the lead's own, of today, and not denied."""
    pieces = []
    for rule, matches in rules.near(text.plain):
        for match in matches:
            if _is_own(text.plain, match):
                pieces.append(Found(rule.label, rule.weight, text.span(match.start(), match.end())))
                break
    return pieces


def _is_own(plain: str, match: re.Match[str]) -> bool:
    at = match.start()
    if is_negated(plain, at) or _DENIED_INSIDE.search(match.group()):
        return False
    clause = _CLAUSE.split(plain[max(0, at - 70) : at])[-1]
    return _IMAGINED_OR_PAST.search(clause) is None and not _is_of_others(clause)


def _is_of_others(clause: str) -> bool:
    return _OTHERS.search(clause) is not None and _NOT_SELF.search(clause) is None


def _described(text: Text, pieces: list[Found[Intent]]) -> list[Found[Intent]]:
    """A wanted home in words: its rooms, its price, its yard.  A budget backs up a stated wish to buy."""
    if not _says(pieces, Intent.BUY) and (
        _says(pieces, Intent.SELL) or _says(pieces, Intent.VALUATION) or _OWNED.search(text.plain)
    ):
        return []
    found = evidence(text, _DESCRIBED)
    if _says(pieces, Intent.BUY):
        return found[-1:] if found and found[-1].confidence == _DESCRIBED.all[-1].weight else []
    return found


def _without_contradictions(found: list[Found[Intent]], plain: str) -> list[Found[Intent]]:
    labels = {f.label for f in found}
    if Intent.SELL in labels and Intent.BUY not in labels and not _REINVESTS.search(plain):
        found = _without(found, Intent.INVEST)
    if Intent.RENT in labels:
        found = _without(found, Intent.INVEST)
    if Intent.VALUATION in labels and _SELL_FOR.search(plain):
        found = _without(found, Intent.SELL)
        labels.discard(Intent.SELL)
    if Intent.SELL in labels and Intent.VALUATION in labels:
        # Asking what it would bring is the wish; that it is for sale then goes without saying, unless said outright.
        strongest = max(f.confidence for f in found if f.label is Intent.SELL)
        if strongest < 0.7:
            found = _without(found, Intent.SELL)
    if (
        Intent.BUY in labels
        and _BOUGHT.search(plain)
        and max(f.confidence for f in found if f.label is Intent.BUY) < 0.75
    ):
        found = _without(found, Intent.BUY)
    return found
