"""Whether a message asks for no more messages (opt-out), to have them back (opt-in), or is the HELP keyword.

The words the carriers and the FCC name count only when nothing but courtesy stands beside them ("cancel my
showing" is an appointment); any other wording counts when a reasonable person would take it so, which is why the
rules lean towards believing it.
"""

import re

from ghl_real_estate_ai.understanding.model import Found, Intent, Span
from ghl_real_estate_ai.understanding.opt_out_wordings import ANOTHER_SENSE, OPT_OUT_RULES
from ghl_real_estate_ai.understanding.phrases import one_of, read_phrases
from ghl_real_estate_ai.understanding.rules import Rule, evidence, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

_KEYWORDS = read_phrases("consent_keywords.txt")
OPT_OUT_WORDS = _KEYWORDS["opt-out words"]
"""Alone, in any case and punctuation, each of these is an opt-out."""
_COURTESY = _KEYWORDS["courtesy"]
_STRONG_COURTESY = frozenset(["all", "texting", "messaging", "everything", "it", "this", "these", "them"])
_WHOLE_AT_MOST = 6

_WORD = re.compile(r"[a-z0-9]+")
_DOUBLED = re.compile(r"([a-z])\1+")
_CLAUSE = re.compile(r"[.!?,;:\n()\"\u2026]+|\s-+\s|\b(?:and|y|so|but|pero|asi que)\b")
_SHOUTED = re.compile(
    r"(?<![A-Z] )\b(?:STOP|STOPALL|UNSUBSCRIBE|S-T-O-P|S\.T\.O\.P|S T O P)\b(?=\W*$|[.!?,;\n]|\s+(?:texting|messaging|calling|it|now|please|contacting|sending|three|twice|means|on|then|like|already|and|so|the texts)\b)|[\"'\u201c](?:stop|Stop|STOP)[.!]?[\"'\u201d]"
)
_STANDALONE_COURTESY = _COURTESY - {"me", "text", "texts", "message", "messages", "reply", "no"}

