"""The labelled messages as the encoder learns from them: in pieces, by rows of like length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.understanding.encoder import LONGEST_READ, PART, Pieces, read_pieces
from ghl_real_estate_ai.understanding.judgement import Scores
from ghl_real_estate_ai.understanding.labelled import LabelledMessage
from ghl_real_estate_ai.understanding.text import read

EPOCHS = 3
BATCH = 64
SHELF = 50 * BATCH
"""Among how many rows those of like length are sought."""
OF_TWO = 0.6
"""The share of the mixtures that join parts of two messages; the others are a part of one."""
SHORT = 4
"""A message with fewer pieces is left whole."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Messages in pieces, their labels by column, and what each row counts for each."""

    pieces: list[list[int]]
    truth: NDArray[np.float32]
    weights: NDArray[np.float32]

    def take(self, rows: NDArray[np.intp]) -> "Lines":
        """Return *rows* alone."""
        return Lines([self.pieces[row] for row in rows], self.truth[rows], self.weights[rows])


def lines_of(cases: Sequence[LabelledMessage], truth: NDArray[np.bool_], weights: Scores, pieces: Pieces) -> Lines:
    """Return *cases* as the encoder reads them."""
    return Lines(
        [pieces.of(read(case.text), case.context) for case in cases],
        truth.astype(np.float32),
        weights.astype(np.float32),
    )


def batches(lengths: NDArray[np.intp], chance: np.random.Generator, passes: int = EPOCHS) -> Iterator[NDArray[np.intp]]:
    """Yield rows of like length to learn from together, *passes* times all of them, each time in another order."""
    for _ in range(passes):
        order = chance.permutation(len(lengths))
        shelves = [order[at : at + SHELF] for at in range(0, len(order), SHELF)]
        ordered = [shelf[np.argsort(lengths[shelf], kind="stable")] for shelf in shelves]
        parts = [shelf[at : at + BATCH] for shelf in ordered for at in range(0, len(shelf), BATCH)]
        for at in chance.permutation(len(parts)):
            yield parts[at]


def mixtures(lines: Sequence[list[int]], many: int, chance: np.random.Generator) -> list[list[int]]:
    """Return *many* parts of *lines*, or of two of them joined, each with the question of the first."""
    part = read_pieces().numbers[PART]
    return [
        _mixture(lines[one], lines[other], part, chance) for one, other in chance.integers(len(lines), size=(many, 2))
    ]


def _mixture(one: list[int], other: list[int], part: int, chance: np.random.Generator) -> list[int]:
    begins = one.index(part) + 1
    said = _some_of(one[begins:-1], chance)
    if chance.random() < OF_TWO:
        said = [*said, *_some_of(other[other.index(part) + 1 : -1], chance)]
    return [*one[:begins], *said[:LONGEST_READ], part]


def _some_of(said: list[int], chance: np.random.Generator) -> list[int]:
    """A part of *said*, a third of it at least."""
    if len(said) < SHORT:
        return said
    length = int(chance.integers(max(2, len(said) // 3), len(said) + 1))
    start = int(chance.integers(0, len(said) - length + 1))
    return said[start : start + length]
