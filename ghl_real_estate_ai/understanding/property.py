"""The home and the sale: rooms, condition, who lives there, how it is paid for, and why."""

import re

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.rules import is_negated, loose, pattern
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_families

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
_LEADING_WORDS = r"(?:(?:i|we|id|at|atleast|least|min(?:imum)?|maybe|probably|like|about|around|just|need|needs|want|would|could|can|do|prefer|ideally|yes|yeah|yep|sure|ok|oh|um|well|al|menos|minimo|con|unos|unas|de|es|son|tiene|serian|is|are|its|it|a|an|has|the|house|have|got|lol|good|fine|please|pues|si|no less than)\W+)*"
_ROOM_NUMBER = loose(
    rf"^\W*{_LEADING_WORDS}(?P<low>{_N})(?:{_HALVES})?(?=\W*$|\s?(?:\+|ish)|[,.!?(]| (?:min\w*|or|and|if|but|would|wld|is|are|para|pa|porque|por|since|because|so|for|now|total|please|pls|works|at|big|full|of|bed\w*|with|i|we|but|plus|n|big|completos?|llenos?|la|estaria|esta|en|o|y|pero|seria|do|should|ish|to|\W)\b| ?- ?\d)"
)
_LAST_NUMBER = loose(
    rf"(?:\bso|lol,?|we can do|like|lo usamos|only|now|maybe|total|is|es|son|to) (?P<low>{_N})(?P<half>\b)?\W*$"
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


_CONDITIONS = read_families("condition.txt")
_PARTS_NAMED = (
    (
        "major",
        pattern(
            r"foundations?|cimientos?|structur\w+|studs|(?:burst|frozen|galvanized|cast iron) pipes?|plumbing|sewer|mold|moho|flood\w*|inundo|fire damage|quemo|knob and tube|caved"
            r"|termites?|termitas|no (?:heat|water|furnace|hvac|kitchen)|everything|todo|condemned|uninhabitable|goteras?|se llueve|tear ?down"
        ),
    ),
    (
        "cosmetic",
        pattern(
            r"paint(?:ing)?|carpets?|flooring|floors|wallpaper|dated|outdated|(?:seventies|eighties|nineties|70s|80s|90s)|popcorn|pintura|pintar|alfombras?|pisos?|detalles|touch ?ups?|tlc"
            r"|cabinets|countertops|elbow grease|cleaning|limpieza|old but (?:solid|clean)|lived in"
        ),
    ),
)
"""An answer to what the house needs names its parts alone: "paint and carpet"."""
_HOW_IT_LOOKS = re.compile(
    r"\b(?:(?P<turnkey>great|excellent|perfect|amazing|like new|good|really good|new|perfecta|excelente|muy bien|buena)|(?P<cosmetic>(?<!that )(?:ok|okay)|decent|fair|average|so so|fine|regular|mas o menos)"
    r"|(?P<major>bad|terrible|rough|awful|horrible|poor|not (?:good|great)|mala?|fea|pesima))\b"
)
_ONE_PART = re.compile(
    r"\b(?:pool|deck|fence|garage|driveway|patio|shed|yard|landscaping|roof|taxes)s? (?:was |is |were |got )*$"
)
_SINCE_MENDED = re.compile(
    r"(?:(?!never|not )[^.!?]){0,50}\b(?:(?:all|been|its|was|got|thats|since|we|they|i) (?:\w+ ){0,3}?(?:fixed|repaired|replaced|redone|taken care of|remediated)|is (?:fine|good|solid|sound))\b"
)
_OWN_HOUSE = pattern(
    r"(?:my|our|mi|nuestra) (?:\w+ )?(?:house|home|place|condo|casa|kitchen|bath\w*|roof|carpets?|yard)|ashamed|embarrass?\w*|verguenza|will anybody touch it|insurance (?:agent|company|guy)|thats about it|(?:this|the) (?:house|place) (?:needs|is|has)|^(?:its|it is|it needs|esta|necesita) "
)
_NOTHING_MAJOR = pattern(
    r"(?:nothing|no|not|isnt|aint|without|nada) (?:\w+ )?(?:major|structural|too bad|crazy|big|grave|mayor)(?: (?:repairs?|work|issues?|problems?))?"
)


def find_condition(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return the state of the house: the worst that *text* says and does not deny."""
    about_house = intents & {Intent.SELL, Intent.VALUATION} or context.bot is Bot.SELLER
    own_said = not intents and context.bot is not Bot.BUYER and _OWN_HOUSE.search(text.plain)
    if context.asked is not Slot.CONDITION and not about_house and not own_said:
        return []
    for value, rule in _CONDITIONS.items():
        for match in rule.finditer(text.plain):
            if _is_so(text.plain, value, match):
                return [StatedSlot(Slot.CONDITION, value, 0.85, text.span(*match.span()))]
    return _in_short(text) if context.asked is Slot.CONDITION else []


def _is_so(plain: str, value: str, match: re.Match[str]) -> bool:
    """Whether the house is in the state that *match* names, now and as a whole."""
    if is_negated(plain, match.start()) or _in_denied(plain, match):
        return False
    if value == "turnkey":
        return _ONE_PART.search(plain[: match.start()]) is None
    return _SINCE_MENDED.search(plain, match.end()) is None


def _in_short(text: Text) -> list[StatedSlot]:
    """An answer that names what needs work, or how it looks, by a word."""
    for value, named in _PARTS_NAMED:
        part = named.search(text.plain)
        if part and not is_negated(text.plain, part.start()) and not _in_denied(text.plain, part):
            return [StatedSlot(Slot.CONDITION, value, 0.7, text.span(*part.span()))]
    bare = _HOW_IT_LOOKS.search(text.plain)
    if bare and bare.lastgroup and len(text.plain) < 60 and not is_negated(text.plain, bare.start()):
        return [StatedSlot(Slot.CONDITION, bare.lastgroup, 0.6, text.span(*bare.span()))]
    return []


def _in_denied(plain: str, match: re.Match[str]) -> bool:
    return any(d.start() <= match.start() < d.end() for d in _NOTHING_MAJOR.finditer(plain))


_OCCUPANCIES = read_families("occupancy.txt")
_ASKED_OCCUPANCY = (
    ("vacant", pattern(r"empty|nobody|no one|vacant|vacia|nadie|moved out|sola")),
    (
        "tenant",
        pattern(
            r"rented|rent(?:s|ing|ers?)?|lease[ds]?|tenant|airbnb|^a couple of|^an? (?:\w+ )?(?:couple|family|lady|guy|student|nurse)|rentada|inquilin\w+|renta"
        ),
    ),
    (
        "owner",
        pattern(
            r"me|us|i do|we do|my family|owner|myself|ourselves|mine|yo|nosotros|familia|just me|i am|(?:my|our) (?:kids|wife|husband)|live|home"
        ),
    ),
)


_SHORT_ANSWER = 7
_FIRST_WORDS = 14
"""How far into a longer answer a mere word tells who lives there."""
_ASKED_RULES = frozenset(rule for _, rule in _ASKED_OCCUPANCY)
_LIVED_IN = pattern(
    r"my tenants?|(?:house|place|home|it) is (?:vacant|empty)|no ?ones? (?:has |have )?lived (?:there|in it)|i live in it|(?:its|been) (?:sitting )?(?:vacant|empty)|tenant occupied"
)
_NO_LONGER_LET = re.compile(
    r"\b(?:(?:tired|sick|done|over|fed up|burnt? out|burned out) (?:of|with|on|w|from)|bad|hate|no more|selling my|old|had|had it with|previous|former|last|wish|hart[oa]s? de|canse de|cansad[oa]s? de|deal\w*|batall\w+ con|lidiar con|loc[oa]s?|no quiero|aint|not|isnt|wasnt|was) (?:\w+ ){0,2}$"
)
"""Tenants complained of or gone say nothing of who lives there now."""
_OF_OTHER_HOUSES = pattern(
    r"(?:neighbors?|next door|across the street|down the street|vecin[oa]s?) (?:\w+ ){0,3}?(?:empty|vacant|rented|vaci[oa]|tenants?)|(?:i wish|quit|stop) (?:\w+ ){0,2}?tenants?"
)


def find_occupancy(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return who lives in the house for sale; a buyer's own rent is not of it."""
    asked = context.asked is Slot.OCCUPANCY
    of_seller = asked or context.bot is Bot.SELLER or intents & {Intent.SELL, Intent.VALUATION}
    told = context.bot is not Bot.BUYER and not intents & {Intent.BUY, Intent.RENT} and _LIVED_IN.search(text.plain)
    if not (of_seller or told) or _OF_OTHER_HOUSES.search(text.plain):
        return []
    answered = len(text.plain) if len(text.plain.split()) <= _SHORT_ANSWER else _FIRST_WORDS
    for value, rule in (*_OCCUPANCIES.items(), *(_ASKED_OCCUPANCY if asked else ())):
        reach = answered if rule in _ASKED_RULES else len(text.plain)
        for match in rule.finditer(text.plain, 0, reach):
            no_longer = value == "tenant" and not asked and _NO_LONGER_LET.search(text.plain[: match.start()])
            if not no_longer and not is_negated(text.plain, match.start()):
                return [StatedSlot(Slot.OCCUPANCY, value, 0.85, text.span(*match.span()))]
    return []


_FINANCING = read_families("financing.txt")
_CASH_OF_OTHERS = re.compile(
    r"\b(?:opendoor|offerpad|(?<!an )(?<!am )(?<!as )investors?\b(?! (?:here|looking|buying|in))|(?<!soy )(?<!somos )inversionistas?|compan(?:y|ies)|compania|wholesalers?|ibuyers?|letter|offers?|offered|offering|ofrec\w+|"
    r"buy houses|me pagan|nos pagan|get paid|paid in|pays me|always paid|siempre he pagado)\b[^.!?;]*$"
)
"""Cash that somebody offers the writer, or is paid in, buys no house of theirs."""
_NO_LOAN_NEEDED = re.compile(r"(?:no|without) (?:a )?(?:loan|financing|mortgage)(?! (?:yet|officer|person))")
_OF_OTHERS = re.compile(
    r"\b(?:brother|sister|cousin|comadre|compadre|friend|neighbor|buddy|coworker|son|daughter|uncle|aunt|herman[oa]|amig[oa]|vecin[oa]|prim[oa]|her lender|asking for a friend)s?(?: in law)?\b[^.!?;]{0,30}$"
)
_NO_STATEMENT = re.compile(
    r"^[^.!,]{0,24}\b(?:is that (?:with|the)|whats?|what is|can i pay|says? cash|is (?:a|an))\b[^.!]{0,30}$"
)
"""A question after the thing itself."""
_NOT_APPROVED = re.compile(
    r"\b(?:denied|turned (?:me |us )?down|rejected|declined|lost|expired|working on|whats a|what is a|apply\w*|waiting on|once|if|until|how (?:do|can) (?:i|we)|want|should)(?: \w+){0,3} $"
)


_NOT_YET_AFTER = re.compile(r"\s*(?:not yet|no\b|isnt|expired|lol do)|\W*(?:whats|what is)")


def find_financing(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language
) -> list[StatedSlot]:
    """Return how the purchase is to be paid for; a seller who takes cash does not pay."""
    asked = context.asked is Slot.FINANCING
    selling = Intent.SELL in intents and Intent.BUY not in intents
    owner = context.bot is Bot.SELLER or context.asked is Slot.MORTGAGE_BALANCE or selling
    for value, rule in _FINANCING.items():
        if value in ("cash", "needs_lender") and owner and not asked:
            continue
        for match in rule.finditer(text.plain):
            if _is_own_financing(text.plain, value, match, asked=asked):
                return [StatedSlot(Slot.FINANCING, value, 0.9, text.span(*match.span()))]
    if language is Language.EN and (asked or Intent.BUY in intents) and (bare := _bare_va(text, asked=asked)):
        return [StatedSlot(Slot.FINANCING, "va", 0.8, text.span(*bare.span()))]
    return []


def _is_own_financing(plain: str, value: str, match: re.Match[str], *, asked: bool) -> bool:
    """Whether it is the writer's, and so: not denied, not asked about, not what others offer or had."""
    before = plain[: match.start()]
    if _OF_OTHERS.search(before) or _NO_STATEMENT.search(before):
        return False
    if value == "needs_lender":
        return _NO_LOAN_NEEDED.match(match.group()) is None
    if is_negated(plain, match.start()):
        return False
    if value == "cash":
        return asked or _CASH_OF_OTHERS.search(plain[: match.end()]) is None
    approval = value in ("preapproved", "prequalified")
    return not approval or not (_NOT_APPROVED.search(before) or _NOT_YET_AFTER.match(plain, match.end()))


def _bare_va(text: Text, *, asked: bool) -> re.Match[str] | None:
    """VA alone as a loan and not as Virginia: when loans were asked about, after a number, or no place stands before it."""
    found = re.search(r"\bva\b", text.plain)
    if found is None or asked:
        return found
    before = re.search(r"([a-z]+|\d+k?),?\s*$", text.plain[: found.start()])
    if before is None:
        return found if text.typed(*found.span()) == "VA" else None
    if before[1][0].isdigit():
        return found
    is_place = text.typed(before.start(1), before.start(1) + 1).isupper()
    return found if text.typed(*found.span()) == "VA" and not is_place else None


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)
