"""What stands around a piece of a message, in the words that a choice among readings is learned from."""

import re
from collections.abc import Iterator, Sequence

from ghl_real_estate_ai.conversation.model import Bot
from ghl_real_estate_ai.understanding.features import read_classes
from ghl_real_estate_ai.understanding.model import Intent, MessageContext

_CLASSES = read_classes("word_classes.txt")
_WORD = re.compile(r"[a-z]+|[\d.,$/]*\d|[^\w\s]|\n")
_NEAR = 6
"""How many words on either side are looked at."""
_FAR = 70
"""How many characters hold that many words."""


def side_of(context: MessageContext, intents: frozenset[Intent]) -> str:
    """Whether the writer looks for a home, parts with one, both or neither, as far as is known."""
    buys = bool(intents & {Intent.BUY, Intent.RENT}) or context.bot is Bot.BUYER
    sells = bool(intents & {Intent.SELL, Intent.VALUATION}) or context.bot is Bot.SELLER
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
