"""The small words of a conversation: greeting, thanks, yes, no, no interest, wrong number."""

import re

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.model import Found, Intent
from ghl_real_estate_ai.understanding.rules import Rules, evidence, weigh
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wordings import read_wordings

_WORDINGS = read_wordings("courtesy.txt", Intent)
_NOT_INTERESTED_RULES = Rules(_WORDINGS.of(Intent.NOT_INTERESTED))
_WRONG_NUMBER_RULES = Rules(_WORDINGS.of(Intent.WRONG_NUMBER))
_GREETING = HAND_RULES.one(_WORDINGS.named["greeting"])
_THANKS = HAND_RULES.one(_WORDINGS.named["thanks"])
_NO_THANKS = _WORDINGS.named["no thanks"]
_YES = HAND_RULES.one(_WORDINGS.named["yes"])
_PLAIN_YES = HAND_RULES.one(_WORDINGS.named["plain yes"])
_NOT_YES = _WORDINGS.named["not yes"]
_NO = HAND_RULES.one(_WORDINGS.named["no"])
_NOT_NO = _WORDINGS.named["not no"]
_YES_ALONE = frozenset((
    "right", "perfect", "true", "cool", "works", "fine", "va", "vale", "deal", "eso", "bet", "hecho", "listo",
    "cierto", "bueno", "do", "it", "i", "am", "exactly", "correct", "indeed",
))  # fmt: skip
"""Words that say yes only where little else is said."""


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
