"""Rules over the plain text: a pattern is evidence of a label, and independent evidence adds up.

The confidence of a label is the noisy-or of the weights of its rules that match, 1 - (1-a)(1-b)..., so "I want to
buy a house" and "$500k budget" together weigh more than either, and no heap of hints passes 1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from ghl_real_estate_ai.understanding.model import Found, Label, Span
from ghl_real_estate_ai.understanding.number_words import AMBIGUOUS, ENGLISH, ONE_OF_A_KIND, SPANISH, any_word, up_to
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text

REPORTED_FROM = 0.5
"""A label below this confidence is not reported."""

MACROS = {
    "HOME": r"(?:houses?|homes?|place|property|properties|condos?|townhouses?|townhomes?|duplex(?:es)?|casas?|apartments?"
    r"|house|mobile home|ranch|land|lot|unit|cabin|villa|sfrs?|bungalow|starter home|fixer(?: ?upper)?|residence"
    r"|(?:tri|four|quad)plex(?:es)?|multi ?family(?: homes?)?|brownstone|chalet|fourplex|[34] ?plex|manufactured home|penthouse|loft|farm|acreage)",
    "MY": r"(?:my|our|the|this|that|his|her|their|moms?|dads?|a)",
    "SPOUSE": r"(?:wife|husband|spouse|partner|fiancee?|girlfriend|boyfriend|gf|other half|better half|old lady|old man)",
    "KIN": r"(?:wife|husband|spouse|partner|fiancee?|girlfriend|boyfriend|other half|better half|family|kids?|sons?"
    r"|daughters?|parents?|folks|mom|mother|dad|father|brothers?|sisters?|siblings?|cousins?|aunt|uncle|in laws?"
    r"|mother in law|father in law|lawyer|attorney|accountant|cpa|co ?owner|ex|business partner|trustee)",
    "ESKIN": r"(?:esposa|esposo|marido|mujer|senora|senor|familia|hermanos?|hermanas?|mama|papa|padres?|hijos?|hijas?"
    r"|pareja|viejo|vieja|suegr[oa]s?|socio|abogado|novi[oa])",
    "NUM": rf"(?:\d+(?:\.\d+)?|{any_word(up_to(12, ENGLISH, SPANISH, ONE_OF_A_KIND).keys() - AMBIGUOUS)})",
    "WANT": r"(?:want(?:s|ing|ed)?|need(?:s|ing)?|looking|hoping|trying|planning|ready|like|love|have|considering|plan"
    r"|decided|going|interested|thinking|about|prefer|got|wish|try|look|hope|intend|aiming|intending|deciding)",
    "DONT": r"(?:dont|do nt|doesnt|didnt|not|never|no longer|arent|isnt|aint|wasnt|wont|wouldnt|cant|couldnt|shouldnt)",
}
_MACRO = re.compile(r"<([A-Z]+)>")

_NEGATION_BEFORE = re.compile(
    r"(?:\b(?:not|dont|doesnt|didnt|never|no longer|arent|isnt|aint|wasnt|wont|wouldnt|cant|no|nunca|jamas|tampoco|ni"
    r"|without|sin|nor|neither|hardly|stopped|havent|hasnt|werent)\b)"
    r"(?:\s+(?:really|even|ever|actually|currently|yet|going|to|looking|trying|want|wanting|be|planning|thinking|about|of"
    r"|in|any|a|an|the|my|our|ready|interested|quite|gonna|that|quiero|queremos|voy|vamos|pienso|estoy|estamos|me|nos"
    r"|busco|buscamos|interesa|need|have|considering|like|at all|for|some|much|major|got|all|just|necesit\w+|need|tengo"
    r"|tenemos|hay|a lot of|is|are|been|exactly|totally|completely|fully|so|very|too|it|up|way|we|i|would|will|get|getting|ever)){0,6}\s*$"
)
_BREAK = re.compile(r"[.!?;\n]|,\s|\b(?:but|pero|so|because|porque|though|aunque|and then)\b")


def pattern(expression: str) -> re.Pattern[str]:
    """Compile *expression* as whole words over plain text, with the `<MACROS>` written out."""
    return re.compile(rf"\b(?:{expanded(expression)})(?:(?<=\w)(?!\w)|(?<!\w))", re.ASCII)


def loose(expression: str) -> re.Pattern[str]:
    """Compile *expression* without word edges, with the `<MACROS>` written out."""
    return re.compile(expanded(expression), re.ASCII)


def expanded(expression: str) -> str:
    return _MACRO.sub(lambda found: MACROS[found.group(1)], expression)


def is_negated(plain: str, at: int) -> bool:
    """Whether the words just before *at*, within its clause, deny what follows."""
    clause = _BREAK.split(plain[max(0, at - 60) : at])[-1]
    return _NEGATION_BEFORE.search(clause) is not None


@dataclass(frozen=True, slots=True)
class Rule(Generic[Label]):
    """A pattern that is evidence of *label* with *weight*; unless *fixed*, a negation before it voids it."""

    label: Label
    weight: float
    pattern: re.Pattern[str]
    fixed: bool = True

    def first_of(self, matches: Iterator[re.Match[str]], plain: str) -> re.Match[str] | None:
        """Return the first of *matches* in *plain* that stands, if any."""
        return next((m for m in matches if self.fixed or not is_negated(plain, m.start())), None)


class Rules(Generic[Label]):
    """Rules that are tried together, in their order: of a text only those that could match it.

    They are made once, when their module is read, since the screen of the hand rules keeps them.
    """

    def __init__(self, rules: Iterable[Rule[Label]]) -> None:
        self.all: tuple[Rule[Label], ...] = tuple(rules)
        self._group = HAND_RULES.group(rule.pattern for rule in self.all)

    def near(self, plain: str) -> list[tuple[Rule[Label], Iterator[re.Match[str]]]]:
        """Every rule that could match *plain*, with its matches."""
        return [(self.all[at], matches) for at, matches in self._group.matches(plain)]


def evidence(text: Text, rules: Rules[Label]) -> list[Found[Label]]:
    """Return each rule of *rules* that matches *text*, as one piece of evidence."""
    return [
        Found(rule.label, rule.weight, text.span(*match.span()))
        for rule, matches in rules.near(text.plain)
        if (match := rule.first_of(matches, text.plain)) is not None
    ]


NEARLY_SURE = 0.999
"""The most that pieces of evidence come to together; only a keyword is certain."""


def weigh(pieces: Sequence[Found[Label]]) -> list[Found[Label]]:
    """Return one finding a label: the noisy-or of its pieces, with the span of the heaviest."""
    if not pieces:
        return []
    by_label: dict[Label, list[Found[Label]]] = {}
    for piece in pieces:
        by_label.setdefault(piece.label, []).append(piece)
    return [_joined(label, of_label) for label, of_label in by_label.items()]


def _joined(label: Label, pieces: list[Found[Label]]) -> Found[Label]:
    doubt = 1.0
    for piece in pieces:
        doubt *= 1.0 - piece.confidence
    heaviest = max(pieces, key=lambda piece: piece.confidence)
    return Found(label, min(round(1.0 - doubt, 3), NEARLY_SURE), Span(heaviest.span.start, heaviest.span.end))
