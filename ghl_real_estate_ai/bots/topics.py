"""What a lead asks us, as far as the honest answer differs; pure.

Jorge never answers with facts it does not have: a topic only chooses which honest answer is given.
"""

import re
import unicodedata
from enum import StrEnum

from ghl_real_estate_ai.understanding.farewells import farewells


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
    ROLE = "role"
    LICENSE = "license"
    PICTURES = "pictures"
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
            r"foreclos\w*|(?:put|throw|kick|lock|force) (?:me|us|them|him|her) out|take (?:my|our|the) (?:house|home)"
            r"|me pueden sacar|nos pueden (?:sacar|quitar)|quitar (?:la|mi|nuestra) casa|bankruptcy"
            r"|(?:bank|lender|court|irs|county|city|hoa) (?:\w+ ){0,2}(?:take (?:my|our|it|everything)|seize|sue"
            r"|garnish|come after)"
            r"|(?:can|could|will|would|may) (?:they|he|she|somebody|someone|anybody|the \w+) (?:\w+ )?sue\b|get sued"
            r"|(?:me|nos|le) (?:pueden?|podrian?|van? a|iran? a) demandar|(?:puede\w*|podria\w*) demandar(?:me|nos|lo)"
            r"|(?:que|como) dice la ley|(?:por|segun) ley|es legal|derechos legales|ir a la corte|ante la corte"
            r"|lawsuit|lawyer|attorney|probate|lien|short sale"
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
        (
            Topic.LOANS,
            r"interest rates?|(?<!cap )rates?|mortgage|loan|lender|down ?payment|tasas?"
            r"|(?:my|monthly|the) payments?|prestamo|hipoteca|enganche",
        ),
        (
            Topic.PROCESS,
            r"what(?: i)?s next|what next|what happens (?:now|next)|next steps?|now what|what now"
            r"|how (?:does|do) (?:this|it|that|you guys) work"
            r"|what do (?:you|i) need|que sigue|como funciona|y ahora|que necesita\w*|proximo paso",
        ),
        (
            Topic.NUMBER,
            r"(?:get|got|getting|find|found) my (?:number|info|phone|name)|my number from|gave (?:you"
            r"|u|yall) my (?:number|info|phone|name)"
            r"|(?:consigui\w*|obtuv\w*|sac\w*) mi (?:numero|telefono)|(?:dio|dieron|paso) mi (?:numero|telefono)",
        ),
        (Topic.LICENSE, r"licen[sc]ed?|licencia|licenciad[oa]s?"),
        (
            Topic.ROLE,
            r"(?:are|r) (?:you|u|ya|yall) (?:\w+ ){0,2}?(?:buyers?|agents?|realtors?|brokers?|investors?|wholesalers?)"
            r"|(?:son|es) (?:usted(?:es)? )?(?:un |una )?(?:agentes?|inversionistas?|compradores?|corredores?)",
        ),
        (
            Topic.PICTURES,
            r"pics?|pictures?|photos?|videos?|floor ?plans?|brochures?|virtual tour|fotos?|imagenes",
        ),
        (
            Topic.SENDER,
            r"why (?:are|r) (?:you|u|yall|you guys) (?:texting|messaging|contacting|writing)|who do (?:you|u) work for"
            r"|por que me (?:escrib\w+|contact\w+)|para quien trabaja\w*|(?:about|regarding) what|(?:de|sobre) que"
            r"|who(?: i)?s this|who are you|who am i (?:talking|texting|speaking)|who is this|what is this|what company"
            r"|quien es|quienes son|que empresa|de parte de quien|con quien hablo",
        ),
        (
            Topic.AVAILABILITY,
            r"available|what (?:homes|houses|properties|condos?|places)"
            r"|still (?:for sale|on the market|open)|listings?|how many (?:homes|houses)|listed"
            r"|(?:have|got|show me|see) (?:any|anything|something|some|a few|homes|houses)|tienen (?:algo|casas)"
            r"|disponible\w*|en venta",
        ),
        (
            Topic.PRICES,
            r"prices?|cap rates?|cheap\w*|expensive|cost\w*|worth|value|market|enough|realistic"
            r"|dreaming|afford|going for|how much"
            r"|offer(?:ing)?|pay for it|comps?|apprais\w*|precios?|car[oa]s?|barat[oa]s?|cuesta\w*|vale\w*|mercado"
            r"|list it for|alcanza|cuanto(?! tiempo)",
        ),
    )
)
_QUESTION = re.compile(
    r"^(?:(?:ok(?:ay)?|so|hey|hi|oh|and|but|um+|well|fine|interesting|yeah|yes|hmm|pero|y|oye|hola|entonces|bueno"
    r"|ah|actually|also|then|just|wait|cool|great|thanks|one more thing|quick question|no|nah|por cierto|gracias)\s+)*"
    r"(?:what|whats|wut|how|hows|why|who|whos|which|wheres?|when (?:can|will|do|would|is|are)"
    r"|(?:is|are|do|does|did|can|could|would|will|should) (?:it|its|that|there|you|u|ya|yall|we|i"
    r"|they|the|this|these|those|all|both|he|she|my|a|any"
    r"|anyone|anybody|\d+\w*|\w+ (?:any|still|really|more))"
    r"|about what|regarding what|por que|a que hora|de que|sobre que"
    r"|que (?:es|sigue|pasa|tal|hacen|necesit\w+|precio)|cual|como (?:es|esta|funciona|se)"
    r"|cuanto|cuantos|quien|donde (?:esta|queda)"
    r"|send (?:me|us|over|some|the|pics|photos)|(?:mande|envie|mandeme|envieme|me manda\w*|me envia\w*)"
    r"|puede\w*|hay|es (?:usted|un|una|posible)|tienen)\b"
)
_PLEA = re.compile(
    r"\b(?:can|could|will|would|do|does|are) (?:you|u|ya|yall|anyone|anybody)\b[^?.]{0,20}"
    r"\b(?:help|buy|work with|handle|interested|take|deal|call)|\bhow (?:much|fast|soon|quick\w*)\b|\bworth\b"
    r"|\b(?:puede\w*|pueden|me) (?:ayudar\w*|ayudan?)|\b(?:compran?|cuanto)\b"
)
"""A question to us about our services that only mentions a hardship."""
_TELL_ME = re.compile(
    r"^(?:\w+ ){0,3}?(?:what|whats|wut|how|hows|why|who|which|where|wheres|when|do (?:you|u|ya|yall) (?:know|think)"
    r"|que|cual|como|cuanto|cuantos|cuando|donde|por que|sabe\w*)\b"
)
_SMALL_TALK = re.compile(
    r"^(?:\w+ ){0,2}?(?:how (?:are|r) (?:you|u|ya|yall)|hows it going|how are things|whats up|que tal|como esta\w*"
    r"|como le va|(?:you|u) there|what can i say|who knows)\b[^a-z]*(?:today|hoy|doing)?\W*$"
)
_FIND_ME = re.compile(
    r"\b(?:can|could|will|would) (?:you|u|ya|yall) (?:\w+ )?(?:find|help|show|get|send|sell|list|buy)\b"
    r"|\bme (?:puede\w*|pueden) (?:ayudar|buscar|vender|conseguir|mostrar|ensenar)"
)
_SERVICE = re.compile(
    r"\b(?:can|could|will|would) (?:you|u|ya|yall) (?:\w+ )?(?:find|help|sell|list)\b"
    r"|\bme (?:puede\w*|pueden) (?:ayudar|buscar|vender)"
)
"""What a team that buys and sells homes for people surely does."""
_PUZZLED = re.compile(
    r"^(?:ok |um+ |sorry |im )?(?:huh|what|wut|what do (?:you|u) mean(?: by that)?|what does that mean|confused"
    r"|(?:i )?(?:dont|do not) (?:understand|get it|follow)(?: (?:you|that|the question))?|como|que quiere decir"
    r"|no (?:le )?entiendo|a que se refiere)$"
)
_DOES_NOT_MATTER = re.compile(
    r"^(?:\w+ ){0,2}?(?:(?:theres )?no need|(?:dont|do not) (?:need|care|mind)|(?:does not|doesnt) matter"
    r"|not (?:important|needed|applicable)|no preference|whatever (?:works|is fine)|any (?:is fine|works|size|area)"
    r"|no importa|(?:me )?da igual|cualquier\w*|no hace falta|no (?:lo )?necesit\w+)\b"
)
_BY_TEXT = re.compile(
    r"\b(?:no (?:phone )?calls?|(?:dont|do not) (?:call|phone)|text(?:s|ing)? (?:only|is (?:better|best|fine))"
    r"|(?:only|just) (?:by )?text|(?:prefer|rather) (?:to )?text\w*|no me llam\w+|sin llamadas"
    r"|(?:solo|mejor) (?:por )?(?:mensajes?|texto))\b"
)
_ANYBODY_THERE = re.compile(
    r"^(?:hello|hi|hey|hola|ok|are)?\W*(?:(?:you|u|ya|yall) (?:still )?there|anyone (?:there|home)|anybody there"
    r"|sigue ahi|esta ahi|hay alguien)\W*$"
)
_WORTH = re.compile(r"\b(?:worth|price|value|vale\w*|valor|precio|get for it|pedir)\b")
_BROWSING = re.compile(
    r"\b(?:just|only|simply|mostly) (?:\w+ )?(?:looking|browsing|curious|nosy|poking|checking|seeing|exploring|window)"
    r"|\b(?:being nosy|window shopping|poking around|looking around|kicking tires|solo (?:mirando|viendo|curios\w+)"
    r"|nada mas (?:mirando|viendo))\b"
)
_UNSURE = re.compile(
    r"^(?:\w+ ){0,3}?(?:idk|dunno|not (?:really |too |quite |100 )?sure|no idea|no clue"
    r"|(?:dont|do not|didnt) (?:really )?know"
    r"|havent (?:really )?(?:thought|decided|figured)|hard to say|unsure|no (?:lo )?se|no sabemos|no estoy segur[oa]"
    r"|ni idea|no tengo idea)\b"
)
_ANNOYED = re.compile(
    r"\b(?:unbelievable|ridiculous|annoy\w*|fed up|sick of (?:you|these|all|getting|the calls"
    r"|the texts)|harass\w*|pushy"
    r"|(?:so|too) many (?:calls|texts|messages|agents|realtors|questions)"
    r"|\d+ (?:\w+ )?(?:calls|texts|messages|people|agents|realtors)|insane|blow\w* up my phone|spam\w*|bother\w* me"
    r"|(?:stop|quit) asking|no (?:more )?questions|(?:escrib|llam)\w+ tanto"
    r"|cansad[oa]s? de (?:que|tant\w+)|tantos? (?:mensajes?|llamadas?|preguntas?)"
    r"|keep (?:calling|texting)"
    r"|(?:called|texted|messaged) (?:me|us) \d+ times|\d+ times (?:this|today|in)|every (?:vulture|agent|realtor)"
    r"|already (?:told|said|answered)|i just (?:told|said)|asked (?:me )?that (?:already|twice)|nonstop|vultures"
    r"|ya (?:le|les|se lo) (?:dije|conteste)|insult\w*|lowball\w*|rude|offensive"
    r"|waste of (?:my )?time|hart[oa]s?|molest\w+|insistente\w*)\b"
)
_WAVERING = re.compile(
    r"\b(?:maybe|perhaps|might|thinking (?:of|about)|quizas?|tal vez|a lo mejor)\b.{0,20}"
    r"\b(?:keep(?:ing)? it|hold(?:ing)? (?:on|off)|rent(?:ing)? it|not sell(?:ing)?|me la quedo|rentarla|no vender)\b"
)
_GRIEF = re.compile(
    r"\b(?:passed away|passed (?:last|in|on|this)|(?:mom|mother|dad|father|husband|wife|grandm\w+"
    r"|grandp\w+|brother|sister"
    r"|parents?|aunt|uncle|son|daughter|she|he|they) (?:just |recently )?(?:died|passed)|lost (?:my"
    r"|our) (?:mom|mother|dad"
    r"|father|husband|wife|parents?|brother|sister|son|daughter|grandm\w+|grandp\w+)|fallec\w+|muri\w+|se nos fue)\b"
)
_FEAR = re.compile(
    r"\b(?:scared|terrified|desperate|overwhelmed|stressed|panick\w*|ashamed|embarrassed|crying|cant (?:sleep|cope)"
    r"|los(?:e|ing) (?:everything|(?:my|our|the) (?:home|house))"
    r"|dont know (?:who to (?:talk|turn) to|where to turn)"
    r"|at (?:my|our) wits end|lost everything|cant (?:catch up|keep up)|miedo|asustad\w+|desesperad\w+|angustiad\w+"
    r"|estresad\w+|agobiad\w+|no puedo (?:dormir|mas)"
    r"|perder (?:todo|(?:mi|la|nuestra) casa)|no se (?:con quien hablar|a quien acudir))\b"
)
_NOT_PLAIN = re.compile(r"[^\w$%?¿. ]+")


