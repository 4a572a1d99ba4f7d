"""Street addresses, as written: number, street, kind of street, and a unit if there is one."""

import re

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.place_names import is_known_place
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_KIND = (
    r"(?:st|str|street|ave?|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|cir|circle|pl|place|way|ter|terr|terrace"
    r"|trl|trail|pkwy|parkway|hwy|highway|loop|sq|square|run|pass|cove|cv|bend|xing|crossing|path|pike|row|plaza|point|pt|ridge|alley|aly|walk|glen|turnpike|expy|vw|trace|trce|holw|mews)"
)
_NOT_STREET = (
    r"(?:bed|beds|bd|bedrooms?|br|ba|baths?|bathrooms?|of|in|on|at|the|is|are|and|or|to|for|with|w|we|i|my|our|years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?|hrs?|min|mins|minutes"
    r"|sq|sqft|ft|acres?|k|m|mil|thousand|million|grand(?!\s+[a-z])|percent|people|kids|houses?|homes?|units?|doors|cars?|story|stories|miles?|am|pm|more|less|max|down|cash|budget|or|but|so|por|de|en|el|que|y|a|an|it|u|you|story|offers?|payments?|more|another|different|good|new|not|need|want|this|that|if|can|per|times)"
)
_NO_STREET_NAME = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|exchange|eastern|central|pacific"
    r"|firm|obo|dogs?|cats?|pets?|stars?|tops|total|plus|lenders?|tenants?|meses"
    r"|chase|wells|redfin|zillow|opendoor|offerpad|experian|equifax|transunion|fico|citi|truist|usaa|rocket|credit"
    r"|call|text|please|thanks|thank|what|whats|how|when|where|why|who|they|she|he|there|then|just|also|fha|usda|dscr)"
)
_GOES_ON = r"(?:its|near|is|has|not|needs|worth|call|text|please|thanks|what|how|when|where|they|she|he|there)"
_COUNTED_WORDS = r"(?:homes|houses|units|listings|people|families|agents|dollars)"
_DIRECTION = r"(?:[nsew]|[ns][ew]|north|south|east|west|northeast|northwest|southeast|southwest)\.?"
_UNIT = r"(?:,?\s*(?:(?:apto|apt|depto|apartment|unit|ste|suite|lot|lote|bldg|trlr|space|spc)\.?\s*#?\s*(?:\d\w{0,4}|[a-z]\d{0,4})\b|#\s*\w{1,5}\b))?"
_NUMBERED_ROAD = r"(?:(?:county|state|us|farm to market|ranch|private|old|co)\s+(?:road|rd|highway|hwy|route|rte|rd\.)|highway|hwy|route|rte|us|fm|rm|cr|sr|pr|spur|farm road|county rd)"
_ADDRESS = re.compile(
    rf"(?:(?<!\w)lot\s+(?:\d\w{{0,3}}|[a-z]),?\s+)?(?<![\w$.,/-])\d{{1,6}}[a-d]?\s+(?:{_DIRECTION}\s+)?{_NUMBERED_ROAD}\s+(?:\d+|[a-z]\b)(?:\s+(?:[nsew]|north|south|east|west)\b(?!\s+(?:of|side)))?{_UNIT}"
    rf"|(?:(?<!\w)lot\s+(?:\d\w{{0,3}}|[a-z]),?\s+)?(?<![\w$.,/-])\d{{1,6}}[a-d]?\s+(?:{_DIRECTION}\s+)?(?!{_NOT_STREET}\b)(?:(?:\d{{1,3}}(?:st|nd|rd|th)|[a-z][a-z'\u2019.-]*)\s+(?!{_NOT_STREET}\b)){{1,4}}?"
    rf"{_KIND}\b\.?(?:\s+(?:st|dr|rd|ln|ct|ave|blvd|cir|way|pl|trl|pkwy|loop|lane|drive|road|street|court|circle)\b\.?)?(?:\s+{_DIRECTION}(?![\w]))?{_UNIT}"
    rf"|(?<![\w$.,/-])\d{{1,6}}\s+(?:{_DIRECTION}\s+)?(?:avenue|ave|camino|calle|via|paseo|avenida|rue|plaza)\s+(?:[a-z]\b|\d+|[a-z\u00c0-\u017f]+(?:\s+(?!{_NOT_STREET}\b|apt|unit|lot)[A-Z][a-z]+)?){_UNIT}"
    rf"|(?<![\w$.,/-])\d{{2,6}}\s+{_DIRECTION}\s+\d{{1,3}}(?:st|nd|rd|th)\b(?:\s+{_DIRECTION}(?![\w]))?{_UNIT}"
    r"|\b(?:calle|avenida)\s+[\w\u00c0-\u017f]+(?:\s+[\w\u00c0-\u017f]+)?\s+#?\s?\d{1,6}\b"
    r"|\brr\s*#?\d+,?\s+box\s+\d+",
    re.IGNORECASE,
)
_LEADS_TO = one_of(
    "at on see tour visit show show_me showing own sell selling left_us left_me address its it's address_is house_is home_is place_is "
    "check saw list listing house home place casa casa_en en_la la_de casa_de queda_en house_on condo_at parsonage_on owner_of info_on"
)
_SPOKEN_OF = one_of(
    "is was of for about in would does did has buy buying want wants what what's why es el la en de del por sobre still and also to"
)
"""What leads to a house that somebody asks about: "what would 29 Crestline go for"."""
_STREET = (
    rf"(?:(?i:{_DIRECTION})\s+)?(?!(?i:{_NOT_STREET}|st|nd|rd|th|{_NO_STREET_NAME})\b)[A-Z][a-z]{{2,}}"
    rf"(?:\s(?!(?i:{_NOT_STREET}|{_NO_STREET_NAME}|{_GOES_ON})\b)[A-Z][a-z]+){{0,2}}"
)
_NO_KIND = re.compile(
    rf"(?<![\w$.,/:#-])(?P<address>(?!(?:19|20)\d\d\b)\d{{1,5}}\s+{_STREET}(?i:{_UNIT}))(?![\w'\u2019-])"
    rf"|(?:^|[.,!?]\s)[^\w$]*(?P<opening>\d{{2,5}}\s+{_STREET}(?i:{_UNIT}))(?=\s*(?:$|[.,!?]|in\b|is\b))"
)
"""A street without its kind: "is 1610 Dover still for sale?"; only with a capital, after words that lead to an address or as a
clause, and where the number could be a year, only as a clause."""
_LEADS_RIGHT_TO = re.compile(rf"(?:\b{_LEADS_TO}\s|\()$", re.IGNORECASE)
_SPEAKS_OF = re.compile(rf"(?:(?:^|[.,!?;]\s*)|\b{_SPOKEN_OF}\s)$", re.IGNORECASE)
_BARE = re.compile(
    rf"^\W*(?:it(?:'|\u2019)?s |sure,? |yes,? |yeah,? |ok,? |the address is |address is |at |its at |es |la direccion es |es la )*(?P<address>\d{{1,6}}\s+(?:{_DIRECTION}\s+)?(?!{_NOT_STREET}\b)[a-z][\w'\u2019.-]*(?:\s+(?!(?:in|and|its|but|near|the|we|i|unit|apt|suite|ste|lot|en|y|esquina|cerca|por)\b)[a-z][\w'\u2019.-]*){{0,3}}{_UNIT})",
    re.IGNORECASE,
)


