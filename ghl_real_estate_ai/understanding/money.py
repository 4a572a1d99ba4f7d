"""Amounts of dollars and what they are: a buyer's budget, a seller's price, what is owed, or none of these."""

import re
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.rules import pattern
from ghl_real_estate_ai.understanding.text import Text

LEAST_HOME_DOLLARS = 10_000
"""A smaller amount is a rent, a fee or a bill, never the price of a home."""
MOST_HOME_DOLLARS = 100_000_000

_MOST_BARE_MILLIONS = 4
"""A bare "1.1" is millions; a bare "7.25" is a rate of interest."""

_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400,
    "quinientos": 500, "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900, "veinte": 20,
    "veinticinco": 25, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90, "cinco": 5, "diez": 10,
}  # fmt: skip
_NUMBER_WORD = "|".join(sorted([*_SMALL, "hundred"], key=len, reverse=True))
_UNIT = r"k|m|mm|mil(?:lones|lion(?:s|es)?|l)?|thousand|thou|grand|millon(?:es)?"
_AMOUNT = re.compile(
    rf"(?:(?P<currency>\$)\s?)?(?<![\w.])(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?:\s?(?P<unit>{_UNIT})(?![\w]))?"
    rf"(?P<ish>\s?ish\b|(?<=\d\d\d)s\b)?(?![\w])"
    rf"|\b(?P<words>(?:{_NUMBER_WORD})(?:[\s-]+(?:and\s+|y\s+)?(?:{_NUMBER_WORD}))*)\s?(?P<words_unit>{_UNIT})?(?![\w])"
    r"|\b(?P<half>(?:half|quarter|three quarters) (?:of )?an? mil(?:lion)?|half mil(?:lion)?|medio millon|a mil(?:lion)?(?: and a half)?|un millon(?: y medio)?|a quarter mil(?:lion)?)\b",
    re.ASCII,
)
_HALVES = {"half": 500_000, "medio": 500_000, "quarter": 250_000, "a quarter": 250_000, "three": 750_000}

