"""The small words of a conversation: greeting, thanks, yes, no, no interest, wrong number."""

import re

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.model import Found, Intent
from ghl_real_estate_ai.understanding.rules import Rule, evidence, loose, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

_LEAD_IN = r"^[\s.,!\-]*(?:(?:ok|okay|oh|well|um|uh|so|lol|haha|ah|sorry)[\s,.!]+)?"
_GREETING = loose(
    r"^[\s.,!\-]*(?:hi+|hello+|helo|hey+|heya|hiya|howdy|yo|sup|whats up|wassup|wazzup|good (?:morning|afternoon|evening|day)|gm|greetings|morning|evening|afternoon"
    r"|hola+|ola|buen dia|buen[oa]s(?: (?:dias|tardes|noches))?|que tal|que onda|saludos)\b(?!\s+(?:works|is fine|only|would|sounds))"
)  # fmt: skip
_THANKS = pattern(
    r"(?:thanks|thank (?:you|u|ya|yall)|thankyou|(?:much |really |i )?appreciate (?:it|you|that|ya|the|your)|much appreciated|appreciated|(?:mil |muchas )?gracias|te lo agradezco|se lo agradezco|le agradezco|agradecid[oa]|muy amable)"
)  # fmt: skip
_NO_THANKS = pattern(
    r"(?:no|nah|im good|all set),? (?:but )?(?:thanks|thank you|gracias)|please and thank you|thanks (?:but no|for nothing)|(?:thanks|thank you) but no"
)

_YES_EN = (
    r"(?:yes+|yeah+|yea|yep|yup|yas|yessir|ye|yah|ya|sure(?! (?:thing )?let me)|ok+|okay|okey|okie|k|kk|correct|right|absolutely|definitely|def|of course|sounds (?:good|great|perfect)|works for me|lets do (?:it|that)"
    r"|perfect|deal|bet|for sure|fs|that works|thats (?:right|correct|fine)|mhm+|uh huh|10-4|10 4|indeed|certainly|fine by me|go ahead|do it|please do|yessum|(?:i do|i am|we are|we do|i will|it is|they are|he is|she is)(?=\W*$)|affirmative|totally|exactly|cool|alright|aight|will do|count me in|im down|i am down|im in|i am in|roger|true|works|all good)"
)  # fmt: skip
_YES_ES = (
    r"(?:si+|sip|sii|claro(?: que si)?|simon|orale|va|vale|dale|de acuerdo|esta bien|bueno|por supuesto|asi es|exacto|correcto|perfecto|sale|arre|me parece(?: bien)?|ok|okey|ajua|andale|jalo|le entro|desde luego|cierto|eso|efectivamente|con gusto|aja|obvio|hecho|listo)"
)  # fmt: skip
_YES = loose(
    rf"{_LEAD_IN}(?:{_YES_EN}|{_YES_ES})(?=$|[\s]*[,.!:;\-)]|\s+(?:i|we|it|its|is|the|please|thats?|that|this|were|ive|my|you|he|she|they|there|sir|maam|man|pre\w*|with|for|sounds|lets|works|do|have|definitely|both|and|just|thanks|go|all|still|already|got|id|im|let me know|cash|fha|conventional|me|por favor|gracias|quiero|queremos|estoy|tengo|senor\w*|esa|ese|eso|la|el|yo|ya|que si|esta|claro|con|lo|le|about|absolutely|of course|sure|yes|please|at|tomorrow|\d+))|^\s*(?:\U0001f44d|\U0001f44c|\u2705|\U0001f4af|\U0001f64f|\U0001f64c|\u2714|\U0001f197|\U0001f919)"
)  # fmt: skip
_YES_ALONE = frozenset(
    [
        "right",
        "perfect",
        "true",
        "cool",
        "works",
        "fine",
        "va",
        "vale",
        "deal",
        "eso",
        "bet",
        "hecho",
        "listo",
        "cierto",
        "works",
        "bueno",
        "do",
        "it",
        "i",
        "do",
        "i",
        "am",
        "exactly",
        "correct",
        "indeed",
        "do",
    ]
)
_PLAIN_YES = loose(r"^[\s.,!\-]*(?:(?:oh|ok|okay|um|well|lol)[\s,.!]+)?(?:yes+|yeah+|yea|yep|yup|yessir|yass+)\b")
_NOT_YES = loose(
    r"^[\s.,!\-]*(?:(?:ok|okay|right|sure|yeah|well|bueno|yea|k|kk|fine|ya|oh|va)[\s,.]+(?:so|but|stop|then|now|well|no\b|nah|sorry|wait|whatever|cancel|who|what|how|why|is this|are you|quit|dont|pero|cuando|leave|enough|no me|me quede|precali\w*|se|me canse|la vend|tengo agente|ya no|over)\b|right (?:now|away|after|by|at|on the)|true story|sure (?:would|hope|thing)?\s*(?:let me|wish)|ya (?:no|me|se|la|lo|tengo|precal|est|le|les|vend|compr|tenemos|firm|encontr|trabaj|hable|habl|nos|vi)\w*|si (?:vendo|compro|puedo|me dan|bajan|quiere|no|el|los|las|hay|tuviera|fuera|pudiera)\b|i do(?:nt| not)|i am (?:not|a|an|the|in|on|at|so|just|looking|selling|buying|already|working|good|interested|trying|really)|we (?:are|do) \w+|bueno[s]? (?:dias|tardes)|true (?:cost|value)|k (?:street|st)|perfect (?:condition|shape|for)|works (?:out|at)|cool (?:springs|house|it)|i will (?:\w+))"
)  # fmt: skip

