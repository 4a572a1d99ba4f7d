"""What the lead wants done with a home: buy, sell, rent, invest, or learn what theirs is worth."""

import re

from ghl_real_estate_ai.understanding.model import Found, Intent
from ghl_real_estate_ai.understanding.rules import Rule, is_negated, loose, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

_A = r"(?:a|an|the|our|my|some|another|one|something|that|this|his|her|us a|me a|him a|myself a|ourselves a)"
_KIND = (
    r"(?:(?:new|nice|small|smaller|big|bigger|larger|cheap|little|good|single|family|story|one|two|first|second|starter|patio|lake|vacation|beach"
    r"|investment|forever|dream|newer|older|decent|different|modest|brick|ranch|style|affordable|single-story|fixer|upper|multi|pool|move in ready"
    r"|[a-z]+ ?plex|\d+\s*(?:-\s*\d+\s*)?-?\s*(?:bed|bedroom|bath|br|bd|sq ft|acre)s?|\d(?:bed|bedroom|br|bd)s?|<NUM> bed(?:room)?s?|\d/\d(?:\.\d)?|multifamily|modern|\w+er)[\s,-]+)*"
)
_HOUSING = rf"(?:{_KIND}(?:<HOME>|\d+\s*-?\s*(?:bed|bedroom|br|bd)s?\b|\d(?:bed|bedroom|br|bd)s?\b|<NUM> bed(?:room)?s?|\d\s?[/x]\s?\d(?:\.\d)?|something|somewhere|investment propert(?:y|ies)|rentals?(?= propert)))"
_OTHERS = pattern(
    r"(?:(?:my|our|the|a|his|her|their|some|this)\s+(?:\w+\s+)?(?:sister|brother|cousin|neighbors?|friends?|buddy|boss|coworker|landlord|nephew|niece"
    r"|uncle|aunt|son|daughter|roommate|ex|seller|owners?|guy|lady|company|people|inlaws|in laws|mom|dad|mother|father|parents|grandma|grandpa|grandmother"
    r"|grandfather|best friend|builder|agent|realtor|bank|house across the street|folks)"
    r"|(?:he|she|they|everyone|everybody|somebody|someone|who|people|nobody|mi (?:hermana|hermano|primo|prima|vecino|vecina|amigo|amiga|tio|tia|hijo"
    r"|hija|casero|jefe|mama|papa|cunado|cunada)|el vecino|la vecina|ellos|ella|el dueno))"
    r"(?:\s+(?:next door|across the street|down the street|is|are|was|were|s|just|also|might|may|wants?|needs?|has|have|had|to|be|thinking|about|of|looking"
    r"|trying|planning|going|already|actually|on|both|considering|started|esta|estan|quiere|quieren|va|van|a|anda|tambien|who|that|you know|probably)){0,6}\s*$"
)
_NOT_SELF = re.compile(r"\b(?:and i|and me|y yo|we|i|i am|yo|nosotros)\s*(?:\w+\s*){0,3}$")


def _buy(weight: float, expression: str) -> Rule[Intent]:
    return Rule(Intent.BUY, weight, pattern(expression), fixed=False)


def _sell(weight: float, expression: str) -> Rule[Intent]:
    return Rule(Intent.SELL, weight, pattern(expression), fixed=False)


