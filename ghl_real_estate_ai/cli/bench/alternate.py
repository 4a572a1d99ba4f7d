"""Subject and control by turns, so that what else the machine does meets both alike; pure but for what it calls."""

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def alternate(subjects: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Call every subject once a round, each round beginning with another, and return the results by round."""
    names = list(subjects)
    results: dict[str, list[T]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in (*names[first:], *names[:first]):
            results[name].append(subjects[name]())
    return results
