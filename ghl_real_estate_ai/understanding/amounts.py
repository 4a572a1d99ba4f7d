"""Amounts of dollars as people write them: "$385k", "three fifty", "half a mil", "the mid 400s", a bare "650"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.model import Span
from ghl_real_estate_ai.understanding.text import Text

LEAST_HOME_DOLLARS = 10_000
"""A smaller amount is a rent, a fee or a bill, never the price of a home."""
MOST_HOME_DOLLARS = 100_000_000

_MOST_BARE_MILLIONS = 4
"""A bare "1.1" is millions; a bare "7.25" is a rate of interest."""

_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400,
    "quinientos": 500, "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900, "veinte": 20,
    "veinticinco": 25, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16,
    "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintidos": 22, "veintitres": 23,
    "veinticuatro": 24, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
}  # fmt: skip
_NUMBER_WORD = "|".join(sorted([*_SMALL, "hundred"], key=len, reverse=True))
_UNIT = r"k|m|mm|mil(?:lones|lion(?:s|es)?|l)?|thousand|thou|grand|millon(?:es)?"
_DIGIT_WORD = "one|two|three|four|five|six|seven|eight|nine"
_AMOUNT = re.compile(
    rf"(?:(?P<currency>\$)\s?)?(?<![\w.])(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?:\s?(?P<unit>{_UNIT})(?![\w]))?"
    rf"(?P<ish>\s?ish\b|(?<=\d\d\d)s\b)?(?![\w])"
    rf"|\b(?P<million>(?:an?|one|two|three) mil(?:lion)?|(?:un|dos|tres) millon(?:es)?) (?P<more>y medio|and a half|(?:{_NUMBER_WORD})(?:[\s-](?:{_NUMBER_WORD}))?|\d{{1,3}})(?: ?(?:k|mil|thousand))?(?! ?(?:bed|bath|rec|cuarto|bano|house|home|or|acre|\w+ (?:bed|bath)))(?!\w)"
    rf"|\b(?P<point>{_DIGIT_WORD}) point (?P<tenths>{_DIGIT_WORD})(?: (?P<hundredths>{_DIGIT_WORD}))?(?: mil(?:lion)?)?(?!\w)"
    r"|\b(?P<half>(?:half|quarter|three quarters) (?:of )?an? mil(?:lion)?|half mil(?:lion)?|medio millon|a quarter mil(?:lion)?"
    r"|(?:un )?cuarto de millon|tres cuartos de millon|an? mil(?:lion)?|un millon)(?!\w)"
    rf"|\b(?:a )?buck (?P<buck>{_NUMBER_WORD})(?!\w)"
    rf"|\b(?P<words>(?:{_NUMBER_WORD})(?:(?:[\s-]+|(?<=hundred)\s+and\s+|\s+y\s+)(?:{_NUMBER_WORD}))*)(?: (?P<words_half>and a half|and a quarter))?\s?(?P<words_unit>{_UNIT})?(?![\w])",
    re.ASCII,
)
_PARTS_OF_A_MILLION = {
    "half": 0.5,
    "medio": 0.5,
    "quarter": 0.25,
    "cuarto": 0.25,
    "three quarters": 0.75,
    "tres cuartos": 0.75,
}
_WITHIN_THE_HUNDRED = {"low": 30, "lower": 30, "mid": 50, "middle": 50, "high": 80, "upper": 80}
"""Where in its hundred thousand "the mid 400s" lies, in thousands."""
_ROUGHLY = re.compile(
    r"\b(low|lower|mid|middle|high|upper)(?:[ -]+to[ -]+(low|mid|high|upper))?[ -]+(?:the |of the )?\$?$"
)

# What stands right after a number that is not of dollars.
_COUNTED = re.compile(
    r"\s*(?:-\s*)?(?:condos?\b|communit|sq|square|acre|bed|bath|bedroom|ba\b|%|percent|pct|por ?ciento|year|month|week|day|hour|min(?:s|ute)|am\b|pm\b|:|people|kids|doors?|units?"
    r"|rentals?|houses|homes|casas|payments|st\b|nd\b|rd\b|th\b|story|car\b|miles?|feet|ft|stars?|times|of us|down\b|credit|score|fico|cap\b|noi|leads|siblings"
    r"|ano|mes|semana|dia|cuartos|recamaras|recs|banos|pies|cuadras|/\d|x\d|sfr|propert|guys|agents|offers|brothers|sisters|plex|pct|\+ ?(?:com|only|age)|and older|de edad"
    r"|(?:de enganche|de inicial|de ahorros?|for (?:a |the |my |our )?(?:down|repairs)|in (?:repairs|equity|debt|savings|the bank|rent|closing|foundation)|off\b|saved|ahorrad\w+|over (?:ask|list|asking)|short\b|apart\b|more than)"
    r"|(?:a|per|each|every|al|por) ?/? ?(?:month|mo\b|week|year|night|mes|ano|semana|day)|/ ?(?:mo|month|yr|week|sq)|monthly|mensual|dollars? (?:a|per) )"
)
_RANGE = re.compile(
    r"^\s*(?:k|mil)?\s*(?:-|\u2013|\u2014|to|and|or|a|y|o|thru|through|hasta|n|maybe|to maybe|to like|up to)\s*(?:the )?(?:(?:low|mid|high|upper|lower)[ -])?\$?\s*$"
)
_YEAR = range(1900, 2100)
_LITERAL_AFTER = re.compile(r"\s*(?:bucks?|dollars?|dolares)\b")
"""Whoever writes "400 bucks" does not mean thousands."""
_CUE = re.compile(
    r"(?:\b(?:for|under|around|about|want|wants|asking|hoping|hope|take|taking|get|budget|max|than|over|below|least|pay|paying|spend|price|priced|need|say|like|maybe|roughly|near|to|up|list(?:ed|ing)? (?:it )?at"
    r"|approved (?:at|for|up to)|owe|owes|debo|left|por|hasta|unos|pido|pedimos|como|presupuesto|at|is|was|worth|accept|net|clear|do|de|en|entre|between|from|its|limit|ceiling|quiero|queremos|i am thinking|thinking|of|around)|^|[,.:;-])\s*\$?\s*$"
)
"""What leads up to an amount that is written as bare as "95"."""
_IN_MILLIONS = re.compile(
    r"(?:\b(?:budget|up to|max|under|below|around|about|price|list\w*|asking|want|take|hoping(?: for)?|approved|-|to|and)\b|[-\u2013])(?: (?:is|of|for|at|like|it at))*\s*$"
)
"""What leads up to a bare "1.1" that means millions."""
_CUE_OF_LISTING = re.compile(r"\b(?:list\w*|approved|priced|budget|max|price|top|it) (?:it )?(?:at|is)\s*$")
_RANGE_AHEAD = re.compile(
    r"\s*(?:-|\u2013|to|and|a|y|hasta)\s*\$?\d{2,3} ?(?:k\b|mil\b|thousand|grand|each\b|max|cash)"
)
_AGED = re.compile(
    r"\b(?:i am|im|at|is|turn\w*|were|we are|hes|shes|mother|mom|dad|in|since|age|aged|hit|back in|el|tengo|de los|tiene)\s*'?$"
)
"""What leads up to an age or to the year of a century."""


@dataclass(frozen=True, slots=True)
class _Amount:
    value: float
    scaled: bool
    """Whether a unit, a comma or its size says it outright."""
    start: int
    end: int
    exact: bool = False
    """Whether it is dollars as it stands: "$1,850", "400 bucks"."""
    within: int = 0
    """How far into its hundred thousand it lies, in thousands: "the mid 400s"."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What one amount, or the two of a range, come to in whole dollars, at [start, end) of the plain text."""

    top: int
    bottom: int | None
    """Where it is a range."""
    start: int
    end: int


