"""`jorge eval`: how well messages are understood, per label, with intervals and the worst confusions."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.understanding.evaluate import LabelReport, Report, evaluate, wilson
from ghl_real_estate_ai.understanding.labelled import load_cases, load_labelled
from ghl_real_estate_ai.understanding.understand import understand

FLOORS: Mapping[str, float] = {
    "intents_macro_f1": 0.92,
    "objections_macro_f1": 0.88,
    "slots_f1": 0.93,
    "archetype_f1": 0.90,
    "language_accuracy": 0.98,
    "opt_out_recall": 1.0,
    "opt_out_precision": 0.95,
}
"""What is promised on messages that no rule and no model has seen."""
MOST_CONFUSIONS = 12


def evaluate_file(path: Path | None, *, stdout: TextIO | None = None, summary: bool = False) -> int:
    """Print the report on the labelled messages of *path*, or on those kept out of the training.

    *summary* prints the figures with floors alone.  Returns 0 when every floor is reached, 1 when not, 2 when the
    file is no set of labelled messages.
    """
    out = stdout or sys.stdout
    try:
        cases = load_cases("kept") if path is None else load_labelled(path)
    except (OSError, Rejected) as error:
        print(f"jorge eval: {error}", file=sys.stderr)
        return 2
    if not cases:
        print(f"jorge eval: {path} holds no messages.", file=sys.stderr)
        return 2
    report = evaluate(cases, understand)
    out.write(text_of(report, summary=summary))
    return 0 if all(report.figures()[name] >= floor for name, floor in FLOORS.items()) else 1


def text_of(report: Report, *, summary: bool = False) -> str:
    """Write *report* as Markdown."""
    parts = [f"{report.messages} messages\n", _figures(report)]
    if not summary:
        families = {
            "Intents": report.intents,
            "Objections": report.objections,
            "Slots": report.slots,
            "Archetypes": report.archetypes,
        }
        parts += [_family(name, family) for name, family in families.items()]
        parts.append(_reliability(report))
    return "\n".join(parts)


def _figures(report: Report) -> str:
    rows = [
        (name, f"{value:.3f}", f"{FLOORS[name]:.2f}" if name in FLOORS else "", _verdict(name, value))
        for name, value in report.figures().items()
    ]
    return _table(("figure", "value", "floor", ""), rows)


def _verdict(name: str, value: float) -> str:
    if name not in FLOORS:
        return ""
    return "ok" if value >= FLOORS[name] else "below"


def _family(name: str, family: LabelReport) -> str:
    rows = [
        (
            label,
            str(counts.given),
            _share(counts.right, counts.right + counts.wrong),
            _share(counts.right, counts.given),
            f"{counts.f1:.2f}",
        )
        for label, counts in sorted(family.counts.items(), key=lambda item: item[1].f1)
    ]
    heading = f"## {name} (macro-F1 {family.macro_f1:.3f}, micro-F1 {family.micro_f1:.3f})\n\n"
    table = _table(("label", "given", "precision", "recall", "F1"), rows)
    worst = ", ".join(f"{gold} as {found} ({times})" for gold, found, times in family.confusions[:MOST_CONFUSIONS])
    return heading + table + (f"\nWorst confusions: {worst}.\n" if worst else "")


def _share(hits: int, of: int) -> str:
    interval = wilson(hits, of)
    if interval is None:
        return "-"
    return f"{hits / of:.2f} ({interval[0]:.2f}-{interval[1]:.2f})"


def _reliability(report: Report) -> str:
    rows = [
        (f"from {bin_.low:.2f}", str(bin_.count), f"{bin_.mean_confidence:.3f}", f"{bin_.share_right:.3f}")
        for bin_ in report.reliability
    ]
    return "## How far a confidence can be believed\n\n" + _table(("confidence", "intents", "mean", "right"), rows)


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (heading, ["---"] * len(heading), *rows)]
    return "\n".join(lines) + "\n"
