"""The wordings that the guard is made of, read from `guard_wordings.txt` and `guard_fragments.txt`.

Everything is matched in lower case without accents.  A name in braces stands for the fragment of that name; HUD's
advertising memorandum of 9 January 1995 says what may be written (a family room, a wheelchair ramp, a quiet street).
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

WORDINGS = Path(__file__).parent / "guard_wordings.txt"
FRAGMENTS = Path(__file__).parent / "guard_fragments.txt"

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
"""`{2,4}` of a regular expression is none: a fragment's name begins with a letter."""


def _sections(path: Path) -> Mapping[str, Sequence[str]]:
    """The lines of *path* under each `[name]`."""
    sections: defaultdict[str, list[str]] = defaultdict(list)
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[[a-z_]+\]", line):
            name = line[1:-1]
        elif line and not line.startswith("# "):
            sections[name].append(line)
    return sections


_FILLED_IN = {name: f"(?:{'|'.join(lines)})" for name, lines in _sections(FRAGMENTS).items()}
_WORDINGS = _sections(WORDINGS)


def _filled(wording: str) -> str:
    return _FRAGMENT.sub(lambda match: _filled(_FILLED_IN[match.group(1)]), wording)


def wordings_of(name: str) -> re.Pattern[str]:
    """One pattern of the wordings under *name*, their fragments filled in."""
    return re.compile("|".join(f"(?:{_filled(wording)})" for wording in _WORDINGS[name]))


HARMLESS = wordings_of("harmless")
"""What only sounds like something forbidden: taken out before anything is looked for."""

REFUSES = wordings_of("refuses")
"""A clause that declines to speak of something, or says that the law forbids to."""

WINKS = wordings_of("winks")
"""What announces that the rule just named is about to be broken."""

_NAME = r"(?:[A-Z][\w']*\.?\s+)"
_STREETS = (
    "Street St Ave Avenue Road Rd Drive Dr Lane Ln Blvd Boulevard Way Court Ct Circle Hill Hills Heights Creek Parkway "
    "Pkwy Trail Terrace Square Highway Hwy Place Pl Ranch Loop Springs Falls Ridge Valley Mountain"
)
_BUSINESSES = "Realty Realtor Realtors Homes Properties Group Broker Brokers Brokerage Team Residential"


def _one_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


NAMED_PLACE = re.compile(
    rf"\b{_NAME}{{1,3}}{_one_of(_STREETS)}\b\.?"
    rf"|\b(?:{_NAME}(?:&\s+)?){{1,3}}(?:Real Estate|{_one_of(_BUSINESSES)})\b"
    r"|\b(?:Calle|Avenida|Camino)\s+(?:[A-Z][\w']*\s*){1,3}"
)
NAMED_PERSON = re.compile(r"\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Tt]hanks|[Tt]hank you|[Dd]ear|[Hh]ola|[Gg]racias),?\s+[A-Z]\w+")
"""A street, a business or a person by name, in the draft's own letters: Christian Street and Christian are nobody's
religion."""

_NEGATIONS = (
    "no not never nobody without neither nor cannot nothing zero none nunca sin ningun ninguna tampoco jamas against "
    "illegal prohibit prohibits prohibe cant dont wont"
)
NEGATES = re.compile(rf"(?:\b(?:{_one_of(_NEGATIONS)}|free to)\b|n't\b)(?P<between>(?:\W+[\w'$]+){{0,6}})\W*$")
"""A negation shortly before what was found, and the words between."""

CONDITION = re.compile(r"\b(?:if|unless|si) (?:you |we |they |usted |ustedes )?(?:don't|do not|can't|won't|no)\b")
"""No negation of what follows: "if you don't sign you'll lose it" is a threat."""
