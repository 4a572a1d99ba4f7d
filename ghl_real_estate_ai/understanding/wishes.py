"""What the lead wants done with a home: buy, sell, rent, invest, or learn what theirs is worth.

A family of wordings is one rule, made of lists of words: who wishes, what is to be done, and to what.  A family that
says it outright weighs .7 and more; one that only points there weighs less and needs another beside it.
"""

import re

from ghl_real_estate_ai.understanding.model import Found, Intent
from ghl_real_estate_ai.understanding.rules import Rule, is_negated, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

HINTED_FROM = 0.4
"""Weaker evidence than this is not told."""


def _any(*lists: str) -> str:
    """Any phrase of *lists*, parted by commas."""
    return "(?:" + "|".join(phrase.strip() for words in lists for phrase in words.split(",")) + ")"


def _family(label: Intent, weight: float, *wordings: str) -> Rule[Intent]:
    return Rule(label, weight, pattern("|".join(wordings)), fixed=False)


# --- words -----------------------------------------------------------------------------------------------------------

_HOMES = _any(
    "houses?, homes?, places?, property, properties, condos?, condominiums?, townhouses?, townhomes?, town homes?",
    "duplex(?:es)?, triplex(?:es)?, (?:four|quad)plex(?:es)?, [2-9] ?-?plex(?:es)?, multi ?-?family, multis, apartments?",
    "lofts?, studios?, bungalows?, cottages?, cabins?, villas?, ranch(?: style| homes?)?, ramblers?, ranchers?, colonials?",
    "split levels?, craftsman, victorians?, brownstones?, co ?-?ops?, row ?-?(?:homes?|houses?), penthouses?, farmhouses?",
    "(?:mobile|manufactured|modular|tiny) homes?, (?:double|single) ?-?wides?, trailers?, barndo(?:minium)?s?, farms?",
    "acreage, acres, land, lots?, parcels?, new builds?, new construction, fixer ?-?uppers?, fixers?, residence, sf[hr]s?",
    "casas?, casitas?, condominios?, apartamentos?, departamentos?, terrenos?, terrenitos?, lotes?, ranch(?:o|ito)s?",
    "propiedad(?:es)?, viviendas?, hogar, trailas?, multifamiliares?, fincas?",
)
_COUNT = r"(?:[1-9]|10|one|two|three|four|five|six|una?|dos|tres|cuatro|cinco|seis)"
_ROOMS = (
    rf"(?:{_COUNT}(?:\.5)?\+?(?: ?(?:-|to|or|o|a) ?{_COUNT})? ?-?(?:bed(?:room)?s?|br|bd|bdrms?|recamaras?|cuartos?|habitacion(?:es)?"
    r"|dormitorios?|recs?|bath(?:room)?s?|ba|banos?)|[1-6] ?[/x] ?[1-5](?:\.\d+)?)"
)
_NUMBER = r"\$? ?\d[\d,.]*(?: ?(?:k|m|mil|thousand|million|millones|grand))?"
_CAP = rf"(?:{_any('under, below, up to, less than, no more than, not over, max(?:imum)?(?: of)?, at most, budget(?: is| of)?, cap(?:ped)? at, hasta, menos de, (?:por )?debajo de, maximo, no mas de, presupuesto(?: es| de)?(?: de)?')} (?:about |around |like |como )?{_NUMBER}|{_NUMBER} (?:max|tops|or (?:less|under|below)|budget|ceiling|maximo|o menos))"
_FEATURES = _any(
    "garage, carport, (?:big |fenced |large |real |back ?)?yard, fenced, pool, basement, bonus room, in ?-?law suite, shop, porch",
    "(?:one|single|two|1|2) (?:story|level|floor), elevator, (?:no|low) hoa, home office, walk in shower, sunroom, no stairs, no steps",
    "walkable, cul de sac, gated, waterfront, lakefront, (?:lake|ocean|mountain) view, well and septic, barn, stables, more privacy",
    "quiet (?:street|area|neighborhood), (?:good|best|top|great) school(?:s| district), 55 ?(?:\\+|plus|and over)(?: community)?, open floor ?plan",
    "bedrooms, more (?:space|room|square footage), sq ?ft, big(?:ger)? kitchen, fireplace, move in ready, turnkey, split level, walk ?out",
    "cochera, patio, yarda, alberca, piscina, sotano, (?:un|dos) pisos?, recamaras, cuarto de servicio, buenas escuelas",
)
_WISHES = _any(
    "want(?:s|ed|ing)?, need(?:s|ed|ing)?, looking, lookin, hoping, hope, trying, try, wish(?:ing)?, would (?:like|love|rather|prefer)",
    "like, love, prefer, rather, thinking, planning, plan, ready, going, have, got, has, gotta, lets, interested, considering, debating",
    "decided, able, eager, excited, aiming, intend(?:ing)?, determined, dying, saving(?: up)?, dream(?:ing)?, may, might, can i, can we, time",
    "could i, could we, should i, should we, how (?:do|would|can) (?:i|we), how to, help (?:me|us), get serious about, process of, about",
)
_GLUE = r"(?:(?:to|of|in|on|about|for|at|just|still|finally|also|then|and|be|being|start|get|getting|able|soon|maybe|probably|eventually|actually|really|first|up|both|help|either|now|please|go|out|with|i|we|me|us) ){0,6}"
_THEIRS = r"(?<!\bmy )(?<!\bour )(?<!\bthe )(?<!\bthis )(?<!\byour )(?<!\bthat )(?<!\bhis )(?<!\bher )(?<!\btheir )(?<!\bmi )(?<!\bla )(?<!\bsu )(?<!\bnuestra )(?<!\besta )"
_NOT_A_HOME = r"(?! (?:to (?:rent|lease|sell)|for (?:rent|lease)|rentals?|sold|gone|listed|off|value|cleaner|cleaning|inspect\w+|insurance|phone|page|loan|offer|office|appraised|de renta|en renta|para rentar|en alquiler))"
_BETWEEN = r"(?:(?!(?:sell|selling|sold|list|rent|rental|rentals|lease|clean|my|our|this|your|his|her|their|offer|value|worth|estimate|rid|out|dont|not|someone|somebody|agent|call|come|time|appointment|get|it|one|do i|talk)\b)[\w$/+-]+,? ){0,6}?"
_WISHES_ES = _any(
    "quier[oe]n?, queremos, quisier(?:a|amos), necesit(?:o|a|amos), ocup(?:o|amos), busc(?:o|a|amos|ando), ando, andamos, deseo, deseamos",
    "gustaria, piens[oa], pensamos, pensando(?: en)?, plane(?:o|amos|ando), interesad[oa]s?(?: en)?, interesan?, voy a, vamos a, para, puedo",
    "podemos, podria, podriamos, se puede, como, list[oa]s? para, tratando de, estoy, estamos, viendo, esper(?:o|amos), me urge, nos urge",
    "tengo que, tenemos que, hay que, urge, hora de, ayud\\w+ a, decidi(?:do|mos)?, obliga\\w* a, salida (?:que veo )?es, seguir",
)
_GLUE_ES = r"(?:(?:a|de|en|que|me|nos|la|lo|las|los|ya|mi|un|una|por|para|viendo|buscando|poder|si|mejor|primero|pronto|ahora|todavia|tambien|ir) ){0,4}"