_SEND = one_of(
    "text texting message messaging contact contacting write writing send sending texts messages reach_out reaching_out hear_from"
)
_NOT_TO_A_WISH = r"(?! (?:(?:to|on|with|in) )?(?:the )?(?:buy|sell|house hunt|home hunt)\w*)"
"""To be put back to buying is to go on with that, and no word about messages."""
_OPT_IN_FAMILIES: dict[str, tuple[float, str]] = {
    "back on": (0.95, rf"(?:opt|sign|add|put|subscribe|get|turn|switch|hook)(?: me| us| my (?:texts?|messages|number|alerts)| the (?:texts?|messages|alerts)| it| them)* (?:back|up) (?:in|up|on|again)\b(?! (?:the market|track|a call|monday|my feet|early)){_NOT_TO_A_WISH}(?: again)?(?! (?:for a (?:tour|showing)|to (?:see|view)))|opt back in|sign back up|(?:add|put) (?:me|us) back{_NOT_TO_A_WISH}|turn (?:the |my |my listing )?(?:texts|messages|alerts) (?:back )?on"),
    "opt in": (0.9, r"opt(?:ing)?(?: me| us)?(?: back)? in|re ?-?subscribe|un ?stop(?:ped)?|re ?-?activate (?:me|my|the|our)|unblock (?:me|us)|subscribe me|sign (?:me |us )?up for (?:the |your |those |these )?(?:texts?|alerts|messages|updates|text (?:alerts|updates))"),
    "you may text": (0.9, rf"(?:you|yall|guys|jorge|u) (?:can|may|could|are (?:allowed|welcome|free) to)(?: start| go back to| resume| go ahead and| definitely| totally| still| always| keep| now)* {_SEND}(?: to)?(?: me| us| my phone| this number)?(?: texts?| messages| listings| stuff| again| now| anytime| any time| any more)*(?={{END}})|(?:ok|okay|fine|alright|yes|free|welcome) to (?:text|message|contact|reach) (?:me|us)(?: again| now| here| at this number)?(?={{END}})"),
    "start sending": (0.95, r"(?:start|resume|restart|begin|continue|reinstate|keep|restore)(?: the| my| your| sending| getting| receiving| me| all| those| up)* (?:texts?|messages|messaging|texting|sending|alerts|updates|listings|subscription|notifications|emails)(?: me| us)?(?: the| those| my)?(?: texts?| messages| listings| alerts| updates| homes| houses)?(?: again| back)|(?:please |and |can you |pls )resume(?=\W|$)|(?:start|resume|restart) (?:the |my )?(?:texts?|messages|messaging|texting|alerts|sending (?:me |us )?(?:texts|messages|alerts|updates))"),
    "text me again": (0.9, r"(?:text|message|contact|write|send)(?:s|ing)? (?:me|us) again(?!\s+(?:and|n|ill|i will|or|im|i am)\b)|(?:want|like|get|receive|ready|love|miss|missing)(?: to)?(?: get| receive| hear| resume| be getting| start)*(?: your| the| my| those| getting)*\s(?:texts?|messages|updates|alerts|listings|from you(?: guys| folks| all| again)?|hearing from you)(?: guys| folks| all)? (?:again|back|after all)|(?:ready|want|like) to hear from (?:you|yall)(?: guys| folks| all| again)*"),
    "by mistake": (0.9, r"(?:didnt|not) mean to (?:opt out|stop|unsubscribe|text stop|send stop|say stop|type stop|hit stop|block|cancel (?:these|the texts|my alerts))|(?:unsubscribed|opted out|(?:hit|typed|sent|texted|pressed|said|replied) (?:stop|that|unsubscribe)|stopped (?:these|the texts|you))(?: \w+){0,2} (?:by|on) (?:accident|mistake)|accidental\w* (?:unsubscribed|opted|stopped|hit|sent|texted|typed|blocked|removed)|(?:hit|texted|typed|said|put) stop (?:by|on|\w+ my (?:kid|son|daughter))|(?:kid|son|toddler|daughter|grandson|baby|cat)s? (?:\w+ ){0,3}?(?:stop|unsubscribed)"),
    "where are they": (0.6, r"(?:where|whered|what happened to|why did)(?: did)? (?:my|the|your|all my|you)? ?(?:texts|listings|alerts|updates|messages|stop(?:ped)?)(?: go| at| texting| sending)?"),
    "vuelvan a escribir": (0.9, r"(?:pueden?|puedes|podrian?|quiero que|me gustaria que|ya)(?: me)?(?: volver a| vuelvan? a| seguir)? ?(?:escrib|mand|envi|contact|text)\w*(?: \w+){0,2} (?:otra vez|de nuevo|nuevamente|de vuelta)|vuelv\w+ a (?:escribir|mandar|suscribir|enviar|activar|contactar|agregar|inscribir|recibir|apuntar|poner)\w*|(?:escrib|mand|envi|apunt|agreg|suscrib|inscrib|anot|met|pon|activ)\w*(?:me|nos)?(?: \w+){0,3} (?:otra vez|de nuevo|nuevamente|de vuelta)|(?:dar|de[mn]e|dame|denme|darme) (?:me )?de alta|re ?activ[ae]\w*|sig(?:a|an|ue)(?:me|nos)? (?:me )?(?:mandando|escribiendo|enviando|textando|texteando)\w*"),
    "quiero recibir": (0.9, r"(?<!no )(?:quiero|queremos|quisiera|deseo|me gustaria|si quiero) (?:volver a )?(?:seguir )?recib\w+(?: \w+){0,3}? ?(?:mensajes|textos|alertas|listados|listings|otra vez|de nuevo|nuevamente|informacion)|(?:ya no me|no me) (?:lleg\w+|han llegado)(?: \w+){0,2} (?:textos|mensajes|alertas|listados)|(?:di de baja|puse (?:stop|alto|baja)|cancele|salí|sali|borre)(?: \w+){0,3} (?:sin querer|por (?:error|accidente|equivocacion))|sin querer (?:puse|mande|escribi|me di|le di|cancele)|suscrib\w+ (?:otra vez|de nuevo|nuevamente)"),
}  # fmt: skip
_OPT_IN_RULES = tuple(
    Rule(
        Intent.OPT_IN,
        weight,
        pattern(expression.replace("{END}", r"\W*$|[.!?,;\n]| (?:and|if|about|when|i|we|im|please|anytime)\b")),
    )
    for weight, expression in _OPT_IN_FAMILIES.values()
)
_STOP_AGAIN = pattern(
    r"(?:dont|never|no|stop|not|quit|cant|if)\s+(?:\w+\s+){0,4}?(?:text|message|contact|write|send|start|hear|keep|resume|receive|get)(?:s|ing|ed)?"
    r"|(?:no|nunca|si)(?: me| nos)? (?:quiero |queremos )?(?:que (?:me |nos )?(?:sig|and|teng)\w* )?(?:vuelv|escrib|mand|envi|text|recib)\w*"
)  # fmt: skip
_UNWANTED = pattern(
    r"(?:why|stop|quit|never|dont|no|unsubscribe) (?:\w+ )?(?:did you|are you|do you|texting|messaging)"
    r"|(?:report|block|sue|lawyer|police|fcc|bloque|denunci|demand|acus|abogad|polici)\w*"
)


