"""What speaks against going on: price, commission, timing, market, trust, and the rest.

Each rule is one family of wordings.  Those that say it outright weigh .7 and more; the others point there.
"""

from ghl_real_estate_ai.understanding.model import Found, Objection
from ghl_real_estate_ai.understanding.rules import Rule, evidence, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

HINTED_FROM = 0.4
"""Weaker evidence than this is not told."""

_O = Objection


def _any(*lists: str) -> str:
    """Any phrase of *lists*, parted by commas."""
    return "(?:" + "|".join(phrase.strip() for words in lists for phrase in words.split(",")) + ")"


def _family(label: Objection, weight: float, *wordings: str, denied: bool = False) -> Rule[Objection]:
    """Return one family; *denied* says that a "not" before it voids it, else it belongs to the wording."""
    return Rule(label, weight, pattern("|".join(wordings)), fixed=not denied)


# --- words -----------------------------------------------------------------------------------------------------------

_VERY = r"(?:(?:way|too|so|far|much|a bit|a little|pretty|really|super|just|kind of|still|all|awfully|ridiculously|totally|very) ){0,3}"
_FIGURE = r"\$? ?\d[\d,.]*(?: ?(?:k|m|mil|thousand|million|grand|hundred))?"
_PRICE = _any(
    "prices?, number, offer, estimate, figure, quote, asking price, asking, list price, valuation, amount, hoa dues, dues, hoa, payment, payments"
)
_ABSURD = _any(
    "insane, crazy, ridiculous, nuts, outrageous, wild, a joke, an insult, insulting, absurd, bananas, laughable, unreal, stupid, offensive, silly, bonkers, robbery, highway robbery, a slap in the face"
)
_FAMILY = _any(
    "wife, wifey, husband, hubby, hubs, spouse, partner, fiancee?, girlfriend, boyfriend, other half, better half, old lady, old man, missus, mrs",
    "family, kids?, children, sons?, daughters?, parents?, folks, mom, mother, dad, father, brothers?, sisters?, siblings?, cousins?, aunt, uncle",
    "in ?laws?, (?:mother|father|brother|sister) in law, lawyer, attorney, accountant, cpa, pastor, co ?-?owners?, business partner, partners, trustee, ex",
    "ex wife, ex husband, grandma, grandpa, boss, financial advisor",
)
_FAMILY_ES = _any(
    "espos[oa], marido, mujer, senora, senor, familia, hermanos?, hermanas?, mama, papa, padres?, hijos?, hijas?, pareja, viej[oa], suegr[oa]s?, socios?, abogad[oa], novi[oa], contador, jefa, jefe"
)
_AGENT = _any(
    "agent, realtor, broker, buyers agent, listing agent, real estate (?:agent|person|lady|guy|attorney), agency, brokerage, realtors?"
)
_AGENT_ES = _any("agente, corredora?, realtor, inmobiliaria, agencia, asesora?, broker")
_KIN_IN_TRADE = _any(
    "aunt, uncle, cousin, sister, brother, friend, best friend, buddy, mom, mother, dad, father, niece, nephew, wife, husband, son, daughter, neighbor, in law, girl at church, coworker, roommate, partner"
)
_LATER = _any(
    "later, next (?:year|spring|summer|fall|winter|month|quarter), in (?:the (?:spring|summer|fall|winter|new year|future)|a (?:few|couple|year|month|while|bit))",
    "in (?:\\d+|two|three|four|six) (?:weeks|months|years|mos), in (?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|sept|oct|nov|dec)",
    "down the (?:road|line), some ?day, another time, some other time, after .{2,30}, once .{2,40}, when .{2,40}, come (?:spring|summer|fall|january|march)",
    "around the holidays, by labor day, this time next year",
)

# --- price -----------------------------------------------------------------------------------------------------------

_PRICES = (
    # too expensive, way too low
    _family(
        _O.PRICE,
        0.8,
        rf"(?:too|so|way|super|really|kind of|pretty|awful|insanely|stupid|bit) (?:too )?(?:expensive|pricey|overpriced|much money|steep|rich for)|(?:over|under) ?-?priced|low ?-?ball\w*|expensive\b(?! to (?:run|fix|maintain|heat|insure))|(?:too )?pricey|rip ?-?off|{_VERY}steep\b",
        rf"(?:{_PRICE}|it|its|thats|that|seems|sounds|is|still|bit|think its|its|are|way) {_VERY}(?:too|so|way|a bit|a little|kind of|pretty|still|its|thats) {_VERY}(?:high|low|much)\b(?! (?:work|stuff|going|trouble|hassle|maintenance|house|space|yard|rush|pressure|traffic|crime|tax\w*|ceiling|to (?:do|clean|keep|handle)))(?<!income is too high)(?<!commission is too high)(?<!rates are too high)(?<!fee is too high)|(?:{_PRICE})s? (?:\w+ ){{0,3}}?(?:is|are|seems?|sounds?|feels?|was|looks?) {_VERY}(?:{_ABSURD}|high|low|off|out of (?:control|reach|hand|line))",
        rf"way (?:over|under|below|off|above|high|low)\b(?! there)|cost(?:s)? (?:way )?(?:too|so) much|(?:thats|is|what|such|are|its) {_VERY}(?:a )?(?:{_ABSURD}) ?(?:price|prices|number|offer|money)|{_ABSURD} (?:prices?|number|offer)|{_FIGURE} (?:for|on) .{{2,50}}(?:is|thats) {_VERY}{_ABSURD}",
    ),
    # worth more than that, would not sell for less
    _family(
        _O.PRICE,
        0.75,
        r"(?:is|its|thats|house|place|home|ours|mine|we are|know) (?:\w+ )?worth (?:way |a lot |much |far |so much |at least |easily )*(?:more|double|twice|\$? ?\d)\b(?!.{0,10}(?:on a good day|half))|worth (?:way |a lot |much |far |so much )more|(?:sold|selling|sells|went|going|listed|got|gets) (?:for )?(?:way |a lot |much |so much )?(?:more|higher|over)\b(?! (?:than (?:a month|one)|there|here|homes))|got \d+ ?(?:k|grand|thousand)? more",
        r"more than (?:(?:we|i) (?:can|could|want to|am willing to|planned to|are willing to) (?:afford|spend|pay|do|swing)|that|(?:what )?(?:you|u|yall)(?: are|re)? (?:said|say|saying|think|offer\w*|going))|(?:double|triple|twice) what|(?:higher|more|better|lower|less) than (?:you|your|what you)|\d+ ?(?:k|grand|thousand|mil) (?:higher|lower|short|apart|arriba)",
        r"(?:not|wont|aint|refuse to|never|cant|not going to) (?:\w+ )?(?:give|giving) (?:it|my house|our house|the house|this place|mine) away|giv\w+ (?:it|my house) away|lose money|los(?:e|ing) (?:my|our) shirt|take a (?:loss|bath)|(?:cant|wont|not|never|refuse to) (?:going to )?(?:sell|take|go|let it go|accept|budge) (?:\w+ )?(?:for )?(?:a penny )?(?:less|under|below|lower)|barely cover",
    ),
    # 290?? try again; that doesn't work for us; where did you get that number
    _family(
        _O.PRICE,
        0.7,
        rf"{_FIGURE} ?\?{{2,}}|{_FIGURE} ?\? (?:\w+ )?(?:lol|no|nah|try|wow|really|seriously|come on|thats|are you|you)|(?:lol|haha|wow|really|only|seriously|what) ?[.,!?]* ?{_FIGURE} ?\?|try again|(?:you|u|yall) (?:say|told|said|offered|quoted|want|think|only (?:said|offered))(?: me| us)? (?:only |like |it was |its worth )*\$?\d{{2,3}}k?\b.{{0,12}}\?|(?:by|at|with|for) that (?:price|number)|at those prices|for that (?:much|kind of)? ?(?:price|money)",
        r"(?:wheres?|hows?) (?:the heck |tf |on earth )?(?:do |did |are )?(?:you|u|yall|they|this|that) (?:get|got|getting|come up with|came up with|figure) (?:that |this |only )?(?:\$?\d|price|number)|(?:out of|above|over|beyond) (?:my|our) (?:price range|budget|league|means|range)|(?:cant|couldnt|can not) (?:afford|swing) (?:that|those|it|these|this)\b(?! (?:anymore|house|place|mortgage))|(?:doesnt|does not|wont) (?:work for (?:us|me))\b|(?:insult\w*|joke of) (?:offer|price|me)|(?:price|number|money) is right|not enough (?:for|to)|was (?:hoping for|expecting) (?:at least |closer to )?\$? ?\d|(?:nicer|worse|smaller|same) house (?:sold|went)|upgrades? .{0,25}(?:count|number|offer)|kills? it for (?:me|us)|more than you",
    ),
    _family(
        _O.PRICE,
        0.75,
        r"(?:muy|demasiado|tan|bien|re|mas) (?:car[oa]s?|baj[oa]s? (?:la|el|su)|poco\b|poquito)|(?:esta|estan|es|son) car(?:isim)?[oa]s?|carisim[oa]s?|vale (?:mucho |mas |bastante )mas|vale mas|(?:no )?(?:la|lo) (?:\w+ ){0,3}?regal\w+|regalad[oa]\b|se (?:vendio|vendieron) (?:en|por) mas|no me alcanza\b(?! (?:el tiempo|pal enganche|para el enganche))|fuera de (?:mi|nuestro) presupuesto",
        rf"(?:eso|oferta|precio) es (?:muy )?(?:poco|un insulto|una burla|robo)|(?:precios?|numero|duen[oa]|oferta) (?:\w+ )?(?:loc\w+|ridicul[oa]s?|por las nubes|muy \w+)|por las nubes|{_FIGURE} por (?:mi|esa|esta|la) \w+ ?\?|(?:mil|mas) (?:arriba|abajo|por encima) de lo que|(?:muy|bien|re) (?:baj[oa]|alt[oa]) (?:el|la|su|tu|esa)|(?:oferta|precio|numero) (?:\w+ ){{0,2}}?(?:baj[oa]|alt[oa])",
    ),
)  # fmt: skip

