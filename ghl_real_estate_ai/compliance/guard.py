"""A draft in, a verdict on its words out: send it, say something else, or say nothing; pure.

It works clause by clause: what only sounds alike is taken out, a clause that declines to speak of something may name
it, and of the rest each family of wordings in guard_rules.py is looked for.  A sentence that breaks a rule is
replaced by the one that may be said in its place, and the others stay, so that the question is still asked.
"""

import re
import unicodedata
from collections.abc import Iterator

from ghl_real_estate_ai.compliance.guard_rules import RULES, GuardRule
from ghl_real_estate_ai.compliance.guard_terms import (
    CONDITION,
    HARMLESS,
    NAMED_PERSON,
    NAMED_PLACE,
    NEGATES,
    POINTS,
    REFUSES,
    WINKS,
)
from ghl_real_estate_ai.compliance.model import Rewrite, Rule, Send, Suppress, Verdict
from ghl_real_estate_ai.conversation.model import Language

EMPTY = Rule("empty", "nothing to say")
MOST_JUDGED = 2000
"""A draft of ours is a text message; of a longer one nobody can say that it is harmless."""
OVERLONG = Rule("overlong", "longer than any text message of ours")

_SENTENCE_END = re.compile(
    r"(?<=[.!?;])(?<!\bst\.)(?<!\bdr\.)(?<!\bave\.)(?<!\bmr\.)(?<!\bu\.s\.)\s+|\n+", re.IGNORECASE
)
_CLAUSE_END = re.compile(
    r",?\s+(?:but|however|although|though|yet|except|pero|aunque|sin embargo|mas bien)\b|\s--?\s|\s*[;:]\s|\s*\((?=\w)"
)
_PLAIN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": " - ", "\u2026": "."}
)
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


def guard(text: str, language: Language = Language.EN) -> Verdict:
    """Judge the words of *text*: neither its length nor its letters.  What a Rewrite says passes by itself."""
    if not text.strip():
        return Suppress((EMPTY,))
    if len(text) > MOST_JUDGED:
        return Suppress((OVERLONG,))
    broken = broken_rules(text)
    if not broken:
        return Send(text)
    names = tuple(one.rule for one in broken)
    return next(
        (Rewrite(mended, names) for mended in _mendings(text, broken, language) if not broken_rules(mended)),
        Suppress(names),
    )


def may_say(text: str) -> bool:
    """Whether nothing in *text* breaks a rule."""
    return not broken_rules(text)


def broken_rules(text: str) -> tuple[GuardRule, ...]:
    """The rules that *text* breaks, each once, in the order of RULES."""
    clauses = [clause for sentence in _SENTENCE_END.split(_in_own_letters(text)) for clause in _clauses(sentence)]
    return tuple(one for one in RULES if any(_breaks(clause, one) for clause in clauses))


def _mendings(text: str, broken: tuple[GuardRule, ...], language: Language) -> Iterator[str]:
    if any(one.instead is None for one in broken):
        return
    instead = [one.instead[language] for one in broken if one.instead is not None]
    sentences = [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence.strip()]
    yield " ".join(_replaced(sentences, language))
    questions = [one for one in sentences if one.endswith("?") and not broken_rules(one)]
    yield " ".join([instead[0], *questions[-1:]])
    yield instead[0]


def _replaced(sentences: list[str], language: Language) -> list[str]:
    """The sentences with each that breaks a rule replaced, none said twice."""
    mended: list[str] = []
    for sentence in sentences:
        broken = broken_rules(sentence)
        says = broken[0].instead[language] if broken and broken[0].instead is not None else sentence
        if says not in mended:
            mended.append(says)
    return mended


def _in_own_letters(text: str) -> str:
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_PLAIN)
    return NAMED_PERSON.sub(" somebody", NAMED_PLACE.sub(" somewhere ", plain))


def _clauses(sentence: str) -> Iterator[tuple[str, bool]]:
    """The clauses of *sentence* as they are searched, each with whether it declines to speak of something."""
    folded = "".join(
        char for char in unicodedata.normalize("NFKD", sentence.lower()) if not unicodedata.combining(char)
    )
    folded = " ".join(folded.split())
    winks = bool(WINKS.search(folded))
    for clause in _CLAUSE_END.split(folded):
        declines = bool(REFUSES.search(clause)) and not winks
        yield HARMLESS.sub(" ~ ", clause).strip(), declines


def _breaks(clause: tuple[str, bool], one: GuardRule) -> bool:
    words, declines = clause
    if declines and one.yields_to_refusal:
        return False
    if one.loosely is not None and one.loosely.search(words) and not POINTS.search(words):
        return True
    found = one.wordings.finditer(words)
    return any(not _is_negated(words[: match.start()], one.negation_reaches) for match in found)


def _is_negated(before: str, reach: int) -> bool:
    """Whether a negation stands at most *reach* words before."""
    negation = NEGATES.search(CONDITION.sub(" ", before)) if reach else None
    return negation is not None and len(negation["between"].split()) <= reach
