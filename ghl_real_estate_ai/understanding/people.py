"""The first name and the e-mail address of whoever writes."""

import re

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_SPOKEN = re.compile(
    r"\b([A-Za-z0-9._-]+) (?:at|\(at\)|@) (gmail|yahoo|hotmail|outlook|icloud|aol)(?: dot | ?\. ?)(com|net|org)\b",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[A-Za-z\u00c0-\u017f][A-Za-z\u00c0-\u017f'\u2019-]+)(?![A-Za-z\u00c0-\u017f])"
_FIRM = re.compile(
    rf"\b(?:my name(?:'|\u2019)?s?(?: is)?|names?|name is|me llamo|mi nombre es|they call me|you can call me|just call me|call me(?=\s+[A-Z][a-z]+\s*(?:$|[.,!])))\s+{_NAME}",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"(?:^|[.!?,;\n]\s*|\b(?:hi|hello|hey|hola|man|yes|yeah|oh|ok|btw|buenas|tardes|dias|morning|afternoon|evening|there)\s+)(?:this is|this|it(?:'|\u2019)?s|it is|i(?:'|\u2019)?m|i am|soy|habla|le habla|aqui|its just)\s+{_NAME}"
    r"(?=\s*(?:$|[.,!?;\n(-]|btw\b|here\b|from\b|and\b|again\b|the\b|calling\b|with\b|texting\b|by the way\b|w\b|over\b|de\b|y\b|[A-Z][a-z]+\s*(?:$|[.,!])|i\s|del\b|who\b|trying\b))",
    re.IGNORECASE,
)
_HERE = re.compile(rf"^\W*(?:(?:hi|hey|hello|hola|yes|yeah)[\s,]+)?{_NAME}(?:\s+[A-Z][\w'-]+)? here\b", re.IGNORECASE)
_SIGNED = re.compile(r"(?:^|\s)[-\u2013\u2014~]\s?(?P<name>[A-Z][a-z\u00c0-\u017f]+)\s*$")
_SIGNED_OFF = re.compile(
    r"(?:^|[.!?,\n]\s*)(?:(?:(?:kind|best|warm) )?regards|sincerely|respectfully|cheers|best|saludos|atentamente|atte)[,.]?\s+(?P<name>[A-Z][a-z\u00c0-\u017f]+)\s*[.!]?\s*$",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"^\W*(?:(?:it(?:'|\u2019)?s|i(?:'|\u2019)?m|this is|its|my name is|name is|sure|yes|yeah|ok|oh|soy|me llamo|es)[\s,]+)*{_NAME}(?:\s+[A-Za-z\u00c0-\u017f'\u2019-]+\.?)?(?:\s+[A-Za-z\u00c0-\u017f'\u2019-]+)?\W*$",
    re.IGNORECASE,
)
_NOT_NAMES = read_words("not_names.txt")


def find_person(text: Text, context: MessageContext) -> list[StatedSlot]:
    """Return name and e-mail address as far as *text* gives them."""
    found = []
    email = _EMAIL.search(text.raw)
    rest = text.raw
    if email:
        found.append(StatedSlot(Slot.EMAIL, email.group(), 0.98, Span(*email.span())))
        rest = text.raw[: email.start()] + " " * len(email.group()) + text.raw[email.end() :]
    elif spoken := _SPOKEN.search(text.raw):
        found.append(StatedSlot(Slot.EMAIL, f"{spoken[1]}@{spoken[2]}.{spoken[3]}", 0.8, Span(*spoken.span())))
    patterns = [_FIRM, _HERE, _LOOSE, _SIGNED, _SIGNED_OFF]
    if context.asked is Slot.NAME:
        patterns.append(_BARE)
    for one in patterns:
        for match in one.finditer(rest):
            name = match["name"].strip("'\u2019-")
            lowered = name.lower()
            if len(name) < 2 or lowered in _NOT_NAMES or lowered.endswith(("ing", "n't", "n\u2019t")):
                continue
            return [
                *found,
                StatedSlot(
                    Slot.NAME,
                    name[0].upper() + name[1:],
                    0.9,
                    Span(match.start("name"), match.start("name") + len(match["name"])),
                ),
            ]
    return found