# --- commission ------------------------------------------------------------------------------------------------------

_COMMISSIONS = (
    _family(
        _O.COMMISSION,
        0.8,
        r"(?<!state )(?<!estate )(?<!work on )commissions?\b|comision(?:es)?|(?:realtor|agent|broker|listing|agents|realtors|your|brokerage|yall|flat|the) (?:\w+ )?(?:fees?|cut|percentage)\b|(?:too many|so many|hidden|all these|what|any|high) fees|fees? (?:is|are|seem|too|so|sounds?|scares?|isnt)\b|(?:what|how much|whats) (?:do|does|would|will|is) (?:you|yall|your|it|they|agents?)(?: guys)? (?:\w+ )?(?:charge|take|keep|cost me|fee|rate|cut|percentage)|(?:you|yall|they|agents?|realtors?)(?: guys)? (?:\w+ )?(?:charge|charging|take a cut)\b|whats your (?:fee|rate|cut|percentage|charge)|discount broker\w*|listing side|buyers side|buyers agent (?:fee|commission)|nar (?:lawsuit|settlement)",
        r"(?:why|not|wont|never|aint|hate|refuse) (?:\w+ ){0,4}?pay(?:ing)? (?:you|an agent|a realtor|agents?|somebody|someone|both sides|the (?:buyers|other))|(?:drop|come down|go|do it|work|list it|knock it down) (?:\w+ )?(?:to|for|at) \d(?:\.\d)? ?(?:%|percent)|save (?:the|that) \d",
        denied=False,
    ),
    _family(
        _O.COMMISSION,
        0.6,
        r"(?:[4-7](?:\.\d+)? ?(?:%|percent|pct|por ?ciento|points)|(?:four|five|six|cuatro|cinco|seis) (?:percent|por ciento))(?! ?(?:down|rates?|interest|mortgage|loan|apr|cap|de enganche|enganche|de interes|interes|fixed|arm|vacan|a year|return|int|appreciation|or so down|equity|til|note))(?<!at \d%)(?<!under \d%)|(?:1|2|3)(?:\.\d)? ?(?:%|percent) (?:list\w*|seems|is|sounds|to (?:sell|list)|commission|side)",
        r"(?:cuanto|que|no) (?:\w+ ){0,2}?(?:cobra\w*|se lleva\w*)|(?:pagar\w*|regalar\w*|dar\w*) (?:\w+ ){0,4}?(?:a )?(?:un |al |los )?(?:agente|realtor|corredor)s?|por ?ciento (?:es|se)|porcentaje",
    ),
)  # fmt: skip

# --- timing ----------------------------------------------------------------------------------------------------------

