"""What a lead asks us, as far as the honest answer differs; pure.

Jorge never answers with facts it does not have: a topic only chooses which honest answer is given.
"""

import re
import unicodedata
from enum import StrEnum


class Topic(StrEnum):
    """A thing leads ask about."""

    LEGAL = "legal"
    FINANCIAL = "financial"
    SCHOOLS = "schools"
    SAFETY = "safety"
    FEES = "fees"
    LOANS = "loans"
    PROCESS = "process"
    SENDER = "sender"
    NUMBER = "number"
    RENTALS = "rentals"
    AVAILABILITY = "availability"
    PRICES = "prices"
    OTHER = "other"


_TOPICS: tuple[tuple[Topic, re.Pattern[str]], ...] = tuple(
    (topic, re.compile(rf"\b(?:{words})\b"))
    for topic, words in (
        (
            Topic.LEGAL,
            r"foreclos\w*|bankruptcy|lawsuit|lawyer|attorney|probate|lien|short sale"
            r"|evict\w*|(?:in|to|the|probate) court|court (?:date|order|case|hearing)|deed|embargo|abogado"
            r"|bancarrota|juicio|desalojo|sucesion",
        ),
        (
            Topic.FINANCIAL,
            r"capital gains?|1031|irs|tax (?:advice|implications?|consequences?|break|bill)|write (?:it|that|this) off"
            r"|(?:owe|pay|avoid|save|dodge)\b[^?.]{0,15}(?<!property )tax(?:es)?"
            r"|(?<!property )taxes? (?:when|if|after|once|on the (?:sale|profit|gain))"
            r"|(?:should|do) (?:i|we) (?:refinance|refi|cash out|take out|invest|borrow)|reverse mortgage"
            r"|ganancias? de capital|(?:pag\w+|deb\w+)\b[^?.]{0,15}impuestos?|impuestos? (?:si|cuando|al vender)"
            r"|debo refinanciar",
        ),
        (Topic.SCHOOLS, r"schools?|district|escuelas?|colegios?"),
        (Topic.SAFETY, r"safe|safety|crime|dangerous|sketchy|segur[oa]|peligros[oa]|crimen|delincuencia"),
        (Topic.RENTALS, r"rentals?|for rent|to rent|rent out|leases?|rentas?|rentar|alquiler|alquilar"),
        (Topic.FEES, r"fees?|commissions?|charge|closing costs?|comision\w*|honorarios|cobran?|gastos de cierre"),
        (Topic.LOANS, r"interest rates?|rates?|mortgage|loan|lender|down ?payment|tasas?|prestamo|hipoteca|enganche"),
        (
            Topic.PROCESS,
            r"what(?: i)?s next|what happens (?:now|next)|next steps?|now what|what now"
            r"|how (?:does|do) (?:this|it|that|you guys) work"
            r"|what do (?:you|i) need|que sigue|como funciona|y ahora|que necesita\w*|proximo paso",
        ),
        (
            Topic.NUMBER,
            r"(?:get|got|getting|find|found) my (?:number|info|phone|name)|my number from"
            r"|(?:consigui\w*|obtuv\w*|sac\w*) mi (?:numero|telefono)",
        ),
        (
            Topic.SENDER,
            r"who(?: i)?s this|who are you|who am i (?:talking|texting|speaking)|who is this|what is this|what company"
            r"|quien es|quienes son|que empresa|de parte de quien|con quien hablo",
        ),
        (
            Topic.AVAILABILITY,
            r"available|still (?:for sale|on the market|open)|listings?|how many (?:homes|houses)|listed"
            r"|disponible\w*|en venta",
        ),
        (
            Topic.PRICES,
            r"prices?|cheap\w*|expensive|cost\w*|worth|value|market|enough|realistic|dreaming|afford|going for|how much"
            r"|offer|pay for it|comps?|apprais\w*|precios?|car[oa]s?|barat[oa]s?|cuesta\w*|vale\w*|mercado|alcanza"
            r"|cuanto",
        ),
    )
)
_QUESTION = re.compile(
    r"^(?:(?:ok(?:ay)?|so|hey|hi|oh|and|but|um+|well|fine|interesting|yeah|yes|hmm|pero|y|oye|hola|entonces|bueno"
    r"|ah|actually|also|then|just|wait|cool|great|thanks|one more thing|quick question|no|nah|por cierto|gracias)\s+)*"
    r"(?:what|whats|wut|how|hows|why|who|whos|which|wheres?|when (?:can|will|do|would|is|are)"
    r"|(?:is|are|do|does|did|can|could|would|will|should) (?:it|its|that|there|you|u|ya|yall|we|i"
    r"|they|the|this|these|he|she|my|a|any"
    r"|anyone|anybody|\d+\w*|\w+ (?:any|still|really|more))"
    r"|que (?:es|sigue|pasa|tal|hacen|necesit\w+|precio)|cual|como (?:es|esta|funciona|se)"
    r"|cuanto|cuantos|quien|donde (?:esta|queda)"
    r"|puede\w*|hay|es (?:usted|un|una|posible)|tienen)\b"
)
_PLEA = re.compile(
    r"\b(?:can|could|will|would|do|does|are) (?:you|u|ya|yall|anyone|anybody)\b[^?.]{0,20}"
    r"\b(?:help|buy|work with|handle|interested|take|deal|call)|\bhow (?:much|fast|soon|quick\w*)\b|\bworth\b"
    r"|\b(?:puede\w*|pueden|me) (?:ayudar\w*|ayudan?)|\b(?:compran?|cuanto)\b"
)
"""A question to us about our services that only mentions a hardship."""
_NOT_PLAIN = re.compile(r"[^\w$%?¿. ]+")


def topic_of(text: str) -> Topic | None:
    """The topic of the question in *text*, None when it asks nothing."""
    plain = _plain(text)
    if not is_question(text):
        return None
    return next((topic for topic, pattern in _TOPICS if pattern.search(plain)), Topic.OTHER)


ADVICE = frozenset({Topic.LEGAL, Topic.FINANCIAL})
"""What only a person may answer."""


def advice_sought(text: str) -> Topic | None:
    """Whether *text* asks for legal or financial advice; a hardship that is only told, or a plea for help, does not.

    A person has to answer these: what holds for one lead is wrong for the next.
    """
    for clause in re.split(r"(?<=[.!?;\n])\s*", text):
        topic = topic_of(clause)
        if topic in ADVICE and not _PLEA.search(_plain(clause)):
            return topic
    return None


def is_question(text: str) -> bool:
    """Whether *text* asks something, with or without a question mark."""
    plain = _plain(text)
    if "?" in text and plain.strip("?¿ "):
        return True
    return any(_QUESTION.search(sentence.strip()) for sentence in re.split(r"[.!]+", plain))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("\u2019", ""))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(_NOT_PLAIN.sub(" ", bare).split())
