"""Which of many patterns could match a text at all, told at once, so that the others are not tried.

Most of our wordings are far from most messages.  RE2's filter knows of each wording which letters it cannot do without,
looks for all of them in one pass, and matches the wordings whose letters are there; those without such letters it matches
in a second pass, all at once.  Only a pattern of which RE2 matches a wording is then matched by `re`, which alone says
where.  RE2 is asked for less than a wording asks for, so it names too many at worst and never too few: it has no
lookaround, which is left out, and what its signs leave out that those of `re` take in is added.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import re2

_CHARACTER_CLASS = r"\[\^?\]?(?:\\.|[^\]\\])*\]"
_PIECE = re.compile(
    rf"\\(?:u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|.)|{_CHARACTER_CLASS}|(?P<look>\(\?<?[=!])|(?P<open>\()|(?P<close>\))|\||[^\\\[()|]+",
    re.DOTALL,
)
_LETTERS = re.compile(r"(?!\\|\[).*?[a-z]{3}(?![a-z]*[?*{])")
"""A piece that is neither a sign nor some characters, and has three letters in a row that stand in whatever it matches."""
_POSSESSIVE = re.compile(r"([*+?]|\{\d*,?\d*\})\+")
_AT_MOST = re.compile(r"\{(?=,\d+\})")
_NUMBERED = re.compile(r"\\[uU]([0-9a-fA-F]{4,8})")
_REFUSED = r"\1"
"""What RE2 does not have, so that a wording with it is tried on every text."""
_BLANK = r"\s\v"
_SIGN_OR_BLANK = re.compile(rf"\\.|{_CHARACTER_CLASS}| ", re.DOTALL)
_NO_LETTER = "[^a-z]"
"""What is looked for instead of a blank, so that the words on either side are looked for one by one."""
_MOST_WORDINGS = 3000
"""What one filter holds at most; beyond some five thousand RE2 refuses."""
_MOST_MEMORY = 1 << 20
"""Bytes that RE2 may keep of what one wording met; with eight times as many it is no faster."""
_MOST_TOGETHER = 100
"""How many wordings are matched in one pass at most; of four times as many RE2 makes nothing."""
_AT_A_WORD = re.compile(rf"(?:\\b|\(\?<[!=](?:\\.|{_CHARACTER_CLASS}|[^\\\[()])*\))*\(\?:")
"""The edge of a word or a look behind, and the group after it."""
_MAY_BE_REPEATED = ("?", "*", "+", "{")
_TEXTS_REMEMBERED = 8

Place = tuple[int, int]
"""A group, and a pattern within."""


class Screen:
    """Tells which of the patterns given to it could match a text; those it does not name cannot."""

    def __init__(self) -> None:
        self.groups: list[tuple[re.Pattern[str], ...]] = []
        self.could_match = lru_cache(_TEXTS_REMEMBERED)(self._could_match)

    def group(self, patterns: Iterable[re.Pattern[str]]) -> "Group":
        """Take *patterns*, and return who tells of them alone."""
        self.groups.append(tuple(patterns))
        self.could_match.cache_clear()
        self.__dict__.pop("_matchers", None)
        return Group(self, len(self.groups) - 1)

    def one(self, pattern: re.Pattern[str]) -> "One":
        """Take *pattern* by itself."""
        return One(pattern, self.group([pattern]))

    def _could_match(self, plain: str) -> Mapping[int, Sequence[int]]:
        """Return of each group the places, in order, of its patterns that could match *plain*, a text in lower case.

        All groups are told at once, and a text and its parts are remembered, since each group asks for the same.
        """
        matchers, always = self._matchers
        named = {places[at] for places, match in matchers for at in match(plain) or ()}
        told: dict[int, list[int]] = {}
        for group, at in sorted(named | always):
            told.setdefault(group, []).append(at)
        return told

    @property
    def always(self) -> frozenset[Place]:
        """The patterns that RE2 does not have, or would read otherwise, which are tried on every text."""
        return self._matchers[1]

    @cached_property
    def _matchers(self) -> "tuple[list[_Matcher], frozenset[Place]]":
        """What matches all wordings; and the patterns of those that RE2 does not have."""
        wordings: list[_Wording] = []
        refused: set[Place] = set()
        for group, patterns in enumerate(self.groups):
            for at, pattern in enumerate(patterns):
                if pattern.flags == re.ASCII:
                    wordings += _wordings_of(pattern.pattern, (group, at))
                else:
                    refused.add((group, at))
        matchers = _matchers_of(wordings, refused)
        return matchers, frozenset(refused)


@dataclass(frozen=True, slots=True)
class Group:
    """Patterns that are asked about together."""

    screen: Screen
    number: int

    def could_match(self, plain: str) -> bool:
        """Whether any of the patterns could match *plain*."""
        return self.number in self.screen.could_match(plain)

    def matches(self, plain: str) -> Iterable[tuple[int, Iterator[re.Match[str]]]]:
        """The place of each pattern that could match *plain*, in order, with its matches as `re.finditer` gives them."""
        if (named := self.screen.could_match(plain).get(self.number)) is None:
            return ()
        patterns = self.screen.groups[self.number]
        return [(at, patterns[at].finditer(plain)) for at in named]


@dataclass(frozen=True, slots=True)
class One:
    """A pattern that is asked about by itself."""

    pattern: re.Pattern[str]
    group: Group

    def search(self, plain: str) -> re.Match[str] | None:
        """The first match in *plain*, as `re` gives it."""
        return self.pattern.search(plain) if self.group.could_match(plain) else None

    def finditer(self, plain: str) -> Iterator[re.Match[str]]:
        """Every match in *plain*, as `re` gives them."""
        return self.pattern.finditer(plain) if self.group.could_match(plain) else iter(())


class _Wording(NamedTuple):
    """One of the wordings of a pattern, in RE2's terms."""

    place: Place
    expression: str
    has_letters: bool
    """Whether it surely has letters that RE2's filter looks for."""


