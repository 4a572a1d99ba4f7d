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
_NOT_PRICE_BEFORE = re.compile(
    r"(?:\b(?:zillow|zestimate|redfin|trulia|realtor com|opendoor|offerpad|offered|offering|offers?(?: (?:me|us|of))?|told (?:me|us)|(?<!\bi )(?<!\bwe )(?:says?|said)|quoted|they (?:want(?:ed)?|need(?:ed)?|asked)|(?:redfin|zillow|chase|realtor|tool|estimate|website|app|site|agent|brother|sister|neighbor|buddy|husband|wife|dad|mom|he|she)s? (?:\w+ ){0,3}?(?:puts?|has|had|thinks?|says?|got|told|gave|valued|lists?)(?: (?:me|us|it|that|him|her|his))?(?: at)?|you are at|listening to|card w(?:ith)?|letter (?:w|with|for)|cash offer (?:\w+ ){0,4}?for|mail for|clear|profit|ofrecio(?: \w+){0,3}|la dieron en|stuck with|debt|owe|gross\w*|arv|over|(?:bank|lender|county|irs|hoa) wants|apprais\w+|assess\w+"
    r"|bought (?:it )?(?:at|for|in)|paid|taxes|tax|rents? (?:is|for|at)|makes?(?! (?:it|that))|earn\w*|income|salary|gano|ganamos|credit|score|fico|neighbors?|sold|went|goes|sold (?:his|hers|theirs|it)|vendi\w+|going for|fining|fee|hoa"
    r"|down payment(?: of)?|put down|repairs?|cost|costs|spent|invested|payment(?: is)?|put|noi|rates?|ofrec\w+|ofrecieron|dice|judgment|(?:overpriced|low|off|under|high|over) by|letter|quote\w*|bills?|owes? (?:me|us)|since|built|around the|highway|hwy|route|apt|unit|#|section|code|zip|county rd|road|fm|spur|hwy|box|lost|compre|compramos|segun|zestimate vale|ate|back in|credito|pago|insurance|paying|dp|bonus|saved|have saved|get \d+|rent|equity|raised|debt of|cards?|loan of|gift card|of a|(?:you|u) (?:get|got|said|think|come up with)|worth of)"
    r"(?:\s+(?:is|was|it|at|en|por|de|has|had|me|us|i|about|around|like|for|of|that|only|roughly|up|to|the|a|its|worth|house|came|in|back|over|almost|nearly|us)){0,4}\s*\$?\s*)$"
)
_OWED_BEFORE = re.compile(
    r"\b(?:owe(?:s|d)?(?! (?:me|us))|owing|(?<!no )mortgage|payoff|pay ?off|loan balance|balance|left to pay|principal|debo|debemos|hipoteca|se debe|nos falta\w*|me falta\w*|faltan|restan|first (?:mortgage )?is)\b"
    r"(?:(?!\b(?:want|ask|hop|list|sell|tak|get|worth|need|buy|price|budget|quier|pid)\w*)[^.!?;\n$\d]){0,40}\s*\$?\s*$"
)
_OWED_ELSEWHERE = re.compile(
    r"\s*(?:k\b)?\s*(?:\w+ )?(?:to the (?:hospital|irs|lawyers?|cards?|county|city)|(?:in|of) (?:back |property |unpaid )*(?:taxes|hoa|fines|bills|medical|cards?)|back taxes|taxes)"
)
_OWED_AFTER = re.compile(
    r"^\s*(?:\w+ ){0,2}?(?:left(?: (?:on|to pay|to go))?|still owed|owed|on the (?:mortgage|loan|note|first|1st|house note)|mortgage|to the bank|remaining|de hipoteca|balance|payoff|al banco|que debemos)\b"
)
_MOST = re.compile(
    r"\b(?:up to|under|max(?:imum)?(?: is| of| at|ed out at)?|tops?(?: out)?(?: (?:is|at|around))*|no more than|not? (?:\w+ )?(?:over|above|more than)|nothing (?:over|above)|below|less than|dont want to (?:go|spend)(?: \w+)? (?:over|above|more than|past)|cap(?:ped)? (?:is|at|of)?|ceiling(?: is| of)?|limit(?: is| of)?|as (?:high|much) as|hasta|menos de|no (?:llegue|pase|pasar)\w*(?: a| de)?(?: los)?|no mas de|maximo(?: de)?|debajo de|past|(?:go|going|goes|bump\w*|up)(?: \w+){0,2}? (?:up )?to|most is|at most|over)"
    r"(?:\s+(?:about|around|like|maybe|roughly|unos|como|is|at|for|the|to))*\s*\$?\s*$"
)
_LEAST = re.compile(
    r"\b(?:at least|min(?:imum)?(?: of| is)?|starting (?:at|around)|from|above|more than|no less than|nothing (?:under|below)|not (?:under|below)|over|desde|minimo(?: de)?|mas de|al menos|por lo menos|arriba de|north of)\s*\$?\s*$"
)
_LEAST_AFTER = re.compile(
    r"^\s*(?:\+|plus\b|and up|or (?:more|above|higher|up)|minimum|min\b|at (?:the )?least|en adelante|y mas|(?:pa|para) arriba)"
)
_BUDGET = re.compile(
    r"\b(?:budget|presupuesto|price ?range|price ?point|spend\w*|afford\w*|pre ?-?appr\w*|pre ?-?qual\w*|precalific\w*|preaprob\w*|aprobad\w+|approved|qualified|pagar|gastar|tengo|tenemos|comprar|busco|cash|looking (?:at|in|for|around)|range|something|anything|house|home|place|condo|buy|want|need|ando|going up|loan)\b"
)
_BUDGET_AFTER = re.compile(
    r"^\s*(?:budget|max(?:imum)?\b|tops?\b|or (?:less|under|below|lower)|and under|is (?:my|our|the) (?:\w+ )?(?:max|limit|budget|most|ceiling|top)|at (?:the )?most|price ?range|o menos|maximo|de presupuesto|range|is the absolute|all in|preapproval|pre ?-?approv\w+|purchase|house|home)\b"
)
_CASH_AFTER = re.compile(r"^\s*(?:all )?(?:cash|en efectivo|in cash)\b")
_ASKING = re.compile(
    r"\b(?:want(?:s|ing)?|asking|ask|take|accept|hoping|hope|list(?:ed|ing)?|get|price|sell(?:ing)?|exit|need|least|looking (?:to get|for)|like|worth|think\w*|under|below|less than|for|i say|say|pido|pedimos|pedir|quiero|queremos|por ella|por la casa|precio|espero|esperamos|menos de|vender\w*|vendo|ocupo|number is|net|walk away with|firm|at|it at)\b"
)
_ASKS_FIRMLY = re.compile(
    r"\b(?:want|wants|wanting|asking|ask for|take|accept|hoping|list(?:ed|ing)? (?:it )?(?:at|for)|sell (?:it )?(?:at|for)|pido|pedimos|quiero|queremos|walk away with|net|need)\b"
)
"""What a seller says of the price who has not been heard to sell."""
_FOR_IT = re.compile(
    r"^\s*(?:for (?:it|the|my|both)|firm|cash|por ella|or best|obo|asking|por la|minimum|and (?:its|it is) yours)"
)
_BUDGET_NAMED = re.compile(
    r"\b(?:budget|presupuesto|pre ?-?appr\w*|pre ?-?qual\w*|precalific\w*|preaprob\w*|aprobaron|bank says|approved (?:me|us) (?:for|at))\b"
)
_BUDGET_NAMED_BEFORE = re.compile(r"\b(?:pre ?-?appro\w*|pre ?-?qual\w*|budget|presupuesto|preaprob\w*)\W{1,4}$")
_OFFERED = re.compile(
    r"\b(?:(?:would|will|could|might|id|i) (?:take|accept)|asking|hoping (?:for|to get)|walk away with|(?:lower|drop|reduce|raise|list|put) (?:it|the price) (?:down |up )?(?:to|at|for)|yard sign)\b[^.!?]{0,24}$"
)
"""What only a seller says of a price."""
_MADE_IT = re.compile(
    r"\b(?:make (?:it|that)|more like|rather|actually|instead|mejor|lower it to|bump it to|raise it to|can do|could do|we are at|i am at)\s*(?:like |about |around )?\$?\s*$"
)
_OF_A_SIDE = re.compile(
    r"(?P<sells>\b(?:sell\w*|list(?:ed|ing)?|mine|ours|our (?:house|home|place|condo)|my (?:house|home|place|condo)|worth|asking|owe|vend\w+|la mia|la nuestra|vale|debo|debemos|get for)\b)"
    r"|(?P<buys>\b(?:buy\w*|budget|looking|purchas\w*|spend\w*|compr\w+|busc\w+|find|something|next|new one|wants? an?|need an?|no more than|\d ?bed\w*|\d/\d|bigger|smaller|upgrade|under|up to|max|then)\b)"
)
_CORRECTION = pattern(
    r"actually|no wait|wait|i mean|meant|make (?:it|that)|scratch that|correction|sorry|rather|change (?:it|that) to|mejor|digo|perdon|quise decir|mas bien|corrijo"
)
_TAKEN_BACK = re.compile(
    r"\b(?:not|no|instead of|rather than|and not|en vez de|en lugar de|y no)(?: el| los| the)?\s*\$?\s*$"
)
"""Right before the number that another one replaces."""
_PAID_OFF = pattern(
    r"(?:paid (?:it |the house |the mortgage |this (?:place|house) )?(?:completely |fully |all )?off|free and clear|own(?:ed|s)? (?:it |the house |the place |this (?:house|place) |my (?:house|place) )?(?:outright|free|clear)|no (?:mortgage(?! (?:needed|required|contingency))|(?:debt|loan) on it|loans|liens?(?: on it)?|mortgages)|(?:dont|do not) (?:owe|have a mortgage)(?: (?:anything|a dime|a thing|nothing|on it|a penny))*|(?:owe|owing) (?:nothing|zero|nada|0)|free (?:and|&|n) clear|mortgage free|(?:is|its|been|house|place|home|all) paid for|, paid for|nothing (?:is )?owed|no se debe nada|(?:ya )?(?:esta|la tenemos|la tengo|completamente) (?:\w+ )?pagada|ya la (?:pague|pagamos)|sin hipoteca|no (?:debo|debemos) (?:nada|ni)|no (?:tengo|tenemos|tiene|hay) hipoteca|libre de (?:deuda|gravamen))"
)  # fmt: skip
_NOT_PAID_OFF = re.compile(
    r"\b(?:to|get|getting|need|want|almost|until|once|nearly|can|will|would|if|not|isnt|when|after|para|casi|hasta|help)\b[^.!?]{0,25}$"
)
_RANGE = re.compile(
    r"^\s*(?:k|mil)?\s*(?:-|\u2013|\u2014|to|and|or|a|y|o|thru|through|hasta|n|maybe|to maybe|to like|up to)\s*(?:the )?(?:(?:low|mid|high|upper|lower)[ -])?\$?\s*$"
)
_MONEY_SLOTS = (Slot.BUDGET_MIN, Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE)
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
_STRETCHES = re.compile(
    r"\b(?:stretch|go (?:up )?to|could (?:do|go|get to)|would go|push (?:it )?to|at the (?:very )?most|tops|no more than|absolute|(?:lets|let us|would) ask(?: for)?|(?:i|we) (?:would )?(?:want|take|say)|so|all in|total|more like)\b[^.!?]{0,20}$"
)
_FIRMLY_AFTER = re.compile(r"\s*(?:max\w*|tops?|is (?:the|our|my) (?:most|max|limit|ceiling)|at most|firm|maximo)\b")
_OWN_HOME = pattern(
    r"(?:i|we) owe|(?:my|our) (?:house|home|place|condo|duplex|rental|townhouse|property|lot|land)|for (?:it|the (?:house|place|pair|lot))|out of it|mi casa|la casa de mi|nuestra casa"
)


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


