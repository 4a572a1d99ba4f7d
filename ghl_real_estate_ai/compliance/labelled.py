"""The labelled drafts that the guard's judge learns from: in `cases/`, a file a verdict and language, one a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ghl_real_estate_ai.conversation.model import Language

CASES = Path(__file__).parent / "cases"
HEADING = "# "
"""Before the name of the rule that the violating drafts below it break."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, and the rule that it breaks."""

    text: str
    rule: str | None = None
    """None for a harmless one."""


def load_drafts(verdict: str, language: Language, folder: Path = CASES) -> Iterator[Draft]:
    """The drafts of *verdict*: `violating`, `harmless`, or `ours`, what the bots say."""
    rule = None
    for line in (folder / f"{verdict}_{language.value}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(HEADING):
            rule = line.removeprefix(HEADING)
        else:
            yield Draft(line, rule)


def load_cases(verdict: str, folder: Path = CASES) -> list[Draft]:
    """The drafts of *verdict* in both languages."""
    return [draft for language in Language for draft in load_drafts(verdict, language, folder)]
