"""What the trained model sees of a message: its words and their neighbours, letters within words, what was asked, and which hand rules match.

Training takes the features by their names (`Features.named`); reading looks them up by the numbers of their words
(`vocabulary`).  The runs of words are put together by the same code for both, in the terms of their `Marks`, so a
weight is not applied to something other than what it was learned from.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any, Generic, TypeVar

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import Found, MessageContext, SlotIs, Span
from ghl_real_estate_ai.understanding.rules import REPORTED_FROM
from ghl_real_estate_ai.understanding.text import Text

LONGEST_READ = 160
"""Words looked at; a longer message is judged by its beginning and its end."""

_TOKEN = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*|[?!]|\n|[^\x00-\x7f]")
_LETTERS = (3, 4, 5)
_NEGATORS = frozenset(
    [
        "not",
        "dont",
        "doesnt",
        "didnt",
        "never",
        "no",
        "isnt",
        "arent",
        "aint",
        "wasnt",
        "werent",
        "wont",
        "wouldnt",
        "cant",
        "couldnt",
        "shouldnt",
        "havent",
        "hasnt",
        "without",
        "nor",
        "neither",
        "stop",
        "quit",
        "nunca",
        "ni",
        "sin",
        "jamas",
        "tampoco",
        "ya",
    ]
)
_REACH = 6
"""How many words a "not" reaches at most."""
_CLAUSE_END = re.compile(r"[.,;:!?\n]| - ")


def read_classes(file_name: str) -> dict[str, str]:
    """Return the class of each word of *file_name*, whose lines are `class: words`; a word belongs to its first class."""
    classes: dict[str, str] = {}
    for line in (Path(__file__).parent / file_name).read_text(encoding="utf-8").splitlines():
        name, parted, words = line.partition(":")
        if parted and not line.startswith("#"):
            for word in words.split():
                classes.setdefault(word, f"@{name}")
    return classes


_CLASSES = read_classes("word_classes.txt")

Place = tuple[int, int]
"""Where in the plain text a feature stands; (0, 0) when it stands nowhere."""
NOWHERE: Place = (0, 0)
LETTERS = "~"
"""What a run of letters begins with, and no word."""
Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class Marks(Generic[Run]):
    """How runs are told: what stands for the edges of a message, for a word left out and for a "not", and what joins each of
    some runs to one of others, as long as there are both."""

    begin: Run
    end: Run
    gap: Run
    deny: Run
    joined: Callable[[Iterable[Run], Iterable[Run]], list[Run]]


def _spelled(ones: Iterable[str], others: Iterable[str]) -> list[str]:
    return [f"{one} {other}" for one, other in zip(ones, others, strict=False)]


BY_NAME = Marks("^", "$", "_", "not", _spelled)


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a message: those told by name, and the words whose runs and letters are told when looked up."""

    told: Sequence[tuple[str, Place]]
    words: Sequence[str] = ()
    classed: Sequence[str] = ()
    """The words, each as its class where it has one."""
    places: Sequence[Place] = ()
    """Where the words stand."""
    denied: Sequence[int] = ()
    """Which of the words a "not" reaches."""

    def named(self) -> dict[str, Place]:
        """Every feature by its name, where it stands first."""
        listed = [
            *self.told,
            *zip(self.runs(self.words, self.classed, BY_NAME), self.places_of_runs(), strict=True),
            *((run, place) for word, place in zip(self.words, self.places, strict=True) for run in letter_runs(word)),
        ]
        return dict(reversed(listed))

    def runs(self, words: Sequence[Run], classed: Sequence[Run], marks: Marks[Run]) -> list[Run]:
        """The runs of the words and of the classed words, which are *words* and *classed* in terms of *marks*, and what is
        denied."""
        denied = marks.joined(repeat(marks.deny), [classed[at] for at in self.denied])
        return [*_runs(words, marks), *_runs(classed, marks), *denied]

    def places_of_runs(self) -> list[Place]:
        """Where each of the `runs` stands."""
        of_words = _places_of_runs(self.places)
        return [*of_words, *of_words, *(self.places[at] for at in self.denied)]


def features(text: Text, context: MessageContext, rules: Iterable[Found[Any]]) -> Features:
    """Return every feature of *text* as read in *context*; *rules* is what the hand rules find in it."""
    words, places = _words(text.plain)
    classed = [_CLASSES.get(word, word) for word in words]
    told = [*_about(words, places, context), *((name, NOWHERE) for name in _evidence(list(rules), context))]
    return Features(told, words, classed, places, list(_denied(text.plain, classed, places)))


