"""What the guard looks for: one family of wordings a rule, in English and Spanish, with its source."""

import re
from dataclasses import dataclass
from functools import cache

from ghl_real_estate_ai.compliance import guard_indirect as indirect
from ghl_real_estate_ai.compliance.guard_terms import compiled
from ghl_real_estate_ai.compliance.model import Rule
from ghl_real_estate_ai.conversation.model import Language

FAIR_HOUSING_LAW = "42 USC 3604, 24 CFR 100.70, 100.75"


@dataclass(frozen=True, slots=True)
class GuardRule:
    """A family of wordings that may not be sent."""

    rule: Rule
    wordings: re.Pattern[str]
    instead: dict[Language, str] | None
    """What may be said in its place; None where nothing can be."""
    yields_to_refusal: bool = False
    """A clause that declines to speak of it may name it."""
    loosely: re.Pattern[str] | None = None
    """Wordings that break it too, unless the clause says where to look it up."""
    negation_reaches: int = 0
    """A negation at most so many words before makes it the opposite of what is looked for ("no kickbacks")."""


def _says(english: str, spanish: str) -> dict[Language, str]:
    return {Language.EN: english, Language.ES: spanish}


BY_FACTS = _says(
    "I'm glad to search by price, size, features and the places you name.",
    "Con gusto busco por precio, tamaño, características y los lugares que usted diga.",
)

