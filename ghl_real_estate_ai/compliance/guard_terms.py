"""The words the guard is made of: who may not be spoken of, what an area may not be called, and what only sounds alike.

Everything is matched in lower case without accents.  A name in braces stands for the fragment of that name, so that a
family of wordings is one line; HUD's advertising memorandum of 9 January 1995 says what may be written (a family room, a
wheelchair ramp, walking distance to a park, a quiet street).
"""

import re
from collections.abc import Mapping

FRAGMENTS: Mapping[str, str] = {
    # English: places
    "area": r"(?:neighbou?rhoods?|areas?|blocks?|streets?|communit(?:y|ies)|complex(?:es)?|buildings?|parts? of town"
    r"|sides? of town|end of town|districts?|subdivisions?|towns?|cit(?:y|ies)|suburbs?|zip(?: code)?s?|sections?"
    r"|places?|spots?|locations?|developments?|enclaves?|street|parts?|county|counties)",
    "it": r"(?:it|that|this|there|here|they|everything|everyone|everybody|(?:the|this|that|our|your|those|these|most)"
    r" (?:\w+ ){0,3}?{area}|{area}|around here|over there|out there)",
    "is": r"(?:is|are|was|were|'s|'re|has been|have been|feels?|seems?|gets?|remains?|stays?|looks?|tends? to be|can be"
    r"|will be|used to be|has gotten|have gotten|has become|isn't|aren't|wasn't|doesn't feel|is not|are not)",
    "very": r"(?:(?:very|really|pretty|so|super|quite|extremely|fairly|incredibly|totally|completely|perfectly|not|too"
    r"|a|an|the|bit|little|much|more|most|less|relatively|generally|mostly|known|considered|actually|definitely|also"
    r"|still|just|always|as|one|some|of|among|pretty much|that|all|known for being|absolutely|truly|well|known to be|such)\s+){0,4}",
    "art": r"(?:(?:a|an|the|some|any|several|many|lots of|our|your|their|its|local|great|good|beautiful|nearby|nearest"
    r"|two|three|four|few|many|couple|of|big|old|lovely|major|st\.?|saint)\s+){0,3}",
    # English: people
    "ethnic": r"(?:african[ -]americans?|hispanics?|latin[oax]s?|latinx|chicanos?|caucasians?|arabs?|immigrants?"
    r"|migrants?|foreigners?|refugees?|illegals?|illegal aliens?|undocumented|jews|jewish|muslims?|moslems?|islamic"
    r"|hindus?|sikhs?|mormons?|buddhists?|catholics?|protestants?|evangelicals?|atheists?|gays|lesbians?|lgbtq?\+?|queers?"
    r"|transgenders?|homosexuals?|gypsies|roma people|people of colou?r|minorit(?:y|ies)|non[ -]whites?|biracial"
    r"|native americans?|pacific islanders?|asians?|asian[ -]americans?)",
    "nation": r"(?:mexican|chinese|korean|japanese|vietnamese|filipino|indian|pakistani|bangladeshi|iranian|persian|iraqi"
    r"|afghan|syrian|lebanese|turkish|russian|ukrainian|polish|irish|italian|greek|german|french|cuban|dominican"
    r"|puerto rican|haitian|jamaican|salvadoran|guatemalan|honduran|colombian|venezuelan|brazilian|somali|nigerian"
    r"|ethiopian|african|middle[ -]eastern|european|hmong|armenian|israeli|egyptian|eritrean|cambodian|asian|american)",
    "nations": r"(?:mexicans|koreans|filipinos|indians|pakistanis|iranians|persians|iraqis|afghans|syrians|turks|russians"
    r"|ukrainians|italians|cubans|dominicans|puerto ricans|haitians|jamaicans|salvadorans|guatemalans|colombians"
    r"|venezuelans|brazilians|somalis|nigerians|ethiopians|africans|armenians|arabs|asians)",
    "colour": r"(?:white|black|brown|christian|straight|gay|lesbian|jewish|muslim|catholic|hindu|mormon|amish"
    r"|orthodox|interracial|foreign|ethnic|disabled|handicapped|elderly|religious|secular)",
    "people": r"(?:peoples?|folks?|famil(?:y|ies)|couples?|residents?|neighbou?rs?|buyers?|tenants?|renters?|owners?"
    r"|homeowners?|population|crowds?|households?|communit(?:y|ies)|neighbou?rhoods?|areas?|part of town|side of town"
    r"|folk|persons?|guys|men|man|women|woman|kids|children|enclave|congregation|households|culture|heritage|values"
    r"|presence|majority|minority|background|section|district|demographic|dominated|owned|only|friendly)",
    "audience": r"(?:famil(?:y|ies)|kids?|child(?:ren)?|toddlers?|babies|teens?|teenagers?|couples?|singles?|single (?:people"
    r"|persons?|women|men|moms?|mothers?|dads?|fathers?|parents?|professionals?|guys?|lad(?:y|ies))|bachelors?|bachelorettes?"
    r"|seniors?|senior citizens?|retirees?|retired (?:people|couples?|folks)|elderly|older (?:people|adults|folks|couples?)"
    r"|empty[ -]nesters?|young (?:people|professionals?|couples?|adults?|famil(?:y|ies))|professionals|newlyweds?|moms?"
    r"|mothers?|dads?|fathers?|parents?|students?|college kids|millennials?|boomers?|christians?|catholics?|jews|muslims?"
    r"|churchgoers?|believers|men|women|males?|females?|ladies|gentlem[ae]n|married (?:people|couples?)|adults"
    r"|able[ -]bodied (?:people|persons?|adults?|individuals?)|americans?|citizens|{ethnic}|{nations}|{colour} people)",
    "aud_adj": r"(?:(?:a|an|any|the|your|young|younger|growing|small|large|larger|big|little|active|busy|nice|traditional"
    r"|hard-working|hardworking|quiet|mature|single|working|raising|of|with|white|black|christian|jewish|catholic|muslim"
    r"|mexican|asian|hispanic|latino|american|military|newly|first|other|two|like|two-parent|respectable|wealthy|middle-class"
    r"|clean|good|stable|childless|older|couples or|singles or|couples and|families and|singles and|families or|you and your)\s+){0,4}",
    "suits": r"(?:great|perfect|ideal|good|best|suited|suitable|wonderful|excellent|fantastic|amazing|lovely|nice|meant"
    r"|made|designed|intended|tailored|right|better|popular|awesome|terrific|fit|reserved|preferred|geared|catered|favored"
    r"|favorite|dream|paradise|haven|magnet|friendly|comfortable|appropriate|well-suited|ready|built|desirable|attractive)",
    # English: judgements
    "good": r"(?:good|great|top|best|better|excellent|amazing|fantastic|outstanding|wonderful|awesome|terrific|superb"
    r"|strong|stellar|superior|solid|decent|nice|phenomenal|exceptional|desirable|sought[ -]after|award[ -]winning"
    r"|blue[ -]ribbon|high[ -]performing|top[ -]performing|higher[ -]performing|low[ -]performing|highly[ -]rated"
    r"|well[ -]rated|top[ -]rated|best[ -]rated|top[ -]tier|top[ -]notch|high[ -]quality|quality|world[ -]class|a[ -]rated"
    r"|a\+|10[ -]rated|bad|poor|worse|worst|terrible|awful|failing|struggling|weak|mediocre|low[ -]rated|lousy"
    r"|underperforming|subpar|highly[ -]ranked|top[ -]ranked|high[ -]ranking|competitive|prestigious|(?:highly )?regarded|low[ -]quality"
    r"|mixed reviews|not (?:good|great|the best)|reputations?|acclaimed|renowned|nationally ranked|distinguished|fine|finest|high[ -]rated|incredible|impressive|first[ -]rate|respected)",
    "school": r"(?:schools?|school (?:district|system|zone)s?|elementar(?:y|ies)|isd|school'?s)",
    "school_adj": r"(?:(?:and|public|private|local|area|elementary|middle|high|charter|neighbou?rhood|nearby|rated|ranked"
    r"|performing|magnet|grade|primary|secondary|of|the|in|state's|city's|county's|very|performing|scoring)\s+){0,4}",
    "unsafe": r"(?:safe|safer|safest|unsafe|secure|dangerous|sketchy|sketch|shady|rough|rougher|seedy|scary|crime[ -]?(?:free|ridden|infested|heavy)"
    r"|ghetto|gang[ -]?(?:infested|ridden|y)?|violent|peaceful and safe|risky|iffy|dicey|drug[ -]infested|bad news|trashy|hood|run by gangs|no[ -]go|low[ -]crime|high[ -]crime)",
    # Spanish
    "zona": r"(?:zonas?|barrios?|vecindarios?|areas?|colonias?|calles?|comunidad(?:es)?|partes?|lugar(?:es)?|sector(?:es)?|edificios?"
    r"|complejos?|ciudad(?:es)?|vecindad|urbanizacion(?:es)?|alli|ahi|aqui|suburbios?)",
    "muy": r"(?:(?:muy|super|bastante|mas|menos|tan|bien|demasiado|un poco|realmente|no|de|las?|los?|el|una?|poco|algo|mejor|totalmente|completamente|sumamente|cada vez)\s+){0,4}",
    "es": r"(?:es|son|esta|estan|era|fue|parece|se siente|sigue siendo|se considera|se ha vuelto|se volvio)",
    "seguro": r"(?:segur[oa]s?|insegur[oa]s?|peligros[oa]s?|tranquil[oa]s? y segur[oa]s?|violent[oa]s?|riesgos[oa]s?|fe[oa]s?|bravas?)",
    "gente": r"(?:latin[oa]s?|hispan[oa]s?|negr[oa]s|blanc[oa]s|asiatic[oa]s?|inmigrantes?|extranjer[oa]s|indocumentad[oa]s|ilegales"
    r"|judi[oa]s?|musulman(?:es|as)?|cristian[oa]s?|catolic[oa]s?|evangelic[oa]s?|arabes?|chin[oa]s|mexican[oa]s|cuban[oa]s"
    r"|african[oa]s|afroamerican[oa]s?|gays|homosexuales|lesbianas|minorias?|indigenas|discapacitad[oa]s|minusvalid[oa]s|testigos de jehova"
    r"|centroamerican[oa]s|venezolan[oa]s|puertorriquen[oa]s|haitian[oa]s|gring[oa]s|american[oa]s|morenos|gitanos|personas de color|gente de color)",
    "publico": r"(?:familias?|ninos?|ninas?|hijos?|parejas?|solter[oa]s?|ancianos?|personas mayores|adultos mayores|adultos|jubilad[oa]s"
    r"|retirad[oa]s|jovenes|profesionales|estudiantes|recien casados|matrimonios?|mujeres|hombres|madres solteras?|mamas"
    r"|papas|padres|tercera edad|gente mayor|gente joven|gente (?:blanca|negra|latina|cristiana|decente)|bebes|{gente})",
    "pub_adj": r"(?:(?:una?|las?|los|su|sus|tu|tus|toda|familias?|parejas?|personas?|jovenes|grandes?|pequenas?|gente|solo|como|con|y)\s+){0,3}",
    "ideal": r"(?:ideal(?:es)?|perfect[oa]s?|buen[oa]?s?|excelentes?|mejor(?:es)?|hech[oa]s?|pensad[oa]s?|adecuad[oa]s?"
    r"|apropiad[oa]s?|genial(?:es)?|recomendad[oa]s?|disenad[oa]s?|maravillos[oa]s?|estupend[oa]s?|apt[oa]s?|exclusiv[oa]s?|preferib(?:le|lemente)|reservad[oa]s?)",
    "bueno": r"(?:buen[oa]s?|mejor(?:es)?|excelentes?|mal[oa]s?|peor(?:es)?|pesim[oa]s?|prestigios[oa]s?|top|de primera|muy bien calificad[oa]s?"
    r"|bien calificad[oa]s|altamente calificad[oa]s|de alto nivel|de calidad|de alta calidad|de excelencia|deficientes?|reconocid[oa]s|premiad[oa]s|fantastic[oa]s|increibles|magnific[oa]s|estupend[oa]s|de bajo nivel|maravillos[oa]s)",
    "escuela": r"(?:escuelas?|colegios?|distritos? escolar(?:es)?|primarias?|secundarias?|preparatorias?|escolar(?:es)?)",
    # RESPA
    "settler": r"(?:lenders?|loan officers?|title (?:company|companies|agent|agency)|mortgage (?:company|broker|person|guy|lender|partner|team)s?"
    r"|escrow (?:company|agent|officer)|inspectors?|(?:home )?insurance (?:company|agent|agency)|attorneys?|closing (?:company|attorney|agent)|appraisers?|home warranty(?: company)?|settlement (?:company|agent))",
    "our": r"(?:our|my|the team's|their|the|this|that|the builder's|a specific|one specific|the seller's|the broker's)(?: (?:in[ -]house|preferred|partner|approved|affiliated|own|trusted|recommended|sister|favorite|chosen|partnered|designated|specific|brother's|wife's|go-to|usual|office's))*",
    "prestamista": r"(?:prestamistas?|banco|compania de titulos?|titulo|agente de prestamos|hipotecaria|inspector|aseguradora|abogado|corredor hipotecario|compania hipotecaria|notario)",
}


