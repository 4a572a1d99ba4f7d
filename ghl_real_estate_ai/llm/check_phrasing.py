"""Whether what a model wrote says what was decided, and nothing else; pure.

The check is a closed world: a sentence may be made of the decided reply's words, of the facts the lead has just told,
of the words our own templates thank with, and of plain words.  A price, a name, a date, a promise, a claim to be human
or a piece of somebody's instructions needs a word from outside, so none of them has to be known beforehand.  What is
refused wrongly costs a wording; what is let through wrongly could cost the team its licence.
"""

import re
import unicodedata
from enum import StrEnum

from ghl_real_estate_ai.llm.model import Guard, PhrasingRequest
from ghl_real_estate_ai.llm.plain_words import FUNCTION_WORDS, NUMBER_WORDS, PLAIN_WORDS

MOST_CHARACTERS = 1000
"""An answer beyond this is not even looked at."""
SHARED_QUESTION_WORDS = 0.5
"""The least part of a question's own words that must be words this question is asked with."""


class Fault(StrEnum):
    """Why a phrasing is not said; kept as `error` of the call."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    MARKUP = "markup"
    GUARDED = "guarded"
    REPEATED = "repeated"
    QUESTION_LOST = "question_lost"
    MORE_QUESTIONS = "more_questions"
    NEW_NUMBER = "new_number"
    NEW_WORDS = "new_words"


_QUOTED = re.compile(r"^(?:\"(.*)\"|“(.*)”|'(.*)')$", re.DOTALL)
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'"})
_PLAIN_MARKS = frozenset(" .,!?¡¿'-:;$%/()\u2018\u2019\u2013\u2014")
_SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+|$)")
_NUMBER = re.compile(r"\$?\s?(\d[\d,]*(?:\.\d+)?)\s?(k|m|mil|thousand|million|millones|millón)?\b", re.IGNORECASE)
_TIMES = {"k": 1e3, "mil": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "millones": 1e6, "millón": 1e6}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def bare(text: str) -> str:
    """*text* without the space and the quotation marks that models put around an answer."""
    stripped = text.strip()
    quoted = _QUOTED.match(stripped)
    return next(part for part in quoted.groups() if part is not None).strip() if quoted else stripped


def fault_of(request: PhrasingRequest, text: str, guard: Guard) -> Fault | None:
    """Why *text* may not stand for the decided reply of *request*; None when it may."""
    if not text:
        return Fault.EMPTY
    if len(text) > MOST_CHARACTERS:
        return Fault.TOO_LONG
    if not all(_is_plain(char) for char in text):
        return Fault.MARKUP
    guarded = guard(text, request.language)
    if guarded.segments > request.most_segments:
        return Fault.TOO_LONG
    if guarded.broken:
        return Fault.GUARDED
    if _folded(text) in {_folded(said) for said in request.recent}:
        return Fault.REPEATED
    return _question_fault(request, text) or _fact_fault(request, text)


def words_of(text: str) -> tuple[str, ...]:
    """The words of *text* in lower case, with plain apostrophes; numbers are none."""
    plain = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).lower()
    return tuple(_WORD.findall(plain))


def _is_plain(char: str) -> bool:
    return char in _PLAIN_MARKS or unicodedata.category(char)[0] in "LM" or (char.isascii() and char.isdigit())


def _folded(text: str) -> str:
    return " ".join(words_of(text))


def _question_fault(request: PhrasingRequest, text: str) -> Fault | None:
    """The one question is at the end, asks for what was decided, and no other thing."""
    marks = text.count("?")
    if marks > 1 or text.count("¿") > 1:
        return Fault.MORE_QUESTIONS
    if marks == 0 or not text.endswith("?"):
        return Fault.QUESTION_LOST
    _, asking = _divided(text)
    if _folded(asking) == _folded(request.question):
        return None
    own = [word for word in words_of(asking) if word not in FUNCTION_WORDS[request.language]]
    vocabulary = request.vocabulary
    known = [word for word in own if word in vocabulary.question]
    # Other words than a template's may only be the plain ones: "and", "so", "what's".
    if not own or len(known) < SHARED_QUESTION_WORDS * len(own) or not set(own) & vocabulary.telling:
        return Fault.QUESTION_LOST
    return None


def _fact_fault(request: PhrasingRequest, text: str) -> Fault | None:
    """Nothing is stated that was not decided or told, and the question offers the same choices."""
    statement, asking = _divided(text)
    given = " ".join((request.statement, *request.facts))
    if not _numbers(statement) <= _numbers(given) or not _numbers(asking) <= _numbers(request.question):
        return Fault.NEW_NUMBER
    if not _numbers(request.question) <= _numbers(asking):
        # "Is it closer to 300k, 500k or 800k?" without one of its choices is another question.
        return Fault.QUESTION_LOST
    plain = PLAIN_WORDS[request.language] | frozenset(NUMBER_WORDS) | frozenset(_TIMES)
    stateable = plain | frozenset(words_of(given)) | request.vocabulary.statement
    askable = plain | frozenset(words_of(request.question)) | request.vocabulary.question
    askable |= FUNCTION_WORDS[request.language]
    is_new = set(words_of(statement)) - stateable or set(words_of(asking)) - askable
    return Fault.NEW_WORDS if is_new else None


def _divided(text: str) -> tuple[str, str]:
    """What is stated, and the last sentence."""
    if "¿" in text:
        statement, _, asking = text.rpartition("¿")
        return statement, asking
    sentences = [match.group(0) for match in _SENTENCE.finditer(text)]
    return "".join(sentences[:-1]), sentences[-1] if sentences else ""


def _numbers(text: str) -> frozenset[float]:
    """Every number in *text*, as digits or as a small word, in full: 385k, $385,000 and 385 mil are the same."""
    found = set()
    for digits, times in _NUMBER.findall(text):
        found.add(float(digits.replace(",", "")) * _TIMES.get(times.lower(), 1.0))
    found |= {NUMBER_WORDS[word] for word in words_of(text) if word in NUMBER_WORDS and word != "one"}
    return frozenset(found)
