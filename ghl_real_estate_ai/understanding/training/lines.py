"""The labelled messages as the encoder learns from them: in pieces, by rows of like length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.understanding.encoder import Pieces
from ghl_real_estate_ai.understanding.judgement import Scores
from ghl_real_estate_ai.understanding.labelled import LabelledMessage
from ghl_real_estate_ai.understanding.text import read

EPOCHS = 3
BATCH = 64
SHELF = 50 * BATCH
"""Among how many rows those of like length are sought."""


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


def batches(lengths: NDArray[np.intp], chance: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Yield rows of like length to learn from together, `EPOCHS` times all of them, each time in another order."""
    for _ in range(EPOCHS):
        order = chance.permutation(len(lengths))
        shelves = [order[at : at + SHELF] for at in range(0, len(order), SHELF)]
        ordered = [shelf[np.argsort(lengths[shelf], kind="stable")] for shelf in shelves]
        parts = [shelf[at : at + BATCH] for shelf in ordered for at in range(0, len(shelf), BATCH)]
        for at in chance.permutation(len(parts)):
            yield parts[at]
