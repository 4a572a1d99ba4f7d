"""Why somebody moves: the motivation of a sale or a purchase."""

import re

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, StatedSlot
from ghl_real_estate_ai.understanding.rules import is_negated, pattern
from ghl_real_estate_ai.understanding.text import Text

# Earlier ones win: what presses most is what the move is about.
_MOTIVES = (
    ("foreclosure", pattern(r"(?:pre-? ?)?foreclos\w*|notice of default|lis pendens|auction(?: date)?|sheriff sale|(?:behind|late|missed|cant (?:make|keep up (?:with|on)))\s+(?:on |w |with |\w+ ){0,3}?(?:house payments?|payments?|mortgage|house note|the note)|\d+ (?:payments?|mortgage payments?) (?:behind|late)|(?:bank|lender) (?:\w+ ){0,4}?(?:take|takes|taking)\b|before the bank|lose (?:the|my|our) (?:house|home)|(?:me|nos) (?:van a|quieren|estan por) quitar|embarg\w+|ejecucion hipotecaria|atrasad\w+ (?:\w+ ){0,3}?(?:pagos?|mortgage|hipoteca|mensualidad\w*|casa)|(?:el|que) banco (?:\w+ ){0,3}?quit\w+|remate|subasta|perder la casa")),
    ("divorce", pattern(r"divorc\w*|splitting (?:up|with (?:my|the))|leaving my (?:husband|wife)|split up|separat(?:ed|ing|ion)\b(?! (?:garage|entrance|lot|unit|bath\w*))|(?:my |the )ex (?:wife|husband)?(?: and i|s half| wants| has to| is making)|broke up|breakup|getting out of (?:a|my) marriage|nos (?:vamos a separar|separamos|estamos separando)|me separe|separacion")),
    ("inherited", pattern(r"inherit\w*|heirs?\b|probate|estate (?:sale|of)|(?:settl\w+|part of|handling|executor of|his|her|moms|dads|grandmas|the) (?:an |the |his |her |my \w+ )?estate\b(?! (?:agent|sale sign|tax))|executor|executrix|(?:passed(?: away)?|died|death)\b(?=.{0,80}(?:house|home|place|property|left|sell|it))|(?:house|home|place|property)(?= ).{0,50}(?:passed(?: away)?|died)|left (?:it to |us |me |to us |to me |him |her )+(?:\w+ )?(?:house|home|place|property|it)?|(?:left|leaving) (?:us|me|it to (?:us|me)) |hered\w+|herencia|(?:murio|fallecio|se murio)\b|nos dejo (?:la|su)|me dejo (?:la|su) (?:casa|propiedad)|late (?:mother|father|mom|dad|grandmother|husband|wife|parents|aunt|uncle)s?|(?:was|used to be) my (?:grandmas|grandmothers|parents|moms|dads|grandparents|aunts|uncles)|(?:mom|mother|dad|father|grandma|grandmother|parents)s? (?:just )?(?:passed|died)")),
    ("job_loss", pattern(r"(?:laid|lay) off|lay ?offs?|laidoff|lost (?:my|his|her|our|the) (?:job|income)|(?:out of|between|no|without) (?:a )?(?:work|jobs?)\b(?! (?:needed|to be done|done|required))|unemploy\w*|(?:got|was|been|getting|hubby|husband got|wife got) (?:fired|let go|canned|downsized(?= from)|furloughed)|(?:plant|company|factory|store|office|mill) (?:\w+ ){0,3}?(?:shut\w*|clos\w+)(?: down)?|hours (?:got )?cut|sin (?:trabajo|empleo|chamba)|perd\w+ (?:mi|el|su) (?:trabajo|empleo|chamba)|despid\w+|me corrieron|desemplead\w+|job loss|lost job")),
    ("debt", pattern(r"(?:medical|hospital) bills?|debts?\b(?! (?:free|to income))|(?:credit ?cards?|tax|irs|hoa) (?:bills?|debt|liens?)|liens?\b|back taxes|owe (?:\w+ )?(?:back )?taxes|judge?ments?(?: against)?|creditors|(?:max\w*|load\w* up|drowning|buried|lots of|pay off|paying off|too much on)(?: \w+){0,3} (?:credit ?)?cards?|collections|deudas?|(?:debo|debemos|debiendo) (?:\w+ ){0,3}?(?:tarjetas?|mucho|impuestos|hospital|dinero)|tarjetas|need (?:the |our |my )?(?:equity|money|cash) to pay|bills (?:are |keep )?piling|pay off (?:bills|debt|my debt|everything)|financial (?:trouble|hardship|problems?)|bankruptcy|aprietos economicos")),
    ("landlord_fatigue", pattern(r"(?:tired|sick|done|over|fed up|burned? ?out|had it|finished|exhausted)\s+(?:of|with|being|from|on)?\s*(?:\w+ )?(?:\w+ )?(?:\w+ )?(?:landlord\w*|tenants?|renters?|rentals?|toilets?|evictions?|property manag\w+|rental propert\w+|managing)|(?:bad|terrible|awful|nightmare|problem|horrible|deadbeat|lousy) (?:tenants?|renters?)|(?:tenants?|renters?) (?:\w+ ){0,4}?(?:trash\w*|destroy\w*|wreck\w*|wont pay|not paying|stopped paying|doesnt pay|dont pay|never pays?|late|ruin\w*|behind|are a nightmare|drive me|driving me)|evict\w*|(?:dont|no longer) (?:want|wanna|care) to (?:be|do) (?:a |the )?(?:landlord\w*|rentals)|(?:being|playing) (?:a )?landlord(?: \w+)? (?:sucks|is (?:too|not|killing|exhausting|a pain)|isnt|anymore)|toilets? (?:calls?|at)|landlord (?:life|thing|fatigue|stuff|headaches?)|out of (?:the )?(?:landlord\w*|rental (?:business|game))|(?:cans\w+|hart\w+|fastidi\w+|no quiero|ya no quiero|cansad\w+) (?:\w+ ){0,3}?(?:caser[oa]s?|inquilin[oa]s?|rentar(?:la)?|rentas?)|inquilin[oa]s? (?:\w+ ){0,3}?(?:no pag\w+|nunca pag\w+|problem\w+|destruy\w+|malos?)")),
    ("health", pattern(r"surger(?:y|ies)|cancer|chemo\w*|stroke|parkinsons?|alzheimers?|dementia|heart (?:attack|problems?|condition|surgery|disease)|(?:my|his|her|our|their|husbands|wifes|moms|dads|for|bad|declining|poor|due to) health\b|health (?:issues?|reasons?|problems?|scare|is)|(?:cant|hard to|trouble with|unable to|too hard to|do|climb\w*|no more) (?:\w+ ){0,2}?stairs|assisted living|nursing home|memory care|(?:bad|new|shot) (?:knees?|hips?|back|heart)|(?:knees?|hips?|back) (?:\w+ )?(?:is|are|replace\w*|surgery|bad|shot|giving out|gave out|problems?)\b(?! (?:yard|porch|deck))|disab(?:led|ility)|diagnos\w*|(?:got|very|really|is|getting|been|fell|im|am) (?:\w+ )?(?:sick|ill)\b(?! of)|illness|diabet\w*|dialysis|kidney|ms\b|als\b|hospice|caregiver|take care of (?:my|our|her|his) (?:mom|mother|dad|father|parents?|sick)|care for my|cirugia|operacion|operaron|cancer|enferm\w+|salud|escaleras|asilo|derrame|diabetes|rodillas")),
    ("retirement", pattern(r"retir(?:e|es|ed|ing|ement|ee)\b(?! (?:account|community|fund))|pension(?:ed)?|jubil\w+|me (?:voy a )?retir\w+|nos (?:vamos a )?retir\w+|retiro")),
    ("relocation", pattern(r"relocat\w*|re-?locating|(?:getting |being |got |been |job |company |me |work |is |was |army |military |we |i )transfer(?:red|ring|s)?\b(?: me| us)?|transfer\b(?= (?:to|me|us))|(?:new|got a|got the|took a|job|accepted a|starting a|offered a|different|better) (?:\w+ )?(?:job|position|offer|assignment|gig)\b(?= (?:in|out|offer|at|there|across|up|down|over|starting|to)|$|[.,!]| and)|job (?:offer|change|relocation|transfer|move|took|moved|is moving|moving)|(?:moving|move|moved|going|relocating) (?:back |out |away |over |across |up |down |overseas |abroad |closer |near |my family )*(?:to (?!a (?:smaller|bigger|nursing|house|place|condo)|something|my|our|the (?:lake|beach|country)|sell|buy|be\b|get|list|a)\w+|out of (?:state|town|the (?:state|country))|of state|across (?:the )?country|for (?:work|a job|my job|his job|her job|the job|family)|closer to|home to|be (?:closer|near)|states|overseas|abroad|back (?:home|east|west)|in (?:with|from) \w+|cross country)|out of state|pcs(?:ing|ed)?|deploy\w*|(?:military|army|navy|air force|new) orders|(?:got|have|has) orders|orders to|stationed|(?:my|his|her|our) (?:company|work|job|office|employer|husbands? job|wifes? job) (?:\w+ ){0,3}?(?:mov|transfer|relocat|sending)\w*|closer to (?:family|work|the grandkids|my|our|the kids|grandkids)|(?:nos|me) (?:vamos a )?(?:mud\w+|traslad\w+|transfir\w+|transfieren|cambi\w+ de (?:ciudad|estado)|voy a mudar)|mudanza|me (?:voy|regreso|cambio) (?:a|para|de)|nos (?:vamos|regresamos) (?:a|para)|otro estado|nuevo trabajo|cambio de (?:trabajo|ciudad|estado)|trabajo (?:nuevo|en otr\w+)")),
    ("first_home", pattern(r"first ?-?time (?:home ?)?(?:buyers?|owners?|homeowners?|buying)?|fthb|(?:our|my|a|their|very|his|her) (?:very )?first (?:house|home|place|condo|property|purchase|one)\b|first (?:house|home|place)(?=$|[.,!]| ever| for| together| purchase)|never (?:owned|bought|had) (?:a |one|our |my |before|anything|property)?|never owned|starter home\b(?! (?:\w+ )?(?:outgr|too))(?<!our starter home)(?<!outgrew my starter home)(?<!my starter home)|primer[ao]? (?:casa|vivienda|hogar|compra|vez)|primerizos?|primer hogar|nunca (?:he|hemos) (?:tenido|comprado)")),
    ("upsizing", pattern(r"upsiz\w*|outgr[eo]w\w*|(?:growing|bigger|expanding|large|growing the) family|(?:need|want|get|getting|looking for|more|into|for|buy) (?:\w+ )?(?:\w+ )?(?:bigger|larger)\b(?: \w+){0,2}|more (?:space|room|bedrooms)\b|(?:another|new|second|third|fourth|baby|babies|twins|triplets|1st|2nd|3rd|kid|little one|#\d|first) (?:baby |kid |child |one )?(?:on the way|coming|due|is coming|arriving)|expecting\b(?! (?:a call|to|an|\$|more|at least))|pregnant|(?:too|so) (?:small|tiny|cramped|tight)\b(?= for|$|[.,!]| now| with| and)|(?:having|had) (?:a|another|our|twins) (?:\w+ )?(?:baby|kid|child|boy|girl|son|daughter)|running out of (?:room|space)|bursting|(?:need|want) (?:a|an) (?:extra|additional|4th|5th|third) (?:room|bedroom)|mas (?:grande|espacio|cuartos|amplia)|(?:se )?(?:nos|me) (?:queda|quedo|esta quedando|hizo) (?:\w+ )?(?:chic\w+|peque\w+)|(?:ya )?no cabemos|(?:bebe|gemelos|otro hijo|otro bebe)(?: \w+)? (?:en camino|viene)|embarazad\w+|familia (?:\w+ )?(?:crec\w+|creciendo)")),
    ("downsizing", pattern(r"down ?-?siz\w*|empty ?-?nest\w*|(?:house|place|home|its|yard|it|this|way|is|are) (?:\w+ ){0,3}?too (?:big|large|much (?:house|space|room|yard|upkeep|to (?:keep|maintain|clean|take care)))|too much (?:house|space|yard|upkeep|room|maintenance)|something (?:\w+ )?smaller|(?:smaller|scal\w+ down|less (?:house|space|yard|maintenance|upkeep))(?: (?:place|house|home|condo|one|now))?|kids (?:\w+ ){0,2}?(?:are |have |all |finally )*(?:gone|grown|moved out|left|out of the house|flew|off to college)|just (?:the two|2|two) of us(?: now)?|(?:dont|no longer) need (?:all )?(?:this|the|so much|that much|a) (?:much )?(?:space|room|big|house)|mas (?:chic\w+|peque\w+)|(?:queda|quedo|es|esta) (?:muy |demasiado |bien )?grande|(?:hijos|ninos) (?:ya )?(?:se fueron|crecieron|se casaron)|demasiad[oa] (?:casa|grande|espacio)|nido vacio")),
)  # fmt: skip
_OF_OTHERS = re.compile(
    r"\b(?:neighbors?|friends?|buddy|coworker|the seller|sellers|your|someone|people|sister in law|boss|zillow)\b[^.!?,]{0,25}$"
)
_WANTS_ONE = re.compile(
    r"\b(?:near|close to|next to|by|looking for|interested in|buy|any|list of|find|your|for|wheelchair|show me|want a|stop)\s+(?:a |an |the |any |some |good )*$"
)
_VALUES_ASKED = pattern(
    r"(?P<relocation>mov(?:e|ing)|new city|trabajo|work|job)|(?P<upsizing>space|room|baby|kids|family|bebe|familia)|(?P<investment>invest\w*|rental|income|flip\w*|inversion|rentarla)|(?P<downsizing>smaller|too big)|(?P<debt>bills|money|dinero)|(?P<landlord_fatigue>tenants?|landlord|inquilinos?)|(?P<first_home>renting|first|primera|rent)|(?P<health>sick|age|old|aging|doctor)"
)


