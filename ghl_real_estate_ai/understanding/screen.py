"""Which wordings of many patterns could match a text at all, told at once, so that the others are not tried.

Most of our wordings are far from most messages.  RE2's filter knows of each wording which letters it cannot do without,
looks for all of them in one pass, and matches the wordings whose letters are there; those without such letters it matches
in a second pass, all at once.  Only what RE2 matches is then matched by `re`, which alone says where.  RE2 is asked for less than a wording asks for, so it names too many at worst and never too
few: it has no lookaround, which is left out, and what its signs leave out that those of `re` take in is added.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import re2

_CHARACTER_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_PIECE = re.compile(
    rf"\\(?:u[0-9a-f]{{4}}|U[0-9a-f]{{8}}|.)|{_CHARACTER_CLASS}|(?P<look>\(\?<?[=!])|(?P<open>\()|(?P<close>\))|\||[^\\\[()|]+",
    re.DOTALL,
)
_LETTERS = re.compile(r"(?!\\|\[).*?[a-z]{3}(?![a-z]*[?*{])")
"""A piece that is neither a sign nor some characters, and has three letters in a row that stand in whatever it matches."""
_POSSESSIVE = re.compile(r"([*+?}])\+")
_BLANK = r"\s\v"
_MOST_WORDINGS = 3000
"""What one filter holds at most; beyond some five thousand RE2 refuses."""
_AT_A_WORD = re.compile(rf"(?:\\b|\(\?<[!=](?:\\.|{_CHARACTER_CLASS}|[^\\\[()])*\))*\(\?:")
"""The edge of a word or a look behind, and the group after it."""
_MAY_BE_REPEATED = ("?", "*", "+", "{")
_TEXTS_REMEMBERED = 8
OFTEN = 8
"""From which time on a wording is tried by itself: to compile one takes as long as the whole pattern does on several
messages, and most wordings are seldom near."""


class Screen:
    """Tells which of the patterns given to it could match a text; those it does not name cannot."""

    def __init__(self) -> None:
        self.groups: list[tuple[Screened, ...]] = []
        self.could_match = lru_cache(_TEXTS_REMEMBERED)(self._could_match)

    def group(self, patterns: Iterable[re.Pattern[str]]) -> "Group":
        """Take *patterns*, and return who tells of them alone."""
        self.groups.append(tuple(map(Screened, patterns)))
        self.could_match.cache_clear()
        self.__dict__.pop("_matchers", None)
        return Group(self, len(self.groups) - 1)

    def one(self, pattern: re.Pattern[str]) -> "One":
        """Take *pattern* by itself."""
        return One(pattern, self.group([pattern]))

    def _could_match(self, plain: str) -> "_Told":
        """Return of each group the places, in order, of its patterns that could match *plain*, a text in lower case, each
        with those of its wordings that could.

        All groups are told in one pass, and a text and its parts are remembered, since each group asks for the same.
        """
        matchers, always = self._matchers
        named = [places[at] for places, match in matchers for at in match(plain) or ()]
        told: dict[int, dict[int, list[int]]] = {}
        for group, at, wording in sorted([*named, *always]):
            told.setdefault(group, {}).setdefault(at, []).append(wording)
        return told

    @property
    def always(self) -> tuple["_Place", ...]:
        """The wordings that RE2 does not have, or would read otherwise, which are tried on every text."""
        return tuple(sorted(self._matchers[1]))

    @cached_property
    def _matchers(self) -> tuple[list["_Matcher"], list["_Place"]]:
        """What matches all wordings; and those that RE2 does not have."""
        lettered: list[_Wording] = []
        doubtful: list[_Wording] = []
        always: list[_Place] = []
        for place, wording, tried in self._wordings():
            if self.groups[place[0]][place[1]].whole.flags != re.ASCII:
                always.append(place)
            else:
                (lettered if _has_letters(wording) else doubtful).append((place, without_lookaround(tried)))
        return _matchers_of(lettered, doubtful, always), always

    def _wordings(self) -> Iterator[tuple["_Place", str, str]]:
        """Every wording with its place, by itself and as it is tried."""
        for group, patterns in enumerate(self.groups):
            for at, pattern in enumerate(patterns):
                for number, (wording, tried) in enumerate(zip(pattern.wordings, pattern.tried, strict=True)):
                    yield (group, at, number), wording, tried


_Place = tuple[int, int, int]
"""A group, a pattern within, and a wording of it."""
_Told = Mapping[int, Mapping[int, Sequence[int]]]
_Wording = tuple[_Place, str]
"""A wording in RE2's terms."""
_Matcher = tuple[list[_Place], Callable[[str], Iterable[int] | None]]
"""The places of some wordings, and what tells which of them match a text."""