_BUY_RULES = (
    _buy(0.75, r"<WANT>(?: (?:to|of|in|on|about|for|at|just|still|eventually|maybe|also|then|and|getting|being able))*\s+(?:buy|purchase|buying|purchasing|own|owning)\b(?!\s+(?:me|you|my|our|your|him|out|it from me)\b(?! (?:own|first|kids?|son|daughter|mom|dad|parents|next|new|dream|forever|a )))"),
    _buy(0.75, rf"(?:(?<!we )buy|buying|purchase|purchasing|pick(?:ing)? up|acquire|snag|scoop up)\s+(?:and\s+\w+\s+)?(?:\d+[\s-]+(?:to\s+)?\d*\s*)?(?:my (?:own |first |next |kids? |son |daughter |mom |parents )?{_A}?\s*|our (?:own |first |next )|{_A}\s+|more\s+|us\s+)?{_HOUSING}(?!\s+from (?:me|us))"),
    _buy(0.7, r"(?:buying (?:in|near|around|again|something|there|our|another)|(?:buy|purchase)\s+(?:one|something|somewhere|again|first|now|soon|next|in|before|there|here|near|around|instead|quick|this|that))\b|(?:can|could|should|might as well|then|able to|time to|first time|how (?:do|can)) (?:i |we |you )?(?:even |still |actually )?(?:buy|purchase)(?! (?:my|our|your|it from))"),
    _buy(0.75, r"(?:house|home|condo) ?(?:hunting|shopping|search(?:ing)?)|in the market for (?:a|an|our|another|something)|first ?time (?:home ?)?buyers?|fthb|cash buyers?(?! (?:guarantee|program))|(?:serious|ready|motivated) buyer"),
    _buy(0.75, rf"(?:look(?:ing)?|search(?:ing)?|shop(?:ping)?|hunt(?:ing)?)\s+(?:for|at|to (?:find|get|move (?:in)?to))\s+(?:{_A}\s+)?{_HOUSING}(?! (?:to rent|for rent|rental|to lease|evaluation|value|cleaner))"),
    _buy(0.7, rf"(?:want|need|would like|prefer|after|find|get)(?: to (?:find|get|see|move (?:in)?to|be in))?\s+(?:me |us |myself |ourselves )?(?:(?:a|an|another|some|our first|our next|our own|my own|my first)\s+){_HOUSING}(?! (?:to rent|for rent|rental|evaluation|sold|value|gone|offer))"),
    _buy(0.65, r"(?:want|need|looking for|would like|find)\s+(?:at least\s+)?(?:<NUM>|\d)\s*-?\s*(?:bed|bedroom|br|bd)s?|want something|looking (?:in|around|near)\s+(?!to\b)\w+|need (?:a )?(?:place|house|home)(?: to (?:live|buy))?"),
    _buy(0.7, r"(?:is|are) (?:the |that |this |it )?(?:\w+ ){0,6}(?:still )?(?:for sale|available|on the market)(?= still|$|[?.,!]| or\b| yet\b| now)|(?:whats|what is|anything|something|homes?|houses?|what do you have|got anything|what) (?:else )?(?:\w+ ){0,2}(?:for sale|on the market|available) (?:in|near|around|over|under|by|on|at)"),
    _buy(0.65, r"(?:would|will|can|could|willing to|able to) (?:pay|spend|go up to)\b.{0,30}? (?:for|on) (?:a|an|the right|the perfect|something)\b|(?:have|got|send me|see|show me|find me|find) (?:any|anything|something)\b(?= (?:\w+ )?(?:in|under|near|around|below|for sale|by)\b)|(?:anything|something|whats|what is) (?:new|nice|good|coming up|left|available|coming soon)(?: \w+)? (?:in|near|around|under|by)\b|(?<!into )(?:anything|something|any)(?: \w+)? (?:similar|comparable|quieter|cheaper|bigger|else (?:like|in|around|under)|like (?:that|it|this)|like that one|for sale)"),
    _buy(0.65, r"(?:send|show|text|email|get) (?:me|us|over)?\s*(?:some |more |better |other |new |any |the |a few |a list of |a |\d bed\w* |your |all )*(?:listings?|homes|houses|options|ones|properties|condos)(?! (?:off|of me))"),
    _buy(0.7, r"(?:would|id|will|gonna|i) buy (?:that|this|it|one|in)\b|make an offer on|put (?:in )?an offer|(?:did|do|does|will|would) the (?:seller|owner)s? (?:take|accept|consider|pay|go)"),
    _buy(0.6, r"(?:stop|tired of|done|sick of|quit) (?:renting|paying rent|throwing (?:\w+ )?(?:money|rent))|(?:own|buy) instead of rent\w*|relocating to|moving to (?!a nursing|assisted|my)"),
    _buy(0.75, r"(?:quiero|queremos|quisiera|quisieramos|busco|buscamos|buscando|deseo|pienso|pensando en|interesad[oa]s? en|me interesa|nos interesa|planeo|necesito|necesitamos|ando|voy a|vamos a|para|gustaria|como|podemos|puedo|listos? para|tratando de|poder)\s+(?:\w+\s+){0,2}?(?:comprar(?!me)|compra|adquirir)\b(?!\s+mi casa)"),
    _buy(0.7, r"(?:quiero|queremos|quisiera|busco|buscamos|buscando|necesito|necesitamos|ando buscando|andamos buscando|buscar)\s+(?:una?|algo|otra)?\s*(?:casas?|casita|condominio|condo|propiedad(?:es)?|terreno|duplex|hogar|townhouse|de \d)(?!\s+(?:de renta|para rentar|en renta|para vender))|(?:busco|buscamos|buscando) (?:en|por|cerca)|primer comprador|comprar(?:nos|me)? (?:una|mi primera|nuestra|casa|algo|otra)|compr(?:o|amos) (?:una )?casas?|casas? en venta|(?:sigue|esta|aun) (?:disponible|en venta|a la venta)"),
)  # fmt: skip