_NO = loose(
    rf"{_LEAD_IN}(?:nope+|nah+|naw|not really|negative|no sir|no maam|no mam|nel|noup|nop|no way(?=$|[.,!])|absolutely not|definitely not|para nada|claro que no|no para nada|todavia no|aun no|not yet|hell no|of course not|nunca|no not (?:yet|really)|i dont(?: think so)?(?=$|[.,!])|i am not(?=$|[.,!])|we dont(?=$|[.,!])|no senor\w*|"
    r"no+(?=$|\s*[,.!;\-]|\s+(?:i|we|its|it|im|they|he|she|my|not|ive|thats|that|the|just|cash|he|ya lo|lo|la|yo|estoy|es|todavia|aun|nada|man|dude|bro|sir|gracias pero|pero)\b))(?=$|\W)|^\s*\U0001f44e"
)  # fmt: skip
_NOT_NO = loose(
    r"^[\s.,!\-]*no+[\s,.]+(?:thanks|thank|gracias|interest|texts?|messages?|mas|more|pre ?approv|problem|worries|idea|clue|rush|hurry|bank|one|lender|mortgage|offense|me (?:interesa|escrib|mand|llam)|estoy interesad|i dont own|just (?:curious|wondering|kidding)|la (?:vendo|estoy)|lo se|es (?:que|nuestra)|not interested)\b|^no tengo|^not (?:yet|really) (?:ready|sure)|^nunca (?:he|hemos)"
)

