"""How soon, in days: the upper end of the horizon a message states.

Every length of time that it names is found by patterns; which of them is the horizon, if any, is learned: by what was
asked, the words beside it, and the signs below of what lies behind or is the business of others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.model import MessageContext, StatedSlot
from ghl_real_estate_ai.understanding.rules import pattern
from ghl_real_estate_ai.understanding.surroundings import around, of_message
from ghl_real_estate_ai.understanding.text import Text

DAYS_ASAP = 30
DAYS_NO_RUSH = 365
_MOST_DAYS = 3650

_COUNTS = {
    "a": 1, "an": 1, "one": 1, "un": 1, "una": 1, "uno": 1, "two": 2, "dos": 2, "couple": 2, "par": 2, "three": 3, "tres": 3,
    "few": 3, "unos": 3, "unas": 3, "pocos": 3, "pocas": 3, "four": 4, "cuatro": 4, "five": 5, "cinco": 5, "six": 6, "seis": 6, "seven": 7,
    "siete": 7, "eight": 8, "ocho": 8, "nine": 9, "nueve": 9, "ten": 10, "diez": 10, "eleven": 11, "twelve": 12, "doce": 12,
    "fifteen": 15, "quince": 15, "thirty": 30, "treinta": 30, "sixty": 60, "sesenta": 60, "ninety": 90, "noventa": 90, "forty five": 45,
}  # fmt: skip
_COUNT = r"\d+(?:\.\d+)?|" + "|".join(sorted(_COUNTS, key=len, reverse=True))
_UNITS = {"day": 1, "dia": 1, "week": 7, "seman": 7, "month": 30, "mes": 30, "year": 365, "ano": 365}
_SPAN = re.compile(
    rf"\b(?:(?P<low>{_COUNT})\s*(?:day|week|month|year|dia|semana|mes|ano)?(?:s|es)?\s*(?:-|\u2013|to|or|a|o|and|,)\s*(?:maybe )?)?(?:a |un )?"
    rf"(?P<count>{_COUNT})\s?(?:ish|\+)?\s?(?:of |de |more |or so |good |solid |full )?-?(?P<unit>days?|weeks?|months?|years?|dias?|semanas?|mes(?:es)?|anos?)\b(?P<half> (?:and a half|y medio))?",
    re.ASCII,
)
_HALF_YEAR = pattern(r"(?<!llevo )(?<!llevamos )(?<!hace )(?:half (?:a|the) year|medio ano)")
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:(?:call|text|contact|message|reach out|check|circle|follow|get|touch base|hit me|talk|llam\w+|marqu\w+)(?: \w+){0,3}|(?:buddy|neighbors?|he|she|they|brother|sister|friend|one) sold(?: \w+){0,3}|sold (?:his|hers|theirs)(?: \w+){0,2}|vendio(?: \w+){0,4}|closes|quitan?(?: \w+){0,2}|passed|died|identify(?: \w+){0,2}|evictions|va(?: \w+){0,2})(?: (?:in|en|within|de(?:ntro)?|at|about|on))?\s*$"
)
"""What a distance ahead is not ours by: a call, a sale of others, a lease."""
_NOT_A_HORIZON = re.compile(
    r"\b(?:sitting|(?:cant|cannot|not|dont) (?:\w+ ){0,2}?(?:move|sell|buy|do (?:it|this|anything))|check back|call me back|try (?:me|us)|hit me up|reach out|llego el|since|last|every|always|rates?(?: \w+){0,3}|trustee sale|auction(?: \w+)?|van a (?:rematar|quitar)(?: \w+){0,3}|talk(?:ing)?|come back|circle back|fostering \w+|is \d\d|as of) (?:\w+ ){0,2}$"
)
"""What is not ahead of a move but of something else, or behind it."""
_PAST_BEFORE = re.compile(
    r"\b(?:for(?: the)?(?: last| past)?|last|past|every|each|since|sold (?:\w+ ){0,4}in|vendi\w* (?:\w+ ){0,4}en|closes in|ran|runs|sit|took my \w+|try(?:ing)? for|trailer|whats another|in history|unemployed|sober|clean|sitting|no rent|been here|ended|lost (?:\w+ ){0,3}in|been|bought|hace|por|desde hace|after|first|own(?:ed)?(?: it)?(?: for)?|lived|renting|married|only|pagando|(?:call|text|contact|message|reach out|check|circle|follow|get|touch base|hit me|llam\w+)(?: \w+){0,3} in|on market|late|behind|llevo|llevamos|tengo|has|my|is|los|las|baby|took|debo|debemos|waited|spent|gave it|employed|behind|evictions in|payments in|(?:give|gimme|gim me|deme|denme|dame)(?: me| us)?|gimme|says? i need|(?:turn|turns|turning)|(?:dejeme|dejame|deme|dame) pensar\w*|nomas|solo|sin pagar|tres mensajes en|messages in|was at (?:\w+ ){0,4}|passed within|is \d\d)"
    r"(?:\s+(?:about|around|like|over|almost|nearly|the|past|last|roughly|another|at least|more than|maybe|only))*\s*$"
)
_PAST_AFTER = re.compile(
    r"^\s*(?:ago|old|at a time|to (?:think|sleep|decide|consider|talk)|para pensar\w*|de (?:atraso|renta)|y el banco|of (?:history|work history|tax returns)|late|behind|of (?:rent|experience|payments|taxes|mortgage|vacan)|back|overdue|straight|in a row|running|past due|rent\b|lease|left on|arm\b|fixed|loan|warranty|atras|de (?:edad|experiencia|renta|atraso|casad)|tarde|pregnant|sober|now\b|or older|no rent|sin (?:dar|pagar)|before (?:this|that|close|closing)|adelantad\w+|of (?:no|back)|de atras\w*|free|and counting|notice|mortgage|clean|sin pagar|already)"
)
_AHEAD_AFTER = re.compile(r"^\s*(?:away|out\b|from (?:now|today)|to go|left\b(?! on)|de hoy)")
"""A distance into the future, whatever stands before it: "closing is six weeks out"."""
_FUTURE_YEAR = re.compile(
    r"\b(?:antes de|half|in|within|about|next|around|maybe|under|en|dentro de|like|a|probably|over the next|roughly|or|to|como|max)\s*(?:about |around |like |a |un |unos |maybe |the next |probably )*$"
)
_ASAP = pattern(
    r"a\.?s\.?a\.?p\.?|as (?:soon|quick(?:ly)?|fast) as (?:possible|we can|i can|humanly|you can)|immediate(?:ly)?|right away|(?:very |pretty |real |super )?urgent(?:ly)?|lo (?:antes|mas pronto|mas rapido) posible|lo mas pronto|cuanto antes|urge(?:nte(?:mente)?)?|de inmediato|inmediatamente|ya mismo|(?:need|want|wanted|sold|gone)(?: \w+){0,3} yesterday(?=$|[.!,]| lol)|^yesterday|ahora mismo|en seguida|enseguida|quick as (?:possible|we can)|(?:soon|quick|fast)er the better|(?:by|before|within|this|close|closed|closing|end of)(?: \w+){0,3}? ?(?:this|end of (?:the |this )?|the end of (?:the |this )?)(?: ?month)|^(?:this|end of (?:the |this )?) ?month(?= (?:or|if|at|works|please)|$|[.,!?])|(?:^|para |antes de |a )(?:este mes|fin(?:es)? de(?:l)? mes)|(?:gone|sold) (?:fast|quick(?:ly)?)\b"
)
_NO_RUSH = pattern(
    r"(?:no|not (?:in )?(?:a|any)|not in (?:a|any)|not in no|zero|without|aint in a|isnt a|there is no|theres no|not really (?:in )?(?:a|any)|not in much of a) (?:real |big |huge |particular |major |kind of |crazy )*(?:rush|hurry|rushing|timeline|time ?frame|deadline)|(?:not|arent) rush(?:ing|ed)|take (?:my|our) time|taking (?:my|our) time|when(?:ever)? the (?:right|perfect)|no (?:hay |tengo |tenemos |llevo |traigo |corre |es )?(?:ninguna |mucha |tanta )?(?:prisa|apuro|urgencia|urge)|sin (?:prisa|apuro|apuros)|con calma(?! (?:y|yo|le))(?<!pensarlo con calma)(?<!verlo con calma)(?<!platicarlo con calma)|some ?day|eventually|algun dia|no time ?(?:frame|line)|down the road|wide open|flexible on (?:time|timing|date)|(?:whenever)(?= works| really|$|[.!,])"
)
_NEXT_YEAR = pattern(
    r"(?:sometime |early |late |later |end of |beginning of )*(?:next|this coming) year|(?:el )?(?:proximo ano|ano (?:que viene|que entra|proximo|entrante)|otro ano)"
)
_THIS_YEAR = pattern(
    r"(?:sometime |later |by (?:the )?|before (?:the )?|end of (?:the )?)+ ?(?:this )?(?:years? ?end|end of (?:the |this )?year|year|this year)\b|(?:end of the|this) year\b(?! (?:old|i|we|was|has))|este ano|fin(?:ales)? de ano|antes de que (?:acabe|termine) el ano"
)
_NEXT_MONTH = pattern(
    r"next month|(?:el )?(?:proximo mes|mes (?:que viene|que entra|proximo|entrante))|(?:el )?otro mes"
)
_ASKED_ONLY = pattern(
    r"(?:right )?now|soon|ready now|today|tomorrow|ya|pronto|ahora|this week|next week|rapido|quick(?:ly)?"
)


_BARE_NUMBER = re.compile(
    r"^\W*(?:(?:about|around|like|maybe|probably|in|within|say|como|unos|en) )*(?:\d+ ?(?:-|to|or|a|o) ?)?(?P<number>\d+)(?:ish)?(?=\W*$|[.,] | max| tops| at most| if| or so| mas o menos)"
    r"|\b(?:so|like|say|more like|id like|i would like|want|mejor) (?P<last>[1-9]\d*)\W*$"
)
_UNIT_NAMED = re.compile(r"\b(?:day|week|month|year|dia|seman|mes|ano)")
_NOT_NOW = re.compile(r"\b(?:not?|rates?|market|stupid|busy|crazy|nuts|cant|dont|too)\b")


KIND = "timeline"
_CORRECTED = re.compile(r"\b(?:actually|no wait|i mean|make (?:it|that)|mejor|digo)\b")
_SIGNS_BEFORE = {
    "else": _OF_SOMETHING_ELSE, "no horizon": _NOT_A_HORIZON, "past": _PAST_BEFORE, "future": _FUTURE_YEAR,
    "next": re.compile(r"\b(?:next|within|in)\s*$"), "denied": re.compile(r"\b(?:dont|not|no|call|text|llam\w+) (?:\w+ ){0,3}$"),
}  # fmt: skip
_SIGNS_AFTER = {"past after": _PAST_AFTER, "ahead": _AHEAD_AFTER}
_NAMED = (
    ("half year", 180, _HALF_YEAR),
    ("no rush", DAYS_NO_RUSH, _NO_RUSH),
    ("asap", DAYS_ASAP, _ASAP),
    ("next month", 60, _NEXT_MONTH),
    ("next year", 365, _NEXT_YEAR),
    ("this year", 365, _THIS_YEAR),
)


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
    ahead = next((one for one in horizons if _AHEAD_AFTER.match(text.plain[one.end :])), None)
    if horizon := horizons[chosen.at] if chosen else ahead:
        return [_slot(text, horizon.days, horizon.start, horizon.end)]
    return _asked(text) if context.asked is Slot.TIMELINE_DAYS else []


def readings(plain: str, horizons: Sequence[Horizon], context: MessageContext) -> list[list[str]]:
    """The features of each of *horizons*."""
    if not horizons:
        return []
    shared = list(of_message(plain, context, frozenset()))
    return [[*shared, *_of_horizon(plain, horizons, at, context)] for at in range(len(horizons))]


def _of_horizon(plain: str, horizons: Sequence[Horizon], at: int, context: MessageContext) -> Iterator[str]:
    one = horizons[at]
    asked = context.asked is Slot.TIMELINE_DAYS
    before, after = plain[max(0, one.start - 60) : one.start], plain[one.end : one.end + 30]
    yield one.kind
    yield f"{one.kind} asked {asked}"
    yield f"length of it {min(one.days // 30, 14)}"
    yield f"place {at} of {len(horizons)}"
    yield f"place {at} of {len(horizons)}, corrected {_CORRECTED.search(plain) is not None}"
    for sign, found in _SIGNS_BEFORE.items():
        if found.search(before):
            yield sign
            yield f"{sign} {one.kind} asked {asked}"
    yield from (sign for sign, found in _SIGNS_AFTER.items() if found.match(after))
    yield from around(plain, one.start, one.end)


def find_horizons(plain: str) -> list[Horizon]:
    """Every length of time that *plain* names, counted ones first."""
    named = [Horizon(kind, days, *match.span()) for kind, days, found in _NAMED if (match := found.search(plain))]
    return [*_counted(plain), *named]


def _counted(plain: str) -> Iterator[Horizon]:
    for match in _SPAN.finditer(plain):
        unit = next(days for name, days in _UNITS.items() if match["unit"].startswith(name))
        single = match["count"] in ("a", "an", "un", "una")
        count = _COUNTS.get(match["count"]) or float(match["count"])
        if single and unit == 365 and re.search(r"\bhalf\s*$", plain[: match.start()]):
            count = 0.5
        days = 180 if count == 0.5 and unit == 365 else round(count * unit) + (unit // 2 if match["half"] else 0)
        if 0 < days <= _MOST_DAYS:
            kind = "single" if single and match["low"] is None else "counted"
            yield Horizon(f"{kind} {unit}", 365 if days == 360 else days, *match.span())


def _asked(text: Text) -> list[StatedSlot]:
    plain = text.plain
    if bare := _BARE_NUMBER.search(plain):
        number, unit = int(bare["number"] or bare["last"]), _UNIT_NAMED.search(plain)
        if unit:
            days = number * next(days for name, days in _UNITS.items() if unit.group().startswith(name))
        else:
            # Whoever answers "how soon" with a bare number means months when it is small, days when it is 30 or more.
            days = number if number >= 14 else number * 30
        return [_slot(text, days, bare.start(), bare.end())] if 0 < days <= 730 else []
    if (now := _ASKED_ONLY.search(plain)) and not _NOT_NOW.search(plain):
        return [_slot(text, DAYS_ASAP, now.start(), now.end())]
    return []


def _slot(text: Text, days: int, start: int, end: int) -> StatedSlot:
    return StatedSlot(Slot.TIMELINE_DAYS, days, 0.9, text.span(start, end))
