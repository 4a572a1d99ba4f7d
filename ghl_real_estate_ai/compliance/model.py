"""What compliance says of a draft; pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that spoke, and where it is written down."""

    name: str
    source: str


def explained(rules: tuple[Rule, ...]) -> str:
    """The rules with their sources, for people."""
    return "; ".join(f"{rule.name} ({rule.source})" for rule in rules)


@dataclass(frozen=True, slots=True)
class Send:
    """Say it as drafted."""

    text: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Say *text* in place of the draft, because of *rules*."""

    text: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class HoldUntil:
    """Say it, but not before *until*."""

    text: str
    until: datetime
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Suppress:
    """Never say it, because of *rules*."""

    rules: tuple[Rule, ...]

    @property
    def rule(self) -> str:
        """The names of the rules, for people."""
        return ", ".join(rule.name for rule in self.rules)


Verdict = Send | Rewrite | HoldUntil | Suppress