_NOT_INTERESTED_RULES = (
    Rule(Intent.NOT_INTERESTED, 0.9, pattern(r"(?:not|aint|no longer|isnt|arent|wasnt|never|no) (?:really |that |very |at all |even |actually )*interest(?:ed)?\b(?!\s+in\b(?!\s+(?:sell|buy|mov|list|any|what|your|this|that right now|it\b|real estate|talking|working|at all|the (?:offer|service)|a (?:call|valuation))))(?!\s+rates?)")),
    Rule(Intent.NOT_INTERESTED, 0.85, loose(r"^[\s.,!]*(?:no+|nah+|nope),?\s*(?:thanks|thank you|thank u|gracias)\s*(?:$|[.!]|,?\s*(?:we|i|im|not|all|already|though|but (?:we|im|i am) (?:good|ok|fine)|man|sir|maam|por|ya|estamos|no|have|good|though)\b)(?!\s*(?:morning|afternoon|tomorrow|\w+day|\w+ works))")),
    Rule(Intent.NOT_INTERESTED, 0.8, loose(r"^[\s.,!]*(?:(?:no|nah|thanks|hey|hi|ok|nope|sorry),?\s+)*(?:i am|im|we are|were|we)\s+(?:all )?(?:good|set|ok|okay|fine|happy)(?: (?:thanks|for now|where|right|here|over|with (?:our|what|where)|as is|on that|but thanks|man|though|staying))*(?=$|[.,!;\-])|^[\s.,!]*(?:i(?: wi)?ll |gonna |hard |im going to |going to )*pass(?=$|[.,!]| (?:on|for|thanks))|\ball set\b(?=$|[.,!]| (?:thanks|here|for))")),
    Rule(Intent.NOT_INTERESTED, 0.8, pattern(r"not (?:currently |really |actively |even )?(?:looking|planning|trying|going|wanting|ready) (?:to (?:move|buy|sell|list|leave|do anything)|for (?:a (?:house|home)|anything))(?! (?:again|until|til|till|yet|before|in))|(?:not|never) (?:selling|for sale|moving|leaving|buying)(?! (?:for (?:less|under)|below|it for|at that|until|til|to|my first))|staying (?:put|here|where)|(?:decided|going|choosing|chose|plan|planning|gonna) to (?:stay|keep (?:it|the|our|my))|keeping (?:it|the house|our house|my house|the place)|(?:not|dont) (?:want|wish|intend|plan|care|wanna) to (?:sell|buy|move|list|leave)(?! (?:until|till|yet|for less|right away|below|it for|in))|(?:dont|do not) (?:want|need) (?:any |your |a |an )?(?:\w+ )?(?:help|services?)|changed my mind|(?:happy|love it|content) where (?:i|we)|love (?:my|our) (?:house|home)(?=$|[.,!]| (?:too|and (?:not|arent)))|no longer (?:looking|need|in the market|selling|buying|want)|(?:stopped|quit|gave up|done) looking|(?:dont|do not) need (?:it|this|anything|you)(?=$|[.,!])|not for (?:me|us)(?=$|[.,!])")),
    Rule(Intent.NOT_INTERESTED, 0.75, loose(r"^[\s.,!]*(?:(?:no|nah|nope|sorry|naw),?\s+)?not (?:really )?(?:right now|now|at (?:this|the) (?:time|moment)|today|for now|interested|atm|this time|at this point)[\s.,!]*(?:thanks|thank you|sorry|maybe|but|$)")),
    Rule(Intent.NOT_INTERESTED, 0.85, pattern(r"no (?:me|nos|le|estoy|estamos|tengo|hay|tenemos|estoy muy)\s*(?:interesa|interesad[oa]s?|interes)(?!\s+(?:en )?(?:los? |las? |ese|esa|condo)\w*)|no(?:,)? (?:muchas )?gracias(?=$|[.,!])|(?:ya )?no (?:quiero|queremos|pienso|busco|buscamos|voy a|estoy|pensamos|vamos a|planeo) (?:nada|vender|comprar|mudar\w*|vendiendo|buscando|vendo)|estamos bien(?: asi)?|asi estamos bien|estoy bien asi|ya no (?:me interesa|quiero|busco)|(?<!el )paso(?=$|[.,!])|no,? la (?:vendo|estoy vendiendo)|no (?:vendo|esta en venta)")),
)  # fmt: skip

