"""What is still wanted by a message that turns something else down: "not selling after all, but we do want to buy".

The words that decline weigh against every wish of the message they stand in.  So the parts that decline nothing are
read once more by themselves, each as a message of its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.courtesy import find_courtesy
from ghl_real_estate_ai.understanding.model import Found, Intent, Span
from ghl_real_estate_ai.understanding.parts import parts_of
from ghl_real_estate_ai.understanding.text import Text, read

STILL_WANTED_FROM = 0.6
"""A wish told beside a refusal counts from here on: a fragment says less than a sentence."""

_STOPPED = (
    r"\b(?:not|no longer|aren'?t|isn'?t|won'?t(?: be)?|don'?t think (?:we|i)(?:'?ll)?"
    r"|ya no(?: \w+)?|no (?:voy|vamos) a)\s+(?:going to |looking to )?"
)
_GIVEN_UP = r"\b(?:forget|scratch|never ?mind|nvm|olvid\w+|no more)\s+(?:(?:about|the|on|lo|de|la)\s+)*"
_HOME = r"(?:it\b|(?:the|our|my|la)\s+(?:house|home|place|condo|townhouse|casa)\b)"
_KEPT = rf"\b(?:keeping|hanging on to|nos quedamos con)\s+{_HOME}"
_OFF = r"\s+is\s+(?:off\b|out\b|no longer\b)"
_STOPPED_SELLING = re.compile(
    rf"(?:{_STOPPED}|{_GIVEN_UP})(?:sell(?:ing)?|sale|listing|vender|vendo|vendemos|venta)\b|{_KEPT}|\bselling{_OFF}",
    re.I,
)
_STOPPED_BUYING = re.compile(
    rf"(?:{_STOPPED}|{_GIVEN_UP})(?:buy(?:ing)?|comprar|compro|compramos|compra)\b|\bbuying{_OFF}", re.I
)
_GIVEN_UP_WISHES = {
    Intent.SELL: (
        _STOPPED_SELLING,
        ("sell", "sale", "listing", "vend", "venta", "keeping", "hanging on", "nos quedamos"),
    ),
    Intent.BUY: (_STOPPED_BUYING, ("buy", "compr")),
}
"""How each is given up, and words of which that has one; to look for them is much cheaper."""

FindWishes = Callable[[Text], Iterable[Found[Intent]]]


def given_up(raw: str) -> frozenset[Intent]:
    """The wishes that *raw* gives up: "forget the selling", "we are keeping the house"."""
    lowered = raw.lower()
    return frozenset(
        wish
        for wish, (said, needs) in _GIVEN_UP_WISHES.items()
        if any(map(lowered.__contains__, needs)) and said.search(raw)
    )


def wishes_beside_a_refusal(text: Text, language: Language, find_wishes: FindWishes) -> list[Found[Intent]]:
    """Return the wishes that *find_wishes* finds in what is left of *text* without the parts that decline something."""
    parts = list(parts_of(text.raw))
    left = [part for part in parts if not _declines(text.raw[part.start : part.end], language)]
    if len(left) == len(parts):
        return []
    return [
        replace(found, span=Span(part.start + found.span.start, part.start + found.span.end))
        for part in _joined(left, text.raw)
        for found in find_wishes(read(text.raw[part.start : part.end]))
        if found.confidence >= STILL_WANTED_FROM
    ]


def _declines(part: str, language: Language) -> bool:
    return bool(given_up(part)) or any(
        found.label is Intent.NOT_INTERESTED for found in find_courtesy(read(part), language)
    )


def _joined(parts: list[Span], raw: str) -> list[Span]:
    """The same parts, those that follow one another in *raw* as one."""
    runs: list[Span] = []
    for part in parts:
        if runs and not _says_something(raw[runs[-1].end : part.start]):
            runs[-1] = Span(runs[-1].start, part.end)
        else:
            runs.append(part)
    return runs


def _says_something(between: str) -> bool:
    return any(char.isalnum() for char in between)
