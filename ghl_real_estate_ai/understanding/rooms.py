"""Bedrooms and bathrooms: the least that is wanted, or the house's own.

Every number of rooms is found by patterns, and where rooms were asked for every small number; which of them is meant,
if any, is learned: by what was asked, whether the writer buys or sells, and what the words beside it speak of
(`rooms.txt`): the home that is had, the one that is wanted, one for sale, the people in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.cues import Cue, cue_features, find_cues
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot, overlaps
from ghl_real_estate_ai.understanding.number_words import ENGLISH, ONE_OF_A_KIND, SPANISH, any_word, up_to
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.rules import loose
from ghl_real_estate_ai.understanding.surroundings import around, last_side, of_message, of_one_side, side_of
from ghl_real_estate_ai.understanding.text import Text

_HAS = re.compile(r"\bes de\b")
"""Behind it a pair of numbers is of rooms: "la casa es de 3 y 2"."""
KIND = "rooms"
CUES = "rooms.txt"
SLOTS = (Slot.BEDROOMS, Slot.BATHROOMS)
_MOST_ROOMS = 12
_WORDED = up_to(8, ENGLISH, SPANISH, ONE_OF_A_KIND)
_NUMBERS = {**_WORDED, "a": 1, "third": 3, "fourth": 4, "fifth": 5}
_WORDS = any_word(_WORDED)
_N = rf"(?:\d{{1,2}}(?:\.\d{{1,2}})?|{_WORDS})"
_BEDROOM = (
    r"(?:bedrooms?|beds?|bds?|brs?|bdrms?|recamaras?|cuartos?|recs?|habitacion(?:es)?|dormitorios?|alcobas?"
    r"|rooms?(?! (?:apartment|for|where)))(?! de mil)"
)
_BATHROOM = r"(?:bathrooms?|baths?|ba|banos?|restrooms?)"
_PARTS = "a half|half|one half|medio|1/2|(?:a |three )?quarters?|3/4|1/4"
_HALVES = rf"(?P<half>(?: (?:and|n|&|y))? (?:{_PARTS})| media)"
_KIND_OF = "full real actual true good big nice large decent"
_ROOM = (
    rf"(?P<low>{_N})(?:\s?(?:ish|\+|plus))?(?:\s*(?:[-\u2013/]|or|to|o|a)\s*{_N})?"
    rf"(?:\s?(?:ish|\+|plus|or more|o mas))?{_HALVES}?\s*-?\s*(?:{one_of(_KIND_OF)} )*"
)
_BEDROOMS = loose(rf"(?<![\w./$]){_ROOM}{_BEDROOM}(?!\w)")
_ORDINAL_BEDROOM = loose(r"(?<!\w)(?P<low>third|fourth|fifth) bed(?:room)?(?!\w)(?P<half>\b)?")
_BATHROOMS = loose(rf"(?<![\w/$]){_ROOM}{_BATHROOM}(?!\w)(?P<after_half>(?: (?:and|n|&|y))? (?:a half|medio|1/2))?")
_A_BATH = loose(
    r"(?<!\w)(?P<low>a|un) (?P<half>\b)?(?:bath(?:room)?|bano)(?P<after_half> (?:and a half|y medio))?(?!\w)"
)
_FULL_AND_HALF = loose(
    rf"(?<![\w/$])(?P<full>{_N}) full (?:baths? )?(?:and |& |n |plus )?(?P<halves>{_N}|an?) half(?: baths?)?(?!\w)"
)
_PAIR = loose(
    r"(?<![\w./])(?<!and )(?P<beds>[1-9])\s?(?:/|x|bed/|br/|bd/)\s?(?P<baths>[1-6](?:\.[05])?)s?"
    r"(?![\w/]|\.\d| (?:acre|ac\b|mile|of))"
)
_JOINED_PAIR = loose(r"(?<!\w)(?P<beds>[1-9])(?:bd|br|bed)[\s,/-]*(?P<baths>[1-6](?:\.\d)?)\s?(?:ba|bath)s?(?!\w)")
_TWO_ROOMS = loose(
    rf"(?<![\w/$.])(?P<beds>[1-9]|{_WORDS}) (?:and|n|&|y|by) (?P<baths>[1-6](?:\.5)?|{_WORDS})"
    r"(?= (?:in|house|home|or|on|with|en|de|estaria|seria)\b|\W*$|[,.])"
)
_NO_ROOMS = """
    kids boys girls people of_us years year months month weeks days k mil story stories car cars acres acre dogs cats units
    houses am pm ninos hijos personas anos hours blocks miles percent half and_a_half_year of_them jobs doors
"""
_BARE = loose(
    rf"(?<![\w.,/$-])(?P<low>{_N}){_HALVES}?(?:\s?(?:ish\b|\+))?(?!\w|[./:,]\d|%)(?!\s?-?\s?{one_of(_NO_ROOMS)}\b)"
)


_NEEDED = (*"0123456789", *_WORDED, *("third", "fourth", "fifth", "bath", "bano"))
"""What no number of rooms is told without; to look for it is much cheaper."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The characters [start, end) of the plain text that name how many rooms of one kind or both there are."""

    written: str
    counts: Mapping[Slot, float]
    start: int
    end: int


