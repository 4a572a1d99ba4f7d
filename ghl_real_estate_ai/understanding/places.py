"""Where: towns, neighbourhoods and areas, as written, in title case.

Every name of the list of US places, and every other name typed with a capital, is a candidate.  What stands around it
says whether it is meant: "in", "near" and the like before it, a state or "area" behind it, a capital letter, another
place beside it, or the question.  A candidate counts from `_ENOUGH` such points, and never where somebody merely lives,
works, comes from or once bought, nor, of a seller, where the move goes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.text import Text, read
from ghl_real_estate_ai.understanding.words import read_words

_ENOUGH = 2.0
_LONGEST_NAME = 4
_WORD = re.compile(r"[a-z][a-z-]*")
_STATES = read_words("us_states.txt")
_STATE_NAMES = frozenset(state for state in _STATES if len(state) > 2) | {
    "north carolina", "south carolina", "north dakota", "south dakota", "new york", "new jersey", "new mexico",
    "new hampshire", "west virginia", "rhode island", "puerto rico",
}  # fmt: skip
_TOWN_AND_STATE = frozenset({"new york", "washington"})
_PREFIXES = read_words("place_prefixes.txt")
_SUFFIXES = read_words("place_suffixes.txt")
_COMMON = read_words("common_words.txt")
_NOT_PLACES = read_words("not_places.txt")
_STATE_WORDS = frozenset(
    {"in", "or", "me", "hi", "ok", "oh", "la", "al", "de", "id", "ma", "pa", "co", "va", "mo", "mi", "ca"}
)
"""Two letters that are words as well as states: states only in capitals, or at the end of the text."""

_STRONG_BEFORE = re.compile(
    rf"(?:^|\W)(?:{one_of('in near nearby around round by outside outside_of close_to downtown on_the_edge_of between throughout within surrounding')}"
    rf"|{one_of('over_in up_in down_in out_in up_by down_by out_by out_near up_near up_around down_around somewhere_in anywhere_in right_in')}"
    rf"|{one_of('area_of side_of part_of end_of city_of town_of suburbs_of outskirts_of north_of south_of east_of west_of heart_of')}"
    r"|(?:moving|move|relocat\w+|transferr?\w*|headed|heading) (?:\w+ )?(?:to|for)|(?:mud\w+|traslad\w+) (?:\w+ )?(?:a|para|en)|en|cerca de|por|x|alrededor(?:es)? de|rumbo a|al lado de|lado de|afueras de|casas? (?:nuevas )?de|la de|las de|mia de|entre)\s+(?:the )?$"
)
_WEAK_BEFORE = re.compile(
    rf"(?:^|\W){one_of('to the for at of on from with like love prefer know want is thinking maybe into my our that this definitely go de a para y')}\s+$"
)
_AREA_AFTER = re.compile(
    rf"^,? ?{one_of('area areas metro suburb suburbs region side schools school_district listings proper neighborhood zip')}(?!\w)"
    r"|^ (?:would|also|is|will|works?|too|if|seems?) (?:\w+ )?(?:work|good|fine|works?|great|ok|possible|nice|either)\b"
)
_HOME_AFTER = re.compile(
    rf"^ (?:\w+ )?{one_of('house houses home homes condo condos townhouse townhome townhomes duplex place property listing listings rental rentals real_estate comps office market')}(?!\w)"
)
_ALONE = re.compile(r"^\s*(?:$|[.,!?;\n]|\$?\d)")
"""Behind a name that is a sentence or an item of its own."""
_JOIN = re.compile(
    r"^\s*(?:,|/|&|\+|,?\s*\b(?:or|and|y|o|n|u|both|either|even|maybe|also|but also|then)\b)+\s*(?:maybe |even |around |near |in |por |en |also |the )?$"
)
_HERE_ONLY = re.compile(
    rf"\b(?:{one_of('leaving leave left live lives lived living grew_up raised born from work works worked working stay staying stayed stationed we_winter i_winter based_out_of based_in based')}"
    rf"|{one_of('trailer vivo vivimos trabajo')}"
    r"|(?:i am|hes|shes|he is|she is|they are|theyre|he was|she was|i was)(?: here| down| over| up| out| currently| still)?|(?:nurse|teacher|trucker) "
    r"|(?:son|daughter|mom|mother|dad|father|folks|sister|sisters|brother|brothers|kids?|grandkids|grandbabies|family|friend|friends|cousin|aunt|uncle|boyfriend|girlfriend|hospital|wife|husband)s?(?: is| are| lives?)?"
    r"|terrenos|me fui|deployed|harvey|boat|vacation|trip|conference|wedding|bachelorette)\s+(?:(?!house|home|place|condo|property|casa|apartment|rental|duplex|triplex|fourplex|townhouse|cabin|lot|land|farm|trailer|unit|terreno|depa)\w+ )?(?:in|at|near|around|out of|here in|over in|from|to|en|a|de)\s+(?:the )?$|\bfrom\s+$"
)
_LEFT_BEHIND = re.compile(
    r"\b(?:leaving|escaping|mov(?:e|ed|ing) (?:\w+ )?from|coming from|getting out of|out of|mud\w+ de|vamos de|salir de|block of|(?:uncle|aunt|brother|sister|cousin|friend|buddy|neighbor)s? (?:sells?|sold|flips?|buys?|bought)(?: \w+)? in)\s+$"
)
"""Where somebody comes from, or where others deal in houses."""
_POSTED = re.compile(
    r"\b(?:orders|pcs\w*|transferr?(?:ing|ed)|stationed|report(?:ing)?|deploy\w*)\b[^.!?;]{0,30}$|\b(?:job|position|offer)(?: \w+){0,2} (?:in|at|en)\s+(?:the )?$"
)
"""Where the work goes; the home is sought in the place that is named beside it, if one is."""
_BOUND_FOR = re.compile(
    r"\b(?:mov\w+|relocat\w+|transferr?\w*|headed|heading|mud\w+|traslad\w+)\b[^.!?;]{0,30}\b(?:to|a|para)\s+$"
)
"""Where a move ends, wherever it begins."""
_RENTED_IN = re.compile(
    r"\b(?:rent(?:s|ing|ed)?|leas(?:e|ing)|apartment|apt|apartamento|rento|rentamos|rentando)\s+(?:\w+ )?(?:in|at|near|en)\s+(?:the )?$"
)
"""Where a buyer rents until now."""
_WANTS_NEAR = re.compile(
    r"\b(?:near|closer? to|by|with|next to|around|cerca de|to be near|move in with)\s+(?:\w+ ){1,4}(?:in|en|over in)\s+(?:the )?$"
)
_I_AM_IN = re.compile(r"\b(?:i am|we are)(?: \w+)? in (?:the )?$")
"""A seller who is somewhere sells there."""
_STREET_BEFORE = re.compile(r"\bon (?:the )?$")
"""The house on Pine stands in a street; lakes are the exception."""
_ONCE = re.compile(
    r"\b(?:bought|sold|closed|purchased|looked|almost bought|found (?:a|our|one)|owned|vendi\w*|vendio|compramos)\b[^.!?;,\n]{0,24}$"
)
_REFUSED = re.compile(
    r"(?:^|\b)(?:not|scratch|(?:stopped|quit|done) (?:looking|searching) in|no longer (?:want|looking (?:in|at))|tired of|sick of|menos|except|anywhere but|nowhere near|forget|hate|not in|no (?:en|in)|dont like|instead of|excepto|ya no (?:en|quiero|queremos)|quite|quiten?|olvide\w*|me gusta (?=[a-z ]+ pero))\s+(?:[a-z]+(?: [a-z]+)? (?:and|or|nor|y|o|ni) )?$"
)
_RULED_OUT = re.compile(
    r"(?:s| is| are| was| its| esta| queda| es)?(?: (?:just|way|a bit|a little|probably|now|really|ya|muy))*"
    r" (?:too (?:far|expensive|pricey|much|small|crowded|long)|out of (?:the question|our range|my range)|off the (?:list|table)"
    r"|no longer|wont work|doesnt work|demasiado|muy (?:lejos|car[oa])|(?:lejos|car[oa])\b|ya no\b)"
)
"""Right after the place that is wanted no more."""
_DESTINATION = re.compile(
    r"\b(?:mov(?:e|ing)|relocat\w*|transfer\w*|traslad\w+|mudan|start(?:ing)? at|going|retir\w+|orders|job|post|position|chemo|hospital|stationed|shipped|salio chamba|chamba|trabajo|grandbabies|near them|near \w+|closer to|come|cancer|wants? (?:me|us))\b[^.!?;]{0,28}(?:to|in|en|a)\s+(?:the )?$"
)
_SOUGHT = frozenset(
    {Intent.BUY, Intent.SELL, Intent.VALUATION, Intent.INVEST, Intent.RENT, Intent.SCHEDULE, Intent.FAIR_HOUSING}
)
_OF_THE_MOVE = frozenset({
    Slot.ADDRESS, Slot.MOTIVATION, Slot.BUDGET_MAX, Slot.BUDGET_MIN, Slot.FINANCING, Slot.BEDROOMS, Slot.BATHROOMS, Slot.TIMELINE_DAYS,
})  # fmt: skip
"""Questions whose answers speak of the home that is sought or sold."""
_AVERSE = frozenset({Intent.OPT_OUT, Intent.WRONG_NUMBER, Intent.CANCEL_APPOINTMENT, Intent.PRIVACY_REQUEST})
_OF_HOMES = re.compile(
    rf"\b{one_of('house houses home homes condo condos townhouse townhome duplex triplex bungalow cabin property properties listing listings place bed beds bedroom bedrooms br bd bath')}\b"
    rf"|\b{one_of('buy buying sell selling list listing purchase looking hunting shopping rent renting lease search area acres lot land flip flips rental rentals doors units unit sfrs sfr sfhs tenants wholesale wholesaler contract assign llc deals va fha conventional prequalified only portfolio budget preapproved max fixer fixers uppers construction villa suite story comps market off_market deals school_district community subdivision value fourplexes fourplex triplexes duplexes quadplex multifamily plex 3/2 4/2 apartments apartment studio cottage loft rambler ranch airbnb str property')}\b|\b(?:under|up to|below|budget|around|less than|max) \$?\d\b"
    rf"|\b{one_of('casa casas terreno lote condo departamento apartamento apto recamaras cuartos comprar compro vender vendo venta busco buscando rentar rentas multifamiliares puertas compramos compro comprarla fourplexes algo presupuesto enganche')}\b"
)
_ASKED_LEAD = re.compile(
    r"^\W*(?:(?:i|we|id|im|am|are|is|its|yes|yeah|sure|ok|maybe|probably|definitely|preferably|ideally|just|only|mostly|mainly|either|like|love|want|would|prefer|looking|anywhere|somewhere"
    r"|in|near|around|by|the|en|por|cerca|de|pues|up|down|out|over|at|to|be|on)\b\W*)*"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    points: float
    known: bool


@cache
def _towns() -> frozenset[str]:
    lines = (Path(__file__).parent / "us_places.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def ruled_out(text: Text, names: Iterable[str]) -> frozenset[str]:
    """Return those of *names* that *text* wants no more: "scratch Toledo", "Allen is too far"."""
    return frozenset(name for name in names if _is_ruled_out(text.plain, read(name).plain))


def _is_ruled_out(plain: str, name: str) -> bool:
    return any(
        _REFUSED.search(_clause_before(plain, found.start())) or _RULED_OUT.match(plain, found.end())
        for found in re.finditer(rf"\b{re.escape(name)}", plain)
    )


def is_known_place(name: str) -> bool:
    """Whether *name* is that of a town on the list, as opposed to a word with a capital."""
    return name.casefold() in _towns()


def find_locations(
    text: Text,
    context: MessageContext,
    taken: list[Span],
    *,
    buying: bool,
    intents: frozenset[Intent] = frozenset(),
) -> list[StatedSlot]:
    """Return the places *text* names, in order; characters in *taken* (addresses, e-mail) are left out."""
    asked = context.asked is Slot.LOCATIONS
    if not asked and not _is_about_homes(text, context, intents):
        return []
    selling = not buying and (context.bot is Bot.SELLER or Intent.SELL in intents)
    candidates = [
        candidate
        for candidate in _candidates(text, asked=asked, expected=buying or context.asked in _OF_THE_MOVE)
        if not _is_taken(text, candidate, taken) and not _is_beside_the_point(text.plain, candidate, buying, selling)
    ]
    homes = [one for one in candidates if not _POSTED.search(text.plain[max(0, one.start - 60) : one.start])]
    candidates = homes if any(one.points >= _ENOUGH for one in homes) else candidates
    chosen = _with_neighbours(text.plain, candidates)
    if not chosen and asked:
        chosen = _bare_answer(text)
    names: dict[str, Span] = {}
    for one in chosen:
        name = _written(text, one)
        if name.lower() not in {known.lower() for known in names}:
            names[name] = text.span(one.start, one.end)
    if not names:
        return []
    whole = Span(min(span.start for span in names.values()), max(span.end for span in names.values()))
    return [StatedSlot(Slot.LOCATIONS, tuple(names), 0.85, whole)]


def _is_about_homes(text: Text, context: MessageContext, intents: frozenset[Intent]) -> bool:
    if intents & _AVERSE and not intents & {Intent.BUY, Intent.SELL}:
        return False
    if intents & _SOUGHT or context.asked in _OF_THE_MOVE:
        return True
    return _OF_HOMES.search(text.plain) is not None


def _candidates(text: Text, *, asked: bool, expected: bool = False) -> list[_Candidate]:
    found: list[_Candidate] = []
    words = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text.plain)]
    cased = _uses_capitals(text)
    at = 0
    while at < len(words):
        length, known = _name_at(text, words, at, cased=cased)
        if not length:
            at += 1
            continue
        start, end = words[at][1], words[at + length - 1][2]
        points = _points(text, start, end, known=known, cased=cased, asked=asked, first=at == 0)
        if expected and known and text.plain[start:end] not in _COMMON | _NOT_PLACES:
            points += 0.4
        found.append(_Candidate(start, end, points, known))
        at += length
    return found


def _uses_capitals(text: Text) -> bool:
    """Whether capitals tell anything: not in a text typed in capitals throughout."""
    letters = [c for c in text.raw if c.isalpha()]
    return sum(c.isupper() for c in letters) < 0.6 * len(letters) or len(letters) < 16


def _name_at(text: Text, words: list[tuple[str, int, int]], at: int, *, cased: bool) -> tuple[int, bool]:
    """How many words the name has that begins with word *at*, none if there is none, and whether the list has it."""
    run = _run(text.plain, words, at)
    if run[0][0] == "n" and text.typed(run[0][1], run[0][2]) == "n":
        return 0, False  # "and", not a direction
    capitals = [cased and text.typed(start, start + 1).isupper() for _, start, _ in run]
    for length in range(len(run), 0, -1):
        name = " ".join(word for word, _, _ in run[:length])
        if name in _towns() or name.replace("saint ", "st ") in _towns():
            if name in _STATE_NAMES - _TOWN_AND_STATE or (name.startswith("the ") and not capitals[0]):
                continue
            if any(capitals[:length]) and not all(capitals[:length]) and not capitals[length - 1]:
                continue
            grown = length
            while grown < len(run) and all(capitals[: grown + 1]) and run[grown][0] in _SUFFIXES:
                grown += 1
            return grown, True
    first = run[0][0]
    if first in _PREFIXES and len(run) > 1 and run[1][0] in _towns() and run[1][0] not in _COMMON:
        return 2, True
    return _capitals_at(run, capitals), False


def _capitals_at(run: list[tuple[str, int, int]], capitals: list[bool]) -> int:
    """How many words typed with a capital begin *run* that could be a name nobody has listed."""
    first = run[0][0]
    if not capitals[0] or first in _NOT_PLACES or first in _STATES or first in _COMMON - _PREFIXES:
        return 0
    length = 1
    while length < len(run) and capitals[length] and run[length][0] not in _STATES | _NOT_PLACES:
        length += 1
    is_state = " ".join(word for word, _, _ in run[:length]) in _STATE_NAMES
    return 0 if is_state or (length == 1 and len(first) < 3) else length


def _run(plain: str, words: list[tuple[str, int, int]], at: int) -> list[tuple[str, int, int]]:
    """The words from *at* on that nothing but a blank parts ("St. Paul" has its full stop)."""
    run = [words[at]]
    for word in words[at + 1 : at + _LONGEST_NAME]:
        gap = plain[run[-1][2] : word[1]]
        if gap != " " and not (gap == ". " and run[-1][0] in ("st", "ft", "mt")):
            break
        run.append(word)
    return run


def _points(text: Text, start: int, end: int, *, known: bool, cased: bool, asked: bool, first: bool) -> float:
    name, before, after = text.plain[start:end], text.plain[max(0, start - 40) : start], text.plain[end : end + 30]
    several, common = " " in name, name in _COMMON or name in _NOT_PLACES
    capital = cased and text.typed(start, start + 1).isupper()
    opens = first or re.search(r"[.!?\n]\s*$", before) is not None
    points = 0.0
    if known:
        points += 0.3 if common else (1.2 if several and name.split()[0] not in _COMMON else 1.0)
    if capital:
        points += 1.0 if not opens or (several and known) else (0.5 if not common else 0.0)
    elif not cased:
        points += 0.5
    if _STRONG_BEFORE.search(before):
        points += 1.0 if capital or (known and not common) else 0.5
    elif _WEAK_BEFORE.search(before) or re.search(r"[,.!?;:)\n-]\s*$", before):
        points += 0.4 if capital or (known and not common) else 0.0
    if known and capital and not common and _ALONE.match(after) and re.search(r"(?:^|[.,!?;:\n]\s*)$", before):
        points += 0.6
    if _state_end(text, end) is not None:
        points += 1.2
    if _AREA_AFTER.match(after) or (known and _HOME_AFTER.match(after)):
        points += 0.7
    if asked:
        points += 1.0 if known and not common else 0.5
    return points


def _state_end(text: Text, end: int) -> int | None:
    """Where the state ends that is named right behind *end*, if one is."""
    match = re.match(r",?\s+((?:north|south|new|west|rhode|puerto) [a-z]+|[a-z]+)\b", text.plain[end:])
    if match is None:
        return None
    state = match[1] if match[1] in _STATE_NAMES else match[1].split()[0]
    finish = end + match.start(1) + len(state)
    if state not in _STATES and state not in _STATE_NAMES:
        return None
    typed = text.typed(end + match.start(1), finish)
    if state in _STATE_WORDS and not typed.isupper() and text.plain[finish:].strip(" .!?,"):
        return None
    return finish


def _is_taken(text: Text, one: _Candidate, taken: list[Span]) -> bool:
    span = text.span(one.start, one.end)
    return any(span.start < other.end and other.start < span.end for other in taken)


def _clause_before(plain: str, at: int) -> str:
    return re.split(r"[.!?;\n]", plain[max(0, at - 70) : at])[-1]


def _is_beside_the_point(plain: str, one: _Candidate, buying: bool, selling: bool) -> bool:
    before = _clause_before(plain, one.start)
    if _REFUSED.search(before) or _RULED_OUT.match(plain, one.end):
        return True
    if _STREET_BEFORE.search(before) and not plain[one.start :].startswith("lake"):
        return True
    if re.match(r"^ pero\b", plain[one.end :]) and "gusta" in before:
        return True
    if _WANTS_NEAR.search(before) and not selling:
        return False
    if _LEFT_BEHIND.search(before) or _ONCE.search(before):
        return True
    if _HERE_ONLY.search(before):
        return not (buying and (_POSTED.search(before) or _BOUND_FOR.search(before))) and not (
            selling and _I_AM_IN.search(before)
        )
    if buying and _RENTED_IN.search(before):
        return True
    return selling and _DESTINATION.search(before) is not None


def _with_neighbours(plain: str, candidates: list[_Candidate]) -> list[_Candidate]:
    """Those with enough points; beside one in a list, or on the other side of "between", half a point less will do."""
    chosen = {one for one in candidates if one.points >= _ENOUGH}
    for _ in range(2):
        for left, right in pairwise(candidates):
            if _JOIN.match(plain[left.end : right.start]) or _JOIN.match(_without_state(plain[left.end : right.start])):
                if left in chosen and right.points >= _ENOUGH - 1.1:
                    chosen.add(right)
                if right in chosen and left.points >= _ENOUGH - 1.1:
                    chosen.add(left)
                if left.points + right.points >= 2 * _ENOUGH - 1.2 and left.known and right.known:
                    chosen |= {left, right}
    return [one for one in candidates if one in chosen]


def _without_state(between: str) -> str:
    found = re.match(r",?\s*([a-z]{2})\b", between)
    return between[found.end() :] if found and found[1] in _STATES - {"or"} else between


def _bare_answer(text: Text) -> list[_Candidate]:
    """A short answer to "where" that is nothing but a name or two that nobody has heard of."""
    lead = _ASKED_LEAD.match(text.plain)
    start = lead.end() if lead else 0
    rest = text.plain[start:]
    if not rest or len(rest.split()) > 5:
        return []
    found = []
    for part in re.finditer(r"[a-z][a-z -]*[a-z](?=\s*(?:$|[.,!/&?]|\bor\b|\band\b|\by\b|\bo\b))", rest):
        words = [w for w in part.group().split() if w not in ("or", "and", "y", "o")]
        if not words or any(word in _COMMON - _SUFFIXES - _PREFIXES for word in words) or len(words) > 3:
            continue
        begin = start + part.start() + part.group().index(words[0])
        found.append(_Candidate(begin, start + part.end(), _ENOUGH, known=False))
    return found


def _written(text: Text, one: _Candidate) -> str:
    span = text.span(one.start, one.end)
    return " ".join(
        word[:1].upper() + (word[1:].lower() if word.isupper() and len(word) > 3 else word[1:])
        for word in text.raw[span.start : span.end].split()
    )
