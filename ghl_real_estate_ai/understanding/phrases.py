"""Small pieces that rules over plain text are written with, so that a rule reads as lists of words."""

from pathlib import Path


def read_phrases(file_name: str) -> dict[str, frozenset[str]]:
    """Return the phrases of each `[section]` of *file_name*, parted by commas; a line that begins with # is a comment."""
    sections: dict[str, set[str]] = {}
    name = ""
    for line in (Path(__file__).parent / file_name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            sections.setdefault(name, set()).update(phrase.strip() for phrase in line.split(",") if phrase.strip())
    return {section: frozenset(phrases) for section, phrases in sections.items()}


def one_of(*lists: str) -> str:
    """Any word of *lists*, which blanks part; an underscore stands for a blank within one."""
    return "(?:" + "|".join(word.replace("_", " ") for words in lists for word in words.split()) + ")"


def some(words: str, most: int) -> str:
    """None to *most* of the words of *words* (see `one_of`), each with the blank that follows it."""
    return f"(?:{one_of(words)} ){{0,{most}}}"


def not_after(words: str) -> str:
    """What follows does not stand right after one of *words*, whole words parted by blanks."""
    return "".join(rf"(?<!\b{word.replace('_', ' ')} )" for word in words.split())


AT_END = r"(?=\W*$|\s*[.!?,;\n])"
"""The end of the message or of a clause."""
AT_START = r"(?:\A|(?<=[.!?,;:\n]) ?|(?<=[.!?,;:\n-] ))"
"""The beginning of the message or of a clause."""
