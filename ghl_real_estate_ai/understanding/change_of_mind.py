"""What is still wanted by a message that turns something else down: "not selling after all, but we do want to buy".

The words that decline weigh against every wish of the message they stand in.  So the parts that decline nothing are
read once more by themselves, each as a message of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding.courtesy import find_courtesy
from ghl_real_estate_ai.understanding.model import Found, Intent, Span
from ghl_real_estate_ai.understanding.text import Text, read

STILL_WANTED_FROM = 0.6
"""A wish told beside a refusal counts from here on: a fragment says less than a sentence."""
_PART_ENDS = re.compile(r"[.!?;,\n]+\s*|\s+(?=(?:but|pero|though|sino)\b)", re.IGNORECASE)

FindWishes = Callable[[Text], Iterable[Found[Intent]]]


def wishes_beside_a_refusal(text: Text, language: Language, find_wishes: FindWishes) -> list[Found[Intent]]:
    """Return the wishes that *find_wishes* finds in what is left of *text* without the parts that decline something."""
    parts = list(_parts(text.raw))
    left = [(start, end) for start, end in parts if not _declines(text.raw[start:end], language)]
    if len(left) == len(parts):
        return []
    return [
        replace(found, span=Span(start + found.span.start, start + found.span.end))
        for start, end in _joined(left, text.raw)
        for found in find_wishes(read(text.raw[start:end]))
        if found.confidence >= STILL_WANTED_FROM
    ]


def _parts(raw: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in [*(found.span() for found in _PART_ENDS.finditer(raw)), (len(raw), len(raw))]:
        if raw[start : cut[0]].strip():
            yield start, cut[0]
        start = cut[1]


def _declines(part: str, language: Language) -> bool:
    return any(found.label is Intent.NOT_INTERESTED for found in find_courtesy(read(part), language))


def _joined(parts: list[tuple[int, int]], raw: str) -> list[tuple[int, int]]:
    """The same parts, those that follow one another in *raw* as one."""
    runs: list[tuple[int, int]] = []
    for start, end in parts:
        if runs and not _says_something(raw[runs[-1][1] : start]):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _says_something(between: str) -> bool:
    return any(char.isalnum() for char in between)