def find_money(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language, taken: list[Span]
) -> list[StatedSlot]:
    """Return budget, price and mortgage balance stated in *text*; characters in *taken* belong to other slots."""
    found = _settled_mortgage(text, context)
    asked = context.asked in _MONEY_SLOTS
    amounts = [a for a in _amounts(text, language, asked=asked) if not _overlaps(text.span(a.start, a.end), taken)]
    amounts = _not_taken_back(text.plain, amounts)
    sides: dict[Slot, list[tuple[StatedSlot, bool]]] = {}
    at = 0
    while at < len(amounts):
        low, high = amounts[at], None
        if at + 1 < len(amounts) and _RANGE.match(text.plain[low.end : amounts[at + 1].start]):
            high = amounts[at + 1]
        at += 2 if high else 1
        firm = _STRETCHES.search(text.plain[: low.start]) or _FIRMLY_AFTER.match(text.plain, (high or low).end)
        for stated in _stated(text, low, high, context, intents):
            sides.setdefault(stated.slot, []).append((stated, firm is not None))
    is_corrected = _CORRECTION.search(text.plain) is not None
    for slot, several in sides.items():
        found = [f for f in found if f.slot is not slot]
        found.append(_last_word(several, is_corrected=is_corrected))
    return found


def _not_taken_back(plain: str, amounts: list[_Amount]) -> list[_Amount]:
    """Of "400 not 420" the 400 alone; a lone number stays, whatever stands before it."""
    kept = [amount for amount in amounts if not _TAKEN_BACK.search(plain[: amount.start])]
    return kept or amounts


