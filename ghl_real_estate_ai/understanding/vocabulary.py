"""Which features were learned of, and in which row of the weights each stands.

Most of them are runs of words, a quarter of a million.  Here a run is the numbers of its words joined to one number, so that
the runs of a message are looked up without being spelled out.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import count

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.understanding.features import BY_NAME, LETTERS, Features, Marks, Place, letter_runs

_BITS = 20
_MOST_WORDS = (1 << _BITS) - 2
_UNKNOWN = (1 << _BITS) - 1
"""The number of every word that was not learned of; no run that was has it."""
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

    def rows(self, features: Features) -> NDArray[np.intp]:
        """The rows of those of *features* that were learned of, each once."""
        rows = {
            *map(self._rows_of_runs.get, self._runs(features)),
            *(self._rows.get(name) for name, _ in features.told),
        }
        rows.update(*map(self._rows_of_letters, features.words))
        rows.discard(None)
        return np.array(list(rows), dtype=np.intp)

    def placed(self, features: Features) -> dict[int, Place]:
        """The same rows, each with where its feature stands first."""
        listed = [
            *((self._rows.get(name), place) for name, place in features.told),
            *zip(map(self._rows_of_runs.get, self._runs(features)), features.places_of_runs(), strict=True),
            *(
                (row, place)
                for word, place in zip(features.words, features.places, strict=True)
                for row in self._rows_of_letters(word)
            ),
        ]
        return {row: place for row, place in reversed(listed) if row is not None}

    def _runs(self, features: Features) -> list[int]:
        words, classed = list(map(self._number, features.words)), list(map(self._number, features.classed))
        return features.runs(words, classed, self._marks)

    def _number(self, word: str) -> int:
        return self._numbers.get(word, _UNKNOWN)

    def _look_up_letters(self, word: str) -> tuple[int, ...]:
        return tuple(self._rows[letters] for letters in letter_runs(word) if letters in self._rows)


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
