"""The home and the sale: rooms, condition, who lives there, how it is paid for, and why."""

import re

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.rules import is_negated, loose, pattern
from ghl_real_estate_ai.understanding.text import Text

_MOST_ROOMS = 12
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3,
    "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
}  # fmt: skip
_N = r"(?:\d{1,2}(?:\.\d)?|" + "|".join(_NUMBERS) + r")"
_BEDROOM = r"(?:bedrooms?|beds?|bds?|brs?|bdrms?|recamaras?|cuartos?|habitacion(?:es)?|dormitorios?|alcobas?|rooms?)"
_BATHROOM = r"(?:bathrooms?|baths?|ba|banos?|restrooms?)"
_ROOM = rf"(?P<low>{_N})(?:\s?(?:ish|\+|plus))?(?:\s*(?:-|\u2013|/|or|to|o|a)\s*{_N})?(?:\s?(?:ish|\+|plus|or more|o mas))?(?P<half> (?:(?:and|n|&) a half|y medio|1/2))?\s*-?\s*(?:full |big |good |nice |large |decent )*"
_BEDROOMS = loose(rf"(?<![\w./$]){_ROOM}{_BEDROOM}(?!\w)")
_BATHROOMS = loose(rf"(?<![\w/$]){_ROOM}{_BATHROOM}(?!\w)")
_PAIR = loose(r"(?<![\w./])(?P<beds>[1-9])\s?(?:/|x|bed/|br/|bd/)\s?(?P<baths>[1-6](?:\.[05])?)(?![\w/]|\.\d)")
_JOINED_PAIR = loose(r"(?<!\w)(?P<beds>[1-9])(?:bd|br|bed)[\s,/-]*(?P<baths>[1-6](?:\.\d)?)\s?(?:ba|bath)s?(?!\w)")
_ROOM_NUMBER = loose(
    rf"^\W*(?:(?:i |we |at |least|min(?:imum)?|maybe|probably|like|about|around|just|need|want|would|prefer|ideally|yes|yeah|ok|al|menos|minimo|con|unos|unas|de|is|fine|good|its|a|has|the|house|have|got)\W+)*(?P<low>{_N})(?:\s?(?:ish|\+|plus|or more|at least|min(?:imum)?|is fine|would be.*|minimum|o mas|or \d|- ?\d|to \d|beds?))*(?:\s+(?:i think|please|probably|would work|works|for now|min|is enough|total))?\W*$"
)
_ROOM_NUMBER_FIRST = loose(
    rf"^\W*(?:(?:at least|min(?:imum)?|minimo|al menos|maybe|probably|just|oh|um|well) )*(?P<low>{_N})(?:,| min\w*| or more| at least| but| if| would| is| para| porque| since| because| so)(?=\W)"
)
_OURS = re.compile(
    r"\b(?:our|my|current|currently|this|in a|out of (?:our|a|my)|outgrew|outgrown|have a|in our|selling)\s*(?:\w+ )?$"
)


def find_rooms(text: Text, context: MessageContext, intents: frozenset[Intent], taken: list[Span]) -> list[StatedSlot]:
    """Return bedrooms and bathrooms: the least wanted, or the house's own."""
    found: dict[Slot, StatedSlot] = {}
    for pair in (_JOINED_PAIR, _PAIR):
        if (
            (match := pair.search(text.plain))
            and not _overlaps(text.span(*match.span()), taken)
            and not _is_date(text.plain, match)
        ):
            found[Slot.BEDROOMS] = _rooms(text, Slot.BEDROOMS, match["beds"], match.span())
            found[Slot.BATHROOMS] = _rooms(text, Slot.BATHROOMS, match["baths"], match.span())
            break
    for slot, rooms in ((Slot.BEDROOMS, _BEDROOMS), (Slot.BATHROOMS, _BATHROOMS)):
        matches = [m for m in rooms.finditer(text.plain) if not _overlaps(text.span(*m.span()), taken)]
        if Intent.BUY in intents and len(matches) > 1:
            matches = [m for m in matches if not _OURS.search(text.plain[: m.start()])] or matches
        if matches and slot not in found:
            found[slot] = _rooms(text, slot, matches[0]["low"], matches[0].span(), half=bool(matches[0]["half"]))
    asked = context.asked
    if asked in (Slot.BEDROOMS, Slot.BATHROOMS) and asked not in found:
        bare = _ROOM_NUMBER.match(text.plain)
        if bare and _number(bare["low"]) <= _MOST_ROOMS:
            found[asked] = _rooms(text, asked, bare["low"], bare.span("low"))
        elif (first := _ROOM_NUMBER_FIRST.match(text.plain)) and _number(first["low"]) <= _MOST_ROOMS:
            found[asked] = _rooms(text, asked, first["low"], first.span("low"))
    return list(found.values())


