"""What a lead may already have told although nothing sorted it, so that nobody is asked what they have just said; pure.

A hint is no fact: it never fills a slot.  It only keeps a bot from asking, and leaves the checking to the team.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from ghl_real_estate_ai.bots.topics import is_question
from ghl_real_estate_ai.conversation.model import Conversation, Direction, Facts, Owner, Question, Slot, SlotValue

_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    r"|diciembre"
)
_SEASON = r"spring|summer|fall|autumn|winter|primavera|verano|oto[nñ]o|invierno"
_SPAN = r"(?:\d+|a|an|one|two|three|four|five|six|couple|few|un|una|dos|tres|cuatro|seis|unos|pocos)"
_SHORT_UNIT = r"(?:days?|weeks?|wks?|months?|mos?|d[ií]as?|semanas?|mes(?:es)?)"
_UNIT = rf"(?:{_SHORT_UNIT}|years?|yrs?|a[nñ]os?)"
_EVENT = (
    r"school|holidays?|christmas|thanksgiving|lease|year|month|kids|baby|semester|a[nñ]o|mes|escuela|navidad|contrato"
)
_AHEAD = (
    r"(?:in|within|by|before|until|til|next|this|end of|after|around|early|late|mid|under|less than"
    r"|about|maybe|when|once"
    r"|por|para|antes de|en|dentro de|pr[oó]xim\w+|est[ea]|como en|despu[eé]s de|cuando)"
)
_PAST = re.compile(
    r"\b(?:ago|last|since|expired|died|passed|bought|built|was|were (?:in|there)|fallec\w+|muri\w+|compr[eéóo]\w*"
    r"|hace|pasad[oa]|lived|owned|had|been|for (?:over |about |almost )?\w+ years)\b",
    re.I,
)
_MONEY = re.compile(
    r"(?P<sign>\$\s*)?(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?:\s*(?P<unit>k|m|mil|thousand"
    r"|million|millones|grand)\b"
    r"|(?P<plus>s)\b)?",
    re.I,
)
_MONEY_CUE = re.compile(
    r"\b(?:want\w*|ask\w*|get|getting|price\w*|worth|list(?:ed|ing)?|hop\w+|take|need|least|sell|figur\w+|thinking"
    r"|budget|max\w*|tops?|under|up to|spend\w*|afford|below|over|around|about|low|mid|high|offer\w*"
    r"|quier\w+|pid\w+|precio|vale|presupuesto|hasta|m[aá]ximo|gastar|menos de|unos|como)\b",
    re.I,
)
_NO_PRICE = re.compile(
    r"\b(?:owe|owed|owing|mortgage|balance|payment|rent|month|taxes|payoff|loan|fees?|debo|hipoteca|renta|mensual\w*"
    r"|sq\s?ft|feet|acres?|years?|yrs?|days|weeks|months|am|pm|beds?|baths?|br|ba|cap|zip|calls?|texts?|times)\b",
    re.I,
)
_ASKED_FOR_A_HOME = re.compile(
    r"\b(?:asking|for it|list(?:ed|ing)? (?:at|for)|hop\w+ (?:for|to get)|pid\w+ por)\b", re.I
)
_NEAR = 28
"""How many characters around a number are looked at for what it counts."""
_LEAST_PRICE = 40_000
_WORDS: Mapping[Question, re.Pattern[str]] = {
    question: re.compile(words, re.I)
    for question, words in (
        (
            Question.TIMELINE,
            rf"\b{_AHEAD}\s+(?:\w+\s+){{0,2}}?(?:{_MONTH}|{_SEASON}|{_EVENT})\b"
            rf"|\b{_SPAN}(?:\s*(?:-|to|or|a|o)\s*{_SPAN})?\s*{_SHORT_UNIT}\b(?!\s*old)"
            rf"|\b{_AHEAD}\s+(?:\w+\s+)?{_SPAN}\s*{_UNIT}\b(?!\s*old)"
            rf"|\b(?:{_SEASON})(?:time)?\b"
            r"|\b(?:asap|right away|immediately|whenever|no (?:rush|hurry)|soon(?:er|ish)?|sin prisa|lo antes posible"
            r"|cuanto antes|pronto|urge|auction)\b"
            r"|\b(?:sell|buy|close|move|gone|out)\b.{0,20}\b(?:fast|quick\w*)\b"
            r"|\b(?:lease|contract|contrato)\b.{0,15}\b(?:up|ends?|over|vence|termina)\b",
        ),
        (
            Question.MOTIVATION,
            r"\b(?:because|cause|cuz|bc|since we|so (?:we|i) can|moving|(?:have|need|got) to move"
            r"|relocat\w+|transfer\w*|new job|job|retir\w+"
            r"|downsiz\w+|upsiz\w+|too (?:big|small|much|far|many)|more (?:space|room)|bigger|smaller|empty nest\w*"
            r"|kids (?:are|have|moved|left|all)|baby|divorc\w+|separat\w+|split\w*|inherit\w+|estate|probate|passed"
            r"|died|death|landlord\w*|tired|sick of|done with|over it|behind|foreclos\w+|health"
            r"|medical|stairs|closer to"
            r"|cash out|money|hered\w+|fallec\w+|muri\w+|jubil\w+|mud(?:o|a|amos|arnos|anza)\w*|porque|trabajo"
            r"|separ\w+|muy (?:grande|chica|peque\w+)|m[aá]s (?:grande|chica|espacio)|cansad\w+|atrasad\w+|deudas?)\b",
        ),
        (
            Question.CONDITION,
            r"\b(?:roof|hvac|furnace|plumbing|foundation|updat\w+|remodel\w*|renovat\w+|fixer|needs? (?:\w+ )?(?:work"
            r"|paint\w*|carpet|tlc|updat\w+|repairs?|everything)|repairs?|gut(?:ted)?|shape|condition|move.?in ready"
            r"|turn.?key|as.?is|outdated|dated|leaks?|leaking|mold|rough|trashed|immaculate|like new|well kept|paint"
            r"|techo|plomer[ií]a|remodelad\w+|arregl\w+|buen(?:as)? (?:estado|condici\w+)|pintura|reparac\w+|lista)\b",
        ),
        (
            Question.FINANCING,
            r"\b(?:cash|loan|lender|bank|pre.?app?rov\w*|pre.?qual\w*|fha|usda|va loan|conventional|credit|financ\w+"
            r"|mortgage (?:broker|guy|lady|company|officer)|(?:\d+|%)\s*(?:percent )?down|down payment|efectivo|contado"
            r"|pr[eé]stamo|banco|cr[eé]dito|hipoteca|pre.?aprob\w+|enganche)\b|\d\s*%",
        ),
        (
            Question.BEDROOMS,
            r"\b(?:\d+|one|two|three|four|five|six|couple|extra|spare|un[oa]?|dos|tres|cuatro|cinco)\+?"
            r"(?:\s*(?:or|to|-|a|o)\s*\w+)?\s*(?:beds?|bedrooms?|br|bd|bdrms?|rooms?|rec[aá]maras?|cuartos?"
            r"|habitaci\w+|dormitorios?)\b|\bstudio\b|\bloft\b|\b[2-6]\s?/\s?[1-4]\b|\b[2-6]\s?x\s?[1-4]\b",
        ),
        (
            Question.LOCATIONS,
            r"\b(?:near|close to|outside of|downtown|suburbs?|(?:north|south|east|west)\s?(?:side|end)|anywhere"
            r"|neighborhoods? (?:like|of|called)|area of|zip|cerca de|centro|afueras|rumbo|zona de)\b"
            r"|(?-i:\b(?:in|around|en|to)\s+(?!(?i:" + _MONTH + r")\b)[A-Z][a-z]{2,})"
            r"|(?-i:^\W*[A-Z][a-z]+(?: [A-Z][a-z]+)?(?:,? (?:or|and|o|y) [A-Z][a-z]+)+)",
        ),
        (
            Question.ADDRESS,
            r"\b\d{1,6}\s+(?:[nsew]\.?\s+)?[a-z]+(?:\s+[a-z]+){0,3}\s+(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane"
            r"|ct|court|way|blvd|cir|circle|pl|place|pkwy|trl|trail|hwy|loop|ter|terrace)\b"
            r"|\b\d{1,6}\s+(?:calle|avenida|av|county road|cr|hwy)\b|\b(?:calle|avenida)\s+\w+",
        ),
        (
            Question.MORTGAGE,
            r"\b(?:owe|mortgage|pay.?off|paid (?:off|for)|free and clear|liens?|debo|hipoteca|pagada)\b",
        ),
        (
            Question.UPGRADES,
            r"\b(?:new (?:roof|kitchen|ac|hvac|floors?|windows)|updated|remodel\w*|renovat\w+|replaced)\b",
        ),
        (
            Question.LISTING_HISTORY,
            r"\b(?:listed|listing|on the market|expired|last (?:agent|realtor)|never (?:been )?listed)\b",
        ),
        (
            Question.DECISION_MAKERS,
            r"\b(?:wife|husband|spouse|partner|brothers?|sisters?|siblings|both of us|just me|only me|espos[ao]|marido"
            r"|mujer|herman\w+|solo yo)\b",
        ),
        (Question.CONTACT_METHOD, r"\b(?:call me|text me|email me|texts? (?:is|are)|ll[aá]m\w+|whatsapp|mensajes?)\b"),
    )
}
_TIME_TO_MEET = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|weekend|noon|\d{1,2}(?::\d\d)?\s?(?:am|pm)"
    r"|(?:at|around|after|before) \d{1,2}(?::\d\d)?\b(?![\d,.]*\s?(?:k|mil|%))|lunes|martes|mi[e\u00e9]rcoles|jueves"
    r"|viernes|s[a\u00e1]bado|domingo|ma\u00f1ana|mediod[i\u00ed]a|a las \d{1,2})\b",
    re.IGNORECASE,
)
_OF_THE_OTHER_HOME = frozenset(
    {Question.CONDITION, Question.PRICE, Question.BUDGET, Question.BEDROOMS, Question.LOCATIONS, Question.FINANCING}
)
"""What was said of these before a buyer became a seller, or the reverse, is said of another home."""


def names_a_time(text: str) -> bool:
    """Whether *text* names a day or an hour at which people meet."""
    return _TIME_TO_MEET.search(text) is not None


def maybe_told(conversation: Conversation, text: str, facts: Facts, *, crossed_now: bool) -> frozenset[Question]:
    """The questions whose answer the lead may have given, in *text* or earlier, while their slots are unknown.

    *crossed_now* says that with *text* a buyer becomes a seller, or the reverse.
    """
    since = _thread_began(conversation)
    earlier = [
        (message.text, message.at)
        for message in conversation.messages
        if message.direction is Direction.INBOUND and message.text != text
    ]
    all_texts = [text, *(told for told, _ in earlier)]
    of_this_home = [text, *(told for told, at in earlier if not crossed_now and (since is None or at >= since))]
    open_questions = [q for q in (*_WORDS, Question.PRICE, Question.BUDGET) if q.slot not in facts]
    return frozenset(
        question
        for question in open_questions
        if hints_at(question, of_this_home if question in _OF_THE_OTHER_HOME else all_texts, facts)
    )


def hints_at(question: Question, texts: Iterable[str], facts: Facts) -> bool:
    """Whether any of *texts* may answer *question*; what only asks us something does not."""
    return any(_hints(question, clause, facts) for text in texts for clause in _clauses(text))


def unaccounted_number(text: str, facts: Facts) -> bool:
    """Whether *text* holds a number that no fact carries."""
    known = _known_numbers(facts)
    return any(not _is_known(match, known) for match in _MONEY.finditer(text))


def _hints(question: Question, clause: str, facts: Facts) -> bool:
    if question in (Question.PRICE, Question.BUDGET):
        return _hints_at_money(clause, facts)
    if question is Question.TIMELINE and _PAST.search(clause):
        return False
    pattern = _WORDS.get(question)
    return pattern is not None and pattern.search(clause) is not None


def _hints_at_money(clause: str, facts: Facts) -> bool:
    # Where nothing near a number speaks of a debt, it is a price even if it was taken for one; and what is asked for a
    # home is no budget.
    kept = facts.without(Slot.MORTGAGE_BALANCE)
    budgetless = kept.without(Slot.BUDGET_MIN, Slot.BUDGET_MAX)
    for part in re.split(r"[,;]\s+", clause):
        for match in _MONEY.finditer(part):
            around = part[max(0, match.start() - _NEAR) : match.end() + _NEAR // 2]
            marked = bool(match["sign"] or match["unit"])
            cued = _MONEY_CUE.search(around) is not None and _is_bare_price(match)
            known = _known_numbers(budgetless if _ASKED_FOR_A_HOME.search(part) else kept)
            if (marked or cued) and not _NO_PRICE.search(around) and not _is_known(match, known):
                return True
    return False


def _is_bare_price(match: re.Match[str]) -> bool:
    """Whether a number without a sign is one people write for a price: 385 for thousands, or the whole figure."""
    value = float(match["number"].replace(",", ""))
    return 100 <= value <= 999 or value >= _LEAST_PRICE


def _known_numbers(facts: Facts) -> frozenset[float]:
    values: list[SlotValue] = [fact.value for fact in facts.values()]
    numbers = [float(value) for value in values if isinstance(value, (int, float))]
    texts = [float(found) for value in values if isinstance(value, str) for found in re.findall(r"\d+", value)]
    return frozenset([*numbers, *texts])


def _is_known(match: re.Match[str], known: frozenset[float]) -> bool:
    value = float(match["number"].replace(",", ""))
    return any(value * factor in known for factor in (1, 1_000, 1_000_000))


def _clauses(text: str) -> list[str]:
    """The parts of *text* that tell something."""
    return [clause for clause in re.split(r"(?<=[.!?;\n])\s+", text) if clause.strip() and not is_question(clause)]


def _thread_began(conversation: Conversation) -> datetime | None:
    """When the bot of this thread took over from that of the other one, if it did."""
    both = {Owner.BUYER, Owner.SELLER}
    crossings = [handed.at for handed in conversation.handoffs if {handed.source, handed.target} == both]
    return crossings[-1] if crossings else None
