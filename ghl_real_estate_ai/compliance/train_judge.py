"""Train the guard's judge: `python -m ghl_real_estate_ai.compliance.train_judge` writes `guard_weights.npz` anew.

It learns from the drafts in `cases/`, a file for each verdict and language, a draft a line.  From which probability a
draft is stopped comes from predictions on drafts that the judge had not seen: at most `FALSE_ALARMS` of the harmless
ones.  Nothing draws without a seed, so that the same cases and libraries give the same bytes.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ghl_real_estate_ai.compliance.guard import sentences_to_judge
from ghl_real_estate_ai.compliance.guard_judge import WEIGHTS, features, write_judge
from ghl_real_estate_ai.conversation.model import Language

CASES = Path(__file__).parent / "cases"
FOLDS = 10
SEEN_AT_LEAST = 2
STRENGTH = 10.0
"""The inverse of the penalty on large weights."""
LETTERS_SAY, CLASSES_SAY = 0.35, 2.0
"""How much runs of letters and classes of words may say at the same penalty, beside words."""
FALSE_ALARMS = 0.02
"""Of harmless drafts unseen: every one is a sentence said less well than it was drafted."""

Rows = Sequence[frozenset[str]]


def load_cases(verdict: str, folder: Path = CASES) -> list[str]:
    """The drafts of *verdict* in both languages: `violating`, `harmless`, or `ours`, what the bots say."""
    files = [folder / f"{verdict}_{language.value}.txt" for language in Language]
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def main() -> int:
    rows, truth = lesson(load_cases("violating"), [*load_cases("harmless"), *load_cases("ours")])
    names = names_of(rows)
    scores = unseen_scores(rows, truth, names)
    stops_from = threshold(scores, truth)
    weights, intercept = fit(rows, truth, names)
    write_judge(WEIGHTS, names, weights, intercept, stops_from)
    caught = float((scores[truth] >= stops_from).mean())
    sys.stdout.write(
        f"{truth.sum()} that break a rule, {(~truth).sum()} harmless; {len(names)} features, "
        f"{WEIGHTS.stat().st_size} bytes; unseen ones stopped from {stops_from:.2f}: {caught:.0%}\n"
    )
    return 0


def lesson(violating: Sequence[str], harmless: Sequence[str]) -> tuple[list[frozenset[str]], NDArray[np.bool_]]:
    """The sentences as the guard shows them to the judge; of a violating draft, only those of one sentence teach."""
    wrong = [found for draft in violating if len(found := sentences_to_judge(draft)) == 1]
    right = [[sentence] for draft in harmless for sentence in sentences_to_judge(draft)]
    rows = [features(sentence) for (sentence,) in (*wrong, *right)]
    return rows, np.array([True] * len(wrong) + [False] * len(right))


def names_of(rows: Rows) -> list[str]:
    """The features seen often enough to be learned, in order."""
    seen = Counter(name for row in rows for name in row)
    return sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)


def fit(rows: Rows, truth: NDArray[np.bool_], names: Sequence[str]) -> tuple[NDArray[np.float64], float]:
    """The weight of each of *names*, and the intercept."""
    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", max_iter=500, tol=1e-4)
    scale = _scale(names)
    model.fit(_matrix(rows, names, scale), truth)
    return model.coef_[0] * scale, float(model.intercept_[0])


def unseen_scores(rows: Rows, truth: NDArray[np.bool_], names: Sequence[str]) -> NDArray[np.float64]:
    """The probability of each row, from a judge that had not seen it."""
    scores = np.zeros(len(rows))
    matrix = _matrix(rows, names, np.ones(len(names)))
    for seen, held in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(rows, truth):
        weights, intercept = fit([rows[at] for at in seen], truth[seen], names)
        scores[held] = 1.0 / (1.0 + np.exp(-(matrix[held] @ weights + intercept)))
    return scores


def threshold(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The lowest probability from which at most `FALSE_ALARMS` of the harmless are stopped."""
    steps = np.arange(0.50, 0.99, 0.01)
    return float(next((step for step in steps if (scores[~truth] >= step).mean() <= FALSE_ALARMS), steps[-1]))


def _scale(names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([_says(name) for name in names])


def _says(name: str) -> float:
    if name.startswith("@"):
        return CLASSES_SAY
    return LETTERS_SAY if name.startswith("~") and len(name) > 1 else 1.0


def _matrix(rows: Rows, names: Sequence[str], scale: NDArray[np.float64]) -> sparse.csr_matrix:
    columns = {name: at for at, name in enumerate(names)}
    found = [[columns[name] for name in sorted(row) if name in columns] for row in rows]
    ends = np.cumsum([0, *(len(of_row) for of_row in found)])
    indices = np.array([column for of_row in found for column in of_row])
    lengths = np.repeat([1.0 / np.sqrt(max(len(row), 1)) for row in rows], [len(of_row) for of_row in found])
    return sparse.csr_matrix((scale[indices] * lengths, indices, ends), shape=(len(rows), len(names)))


if __name__ == "__main__":
    sys.exit(main())
