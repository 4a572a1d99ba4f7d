"""Bedrooms and bathrooms: the least that is wanted, or the house's own."""

import re

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.rules import loose
from ghl_real_estate_ai.understanding.text import Text

_MOST_ROOMS = 12
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3,
    "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
}  # fmt: skip
_N = r"(?:\d{1,2}(?:\.\d{1,2})?|" + "|".join(_NUMBERS) + r")"
_BEDROOM = r"(?:bedrooms?|beds?|bds?|brs?|bdrms?|recamaras?|cuartos?|recs?|habitacion(?:es)?|dormitorios?|alcobas?|rooms?(?! (?:apartment|for|where)))(?! de mil)"
_BATHROOM = r"(?:bathrooms?|baths?|ba|banos?|restrooms?)"
_HALVES = r"(?P<half>(?: (?:and|n|&|y))? (?:a half|half|one half|medio|1/2|three quarters?|3/4)| media)"
_ROOM = rf"(?P<low>{_N})(?:\s?(?:ish|\+|plus))?(?:\s*(?:-|\u2013|/|or|to|o|a)\s*{_N})?(?:\s?(?:ish|\+|plus|or more|o mas))?{_HALVES}?\s*-?\s*(?:full |big |good |nice |large |decent )*"
_BEDROOMS = loose(rf"(?<![\w./$]){_ROOM}{_BEDROOM}(?!\w)")
_BATHROOMS = loose(rf"(?<![\w/$]){_ROOM}{_BATHROOM}(?!\w)(?P<after_half>(?: (?:and|n|&|y))? (?:a half|medio|1/2))?")
_FULL_AND_HALF = loose(
    rf"(?<![\w/$])(?P<full>{_N}) full (?:baths? )?(?:and |& |n |plus )?(?P<halves>{_N}|an?) half(?: baths?)?(?!\w)"
)
_PAIR = loose(r"(?<![\w./])(?P<beds>[1-9])\s?(?:/|x|bed/|br/|bd/)\s?(?P<baths>[1-6](?:\.[05])?)(?![\w/]|\.\d)")
_JOINED_PAIR = loose(r"(?<!\w)(?P<beds>[1-9])(?:bd|br|bed)[\s,/-]*(?P<baths>[1-6](?:\.\d)?)\s?(?:ba|bath)s?(?!\w)")
_LEADING = """
    i we id at atleast least min minimum maybe probably like about around just need needs want would could can do prefer ideally
    yes yeah yep sure ok oh um well al menos minimo con unos unas de es son tiene serian is are its it a an has the house have
    got lol good fine please pues si no less more than only says say lets make put still deny nope hmm so honestly total
"""
_NO_ROOMS = """
    kids boys girls people of_us years year months month weeks days k mil story stories car cars acres acre bath baths
    bathroom bathrooms bano banos dogs cats or_so_years units houses am pm ninos hijos personas anos hours blocks miles
"""
_ROOM_NUMBER = loose(
    rf"^\W*(?:{one_of(_LEADING)}\W+)*(?P<low>{_N})(?:{_HALVES})?(?!\w|[./:]\d|%)(?!\s?-?\s?{one_of(_NO_ROOMS)}\b)"
)
_LAST_NUMBER = loose(
    rf"\b(?:so|lol,?|can do|like|usamos|only|now|maybe|total|is|es|son|to|say|says|already|with|fine with|count,?|plus|least|want|put|need)"
    rf" (?P<low>{_N})(?P<half>\b)?(?:\W*$| at (?:the )?least| total| works| will do| min)"
)
_TWO_ROOMS = loose(
    r"(?<![\w/$.])(?P<beds>[1-9]|two|three|four|five|dos|tres|cuatro|cinco) (?:and|n|&|y|by) (?P<baths>[1-6](?:\.5)?|one|two|three|uno|dos|tres)(?= (?:in|house|home|or|on|with|en|de|estaria|seria)\b|\W*$|[,.])"
)
_RENT_OUT = re.compile(
    r"\b(?:rent\w*|renta\w*|alquil\w*|leak\w* in|in|use|only use|sharing|kids in|boys in|girls in|somos \d+ en|wont cut it|out of)\s+(?:a |un |solo |all )?$"
)
_MERE_ROOMS = re.compile(r"(?:rooms?|cuartos?)$")
_NOT_ENOUGH = re.compile(
    r"^ (?:\w+ )?(?:wont|doesnt|isnt|aint|isnt going to) (?:cut|work|do|fit|be enough)|^ (?:once|requirement)|^\?? (?:in|for) (?:this|that)"
)
_REMOVED = re.compile(
    r"\b(?:remove|drop|forget|skip|without|had|used to have|raised in|grew up in|going from|kids in|boys in|girls in|people in|of us in|leaks? in|350 for|\d for)\s+(?:a |the |this |that |one |in )?$"
)
_OURS = re.compile(
    r"\b(?:our|my|current|currently|this|in a|out of (?:our|a|my)|outgrew|outgrown|have a|in our|selling|sell our|sell my|only use|use|living in|renting|kids in a|in a|from)\s*(?:\w+ )?$"
)