def find_rooms(
    text: Text, context: MessageContext, intents: frozenset[Intent], taken: Sequence[Span]
) -> list[StatedSlot]:
    """Return bedrooms and bathrooms: the least wanted, or the house's own; characters in *taken* belong to others."""
    named = offered(text, context, taken)
    found = []
    for slot in SLOTS:
        of_slot = [one for one in named if slot in one.counts]
        if choice := read_choosers()[KIND].choose(readings(text.plain, of_slot, slot, context, intents)):
            one = of_slot[choice.at]
            value = one.counts[slot]
            whole = int(value) if value == int(value) else value
            found.append(StatedSlot(slot, whole, 0.9, text.span(one.start, one.end)))
    return found


def offered(text: Text, context: MessageContext, taken: Sequence[Span]) -> list[Rooms]:
    """The numbers of rooms in *text* among which is chosen: those that are part of nothing *taken*."""
    return [one for one in find_counts(text.plain, context) if not overlaps(text.span(one.start, one.end), taken)]


def find_counts(plain: str, context: MessageContext) -> list[Rooms]:
    """Every number of rooms that *plain* names, and where rooms were asked for every small number as well."""
    if not any(map(plain.__contains__, _NEEDED)):
        return []
    asked = context.asked if context.asked in SLOTS else None
    found = list(_pairs(plain, asked=asked is not None or context.bot is Bot.SELLER or _HAS.search(plain) is not None))
    found += [one for one in _named(plain) if not overlaps(one, found)]
    if asked is not None:
        found += [one for one in _bare(plain, asked) if not overlaps(one, found)]
    return sorted(found, key=lambda one: one.start)


def _pairs(plain: str, *, asked: bool) -> Iterator[Rooms]:
    """Bedrooms and bathrooms in one: "3/2", "4bd 2ba", "4 n 2" where rooms are spoken of."""
    for written, pair in (("joined", _JOINED_PAIR), ("pair", _PAIR), *((("two", _TWO_ROOMS),) if asked else ())):
        for match in pair.finditer(plain):
            if not _is_date(plain, match):
                counts = {Slot.BEDROOMS: _number(match["beds"]), Slot.BATHROOMS: _number(match["baths"])}
                yield Rooms(written, counts, *match.span())


def _named(plain: str) -> Iterator[Rooms]:
    for match in _FULL_AND_HALF.finditer(plain):
        halves = 1.0 if match["halves"] in ("a", "an") else _number(match["halves"])
        yield Rooms("full and half", {Slot.BATHROOMS: _number(match["full"]) + halves / 2}, *match.span())
    kinds = (
        ("bedrooms", Slot.BEDROOMS, _BEDROOMS),
        ("ordinal", Slot.BEDROOMS, _ORDINAL_BEDROOM),
        ("bathrooms", Slot.BATHROOMS, _BATHROOMS),
        ("a bath", Slot.BATHROOMS, _A_BATH),
    )
    for written, slot, rooms in kinds:
        for match in rooms.finditer(plain):
            yield Rooms(f"{written} {match.group().split()[-1]}", {slot: _count(slot, match)}, *match.span())


def _bare(plain: str, asked: Slot) -> Iterator[Rooms]:
    for match in _BARE.finditer(plain):
        if 0 < _number(match["low"]) <= _MOST_ROOMS:
            yield Rooms("bare", {asked: _count(asked, match)}, *match.span())


def _count(slot: Slot, match: re.Match[str]) -> float:
    half = match["half"] or match.groupdict().get("after_half")
    part = 0.0
    if half and slot is Slot.BATHROOMS:
        part = 0.75 if "three" in half or "3/4" in half else 0.25 if "quarter" in half or "1/4" in half else 0.5
    return _number(match["low"]) + part


def readings(
    plain: str, counts: Sequence[Rooms], slot: Slot, context: MessageContext, intents: frozenset[Intent]
) -> list[list[str]]:
    """The features of each of *counts* as the number of *slot*."""
    cues = find_cues(plain, CUES) if counts else []
    return [list(_of_count(plain, counts, at, slot, cues, context, intents)) for at in range(len(counts))]


def _of_count(
    plain: str,
    counts: Sequence[Rooms],
    at: int,
    slot: Slot,
    cues: Sequence[Cue],
    context: MessageContext,
    intents: frozenset[Intent],
) -> Iterator[str]:
    one = counts[at]
    meant = of_one_side(plain, one.start, intents)
    side, asked = side_of(context, meant), "it" if context.asked is slot else context.asked or "nothing"
    both, values = side_of(context, intents), [other.counts[slot] for other in counts]
    size = "only" if len(set(values)) == 1 else "most" if values[at] == max(values) else "fewer"
    yield from of_message(plain, context, meant)
    for known in (one.written, f"value {min(values[at], 7)}", f"place {min(at, 2)} of {min(len(counts), 3)}", size):
        yield known
        yield f"{known}, {side}"
        yield f"{known}, asked {asked}"
    yield f"{one.written}, {slot}"
    yield f"asked {asked}, {slot}"
    yield f"spoken of {last_side(plain, one.start)}, {both}"
    yield f"spoken of {last_side(plain, one.start)}, {both}, place {min(at, 2)} of {min(len(counts), 3)}"
    yield from cue_features(plain, one, cues, side)
    yield from around(plain, one.start, one.end)


def _number(word: str) -> float:
    return float(_NUMBERS[word]) if word in _NUMBERS else float(word)


def _is_date(plain: str, match: re.Match[str]) -> bool:
    led_up_to = re.search(r"\b(?:on|by|before|after|until|since|date)\s*$", plain[: match.start()])
    return led_up_to is not None or plain.startswith((" of", " full", " time", " cup"), match.end())
