"""Whether a message asks for no more messages (opt-out), to have them back (opt-in), or is the HELP keyword.

The words the carriers and the FCC name count only when nothing but courtesy stands beside them ("cancel my
showing" is an appointment); any other wording counts when a reasonable person would take it so, which is why the
rules below lean towards believing it.
"""

import re

from ghl_real_estate_ai.understanding.model import Found, Intent, Span
from ghl_real_estate_ai.understanding.rules import Rule, evidence, loose, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

OPT_OUT_WORDS = frozenset(
    [
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "remove",
        "arret",
        "alto",
        "parar",
        "pare",
        "paren",
        "basta",
        "baja",
        "detener",
        "detente",
        "cancelar",
        "unsub",
        "unsuscribe",
        "unsubcribe",
        "desuscribir",
        "halt",
    ]
)
"""Alone, in any case and punctuation, each of these is an opt-out."""
_OPT_OUT_PHRASES = (
    "stop all",
    "opt out",
    "no mas",
    "no more",
    "stop it",
    "stop this",
    "stop now",
    "ya basta",
    "ya no mas",
)
_OPT_IN_WORDS = frozenset(
    [
        "start",
        "unstop",
        "subscribe",
        "resubscribe",
        "optin",
        "comenzar",
        "iniciar",
        "empezar",
        "reanudar",
        "suscribir",
        "alta",
    ]
)
_OPT_IN_PHRASES = ("opt in", "start again", "opt back in")
_HELP_WORDS = frozenset(["help", "info", "ayuda", "informacion"])
_COURTESY = frozenset(
    [
        "please",
        "thanks",
        "thank",
        "you",
        "now",
        "ok",
        "okay",
        "sir",
        "maam",
        "por",
        "favor",
        "gracias",
        "ya",
        "hi",
        "hello",
        "hey",
        "the",
        "word",
        "word",
        "texts",
        "text",
        "messages",
        "message",
        "me",
        "just",
        "reply",
        "already",
        "immediately",
        "man",
        "bro",
        "dude",
        "thankyou",
        "again",
    ]
)
_STRONG_COURTESY = frozenset(["all", "texting", "messaging"])

_WORD = re.compile(r"[a-z0-9]+")
_DOUBLED = re.compile(r"([a-z])\1+")

_MESSAGES = (
    r"(?:texts?|messages?|calls?|emails?|spam|contacts?|notifications?|alerts|updates|reminders|voicemails?"
    r"|communications?|mensajes?|textos?|llamadas?|correos?|mensajitos)"
)
_NOT_AT_A_TIME = (
    r"(?!\s*(?:,\s*)?(?:before|until|till|at (?:work|night|home|my job|that|this number call)|during|on (?:sat|sun|mon|tue|wed|thu|fri|week|my)"
    r"|while|between|today|tonight|tomorrow|this (?:week|morning|afternoon)|in the (?:morning|am)|so (?:early|late)|early|late"
    r"|yet|right now|i will|we will|call|text|just (?:text|call|email)|email|instead|when|after|except|unless|if|with an(?:y)? (?:offer|number)"
    r"|antes|despues|hasta|en la (?:manana|noche)|mejor|el |los |por la|al trabajo))"
)
_SENDING = (
    r"(?:text(?:ing)?|messag(?:e|ing)|contact(?:ing)?|call(?:ing)?|sending|send|email(?:ing)?|bother(?:ing)?|harass(?:ing)?"
    r"|spam(?:ming)?|writ(?:e|ing)|hitting|blowing|bugging|annoying|reaching|pestering|hounding|hassling|dming|pinging)"
)


def _rule(weight: float, expression: str) -> Rule[Intent]:
    return Rule(Intent.OPT_OUT, weight, pattern(expression))


