"""What sums of money are: a buyer's budget, a seller's price, what is owed on the house, or none of these.

The sums themselves are found by `amounts`.  What each is, is learned: by what was asked, whether the writer buys or
sells, the words beside it, and the signs below.  A mortgage that is settled is told by its own wordings.
"""

import re
from collections.abc import Iterator, Sequence

from ghl_real_estate_ai.conversation.model import Language, Slot
from ghl_real_estate_ai.understanding.amounts import Sum, find_sums
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.rules import pattern
from ghl_real_estate_ai.understanding.surroundings import around, of_message, side_of
from ghl_real_estate_ai.understanding.text import Text

KIND = "money"
ROLES = (Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE)
"""What a sum may be; a budget may turn out to be the least of one."""
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
_MONEY_SLOTS = (Slot.BUDGET_MIN, Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE)
_STRETCHES = re.compile(
    r"\b(?:stretch|go (?:up )?to|could (?:do|go|get to)|would go|push (?:it )?to|at the (?:very )?most|tops|no more than|absolute|(?:lets|let us|would) ask(?: for)?|(?:i|we) (?:would )?(?:want|take|say)|so|all in|total|more like)\b[^.!?]{0,20}$"
)
_FIRMLY_AFTER = re.compile(r"\s*(?:max\w*|tops?|is (?:the|our|my) (?:most|max|limit|ceiling)|at most|firm|maximo)\b")

_SIGNS_BEFORE = {
    "not a price": _NOT_PRICE_BEFORE, "owed": _OWED_BEFORE, "most": _MOST, "least": _LEAST, "budget": _BUDGET,
    "asking": _ASKING, "asks firmly": _ASKS_FIRMLY, "budget named": _BUDGET_NAMED, "offered": _OFFERED, "made it": _MADE_IT,
}  # fmt: skip
_SIGNS_AFTER = {
    "owed elsewhere": _OWED_ELSEWHERE, "owed after": _OWED_AFTER, "least after": _LEAST_AFTER, "budget after": _BUDGET_AFTER,
    "cash after": _CASH_AFTER, "for it": _FOR_IT, "firmly after": _FIRMLY_AFTER,
}  # fmt: skip
_SELLS_FOR = re.compile(
    r"\b(?:selling|sell|listing|list) (?:my|our|the|it|this)\b[^.!?;,\d]{0,30}\bfor (?:about |around |like )?\$?$"
)
"""A price said outright: "selling our condo for about 300"."""
_BUYS = frozenset({Intent.BUY, Intent.INVEST})
_SELLS = frozenset({Intent.SELL, Intent.VALUATION})
_SIZES = (30_000, 60_000, 100_000, 200_000, 400_000, 800_000, 2_000_000)


def find_money(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language, taken: Sequence[Span]
) -> list[StatedSlot]:
    """Return budget, price and mortgage balance stated in *text*; characters in *taken* belong to other slots."""
    found = _settled_mortgage(text, context)
    chooser = read_choosers()[KIND]
    sides: dict[Slot, list[tuple[StatedSlot, bool]]] = {}
    sums = find_sums(text, language, taken, asked=context.asked in _MONEY_SLOTS)
    for one in _not_taken_back(text.plain, sums):
        choice = chooser.choose(readings(text.plain, one, context, intents))
        if choice is None and not _SELLS_FOR.search(text.plain[: one.start]):
            continue
        firm = _STRETCHES.search(text.plain[: one.start]) or _FIRMLY_AFTER.match(text.plain, one.end)
        for stated in _stated(text, one, ROLES[choice.at] if choice else Slot.PRICE_EXPECTATION):
            sides.setdefault(stated.slot, []).append((stated, firm is not None))
    is_corrected = _CORRECTION.search(text.plain) is not None
    for slot, several in sides.items():
        found = [f for f in found if f.slot is not slot]
        found.append(_last_word(several, is_corrected=is_corrected))
    return found


def _not_taken_back(plain: str, sums: Sequence[Sum]) -> Sequence[Sum]:
    """Of "400 not 420" the 400 alone; a lone number stays, whatever stands before it."""
    kept = [one for one in sums if not _TAKEN_BACK.search(plain[: one.start])]
    return kept or sums


def readings(plain: str, one: Sum, context: MessageContext, intents: frozenset[Intent]) -> list[list[str]]:
    """The features of *one* in each of its `ROLES`."""
    meant = _of_one_side(plain, one, intents)
    seen = [*of_message(plain, context, meant), *_of_sum(plain, one, context, meant)]
    return [[f"{role} {feature}" for feature in seen] for role in ROLES]


def _of_one_side(plain: str, one: Sum, intents: frozenset[Intent]) -> frozenset[Intent]:
    """The *intents* of whoever sells and buys without those of the side that was not last spoken of before *one*."""
    cues = [found.lastgroup for found in _OF_A_SIDE.finditer(plain[: one.start])]
    if not cues or not intents & _BUYS or not intents & _SELLS:
        return intents
    return intents - (_BUYS if cues[-1] == "sells" else _SELLS)


def _of_sum(plain: str, one: Sum, context: MessageContext, intents: frozenset[Intent]) -> Iterator[str]:
    side, asked = side_of(context, intents), context.asked or "nothing"
    before, after = _clause(plain, one)
    yield f"size {sum(one.top >= size for size in _SIZES)}"
    yield f"range {one.bottom is not None}"
    yield f"asked {asked}, alone {len(plain) - (one.end - one.start) < _ALONE}"
    cues = [found.lastgroup for found in _OF_A_SIDE.finditer(plain[: one.start])]
    yield f"spoken of {cues[-1] if cues else 'neither'}, {side}"
    signs = [sign for sign, found in _SIGNS_BEFORE.items() if found.search(before)]
    signs += [sign for sign, found in _SIGNS_AFTER.items() if found.match(after)]
    for sign in signs:
        yield sign
        yield f"{sign}, {side}"
        yield f"{sign}, asked {asked}"
    yield from around(plain, one.start, one.end)


_ALONE = 20
"""An answer with fewer characters beside the sum says little else."""


def _clause(plain: str, one: Sum) -> tuple[str, str]:
    """The clause before *one*, and the sentence after it."""
    before = re.split(r"[!?;\n]|\.\s|\b(?:but|pero|then)\b", plain[max(0, one.start - 60) : one.start])[-1]
    return before, re.split(r"[!?;\n]|\.\s", plain[one.end : one.end + 40])[0]


def _stated(text: Text, one: Sum, role: Slot) -> list[StatedSlot]:
    """What *one* says in its *role*: of a price range the lower end, of a budget both, or the least where it says so."""
    span = text.span(one.start, one.end)
    if role is not Slot.BUDGET_MAX:
        return [StatedSlot(role, one.top if one.bottom is None else one.bottom, 0.9, span)]
    if one.bottom is not None and one.bottom <= one.top:
        return [StatedSlot(Slot.BUDGET_MIN, one.bottom, 0.9, span), StatedSlot(Slot.BUDGET_MAX, one.top, 0.9, span)]
    before, after = _clause(text.plain, one)
    least = (_LEAST.search(before) and not _MOST.search(before)) or _LEAST_AFTER.match(after)
    return [StatedSlot(Slot.BUDGET_MIN if least else Slot.BUDGET_MAX, one.top, 0.9, span)]


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