# What stands right after a number that is not of dollars.
_COUNTED = re.compile(
    r"\s*(?:-\s*)?(?:sq|square|acre|bed|bath|bedroom|ba\b|%|percent|pct|por ?ciento|year|month|week|day|hour|min|am\b|pm\b|:|people|kids|doors?|units?"
    r"|rentals?|houses|homes|casas|payments|st\b|nd\b|rd\b|th\b|story|car\b|miles?|feet|ft|stars?|times|of us|down\b|credit|score|fico|cap\b|noi|leads|siblings"
    r"|ano|mes|semana|dia|cuartos|recamaras|banos|pies|cuadras|/\d|x\d|sfr|propert|guys|agents|offers|brothers|sisters|plex|pct"
    r"|(?:a|per|each|every|al|por) ?/? ?(?:month|mo\b|week|year|night|mes|ano|semana|day)|/ ?(?:mo|month|yr|week|sq)|monthly|mensual|dollars? (?:a|per) )"
)
_NOT_PRICE_BEFORE = re.compile(
    r"(?:\b(?:zillow|zestimate|redfin|trulia|realtor com|opendoor|offerpad|offered|offering|offers?(?: (?:me|us|of))?|told (?:me|us)|says?|said|quoted|apprais\w+|assess\w+"
    r"|bought (?:it )?(?:at|for|in)|paid|taxes|tax|rents? (?:is|for|at)|makes?(?! (?:it|that))|earn\w*|income|salary|gano|ganamos|credit|score|fico|neighbors?|sold|going for|fining|fee|hoa"
    r"|down payment(?: of)?|put down|repairs?|cost|spent|invested|put|noi|rates?|ofrec\w+|ofrecieron|dice|judgment|(?:overpriced|low|off|under|high|over) by|letter|quote\w*|bills?|owes? (?:me|us)|since|built|around the|highway|hwy|route|apt|unit|#|section|code|zip|insurance|paying|dp|bonus|saved|have saved|get \d+|rent|equity|raised|debt of|cards?|loan of|gift card|of a|(?:you|u) (?:get|got|said|think|come up with)|worth of)"
    r"(?:\s+(?:is|was|it|at|has|had|me|us|i|about|around|like|for|of|that|only|roughly|up|to|the|a|its|worth|house|came|in|back|over|almost|nearly|us)){0,4}\s*\$?\s*)$"
)
_OWED_BEFORE = re.compile(
    r"\b(?:owe(?:s|d)?(?! (?:me|us))|owing|mortgage|payoff|pay ?off|loan balance|balance|left to pay|principal|debo|debemos|hipoteca|se debe|nos falta\w*|me falta\w*|faltan|restan|first (?:mortgage )?is)\b"
    r"(?:[^.!?;\n$\d]){0,40}\s*\$?\s*$"
)
_OWED_AFTER = re.compile(
    r"^\s*(?:\w+ ){0,2}?(?:left(?: (?:on|to pay|to go))?|still owed|owed|on the (?:mortgage|loan|note|first|1st|house note)|mortgage|to the bank|remaining|de hipoteca|balance|payoff|al banco|que debemos)\b"
)
_MOST = re.compile(
    r"\b(?:up to|under|max(?:imum)?(?: is| of| at|ed out at)?|tops?(?: out)?(?: (?:is|at|around))*|no more than|not? (?:\w+ )?(?:over|above|more than)|nothing (?:over|above)|below|less than|dont want to (?:go|spend)(?: \w+)? (?:over|above|more than|past)|cap(?:ped)? (?:is|at|of)?|ceiling(?: is| of)?|limit(?: is| of)?|as (?:high|much) as|hasta|menos de|no mas de|maximo(?: de)?|debajo de|past|go to|most is|at most|over)"
    r"(?:\s+(?:about|around|like|maybe|roughly|unos|como|is|at|for|the))*\s*\$?\s*$"
)
_LEAST = re.compile(
    r"\b(?:at least|min(?:imum)?(?: of| is)?|starting (?:at|around)|from|above|more than|no less than|nothing (?:under|below)|not (?:under|below)|over|desde|minimo(?: de)?|mas de|al menos|por lo menos|arriba de|north of)\s*\$?\s*$"
)
_LEAST_AFTER = re.compile(
    r"^\s*(?:\+|plus\b|and up|or (?:more|above|higher|up)|minimum|min\b|at (?:the )?least|en adelante|y mas)"
)
_BUDGET = re.compile(
    r"\b(?:budget|presupuesto|price ?range|price ?point|spend\w*|afford\w*|pre ?-?appr\w*|pre ?-?qual\w*|precalific\w*|preaprob\w*|aprobad\w+|approved|qualified|pagar|gastar|tengo|tenemos|comprar|busco|cash|looking (?:at|in|for|around)|range|something|anything|house|home|place|condo|buy|want|need|ando|going up|loan)\b"
)
_BUDGET_AFTER = re.compile(
    r"^\s*(?:budget|max(?:imum)?\b|tops?\b|or (?:less|under|below|lower)|and under|is (?:my|our|the) (?:\w+ )?(?:max|limit|budget|most|ceiling|top)|at (?:the )?most|price ?range|o menos|maximo|de presupuesto|range|cash|en efectivo|is the absolute|all in|preapproval|pre ?-?approv\w+|purchase|house|home)\b"
)
_ASKING = re.compile(
    r"\b(?:want(?:s|ing)?|asking|ask|take|accept|hoping|hope|list(?:ed|ing)?|get|price|sell(?:ing)?|exit|need|least|looking (?:to get|for)|like|worth|think\w*|under|below|less than|for|pido|pedimos|pedir|quiero|queremos|por ella|por la casa|precio|espero|esperamos|menos de|vender\w*|vendo|ocupo|number is|net|walk away with|firm|at|it at)\b"
)
_CORRECTION = pattern(
    r"actually|no wait|wait|i mean|i meant|make (?:it|that)|scratch that|correction|sorry|rather|change (?:it|that) to|mejor|digo|perdon|quise decir|mas bien|corrijo"
)
_PAID_OFF = pattern(
    r"(?:paid (?:it |the house |the mortgage |this (?:place|house) )?(?:completely |fully |all )?off|free and clear|own(?:ed|s)? (?:it |the house |the place |this (?:house|place) |my (?:house|place) )?(?:outright|free|clear)|no (?:mortgage|loan on it|loans|liens?(?: on it)?|mortgages)|(?:dont|do not) (?:owe|have a mortgage)(?: (?:anything|a dime|a thing|nothing|on it|a penny))*|(?:owe|owing) (?:nothing|zero|nada|0)|mortgage free|(?:ya )?(?:esta|la tenemos|la tengo|completamente) (?:\w+ )?pagada|ya la (?:pague|pagamos)|sin hipoteca|no (?:debo|debemos) (?:nada|ni)|no (?:tengo|tenemos|tiene|hay) hipoteca|libre de (?:deuda|gravamen))"
)  # fmt: skip
_NOT_PAID_OFF = re.compile(
    r"\b(?:to|get|getting|need|want|almost|until|once|nearly|can|will|would|if|not|isnt|when|after|para|casi|hasta|help)\b[^.!?]{0,25}$"
)
_RANGE = re.compile(r"^\s*(?:k|mil)?\s*(?:-|\u2013|\u2014|to|and|or|a|y|o|thru|through|hasta|n)\s*\$?\s*$")
_YEAR = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class _Amount:
    value: float
    scaled: bool
    """Whether a unit, a comma or its size says it outright."""
    start: int
    end: int