# --- who speaks ------------------------------------------------------------------------------------------------------

_OTHERS = pattern(
    rf"(?:{_any('my, our, the, a, his, her, their, some, this, mi, el, la')} (?:\w+ )?{_any('sister, brother, cousin, neighbors?, friends?, buddy, boss, coworker, landlord, nephew, niece, uncle, aunt, son, daughter, roommate, ex, seller, owners?, guy, lady, company, people, in ?laws, mom, dad, mother, father, parents, grandma, grandpa, builder, agent, realtor, bank, folks, hermana, hermano, primo, prima, vecin[oa]s?, amig[oa], tio, tia, hijo, hija, caser[oa], jefe, mama, papa, cunad[oa], duen[oa]')}"
    rf"|{_any('he, she, they, everyone, everybody, somebody, someone, who, people, nobody, ellos, ella, do you(?: guys)?, you, yall, people')})"
    rf"(?: {_any('next door, across the street, down the street, is, are, was, were, s, just, also, might, may, wants?, needs?, has, have, had, to, be, thinking, about, of, looking, trying, planning, going, already, actually, on, both, considering, started, guys, even, esta, estan, quiere, quieren, va, van, a, anda, tambien, keeps, telling, me')}){{0,6}} ?$"
)
_NOT_SELF = re.compile(r"\b(?:and i|and me|y yo|we|i|i am|yo|nosotros)\s*(?:\w+\s*){0,3}$")
_CLAUSE = re.compile(r"[.!?;\n]|,\s|\bbut\b|\bso\b|\bpero\b")
_IMAGINED_OR_PAST = re.compile(
    r"\b(?:if (?:i|we) (?:ever )?|if you |(?:i|we) were (?:going to )?|used to (?:be )?|back (?:in|when) [^.]*|were first time )(?:\w+ )?$"
)
_DENIED_INSIDE = pattern(
    r"(?:not|never|no longer|dont|arent|isnt|aint|no|without|stopped|quit) (?:\w+ )?(?:sell|buy|list|purchas|vend|compr|look|want|need|quier|busc)\w*"
)

# --- families --------------------------------------------------------------------------------------------------------

