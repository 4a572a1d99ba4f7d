"""Which of many patterns could match a text at all, told in one pass over it, so that the others are not tried.

Most of our wordings are far from most messages.  RE2's filter knows of each pattern which letters it cannot do without
and looks for all of them at once; only the patterns whose letters are there are then matched, by `re` as ever.  The
filter is given less than the pattern asks for, so it names too many at worst and never too few: RE2 has no lookaround,
which is left out, and of "one of these wordings at a word's edge" each wording by itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import re2

_CHARACTER_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_PIECE = re.compile(
    rf"\\.|{_CHARACTER_CLASS}|(?P<look>\(\?<?[=!])|(?P<open>\()|(?P<close>\))|\||[^\\\[()|]+", re.DOTALL
)
_POSSESSIVE = re.compile(r"([*+?}])\+")
_MOST_WORDINGS = 1500
"""What one filter holds at most; beyond some five thousand RE2 refuses."""
_AT_A_WORD = re.compile(r"(?:\\b|\(\?:\))*\(\?:(?!\))")
"""The edge of a word, or what is left of a lookaround, and the group behind it."""
_MAY_BE_ABSENT = ("?", "*", "{")


class Screen:
    """Tells which of the patterns given to it could match a text; those it does not name cannot."""

    def __init__(self) -> None:
        self.groups: list[tuple[re.Pattern[str], ...]] = []
        self._last: tuple[str, Mapping[int, Sequence[int]]] | None = None

    def group(self, patterns: Iterable[re.Pattern[str]]) -> "Group":
        """Take *patterns*, and return who tells of them alone."""
        self.groups.append(tuple(patterns))
        self._last = None
        self.__dict__.pop("_filters", None)
        return Group(self, len(self.groups) - 1)

    def could_match(self, plain: str) -> Mapping[int, Sequence[int]]:
        """Return of each group the places, in order, of its patterns that could match *plain*, a text in lower case.

        All groups are told in one pass, and the last text is remembered, since each group asks for the same.
        """
        if (last := self._last) is not None and last[0] == plain:
            return last[1]
        filters, always = self._filters
        named = {places[at] for places, wordings in filters for at in wordings.Match(plain, True) or ()}
        told: dict[int, list[int]] = {}
        for group, at in sorted(named.union(always)):
            told.setdefault(group, []).append(at)
        self._last = plain, told
        return told

    @property
    def always(self) -> tuple["_Place", ...]:
        """The patterns that no filter can have: (group, place) of each that is tried on every text."""
        return tuple(self._filters[1])

    @cached_property
    def _filters(self) -> tuple[list[tuple[list["_Place"], "re2.Filter"]], list["_Place"]]:
        """Filters with the place of the pattern that each of their wordings is of; and the patterns none can have."""
        filters: list[tuple[list[_Place], re2.Filter]] = []
        always: list[_Place] = []
        for group, patterns in enumerate(self.groups):
            for at, pattern in enumerate(patterns):
                if not filters or len(filters[-1][0]) > _MOST_WORDINGS:
                    filters.append(([], re2.Filter()))
                if not _add(pattern, (group, at), *filters[-1]):
                    always.append((group, at))
        for places, wordings in filters:
            if places:
                wordings.Compile()
        return [one for one in filters if one[0]], always


_Place = tuple[int, int]
"""A group, and a pattern within."""


def _add(pattern: re.Pattern[str], place: _Place, places: list[_Place], wordings: "re2.Filter") -> bool:
    """Add what *pattern* cannot do without to *wordings*, unless RE2 has no such pattern or would read it otherwise."""
    quiet = re2.Options()
    quiet.log_errors = False
    if pattern.flags != re.ASCII:
        return False
    try:
        for wording in wordings_of(without_lookaround(pattern.pattern)):
            wordings.Add(wording, quiet)
            places.append(place)
    except re2.error:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Group:
    """Patterns that are asked about together."""

    screen: Screen
    number: int

    def could_match(self, plain: str) -> Sequence[int]:
        """Return the places, in order, of the patterns that could match *plain*."""
        return self.screen.could_match(plain).get(self.number, ())


HAND_RULES = Screen()
"""The screen of all that `understanding` tries on every message."""


def without_lookaround(expression: str) -> str:
    """*expression* in RE2's terms without what only looks ahead or behind: it matches wherever *expression* does."""
    kept: list[str] = []
    depth = looks_since = 0
    for piece in _PIECE.finditer(expression):
        depth += bool(piece["look"] or piece["open"])
        if piece["look"] and not looks_since:
            looks_since = depth
        if not looks_since:
            kept.append(_in_terms_of_re2(piece[0]))
        elif piece["close"] and looks_since == depth:
            looks_since = 0
            kept.append("(?:)")
        depth -= bool(piece["close"])
    return "".join(kept)


def _in_terms_of_re2(piece: str) -> str:
    """The end of a text is another letter there, nothing is possessive, and a count has its least."""
    if piece == r"\Z":
        return r"\z"
    return piece if piece[0] in "\\[" else _POSSESSIVE.sub(r"\1", piece).replace("{,", "{0,")


def wordings_of(expression: str) -> list[str]:
    """Expressions one of which matches wherever *expression* does: the choices of the group it begins with, if it does."""
    if (opening := _AT_A_WORD.match(expression)) is None:
        return [expression]
    wordings = [""]
    depth, ended = 1, False
    for piece in _PIECE.finditer(expression, opening.end()):
        depth += bool(piece["look"] or piece["open"]) - bool(piece["close"])
        if depth == 0 and (piece[0] == "|" or (not ended and expression.startswith(_MAY_BE_ABSENT, piece.end()))):
            return [expression]
        ended |= depth == 0
        if depth == 1 and not ended and piece[0] == "|":
            wordings.append("")
        elif not ended:
            wordings[-1] += piece[0]
    return wordings if ended else [expression]
