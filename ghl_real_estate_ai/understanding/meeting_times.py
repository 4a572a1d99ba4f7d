"""Where a message could say when to meet: every stretch of words that reads as a time, for `meeting_choice` to judge.

A small grammar over tokens: *units* (a day, a part of the day, a time of the clock, a stretch ahead, a clause such as
"after my shift ends"), words that may open them, and words that may end them.  A stretch runs from where a unit or
its openers begin to where a unit ends; whether it is meant, and how far it reaches, is not decided here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ghl_real_estate_ai.understanding.model import Span
from ghl_real_estate_ai.understanding.number_words import ENGLISH, SPANISH, any_word, up_to
from ghl_real_estate_ai.understanding.phrases import read_phrases
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text, words_in

MOST_WORDS = 14
"""The longest stretch, in tokens."""
CLAUSE_WORDS = 8
_MOST_OPENERS = 4

_PHRASES = read_phrases("times.txt")
_BY_NAME = _PHRASES["weekday"] | _PHRASES["day"] | {"whenever"}
_IS = ("'s", "\u2019s")
_TOKEN = re.compile(r"\w+(?:[:/]\w+)*|[^\w\s]|\n")
_SENTENCE_ENDS = frozenset("!?;\n")


def _any(section: str) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, _PHRASES[section]), key=len, reverse=True)) + ")"


_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)"
_HOUR = f"(?:{any_word(up_to(12, ENGLISH))})"
_SPANISH_HOUR = f"(?:{any_word(['una', *up_to(12, SPANISH, least=2)])})"
_TEENS = f"(?:{any_word(up_to(20, ENGLISH, least=13))})"
_HALF_DAY = r"(?:[ap]\.? ?m|[ap])\b"
_AMOUNT = r"(?:an?|half an|\d+|a couple(?: of)?|a few|una?|media|unos \d+|\w+)"
_LITTLE = r"(?:minutes?|mins?|hours?|sec|secs|seconds?|hora|horas|minutos|bit|few|rato|ratito)"

_UNITS = {
    "day": (
        rf"{_any('weekdays')}(?:/{_any('weekdays')})+|{_any('weekdays together')}",
        rf"(?:the )?{_ORDINAL} of (?:the|next|this) month",
        _any("weekday"),
        rf"(?:the )?week (?:of|after) (?:the )?(?:{_ORDINAL}|{_any('month')}(?: \d{{1,2}})?|{_any('holiday')})",
        rf"(?:the )?(?:first|second|third|last) {_any('stretch')} (?:of|in) {_any('month')}",
        rf"(?:the )?(?:(?:first|second|third|fourth|last) (?:or (?:the )?)?)+{_any('weekday')} of (?:the|every|next|this) month",
        rf"(?:an?|one|two|three|\d) (?:days?|weeks?|months?) from (?:{_any('weekday')}|{_any('day')}|now)",
        rf"(?:later|early|earlier|late) in the {_any('stretch')}",
        _any("holiday"),
        rf"{_any('which day')} {_any('any day')}(?: (?:of|de) (?:the|this|next|la|esta|la otra|la proxima) (?:week|semana))?",
        rf"(?:{_any('which stretch')} )+(?:the )?{_any('stretch')}(?: (?:que viene|que entra|proxima|entrante))?",
        rf"{_any('which stretch')} (?:{_any('weekday')}|{_any('day')})",
        rf"{_any('day')}(?: after next)?",
        r"(?!24/7)\d{1,2}/\d{1,2}(?:/\d{2,4})?",
        rf"{_any('month')}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL} (?:of )?{_any('month')}",
        rf"(?:the )?{_ORDINAL}",
        rf"(?:el )?(?:dia )?\d{{1,2}} de {_any('spanish month')}|el (?:dia )?\d{{1,2}}",
    ),
    "clock": (
        rf"\d{{1,2}}[:.]\d\d(?: ?-?ish\b)?(?: ?{_HALF_DAY})?",
        rf"(?:1[0-2]|[1-9])(?:[0-5]\d)? ?(?:-?ish )?{_HALF_DAY}",
        r"\d{1,4} ?-?ish|\d{1,2} ?o ?clock|0\d{3}|\d{4} hours|(?:1[3-9]|2[0-3])[03]0",
        rf"half (?:past )?(?:{_HOUR}|\d{{1,2}}|noon)|(?:{_HOUR}|quarter) (?:to|past|after|till|til|of) (?:{_HOUR}|\d{{1,2}})",
        rf"(?:o |oh |zero )?(?:{_HOUR}|{_TEENS}) hundred(?: hours)?",
        rf"{_HOUR} ?(?:thirty|fifteen|forty ?five)|{_HOUR} ?(?:o ?clock|-?ish|[ap]\.? ?m)",
        rf"las? (?:\d{{1,2}}(?::\d\d)?|{_SPANISH_HOUR})(?: ?[ap]m)?",
        rf"(?:\d{{1,2}}|{_SPANISH_HOUR})(?: y media)? de la (?:manana|tarde|noche)",
    ),
    "hour": (rf"(?:(?:1[0-2]|[1-9])(?:[0-5][05])?|{_HOUR})(?! ?-?{_any('counted')}\b)",),
    "part": (_any("part"),),
    "ahead": (
        rf"in (?:about |like |around |maybe )?{_AMOUNT} ?-?{_LITTLE}",
        r"in \d{1,2}",
        rf"en (?:unos? |como )?{_AMOUNT} {_LITTLE}",
        rf"{_AMOUNT} (?:hours?|minutes?|mins?) (?:later|earlier|from now)",
    ),
    "month": (rf"{_any('month')}|{_any('spanish month')}",),
    "errand": (rf"(?:after|before|despues de(?:l| la)?|antes de(?:l| la)?) (?:my |the |el |la |mi )?{_any('errand')}",),
    "tail": (_any("tail"),),
}  # fmt: skip
_UNIT = {
    kind: re.compile(rf"(?<![\w$#:/.])(?:{'|'.join(parts)})(?![\w%]|[:/.,]\d)", re.ASCII)
    for kind, parts in _UNITS.items()
}
"""Every kind of unit, the surer before the less sure."""
_KINDS = tuple(_UNIT)
_GROUP = HAND_RULES.group(_UNIT.values())


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of time: its kind, and the tokens [first, last] that make it."""

    kind: str
    first: int
    last: int


