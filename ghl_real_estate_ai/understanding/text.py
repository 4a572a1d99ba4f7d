"""A message in one plain form to match against, with the way back to the characters the lead typed."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, compress

from ghl_real_estate_ai.understanding.model import Span

MAX_CHARACTERS = 2_000
"""Longer texts are understood by their beginning."""

_APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4"
_PLAIN_TOKEN = rf"[^\W_]+(?:[{_APOSTROPHES}][^\W_]+)*|\s+|."
_PLAIN = re.compile(_PLAIN_TOKEN, re.DOTALL)
"""The tokens of most messages: words, blanks and signs."""
_TOKEN = re.compile(
    r"(?P<weare>(?:\A|(?<=[.!?,;\n])|(?<=[.!?,;\n] )|(?<=\band )|(?<=\bbut )|(?<=\bso )|(?<=\bif )|(?<=\bbecause )|(?<=\bsince )|(?<=\bthat )|(?<=\bhey )|(?<=\bhi )|(?<=\byes )|(?<=\bno ))were"
    r"(?=\s+(?:(?!during|nothing|something|anything|everything)\w{2,}ing?\b|not\b|all\b|both\b|just\b|still\b|ready|good\b|gonna|fine\b|set\b|done\b|under contract|pre ?-?\w+ed\b|in no\b|in the market|about to\b|open to\b)))"
    r"|(?P<negated>\b(?:do|does|did|can|is|are|was|were|will|would|could|should|have|has|had)\s+not\b)"
    r"|(?P<will>\b(?:ill|well)(?=\s+(?:be|call|get|think|pass|let|take|have|text|see|go|do|need|just|probably|talk|ask|send|sell|list|wait|buy|pay|look|try|give|stay|keep|reach|check|circle|find|move|put|make|still|never|sign|know|report|block|sue)\b))"
    r"|(?P<slashed>\bw/o?(?=[\s\d]))"
    rf"|{_PLAIN_TOKEN}",
    re.IGNORECASE | re.DOTALL,
)
_TOLD_BY_ANOTHER = re.compile(r"were|not|ill|well|w/", re.IGNORECASE)
"""Where a token may be told by what stands around it, which takes several times as long to look for."""
WORD = re.compile(r"[a-z0-9]+")
"""A word of the plain form."""
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_NEGATED = {"cannot": "cant", "will not": "wont", "can not": "cant"}

# Written with an apostrophe these are unambiguous; without it "were", "ill", "well" are told by what stands around
# them (see `_TOKEN`), and "hell", "wed" are left as other words.
_CONTRACTED = {
    "i'm": "i am", "i've": "i have", "i'd": "i would", "i'll": "i will",
    "we're": "we are", "we've": "we have", "we'd": "we would", "we'll": "we will",
    "you're": "you are", "you've": "you have", "you'd": "you would", "you'll": "you will",
    "he'd": "he would", "he'll": "he will", "he's": "he is", "she'd": "she would", "she'll": "she will",
    "she's": "she is", "they're": "they are", "they've": "they have", "they'd": "they would", "they'll": "they will",
    "let's": "lets", "won't": "wont", "can't": "cant", "y'all": "yall", "ma'am": "maam",
}  # fmt: skip

_SPELLINGS = {
    "u": "you", "ur": "your", "r": "are", "w": "with", "abt": "about", "bout": "about", "im": "i am", "ive": "i have",
    "id": "i would", "youre": "you are", "youve": "you have", "theyre": "they are", "theyd": "they would",
    "tmrw": "tomorrow", "tmw": "tomorrow", "tmr": "tomorrow", "tmrrw": "tomorrow", "2moro": "tomorrow",
    "2morrow": "tomorrow", "tomorow": "tomorrow", "tommorow": "tomorrow", "tommorrow": "tomorrow", "2nite": "tonight",
    "thx": "thanks", "thnx": "thanks", "tks": "thanks", "thanx": "thanks", "ty": "thanks", "tysm": "thanks",
    "pls": "please", "plz": "please", "plse": "please", "pleas": "please",
    "msg": "message", "msgs": "messages", "msging": "messaging", "txt": "text", "txts": "texts", "txting": "texting",
    "texing": "texting", "bc": "because", "cuz": "because", "coz": "because", "cause": "because", "prob": "probably",
    "probly": "probably", "prolly": "probably", "rn": "right now", "idk": "i dont know", "dunno": "dont know",
    "nvm": "never mind", "nevermind": "never mind", "ppl": "people", "appt": "appointment", "apt": "apt", "bf": "boyfriend",
    "gonna": "going to", "wanna": "want to", "gotta": "have to", "hafta": "have to", "lemme": "let me",
    "gimme": "give me", "tryna": "trying to", "outta": "out of", "kinda": "kind of", "finna": "going to",
    "wont": "wont", "thru": "through", "tho": "though", "b4": "before", "gd": "good", "nite": "night",
    "mo": "month", "mos": "months", "mth": "month", "mths": "months", "mnths": "months", "wk": "week", "wks": "weeks",
    "yr": "year", "yrs": "years", "hr": "hour", "hrs": "hours", "min": "min", "ish": "ish", "approx": "about",
    "bdrm": "bedroom", "bdrms": "bedrooms", "bdr": "bedroom", "bd": "bedroom", "bds": "bedrooms", "br": "bedroom",
    "brs": "bedrooms", "bdroom": "bedroom", "ba": "bath", "bths": "baths", "bth": "bath", "sqft": "sqft",
    "realator": "realtor", "relator": "realtor", "realestate": "real estate", "morgage": "mortgage", "mortage": "mortgage",
    "hubby": "husband", "wifey": "wife", "nbhd": "neighborhood", "nbrhd": "neighborhood", "neighbourhood": "neighborhood",
    "apartament": "apartment", "hv": "have", "shld": "should", "wld": "would", "cld": "could", "smth": "something",
    "sumthin": "something", "nothin": "nothing", "lookin": "looking", "sellin": "selling", "buyin": "buying",
    "thinkin": "thinking", "movin": "moving", "callin": "calling", "rite": "right", "bldg": "building",
    "q": "que", "xq": "porque", "pq": "porque", "tmb": "tambien", "tb": "tambien", "pa": "para", "dnd": "donde",
    "porfa": "por favor", "xfa": "por favor", "porfavor": "por favor", "plis": "por favor", "msj": "mensaje",
    "msjs": "mensajes", "depa": "departamento", "grax": "gracias", "ps": "pues",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A message as typed (`raw`) and in plain form: lower case, no accents or apostrophes, SMS spellings written out."""

    raw: str
    plain: str
    plain_starts: tuple[int, ...] = field(repr=False)
    """Where each token begins in `plain`; the two below are its place in `raw`."""
    raw_starts: tuple[int, ...] = field(repr=False)
    raw_ends: tuple[int, ...] = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        """The characters of `raw` that became [start, end) of `plain`, whole tokens where a spelling changed."""
        if not self.plain_starts or start >= end:
            return Span(0, 0)
        first = self._raw_of(start)
        return Span(first[0], first[1] if end - start == 1 else self._raw_of(end - 1)[1])

    def typed(self, start: int, end: int) -> str:
        """The typed words behind [start, end) of `plain`."""
        span = self.span(start, end)
        return self.raw[span.start : span.end]

    def is_capital(self, position: int) -> bool:
        """Whether what became the character at *position* of `plain` is typed as a capital."""
        at = max(bisect_right(self.plain_starts, position) - 1, 0)
        if self.raw[self.raw_starts[at] : self.raw_ends[at]].islower():
            return False
        return self.typed(position, position + 1).isupper()

    def _raw_of(self, position: int) -> tuple[int, int]:
        at = max(bisect_right(self.plain_starts, position) - 1, 0)
        start, end = self.raw_starts[at], self.raw_ends[at]
        following = self.plain_starts[at + 1] if at + 1 < len(self.plain_starts) else len(self.plain)
        if following - self.plain_starts[at] != end - start:
            return start, end
        shifted = start + position - self.plain_starts[at]
        return shifted, shifted + 1


