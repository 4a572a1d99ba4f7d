"""Where: towns, neighbourhoods and areas, as written, in title case.

A place is named after "in", "around", "near" and the like; one of the known US towns also counts without such a
word when little else could be meant. Written in capitals any name is taken, in small letters it ends where ordinary
words begin.
"""

import re
from functools import cache
from pathlib import Path

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_LONGEST_NAME = 4
_WORD = re.compile(r"[a-z][a-z-]*")
_AFTER = re.compile(
    r"\b(?:in(?: or (?:around|near))?|around|near|nearby|by|outside(?: of)?|close to|over in|downtown|en|cerca de|por|alrededor de|out in|out by|somewhere in|anywhere in|"
    r"(?:mov\w+|relocat\w+|transfer\w+|going|back|commute|vibe|mud\w+|driving|orders|stationed) (?:back |down |up |out |over |me |us )?(?:to|a)|rumbo a|area of|side of|city of|casa (?:de|en)|lado de|like|love|prefer|in the)\s+(?=[a-z])"
)
_AREA_OF = re.compile(r"\b(?P<name>[a-z]+(?: [a-z]+)?) (?:area|metro|suburbs?|region)\b")
_JOIN = re.compile(
    r"\s*(?:,\s*(?:or|and|y|o|maybe|also)?|/|&|\bor\b(?: maybe| even| around| in| near)?|\band\b(?: maybe| also| around)?|\by\b|\bo\b|\bn\b)\s*"
)
_STATES = read_words("us_states.txt")
_STATE_NAMES = frozenset(state for state in _STATES if len(state) > 2)
_PREFIXES = read_words("place_prefixes.txt")
_SUFFIXES = read_words("place_suffixes.txt")
_COMMON = read_words("common_words.txt")
_WEAK = re.compile(r"^(?:like|love|prefer|por|by|going|back|driving|commute)\b|\bin the\s*$")
_LIVED_IN = re.compile(
    r"\b(?:rent(?:ing|ed)?|liv(?:e|ed|ing)|work(?:ing|s)?|stay(?:ing)?|vivo|vivimos|rentando) (?:\w+ )?$"
)


