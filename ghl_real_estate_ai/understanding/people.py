"""The first name and the e-mail address of whoever writes."""

import re
import unicodedata

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_SPOKEN = re.compile(
    r"\b([A-Za-z0-9._-]+) (?:at|\(at\)|@) (gmail|yahoo|hotmail|outlook|icloud|aol)(?: dot | ?\. ?)(com|net|org)\b",
    re.IGNORECASE,
)
_LETTER = r"A-Za-z\u00c0-\u017f"
_NAME = rf"(?:(?:do[nñ]a|don|miss|ms\.?|mrs\.?|mr\.?|big|little|ol)\s+(?=[{_LETTER}]))?(?P<name>[{_LETTER}][{_LETTER}'\u2019-]*[{_LETTER}])(?![{_LETTER}])"
_FIRM = re.compile(
    rf"\b(?:my name(?:'|\u2019)?s?(?: is)?|(?:first )?name is|name(?:'|\u2019)?s|name|me llamo|mi nombre es|they call me|you can call me|just call me|(?:folks|people|everyone|everybody|friends) calls? me|call me(?=\s+[A-Z][a-z]+\s*(?:$|[.,!]))|go by)\s+{_NAME}",
    re.IGNORECASE,
)
_OPENS = r"(?:^|[.!?,;\n]\s*|\b(?:hi+|hello+|hey+|hola|man|yes|yeah|yep|oh|ok|okay|btw|lol|buenas|tardes|noches|dias|buen dia|morning|afternoon|evening|day|there|thanks|jorge|again|sorry|and)\s+)"
_SELF = r"(?:this is|it(?:'|\u2019)?s just|it(?:'|\u2019)?s|it is|i(?:'|\u2019)?m|i am|soy|(?:le )?habla|aqui|aquí)"
_ENDS = r"(?=\s*(?:$|[.,!?;\n(-]|(?:btw|here|from|and|again|the|calling|with|texting|by the way|w|w/|over|at|de|y|i|im|me|my|we|del|who|trying|returning|writing|reaching|looking|que|la|el|quiero|busco|lol|wanting|following|just|un|una|con)\b|[A-Z][a-z]+\s*(?:$|[.,!])))"
_LOOSE = re.compile(rf"{_OPENS}{_SELF}\s+{_NAME}{_ENDS}", re.IGNORECASE)
_HERE = re.compile(
    rf"(?:^\W*|[.!,\n]\s*|\b(?:hi|hey|hello|hola|yes|yeah|howdy|there|day|evening|morning|afternoon)\s+){_NAME}(?:\s+[A-Z][\w'-]+)? (?:here|aqui|again)\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?:^|\s)[-\u2013\u2014~]\s?(?P<name>[A-Z][a-z\u00c0-\u017f]+)\s*$")
_SIGNED_OFF = re.compile(
    r"(?:^|[.!?,\n]\s*)(?:(?:(?:kind|best|warm) )?regards|sincerely|respectfully|cheers|best|thanks|thank you|saludos|atentamente|atte|gracias)[,.!]?\s+(?P<name>[A-Z][a-z\u00c0-\u017f]+)\s*[.!]?\s*$",
    re.IGNORECASE,
)
_ANSWER = r"^\W*(?:(?:it(?:'|\u2019)?s|i(?:'|\u2019)?m|i am|this is|its|my name is|name is|sure|yes|yeah|ok|oh|soy|me llamo|es|hi|hey|hola)[\s,]+)*"
_BARE = re.compile(rf"{_ANSWER}{_NAME}(?:\s+[{_LETTER}'\u2019-]+\.?)?(?:\s+[{_LETTER}'\u2019-]+)?\W*$", re.IGNORECASE)
_BARE_FIRST = re.compile(
    rf"{_ANSWER}{_NAME}(?:\s+[A-Z][\w'\u2019-]+)?\s*(?:[.,!;(/-]|\b(?:and|but|lol|y|is fine|works|here|btw)\b)",
    re.IGNORECASE,
)
_NOT_NAMES = read_words("not_names.txt")
_FIRST_NAMES = read_words("first_names.txt")
_COMMON = read_words("common_words.txt")
_NO_NAME_ENDS = ("ing", "n't", "n\u2019t", "'s", "\u2019s", "isnt", "wasnt")
_LIKE_A_WORD = re.compile(
    r"(?:ed|ing|ly|est|er|or|ous|ful|ive|able|ible|ish|ary|less|ist|ians?|ent|ant|ness|ment|tion|ce|al|ic|ate|ado|ada|ando|endo|s)$"
)
"""How words end that a name seldom does."""


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
    name = _find_name(rest, asked=context.asked is Slot.NAME)
    return [*found, *([name] if name else [])]


def _find_name(raw: str, *, asked: bool) -> StatedSlot | None:
    """The first word that stands where a name does and could be one; a firm "my name is" takes the most for a name."""
    patterns = [
        (_FIRM, _is_likely),
        (_HERE, _is_known),
        (_LOOSE, _is_known),
        (_SIGNED, _is_likely),
        (_SIGNED_OFF, _is_known),
    ]
    if asked:
        patterns += [(_BARE, _is_possible), (_BARE_FIRST, _is_known)]
    for one, accepts in patterns:
        for match in one.finditer(raw):
            name = match["name"].strip("'\u2019-")
            if accepts(name):
                start = match.start("name")
                return StatedSlot(Slot.NAME, name[0].upper() + name[1:], 0.9, Span(start, start + len(match["name"])))
    return None


def _is_possible(name: str) -> bool:
    lowered = _plain(name)
    return len(name) > 1 and lowered not in _NOT_NAMES and not name.lower().endswith(_NO_NAME_ENDS)


def _is_likely(name: str) -> bool:
    """A known name, or one typed with a capital, or at least no everyday word."""
    if _plain(name) in _FIRST_NAMES and name[0].isupper():
        return True
    return _is_possible(name) and (name[0].isupper() or _plain(name) not in _COMMON or _plain(name) in _FIRST_NAMES)


def _is_known(name: str) -> bool:
    """A known name that is no everyday word as well, or one typed with a capital that does not look like such a word."""
    lowered = _plain(name)
    if lowered in _FIRST_NAMES:
        return name[0].isupper() or (lowered not in _COMMON and lowered not in _NOT_NAMES)
    return _is_possible(name) and name[0].isupper() and lowered not in _COMMON and not _LIKE_A_WORD.search(lowered)


def _plain(name: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return "".join(kept).replace("\u2019", "'")