_SELL_RULES = (
    _sell(0.75, r"<WANT>(?: (?:to|of|in|on|about|just|still|eventually|maybe|also|and|be|get|getting|help))*\s+(?:sell|selling|list|listing|unload|offload)(?:ing)?\b(?!\s+(?:me|you|us|price|for (?:more|less)|agent)\b)"),
    _sell(0.75, r"(?:sell|selling|list|listing|unload|offload|get rid of|liquidat\w+|dump(?:ing)?|ditch(?:ing)?|be done with|get out from under|part with|let go of)\s+(?:off\s+)?(?:and \w+ )?(?:both |all |one of )?(?:of )?(?:my|our|the|this|his|her|their|a|moms?|dads?|grandmas?|la)\s+(?:\w+\s+){0,3}?(?:<HOME>|rentals?|portfolio|package|estate|doors|units)"),
    _sell(0.7, r"(?:we|i)(?: \w+)? (?:are |am |were )?(?:selling|listing)\b(?! my (?:car|truck|couch))|(?:selling|sell)(?: it| out| both| all| asap| fast| quick\w*| first| soon| now| before| because| due| everything| them| the whole)\b(?! (?:myself|ourselves|on my own))|^selling\b|have to sell|must sell|need to sell|going to sell"),
    _sell(0.7, r"(?:put|putting|get|getting|place|go(?:ing)?)\s+(?:it|my|our|the|this|her|his|on)?\s*(?:\w+\s+){0,2}?(?:on the market|up for sale|listed|sold)(?! to)"),
    _sell(0.7, r"(?:want|need|like|get) (?:it|the (?:house|place|home)|this (?:house|place|thing)|my (?:house|place|home)|our (?:house|place|home)|the place|this) (?:sold|gone|off (?:my|our) hands)|house has (?:to|got to) go|want out(?= of (?:it|this|the house)|$|[.,!])|(?:cash|walk) out (?:of )?(?:my|the|our) (?:house|home|equity)"),
    _sell(0.7, r"(?:can|could|would|will|do) (?:you|yall|your \w+)(?: guys)? (?:sell|buy|list|take) (?:it|my|our|this|the (?:house|place))\b(?! (?:off|me))|how (?:fast|soon|quick\w*|long)(?: \w+){0,4} sell\b|(?:buy|purchase) (?:my|our) (?:house|home|place|condo|property|rental)|help (?:me|us|my \w+) (?:sell|list|unload)|cash offer (?:for|on) (?:my|our|the|a) (?:house|home|place)"),
    _sell(0.65, r"(?:would|will|ill|id|could|we) (?:take|accept|let it go for) (?:\$ ?\d|\d|like|about|around|\w+ hundred)[\d,.k]*|(?:looking|want|trying|ready) to (?:exit|cash out|get out of (?:it|this))|seller here|time to sell|selling (?:my|our|the|his|her)"),
    _sell(0.75, r"(?:quiero|queremos|quisiera|quisieramos|deseo|pienso|pensamos|pensando en|pensando|interesad[oa]s? en|me interesa|nos interesa|planeo|necesito|necesitamos|tengo que|tenemos que|hay que|voy a|vamos a|gustaria|urge|ayud\w+ a|listos? para|puede[ns]?|tratando de|decid\w+|urgente|me urge|nos urge|para|quieren|las|la|lo|los)\s+(?:\w+\s+){0,3}?vender(?:la|lo|las|los|se)?\b"),
    _sell(0.7, r"(?:vendo|vendemos|estoy vendiendo|estamos vendiendo|vendiendo)\s+(?:mi|nuestra|la|una|el|mis)?\s*\w+|(?:poner|pongo|poniendo)(?:la)? (?:\w+ ){0,3}(?:en|a la) venta|vender (?:mi|nuestra|la|una|mis|el)\b|compran casas|me (?:la )?compr(?:an|aria|arian)"),
)  # fmt: skip

