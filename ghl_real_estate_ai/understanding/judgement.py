"""What the trained models make of a message: a calibrated probability for every label, by the arrays shipped beside them.

The first model is one logistic regression a label over `features`.  Its weights are whole multiples of 1/`STEP`, so the
sum of those that a message has is exact and in any order the same.  Where it is in doubt of any label, the log-odds of
all labels are weighed together with those of the `encoder`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.conversation.model import SLOT_VALUES
from ghl_real_estate_ai.understanding.features import NOWHERE, Place
from ghl_real_estate_ai.understanding.model import Archetype, Intent, Objection, SlotIs
from ghl_real_estate_ai.understanding.vocabulary import LookedUp, Vocabulary, vocabulary_of

Judged = Intent | Objection | Archetype | SlotIs
LABELS: tuple[Judged, ...] = (
    *Intent,
    *Objection,
    *Archetype,
    *(SlotIs(slot, value) for slot, values in SLOT_VALUES.items() for value in values),
)
WEIGHTS = Path(__file__).parent / "weights.npz"
STEP = 256
DOUBT = 0.25
"""How far from sure the probability of a label is, of no and of yes, for the features alone to leave it in doubt.  Nearer
to sure the encoder changes next to nothing, and more than three in four everyday messages are read without it."""
DOUBT_OF: dict[Judged, float] = {
    **{label: 0.3 for label in LABELS if isinstance(label, SlotIs)},
    **dict.fromkeys(Objection, 0.15),
    Intent.OPT_OUT: 0.05,
}
"""The value of a slot is told by its words.  Objections are told by meaning more than by words; of an end that somebody asks
for, even a small doubt counts."""
SURE = 0.97
"""From which probability on a label that the features see stands, whatever the encoder says."""
_DOUBT = np.array([DOUBT_OF.get(label, DOUBT) for label in LABELS])

Scores = NDArray[np.float64]
"""Log-odds, the last axis by `LABELS`."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """What the log-odds by the features, those by the encoder, and nothing at all count for each label."""

    features: Scores
    encoder: Scores
    shift: Scores

    def of(self, by_features: Scores, by_encoder: Scores) -> Scores:
        """The log-odds of both together; of labels that the features are sure of, theirs alone."""
        both = by_features * self.features + by_encoder * self.encoder + self.shift
        return np.where(probabilities_of(by_features) > SURE, by_features, both)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The weights of every feature for every label, how they are mixed with the encoder's word, and from where on a
    label is reported."""

    vocabulary: Vocabulary
    weights: NDArray[np.int16]
    """[row, label], in 1/`STEP`; the last row holds the intercepts."""
    mixture: Mixture
    reported_from: Scores
    """The log-odds from which a label is reported."""

    def scores(self, rows: NDArray[np.intp]) -> Scores:
        """The log-odds of each label, given the *rows* of the features of a message."""
        told = np.add.reduce(self.weights.take(rows, axis=0), axis=0, dtype=np.int32)
        return np.asarray((told + self.weights[-1]) / STEP, dtype=np.float64)

    def reported(self, scores: Scores) -> dict[Judged, float]:
        """Return the labels to be said of a message with these *scores*, each with its probability."""
        (said,) = np.nonzero(scores >= self.reported_from)
        probabilities = probabilities_of(scores[said]).tolist()
        return {LABELS[at]: probability for at, probability in zip(said.tolist(), probabilities, strict=True)}

    def carriers(self, labels: Collection[Judged], looked_up: LookedUp) -> dict[Judged, Place]:
        """Where the words of a message stand that speak most for each of *labels*; a run of words beats its letters."""
        if not labels:
            return {}
        rows, places = looked_up.placed()
        return {label: _heaviest(self.weights[rows, LABELS.index(label)], rows, places) for label in labels}


def _heaviest(weights: NDArray[np.int16], rows: NDArray[np.intp], places: Sequence[Place]) -> Place:
    """The longest of the *places* with the largest of *weights*, each of *rows* where it stands first."""
    if not places:
        return NOWHERE
    heaviest = {rows[at]: places[at] for at in reversed(np.flatnonzero(weights == weights.max()).tolist())}
    return max(heaviest.values(), key=lambda place: (place[1] - place[0], place))


def log_odds_of(probabilities: NDArray[np.float64]) -> Scores:
    """The log-odds that are these *probabilities*, none of which is 0 or 1."""
    return np.log(probabilities / (1.0 - probabilities))


_UNSURE = -log_odds_of(_DOUBT)
"""Log-odds nearer to 0 than these leave a label in doubt."""


def probabilities_of(scores: Scores) -> NDArray[np.float64]:
    """The probability of each label, by its log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.minimum(np.maximum(scores, -30.0), 30.0))), dtype=np.float64)


def leave_doubt(scores: Scores) -> NDArray[np.bool_]:
    """Whether any label of a message has a probability that is near neither to no nor to yes."""
    return np.asarray(np.logical_or.reduce(np.abs(scores) < _UNSURE, axis=-1))


@cache
def read_judgement(path: Path = WEIGHTS) -> Judgement:
    """Read the arrays at *path* once.

    Raises:
        ValueError: the arrays were made for other labels.
    """
    with np.load(path, allow_pickle=False) as arrays:
        if _lines(arrays["labels"]) != [str(label) for label in LABELS]:
            raise ValueError(f"{path.name} was trained for other labels; train again")
        return Judgement(
            Vocabulary(_lines(arrays["names"]), _lines(arrays["words"]), arrays["joined"].tolist()),
            arrays["weights"],
            Mixture(*arrays["mixture"].astype(np.float64)),
            log_odds_of(arrays["reported_from"].astype(np.float64)),
        )


def write_judgement(
    path: Path, names: Sequence[str], weights: Scores, mixture: Mixture, reported_from: NDArray[np.float64]
) -> None:
    """Write *weights* ([feature, label], the intercepts last) rounded to 1/`STEP`, the same bytes for the same numbers."""
    vocabulary, rows = vocabulary_of(names)
    rounded = np.clip(np.rint(weights[[*rows, -1]] * STEP), -32768, 32767).astype(np.int16)
    np.savez_compressed(
        path,
        labels=_text(str(label) for label in LABELS),
        names=_text(vocabulary.names),
        words=_text(vocabulary.words),
        joined=np.array(vocabulary.joined, dtype=np.int64),
        weights=rounded,
        mixture=np.round([mixture.features, mixture.encoder, mixture.shift], 3),
        reported_from=np.round(reported_from, 3),
    )


def _text(lines: Iterable[str]) -> NDArray[np.uint8]:
    """Lines of which some are a line break: that is a word as well."""
    return np.frombuffer("\n\t".join(lines).encode(), dtype=np.uint8)


def _lines(text: NDArray[np.uint8]) -> list[str]:
    return bytes(text).decode().split("\n\t")
