"""The first name and the e-mail address of whoever writes."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.model import MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.place_names import is_known_place
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_HOSTS = ("gmail", "yahoo", "hotmail", "outlook", "icloud", "aol")
_SPOKEN = re.compile(
    rf"\b([A-Za-z0-9._-]+) (?:at|\(at\)|@) ({'|'.join(_HOSTS)})(?: dot | ?\. ?)(com|net|org)\b",
    re.IGNORECASE,
)
_LETTER = r"A-Za-z\u00c0-\u017f"
_RANK = rf"(?P<rank>(?:{one_of('ms mrs mr dr doctor prof professor sgt sergeant lt ltc col cpt capt captain maj major cpl officer deputy')}\b\.?\s+)*)"
"""What stands before a surname as often as before a first name."""
_TITLES = (
    "doña dona don miss big little lil ol old pastor father fr rev reverend deacon coach nurse chef "
    "el la tia tio aunt auntie uncle granny grandma maestra maestro profe"
)
_TITLE = rf"(?:{one_of(_TITLES)}\b\.?\s+(?=[{_LETTER}]))*"
_SECOND = rf"(?:\s(?:{one_of('Ann Anne Beth Lee Lou Jo Jean Sue Mae Kay Lynn Ray Joe Bob Luis Lucia Carlos Elena Maria Antonio Manuel Rose Grace')})\b(?!['\u2019-]))?"
"""The second half of a first name, such as Carol Ann."""
_NAME = rf"{_RANK}{_TITLE}(?P<name>[{_LETTER}][{_LETTER}'\u2019-]*[{_LETTER}](?-i:{_SECOND}))(?![{_LETTER}])"
_CALLED = rf"(?:{one_of('folks people everyone everybody friends they most_people')} (?:just )?calls? me|me dicen)"
_PREFERRED = re.compile(
    rf"\b(?:(?:you|u|yall|just|but|please|can|pls) call me|(?:can|could) (?:just )?(?:say|use)|(?:put|write)(?: (?:me|it))?(?: down)?(?: as)?)\s+(?-i:{_NAME})",
    re.IGNORECASE,
)
"""By what name the writer would be called, whatever else is said."""
_FINE = re.compile(
    rf"(?:^|[.,!]\s*|\bbut ){_NAME}(?:'s|\u2019s|s| is| works)(?: (?:just|totally))? (?:fine|ok|okay|good)\b",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"(?<!her )(?<!his )(?<!their )(?<!your )(?<!ur )(?<!'s )(?<!\u2019s )(?<!company )(?<!business )"
    r"\b(?:my name(?:'|\u2019)?s?(?: is)?|(?:first )?name is|name(?:'|\u2019)?s|name:?(?! tag)|nombre:|me llamo|mi nombre es|go by|goes by"
    rf"|call me(?=\s+[A-Z][a-z]+\s*(?:$|[.,!])))\s+{_NAME}",
    re.IGNORECASE,
)
_NICKNAME = re.compile(rf"\b{_CALLED}\s+{_NAME}", re.IGNORECASE)
_GREETED = (
    "hi+ hello+ hey+ hola man yes yeah yep oh ok okay btw lol buenas tardes noches dias buen_dia morning afternoon evening day "
    "there hiya thanks jorge again sorry and so but pero uh um well sir maam greetings howdy yo actually"
)
_OPENS = rf"(?:^|[.!?,;:\n(-]\s*|\b{one_of(_GREETED)}\s+)"
_NEEDED_BY_SELF = (
    "this", "it's", "it\u2019s", "its", "it is", "i'm", "i\u2019m", "im", "i am", "we're", "we\u2019re", "were", "soy", "habla", "escribe",
    "saluda", "aqui", "aqu\u00ed",
)  # fmt: skip
"""What `_SELF` begins with."""
_SELF = (
    r"(?:this (?:here )?is|it(?:'|\u2019)?s(?: just| me)?|it is|i(?:'|\u2019)?m|i am|we(?:'|\u2019)?re"
    r"|soy|(?:le |te )?(?:habla|escribe|saluda)|aqui|aqu\u00ed)"
)
_GOES_ON = (
    "about comma but "
    "btw here from and again the calling with texting by_the_way w w/ over at de y i im i'm ive i'd me my we we're del who trying returning writing reaching looking "
    "que la el quiero busco lol wanting following just un una con not on in down out en para por tu su se speaking jr sr"
)
_ENDS = rf"(?=\s*(?:$|[.,!?;\n(/-]|{one_of(_GOES_ON)}(?![{_LETTER}])|(?-i:[A-Z])[\w'\u2019-]*\.?(?:\s|$|[.,!])))"
_LOOSE = re.compile(rf"{_OPENS}{_SELF}\s+{_NAME}{_ENDS}", re.IGNORECASE)
_KIN_WORDS = (
    "wife husband daughter son mother mom dad father sister brother niece nephew granddaughter grandson aunt uncle cousin assistant "
    "hija hijo esposa esposo hermana hermano nuera yerno"
)
_KIN = one_of(_KIN_WORDS)
_OF_SOMEBODY = r"(?:her|his|their|the|la|el|su|[\w\u00c0-\u017f]+(?:'|\u2019)?s)"
_KIN_OF = re.compile(
    rf"\b(?:i(?:'|\u2019)?m|i am|this is|soy|it(?:'|\u2019)?s)\s+{_OF_SOMEBODY}\s+{_KIN},?\s+{_NAME}", re.IGNORECASE
)
"""Somebody's daughter, who gives her own name."""
_HERE = re.compile(
    rf"(?:^\W*|[.!,\n]\s*|\b{one_of(_GREETED)}\s+){_NAME}(?:\s+[A-Z][\w'-]+)? (?:here|aqui|again|this side|speaking|calling|texting)\b",
    re.IGNORECASE,
)
_KIN_HERE = re.compile(rf"\b{_KIN} here,?\s+{_NAME}", re.IGNORECASE)
_SIGNED = re.compile(r"(?:^|\s)[-\u2013\u2014~]+\s?(?P<name>[A-Z][a-z\u00c0-\u017f]+)(?:\s[A-Z][\w.'-]*)?\s*$")
_CLOSING = "regards sincerely respectfully cheers best thanks thank_you thx ty yours yours_truly cordially signed warmly love gratefully blessings saludos atentamente atte gracias"
_SIGNED_OFF = re.compile(
    rf"(?:^|[.!?,\n]\s*)(?:(?:kind|best|warm|many|with|god) )?{one_of(_CLOSING)}(?:[,.!-]|\n)*\s+(?-i:{_NAME}(?:\s[A-Z][\w.'-]*)?)\s*[.!]?\s*$",
    re.IGNORECASE,
)
_LAST_LINE = re.compile(rf"[.!?\n]\s*(?-i:{_NAME}(?:\s[A-Z][\w'-]*)?)\s*$")
"""A name that stands alone at the end."""
_HELLO = rf"(?:{one_of('hi hello hey good buenos buenas morning afternoon evening day dias tardes there jorge salaam hola everyone sir yes si oh ok sorry')}[\s,.!]*)*"
_OPENING = re.compile(
    rf"^\W*(?:{_HELLO}[,.!]\s*)?(?-i:{_NAME})(?:\s(?-i:[A-Z])[\w'-]*\.?)?"
    rf"\s*(?:[,.!(&/@-]|\d|$|{one_of('w with and from in at de del y')}(?![{_LETTER}]))",
    re.IGNORECASE,
)
"""A first name that opens the message, as if over the telephone."""
_ANSWER = r"^\W*(?:(?:it(?:'|\u2019)?s|i(?:'|\u2019)?m|i am|this is|its|my name is|name is|sure|yes|yeah|ok|oh|soy|me llamo|es|hi|hey|hola|just|the name(?:'|\u2019)?s)[\s,]+)*"
_BARE = re.compile(rf"{_ANSWER}{_NAME}(?:\s+[{_LETTER}'\u2019-]+\.?)?(?:\s+[{_LETTER}'\u2019-]+)?\W*$", re.IGNORECASE)
_BARE_FIRST = re.compile(
    rf"{_ANSWER}{_NAME}(?:\s+[A-Z][\w'\u2019-]+)?\s*(?:[.,!;(/-]|\b(?:and|but|with|w|lol|y|is fine|works|here|btw|like|as in|short for|spelled)\b)",
    re.IGNORECASE,
)
_NOT_NAMES = read_words("not_names.txt")
_FIRST_NAMES = read_words("first_names.txt")
_COMMON = read_words("common_words.txt")
_OPENED_BY_NAME = frozenset({None, Slot.NAME, Slot.EMAIL})
"""Questions that nobody answers with the name of another."""
_CITIES = frozenset({
    "austin", "dallas", "houston", "charlotte", "madison", "jackson", "lincoln", "orlando", "savannah", "aurora", "cleveland", "paris", "florence",
    "eugene", "salem", "tyler", "katy", "denver", "phoenix", "arlington", "irving", "carolina", "georgia", "virginia", "santiago", "milton", "marion",
})  # fmt: skip
"""First names that are more often places."""
_ADDRESSED = "jorge"
"""Who is written to."""
_NO_NAME_ENDS = (
    "ing", "isnt", "wasnt", *(f"{mark}{end}" for mark in "'\u2019" for end in ("s", "m", "d", "re", "ve", "ll", "t")),
)  # fmt: skip
_LIKE_A_WORD = re.compile(
    r"(?:ed|ing|ly|est|er|or|ous|ful|ive|able|ible|ish|ary|less|ist|ians?|ent|ant|ness|ment|tion|ce|al|ic|ate|ado|ada|ando|endo|s)$"
)
"""How words end that a name seldom does."""