_TIMINGS = (
    # not now, not ready, bad time
    _family(
        _O.TIMING,
        0.75,
        r"(?:not|arent|isnt|never|aint|wont be) (?:quite |really |at all |even )?ready\b(?! to (?:go|show|move in))|(?:not|isnt|aint|no|never) (?:a |the |really )*(?:good|right|great|best|ideal) (?:time|moment|season)|(?:bad|wrong|terrible|worst|rough) tim(?:e|ing|es)\b(?! to buy)|timing (?:is|isnt|s)? ?(?:bad|off|not|wrong|right|terrible)|(?:too|way too) (?:soon|early)(?! (?:in the|to call|for a call))|nothing .{0,15}right now",
        r"(?:not|isnt|aint|nope|nah|maybe not|nothing|not happening|isnt happening|cant (?:do it|move|buy|sell|list)|wont (?:sell|buy|move|list)|aint \w+ing) (?:\w+ ){0,3}?(?:right now|now|this (?:year|month|season|summer|spring|fall|winter)|at the moment|at this time|atm|for now|anytime soon|any time soon|just yet|currently)\b|^(?:not )?(?:right now|yet|for now)\b|^(?:cant|not) (?:right now|this (?:week|month|year))|(?:not|dont|aint|havent|arent) (?:looking|ready|selling|moving|buying|interested|there|planning) (?:\w+ )?yet\b|not (?:until|till|til|for (?:a|another|at least))\b|not happening (?:till|until)",
    ),
    # waiting until, holding off, on pause
    _family(
        _O.TIMING,
        0.75,
        r"(?:wait|waiting|hold|holding) (?:\w+ )?(?:until|till|til|off|for (?:the )?(?:spring|summer|fall|winter|school|kids|rates|prices|market|next|a (?:few|couple)|now|things|my|our|interest|better|right)|on (?:a|my|the)|out|(?:a )?(?:bit|while|year|few)|to see)\b|(?:so (?:i am|im|we are|were|ill|we will)?|ill|will|going to|just|rather|better|wed|id) ?(?:\w+ )?(?:waiting|wait|hang on|hold on)\b(?! (?:for|on|a (?:sec|minute)))|(?:sit|sitting) tight|(?:gonna|going to|just) (?:\w+ )?watch it|(?:back burner|on hold|paus(?:e|ing|ed)|pump the brakes|hit pause|put (?:it|this|things|everything) off|stop(?:ped)? the search|slow(?:ing)? down|taking a break)",
        rf"(?:maybe|perhaps|try|check back|check in|ask|hit me up|circle back|talk|get back|touch base|revisit|follow up|reach out|come back|ping|we will talk|lets talk|hit us up|call me|text me|call us|text us|call you|contact me|message me|bother|do it|shot|chance) (?:to |with |back |me |us |again |this |it |then |in |you |maybe |at ){{0,4}}(?:{_LATER})\b(?! (?:today|tomorrow|work|i get|lunch|5|church|dinner))",
        r"(?:a )?(?:while|year|years|few years|long time|ways|couple years|months) (?:off|away)\b|in a year or (?:so|two)|just (?:dreaming|looking for now|window shopping)|(?<!a )years? from now|^(?:not )?(?:after|once|until|till) (?:my|the|our|i|we) (?!sell|nar|commission)\w+ .{2,40}$",
        r"(?:when|once|until|till|after|first|gotta|have to|need to) (?:\w+ ){0,5}?(?:lease is up|kids? (?:graduat\w+|finish\w*|\w+ school)|school (?:is out|ends|lets out|year)|baby|wedding|surgery|holidays|tax season|election|super bowl|divorce is|decree|taxes|new year|retire|credit|finish the|fix (?:a|up|some|the)|deck|rates? (?:hit|drop\w*|fall\w*|come|get))|when (?:the|we|i|my|our|things) .{2,40} (?:call|talk|text|reach)|too busy|swamped|life is (?:crazy|hectic|too)|a lot going on|(?:hospice|funeral|just had a baby|lease just renewed|my mind is)",
    ),
    _family(
        _O.TIMING,
        0.75,
        r"(?:todavia|aun) no\b(?! ?$)(?! (?:me|nos|tengo|he|la|se) (?:han|llam|lleg|envi))|no es (?:el |un |buen |buena )*(?:momento|tiempo|epoca)|mal (?:momento|tiempo)|(?:mas|mucho) adelante|(?:esper\w+|aguant\w+)(?:me|nos)? (?:a |hasta |un |que |unos |para |al |tantito|el |mejor)|no (?:estoy|estamos|ando|andamos) (?:list[oa]s?|looking|todavia)|(?:ahorita|orita|ahora|por ahora|por el momento|de momento),? (?:\w+ )?no\b(?! (?:me interesa|gracias|puedo hablar))|no (?:por )?(?:ahorita|ahora|por el momento)",
        r"(?:despues|luego) (?:de (?:las fiestas|navidad|el verano|que)|ya vemos|les aviso|vemos|hablamos)|muy pronto para|(?:quizas?|tal vez|talvez|a lo mejor) (?:el (?:otro|proximo) ano|despues|mas|luego|en (?:unos|el|un))|no tan pronto|hasta que .{3,30}(?:no|acab|termin|salg)|(?:primero|antes) (?:tengo que|necesito|hay que) (?!ver|hablar|vender)|el (?:otro|proximo) ano|unos mes(?:ecit|it)?[oe]?s|viendo eso primero|nomas \d+ meses|apenas voy",
    ),
)  # fmt: skip

# --- market ----------------------------------------------------------------------------------------------------------

_RATES = _any(
    "(?:interest |mortgage |the |these |with |current |todays )*(?<!cap )rates?, interest, intereses, las tasas, tasas"
)
_DOWN = _any(
    "crash\\w*, tank\\w*, slow\\w*, cool\\w*, bad, down, drop\\w*, soft\\w*, dead, turn\\w*, correct\\w*, collaps\\w*, recover\\w*, come(?:s)? back, pick(?:s)? up, terrible, awful, sucks?, weird, crazy, insane, stupid, bubble, unstable, uncertain, shaky, improv\\w*, settle\\w*, calm\\w*, gets? better, bounce\\w*, stinks, trash, a mess, scary, stall\\w*, too hot, nuts, garbage, flat, slump\\w*, frozen, brutal, rough, ugly, iffy, upside down, volatile, saturated, plummet\\w*"
)
_MARKETS = (
    _family(
        _O.MARKET,
        0.8,
        rf"{_RATES} (?:\w+ ){{0,3}}?(?:are|is|at|come|drop\w*|go|went|high|fall|down|where|right now|being|dip|under|settle|improve|kill\w*|hit|doubled|this high|like this|now|insane|crazy|sucks?|scare\w*|jumped|jump|quoted|made|shot|climb\w*|stay|get in|get|rise|rising|wont|ease|cool)\b|(?:high|higher|crazy|insane|these|lower|better|stupid|todays) (?:interest |mortgage )?rates|(?:rates|interest)\b.{{0,25}}(?:too high|so high|insane|nuts|sick|scar|killing|ridiculous)",
        r"(?:my|a|our|locked(?: in)?(?: at)?|have|got|giving up|lose|keep|at|on|under|sitting on|with) (?:my |our |a |this )?(?:cozy |sweet |nice )?[23](?:\.\d+)? ?(?:%|percent|rate|interest|mortgage|til|until|apr|fixed)(?! (?:down|list|commission))|(?:giv\w+ up|lose|losing|trad\w+|walk\w* away from|leav\w+|swap\w*) (?:in |up )?(?:my|our|this|a) (?:\w+ )?[1-5](?:\.\d+)?\b(?! ?(?:bed|bath|car|acre|/))|golden handcuffs|double (?:the|my|our) (?:rate|payment)",
        rf"(?:housing |real estate |the |this |whole )*(?:market|housing|real estate|economy|whole thing)s? (?:\w+ ){{0,5}}?{_DOWN}\b|{_DOWN} (?:housing |real estate )?(?:market|economy)\b|(?:buyers|this|sellers) market\b(?=$|[.,!?]| (?:to|right|for|now))|(?:crash|recession|bubble|housing crisis|depression|inflation|tariffs|layoffs|stagflation|downturn)\b(?! (?:pad|course|my))|(?:2007|2008|08) (?:all over|again)|like (?:in )?(?:2007|2008|08)\b",
        r"prices? (?:\w+ ){0,3}?(?:drop|dropping|fall|falling|come down|coming down|go down|crash\w*|tank\w*|going (?:down|up)|will (?:go|rise|come)|peaked|too volatile)|(?:wait\w*|till|until|when|if|hope|once) (?:\w+ ){0,3}?(?:prices|rates|interest|the market|things) (?:\w+ )?(?:hit|drop|fall|come|go|cool|settle|calm|crash|improve|recover|get|gets) ?(?:better|in|under|below|back|down)?|fed (?:cuts?|lowers)|(?:bidding wars?|inventory\b|no buyers|nothing(?:s| is) selling|not one sold|sitting for months|houses (?:are )?(?:sitting|just sit)|for sale signs)|(?:terrible|bad|worst|awful|horrible|stupid|scary|fool) (?:time )?to (?:buy|sell)|give a house away|sell now before",
    ),
    _family(
        _O.MARKET,
        0.8,
        r"(?:las |los |altas |bajen |esos |estos |estas |esas |con )*(?:tasas|intereses|interes) (?:\w+ ){0,3}?(?:alt[oa]s?|suben|bajen|bajan|baje|nubes|carisim\w+|estan|bajar|subieron|cielo|mejoren|caros|ni|no)|(?:con|por|y|ver) (?:\w+ ){0,3}?(?:las|esas|esos|estos|estas|los) (?:tasas|intereses|aranceles)|(?:baj\w+|altos?|altas?|subi\w+) (?:\w+ ){0,2}?(?:las tasas|los intereses|los precios|el interes|tasas|intereses)|[23]\.\d+ (?:en|de) (?:mi|la|nuestra) (?:hipoteca|casa|tasa)",
        r"(?:el )?mercado (?:\w+ ){0,4}?(?:mal|caer|cae|bajo|lento|crash|feo|flojo|malo|loco|caiga|baje|mejore|dificil|caido|desplom\w*|tronar|muerto)|(?:caer|caiga|tronar|bajar|desplom\w+|mejore) (?:\w+ ){0,2}?(?:el )?mercado|recesion|crisis|(?:economia|inflacion|aranceles)|precios (?:\w+ )?(?:bajen|caigan|bajan)|burbuja|el 2008",
    ),
)  # fmt: skip