_OPT_OUT_RULES = (
    # stop texting me; quit blowing up my phone
    Rule(
        Intent.OPT_OUT,
        0.95,
        loose(
            rf"(?<!dont )(?<!never )(?<!not )(?<!cant )(?<!wont )\b(?:stop|quit|cease|enough (?:with|of)|knock off|discontinue)\s+(?:all\s+)?(?:the\s+|these\s+|this\s+|with the\s+|your\s+)?"
            rf"(?:{_SENDING}\b(?<!send)(?<!sending)|send(?:ing)?\b(?!\s+(?:the|my|our|every|other|him|her|them|a|people|homes|houses|listings|condos)\b(?!\s+(?:phone|number|cell|message|text)))|{_MESSAGES}\b)" + _NOT_AT_A_TIME
        ),
    ),
    # do not text me (any more)
    _rule(
        0.95,
        r"(?:dont|do nt|never|no longer|please dont|not to|shouldnt|quit|wouldnt)\s+(?:you\s+)?(?:you dare\s+|ever\s+|even\s+|be\s+)?"
        r"(?:text(?:ing)?|message|messaging|contact(?:ing)?|call(?:ing)?|email(?:ing)?|write|bother(?:ing)?|bug|pester|harass|spam|hit|reach out to|reach|send)\s+"
        rf"(?:(?:to\s+)?(?:me|us|this (?:number|phone|line)|my (?:number|phone|cell))\b(?!\s+(?:about|in spanish|in english|that|a link|the|your|her|his|a|any (?:condos?|houses?|homes?|listings?|more (?:condos?|houses?|homes?|listings?))|condos?|houses?|homes?|listings?|stuff|anything (?:over|above|under|below|in|with|without|that|outside|bigger|smaller|less|more))\b)"
        rf"{_NOT_AT_A_TIME}|(?:any ?more|again|ever)\b|(?:any|any more|more)\s+{_MESSAGES})",
    ),
    _rule(0.9, r"(?:dont|never)\s+(?:ever\s+)?(?:want|wish|like|care|need)\s+(?:you\s+)?(?:to\s+(?:get|receive|hear|be (?:contacted|texted|messaged|called|bothered))\b(?!\s+(?:about|before|the keys|less))|(?:any\s+|any more\s+|more\s+|your\s+|these\s+|anymore\s+|further\s+)+"
        rf"{_MESSAGES})"),
    _rule(0.9, r"(?:dont|didnt|never) want (?:you|anyone|yall) (?:to )?(?:text(?:ing)?|contact(?:ing)?|call(?:ing)?|messag(?:e|ing)) (?:me|us)" + _NOT_AT_A_TIME),
    _rule(0.95, rf"no (?:mo|more|further|additional)\s+(?:of\s+)?(?:these\s+|your\s+|of these\s+)?(?:{_MESSAGES}|texting|contacting|messaging|calling)\b(?!\s+(?:before|until|after|about|on))"),
    # take me off; remove my number; lose my number
    _rule(
        0.95,
        r"(?:take|remove|drop|delete|scratch|get|cut|pull|erase|strike|scrub)\s+(?:me|us|my (?:number|phone|cell|name|contact|info)|this number|the number|this phone)"
        r"\s*(?:(?:off|out of|(?<!get my number )(?<!got my number )from)\b(?!\s+(?:hold|the (?:title|deed|loan|mortgage|lease|house|contract|note|market|couch|waitlist)|work|my (?:title|deed|loan|mortgage|lease)))|(?<!get me)(?<!take me)(?<!get my number)(?<!my info)(?<!get us)(?<!take us)(?=$|[.,!?;\n]|\s+(?:please|now|thanks|asap|immediately|and|or|already|right now|today)\b))",
    ),
    _rule(0.9, r"(?:lose|forget|delete|erase|trash|burn|toss|get rid of|throw (?:out|away)|scrap) (?:my|this|the|our) (?:number|digits|phone number|contact)"),
    _rule(0.9, r"(?:i |we )?(?:want|need|would like|wish|asked|trying|like|how do (?:i|we)|how can i|please|can (?:i|you|we))(?:\s+\w+){0,3}\s+(?:off|out of) (?:this|the|your|these|all) (?:list|lists|texts?|messages|thread|text list|mailing list|contact list|database)"),
    _rule(0.95, r"(?:please |just |to |and |or |i |me |can you |want to |going to )*unsub(?:scribe)?\b(?! button)(?! (?:link )?(?:from )?(?:the )?(?:mls|zillow|redfin|newsletter|netflix))"),
    _rule(0.9, r"(?:want|like|please|get|be|need|wish|rather)\s+(?:to be\s+|be\s+|me\s+)?(?:unsubscribed|opted out|taken off|removed(?! from the (?:title|deed|loan|lease|mortgage)))(?=$|[.,!?;\n]|\s+(?:please|from|now|of))"),
    _rule(0.9, r"opt(?:ing)? (?:me |us |my number |this number )?out\b(?!\s+of (?!this|these|your|all|texts?|messages|any|the (?:texts?|messages|list|program|service|campaign)))"),
    _rule(0.85, r"(?:rather|prefer|would like|want) (?:to )?(?:not|no longer) (?:to )?(?:get|receive|be (?:texted|contacted|messaged|called)|have)\b(?! (?:a|an|the)\b)|(?:not|never) (?:to )?(?:get|receive) (?:any |any more |these |your |more |this )*(?:texts?|messages|mensajes)"),
    _rule(0.9, r"(?:said|told (?:you|yall)(?: guys| people)? to|asked (?:you |yall )?(?:guys )?to|i want (?:you|this|it) to|make (?:it|this)) (?:please )?stop\b(?! (?:by|in|at|over))|number\b.{0,40}?(?:delete|remove|lose) it\b"),
    _rule(0.9, r"(?:dont|do not|never|no longer|didnt|havent|not) (?:\w+ )?(?:consent(?:ed)?|authorize|agree(?:d)?|give (?:you )?(?:consent|permission)|wish|want|care|like)(?: (?:to|for|you to))*(?: (?:receive|get|be|being|hear|have|getting|receiving|keep|further))*(?: (?:any|your|these|this|those|more|further|such|all|the|from|of))* ?(?:texts?|messages?|messaging|texting|contact(?:ed)?|communications?|messaged|texted|hear from|hearing from|solicitations?|marketing|bothered|spam)\b(?! (?:about|before|until|from (?:the )?(?:seller|buyer|agent)))"),
    _rule(0.9, r"no longer (?:wish|want|like|care)(?:ing)? (?:to )?(?:receive|get|hear|be contacted|be texted)|(?:you|ur|your number|this number|u|yall|number) (?:are|is|is being|are being|have been|has been|been|getting|about to be|will be)? ?(?:now )?(?:blocked|reported)\b|(?:how (?:do|can) (?:i|we) )?(?:get|make|want) (?:these|the|your|all|this|those) (?:\w+ )?(?:texts?|messages|calls|spam|texting|messaging) (?:to )?(?:stop|end|go away|stopped)|(?:texts?|messages|texting|messaging|calls) (?:need|needs|have|has|must|should|better|got) (?:to )?(?:stop|end)"),
    _rule(0.9, r"(?:dont|never|quit|stop|do not) (?:ever )?(?:reply|respond|text|write|message|call|follow up|reach out|check in)(?:ing)? (?:back )?(?:to (?:me|us|this)|back|here|again|this number|with (?:me|us))\b(?! (?:until|before|if|after|today|tonight|when|with))|(?:cut|knock) it (?:out|off)|enough already|give it a rest|(?:i am|im|we are) (?:so )?(?:done|finished) (?:with|hearing) (?:you|these|this|your|the|all)(?: \w+)? ?(?:texts?|messages|people|company|texting|spam|from you|service|program)?(?=$|[.,!])"),
    _rule(0.9, r"(?:ya )?no (?:me |nos )?(?:quiero|queremos|deseo|vuelv\w+ a|interesa) ?(?:recibir|saber|que me|escrib\w*|llam\w*|mand\w*|contact\w*|mas (?:mensajes|textos|llamadas)) ?(?:mas |nada|de ustedes)?|(?:favor de|por favor|pido que) no (?:me )?(?:escrib|mand|llam|contact|molest|envi)\w+"),
    _rule(0.9, r"(?:leave (?:me|us) (?:alone|be|the (?:hell|heck|f\w+) alone)|let me be)\b(?!\s+(?:the|a|with)\b)"),
    _rule(0.85, r"(?:text|message|contact|call|bother|email|hit|write)(?:ing)?\s+(?:me|us|this number|my phone)\s+(?:one more time|again|once more|1 more time|another time)\s+(?:and|n|&|ill|i will|i am|im|or|you)"),
    _rule(0.85, r"if (?:you|i|yall)\s+(?:ever |keep |get |hear |dont stop |receive |see )?\s*(?:text(?:ing)?|message|messaging|contact(?:ing)?|call(?:ing)?|another|one more|from you)(?: (?:me|us|text|message|call))?\s*(?:again|one more time)?.{0,20}(?:report|sue|suing|lawyer|attorney|block|police|fcc|cops|legal)"),
    _rule(0.8, r"(?:report(?:ing)?|sue|suing|block(?:ing|ed)?)\s+(?:you|yall|this number|u|this)\b(?: people)?(?: (?:to|as|for) (?:the )?(?:fcc|ftc|spam|harass\w+|police|bbb))?(?!\s+(?:a|the|off)\b)"),
    _rule(0.85, r"(?:do not (?:call|contact|text)|dont (?:call|contact|text)|dnc) (?:list|registry)|cease and desist|(?:this|its) (?:is )?harassment|stop harass\w+"),
    _rule(0.95, r"(?:revoke|withdraw|rescind|take back|cancel)(?:ing)?\s+(?:my\s+|all\s+|any\s+)*(?:consent|permission|subscription|authorization|these (?:texts|messages)|(?:the |your )?(?:texts|messages))"),
    _rule(0.6, r"(?:never|didnt|did not|dont remember) (?:sign(?:ed|ing)? up|subscrib\w+|consent\w*|ask(?:ed)? (?:for|to be)|agree\w*|opt\w* in)\b(?: \w+){0,2} (?:this|these|texts?|messages|it|texted|contacted|you)"),
    _rule(0.9, r"(?:tired|sick|done|fed up|over) (?:of|with|getting)\s+(?:getting\s+|all\s+)*(?:these|your|the|you)\s+(?:\w+\s+)?(?:texts?|messages|texting|messaging|calls|spam|calling)"),
    _rule(0.9, r"(?:you|yall) (?:can|may|could|should|need to|have to|must|better|might as well) (?:please |now |all )?(?:stop|quit)\b(?!\s+(?:by|in|at|over|looking|showing|searching|worrying|the (?:search|listing|showing)))"),
    _rule(0.85, r"no need to (?:text|contact|message|reach out|call|follow up|write|keep (?:texting|messaging|contacting))(?: (?:to )?(?:me|us))?(?: any ?more| again| further|$|[.!,])"),
    _rule(0.7, r"(?:go away|get lost|buzz off|bug off|piss off|f off|eff off|fuck off|back off|get out of my (?:phone|inbox|texts))"),
    _rule(0.9, r"(?:please|just|pls|and|can you|could you|would you|will you|so|now|pleas|wish you would) stop(?=$|[.!?,;\n]|\s+(?:please|thanks|it|this|now|already))"),
    _rule(0.85, r"(?:keep|put) (?:me|us|this number) (?:off|out) (?:of )?(?:your|this|the)|put (?:me|us|this number|my number) on (?:your|the) (?:do not|dont|no)"),
    _rule(0.85, r"(?:not|never) (?:be )?(?:contact|text|call|messag)(?:ed|ing) (?:me |us )?(?:again|any ?more|further)"),
    # Spanish
    _rule(0.95, r"(?:ya )?no (?:me|nos) (?:vuelva[ns]?? a |sigan? |siga |este[ns]? )*(?:escrib|mand|llam|contact|molest|texte|envi|marqu|busqu|moleste|jod|mensaj)\w*" + _NOT_AT_A_TIME + r"(?!\s+(?:casas|condos|propiedades|el mensaje bien))"),
    _rule(0.95, r"(?:deje|dejen|deja|pare|paren|para|dejar|parar|ya)\s+(?:ya\s+)?(?:de|con)\s+(?:me\s+|estar\s+)?(?:escrib|mand|llam|molest|contact|texte|envi|los mensajes|tanto mensaje|fregar|chingar)\w*"),
    _rule(0.95, r"(?:quit[ea]|quiten|sac[ae]|saquen|saque|borr[ea]|borren|elimin[ea]|eliminen|remuev[ae]|remuevan|saqu[ea])(?:n)?(?:me|nos)\b(?!\s+(?:la|el|un)\b)"),
    _rule(0.9, r"(?:quit|sac|borr|elimin|remov|quitar|sacar|borrar|eliminar)\w*\s+(?:mi|este) (?:numero|telefono|nombre|contacto|celular)"),
    _rule(0.95, r"(?:dar(?:me|nos)?|de[mn]e|dame|denme|darse|doy|deme|dar) (?:ya )?(?:de )?baja"),
    _rule(0.95, r"no (?:mas|quiero (?:mas|recibir|que (?:me|nos))|queremos (?:mas|recibir)|deseo (?:mas|recibir))\s*(?:mas\s+|sus\s+|estos\s+)*(?:mensajes?|textos?|llamadas?|correos?|escrib\w+|llam\w+|mand\w+|contact\w+|molest\w+)"),
    _rule(0.9, r"(?:dejeme|dejenme|dejame|dejenos|dejennos) (?:en paz|tranquil[oa]s?|de (?:molestar|escribir|llamar|mandar|texte\w+))|no (?:sigan?|molesten?|molestes|moleste) (?:molestando|escribiendo|llamando|mandando|mas|por favor|$)|no moleste[ns]?"),
    _rule(0.9, r"(?:cancel\w+|quiero cancelar) (?:mi |la |esta )?suscripcion|desuscrib\w+|(?:quitar|salir|borrar)(?:me)? de (?:la|su|esta|tu) lista|olvid\w+ (?:de )?mi numero|ya no quiero (?:saber nada|mensajes|nada de ustedes)|bloquear(?:los|te|lo)?"),
)  # fmt: skip