_RENT = pattern(
    r"(?:looking|search\w*|want\w*|need\w*|like|prefer|trying|hoping|find|only|just|interested|get)\s+(?:\w+\s+){0,2}?(?:to |in |for )?(?:a |an |some |any )?(?:\w+\s+){0,3}?(?:rent(?:al|ing)?s?|lease|leasing)\b(?!\s+(?:it|them|out|both|propert\w+|my|our|income|is|was|portfolio|rooms|the (?:other|house|rooms)))"
    r"|(?:house|home|place|apartments?|condo|room|anything|bedroom|unit|something|available)s? (?:for|to) (?:rent|lease)\b(?! (?:it )?out)|(?:is|are) (?:it|this|that|they) (?:for rent|a rental)|(?:lease|rent) (?:a|an) (?:place|house|home|apartment|condo|room)|(?:do|does|can) (?:you|yall|i|we)(?: \w+)? (?:rent|lease|have (?:any )?rentals?)\b(?! (?:it|out|my))"
    r"|(?:busco|buscamos|buscando|quiero|queremos|necesito|necesitamos|ando|deseo|quisiera|tiene[ns]?|hay|interesa|solo|para)\s+(?:\w+\s+){0,4}?(?:rentar(?:me)?|alquilar|de renta|en renta|renta|alquiler|en alquiler|arrendar)\b(?! (?:a|mi|mis|la mia))"
)  # fmt: skip
_NOT_RENT = pattern(
    r"(?:end|break|finish|ending|breaking|get out of|renew|have) (?:my|our|the|a) (?:\w+ )?lease|(?:stop|tired of|done|sick of|instead of|rather than|quit|been|keep|hate|waste|end|break|finish|leave)\s+(?:\w+ )?rent\w*|rent (?:\w+ ){0,3}out|(?:rent(?:al)?|lease) (?:is|was) (?:up|ending|stupid|so|crazy|expir)|rental (?:propert|income|portfolio)"
)  # fmt: skip

_INVEST_RULES = (
    Rule(Intent.INVEST, 0.7, pattern(r"(?:airbnb |real estate |cash |out of state |small |local |rei )?invest(?:or|ors|ing)\b(?! (?:\w+ )?(?:called|offered|offering|said|told|gave|offers?|keeps?|company|wants|bought|fund))|inversionistas?|investment (?:propert(?:y|ies)|purchase|home|house|condo|deals?|opportunit\w+)|para (?:invertir|inversion)|(?:quiero|busco|me interesa) (?:invertir|inversion\w*|propiedades de inversion)"), fixed=False),
    Rule(Intent.INVEST, 0.65, pattern(r"(?:buy|buying|purchase|looking|want|pick up|comprar|need|shopping|after|find|get|acquire|acquiring|pay\w*)\b.{0,70}?\b(?:rent (?:\w+ ){0,3}out|rentals? propert\w+|rental\b(?! to live)|to flip|flips?|flipper|brrrr|airbnb|short term rental|str|vrbo|cash ?flow\w*|cap rates?|turnkey rental|passive income|para rentar(?:la|las|lo)|fix and flip|portfolio|doors)|(?:1031|(?:like kind) exchange)|brrrr|fix (?:and|n|&) flips?|wholesal(?:e deals?|ers? list)|(?:grow|add to|expand)\w* (?:my |our |the )?(?:rental )?portfolio|off market (?:deals?|propert\w+)|(?:buy and hold|house hack\w*)"), fixed=False),
)  # fmt: skip

