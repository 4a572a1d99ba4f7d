"""Which stretch of a message says when to meet, if any: what `choice` sees of each stretch that could.

How far a stretch reaches is told by its edges and by what it leaves out beside it; whether it is wished, by the words
around it, by what was asked, and by what the hand rules find of meeting, moving and calling off.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise, takewhile

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.features import read_classes
from ghl_real_estate_ai.understanding.meeting_times import Stretch, Times, Unit
from ghl_real_estate_ai.understanding.model import MessageContext

KIND = "appointment"
_NEAR = 6
"""How many words before and after a stretch are looked at."""
_EDGE = "^"
_BREAKS = frozenset(".!?;\n")
_CLASSES = read_classes("word_classes.txt")


def choose_time(times: Times, context: MessageContext, wanted: Sequence[str]) -> Stretch | None:
    """Return the stretch of *times* that is the wished time, if one is; *wanted* is what the rules find of meeting."""
    choice = read_choosers()[KIND].choose(readings(times, context, wanted))
    return times.stretches[choice.at] if choice else None


def readings(times: Times, context: MessageContext, wanted: Sequence[str]) -> list[list[str]]:
    """The features of each stretch of *times*."""
    seen = _Seen(times, context, wanted)
    return [list(seen.of(stretch)) for stretch in times.stretches]


class _Seen:
    """A message as the stretches see it."""

    def __init__(self, times: Times, context: MessageContext, wanted: Sequence[str]) -> None:
        self.times = times
        self.context = context
        self.wanted = wanted
        self.words = [_form(token.word) for token in times.tokens]
        self.outer = list(self.words)
        self.said: dict[tuple[int, int], list[str]] = {}
        self.begun: dict[int, Unit] = {}
        for unit in times.units:
            self.begun[unit.first] = unit
            self.outer[unit.first : unit.last + 1] = [f"<{unit.kind}>"] * (unit.last + 1 - unit.first)

    def of(self, stretch: Stretch) -> Iterator[str]:
        yield from self.message
        yield from self._edges(stretch)
        yield from self._inside(stretch)
        yield from self._around(stretch)

    @cached_property
    def message(self) -> list[str]:
        """What holds of every stretch of the message."""
        asked = (
            "appointment" if self.context.asked is Slot.APPOINTMENT else "other" if self.context.asked else "nothing"
        )
        few = str(min(len(self.words) // 4, 5))
        found = ["any", f"asked {asked}", f"asked {asked}, {few}", f"bot {self.context.bot}"]
        found += [f"wants {label}" for label in self.wanted] or ["wants nothing"]
        found += [f"asked {asked}, wants {label}" for label in self.wanted] or [f"asked {asked}, wants nothing"]
        return found

    def _edges(self, stretch: Stretch) -> Iterator[str]:
        first, last, words, outer = stretch.first, stretch.last, self.words, self.outer
        before = self._outside(first - 1)
        after = self._outside(last + 1)
        yield f"after {before}"
        yield f"after {self._outside(first - 2)} {before}"
        yield f"before {after}"
        yield f"before {after} {self._outside(last + 2)}"
        yield f"begins {words[first]}"
        yield f"begins {outer[first]}"
        yield f"ends {words[last]}"
        yield f"ends {outer[last]}"
        yield f"after {before} begins {outer[first]}"
        yield f"after {before} begins {words[first]}"
        yield f"ends {outer[last]} before {after}"
        yield f"ends {words[last]} before {after}"

    def _inside(self, stretch: Stretch) -> Iterator[str]:
        units = stretch.units
        kinds = [unit.kind for unit in units]
        yield f"is {' '.join(kinds)}"
        yield f"units {min(len(units), 4)}"
        yield from (f"has {kind}" for kind in set(kinds))
        if self.context.asked is Slot.APPOINTMENT:
            yield f"asked is {' '.join(kinds)}"
        held = sum(unit.last - unit.first + 1 for unit in units)
        yield f"loose {min(stretch.last - stretch.first + 1 - held, 6)}"
        for one, two in pairwise(units):
            between = " ".join(self.words[one.last + 1 : two.first]) or "nothing"
            yield f"joins {between}"
            yield f"joins {one.kind} {between} {two.kind}"
        if not units:
            yield f"clause {self.words[stretch.first]}"
            yield f"clause {self.words[stretch.first]} {self.words[stretch.first + 1]}"
        if units and stretch.first < units[0].first:
            opening = " ".join(self.words[stretch.first : units[0].first])
            yield f"opens {opening}"
            yield f"opens {opening} {units[0].kind}"
        if units and units[-1].last < stretch.last:
            yield f"trails {min(stretch.last - units[-1].last, 4)}"

    def _around(self, stretch: Stretch) -> Iterator[str]:
        """The words before and after in the same sentence, and the units that are left out beside it."""
        before = self._sentence(range(stretch.first - 1, -1, -1))
        after = self._sentence(range(stretch.last + 1, len(self.outer)))
        yield from self._said(stretch.first - len(before), stretch.last + len(after))
        for side, words in (("before", before), ("after", after)):
            for word in words[:_NEAR]:
                yield f"near {side} {word}"
                if (of_class := _class(word)) != word:
                    yield f"near {side} {of_class}"
        yield f"alone {not before} {not after}"
        earlier = [unit.kind for unit in self.times.units if unit.last < stretch.first]
        later = [unit.kind for unit in self.times.units if unit.first > stretch.last]
        yield f"leaves {min(len(earlier) + len(later), 4)}"
        yield from (f"leaves before {kind}" for kind in earlier)
        yield from (f"leaves after {kind}" for kind in later)

    def _said(self, first: int, last: int) -> list[str]:
        """What is said in [first, last], which stretches of one sentence share."""
        if (said := self.said.get((first, last))) is None:
            words = {_class(word) for word in self.outer[first : last + 1]}
            said = [f"says {word}" for word in words if word.isalpha() or word[0] == "<"]
            self.said[first, last] = said
        return said

    def _sentence(self, places: range) -> list[str]:
        """The words at *places* up to the end of the sentence."""
        return list(takewhile(lambda word: word not in _BREAKS, (self.outer[at] for at in places)))

    def _outside(self, at: int) -> str:
        return self.outer[at] if 0 <= at < len(self.outer) else _EDGE


def _form(word: str) -> str:
    return "#" * min(len(word), 5) if word[0].isdigit() else word


def _class(word: str) -> str:
    return _CLASSES.get(word, word)