def topic_of(text: str) -> Topic | None:
    """The topic of the question in *text*, None when it asks nothing; what is asked counts, not what is told beside."""
    asking = [plain for clause in _clauses(text) if not _SMALL_TALK.search(plain := _plain(clause)) and _asks(clause)]
    for plain in asking:
        found = next((topic for topic, pattern in _TOPICS if pattern.search(plain)), None)
        if found is not None:
            return found
    return Topic.OTHER if asking else None


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
    return any(_asks(clause) for clause in _clauses(text))


def needs_an_answer(text: str) -> bool:
    """Whether *text* asks for something to be told, and not only for our services."""
    asking = [_plain(clause) for clause in _clauses(text) if _asks(clause)]
    return any(_TELL_ME.search(plain) and not _PLEA.search(plain) for plain in asking)


def is_browsing(text: str) -> bool:
    """Whether somebody says that they are only looking around."""
    return bool(_BROWSING.search(_plain(text)))


def is_unsure(text: str) -> bool:
    """Whether somebody says that they do not know, and nothing much else."""
    return bool(_UNSURE.search(_plain(text)))


def is_wavering(text: str) -> bool:
    """Whether somebody thinks aloud of doing nothing, or of something else than we help with."""
    return bool(_WAVERING.search(_plain(text)))


