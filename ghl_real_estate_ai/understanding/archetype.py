"""Whether a seller is an investor or distressed; each signal counts once, and a denied one not at all.

The label of a distressed person is sensitive: it is found from what the lead says of their own trouble, never from
an urgent tone alone, and never shown to them.  One family of wordings is one signal, however often it is named.
"""

from ghl_real_estate_ai.understanding.model import Archetype, Found, Intent
from ghl_real_estate_ai.understanding.rules import Rule, evidence, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text


def _any(*lists: str) -> str:
    """Any phrase of *lists*, parted by commas."""
    return "(?:" + "|".join(phrase.strip() for words in lists for phrase in words.split(",")) + ")"


def _family(label: Archetype, weight: float, *wordings: str) -> Rule[Archetype]:
    return Rule(label, weight, pattern("|".join(wordings)), fixed=False)


_SEVERAL = _any(
    "\\d+, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, fifteen, twenty, several, multiple, a few, few, couple, couple of",
    "dozen, a dozen, both, all, all my, some of my, rest of my, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, doce, varias, varios, mis, todas mis",
)
_ADJECTIVES = r"(?:(?:of|my|our|more|other|little|small|paid off|single family|sfr|long term|short term|section 8|occupied|vacant|mis|de|las) ){0,3}"
_LETTABLE = _any(
    "doors(?! (?:down|up|over|away)), units, rentals, rental (?:properties|houses|homes|units), investment (?:properties|houses|homes|condos), sfrs, sfhs, duplexes, triplexes",
    "fourplexes, quads, plexes, airbnbs, short term rentals, strs, vrbos, flips, multis, multifamilies, buildings, apartment buildings, leased houses",
    "puertas, rentas, casas (?:de|en) renta, casas rentadas, propiedades(?: (?:de|en) renta)?, departamentos rentados, unidades, duplex, fourplexes, edificios",
)