def find_sums(text: Text, language: Language, taken: Sequence[Span], *, asked: bool) -> list[Sum]:
    """Return every sum of *text* that could be of a home; characters in *taken* belong to other slots."""
    amounts = [a for a in _amounts(text, language, asked=asked) if not _is_taken(text.span(a.start, a.end), taken)]
    sums: list[Sum] = []
    at = 0
    while at < len(amounts):
        low, high = amounts[at], None
        if at + 1 < len(amounts) and _RANGE.match(text.plain[low.end : amounts[at + 1].start]):
            high = amounts[at + 1]
        at += 2 if high else 1
        top = _dollars(high or low)
        if top is not None:
            bottom = _dollars(low, unit_of=high) if high else None
            sums.append(Sum(top, bottom, low.start, (high or low).end))
    return sums


def _is_taken(span: Span, taken: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)


def _amounts(text: Text, language: Language, *, asked: bool) -> list[_Amount]:
    plain = text.plain
    found = ((match, _read(match, plain, language)) for match in _AMOUNT.finditer(plain))
    return [
        amount for match, amount in found if amount is not None and not _is_no_money(plain, match, amount, asked=asked)
    ]


def _is_no_money(plain: str, match: re.Match[str], amount: _Amount, *, asked: bool) -> bool:
    """Whether the number is a count, a year, an age, a zip code or part of a longer sign."""
    written = match["number"] or ""
    if _COUNTED.match(plain, match.end()) or (match.start() and plain[match.start() - 1] in "/:#@"):
        return True
    if match["currency"] or match["unit"]:
        return False
    if "." in written and not asked:
        return _IN_MILLIONS.search(plain[: match.start()]) is None
    if not written.isdigit():
        return False
    if len(written) == 5 and not written.endswith("00"):
        return True
    if amount.value in _YEAR or written in ("1031", "1099"):
        return True
    before = plain[: match.start()]
    if asked or len(written) > 2 or _CUE_OF_LISTING.search(before):
        return False
    if _RANGE_AHEAD.match(plain, match.end()):
        return False
    return _AGED.search(before) is not None or _CUE.search(before) is None


