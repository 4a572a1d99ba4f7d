"""What the trained model makes of a message: a calibrated probability for every label, read from the arrays shipped beside it.

The model is one logistic regression a label over `features`.  Its weights are whole multiples of 1/`STEP`, so the
sum of those that a message has is exact and in any order the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.conversation.model import SLOT_VALUES
from ghl_real_estate_ai.understanding.features import Features, Place
from ghl_real_estate_ai.understanding.model import Archetype, Intent, Objection, SlotIs

Judged = Intent | Objection | Archetype | SlotIs
LABELS: tuple[Judged, ...] = (
    *Intent,
    *Objection,
    *Archetype,
    *(SlotIs(slot, value) for slot, values in SLOT_VALUES.items() for value in values),
)
WEIGHTS = Path(__file__).parent / "weights.npz"
STEP = 256


@dataclass(frozen=True, slots=True)
class Judgement:
    """The weights of every feature for every label, and from which probability a label is reported."""

    names: Mapping[str, int]
    weights: NDArray[np.int16]
    """[feature, label], in 1/`STEP`; the last row holds the intercepts."""
    reported_from: NDArray[np.float64]

    def probabilities(self, features: Features) -> dict[Judged, float]:
        """Return the probability of each label, given the *features* of a message."""
        return dict(zip(LABELS, _logistic(self.scores(features)).tolist(), strict=True))

    def scores(self, features: Features) -> NDArray[np.float64]:
        """The log-odds of each label."""
        rows = [row for row in map(self.names.get, features) if row is not None]
        total = self.weights[[*rows, -1]].sum(axis=0, dtype=np.int64)
        return np.asarray(total / STEP, dtype=np.float64)

    def reported(self, features: Features) -> list[tuple[Judged, float]]:
        """Return the labels to be said of a message with *features*, each with its probability."""
        probabilities = _logistic(self.scores(features))
        return [(LABELS[at], float(probabilities[at])) for at in np.flatnonzero(probabilities >= self.reported_from)]

    def reports(self, label: Judged, probability: float) -> bool:
        """Whether *probability* is enough to say *label*."""
        return bool(probability >= self.reported_from[LABELS.index(label)])

    def carrier(self, label: Judged, features: Features) -> Place:
        """Where the words stand that speak most for *label*; a run of words beats its letters."""
        column = LABELS.index(label)
        placed = [
            (int(self.weights[self.names[name], column]), place[1] - place[0], place)
            for name, place in features.items()
            if place[1] and name in self.names
        ]
        return max(placed, default=(0, 0, (0, 0)))[2]


def _logistic(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0))), dtype=np.float64)


@cache
def read_judgement(path: Path = WEIGHTS) -> Judgement:
    """Read the arrays at *path* once.

    Raises:
        ValueError: the arrays were made for other labels.
    """
    with np.load(path, allow_pickle=False) as arrays:
        if bytes(arrays["labels"]).decode().split("\n") != [str(label) for label in LABELS]:
            raise ValueError(f"{path.name} was trained for other labels; train again")
        names = bytes(arrays["names"]).decode().split("\n\t")
        return Judgement(
            {name: at for at, name in enumerate(names)}, arrays["weights"], arrays["reported_from"].astype(np.float64)
        )


def write_judgement(
    path: Path, names: Sequence[str], weights: NDArray[np.float64], reported_from: NDArray[np.float64]
) -> None:
    """Write *weights* ([feature, label], the intercepts last) rounded to 1/`STEP`, the same bytes for the same numbers."""
    rounded = np.clip(np.rint(weights * STEP), -32768, 32767).astype(np.int16)
    np.savez_compressed(
        path,
        labels=_text("\n".join(str(label) for label in LABELS)),
        names=_text("\n\t".join(names)),
        weights=rounded,
        reported_from=np.round(reported_from, 3),
    )


def _text(lines: str) -> NDArray[np.uint8]:
    return np.frombuffer(lines.encode(), dtype=np.uint8)
