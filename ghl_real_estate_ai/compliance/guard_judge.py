"""How much a sentence resembles drafts that broke a rule: for wordings that nobody has thought of; pure.

The wordings of the rules say what is forbidden; the judge compares with the labelled drafts in `cases/`, and says that
a sentence is very much like those that broke a rule, and like those of which rule.  It is a support vector machine:
a few thousand labelled sentences near the border, each with how much its likeness speaks for or against.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ghl_real_estate_ai.compliance.guard_likeness import Numbers, Sentence, Views, likeness

WEIGHTS = Path(__file__).parent / "guard_weights.npz"
NEAREST = 5
"""Labelled drafts asked which rule a sentence comes nearest to."""


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The labelled sentences' wordings by feature: who has it, and what it weighs there."""

    starts: Numbers
    who: NDArray[np.int32]
    weighs: NDArray[np.int16]

    def shared(self, seen: Sentence, sentences: int) -> Numbers:
        """What the wording of each labelled sentence shares with *seen*."""
        total = np.zeros(sentences, dtype=np.int64)
        for column, weight in zip(seen.columns.tolist(), seen.wording.tolist(), strict=True):
            here = slice(self.starts[column], self.starts[column + 1])
            total[self.who[here]] += weight * self.weighs[here].astype(np.int64)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The labelled sentences that a draft is compared with, and from which probability it is stopped."""

    views: Views
    postings: Postings
    senses: NDArray[np.int16]
    """Of each labelled sentence."""
    speaks: NDArray[np.float64]
    """How much likeness to each labelled sentence speaks for a broken rule."""
    rules: Sequence[str]
    broke: NDArray[np.int8]
    """Which of *rules* each labelled sentence broke; -1 where it is harmless."""
    intercept: float
    stops_from: float

    def probability(self, sentence: str) -> float:
        """The probability that *sentence*, in lower case without accents, breaks a rule."""
        total = float(self._alike(sentence) @ self.speaks) + self.intercept
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def stops(self, sentence: str) -> bool:
        """Whether *sentence* is too much like the forbidden ones to be said."""
        return self.probability(sentence) >= self.stops_from

    def nearest_rule(self, sentence: str) -> str:
        """The rule that the labelled sentences most like *sentence* broke."""
        alike = np.where(self.broke >= 0, self._alike(sentence), 0.0)
        nearest = np.argsort(-alike, kind="stable")[:NEAREST]
        votes = np.bincount(self.broke[nearest], weights=alike[nearest] ** 2, minlength=len(self.rules))
        return self.rules[int(votes.argmax())]

    def _alike(self, sentence: str) -> NDArray[np.float64]:
        seen = self.views.see(sentence)
        return likeness(self.postings.shared(seen, len(self.senses)), self.senses @ seen.sense)


@cache
def read_judge(path: Path = WEIGHTS) -> Judge:
    """Read the arrays at *path* once."""
    with np.load(path, allow_pickle=False) as arrays:
        names, words = _lines(arrays["names"]), _lines(arrays["words"])
        views = Views(
            {name: at for at, name in enumerate(names)},
            arrays["rarity"],
            dict(zip(words, arrays["word_rarity"].tolist(), strict=True)),
            float(arrays["unseen"]),
            arrays["centre"],
        )
        return Judge(
            views,
            Postings(arrays["starts"], arrays["who"], arrays["weighs"]),
            arrays["senses"],
            arrays["speaks"],
            _lines(arrays["rules"]),
            arrays["broke"],
            float(arrays["intercept"]),
            float(arrays["stops_from"]),
        )


def write_judge(path: Path, judge: Judge) -> None:
    """Write *judge*: the same bytes for the same numbers."""
    views = judge.views
    np.savez_compressed(
        path,
        names=_bytes(list(views.columns)),
        rarity=views.rarity,
        words=_bytes(list(views.word_rarity)),
        word_rarity=np.array(list(views.word_rarity.values())),
        unseen=views.unseen,
        centre=views.centre,
        starts=judge.postings.starts,
        who=judge.postings.who,
        weighs=judge.postings.weighs,
        senses=judge.senses,
        speaks=judge.speaks,
        rules=_bytes(judge.rules),
        broke=judge.broke,
        intercept=judge.intercept,
        stops_from=judge.stops_from,
    )


def _lines(array: NDArray[np.uint8]) -> list[str]:
    return bytes(array).decode().split("\n")


def _bytes(lines: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)
