"""Lists of words that are data, not rules: read from the text files beside this module."""

from pathlib import Path


def read_words(file_name: str) -> frozenset[str]:
    """Return the words of *file_name*, parted by blanks and line ends; a line that begins with # is a comment."""
    lines = (Path(__file__).parent / file_name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
