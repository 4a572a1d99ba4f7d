"""What sums of money are: a buyer's budget, a seller's price, what is owed on the house, or none of these.

The sums themselves are found by `amounts`.  What each is, is learned: by what was asked, whether the writer buys or
sells, how it is written, the words beside it, and what these and the other sums of the message speak of (`money.txt`).
So it is with wordings of a mortgage that is settled: whether nothing is owed on the house is learned from them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ghl_real_estate_ai.conversation.model import Language, Slot
from ghl_real_estate_ai.understanding.amounts import Sum, find_sums
from ghl_real_estate_ai.understanding.choice import Chooser, read_choosers
from ghl_real_estate_ai.understanding.cues import Cue, cue_features, find_cues, may_speak_of, nearest_cues
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, Span, StatedSlot
from ghl_real_estate_ai.understanding.surroundings import CORRECTED, around, last_side, of_message, of_one_side, side_of
from ghl_real_estate_ai.understanding.text import Text

KIND = "money"
CUES = "money.txt"
SETTLED = "settled"
"""The choice whether nothing is owed on the house."""
ROLES = (Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE, Slot.BUDGET_MIN)
"""What a sum may be; a range in the role of the most is the least of a budget as well."""
_MONEY_SLOTS = frozenset(ROLES)
_TAKEN_BACK = re.compile(
    r"\b(?:not|no|instead of|rather than|and not|en vez de|en lugar de|y no)(?: el| los| the)?\s*\$?\s*$"
)
"""Right before the number that another one replaces."""
_SEVERAL_LOANS = re.compile(
    r"\b(?:heloc|second|2nd|two (?:loans|mortgages|notes)|(?:another|plus)(?= (?:another )?[$0-9])|otr[oa]|segunda|equity line)\b"
)
"""Where what is owed is told loan by loan."""
_BESIDE = 20
"""Within so many characters behind the second sum a word still says that it is another loan."""
_SELLS_FOR = re.compile(
    r"\b(?:selling|sell|listing|list) (?:my|our|the|it|this)\b[^.!?;,\d]{0,30}\bfor (?:about |around |like )?\$?$"
)
"""A price said outright: "selling our condo for about 300"."""
_SIZES = (30_000, 60_000, 100_000, 200_000, 400_000, 800_000, 2_000_000)
_LOANS = 2
_ALONE = 20
"""An answer with fewer characters beside the sum says little else."""


def find_money(
    text: Text, context: MessageContext, intents: frozenset[Intent], language: Language, taken: Sequence[Span]
) -> list[StatedSlot]:
    """Return budget, price and mortgage balance stated in *text*; characters in *taken* belong to other slots."""
    plain = text.plain
    sums = offered(text, context, language, taken)
    if not sums and not _may_be_settled(plain, context):
        return []
    cues = find_cues(plain, CUES)
    chooser = read_choosers()[KIND]
    likely: dict[Slot, list[tuple[float, StatedSlot]]] = {}
    for at, one in enumerate(sums):
        seen = features_of(plain, sums, at, cues, context, intents)
        scores = [in_role.score(seen) for in_role in _in_roles()]
        choice = chooser.best_of(scores)
        if choice is None and not _SELLS_FOR.search(plain[: one.start]):
            continue
        role = choice.at if choice else ROLES.index(Slot.PRICE_EXPECTATION)
        for stated in _stated(text, one, ROLES[role]):
            likely.setdefault(stated.slot, []).append((chooser.probabilities(scores)[role], stated))
    if settled := _settled_mortgage(text, cues, context, intents):
        likely.setdefault(Slot.MORTGAGE_BALANCE, []).append(settled)
    if not likely.keys() - {Slot.MORTGAGE_BALANCE} and (together := _loans_together(text, sums, context)):
        return together
    corrected = CORRECTED.search(plain) is not None
    return [_said_of(several, corrected=corrected) for several in likely.values()]


def offered(text: Text, context: MessageContext, language: Language, taken: Sequence[Span]) -> Sequence[Sum]:
    """The sums of *text* among whose roles is chosen."""
    return _not_taken_back(text.plain, find_sums(text, language, taken, asked=context.asked in _MONEY_SLOTS))


def _not_taken_back(plain: str, sums: Sequence[Sum]) -> Sequence[Sum]:
    """Of "400 not 420" the 400 alone; a lone number stays, whatever stands before it."""
    kept = [one for one in sums if not _TAKEN_BACK.search(plain[: one.start])]
    return kept or sums


@cache
def _in_roles() -> Sequence[Chooser]:
    """What each feature of a sum says for each of its `ROLES`."""
    chooser = read_choosers()[KIND]
    return [chooser.of_role(role) for role in ROLES]


def readings(features: Sequence[str]) -> list[list[str]]:
    """A sum with these *features* in each of its `ROLES`."""
    return [[f"{role} {feature}" for feature in features] for role in ROLES]


def features_of(
    plain: str,
    sums: Sequence[Sum],
    at: int,
    cues: Sequence[Cue],
    context: MessageContext,
    intents: frozenset[Intent],
) -> list[str]:
    """The features of the sum *at* its place among *sums*."""
    one = sums[at]
    meant = of_one_side(plain, one.start, intents)
    return [
        *of_message(plain, context, meant),
        *_of_sum(plain, one, context, meant),
        *cue_features(plain, one, cues, side_of(context, meant), f"asked {context.asked or 'nothing'}"),
        *_beside_others(plain, sums, at, cues),
    ]


def _of_sum(plain: str, one: Sum, context: MessageContext, intents: frozenset[Intent]) -> Iterator[str]:
    side, asked = side_of(context, intents), context.asked or "nothing"
    alone = len(plain) - (one.end - one.start) < _ALONE
    yield f"size {sum(one.top >= size for size in _SIZES)}"
    yield f"range {one.bottom is not None}"
    yield f"written {one.written}"
    yield f"written {one.written}, {side}"
    yield f"written {one.written}, asked {asked}"
    yield f"asked {asked}, alone {alone}"
    yield f"spoken of {last_side(plain, one.start)}, {side}"
    yield from around(plain, one.start, one.end)


def _beside_others(plain: str, sums: Sequence[Sum], at: int, cues: Sequence[Cue]) -> Iterator[str]:
    """How the sum *at* its place stands among *sums*: which it is, how large, and what those beside it speak of."""
    one = sums[at]
    yield f"place {min(at, 3)} of {min(len(sums), 4)}"
    yield f"corrected {CORRECTED.search(plain) is not None}, last {at == len(sums) - 1}"
    if len(sums) > 1:
        tops = [other.top for other in sums]
        yield "largest" if one.top == max(tops) else "smallest" if one.top == min(tops) else "between"
    for name, other_at in (("earlier", at - 1), ("later", at + 1)):
        if not 0 <= other_at < len(sums):
            continue
        other = sums[other_at]
        before, after = nearest_cues(plain, other, cues)
        than = "above" if other.top > one.top else "below"
        yield f"{name} {than}"
        yield f"{name} {before} {than}"
        yield f"{name} {before}, then {after}"


def _stated(text: Text, one: Sum, role: Slot) -> list[StatedSlot]:
    """What *one* says in its *role*: of a range the upper end, of a budget both ends."""
    span = text.span(one.start, one.end)
    if one.bottom is not None and one.bottom <= one.top and role in (Slot.BUDGET_MAX, Slot.BUDGET_MIN):
        return [StatedSlot(Slot.BUDGET_MIN, one.bottom, 0.9, span), StatedSlot(Slot.BUDGET_MAX, one.top, 0.9, span)]
    return [StatedSlot(role, one.top, 0.9, span)]


def _said_of(several: Sequence[tuple[float, StatedSlot]], *, corrected: bool) -> StatedSlot:
    """Of *several* amounts for one slot the one said last by who corrects it, else the likeliest."""
    return max(several, key=lambda one: one[1].span.start if corrected else one[0])[1]


def _loans_together(text: Text, sums: Sequence[Sum], context: MessageContext) -> list[StatedSlot]:
    """What is owed on two loans, where it was asked for and both are told."""
    if context.asked is not Slot.MORTGAGE_BALANCE or len(sums) != _LOANS or CORRECTED.search(text.plain):
        return []
    first, second = sums
    if not _SEVERAL_LOANS.search(text.plain, first.end, second.end + _BESIDE):
        return []
    span = text.span(first.start, second.end)
    return [StatedSlot(Slot.MORTGAGE_BALANCE, first.top + second.top, 0.9, span)]


def settled_readings(
    plain: str, cues: Sequence[Cue], context: MessageContext, intents: frozenset[Intent]
) -> list[list[str]]:
    """The features of a message that may say that nothing is owed on the house; none where no word says it."""
    said = _settling(cues, context)
    if not said:
        return []
    side = side_of(context, intents)
    seen = list(of_message(plain, context, intents))
    for cue in said:
        seen += [cue.about, f"{cue.about} {cue.words}", f"{cue.about}, {side}", f"{cue.about}, asked {context.asked}"]
        seen += [f"{cue.words}, {side}", *around(plain, cue.start, cue.end)]
    return [list(dict.fromkeys(seen))]


def _may_be_settled(plain: str, context: MessageContext) -> bool:
    return context.asked is Slot.MORTGAGE_BALANCE or may_speak_of(plain, CUES, SETTLED)


def _settling(cues: Sequence[Cue], context: MessageContext) -> list[Cue]:
    asked = context.asked is Slot.MORTGAGE_BALANCE
    return [cue for cue in cues if cue.about == SETTLED or (asked and cue.about == "none")]


def _settled_mortgage(
    text: Text, cues: Sequence[Cue], context: MessageContext, intents: frozenset[Intent]
) -> tuple[float, StatedSlot] | None:
    chosen = read_choosers()[SETTLED].choose(settled_readings(text.plain, cues, context, intents))
    if chosen is None:
        return None
    first = _settling(cues, context)[0]
    return chosen.probability, StatedSlot(Slot.MORTGAGE_BALANCE, 0, 0.9, text.span(first.start, first.end))