# --- trust -----------------------------------------------------------------------------------------------------------

_TRUSTS = (
    _family(
        _O.TRUST,
        0.8,
        r"scam(?:s|mers?|my|ming|med)?\b|fraud\w*|phish\w*|legit\w*|(?:is|are) (?:this|you|yall|it|these)(?: guys| company| even| for| thing| all| really)* (?:real company|for real|licensed|trustworthy|reputable|a real (?:company|business))|never heard (?:of|about)|(?:dont|not|never|cant|hard to|why (?:should|would) i|do i) (?:\w+ )?trust\b|(?:fishy|sketchy|shady|suspicious|suspect|(?:seems|looks|sounds|pretty|kind of|this is|thats) sus\b|too good to be true|catfish\w*|phony|bogus|spammy|con artists?|burned (?:before|by)|(?:whats |what is )?the catch|(?:was|is|listing|seems|looks) fake|(?:a|was a|bunch of) crooks?|thie(?:f|ves)|lying|liars?|cheated|kickbacks?|gift cards?|rob me|swindl\w*|shyster\w*)",
        r"(?:how|where|who|hows|whered|howd) (?:do|did|the (?:hell|heck) did|tf did|gave|exactly did|in the world did|even did|the f did)? ?(?:you|u|yall|they|he|ya)? ?(?:guys |all |people |even )*(?:get|got|getting|find|found|obtain|gave you|you|have|come by|gave)? ?(?:even )?(?:my|this|our) (?:number|info\w*|name|contact|details|address|cell|phone)|how did you (?:find|get) (?:me|us|this)|howd you (?:find|get) (?:me|us|my)|(?:how|why) (?:did i|am i) (?:get )?on (?:this|your|a) list",
        r"(?:whos|who is|who are|and who is|who the (?:hell|heck) (?:is|are)|who) (?:this|you(?! (?:got|like|think|know))|these|dis|am i (?:speaking|talking|texting))\b(?! (?:for|lender|guys like))|who wants to know|(?:what|which) company (?:is this|are you|is it|do you)|and what company|how long have you been|who do you work for|who pays you|whats it for|(?:looked|googled) (?:you|yall|your company) (?:up)?|no website|nothing comes up|(?:til|till|until) (?:i|we) know who",
        r"(?:how (?:can|do|would|could|am) (?:i|we) (?:supposed to )?(?:know|trust|verify|be sure))|(?:prove|proof) (?:that |of )?(?:you have|you are (?:legit|real|who|licensed)|your (?:not|legit|who)|its|it|this)\b|(?:got|been|was|were|get) (?:scammed|burned|ripped off|conned|cheated|screwed|taken|robbed)|(?:any |your |have |see )?(?:reviews|references|credentials|license number|testimonials|track record)\b(?! (?:the|my))",
        r"(?:not|never|wont|aint|no way i am|dont) (?:\w+ )?(?:giv\w+|gave|shar\w+|send\w*|tell\w*|hand\w*|comfortable giving|feel comfortable|signed? up|consent\w*|authoriz\w*|answer\w*) (?:\w+ ){0,4}?(?:ssn|social|bank|info\w*|address|permission|number|name|strangers?|texts?|what i owe|for this|out|details|email|over text)|(?:i )?never (?:gave|signed up|asked|filled)|(?:last|other|previous|first|old|her|his) (?:agent|realtor|broker|guy|house|lady) (?:\w+ ){0,3}?(?:no showed|promised|lied|screwed|ghosted|burned|talked us|was a|took|cheated|let it sit)|(?:enough|more) (?:junk|spam)|(?:\w+th|\w+rd|hundredth) person to (?:text|call)|forgive me if|told me not to",
    ),
    _family(
        _O.TRUST,
        0.8,
        r"estafa\w*|fraude\w*|(?:no )(?:los|les|lo|le|te) (?:conozco|tengo confianza|creo|conocemos)|(?:de donde|como|quien(?:es)?(?: le| les| te)?) (?:\w+ )?(?:sac\w+|consigui\w+|obtuv\w+|dio|dieron|tien\w+|agarr\w+|encontr\w+) (?:\w+ ){0,2}?(?:mi|este|mis) (?:numero|telefono|informacion|datos|nombre|direccion)|no confi\w+|desconfi\w+|(?:es|esto es|son|esto) (?:real|legitim\w+|confiable|en serio|de verdad)(?= |\?|$)(?! (?:persona|una persona))",
        r"como (?:se|puedo|puede uno) (?:que|saber|confiar|estar segur\w)|(?:nunca|jamas) (?:he |habia )?(?:oi|escuchad|oid|llene|di|dimos|pedi)\w*|(?:quien(?:es)?) (?:son (?:ustedes|uds)?|es usted|habla|eres|me (?:escribe|habla))\b(?! el)|ni quien son|engan(?:o|os|an|en|ar\w*|aron|ado|ada)\b|me (?:estafaron|robaron|enganaron)|chafas?|transas?|huele (?:raro|mal a|a estafa)|para que (?:quiere|quieren|lo|necesita)\w* (?:saber|mi|mis)|quien les dio|sabe donde vivo|datos personales|desconocid\w+|ver su oficina",
    ),
)  # fmt: skip