_WRONG_NUMBER_RULES = (
    Rule(Intent.WRONG_NUMBER, 0.95, pattern(r"(?:wrong|incorrect) (?:number|numb|#|person|num|guy|phone|lady|contact|dude|one|house|man|woman|cell|nbr|no)\b|wrong(?= #)|(?:numero|telefono|persona) (?:equivocad[oa]|incorrect[oa]|mal)|(?:se|te) (?:equivoc\w+|confund\w+) (?:de )?(?:numero|persona|telefono)?|esta[sn]? equivocad[oa]s?|numero no es")),
    Rule(Intent.WRONG_NUMBER, 0.85, pattern(r"(?:this|that) (?:is not|isnt|aint|is nt|was never|isn t) (?!(?:a|an|the|my|good|what|right|working|fair|funny|how|it|cool|ok|okay|true|legal|about|for|really|that|very|going|helpful|enough|worth|to|in|at|near|who|where|even|even a|okay|safe|possible|ideal|urgent|correct|acceptable|appropriate|professional|easy|clear|some|something|anything|this|one|some)\b)\w+(?: \w+)?s?(?: (?:number|phone|cell))?(?=$|[.,!?;]|\s+(?:and|u|you|sorry|its|im|i|never|anymore|any))|(?:i am|im) not (?:named|called)|this (?:is not|isnt|is no longer) (?:his|her|their|\w+s) (?:number|phone|cell)")),
    Rule(Intent.WRONG_NUMBER, 0.85, pattern(r"(?:no one|nobody|there is no|theres no|no) (?:here |by |\w+ )?(?:named|called|by that name|with that name|here by|lives here (?:by|named))|(?:dont|do not) know (?:any|anyone|anybody|who|no|a) (?:named |called |by )?(?:(?!is\b|are\b|to\b|you\b)\w+)?(?: (?:is|by that name))?(?=$|[.,!?])|(?:never|dont|do not) own(?:ed)? (?:a|any|that|this) (?:house|home|property|place|condo)(?= there|$|[.,!?]| (?:on|at|in|here|anywhere))|(?:got|have|texting|texted|messaging|contacting|reached|called|you want) (?:the )?(?:wrong|someone else|somebody else|a different person|mixed up)|(?:just|recently) got this (?:number|phone)|new (?:owner of this )?number(?= here| sorry|$)|(?:not|isnt|never been) (?:his|her|their|the) (?:phone|number) any ?more|not who you (?:think|are looking)")),
    Rule(Intent.WRONG_NUMBER, 0.85, pattern(r"(?:yo )?no soy (?!agente|dueno|ciudadan|de |un |una |el |la |tont|inversion|veteran|casad|solter|rico|resident)\w+|no conozco a (?:ning\w+|nadie|esa?|ningun)? ?\w*|aqui no (?:vive|hay|es|conocemos)|no (?:vive|hay) (?:nadie|ning\w+) (?:aqui )?(?:con|llamad|que se|aqui)|(?:este|ese) no es (?:el|su) numero|este numero (?:no es|ya no)")),
)  # fmt: skip


def find_courtesy(text: Text, language: Language) -> list[Found[Intent]]:
    """Return greeting, thanks, affirm, deny, not interested and wrong number, whichever *text* says."""
    plain = text.plain
    found: list[Found[Intent]] = []
    if greeting := _GREETING.search(plain):
        found.append(Found(Intent.GREETING, 0.9, text.span(greeting.start(), greeting.end())))
    thanks = _THANKS.search(plain)
    if thanks and not _NO_THANKS.search(plain):
        found.append(Found(Intent.THANKS, 0.9, text.span(thanks.start(), thanks.end())))
    declined = weigh(evidence(text, _NOT_INTERESTED_RULES))
    wrong = weigh(evidence(text, _WRONG_NUMBER_RULES))
    found += declined + wrong
    if (yes := _affirmed(plain, language)) and not declined and not wrong:
        found.append(Found(Intent.AFFIRM, 0.9, text.span(yes.start(), yes.end())))
    elif (no := _NO.search(plain)) and not declined and not wrong and not _NOT_NO.search(plain):
        found.append(Found(Intent.DENY, 0.9, text.span(no.start(), no.end())))
    return found


def _affirmed(plain: str, language: Language) -> re.Match[str] | None:
    yes = _YES.search(plain) or _PLAIN_YES.search(plain)
    if yes is None or _NOT_YES.search(plain):
        return None
    said = yes.group().strip(" .,!-")
    if said in _YES_ALONE and len(plain.strip(" .,!?\n")) > len(said) + 25:
        return None
    if said == "ya" and language is Language.ES:
        return None
    return yes
