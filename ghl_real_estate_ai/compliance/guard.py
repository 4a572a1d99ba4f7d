"""A draft in, a verdict on its words out: send it, say something else, or say nothing; pure.

It works clause by clause: what only sounds alike is taken out, a clause that declines to speak of something may name
it, and of the rest the wordings of each rule in guard_rules.py are looked for.  A sentence that breaks a rule is
replaced by the one that may be said in its place, and the others stay, so that the question is still asked.  Where no
family matches, a trained judge (guard_judge.py) says whether a sentence is very much like those that break a rule, and
like those of which.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from ghl_real_estate_ai.compliance.guard_judge import read_judge
from ghl_real_estate_ai.compliance.guard_rules import ASIDE, RULES, GuardRule, resembling
from ghl_real_estate_ai.compliance.guard_terms import (
    CONDITION,
    HARMLESS,
    NAMED_PERSON,
    NAMED_PLACE,
    NEGATES,
    REFUSES,
    WINKS,
)
from ghl_real_estate_ai.compliance.model import Rewrite, Rule, Send, Suppress, Verdict
from ghl_real_estate_ai.conversation.model import Language

EMPTY = Rule("empty", "nothing to say")
FEWEST_WORDS = 3
"""Of fewer the judge cannot tell."""
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

Names = tuple[str, ...]


def guard(text: str, language: Language = Language.EN, own_names: Names = ()) -> Verdict:
    """Judge the words of *text*: neither its length nor its letters.  What a Rewrite says passes by itself.

    *own_names* are names of ours (of the business): Christian Realty may greet by its name.
    """
    if not text.strip():
        return Suppress((EMPTY,))
    if len(text) > MOST_JUDGED:
        return Suppress((OVERLONG,))
    broken = broken_rules(text, own_names)
    if not broken:
        return Send(text)
    names = tuple(one.rule for one in broken)
    return next(
        (
            Rewrite(mended, names)
            for mended in _mendings(text, broken, language, own_names)
            if not broken_rules(mended, own_names)
        ),
        Suppress(names),
    )


def may_say(text: str) -> bool:
    """Whether nothing in *text* breaks a rule."""
    return not broken_rules(text)


def broken_rules(text: str, own_names: Names = ()) -> tuple[GuardRule, ...]:
    """The rules that *text* breaks, each once, in the order of RULES."""
    nameless = _in_own_letters(_without(own_names, text))
    clauses = [clause for sentence in _SENTENCE_END.split(nameless) for clause in _clauses(sentence)]
    found = tuple(one for one in RULES if any(_breaks(clause, one) for clause in clauses))
    return found or _resembling(text, own_names)


def _resembling(text: str, own_names: Names) -> tuple[GuardRule, ...]:
    judge, ours = read_judge(), _said_instead()
    stopped = [one for one in sentences_to_judge(text, own_names) if one not in ours and judge.stops(one)]
    return (resembling(judge.nearest_rule(max(stopped, key=judge.probability))),) if stopped else ()


@cache
def _said_instead() -> frozenset[str]:
    """The sentences that the rules themselves put in the place of a draft's."""
    said = (ASIDE, *(one.instead for one in RULES if one.instead is not None))
    return frozenset(sentence for one in said for text in one.values() for sentence in sentences_to_judge(text))


def sentences_to_judge(text: str, own_names: Names = ()) -> list[str]:
    """The sentences of *text* as the trained judge reads them, without those that decline to speak of something."""
    sentences = [list(_clauses(one)) for one in _SENTENCE_END.split(_in_own_letters(_without(own_names, text)))]
    return [
        " ".join(words for words, _ in clauses)
        for clauses in sentences
        if not any(declines for _, declines in clauses)
        and sum(len(words.split()) for words, _ in clauses) >= FEWEST_WORDS
    ]


def _mendings(text: str, broken: tuple[GuardRule, ...], language: Language, own_names: Names) -> Iterator[str]:
    if any(one.instead is None for one in broken):
        return
    instead = [one.instead[language] for one in broken if one.instead is not None]
    sentences = [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence.strip()]
    yield " ".join(_replaced(sentences, language, own_names))
    questions = [one for one in sentences if one.endswith("?") and not broken_rules(one, own_names)]
    yield " ".join([instead[0], *questions[-1:]])
    yield instead[0]


def _replaced(sentences: list[str], language: Language, own_names: Names) -> list[str]:
    """The sentences with each that breaks a rule replaced, none said twice."""
    mended: list[str] = []
    for sentence in sentences:
        broken = broken_rules(sentence, own_names)
        says = broken[0].instead[language] if broken and broken[0].instead is not None else sentence
        if says not in mended:
            mended.append(says)
    return mended


def _without(own_names: Names, text: str) -> str:
    """*text* without names of ours; "the team" is none, having no capital."""
    for name in own_names:
        if name != name.lower():
            text = re.sub(re.escape(name), " somebody", text, flags=re.IGNORECASE)
    return text


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
    found = one.wordings.finditer(words)
    return any(not _is_negated(words[: match.start()], one.negation_reaches) for match in found)


def _is_negated(before: str, reach: int) -> bool:
    """Whether a negation stands at most *reach* words before."""
    negation = NEGATES.search(CONDITION.sub(" ", before)) if reach else None
    return negation is not None and len(negation["between"].split()) <= reach