def find_motivation(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return the motivation *text* states; outside of a wish to move only when it was asked for or a bot owns the contact."""
    asked = context.asked is Slot.MOTIVATION
    moving = intents & {Intent.BUY, Intent.SELL, Intent.VALUATION, Intent.INVEST}
    if not asked and not moving and (context.bot is None or (context.bot is Bot.LEAD and context.asked is not None)):
        return []
    if not asked and not moving and not context.asked:
        return []
    selling = intents & {Intent.SELL, Intent.VALUATION} or context.bot is Bot.SELLER or asked
    if exchange := re.search(r"\b1031\b|like kind exchange", text.plain):
        return [StatedSlot(Slot.MOTIVATION, "investment", 0.85, text.span(*exchange.span()))]
    for value, rule in _MOTIVES:
        if value in ("debt", "landlord_fatigue", "foreclosure") and not selling:
            continue
        for match in rule.finditer(text.plain):
            before = text.plain[: match.start()]
            if (
                is_negated(text.plain, match.start())
                or _OF_OTHERS.search(before)
                or (
                    value != "upsizing"
                    and value != "downsizing"
                    and _WANTS_ONE.search(before)
                    and Intent.BUY in intents
                    and value not in ("first_home",)
                )
            ):
                continue
            return [StatedSlot(Slot.MOTIVATION, value, 0.85, text.span(*match.span()))]
    if Intent.INVEST in intents:
        found = re.search(r"invest\w*|inversion\w*|rent\w*|flip\w*|1031|airbnb|portfolio|cap rate", text.plain)
        start, end = found.span() if found else (0, len(text.plain))
        return [StatedSlot(Slot.MOTIVATION, "investment", 0.85, text.span(start, end))]
    if (
        asked
        and (bare := _VALUES_ASKED.search(text.plain))
        and bare.lastgroup
        and not is_negated(text.plain, bare.start())
    ):
        return [StatedSlot(Slot.MOTIVATION, bare.lastgroup, 0.6, text.span(*bare.span()))]
    return []