def _evidence(rules: list[Found[Any]], context: MessageContext) -> Iterator[str]:
    """What the hand rules find; for a slot also by whom and to what it is said, and which value is first."""
    for rule in rules:
        kind = "rule" if rule.confidence >= REPORTED_FROM else "doubt"
        yield f"{kind}={rule.label}"
        if isinstance(rule.label, SlotIs):
            yield f"{kind}={rule.label} asked={context.asked or 'none'}"
            yield f"{kind}={rule.label} bot={context.bot or 'none'}"
    for label in _said_first(rules):
        yield f"rule=first {label}"


def _said_first(rules: list[Found[Any]]) -> Iterable[SlotIs]:
    first: dict[Slot, SlotIs] = {}
    for rule in sorted(rules, key=lambda rule: rule.span.start):
        if isinstance(rule.label, SlotIs) and rule.confidence >= REPORTED_FROM:
            first.setdefault(rule.label.slot, rule.label)
    return first.values()


def _words(plain: str) -> tuple[list[str], list[Place]]:
    """The words of *plain* and their places; figures become their shape, since no label hangs on their value."""
    found = [*_TOKEN.finditer(plain)]
    if len(found) > LONGEST_READ:
        half = LONGEST_READ // 2
        found = [*found[:half], *found[-half:]]
    return [_shape(match.group()) for match in found], [match.span() for match in found]


def _shape(token: str) -> str:
    return "#" * min(len(token), 6) if token[0].isdigit() else token


def _about(words: Sequence[str], places: Sequence[Place], context: MessageContext) -> Iterator[tuple[str, Place]]:
    asked = context.asked or "none"
    bot = context.bot or "none"
    size = _size(sum(map(str.isalpha, words)))
    yield f"asked={asked}", NOWHERE
    yield f"bot={bot}", NOWHERE
    yield f"length={size}", NOWHERE
    yield f"asked={asked} length={size}", NOWHERE
    if context.asked:
        yield "asked", NOWHERE
        yield f"asked length={size}", NOWHERE
    for word, place in zip(words[:3], places, strict=False):
        yield f"opens={word}", place
        if context.asked:
            yield f"answers={word}", place
            yield f"asked={asked} opens={word}", place


def _size(words: int) -> str:
    return str(words) if words < 4 else "4-7" if words < 8 else "8-15" if words < 16 else "16+"


def _runs(words: Sequence[Run], marks: Marks[Run]) -> list[Run]:
    """Each word, and its runs of two and of three with the edges of the message, the middle one left out as well."""
    framed = [marks.begin, *words, marks.end]
    twos = marks.joined(framed, framed[1:])
    opened = marks.joined(framed, repeat(marks.gap))
    return [*words, *twos, *marks.joined(twos, framed[2:]), *marks.joined(opened, framed[2:])]


def _places_of_runs(places: Sequence[Place]) -> list[Place]:
    """Where the `_runs` of words at *places* stand; an edge stands nowhere."""
    if not places:
        return [NOWHERE]
    (start, _), (_, end) = places[0], places[-1]
    framed = [(start, start), *places, (end, end)]
    threes = [(one[0], three[1]) for one, three in zip(framed, framed[2:], strict=False)]
    gaps = [places[1], *threes[1:-1], places[-2]] if len(places) > 1 else places
    return [*places, *((one[0], two[1]) for one, two in pairwise(framed)), *threes, *gaps]


def _denied(plain: str, words: Sequence[str], places: Sequence[Place]) -> Iterator[int]:
    """Which of *words* a "not" reaches: to the end of its clause, and not far."""
    if _NEGATORS.isdisjoint(words):
        return
    reach, ended = 0, 0
    for at, (word, (start, end)) in enumerate(zip(words, places, strict=True)):
        if (between := plain[ended:start]) != " " and _CLAUSE_END.search(between):
            reach = 0
        if reach:
            yield at
        reach, ended = (_REACH if word in _NEGATORS else max(reach - 1, 0)), end


def letter_runs(word: str) -> tuple[str, ...]:
    """The runs of letters within *word*, its edges among them."""
    if not word.isalpha() or len(word) < 3:
        return ()
    framed = f"<{word}>"
    return tuple(f"{LETTERS}{framed[at : at + size]}" for size in _LETTERS for at in range(len(framed) - size + 1))


def span_of(text: Text, place: Place) -> Span:
    """The typed characters behind *place*; the whole text when the feature stands nowhere."""
    return Span(0, len(text.raw)) if place == NOWHERE else text.span(*place)