_VALUATION_RULES = (
    Rule(Intent.VALUATION, 0.85, pattern(r"(?!.{0,40}\b(?:homes|houses|places) (?:\w+ )?(?:go|going|sell|selling|list))(?:what|whats|how much|wondering what|curious what|know what|wonder what|find out what|see what)\s*(?:is |are |would |could |should |do you think |you think |can |does |about |might |will )*(?:it |its |my |our |the |this |that |a |you |mine |moms? |dads? |i |we |they |he |she |value |house |home |place |condo |property |townhouse |duplex |\w+ ){0,9}?(?:worth|valued? at|appraise for|list for|be listed|go(?:es|ing)? for|sell for|bring|fetch|value of)\b")),
    Rule(Intent.VALUATION, 0.8, pattern(r"(?:what|how much)\s+(?:could|can|would|might|should|will|do you think|you think|kind of (?:money|price) (?:could|can|would))\s*(?:i|we|you|yall|it|she|he|they|id|someone|a buyer|buyers)(?: \w+)?\s+(?:get|give|pay|offer|make|ask|list|expect|walk|net|sell)\b(?! (?:down|for (?:a|the) (?:closing|inspection)|monthly|a month|approved))")),
    Rule(Intent.VALUATION, 0.8, pattern(r"(?:home|house|property|market|current|cash|free|fair market) ?(?:value|valuation|evaluation|worth|appraisal)(?= of| on| for|$|[?.,!]| report| estimate| please)|(?:get|give|want|need|do|send|run|looking for|have) (?:me |us )?(?:a |an |some |the )?(?:free |quick |rough |ballpark |home |instant )*(?:cma|comps|valuation|appraisal|evaluation|value estimate|price estimate|estimate (?:of|on|for) (?:my|our|the)|price opinion|ballpark)|(?:going (?:rate|price) (?:for|on|of))|(?:value|worth) of (?:my|our|the|this) (?:house|home|place|condo|property)|(?:is|are) (?:my|our) (?:house|home|place|condo|property) worth|price (?:on|for) my (?:house|home|place)")),
    Rule(Intent.VALUATION, 0.85, pattern(r"cuanto (?:vale|cuesta mi|valdra|podria valer|puede valer|costaria mi|valdria|me (?:dan|darian|pueden dar|ofrecen|daria)|sacaria|podria sacar|pued[oe] (?:sacar|pedir|vender)|valen|crees? que (?:vale|valga)|nos (?:dan|darian))|(?:en|a) cuanto (?:se |la |lo |podria |puedo |podemos |me )*(?:vend\w+|compr\w+|saldria|esta valuada)|(?:valor|avaluo|valuacion|precio|estimado) de (?:mi|nuestra|la) (?:casa|propiedad)|que (?:valor|precio) tiene mi")),
)  # fmt: skip
_ABOUT_LISTING = pattern(r"worth (?:it|the|my time|your|more|less)\b|(?:not|isnt|is it) worth it")
_SELL_MYSELF = pattern(
    r"(?:sell|list|selling|listing) (?:it|the house|my house|this|my home|our house|the place)?\s*(?:\w+ )?(?:myself|ourselves|on (?:my|our) own|by owner)|(?:vend\w+|la vendo|lo vendo) (?:yo mism[oa]|por mi cuenta|nosotros mismos|sin agente|yo sol[oa])"
)
_SOLD = pattern(
    r"(?:already|just|we|i|it|house|place) sold (?:it|the|last|our|my|already|in|months|a)|(?:already|just) (?:sold|bought)|no longer (?:selling|for sale)|took it off the market|ya (?:la |lo )?(?:vendi|vendimos)"
)
_SELL_FOR = pattern(
    r"(?:it|they|house|place|home|this) (?:is |are )?(?:going to |will |would |could |might |should |actually )*sell for"
)
_REINVESTS = pattern(
    r"1031|exchange|re ?invest\w*|i am an investor|investor here|roll (?:it|the)|invertir|cap rates? are"
)
_ROOMS = loose(r"\d ?-?(?:bed|br|bd)(?:room)?s?\b|\b\d/\d\b|\brecamaras?\b|\bcuartos?\b")
_OWNED = pattern(r"(?:my|our|mi|nuestra) (?:house|home|place|condo|property|rental|casa)|owe|asking|pido|worth")
_SHOPPING = pattern(r"(?:pre ?-?appr\w*|pre ?-?qual\w*|budget|down payment|fha|va loan|max|under|up to|price range)")