_Matcher = tuple[list[Place], Callable[[str], Iterable[int] | None]]
"""The places of some wordings, and what tells which of them match a text."""


def _wordings_of(expression: str, place: Place) -> Iterator[_Wording]:
    before, wordings, after = parted(expression)
    for wording in wordings:
        yield _Wording(place, without_lookaround(f"{before}{wording}{after}"), _has_letters(wording))


def _has_letters(wording: str) -> bool:
    """Whether *wording* has three letters in a row that stand in whatever it matches; not told of those in its groups."""
    depth, found = 0, False
    for piece in _PIECE.finditer(wording):
        depth += bool(piece["look"] or piece["open"]) - bool(piece["close"])
        if depth == 0 and piece[0] == "|":
            return False
        found = found or (depth == 0 and _LETTERS.match(piece[0]) is not None)
    return found


def _matchers_of(wordings: Sequence[_Wording], refused: set[Place]) -> list[_Matcher]:
    """Return what matches the *wordings*, and add the places of those that RE2 does not have to *refused*.

    Those without letters to look for are sets.  Of the others most are looked for by the letters of each word, and those
    whose words are too short for that by letters with blanks among them.
    """
    doubtful = [one for one in wordings if not one.has_letters]
    bare = _named_for_nothing(doubtful, refused)
    short = _named_for_nothing([_word_by_word(one) for one in doubtful if one not in bare], refused)
    by_words, by_phrases = [], []
    for one in wordings:
        if one in bare:
            continue
        if (apart := _word_by_word(one)) in short:
            by_phrases.append(one)
        else:
            by_words.append(apart)
    filters = [*_filters_of(by_words, refused), *_filters_of(by_phrases, refused)]
    return [*(([one.place for one in held], filtered.Match) for held, filtered in filters), *_sets_of(sorted(bare))]


def _named_for_nothing(wordings: Sequence[_Wording], refused: set[Place]) -> set[_Wording]:
    """Those of *wordings* that a filter names whatever the text."""
    return {held[at] for held, filtered in _filters_of(wordings, refused) for at in filtered.Match("", True) or ()}


def _word_by_word(wording: _Wording) -> _Wording:
    """*wording* with any sign for a blank, so that a filter looks for its words and not for all phrases it makes of them.

    Those are so many letters in a row that RE2 has no room for what it learned of the texts before, and learns it again.
    """
    return wording._replace(
        expression=_SIGN_OR_BLANK.sub(lambda found: _NO_LETTER if found[0] == " " else found[0], wording.expression)
    )


def _sets_of(wordings: Sequence[_Wording]) -> Iterator[_Matcher]:
    """What matches all of *wordings* in one pass, or in a few."""
    for start in range(0, len(wordings), _MOST_TOGETHER):
        held = wordings[start : start + _MOST_TOGETHER]
        together = re2.Set.SearchSet()
        for one in held:
            together.Add(one.expression)
        together.Compile()
        yield [one.place for one in held], together.Match


def _filters_of(wordings: Sequence[_Wording], refused: set[Place]) -> "list[tuple[list[_Wording], re2.Filter]]":
    """Return filters with the *wordings* each holds, and add the places of those that RE2 does not have to *refused*."""
    filters = []
    for start in range(0, len(wordings), _MOST_WORDINGS):
        filtered = re2.Filter()
        held = []
        for one in wordings[start : start + _MOST_WORDINGS]:
            if _is_added(one.expression, filtered):
                held.append(one)
            else:
                refused.add(one.place)
        if held:
            filtered.Compile()
            filters.append((held, filtered))
    return filters


def _is_added(wording: str, wordings: "re2.Filter") -> bool:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        wordings.Add(wording, options)
    except re2.error:
        return False
    return True


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
    if piece[0] in "[\\":
        piece = _NUMBERED.sub(r"\\x{\1}", piece)
    if piece[0] == "[":
        return _some_in_terms_of_re2(piece)
    if piece[0] == "\\":
        return f"[{_BLANK}]" if piece == r"\s" else piece
    return _AT_MOST.sub("{0", _POSSESSIVE.sub(r"\1", piece)).replace("$", "(?:)")


def _some_in_terms_of_re2(characters: str) -> str:
    """Of a class what is no blank lacks nothing there; of all but what is no blank, and of what looks like a named class, RE2
    is not asked."""
    is_but = characters.startswith("[^")
    if "[:" in characters[1:] or (is_but and r"\S" in characters):
        return _REFUSED
    return characters if is_but else characters.replace(r"\s", _BLANK)


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
