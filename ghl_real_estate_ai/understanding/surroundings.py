"""What stands around a piece of a message, in the words that a choice among readings is learned from."""

import re
from collections.abc import Iterator, Sequence

from ghl_real_estate_ai.conversation.model import Bot
from ghl_real_estate_ai.understanding.features import read_classes
from ghl_real_estate_ai.understanding.model import Intent, MessageContext

_OF_A_SIDE = re.compile(
    r"(?P<sells>\b(?:sell\w*|list(?:ed|ing)?|mine|ours|our (?:house|home|place|condo)|my (?:house|home|place|condo))\b"
    r"|\b(?:worth|asking|owe|vend\w+|la mia|la nuestra|vale|debo|debemos|get for)\b)"
    r"|(?P<buys>\b(?:buy\w*|budget|looking|purchas\w*|spend\w*|compr\w+|busc\w+|find|something|next|new one|wants? an?)\b"
    r"|\b(?:need an?|no more than|\d ?bed\w*|\d/\d|bigger|smaller|upgrade|under|up to|max|then)\b)"
)
CORRECTED = re.compile(
    r"\b(?:actually|no wait|wait|i mean|meant|make (?:it|that)|scratch|ignore|correction|sorry|change (?:it|that) to|digo"
    r"|perdon|quise decir|mas bien|mejor (?:dicho|pon|ponle|que sea)|corrijo)\b"
)
"""How somebody takes back what they said a moment ago."""
_BUYS = frozenset({Intent.BUY, Intent.INVEST})
_LOOKS = frozenset({Intent.BUY, Intent.RENT})
_SELLS = frozenset({Intent.SELL, Intent.VALUATION})

_CLASSES = read_classes("word_classes.txt")
_WORD = re.compile(r"[a-z]+|[\d.,$/]*\d|[^\w\s]|\n")
_NEAR = 6
"""How many words on either side are looked at."""
_FAR = 70
"""How many characters hold that many words."""


def side_of(context: MessageContext, intents: frozenset[Intent]) -> str:
    """Whether the writer looks for a home, parts with one, both or neither, as far as is known."""
    buys = bool(intents & _LOOKS) or context.bot is Bot.BUYER
    sells = bool(intents & _SELLS) or context.bot is Bot.SELLER
    return "both" if buys and sells else "buys" if buys else "sells" if sells else "neither"


def of_message(plain: str, context: MessageContext, intents: frozenset[Intent]) -> Iterator[str]:
    """What holds wherever in the message one looks: the question, the wishes, the words."""
    yield from of_question(context, intents)
    yield f"length {min(len(plain) // 25, 6)}"
    yield from {f"says {class_of(word)}" for word in words_of(plain)}


def of_question(context: MessageContext, intents: frozenset[Intent]) -> Iterator[str]:
    """What was asked, and what the writer wishes."""
    yield "any"
    yield f"asked {context.asked or 'nothing'}"
    yield f"bot {context.bot or 'none'}"
    yield f"side {side_of(context, intents)}"
    yield from (f"wants {intent}" for intent in intents)


def around(plain: str, start: int, end: int) -> Iterator[str]:
    """The words before and after [start, end) of *plain*."""
    yield from _beside("after", words_of(plain[max(0, start - _FAR) : start])[::-1])
    yield from _beside("before", words_of(plain[end : end + _FAR]))


def _beside(side: str, words: Sequence[str]) -> Iterator[str]:
    """The words next to it on one *side*, and those farther off."""
    first, second = [*words[:2], "^", "^"][:2]
    yield f"{side} {first}"
    yield f"{side} {first} {second}"
    yield f"{side} {class_of(first)} {class_of(second)}"
    yield from (f"near {side} {class_of(word)}" for word in words[:_NEAR])


def words_of(plain: str) -> list[str]:
    return ["#" if word[-1].isdigit() else word for word in _WORD.findall(plain)]


def class_of(word: str) -> str:
    return _CLASSES.get(word, word)


def of_one_side(plain: str, start: int, intents: frozenset[Intent]) -> frozenset[Intent]:
    """The *intents* of whoever sells and buys without those of the side that was not last spoken of before *start*."""
    spoken = last_side(plain, start)
    if spoken == "neither" or not intents & _BUYS or not intents & _SELLS:
        return intents
    return intents - (_BUYS if spoken == "sells" else _SELLS)


def last_side(plain: str, start: int) -> str:
    """Whether selling or buying was last spoken of before *start*, if either was."""
    spoken = [found.lastgroup for found in _OF_A_SIDE.finditer(plain, 0, start)]
    return spoken[-1] or "neither" if spoken else "neither"
