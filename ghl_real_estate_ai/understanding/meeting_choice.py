"""Which stretch of a message says when to meet, if any: what `choice` sees of each stretch that could.

How far a stretch reaches is told by its edges and by what it leaves out beside it; whether it is wished, by the words
around it, by what was asked, and by what the hand rules find of meeting, moving and calling off.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.choice import Chooser, read_choosers
from ghl_real_estate_ai.understanding.features import read_classes
from ghl_real_estate_ai.understanding.meeting_times import Stretch, Times
from ghl_real_estate_ai.understanding.model import MessageContext

KIND = "appointment"
_NEAR = 6
"""How many words before and after a stretch are looked at."""
_EDGE = "^"
_BREAKS = frozenset(".!?;\n")
_CLASSES = read_classes("word_classes.txt")


def choose_time(times: Times, context: MessageContext, wanted: Sequence[str]) -> Stretch | None:
    """Return the stretch of *times* that is the wished time, if one is; *wanted* is what the rules find of meeting."""
    if not times.stretches:
        return None
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
    words: int
    """How many there are up to the edge of the sentence."""
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
        for unit in times.units:
            self.outer[unit.first : unit.last + 1] = [f"<{unit.kind}>"] * (unit.last + 1 - unit.first)
        self.classed = [_CLASSES.get(word, word) for word in self.outer]
        self.framed = [_EDGE, _EDGE, *self.outer, _EDGE, _EDGE]
        self.breaks = [-1, *(at for at, word in enumerate(self.outer) if word in _BREAKS), len(self.outer)]

    def parts(self, stretch: Stretch) -> tuple[list[str], ...]:
        """The features of *stretch*: those that it shares with others, each list the same for all of them, and its own.

        No feature stands in two of the lists.
        """
        before, after = self._before(stretch.first), self._after(stretch.last)
        own = [
            *self._inside(stretch),
            f"alone {not before.words} {not after.words}",
            f"leaves {min(before.units + after.units, 4)}",
        ]
        said = self._said(stretch.first - before.words, stretch.last + after.words)
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
            word, outer = self.words[first], self.outer[first]
            farther, before = self.framed[first : first + 2]
            features = [
                f"after {before}",
                f"after {farther} {before}",
                f"begins {word}",
                f"begins {outer}",
                f"after {before} begins {outer}",
                f"after {before} begins {word}",
            ]
            begins = self.breaks[bisect_left(self.breaks, first) - 1] + 1
            near = range(first - 1, max(begins, first - _NEAR) - 1, -1)
            units = [unit.kind for unit in self.times.units if unit.last < first]
            known = self.befores[first] = self._beside("before", near, features, first - begins, units)
        return known

    def _after(self, last: int) -> _Beside:
        """How a stretch ends at *last*, and what stands after it, which all that end there share."""
        if (known := self.afters.get(last)) is None:
            word, outer = self.words[last], self.outer[last]
            after, farther = self.framed[last + 3 : last + 5]
            features = [
                f"before {after}",
                f"before {after} {farther}",
                f"ends {word}",
                f"ends {outer}",
                f"ends {outer} before {after}",
                f"ends {word} before {after}",
            ]
            ended = self.breaks[bisect_right(self.breaks, last)]
            near = range(last + 1, min(ended, last + 1 + _NEAR))
            units = [unit.kind for unit in self.times.units if unit.first > last]
            known = self.afters[last] = self._beside("after", near, features, ended - last - 1, units)
        return known

    def _beside(self, side: str, near: range, features: list[str], words: int, units: list[str]) -> _Beside:
        """*features* with the words *near* in the same sentence, of which it has so many *words* there, and the *units* that
        are left out."""
        for at in near:
            word, of_class = self.outer[at], self.classed[at]
            features.append(f"near {side} {word}")
            if of_class != word:
                features.append(f"near {side} {of_class}")
        features += [f"leaves {side} {kind}" for kind in units]
        return _Beside(features, words, len(units))

    def _inside(self, stretch: Stretch) -> list[str]:
        units = stretch.units
        kinds = [unit.kind for unit in units]
        together = " ".join(kinds)
        found = [f"is {together}", f"units {min(len(units), 4)}", *(f"has {kind}" for kind in set(kinds))]
        if self.context.asked is Slot.APPOINTMENT:
            found.append(f"asked is {together}")
        held = sum([unit.last - unit.first + 1 for unit in units])
        found.append(f"loose {min(stretch.last - stretch.first + 1 - held, 6)}")
        if not units:
            word, following = self.words[stretch.first : stretch.first + 2]
            return [*found, f"clause {word}", f"clause {word} {following}"]
        for one, two in pairwise(units):
            between = " ".join(self.words[one.last + 1 : two.first]) or "nothing"
            found += [f"joins {between}", f"joins {one.kind} {between} {two.kind}"]
        if stretch.first < units[0].first:
            opening = " ".join(self.words[stretch.first : units[0].first])
            found += [f"opens {opening}", f"opens {opening} {units[0].kind}"]
        if units[-1].last < stretch.last:
            found.append(f"trails {min(stretch.last - units[-1].last, 4)}")
        return found

    def _said(self, first: int, last: int) -> list[str]:
        """What is said in [first, last], which stretches of one sentence share."""
        if (said := self.said.get((first, last))) is None:
            words = set(self.classed[first : last + 1])
            said = [f"says {word}" for word in words if word.isalpha() or word[0] == "<"]
            self.said[first, last] = said
        return said


def _form(word: str) -> str:
    return "#" * min(len(word), 5) if word[0].isdigit() else word
