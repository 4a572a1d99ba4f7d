"""Why somebody moves: the motivation of a sale or a purchase.

The wordings are the families of `motives.txt`.  The first motive in the message is what the move is about: whoever lost
the job and cannot pay says the job first.
"""

import re

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.understanding.model import Intent, MessageContext, StatedSlot
from ghl_real_estate_ai.understanding.rules import is_negated, pattern
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.words import read_families

_MOTIVES = read_families("motives.txt")
_INVESTMENT = "investment"
_MOVING = frozenset({Intent.BUY, Intent.SELL, Intent.VALUATION, Intent.INVEST})
_AVERSE = frozenset({
    Intent.OPT_OUT, Intent.WRONG_NUMBER, Intent.NOT_INTERESTED, Intent.PRIVACY_REQUEST, Intent.INJECTION, Intent.OFF_TOPIC,
    Intent.CANCEL_APPOINTMENT, Intent.RESCHEDULE, Intent.FAIR_HOUSING,
})  # fmt: skip
_PRESSING = frozenset({"foreclosure", "inherited", "landlord_fatigue"})
"""Motives of owners in need; whoever names one speaks of a sale without saying so."""
_OF_SELLERS = frozenset({"foreclosure", "debt", "landlord_fatigue"})
_OF_OTHERS = re.compile(
    r"\b(?:neighbors?|friends?|buddy|coworker|the seller|sellers|your|someone|somebody|people|sister in law|brother in law|boss|zillow|vecin[oa]s?|amig[oa]s?|cunad[oa]"
    r"|my (?:\w+ )?(?:son|daughter|nephew|niece|sister|brother|cousin) (?:is|was|got|has|just|does)) ?[^.!?,;]{0,25}$"
)
_WANTS_ONE = re.compile(
    r"\b(?:near|close to|next to|by|looking for|interested in|buy|any|list of|find|show me|want a|stop|auction house)\s+(?:a |an |the |any |some |good )*$"
)
_LONG_AGO = re.compile(
    r"\b(?:back in (?:\d|the)|(?:\d+|ten|twenty|many|few|couple(?: of)?) years? ago|old news|used to (?:be|own|have)|not anymore|in \d{4}\b|turned it down|once (?:was|did))"
)
_ALSO_KINDS_OF_HOMES = frozenset({"foreclosure", "inherited", "health", "divorce"})
"""Motives whose words also name what a buyer looks for: "any foreclosures near me"."""
_WORDS_ASKED_FOR = pattern(
    r"(?P<relocation>mov(?:e|ing)|new city|trabajo|work|job|transfer|commute|closer)|(?P<upsizing>space|room|rooms|baby|kids|family|bebe|familia|bigger|espacio)|(?P<investment>invest\w*|rental|income|flip\w*|inversion|rentarla)"
    r"|(?P<downsizing>smaller|too big|empty|maintenance|yard|upkeep|stairs)|(?P<debt>bills|money|dinero|loans?)|(?P<landlord_fatigue>tenants?|landlord|inquilinos?|renters)"
    r"|(?P<first_home>renting|first|primera|rent|renta)|(?P<health>sick|age|aging|doctor|knees?|edad)"
)


def find_motivation(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return the motivation *text* states; without a question or a wish to move only what presses an owner counts."""
    asked = context.asked is Slot.MOTIVATION
    moving = bool(intents & _MOVING)
    if not asked and not moving and intents & _AVERSE:
        return []
    if not asked and not moving and context.asked is not None:
        return []
    selling = bool(intents & {Intent.SELL, Intent.VALUATION}) or context.bot is Bot.SELLER
    buying = bool(intents & {Intent.BUY, Intent.INVEST}) or (context.bot is Bot.BUYER and not selling)
    found = []
    for rank, (value, family) in enumerate(_MOTIVES.items()):
        if not asked and not moving and value not in _PRESSING:
            continue
        if value == _INVESTMENT and not asked and not buying and "1031" not in text.plain:
            continue
        if value in _OF_SELLERS and buying and not selling and not asked:
            continue
        match = next((m for m in family.finditer(text.plain) if _stands(text.plain, m, value, buying)), None)
        if match is not None:
            found.append((match.start(), rank, value, match))
    if found:
        _, _, value, match = min(found, key=lambda one: one[:2])
        return [StatedSlot(Slot.MOTIVATION, value, 0.85, text.span(*match.span()))]
    if Intent.INVEST in intents:
        return [StatedSlot(Slot.MOTIVATION, _INVESTMENT, 0.7, text.span(0, len(text.plain)))]
    return _in_a_word(text) if asked else []


def _stands(plain: str, match: re.Match[str], value: str, buying: bool) -> bool:
    before = plain[: match.start()]
    if is_negated(plain, match.start()) and not match.group().startswith(
        ("no ", "dont ", "cant ", "never ", "nunca ", "ya no")
    ):
        return False
    if _OF_OTHERS.search(before) or _LONG_AGO.search(re.split(r"[.!?;\n]", plain[match.end() :])[0]):
        return False
    return value not in _ALSO_KINDS_OF_HOMES or not buying or _WANTS_ONE.search(before) is None


def _in_a_word(text: Text) -> list[StatedSlot]:
    """An answer that names the motive by a word alone: "work", "space"."""
    found = _WORDS_ASKED_FOR.search(text.plain)
    if found is None or not found.lastgroup or len(text.plain.split()) > 6 or is_negated(text.plain, found.start()):
        return []
    return [StatedSlot(Slot.MOTIVATION, found.lastgroup, 0.6, text.span(*found.span()))]