# --- represented, diy, competing estimate ----------------------------------------------------------------------------

_REPRESENTED = (
    _family(
        _O.REPRESENTED,
        0.75,
        rf"(?:have|has|got|hired|using|use|signed(?: up)?(?: with)?|working with|work with|works with|going with|went with|chose|picked|found|committed to|under contract (?:with|w)|listed with|listing with|list with|contract with|already with|dealing with|represented by|sticking with|happy with|love) (?:already |up with |an agreement with |exclusively with |currently )*(?:a|an|our|my|another|some|this|different|our own|my own) (?:\w+ ){{0,2}}?{_AGENT}\b(?! (?:call|text|who can|i can|that (?:can|will)|to (?:call|help|contact)|yet|before|right now to|come))",
        rf"(?:my|our) (?:\w+ )?(?:\w+ )?(?:is|s|has been|works as|also) (?:also )?(?:a|an|our|my|the) (?:\w+ )?{_AGENT}|(?:our|my) {_AGENT}\b(?! (?:fell|quit|dropped|ghosted|sucks|retired|fired|com\b|\. ?com|go\b|estimate|is the only)|\.)(?<!fired my agent)(?<!whos my agent)(?<!travel agent)|(?:have|has|got|signed|under|in) (?:a|an) (?:listing|exclusive|buyer\w*|rep\w*) (?:agreement|contract|rep\w*)",
        rf"(?:already|currently|its|house is|just|is|we are|were) (?:\w+ )?(?:listed|signed|represented)\b(?= (?:with|by|through)| w\b|$|[.,!]| already| up)(?! (?:at|on zillow|for))|signed with (?!you)\w+|(?:working|going|listed|listing|signed|went) with (?!you|me|us|the (?:bank|lender|same)|your|my (?:lender|bank|loan))(?:\w+ )?(?:\w+ )?(?:at|from|over at|somebody else|someone else|instead)\b|(?:already )?(?:have|got) (?:an? )?(?:{_AGENT}|someone|somebody)(?= (?:helping|already|for that|we|on it)|$|[.,!])|(?:someone|somebody)(?: else)? (?:is )?(?:already )?(?:helping|representing) (?:us|me)",
        rf"(?:my|our|the)? ?(?:{_KIN_IN_TRADE})(?: in law)?(?: is| s)? (?:\w+ )?(?:does real estate|sells (?:real estate|houses|homes)|in real estate|has (?:a|her|his) (?:real estate )?license|has a license|doing (?:it|real estate)|got (?:her|his|a) license|is licensed|is handling|handles)|(?:list|listing|selling|sell|going|go|buy) (?:it )?with my \w+",
        denied=True,
    ),
    _family(
        _O.REPRESENTED,
        0.75,
        rf"(?:ya )?(?:tengo|tenemos|trabajo con|trabajamos con|contrate|contratamos|firmamos con|firme con|estamos con|estoy con|tiene|con) (?:ya |a )?(?:un|una|otro|otra|mi|nuestro|nuestra|el|con un)? ?(?:\w+ )?{_AGENT_ES}|(?:mi|nuestr[oa]) (?:\w+ )?(?:es|trabaja (?:de|como)|se dedica) (?:\w+ )?(?:{_AGENT_ES}|bienes raices)|(?:mi|nuestro) (?:agente|realtor|corredor)\b|ya (?:la |lo |esta |me |la tiene )*(?:listad[oa]|en lista|firmamos|firme|cambie de)|la tiene (?:\w+ )?(?:listada|un|una|mi)|contrato (?:\w+ ){{0,3}}?con (?:otr[oa]|un|una)",
        denied=True,
    ),
)  # fmt: skip
_DIY = (
    _family(
        _O.DIY,
        0.8,
        r"(?:sell|selling|list|listing|sold|handle|do|doing|market|show|move) (?:it|the (?:\w+ )?(?:\w+ )?(?:house|houses)|this|my (?:house|place)|our (?:house|place)|mine|the house here|that|everything)? ?(?:\w+ ){0,2}?(?:myself|ourselves|on (?:my|our) own|by owner|privately)|(?<!tried )(?:fsbo|for sale by owner|by owner)\b(?! (?:didnt|did not|all|last|before|and gave))|(?:dont|do not|no|without|who|why (?:would|do|should) (?:i|we|anyone)) (?:\w+ )?(?:need|use|want|using|needs|pay)? ?(?:a |an |any |using |the )?(?:realtors?|agents?|brokers?|middle ?m[ae]n)\b(?! (?:who|that|like|call|yet|yet))(?: needed)?|(?:no|zero) agents?",
        r"(?:on|through|use|put it on|list it on|post\w* (?:it )?on|via) (?:facebook|fb|market ?place|craigs ?list|offer ?up|nextdoor|zillow for free|zillow myself|the mls myself)|yard sign|flat fee mls|put (?:a|up a|out a) sign|cut out the (?:middle|agent)|(?:skip|save|avoid) (?:the|on|paying|that) (?:realtor|agent|commission|middle|fee|[56])|sell (?:it )?(?:privately|direct\w*|to my (?:neighbor|friend|cousin|brother|tenant|renter|son|daughter|kid))|(?:tenant|neighbor|renter|friend|cousin|brother|buddy|coworker) (?:\w+ )?wants to buy (?:it|the house|mine|ours)|(?:do (?:i|we) (?:even )?|would (?:i|we) |why (?:do|would) (?:i|we) )need (?:you|yall)|already (?:have|got) (?:a|my own) buyer|attorney (?:will|can|to) (?:write|draw|do)|buddys a lawyer",
    ),
    _family(
        _O.DIY,
        0.8,
        r"(?:vend\w+|hac\w+|anunci\w+|encarg\w+|lo|la|pon\w+) (?:\w+ ){0,3}?(?:yo (?:mism[oa]|sol[oa])|por (?:mi|nuestra) (?:propia )?cuenta|nosotros mismos|directamente|solit[oa]|sin (?:agente|realtor|intermediarios?|corredor))|(?:no )(?:necesit\w+|ocup\w+|quier\w+|us\w+|hace falta|trat\w+) (?:a |de |un |una |ningun |usar |con )*(?:agentes?|realtors?|corredor\w*|intermediari\w+|inmobiliaria)|sin (?:agente|realtor|intermediari|corredor|inmobiliaria)\w*|por (?:mi|nuestra) (?:propia )?cuenta|dueno a (?:comprador|dueno)|trato directo",
    ),
)  # fmt: skip
_COMPETING = (
    _family(
        _O.COMPETING_ESTIMATE,
        0.8,
        r"zestimate|(?:zillow|redfin|realtor ?\. ?com|trulia|opendoor|offerpad|eppraisal|chase|homes ?\. ?com|the (?:internet|app|website)|online|rocket|county|google) (?:\w+ ){0,2}?(?:says?|said|shows?|estimates?|has (?:it|me|us|mine)|puts?|gave|quoted|offered?|values?|price|thinks|told|calculator|at \d|sale|dice)|(?:offer|quote|number|price)s? (?:from|by|through) (?:zillow|opendoor|offerpad|a (?:cash|wholesale|company|ibuyer)|we buy|an (?:investor|ibuyer|online))|(?:en|on|per|according to) (?:zillow|redfin|realtor ?\. ?com)\b(?! (?:for free|myself|ad))",
        r"opendoor|offerpad|we buy (?:\w+ )?(?:houses|homes|any)|ibuyers?|wholesalers?\b(?! list)|(?:cash|other|another|better|higher|competing) (?:home ?buyer|offer|investor|bid|buyer|company)s? (?:\w+ ){0,4}?(?:offer\w*|from|of \d|for \d|says|said|in hand|already|at \d|will pay|hell pay|he will pay|on the table|sent|gave)|(?:offer|online|home value|automated) (?:company|compan(?:y|ies)|estimate)s? (?:\w+ )?(?:said|gave|offered|says)|(?:investor|company|guy|man|neighbor|somebody|someone|buyer|flipper)s? (?:\w+ ){0,5}?(?:already )?(?:offered|offers|offering|will pay|gave me|will give|pays)\b|(?:got|have|had|received) (?:a |an |\w+ )?(?:cash |online |higher |better |written )?(?:offer|quote)s? (?:\w+ ){0,3}?(?:from|for|of|at|already|in)\b|we(?: wi)?ll buy it|(?:postcards?|letter|flyer|card) (?:\w+ ){0,3}?(?:offer\w*|cash)",
    ),
    _family(
        _O.COMPETING_ESTIMATE,
        0.75,
        r"(?:me |nos )?(?:ya )?(?:me |nos )?(?:ofreci?er?on|ofrecio|ofrecen|dieron|da|dan) (?:\w+ ){0,3}?\d|\w+ (?:compra|paga|ofrece) (?:\w+ )?(?:cash|efectivo|al contado)|(?:otra|una) (?:compania|empresa) (?:\w+ )?(?:ofre\w+|da|dijo|compra)|(?:zillow|redfin) (?:\w+ )?(?:dice|marca|sale|pone|la tiene)|en (?:zillow|redfin) (?:sale|dice|marca|aparece)|oferta de (?:otra|otro|un|una)",
    ),
)  # fmt: skip
_NO_COMPETITION = pattern(
    r"(?:dont|not|never) (?:believe|trust|care) .{0,25}(?:online|zillow|zestimate|estimates)|(?:insurance|state farm|allstate|geico|roofer|contractor|plumber|mover)s? (?:\w+ )?quoted|cash buyers only"
)

