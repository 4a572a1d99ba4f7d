"""What is still wanted by a message that turns something else down: "not selling after all, but we do want to buy".

The words that decline weigh against every wish of the message they stand in.  So the parts that decline nothing are
read once more by themselves, each as a message of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.courtesy import find_courtesy
from ghl_real_estate_ai.understanding.model import Found, Intent, Span
from ghl_real_estate_ai.understanding.parts import parts_of
from ghl_real_estate_ai.understanding.text import Text, read

STILL_WANTED_FROM = 0.6
"""A wish told beside a refusal counts from here on: a fragment says less than a sentence."""

FindWishes = Callable[[Text], Iterable[Found[Intent]]]


def wishes_beside_a_refusal(text: Text, language: Language, find_wishes: FindWishes) -> list[Found[Intent]]:
    """Return the wishes that *find_wishes* finds in what is left of *text* without the parts that decline something."""
    parts = list(parts_of(text.raw))
    left = [part for part in parts if not _declines(text.raw[part.start : part.end], language)]
    if len(left) == len(parts):
        return []
    return [
        replace(found, span=Span(part.start + found.span.start, part.start + found.span.end))
        for part in _joined(left, text.raw)
        for found in find_wishes(read(text.raw[part.start : part.end]))
        if found.confidence >= STILL_WANTED_FROM
    ]


def _declines(part: str, language: Language) -> bool:
    return any(found.label is Intent.NOT_INTERESTED for found in find_courtesy(read(part), language))


def _joined(parts: list[Span], raw: str) -> list[Span]:
    """The same parts, those that follow one another in *raw* as one."""
    runs: list[Span] = []
    for part in parts:
        if runs and not _says_something(raw[runs[-1].end : part.start]):
            runs[-1] = Span(runs[-1].start, part.end)
        else:
            runs.append(part)
    return runs


def _says_something(between: str) -> bool:
    return any(char.isalnum() for char in between)