def _rooms(text: Text, slot: Slot, number: str, place: tuple[int, int], *, half: bool = False) -> StatedSlot:
    value = _number(number) + (0.5 if half else 0)
    return StatedSlot(slot, int(value) if value == int(value) else value, 0.9, text.span(*place))


def _number(word: str) -> float:
    return float(_NUMBERS[word]) if word in _NUMBERS else float(word)


def _is_date(plain: str, match: re.Match[str]) -> bool:
    return re.search(r"\b(?:on|by|before|after|until|since|date)\s*$", plain[: match.start()]) is not None or plain[
        match.end() :
    ].startswith((" of", " full", " time", " cup"))


_NEEDS = r"(?:needs?|needing|requires?|could use|necesit\w+|ocupa|wants)"
_CONDITIONS = (
    ("major", r"gut(?:ted|ting)?(?: job| it| rehab)?|tear ?down|fixer(?: ?-?upper)?|handyman special|rehab|money pit|total (?:loss|redo)|(?:foundation|structural)(?: is| has| needs| work)?(?: \w+)?(?: crack\w*| issues?| problems?| damage| bad| shot| shifting| work| repair\w*)|foundation|cracked slab|(?:roof|ceiling)(?: is| has)?(?: \w+){0,2}? (?:leak\w*|cav\w+|collaps\w*|gone|shot|falling|sagging|bad|caved|hole)|leak(?:s|ing|y) (?:roof|ceiling|everywhere)|hole in the roof|(?:fire|water|flood|storm|hurricane|termite|smoke|mold|tornado) ?(?:damage\w*|infest\w*)|\bflooded|black mold|mold|termites|(?:un)?(?:livable|inhabitable)(?<=unlivable)|uninhabitable|not livable|condemned|falling (?:apart|down)|major (?:repairs?|work|issues?|problems?|renovation\w*|fix\w*)|"
        + _NEEDS + r" (?:a (?:lot|ton|bunch|complete|total|full|whole|new roof|new foundation)|(?:new )?(?:roof|plumbing|electrical?|wiring|septic|foundation|hvac|windows)|everything|lots|tons|total|complete|full|serious|extensive|big|so much|tons of|new (?:roof|plumbing|electric\w*|foundation|hvac|everything|septic|wiring)|it all|to be (?:gutted|torn|rehabbed)|gutting|(?:rewir|replumb)\w+|mucho|muchas|mucha|todo|techo|remodelacion completa)\b|no (?:kitchen|plumbing|running water|working (?:bathroom|kitchen|plumbing|heat))|bad shape|terrible (?:shape|condition)|horrible (?:shape|condition)|rough shape|poor (?:shape|condition)|pretty rough|(?:really|pretty|very|is|its|kind of) (?:beat up|trashed|run ?down|dilapidated|destroyed|wrecked)|trashed|dilapidated|run ?down|(?:se esta|esta) (?:cayendo|destruid\w+|para (?:tirar|demoler))|goteras?|(?:techo|cimientos?|plomeria|fundacion)(?: \w+){0,3}? (?:gotea|mal|malo|rot[oa]|danad\w+|cayendo|quebrad\w+)|moho|muy (?:danad|maltratad|destruid)\w+|(?:en )?(?:muy )?mal(?:as|isimas)? (?:estado|condicion(?:es)?)|danos? (?:por|de) (?:agua|fuego|incendio|inundacion)|se (?:quemo|inundo)|todo por arreglar|half (?:demo|finished|torn)\w*|unfinished|asbestos|knob and tube|squatters? (?:tore|trashed)"),
    ("cosmetic", r"cosmetic\w*|" + _NEEDS + r" (?:some |a little |a bit of |minor |just |only |light |fresh |new |a few |a |mostly |maybe |couple |to be |un poco de |unos |algo de |solo |pura |nueva |una |manita de |some minor )*(?:paint\w*|carpet\w*|floor\w*|updat\w*|tlc|love|touch ?ups?|elbow grease|cleaning|repairs?|fix\w*|work|sprucing|refresh\w*|countertops?|appliances|landscaping|help|freshening|pintura|alfombra|pis[oa]s?|arregl\w+|detall\w+|retoque\w*|mano|moderniz\w+|limpieza|attention|things|stuff)|(?:some|a few|few|little|minor|small|light|couple|only|just) (?:\w+ )?(?:updates?|updating|repairs?|touch ?ups?|fixes|cosmetic\w*|wear|things to fix|work needed|scuffs|dings|issues)|(?<!up)\bdated|outdated|old fashioned|(?:kitchen|bath\w*|carpet|cabinets?|decor|everything|its|house|place|tile|interior|it|appliances|counters)(?: \w+){0,4}? (?:is |are |from |in |straight out of |like |stuck in |very |still |original|circa )*(?:the )?(?:19)?(?:5|6|7|8|9)0s|original (?:kitchen|bath\w*|everything|condition|cabinets|carpet|windows|owner and everything)|(?:old|worn|ugly|stained|ratty|shag|green|pink|orange) (?:carpet\w*|wallpaper|paint|tile|kitchen|bath\w*|linoleum|cabinets|floors)|carpet is (?:old|worn|bad|shot|gross|stained|\w+ years)|wallpaper|popcorn ceiling\w*|(?:little|bit|kind of|somewhat) (?:tired|worn|rough around|outdated)|rough around the edges|wear and tear|lived in|solid(?: bones)? but|good bones|works but|fresh coat|(?:detall\w+|arregl(?:os|itos)|retoques) (?:menores|chicos|pequenos|minimos|cosmeticos)|anticuad\w+|pasad\w+ de moda|cocina (?:\w+ )?viej\w+|alfombra (?:\w+ )?viej\w+|un poco (?:viej\w+|anticuad\w+|descuidad\w+)|cosmetic\w+|unos? (?:detalles|detallitos|arreglitos)"),
    ("turnkey", r"turn ?-?key|move ?-?in ?-?ready|ready to (?:move in|go)|(?:fully|completely|totally|all|just|newly|recently|everything(?: is| was|s)?|been|beautifully|house (?:is|was)|whole (?:house|thing|place)(?: is| was)?|its|is|was|gut|entire \w+|top to bottom) (?:been |all |fully |completely |recently |totally |just )*(?:re ?model\w*|renovat\w*|re ?done|updated|upgraded|refinished|rehabbed|brand new|restored|redid)|(?:re ?modeled|renovated|redid|redone|rehabbed|updated)(?= (?:in|last|everything|it all|top|\d|the whole|kitchen|bath|a (?:few|couple)|2|throughout|inside|and ready|house|home|condo|everything)|$|[.,])|(?:we|i) (?:just |completely |fully )?(?:re ?modeled|renovated|redid|rehabbed|updated|flipped)|updated (?:kitchen|bath\w*|everything|throughout|inside)|(?:new|brand new) (?:roof|kitchen|hvac|everything|windows|floors|appliances)(?:[^.]{0,30}new)|nothing (?:to (?:do|fix)|needs|wrong)|(?:great|excellent|perfect|amazing|fantastic|beautiful|immaculate|pristine|mint|tip top|good|really good|wonderful|super|top|awesome|very good) (?:shape|condition|repair)|(?:immaculate|pristine|spotless|flawless|like new|brand new|showroom|show ready|magazine|showing ready|a ?1 condition)|(?:doesnt|dont|does nt) need (?:anything|a thing|any|much|nothing|work)|no (?:work|repairs) needed|just bring your|in (?:great|perfect|excellent|good) |well (?:maintained|kept|taken care)|new construction|built (?:in )?20(?:1[8-9]|2\d)|(?:esta )?(?:toda |todo |recien |completamente |totalmente )*(?:remodelad\w+|renovad\w+|actualizad\w+|restaurad\w+)|list[oa] para (?:mudar\w*|entrar|vivir|habitar|vender|mostrar)|impecable|como nuev\w+|(?:en )?(?:perfect\w+|excelente\w*|muy buen\w*|buen\w*|optim\w+) (?:estado|condicion(?:es)?)|no (?:le falta|necesita|hay que hacerle) nada|nueva? todo|como nueva|bien cuidada"),
)  # fmt: skip
_CONDITION_RULES = tuple((value, pattern(expression)) for value, expression in _CONDITIONS)
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
_ONE_PART = re.compile(
    r"\b(?:pool|deck|fence|garage|driveway|patio|shed|yard|landscaping|roof|taxes)s? (?:was |is |were |got )*$"
)
_NOTHING_MAJOR = pattern(
    r"(?:nothing|no|not|isnt|aint|without|nada) (?:\w+ )?(?:major|structural|too bad|crazy|big|grave|mayor)(?: (?:repairs?|work|issues?|problems?))?"
)


