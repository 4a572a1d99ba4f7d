"""How soon, in days: the upper end of the horizon a message states.

Every length of time that it names is found, counted ones by a pattern and the others by their wordings
(`horizons.txt`); which of them is the horizon, if any, is learned: by what was asked, the words beside it, and what
these speak of (`timeline.txt`): what lies behind, what is the business of others, when to call.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.cues import Cue, cue_features, find_cues, sentence_of
from ghl_real_estate_ai.understanding.model import MessageContext, StatedSlot, overlaps
from ghl_real_estate_ai.understanding.number_words import AMBIGUOUS, ENGLISH, ONE_OF_A_KIND, SPANISH, any_word, up_to
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.surroundings import CORRECTED, around, class_of, of_message, words_of
from ghl_real_estate_ai.understanding.text import Text

KIND = "timeline"
CUES = "timeline.txt"
WORDINGS = "horizons.txt"
_MOST_DAYS = 3650

_COUNTS = {
    **up_to(90, ENGLISH, SPANISH, ONE_OF_A_KIND), "a": 1, "an": 1, "couple": 2, "par": 2, "few": 3, "unos": 3, "unas": 3,
    "pocos": 3, "pocas": 3, "forty five": 45,
}  # fmt: skip
_COUNT = r"\d+(?:\.\d+)?|" + any_word(_COUNTS.keys() - AMBIGUOUS)
_UNITS = {"day": 1, "dia": 1, "week": 7, "seman": 7, "month": 30, "mes": 30, "year": 365, "ano": 365}
_HALF_OF = {1: 0, 7: 3, 30: 15, 365: 175}
"""What "and a half" adds, in days: a year and a half are 18 months of 30."""
_UNIT = r"(?P<unit>days?|weeks?|months?|years?|dias?|semanas?|mes(?:es)?|anos?)"
_BETWEEN = r"(?:ish|\+)?\s?(?:of |de |more |or so |good |solid |full |short )?-?"
_LOW = rf"(?P<low>{_COUNT})\s*(?:day|week|month|year|dia|semana|mes|ano)?(?:s|es)?\s*(?:-|\u2013|to|or|a|o|and|,)\s*(?:maybe )?"
_SPAN = HAND_RULES.one(
    re.compile(
        rf"\b(?:{_LOW})?(?:a |un )?(?:(?P<count>{_COUNT})\s?{_BETWEEN}{_UNIT}\b(?P<half> (?:and a half|y medio))?"
        rf"|{_UNIT.replace('unit', 'bare')} (?:and a half|y medio))",
        re.ASCII,
    )
)
_AGAIN = re.compile(
    rf"(?:,|\b(?:be|or|in|maybe|say|like|o|tal vez|quiza))(?: (?:maybe|about|like|in|make it))? (?P<count>{_COUNT})"
    r"(?=\s*(?:[.,!?\n]|$)| (?:at|tops|max|if|depending|maximo)\b)"
)
"""A number after a length of time that counts the same unit again: "two months, three at the outside"."""
_AHEAD_AFTER = re.compile(r"\s*(?:away|out\b|from (?:now|today)|to go|left\b(?! on)|de hoy)")
"""A distance into the future, whatever stands before it: "closing is six weeks out"."""
_BARE_NUMBER = re.compile(
    r"^\W*(?:(?:about|around|like|maybe|probably|in|within|say|como|unos|en) )*(?:\d+ ?(?:-|to|or|a|o) ?)?(?P<number>\d+)"
    r"(?:ish)?(?=\W*$|[.,] | max| tops| at most| if| or so| mas o menos)"
    r"|\b(?:so|like|say|more like|id like|i would like|want|mejor) (?P<last>[1-9]\d*)\W*$"
)
_ENDS = re.compile(r"\W*(?:$|[.!?,;\n])")
_WORD_BEFORE = 20
_UNIT_NAMED = re.compile(r"\b(?:day|week|month|year|dia|seman|mes|ano)")


@dataclass(frozen=True, slots=True)
class Horizon:
    """The characters [start, end) of the plain text that name a length of time, which may be how soon somebody moves."""

    kind: str
    days: int
    start: int
    end: int


def find_timeline(text: Text, context: MessageContext) -> list[StatedSlot]:
    """Return the horizon *text* states, at most one; which of those it names, if any, is learned."""
    horizons = find_horizons(text.plain)
    chosen = read_choosers()[KIND].choose(readings(text.plain, horizons, context))
    ahead = next((one for one in horizons if _AHEAD_AFTER.match(text.plain, one.end)), None)
    if horizon := horizons[chosen.at] if chosen else ahead:
        return [_slot(text, horizon.days, horizon.start, horizon.end)]
    return _asked(text) if context.asked is Slot.TIMELINE_DAYS else []


def readings(plain: str, horizons: Sequence[Horizon], context: MessageContext) -> list[list[str]]:
    """The features of each of *horizons*."""
    if not horizons:
        return []
    cues = find_cues(plain, CUES)
    return [
        [
            *of_message(plain[slice(*sentence_of(plain, one))], context, frozenset()),
            *_of_horizon(plain, horizons, at, cues, context),
        ]
        for at, one in enumerate(horizons)
    ]


def _of_horizon(
    plain: str, horizons: Sequence[Horizon], at: int, cues: Sequence[Cue], context: MessageContext
) -> Iterator[str]:
    one = horizons[at]
    asked = context.asked is Slot.TIMELINE_DAYS
    side = f"bot {context.bot}, asked {context.asked}"
    yield one.kind
    yield f"{one.kind} asked {asked}"
    yield f"{one.kind} {side}"
    before = words_of(plain[max(0, one.start - _WORD_BEFORE) : one.start])
    yield f"{one.kind} after {class_of(before[-1]) if before else 'nothing'}"
    yield f"{one.kind} ends {_ENDS.match(plain, one.end) is not None}"
    yield f"{one.kind} is {plain[one.start : one.end]}"
    yield f"length of it {min(one.days // 30, 14)}"
    yield f"place {at} of {len(horizons)}"
    yield f"place {at} of {len(horizons)}, corrected {CORRECTED.search(plain) is not None}"
    yield f"among {len({other.kind for other in horizons})}, {one.kind}"
    yield f"longest {one.days == max(other.days for other in horizons)}"
    yield from cue_features(plain, one, cues, one.kind, f"asked {asked}")
    yield from around(plain, one.start, one.end)


def find_horizons(plain: str) -> list[Horizon]:
    """Every length of time that *plain* names, counted ones first."""
    counted = list(_counted(plain))
    return [
        *counted,
        *(one for one in _worded(plain) if not overlaps(one, counted)),
    ]


def _worded(plain: str) -> Iterator[Horizon]:
    """The lengths of time that are named by a wording."""
    for cue in find_cues(plain, WORDINGS):
        kind, days = cue.about.rsplit(" ", 1)
        yield Horizon(kind, int(days), cue.start, cue.end)


def _counted(plain: str) -> Iterator[Horizon]:
    for match in _SPAN.finditer(plain):
        named = match["unit"] or match["bare"]
        unit = next(days for name, days in _UNITS.items() if named.startswith(name))
        single = match["count"] in (None, "a", "an", "un", "una")
        if single and unit == _UNITS["year"] and re.search(r"\bhalf\s*$", plain[: match.start()]):
            continue  # a wording of `horizons.txt`
        halved = match["half"] or match["bare"]
        days = _days(match["count"] or "a", unit) + (_HALF_OF[unit] if halved else 0)
        kind = "single" if single and match["low"] is None else "counted"
        again = _counted_again(plain, match.end())
        more = _days(again["count"], unit) if again else 0
        end = match.end()
        if again and days < more <= days * _FEW_TIMES:
            days, end = more, again.end()
        elif again and 0 < more < days:
            yield Horizon(f"again {unit}", more, again.start("count"), again.end())
        if 0 < days <= _MOST_DAYS:
            yield Horizon(f"{kind} {unit}", days, match.start(), end)


def _counted_again(plain: str, end: int) -> re.Match[str] | None:
    """The bare number of the same sentence that counts the unit before *end* again, with nothing else counted between."""
    ended = _SENTENCE_ENDS.search(plain, end)
    again = _AGAIN.search(plain, end, min(end + _SOON_AFTER, ended.end() if ended else len(plain)))
    if again is None or any(sign.isdigit() for sign in plain[end : again.start("count")]):
        return None
    return again


_SENTENCE_ENDS = re.compile(r"[.!?;\n]")
_SOON_AFTER = 40
"""Within so many characters a bare number still counts the unit before it."""
_FEW_TIMES = 4
"""A number that is larger by more counts something else."""


def _days(count: str, unit: int) -> int:
    days = round((_COUNTS.get(count) or float(count)) * unit)
    return {182: 180, 360: 365}.get(days, days)


def _asked(text: Text) -> list[StatedSlot]:
    plain = text.plain
    if (bare := _BARE_NUMBER.search(plain)) is None:
        return []
    number, unit = int(bare["number"] or bare["last"]), _UNIT_NAMED.search(plain)
    if unit:
        days = number * next(days for name, days in _UNITS.items() if unit.group().startswith(name))
    else:
        # Whoever answers "how soon" with a bare number means months when it is small, days when it is 30 or more.
        days = number if number >= 14 else number * 30
    return [_slot(text, days, bare.start(), bare.end())] if 0 < days <= 730 else []


def _slot(text: Text, days: int, start: int, end: int) -> StatedSlot:
    return StatedSlot(Slot.TIMELINE_DAYS, days, 0.9, text.span(start, end))