# --- decision maker --------------------------------------------------------------------------------------------------

_DECIDERS = (
    # need to ask my wife
    _family(
        _O.DECISION_MAKER,
        0.8,
        rf"(?:talk|check|discuss|ask|asking|run|speak|consult|clear|see|go over|confer|hash|convince|okay|sit down|touch base|go|bring|chat|run it|pass it) (?:(?:it|this|that|things|all|everything|about|over|out|up|off) ){{0,4}}(?:to|with|by|past|over with|from|ok from)? ?(?:my|the|our|his|her) (?:\w+ )?{_FAMILY}\b(?!s? (?:house|home|place|bought|agent|to (?:the|my) show))(?<!ask my ex)|bring it up (?:\w+ )?(?:dinner|tonight|at home)|(?:talk|discuss|hash) (?:it|this|that)? ?(?:over|out)? ?(?:\w+ )?(?:at home|as a family|together)",
        rf"(?:my|our|the|her|his)? ?{_FAMILY}s? (?:\w+ ){{0,2}}?(?:handles?|decides?|(?:has|have|had|gets?|got) (?:final say|a say|the (?:final|last) (?:say|word)|to (?:be|agree|ok|okay|approve|sign|say|see|decide|like|want|weigh|pick|choose))|needs? to (?:agree|be (?:on board|ok)|see|decide|approve|sign|ok|weigh|say|okay|know|look)|isnt (?:sold|on board|sure|convinced|ready)|arent (?:sold|on board|sure)|makes (?:the|all|those|that)|would have to|says? (?:no|not|wait|we cant|we shouldnt|stay|keep)|wont (?:agree|let|sell|sign|budge|move)|is (?:against|not (?:on board|sold|sure|ready|convinced)|the (?:boss|one|decision|planner)|in charge|dragging)|the one that|that decides|wants? to (?:wait|keep|stay|think|hold)|calls? the shots|wears? the pants|disagrees?|runs (?:the|this)|no quiere)",
        r"(?:not|isnt|wasnt|aint) (?:just |only |solely |really |entirely |all )*(?:my (?:decision|call|choice|house alone)|mine (?:to|alone)|up to me)\b|(?:on|both of) (?:us|the (?:deed|title)) (?:to (?:agree|decide|sign)|and|too)|(?:both|all|\w+) of us (?:have to|need to|must) (?:agree|sign|decide)|(?:siblings|brothers|sisters|heirs|of us|kids) (?:\w+ )?(?:on the deed|own it|have to agree|need to agree|vote|fighting|dont (?:agree|speak))|they (?:would |all )?have to agree|theyd have to agree|family (?:decision|meeting|matter|vote)|as a family|(?:she|he)s? (?:\w+ )?(?:the one (?:to|who|that)|has to (?:agree|say|sign|be the)|needs to (?:sign|agree)|makes the|handles (?:all|that)|the planner)|need (?:his|her|their) (?:ok|okay|approval|signature|blessing|permission)",
        rf"(?:cant|wont|not|dont|couldnt) (?:\w+ ){{0,4}}?(?:without|unless) (?:my|the|our) (?:\w+ )?{_FAMILY}|(?:for|up to) my {_FAMILY}\b(?: to (?:answer|decide|say))?|joint decision|decide together|power of attorney|gotta ask|have to ask (?!you)|ask the boss|(?:decide|decisions?) (?:these things |this )?(?:as a|together|with)",
    ),
    _family(
        _O.DECISION_MAKER,
        0.8,
        rf"(?:habl\w*|consult\w*|pregunt\w*|platic\w*|ver\w*|veo|coment\w*|decid\w*|checar\w*|convenc\w*|discut\w*|acord\w*) (?:\w+ )?(?:\w+ )?(?:con|a|en)? ?(?:mi|mis|nuestr[oa]s?|la|el|ella|ellos) (?:\w+ )?{_FAMILY_ES}|con (?:ella|el|ellos) lo (?:veo|hablo|platico|consulto)|(?:mi|mis|nuestr[oa]s?) {_FAMILY_ES} (?:\w+ ){{0,2}}?(?:decid\w+|no (?:quiere|quieren|esta de acuerdo|esta segur\w)|manda|tiene que|tienen que|se encarga|ve eso|opine|diga|la que|el que|es (?:la|el) (?:que|de))|no (?:es|depende) (?:solo |nomas |nada mas |solamente )?(?:mi|de mi|decision mia)\b",
        rf"(?:tenemos|hay) que (?:decidir|acordar|ponernos de acuerdo) (?:entre|todos|en familia|juntos)|no (?:decido|mando) (?:solo|sola|yo)|somos (?:varios|\w+) (?:hermanos|duenos)|(?:ella|el) (?:es (?:la|el) que )?(?:decide|manda)|decision (?:de|en) (?:familia|los dos|ambos)|sin (?:el permiso de |la firma de |hablar con |consultar )?(?:a )?(?:mi|mis) {_FAMILY_ES}|esta a (?:su nombre|nombre de)|(?:se pongan|ponernos) de acuerdo",
    ),
)  # fmt: skip
_NOT_DECIDING = pattern(
    r"(?:trust\w*|quitclaim) .{0,30}have to sign|her lender|bring my kids|talked to my (?:lender|bank)"
)