def find_wishes(text: Text) -> list[Found[Intent]]:
    """Return buy, sell, rent, invest and valuation as far as *text* speaks of the lead's own wishes."""
    plain = text.plain
    pieces = [*_stated(text, _BUY_RULES), *_stated(text, _SELL_RULES), *_stated(text, _INVEST_RULES)]
    if _SELL_MYSELF.search(plain) or (_SOLD.search(plain) and not any(p.label is Intent.BUY for p in pieces)):
        pieces = [piece for piece in pieces if piece.label is not Intent.SELL]
    rent = (
        None
        if _NOT_RENT.search(plain)
        else next((m for m in _RENT.finditer(plain) if not is_negated(plain, m.start())), None)
    )
    if rent is not None:
        pieces = [
            p
            for p in pieces
            if p.label is not Intent.BUY or (p.confidence >= 0.75 and "rent" not in plain[: rent.end()])
        ]
        pieces.append(Found(Intent.RENT, 0.85, text.span(rent.start(), rent.end())))
    pieces += [p for p in _stated(text, _VALUATION_RULES) if not _ABOUT_LISTING.search(plain)]
    pieces += _supporting(text, pieces)
    return _without_contradictions(weigh(pieces), plain)


_DENIED_INSIDE = pattern(
    r"(?:not|never|no longer|dont|arent|isnt|aint|no)\s+(?:\w+\s+)?(?:sell|buy|list|purchas|vend|compr)\w*"
)


def _stated(text: Text, rules: tuple[Rule[Intent], ...]) -> list[Found[Intent]]:
    pieces = []
    for rule in rules:
        for match in rule.pattern.finditer(text.plain):
            if not rule.fixed and (is_negated(text.plain, match.start()) or _is_of_others(text.plain, match.start())):
                continue
            if not rule.fixed and _DENIED_INSIDE.search(match.group()):
                continue
            pieces.append(Found(rule.label, rule.weight, text.span(match.start(), match.end())))
            break
    return pieces


def _is_of_others(plain: str, at: int) -> bool:
    before = re.split(r"[.!?;\n]|,\s|\bbut\b|\bso\b|\bpero\b", plain[max(0, at - 70) : at])[-1]
    found = _OTHERS.search(before)
    return found is not None and _NOT_SELF.search(before) is None


def _supporting(text: Text, pieces: list[Found[Intent]]) -> list[Found[Intent]]:
    """A budget or a loan backs up a stated wish to buy; with rooms, and nothing else wished, it is one."""
    found = _SHOPPING.search(text.plain)
    if found is None:
        return []
    span = text.span(found.start(), found.end())
    if any(piece.label is Intent.BUY for piece in pieces):
        return [Found(Intent.BUY, 0.3, span)]
    wished = {piece.label for piece in pieces}
    if not wished - {Intent.INVEST} and _ROOMS.search(text.plain) and not _OWNED.search(text.plain):
        return [Found(Intent.BUY, 0.6, span)]
    return []


def _without_contradictions(found: list[Found[Intent]], plain: str) -> list[Found[Intent]]:
    labels = {f.label for f in found}
    if Intent.SELL in labels and Intent.BUY not in labels and not _REINVESTS.search(plain):
        found = [f for f in found if f.label is not Intent.INVEST]
    if Intent.RENT in labels:
        found = [f for f in found if f.label is not Intent.INVEST]
    if Intent.RENT in labels and Intent.SELL in labels:
        found = [f for f in found if f.label is not Intent.RENT]
    if Intent.VALUATION in labels and _SELL_FOR.search(plain):
        found = [f for f in found if f.label is not Intent.SELL]
        labels.discard(Intent.SELL)
    if Intent.SELL in labels and Intent.VALUATION in labels:
        # Asking what it would bring is the wish; that it is for sale then goes without saying, unless said outright.
        strongest = max(f.confidence for f in found if f.label is Intent.SELL)
        if strongest < 0.7:
            found = [f for f in found if f.label is not Intent.SELL]
    return found
