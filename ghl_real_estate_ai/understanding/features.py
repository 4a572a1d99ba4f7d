"""What the trained model sees of a message: its words and their neighbours, letters within words, what was asked, and which hand rules match.

The names of the features are their identity: training and reading both come through `features`, so a weight can
never be applied to something other than what it was learned from.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

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
Features = dict[str, Place]
"""Each feature of a message, with where in the plain text it stands; (0, 0) when it stands nowhere."""

NOWHERE: Place = (0, 0)


def features(text: Text, context: MessageContext, rules: Iterable[Found[Any]]) -> Features:
    """Return every feature of *text* as read in *context*; *rules* is what the hand rules find in it."""
    tokens = _tokens(text.plain)
    classed = [(_CLASSES.get(token, token), place) for token, place in tokens]
    told = [
        *_about(tokens, context),
        *_word_runs(tokens),
        *_classed_runs(classed),
        *_denied(text.plain, classed),
        *((run, place) for token, place in tokens for run in _letter_runs(token)),
    ]
    found = dict(reversed(told))  # a feature stands where it is told first
    found.update(dict.fromkeys(_evidence(list(rules), context), NOWHERE))
    return found


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


def _tokens(plain: str) -> list[tuple[str, Place]]:
    """The words of *plain* with their places; figures become their shape, since no label hangs on their value."""
    listed = [(_shape(match.group()), match.span()) for match in _TOKEN.finditer(plain)]
    if len(listed) > LONGEST_READ:
        half = LONGEST_READ // 2
        listed = [*listed[:half], *listed[-half:]]
    return listed


def _shape(token: str) -> str:
    return "#" * min(len(token), 6) if token[0].isdigit() else token


def _about(tokens: list[tuple[str, Place]], context: MessageContext) -> Iterator[tuple[str, Place]]:
    asked = context.asked or "none"
    bot = context.bot or "none"
    words = sum(token.isalpha() for token, _ in tokens)
    yield f"asked={asked}", NOWHERE
    yield f"bot={bot}", NOWHERE
    yield f"length={_size(words)}", NOWHERE
    yield f"asked={asked} length={_size(words)}", NOWHERE
    if context.asked:
        yield "asked", NOWHERE
        yield f"asked length={_size(words)}", NOWHERE
    for token, place in tokens[:3]:
        yield f"opens={token}", place
        if context.asked:
            yield f"answers={token}", place
            yield f"asked={asked} opens={token}", place


def _size(words: int) -> str:
    return str(words) if words < 4 else "4-7" if words < 8 else "8-15" if words < 16 else "16+"


def _word_runs(tokens: list[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Each word, and its runs of two and of three with the edges of the message, the middle one left out as well."""
    if not tokens:
        return [("^ $", NOWHERE)]
    twos = pairwise(tokens)
    threes = [*zip(tokens, tokens[1:], tokens[2:], strict=False)]
    return [
        *tokens,
        *((f"{one} {two}", (start, end)) for (one, (start, _)), (two, (_, end)) in twos),
        *((f"{one} {two} {three}", (start, end)) for (one, (start, _)), (two, _), (three, (_, end)) in threes),
        *((f"{one} _ {three}", (start, end)) for (one, (start, _)), _, (three, (_, end)) in threes),
        *_edge_runs(tokens),
    ]


def _edge_runs(tokens: list[tuple[str, Place]]) -> Iterator[tuple[str, Place]]:
    """The runs that the beginning of the message or its end is one of; they stand where their words do."""
    (first, begin), (last, finish) = tokens[0], tokens[-1]
    yield f"^ {first}", begin
    yield f"{last} $", finish
    if len(tokens) == 1:
        yield f"^ {first} $", begin
        yield "^ _ $", NOWHERE
        return
    (second, after), (last_but_one, before) = tokens[1], tokens[-2]
    yield f"^ {first} {second}", (begin[0], after[1])
    yield f"^ _ {second}", after
    yield f"{last_but_one} {last} $", (before[0], finish[1])
    yield f"{last_but_one} _ $", before


def _classed_runs(classed: list[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """The runs that have a class of words in them; the others are those of the words themselves."""
    if not any(token.startswith("@") for token, _ in classed):
        return []
    return [run for run in _word_runs(classed) if "@" in run[0]]


def _denied(plain: str, tokens: list[tuple[str, Place]]) -> Iterator[tuple[str, Place]]:
    """Each word that a "not" reaches: to the end of its clause, and not far."""
    reach, ended = 0, 0
    for token, (start, end) in tokens:
        if (between := plain[ended:start]) != " " and _CLAUSE_END.search(between):
            reach = 0
        if reach:
            yield f"not {token}", (start, end)
        reach, ended = (_REACH if token in _NEGATORS else max(reach - 1, 0)), end


@lru_cache(maxsize=8192)
def _letter_runs(token: str) -> tuple[str, ...]:
    """The runs of letters within a word, its edges among them; people use few words again and again."""
    if not token.isalpha() or len(token) < 3:
        return ()
    framed = f"<{token}>"
    return tuple(f"~{framed[at : at + size]}" for size in _LETTERS for at in range(len(framed) - size + 1))


def span_of(text: Text, place: Place) -> Span:
    """The typed characters behind *place*; the whole text when the feature stands nowhere."""
    return Span(0, len(text.raw)) if place == NOWHERE else text.span(*place)