def _last_word(several: list[tuple[StatedSlot, bool]], *, is_corrected: bool) -> StatedSlot:
    """Of several amounts for one slot the corrected one, else the one it may stretch to, else the first."""
    if is_corrected:
        return several[-1][0]
    return next((stated for stated, firm in reversed(several) if firm), several[0][0])


def _settled_mortgage(text: Text, context: MessageContext) -> list[StatedSlot]:
    found = _PAID_OFF.search(text.plain)
    if found is None or _NOT_PAID_OFF.search(text.plain[: found.start()]):
        asked_nothing = context.asked is Slot.MORTGAGE_BALANCE and re.fullmatch(
            r"(?:\W*(?:nothing|zero|none|0|nada|cero|zip|zilch|never had one\b.*|not a (?:dime|penny|cent)|ni un (?:peso|centavo)))+\W*",
            text.plain,
        )
        return [StatedSlot(Slot.MORTGAGE_BALANCE, 0, 0.9, Span(0, len(text.raw)))] if asked_nothing else []
    return [StatedSlot(Slot.MORTGAGE_BALANCE, 0, 0.9, text.span(found.start(), found.end()))]


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
    slot = _role(text.plain, low.start, before, after, context, intents)
    if slot is None:
        return []
    if slot is not Slot.BUDGET_MAX:
        return [StatedSlot(slot, top if bottom is None else bottom, 0.9, span)]
    if bottom is not None and bottom <= top:
        return [StatedSlot(Slot.BUDGET_MIN, bottom, 0.9, span), StatedSlot(Slot.BUDGET_MAX, top, 0.9, span)]
    least = (_LEAST.search(before) and not _MOST.search(before)) or _LEAST_AFTER.match(after)
    return [StatedSlot(Slot.BUDGET_MIN if least else Slot.BUDGET_MAX, top, 0.9, span)]