# --- financing, condition, thinking ----------------------------------------------------------------------------------

_FINANCINGS = (
    _family(
        _O.FINANCING,
        0.8,
        r"(?<!used to have )(?:bad|poor|terrible|low|no|horrible|shot|awful|messed up|not (?:great|good)|rough|shitty|crap|ruined|damaged|bruised|lousy|thin|limited|trash) credit\b(?! (?:card|check|union))|(?:credit|fico|score|scores)(?: score)?s? (?:\w+ ){0,3}?(?:bad|low|shot|terrible|poor|trash|horrible|isnt|not|aint|sucks|(?:is |at |like |around |of |only |a )*[3-5]\d\d|needs|wrecked|messed|in the (?:5|4)\d\ds|under 6\d\d|awful|rough|ruined|took a hit|garbage|gets? better|goes up|there either|in the toilet)|(?:wreck\w*|ruin\w*|destroy\w*|trash\w*|rebuild\w*|fix\w*|repair\w*|work\w* on|clean\w* up) (?:up )?(?:my|our) credit(?! and)",
        r"(?:dont|doesnt|didnt|cant|wont|couldnt|wouldnt|never|not|arent|isnt|unable to|no way|doubt|can (?:i|we) even|would (?:i|we) (?:even)?|able to) (?:(?:even|think|i|we|going|to|be|able|would|ever|anyone|will|id|could|get) ){0,5}(?:qualify|qualified|get (?:approved|a (?:loan|mortgage)|financing|financed|preapproved)|(?:be )?approved|lend to (?:me|us))\b(?! yet$)|(?:got|get|was|were|been|being|keep getting|getting|application) (?:\w+ )?(?:denied|turned down|rejected|declined)\b(?! (?:the|my) offer)|(?:loan|mortgage|application|financing|bank|lender|credit union)s? (?:\w+ ){0,2}?(?:denied|not approved|wasnt approved|fell through|rejected|turned (?:me|us) down|said no|declined|denial|wont (?:touch|approve|lend|give|work)|(?:just )?laughs?)(?<!mod denied)|(?:no|any|who|whos going to|what) (?:bank|lender)s? (?:will|would|is going|wants)|who(?:s| is|s going to| would| will)? (?:going to )?lend(?:s)? (?:to )?(?:me|us)",
        r"(?:dont|do not|cant|havent|without|no|not enough|short on|zero|need) (?:have |got |save |saved )?(?:\w+ ){0,3}?(?:down ?payment|money down|money saved|savings|saved up|20 percent|20 ?%|for a down|closing costs)|debt to income|dti|no (?:w2|social|ssn|credit history|work history|job history)|(?:student loans?|collections|repo) (?:\w+ ){0,3}?(?:kill|hurt|stop|prevent|ruin|on my credit)|(?:dont|doesnt|didnt) (?:make|earn|have) (?:enough|that kind of money)|not enough (?:money|income|saved)|moneys? (?:just |is )?(?:\w+ )?(?:not there|isnt there|aint there|tight)|cant (?:really )?afford (?:a |the |any |anything|to buy)|broke\b(?! (?:the|my|down|up|ground|into))|(?:after|because of|with) (?:a |my |the )?(?:bankruptcy|chapter (?:7|13)|foreclosure on my record)|(?:had|filed|have|in|just out of) (?:a |for )?(?:bankruptcy|chapter (?:7|13))",
    ),
    _family(
        _O.FINANCING,
        0.8,
        r"no (?:\w+ )?(?:califico|calificamos|califique|califica)|(?:mal|no tengo|sin|poco|no tenemos|malo mi|pobre|arruinad\w+ mi) (?:buen |mi |el )?(?:credito|historial|ahorros|seguro social|papeles)\b|(?:no tengo|sin|no tenemos|ni) (?:el |para el )?enganche|credito (?:\w+ ){0,4}?(?:mal\w*|bajo|danado|pesimo|feo|no es|suelos|[45]\d\d)|(?:me|nos) (?:acaban de )?(?:negar(?:on)?|rechazaron|denegaron)|(?:negaron|rechazaron) (?:el|la|mi) (?:prestamo|credito|hipoteca|solicitud)",
        r"(?:el|ningun) banco (?:\w+ )?(?:no me|me nego|no quiere|me dijo que no|no nos)|no me (?:prestan|aprueban|aprobaron|dan (?:credito|prestamo))|(?:dudo|quien|nadie) (?:\w+ ){0,4}?(?:preste|presta|prestan|apruebe|califique)|no (?:nos|me) alcanza (?:para el|el|pal) enganche|no (?:gano|ganamos) (?:lo )?suficiente|(?:voy a|apenas) (?:\w+ )?(?:juntar|ahorrar) ",
    ),
)  # fmt: skip
_CREDIT_NOW_GOOD = pattern(
    r"used to have|loan mod|company went|bankruptcy (?:court|lawyer|attorney)|7[0-9]\d (?:now|score)|not a problem"
)
_CONDITIONS = (
    _family(
        _O.CONDITION,
        0.75,
        r"embarr?as+\w*|ashamed|shame\b|(?:its|it is|house is|place is|home is|house looks|place looks|everything is|inside is|such|total|hot|complete|looks like|absolute|whole house is|house|yards?) (?:\w+ ){0,3}?(?:a mess|pig ?sty|disaster(?: area)?|a dump|a wreck|train wreck|a pit|sty|war zone|bomb went off|eyesore|disgusting|filthy|gross|nasty|trashed|trash heap|hoarded|hoarder)\b|(?:hot|total|absolute|complete|such a|holy) (?:mess|disaster|dump|wreck)|(?:messy|filthy|dirty|disgusting|nasty) (?:house|place|inside|right now)|hoard\w*",
        r"(?:cant|dont want to|couldnt|wouldnt|not|hate to|wont|nobody|no one) (?:\w+ ){0,3}?(?:show|comes?|have (?:people|anyone|anybody|buyers|strangers)|let (?:people|anyone|anybody|buyers)|people|anyone|strangers) (?:it |the house |my house |this place |in |see |come |over |inside |walk\w* )*(?:like this|see|in here|in\b|inside|the way|looking like|through|over|until (?:i|we) clean)|(?:before|till|until) (?:anyone|anybody|people|someone|buyers|i let anyone) (?:\w+ )?(?:sees?|looks?|comes?)|not (?:show ready|presentable|fit to|show worthy|in (?:any )?(?:shape|condition) to)",
        r"(?:youd|you would|people would|theyd|anyone would) (?:laugh|run|cry|scream|faint|die|gag)|(?:wouldnt|wont|cant|never) pass (?:an? )?inspection|(?:buried|drowning) in (?:\w+ )?(?:junk|stuff|clutter)|(?:house|it|place|inside) (?:smells?|stinks?|reeks)|nobody (?:would|will|is going to) (?:want|buy) (?:it|this|my)|who would (?:want|buy) (?:it|this)(?= in|$| like|\?)|(?:looks?) (?:terrible|awful|horrible|rough|ugly)\b|in no (?:shape|condition)|(?:dont|do not) judge|\d+ cats|too (?:ugly|far gone|beat up|messy)",
    ),
    _family(
        _O.CONDITION,
        0.75,
        r"(?:me |nos )?(?:da|dan|que|de|tengo|con) (?:mucha |tanta |pura |bastante )?(?:verguenza|pena)\b(?! (?:ajena|su perdida))|avergonzad\w+|(?:esta|hecha|es|hay|tengo|parece) (?:\w+ ){0,3}?(?:tiradero|desorden|cochinero|desastre|suci[oa]|desordenad\w+|mugr\w+|chiquero|asco|basurero|mugrero|regad\w+|fea)|no (?:esta )?(?:presentable|puedo ensenarla|la puedo ensenar|como para ensenar)|(?:llena|lleno) de (?:cosas|basura|cachivaches|triques)|acumul\w+|nadie (?:la|lo) (?:va a querer|quier[ae])|no creo que nadie|deje(?:me|nme) limpiar\w*",
    ),
)  # fmt: skip
_THINKINGS = (
    _family(
        _O.THINKING,
        0.75,
        r"(?:think|thinking|mull\w*|ponder\w*|pray|praying|chew\w*|sleep|reflect|marinate|stew|consider|deliberat\w*) (?:\w+ )?(?:about (?:it|this|that|things|everything|what)|on (?:it|this|that|your)|(?:it|this|that|things|everything|all)(?: \w+)? ?over|over (?:it|this|that|things)|it through|through (?:it|this|things)|(?:our|my) options|all (?:this|of it))|(?:time|days?|minute|moment|bit|while|week|weekend|month|room|chance) (?:to|of) (?:think\w*|decide|consider|process|figure|digest|mull|sort|chew|pray|talk it)|(?:need|have|got|want) to think\b(?! (?:about selling|about buying))",
        r"let (?:me|us) (?:think|sleep|sit with|mull|pray|digest|see|get back|process|chew|weigh)\b(?! (?:if|what|the (?:house|place|kitchen)|it\b|your|some|inside))|(?:still|havent|not|kind of) (?:\w+ )?(?:deciding|thinking(?! (?:about|of) (?:sell|buy|list|mov)\w*)|weighing|debating|undecided|decided|made up (?:my|our) minds?|mulling|processing|sold on|there yet)\b|weigh(?:ing)? (?:it|my|our|the|things|all|every)|on the fence|undecided|no decision|(?:go|going|went|gone) back and forth|50 ?/ ?50|part of me|second thoughts|cold feet|not sure (?:yet|we|i|if (?:i|we) (?:want|should|will|even)|what (?:i|we) want|about (?:this|it|selling|any))|torn between|play it by ear|ball (?:is )?in (?:my|our)",
        r"(?:i|we) (?:will|would|ill|well|shall|can)? ?(?:get|circle|come) back (?:to|with|at) (?:you|ya)|get back (?:to|with) (?:you|ya)|(?:ill|will|i will|we will) let (?:you|ya) know|ask me again|give me (?:till|until|a (?:few|couple|day|week|minute)|some time|time)|(?:need|want) (?:more |some |a little |a bit (?:more |of )?)?time\b(?= ?$|[.,!]| to (?:think|decide))|look at it when|^maybe\b ?[.!]*$|^hmm+|another month of thinking|we will see\b|well see\b",
    ),
    _family(
        _O.THINKING,
        0.75,
        r"pens(?:ar|and|arl|arem)\w*lo\b|(?:dej\w+|tengo que|voy a|necesito|hay que|vamos a|tenemos que|lo|me lo|estoy|sigo|estamos|seguimos) (?:\w+ )?(?:pensar(?:lo|le)?|pensand[oa](?:lo)?|analiz\w+|reflexion\w+|medit\w+|consider\w+|penso)\b(?! (?:en|de) (?:vender|comprar)| vender| comprar)|(?:todavia|aun) no (?:me |nos )?(?:decid\w+|se\b|sabemos)|(?:cuando|hasta que) (?:me|nos) decid\w+|(?:indecis|no estoy segur|no estamos segur)\w+|(?:luego|despues|yo) (?:le|les|te) (?:aviso|digo|confirmo|llamo|hablo)\b(?! que)|consult\w* con la almohada|dej\w+me (?:ver|pensar)\w*|(?:necesito|denos|deme|dame|ocupo) (?:un poco de |mas |unos dias |un |poquito )*(?:tiempo|chance|dias) (?:para pensar\w*)?|a ver que (?:pasa|decido)|lo platico",
    ),
)  # fmt: skip
_DECIDED = pattern(r"thought about it (?:long )?enough|we are doing it|im doing it|already decided")

