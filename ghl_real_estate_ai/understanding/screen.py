"""Which wordings of many patterns could match a text at all, told at once, so that the others are not tried.

Most of our wordings are far from most messages.  RE2's filter knows of each wording which letters it cannot do without,
looks for all of them in one pass, and matches the wordings whose letters are there; only those that match are then matched
by `re`, which alone says where.  RE2 is asked for less than a wording asks for, so it names too many at worst and never too
few: it has no lookaround, which is left out, and what its signs leave out that those of `re` take in is added.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import re2

_CHARACTER_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_PIECE = re.compile(
    rf"\\.|{_CHARACTER_CLASS}|(?P<look>\(\?<?[=!])|(?P<open>\()|(?P<close>\))|\||[^\\\[()|]+", re.DOTALL
)
_POSSESSIVE = re.compile(r"([*+?}])\+")
_BLANK = r"\s\v"
_MOST_WORDINGS = 1500
"""What one filter holds at most; beyond some five thousand RE2 refuses."""
_AT_A_WORD = re.compile(rf"(?:\\b|\(\?<[!=](?:\\.|{_CHARACTER_CLASS}|[^\\\[()])*\))*\(\?:")
"""The edge of a word or a look behind, and the group after it."""
_MAY_BE_REPEATED = ("?", "*", "+", "{")
OFTEN = 8
"""From which time on a wording is tried by itself: to compile one takes as long as the whole pattern does on several
messages, and most wordings are seldom near."""


class Screen:
    """Tells which of the patterns given to it could match a text; those it does not name cannot."""

    def __init__(self) -> None:
        self.groups: list[tuple[Screened, ...]] = []
        self._last: tuple[str, _Told] | None = None

    def group(self, patterns: Iterable[re.Pattern[str]]) -> "Group":
        """Take *patterns*, and return who tells of them alone."""
        self.groups.append(tuple(map(Screened, patterns)))
        self._last = None
        self.__dict__.pop("_filters", None)
        return Group(self, len(self.groups) - 1)

    def could_match(self, plain: str) -> "_Told":
        """Return of each group the places, in order, of its patterns that could match *plain*, a text in lower case, each
        with those of its wordings that could.

        All groups are told in one pass, and the last text is remembered, since each group asks for the same.
        """
        if (last := self._last) is not None and last[0] == plain:
            return last[1]
        filters, always = self._filters
        named = [places[at] for places, wordings in filters for at in sorted(wordings.Match(plain) or ())]
        told: dict[int, dict[int, list[int]]] = {}
        for group, at, wording in sorted([*named, *always]) if always else named:
            told.setdefault(group, {}).setdefault(at, []).append(wording)
        self._last = plain, told
        return told

    @property
    def always(self) -> tuple["_Place", ...]:
        """The wordings that no filter can have, which are tried on every text."""
        return tuple(self._filters[1])

    @cached_property
    def _filters(self) -> tuple[list[tuple[list["_Place"], "re2.Filter"]], list["_Place"]]:
        """Filters with the place of each of their wordings; and the wordings that none can have."""
        filters: list[tuple[list[_Place], re2.Filter]] = []
        always: list[_Place] = []
        for group, patterns in enumerate(self.groups):
            for at, pattern in enumerate(patterns):
                if not filters or len(filters[-1][0]) > _MOST_WORDINGS:
                    filters.append(([], re2.Filter()))
                always += _not_added(pattern, (group, at), *filters[-1])
        for places, wordings in filters:
            if places:
                wordings.Compile()
        return [one for one in filters if one[0]], always


_Place = tuple[int, int, int]
"""A group, a pattern within, and a wording of it."""
_Told = Mapping[int, Mapping[int, Sequence[int]]]


class Screened:
    """A pattern as its wordings, each of which can be tried without the others."""

    def __init__(self, whole: re.Pattern[str]) -> None:
        self.whole = whole
        before, self.wordings, after = parted(whole.pattern)
        self.tried = [f"{before}{wording}{after}" for wording in self.wordings]
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._asked: Counter[int] = Counter()

    def finditer(self, plain: str, named: Sequence[int]) -> Iterator[re.Match[str]]:
        """Yield what the whole pattern matches in *plain*, of which only the wordings *named* can match anything."""
        patterns = [pattern for at in named if (pattern := self._compiled.get(at) or self._compile(at)) is not None]
        if len(patterns) < len(named):
            yield from self.whole.finditer(plain)
            return
        if len(patterns) == 1:
            yield from patterns[0].finditer(plain)
            return
        done = 0
        ahead = [(pattern, pattern.search(plain)) for pattern in patterns]
        while matches := [match for _, match in ahead if match is not None]:
            first = min(matches, key=_start)  # of those that begin together the earlier wording, as a choice has it
            if not first.group():
                yield from self.whole.finditer(plain, done)  # how to go on behind nothing is `re`'s own affair
                return
            yield first
            done = first.end()
            ahead = [
                (pattern, pattern.search(plain, done) if match is not None and match.start() < done else match)
                for pattern, match in ahead
            ]

    def _compile(self, at: int) -> re.Pattern[str] | None:
        """The wording *at* its place by itself, once it has been asked for `OFTEN` times."""
        self._asked[at] += 1
        if self._asked[at] < OFTEN:
            return None
        return self._compiled.setdefault(at, re.compile(self.tried[at], self.whole.flags))


def _start(match: re.Match[str]) -> int:
    return match.start()


def _not_added(
    pattern: Screened, place: tuple[int, int], places: list[_Place], wordings: "re2.Filter"
) -> Iterator[_Place]:
    """Add the wordings of *pattern* to *wordings*, in RE2's terms; yield those that RE2 does not have, or would read
    otherwise."""
    for at, wording in enumerate(pattern.tried):
        if pattern.whole.flags == re.ASCII and _is_added(without_lookaround(wording), wordings):
            places.append((*place, at))
        else:
            yield (*place, at)


def _is_added(wording: str, wordings: "re2.Filter") -> bool:
    quiet = re2.Options()
    quiet.log_errors = False
    try:
        wordings.Add(wording, quiet)
    except re2.error:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Group:
    """Patterns that are asked about together."""

    screen: Screen
    number: int

    def could_match(self, plain: str) -> bool:
        """Whether any of the patterns could match *plain*."""
        return self.number in self.screen.could_match(plain)

    def matches(self, plain: str) -> Iterator[tuple[int, Iterator[re.Match[str]]]]:
        """Yield the place of each pattern that could match *plain*, in order, with its matches as `re.finditer` gives
        them."""
        patterns = self.screen.groups[self.number]
        told = self.screen.could_match(plain).get(self.number, {})
        return ((at, patterns[at].finditer(plain, named)) for at, named in told.items())


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
    """The end of a text is another letter there, and not also what stands before its last line break, blanks are one fewer,
    nothing is possessive, and a count has its least."""
    if piece == r"\Z":
        return r"\z"
    if piece[0] == "[":
        return piece if piece.startswith("[^") else piece.replace(r"\s", _BLANK)
    if piece[0] == "\\":
        return f"[{_BLANK}]" if piece == r"\s" else piece
    return _POSSESSIVE.sub(r"\1", piece).replace("{,", "{0,").replace("$", "(?:)")


def parted(expression: str) -> tuple[str, list[str], str]:
    """What stands before the wordings of *expression*, these, and what stands after them: the choices of the group it
    begins with, if it does; together they are *expression*."""
    whole = "", [expression], ""
    if (opening := _AT_A_WORD.match(expression)) is None:
        return whole
    wordings, after = [""], ""
    depth = 1
    for piece in _PIECE.finditer(expression, opening.end()):
        depth += bool(piece["look"] or piece["open"]) - bool(piece["close"])
        if depth == 0 and not after and expression.startswith(_MAY_BE_REPEATED, piece.end()):
            return whole
        if depth == 0 and piece[0] == "|":
            return whole
        if depth == 0 or after:
            after += piece[0]
        elif depth == 1 and piece[0] == "|":
            wordings.append("")
        else:
            wordings[-1] += piece[0]
    return (opening[0], wordings, after) if after else whole