def find_person(text: Text, context: MessageContext) -> list[StatedSlot]:
    """Return name and e-mail address as far as *text* gives them."""
    found = []
    email = _EMAIL.search(text.raw) if "@" in text.raw else None
    rest = text.raw
    if email:
        found.append(StatedSlot(Slot.EMAIL, email.group(), 0.98, Span(*email.span())))
        rest = text.raw[: email.start()] + " " * len(email.group()) + text.raw[email.end() :]
    elif any(map(without_case(text.raw).__contains__, _HOSTS)) and (spoken := _SPOKEN.search(text.raw)):
        found.append(StatedSlot(Slot.EMAIL, f"{spoken[1]}@{spoken[2]}.{spoken[3]}", 0.8, Span(*spoken.span())))
    name = _find_name(rest, context.asked)
    return [*found, *([name] if name else [])]


@lru_cache(maxsize=16)
def _find_name(raw: str, asked: Slot | None) -> StatedSlot | None:
    """The first word that stands where a name does and could be one; a firm "my name is" takes the most for a name."""
    forms: tuple[_Form, ...] = _ANYWHERE
    if asked in _OPENED_BY_NAME:
        forms = (*_PREFERRED_FORMS, *forms, *_AT_THE_BEGINNING)
    if asked is Slot.NAME:
        forms = (*forms, *_ANSWERS)
    lowered = without_case(raw)
    for form in (*forms, *_LAST):
        if not form.could_match(lowered):
            continue
        for match in form.pattern.finditer(raw):
            name = match["name"].strip("'\u2019-")
            if form.accepts(name) and not _is_surname(match) and _plain(name) != _ADDRESSED:
                start = match.start("name")
                return StatedSlot(Slot.NAME, name[0].upper() + name[1:], 0.9, Span(start, start + len(match["name"])))
    return None


