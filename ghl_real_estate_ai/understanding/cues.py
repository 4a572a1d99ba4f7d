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


Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
"""The phrases that begin with a word, the longest first, each with its section."""


@cache
def _phrases(file_name: str) -> Phrases:
    found: dict[tuple[str, ...], str] = {}
    for about, phrases in read_phrases(file_name).items():
        for phrase in sorted(phrases):
            words = tuple(_WORD.findall(phrase))
            if found.setdefault(words, about) != about:
                raise ValueError(f"{file_name}: {phrase!r} stands under [{found[words]}] and under [{about}]")
    begun: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, about in sorted(found.items(), key=lambda one: -len(one[0])):
        begun.setdefault(words[0], []).append((words, about))
    return begun


def find_cues(plain: str, file_name: str) -> list[Cue]:
    """What the words of *plain* speak of by *file_name*, the longest wording at each place."""
    phrases = _phrases(file_name)
    words = [(word.group(), word.start(), word.end()) for word in _WORD.finditer(plain)]
    spelled = tuple(word for word, _, _ in words)
    cues: list[Cue] = []
    free_from = 0
    for at, (word, start, _) in enumerate(words):
        if at < free_from or word not in phrases:
            continue
        for phrase, about in phrases[word]:
            if spelled[at : at + len(phrase)] == phrase:
                free_from = at + len(phrase)
                cues.append(Cue(about, " ".join(phrase), start, words[free_from - 1][2]))
                break
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