def compiled(*wordings: str) -> re.Pattern[str]:
    """One pattern of *wordings*, their fragments filled in."""
    return re.compile("|".join(f"(?:{_filled(wording)})" for wording in wordings))


def _filled(wording: str) -> str:
    # `{2,4}` of a regular expression is no fragment: a fragment's name begins with a letter.
    def fill(match: re.Match[str]) -> str:
        return _filled(FRAGMENTS[match.group(1)])

    return re.sub(r"\{([a-z_]+)\}", fill, wording)


HARMLESS = compiled(
    r"\b(?:single|multi|two|three|four|2|3|4|one|1)[ -]?famil(?:y|ies)\b(?! man| values)",
    r"\bfamily (?:rooms?|dining|kitchen|bath(?:room)?s?|gatherings?|owned|run|law|trust|emergency|dinners?|doctor|name|photos?|reunions?|home theat)\b",
    r"\bfamily-(?:owned|run)\b|\bextended family suite\b|\bin the family for\b",
    r"\b(?:fair|equal) housing(?: laws?| rules?| acts?| opportunity| lender)?\b",
    r"\bmaster (?:bed|bath)\w*\b|\bmother-in-law (?:suite|apartment|unit|quarters)\b|\bin-law\b|\bbachelor (?:pad|apartment)\b",
    r"\b(?:white|black|brown) (?:kitchens?|cabinets?|cabinetry|walls?|paint|trim|tiles?|quartz|granite|marble|appliances?"
    r"|fence|fences|picket|brick|bricks|shutters?|doors?|roof|shingles?|siding|stainless|counters?|countertops?|exterior"
    r"|interior|floors?|oak|stone|stucco|windows?|oven|stove|mold|ink|car|truck|sofa|rock|lake|river|oaks?|hills?|plains)\b",
    r"\bblack (?:friday|and white|mountain|canyon|forest|diamond|box|hills|out)\b|\bwhite (?:noise|glove|board|house|paper|river|rock|settlement|plains|space|oak)\b",
    r"\b(?:it'?s |is |be )?safe (?:to say|to assume|bet|deposit|harbor|room|travels?|side|place for your|and sound|rooms?|hands)\b"
    r"|\b(?:play|stay|drive|travel|be|keep|get home) (?:it |it all |your \w+ |everyone )?safe(?:ly)?\b|\b(?:gun|wall|floor|hidden|fireproof|built-in) safes?\b"
    r"|\b(?:a|the) safe (?:in|behind|under)\b|\b(?:your|the) (?:\w+ )?(?:data|information|documents?|keys?|deposit|number|details)(?: \w+)? (?:is|are|stays?) (?:kept )?(?:safe|secure)\b"
    r"|\b(?:fire|pool|food|road) safe\b|\bsecure(?:d)? (?:the|a|your|financing|funding|link|parking|garage|entry|document|upload|site|page|form)\b",
    r"\bspanish (?:style|tiles?|colonial|revival|speaking|oaks?|villa|moss|version|message|language|fork)\b|\bspanish-(?:style|speaking)\b"
    r"|\bfrench (?:doors?|drains?|country|quarter|windows?)\b|\bjapanese (?:gardens?|maples?|soaking)\b|\b(?:mexican|italian|persian|turkish|indian|african|russian|chinese|korean|irish|german|asian|polish)"
    r" (?:tiles?|restaurants?|food|kitchen|marble|rugs?|creek|wells|river|hills|mahogany|olive|cuisine|bakery|market|grocer\w*|pear|bbq|cypress|village|springs|lake|trail|pavers?|fan palms?)\b",
    r"\bchild(?:ren)?'?s? (?:support|safety lock|museum|hospital)\b|\bchild[ -]?proof\w*\b|\bkids'? (?:rooms?|bedrooms?|playrooms?|play area)\b",
    r"\b(?:wheelchair|handicap(?:ped)?|ada|disabled)[ -](?:accessib\w+|ramps?|parking|features?|friendly|bathrooms?|bars?|access|showers?|compliant|spaces?)\b",
    r"\b(?:local|nearby|public|elementary|middle|high) schools? (?:bus|calendar|year|tax\w*|boundar\w+|lines?)\b|\bschool (?:tax|bus|bond|year|calendar|boundar\w+|zoning|hours|supplies)\w*\b",
    r"\b(?:color|colour) of (?:the|your|that)\b|\bgood (?:morning|afternoon|evening|day|luck|news|question|to know)\b|\bgreat (?:question|news|to hear|point|idea|room|day)\b",
    r"\bviviendas? (?:justa|unifamiliar(?:es)?)\b|\bcasas? (?:unifamiliar(?:es)?|multifamiliar(?:es)?|de una sola familia|para una sola familia)\b|\b(?:sala|cuarto|salon) (?:familiar|de (?:la )?familia|de (?:los )?ninos|de juegos)\b|\bmultifamiliar(?:es)?\b",
    r"\b(?:cocina|gabinetes?|paredes|pintura|azulejos?|mesones?|cercas?|puertas?|pisos?|techos?|granito|encimeras?|muebles|ventanas?|electrodomesticos|ladrillos?|rejas?) (?:\w+ )?(?:blanc[oa]s?|negr[oa]s?)\b",
    r"\b(?:con (?:toda )?seguridad|seguro que si|seguro (?:de|contra|del) (?:casa|vivienda|hogar|titulo|propietario|inundacion\w*|incendios?)|estoy segur[oa]|esta(?:s)? segur[oa](?= (?:de|que))|por seguro|seguramente|caja de seguridad|sistema de seguridad|camaras? de seguridad)\b",
    r"\b(?:comida|restaurante|cocina|baldosas?|azulejos?|mercado|tejas?|estilo|panaderia) (?:mexican|chin|italian|cuban|american|african|latin|colombian|venezolan)[oa]s?\b",
    r"\bkids' (?:items|things|stuff|bikes|toys|clothes)\b|\b(?:noted|got it|anotado|you asked|you said|me dijo|pidio)\b.{0,60}",
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|noon|morning|afternoon|evening|time|\d ?(?:[ap]m)?)(?: \w+){0,3} (?:good|works?|ok|okay|fine|best|better|great|perfect) (?:for|with) (?:you|your)(?: and (?:your )?\w+)?\b|\bwas built (?:for|by) an? \w+ of \w+\b",
    r"\b(?:low|no) (?:hoa|down|fees?|taxes|maintenance)\b|\bno children'?s pool\b",
    r"\b(?:temple|church),? (?:tx|texas|terrace|city|hills?|creek|point|view)\b|\bchurch(?:'s)? chicken\b",
    r"\b(?:former|old|converted|historic) church (?:building|property|conversion)\b|\b(?:christian|church|temple) (?:street|st|ave|avenue|road|rd|lane|ln|drive|dr|blvd|boulevard|way|court|ct|place|pl|hill|creek|falls)\b",
)
"""What only sounds like something forbidden: taken out before anything is looked for."""

