"""Which features were learned of, and in which row of the weights each stands.

Most of them are runs of words, a quarter of a million.  Here a run is the numbers of its words joined to one number, so that
the runs of a message are looked up without being spelled out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain, compress, count, repeat

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.understanding.features import (
    BY_NAME,
    LETTERS,
    NOWHERE,
    Features,
    Marks,
    Place,
    letter_runs,
)

_BITS = 20
_MOST_WORDS = (1 << _BITS) - 2
_UNKNOWN = (1 << _BITS) - 1
"""The number of every word that was not learned of; no run that was has it."""
_UNKNOWN_ROW = -1
_WORDS_REMEMBERED = 8192


class Vocabulary:
    """The features that were learned of: *names* have the first rows, and *joined* runs of *words* those after them."""

    def __init__(self, names: Sequence[str], words: Sequence[str], joined: Sequence[int]) -> None:
        self.names, self.words, self.joined = names, words, joined
        self._rows = {name: row for row, name in enumerate(names)}
        self._numbers = _numbers_of(words)
        begin, end, gap, deny = map(self._number, (BY_NAME.begin, BY_NAME.end, BY_NAME.gap, BY_NAME.deny))
        self._marks = Marks(begin, end, gap, deny, _joined)
        self._rows_of_runs = dict(zip(joined, count(len(names)), strict=False))
        self._rows_of_runs |= {self._number(word): self._rows[word] for word in words if word in self._rows}
        self._rows_of_letters = lru_cache(_WORDS_REMEMBERED)(self._look_up_letters)

    def __len__(self) -> int:
        return len(self.names) + len(self.joined)

    def look_up(self, features: Features) -> "LookedUp":
        """Return the rows of those of *features* that were learned of."""
        words, classed = self._numbered(features.words), self._numbered(features.classed)
        runs = features.runs(words, classed, self._marks)
        return LookedUp(
            features,
            [self._rows.get(name, _UNKNOWN_ROW) for name, _ in features.told],
            [*map(self._rows_of_runs.get, runs, repeat(_UNKNOWN_ROW))],
            [*map(self._rows_of_letters, features.words)],
        )

    def _numbered(self, words: Iterable[str]) -> list[int]:
        return [*map(self._numbers.get, words, repeat(_UNKNOWN))]

    def _number(self, word: str) -> int:
        return self._numbers.get(word, _UNKNOWN)

    def _look_up_letters(self, word: str) -> tuple[int, ...]:
        return tuple(self._rows[letters] for letters in letter_runs(word) if letters in self._rows)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The features of a message and their rows, `_UNKNOWN_ROW` where one was not learned of."""

    features: Features
    told: Sequence[int]
    runs: Sequence[int]
    letters: Sequence[Sequence[int]]
    """Of each word, and of those that were learned of."""

    def rows(self) -> NDArray[np.intp]:
        """The rows, each once."""
        rows = {*self.told, *self.runs}
        rows.update(*self.letters)
        rows.discard(_UNKNOWN_ROW)
        return np.array(list(rows), dtype=np.intp)

    def placed(self) -> tuple[NDArray[np.intp], list[Place]]:
        """The rows of the features that stand somewhere, and where each does; a row as often as its feature is met."""
        rows = [*self.told, *self.runs, *chain.from_iterable(self.letters)]
        places = [
            *(place for _, place in self.features.told),
            *self.features.places_of_runs(),
            *chain.from_iterable(map(repeat, self.features.places, map(len, self.letters))),
        ]
        stands = [row != _UNKNOWN_ROW and place != NOWHERE for row, place in zip(rows, places, strict=True)]
        return np.array([*compress(rows, stands)], dtype=np.intp), [*compress(places, stands)]


def vocabulary_of(names: Sequence[str]) -> tuple[Vocabulary, list[int]]:
    """Return the vocabulary that has *names*, and for each of its rows which of *names* has it.

    Raises:
        ValueError: there are too many words in *names*.
    """
    runs_at = [at for at, name in enumerate(names) if _is_run(name)]
    others_at = [at for at, name in enumerate(names) if not _is_run(name)]
    of_words = (name for name in names if "=" not in name and not name.startswith(LETTERS))
    words = sorted({word for name in of_words for word in name.split(" ")})
    numbers = _numbers_of(words)
    joined = [_number_of_run(numbers, names[at]) for at in runs_at]
    return Vocabulary([names[at] for at in others_at], words, joined), [*others_at, *runs_at]


def _is_run(name: str) -> bool:
    """Whether a feature is a run of several words; names that say what was asked or found have an = in them."""
    return " " in name and "=" not in name


def _number_of_run(numbers: Mapping[str, int], run: str) -> int:
    return reduce(lambda before, word: _joined([before], [numbers[word]])[0], run.split(" "), 0)


def _numbers_of(words: Sequence[str]) -> dict[str, int]:
    if len(words) > _MOST_WORDS:
        raise ValueError(f"{len(words)} words are more than can be numbered, {_MOST_WORDS}")
    return {word: at for at, word in enumerate(words, start=1)}


def _joined(ones: Iterable[int], others: Iterable[int]) -> list[int]:
    return [one << _BITS | other for one, other in zip(ones, others, strict=False)]
