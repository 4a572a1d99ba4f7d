"""Names that could be places: every name of the list of US places, and every other name typed with a capital."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ghl_real_estate_ai.understanding.model import Span, overlaps
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_LONGEST_NAME = 4
_WORD = re.compile(r"[a-z]+(?:-(?!ish\b|area\b|side\b|based\b)[a-z]*)*")
_STATES = read_words("us_states.txt")
_STATE_NAMES = frozenset(state for state in _STATES if len(state) > 2) | {
    "north carolina", "south carolina", "north dakota", "south dakota", "new york", "new jersey", "new mexico",
    "new hampshire", "west virginia", "rhode island", "puerto rico",
}  # fmt: skip
_STATE_BEGINNINGS = frozenset(state.split()[0] for state in _STATE_NAMES)
_TOWN_AND_STATE = frozenset({"new york", "washington"})
_ZIP = HAND_RULES.one(
    re.compile(r"(?<![\w$.,#/-])\d{5}(?![\w/]|[.,-]\d| (?:sq|ft|feet|dollars|bucks|unread|a|in)\b)", re.ASCII)
)
_DIRECTIONS = frozenset({"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"})
_PREFIXES = read_words("place_prefixes.txt")
_SUFFIXES = read_words("place_suffixes.txt")
_COMMON = read_words("common_words.txt")
_NOT_PLACES = read_words("not_places.txt")
_NO_BEGINNING = _NOT_PLACES | _STATES | (_COMMON - _PREFIXES)
"""With these no name begins that is told by its capital alone."""
_NO_PART = _STATES | _NOT_PLACES
_NO_ANSWER = _COMMON - _SUFFIXES - _PREFIXES
"""Words that a bare answer to "where" has none of."""
_STATE_WORDS = frozenset(
    {"in", "or", "me", "hi", "ok", "oh", "la", "al", "de", "id", "ma", "pa", "co", "va", "mo", "mi", "ca"}
)
"""Two letters that are words as well as states: states only in capitals, or at the end of the text."""


_ASKED_LEAD = re.compile(
    r"^\W*(?:(?:i|we|id|im|am|are|is|its|yes|yeah|sure|ok|maybe|probably|definitely|preferably|ideally|just|only|mostly|mainly|either|like|love|want|would|prefer|looking|anywhere|somewhere"
    r"|in|near|around|by|the|en|por|cerca|de|pues|up|down|out|over|at|to|be|on)\b\W*)*"
)


@dataclass(frozen=True, slots=True)
class Name:
    """The characters [start, end) of the plain text that could name a place, and what tells whether they do."""

    start: int
    end: int
    known: bool
    """Whether the list of US places has it."""
    common: bool
    """Whether it is an everyday word as well."""
    capital: bool
    """Whether it is typed with a capital where capitals tell anything."""
    kind: Literal["town", "state", "zip"] = "town"
    """A state counts as a place only where no town of it is named."""


@cache
def _towns() -> frozenset[str]:
    lines = (Path(__file__).parent / "us_places.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(re.sub("['\u2018\u2019]", "", line) for line in lines if not line.startswith("#"))


@cache
def _beginnings() -> frozenset[str]:
    """The words with which a town on the list begins, or a side of it."""
    return frozenset(town.split()[0] for town in _towns()) | {"saint"} | _PREFIXES


@cache
def _openings() -> frozenset[str]:
    """The words with which any place begins that is known."""
    return _beginnings() | _STATE_BEGINNINGS


def is_known_place(name: str) -> bool:
    """Whether *name* is that of a town on the list, as opposed to a word with a capital."""
    return name.casefold() in _towns()


def find_names(text: Text, taken: Sequence[Span] = ()) -> Iterator[Name]:
    """Every name of *text* that could be a place, from left to right, of which no character is *taken*."""
    words = [
        (match.group(), match.start(), match.end())
        for match in _WORD.finditer(text.plain)
        if not taken or not overlaps(text.span(*match.span()), taken)
    ]
    names = [*_names_among(text, words), *_zips(text, taken)]
    yield from sorted(names, key=lambda name: name.start)


def _names_among(text: Text, words: list[tuple[str, int, int]]) -> Iterator[Name]:
    cased = text.raw != text.raw.lower() and uses_capitals(text)
    capitals = [cased and text.is_capital(start) for _, start, _ in words]
    openings = _openings()
    at, done = 0, 0
    while at < len(words):
        if not capitals[at] and words[at][0] not in openings:
            at += 1
            continue
        length, known = _name_at(text, words, at, capitals)
        is_state = not length and words[at][1] >= done and (length := _state_at(text.plain, words, at)) > 0
        if length:
            start, end = words[at][1], words[at + length - 1][2]
            name = text.plain[start:end]
            common = name in _COMMON or name in _NOT_PLACES
            yield Name(start, end, known or is_state, common, capitals[at], "state" if is_state else "town")
            done = state_end(text, end) or end
        at += length or 1


def _zips(text: Text, taken: Sequence[Span]) -> Iterator[Name]:
    for match in _ZIP.finditer(text.plain):
        if not overlaps(text.span(*match.span()), taken):
            yield Name(match.start(), match.end(), known=True, common=False, capital=False, kind="zip")


def _state_at(plain: str, words: list[tuple[str, int, int]], at: int) -> int:
    """How many words the state has that is named, in full, from word *at* on."""
    if words[at][0] not in _STATE_BEGINNINGS:
        return 0
    run = [word for word, _, _ in _run(plain, words, at)[:2]]
    return next((length for length in (2, 1) if " ".join(run[:length]) in _STATE_NAMES and len(run) >= length), 0)


def uses_capitals(text: Text) -> bool:
    """Whether capitals tell anything: not in a text typed in capitals throughout."""
    letters = sum(map(str.isalpha, text.raw))
    return letters < 16 or sum(map(str.isupper, text.raw)) < 0.6 * letters


def _name_at(text: Text, words: list[tuple[str, int, int]], at: int, capitals_of_all: list[bool]) -> tuple[int, bool]:
    """How many words the name has that begins with word *at*, none if there is none, and whether the list has it."""
    if not capitals_of_all[at] and words[at][0] not in _beginnings():
        return 0, False
    run = _run(text.plain, words, at)
    if run[0][0] == "n" and text.typed(run[0][1], run[0][2]) == "n":
        return 0, False  # "and", not a direction
    capitals = capitals_of_all[at : at + len(run)]
    side = run[0][0] in _PREFIXES and len(run) > 1
    if side and run[0][0] in _DIRECTIONS and run[1][0] in ("side", "end"):
        return 2, False
    for length in range(len(run), 0, -1):
        name = " ".join(word for word, _, _ in run[:length])
        if length == 1 and side and run[1][0] in _towns() and run[1][0] not in _COMMON:
            return 2, True
        if name in _towns() or name.replace("saint ", "st ") in _towns():
            if name in _STATE_NAMES - _TOWN_AND_STATE or _is_no_name(run[:length], capitals[0]):
                continue
            if any(capitals[:length]) and not all(capitals[:length]) and not capitals[length - 1]:
                continue
            grown = length
            while grown < len(run) and all(capitals[: grown + 1]) and run[grown][0] in _SUFFIXES:
                grown += 1
            return grown, True
    return _capitals_at(run, capitals), False


def _is_no_name(run: list[tuple[str, int, int]], capital: bool) -> bool:
    """Whether "the" belongs to no name here: "the lakes", unlike "the woodlands", unless typed with a capital."""
    return run[0][0] == "the" and not capital and any(word in _COMMON or word in _SUFFIXES for word, _, _ in run[1:])


def _capitals_at(run: list[tuple[str, int, int]], capitals: list[bool]) -> int:
    """How many words typed with a capital begin *run* that could be a name nobody has listed."""
    first = run[0][0]
    if not capitals[0] or first in _NO_BEGINNING:
        return 0
    length = 1
    while length < len(run) and capitals[length] and run[length][0] not in _NO_PART:
        length += 1
    is_state = " ".join(word for word, _, _ in run[:length]) in _STATE_NAMES
    return 0 if is_state or (length == 1 and len(first) < 3) else length


def _run(plain: str, words: list[tuple[str, int, int]], at: int) -> list[tuple[str, int, int]]:
    """The words from *at* on that nothing but a blank parts ("St. Paul" has its full stop)."""
    run = [words[at]]
    for word in words[at + 1 : at + _LONGEST_NAME]:
        gap = plain[run[-1][2] : word[1]]
        if gap != " " and not (gap == ". " and run[-1][0] in ("st", "ft", "mt")):
            break
        run.append(word)
    return run


def state_end(text: Text, end: int) -> int | None:
    """Where the state ends that is named right behind *end*, if one is."""
    match = re.match(r",?\s+((?:north|south|new|west|rhode|puerto) [a-z]+|[a-z]+)\b", text.plain[end:])
    if match is None:
        return None
    state = match[1] if match[1] in _STATE_NAMES else match[1].split()[0]
    finish = end + match.start(1) + len(state)
    if state not in _STATES and state not in _STATE_NAMES:
        return None
    typed = text.typed(end + match.start(1), finish)
    if state in _STATE_WORDS and not typed.isupper() and text.plain[finish:].strip(" .!?,"):
        return None
    return finish


def bare_names(text: Text) -> list[Name]:
    """A short answer to "where" that is nothing but a name or two that nobody has heard of."""
    lead = _ASKED_LEAD.match(text.plain)
    start = lead.end() if lead else 0
    rest = text.plain[start:]
    if not rest or len(rest.split()) > 5:
        return []
    found = []
    for part in re.finditer(r"[a-z][a-z -]*[a-z](?=\s*(?:$|[.,!/&?]|\bor\b|\band\b|\by\b|\bo\b))", rest):
        words = [w for w in part.group().split() if w not in ("or", "and", "y", "o")]
        if not words or any(word in _NO_ANSWER for word in words) or len(words) > 3:
            continue
        begin = start + part.start() + part.group().index(words[0])
        found.append(Name(begin, start + part.end(), known=False, common=False, capital=False))
    return found
