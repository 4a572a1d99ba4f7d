"""Cues: what the words beside a piece of a message speak of, by named lists of them in a file.

A list only gathers what stands for the same; what follows from it is for a chooser to learn.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ghl_real_estate_ai.understanding.model import Intent
from ghl_real_estate_ai.understanding.phrases import read_phrases

_WORD = re.compile(r"[a-z0-9]+")
_SENTENCE_ENDS = re.compile(r"[!?;\n]|\.(?!\d)")
_AT_ONCE = 14
"""Within so many characters of a piece a word speaks of it alone."""

_OF_A_SIDE = re.compile(
    r"(?P<sells>\b(?:sell\w*|list(?:ed|ing)?|mine|ours|our (?:house|home|place|condo)|my (?:house|home|place|condo))\b"
    r"|\b(?:worth|asking|owe|vend\w+|la mia|la nuestra|vale|debo|debemos|get for)\b)"
    r"|(?P<buys>\b(?:buy\w*|budget|looking|purchas\w*|spend\w*|compr\w+|busc\w+|find|something|next|new one|wants? an?)\b"
    r"|\b(?:need an?|no more than|\d ?bed\w*|\d/\d|bigger|smaller|upgrade|under|up to|max|then)\b)"
)
_BUYS = frozenset({Intent.BUY, Intent.INVEST})
_SELLS = frozenset({Intent.SELL, Intent.VALUATION})


@dataclass(frozen=True, slots=True)
class Cue:
    """Words at [start, end) of the plain text, and what they speak of."""

    about: str
    words: str
    start: int
    end: int


@cache
def _phrases(file_name: str) -> tuple[Mapping[tuple[str, ...], str], int]:
    """The words of every phrase of *file_name* with its section, and the most words that one has."""
    sections = read_phrases(file_name)
    found = {tuple(_WORD.findall(phrase)): about for about, phrases in sections.items() for phrase in sorted(phrases)}
    return found, max(len(words) for words in found)


def find_cues(plain: str, file_name: str) -> list[Cue]:
    """What the words of *plain* speak of by *file_name*, the longest wording at each place."""
    phrases, most = _phrases(file_name)
    words = list(_WORD.finditer(plain))
    spelled = tuple(word.group() for word in words)
    cues: list[Cue] = []
    at = 0
    while at < len(words):
        for length in range(min(most, len(words) - at), 0, -1):
            if about := phrases.get(spelled[at : at + length]):
                end = words[at + length - 1].end()
                cues.append(Cue(about, " ".join(spelled[at : at + length]), words[at].start(), end))
                break
        at += length
    return cues


def cues_around(plain: str, start: int, end: int, cues: Sequence[Cue]) -> tuple[list[Cue], list[Cue]]:
    """The cues of the sentence before [start, end), nearest first, and those after it."""
    begin = max((sign.end() for sign in _SENTENCE_ENDS.finditer(plain, 0, start)), default=0)
    ended = _SENTENCE_ENDS.search(plain, end)
    finish = ended.start() if ended else len(plain)
    before = [cue for cue in cues if begin <= cue.start and cue.end <= start]
    return before[::-1], [cue for cue in cues if end <= cue.start and cue.end <= finish]


def near(plain: str, cue: Cue, start: int, end: int) -> str:
    """What *cue* speaks of, and how near to [start, end): beside it, in one breath with it, or beyond a comma."""
    between = plain[cue.end : start] if cue.end <= start else plain[end : cue.start]
    if "," in between or any(sign.isdigit() for sign in between):
        return f"{cue.about} beyond"
    return f"{cue.about} {'beside' if len(between) < _AT_ONCE else 'near'}"


def of_one_side(plain: str, start: int, intents: frozenset[Intent]) -> frozenset[Intent]:
    """The *intents* of whoever sells and buys without those of the side that was not last spoken of before *start*."""
    spoken = last_side(plain, start)
    if spoken == "neither" or not intents & _BUYS or not intents & _SELLS:
        return intents
    return intents - (_BUYS if spoken == "sells" else _SELLS)


def last_side(plain: str, start: int) -> str:
    """Whether selling or buying was last spoken of before *start*, if either was."""
    spoken = [found.lastgroup for found in _OF_A_SIDE.finditer(plain, 0, start)]
    return spoken[-1] or "neither" if spoken else "neither"