@cache
def _towns() -> frozenset[str]:
    lines = (Path(__file__).parent / "us_places.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def find_locations(text: Text, context: MessageContext, taken: list[Span], *, buying: bool) -> list[StatedSlot]:
    """Return the places *text* names, in order; characters in *taken* (addresses, e-mail) are left out."""
    found: dict[str, Span] = {}
    for match in _AFTER.finditer(text.plain):
        if buying and _LIVED_IN.search(text.plain[: match.start()]):
            continue
        strict = _WEAK.search(match.group()) is not None
        _read_list(text, match.end(), found, taken, known_only=strict)
    for match in _AREA_OF.finditer(text.plain):
        _read_area(text, match, found, taken)
    _read_known(text, found, taken, asked=context.asked is Slot.LOCATIONS)
    if not found:
        return []
    spans = list(found.values())
    whole = Span(min(s.start for s in spans), max(s.end for s in spans))
    ordered = sorted(found, key=lambda name: found[name].start)
    return [StatedSlot(Slot.LOCATIONS, tuple(ordered), 0.85, whole)]


def _read_list(text: Text, at: int, found: dict[str, Span], taken: list[Span], *, known_only: bool = False) -> None:
    while True:
        end = _name_end(text, at, known_only=known_only)
        if end is None:
            return
        _keep(text, at, end, found, taken)
        state = re.match(r",?\s+([a-z]+)\b", text.plain[end:])
        if (
            state
            and state.group(1) in _STATES
            and text.plain[end:].lstrip(", ").split()[0]
            not in ("in", "or", "me", "hi", "ok", "oh", "la", "al", "de", "id", "ma", "pa")
        ) or (
            state
            and state.group(1) in ("or", "in", "ok", "me")
            and text.typed(end + state.start(1), end + state.end(1)).isupper()
        ):
            end += state.end()
        join = _JOIN.match(text.plain, end)
        if join is None:
            return
        at, known_only = (
            join.end(),
            known_only or "," in join.group() or join.group().strip() not in ("or", "and", "y", "o", "/", "&"),
        )


def _name_end(text: Text, at: int, *, known_only: bool) -> int | None:
    """Where the name that begins at *at* ends, or None when no name begins there."""
    words: list[tuple[str, int, int, bool]] = []
    position = at
    while len(words) < _LONGEST_NAME and (word := _WORD.match(text.plain, position)):
        typed = text.typed(*word.span())
        words.append((word.group(), word.start(), word.end(), typed[:1].isupper()))
        position = word.end() + 1
        if text.plain[word.end() : word.end() + 1] != " ":
            if text.plain[word.end() : word.end() + 2] == ". " and word.group() in ("st", "ft", "mt"):
                position += 1
                continue
            break
    if not words:
        return None
    for length in range(len(words), 0, -1):
        name = text.plain[words[0][1] : words[length - 1][2]].replace(". ", " ")
        if name in _towns() and (length > 1 or _stands_alone(words[0])):
            return words[length - 1][2]
        bare = " ".join(w[0] for w in words[1:length])
        if length > 1 and words[0][0] in _PREFIXES and bare in _towns():
            return words[length - 1][2]
    if words[0][0] in _STATE_NAMES and not known_only:
        return words[0][2]
    if known_only and not words[0][3]:
        return None
    return _unknown_end(words, known_only=known_only)


def _unknown_end(words: list[tuple[str, int, int, bool]], *, known_only: bool) -> int | None:
    first = words[0]
    if (first[0] in _COMMON and first[0] not in ("la", "el", "los", "las")) or (
        len(first[0]) < 3 and first[0] not in _PREFIXES
    ):
        return None
    if first[3]:
        count = 1
        while (
            count < len(words)
            and words[count][3]
            and words[count][0] not in _STATES
            and words[count][0] not in _COMMON - _SUFFIXES
        ):
            count += 1
        if first[0] in _COMMON and count == 1:
            return None
        return words[count - 1][2]
    if known_only or first[0] in _COMMON:
        return None
    if len(words) > 1 and (words[1][0] in _SUFFIXES or (first[0] in _PREFIXES and words[1][0] not in _COMMON)):
        return words[1][2]
    return (
        first[2] if first[0] not in _PREFIXES and len(first[0]) > 3 and not first[0].endswith(("ing", "ly")) else None
    )


def _stands_alone(word: tuple[str, int, int, bool]) -> bool:
    return word[0] not in _COMMON or (word[3] and word[0] not in _ALWAYS_COMMON)


_ALWAYS_COMMON = frozenset(
    [
        "price",
        "cash",
        "home",
        "house",
        "spring",
        "april",
        "may",
        "june",
        "august",
        "march",
        "good",
        "great",
        "first",
        "new",
        "old",
        "mobile",
        "school",
        "college",
        "church",
        "total",
        "the",
        "my",
        "our",
        "a",
        "in",
        "on",
        "asap",
        "fha",
        "va",
    ]
)


def _read_area(text: Text, match: re.Match[str], found: dict[str, Span], taken: list[Span]) -> None:
    for name in (match["name"], match["name"].split()[-1]):
        start = match.end("name") - len(name)
        capital = text.typed(start, start + 1).isupper()
        if name in _towns() or (
            capital and name.split()[0] not in _COMMON and len(name.split()) == len(match["name"].split())
        ):
            if name not in _COMMON:
                _keep(text, start, match.end("name"), found, taken)
            return


def _read_known(text: Text, found: dict[str, Span], taken: list[Span], *, asked: bool) -> None:
    """Towns without "in": in a list that opens a clause, typed in capitals, or asked for."""
    plain = text.plain
    for clause in re.finditer(
        r"(?:^|[.,;!?\n]\s*(?:or |and )?|\b(?:or|like|maybe|probably|either|check|prefer|only|and|love|want|o|y)\s+)(?=[a-z])",
        plain,
    ):
        at = clause.end()
        end = _name_end(text, at, known_only=True)
        if end is None:
            continue
        name = plain[at:end]
        known = name in _towns() or (name.split()[0] in _PREFIXES and " " in name)
        closed = re.match(
            r"\s*(?:$|[.,;!?/\n&]|(?:or|and|y|o|area|only|is|for|please|would|works|fine|si|side|tx|fl|ga|oh|tn|ca)\b)",
            plain[end:],
        )
        capital = text.typed(at, at + 1).isupper() and at > 0
        if (
            known
            and closed
            and name not in _NOT_A_TOWN
            and (
                asked
                or (capital and len(plain) > len(name) + 2)
                or (" " in name and name not in _NOT_A_TOWN)
                or ((at and plain[at - 2 : at] in (". ", ", ")) or _in_list(plain, end, at))
            )
        ):
            if asked or _list_or_known(text, at, end, name):
                _read_list(text, at, found, taken, known_only=not asked)
        elif asked and at == 0 and not known:
            _read_asked(text, found, taken)


_NOT_A_TOWN = frozenset(
    [
        "hope",
        "price",
        "reading",
        "normal",
        "independence",
        "may",
        "surprise",
        "home",
        "mobile",
        "eureka",
        "paradise",
        "friend",
        "price",
        "early",
        "sharon",
        "rob",
        "james",
        "marcus",
        "jackson",
        "tyler",
        "austin",
        "kyle",
        "henry",
        "justin",
        "gary",
        "dallas",
    ]
) - {"austin", "dallas"}


def _in_list(plain: str, end: int, at: int) -> bool:
    return (
        re.match(r"\s*(?:or|y|o|/)\s+[a-z]", plain[end:]) is not None
        or re.search(r"\b(?:or|o)\s+$", plain[:at]) is not None
    )


def _list_or_known(text: Text, at: int, end: int, name: str) -> bool:
    """A lone word is a town only in capitals or in a list: "mobile", "reading" and first names are towns too."""
    if " " in name:
        return True
    return (text.typed(at, at + 1).isupper() and at > 0) or _in_list(text.plain, end, at)


def _read_asked(text: Text, found: dict[str, Span], taken: list[Span]) -> None:
    """An answer to "where" that is nothing but one or two names."""
    plain = text.plain.strip(" .!,")
    if len(plain.split()) <= 4 and not any(
        word in _COMMON - _SUFFIXES for word in _WORD.findall(plain) if word not in ("or", "and", "y", "o")
    ):
        for part in re.finditer(r"[a-z][a-z -]+?(?=\s*(?:$|[.,!/&]|\bor\b|\band\b|\by\b|\bo\b))", text.plain):
            if part.group().strip() and part.group().split()[0] not in ("or", "and", "y", "o"):
                _keep(text, part.start(), part.end(), found, taken)


def _keep(text: Text, start: int, end: int, found: dict[str, Span], taken: list[Span]) -> None:
    span = text.span(start, end)
    if any(span.start < other.end and other.start < span.end for other in taken):
        return
    name = " ".join(
        word[:1].upper() + (word[1:].lower() if word.isupper() and len(word) > 3 else word[1:])
        for word in text.raw[span.start : span.end].split()
    )
    if not any(name.lower() == known.lower() or name.lower() in known.lower().split() for known in found):
        found.setdefault(name, span)
