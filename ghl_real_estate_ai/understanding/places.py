"""Where: towns, neighbourhoods and areas, as written, in title case.

Of the names that `place_names` finds, `choice` says which are meant: by how a name is written, the words beside it,
what was asked, whether the writer buys or sells, and the signs below, such as "in" or "area" beside it, or that
somebody merely lives, works, comes from or once bought there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.choice import read_choosers
from ghl_real_estate_ai.understanding.features import read_classes
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.phrases import one_of
from ghl_real_estate_ai.understanding.place_names import Name, bare_names, find_names, state_end
from ghl_real_estate_ai.understanding.surroundings import around, class_of, of_question, side_of, words_of
from ghl_real_estate_ai.understanding.text import Text, read

KIND = "place"

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
_IS = r"(?:s| is| are| was| its| esta| queda| es)(?: (?:just|way|a bit|a little|probably|now|really|ya))*"
_RULED_OUT = re.compile(
    rf"{_IS} (?:too|demasiado|muy) (?!good|nice|safe|pretty|bonit|buen|segur)[a-z]+"
    r"|(?: (?:just|way|ya))? too (?:far|expensive|pricey|small|crowded)"
    rf"|(?:{_IS})? (?:out of (?:the question|our range|my range)|off the (?:list|table)|no longer|wont work|doesnt work|ya no\b)"
)
"""Right after the place that is wanted no more."""
_DESTINATION = re.compile(
    r"\b(?:mov(?:e|ing)|relocat\w*|transfer\w*|traslad\w+|mudan|start(?:ing)? at|going|retir\w+|orders|job|post|position|chemo|hospital|stationed|shipped|salio chamba|chamba|trabajo|grandbabies|near them|near \w+|closer to|come|cancer|wants? (?:me|us))\b[^.!?;]{0,28}(?:to|in|en|a)\s+(?:the )?$"
)
_OF_THE_MOVE = frozenset({
    Slot.ADDRESS, Slot.MOTIVATION, Slot.BUDGET_MAX, Slot.BUDGET_MIN, Slot.FINANCING, Slot.BEDROOMS, Slot.BATHROOMS, Slot.TIMELINE_DAYS,
})  # fmt: skip
"""Questions whose answers speak of the home that is sought or sold."""
_AVERSE = frozenset({Intent.OPT_OUT, Intent.WRONG_NUMBER, Intent.CANCEL_APPOINTMENT, Intent.PRIVACY_REQUEST})
_SIGNS_BEFORE = {
    "strong": _STRONG_BEFORE, "weak": _WEAK_BEFORE, "here only": _HERE_ONLY, "left": _LEFT_BEHIND, "posted": _POSTED,
    "bound": _BOUND_FOR, "rented": _RENTED_IN, "near": _WANTS_NEAR, "i am in": _I_AM_IN, "street": _STREET_BEFORE,
    "once": _ONCE, "destination": _DESTINATION,
}  # fmt: skip
_SIGNS_AFTER = {"area": _AREA_AFTER, "home": _HOME_AFTER, "alone": _ALONE}
_CLAUSE_ENDS = re.compile(r"[.!?;\n]|,(?! [@~])|\b(?:but|so|because|since|pero|porque)\b")
_SAYING = read_classes("place_words.txt")
"""Words that say what somebody has to do with a place, or who it is."""
_FAR = 70
"""How many characters before a name the signs are looked for."""


def find_locations(
    text: Text, context: MessageContext, taken: Sequence[Span], intents: frozenset[Intent]
) -> list[StatedSlot]:
    """Return the places *text* names, in order; characters in *taken* (addresses, e-mail) are left out."""
    names = free_names(text, taken)
    chooser = read_choosers()[KIND]
    seen = readings(text, names, context, intents)
    chosen = [name for name, of_name in zip(names, seen, strict=True) if chooser.choose([of_name])]
    if not chosen and context.asked is Slot.LOCATIONS:
        chosen = bare_names(text)
    if not chosen:
        return []
    places = {written(text, name).lower(): written(text, name) for name in chosen}
    spans = [text.span(name.start, name.end) for name in chosen]
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    return [StatedSlot(Slot.LOCATIONS, tuple(places.values()), 0.85, whole)]


def free_names(text: Text, taken: Sequence[Span]) -> list[Name]:
    """The names of *text* of which no character is *taken*, and which it does not rule out."""
    return [name for name in find_names(text, taken) if not _is_refused(text.plain, name.start, name.end)]


def readings(text: Text, names: Sequence[Name], context: MessageContext, intents: frozenset[Intent]) -> list[list[str]]:
    """The features of each of *names*."""
    if not names:
        return []
    side = side_of(context, intents)
    masked = _masked(text.plain, names)
    signs = [_signs_of(text.plain, name) for name in names]
    shared = [*of_question(context, intents), f"of the move {context.asked in _OF_THE_MOVE}"]
    return [
        [
            *shared,
            *_of_name(text, names, at),
            *around(masked, names[at].start, names[at].end),
            *_of_clause(masked, names[at], side),
            *_of_signs(signs, at, side),
        ]
        for at in range(len(names))
    ]


def _masked(plain: str, names: Iterable[Name]) -> str:
    """*plain* with a mark for each of *names*: what is said of one place is learned for every other."""
    for name in names:
        if name.capital or not name.common:
            mark = "@" if name.known else "~"
            plain = plain[: name.start] + mark + " " * (name.end - name.start - 1) + plain[name.end :]
    return plain


def _signs_of(plain: str, name: Name) -> list[str]:
    before, after = plain[max(0, name.start - _FAR) : name.start], plain[name.end : name.end + _FAR]
    return [
        *(sign for sign, found in _SIGNS_BEFORE.items() if found.search(before)),
        *(sign for sign, found in _SIGNS_AFTER.items() if found.match(after)),
    ]


def _of_signs(signs: Sequence[Sequence[str]], at: int, side: str) -> Iterator[str]:
    """The signs of one name, alone and all together, and whether another name has a sign that speaks for it."""
    yield from signs[at]
    yield from (f"{sign}, {side}" for sign in signs[at])
    together = " + ".join(signs[at])
    yield f"signs {together}"
    wanted = sum("strong" in of_name and "here only" not in of_name for of_name in (*signs[:at], *signs[at + 1 :]))
    yield f"names {min(len(signs), 4)}, {'first' if not at else 'last' if at == len(signs) - 1 else 'between'}"
    yield f"wanted elsewhere {min(wanted, 2)}"
    yield f"wanted elsewhere {min(wanted, 1)}, {together}"


def _of_clause(masked: str, name: Name, side: str) -> Iterator[str]:
    """The words of the clause that the name stands in, and what it is said to be in with."""
    before = _CLAUSE_ENDS.split(masked[max(0, name.start - 2 * _FAR) : name.start])[-1]
    after = _CLAUSE_ENDS.split(masked[name.end : name.end + _FAR])[0]
    words = [class_of(word) for word in words_of(before)]
    yield from {f"clause has {word}" for word in words}
    yield from {f"clause goes on {class_of(word)}" for word in words_of(after)}
    yield f"after {' '.join(words[-3:])}"
    telling = [_SAYING[word] for word in words_of(before) if word in _SAYING]
    last = telling[-1] if telling else "nothing"
    yield f"said {last}"
    yield f"said {last} {words[-1] if words else '^'}"
    yield f"said {' '.join(telling[-2:])}"
    yield f"said {last}, {side}"


def written(text: Text, name: Name) -> str:
    """The place as typed, each word with a capital."""
    span = text.span(name.start, name.end)
    return " ".join(
        word[:1].upper() + (word[1:].lower() if word.isupper() and len(word) > 3 else word[1:])
        for word in text.raw[span.start : span.end].split()
    )


def ruled_out(text: Text, names: Iterable[str]) -> frozenset[str]:
    """Return those of *names* that *text* wants no more: "scratch Toledo", "Allen is too far"."""
    return frozenset(name for name in names if _is_ruled_out(text.plain, read(name).plain))


def _is_ruled_out(plain: str, name: str) -> bool:
    return any(_is_refused(plain, *found.span()) for found in re.finditer(rf"\b{re.escape(name)}", plain))


def _is_refused(plain: str, start: int, end: int) -> bool:
    clause = re.split(r"[.!?;\n]", plain[max(0, start - _FAR) : start])[-1]
    return _REFUSED.search(clause) is not None or _RULED_OUT.match(plain, end) is not None


def _of_name(text: Text, names: Sequence[Name], at: int) -> Iterator[str]:
    name = names[at]
    before, after = text.plain[max(0, name.start - _FAR) : name.start], text.plain[name.end : name.end + _FAR]
    yield from _of_its_look(text, name, before, after)
    for place, other in (("left", at - 1), ("right", at + 1)):
        if 0 <= other < len(names) and _JOIN.match(_between(text, name, names[other])):
            yield f"joined {place} {names[other].known and not names[other].common}"


def _of_its_look(text: Text, name: Name, before: str, after: str) -> Iterator[str]:
    kind = f"{'known' if name.known else 'unknown'} {'common' if name.common else 'rare'} {name.kind}"
    opens = re.search(r"(?:^|[.!?\n])\s*$", before) is not None
    closes = re.match(r"\s*(?:$|[.!?\n])", after) is not None
    yield kind
    yield f"{kind} capital {name.capital} several {' ' in text.plain[name.start : name.end]}"
    yield f"{kind} capital {name.capital} opens {opens}"
    yield f"{kind} state {state_end(text, name.end) is not None}"
    yield f"{kind} opens {opens} closes {closes}"


def _between(text: Text, one: Name, other: Name) -> str:
    return text.plain[min(one.end, other.end) : max(one.start, other.start)]