def find_rooms(text: Text, context: MessageContext, intents: frozenset[Intent], taken: list[Span]) -> list[StatedSlot]:
    """Return bedrooms and bathrooms: the least wanted, or the house's own."""
    found = _paired(text, context, intents, taken)
    for slot, rooms in ((Slot.BEDROOMS, _BEDROOMS), (Slot.BATHROOMS, _BATHROOMS)):
        matches = [m for m in rooms.finditer(text.plain) if not _overlaps(text.span(*m.span()), taken)]
        if Intent.SELL not in intents:
            matches = [m for m in matches if not _is_no_wish(text.plain, m)]
        if Intent.BUY in intents or context.bot is Bot.BUYER:
            wanted = [m for m in matches if not _OURS.search(text.plain[: m.start()])]
            matches = wanted or ([] if Intent.SELL in intents or context.asked is Slot.MOTIVATION else matches)
        if matches and slot not in found:
            found[slot] = _rooms(text, slot, matches[0])
    if (full := _FULL_AND_HALF.search(text.plain)) is not None:
        halves = 1.0 if full["halves"] in ("a", "an") else _number(full["halves"])
        found[Slot.BATHROOMS] = _stated(text, Slot.BATHROOMS, _number(full["full"]) + halves / 2, full.span())
    asked = context.asked
    if asked in (Slot.BEDROOMS, Slot.BATHROOMS) and asked not in found:
        bare = _ROOM_NUMBER.match(text.plain) or _LAST_NUMBER.search(text.plain)
        if bare and _number(bare["low"]) <= _MOST_ROOMS:
            found[asked] = _rooms(text, asked, bare)
    return list(found.values())


def _paired(
    text: Text, context: MessageContext, intents: frozenset[Intent], taken: list[Span]
) -> dict[Slot, StatedSlot]:
    """Bedrooms and bathrooms in one: "3/2", "4bd 2ba", "4 n 2" where rooms are spoken of."""
    asked = context.asked in (Slot.BEDROOMS, Slot.BATHROOMS)
    selling = context.bot is Bot.SELLER or intents & {Intent.SELL, Intent.VALUATION}
    pairs = (_JOINED_PAIR, _PAIR, *((_TWO_ROOMS,) if asked or (selling and "es de" in text.plain) else ()))
    for pair in pairs:
        match = pair.search(text.plain)
        if match and not _overlaps(text.span(*match.span()), taken) and not _is_date(text.plain, match):
            return {
                slot: _stated(text, slot, _number(match[name]), match.span())
                for slot, name in ((Slot.BEDROOMS, "beds"), (Slot.BATHROOMS, "baths"))
            }
    return {}


def _is_no_wish(plain: str, match: re.Match[str]) -> bool:
    """Rooms that are had, left or refused, or mere rooms that leak or are let."""
    before, after = plain[: match.start()], plain[match.end() : match.end() + 24]
    if _NOT_ENOUGH.match(after) or _REMOVED.search(before):
        return True
    return _MERE_ROOMS.search(match.group()) is not None and _RENT_OUT.search(before) is not None


def _rooms(text: Text, slot: Slot, match: re.Match[str]) -> StatedSlot:
    value = _number(match["low"])
    half = match["half"] or match.groupdict().get("after_half")
    if half and slot is Slot.BATHROOMS:
        value += 0.75 if "quarter" in half or "3/4" in half else 0.5
    return _stated(text, slot, value, match.span())


def _stated(text: Text, slot: Slot, value: float, place: tuple[int, int]) -> StatedSlot:
    return StatedSlot(slot, int(value) if value == int(value) else value, 0.9, text.span(*place))


def _number(word: str) -> float:
    return float(_NUMBERS[word]) if word in _NUMBERS else float(word)


def _is_date(plain: str, match: re.Match[str]) -> bool:
    return re.search(r"\b(?:on|by|before|after|until|since|date)\s*$", plain[: match.start()]) is not None or plain[
        match.end() :
    ].startswith((" of", " full", " time", " cup"))


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)
