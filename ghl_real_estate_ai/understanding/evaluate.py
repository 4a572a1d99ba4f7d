"""How well messages are understood: predictions held against labels that people gave; pure.

Precision and recall come with 95 % Wilson score intervals.  Macro-F1 is the plain mean over the labels that people gave
at least once; one that is only found, never given, lowers micro-F1.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.labelled import LabelledMessage
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Signals

Understand = Callable[[str, MessageContext], Signals]
Z95 = 1.959963984540054
TEXT_SLOTS = frozenset({Slot.ADDRESS, Slot.APPOINTMENT, Slot.NAME, Slot.EMAIL})
NOTHING = "(nothing)"
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a label was found rightly, found wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Of those found, how many were right; None when nothing was found."""
        found = self.right + self.wrong
        return self.right / found if found else None

    @property
    def recall(self) -> float | None:
        """Of those given, how many were found; None when none was given."""
        given = self.right + self.missed
        return self.right / given if given else None

    @property
    def f1(self) -> float:
        """2 right / (2 right + wrong + missed); 0 when nothing was right."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0

    @property
    def given(self) -> int:
        return self.right + self.missed


@dataclass(frozen=True, slots=True)
class LabelReport:
    """One family of labels: each label's counts, and what was taken for what."""

    counts: dict[str, Counts]
    confusions: tuple[tuple[str, str, int], ...]
    """(given, found instead, how often), the most frequent first; `(nothing)` where one side has none."""

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the labels that were given at least once."""
        given = [counts.f1 for counts in self.counts.values() if counts.given]
        return sum(given) / len(given) if given else 0.0

    @property
    def micro_f1(self) -> float:
        """F1 over all labels together, those only found wrongly included."""
        return total(self.counts.values()).f1


@dataclass(frozen=True, slots=True)
class Bin:
    """The intents found with a confidence from *low* to the next bin: how many, their mean confidence, how many right."""

    low: float
    count: int
    mean_confidence: float
    share_right: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one set of messages."""

    messages: int
    intents: LabelReport
    objections: LabelReport
    slots: LabelReport
    archetypes: LabelReport
    languages_right: int
    reliability: tuple[Bin, ...]
    """Whether an intent said with confidence c is right in a share c of cases."""

    @property
    def opt_out(self) -> Counts:
        return self.intents.counts.get(Intent.OPT_OUT.value, Counts())

    @property
    def language_accuracy(self) -> float:
        return self.languages_right / self.messages if self.messages else 0.0

    def figures(self) -> dict[str, float]:
        """The figures that have floors, by name."""
        return {
            "intents_macro_f1": self.intents.macro_f1,
            "intents_micro_f1": self.intents.micro_f1,
            "objections_macro_f1": self.objections.macro_f1,
            "slots_f1": self.slots.micro_f1,
            "archetype_f1": self.archetypes.micro_f1,
            "language_accuracy": self.language_accuracy,
            "opt_out_recall": 1.0 if self.opt_out.recall is None else self.opt_out.recall,
            "opt_out_precision": 1.0 if self.opt_out.precision is None else self.opt_out.precision,
        }


def evaluate(cases: Sequence[LabelledMessage], understand: Understand) -> Report:
    """Understand each case and hold the result against its labels."""
    pairs = [(case, understand(case.text, case.context)) for case in cases]
    return Report(
        messages=len(pairs),
        intents=_report((_named(case.intents), _named(f.label for f in signals.intents)) for case, signals in pairs),
        objections=_report(
            (_named(case.objections), _named(f.label for f in signals.objections)) for case, signals in pairs
        ),
        slots=_report((_given_slots(case), _found_slots(signals)) for case, signals in pairs),
        archetypes=_report(
            (
                _named([case.archetype] if case.archetype else []),
                _named([signals.archetype.label] if signals.archetype else []),
            )
            for case, signals in pairs
        ),
        reliability=_reliability(pairs),
        languages_right=sum(case.language is signals.language for case, signals in pairs),
    )


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """The 95 % Wilson score interval of a share; None of nothing (Wilson 1927)."""
    if not of:
        return None
    share, square = hits / of, Z95 * Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z95 / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def total(counts: Iterable[Counts]) -> Counts:
    """All of *counts* together."""
    listed = list(counts)
    return Counts(
        sum(count.right for count in listed),
        sum(count.wrong for count in listed),
        sum(count.missed for count in listed),
    )


Finding = tuple[str, Hashable]
"""A label's name and its value; None as the value where there is none to be right about."""


def _named(labels: Iterable[str]) -> set[Finding]:
    return {(str(label), None) for label in labels}


def _report(pairs: Iterable[tuple[set[Finding], set[Finding]]]) -> LabelReport:
    """Count (given, found) pairs; a slot with a wrong value is both found wrongly and missed."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for given, found in pairs:
        lacking, extra = [name for name, _ in given - found], [name for name, _ in found - given]
        right.update(name for name, _ in given & found)
        missed.update(lacking)
        wrong.update(extra)
        if lacking or extra:
            confused.update((gold, other) for gold in lacking or [NOTHING] for other in extra or [NOTHING])
    return LabelReport(
        {
            label: Counts(right[label], wrong[label], missed[label])
            for label in sorted(set(right) | set(wrong) | set(missed))
        },
        tuple((*pair, count) for pair, count in sorted(confused.items(), key=lambda item: (-item[1], item[0]))),
    )


def _given_slots(case: LabelledMessage) -> set[Finding]:
    return {(slot.value, comparable(slot, value)) for slot, value in case.slots.items()}


def _found_slots(signals: Signals) -> set[Finding]:
    return {(stated.slot.value, comparable(stated.slot, stated.value)) for stated in signals.slots}


def _reliability(pairs: Iterable[tuple[LabelledMessage, Signals]]) -> tuple[Bin, ...]:
    bins: list[list[tuple[float, bool]]] = [[] for _ in BINS]
    for case, signals in pairs:
        for found in signals.intents:
            at = max(index for index, low in enumerate(BINS) if found.confidence >= low)
            bins[at].append((found.confidence, found.label in case.intents))
    return tuple(
        Bin(low, len(members), sum(c for c, _ in members) / len(members), sum(ok for _, ok in members) / len(members))
        for low, members in zip(BINS, bins, strict=True)
        if members
    )


def comparable(slot: Slot, value: Any) -> Hashable:
    """*value* without what does not matter: case, the order of places, commas and full stops in text."""
    if slot is Slot.LOCATIONS:
        names = value if isinstance(value, (list, tuple)) else [value]
        return frozenset(str(name).strip().lower() for name in names)
    if slot in TEXT_SLOTS:
        return " ".join(str(value).lower().replace(",", " ").replace(".", " ").split())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(float(value), 2)
    return str(value).strip().lower()
