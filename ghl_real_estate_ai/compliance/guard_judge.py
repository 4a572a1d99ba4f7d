"""How much a sentence resembles drafts that broke a rule: for wordings that nobody has thought of; pure.

The families of guard_rules.py say what is forbidden; this is a logistic regression over words, their neighbours and
their letters, learned from the drafts in `cases/`, and says only that a sentence is very much like the forbidden ones.
Its weights are whole multiples of 1/`STEP`, so that their sum is exact and in any order the same.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS = Path(__file__).parent / "guard_weights.npz"
CLASSES = Path(__file__).parent / "guard_classes.txt"
STEP = 1024
MOST_WORDS = 60
"""Words looked at; a sentence of ours is shorter."""

_TOKEN = re.compile(r"[a-z~']+|\d[\d,.]*k?|[?!$%]")
_LETTERS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Judge:
    """What each feature speaks for, and from which probability a sentence is held to break a rule."""

    weights: Mapping[str, int]
    """In 1/`STEP` of log-odds."""
    intercept: int
    stops_from: float

    def probability(self, sentence: str) -> float:
        """The probability that *sentence*, in lower case without accents, breaks a rule."""
        found = features(sentence)
        known = [self.weights[name] for name in found if name in self.weights]
        # Long sentences have more features, not more reasons.
        total = (sum(known) / math.sqrt(max(len(found), 1)) + self.intercept) / STEP
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def stops(self, sentence: str) -> bool:
        """Whether *sentence* is too much like the forbidden ones to be said."""
        return self.probability(sentence) >= self.stops_from


def features(sentence: str) -> frozenset[str]:
    """What the judge sees of *sentence*: words and their classes, alone and by twos, and letters within words."""
    tokens = [_shape(token) for token in _TOKEN.findall(sentence)[:MOST_WORDS]]
    classes = sorted({name for token in tokens for name in _classes().get(token, ())})
    together = (f"{one}&{other}" for at, one in enumerate(classes) for other in classes[at + 1 :])
    return frozenset((*_features(tokens), *classes, *together))


@cache
def _classes() -> Mapping[str, tuple[str, ...]]:
    """The classes of each word of the list."""
    classes: dict[str, tuple[str, ...]] = {}
    for line in CLASSES.read_text(encoding="utf-8").splitlines():
        name, parted, words = line.partition(":")
        if parted and not line.startswith("#"):
            for word in words.split():
                classes[word] = (*classes.get(word, ()), f"@{name}")
    return classes


def _shape(token: str) -> str:
    """Figures are their length: no rule hangs on their value."""
    return "#" * min(len(token), 6) if token[0].isdigit() else token


def _features(tokens: Sequence[str]) -> Iterator[str]:
    marked = ["^", *tokens, "$"]
    for at, token in enumerate(marked):
        yield token
        if at + 1 < len(marked):
            yield f"{token} {marked[at + 1]}"
        if at + 2 < len(marked):
            yield f"{token} _ {marked[at + 2]}"
    for token in tokens:
        yield from _runs(f"<{token}>")


def _runs(framed: str) -> Iterable[str]:
    return (f"~{framed[at : at + size]}" for size in _LETTERS for at in range(len(framed) - size + 1))


@cache
def read_judge(path: Path = WEIGHTS) -> Judge:
    """Read the arrays at *path* once."""
    with np.load(path, allow_pickle=False) as arrays:
        names = bytes(arrays["names"]).decode().split("\n")
        weights = dict(zip(names, arrays["weights"].tolist(), strict=True))
        return Judge(weights, int(arrays["intercept"][0]), float(arrays["stops_from"][0]))


def write_judge(
    path: Path, names: Sequence[str], weights: NDArray[np.float64], intercept: float, stops_from: float
) -> None:
    """Write what was learned, rounded to 1/`STEP`: the same bytes for the same numbers."""
    rounded = np.clip(np.rint(weights * STEP), -32768, 32767).astype(np.int16)
    np.savez_compressed(
        path,
        names=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=rounded,
        intercept=np.array([round(intercept * STEP)], dtype=np.int32),
        stops_from=np.array([round(stops_from, 3)]),
    )