class Token(NamedTuple):
    """One word or sign, and where it stands; every message has dozens."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens [first, last] that may be a time, with the units that lie within."""

    first: int
    last: int
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """The tokens of a message, the units of time among them, and the stretches that may be the wished time."""

    tokens: tuple[Token, ...]
    units: tuple[Unit, ...]
    stretches: tuple[Stretch, ...]


def find_times(plain: str) -> Times:
    """Return every stretch of *plain* that could say when."""
    matched = [
        (match.start(), -match.end(), order, _KINDS[order])
        for order, matches in _GROUP.matches(plain)
        for match in matches
    ]
    if not matched and _CLAUSE_OPENERS.isdisjoint(words_in(plain)):
        return Times((), (), ())
    tokens = tuple(Token(match.group(), *match.span()) for match in _TOKEN.finditer(plain))
    units = tuple(_units(matched, tokens))
    return Times(tokens, units, tuple(_stretches(tokens, units)))


def where(text: Text, times: Times, stretch: Stretch) -> Span:
    """Where *stretch* stands in what was typed, without the end of "friday's good"."""
    last = times.tokens[stretch.last]
    span = text.span(times.tokens[stretch.first].start, last.end)
    is_short = last.word[:-1] in _BY_NAME and text.raw[: span.end].endswith(_IS)
    return Span(span.start, span.end - len(_IS[0])) if is_short else span


