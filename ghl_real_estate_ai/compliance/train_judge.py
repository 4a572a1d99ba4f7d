"""Train the guard's judge: `python -m ghl_real_estate_ai.compliance.train_judge` writes `guard_weights.npz` anew.

It learns from the drafts in `cases/` (labelled.py).  Of a draft that breaks a rule in one of several sentences, the
sentence most like the forbidden ones is taken for the one that does.  From which probability a sentence is stopped
comes from judges that had not seen it: at most `FALSE_ALARMS` of the harmless drafts.  Nothing is drawn, and all
likenesses are sums of whole numbers, so that the same cases and libraries give the same bytes.
"""

import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from ghl_real_estate_ai.compliance.guard import sentences_to_judge
from ghl_real_estate_ai.compliance.guard_judge import WEIGHTS, Judge, Postings, write_judge
from ghl_real_estate_ai.compliance.guard_likeness import Sentence, Views, features, likeness, tokens, word_vectors
from ghl_real_estate_ai.compliance.labelled import Draft, load_cases

FOLDS = 5
SEEN_AT_LEAST = 2
MARGIN = 3.0
"""What a labelled draft on the wrong side costs, beside a simple border."""
FALSE_ALARMS = 0.03
"""Of harmless drafts unseen, most of which were written to sound forbidden: each is a sentence said less well than it
was drafted."""
SPOKEN_STEP = 1 / 4096
"""What the judge keeps of each labelled sentence's weight."""

Flags = NDArray[np.bool_]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence of a labelled draft, as the judge reads it."""

    sentence: str
    draft: int
    rule: str | None
    """That its draft breaks, if any."""
    alone: bool
    """Whether the draft has no other, so that its label is the sentence's."""


def main() -> int:
    rows = lesson([*load_cases("violating"), *load_cases("harmless"), *load_cases("ours")])
    views = views_of([row.sentence for row in rows])
    seen = [views.see(row.sentence) for row in rows]
    alike = likenesses(seen, len(views.columns))
    evidence = unseen_evidence(rows, alike)
    slope, offset = calibration(rows, evidence)
    stops_from = threshold(rows, _probability(slope * evidence + offset))
    taught, machine = fit(rows, alike, np.arange(len(rows)))
    judge = _judge(rows, views, seen, taught, machine, (slope, offset), stops_from)
    write_judge(WEIGHTS, judge)
    sys.stdout.write(_summary(rows, judge, _probability(slope * evidence + offset)))
    return 0


def lesson(drafts: Sequence[Draft]) -> list[Row]:
    """The sentences of *drafts* as the guard shows them to the judge."""
    rows: list[Row] = []
    for at, draft in enumerate(drafts):
        found = sentences_to_judge(draft.text)
        rows += (Row(sentence, at, draft.rule, draft.rule is None or len(found) == 1) for sentence in found)
    return rows


def views_of(sentences: Sequence[str]) -> Views:
    """What is needed to see a sentence, from all of them."""
    seen = Counter(name for sentence in sentences for name in features(sentence))
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    rarity = np.round([np.log(len(sentences) / seen[name]) for name in names], 4)
    words = Counter(word for sentence in sentences for word in set(tokens(sentence)))
    known = sorted(word for word in words if word in word_vectors()[0])
    word_rarity = {word: round(float(np.log(len(sentences) / words[word])), 4) for word in known}
    columns = {name: at for at, name in enumerate(names)}
    centreless = Views(columns, rarity, word_rarity, round(float(np.log(len(sentences))), 4), np.zeros(0))
    senses = np.array([centreless.mean_sense(sentence) for sentence in sentences])
    centre = np.round(senses.mean(axis=0), 6)
    return Views(columns, rarity, word_rarity, centreless.unseen, centre)


def likenesses(seen: Sequence[Sentence], columns: int) -> Reals:
    """How alike each two are."""
    wordings = _matrix(seen, columns)
    senses = np.array([one.sense for one in seen], dtype=np.float64)
    return likeness((wordings @ wordings.T).toarray(), senses @ senses.T)


def fit(rows: Sequence[Row], alike: Reals, taught_by: NDArray[np.intp]) -> tuple[NDArray[np.intp], SVC]:
    """The sentences learned from, among those at *taught_by*, and what was learned."""
    alone = np.array([at for at in taught_by if rows[at].alone])
    among = np.array([at for at in taught_by if not rows[at].alone], dtype=np.intp)
    first = _machine(rows, alike, alone)
    if not len(among):
        return alone, first
    worst: dict[int, tuple[float, int]] = defaultdict(lambda: (-np.inf, -1))
    for at, speaks in zip(among, first.decision_function(alike[np.ix_(among, alone)]), strict=True):
        worst[rows[at].draft] = max(worst[rows[at].draft], (float(speaks), -int(at)))
    taught = np.sort(np.concatenate([alone, [-at for _, at in worst.values()]]))
    return taught, _machine(rows, alike, taught)