_SEEK = _any(
    "look(?:ing)?, lookin, search(?:ing)?, shop(?:ping)?, hunt(?:ing)?, seek(?:ing)?, browsing, wants?, need, would like, would love, id love",
    "hoping, trying, prefer, find(?:ing)?, (?:i am|im|we are|me and \\w+ are|missus are|are|is) after, interested in, dreaming of, wish(?:ing)? for, get, have your eye on, downsiz\\w+ to, upgrad\\w+ to",
    "help with, help finding, thinking, purchase, land, scout(?:ing)?, pick up, see",
)
_BUY = (
    # I want to buy, hope to own, would like to purchase
    _family(
        Intent.BUY,
        0.75,
        rf"{_WISHES} {_GLUE}(?:buy|buying|purchas(?:e|ing)|own(?! (?:it|this|the|our|a \d))|owning|acquir(?:e|ing))\b(?! (?:me|you|your|him|out|my (?:house|home|place)|our (?:house|home|place)|her out)\b)",
    ),
    # buying in Provo, buy bigger, buy another one
    _family(
        Intent.BUY,
        0.7,
        r"(?<!who )(?:buy|buying|purchas(?:e|ing)) (?:in|near|around|by|again|something|somewhere|there|here|another|bigger|smaller|next|soon|instead|first|one\b|a\b|an\b|her a|him a|them a|us a|us an|our (?:first|next|own)|my (?:first|next|own)|some|more|two|rentals?|houses|homes|land)\b(?! (?:offer|agent|car|truck|motorhome|rv|boat))",
        r"(?:i am|im|we are|be|be the|now|am|just) (?:buying|purchasing|a buyer|buyers)(?! a (?:motorhome|rv|boat|car))|(?:^|[.,!?] ?)buying(?=$| ?[.,!?])|(?:^|[.,!?] ?)buyers? (?:for|here|looking)|(?:serious|ready|motivated|contingent) buyers?",
        rf"buy\b (?:{_BETWEEN}){_HOMES}{_NOT_A_HOME}(?<!buy houses)(?<!buy homes)",
    ),
    # first home, done renting
    _family(
        Intent.BUY,
        0.5,
        r"(?:first|1st) ?-?time (?:home ?)?buyers?|fthb|(?:very |our |my )?(?:first|1st|forever|dream|starter|own) (?:house|home|place)(?: ever)?\b(?! (?:i|we) (?:had|owned|sold|bought))",
        r"(?:stop|tired of|done|sick of|quit|instead of|rather than|over) (?:renting|paying rent|throwing (?:\w+ )?(?:money|rent)|(?:signing )?another lease|rent\b)",
        r"primer[oa]s? (?:casa|comprador\w*|vez comprando)|(?:casa|la) propia|pagar la mia|(?:tener|quiero) (?:ya )?(?:tener )?mi (?:propia )?casa",
    ),
    # looking for a 3/2, need a condo, find us a five bedroom, after 20 acres
    _family(
        Intent.BUY,
        0.7,
        rf"{_SEEK} (?:for |at |to (?:find|get|have|be in|move (?:in)?to) )?(?:{_BETWEEN}){_THEIRS}(?:{_HOMES}|{_ROOMS}){_NOT_A_HOME}(?!\w* (?:worth|that (?:is )?mine))",
    ),
    # looking in Bend, still looking, house hunting, in the market
    _family(
        Intent.BUY,
        0.65,
        r"(?:look|looking|lookin|searching|shopping|hunting|browsing) (?:\w+ )?(?:in|around|round|near|by|up to|under|over in|outside|out in)\b(?! (?:it|the (?:house|place|offer|kitchen|photos|listing)|my|our|your|this|that|me|us|to|here))",
        r"still (?:looking|searching|hunting|shopping|hoping|in the market)|(?:house|home|condo) ?-?(?:hunting|shopping|search(?:ing)?)|in the market|on the hunt|back (?:at it|in the market|to looking)|be in (?:a|an|the|our)",
    ),
    # send me listings, got anything under 300, what's new in Erie
    _family(
        Intent.BUY,
        0.65,
        rf"(?:send|sending|show|text|email|shoot|forward|give|pull|find|get) (?:me|us|over|ones?)? ?(?:{_BETWEEN}){_THEIRS}(?:listings?|houses|homes|ones|options|properties|condos|matches|places|links|{_ROOMS}|new construction|ranch homes)\b(?! (?:on|at|this|next|tomorrow|today|the \d))",
        rf"(?:any|got any|have any|got|have|anything|something|whats|what|what else|which|there|is there) (?:{_BETWEEN}){_any('for sale, on the market, available, new this week, new, listed, coming up, cheaper ones?, similar, listings, fixer uppers?, under, below')} ?(?:in|near|around|under|below|by|at|for|this|$|[?.!,]|\d|\$)",
        rf"any(?:thing)? (?:{_BETWEEN})(?:{_ROOMS}|{_HOMES})|(?:new|more|better|my|the|those) (?:listings|alerts)\b(?! (?:stop|off))|got (?:any )?(?:cheaper|bigger|smaller|nicer|better) ones?",
        r"(?:keep|continue|resume|restart|start|dont stop|keep on) (?:sending|showing|looking|the (?:alerts|search|listings)|my (?:alerts|search|listings))(?! (?:me )?(?:texts|messages))|(?:add|put|sign) me (?:back |up )?(?:on|to|for|again|up)\b(?! (?:your |the )?do not)",
        r"where (?:are|did|would|do) (?:\w+ )?(?:my |the )?listings|only (?:show|send) (?:me|us)|(?:show|send|find) (?:me|us) (?:what|only|something|anything)",
    ),
    # ready to offer, would pay 650 for the right house
    _family(
        Intent.BUY,
        0.55,
        r"(?:want|like|ready|going|prepared|time) to (?:make|put(?: in)?|submit|write) an offer|(?:would|will|could) (?:pay|spend|go up to) .{0,30}? (?:for|on) (?:a|an|the right|the perfect|something)",
        r"(?:sell|sold) .{0,40}\b(?:buy|upgrade|move up|get bigger)\b|(?:swap|trade|switch) (?:it |mine |ours |houses|neighborhoods|our|my)",
    ),
    # want to move near him, need to get to San Antonio, relocating to
    _family(
        Intent.BUY,
        0.5,
        r"(?:want|need|like|love|hoping|have|planning|plan|got) to (?:move|get|be|relocate|settle|live|retire) (?:back )?(?:to|in|into|near|by|closer|down|out|over|around)\b(?! (?:rid|out of|assisted|a nursing|the (?:bank|bottom)|touch))",
        r"(?:relocating|transferr(?:ing|ed)|pcs ?ing|orders) (?:us )?to",
    ),
    # Spanish
    _family(
        Intent.BUY,
        0.75,
        rf"{_WISHES_ES} {_GLUE_ES}(?:comprar|adquirir|sacar casa|conseguir|comprando)\b(?! (?:mi casa|me la|el numero|regalad\w))(?<!quieren comprar)",
        r"compro (?:una|otra|algo|mi|nuestra|casa)|comprando (?:casa|mi|nuestra|por)",
    ),
    _family(
        Intent.BUY,
        0.65,
        rf"(?:{_WISHES_ES}|hay|tienen?|tienes|tenga) {_GLUE_ES}(?:busca de )?(?:una? |algo |algun[oa]? |otra |unas |de |mas )?(?:{_ROOMS}|{_HOMES}(?! (?:de|en|para|que) (?:renta|vender|alquil|mi))|algo (?:en|por|de|con|bonito|mas|\w+ (?:en|por)|cerca)){_NOT_A_HOME}",
        r"busc(?:o|amos|ando) (?:en|por|cerca|con|algo)|(?:todavia|aun|sigo|seguimos|sigue) (?:\w+ )?busc\w+|(?:seguir|sigo|quiero|ando) (?:\w+ )?(?:viendo|buscando) (?!mucho)|ya estamos de vuelta|(?:nomas )?falta (?:encontrar|find)|(?:mande|mandeme|manden|mandenme|envieme|enseneme|pase|paseme|muestreme|muestrame)\w* (?:\w+ ){0,3}?(?:casas|opciones|lo que|listings|propiedades|fotos de casas)",
        r"que (?:casas|opciones|propiedades)? ?(?:tienen?|tienes|hay|ofrecen) (?:\w+ ){0,3}?(?:en|por|cerca|de|hasta|bajo|menos)|casas? (?:nuevas? )?en venta|(?:algo|una) (?:mas )?(?:grande|chica|barata|amplia) (?:en|por)|quiero algo|queremos algo",
    ),
)  # fmt: skip

