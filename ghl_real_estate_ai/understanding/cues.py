"""Cues: what the words beside a piece of a message speak of, by named lists of them in a file.

A list only gathers what stands for the same; what follows from it is for a chooser to learn.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ghl_real_estate_ai.understanding.model import Stretch
from ghl_real_estate_ai.understanding.phrases import read_phrases
from ghl_real_estate_ai.understanding.text import WORD, words_in

_SENTENCE_ENDS = re.compile(r"[!?;\n]|\.(?!\d)")
_AT_ONCE = 14
"""Within so many characters of a piece a word stands beside it."""
_MOST_BEFORE, _MOST_AFTER = 4, 3
"""How many cues of a sentence count."""


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
            words = tuple(WORD.findall(phrase))
            if found.setdefault(words, about) != about:
                raise ValueError(f"{file_name}: {phrase!r} stands under [{found[words]}] and under [{about}]")
    begun: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, about in sorted(found.items(), key=lambda one: -len(one[0])):
        begun.setdefault(words[0], []).append((words, about))
    return begun


@lru_cache(maxsize=4)
def _places(plain: str) -> list[tuple[int, int]]:
    """Where the words of *plain* stand, found once for all files."""
    return [word.span() for word in WORD.finditer(plain)]


def find_cues(plain: str, file_name: str) -> list[Cue]:
    """What the words of *plain* speak of by *file_name*, the longest wording at each place."""
    phrases = _phrases(file_name)
    spelled = words_in(plain)
    if phrases.keys().isdisjoint(spelled):
        return []
    cues: list[Cue] = []
    free_from = 0
    places = _places(plain)
    for at, word in enumerate(spelled):
        if at < free_from or word not in phrases:
            continue
        for phrase, about in phrases[word]:
            if spelled[at : at + len(phrase)] == phrase:
                free_from = at + len(phrase)
                cues.append(Cue(about, " ".join(phrase), places[at][0], places[free_from - 1][1]))
                break
    return cues


def may_speak_of(plain: str, file_name: str, about: str) -> bool:
    """Whether a word of *plain* begins a wording of *about* in *file_name*; without one no cue is about it."""
    return not _beginnings(file_name, about).isdisjoint(words_in(plain))


@cache
def _beginnings(file_name: str, about: str) -> frozenset[str]:
    return frozenset(word for word, begun in _phrases(file_name).items() if any(of == about for _, of in begun))


def cue_features(plain: str, one: Stretch, cues: Sequence[Cue], *known: str) -> Iterator[str]:
    """What is spoken of in the sentence of *one*, before it, nearest first, and after it; alone, and beside each of what
    is *known* otherwise."""
    before, after = _around(plain, one, cues)
    first = _near(plain, before[0], one) if before else "nothing"
    then = _near(plain, after[0], one) if after else "nothing"
    spoken = [
        f"cue {first}",
        f"then {then}",
        *(f"before {about}" for about in dict.fromkeys(cue.about for cue in before[:_MOST_BEFORE])),
    ]
    if len(before) > 1:
        spoken.append(f"cue {before[1].about} {before[0].about}")
    for feature in spoken:
        yield feature
        yield from (f"{feature}, {other}" for other in known)
    yield f"cue {first} then {then}"
    yield from dict.fromkeys(f"after {cue.about}" for cue in after[:_MOST_AFTER])


def nearest_cues(plain: str, one: Stretch, cues: Sequence[Cue]) -> tuple[str, str]:
    """What is spoken of right before *one* and right after it in its sentence."""
    before, after = _around(plain, one, cues)
    return before[0].about if before else "nothing", after[0].about if after else "nothing"


def _around(plain: str, one: Stretch, cues: Sequence[Cue]) -> tuple[list[Cue], list[Cue]]:
    """The cues of the sentence before *one*, nearest first, and those after it."""
    begin, finish = sentence_of(plain, one)
    before = [cue for cue in cues if begin <= cue.start and cue.end <= one.start]
    return before[::-1], [cue for cue in cues if one.end <= cue.start and cue.end <= finish]


def sentence_of(plain: str, one: Stretch) -> tuple[int, int]:
    """Where the sentence of *one* begins and ends in *plain*."""
    begin = max((sign.end() for sign in _SENTENCE_ENDS.finditer(plain, 0, one.start)), default=0)
    ended = _SENTENCE_ENDS.search(plain, one.end)
    return begin, ended.start() if ended else len(plain)


def _near(plain: str, cue: Cue, one: Stretch) -> str:
    """What *cue* speaks of, and how near to *one*: beside it, in one breath with it, or beyond a comma."""
    between = plain[cue.end : one.start] if cue.end <= one.start else plain[one.end : cue.start]
    if "," in between or any(sign.isdigit() for sign in between):
        return f"{cue.about} beyond"
    return f"{cue.about} {'beside' if len(between) < _AT_ONCE else 'near'}"