def _matchers_of(lettered: list[_Wording], doubtful: list[_Wording], refused: list[_Place]) -> list[_Matcher]:
    """Return what matches the wordings, of which the filter would find no letters to look for in some of the *doubtful*
    ones; add those that RE2 does not have to *refused*."""
    bare, others = _without_letters(doubtful, refused)
    others = sorted([*lettered, *others])
    matchers: list[_Matcher] = []
    for start in range(0, len(others), _MOST_WORDINGS):
        held, filtered = _filtered(others[start : start + _MOST_WORDINGS], refused)
        if held:
            matchers.append(([place for place, _ in held], filtered.Match))
    if bare:
        together = re2.Set.SearchSet()
        for _, expression in bare:
            together.Add(expression)
        together.Compile()
        matchers.append(([place for place, _ in bare], together.Match))
    return matchers


def _without_letters(doubtful: list[_Wording], refused: list[_Place]) -> tuple[list[_Wording], list[_Wording]]:
    """Part *doubtful* into what a filter names whatever the text, and the others."""
    bare, others = [], []
    for start in range(0, len(doubtful), _MOST_WORDINGS):
        held, filtered = _filtered(doubtful[start : start + _MOST_WORDINGS], refused)
        named = set(filtered.Match("", True) or ()) if held else set()
        for at, one in enumerate(held):
            (bare if at in named else others).append(one)
    return bare, others


def _has_letters(wording: str) -> bool:
    """Whether *wording* has three letters that stand in whatever it matches; not told of those within its choices."""
    depth, found = 0, False
    for piece in _PIECE.finditer(wording):
        depth += bool(piece["look"] or piece["open"]) - bool(piece["close"])
        if depth == 0 and piece[0] == "|":
            return False
        found = found or (depth == 0 and _LETTERS.match(piece[0]) is not None)
    return found


def _filtered(wordings: list[_Wording], refused: list[_Place]) -> tuple[list[_Wording], "re2.Filter"]:
    """Return those of *wordings* that RE2 has with their filter, and add the others to *refused*."""
    filtered = re2.Filter()
    held = []
    for place, expression in wordings:
        if _is_added(expression, filtered):
            held.append((place, expression))
        else:
            refused.append(place)
    if held:
        filtered.Compile()
    return held, filtered


def _is_added(wording: str, wordings: "re2.Filter") -> bool:
    quiet = re2.Options()
    quiet.log_errors = False
    try:
        wordings.Add(wording, quiet)
    except re2.error:
        return False
    return True


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
        if (told := self.screen.could_match(plain).get(self.number)) is None:
            return iter(())
        patterns = self.screen.groups[self.number]
        return ((at, patterns[at].finditer(plain, named)) for at, named in told.items())


@dataclass(frozen=True, slots=True)
class One:
    """A pattern that is asked about by itself."""

    pattern: re.Pattern[str]
    group: Group

    def search(self, plain: str) -> re.Match[str] | None:
        """The first match in *plain*, as `re` gives it."""
        return self.pattern.search(plain) if self.group.could_match(plain) else None


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


@lru_cache(maxsize=4096)
def _in_terms_of_re2(piece: str) -> str:
    """The end of a text is another letter there, and not also what stands before its last line break, blanks are one fewer,
    nothing is possessive, a count has its least, and a character is told by its number in braces."""
    if piece == r"\Z":
        return r"\z"
    if piece[0] == "[":
        return piece if piece.startswith("[^") else piece.replace(r"\s", _BLANK)
    if piece[0] == "\\":
        return f"[{_BLANK}]" if piece == r"\s" else f"\\x{{{piece[2:]}}}" if piece[1] in "uU" else piece
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