# What a home should be and cost: only pointing there, one by one.
_DESCRIBED = (
    Rule(Intent.BUY, 0.35, pattern(_ROOMS)),
    Rule(Intent.BUY, 0.35, pattern(_CAP)),
    Rule(Intent.BUY, 0.3, pattern(_FEATURES)),
    Rule(Intent.BUY, 0.2, pattern(_HOMES)),
    Rule(Intent.BUY, 0.25, pattern(r"please|only|must|prefer|ideally|if possible|at least|minimum|min|minimo|no more|also|tambien|thinking|area|near|instead")),
    Rule(Intent.BUY, 0.3, pattern(r"pre ?-?appro\w*|pre ?-?qual\w*|preaprobad\w+|down payment|enganche|fha|va loan|budget|presupuesto|price range|saved(?: up)?|ahorrad\w+|ahorros|contado|lender")),
)  # fmt: skip

_GIVE_UP = _any(
    "sell, selling, list, listing, unload, unloading, offload, offloading, get rid of, getting rid of, be rid of, rid of, dump, ditch, liquidate",
    "part with, let go of, move on from, get out from under, cash out of, be done with, relist, re list, put up for sale, put it up, exit",
)
_SELL = (
    # want to sell, thinking of listing
    _family(
        Intent.SELL,
        0.75,
        rf"{_WISHES} {_GLUE}{_GIVE_UP}\b(?! (?:me|you|us|price|agent|my (?:car|truck|couch|boat)|for (?:more|less)|listings?|of (?:houses|homes))\b)",
        r"(?:want|need|looking|ready|trying) (?:to (?:get )?)?out of (?:it|this|the|my|our|here)\b(?! (?:market|list))|(?:looking|ready|time|want|trying) to (?:cash out|exit|downsize and sell)",
    ),
    # sell my house, list ours, unload them
    _family(
        Intent.SELL,
        0.7,
        rf"{_GIVE_UP} (?:off )?(?:and \w+ )?(?:both |all |one |two |three )?(?:of )?(?:my|our|ours|mine|the|this|these|his|her|hers|their|a|moms?|dads?|grandmas?|it|em|them|la|everything|half|both) ?(?:\w+ ){{0,4}}?(?:{_HOMES}|rentals?|portfolio|estate|doors|units|one|it|em|them|mine|ours|thing|money pit|homestead)",
        rf"(?:{_any('i am, im, we are, were, am, be, just, only, are, start by, now, of, before, after, then')}) (?:also |both |just |only |still )?(?:selling|listing)\b(?! my (?:car|truck|couch|boat|stuff))|(?:^|[.,!?;] ?|\bso |\band |\byes )(?:i am |im )?selling\b(?! (?:girl|cookies|theirs|tickets|candy|insurance|solar))",
        r"sell (?:first|fast|quick\w*|asap|soon|now|before|because|due|as is|it|in (?:the|a|\d)|on the|with|without|when|once|by|and|or|to|so|here|there)\b(?! (?:for (?:more|less|over)|before its|now before|myself))",
        rf"(?:^|[.,!?] ?|\band |\bso |\bboth |\bit |\bsay |\bjust )sell(?=$| ?[.,!?]| (?:mine|ours|one|the|my|our|em|them|here|first)\b)|sell (?:{_COUNT}|\d+|seven|eight|nine|ten|as a) ",
        r"(?:have to|must|need to|going to|gotta|rather|can i|can we|possible to|sense to|want to|or|could) sell\b",
    ),
    # put it on the market, get it listed, up for sale
    _family(
        Intent.SELL,
        0.7,
        r"(?:put|putting|place|go(?:ing)?|get|getting|throw|goes) (?:it|my|our|the|this|her|his|mine|ours|that)? ?(?:\w+ ){0,3}?(?:(?:back )?on the market|up for sale|listed|sold|on the mls)\b(?! (?:to|yet))",
        r"(?:^|[.,!?] ?|\band |\bthen we |\bwe |\bboard,? )list (?:it|the|my|our|ours|mine|with you|in|at|for|by)|(?:would|ready to|free to|might|then we|be|we would be|i would|will|gonna|going to) list(?:ing)?(?: it)?\b(?! (?:price|agent|it at))|(?:house|home|condo|place|lot|property|one) to (?:sell|list)",
        r"(?:be|to be|is to be|both to be|gets?|get it|getting it|wants? it) (?:listed|sold|flipped)|(?:we are|im|i am) ready for round two",
    ),
    # this one has to go, want it gone, time to let her go
    _family(
        Intent.SELL,
        0.65,
        rf"(?:{_HOMES}|it|one|this|ours|mine|thing) (?:\w+ ){{0,2}}?(?:has|have|needs?|got|gotta|must|gets|should) (?:got )?(?:to )?(?:go|be sold|sell|be gone|sold|get sold|be listed|a new owner|new owners)\b",
        rf"(?:want|need|like|get|wants) (?:it|this|ours|mine|(?:the|my|our|this|that) (?:{_HOMES}|thing|one)) (?:sold|gone|listed|off (?:my|our) (?:hands|plate|back))|time to (?:let .{{0,20}}go|sell|list|part)|just want (?:out|rid|done)\b|cash (?:me |us )?out|walk away with|(?:mine|ours) (?:is )?(?:sells|sold)\b|everything has a price",
    ),
    # can you sell mine, do you buy houses, cash offer on my house
    _family(
        Intent.SELL,
        0.65,
        r"help (?:me|us|my \w+|her|him) (?:sell|list|unload)|cash offer (?:for|on) (?:my|our|the|a|this)|(?:buy|purchase|take|sell) (?:mine|ours|(?:my|our) (?:house|home|place|condo|property|rental))\b|(?:seller|sellers) here|do you have buyers",
    ),
    _family(Intent.SELL, 0.55, r"what would you list it|asking (?:for )?\$? ?\d|(?:would|will|could|we|i) (?:take|accept|need|want) \$? ?\d{2,3}k?(?: for it|$|[.,])|listing it\b"),
    # Spanish
    _family(
        Intent.SELL,
        0.75,
        rf"(?:{_WISHES_ES}|a|de|antes de|por|y|o) {_GLUE_ES}(?:vender(?:la|lo|las|los|se)?|listar(?:la|lo)?|deshacer(?:me|nos) de|liquidar|sell|poner(?:la|lo)? (?:a la |en )?venta)\b(?! (?:en (?:mi|tu|su) cuadra))",
    ),
    _family(
        Intent.SELL,
        0.7,
        r"(?<!si )(?:vendo|vendemos|estoy vendiendo|estamos vendiendo|vendiendo) (?:mi|mis|nuestra|la|las|una|el|los|un|dos|tres|casa|todo|porque|en)\b|(?:la|lo|las|los|que la|mejor la) (?:vendo|vendemos)\b|(?:poner|pongo|poniendo|ponemos)(?:la)? (?:\w+ ){0,3}?(?:en|a la) venta|me estoy saliendo de",
        r"(?:si|ustedes?) compran?\b(?: (?:casas|con|asi))|compran casas|me (?:la )?compr(?:an|aria|arian|e)\b|lista para venta|en venta mi",
    ),
    _family(Intent.SELL, 0.5, r"(?:is|are|am|be|were) (?:selling|listing)|selling|\bpido \d|(?:a|de|por|obliga a) vender(?:la|lo)|venderla|venderlo|left to sell|liquidat\w+|winding down"),
)  # fmt: skip

