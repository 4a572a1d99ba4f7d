"""Amounts of dollars as people write them: "$385k", "three fifty", "half a mil", "the mid 400s", a bare "650"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.model import Span, overlaps
from ghl_real_estate_ai.understanding.number_words import ENGLISH, SPANISH, any_word, up_to
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text

LEAST_HOME_DOLLARS = 10_000
"""A smaller amount is a rent, a fee or a bill, never the price of a home."""
MOST_HOME_DOLLARS = 100_000_000

_MOST_BARE_MILLIONS = 4
"""A bare "1.1" is millions; a bare "7.25" is a rate of interest."""

_SMALL = {
    **ENGLISH, **SPANISH, "fiddy": 50, "twos": 2, "threes": 3, "fours": 4, "fives": 5, "sixes": 6, "sevens": 7, "eights": 8,
    "nines": 9,
}  # fmt: skip
_SAID = any_word([*_SMALL, "hundred"])
_HUNDREDS = "hundred|hundo|hunnid"
_THOUSANDS = "k|mil|mill|thousand|thou|grand"
_UNIT = rf"{_THOUSANDS}|m|mm|mil(?:lones|lions?)|millon(?:es)?"
_DIGIT = any_word(up_to(9, ENGLISH))
_UNA = any_word([*up_to(9, SPANISH), "un"])
_TENS = "twenty|thirty|forty|fifty|fiddy|sixty|seventy|eighty|ninety"
_A_MILLION = "a|an|one|two|three|un|dos|tres"
_NO_HOMES = r"(?! ?(?:or |acre|\w+ (?:bed|bath)|bed|bath|rec|cuarto|bano|house|home))"
"""What a number beside a million counts: "a million 3 bedroom houses"."""
_JOINT = rf"(?:[\s-]+|(?<=hundred)\s+and\s+(?!(?:{_DIGIT}) (?:hundred|{_TENS}))|\s+y\s+(?=(?:{_UNA})\b))"
"""What joins the words of one number: of "five hundred and five fifty" nothing joins the two."""
_SHAPES = (
    # "3.4 hundo", "2 hundred thou"
    rf"(?<![\w.])(?P<hundreds>\d(?:\.\d+)?) ?(?:{_HUNDREDS})(?: (?:{_THOUSANDS}))?(?!\w)",
    # "6 fifty", "3 seventy five"
    rf"(?<![\w.,$])(?P<digit>[1-9]) (?P<tens>(?:{_TENS})(?:[ -](?:{_DIGIT}))?)(?!\w)",
    # "3 and a quarter"
    r"(?<![\w.,$])(?P<whole>[1-9]) and a (?P<part>half|quarter)(?!\w)",
    # "$385k", "410,000", "1.2", "low 4s", "350ish"
    r"(?:(?P<currency>\$)\s?)?(?<![\w.])(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    rf"(?:\s?(?P<unit>{_UNIT})(?![\w]))?(?P<ish>\s?ish\b|(?<=\d\d\d)s\b|(?<=\d)(?P<several>s)\b)?(?![\w])",
    # "a million two", "un millon y medio"
    rf"\b(?P<million>(?:{_A_MILLION}) mil(?:lion|lon(?:es)?)?)"
    rf" (?P<more>y medio|and a half|(?:{_SAID})(?:[\s-](?:{_SAID}))?|\d{{1,3}})"
    rf"(?: ?(?:k|mil|thousand))?{_NO_HOMES}(?!\w)",
    # "one point two five"
    rf"\b(?P<point>{_DIGIT}) point (?P<tenths>{_DIGIT})(?: (?P<hundredths>{_DIGIT}))?(?: mil(?:lion)?)?(?!\w)",
    # "half a mil", "un cuarto de millon"
    r"\b(?P<half>(?:half|quarter|three quarters) (?:of )?(?:an? )?mil(?:lion)?|a quarter mil(?:lion)?|medio millon"
    r"|(?:un )?cuarto de millon|tres cuartos de millon|an? mil(?:lion)?|un millon)(?!\w)",
    # "a buck fifty"
    rf"\b(?:a )?buck (?P<buck>{_SAID})(?!\w)",
    # "three fifty", "dos cientos mil", "four and a half"
    rf"\b(?P<words>(?:{_SAID})(?:{_JOINT}(?:{_SAID}))*)"
    rf"(?: (?P<words_half>and a half|and a quarter))?\s?(?P<words_unit>{_UNIT})?(?![\w])"
    rf"(?:(?<=thousand) (?P<rest>(?:{_DIGIT}) hundred(?: (?:and )?(?:{_SAID})(?:[ -](?:{_DIGIT}))?)?)(?!\w))?",
)
_AMOUNT = HAND_RULES.one(re.compile("|".join(_SHAPES), re.ASCII))
_PARTS_OF_A_MILLION = {
    "half": 0.5,
    "medio": 0.5,
    "quarter": 0.25,
    "cuarto": 0.25,
    "three quarters": 0.75,
    "tres cuartos": 0.75,
}
_WITHIN_THE_HUNDRED = {"low": 0, "lower": 0, "mid": 50, "middle": 50, "high": 80, "upper": 80}
"""Where in its hundred thousand "the mid 400s" lies, in thousands; whoever says "low 4s" is taken at the 400."""
_ROUGHLY = re.compile(
    r"\b(low|lower|mid|middle|high|upper)(?:[ -]+to[ -]+(low|mid|high|upper))?[ -]+(?:the |of the )?\$?$"
)

# What stands right after a number that is not of dollars: words as they begin, whole words, and signs.
_COUNTED_BEGINNINGS = """
    communit square acre bed bath percent porciento year month week day hour minute people kids door unit rental houses homes
    casas payments story mile credit score leads siblings ano mes semana dia cuartos recamaras recs banos pies cuadras sfr
    propert guys agents offers brothers sisters plex monthly mensual feet inch pound