_RULES = (
    *_PRICES,
    *_COMMISSIONS,
    *_TIMINGS,
    *_MARKETS,
    *_TRUSTS,
    *_REPRESENTED,
    *_DIY,
    *_COMPETING,
    *_DECIDERS,
    *_FINANCINGS,
    *_CONDITIONS,
    *_THINKINGS,
)
_VOIDED = (
    (_O.COMPETING_ESTIMATE, _NO_COMPETITION),
    (_O.DECISION_MAKER, _NOT_DECIDING),
    (_O.FINANCING, _CREDIT_NOW_GOOD),
    (_O.THINKING, _DECIDED),
    (_O.COMMISSION, pattern(r"dont mind (?:paying )?(?:the |a |your )?commission|real estate commission|work on commission|referral")),
    (_O.DIY, pattern(r"(?:tried|did) (?:fsbo|by owner|it (?:myself|ourselves)|selling it)|fsbo .{0,20}(?:gave up|didnt work|failed)")),
    (_O.REPRESENTED, pattern(r"(?:fired|cancel\w+|dropped|let .{0,20} go|ghosted|fell through|expired|no longer|off the tour).{0,40}(?:agent|realtor|broker|contract)|let our realtor go|whos my agent|travel agent")),
    (_O.MARKET, pattern(r"markets? (?:is )?(?:\w+ )?(?:great|good|hot) |price dropped")),
)  # fmt: skip
"""Words that take an objection back: nobody who fired an agent is represented."""


def find_objections(text: Text) -> list[Found[Objection]]:
    """Return the objections *text* raises by its own words; what its intents make of them is judged later."""
    found = weigh(evidence(text, _RULES))
    taken_back = {label for label, words in _VOIDED if words.search(text.plain)}
    return [f for f in found if f.label not in taken_back and f.confidence >= HINTED_FROM]