_RENT = (
    _family(
        Intent.RENT,
        0.75,
        rf"(?:look\w*|search\w*|want\w*|need\w*|like|prefer|trying|hoping|find|only|just|interested|get|got|any|have|available|help) (?:{_GLUE})(?:\w+ ){{0,4}}?(?:to rent|for rent|to lease|rentals?|renting|a lease|leasing|lease|rent)\b(?! (?:it|them|out|both|propert\w+|my|our|income|is|was|portfolio|rooms|the other|from|deals|the (?:house|rooms)|that out|to (?:nurses|students)))",
        r"(?:house|home|place|apartments?|condo|room|anything|bedroom|unit|something|available)s? (?:for|to) (?:rent|lease)\b(?! (?:it )?out)|(?:is|are) (?:it|this|that|they) (?:for rent|a rental)|(?:lease|rent|renting) (?:a|an|for (?:a|one|about)) (?:place|house|home|apartment|condo|room|year|bit|while|few)|(?:do|does|can) (?:you|yall|i|we)(?: \w+)? (?:rent|lease|have (?:any )?rentals?)\b(?! (?:it|out|my))|then renting|and renting for",
        r"(?:busco|buscamos|buscando|quiero|queremos|necesito|necesitamos|ando|deseo|quisiera|tienen?|tienes|hay|interesa|solo|nomas|urge|lugar) (?:\w+ ){0,4}?(?:rentar(?:me)?|alquilar|de renta|en renta|renta|alquiler|en alquiler|arrendar)\b(?! (?:a|mi|mis|la mia))|(?:rentan|alquilan) (?:casas?|apartamentos?|departamentos?|cuartos?)|(?:tienen|hay|busco) (?:apartamentos|departamentos)|lugar para vivir",
    ),
)  # fmt: skip
_NOT_RENT = pattern(
    r"(?:end|break|finish|ending|breaking|get out of|renew|have|on) (?:my|our|the|a) (?:\w+ )?lease|(?:stop|tired of|done|sick of|instead of|rather than|quit|been|keep|hate|waste|end|break|finish|leave|no more|not|i|like) (?:\w+ )?rent\w*\b(?! for)"
    r"|rent (?:\w+ ){0,4}out|rent the other|(?:rent(?:al)?|lease) (?:is|was) (?:up|ending|stupid|so|crazy|expir)|rentals? (?:propert|income|portfolio)|as a rental|for (?:a )?rental|(?:buy|buying|start|comprar|compra|invert\w+|capital) .{0,40}(?:rental|rentar|renta)|(?:ya )?no quiero rentar|rentar (?:mi|la mia)"
)  # fmt: skip

