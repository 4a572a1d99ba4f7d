"""Choosing among a few readings of a piece of a message: a log-linear model over the features of each reading.

"None of them" is always a choice too, and stands at 0.  The weights are whole multiples of 1/`STEP`, so the score of a
reading is exact and in any order of its features the same.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

WEIGHTS = Path(__file__).parent / "choices.npz"
STEP = 256

Reading = Collection[str]
"""The features of one reading."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading to take, by its place among those offered, and how probable it is that one of them holds."""

    at: int
    probability: float


@dataclass(frozen=True, slots=True)
class Chooser:
    """What was learned of one kind of choice."""

    weights: Mapping[str, int]
    """In 1/`STEP`; features unknown to it say nothing."""
    taken_from: float
    """The probability that some reading holds from which the best is taken."""

    def choose(self, readings: Sequence[Reading]) -> Choice | None:
        """Return the best of *readings*, unless it is too probable that none holds."""
        return self.best_of([self.score(reading) for reading in readings])

    def score(self, features: Reading) -> int:
        """What *features* say together, in 1/`STEP`; each counts once, as it did when it was learned."""
        return sum(map(self.weights.get, set(features), repeat(0)))

    def best_of(self, scores: Sequence[int]) -> Choice | None:
        """Return the best of readings with these *scores*, unless it is too probable that none holds."""
        if not scores:
            return None
        probabilities = self.probabilities(scores)
        best = max(range(len(scores)), key=lambda at: probabilities[at])
        some = sum(probabilities)
        return Choice(best, some) if some >= self.taken_from else None

    def probabilities(self, scores: Sequence[int]) -> list[float]:
        """Return the probability of each of the readings with *scores*; what is missing from 1 is that of none."""
        powers = [math.exp(min(score / STEP, 30.0)) for score in scores]
        total = 1.0 + sum(powers)
        return [power / total for power in powers]

    def of_role(self, role: str) -> "Chooser":
        """What was learned of features that begin with *role*, by what follows it."""
        begin = f"{role} "
        return Chooser(
            {name.removeprefix(begin): weight for name, weight in self.weights.items() if name.startswith(begin)},
            self.taken_from,
        )


@cache
def read_choosers(path: Path = WEIGHTS) -> Mapping[str, Chooser]:
    """Read what was learned of every kind of choice from *path*, once."""
    with np.load(path, allow_pickle=False) as arrays:
        kinds = bytes(arrays["kinds"]).decode().split("\n")
        return {
            kind: Chooser(
                dict(
                    zip(
                        bytes(arrays[f"{kind} names"]).decode().split("\n\t"),
                        arrays[f"{kind} weights"].tolist(),
                        strict=True,
                    )
                ),
                float(arrays[f"{kind} taken from"]),
            )
            for kind in kinds
        }


def write_choosers(path: Path, choosers: Mapping[str, Chooser]) -> None:
    """Write *choosers* to *path*, the same bytes for the same choosers."""
    arrays: dict[str, Any] = {"kinds": _text("\n".join(choosers))}
    for kind, chooser in choosers.items():
        arrays[f"{kind} names"] = _text("\n\t".join(chooser.weights))
        arrays[f"{kind} weights"] = np.array(list(chooser.weights.values()), dtype=np.int16)
        arrays[f"{kind} taken from"] = np.array(chooser.taken_from)
    np.savez_compressed(path, **arrays)


def _text(lines: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(lines.encode(), dtype=np.uint8)