STEERING = GuardRule(
    Rule("steering", FAIR_HOUSING_LAW),
    compiled(
        r"\b(?:steer|stay|keep|shy) (?:well )?(?:clear|away) (?:of|from) (?:\w+ ){0,3}side\b|\bgetting better now that\b|\bsuggest (?:a )?(?:different|another) (?:building|area|neighbou?rhood|part)\b(?! of the (?:house|kitchen))",
        r"\b(?:people|folks|families|buyers|someone|somebody|others|neighbors|those|guys) (?:just )?like (?:you|yourself|yourselves|us)\b(?! (?:to|can|need|should))",
        r"\b(?:your|our) (?:own )?(?:kind(?: of (?:people|folks|crowd|neighbou?rs))?|people|type of people|sort of people|culture|ethnicity|race|religion|faith|heritage|nationality|background)\b(?! check)",
        r"\b(?:right|wrong|better|certain|decent|different|good|bad) (?:kind|sort|type|class|caliber|element)s? of (?:people|folks|neighbou?rs|residents|crowd|families|tenants|buyers)\b",
        r"\b(?:riff[ -]?raff|undesirables?|bad element|criminal element|urban element|inner[ -]city (?:people|types|crowd)|white flight|blockbusting|redlin\w+|gentrif\w+)\b",
        r"\byou(?:'d| would|'ll| will|'re going to| might| may| could)? (?:probably |definitely |really |certainly |all |not |never |just )*(?:fit (?:right )?in|blend (?:right )?in|belong(?! to)|stand out|stick out|be out of place)\b(?! your budget)",
        r"\b(?:wouldn'?t|won'?t|would not|don'?t|not gonna|not going to) (?:really |quite |exactly )?(?:fit in|belong|blend in)\b",
        r"\b(?:you|your family|they|people)(?:'d| would|'ll| will| might| may)? (?:probably |definitely |really )*(?:be|feel) (?:a lot |much |far |way )?(?:more|less|most) (?:comfortable|at home|welcome|happy|at ease)\b(?! with the (?:price|payment|process))",
        r"\b(?:you|your family)(?:'d| would|'ll| will)? (?:probably |definitely |really )*(?:be (?:happier|better off)|not be (?:happy|comfortable|welcome)) (?:\w+ ){0,4}(?:in|on|with (?:people|folks|others|families|neighbors|your)|near|around|closer)\b",
        r"\b(?:stay|keep|steer|stick) (?:well |far )?(?:away|clear) (?:from|of) (?:the |that |this |those |any )?(?:\w+ ){0,3}{area}\b|\bavoid (?:the |that |this |those |living |buying |looking |anything )?(?:in |on )?(?:the |that |this |those )?(?:\w+ ){0,2}(?:side|{area})\b(?! fees?)",
        r"\b(?:i|we)(?:'d| would) (?:personally )?(?:not|never|avoid|steer you|keep you|hesitate)\b (?:\w+ ){0,5}(?:live|living|buy|buying|raise|move|moving|go|neighbou?rhood|area|side of town|part of town|away|into)\b|\b(?:wouldn'?t|would not|don'?t|do not) (?:want to |recommend |really want to |advise |even |personally )*(?:live|living|buy|buying|raise|move|moving|look|looking|go|show you (?:homes?|houses?|anything))(?:ing)? (?:your (?:kids|family) |homes? )?(?:there|over there|in (?:that|this|those) (?:\w+ )?{area}|on that side|around there)\b",
        r"\b(?:not|isn'?t|aren'?t|wouldn'?t be) (?:really |quite |exactly )?(?:the (?:right|best)|a good|right|meant|the kind of) (?:{area} )?(?:for|fit for|match for) (?:you|someone like|people|your family)\b",
        r"\b(?:bad|wrong|rough|rougher|nicer|better|good|right|best|worst|questionable|undesirable) (?:neighbou?rhoods?|areas?|sides? of (?:town|the (?:tracks|highway|freeway))|parts? of (?:town|the city)|element|street|zip codes?)\b",
        r"\b(?:neighbou?rhood|area|block|side of town|part of town) (?:has |is |'s )(?:been )?(?:going downhill|gone downhill|changing fast|declining|deteriorating|turning (?:over|around)|in transition|transitional|gentrif\w+|(?:really |very |pretty )?(?:changing|bad|rough))\b|\b(?:transitional|gentrifying|changing|declining|up[ -]and[ -]coming) (?:neighbou?rhood|area|block|part of town)\b",
        r"\b(?:before|because|now that) (?:\w+ ){0,4}(?:they|those people|those families|certain people|more of them|{ethnic}|{nations}|minorities)\b (?:\w+ ){0,3}(?:mov(?:e|ing|ed)|buy(?:ing)?|com(?:e|ing)|tak(?:e|ing) over)\b|\bwho(?:'s| is) moving in\b|\bproperty values? (?:\w+ ){0,4}(?:because of|due to) (?:the |who|those|new )(?:\w+ )?(?:people|neighbou?rs|families|residents|lives)\b|\bthose people\b|\bthose types\b",
        r"\b(?:gente|personas|familias|vecinos|otros) como (?:usted(?:es)?|tu|ti|nosotros|la suya|ellos)\b|\b(?:su|tu|nuestra) (?:propia )?(?:gente|raza|cultura|religion|etnia|fe)\b",
        r"\b(?:esa|ese tipo de|cierto tipo de|otro tipo de|mejor tipo de|buen tipo de|mejor clase de|cierta clase de|gente) (?:gente|vecinos|personas|decente|de bien|indeseable|fea)\b",
        r"\b(?:encajaria|encajar(?:a|ia|ian|an)|no encaja|se sentiria(?:n)? (?:mas|menos|mejor)|se sentira(?:n)? (?:mas|menos|mejor|como en casa)|estaria mas (?:a gusto|comod[oa]))\b",
        r"\b(?:evite|evita|eviten|alejese de|alejate de|no (?:le |te )?(?:recomiendo|recomendaria|convendria|conviene) (?:vivir|comprar|mudarse|mirar|buscar|ir)?)\s*(?:por |en |a )?(?:ese|esa|esos|esas|aquel|aquella|el|la|los|las|este|esta)?\s*(?:\w+ )?{zona}\b",
        r"\b(?:mal|mala|malos|malas|buen|buena|mejor|mejores|peor) (?:barrio|zona|vecindario|colonia|parte de la ciudad|area)s?\b|\b(?:no viviria|yo no compraria|no me mudaria|no viviriamos) (?:ahi|alli|en ese?a?)\b|\bantes de que (?:\w+ ){0,4}(?:lleguen|se muden|vengan)\b",
        *indirect.STEERING,
    ),
    _says(
        f"I can't say who an area suits. {BY_FACTS[Language.EN]}",
        f"No puedo decir para quién es una zona. {BY_FACTS[Language.ES]}",
    ),
    yields_to_refusal=True,
)
PEOPLE = GuardRule(
    Rule("protected_class", FAIR_HOUSING_LAW),
    compiled(
        r"\b(?:people|anyone|tenants?|renters?|someone|families|buyers?) (?:\w+ )?on (?:assistance|welfare|disability|food stamps|government \w+|section[ -]?8)\b|\b(?:your|their|his|her) (?:own |home )?(?:country|countrymen|homeland)\b|\bsame[- ]sex\b|\b(?:godly|god[- ]fearing|pious|devout)\b|\bupscale (?:crowd|people|neighbors)\b|\b(?:household|famil(?:y|ies)|anyone|someone|couples?) with (?:\w+ )?(?:kids|children)\b(?: [\w']+){0,3} (?:won'?t|can'?t|not|denied|rejected|never)\b|\b(?:renting|selling|showing|rent|sell) to (?:{ethnic}|{nations}|{colour} people|foreigners)\b",
        r"\b(?:since|because|given(?: that)?|as|being)(?: you| your \w+)?(?:'re| are| is)?(?: both| all)? (?:from (?!the (?:team|area)\b)\w+,? (?:you|i|we|the)|use a wheelchair|in a wheelchair|older|elderly|retired|single|a single (?:mom|mother|dad|parent|woman|man|guy)|pregnant|expecting|disabled|{ethnic}|{nation}|{colour}|a (?:{nation}|{colour}|young|mom|mother|woman|senior)|have (?:kids|children|a disability|young kids))\b",
        r"\b(?:is|will|does|what about) your (?:husband|wife|spouse|girlfriend|boyfriend)\b|\bspeak english\b|\bchurch[ -]?go(?:ing|ers?)\b|\bcertain people\b|\b(?:white|black|brown|asian) (?:\w+ )?(?:professionals?|folks|residents|owners|neighbors|kids|couple)\b",
        r"\b(?:prefers?|rather have|wants?|looking for|likes?|only takes?) (?:tenants?|buyers?|people|someone|renters?|applicants?|residents?|folks) (?:without|with no|who (?:don'?t|aren'?t|are not|speak|are))\b|\b(?:isn'?t|not|wasn'?t|aren'?t) (?:really |exactly )?(?:ideal|suitable|good|great|right|meant|set up|built) for (?:people|someone|anyone|folks|those|buyers|tenants) (?:with|who|in|on)\b|\b(?:steer clear of|avoid|not fond of|turn away|discourage|screen out) (?:\w+ )?(?:vouchers?|voucher holders|section[ -]?8|renters|{audience})\b|\bvoucher holders\b(?! (?:are )?welcome)",
        r"\b(?:people|buyers|families|tenants|those|anyone) with (?:vouchers|section[ -]?8|disabilities|kids|children|accents)\b(?! (?:are )?welcome)",
        r"\bcomo en (?:su|tu) (?:pais|tierra)\b|\bgente con (?:vales|ninos|hijos|acento)\b|\bsu paisanos?\b|\bpaisanos\b",
        r"\b{ethnic}\b",
        r"\b{nations}\b",
        r"\b(?:{nation}|{colour})(?:[ -](?:{nation}|{colour}|and|or|middle[ -]class|working[ -]class))*[ -]{people}\b(?! kitchens?)",
        r"\b(?:mostly|mainly|predominantly|largely|primarily|heavily|majority|all|full of|too many|more|many|lots of|few|fewer|no|not many|only|percent|%|overwhelmingly|very|increasingly|so many|a lot of)[ -](?:{nation}|whites?|blacks?|browns?|christians?|straights?|foreign|ethnic)\b(?! (?:and white|cabinet|trim|paint|tile|quartz|box|restaurant|food|style|oak))",
        r"\b(?:whites|blacks)\b|\bwhite (?:and|or) black\b (?:people|families)|\b(?:racial|ethnic|religious|racially|ethnically|religiously)\b(?! (?:slur|holiday))|\bdemographics?\b|\b(?:ethnicity|nationalit(?:y|ies)|national origin|skin colou?r)\b",
        r"\b(?:diverse|diversity|multicultural|homogen\w+|mixed|integrated|segregated) (?:\w+ )?(?:{area}|crowd|population|mix|group|people|families|neighbors)\b|\b{it} {is} {very}(?:diverse|multicultural|integrated|segregated)\b",
        r"\b(?:same|similar|different|other|certain|various|many|all) (?:race|ethnicit(?:y|ies)|religions?|faiths?|cultures?|nationalit(?:y|ies)|backgrounds?|colou?r)\b|\b(?:your|their|her|his) (?:race|ethnicity|religion|nationality|skin|accent)\b",
        r"\b(?:mentally ill|the disabled|handicapped|cripples?|crippled|special needs people|retarded|able[ -]bodied|wheelchair[ -]bound|disabled (?:people|persons?|tenants?|buyers?|residents?|individuals?))\b",
        r"\b(?:(?:what|which) (?:church|religion|faith|race|country|nationality)|where are you (?:really |originally |actually )(?:from)?|are you (?:a |an )?(?:us |u\.s\. |american )?(?:citizen|immigrant|christian|catholic|muslim|jewish|hispanic|latino|latina|black|white|asian|mexican|gay|straight|lesbian|disabled|handicapped|married|single|pregnant|divorced|religious|on (?:disability|welfare|section 8))|do you (?:go to|attend) (?:a )?(?:church|mosque|temple|synagogue)|do you have (?:a |any )?(?:disabilit\w+|handicap|green card|papers|kids|children|mental)|how old are you|how many (?:kids|children)(?!')|what country (?:are|were)|are you (?:legal|documented|here legally)|(?:planning|going|plan) (?:on |to )?(?:have|having|start|starting) (?:kids|children|a family|babies)|your immigration status|are there (?:any )?(?:kids|children) (?:who|in|that))\b",
        r"\b(?:must|should|have to|need to|only|required to) (?:be able to )?(?:speak|speaks) english\b|\bonly english speakers\b|\brequir(?:e|es|ed|ing) (?:\w+ ){0,3}(?:to speak |fluent )english\b|\bfluent in english\b|\benglish[ -](?:only|speakers only|speakers preferred|speaking (?:tenants|buyers|families|people|only))\b|\b(?:citizens|americans|u\.?s\.? citizens|us citizens|locals|natives) only\b|\bonly (?:u\.?s\.? )?(?:citizens|americans)\b|\b(?:speaks?|speaking) (?:no |little |broken )english\b|\bgreen card (?:holders|required)\b|\bamerican[ -]born\b",
        r"\bno (?:service|support|emotional support|assistance|guide) (?:animals?|dogs?)\b|\b(?:service|support|assistance|guide|emotional support) (?:animals?|dogs?) (?:\w+ ){0,3}(?:not (?:allowed|accepted|welcome|permitted)|aren'?t (?:allowed|accepted|welcome|permitted)|fee|deposit|extra)\b|\b(?:don'?t|do not|won'?t|can'?t) (?:accept|allow|take|permit) (?:\w+ )?(?:service|support|assistance|emotional support) (?:animals?|dogs?)\b|\bno wheelchairs?\b|\bnot (?:\w+ )?(?:for|suitable for|good for|appropriate for) (?:\w+ )?(?:wheelchairs?|disabled|handicapped|anyone with (?:a )?disabilit\w+|people with disabilit\w+|(?:people|someone|anyone|a person|those|tenants|buyers) (?:on|in|with|using|who uses?) (?:\w+ )?(?:wheelchairs?|walkers?|canes?|disabilit\w+))\b|\b(?:anyone|someone|somebody|anybody)(?: \w+){0,5} (?:disabled|handicapped|pregnant|an immigrant)\b",
        r"\b(?:don'?t|do not|won'?t|will not|doesn'?t|does not|can'?t|cannot|refuse to|never) (?:accept|take|allow|rent to|sell to|work with|show to|want|consider|approve|show homes to|deal with) (?:\w+ ){0,2}?(?:section[ -]?8|vouchers?|welfare|housing assistance|public assistance|disabilit\w+|kids|children|famil(?:y|ies)|single (?:moms?|mothers?|men|women|parents?)|students|couples|unmarried|gay|seniors|military|veterans|people (?:on|with)|foreign\w*|{colour} people|{ethnic})\b",
        r"\b(?:no|not?) (?:section[ -]?8|vouchers?|housing vouchers?|welfare|dss|government assistance|public assistance|unmarried|single (?:moms?|mothers?|men|women|parents?|males?|females?)|students|seniors|old people|military|women|men|couples|foreign\w*|mental\w*|gays?|programs?)\b(?! (?:discount|fee|exemption))|\bsection[ -]?8 (?:people|tenants|types|crowd|families|renters|not|isn'?t|is not|need not)\b|\b(?:section[ -]?8|vouchers?) (?:are|is)?\s?(?:not|n'?t) (?:accepted|allowed|welcome)\b",
        r"\b(?:males?|females?|men|women|ladies|gentlemen|married|unmarried|single|straight|white|christians?|jewish|american|young|older|mature|employed|professionals?|seniors?|couples?|singles?|adults?|famil(?:y|ies)|retirees?|students?|churchgoing|english speaking) (?:\w+ )?(?:preferred|only|wanted|need apply|welcome only)\b|\b(?:seller|owner|landlord|we|hoa|sellers|owners|board|neighbors|they)s? (?:would )?(?:prefers?|favou?rs?|wants?|likes?|only wants?|looking for|is looking for) (?:to sell to |to rent to |a |an |only )*(?:{audience}|{colour}|{nation}|someone (?:young|white|christian|local|without|older)|traditional)\b",
        r"\b(?:near|close to|walking distance (?:to|of|from)|steps? (?:to|from|away from)|(?:minutes?|blocks?|miles?|walk|mins?|feet|yards?) (?:walk |away )?(?:to|from)|around the corner from|next (?:door )?to|across (?:the street )?from|down the street from|by|beside|nearby|walk to|plenty of|lots of|several|great|wonderful|many|convenient to|within (?:\w+ )?(?:walk|distance|minutes|reach) (?:of|to)|has|home to|surrounded by|proximity to|options? for) {art}(?:\w+ )?(?:church(?:es)?|mosques?|synagogues?|temples?|parish(?:es)?|shuls?|cathedrals?|houses? of worship|places? of worship|eruv|masjids?|gurdwaras?)\b",
        r"\b(?:church(?:es)?|mosques?|synagogues?|temples?|parish|masjids?|places? of worship) (?:\w+ )?(?:nearby|close by|around the corner|down the (?:street|road|block)|within walking|on every corner|are (?:close|near)|is (?:close|near|just|right)|a (?:few|short)|minutes|in walking)\b|\b(?:strong|big|active|large|close-knit|tight-knit|growing|vibrant) (?:\w+ )?(?:church|faith|religious|parish|congregation|{nation}|{colour})\b (?:communit\w+|presence|scene|population|famil\w+)?",
        r"\b(?:{gente})\b|\b(?:gente|personas?|familias?|vecin[oa]s|zona|barrio|vecindario|comunidad|area) (?:blanca|negra|negro|blanco|cristian[oa]|judi[oa]|latin[oa]|morena|gay|rica|china|chino|mexican[oa]|african[oa]|asiatic[oa]|de color|extranjer[oa]|indigena)s?\b",
        r"\b(?:cerca de|a pasos de|a (?:\w+ )?(?:minutos|cuadras|pasos) (?:a pie )?de|junto a|al lado de|frente a|caminando a|a poca distancia de|distancia (?:a pie|caminable|caminando) (?:de|a)|hay (?:una|varias|muchas)|tiene) (?:(?:la|una|el|un|varias|varios|muchas|buenas|hermosa|muchos|su|nuestra|buena)\s)*(?:iglesias?|mezquitas?|sinagogas?|templos?|parroquias?|catedral)\b|\b(?:iglesias?|mezquitas?|sinagogas?|templos?|parroquias?) (?:\w+ )?(?:cerca|cercan[ao]s?|a la vuelta|a pasos|a unos|caminando)\b",
        r"\b(?:es|son|eres) (?:usted(?:es)? )?(?:ciudadan[oa]s?|casad[oa]s?|solter[oa]s?|catolic[oa]|cristian[oa]|inmigrante|legal|indocumentad[oa]|mexican[oa]|discapacitad[oa]|religios[oa])\b|\btiene(?:n|s)? (?:usted )?(?:hijos|ninos|papeles|alguna discapacidad|documentos migratorios)\b|\besta(?:s)? (?:usted )?(?:embarazada|casad[oa])\b|\b(?:de que pais|cual es su (?:religion|nacionalidad|raza|estado migratorio|estado civil)|a que iglesia|cuantos (?:hijos|ninos)|estatus migratorio)\b",
        r"\b(?:mayormente|mayoria|principalmente|predominantemente|lleno de|llena de|puros?|puras?|muchos|muchas|demasiados|demasiadas|casi todos|pocos|sin) (?:de )?(?:\w+ )?(?:blanc[oa]s?|negr[oa]s?|{gente})\b|\b(?:multicultural|demografia|composicion (?:etnica|racial)|grupo etnico|etnic[oa]|diversidad|barrio diverso|zona diversa)\b",
        r"\b(?:no (?:se )?(?:aceptan?|aceptamos|admiten?|admitimos|permiten?|permitimos|rentamos|rentan|alquilamos|vendemos|trabajamos|quieren)|sin|prohibid[oa]s?) (?:a |con |los |las )*(?:seccion[ -]?8|vales?|section[ -]?8|vouchers?|ninos|familias|hijos|madres solteras|animales de (?:servicio|apoyo)|perros guia|sillas de ruedas|{gente}|programas? de gobierno|estudiantes|solteros|personas (?:mayores|con discapacidad))\b|\b(?:solo|solamente|unicamente|preferimos|prefieren?|se prefieren?|preferencia (?:a|por)|exclusivo para) (?:a |para |las? |los )*(?:{publico}|ciudadanos|casados|cristianos|personas (?:sin|que hablen)|gente (?:que hable|sin))\b|\b(?:hay que|debe(?:n)?|tiene(?:n)? que) hablar ingles\b|\bno apt[oa] para (?:discapacitad\w+|sillas? de ruedas|personas con discapacidad)\b",
        *indirect.PEOPLE,
    ),
    _says(
        f"I can't speak to who lives in an area, and every home is open to everyone. {BY_FACTS[Language.EN]}",
        f"No puedo hablar de quién vive en una zona; toda casa está abierta a todos. {BY_FACTS[Language.ES]}",
    ),
    yields_to_refusal=True,
)
FAMILIES = GuardRule(
    Rule("familial_status", "42 USC 3604(c), 24 CFR 100.75"),
    compiled(
        r"\b(?:folks|people|buyers|someone|those|a person|women|men) (?:of |at )?your age\b|\bmost(?:ly)? (?:folks|people) your age\b",
        r"\b(?:owners?|sellers?|landlords?|hoa|building|they|we|manager|board|neighbors)\b(?: [\w']+){0,3} (?:no|not|rather not|don'?t|doesn'?t|wouldn'?t|won'?t|without|against)(?: [\w']+){0,3} (?:kids|children|famil(?:y|ies)|babies|teenagers)\b(?! (?:room|gather))",
        r"\b(?:traditional |true |real |wholesome )?family (?:neighbou?rhood|area|community|street|environment|atmosphere|vibe|town|building|complex|feel|values|oriented|man)\b|\b(?:kids|children|families|seniors|couples|retirees|young professionals|women|single \w+|students)(?: [\w']+){0,3} (?:tend to|usually|prefer|prefers|play outside|play safely|ride (?:their )?bikes|happier|do best|love|thrive|gravitate|are drawn)\b|\bif you'?ve got (?:kids|little ones|children|a family)\b|\blittle ones\b|\byour kids would\b|\bas a (?:single|mom|mother|dad|father|woman|senior|family|couple|christian|parent)\b",
        r"\b(?:duen[oa]s?|propietari[oa]s?|vendedor(?:es)?|casero|edificio)\b(?: \w+){0,3} (?:no|sin)(?: \w+){0,3} (?:ninos|hijos|familias|bebes)\b",
        r"\b{suits}(?: (?:\w+|fit|home|place)){0,5}? (?:for|to|with|among) {aud_adj}{audience}\b(?! (?:room|gather|visit|dinner|photo|member|game|movie|night|holiday|heirloom|barbecue|cookout|bath|suite|parking|discount))",
        r"\b{audience}(?:s|'s)? (?:\w+ )?(?:love|loves|adore|enjoy|thrive|dream|paradise|will love|would love|do well|flock|feel (?:at home|welcome|safe))\b",
        r"\b(?:family|kids?|child|children|adult|senior|couples?|singles?|youth)[ -](?:friendly|oriented|centric|centered|focused|only|safe|perfect)\b",
        r"\b(?:no|zero|without|minus|free of) (?:\w+ )?(?:kids|children|babies|toddlers|teenagers|teens|infants|famil(?:y|ies))\b(?! (?:room|support|yet))|\b(?:kids?|children|babies|teens?|famil(?:y|ies)|infants?) (?:\w+ )?(?:(?:are|is) )?(?:not|n'?t|never|prohibited|discouraged|unwelcome|banned|aren'?t|isn'?t|cannot|can'?t|must)\b (?:really )?(?:allowed|welcome|permitted|accepted|ideal|recommended|live|suitable|be)?",
        r"\b(?:adults?|couples?|singles?|mature (?:adults?|persons?|individuals?|tenants?|couples?|people|professionals?)|professionals?|seniors?)[ -]only\b|\bonly (?:adults|couples|singles|professionals|seniors|mature \w+|famil(?:y|ies)|retirees)\b|\bchildless\b|\bchild[ -]free\b|\bkid[ -]free\b|\badult (?:building|community|complex|living)\b|\bmature (?:adults?|couples?|individuals?|tenants?|persons?|residents?)\b",
        r"\b(?:raise|raising|rear|bring up|bringing up|start|starting|grow|growing|have|having|expand) (?:a |your |the |up |their |young |more |up your )*(?:famil(?:y|ies)|kids|children)\b|\b(?:growing|young|new|big|small|large) famil(?:y|ies)\b|\b(?:lots of|plenty of|full of|many|few|other|tons of|filled with|mostly|mainly|all|with|all the|hardly any|not many|too many|a lot of) (?:young |other |retired |older |little |your age )*(?:famil(?:y|ies)|kids|children|couples|singles|retirees|seniors|young professionals|young people|old people|older people|students|empty[ -]nesters|professionals|people your age)\b(?! (?:room|home|unit|house|bed))|\b(?:full of|lots of|plenty of|tons of|filled with|mostly|mainly|hardly any|too many|a lot of) {aud_adj}{audience}\b|\b(?:suits?|attracts?|caters? to|appeals? to|draws?|popular with|welcomes|geared (?:to|toward|towards)|targets?|aimed at) {aud_adj}{audience}\b|\bonly (?:sell|rent|lease|show|work|deal)s?(?: \w+)? (?:to|with) {aud_adj}{audience}\b",
        r"\b(?:not|isn'?t|aren'?t|won'?t be|wouldn'?t be|too \w+|n'?t) (?:really |very |exactly )?(?:suitable|ideal|good|great|appropriate|right|meant|safe|small|recommended|set up|designed|the place|best|for)(?: enough)? (?:for |with |to )*{aud_adj}{audience}\b|\btoo (?:small|big|noisy|quiet|many stairs) for (?:your |a |\w+ )*(?:kids|children|famil(?:y|ies)|bab(?:y|ies)|seniors?|elderly)\b",
        r"\b(?:neighbou?rs|residents|people) (?:there |here )?(?:are|is) (?:\w+ )?(?:mostly |mainly |all |older|younger|retired|quiet|professional|your age|mature|young|families|couples|like-minded|educated|well-off)\b|\b(?:older|younger|retired|mature|quieter) (?:crowd|neighbors|residents|population|demographic)\b|\bpeople your (?:own )?age\b|\baverage age\b|\bwho lives? (?:there|here|around)\b (?:is|are)\b|\b(?:younger|older) (?:people|folks|families|couples) (?:live|are|mostly|tend)\b",
        r"\b{ideal}(?: \w+){0,4}? (?:para|entre|con) {pub_adj}{publico}\b|\b(?:familiar(?:es)?)\b (?:y segur\w+)|\b(?:ambiente|zona|barrio|vecindario|area|comunidad|lugar|entorno|edificio) (?:\w+ )?familiar(?:es)?\b|\bpara (?:que )?(?:criar|formar|tener|empezar|sacar adelante) (?:a )?(?:una |su |sus |la |los |tu |tus )*(?:familia|hijos|ninos)\b|\bcriar (?:a )?(?:una |su |sus |tu |tus |los )*(?:familia|hijos|ninos)\b|\bcriar (?:ninos|hijos)\b",
        r"\b(?:sin|no) (?:se (?:aceptan|permiten|admiten) )?(?:ninos|hijos|familias|bebes)\b|\b(?:solo|solamente|unicamente|exclusivo) (?:para )?(?:adultos|parejas|solteros|personas mayores|profesionales|familias|jubilados|gente mayor|mayores)\b|\b(?:muchas|muchos|llen[oa] de|pocos|pocas|puras|mayoria de|hay) (?:\w+ )?(?:familias|ninos|parejas|jubilados|ancianos|jovenes profesionales|gente joven|gente mayor)\b|\ba los? (?:ninos|familias|jubilados|jovenes) les (?:encanta|gusta|va a encantar)\b|\bfamilias? (?:jovenes?|en crecimiento|numerosas?)\b",
        *indirect.FAMILIES,
    ),
    _says(
        f"Every home is open to everyone. {BY_FACTS[Language.EN]}",
        f"Toda casa está abierta a todos. {BY_FACTS[Language.ES]}",
    ),
    yields_to_refusal=True,
)
SCHOOLS = GuardRule(
    Rule("school_quality", FAIR_HOUSING_LAW),
    compiled(
        r"\b(?:rave|raves|raving|brag|love|loves|crazy|swear by|happy with|proud of)(?: \w+){0,3} schools?\b",
        r"\b{good},? {school_adj}{school}\b(?! (?:info|data|source|site|website|search|ratings? (?:site|tool)|tools?|supply|resources?))",
        r"\b{school}\b(?:'s)?(?: (?:there|here|nearby|around|in|the|this|that|area|district|over|itself|system|for|zoned|all|also|both|really|neighbou?rhood|your|\w+ isd)){0,5} (?:{is}|has|have|scores?|scored|rank(?:s|ed)?|rated|rating|ratings|get|gets|got|earn(?:s|ed)?|perform(?:s)?|do|does) {very}(?:{good}|rated|ranked|scores?|ratings?|reputations?|\d+(?:/10| out of)|well|poorly|highly|better|above|below|high|low|[abcdf][+-]?)\b(?! (?:on|at|by) (?:great|niche|the state))",
        r"\b(?:good|great|high|top|excellent|strong|best|perfect|poor|bad|low|amazing) (?:school )?(?:ratings?|scores?|rankings?|test scores|reputation)\b (?:\w+ ){0,3}(?:schools?|district)\b|\b(?:good|great|high|excellent|top|strong|low|poor|bad) school (?:ratings?|scores?|rankings?)\b|\bschool(?:s|'s)? (?:ratings?|scores?|rankings?) (?:are|is|of|were|there are|here are|average) {very}(?:{good}|\d+|high|low|nine|ten|eight|above|below)\b",
        r"\b(?:rated|ranked|ranks|rates|scores?|scored) (?:an? |about |around |number |no\.? |#)*(?:\d+|nine|ten|eight|a\+?|among|top|best|one of)\b(?: (?:\w+|/) ?){0,6}\b(?:schools?|district|greatschools|education)\b|\b(?:\d+/10|\d+ out of (?:10|ten)|a\+|a-rated) (?:\w+ ){0,3}(?:schools?|elementary|district)\b|\b(?:schools?|elementary|district)\b(?: [\w']+){0,5} (?:\d+/10|\d+ out of (?:10|ten)|an? a\+?)(?= |$)",
        r"\b(?:kids|children|students|son|daughter|family)\b (?:\w+ ){0,6}(?:great|good|excellent|better|best|top|quality) education\b|\b(?:best|great|top|excellent|better|quality) (?:education|districts?|teachers)\b|\b{school}\b (?:is|are) (?:\w+ )?(?:why|the reason|what (?:makes|draws|attracts|brings))\b|\bone of the (?:best|top|worst|better|strongest) (?:\w+ ){0,3}{school}\b",
        r"\b{bueno} (?:(?:y|las?|los|de|publicas?|privadas?|locales|del?|area|estado|calificadas)\s)*{escuela}\b|\b{escuela}\b(?: (?:publicas?|privadas?|locales|de|del|la|las|los|el|ahi|alli|aqui|zona|barrio|area|cercan[ao]s|esa|ese|este|esta|por|en)){0,5} (?:{es}|tienen?|salen|rankean|reciben|estan) (?:muy |de |las |los |entre |con |bastante |mucho |una |un |super |calificacion |realmente )*(?:{bueno}|calificad[oa]s|rankeadas?|calificaciones|\d+|altas?|bajas?|reputacion|fama)\b|\b{escuela} (?:\w+ )?(?:{bueno})\b",
        *indirect.SCHOOLS,
    ),
    _says(
        "How schools do is best looked up at public sources such as GreatSchools.org and the state's education department.",
        "Sobre las escuelas, lo mejor es consultar fuentes públicas como GreatSchools.org y el departamento de educación del estado.",
    ),
    yields_to_refusal=True,
    loosely=compiled(
        r"\b{school}\b(?: [\w']+){0,7} (?:good|great|better|excellent|mixed reviews|reputations?|well[- ]regarded|highly|poorly|top|best|bad|worse|strong|weak|failing|amazing|phenomenal|outstanding|fantastic|a\+|a plus|rave)\b(?! (?:on|for|time|day|way|place|fit|question|idea))",
        r"\b(?:good|great|better|excellent|top|best|bad|worse|worst|strong|amazing|outstanding|fantastic|wonderful)(?: [\w']+){1,4}? (?:schools?|school district|elementary|isd)\b(?! (?:bus|tax|year|info))(?<!time to school)",
        r"\b{escuela}\b(?: \w+){0,6} (?:buena|buenas|excelentes?|mejor|mejores|mala|malas|calificacion(?:es)?|calificad[oa]s|reputacion|fama|nivel)\b",
    ),
)
SAFETY = GuardRule(
    Rule("safety_or_crime", FAIR_HOUSING_LAW),
    compiled(
        r"\b{unsafe}(?:,? (?:and|or|but|quiet|clean|little|gated|nice|family|peaceful|residential|friendly|lovely|friendly|beautiful|stable|calm|old|downtown))* (?:{area}|town|suburb|streets|home life|environment|place to)\b|\b(?:safe|safer|unsafe|dangerous) (?:for|to|at|after|enough|around|here|there|over|during|alone)\b(?! (?:proceed|close|assume|say|share|send|give|text|reply|list|use|drink|remove|open))",
        r"\b(?:{it}|neighbou?rs?|residents|walking|streets?|living there|you(?:'d|'ll| will| would)?|your (?:kids|family|children)|i|we|people|they|families|woman|women)(?: \w+){0,4}? (?:{is}|feel|feeling|be|feels|felt) {very}(?:{unsafe}|violence|crime)\b(?! (?:with|about|doing|letting|in (?:our|my) hands|with (?:us|me)|deposit))",
        r"\b(?:low|lower|lowest|high|higher|no|zero|little|less|minimal|almost no|hardly any|rising|falling|much|tons of|lots of|more|violent|petty|bad|so much|some|virtually no|barely any|free of|without|any|a lot of|increasing|decreasing) (?:\w+ )?(?:crimes?|violence|gangs?|break[ -]ins?|burglar(?:y|ies)|shootings?|robber(?:y|ies)|drugs|drug (?:activity|dealers|dealing)|thefts?|homeless\w*|car thefts?|muggings?)\b|\bcrime[ -](?:free|ridden|infested)\b|\bcrime (?:rates?|stats|statistics|numbers|levels?)?\s*(?:there |here |in \w+ )*(?:is|are|has|have|'s|isn'?t|aren'?t) {very}(?:low|high|lower|higher|down|up|bad|a problem|an issue|minimal|non-?existent|rare|rising|gone|dropped|out of control|going|been|below|above|nothing|great|good|worse|better|terrible)\b|\b(?:gang|drug) (?:activity|problems?|territory|house|area)\b|\b(?:gangs|drug dealers|shootings|break-ins)\b",
        r"\b(?:ghettos?|the hood|war zone|sketchy|gangland|bad part of town|rough part of town|shady people|thugs?|criminals)\b|\b(?:lock your doors|watch your back|sleep (?:well|easy|better|soundly) at night|walk (?:around )?(?:alone |outside |there |home )*(?:at|after|in the) (?:night|dark)|leave (?:your|the) doors? unlocked|doors? unlocked|never have to worry|without (?:any )?(?:fear|worry(?:ing)?)|be careful (?:there|around there|at night|over there))\b|\bgreat safety (?:record|rating|reputation)\b|\bsafety (?:record|rating|score) (?:is|of)\b|\bsafe(?:st)? (?:neighbou?rhoods?|areas?|places?|cit\w+|towns?|communit\w+)\b|\bneighbou?rhood safety is\b|\bvery safe\b|\breal safe\b|\b(?:so|super|really|quite|extremely) safe\b",
        r"\b{zona}(?: \w+){0,3}? {es} {muy}{seguro}\b|\b{zona} {muy}{seguro}\b|\b(?:{es}) {muy}(?:un |una |de )*(?:{zona} )?{muy}(?:{seguro})\b(?! (?:de|que|su|tu|por|para el|por sms))|\b(?:{seguro}) (?:{zona}|para (?:vivir|caminar|los ninos|sus hijos|la familia|ninos|familias))\b|\b(?:poca|poco|mucha|mucho|baja|alta|sin|cero|nada de|menos|mas|bajo|alto|casi no hay|hay) (?:indice de |tasa de |nivel de |la )*(?:crimen(?:es)?|delincuencia|criminalidad|delitos?|violencia|pandillas|drogas|robos|asaltos|inseguridad|balaceras|narcos?|maleantes|pandilleros)\b|\b(?:tasa|indice|nivel) de (?:crimen|criminalidad|delincuencia|delitos?) (?:\w+ ){0,3}(?:es|esta|son) {muy}(?:baj[oa]|alt[oa]|minim[oa])\b|\b(?:caminar|andar|salir) (?:sol[oa]s? |tranquil[oa]s? )*(?:de|por la) noche\b|\b(?:el crimen|la delincuencia|la criminalidad) (?:\w+ )?(?:es|esta) (?:muy )?(?:baj[oa]|alt[oa])\b|\bpandillas\b|\bsentir(?:a|an|se|ia|ian)? (?:muy |mas )?segur[oa]s?\b|\bdormir tranquil[oa]s?\b",
        *indirect.SAFETY,
    ),
    _says(
        "I can't speak to how safe an area is; the local police department's public crime map shows what is reported there.",
        "No puedo opinar sobre la seguridad de una zona; el mapa público de la policía local muestra lo que se reporta allí.",
    ),
    yields_to_refusal=True,
    loosely=compiled(
        r"\b(?:burglar\w*|gangs?|shootings?|robber(?:y|ies)|thefts?|crime|crimes|criminal\w*|violence|violent|muggings?|break-?ins?|vandalism|homicides?|stabbings?|carjackings?|drug deal\w*|roban|robos|asaltos?|delincuencia|delincuentes|crimen|pandill\w+|balaceras?|violencia)\b",
        r"\b(?:safe|safer|safest|safely|safety|secure|unsafe|dangerous|dangerously)\b(?: [\w'-]+){0,7} (?:{area}|outside|outdoors|alone|at night|around here|here|there|kids|children|families|women|live|living)\b",
        r"\b(?:{area}|outside|outdoors|alone|around here|kids|children|families|women|living)\b(?: [\w'-]+){0,6} (?:safe|safer|safest|safely|safety|unsafe|dangerous|{unsafe})\b(?! (?:features?|inspection|codes?|rails?|gates?|deposit|box|room|to say))",
        r"\b(?:segur[oa]s?|insegur[oa]s?|peligros[oa]s?|seguridad|tranquil[oa]s?)\b(?: \w+){0,6} (?:{zona}|de noche|ninos|familias|vivir|afuera)\b(?! le)",
    ),
)
AVAILABILITY = GuardRule(
    Rule("availability_misstated", "42 USC 3604(d), 24 CFR 100.80"),
    compiled(
        r"\b(?:that'?s|it'?s|is|just) what (?:we|i) tell\b|\bat least that'?s what\b|\bwe say it'?s (?:sold|gone|taken)\b",
        r"\b(?:(?:tell|telling|told|inform) (?:them|him|her|those|people|buyers|callers|families|anyone|the|others|that)|(?:just|can|could|i'll|we'll|always|simply) say) (?:\w+ ){0,5}?(?:it'?s|it is|they'?re|the (?:home|house|unit|place|listing|property|apartment) is|that'?s|that it'?s|that it is|nothing'?s|nothing is) (?:\w+ ){0,3}?(?:sold|gone|taken|rented|off the market|not available|unavailable|under contract|pending|leased)\b",
        r"\b(?:not|isn'?t|aren'?t|no longer|n'?t|nothing) (?:\w+ )?(?:available|open|for sale|for rent|being shown|offered|an option) (?:to|for) (?:you|your|people|famil\w+|buyers (?:like|with|who)|anyone with|someone (?:like|with)|those|renters with|voucher\w*|tenants with|single|folks|applicants with|{ethnic}|{audience})\b",
        r"\b(?:nothing|no (?:homes?|houses?|units?|apartments?|listings?|vacanc\w+|openings)|don'?t have (?:anything|any \w+)|we have nothing|sold out|all full|fully booked) (?:\w+ ){0,3}(?:for (?:you|people|famil\w+|someone like|voucher\w*|{audience}|{ethnic})|with (?:kids|children|vouchers))\b",
        r"\b(?:won'?t|will not|can'?t|cannot|wouldn'?t|don'?t) (?:show|sell|rent|lease|offer)(?: it| that| this| you| homes?| houses?| anything| the \w+)* (?:to |in |for )(?:that|those|people|famil\w+|anyone (?:with|who|on)|someone (?:with|who)|you|tenants with|buyers with|{ethnic}|{audience})\b",
        r"\b(?:digale|diles|dile|decirles?|decir) (?:\w+ ){0,3}que (?:ya )?(?:no esta disponible|se vendio|esta vendida|se rento|esta rentada|no hay)\b|\bno (?:esta|estan|hay \w+|tenemos \w+|tenemos nada) (?:disponibles? )?para (?:usted(?:es)?|familias|gente|personas (?:como|con|que)|alguien como|{gente}|{publico})\b|\bno (?:le |les |te )?(?:rentamos|vendemos|mostramos|ensenamos) (?:\w+ )?a (?:familias|gente|personas|{gente}|{publico})\b",
        *indirect.AVAILABILITY,
    ),
    _says(
        "Every home that is for sale is open to everyone. I'll have someone confirm what's available.",
        "Toda casa en venta está abierta a todos. Pediré que alguien confirme qué está disponible.",
    ),
)
KICKBACKS = GuardRule(
    Rule("respa", "12 USC 2607, 2608; 12 CFR 1024.14"),
    compiled(
        r"\b(?:we|us|i|you)(?: both| all)? (?:get|gets|earn|make|receive|see) (?:a )?(?:little )?something (?:back|extra|out of it|for it)\b|\b(?:required|have|has|need|needs|must|mandatory|obligated)(?: to)?(?: be| get| go| use| apply| close| finance)*(?: pre-?approved| approved| financing| a loan| your loan)? (?:through|with|by|use|go through) (?!your |a |any |the bank)(?:\w+ ){1,3}?(?:mortgage|lending|bank|title|escrow|home loans|financial|lenders?)\b|\bmandatory to use\b|\b(?:nuestr[oa]|mi) {prestamista}\b(?:\W+\w+){0,3}\W+(?:obligatori[oa]|requisito|requerid[oa])\b",
        r"\b(?:referral|referal|finder'?s?|introduction|marketing|thank[ -]you) (?:fees?|bonus(?:es)?|commissions?|payments?|cash|checks?|rewards?|cuts?|kickbacks?)\b|\bkick ?backs?\b|\bunder the table\b|\bfee[ -]splitting\b",
        r"\b(?:you(?:'ll)?|buyers?|they|everyone|all \w+|the buyer|clients?|we|it) (?:\w+ )?(?:must|have to|has to|need to|needs to|required to|are required to|is required|gotta|got to|only (?:use|work with|accept)|can only use|should only use|may only use|obligated to|are obligated to|are expected to) (?:\w+ ){0,5}?(?:use|go through|go with|work with|choose|pick|apply with|close with|get (?:pre-?approved|approved|financing|your loan|the loan|a loan) (?:with|through|from|by)|finance (?:with|through)|hire|order|buy|book|be (?:pre-?approved|approved) (?:by|with|through)) (?:\w+ ){0,3}?(?:{our}) (?:\w+ ){0,2}?{settler}\b",
        r"\b(?:required|mandatory|must|exclusive|have to|require|requires?|requiring|insist|insists?|mandate[sd]?) (?:\w+ ){0,6}?(?:{our} )?(?:\w+ )?{settler}\b(?! (?:if|letter|to|by law|approval))|\b{our} {settler} (?:is|are) (?:required|mandatory|a must|the only)\b|\buse of {our} (?:\w+ )?{settler} is (?:required|mandatory)\b",
        r"\b(?:only|unless|if|when|provided|as long as|contingent on|condition\w*|in exchange|once)\b(?: \w+){0,6}? (?:use|using|go with|choose|go through|finance (?:with|through)|work with|close with|pick|sign with|select|apply with) (?:\w+ )?{our} (?:\w+ ){0,2}?{settler}\b|\b(?:discounts?|rebates?|cash ?back|gift ?cards?|\$\d[\d,]*|credits?|free \w+|bonus|incentives?|perks?|reward) (?:\w+ ){0,8}?(?:use|using|choose|choosing|go with|going with|going through|picking|sign with|through|with) (?:\w+ )?{our} (?:\w+ ){0,2}?{settler}\b",
        r"\b(?:we|i|our (?:team|office|agents?|company)|they|the team|agent|my broker|the broker|lender|the lender|our lender|title company|inspector)\b(?:'ll)? (?:\w+ ){0,3}?(?:get|gets|earn|earns|receive|receives|make|makes|take|takes|collect|split|splits|share|shares|pay|pays|paid|kick|kicks|give|gives|send|sends|slip|slips|compensated|rewarded|got) (?:\w+ ){0,5}?(?:cut|percentage|percent|commission|bonus|fee|paid|something back|money|cash|back|points?|gift cards?|\$\d[\d,]*|check|share|compensation|piece|trip)\b(?: \w+){0,6}? (?:{settler}|loan|closing|send(?:ing)? (?:them|you|us|him|her|over)|refer\w*|mortgages?|for every|per (?:client|buyer|closing|deal|referral|loan)|each (?:client|buyer|closing|referral))\b",
        r"\b(?:pays?|paid|give|gives|send|sends|get|gets|earn|offer|offers|hand|slip|owe) (?:you|us|me|our \w+|the (?:team|agent)|him|her|them)?\s*(?:a |an |\$|\d|about |up to |some |cash |back )*[\d,]*\s*(?:\w+ ){0,3}(?:for (?:each|every|any|a|sending|referring|all|steering|your|the) (?:\w+ ){0,3}?(?:referrals?|refer|client|buyer|friend|closing|lead|customer|business|people|someone)|per (?:referral|client|lead|closing|buyer)|when (?:you|we|i) (?:send|refer)|if (?:you|we|i) (?:refer|send))\b|\brefer (?:a |your |any )?(?:friends?|someone|buyers?|anyone|neighbou?rs?|people)\b(?: \w+){0,6} (?:\$\d[\d,]*|cash|gift ?card|get paid|pay you|reward|bonus|money|commission)\b|\bfor (?:every|each|any) (?:referral|client you send|friend you (?:send|refer)|buyer you (?:send|refer))\b",
        r"\b(?:comision|comisiones|cuota|pago|bono|dinero|tarifa|honorarios|recompensa) (?:\w+ )?(?:por (?:referir|recomendar|cada (?:referido|cliente)|enviar(?:le|nos)?|referidos?|recomendacion\w*)|de referencia|por debajo)\b|\b(?:soborno|mordida|por debajo de la mesa|bajo la mesa)\b|\b(?:tiene(?:n)? que|debe(?:n)?|es obligatorio|esta obligad[oa] a|solo puede(?:n)?|necesita(?:n)?|hay que|se requiere|es requisito|se exige|exigimos) (?:usar|utilizar|trabajar con|elegir|ir con|contratar|financiar con|cerrar con|sacar (?:su|el) (?:prestamo|hipoteca) con)?\s*(?:a |con )?(?:nuestr[oa]|mi|el|la|su)?\s*{prestamista}\b|\b(?:solo si|si|cuando|siempre que) (?:\w+ ){0,2}(?:usa|usan|elige|utiliza|trabaja con|va con|financia con|contrata) (?:a )?(?:nuestr[oa]|mi) {prestamista}\b|\bpor cada (?:referido|cliente|amigo|persona)\b(?: que (?:nos |me )?(?:mande|envie|refiera|recomiende)\w*)?|\b(?:nos|me|le) (?:paga|pagan|da|dan|pagamos|damos|pagaremos|regala|regalan) (?:\w+ ){0,4}?(?:por|cuando|si) (?:\w+ ){0,3}?(?:client\w*|refer\w*|recomend\w*|prestamo|mand\w*|envi\w*|hipoteca)\b",
        *indirect.KICKBACKS,
    ),
    _says(
        "You're free to choose any lender, title company or inspector, and comparing a few is a good idea.",
        "Usted puede elegir el prestamista y la compañía de títulos que prefiera; comparar varios es buena idea.",
    ),
    negation_reaches=6,
)
PRESSURE = GuardRule(
    Rule("pressure", "15 USC 45; invented scarcity and urgency are deceptive"),
    compiled(
        r"\byou (?:only )?have until (?:tonight|midnight|the end of the day|noon|5)\b|\b(?:two|three|four|five|six|\d+|multiple|several) offers are (?:already )?in\b",
        r"\byou(?:'ll| will| could| might|'re going to|'re gonna| would) lose\b|\b(?:need|want|must have|give me) (?:an |your )?(?:answer|decision|signature) (?:today|now|tonight|by (?:tonight|tomorrow|noon|midnight|\d)|this (?:minute|second)|right (?:now|away))\b|\b(?:bank|lender|sheriff) is (?:coming|about|going to)\b|\bsign (?:with us |the \w+ |up )?(?:now|today|tonight)\b|\b(?:buyers|investors|offers) (?:are )?(?:ready to|waiting to) (?:pounce|jump|grab|buy|snatch)\b",
        r"\bsi no (?:firma|vende|actua|decide|llama|acepta)\b(?: \w+){0,4},? (?:pierde|perdera|va a perder|se queda)\b|\bpierde (?:la|su) casa\b",
        r"\b(?:act|sign|sell|decide|buy|move|commit|call|respond|reply|accept|list)(?: \w+){0,3}? (?:now|today|tonight|immediately|fast|quick(?:ly)?|right away|asap)(?: \w+)? (?:or|before|because|while|to avoid|if you (?:don'?t )?want|and (?:save|avoid))\b|\bact (?:now|fast|quick(?:ly)?|immediately|today)\b|\b(?:hurry|last chance|final (?:chance|notice|opportunity)|limited[ -]time|once[ -]in[ -]a[ -]lifetime|now or never|clock is ticking|time is running out|running out of (?:time|options)|won'?t last|will not last|don'?t (?:miss (?:out|this)|wait|delay|let (?:this|it) (?:slip|pass))|while (?:supplies|it) lasts?|before it'?s (?:too late|gone)|too late|going fast|selling fast|flying off|only (?:a few|one|two|three|\d+) (?:\w+ )?(?:left|remaining|available|spots?)|(?:today|this week|tonight|24 hours) only|offer (?:expires (?:today|tonight|tomorrow|at|in|soon|this)|ends (?:today|tonight|at|in|soon)|is only good)|expires? (?:today|tonight|tomorrow|at midnight|in \d+)|good (?:only )?(?:until|through|for) (?:today|midnight|tonight|24 hours|the next)|never (?:get|see|have|be) (?:\w+ ){0,3}(?:again|another chance|this low|a better))\b",
        r"\b(?:you'?d be|you'?re|you are|you would be) (?:crazy|foolish|stupid|a fool|silly|making a (?:huge |big )?mistake|going to (?:lose|regret)|gonna (?:lose|regret))\b|\byou(?:'ll| will) (?:regret|lose (?:the house|the home|your (?:home|house|equity|credit)|everything|out|it all|money|this)|miss out|be sorry|end up (?:homeless|on the street|with nothing))\b|\b(?:lose|losing) (?:your (?:home|house)|everything)\b|\bbefore (?:the bank|they|the sheriff|the lender|foreclosure)\b (?:\w+ ){0,3}(?:take|takes|foreclose\w*|auction|evict|seize|hits|ruins)\b|\b(?:bank|lender)(?: is|'s| will| is going to)? (?:going to |gonna )?(?:take|seize|throw you|kick you)\b|\b(?:your )?only (?:option|way out|chance|hope|choice)\b|\bno (?:other )?(?:option|choice|way out)(?:s)?\b(?: left| but)|\b(?:you'?re|you are) (?:desperate|in trouble|behind and)\b|\b(?:desperate|distressed) (?:seller|situation|homeowner)s?\b",
        r"\b(?:another|other|several|multiple|many|lots of|two|three|four|\d+|a lot of) (?:\w+ )?(?:buyers?|offers?|investors?|people|families|bidders?|couples?|agents?)(?: (?:are|is|have|has|were|was|all|coming|about|already|who))+ (?:\w+ ){0,3}?(?:offer(?:s|ing)?|circling|lined up|waiting|fighting|bidding|about to|looking at (?:it|this|that)|interested|ready to|in line|on the table|making|competing|viewing|touring)\b|\b(?:someone|somebody) else (?:is|will|'s)(?: \w+){0,3} (?:buy|grab|take|offer|snatch|make|get)\b|\b(?:prices|rates|values|the market)(?: are| is|'s|'re| will)? (?:\w+ )?(?:about to|going to|gonna|will) (?:definitely |surely |soon )?(?:crash|drop|explode|skyrocket|collapse|tank|plummet|jump|spike|shoot up|never)\b|\bor (?:else|you'?ll|it'?s gone|we (?:move|walk|withdraw)|lose)\b",
        r"\b(?:ultima oportunidad|actue (?:ya|ahora|rapido)|actua (?:ya|ahora)|apurese|apurate|apurense|dese prisa|date prisa|no (?:espere|esperes) mas|no (?:deje|dejes) pasar|no se lo pierda|no te lo pierdas|antes de que sea (?:demasiado )?tarde|solo (?:por )?hoy|oferta (?:limitada|vence|expira|por tiempo)|vence (?:hoy|manana)|por tiempo limitado|se acaba el tiempo|el tiempo se (?:acaba|agota)|se va a arrepentir|se arrepentira|va a perder (?:su casa|todo|la casa|la oportunidad)|perdera (?:su casa|todo|la casa|la oportunidad)|su unica (?:opcion|salida|oportunidad)|ahora o nunca|firme (?:hoy|ya|ahora)|venda (?:ya|hoy|ahora)|decida (?:ya|hoy|ahora)|(?:quedan?|solo hay) (?:solo )?(?:pocas?|un[oa]s?|dos|tres|\d+)(?: \w+){0,2}$|no va a durar|no durara|vuela(?:n)?|(?:otros?|varios|muchos|otra) (?:compradores?|ofertas?|personas?|familias?|inversionistas?) (?:ya )?(?:estan?|tienen?|hay|van|quieren|interesad\w+|en fila)|antes de que el banco (?:se|le|la))\b",
        *indirect.PRESSURE,
    ),
    _says(
        "There's no rush at all, take the time you need. I'm here whenever you want to talk.",
        "No hay ninguna prisa, tómese el tiempo que necesite. Aquí estoy cuando quiera hablar.",
    ),
    negation_reaches=3,
)
TESTIMONIALS = GuardRule(
    Rule("invented_claim", "15 USC 45, 16 CFR 255 and 465"),
    compiled(*indirect.TESTIMONIALS),
    _says(
        "I can have someone from the team tell you about their work.",
        "Puedo pedir que alguien del equipo le cuente de su trabajo.",
    ),
    negation_reaches=3,
)
DENIES = GuardRule(
    Rule("machine_denied", "California B&P Code 17941"),
    compiled(
        r"\b(?:i'?m|i am) (?:just )?an? (?:actual|real|living|genuine|live) (?:person|human|agent)\b",
        r"\bthere(?:'s| is) (?:an? )?(?:real |actual |live )(?:human|person)(?: being)?\b(?! (?:who|you can|available|if))|\b(?:not|isn'?t|n'?t) (?:an? |some |any |the |a silly )+(?:ro)?(?:bot|chat ?bot|computer|machine|program|robot|ai)\b",
        r"\b(?:i'?m|i am|this is|you'?re (?:talking|texting|chatting|speaking) (?:to|with)|it'?s|yes,? i'?m|of course i'?m) (?:just |really |actually |definitely |100% |totally |very much |in fact |only |obviously |a |an )*?(?:real |actual |living |live |flesh[ -]and[ -]blood |breathing |human )*(?:human(?: being)?|person|people|real (?:person|human|agent|guy|woman|man|lady)|live agent|licensed (?:agent|realtor|broker)|real estate agent|realtor|man|woman|flesh[ -]and[ -]blood)\b(?! (?:will|can|could|should|at|of|who|from|to|takes|on the))",
        r"\b(?:i'?m|i am|this is|we'?re|it'?s|you'?re|you are|this)(?: \w+){0,4}? (?:not|isn'?t|n'?t|aren'?t|never)(?: \w+){0,4}? (?:(?:an? |some |any |the )*(?:ro)?bots?|machine|computer|ai\b|a\.i\.|automated|automation|chat ?bot|program|software|robot|artificial\w*|algorithm|auto[ -]?reply)\b|\bno (?:bots?|robots?|ai|automation|machines?|software) (?:here|involved|on this|at this|answering|writing|texting)\b|\b(?:there'?s|there is) no (?:bot|ai|robot|machine|computer|automation)\b|\b(?:not|isn'?t|n'?t) (?:an? |talking to an? |texting an? |chatting with an? |speaking with an? )(?:ro)?bot\b|\bdo i (?:sound|seem|look) like a (?:ro)?bot\b|\b(?:100|one hundred) ?(?:%|percent) (?:human|real)\b|\b(?:nope|no|lol|haha|nah),? (?:just )?(?:(?:a |the )?(?:real|actual) (?:human|person)|human|me,? a (?:person|human)|i'?m human)\b|\breal human (?:here|typing|behind|texting)\b|\bhuman here\b|\b(?:person|human) (?:typing|texting|writing) (?:this|to you|here|back|you)\b|\btyping (?:this|these)(?: \w+)? (?:myself|by hand|with my)\b|\bas human as\b",
        r"\b(?:no soy|no es|no somos|no esta hablando con|no hablas con|no estas hablando con) (?:un |una |ningun |ninguna |el |la )*(?:robot|bot|maquina|computadora|programa|ia\b|inteligencia artificial|chatbot|asistente virtual|sistema automatic\w+|automatizad\w+|mensaje automatic\w+|contestador\w*)\b|\b(?:soy|somos|habla con|esta hablando con|le escribe|hablas con|le atiende) (?:\w+,? )?(?:una? )?(?:verdadera? )?(?:persona|human[oa]|ser human[oa]|agente (?:real|licenciad[oa]|human[oa]|de verdad)|hombre|mujer|gente|realtor)(?: real| de verdad| de carne y hueso)?\b|\bde carne y hueso\b",
        *indirect.DENIES,
    ),
    _says(
        "I'm an automated assistant. A person from the team can take over whenever you like.",
        "Soy un asistente automático. Una persona del equipo puede atenderle cuando guste.",
    ),
)
ADVICE = GuardRule(
    Rule("advice_or_promise", "licensed professionals only; 15 USC 45"),
    compiled(
        r"\b(?:don'?t|do not|no need to|wouldn'?t) (?:bother|waste (?:time|money)|mess)(?: \w+)? (?:with|on|getting|hiring) (?:an? |the )?(?:lawyers?|attorneys?|inspections?|inspectors?|appraisals?|cpa|accountant)\b",
        r"\bmy advice\b|\bcan'?t[ -]miss\b|\btrust me\b|\blet (?:the|your) (?:house|home) go\b|\b(?:appraisal|offer|inspection|loan|closing) will (?:definitely |surely )?(?:come in|go through|pass|appraise|close)\b(?! (?:by|on|after))|\b(?:report|declare) (?:that|this|the|it|your) (?:\w+ )?(?:income|to the irs)\b",
        r"\bno (?:le )?(?:va a )?(?:salir|tocara|pagar\w*)(?: \w+){0,3} impuestos?\b",
        r"\b(?:guarantee[sd]?|guaranteed|guaranteeing|promise[sd]?|assure you|i swear|100% (?:sure|certain|guaranteed)|risk[ -]free|no risk|can'?t (?:lose|go wrong)|without (?:any )?risk)\b(?! (?:to (?:be in touch|call|follow|get back|let|keep|text|check|pass|have)|lender|i'?ll))",
        r"\b(?:you(?:'ll| will| are|'re)?|he|she|they(?:'ll)?|loan|application|it(?:'ll)?) (?:\w+ )?(?:definitely|certainly|surely|absolutely|for sure|already|automatically|easily|always|100%) (?:\w+ )?(?:get|be|qualify|qualified|approved|pre-?approved|sell|make|win|gain|save|appreciate|eligible)\b|\byou(?:'re| are) (?:\w+ )?(?:approved|pre-?approved|qualified|eligible)\b (?:for|at|up to|with)|\byou (?:qualify|will qualify|'ll qualify) (?:for|at)\b|\byour (?:interest )?rate (?:will|would|'ll) be\b|\b(?:your|the|this|that|it|its|homes?|property|values?|prices?|home'?s|house|investment) (?:\w+ ){0,3}?(?:will|'ll|is going to|are going to|is certain to|are certain to|is sure to) (?:definitely |surely |certainly |easily |always |only |at least |keep |probably )*(?:appreciate|go up|double|triple|increase|rise|grow|be worth|gain|climb|pay for itself|sell for|net you|going up|make you)\b|\balways (?:appreciates?|goes up|go up|a (?:good|safe) investment)\b",
        r"\byou (?:don'?t|do not|won'?t|wouldn'?t|never|shouldn'?t|should not|needn'?t|can skip|can ignore|don't really|can avoid|should skip) (?:\w+ ){0,3}?(?:need|have|use|hire|get|want|bother with|pay|owe|disclose|tell|worry about|mention|report|declare|waste money on|skip)?\s*(?:to )?(?:\w+ ){0,3}?(?:an? |any |the |your )*(?:lawyers?|attorneys?|inspections?|home inspection|disclos\w+|tax(?:es)?|capital gains|cpa|accountants?|appraisals?|title insurance|irs|legal advice|contingenc\w+|survey|permits?|hoa rules|flood insurance|deed restrictions)\b(?! (?:to (?:start|begin|talk|see)|yet|right now|before (?:we|you) (?:talk|tour)))|\b(?:no need|not necessary|needn'?t|skip|waive|forgo|no reason) (?:\w+ )?(?:to )?(?:\w+ ){0,3}?(?:disclos\w+|lawyer|attorney|inspections?|appraisal|tell the (?:buyer|seller|lender|bank)|mention (?:the|that|it)|report (?:the|it)|contingenc\w+)\b|\b(?:hide|conceal|cover up|paint over|keep quiet about) (?:the |that |any |it )?(?:\w+ )?(?:leak|mold|damage|crack|issue|problem|defect|foundation|flood\w*|water)\w*\b",
        r"\byou (?:should|ought to|need to|must|can (?:legally|just)|could just|have the right to|have a (?:strong |good )?(?:legal )?case|are legally|can safely|better|have grounds)\b(?: \w+){0,3}? (?:sue|file (?:for )?(?:bankruptcy|a lawsuit|chapter|an? \w+ claim|suit)|bankruptcy|stop (?:paying|making)|break (?:the|your) (?:lease|contract)|evict|withhold|deduct|write (?:it )?off|claim|refinance|invest|1031|put (?:it|the house) in (?:an? )?(?:llc|trust)|ignore (?:the|that)|take out|walk away from|default|borrow|transfer the (?:deed|title)|quitclaim|cosign|tap your (?:401k|retirement|ira)|contest|terminate|back out)\b|\bstop (?:paying|making) (?:\w+ )?(?:mortgage|payments?|rent)\b|\b(?:in my legal opinion|legally speaking|my (?:legal|tax|financial) advice|as your (?:lawyer|attorney|advisor)|legally,? you|the contract (?:is|isn'?t) (?:binding|enforceable|valid)|you(?:'re| are)(?: not)? legally|not legally binding|it'?s (?:perfectly |totally )?legal(?: for)?|you(?:'d| would) win (?:in court|the case))\b|\b(?:won'?t|don'?t|will not|wouldn'?t|do not|never) (?:have to )?(?:owe|pay)(?: \w+){0,3} (?:tax(?:es)?|capital gains|the irs)\b|\btax[ -]?(?:free|deductible)\b|\bavoid (?:\w+ )?(?:capital gains|taxes|the taxes|probate)\b|\b(?:write|writing) (?:it|that|this|them) off\b",
        r"\b(?:garantizad[oa]s?|garantizo|garantizamos|le garantiz\w+|le prometo|te prometo|le aseguro que|sin (?:ningun )?riesgo|no tiene riesgo)\b(?! que le (?:aviso|llamo))|\b(?:no necesita|no hace falta|no requiere|no contrate|no tiene que (?:contratar|pagar|declarar|revelar|decir\w*|informar)|no pagara|no va a pagar) (?:\w+ ){0,3}?(?:abogado|inspeccion|impuestos?|contador|avaluo|revelar|al comprador|al banco|nada de impuestos|declararlo)\b|\b(?:deberia|debe|le conviene|puede legalmente|le aconsejo|mi consejo legal|legalmente (?:puede|no)|le recomiendo) (?:\w+ ){0,2}?(?:demandar|declararse en (?:bancarrota|quiebra)|dejar de pagar|deje de pagar|romper el contrato|desalojar|no pagar|retirar su 401k|declarar bancarrota|deducir)\b|\bdeje de pagar\b|\blibre de impuestos\b|\b(?:esta|ya esta|queda) (?:pre)?aprobad[oa] (?:para|por|con)\b|\b(?:calificara|califica) seguro\b|\b(?:va|van) a (?:subir|duplicar\w*|valer|aumentar) (?:de valor|el doble|mucho|seguro|sin duda)\b|\bsubira de valor\b|\b(?:su tasa|el interes) sera\b",
        *indirect.ADVICE,
    ),
    _says(
        "I can't give legal, tax or financial advice; a licensed professional can. I can have someone follow up with you.",
        "No puedo dar consejos legales, fiscales ni financieros; un profesional con licencia sí. Puedo pedir que alguien le contacte.",
    ),
    negation_reaches=6,
)
SECRETS = GuardRule(
    Rule("asks_for_secrets", "15 USC 45, 16 CFR 314"),
    compiled(
        r"\b(?:send|text|give|share|reply with|provide|tell|email|need|what'?s|what is|confirm|message)\b(?: \w+){0,4}? (?:ssn|social security(?: number)?|social\b(?! media)|bank (?:account|login|routing)\w*|account number|routing number|credit card(?: number)?|debit card|card number|cvv|pin\b|password|driver'?s license number|date of birth)\b",
        r"\b(?:envie(?:me)?|mande(?:me)?|deme|necesito|digame|cual es|comparta|confirme)\b(?: \w+){0,4}? (?:seguro social|numero de (?:cuenta|tarjeta|ruta|seguro)|contrasena|tarjeta de credito|clave|cuenta bancaria|nss|fecha de nacimiento)\b",
        *indirect.SECRETS,
    ),
    _says(
        "Please don't send account, card or Social Security numbers by text; they aren't needed here.",
        "Por favor no envíe números de cuenta, de tarjeta ni de Seguro Social por mensaje; aquí no hacen falta.",
    ),
    negation_reaches=4,
)
SLURS = GuardRule(
    Rule("slur", FAIR_HOUSING_LAW),
    compiled(
        r"\b(?:n[i1]gg(?:er|a)s?|sp[i1]cs?|ch[i1]nks?|k[i1]kes?|wetbacks?|beaners?|towelheads?|ragheads?|fag(?:got)?s?|trann(?:y|ies)|gooks?|dykes?|crackers? (?:people|folk)|injuns?|redskins?|retards?|maricones|maricon|mojados|sudacas?|prietos)\b"
    ),
    None,
)

ASIDE = _says(
    "That's one for the team, and I can have someone follow up.",
    "Eso lo ve el equipo; puedo pedir que alguien le contacte.",
)
"""Said in place of a sentence that no wording holds and the trained judge stops: what it breaks is not known for sure."""


RULES: tuple[GuardRule, ...] = (
    SLURS, DENIES, AVAILABILITY, SCHOOLS, SAFETY, FAMILIES, PEOPLE, STEERING, KICKBACKS, SECRETS, PRESSURE, ADVICE,
    TESTIMONIALS,
)  # fmt: skip
"""In the order in which a draft that breaks several is mended."""


@cache
def resembling(name: str) -> GuardRule:
    """What a sentence breaks that is very much like those that break the rule called *name*."""
    source = next(one.rule.source for one in RULES if one.rule.name == name)
    return GuardRule(
        Rule(f"resembles_{name}", f"{source}; judged by likeness to labelled drafts"), compiled(r"(?!)"), ASIDE
    )
