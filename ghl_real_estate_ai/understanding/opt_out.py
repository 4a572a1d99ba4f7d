"""Whether a message asks for no more messages (opt-out), to have them back (opt-in), or is the HELP keyword.

The words the carriers and the FCC name count only when nothing but courtesy stands beside them ("cancel my
showing" is an appointment); any other wording counts when a reasonable person would take it so, which is why the
rules lean towards believing it.
"""

import re
from collections.abc import Sequence

from ghl_real_estate_ai.understanding.model import Found, Intent, Span
from ghl_real_estate_ai.understanding.phrases import one_of, read_phrases
from ghl_real_estate_ai.understanding.rules import Rules, evidence, weigh
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import WORD, Text, words_in
from ghl_real_estate_ai.understanding.wordings import read_wordings

_KEYWORDS = read_phrases("consent_keywords.txt")
OPT_OUT_WORDS = _KEYWORDS["opt-out words"]
"""Alone, in any case and punctuation, each of these is an opt-out."""
_COURTESY = _KEYWORDS["courtesy"]
_STRONG_COURTESY = frozenset(["all", "texting", "messaging", "everything", "it", "this", "these", "them"])
_WHOLE_AT_MOST = 6

_DOUBLED = re.compile(r"([a-z])\1+")
_CLAUSE = re.compile(r"[.!?,;:\n()\"\u2026]+|\s-+\s|\b(?:and|y|so|but|pero|asi que)\b")
_SHOUTED_WORDS = "STOP|STOPALL|UNSUBSCRIBE|S-T-O-P|S\\.T\\.O\\.P|S T O P"
_AFTER_A_SHOUT = one_of(
    "texting messaging calling it now please contacting sending three twice means on then like already and so the_texts"
)
_QUOTED = "[\"'\u201c](?:stop|Stop|STOP)[.!]?[\"'\u201d]"
_SHOUTED = re.compile(rf"(?<![A-Z] )\b(?:{_SHOUTED_WORDS})\b(?=\W*$|[.!?,;\n]|\s+{_AFTER_A_SHOUT}\b)|{_QUOTED}")
_NEEDED_BY_SHOUTS = ("STOP", "stop", "Stop", "UNSUBSCRIBE", "S-T-O-P", "S.T.O.P", "S T O P")
"""One of these is in whatever is `_SHOUTED`."""
_STANDALONE = frozenset(phrase.split()[0] for phrase in _KEYWORDS["clauses"] | _KEYWORDS["last words"])
"""With one of these begins every clause that is an opt-out by itself, courtesy left out."""
_STANDALONE_COURTESY = _COURTESY - {"me", "text", "texts", "message", "messages", "reply", "no"}

_WORDINGS = read_wordings("consent.txt", Intent)
_OPT_OUT_RULES = Rules(_WORDINGS.of(Intent.OPT_OUT))
_OPT_IN_RULES = Rules(_WORDINGS.of(Intent.OPT_IN))
_ANOTHER_SENSE = _WORDINGS.named["another sense"]
"""What makes the words of an opt-out mean something else: another channel, a question, what others were told."""
_STOP_AGAIN = _WORDINGS.named["stop again"]
_UNWANTED = _WORDINGS.named["unwanted"]
_SOMETHING_ELSE = HAND_RULES.one(_WORDINGS.named["something else"])


def find_consent(text: Text) -> list[Found[Intent]]:
    """Return opt-out, opt-in and help, whichever *text* says; an opt-out rules out the other two."""
    words = words_in(text.plain)
    whole = Span(0, len(text.raw))
    if _is_keyword(words, OPT_OUT_WORDS, _KEYWORDS["opt-out phrases"]) or _is_misspelt(words):
        return [Found(Intent.OPT_OUT, 1.0, whole)]
    if _is_keyword(words, _KEYWORDS["opt-in words"], _KEYWORDS["opt-in phrases"]):
        return [Found(Intent.OPT_IN, 1.0, whole)]
    if _is_help(words) and ("?" not in text.plain or len(words) == 1):
        return [Found(Intent.HELP, 1.0, whole)]
    return _find_in_sentences(text)


