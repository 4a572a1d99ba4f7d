"""How alike two sentences are: in their wording, and in the sense of their words; pure.

The wording is words, neighbours and next neighbours, the rare ones counting more.  The sense is the mean of the words'
vectors (`guard_vectors.npz`), in which words of like use lie near each other, also across English and Spanish.
Both are kept in whole numbers, so that a likeness is exact and the same on every machine.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VECTORS = Path(__file__).parent / "guard_vectors.npz"
UNIT = 1024
"""The length of a sentence's wording, and of its sense."""
MOST_WORDS = 60
"""Words looked at; a sentence of ours is shorter."""

_TOKEN = re.compile(r"[a-z~']+|\d[\d,.]*k?|[?!$%]")

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence as it is compared."""

    columns: Numbers
    """Of its features, in order."""
    wording: Numbers
    """What each feature weighs."""
    sense: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What is needed to see a sentence: which features are known and how rare they are, and where the mean lies."""

    columns: Mapping[str, int]
    rarity: NDArray[np.float64]
    """Of each column."""
    word_rarity: Mapping[str, float]
    unseen: float
    """The rarity of a word that no labelled draft has."""
    centre: NDArray[np.float64]
    """The mean sense of the labelled drafts."""

    def see(self, sentence: str) -> Sentence:
        """Both views of *sentence*, given in lower case without accents."""
        known = sorted(self.columns[name] for name in features(sentence) if name in self.columns)
        at = np.array(known, dtype=np.int64)
        return Sentence(at, _scaled(self.rarity[at]), _scaled(self.mean_sense(sentence) - self.centre))

    def mean_sense(self, sentence: str) -> NDArray[np.float64]:
        """The sum of the words' vectors, the rare ones counting more, at length one."""
        rows, vectors = word_vectors()
        total = np.zeros(vectors.shape[1])
        for word in tokens(sentence):
            if word in rows:
                total += vectors[rows[word]] * math.sqrt(self.word_rarity.get(word, self.unseen))
        length = math.sqrt(float(total @ total))
        return total / length if length else total


def tokens(sentence: str) -> list[str]:
    """The words and marks of *sentence*; figures are their length, as no rule hangs on their value."""
    return [_shape(token) for token in _TOKEN.findall(sentence)[:MOST_WORDS]]


def features(sentence: str) -> frozenset[str]:
    """The words of *sentence*, alone, by twos, and by twos with one left out."""
    return frozenset(_features(["^", *tokens(sentence), "$"]))


def _shape(token: str) -> str:
    return "#" * min(len(token), 6) if token[0].isdigit() else token


def _features(marked: Sequence[str]) -> Iterator[str]:
    for at, token in enumerate(marked):
        yield token
        if at + 1 < len(marked):
            yield f"{token} {marked[at + 1]}"
        if at + 2 < len(marked):
            yield f"{token} _ {marked[at + 2]}"


def _scaled(values: NDArray[np.float64]) -> Numbers:
    length = math.sqrt(float(values @ values))
    return np.rint(values * (UNIT / length if length else 0.0)).astype(np.int64)


@cache
def word_vectors(path: Path = VECTORS) -> tuple[Mapping[str, int], NDArray[np.int8]]:
    """The row of each known word, and the vectors."""
    with np.load(path, allow_pickle=False) as arrays:
        words = bytes(arrays["words"]).decode().split("\n")
        return {word: at for at, word in enumerate(words)}, arrays["vectors"]


def likeness(wording: NDArray[Any], sense: NDArray[Any]) -> NDArray[np.float64]:
    """From what two sentences share, as products of their views: 2 for the same sentence, falling off with distance."""
    squared = float(UNIT * UNIT)
    alike: NDArray[np.float64] = np.exp(wording / squared - 1.0) + np.exp(sense / squared - 1.0)
    return np.round(alike, 6)