@lru_cache(maxsize=32)
def read(text: str) -> Text:
    """Return the first `MAX_CHARACTERS` of *text* with their plain form; the parts of a message are read more than once."""
    raw = text[:MAX_CHARACTERS]
    if _TOLD_BY_ANOTHER.search(raw):
        found = [*_TOKEN.finditer(raw)]
        tokens, parts = [token.group() for token in found], [_plain_in_place(token) for token in found]
    else:
        tokens = _PLAIN.findall(raw)
        parts = [_plain(token) for token in tokens]
    raw_ends = [*accumulate(map(len, tokens))]
    raw_starts = [0, *raw_ends[:-1]]
    if "" in parts:
        raw_starts, raw_ends = [*compress(raw_starts, parts)], [*compress(raw_ends, parts)]
        parts = [part for part in parts if part]
    plain_starts = [0, *accumulate(map(len, parts[:-1]))] if parts else []
    return Text(raw, "".join(parts), tuple(plain_starts), tuple(raw_starts[: len(parts)]), tuple(raw_ends))


@lru_cache(maxsize=8)
def words_in(plain: str) -> tuple[str, ...]:
    """The words of *plain*, for the many who ask whether any of theirs is among them."""
    return tuple(WORD.findall(plain))


def _plain_in_place(token: re.Match[str]) -> str:
    words = token.group()
    match token.lastgroup:
        case "negated":
            joined = " ".join(words.lower().split())
            return _NEGATED.get(joined, joined.replace(" not", "nt"))
        case "weare":
            return "we are"
        case "will":
            return "i will" if words.lower() == "ill" else "we will"
        case "slashed":
            return "without" if words.lower().endswith("o") else "with"
        case _:
            return _plain(words)


@lru_cache(maxsize=4096)
def _plain(token: str) -> str:
    """The plain form of a word, a sign or blanks; empty for a sign that is not to be seen."""
    if token[0].isalnum():
        return _plain_word(token)
    if token[0].isspace():
        return "\n" if "\n" in token else " "
    return _plain_sign(token)


def _plain_word(word: str) -> str:
    lowered = word.lower()
    if not lowered.isascii():
        lowered = _without_accents(lowered)
    if "'" in lowered:
        lowered = _CONTRACTED.get(lowered, lowered.replace("'", ""))
    if (spelled := _SPELLINGS.get(lowered)) is not None:
        return spelled
    return _STRETCHED.sub(r"\1", lowered)


def _without_accents(word: str) -> str:
    for mark in _APOSTROPHES:
        word = word.replace(mark, "'")
    return "".join(c for c in unicodedata.normalize("NFKD", word).lower() if not unicodedata.combining(c))


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() else ""
    if unicodedata.category(sign) in ("Cf", "Cc", "Mn", "Me", "Cs"):
        return ""
    return unicodedata.normalize("NFKD", sign) if unicodedata.category(sign)[0] == "P" else sign