def _is_surname(match: re.Match[str]) -> bool:
    """Whether the name stands alone behind a title, as in "Mrs. Okafor", and is no known first name."""
    if not match.groupdict().get("rank") or _plain(match["name"]) in _FIRST_NAMES:
        return False
    return re.match(r"\s[A-Z]\w", match.string[match.end("name") :]) is None


def _is_listed(name: str) -> bool:
    """A known first name that is neither a word nor a city."""
    first = _first_of(name)
    return first in _FIRST_NAMES and not any(first in words for words in (_COMMON, _NOT_NAMES, _CITIES))


def _is_listed_capital(name: str) -> bool:
    return name[0].isupper() and _is_listed(name) and not is_known_place(name)


def _is_no_place(name: str) -> bool:
    return _is_known(name) and not is_known_place(name)


def _is_possible(name: str) -> bool:
    lowered = _plain(name)
    return len(name) > 1 and lowered not in _NOT_NAMES and not name.lower().endswith(_NO_NAME_ENDS)


def _is_likely(name: str) -> bool:
    """A known name, or one typed with a capital, or at least no everyday word."""
    listed = _first_of(name) in _FIRST_NAMES
    if listed and name[0].isupper():
        return True
    return _is_possible(name) and (name[0].isupper() or listed or _first_of(name) not in _COMMON)


