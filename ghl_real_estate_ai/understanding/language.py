"""English or Spanish: by their small words, and by lingua where a text has none of them.

A mixture counts as Spanish, since whoever writes Spanish words to us can be answered in them.
"""

import re
from functools import cache

from lingua import Language as LinguaLanguage
from lingua import LanguageDetector, LanguageDetectorBuilder

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_words

_SPANISH = read_words("spanish_words.txt")
_ENGLISH = read_words("english_words.txt")
_SHARED = frozenset(
    [
        "me",
        "a",
        "no",
        "real",
        "bot",
        "lol",
        "ok",
        "son",
        "solo",
        "sale",
        "has",
        "he",
        "once",
        "favor",
        "mil",
        "mi",
        "final",
        "hotel",
        "va",  # a loan for veterans as well as "goes"
    ]
)
_ONLY_SPANISH = _SPANISH - _ENGLISH - _SHARED
_ONLY_ENGLISH = _ENGLISH - _SPANISH - _SHARED
_WORD = re.compile(r"[a-z]+")
_MARKS = re.compile(r"[\u00bf\u00a1\u00f1\u00d1]|[\u00e1\u00e9\u00ed\u00f3\u00fa]", re.IGNORECASE)
_LONG_ENOUGH = 4
_NEARLY_SURE = 0.95


def find_language(text: Text) -> Language:
    """Return the language of *text*; English when nothing tells."""
    words = [word for word in _WORD.findall(text.plain) if len(word) > 1 or word in "aiyo"]
    spanish = sum(map(_ONLY_SPANISH.__contains__, words))
    english = sum(map(_ONLY_ENGLISH.__contains__, words))
    if _MARKS.search(text.raw):
        spanish += 1
    if spanish == english == 0:
        return _detected(text.raw) if len(words) >= _LONG_ENOUGH else Language.EN
    if spanish >= english:
        return Language.ES
    if spanish >= _LONG_ENOUGH and spanish * 2 >= english:
        return Language.ES
    return Language.EN


def _detected(raw: str) -> Language:
    """Spanish where that is nearly sure: most of what has no small word is a name or an address."""
    written = raw.encode(errors="replace").decode()  # half a pair of code units is no character
    spanish = read_detector().compute_language_confidence(written, LinguaLanguage.SPANISH)
    return Language.ES if spanish >= _NEARLY_SURE else Language.EN


@cache
def read_detector() -> LanguageDetector:
    """Read the detector of runs of three letters, once.  From `_NEARLY_SURE` on it is right as often as with runs of up to five,
    which take two seconds and eighty megabytes to begin with."""
    detector = LanguageDetectorBuilder.from_languages(LinguaLanguage.ENGLISH, LinguaLanguage.SPANISH)
    return detector.with_low_accuracy_mode().with_preloaded_language_models().build()