_CLAUSE = re.compile(r"[.!?,;\n]+|\s-\s|\b(?:and|y)\b")
_STANDALONE_CLAUSES = frozenset(
    ("no mas", "ya no mas", "ya parale", "parale", "quit it", "please quit", "no more", "stop already", "just stop it", "opt me out", "end this", "stop", "please stop", "stop please", "unsubscribe", "unsubscribe me", "opt out", "stop it", "just stop", "stop now",
     "stop texting", "no more texts", "remove", "basta", "ya basta", "alto", "stopall", "stop all", "no more please",
     "please no more", "end texts", "quit texting", "ok stop", "stop thanks", "so stop", "remove me", "take me off")
)  # fmt: skip

_OPT_IN_RULES = (
    Rule(Intent.OPT_IN, 0.95, pattern(r"(?:opt|sign|add|put|subscribe|get|turn|switch|hook) (?:me |us |my (?:texts?|messages|number|alerts) |the (?:texts?|messages|alerts) |it )+(?:back )(?:in|up|on)\b(?! (?:the market|track|a call|monday|my feet))|(?:opt|sign) back (?:in|up)|add (?:me|us) back|turn (?:the |my )?(?:texts|messages|alerts) (?:back )?on")),
    Rule(Intent.OPT_IN, 0.9, pattern(r"opt(?:ing)? (?:me |us )?(?:back )?in|re ?subscribe|un ?stop|re ?activate (?:me|my (?:texts|number))|unblock me|subscribe me")),
    Rule(Intent.OPT_IN, 0.9, pattern(r"(?:you|yall|u) (?:can|may|could) (?:start |go back to |resume |go ahead and )?(?:text(?:ing)?|messag(?:e|ing)|contact(?:ing)?|writ(?:e|ing)|send(?:ing)?)(?: (?:to )?(?:me|us))?(?: (?:texts?|messages|listings|stuff))? (?:again|now|anytime)")),
    Rule(Intent.OPT_IN, 0.95, pattern(r"(?:start|resume|restart|begin)(?: (?:the|my|your|sending|getting|receiving|me))* (?:texts?|messages|messaging|texting|sending(?: me)?|alerts|updates)(?: me)?(?: (?:the )?(?:texts?|messages|listings|alerts))?(?: again| back)?")),
    Rule(Intent.OPT_IN, 0.9, pattern(r"(?:text|message|contact|write|send)(?:s)? (?:me|us) again(?!\s+(?:and|n|ill|i will|or|im|i am)\b)|(?:want|like|get|receive|ready) (?:to )?(?:get|receive|hear|resume)?\s*(?:your |the |my )?(?:texts?|messages|updates|alerts|from you(?: guys)?) (?:again|back|after all)|didnt mean to (?:opt out|stop|unsubscribe|text stop)")),
    Rule(Intent.OPT_IN, 0.9, pattern(r"(?:pueden?|puedes) (?:volver a )?(?:escribir|mandar|enviar|contactar|textear)(?:me|nos)(?: (?:otra vez|de nuevo|mensajes))|vuelv\w+ a (?:escribir|mandar|suscribir|enviar|activar|contactar)\w*|quiero (?:volver a )?recibir(?: \w+){0,2} (?:otra vez|de nuevo|nuevamente)|suscrib\w+ (?:otra vez|de nuevo|nuevamente)|(?:dar|de[mn]e|dame|denme)(?:me)? de alta|react[ií]v\w+|escrib\w+me (?:otra vez|de nuevo)")),
)  # fmt: skip
_STOP_AGAIN = pattern(
    r"(?:dont|never|no|stop|not|quit)\s+(?:\w+\s+){0,3}(?:text|message|contact|write|send|start|escribir)\w*"
)