def _role(
    plain: str, at: int, before: str, after: str, context: MessageContext, intents: frozenset[Intent]
) -> Slot | None:
    if _OWED_BEFORE.search(before) or _OWED_AFTER.match(after):
        return None if _OWED_ELSEWHERE.match(after) else Slot.MORTGAGE_BALANCE
    is_limit = (_MOST.search(before) or _BUDGET_AFTER.match(after) or _LEAST_AFTER.match(after)) is not None
    is_named = _BUDGET_NAMED.search(before + after[:20]) is not None
    if not is_limit and not is_named and _NOT_PRICE_BEFORE.search(before) and not _CORRECTION.search(before):
        return None
    if context.asked in (Slot.BUDGET_MAX, Slot.BUDGET_MIN):
        return Slot.BUDGET_MAX
    if context.asked in (Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE):
        return context.asked
    if is_named or _BUDGET_NAMED_BEFORE.search(plain[:at]):
        return Slot.BUDGET_MAX
    side = _side(plain[:at], context, intents)
    if side is Intent.SELL:
        firmly = _ASKS_FIRMLY if Intent.SELL not in intents and context.bot is not Bot.SELLER else _ASKING
        is_alone = Intent.SELL in intents and not before.strip(" ,") and re.match(r"\s*(?:$|[,.])", after)
        is_mended = _MADE_IT.search(before) or _CORRECTION.search(before)
        said = firmly.search(before) or _FOR_IT.match(after) or is_alone or is_mended
        return Slot.PRICE_EXPECTATION if said else None
    if side is Intent.BUY and Intent.BUY in intents | ({Intent.BUY} if Intent.INVEST in intents else set()):
        return Slot.BUDGET_MAX
    offered = _OFFERED.search(before) or (_FOR_IT.match(after) and _ASKS_FIRMLY.search(before))
    if side is None and not is_limit and offered and Intent.RENT not in intents:
        return Slot.PRICE_EXPECTATION
    is_meant = (is_limit and not intents & {Intent.RENT, Intent.VALUATION}) or side is Intent.BUY
    is_budget = (
        _BUDGET_AFTER.match(after)
        or (_CASH_AFTER.match(after) and (is_limit or side is Intent.BUY or context.bot is not Bot.SELLER) and is_meant)
        or _BUDGET.search(before)
        or (side is Intent.BUY and (is_limit or _MADE_IT.search(before)))
    )
    return Slot.BUDGET_MAX if context.asked is Slot.FINANCING or (is_meant and is_budget) else None


def _side(before: str, context: MessageContext, intents: frozenset[Intent]) -> Intent | None:
    """Whether the writer speaks of an amount as a seller or as a buyer; of both, what was last spoken of."""
    buys = bool(intents & {Intent.BUY, Intent.INVEST}) or (context.bot is Bot.BUYER and Intent.SELL not in intents)
    sells = bool(intents & {Intent.SELL, Intent.VALUATION}) or (context.bot is Bot.SELLER and not buys)
    if buys and Intent.RENT in intents and Intent.BUY not in intents:
        return None
    if buys and sells:
        cues = list(_OF_A_SIDE.finditer(before))
        return Intent.SELL if cues and cues[-1].lastgroup == "sells" else Intent.BUY
    if buys:
        return Intent.BUY
    return Intent.SELL if sells or (not intents & {Intent.RENT} and _OWN_HOME.search(before)) else None


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)
