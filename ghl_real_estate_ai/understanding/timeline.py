"""How soon, in days: the upper end of the horizon a message states."""

import re

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import MessageContext, StatedSlot
from ghl_real_estate_ai.understanding.rules import pattern
from ghl_real_estate_ai.understanding.text import Text

DAYS_ASAP = 30
DAYS_NO_RUSH = 365

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
_HALF_YEAR = pattern(r"half a year|medio ano")
_PAST_BEFORE = re.compile(
    r"\b(?:for(?: the)?(?: last| past)?|last|past|every|each|since|been|bought|hace|por|desde hace|after|first|own(?:ed)?(?: it)?(?: for)?|lived|renting|married|only|pagando|(?:call|text|contact|message|reach out|check|circle|follow|get|touch base|hit me|llam\w+)(?: \w+){0,3} in|on market|late|behind|llevo|llevamos|tengo|has|my|is|los|las|baby|took|debo|debemos|waited|spent|gave it|employed|behind|evictions in|payments in|(?:give|gimme|gim me|deme|denme|dame)(?: me| us)?|gimme|says? i need|(?:turn|turns|turning))"
    r"(?:\s+(?:about|around|like|over|almost|nearly|the|past|last|roughly|another|at least|more than|maybe|only))*\s*$"
)
_PAST_AFTER = re.compile(
    r"^\s*(?:ago|old|to (?:think|sleep|decide|consider|talk)|para pensar\w*|de (?:atraso|renta)|y el banco|of (?:history|work history|tax returns)|late|behind|of (?:rent|experience|payments|taxes|mortgage|vacan)|back|overdue|straight|in a row|running|past due|rent\b|lease|left on|arm\b|fixed|loan|warranty|atras|de (?:edad|experiencia|renta|atraso|casad)|tarde|pregnant|sober|now\b|or older|free|and counting|notice|mortgage|clean|sin pagar|already)"
)
_AHEAD_AFTER = re.compile(r"^\s*(?:away|out\b|from (?:now|today)|to go|left\b(?! on)|de hoy)")
"""A distance into the future, whatever stands before it: "closing is six weeks out"."""
_FUTURE_YEAR = re.compile(
    r"\b(?:in|within|about|next|around|maybe|under|en|dentro de|like|a|probably|over the next|roughly|or|to|como|max)\s*(?:about |around |like |a |un |unos |maybe |the next |probably )*$"
)
_ASAP = pattern(
    r"a\.?s\.?a\.?p\.?|as (?:soon|quick(?:ly)?|fast) as (?:possible|we can|i can|humanly|you can)|immediate(?:ly)?|right away|(?:very |pretty |real |super )?urgent(?:ly)?|lo (?:antes|mas pronto|mas rapido) posible|lo mas pronto|cuanto antes|urge(?:nte(?:mente)?)?|de inmediato|inmediatamente|ya mismo|yesterday(?=$|[.!]| lol)|ahora mismo|en seguida|enseguida|quick as (?:possible|we can)|(?:soon|quick|fast)er the better|(?:this|end of (?:the |this )?) ?month|este mes|fin(?:es)? de(?:l)? mes|next (?:few|couple) (?:of )?weeks(?= asap)"
)
_NO_RUSH = pattern(
    r"(?:no|not (?:in )?(?:a|any)|not in (?:a|any)|not in no|zero|without|aint in a|isnt a|there is no|theres no|not really (?:in )?(?:a|any)|not in much of a) (?:real |big |huge |particular |major |kind of |crazy )*(?:rush|hurry|rushing|pressure|timeline|time ?frame|deadline)|(?:not|arent) rush(?:ing|ed)|take (?:my|our) time|taking (?:my|our) time|when(?:ever)? the (?:right|perfect)|no (?:hay |tengo |tenemos |llevo |traigo |corre |es )?(?:ninguna |mucha |tanta )?(?:prisa|apuro|urgencia|urge)|sin (?:prisa|apuro|apuros)|con calma(?! (?:y|yo|le))(?<!pensarlo con calma)(?<!verlo con calma)(?<!platicarlo con calma)|some ?day|eventually|algun dia|not anytime soon|no time ?(?:frame|line)|down the road|wide open|flexible on (?:time|timing|date)|(?:whenever)(?= works| really|$|[.!,])"
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


def find_timeline(text: Text, context: MessageContext) -> list[StatedSlot]:
    """Return the horizon *text* states, at most one, of the last statement after a correction."""
    plain = text.plain
    asked = context.asked is Slot.TIMELINE_DAYS
    found: list[tuple[int, int, int]] = _counted(plain, asked=asked)
    if found:
        days, start, end = (
            found[-1] if re.search(r"\b(?:actually|no wait|i mean|make (?:it|that)|mejor|digo)\b", plain) else found[0]
        )
        return [_slot(text, days, start, end)]
    for days, named in (
        (DAYS_NO_RUSH, _NO_RUSH),
        (DAYS_ASAP, _ASAP),
        (60, _NEXT_MONTH),
        (365, _NEXT_YEAR),
        (365, _THIS_YEAR),
        (182, _HALF_YEAR),
    ):
        if (match := named.search(plain)) and not re.search(
            r"\b(?:dont|not|no|call|text|llam\w+) (?:\w+ ){0,3}$", plain[: match.start()]
        ):
            return [_slot(text, days if named is not _HALF_YEAR else 180, match.start(), match.end())]
    if asked:
        return _asked(text)
    return []


def _counted(plain: str, *, asked: bool) -> list[tuple[int, int, int]]:
    found = []
    for match in _SPAN.finditer(plain):
        before, after = plain[max(0, match.start() - 40) : match.start()], plain[match.end() : match.end() + 20]
        is_ahead = _AHEAD_AFTER.match(after) or re.search(r"\b(?:next|within|in)\s*$", before)
        if _PAST_AFTER.match(after) or (_PAST_BEFORE.search(before) and not is_ahead):
            continue
        unit = next(days for name, days in _UNITS.items() if match["unit"].startswith(name))
        single = match["count"] in ("a", "an", "un", "una")
        if (unit == 365 or single) and not asked and not _FUTURE_YEAR.search(before):
            continue
        if single and match["low"] is None and re.search(r"(?:\$|\d|k|times|twice|once)\s*$", before):
            continue
        count = _COUNTS.get(match["count"]) or float(match["count"])
        days = round(count * unit) + (unit // 2 if match["half"] else 0)
        if days > 3650 or days == 0:
            continue
        found.append((365 if days == 360 else days, match.start(), match.end()))
    return found


def _asked(text: Text) -> list[StatedSlot]:
    plain = text.plain
    if bare := re.fullmatch(r"\W*(?:about |around |like |maybe )?(?:(\d+) ?(?:-|to) ?)?(\d+)(?:ish)?\W*", plain):
        number = int(bare[2])
        # Whoever answers "how soon" with a bare number means months when it is small, days when it is 30 or more.
        if number >= 14:
            return [_slot(text, number, 0, len(plain))] if number <= 730 else []
        return [_slot(text, number * 30, 0, len(plain))] if number else []
    if (now := _ASKED_ONLY.search(plain)) and not re.search(r"\bnot?\b|\bno\b", plain[: now.start()]):
        return [_slot(text, DAYS_ASAP, now.start(), now.end())]
    return []


def _slot(text: Text, days: int, start: int, end: int) -> StatedSlot:
    return StatedSlot(Slot.TIMELINE_DAYS, days, 0.9, text.span(start, end))
