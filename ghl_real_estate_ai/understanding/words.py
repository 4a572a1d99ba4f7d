"""Lists of words and phrases that are data, not rules: read from the text files beside this module."""

import re
from collections.abc import Mapping
from pathlib import Path

from ghl_real_estate_ai.understanding.rules import pattern


def read_words(file_name: str) -> frozenset[str]:
    """Return the words of *file_name*, parted by blanks and line ends; a line that begins with # is a comment."""
    return frozenset(word for line in _lines(file_name) for word in line.split())


def read_families(file_name: str) -> Mapping[str, re.Pattern[str]]:
    """Return the families of wordings of *file_name*, in its order, each as one pattern of whole words over plain text.

    A family is a line with its name in brackets and the lines below it, each an expression with the `<MACROS>` of rules.
    """
    families: dict[str, list[str]] = {}
    for line in _lines(file_name):
        if line.startswith("["):
            families[line.strip("[]")] = []
        else:
            families[next(reversed(families))].append(line)
    return {name: pattern("|".join(expressions)) for name, expressions in families.items()}


def _lines(file_name: str) -> list[str]:
    lines = (Path(__file__).parent / file_name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
