"""Train what is chosen by `choice`: `python -m ghl_real_estate_ai.understanding.training.choices` writes `choices.npz` anew.

Each question is one message's choice among readings of a kind.  Learned is what makes the right ones probable, with a
penalty on large weights; from which probability a reading is taken is told by questions whose theme was not learned.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from sklearn.model_selection import GroupKFold

from ghl_real_estate_ai.understanding import money, places, timeline
from ghl_real_estate_ai.understanding.choice import STEP, WEIGHTS, Chooser, write_choosers
from ghl_real_estate_ai.understanding.labelled import load_cases, load_labelled
from ghl_real_estate_ai.understanding.training.questions import Question, questions_of

FOLDS = 5
SEEN_AT_LEAST = 2
PENALTY = 0.6
"""On the square of the weights."""
PENALTIES = {places.KIND: 3.0}
"""Of kinds whose readings have so many features of so few cases that they would else be learned by heart."""
MIDDLE = 0.45

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions in numbers: the readings of all of them by row, each row's question, and the row that is right."""

    matrix: sparse.csr_matrix
    question: NDArray[np.intp]
    right: NDArray[np.float64]
    """1 for the right row of a question; a question without any has "none" for its answer."""
    questions: int


PLAINLY = Path(__file__).parent / "plain_readings.jsonl"
"""What people say most plainly about sums, places and horizons, and writers who look for their own words say too seldom."""
ALSO_PLAINLY = frozenset({money.KIND, places.KIND, timeline.KIND})
PLAIN_COUNT = 3
"""How often each of these is asked."""


def main() -> int:
    asked, plainly = questions_of(load_cases("train")), questions_of(load_labelled(PLAINLY))
    choosers = {}
    for kind, questions in asked.items():
        if kind in ALSO_PLAINLY:
            questions = [*questions, *plainly[kind] * PLAIN_COUNT]
        choosers[kind] = train(questions, PENALTIES.get(kind, PENALTY))
        sys.stdout.write(f"{kind}: {len(questions)} questions, {len(choosers[kind].weights)} features\n")
    write_choosers(WEIGHTS, choosers)
    return 0


def train(questions: Sequence[Question], penalty: float = PENALTY) -> Chooser:
    """Learn from *questions*."""
    return Chooser(fit(questions, penalty), taken_from(questions, penalty))


def fit(questions: Sequence[Question], penalty: float = PENALTY) -> dict[str, int]:
    """Return the weight of every feature that is seen often enough."""
    seen = Counter(
        name for question in questions for name in {name for reading in question.readings for name in reading}
    )
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    weights = _fit(_task(questions, names), len(names), penalty)
    rounded = np.clip(np.rint(weights * STEP), -32768, 32767).astype(int).tolist()
    return {name: weight for name, weight in zip(names, rounded, strict=True) if weight}


def taken_from(questions: Sequence[Question], penalty: float = PENALTY) -> float:
    """Return from which probability to take a reading: the best F-measure where the theme was not learned."""
    best = np.zeros(len(questions))
    is_right = np.zeros(len(questions), dtype=bool)
    judged = np.array([not question.made for question in questions])
    given = np.array([question.right is not None for question in questions]) & judged
    groups = [question.theme for question in questions]
    for learned, held in GroupKFold(FOLDS).split(questions, groups=groups):
        chooser = Chooser(fit([questions[at] for at in learned], penalty), 0.0)
        for at in held[judged[held]]:
            choice = chooser.choose(questions[at].readings)
            if choice is not None:
                best[at], is_right[at] = choice.probability, choice.at == questions[at].right
    steps = np.round(np.arange(0.25, 0.71, 0.01), 2)
    gains = np.array([2 * (is_right & (best >= step)).sum() / ((best >= step).sum() + given.sum()) for step in steps])
    good = steps[gains >= gains.max() - 0.005]
    return float(good[np.argmin(np.abs(good - MIDDLE))])


def _task(questions: Sequence[Question], names: Sequence[str]) -> Task:
    columns = {name: at for at, name in enumerate(names)}
    # In one order, whatever order a reading has: sums of floats differ by it, and the same cases are to give the same bytes.
    rows = [sorted({columns[name] for name in reading if name in columns}) for q in questions for reading in q.readings]
    indices = np.array([column for row in rows for column in row], dtype=np.intp)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    right = [float(at == q.right) for q in questions for at in range(len(q.readings))]
    return Task(
        sparse.csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(rows), len(names))),
        np.repeat(np.arange(len(questions)), [len(q.readings) for q in questions]),
        np.array(right),
        len(questions),
    )


def _fit(task: Task, features: int, penalty: float) -> Numbers:
    """Return the weights under which the right answers are most probable, large ones penalised."""

    def cost(weights: Numbers) -> tuple[float, Numbers]:
        scores = np.clip(task.matrix @ weights, -30.0, 30.0)
        powers = np.exp(scores)
        totals = 1.0 + np.bincount(task.question, powers, minlength=task.questions)
        surprise = np.log(totals).sum() - (scores * task.right).sum() + 0.5 * penalty * (weights @ weights)
        slope = task.matrix.T @ (powers / totals[task.question] - task.right) + penalty * weights
        return float(surprise), np.asarray(slope)

    found = optimize.minimize(cost, np.zeros(features), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(found.x)


if __name__ == "__main__":
    sys.exit(main())