NAMED_PLACE = re.compile(
    r"\b(?:[A-Z][\w']*\.?\s+){1,3}(?:Street|St|Ave|Avenue|Road|Rd|Drive|Dr|Lane|Ln|Blvd|Boulevard|Way|Court|Ct|Circle|Hills?"
    r"|Heights|Creek|Parkway|Pkwy|Trail|Terrace|Square|Highway|Hwy|Place|Pl|Ranch|Loop|Springs|Falls|Ridge|Valley|Mountain)\b\.?"
    r"|\b(?:[A-Z][\w']*\.?\s+(?:&\s+)?){1,3}(?:Realty|Realtors?|Real Estate|Homes|Properties|Group|Brokers?|Brokerage|Team|Residential)\b"
    r"|\b(?:Calle|Avenida|Camino)\s+(?:[A-Z][\w']*\s*){1,3}"
)
NAMED_PERSON = re.compile(r"\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Tt]hanks|[Tt]hank you|[Dd]ear|[Hh]ola|[Gg]racias),?\s+[A-Z]\w+")
"""A street, a business or a person by name, in the draft's own letters: Christian Street and Christian are nobody's religion."""

POINTS = compiled(
    r"\b(?:greatschools|niche|websites?|sites?|police|sheriff|report cards?|public (?:sources?|data|records?|information)|maps?|look (?:it |them |that )?up"
    r"|check (?:with|out|the)|published?|publishes|posts?|department of education|district can|pagina|sitio|policia|fuentes? publicas?|consulte|mapa|publica|compare|confirm|verify)\b",
)
"""A clause that says where to look something up, and may name it."""