def speaks_of_something_else(text: Text) -> bool:
    """Whether *text* names a stop that one waits or halts at ("is there a bus stop"), wants something off a price, or more
    to be sent, none of which ends messages."""
    return _SOMETHING_ELSE.search(text.plain) is not None


def _is_keyword(words: Sequence[str], keywords: frozenset[str], phrases: frozenset[str]) -> bool:
    if not words or len(words) > _WHOLE_AT_MOST:
        return False
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words) in keywords
    said = [word for word in words if word not in _COURTESY]
    if not said:
        return False
    if len(said) == 1 and said[0] not in keywords and _DOUBLED.sub(r"\1", said[0]) in keywords:
        return True
    if " ".join(said) in phrases or " ".join(words) in phrases:
        return True
    named = [word for word in said if word in keywords]
    return bool(named) and all(word in keywords or word in _STRONG_COURTESY for word in said)


def _is_misspelt(words: Sequence[str]) -> bool:
    if len(words) > 3:
        return False
    said = [word for word in words if word not in _COURTESY]
    return len(said) == 1 and said[0] in _KEYWORDS["misspelt stop"]


def _is_help(words: Sequence[str]) -> bool:
    if _KEYWORDS["help words"].isdisjoint(words):
        return False
    said = [word for word in words if word not in _COURTESY]
    named = [word for word in said if word in _KEYWORDS["help words"]]
    if (
        not named
        or len(said) > 4
        or not all(word in _KEYWORDS["help words"] or word in _KEYWORDS["help side"] for word in said)
    ):
        return False
    return (
        len(said) == 1
        or len(named) > 1
        or any(word in _KEYWORDS["help side"] - {"need", "necesito", "for", "de"} for word in said)
    )


def _find_in_sentences(text: Text) -> list[Found[Intent]]:
    opt_in = evidence(text, _OPT_IN_RULES)
    if opt_in and _STOP_AGAIN.search(text.plain) is None and _UNWANTED.search(text.plain) is None:
        return weigh(opt_in)
    pieces = evidence(text, _OPT_OUT_RULES)
    if pieces and _ANOTHER_SENSE.search(text.plain):
        pieces = [Found(piece.label, round(piece.confidence * _DOUBTED, 3), piece.span) for piece in pieces]
    return weigh([*pieces, *_standalone_stops(text), *_shouted(text)])


_DOUBTED = 0.15
"""What is left of a rule's weight where the message gives its words another sense."""


def _standalone_stops(text: Text) -> list[Found[Intent]]:
    """A keyword that is a clause of its own."""
    found: list[Found[Intent]] = []
    if _STANDALONE.isdisjoint(words_in(text.plain)):
        return found
    start = 0
    for cut in [*(m.span() for m in _CLAUSE.finditer(text.plain)), (len(text.plain), len(text.plain))]:
        said = WORD.findall(text.plain[start : cut[0]])
        bare = [word for word in said if word not in _STANDALONE_COURTESY]
        words, kept = " ".join(said), " ".join(bare)
        ends = start == 0 or not WORD.search(text.plain, cut[1])
        if (
            words in _KEYWORDS["clauses"]
            or kept in _KEYWORDS["clauses"]
            or (ends and (words in _KEYWORDS["last words"] or kept in _KEYWORDS["last words"]))
        ):
            found.append(Found(Intent.OPT_OUT, 0.9, text.span(start, cut[0])))
        start = cut[1]
    return found


def _shouted(text: Text) -> list[Found[Intent]]:
    """A keyword that is shouted or quoted among other words."""
    shouted = _SHOUTED.search(text.raw) if any(map(text.raw.__contains__, _NEEDED_BY_SHOUTS)) else None
    return [Found(Intent.OPT_OUT, 0.8, Span(*shouted.span()))] if shouted else []