def _read(match: re.Match[str], plain: str, language: Language) -> _Amount | None:
    start, end = match.span()
    if millions := _millions(match):
        return _Amount(millions * 1_000_000, True, start, end)
    if buck := match["buck"]:
        return _Amount(_of_words(f"one {buck}"), False, start, end)
    if words := match["words"]:
        value, unit = _of_words(words), match["words_unit"]
        if half := match["words_half"]:
            value += 0.5 if half.endswith("half") else 0.25
            value *= 1 if unit else 100
        if unit is None and value < 100:
            return None
        exact = False
    else:
        value, unit = float(match["number"].replace(",", "")), match["unit"]
        exact = unit is None and (
            "," in match["number"] or (value < 2_000 and _LITERAL_AFTER.match(plain, end) is not None)
        )
    roughly = _ROUGHLY.search(plain[max(0, start - 30) : start]) if value % 100 == 0 else None
    within = _WITHIN_THE_HUNDRED[roughly[2] or roughly[1]] if roughly else 0
    scaled = bool(unit) or value >= LEAST_HOME_DOLLARS
    return _Amount(value * _scale(value, unit, language), scaled, start, end, exact, within)


def _millions(match: re.Match[str]) -> float:
    """The amount in millions, where it is told in them by words; else 0."""
    if part := match["half"]:
        return next((size for word, size in _PARTS_OF_A_MILLION.items() if word in part), 1.0)
    if whole := match["point"]:
        return float(f"{_SMALL[whole]}.{_SMALL[match['tenths']]}{_SMALL[match['hundredths'] or 'zero']}")
    if whole := match["million"]:
        more = match["more"]
        if more in ("y medio", "and a half"):
            rest = 500.0
        else:
            rest = float(more) if more.isdigit() else _of_words(more)
            rest *= 100 if rest < 10 else 1
        return _SMALL.get(whole.split()[0], 1) + rest / 1_000
    return 0.0


def _of_words(words: str) -> float:
    total = 0.0
    for word in re.split(r"[\s-]+", words):
        if word in ("and", "y"):
            continue
        if word == "hundred":
            total = max(total, 1) * 100
        elif 0 < total < 10 and 10 <= _SMALL[word] < 100:
            total = total * 100 + _SMALL[word]  # "three fifty"
        else:
            total += _SMALL[word]
    return total


def _scale(value: float, unit: str | None, language: Language) -> int:
    if unit is None:
        return 1
    if unit == "mil":
        # "310 mil" is Spanish for thousands; "half a mil", "1.2 mil" are English for millions.
        return 1_000 if value >= 20 or language is Language.ES else 1_000_000
    return 1_000_000 if unit.startswith(("m", "mil")) and unit != "mill" else 1_000


def _dollars(amount: _Amount, *, unit_of: _Amount | None = None) -> int | None:
    """Return whole dollars as they are meant of a home: a bare "650" is thousands, a bare "1.1" millions."""
    value = amount.value
    if not amount.scaled and not amount.exact:
        if unit_of is not None and unit_of.scaled and unit_of.value >= 1_000_000 and value < 10:
            value *= 1_000_000
        elif unit_of is not None and value < 10 and 100 <= unit_of.value < 1_000:
            value *= 100_000  # "4 to 450"
        elif 30 <= value < 2_000:
            value *= 1_000
        elif 1 <= value < _MOST_BARE_MILLIONS and value != int(value):
            value *= 1_000_000
    value += amount.within * 1_000
    return round(value) if LEAST_HOME_DOLLARS <= value <= MOST_HOME_DOLLARS else None