def find_consent(text: Text) -> list[Found[Intent]]:
    """Return opt-out, opt-in and help, whichever *text* says; an opt-out rules out the other two."""
    words = _WORD.findall(text.plain)
    whole = Span(0, len(text.raw))
    if _is_keyword(words, OPT_OUT_WORDS, _KEYWORDS["opt-out phrases"]) or _is_misspelt(words):
        return [Found(Intent.OPT_OUT, 1.0, whole)]
    if _is_keyword(words, _KEYWORDS["opt-in words"], _KEYWORDS["opt-in phrases"]):
        return [Found(Intent.OPT_IN, 1.0, whole)]
    if _is_help(words) and "?" not in text.plain:
        return [Found(Intent.HELP, 1.0, whole)]
    return _find_in_sentences(text)


def _is_keyword(words: list[str], keywords: frozenset[str], phrases: frozenset[str]) -> bool:
    if not words or len(words) > _WHOLE_AT_MOST:
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


def _is_misspelt(words: list[str]) -> bool:
    said = [word for word in words if word not in _COURTESY]
    return len(said) == 1 and len(words) <= 3 and said[0] in _KEYWORDS["misspelt stop"]


def _is_help(words: list[str]) -> bool:
    said = [word for word in words if word not in _COURTESY]
    named = [word for word in said if word in _KEYWORDS["help words"]]
    if (
        not named
        or len(said) > 4
        or not all(word in _KEYWORDS["help words"] or word in _KEYWORDS["help side"] for word in said)
    ):
        return False
    return (
        len(said) == 1
        or len(named) > 1
        or any(word in _KEYWORDS["help side"] - {"need", "necesito", "for", "de"} for word in said)
    )


def _find_in_sentences(text: Text) -> list[Found[Intent]]:
    opt_in = evidence(text, _OPT_IN_RULES)
    if opt_in and _STOP_AGAIN.search(text.plain) is None and _UNWANTED.search(text.plain) is None:
        return weigh(opt_in)
    pieces = evidence(text, OPT_OUT_RULES)
    if pieces and any(sense.search(text.plain) for sense in ANOTHER_SENSE):
        pieces = [Found(piece.label, round(piece.confidence * _DOUBTED, 3), piece.span) for piece in pieces]
    pieces.extend(_standalone_stops(text))
    return weigh(pieces)


_DOUBTED = 0.15
"""What is left of a rule's weight where the message gives its words another sense."""


def _standalone_stops(text: Text) -> list[Found[Intent]]:
    """A keyword that is a clause of its own, or that is shouted or quoted among other words."""
    found = []
    start = 0
    for cut in [*(m.span() for m in _CLAUSE.finditer(text.plain)), (len(text.plain), len(text.plain))]:
        said = _WORD.findall(text.plain[start : cut[0]])
        bare = [word for word in said if word not in _STANDALONE_COURTESY]
        words, kept = " ".join(said), " ".join(bare)
        ends = start == 0 or not _WORD.search(text.plain, cut[1])
        if (
            words in _KEYWORDS["clauses"]
            or kept in _KEYWORDS["clauses"]
            or (ends and (words in _KEYWORDS["last words"] or kept in _KEYWORDS["last words"]))
        ):
            found.append(Found(Intent.OPT_OUT, 0.9, text.span(start, cut[0])))
        start = cut[1]
    if (shouted := _SHOUTED.search(text.raw)) is not None:
        found.append(Found(Intent.OPT_OUT, 0.8, Span(*shouted.span())))
    return found