def is_annoyed(text: str) -> bool:
    """Whether somebody complains about how they are treated, without insulting anybody."""
    return bool(_ANNOYED.search(_plain(text)))


def is_plea(text: str) -> bool:
    """Whether somebody asks for our services, and not to be told something."""
    return bool(_FIND_ME.search(_plain(text)))


def asks_for_our_service(text: str) -> bool:
    """Whether somebody asks whether we would do what we are there for."""
    return bool(_SERVICE.search(_plain(text))) and not needs_an_answer(text)


def is_puzzled(text: str) -> bool:
    """Whether somebody only says that they do not understand us."""
    return bool(_PUZZLED.search(_plain(text).strip("?¿. ")))


def does_not_matter(text: str) -> bool:
    """Whether somebody says that what we asked for is no matter to them."""
    return bool(_DOES_NOT_MATTER.search(_plain(text)))


def wants_texts_only(text: str) -> bool:
    """Whether somebody would rather not be called."""
    return bool(_BY_TEXT.search(_plain(text)))


def is_leaving(text: str) -> bool:
    """Whether somebody ends the talk for now, and asks nothing with it."""
    return bool(farewells(text)) and not is_question(text)


def is_small_talk(text: str) -> bool:
    """Whether *text* only asks how we are."""
    asking = [_plain(clause) for clause in _clauses(text) if _asks(clause)]
    return bool(asking) and all(_SMALL_TALK.search(plain) for plain in asking)


def is_calling(text: str) -> bool:
    """Whether somebody only asks whether anybody is there."""
    return bool(_ANYBODY_THERE.search(_plain(text)))


def speaks_of_worth(text: str) -> bool:
    """Whether *text* is about what something is worth."""
    return bool(_WORTH.search(_plain(text)))


def is_grieving(text: str) -> bool:
    """Whether somebody tells of a death close to them."""
    return bool(_GRIEF.search(_plain(text)))


def is_afraid(text: str) -> bool:
    """Whether somebody says how hard things are for them."""
    return bool(_FEAR.search(_plain(text)))


def _clauses(text: str) -> list[str]:
    """The sentences of *text*, those without a question mark cut at their commas too."""
    sentences = (sentence for sentence in re.split(r"(?<=[.!?\n])\s*", text) if sentence.strip())
    return [
        clause
        for sentence in sentences
        for clause in ([sentence] if "?" in sentence else re.split(r"[,;]\s+", sentence))
    ]


def _asks(clause: str) -> bool:
    plain = _plain(clause)
    if "?" in clause and plain.strip("?¿. "):
        return True
    return bool(_QUESTION.search(plain.strip()))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("\u2019", ""))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(_NOT_PLAIN.sub(" ", bare).split())