def find_money(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language, taken: list[Span]
) -> list[StatedSlot]:
    """Return budget, price and mortgage balance stated in *text*; characters in *taken* belong to other slots."""
    found = _settled_mortgage(text, context)
    amounts = [a for a in _amounts(text, language) if not _overlaps(text.span(a.start, a.end), taken)]
    sides: dict[Slot, list[StatedSlot]] = {}
    at = 0
    while at < len(amounts):
        low, high = amounts[at], None
        if at + 1 < len(amounts) and _RANGE.match(text.plain[low.end : amounts[at + 1].start]):
            high = amounts[at + 1]
        at += 2 if high else 1
        for stated in _stated(text, low, high, context, intents):
            sides.setdefault(stated.slot, []).append(stated)
    for slot, several in sides.items():
        corrected = len(several) > 1 and _CORRECTION.search(text.plain)
        found = [f for f in found if f.slot is not slot]
        found.append(several[-1] if corrected else several[0])
    return found


def _settled_mortgage(text: Text, context: MessageContext) -> list[StatedSlot]:
    found = _PAID_OFF.search(text.plain)
    if found is None or _NOT_PAID_OFF.search(text.plain[: found.start()]):
        asked_nothing = context.asked is Slot.MORTGAGE_BALANCE and re.fullmatch(
            r"\W*(?:nothing|zero|none|0|nada|cero)\W*", text.plain
        )
        return [StatedSlot(Slot.MORTGAGE_BALANCE, 0, 0.9, Span(0, len(text.raw)))] if asked_nothing else []
    return [StatedSlot(Slot.MORTGAGE_BALANCE, 0, 0.9, text.span(found.start(), found.end()))]


def _amounts(text: Text, language: Language) -> list[_Amount]:
    amounts = []
    plain = text.plain
    for match in _AMOUNT.finditer(plain):
        amount = _read(match, language)
        if amount is None or _COUNTED.match(plain[match.end() : match.end() + 24]):
            continue
        exchange = match.group() == "1031"
        bare_year = not amount.scaled and amount.value in _YEAR and not match.group("currency")
        if exchange or bare_year or (match.start() and plain[match.start() - 1] in "/:#@"):
            continue
        amounts.append(amount)
    return amounts