"""
_COUNTED_WORDS = """
    condo condos sq ba % pct am pm : min mins st nd rd th car ft stars times of_us down fico cap noi plus_community
    and_older de_edad and_over por_ciento de_enganche de_inicial de_ahorro de_ahorros off saved over_ask over_list
    over_asking short apart more_than
"""
_HELD_IN = "repairs equity debt savings the_bank rent closing foundation"
_HELD_FOR = rf"for (?:a |the |my |our )?(?:down|repairs)|in {one_of(_HELD_IN)}|ahorrad"
_EVERY = r"(?:a|per|each|every|al|por|/) ?/? ?(?:month|mo\b|week|wk|sq|year|yr|night|mes|ano|semana|day)"
_COUNTED = re.compile(
    rf"\s*(?:-\s*)?(?:{one_of(_COUNTED_BEGINNINGS)}|{one_of(_COUNTED_WORDS)}(?!\w)|{_HELD_FOR}|{_EVERY}"
    r"|/\d|x\d|\+ ?(?:com|only|age)|dollars? (?:a|per) )"
)
_TELEPHONE = re.compile(r"\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")
_RANGE_WORDS = "to and or a y o thru through hasta n maybe to_maybe to_like up_to"
_RANGE = re.compile(
    rf"^\s*(?:k|mil)?\s*(?:[-\u2013\u2014]|{one_of(_RANGE_WORDS)})\s*(?:the )?(?:(?:low|mid|high|upper|lower)[ -])?\$?\s*$"
)
_YEAR = range(1900, 2100)
_SIGNS_BEFORE = ("/", ":", "#", "@")
_SIGNS_OF_LAW = ("1031", "1099", "401")
_LEAST_BILL = 100
"""A sum from which "$600" is a rent or a fee, unless what is to be spent was asked for; "$1.2" still is of millions."""
_LEAST_HUNDRED = 10
"""A smaller number that tells of a price as it is counts hundreds of thousands: "low 4s", "6 tops"."""
_MEETING = re.compile(
    r"\b(?:call|meet|come|see|visit|tour|talk|phone|ring|text|free|home|off|tomorrow|today|tonight|morning|evening)\b"
)
"""Before "6 thirty" this makes a time of it."""
_LITERAL_AFTER = re.compile(r"\s*(?:bucks?|dollars?|dolares)\b")
"""Whoever writes "400 bucks" does not mean thousands."""
_CUE_WORDS = """
    for under around about want wants asking hoping hope take taking get budget max than over below least pay paying spend
    price priced need say like maybe roughly near to up list_at list_it_at listed_at listed_it_at listing_at listing_it_at
    approved_at approved_for approved_up_to owe owes debo left por hasta unos pido pedimos como presupuesto at is was worth
    accept net clear do de en entre between from its limit ceiling quiero queremos thinking of have got the plus heloc another