_DIGIT = re.compile(r"\d")
_FIRST_NAMES = read_words("first_names.txt")
_LAST_HOUR = 12
_FEW = 20
"""A smaller number counts something more often than it is that of a house."""
_ZIP_DIGITS = 5
_COUNTED = re.compile(rf"\s*{_COUNTED_WORDS}\b", re.IGNORECASE)


def find_address(text: Text, context: MessageContext) -> list[StatedSlot]:
    """Return the street address *text* states, if any; a bare "2714 Juniper" only when an address was asked for."""
    if not _DIGIT.search(text.raw):
        return []
    match = _ADDRESS.search(text.raw)
    span = match.span() if match else None
    if span is None:
        span = next(
            (short.span(short.lastgroup or 0) for short in _NO_KIND.finditer(text.raw) if _is_house(short)), None
        )
    if span is None and context.asked is Slot.ADDRESS and (bare := _BARE.match(text.raw)):
        span = bare.span("address")
    if span is None:
        return []
    start, end = span
    written = text.raw[start:end].rstrip(" .,")
    return [StatedSlot(Slot.ADDRESS, " ".join(written.split()), 0.9, Span(start, start + len(written)))]


def _is_house(short: re.Match[str]) -> bool:
    """Whether a number and a name are those of a house: by what leads to them, and unless they count something ("12 Oak Homes"), are
    an hour and who is spoken to ("call me at 5 Maria"), or a zip code and its town."""
    if _COUNTED.match(short.string, short.end()):
        return False
    if short["opening"]:
        return True
    digits, street = short["address"].split(maxsplit=1)
    before = short.string[: short.start()]
    if _LEADS_RIGHT_TO.search(before):
        return int(digits) > _LAST_HOUR or street.split()[0].lower() not in _FIRST_NAMES
    is_zip = len(digits) == _ZIP_DIGITS and is_known_place(street)
    return int(digits) >= _FEW and not is_zip and _SPEAKS_OF.search(before) is not None