REFUSES = compiled(
    r"\b(?:can'?t|cannot|can not|isn'?t something i can|not able to|unable to|not allowed to|not permitted to|won'?t|will not|don'?t|do not|does not|doesn'?t|never|not)"
    r" (?:\w+ ){0,3}?(?:say|speak|comment|describe|characteri[sz]e|discuss|share|tell|advise|judge|rate|rank|steer|answer"
    r"|discriminate|filter|search by|weigh in|opine|choose|sort|offer (?:an )?opinions?|give (?:an )?opinions?|have opinions|vouch|screen|differentiate|limit|exclude|consider)\b",
    r"\b(?:regardless|irrespective) of\b|\bwithout regard to\b|\b(?:fair|equal) housing\b|\bagainst the law\b|\b(?:illegal|unlawful) to\b"
    r"|\bdiscriminat\w+\b|\beveryone is welcome\b|\bprotected (?:class|group|characteristic)\w*\b|\bby law (?:i|we)\b|\blaw (?:doesn'?t|does not|prohibits|forbids|keeps|bars)\b",
    r"\bno (?:puedo|podemos|se nos permite|me permiten|debo|me es posible|hago|hacemos|filtro|filtramos) (?:\w+ ){0,2}?(?:decir\w*|comentar|describir|opinar|hablar|calificar|juzgar|recomendar (?:zonas|areas|barrios) (?:por|segun)|discriminar|dar opiniones?|aconsejar|evaluar|clasificar|distincion\w*)\b",
    r"\b(?:sin importar|independientemente de|vivienda justa|sin distincion|no discrimin\w+|la ley (?:no|prohibe|me impide)|no distinguimos)\b",
)
"""A clause that declines to speak of it, or says that the law forbids to."""

WINKS = compiled(
    r"\b(?:between (?:you and me|us)|off the record|don'?t quote me|just between)\b",
    r"\b(?:not supposed to|(?:probably |really )*should(?:n'?t| not)(?: really)?) (?:say|tell you|mention|share)(?: (?:this|that|it|you))*(?: by law)?\s*(?:but\b|,)",
    r"\b(?:entre (?:nosotros|usted y yo|tu y yo)|no deberia decir(?:lo|le|selo|te)?)\b",
)
"""What announces that the rule just named is about to be broken."""

NEGATES = re.compile(
    r"(?:\b(?:no|not|never|nobody|without|neither|nor|cannot|nothing|zero|none|nunca|sin|ningun|ninguna|tampoco|jamas|free to|against|illegal|prohibits?|prohibe)\b|n't\b|\bcant\b|\bdont\b|\bwont\b)"
    r"(?P<between>(?:\W+[\w'$]+){0,6})\W*$"
)
"""A negation shortly before what was found, and the words between."""

CONDITION = re.compile(r"\b(?:if|unless|si) (?:you |we |they |usted |ustedes )?(?:don't|do not|can't|won't|no)\b")
"""No negation of what follows: "if you don't sign you'll lose it" is a threat."""