def unseen_evidence(rows: Sequence[Row], alike: Reals) -> Reals:
    """What speaks against each sentence, from a machine that had seen nothing of its draft."""
    # By the words of the draft's first sentence, so that one more draft moves no other into another fold.
    fold_of = {row.draft: zlib.crc32(row.sentence.encode()) % FOLDS for row in reversed(rows)}
    folds = np.array([fold_of[row.draft] for row in rows])
    evidence = np.zeros(len(rows))
    for fold in range(FOLDS):
        held = np.flatnonzero(folds == fold)
        taught, machine = fit(rows, alike, np.flatnonzero(folds != fold))
        evidence[held] = machine.decision_function(alike[np.ix_(held, taught)])
    return evidence


def calibration(rows: Sequence[Row], evidence: Reals) -> tuple[float, float]:
    """The slope and offset that make a probability of *evidence*."""
    alone = np.array([row.alone for row in rows])
    model = LogisticRegression(C=1e6).fit(evidence[alone, None], _broken(rows)[alone])
    return round(float(model.coef_[0, 0]), 3), round(float(model.intercept_[0]), 3)


def threshold(rows: Sequence[Row], probability: Reals) -> float:
    """The lowest probability from which at most `FALSE_ALARMS` of the harmless drafts are stopped."""
    _, broken, highest = by_draft(rows, probability)
    steps = np.arange(0.10, 0.99, 0.01)
    return float(next((step for step in steps if (highest[~broken] >= step).mean() <= FALSE_ALARMS), steps[-1]))


def by_draft(rows: Sequence[Row], probability: Reals) -> tuple[list[int], Flags, Reals]:
    """The drafts, whether each breaks a rule, and the highest probability of its sentences."""
    highest: dict[int, float] = defaultdict(float)
    broken: dict[int, bool] = {}
    for row, one in zip(rows, probability.tolist(), strict=True):
        highest[row.draft] = max(highest[row.draft], one)
        broken[row.draft] = row.rule is not None
    return list(broken), np.array(list(broken.values())), np.array([highest[draft] for draft in broken])


def _machine(rows: Sequence[Row], alike: Reals, at: NDArray[np.intp]) -> SVC:
    machine = SVC(C=MARGIN, kernel="precomputed", class_weight="balanced", cache_size=400)
    return machine.fit(alike[np.ix_(at, at)], _broken(rows)[at])


def _judge(
    rows: Sequence[Row],
    views: Views,
    seen: Sequence[Sentence],
    taught: NDArray[np.intp],
    machine: SVC,
    line: tuple[float, float],
    stops_from: float,
) -> Judge:
    slope, offset = line
    at = taught[machine.support_]
    wordings = _matrix([seen[one] for one in at], len(views.columns)).tocsc()
    wordings.sort_indices()
    rules = sorted({row.rule for row in rows if row.rule is not None})
    of_rule = {rule: at for at, rule in enumerate(rules)}
    return Judge(
        views,
        Postings(wordings.indptr.astype(np.int64), wordings.indices.astype(np.int32), wordings.data.astype(np.int16)),
        np.array([seen[one].sense for one in at], dtype=np.int16),
        np.round(machine.dual_coef_[0] * slope / SPOKEN_STEP) * SPOKEN_STEP,
        rules,
        np.array([-1 if (rule := rows[one].rule) is None else of_rule[rule] for one in at], dtype=np.int8),
        round(float(machine.intercept_[0]) * slope + offset, 4),
        round(stops_from, 3),
    )


def _summary(rows: Sequence[Row], judge: Judge, probability: Reals) -> str:
    _, broken, highest = by_draft(rows, probability)
    stopped = highest >= judge.stops_from
    return (
        f"{broken.sum()} drafts that break a rule, {(~broken).sum()} harmless; {len(judge.speaks)} sentences kept, "
        f"{WEIGHTS.stat().st_size} bytes; unseen ones stopped from {judge.stops_from:.2f}: "
        f"{stopped[broken].mean():.0%}, and {stopped[~broken].mean():.1%} of the harmless\n"
    )


def _broken(rows: Sequence[Row]) -> Flags:
    return np.array([row.rule is not None for row in rows])


def _probability(evidence: Reals) -> Reals:
    return 1.0 / (1.0 + np.exp(-evidence))


def _matrix(seen: Sequence[Sentence], columns: int) -> sparse.csr_matrix:
    ends = np.cumsum([0, *(len(one.columns) for one in seen)])
    data = np.concatenate([one.wording for one in seen]).astype(np.float64)
    return sparse.csr_matrix((data, np.concatenate([one.columns for one in seen]), ends), shape=(len(seen), columns))


if __name__ == "__main__":
    sys.exit(main())