"""
_CUE = re.compile(rf"(?:\b{one_of(_CUE_WORDS)}|^|[,.:;-])\s*\$?\s*$")
"""What leads up to an amount that is written as bare as "95"."""
_MILLION_CUES = """
    budget up_to max under below around about price listed asking want take hoping hoping_for approved consider to and for
"""
_IN_MILLIONS = re.compile(rf"(?:\b{one_of(_MILLION_CUES)}\b|[-\u2013,])(?: (?:is|of|for|at|like|it at))*\s*$")
"""What leads up to a bare "1.1" that means millions."""
_MILLIONS_AFTER = re.compile(r"\s*(?:max|tops?|cash|firm|for (?:the|it)|asking|obo)\b")
_CUE_OF_LISTING = re.compile(r"\b(?:list\w*|approved|priced|budget|max|price|top|it) (?:it )?(?:at|is)\s*$")
_RANGE_AHEAD = re.compile(
    r"\s*(?:-|\u2013|to|and|a|y|hasta)\s*\$?"
    rf"(?:\d{{2,3}} ?(?:k\b|mil\b|thousand|grand|each\b|max|cash)|\d(?:\.\d+)? ?(?:{_HUNDREDS}|m\b|mil))"
)
_AGED_WORDS = """
    i_am im at is turn turns turned turning were we_are hes shes mother mom dad in since age aged hit back_in el tengo de_los tiene
"""
_AGED = re.compile(rf"\b{one_of(_AGED_WORDS)}\s*'?$")
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
    written: str = ""
    """In which way: see `Sum`."""
    within: int = 0
    """How far into its hundred thousand it lies, in thousands: "the mid 400s"."""
    within_hundred: bool = False
    """Whether it is told which part of its hundred thousand is meant."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What one amount, or the two of a range, come to in whole dollars, at [start, end) of the plain text."""

    top: int
    bottom: int | None
    """Where it is a range."""
    start: int
    end: int
    written: str = ""
    """How the last of its amounts is written: "unit", "comma", "words", or by how many digits it has, "$" before them."""


def find_sums(text: Text, language: Language, taken: Sequence[Span], *, asked: bool) -> list[Sum]:
    """Return every sum of *text* that could be of a home; characters in *taken* belong to other slots."""
    amounts = [a for a in _amounts(text, language, asked=asked) if not overlaps(text.span(a.start, a.end), taken)]
    sums: list[Sum] = []
    at = 0
    while at < len(amounts):
        low, high = amounts[at], None
        if at + 1 < len(amounts) and _RANGE.match(text.plain[low.end : amounts[at + 1].start]):
            high = amounts[at + 1]
        at += 2 if high else 1
        top = _dollars(high or low, asked=asked)
        if top is not None:
            bottom = _dollars(low, asked=asked, unit_of=high) if high else None
            sums.append(Sum(top, bottom, low.start, (high or low).end, (high or low).written))
    return sums


def _amounts(text: Text, language: Language, *, asked: bool) -> list[_Amount]:
    plain = text.plain
    telephones = [range(*match.span()) for match in _TELEPHONE.finditer(plain)]
    matches = [match for match in _AMOUNT.finditer(plain) if not any(match.start() in one for one in telephones)]
    found = ((match, _read(match, plain, language, asked=asked)) for match in matches)
    return [
        amount for match, amount in found if amount is not None and not _is_no_money(plain, match, amount, asked=asked)
    ]


def _is_no_money(plain: str, match: re.Match[str], amount: _Amount, *, asked: bool) -> bool:
    """Whether the number is a count, a year, an age, a zip code or part of a longer sign."""
    written = match["number"] or ""
    if _COUNTED.match(plain, match.end()):
        return True
    less_than_nothing = plain[: match.start()].strip() == "-"
    if less_than_nothing or written in _SIGNS_OF_LAW or plain[match.start() - 1 : match.start()] in _SIGNS_BEFORE:
        return True
    if match["currency"] or match["unit"] or amount.within_hundred:
        return False
    if "." in written and not asked:
        led_up_to = _IN_MILLIONS.search(plain[: match.start()])
        return led_up_to is None and _MILLIONS_AFTER.match(plain, match.end()) is None
    if not written.isdigit():
        return False
    if len(written) == 5 and not written.endswith("00"):
        return True
    if amount.value in _YEAR:
        return True
    before = plain[: match.start()]
    if asked or len(written) > 2 or _CUE_OF_LISTING.search(before):
        return False
    if _RANGE_AHEAD.match(plain, match.end()):
        return False
    return _AGED.search(before) is not None or _CUE.search(before) is None