_INVEST = (
    _family(
        Intent.INVEST,
        0.7,
        r"(?:(?:i am|im|we are|as|am|small|local|cash|real estate|out of state|rei) (?:an? )?(?:\w+ )?)?investors?\b(?! (?:\w+ )?(?:called|offered|offering|said|told|gave|offers?|keeps?|company|wants|bought|fund|rate|this|not))(?<!my investors)(?<!with investors)(?<!work with investor)|(?:inversionistas?)(?! y usted)",
        r"investment (?:propert(?:y|ies)|purchase|home|house|condo|deals?|opportunit\w+)|(?:looking|want|ready|trying|start|starting|like) to invest|invest(?:ing)? in (?:real estate|rentals?|property|propert\w+|a|some|houses)|(?:quier\w+|busco|interesa|para|quisiera|puedo|vamos a|como) (?:\w+ )?(?:invertir|inversion)",
        r"(?:buy|build\w*|grow\w*|add(?:ing)?|expand\w*|start\w*)(?: to)? (?:a |my |our |the |up )*(?:rental )?portfolio|brrrr(?: deals)?|fix (?:and|n|&) flips?|flippers?|off ?-?market (?!already)|house ?-?hack\w*|start(?:ing)? buying rentals|buy and hold|1031|like kind exchange|wholesale (?:deals?|list)|para (?:rentar(?:la|las|lo)?|renta|flip)|dejarla rentada|que se pague sola",
        r"(?:^)?(?:rental income|passive income|cash ?-?flow\w*|cap rates?|to flip|(?:rehab|fix|reno\w*) (?:it |them )?(?:and|then|to) (?:re)?sell|fixer uppers? .{0,40}(?:vendo|flip)|turnkey rentals?|parking (?:some )?money|(?:hold|let) it (?:and|out)|let to|to let|section 8 pays|short term rental|airbnb|vrbo|rental (?:deals?|market))",
    ),
    _family(
        Intent.INVEST,
        0.6,
        r"(?:buy|buying|purchase|looking|want|pick up|comprar|compra|need|shopping|after|find|get|acquire|buyer)\b.{0,70}?\b(?:rent (?:\w+ ){0,4}out|rent the other|(?:as|for) (?:a )?(?:rental|investment)|rentals?\b(?! to live)|flips?|str|doors|small multis|multi ?family|y rentar|multifamiliares|para renta)",
    ),
)  # fmt: skip