def find_condition(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return the state of the house: the worst that *text* says and does not deny."""
    about_house = (
        intents & {Intent.SELL, Intent.VALUATION} or context.bot is Bot.SELLER or context.asked is Slot.CONDITION
    )
    for value, rule in _CONDITION_RULES:
        for match in rule.finditer(text.plain):
            if is_negated(text.plain, match.start()) or _in_denied(text.plain, match):
                continue
            if value == "turnkey" and _ONE_PART.search(text.plain[: match.start()]):
                continue
            if (
                not about_house
                and value != "turnkey"
                and not re.match(r"fixer|move|turn", match.group())
                and Intent.BUY in intents
            ):
                continue
            return [StatedSlot(Slot.CONDITION, value, 0.85, text.span(*match.span()))]
    if context.asked is Slot.CONDITION:
        for value, named in _PARTS_NAMED:
            part = named.search(text.plain)
            if part and not is_negated(text.plain, part.start()) and not _in_denied(text.plain, part):
                return [StatedSlot(Slot.CONDITION, value, 0.7, text.span(*part.span()))]
        bare = re.search(
            r"\b(?:(?P<turnkey>great|excellent|perfect|amazing|like new|good|really good|new|perfecta|excelente|muy bien|buena)|(?P<cosmetic>ok|okay|decent|fair|average|so so|fine|regular|mas o menos)|(?P<major>bad|terrible|rough|awful|horrible|poor|not (?:good|great)|mala?|fea|pesima))\b",
            text.plain,
        )
        if bare and bare.lastgroup and len(text.plain) < 60 and not is_negated(text.plain, bare.start()):
            return [StatedSlot(Slot.CONDITION, bare.lastgroup, 0.6, text.span(*bare.span()))]
    return []


def _in_denied(plain: str, match: re.Match[str]) -> bool:
    return any(d.start() <= match.start() < d.end() for d in _NOTHING_MAJOR.finditer(plain))


_OCCUPANCIES = (
    ("vacant", pattern(r"vacant|(?:is|its|sits|sitting|been|sat|house|currently|it|place|totally|completely|now) (?:\w+ )?empty|empty (?:house|since|right now|now|for|currently|at the moment|rn)|^empty|(?:just|been|is) sitting(?! in)|no ?(?:body|one)(?:s| is| has)? (?:been )?(?:liv\w+|lives?|stay\w*|in it|there|home)|unoccupied|(?:tenants?|renters?|they|he|she|we|i|everyone|everybody) (?:\w+ )?(?:just |already |all |has |have )*(?:moved out|left already)|already moved(?: out)?|vaci[oa]|desocupad\w+|nadie (?:\w+ )?(?:vive|viviendo|esta)|sin (?:nadie|habitar)|deshabitad\w+|abandon(?:ed|ada)")),
    ("tenant", pattern(r"tenants?(?! (?:rights|law))|(?:a |the |my |our |has |have |got |current )renters?(?: (?:in|there|is|are|live|until|till|on))?|renters? (?:in (?:it|there|place|the)|there|until|till|are|is)|(?:its|is|are|been|fully|currently|have it|house|them|all|it|property|still|being|unit|place|condo|both|half) (?:\w+ )?(?:rented|leased)(?: out)?\b|rent(?:ed|ing|s)? (?:it |them |the house |this (?:one|house) |my (?:house|place) )?(?:out|from (?:me|us)|it from|to (?:a|my|some|our|two|this))\b|(?:is|are|its) (?:an? )?(?:active |current )?(?:lease|rental|section 8)(?= (?:till|until|through|right now|tho|though|thru|in place|on it)|$|[.,!])|(?:people|family|someone|couple|lady|guy|student|nephew|niece|cousin|brother|sister|friend|son|daughter)s? (?:\w+ )?(?:rents?|renting|leas\w+)\b|on a lease|inquilin[oa]s?|(?:esta|estan|la tengo|la tenemos|tengo|toda|todas|sigue) (?:\w+ )?rentad\w+|arrendad\w+|la (?:rento|rentamos)|alguien (?:\w+ )?rentando|rented till|month to month")),
    ("owner", pattern(r"(?:we|i|me|my family|us|my wife and i|my husband and i|wife and i) (?:do |all |both |still |currently |just |actually |are |am )*(?:live|living|reside|occupy|stay|staying) (?:in (?:it|the (?:house|home|place)|this)|here|there|in|at (?:it|the house))\b(?! (?:an apartment|a rental|\w+ville))|(?:still |currently )?living (?:here|there|in it)|live in it|owner ?-?occ\w*|(?:primary|main|only|family|permanent|full time|our) (?:residence|home)\b(?! loan)|primary\b|(?:i am|im|we are|we|were|still|yes) (?:still |currently )*in it|(?:its|is) (?:my|our|where (?:i|we)) (?:home|house|live|primary|residence)\b|(?:i|we) (?:do|live here)(?= live|$)|vivimos|vivo|(?:mi|la|nuestra) (?:familia|residencia) (?:vive|principal|y yo vivimos)|residencia principal|(?:estamos|estoy) (?:viviendo|adentro|ahi|aqui)|es (?:mi|nuestra) (?:casa|hogar|residencia)")),
)  # fmt: skip
_ASKED_OCCUPANCY = (
    ("vacant", pattern(r"empty|nobody|no one|vacant|vacia|nadie|moved out|sola")),
    ("tenant", pattern(r"rented|rent(?:s|ing|ers?)?|lease[ds]?|tenant|airbnb|rentada|inquilin\w+|renta")),
    (
        "owner",
        pattern(
            r"me|us|i do|we do|my family|owner|myself|ourselves|mine|yo|nosotros|familia|just me|i am|(?:my|our) (?:kids|wife|husband)|live|home"
        ),
    ),
)


def find_occupancy(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return who lives in the house for sale; a buyer's own rent is not of it."""
    asked = context.asked is Slot.OCCUPANCY
    if not asked and context.bot is not Bot.SELLER and not intents & {Intent.SELL, Intent.VALUATION}:
        return []
    for value, rule in _OCCUPANCIES + (_ASKED_OCCUPANCY if asked else ()):
        for match in rule.finditer(text.plain):
            if is_negated(text.plain, match.start()) or (
                value == "tenant"
                and re.search(
                    r"\b(?:tired of|done with|bad|hate|evict\w*|no more|selling my|old|had|previous|former|last|ex) (?:\w+ )?$",
                    text.plain[: match.start()],
                )
                and not asked
            ):
                continue
            return [StatedSlot(Slot.OCCUPANCY, value, 0.85, text.span(*match.span()))]
    return []


_LENDERS = r"(?:lender|bank|loan officer|mortgage (?:company|broker|person|guy|lady)|banker|broker|financing|loan|mortgage|credit union|pre ?-?approv\w*|pre ?-?qual\w*)"
_FINANCING = (
    ("needs_lender", pattern(rf"(?:need|want|looking for|find|recommend|refer|know|suggest|know of|have|get|got)\s+(?:me |us |to (?:find|get|talk to|speak (?:to|with)|see) )?(?:a |an |any |some |any good |a good |somebody for |still )*(?:(?:good |local |decent )*(?:lenders?|loan officer|mortgage (?:broker|person|guy|lender|lady)))\b(?! (?:already|lined|picked|who|that|and we|,? pre))(?<!have a lender)(?<!got a lender)(?<!have lender)|(?:no|without|dont have|havent got|havent|not|need(?:s|ing)?(?: to)?|have to|still|gotta|should|want to|going to|about to|trying to|dont)\s+(?:a |an |any |to |get |have |found |find |picked |talk(?:ed|ing)? (?:to|with) |spoke(?:n)? (?:to|with) |sp[eo]ak (?:to|with) |gone to |been to |started |start |contacted |applied (?:for|to) |apply (?:for|to) |secured |figured out |lined up |our |my |the |looked into |even |see |call |yet |getting |gotten |set up |chosen |reached out to )*{_LENDERS}\b(?! (?:already|says|said|wants|told|needed|contingency|card|is|was|denied|score|will|would|on it|payment|yet to))|(?:not|arent|havent been|havent gotten|isnt|never been|havent|am not) (?:yet )?(?:pre ?-?approv\w*|pre ?-?qual\w*|approved)|(?:lender|financing|mortgage|preapproval)(?: \w+)? (?:not|isnt) (?:set|figured|lined)|no (?:tengo|tenemos|cuento con|hay|he (?:hablado con|ido al?|buscado|visto)|hemos (?:hablado con|ido al?|buscado)|estoy (?:pre)|estamos (?:pre))\s*(?:a |un |ningun |el |con |todavia |aun |una )*(?:prestamista|banco|prestamo|financiamiento|hipoteca|aprobacion|lender|aprobad\w+|calificad\w+|pre\w+)|(?:necesito|necesitamos|busco|ocupo|conoce|conocen|recomienda\w*) (?:a |un |algun |de un )*(?:\w+ )?(?:prestamista|prestamo|banco|lender|financiamiento)|sin prestamista"), False),
    ("preapproved", pattern(r"(?:got|have|has|tengo|tenemos|ya me dieron) (?:my|our|a|the|la|mi|una) (?:\w+ )?(?:letter|carta) (?:from|in hand|del?)\b|(?:lender|bank) letter|pre ?-? ?app?(?:roved?|roval|rove|rvd|d|vd)?(?:ed)?(?: letter)?|preaprov\w*|pre-?aprob\w*|(?:already |fully |been |got |am |are |were |was )approved(?! of)|approved (?:for|up to|at|with|by|thru|through)|(?:loan|financing|mortgage) (?:is |was )?(?:already )?(?:approved|secured|lined up|in place)|(?:have|got) (?:a |our |my )?(?:lender|loan|financing|pre ?-?approval)(?: letter)?(?: already)?(?: lined up| in hand| ready| set| approved| in place)|(?:ya )?(?:estoy|estamos|tengo|me|nos|fui|ya) (?:\w+ )?(?:aprob\w+|pre ?-?aprob\w+)|aprobad[oa]s?"), True),
    ("prequalified", pattern(r"pre ?-? ?qual(?:ified|ify|ification|ed|d|s)?|pre ?-?qual\w*|prequald|pre ?-?calif\w*"), True),
    ("cash", pattern(r"(?:all|paying|pay|pays|in|with|cash is|be|full|straight|using|offer|offering|have|only|its|got|is|going|doing|do|would be|will be|buy\w*|hard) (?:all |in |straight |it in |it |the |be )*cash\b(?! (?:flow|out|cow|back|reserves?|offers?|buyers? (?:compan|offer|want|keep)|for|company|today|fast|down|saved|under|now|in hand to|advance|registers?|app))|cash (?:buyers?|purchase|deal|only|in hand|ready|no (?:loan|financing|lender))|cash(?=$|[.,!;]| no | up to| under| money)|(?:no|not) (?:loan|mortgage|financing)(?:,| needed| necessary| required| its)|wont (?:need|be using) (?:a loan|financing|a lender)|(?:en |puro |con |pago |de )?efectivo|(?:de|al) contado|cashapp (?:only)"), True),
    ("va", pattern(r"va (?:loan|benefits?|financing|mortgage|eligib\w+|approved|backed|home loan|buyer|entitlement|zero down|0 down|certificate|if|preapp\w+|pre\w+)|(?:the|my|a|with|using|use|via|his|through|thru|go|going|her|our|do|accept|take|takes|prestamo|or) va\b(?! (?:beach|area|hospital|clinic|tech|a |al |para|subiendo|bajando|muy|mejor|bien))|(?:veterans?|military|gi bill|vet) (?:loan|benefits?|affairs)|prestamo (?:de )?(?:va|veteranos?)"), True),
    ("fha", pattern(r"fha"), True),
    ("conventional", pattern(r"conventional|conv loan|convencional"), True),
)  # fmt: skip


_CASH_OF_OTHERS = re.compile(
    r"\b(?:opendoor|offerpad|investors?|inversionistas?|compan(?:y|ies)|compania|wholesalers?|ibuyers?|letter|offers?|offered|offering|ofrec\w+|"
    r"buy houses|me pagan|nos pagan|get paid|paid in|pays me|always paid|siempre he pagado)\b[^.!?;]*$"
)
"""Cash that somebody offers the writer, or is paid in, buys no house of theirs."""
_NOT_APPROVED = re.compile(
    r"\b(?:denied|turned (?:me |us )?down|rejected|declined|lost|expired|working on|apply\w*|waiting on|once|if|until|how (?:do|can) (?:i|we)|want|should)(?: \w+){0,3} $"
)


def find_financing(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language
) -> list[StatedSlot]:
    """Return how the purchase is to be paid for; a seller who takes cash does not pay."""
    asked = context.asked is Slot.FINANCING
    selling = Intent.SELL in intents and Intent.BUY not in intents
    owner = context.bot is Bot.SELLER or context.asked is Slot.MORTGAGE_BALANCE or selling
    for value, rule, voidable in _FINANCING:
        for match in rule.finditer(text.plain):
            if value in ("cash", "needs_lender") and owner and not asked:
                continue
            if value == "needs_lender" and re.match(
                r"(?:no|without) (?:a )?(?:loan|financing|mortgage)", match.group()
            ):
                continue
            if value in ("preapproved", "prequalified") and _NOT_APPROVED.search(text.plain[: match.start()]):
                continue
            if voidable and is_negated(text.plain, match.start()):
                continue
            if value == "cash" and not asked and _CASH_OF_OTHERS.search(text.plain[: match.end()]):
                continue
            return [StatedSlot(Slot.FINANCING, value, 0.9, text.span(*match.span()))]
    bare_va = re.search(r"\bva\b", text.plain)
    if (
        bare_va
        and language is Language.EN
        and (
            asked
            or (
                Intent.BUY in intents
                and text.typed(*bare_va.span()) == "VA"
                and not re.search(r"[a-z],?\s*$", text.plain[: bare_va.start()])
            )
        )
    ):
        return [StatedSlot(Slot.FINANCING, "va", 0.8, text.span(*bare_va.span()))]
    return []


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)
