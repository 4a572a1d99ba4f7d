"""Which stretch of a message says when to meet, if any: what `choice` sees of each stretch that could.

How far a stretch reaches is told by its edges and by what it leaves out beside it; whether it is wished, by the words
around it, by what was asked, and by what the hand rules find of meeting, moving and calling off.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise, takewhile
from typing import NamedTuple

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.choice import Chooser, read_choosers
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
    chooser = read_choosers()[KIND]
    choice = chooser.best_of(scores(times, context, wanted, chooser))
    return times.stretches[choice.at] if choice else None


def scores(times: Times, context: MessageContext, wanted: Sequence[str], chooser: Chooser) -> list[int]:
    """What *chooser* learned of the features of each stretch of *times*, in its steps."""
    seen = _Seen(times, context, wanted)
    return [seen.score(stretch, chooser) for stretch in times.stretches]


def readings(times: Times, context: MessageContext, wanted: Sequence[str]) -> list[list[str]]:
    """The features of each stretch of *times*."""
    seen = _Seen(times, context, wanted)
    return [[feature for part in seen.parts(stretch) for feature in part] for stretch in times.stretches]


class _Beside(NamedTuple):
    """One edge of a stretch and what stands beyond it."""

    features: list[str]
    sentence: list[str]
    """The words up to the edge of the sentence."""
    units: int
    """How many units of time are left out there."""


class _Seen:
    """A message as the stretches see it."""

    def __init__(self, times: Times, context: MessageContext, wanted: Sequence[str]) -> None:
        self.times = times
        self.context = context
        self.wanted = wanted
        self.words = [_form(token.word) for token in times.tokens]
        self.outer = list(self.words)
        self.said: dict[tuple[int, int], list[str]] = {}
        self.summed: dict[int, int] = {}
        self.befores: dict[int, _Beside] = {}
        self.afters: dict[int, _Beside] = {}
        self.begun: dict[int, Unit] = {}
        for unit in times.units:
            self.begun[unit.first] = unit
            self.outer[unit.first : unit.last + 1] = [f"<{unit.kind}>"] * (unit.last + 1 - unit.first)

    def parts(self, stretch: Stretch) -> tuple[list[str], ...]:
        """The features of *stretch*: those that it shares with others, each list the same for all of them, and its own.

        No feature stands in two of the lists.
        """
        before, after = self._before(stretch.first), self._after(stretch.last)
        own = [
            *self._inside(stretch),
            f"alone {not before.sentence} {not after.sentence}",
            f"leaves {min(before.units + after.units, 4)}",
        ]
        said = self._said(stretch.first - len(before.sentence), stretch.last + len(after.sentence))
        return self.message, before.features, after.features, said, own

    def score(self, stretch: Stretch, chooser: Chooser) -> int:
        """What *chooser* learned of the features of *stretch*; of those that it shares, this is summed once."""
        *shared, own = self.parts(stretch)
        total = chooser.score(own)
        for part in shared:
            if (score := self.summed.get(id(part))) is None:
                score = self.summed[id(part)] = chooser.score(part)
            total += score
        return total

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

    def _before(self, first: int) -> _Beside:
        """How a stretch begins at *first*, and what stands before it, which all that begin there share."""
        if (known := self.befores.get(first)) is None:
            word, outer, before = self.words[first], self.outer[first], self._outside(first - 1)
            features = [
                f"after {before}",
                f"after {self._outside(first - 2)} {before}",
                f"begins {word}",
                f"begins {outer}",
                f"after {before} begins {outer}",
                f"after {before} begins {word}",
            ]
            units = [unit.kind for unit in self.times.units if unit.last < first]
            known = self.befores[first] = self._beside("before", range(first - 1, -1, -1), features, units)
        return known

    def _after(self, last: int) -> _Beside:
        """How a stretch ends at *last*, and what stands after it, which all that end there share."""
        if (known := self.afters.get(last)) is None:
            word, outer, after = self.words[last], self.outer[last], self._outside(last + 1)
            features = [
                f"before {after}",
                f"before {after} {self._outside(last + 2)}",
                f"ends {word}",
                f"ends {outer}",
                f"ends {outer} before {after}",
                f"ends {word} before {after}",
            ]
            units = [unit.kind for unit in self.times.units if unit.first > last]
            known = self.afters[last] = self._beside("after", range(last + 1, len(self.outer)), features, units)
        return known

    def _beside(self, side: str, places: range, features: list[str], units: list[str]) -> _Beside:
        """*features* with the words at *places* in the same sentence, and the *units* that are left out there."""
        sentence = self._sentence(places)
        for word in sentence[:_NEAR]:
            features.append(f"near {side} {word}")
            if (of_class := _class(word)) != word:
                features.append(f"near {side} {of_class}")
        features += [f"leaves {side} {kind}" for kind in units]
        return _Beside(features, sentence, len(units))

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