def find_consent(text: Text) -> list[Found[Intent]]:
    """Return opt-out, opt-in and help, whichever *text* says; an opt-out rules out the other two."""
    words = _WORD.findall(text.plain)
    whole = Span(0, len(text.raw))
    if _is_keyword(words, OPT_OUT_WORDS, _OPT_OUT_PHRASES):
        return [Found(Intent.OPT_OUT, 1.0, whole)]
    if _is_keyword(words, _OPT_IN_WORDS, _OPT_IN_PHRASES):
        return [Found(Intent.OPT_IN, 0.95, whole)]
    if _is_keyword(words, _HELP_WORDS, ()) and "?" not in text.plain.strip("? "):
        return [Found(Intent.HELP, 0.95, whole)]
    return _find_in_sentences(text)


def is_stop_keyword(raw: str) -> bool:
    """Whether *raw* is one of the carriers' opt-out words alone; HighLevel itself answers those."""
    words = [word for word in _WORD.findall(raw.lower()) if word not in _COURTESY]
    return " ".join(words) in {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "remove", "arret"}  # fmt: skip


def _is_keyword(words: list[str], keywords: frozenset[str], phrases: tuple[str, ...]) -> bool:
    if not words or len(words) > 6:
        return False
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words) in keywords
    said = [word for word in words if word not in _COURTESY]
    if not said:
        return False
    if len(said) == 1 and said[0] not in keywords and _DOUBLED.sub(r"\1", said[0]) in keywords:
        return True
    if " ".join(said) in phrases or " ".join(words) in phrases:
        return True
    named = [word for word in said if word in keywords]
    return bool(named) and all(word in keywords or word in _STRONG_COURTESY for word in said)


def _find_in_sentences(text: Text) -> list[Found[Intent]]:
    opt_in = weigh(evidence(text, _OPT_IN_RULES))
    if opt_in and _STOP_AGAIN.search(text.plain) is None:
        return opt_in
    pieces = evidence(text, _OPT_OUT_RULES)
    pieces.extend(_standalone_stops(text))
    return weigh(pieces)


def _standalone_stops(text: Text) -> list[Found[Intent]]:
    found = []
    start = 0
    for cut in [*(m.span() for m in _CLAUSE.finditer(text.plain)), (len(text.plain), len(text.plain))]:
        clause = text.plain[start : cut[0]]
        if " ".join(_WORD.findall(clause)) in _STANDALONE_CLAUSES:
            found.append(Found(Intent.OPT_OUT, 0.9, text.span(start, cut[0])))
        start = cut[1]
    return found
