"""Train the models: `python -m ghl_real_estate_ai.understanding.training.train` writes `encoder.onnx` and `weights.npz` anew.

Only the cases of the part `train` and the families of wording are learned from.  How sure the models may be, what each
counts beside the other, and from which probability a label is reported, comes from predictions on cases they had not
seen: three folds that never part a writer.  Nothing here draws at random without a seed, so the same cases, libraries and
kind of processor give the same bytes.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ghl_real_estate_ai.conversation.model import SLOT_VALUES
from ghl_real_estate_ai.understanding.encoder import NETWORK, PIECES, read_pieces
from ghl_real_estate_ai.understanding.features import Place, features
from ghl_real_estate_ai.understanding.hints import find_hints
from ghl_real_estate_ai.understanding.judgement import (
    LABELS,
    WEIGHTS,
    Judged,
    Mixture,
    Scores,
    leave_doubt,
    write_judgement,
)
from ghl_real_estate_ai.understanding.labelled import LabelledMessage, load_cases
from ghl_real_estate_ai.understanding.language import find_language
from ghl_real_estate_ai.understanding.model import Archetype, Intent, SlotIs
from ghl_real_estate_ai.understanding.text import read
from ghl_real_estate_ai.understanding.training.families import load_families
from ghl_real_estate_ai.understanding.training.lines import lines_of

FOLDS = 3
AT_ONCE = 2
"""How many labels are learned at a time."""
SEEN_AT_LEAST = 2
STRENGTH = 2.0
"""The inverse of the penalty on large weights."""
FAMILY_WEIGHT = 0.5
"""What a drawn wording counts beside a message that a person wrote, except for an archetype, which few of those show."""
SCALES = {"~": 0.25, "rule=": 1.5, "doubt=": 1.5, "bot=": 0.15}
"""How much a kind of feature may say at the same penalty; other kinds `OTHER_SCALE`."""
OTHER_SCALE = 0.6
WITHOUT_RULES = 0.5
"""The share of its weight with which each row is also learned without the hand rules' findings, since whoever wrote the
rules had read the cases, and on new messages they find less."""
WITHOUT_RULES_OF: dict[Judged, float] = {Intent.OPT_OUT: 0.2}
"""Where another share holds: the rules for an opt-out are many and exact, and its words alone ("stop", "no more", "text
me") say little."""
LEAST_SURE = 0.3
LEAST_SURE_OF_SLOTS = 0.25
"""No label is reported below this probability; where few cases tell, the best threshold on them is chance.  Of the
values of a slot only the likeliest is said, so that one may be less sure."""
REPORTED_FROM: dict[Judged, float] = {Intent.OPT_OUT: 0.4}
"""Where the threshold is not chosen: writing on to somebody who asked for an end is twice as bad as ending too soon, and of
what lies between 1/3 and .4 one in four was an end (of 1,733 messages that nobody learned from)."""

HALF_OF_EACH = np.array([0.5, 0.5, 0.0])
"""What features, encoder and nothing count where nothing tells."""

Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Unseen:
    """Log-odds of cases from models that read nothing by their writers, with the truth and what each row counts."""

    scores: Scores
    truth: Truth
    weights: Scores
    """[row, label]."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from: features by row, labels by column, the writer no fold may part, and what each row counts."""

    matrix: sparse.csr_matrix
    bare: sparse.csr_matrix
    """The same without the findings of the hand rules."""
    ruled: NDArray[np.bool_]
    """Which rows the rules find something in, so that the two differ."""
    truth: Truth
    groups: NDArray[np.str_]
    weights: NDArray[np.float64]
    """[row, label]."""
    written: NDArray[np.bool_]
    """Which rows a person wrote; only these are judged by."""


def main() -> int:
    cases = load_cases("train")
    drawn = load_families()
    known = train(cases, drawn, train_encoder(cases, drawn, NETWORK), WEIGHTS)
    sizes = f"{WEIGHTS.stat().st_size} and {NETWORK.stat().st_size} bytes"
    sys.stdout.write(f"{len(cases)} cases, {len(drawn)} drawn, {known} features, {sizes}\n")
    return 0


def train_encoder(cases: Sequence[LabelledMessage], drawn: Sequence[LabelledMessage], path: Path) -> Scores:
    """Write a small encoder that learned from *cases* and *drawn*, by way of a whole one, to *path*; return the log-odds
    [case, label] of *cases* from whole ones that read nothing by their writers."""
    from ghl_real_estate_ai.understanding.training import distil, encoder  # only here are its packages needed

    encoder.write_pieces(PIECES)
    told = [*cases, *drawn]
    lines = lines_of(told, np.array([truth_of(case) for case in told]), row_weights(cases, drawn), read_pieces())
    always = np.arange(len(cases), len(told))
    scores = np.zeros((len(cases), len(LABELS)))
    for seen, held in folds(np.array([writer_of(case) for case in cases])):
        learned = encoder.learn(lines.take(np.concatenate([seen, always])))
        scores[held] = encoder.scores_of(learned, [lines.pieces[row] for row in held])
    encoder.write_network(path, distil.distilled(encoder.learn(lines), lines.pieces))
    return scores


def train(cases: Sequence[LabelledMessage], drawn: Sequence[LabelledMessage], encoded: Scores, path: Path) -> int:
    """Learn from *cases* and *drawn*, write the weights to *path*, and return how many features they know.

    *encoded* is what encoders that read nothing by their writers say of *cases*, [case, label].
    """
    names, weights, unseen = weights_of(cases, drawn)
    encoded = np.tile(encoded, (len(views()), 1))
    mixture = mix(unseen, encoded)
    mixed = np.where(leave_doubt(unseen.scores)[:, None], mixture.of(unseen.scores, encoded), unseen.scores)
    write_judgement(path, names, weights, mixture, thresholds(replace(unseen, scores=mixed)))
    return len(names)


def weights_of(cases: Sequence[LabelledMessage], drawn: Sequence[LabelledMessage]) -> tuple[list[str], Scores, Unseen]:
    """Return the features that *cases* and *drawn* teach, what each says of each label, the intercepts last, and what such
    weights say of the cases when they have seen nothing by their writers."""
    names, lesson = lesson_of(cases, drawn)
    unseen = unseen_scores(lesson)
    slopes, shifts = calibration(unseen)
    weights = fit(lesson, np.arange(len(lesson.truth)))
    weights[:-1] *= scales(names)[:, None]
    weights *= slopes
    weights[-1] += shifts
    return names, weights, replace(unseen, scores=unseen.scores * slopes + shifts)


def lesson_of(cases: Sequence[LabelledMessage], drawn: Sequence[LabelledMessage]) -> tuple[list[str], Lesson]:
    """Return the names of the features seen often enough, and the cases in their terms."""
    rows = [features_of(case) for case in (*cases, *drawn)]
    seen = Counter(name for row in rows for name in row)
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    matrix = matrix_of(rows, names)
    rules = np.array([name.startswith(("rule=", "doubt=")) for name in names])
    lesson = Lesson(
        matrix,
        (matrix @ sparse.diags(np.where(rules, 0.0, 1.0))).tocsr(),
        np.asarray(matrix @ rules > 0),
        np.array([truth_of(case) for case in (*cases, *drawn)]),
        np.array([writer_of(case) for case in (*cases, *drawn)]),
        row_weights(cases, drawn),
        np.array([True] * len(cases) + [False] * len(drawn)),
    )
    return names, lesson


def features_of(case: LabelledMessage) -> dict[str, Place]:
    """The features of *case*, exactly as they are found when a message is understood."""
    text = read(case.text)
    return features(text, case.context, find_hints(text, case.context, find_language(text)).values()).named()


def writer_of(case: LabelledMessage) -> str:
    """The file that *case* is from, which has one voice or a few."""
    return case.theme.partition("/")[0]


def truth_of(case: LabelledMessage) -> list[bool]:
    chosen = {SlotIs(slot, value) for slot, value in case.slots.items() if slot in SLOT_VALUES}
    given = {*case.intents, *case.objections, *([case.archetype] if case.archetype else []), *chosen}
    return [label in given for label in LABELS]


def matrix_of(rows: Sequence[Iterable[str]], names: Sequence[str]) -> sparse.csr_matrix:
    columns = {name: at for at, name in enumerate(names)}
    found = [[columns[name] for name in row if name in columns] for row in rows]
    ends = np.cumsum([0, *(len(of_row) for of_row in found)])
    indices = np.array([column for of_row in found for column in of_row])
    values = scales(names)[indices]
    return sparse.csr_matrix((values, indices, ends), shape=(len(rows), len(names)))


def scales(names: Sequence[str]) -> Scores:
    return np.array(
        [next((scale for kind, scale in SCALES.items() if name.startswith(kind)), OTHER_SCALE) for name in names]
    )


def fit(lesson: Lesson, rows: NDArray[np.intp]) -> Scores:
    """Return what *rows* teach: one logistic regression a label, [feature, label], with the intercepts in the last row."""
    ruled = lesson.ruled[rows]
    matrix = sparse.vstack([lesson.matrix[rows], lesson.bare[rows][ruled]]).tocsr()
    matrix.sum_duplicates()
    whole, bare = views()
    counted, truth = lesson.weights[rows], lesson.truth[rows]
    weights = np.concatenate([counted * np.where(ruled[:, None], whole, 1.0), counted[ruled] * bare])
    columns = zip(np.concatenate([truth, truth[ruled]]).T, weights.T, strict=True)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return np.column_stack(list(threads.map(lambda column: _fit_one(matrix, *column), columns)))


def row_weights(cases: Sequence[LabelledMessage], drawn: Sequence[LabelledMessage]) -> Scores:
    """What each row counts for each label."""
    return np.array([[1.0] * len(LABELS)] * len(cases) + [drawn_weights(case) for case in drawn])


def drawn_weights(drawn: LabelledMessage) -> list[float]:
    """What a drawn wording counts for each label, nothing where its section does not tell.

    A section that names slots tells of these alone, any other of all labels but slots.
    """
    return [_drawn_weight(label) if _is_told(label, drawn) else 0.0 for label in LABELS]


def _is_told(label: Judged, drawn: LabelledMessage) -> bool:
    return label.slot in drawn.slots if isinstance(label, SlotIs) else not drawn.slots


def _drawn_weight(label: Judged) -> float:
    return 1.0 if isinstance(label, Archetype) else FAMILY_WEIGHT


def views() -> Scores:
    """What a row counts for each label, [with rules or without, label]."""
    bare = np.array([WITHOUT_RULES_OF.get(label, WITHOUT_RULES) for label in LABELS])
    return np.stack([1.0 - bare, bare])


def _fit_one(matrix: sparse.csr_matrix, truth: NDArray[np.bool_], weights: NDArray[np.float64]) -> Scores:
    if not truth.any():
        return np.concatenate([np.zeros(matrix.shape[1]), [-10.0]])
    told = np.flatnonzero(weights)
    matrix, truth, weights = matrix[told], truth[told], weights[told]
    model = LogisticRegression(C=STRENGTH, solver="liblinear", tol=5e-2, max_iter=300).fit(
        matrix, truth, sample_weight=weights
    )
    return np.concatenate([model.coef_[0], model.intercept_])


def unseen_scores(lesson: Lesson) -> Unseen:
    """Return the log-odds of each written case twice, with and without rules; the drawn are always among the seen."""
    written = np.flatnonzero(lesson.written)
    drawn = np.flatnonzero(~lesson.written)
    scores = np.zeros((2, len(written), lesson.truth.shape[1]))
    for seen, held in folds(lesson.groups[written]):
        learned = fit(lesson, np.concatenate([written[seen], drawn]))
        for view, matrix in enumerate((lesson.matrix, lesson.bare)):
            scores[view, held] = matrix[written[held]] @ learned[:-1] + learned[-1]
    return Unseen(
        np.concatenate(scores),
        np.tile(lesson.truth[written], (2, 1)),
        np.repeat(views(), len(written), axis=0),
    )


def folds(writers: NDArray[np.str_]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the rows to learn from and those held back, none by a writer of the others."""
    yield from GroupKFold(FOLDS).split(writers, groups=writers)


def mix(unseen: Unseen, encoded: Scores) -> Mixture:
    """Return what features and encoder count beside each other, learned where the features leave doubt (stacking, Wolpert
    1992), drawn towards half of each where few cases tell."""
    rows = leave_doubt(unseen.scores)
    columns = zip(unseen.scores[rows].T, encoded[rows].T, unseen.truth[rows].T, unseen.weights[rows].T, strict=True)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(lambda column: _mix_one(*column), columns))
    return Mixture(*np.array(found).T)


def _mix_one(by_features: Scores, by_encoder: Scores, truth: Truth, weights: Scores) -> tuple[float, float, float]:
    signs = np.where(truth, 1.0, -1.0)

    def cost(plane: Scores) -> tuple[float, Scores]:
        against = -signs * (plane[0] * by_features + plane[1] * by_encoder + plane[2])
        slope = -signs * weights / (1.0 + np.exp(-np.clip(against, -30.0, 30.0)))
        off = plane - HALF_OF_EACH
        doubt = (weights * np.logaddexp(0.0, against)).sum() + (off**2).sum()
        return float(doubt), np.array([slope @ by_features, slope @ by_encoder, slope.sum()]) + 2.0 * off

    bounds = [(0.0, None), (0.0, None), (None, None)]
    found = optimize.minimize(cost, HALF_OF_EACH, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(found[0]), float(found[1]), float(found[2])


def calibration(unseen: Unseen) -> tuple[Scores, Scores]:
    """Return a slope and a shift a label that make the log-odds honest (Platt 1999), drawn towards 1 and 0 where few
    cases tell."""
    columns = zip(unseen.scores.T, unseen.truth.T, unseen.weights.T, strict=True)
    found = [_calibrate_one(*column) for column in columns]
    return np.array([slope for slope, _ in found]), np.array([shift for _, shift in found])


def _calibrate_one(scores: Scores, truth: NDArray[np.bool_], weights: NDArray[np.float64]) -> tuple[float, float]:
    if not truth.any():
        return 1.0, 0.0
    signs = np.where(truth, 1.0, -1.0)

    def cost(line: Scores) -> float:
        doubt = (weights * np.logaddexp(0.0, -signs * (line[0] * scores + line[1]))).sum()
        return float(doubt + 2.0 * (line[0] - 1.0) ** 2 + 0.5 * line[1] ** 2)

    slope, shift = optimize.minimize(cost, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return round(float(max(slope, 0.2)), 3), round(float(shift), 3)


def thresholds(unseen: Unseen) -> Scores:
    """Return the probability a label is reported from: the best F-measure on cases unseen, drawn towards the middle."""
    probabilities = 1.0 / (1.0 + np.exp(-unseen.scores))
    chosen = []
    for at, label in enumerate(LABELS):
        least = LEAST_SURE_OF_SLOTS if isinstance(label, SlotIs) else LEAST_SURE
        steps = np.round(np.arange(least, 0.61, 0.01), 2)
        gains = np.array(
            [_f1(probabilities[:, at] >= step, unseen.truth[:, at], unseen.weights[:, at]) for step in steps]
        )
        good = steps[gains >= gains.max() - 0.01]
        chosen.append(REPORTED_FROM.get(label, float(good[np.argmin(np.abs(good - 0.45))])))
    return np.array(chosen)


def _f1(found: NDArray[np.bool_], given: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    right = weights[found & given].sum()
    if not right:
        return 0.0
    return float(2 * right / (weights[found].sum() + weights[given].sum()))


if __name__ == "__main__":
    sys.exit(main())