_ITS_WORTH = r"(?:worth|valued? at|appraise for|list for|be listed (?:at|for)|go(?:es|ing)? for|sell for|bring|brings|fetch|value of|the value)"
_VALUATION = (
    _family(
        Intent.VALUATION,
        0.8,
        rf"(?!.{{0,40}}\b(?:homes|houses|places|did) (?:\w+ ){{0,3}}?(?:go|going|sell|selling|list))(?<!of )(?<!than )(?:what|whats|how much|know what|wonder what|see what) ?(?:{_any('is, are, would, could, should, do you think, you think, can, does, about, might, will, it, its, my, our, the, this, that, a, an, you, mine, moms?, dads?, i, we, they, he, she, value, house, home, place, condo, property, townhouse, duplex')} |\w+ ){{0,9}}?{_ITS_WORTH}\b",
        r"(?:what|how much) (?:could|can|would|might|should|will|do you think|you think|kind of (?:money|price) (?:could|can|would)) ?(?:i|we|you|yall|it|she|he|they|someone|a buyer|buyers|a person)(?: \w+)? (?:get|give|pay|offer|make|ask|list|expect|walk|net|sell)\b(?! (?:down|for (?:a|the) (?:closing|inspection)|monthly|a month|approved|different))",
        r"(?:home|house|property|market|current|cash|free|fair market) ?(?:value|valuation|evaluation|worth|appraisal)(?= of| on| for|$|[?.,!]| report| estimate| please)|(?:get|give|want|need|do|send|run|looking for|have|quiero|like) (?:me |us )?(?:a |an |some |the |un )?(?:free |quick |rough |ballpark |home |instant )*(?:cma|comps|valuation|appraisal|evaluation|value estimate|price estimate|estimate (?:of|on|for) (?:my|our|the|this)|estimado|price opinion|ballpark)",
        r"(?:is|are) (?:my|our) (?:house|home|place|condo|property) worth|price (?:on|for) my (?:house|home|place)|going (?:rate|price) (?:for|on|of)|(?:value|worth) of (?:my|our|the|this|a) (?:house|home|place|condo|property|lot)|(?:know|learn|find out|check|curious about|wondering about|does to|tell me) (?:\w+ )?(?:the|my|our|its|about) (?:value|equity|worth)|curious about (?:the )?equity|ball ?park|list it at\b",
    ),
    _family(
        Intent.VALUATION,
        0.8,
        r"cuanto (?:vale|cuesta mi|valdra|podria valer|puede valer|costaria mi|valdria|me (?:dan|darian|pueden dar|ofrecen|daria)|sac\w+|podria sacar|pued[oe] (?:sacar|pedir|vender)|valen|crees? que|nos (?:dan|darian)|piden|darian|dan|anda|ofrece)|(?:en|a) (?:cuanto|como) (?:\w+ ){0,3}?(?:vend\w+|compr\w+|saldria|valuad\w|anda\w*|estan?)|(?:valor|avaluo|valuacion|precio|estimado) (?:de|para) (?:mi|nuestra|la|una casa como)|que (?:valor|precio) tiene",
    ),
)  # fmt: skip
_NOT_ASKED_WORTH = pattern(
    r"(?:worth (?:it|the (?:trouble|hassle|money)|my time|your|more|less)|(?:not|isnt|is it) worth it|what did .{0,40}(?:sell|go) for|did .{0,30} sell for|(?:half|part|most) of what)"
)
_SELL_MYSELF = pattern(
    r"(?:sell|list|selling|listing|sold) (?:it|the (?:last )?(?:two )?houses?|my house|this|my home|our house|the place|mine|ours)? ?(?:\w+ )?(?:myself|on (?:my|our) own|by owner|privately)|(?:vend\w+|la vendo|lo vendo) (?:\w+ ){0,3}?(?:yo mism[oa]|por (?:mi|nuestra) (?:propia )?cuenta|nosotros mismos|sin agente|yo sol[oa])"
)
_SOLD = pattern(
    r"(?:already|just|we|i|it|house|place) sold (?:it|the|last|our|my|already|in|months|a)|already sold|no longer (?:selling|for sale)|took it off the market|(?:list|listed|sign\w*|selling) (?:it )?with (?:my|our|a|another|somebody|someone) (?:\w+ )?(?:niece|nephew|cousin|sister|brother|aunt|uncle|friend|agent|realtor|else)|ya (?:la |lo )?(?:vendi|vendimos)"
)
_BOUGHT = pattern(r"(?:already|just|we|i) (?:\w+ )?bought|under contract on|ya compr(?:e|amos)|put an offer on another")
_SELL_FOR = pattern(
    r"(?:it|they|house|place|home|this) (?:is |are )?(?:going to |will |would |could |might |should |actually )*sell for|what would you list"
)
_REINVESTS = pattern(r"1031|exchange|re ?invest\w*|i am an investor|investor here|roll (?:it|the)|invertir")
_OWNED = pattern(
    r"(?:my|our|mi|nuestra) (?:house|home|place|condo|property|rental|casa|townhouse|duplex|roof|kitchen)|mine|ours|owe|owed|asking|pido|worth|its an?|tenants?|we own|i own|sell\w*|listed|vend\w+|needs? (?:a|new|work|paint)|bought"
)