def _is_known(name: str) -> bool:
    """A known name that is no everyday word as well, or one typed with a capital that does not look like such a word."""
    first = _first_of(name)
    if first in _FIRST_NAMES:
        return name[0].isupper() or (first not in _COMMON and first not in _NOT_NAMES)
    return _is_possible(name) and name[0].isupper() and first not in _COMMON and not _LIKE_A_WORD.search(first)


def _first_of(name: str) -> str:
    """The first word of a double name, as the lists have it."""
    return _plain(name.split()[0])


def _plain(name: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return "".join(kept).replace("\u2019", "'")


class _Form(NamedTuple):
    """A way to give one's name, and what a word must be to be taken for one there."""

    pattern: re.Pattern[str]
    accepts: Callable[[str], bool]
    needs: tuple[str, ...] = ()
    """One of these it cannot do without; to look for them is much cheaper."""

    def could_match(self, lowered: str) -> bool:
        """Whether it could match a text that is *lowered* by `without_case`."""
        return not self.needs or any(map(lowered.__contains__, self.needs))


def without_case(raw: str) -> str:
    """*raw* in lower case, as patterns that ignore it take the letters: a Turkish i, with a dot or without, is one too."""
    return raw.casefold().replace("\u0131", "i").replace("\u0307", "")


_ANYWHERE = (
    _Form(_FIRM, _is_likely, ("name", "nombre", "llamo", "go by", "goes by", "call me")),
    _Form(_HERE, _is_known, ("here", "aqui", "again", "this side", "speaking", "calling", "texting")),
    _Form(_LOOSE, _is_known, _NEEDED_BY_SELF),
    _Form(_KIN_OF, _is_known, tuple(_KIN_WORDS.split())),
    _Form(_KIN_HERE, _is_known, (" here",)),
    _Form(_SIGNED, _is_likely, ("-", "\u2013", "\u2014", "~")),
    _Form(_SIGNED_OFF, _is_known, tuple(_CLOSING.replace("_", " ").split(" "))),
)
_PREFERRED_FORMS = (
    _Form(_PREFERRED, _is_no_place, ("call", "say", "use", "put", "write")),
    _Form(_FINE, _is_no_place, ("fine", "ok", "good")),
)
_AT_THE_BEGINNING = (_Form(_OPENING, _is_listed),)
_ANSWERS = (_Form(_BARE, _is_possible), _Form(_BARE_FIRST, _is_known))
_LAST = (_Form(_NICKNAME, _is_likely, ("call", "dicen")), _Form(_LAST_LINE, _is_listed_capital))
FORMS = (*_PREFERRED_FORMS, *_ANYWHERE, *_AT_THE_BEGINNING, *_ANSWERS, *_LAST)