def _read(match: re.Match[str], plain: str, language: Language, *, asked: bool) -> _Amount | None:
    start, end = match.span()
    if (millions := _millions(match)) is not None:
        return _Amount(millions * 1_000_000, True, start, end, written="words")
    if (hundreds := _hundreds(match)) is not None:
        small = _LITERAL_AFTER.match(plain, end) or (
            match["digit"] and _MEETING.search(plain, max(0, start - 40), start)
        )
        return None if small else _Amount(hundreds, False, start, end, written="words")
    if words := match["words"]:
        value, unit, exact, written = _of_words(words), match["words_unit"], False, "words"
        if half := match["words_half"]:
            value += 0.5 if half.endswith("half") else 0.25
            value *= 1 if unit else 100
        value += _of_words(match["rest"]) / 1_000 if match["rest"] else 0
    else:
        value, unit = float(match["number"].replace(",", "")), match["unit"]
        as_it_stands = "," in match["number"] or (match["currency"] and not asked)
        literal = value < 2_000 and _LITERAL_AFTER.match(plain, end) is not None
        exact = unit is None and value >= _LEAST_BILL and bool(as_it_stands or literal)
        written = _written(match)
    roughly = _ROUGHLY.search(plain[max(0, start - 30) : start]) if value % 100 == 0 or value < _LEAST_HUNDRED else None
    if value < _LEAST_HUNDRED and unit is None and roughly and (match["several"] or match["words"]):
        value *= 100  # "low 4s"
    within = _WITHIN_THE_HUNDRED[roughly[2] or roughly[1]] if roughly and value >= _LEAST_HUNDRED else 0
    scaled = bool(unit) or value >= LEAST_HOME_DOLLARS
    return _Amount(
        value * _scale(value, unit, language), scaled, start, end, exact, written, within, roughly is not None
    )


def _written(match: re.Match[str]) -> str:
    if match["unit"] or "," in match["number"]:
        return "unit" if match["unit"] else "comma"
    return f"{match['currency'] or ''}{'point' if '.' in match['number'] else len(match['number'])}"


def _hundreds(match: re.Match[str]) -> float | None:
    """The amount in thousands, where it is told by its hundreds: "2 hundred", "6 fifty", "3 and a quarter", "a buck fifty"."""
    if buck := match["buck"]:
        return _of_words(f"one {buck}")
    if hundreds := match["hundreds"]:
        return float(hundreds) * 100
    if digit := match["digit"]:
        return float(digit) * 100 + _of_words(match["tens"])
    if whole := match["whole"]:
        return float(whole) * 100 + (50 if match["part"] == "half" else 25)
    return None


def _millions(match: re.Match[str]) -> float | None:
    """The amount in millions, where it is told in them by words."""
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
    return None


def _of_words(words: str) -> float:
    total = 0.0
    for word in re.split(r"[\s-]+", words):
        if word in ("and", "y"):
            continue
        if word == "hundred":
            total = max(total, 1) * 100
        elif 0 < total < 10 and 10 <= _SMALL[word] < 100:
            total = total * 100 + _SMALL[word]  # "three fifty"
        elif total % 10 and _SMALL[word] < 10:
            total += _SMALL[word] / 10  # "ninety eight five"
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


def _dollars(amount: _Amount, *, asked: bool, unit_of: _Amount | None = None) -> int | None:
    """Return whole dollars as they are meant of a home: a bare "650" is thousands, a bare "1.1" millions.

    A bare "1850" is a rent, and a bare "6" hundreds of thousands where an amount was *asked* for.
    """
    value = amount.value
    if not amount.scaled and not amount.exact:
        if unit_of is not None and unit_of.scaled and unit_of.value >= 1_000_000 and value < _LEAST_HUNDRED:
            value *= 1_000_000
        elif unit_of is not None and value < _LEAST_HUNDRED and 100 <= unit_of.value < 1_000:
            value *= 100_000  # "4 to 450"
        elif 30 <= value < 1_000:
            value *= 1_000
        elif 1 <= value < _MOST_BARE_MILLIONS and value != int(value):
            value *= 1_000_000
        elif asked and 1 < value < _LEAST_HUNDRED:
            value *= 100_000
    value += amount.within * 1_000
    return round(value) if LEAST_HOME_DOLLARS <= value <= MOST_HOME_DOLLARS else None