def find_wishes(text: Text) -> list[Found[Intent]]:
    """Return buy, sell, rent, invest and valuation as far as *text* speaks of the lead's own wishes."""
    plain = text.plain
    pieces = [*_stated(text, _BUY), *_stated(text, _SELL), *_stated(text, _INVEST)]
    if _SELL_MYSELF.search(plain) or (_SOLD.search(plain) and not _says(pieces, Intent.BUY)):
        pieces = _without(pieces, Intent.SELL)
    rent = [] if _NOT_RENT.search(plain) else _stated(text, _RENT)
    if rent:
        pieces = [piece for piece in pieces if piece.label is Intent.SELL or piece.confidence >= 0.75] + rent
    if not _NOT_ASKED_WORTH.search(plain):
        pieces += _stated(text, _VALUATION)
    if not rent:
        pieces += _described(text, pieces)
    return [f for f in _without_contradictions(weigh(pieces), plain) if f.confidence >= HINTED_FROM]


def _says(pieces: list[Found[Intent]], label: Intent) -> bool:
    return any(piece.label is label for piece in pieces)


def _without(pieces: list[Found[Intent]], *labels: Intent) -> list[Found[Intent]]:
    return [piece for piece in pieces if piece.label not in labels]


def _stated(text: Text, rules: tuple[Rule[Intent], ...]) -> list[Found[Intent]]:
    """Return each family's first match that is the lead's own, of today, and not denied."""
    pieces = []
    for rule in rules:
        for match in rule.pattern.finditer(text.plain):
            if _is_own(text.plain, match):
                pieces.append(Found(rule.label, rule.weight, text.span(match.start(), match.end())))
                break
    return pieces


def _is_own(plain: str, match: re.Match[str]) -> bool:
    at = match.start()
    if is_negated(plain, at) or _DENIED_INSIDE.search(match.group()):
        return False
    clause = _CLAUSE.split(plain[max(0, at - 70) : at])[-1]
    return _IMAGINED_OR_PAST.search(clause) is None and not _is_of_others(clause)


def _is_of_others(clause: str) -> bool:
    return _OTHERS.search(clause) is not None and _NOT_SELF.search(clause) is None


def _described(text: Text, pieces: list[Found[Intent]]) -> list[Found[Intent]]:
    """A wanted home in words: its rooms, its price, its yard.  A budget backs up a stated wish to buy."""
    found = [
        Found(rule.label, rule.weight, text.span(*match.span()))
        for rule in _DESCRIBED
        if (match := rule.match(text.plain)) is not None
    ]
    if _says(pieces, Intent.BUY):
        return found[-1:] if found and found[-1].confidence == _DESCRIBED[-1].weight else []
    if _says(pieces, Intent.SELL) or _says(pieces, Intent.VALUATION) or _OWNED.search(text.plain):
        return []
    return found


def _without_contradictions(found: list[Found[Intent]], plain: str) -> list[Found[Intent]]:
    labels = {f.label for f in found}
    if Intent.SELL in labels and Intent.BUY not in labels and not _REINVESTS.search(plain):
        found = _without(found, Intent.INVEST)
    if Intent.RENT in labels:
        found = _without(found, Intent.INVEST)
    if Intent.VALUATION in labels and _SELL_FOR.search(plain):
        found = _without(found, Intent.SELL)
        labels.discard(Intent.SELL)
    if Intent.SELL in labels and Intent.VALUATION in labels:
        # Asking what it would bring is the wish; that it is for sale then goes without saying, unless said outright.
        strongest = max(f.confidence for f in found if f.label is Intent.SELL)
        if strongest < 0.7:
            found = _without(found, Intent.SELL)
    if (
        Intent.BUY in labels
        and _BOUGHT.search(plain)
        and max(f.confidence for f in found if f.label is Intent.BUY) < 0.75
    ):
        found = _without(found, Intent.BUY)
    return found
