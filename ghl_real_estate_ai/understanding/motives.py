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
_SAID_OUTRIGHT = pattern(
    r"(?P<foreclosure>(?:my|our|the|in|en|start|get|got|filed|of|for|they are|is|forbearance) (?:\w+ )?(?:pre ?)?foreclos\w*|in forbearance|foreclos\w+ on (?:me|us|my|our|it)|auctions? (?:date|on the courthouse|is|set)|sheriffs? sale|(?:months?|payments?) behind|bank wont|lis pendens|embargo|rematar|notice of default)"
    r"|(?P<divorce>(?:getting|going through(?: a)?|our|my|the|we are|am|nasty|just) divorc\w+|^divorce\w*|divorciando|divorciamos|separating|separation agreement|separando|mi ex y yo)"
    r"|(?P<inherited>inherit\w+|(?:my )?late (?:mother|father|mom|dad|uncle|aunt|grand\w+)s|(?:left|willed) (?:(?:it|the house|this) to (?:me|us)|(?:me|us) (?:the|this|his|her|their) (?:house|home|place))|executor|(?:the|his|her|moms|dads|\w+s) estate(?! agent)|probate|heredamos|herede|heredad\w|murio mi|fallecio mi|got it in the will|(?:since|after|when) (?:my )?(?:mom|dad|mother|father|mama|papa|grandma|grandpa|aunt|uncle)\w* (?:passed|died))"
    r"|(?P<landlord_fatigue>(?:tired|sick|done|burn\w* out|over|fed up|had it) (?:and tired )?(?:of|with|on|being|from) (?:\w+ )?(?:tenants?|landlord\w*|rentals?|renters?)|tenants? (?:trashed|destroyed|whines)|rentals are|hart[oa] de (?:los|mis) inquilinos|property manager robs)"
    r"|(?P<job_loss>laid off|lost my job|unemployed|got fired|no work since|sin trabajo|quede sin|lost (?:his|her) job|descansaron|despidieron)"
    r"|(?P<retirement>retiring|(?:when|once|after) (?:i|we) (?:retire|hang it up)|for retirement|jubil\w+|me retiro)"
    r"|(?P<relocation>relocat\w+|(?:got|with) orders|pcs\w*|transferr?(?:ed|ing) (?:to|me|us)|(?:am|are|were) moving to (?!a\b|the\b)\w+|nos mudamos (?:a|pa|para)|(?:i )?start at the \w+ in|they already hired)"
    r"|(?P<first_home>(?:my|our) (?:very )?(?:first|1st) (?:house|home|place)|first ?time (?:home ?)?buyers?|first time here|primera (?:casa|que compramos))"
    r"|(?P<upsizing>blended family,.{0,40}need|outgrew|outgrown|growing family|expecting (?:twins|a baby|our|another)|baby (?:on the way|coming)|no cabemos)"
    r"|(?P<downsizing>downsiz\w+|empty nest\w*|less house|too much house|smaller (?:place|house))"
    r"|(?P<debt>(?:drowning|buried) in|(?:owe|owed) (?:more )?to (?:the )?credit cards|irs lien|chapter 13|too much debt|bankruptcy)"
    r"|(?P<investment>(?:as|for) an? (?:investment|rental)|house hack\w*|fix and flip)"
    r"|(?P<health>assisted living|nursing home|memory care|cant do (?:the )?stairs)"
)
"""Motives said so plainly that they count beside an answer to another question."""
_NOT_A_REASON = re.compile(r"\?\s*$|\b(?:waiting (?:on|for)|depends|ages ago|cleared up|kept my job)\b")
_OF_SELLERS = frozenset({"foreclosure", "debt", "landlord_fatigue"})
_OF_OTHERS = re.compile(
    r"\b(?:neighbors?|friends?|buddy|coworker|the seller|sellers|your|someone|somebody|people|sister in law|brother in law|boss|zillow|cousins?|next door|down the street|vecin[oa]s?|amig[oa]s?|cunad[oa]"
    r"|my (?:\w+ )?(?:son|daughter|nephew|niece|sister|brother|cousin) (?:is|was|got|has|just|does)) ?(?:(?!\b(?:i|we|my|our)\b)[^.!?,;]){0,25}$"
)
_WANTS_ONE = re.compile(
    r"\b(?:near|close to|next to|by|looking for|interested in|buy|any|list of|find|show me|want a|stop|auction house)\s+(?:a |an |the |any |some |good )*$"
)
_LONG_AGO = re.compile(
    r"\b(?:back in (?:\d|the)|(?:\d+|ten|twenty|many|few|couple(?: of)?) years? ago|old news|used to (?:be|own|have)|not anymore|in (?:19|20)\d\d\b|turned it down|once (?:was|did))"
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
    if not asked and not moving:
        if intents & _AVERSE:
            return []
        if context.asked is not None or context.bot is Bot.BUYER:
            return _said_outright(text, context)
    found = _first_family(text, context, intents)
    if found or (not asked and not moving):
        return found or _said_outright(text, context)
    if Intent.INVEST in intents and (Intent.RENT not in intents or Intent.BUY in intents):
        return [StatedSlot(Slot.MOTIVATION, _INVESTMENT, 0.7, text.span(0, len(text.plain)))]
    return _in_a_word(text) if asked else []


def _first_family(text: Text, context: MessageContext, intents: frozenset[Intent]) -> list[StatedSlot]:
    """The family of wordings that is found first in *text*, of those that the context lets count."""
    selling = bool(intents & {Intent.SELL, Intent.VALUATION}) or context.bot is Bot.SELLER
    buying = bool(intents & {Intent.BUY, Intent.INVEST}) or (context.bot is Bot.BUYER and not selling)
    found = []
    for rank, (value, family) in enumerate(_MOTIVES.items()):
        if not _counts(value, text, context, intents, buying=buying, selling=selling):
            continue
        match = next((m for m in family.finditer(text.plain) if _stands(text.plain, m, value, buying)), None)
        if match is not None:
            found.append((match.start(), rank, value, match))
    if not found:
        return []
    _, _, value, match = min(found, key=lambda one: one[:2])
    return [StatedSlot(Slot.MOTIVATION, value, 0.85, text.span(*match.span()))]


def _counts(
    value: str, text: Text, context: MessageContext, intents: frozenset[Intent], *, buying: bool, selling: bool
) -> bool:
    """Whether *value* may be meant, from who writes and what was asked."""
    if context.asked is Slot.MOTIVATION:
        return True
    if not intents & _MOVING:
        return value in _PRESSING
    if value == _INVESTMENT:
        return (Intent.RENT not in intents or Intent.BUY in intents) and (buying or "1031" in text.plain)
    return value not in _OF_SELLERS or selling or not buying


def _said_outright(text: Text, context: MessageContext) -> list[StatedSlot]:
    """The motive that a message names plainly, where neither a motive nor a wish to move is spoken of otherwise."""
    for match in _SAID_OUTRIGHT.finditer(text.plain):
        value = match.lastgroup
        if value is None or (context.bot is None and value not in _PRESSING):
            continue
        if not _NOT_A_REASON.search(text.plain) and _stands(text.plain, match, value, buying=context.bot is Bot.BUYER):
            return [StatedSlot(Slot.MOTIVATION, value, 0.75, text.span(*match.span()))]
    return []


def _stands(plain: str, match: re.Match[str], value: str, buying: bool) -> bool:
    before = plain[: match.start()]
    if is_negated(plain, match.start()) and not match.group().startswith(
        ("no ", "dont ", "cant ", "never ", "nunca ", "ya no")
    ):
        return False
    rest = re.split(r"[.!?;\n]", plain[match.end() :])[0]
    if _OF_OTHERS.search(before) or (value != "inherited" and _LONG_AGO.search(rest)):
        return False
    return value not in _ALSO_KINDS_OF_HOMES or not buying or _WANTS_ONE.search(before) is None


def _in_a_word(text: Text) -> list[StatedSlot]:
    """An answer that names the motive by a word alone: "work", "space"."""
    found = _WORDS_ASKED_FOR.search(text.plain)
    if found is None or not found.lastgroup or len(text.plain.split()) > 6 or is_negated(text.plain, found.start()):
        return []
    return [StatedSlot(Slot.MOTIVATION, found.lastgroup, 0.6, text.span(*found.span()))]
