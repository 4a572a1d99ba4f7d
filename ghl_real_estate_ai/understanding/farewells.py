"""Taking leave: "gotta run, that's it for today", and what of a message is no more than that."""

from ghl_real_estate_ai.understanding.model import Span
from ghl_real_estate_ai.understanding.parts import parts_of
from ghl_real_estate_ai.understanding.screen import HAND_RULES
from ghl_real_estate_ai.understanding.text import Text, read
from ghl_real_estate_ai.understanding.words import read_families

_FAMILIES = read_families("farewells.txt")
_BEFORE, _FAREWELL, _AFTER = _FAMILIES["before"], _FAMILIES["farewell"], _FAMILIES["after"]
_GROUP = HAND_RULES.group([_FAREWELL])


def farewells(raw: str) -> list[Span]:
    """Where the parts of *raw* stand that only take leave."""
    return [part for part in parts_of(raw) if _takes_leave(read(raw[part.start : part.end]).plain)]


def without_farewell(text: Text) -> Text:
    """Return *text* with blanks for its farewell, whose "later" and "today" tell no time; every place stays the same."""
    if not _GROUP.could_match(text.plain):
        return text
    said = farewells(text.raw)
    if not said:
        return text
    raw = text.raw
    for part in said:
        raw = raw[: part.start] + " " * (part.end - part.start) + raw[part.end :]
    return read(raw)


def _takes_leave(plain: str) -> bool:
    """Whether *plain* is a farewell and nothing else but the small words before and after one."""
    at = 0
    while True:
        at += len(plain[at:]) - len(plain[at:].lstrip())
        found = _FAREWELL.match(plain, at)
        if found is not None and _is_nothing_more(plain[found.end() :]):
            return True
        before = _BEFORE.match(plain, at)
        if before is None or before.end() == at:
            return False
        at = before.end()


def _is_nothing_more(rest: str) -> bool:
    while (rest := rest.strip()) and (after := _AFTER.match(rest)):
        rest = rest[after.end() :]
    return not any(char.isalnum() for char in rest)
