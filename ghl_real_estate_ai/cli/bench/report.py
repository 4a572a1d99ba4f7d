"""Figures for people, for programs, and for the marked sections of a document."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ghl_real_estate_ai.cli.bench.figure import Figure
from ghl_real_estate_ai.cli.bench.machine import Machine
from ghl_real_estate_ai.cli.bench.throw_away import Scale

HEADINGS = ("what", "measured", "against", "ratio", "rounds", "target", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run of the bench found."""

    machine: Machine
    at: datetime
    scale: Scale
    seed: int
    figures: Mapping[str, Sequence[Figure]]
    """By measurement."""

    @property
    def missed(self) -> list[str]:
        """The figures whose target was missed, with what they measured."""
        return [
            f"{figure.name} is {_told(figure)}, {figure.target_text}"
            for of_measurement in self.figures.values()
            for figure in of_measurement
            if figure.met is False
        ]

    def as_json(self) -> str:
        return json.dumps(
            {
                "machine": self.machine.as_json(),
                "at": self.at.isoformat(),
                "scale": self.scale.value,
                "seed": self.seed,
                "met": not self.missed,
                "figures": {name: [figure.as_json() for figure in found] for name, found in self.figures.items()},
            },
            indent=2,
        )

    def into(self, document: str) -> str:
        """Return *document* with a section for each measurement of this run; what lies outside of them stays.

        A section lies between `<!-- bench NAME -->` and `<!-- /bench NAME -->`; one that is not there is added at the
        end.
        """
        for name, figures in self.figures.items():
            begin, end = f"<!-- bench {name} -->", f"<!-- /bench {name} -->"
            section = f"{begin}\n{self._section(figures)}\n{end}"
            pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
            if pattern.search(document):
                document = pattern.sub(section.replace("\\", r"\\"), document)
            else:
                document = f"{document.rstrip()}\n\n## {name}\n\n{section}\n"
        return document

    def _section(self, figures: Sequence[Figure]) -> str:
        size = "" if self.scale is Scale.USUAL else f", {self.scale.value} sizes"
        lines = [f"{self.at:%Y-%m-%d %H:%M} UTC{size}, seed {self.seed}. {self.machine.sentence}.", ""]
        lines += ["| " + " | ".join(HEADINGS) + " |", "|" + " --- |" * len(HEADINGS)]
        lines += ["| " + " | ".join(cells_of(figure)) + " |" for figure in figures]
        return "\n".join(lines)


def cells_of(figure: Figure) -> tuple[str, ...]:
    """The figure as the cells of a row under HEADINGS."""
    against = "" if figure.baseline is None else f"{figure.against}: {_amount(figure.baseline)} {figure.unit}"
    ratio = "" if figure.ratio is None else f"{_amount(figure.ratio)}x"
    span = f"{_amount(min(figure.rounds))} to {_amount(max(figure.rounds))}" if figure.rounds else ""
    met = {None: "", True: "yes", False: "NO"}[figure.met]
    return (figure.name, f"{_amount(figure.value)} {figure.unit}", against, ratio, span, figure.target_text, met)


def _told(figure: Figure) -> str:
    return "not to be told" if figure.gauged is None else _amount(figure.gauged)


def _amount(number: float) -> str:
    """Three significant digits, and whole numbers from a hundred on."""
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.3g}"