def _read(match: re.Match[str], language: Language) -> _Amount | None:
    start, end = match.span()
    if half := match.group("half"):
        word = half.split()[0]
        millions = _HALVES.get(word, _HALVES["quarter"] if half.startswith("a quarter") else 1_000_000)
        return _Amount(millions + (500_000 if half.endswith(("and a half", "y medio")) else 0), True, start, end)
    if words := match.group("words"):
        value, unit = _of_words(words), match.group("words_unit")
        if unit is None and value < 100:
            return None
    else:
        value, unit = float(match.group("number").replace(",", "")), match.group("unit")
    return _Amount(value * _scale(value, unit, language), bool(unit) or value >= LEAST_HOME_DOLLARS, start, end)


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
    if not amount.scaled:
        if unit_of is not None and unit_of.scaled and unit_of.value >= 1_000_000 and value < 10:
            value *= 1_000_000
        elif 30 <= value < 2_000:
            value *= 1_000
        elif 1 <= value < _MOST_BARE_MILLIONS and value != int(value):
            value *= 1_000_000
    return round(value) if LEAST_HOME_DOLLARS <= value <= MOST_HOME_DOLLARS else None


def _stated(
    text: Text, low: _Amount, high: _Amount | None, context: MessageContext, intents: frozenset[Intent]
) -> list[StatedSlot]:
    last = high or low
    before = re.split(r"[!?;\n]|\.\s|\b(?:but|pero|then)\b", text.plain[max(0, low.start - 60) : low.start])[-1]
    after = re.split(r"[!?;\n]|\.\s", text.plain[last.end : last.end + 40])[0]
    top = _dollars(last)
    if top is None:
        return []
    bottom = _dollars(low, unit_of=last) if high else None
    span = text.span(low.start, last.end)
    slot = _role(text.plain, before, after, context, intents)
    if slot is None:
        return []
    if slot is not Slot.BUDGET_MAX:
        return [StatedSlot(slot, top if bottom is None else bottom, 0.9, span)]
    if bottom is not None and bottom <= top:
        return [StatedSlot(Slot.BUDGET_MIN, bottom, 0.9, span), StatedSlot(Slot.BUDGET_MAX, top, 0.9, span)]
    least = (_LEAST.search(before) and not _MOST.search(before)) or _LEAST_AFTER.match(after)
    return [StatedSlot(Slot.BUDGET_MIN if least else Slot.BUDGET_MAX, top, 0.9, span)]


def _role(plain: str, before: str, after: str, context: MessageContext, intents: frozenset[Intent]) -> Slot | None:
    if _OWED_BEFORE.search(before) or _OWED_AFTER.match(after):
        return Slot.MORTGAGE_BALANCE
    selling = Intent.SELL in intents or (context.bot is Bot.SELLER and Intent.BUY not in intents)
    limited = _MOST.search(before) or _BUDGET_AFTER.match(after) or _LEAST_AFTER.match(after)
    if not limited and _NOT_PRICE_BEFORE.search(before):
        return None
    if context.asked in (Slot.BUDGET_MAX, Slot.BUDGET_MIN):
        return Slot.BUDGET_MAX
    if context.asked in (Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE):
        return context.asked
    if re.search(
        r"\b(?:budget|presupuesto|pre ?-?appr\w*|pre ?-?qual\w*|precalific\w*|preaprob\w*)\b", before + after[:20]
    ):
        return Slot.BUDGET_MAX
    if selling and Intent.BUY not in intents:
        return (
            Slot.PRICE_EXPECTATION
            if _ASKING.search(before)
            or re.match(r"^\s*(?:for (?:it|the|my)|firm|cash|por ella|or best|obo|asking|por la)", after)
            else None
        )
    buying = intents & {Intent.BUY, Intent.INVEST} or context.bot is Bot.BUYER
    if buying and Intent.RENT not in intents:
        return Slot.BUDGET_MAX
    if limited and Intent.RENT not in intents and not intents & {Intent.VALUATION}:
        return Slot.BUDGET_MAX if _BUDGET_AFTER.match(after) or _BUDGET.search(before) else None
    if context.asked is Slot.FINANCING:
        return Slot.BUDGET_MAX
    return None


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)
