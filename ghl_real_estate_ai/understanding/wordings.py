"""The wordings that the hand rules know, as data: files that read as lists of phrases, one wording a line.

A file of `wordings/` has fragments and sections, and lines that begin with # as comments:

    HOURS = morning|noon|evening          a fragment, stood for by <HOURS>; it goes on in indented lines
    [human 0.85] talk to someone          evidence of a label, with its weight and what it is about
    [sell 0.7 unless denied]              the same, void where a negation stands before it
    [no sale]                             a pattern that the module asks for by name

`loose` in a header leaves out the word edges, which hold otherwise.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from ghl_real_estate_ai.understanding.model import Label
from ghl_real_estate_ai.understanding.rules import Rule, loose, pattern

_FOLDER = Path(__file__).parent / "wordings"
_FRAGMENT = re.compile(r"([A-Z][A-Z0-9_]*) = (.*)")
_SECTION = re.compile(r"\[(?P<name>[^\]\d]+?)(?: (?P<weight>[\d.]+))?(?P<denied> unless denied)?(?P<loose> loose)?\]")
_REFERENCE = re.compile(r"<([A-Z][A-Z0-9_]*)>")


@dataclass(frozen=True, slots=True)
class Wordings(Generic[Label]):
    """The sections of one file."""

    rules: tuple[Rule[Label], ...]
    """Those with a weight, in their order."""
    named: Mapping[str, re.Pattern[str]]
    """The others, by name."""

    def of(self, *labels: Label) -> tuple[Rule[Label], ...]:
        """The rules that are evidence of one of *labels*."""
        return tuple(rule for rule in self.rules if rule.label in labels)


def read_wordings(file_name: str, labels: Callable[[str], Label]) -> Wordings[Label]:
    """Read *file_name*, whose sections with a weight are evidence of a label, each named as *labels* takes it.

    Raises:
        ValueError: a header, a label or a fragment is unknown; the sentence names it.
    """
    fragments: dict[str, str] = {}
    sections: list[tuple[re.Match[str], list[str]]] = []
    for line in _lines((_FOLDER / file_name).read_text(encoding="utf-8")):
        if (fragment := _FRAGMENT.fullmatch(line)) is not None:
            fragments[fragment[1]] = _written_out(fragment[2], fragments)
        elif line.startswith("["):
            sections.append((_header(line, file_name), []))
        else:
            sections[-1][1].append(_written_out(line, fragments))
    compiled = [(header, _compiled(header, wordings)) for header, wordings in sections]
    return Wordings(
        tuple(
            Rule(labels(header["name"]), float(header["weight"]), found, fixed=header["denied"] is None)
            for header, found in compiled
            if header["weight"]
        ),
        {header["name"]: found for header, found in compiled if not header["weight"]},
    )


def _lines(text: str) -> list[str]:
    """The lines of *text* without comments, an indented one joined to the one it goes on from."""
    joined: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("    "):
            joined[-1] += (" " if joined[-1].endswith(" =") else "") + line[4:]
        else:
            joined.append(line)
    return joined


def _header(line: str, file_name: str) -> re.Match[str]:
    header = _SECTION.match(line)
    if header is None:
        raise ValueError(f"{file_name}: not a section: {line}")
    return header


def _compiled(header: re.Match[str], wordings: list[str]) -> re.Pattern[str]:
    return (loose if header["loose"] else pattern)("|".join(wordings))


def _written_out(expression: str, fragments: Mapping[str, str]) -> str:
    """*expression* with every fragment in place; one that only looks back stays as it is, the others are a choice."""

    def fragment(reference: re.Match[str]) -> str:
        if reference[1] not in fragments:
            raise ValueError(f"no such fragment: {reference[0]}")
        text = fragments[reference[1]]
        return text if text.startswith("(?<!") else f"(?:{text})"

    return _REFERENCE.sub(fragment, expression)