def _units(matched: Iterable[tuple[int, int, int, str]], tokens: tuple[Token, ...]) -> Iterator[Unit]:
    """The units that are *matched* from left to right; where two overlap the longer, and of two as long the surer kind."""
    starts = {token.start: at for at, token in enumerate(tokens)}
    ends = {token.end: at for at, token in enumerate(tokens)}
    reached = 0
    for start, end, _, kind in sorted(matched):
        first, last = starts.get(start), ends.get(-end)
        if start >= reached and first is not None and last is not None:
            reached = -end
            yield Unit(kind, first, last)


_OPENERS = frozenset(word for phrase in _PHRASES["opens"] for word in phrase.split())
_CLAUSE_OPENERS = frozenset(phrase.split()[0] for phrase in _PHRASES["opens clause"])


def _stretches(tokens: tuple[Token, ...], units: tuple[Unit, ...]) -> Iterator[Stretch]:
    """Every stretch from a beginning to an end that holds a unit or is a clause."""
    ends = sorted({unit.last for unit in units})
    clauses = _ends_of_clauses(tokens)
    begun = frozenset(unit.first for unit in units)
    seen: set[tuple[int, int]] = set()
    for first, is_clause in _beginnings(tokens, units):
        reach = _reach(tokens, first, begun)
        lasts = [last for last in ends if first <= last < reach]
        if is_clause:
            lasts += range(first + 1, min(first + CLAUSE_WORDS, reach))
        else:
            lasts += [last for last in clauses if first < last < reach]
        for last in lasts:
            within = tuple(unit for unit in units if first <= unit.first and unit.last <= last)
            if (within or is_clause) and (first, last) not in seen and tokens[last].word not in ",.":
                seen.add((first, last))
                yield Stretch(first, last, within)


def _beginnings(tokens: tuple[Token, ...], units: tuple[Unit, ...]) -> Iterator[tuple[int, bool]]:
    """Where a stretch may begin: at a unit, at the words that open it, at the opening of a clause."""
    for unit in units:
        if unit.kind == "tail":
            continue
        yield unit.first, False
        for at in range(unit.first - 1, max(unit.first - 1 - _MOST_OPENERS, -1), -1):
            if tokens[at].word not in _OPENERS:
                break
            yield at, False
    for at, token in enumerate(tokens[:-1]):
        if token.word in _CLAUSE_OPENERS:
            yield at, True


def _ends_of_clauses(tokens: tuple[Token, ...]) -> list[int]:
    """Where a clause that could belong to a time before it ends: "630a before the kids wake up"."""
    ends = []
    for at, token in enumerate(tokens):
        if token.word in _CLAUSE_OPENERS:
            stop = next((end for end in range(at + 1, len(tokens)) if not tokens[end].word.isalnum()), len(tokens))
            if at + 1 < stop <= at + CLAUSE_WORDS:
                ends.append(stop - 1)
    return ends


def _reach(tokens: tuple[Token, ...], first: int, begun: frozenset[int]) -> int:
    """Up to which token a stretch from *first* may run: its sentence, and no more than `MOST_WORDS`.

    Where a unit begins the next sentence the time goes on: "saturday?? like 1".
    """
    for at in range(first, min(first + MOST_WORDS, len(tokens))):
        word = tokens[at].word
        ends = word in _SENTENCE_ENDS or (word == "." and len(tokens[at - 1].word) > 5)
        if ends and not _goes_on(tokens, at + 1, begun):
            return at
    return min(first + MOST_WORDS, len(tokens))


def _goes_on(tokens: tuple[Token, ...], at: int, begun: frozenset[int]) -> bool:
    """Whether at *at* another end of a sentence stands, or a unit begins, be it after one word that opens it."""
    if at in begun:
        return True
    if at + 1 >= len(tokens):
        return False
    word = tokens[at].word
    return word in _SENTENCE_ENDS or word == "." or (word in _OPENERS and at + 1 in begun)