_INVESTOR_RULES = (
    # figures of the trade
    _family(
        Archetype.INVESTOR,
        0.75,
        r"cap rates?|\d+(?:\.\d+)? ?(?:%|pct|percent)? ?cap\b|noi\b|net operating income|cash ?-?flow(?:s|ing)?|roi\b|return on investment|gross(?:es|ing)? (?:rents?|\$? ?\d[\d,]*)|rents? rolls?|grm|cash on cash|debt service|dscr|de cap|passive income|ingreso pasivo|pencils?\b|t ?12\b|pro ?forma|triple net|nnn\b|net lease|arv\b",
    ),
    # exchanges, and how it is held
    _family(Archetype.INVESTOR, 0.75, r"1031(?: exchange)?|like kind exchange|starker|depreciation|recapture|opportunity zone"),
    _family(
        Archetype.INVESTOR,
        0.65,
        r"(?:my|our|the|an) llc\b|(?:held|titled|owned) (?:in|by) (?:an )?(?:llc|entity|corp)|hard money|off ?-?load\w* (?:some|a few|my) (?:rentals|properties)|(?:limited|my) partners|syndicat\w+|my partners and (?:i|me)",
    ),
    # several homes
    _family(
        Archetype.INVESTOR,
        0.75,
        rf"(?:{_SEVERAL}) {_ADJECTIVES}{_LETTABLE}|(?:rental |whole |entire |real estate |housing )*(?:portfolio|portafolio)|package (?:deal|sale)|(?:sell|sold|selling|as|in) (?:\w+ )?(?:a |one )?(?:bundle|package)|bulk sale|whole (?:lot|kit|package)|one at a time or|(?:his|her|my|our|fathers|dads|moms) properties\b",
        r"(?:sell|selling|list|listing|vender|own|have|vendo|got|tengo) (?:\w+ ){0,3}?(?:two|three|four|five|six|seven|eight|nine|ten|\d+|dos|tres|cuatro|cinco|seis) (?:(?:of|my|little|other|de|mis) ){0,3}(?:houses|homes|condos|places|properties|casas|casitas|condominios|departamentos|rentas|nueve rentas)",
        r"(?:ones?|casas?|departamentos?|\d+|ocho|todas|todos|all|both|units?|each|every (?:unit|one)) (?:are |is |estan |fully |currently )?(?:rented|ocupad[oa]s|rentad[oa]s|tenant occupied|occupied, )(?! (?:our|my) house)",
    ),
    # a building with several homes
    _family(
        Archetype.INVESTOR,
        0.65,
        r"(?:[3-9]|\d\d|four|tri|quad|three|six|eight) ?-?(?:plex(?:es)?|units?)(?: (?:building|complex|apartment))?\b|(?<!bed )(?:triplex|fourplex|quadplex|sixplex)\b|apartment (?:building|complex)|multi ?-?family|mobile home park|trailer park|edificio (?:de|es de) (?:\w+ )?(?:departamentos|apartamentos|unidades)|multifamiliar",
        r"fully (?:rented|leased|occupied)|(?:two|three|four|\d|all|both) (?:of (?:the )?(?:two|three|four|\d) )?(?:units|sides|tenants) (?:\w+ )?(?:rented|leased|on leases|paying|in place|under lease|occupied|current)|below market rents?|rented below market|tenants? in (?:both|all|each|every|place)|(?:renters|tenants) in (?:all|both|each)|(?:todos|ambos) (?:rentados|ocupados)",
    ),
    # who deals in houses
    _family(
        Archetype.INVESTOR,
        0.7,
        r"investment (?:property|home|house|condo|properties)|(?:i am|im|we are|as|am|being) (?:an? )?(?:\w+ ){0,2}?(?:investors?|flippers?|landlords? with|wholesalers?|rehabbers?|builder)\b(?! (?:anymore|friendly))|(?:i|we) (?:\w+ )?invest (?:in|for)|investor rate|soy inversionista|somos inversionistas|(?:propiedad|casa) de inversion",
        r"fix (?:and|n|&) flips?|(?:i|we|yo) (?:\w+ )?(?:flip|wholesale|hago flips)\b|\d+ flips|flipped (?:it|this)|(?:my|a|the|couple|this|finished|latest|next|current|hago|couple|to be|get it|get this) (?:last )?flip(?:s|ped)?\b|(?:coming out of|finished|did|done with|did the|just finished) (?:the )?rehab|brrrr|buy and hold|assign(?:ing|ment)? (?:the|my|of) contract|under contract at .{0,40}assign|(?:my|our|running|run) (?:short term rentals?|airbnbs?)|rentas cortas|airbnbs?\b(?= (?:business|income|portfolio|that|in|with))|str business",
    ),
)  # fmt: skip
_PAYMENTS = _any(
    "payments?, mortgages?, house note, the note, notes?, taxes, property taxes, bills?, hoa, house payments?, loan, pagos?, hipoteca, mensualidad(?:es)?, letras?, impuestos"
)
_DISTRESSED_RULES = (
    # the lender acts
    _family(
        Archetype.DISTRESSED,
        0.75,
        r"(?:pre-? ?)?foreclos\w*|notice of (?:default|sale|trustee)|\bnod\b|lis pendens|short sale|(?:sheriffs?|trustees?|tax) sale|auction(?: date|ed|ing)?|(?:bank|lender|county|mortgage company|city) (?:\w+ ){0,4}?(?:take|takes|taking|foreclos\w*|repossess\w*|threatening|calling the (?:loan|note)|gets it|selling (?:it|my house)|wants? (?:it all|the house|\d))(?! (?:care|partial|a look|it off))",
        r"(?:forbearance|reverse mortgage|balloon)\b|loan mod(?:ification)?|(?:walk\w*|walking) away from (?:the|it|my)|besides walking away|deed in lieu|underwater|upside down (?:on|in)|owe more than|eviction notice|lose (?:the|my|our) (?:house|home)|losing (?:the|my|our) (?:house|home)|save my house",
        r"ejecucion hipotecaria|remate\b|subasta|embarg\w+|(?:el|que) banco (?:\w+ ){0,4}?(?:quit\w+|va a quitar|hablo|demand\w+|llam\w+)|(?:me|nos) (?:van a|quieren|estan por|pueden) (?:quitar|rematar|embargar)|perder (?:la|mi|nuestra) casa",
    ),
    # behind on what is due
    _family(
        Archetype.DISTRESSED,
        0.75,
        rf"(?:behind|late|missed|missing|delinquent|cant (?:make|keep up (?:with|on)|afford|pay)|struggling (?:to (?:make|pay|keep)|with)|fell behind|falling behind|havent (?:paid|made)|stopped (?:paying|making)|skipped|overdue|past due) (?:on |with |up )?(?:\w+ ){{0,4}}?(?:{_PAYMENTS})|(?:\d+|two|three|four|five|six|few|couple|several) (?:\w+ )?(?:{_PAYMENTS}|months?|years|yrs) (?:\w+ )?(?:behind|late|past due|delinquent|missed|owed)(?! (?:on |with )?(?:the |their |his |her |my )?rent)|behind on (?:everything|it|the house)|taxes (?:\w+ ){{0,3}}?(?:delinquent|behind|owed|past due|overdue)|back (?:property )?taxes|owe (?:\w+ )?(?:\d+ (?:years|yrs) )?(?:of )?(?:back )?taxes",
        rf"atrasad[oa]s? (?:\w+ ){{0,4}}?(?:{_PAYMENTS}|casa|meses)|(?:debo|debemos) (?:ya )?(?:\d+|dos|tres|cuatro|varios|unos) (?:{_PAYMENTS}|meses|mensualidades)|(?:sin|no (?:he|hemos|puedo|podemos)) (?:\w+ ){{0,2}}?pag(?:ar|ado)(?:la|lo)? ?(?:el |la |mi )?(?:{_PAYMENTS}|mortgage|casa)?",
    ),
    # liens and other people's claims
    _family(
        Archetype.DISTRESSED,
        0.75,
        r"(?:tax |mechanics? |irs |hoa |city |medical |federal |judge?ment |a )?liens? (?:on|for|against|del|por|de)\b|(?:tax|irs|judgement|judgment|city|federal|mechanics?) liens?|irs\b|code (?:violations?|enforcement)|(?:city|county) (?:is |keeps |has been )*(?:fin(?:ing|ed)|cit(?:ing|ed)|condemn\w*|threatening|on me|on us)|condemned|judge?ments? against|wage garnish\w*|garnish\w*|creditors?|collectors?|collections|gravamen|cobradores",
    ),
    # debts
    _family(
        Archetype.DISTRESSED,
        0.7,
        r"(?:medical|hospital) (?:bills?|debts?)|(?:credit card|too much|drowning in|buried in|lots of|so much|deep in|in|my|crushing|all this|all these|gambling|irs|business|the) (?:\w+ )?debts?\b(?! (?:free|to income))|bankrupt\w*|chapter (?:7|13|11)|payday loans?|title loans?|loan sharks?|need (?:the )?(?:cash|money) (?:fast|now|asap|quick\w*|bad\w*|urgent\w*|yesterday|today|immediately|to (?:pay|cover))|desperate\w*|(?:going|gone|go) broke|financial (?:hardship|trouble|mess|ruin)|bail (?:money|bond)|legal (?:fees|bills)|(?:all|only thing) (?:we|i) have left (?:to sell)?|so i can breathe",
        r"(?:cant|can no longer|neither (?:one )?of us can|neither can) (?:\w+ )?(?:afford|keep up|pay)\b(?! (?:more|a|an|any|that|your|the (?:commission|fee|price|bigger|next))\b)|cant afford (?:this|the|it|to (?:keep|stay|live))|(?:debo|deudas?|deber|debemos|pagar) (?:\w+ ){0,4}?(?:tarjetas?|muchas?|mucho|hospital|deudas)|ahogad\w+|muchas deudas|deudas\b|bancarrota|ninguno (?:de los dos )?puede|no (?:puedo|podemos) (?:\w+ )?(?:pagar\w*|con (?:la|los|el))|necesito (?:el )?dinero (?:ya|urgente|para pagar)",
    ),
    # a divorce that forces the sale
    _family(
        Archetype.DISTRESSED,
        0.65,
        r"(?:going through |getting |in the middle of |messy |nasty |ugly |pending |the |my |a )?divorc(?:e|ed|ing|io|iando|iarme)\b|nos (?:vamos a |estamos )?(?:separa|divorci)\w+|separacion|splitting (?:up|with (?:my|the))|(?:we|are|am|got|getting|legally) separat(?:ed|ing)|mediation|(?:court|judge) (?:\w+ ){0,2}?(?:order\w*|says|said|wants|forc\w+|needs)|ex (?:\w+ ){0,3}?(?:wants|buy (?:her|him) out|forcing|says|wont)|buy (?:her|him|my ex|me) out|(?:wife|husband|spouse) (?:\w+ )?(?:filed|left me|moved out|walked out)|lawyers are done|juez|la corte|mi (?:esposo|esposa|marido|mujer) se fue",
    ),
    # a probate that forces it
    _family(
        Archetype.DISTRESSED,
        0.6,
        r"probate|estate (?:owes|debts?|has to (?:pay|sell)|creditors|is broke)|heirs? (?:\w+ )?(?:forcing|fighting|suing|want their)|partition (?:suit|action|sale)|(?:executor|administrator)\b(?=.{0,60}(?:creditor|court|owe|debt|pay))|court ordered|sucesion\b(?=.{0,60}(?:deuda|juez|corte|pagar))",
    ),
)  # fmt: skip

_NOT_DISTRESS = pattern(
    r"(?:bought|buy|purchased|got|buying) (?:it |this |at |a |an |our |my )*(?:at |in |a |an )?(?:\w+ )?(?:auction|foreclosure|short sale|tax sale)|looking for (?:a )?(?:foreclosures?|short sales?|auctions?)|divorced (?:\w+ )?(?:in|last|years|ago|\d|ten|decades)|(?:after|since) (?:my|our|the) divorce|(?:neighbors?|sisters?|brothers?|friends?|sons?|daughters?|cousins?|parents|someone|people) (?:\w+ ){0,3}?(?:divorc\w*|foreclos\w*|behind|bankrupt\w*)|(?:worked|work|working) (?:in|at|for) (?:\w+ )?(?:bankruptcy|foreclosure|probate|collections)|my branch not my|scare me with|no debt|debt free|used to (?:be|have)|almost got|saw an|for a hobby|vecinos?|vecinas?|caught up|all current|years ago|lien free|no liens?"
)
_JUST_PROBATE = pattern(r"probate")
_FORCED = pattern(
    r"creditors?|debts?|deudas|owe[sd]?|court|corte|judge|juez|forc\w+|obliga\w*|pay|pagar|deadline|days|needs it|fight\w*|taxes|cant"
)
_NOT_INVESTOR = pattern(
    r"(?:daughter|son|brother|sister|neighbor|friend|cousin|husbands? friend|an|another|the|some|unos|th|rd) (?:is |are )?(?:an? )?(?:real estate )?(?:investors?|inversionistas?) (?:offered|called|texted|told|gave|not me|this week)|used to be an? |not an? (?:investor|flipper)|(?:investor|flipper) (?:offered|called|texted)|(?:ya )?me ofrecieron .{0,20}inversionistas"
)


def find_archetype(text: Text, intents: frozenset[Intent], *, seller_asked: bool) -> Found[Archetype] | None:
    """Return what kind of seller *text* shows, or None; a message of somebody who only buys or rents shows none."""
    sells = bool(intents & {Intent.SELL, Intent.VALUATION})
    if not sells and not seller_asked and intents & {Intent.BUY, Intent.RENT, Intent.INVEST}:
        return None
    investor = [] if _NOT_INVESTOR.search(text.plain) else weigh(evidence(text, _INVESTOR_RULES))
    found = [*investor, *_distressed(text)]
    if not sells:
        # No sale is spoken of, so only what weighs by itself is told.
        found = [f for f in found if f.confidence >= 0.7]
    return max(found, key=lambda f: f.confidence, default=None)


def _distressed(text: Text) -> list[Found[Archetype]]:
    if _NOT_DISTRESS.search(text.plain):
        return []
    pieces = evidence(text, _DISTRESSED_RULES)
    if len(pieces) == 1 and _JUST_PROBATE.search(text.plain) and not _FORCED.search(text.plain):
        return []
    return weigh(pieces)
