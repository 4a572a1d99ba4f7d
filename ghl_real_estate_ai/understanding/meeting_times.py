"""When somebody could meet or be called, as written: "tomorrow after 5", "Thurs. or Fri., mid-afternoon".

A small grammar: units (a day, a part of the day, a time of the clock, a stretch ahead) with words before them and
words that join them.  A unit stands alone when nothing else could be meant; "5" and "630" need something that says so.
"""

import re
from dataclasses import dataclass

from ghl_real_estate_ai.understanding.text import Text

_WEEKDAY = (
    r"(?:mondays?|tuesdays?|wednesdays?|wensdays?|wendsdays?|thursdays?|thrusdays?|fridays?|saturdays?|sundays?"
    r"|mon|tues?|weds?|thu|thurs?|fri|sat(?! (?:there|on|in|down|empty|for|with|vacant))|sun(?! ?(?:room|porch|deck)))\.?"
    r"|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_SPANISH_MONTH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
_HOLIDAY = (
    r"(?:veterans|labor|memorial|columbus|presidents|mlk|mothers|fathers|valentines|boxing|new years|independence|thanksgiving"
    r"|christmas|easter|indigenous peoples) (?:day|eve|weekend|monday|friday|sunday)|(?:black|good) friday|thanksgiving|halloween|easter"
    r"|juneteenth|semana santa|navidad"
)
_DAY = (
    r"day after tomorrow|pasado manana|pasado(?= (?:a|en|por|tambien)\b)|today|tonight|tonite|tomorrow|hoy|manana"
    rf"|{_WEEKDAY}|{_HOLIDAY}"
    r"|wk ?nds?|week ?ends?|week ?days?|week ?nights?|finde|fin(?:es)? de semana|entre semana"
    r"|(?:(?:early|late|later|sometime|(?:the )?end of|(?:the )?(?:beginning|start|first|middle) of) )?(?:next|this|this coming|the following|following|the coming|the next) (?:week|month|day)(?! (?:ago|in)\b)"
    r"|(?:the )?(?:end|beginning|start|first|middle) of the (?:week|month)|(?:a |el )?(?:fin(?:es|ales)? de mes|principios de mes)"
    r"|(?:any|any other|either|whatever|whichever|every|most|all|cualquier|todos los) (?:day|dia|dias)s?(?: (?:of|de) (?:the|this|next|la|esta|la otra|la proxima) (?:week|semana))?"
    r"|(?:la |esta |esta misma )?(?:otra |proxima |siguiente )?semana(?: que (?:viene|entra)| proxima| entrante)?"
    r"|(?:1[0-2]|[1-9])/(?:[12]\d|3[01]|0[1-9]|[7-9])(?:/\d{2,4})?(?![\w/]|\.\d)"
    rf"|{_MONTH} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?! ?(?:k|am|pm|:\d\d))|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?!\w)"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th)(?! (?:street|st|ave|avenue|floor|bed\w*|one|house|time|of|kid|baby|place|rd|road|payment|grade|ward|and)\b)"
    rf"|(?:el )?(?:dia )?\d{{1,2}} de {_SPANISH_MONTH}|el dia \d{{1,2}}|el \d{{1,2}}(?= (?:de|a|en|por|despues|$)|[.,?!]|$)"
)
_ERRAND = (
    r"(?:(?:school|daycare|kids?|bus) )(?:drop ?off|pick ?up|lets out|is out|gets out)|work|school|church|mass|temple|practice|drop ?off|pick ?up|bed ?time|breakfast|lunch|dinner|supper|close of business|dark|kids bedtime"
    r"|misa|comida|lonche|trabajo|escuela|comer|almuerzo"
)
_PART = (
    r"mid-? ?(?:morning|afternoon|day|week)|(?:early|late) (?:morning|afternoon|evening|night)s?|mornings?|afternoons?|evenings?|nights?"
    r"|noon(?:ish| ?time)?|midday|lunch ?(?:time|break|hour)?|brunch|dinner ?time|sun ?(?:set|down|rise|up)|dusk"
    rf"|(?:after|before|between|around|despues de(?:l| la)?|antes de(?:l| la)?) (?:i get off |i get home from |my |the |el |la |mi )?(?:{_ERRAND})"
    r"|same (?:time|hour)|(?:a la )?misma hora|first thing|early|earlier|later|late|any ?time|all day|whenever|right now|now|asap"
    r"|mediodia|medio dia|tempran\w+|tardecita|tardes?|noches?|ahorita|orita|ahora|mas tarde|mas tardecito|cualquier hora|todo el dia"
)
_NUMBER_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SPANISH_HOUR = r"(?:una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
_CLOCK = (
    r"\d{1,2}:\d\d(?: ?[ap]\.?m?\.?(?!\w))?|(?:1[0-2]|[1-9])(?:[0-5]\d)?(?: ?[ap]m| ?[ap]\.m\.?|[ap])(?!\w)|\d{1,2} ?ish|\d{1,2} ?o ?clock"
    rf"|half past (?:{_NUMBER_WORD}|\d{{1,2}})|quarter (?:to|past|after|till) (?:{_NUMBER_WORD}|\d{{1,2}})"
    rf"|{_NUMBER_WORD}(?: ?(?:thirty|fifteen|forty ?five))? ?(?:o ?clock|pm|am|ish)|{_NUMBER_WORD} ?thirty"
    rf"|las? (?:\d{{1,2}}(?::\d\d)?|{_SPANISH_HOUR})(?: ?[ap]m)?(?: y media| y cuarto| en punto)?"
    r"|mediodia"
)
_BARE_CLOCK = (
    rf"(?:1[0-2]|[1-9])(?:15|30|45)?(?![\d/%:]|[.,]\d)(?! ?(?:k|mil|grand|million|beds?|bedrooms?|baths?|br|ba|bd|min\w*|hours?|days?|weeks?|months?|years?"
    rf"|acres?|percent|people|kids|doors|units|houses|homes|st|nd|rd|th|times|miles|cars?|of us|bucks|dollars|per)(?!\w))(?: y media| y cuarto)?"
    rf"|{_NUMBER_WORD}(?= ?(?:$|[.,?!]| works| or | if | on | tomorrow| today))"
)
_AHEAD = r"in (?:about |like |around )?(?:an?|half an|\d+|a couple(?: of)?|a few) ?-?(?:minutes?|min|hours?|bit|few)|en (?:unos? |como )?(?:un rato|\d+ minutos|una hora|media hora)"
_ZONE = r"(?:eastern|central|mountain|pacific|[ecmp][sd]?t)(?: time)?"
_BEFORE = (
    r"(?:at|around|about|after|before|by|near|like|past|between|from|starting|sometime|anytime|any time|early|earlier|late|later|maybe|say|in the|in|until|till|til"
    r"|this|this coming|next|on|the|any|every|either|only|coming|mid|first thing|most|all|both|no later than|around the"
    r"|a las|a la|a|como a las?|como|tipo|despues de(?: la| las|l)?|antes de(?: la| las|l)?|entre(?: las?)?|de las?|de|por la|para el|en la|x la|a partir de(?: las?)?"
    r"|hasta las?|este|esta|proximo|el proximo|el|la|los|las|al|del|un|puedo|si)"
)
_JOIN = r"(?:\s*,?\s*(?:\b(?:and|or|to|thru|through|but|except|y|o|a|n|menos|if possible|ideally|preferably|say|best)\b)\s*|\s*[,/&@+]\s*|\s*-\s*|\s+)"
_UNIT = rf"(?:{_AHEAD}|{_DAY}|{_CLOCK}|{_PART}|{_BARE_CLOCK})(?: {_ZONE}(?!\w))?"
_NOT_AFTER = r"(?<![\w$#.:/-])(?<!\d,)(?<!\bapt )(?<!\bunit )(?<!\blot )(?<!\bsuite )(?<!\bste )(?<!\bhwy )(?<!\broute )(?<!\bphoto )(?<!\bsection )"
_WISH = re.compile(rf"{_NOT_AFTER}(?:{_BEFORE} )*{_UNIT}(?!\w)(?:{_JOIN}(?:{_BEFORE} )*{_UNIT}(?!\w))*", re.ASCII)
# The words before a unit that belong to the sentence rather than to the time.
_LEADING = re.compile(
    r"^(?:on|at|like|maybe|by|for|about|from|say|de|para|al|del|in(?! (?:about|like|around|a|an|half|\d))|to|si|puedo|only|como|coming|a(?! (?:las?|cualquier|different|partir|couple|few)\b)"
    r"|in the|the(?= (?:mornings?|afternoons?|evenings?|weekend))|any(?= (?:mornings?|evenings?|afternoons?)))\s+"
)
_BARE_UNIT = re.compile(r"(?:1[0-2]|[1-9])|lunch|noon|night")
"""What reads as a time only with its "at"."""
_TRAILING = re.compile(r"[\s,.-]+$|\s+(?:si|puedo)$")
_DAY_IN = re.compile(rf"(?<!\w)(?:{_DAY})(?!\w)", re.ASCII)
_CLOCK_IN = re.compile(
    rf"(?<![\w$])(?:{_CLOCK})(?!\w)|(?:\bat|\baround|\bafter|\bbefore|\bby|\bpast|\bbetween|\btipo|\btill?|\buntil) (?:{_BARE_CLOCK})(?!\w)",
    re.ASCII,
)
_AHEAD_IN = re.compile(_AHEAD, re.ASCII)
_PART_IN = re.compile(
    r"\b(?:mornings?|afternoons?|evenings?|nights?|noon\w*|midday|lunch ?(?:time|break|hour)?|any ?time|later|asap|(?:right )?now|ahorita|orita|ahora|mas tarde"
    r"|mediodia|tardes?|noches?|tempran\w+|cualquier hora|first thing"
    rf"|(?:after|before|despues de(?:l| la)?|antes de(?:l| la)?) (?:i get off |i get home from |my |the |el |la |mi )?(?:{_ERRAND}))\b",
    re.ASCII,
)
# What stands right after a time that does not suit, and right before one that is not offered.
_UNSUITED_AFTER = re.compile(
    r"^\s*(?:is |are |was |s )?(?:toilet|no good|not good|no longer|isnt|arent|wont|doesnt|dont|cant|does nt|is out|wont|no (?:puedo|podemos|me|nos|se)|ya no|so not|not going|never|is bad|is tough|im (?:busy|booked)|we have (?:a|the))\b"
)
_UNSUITED_BEFORE = re.compile(
    r"(?:\b(?:instead of|in place of|rather than|en (?:vez|lugar) de(?:l)?|not|cant (?:do|make|come|meet)?|wont be able to|no (?:puedo|podemos)|unable to|except|anything but|"
    r"running(?: \w+)?(?: late| behind)?|(?:too|so|way|super|really|pretty|crazy) (?:busy|slammed|swamped)|busy|slammed|swamped|on calls|is on|(?<!pretend )i (?:know i )?said|get off|gets off|off work|works?|working|inspector is coming|was|were|scheduled|booked|set|since|last|every|yesterday|pool opens|opens|closes|open|due|heading \w+|leaving|leave|cita de ayer|lo de|la (?:cita|visita) de(?:l)?|"
    r"my (?:\w+ )?schedule|times|(?:from|saw (?:it|you|yall) at|at) (?:the|your) open house|pre ?-?approved|pre ?-?qualified|passed|died|filed|laid off|cash|sheriffs sale|sale|hearing|court date|murio|fallecio|on a roof|gets off|toilet calls|scratch|wont make it|(?:i am|we are|hes|shes|he is|she is|theyre|estoy|estamos) (?:at|in|busy|booked|out|working|gone)(?: \w+)?|game|class|closing|auction|sale is|ends|up in|vacation|lands|starts?|begins|back|flight (?:is|got))"
    r"(?: (?:it|this|that|the|a|on|at|our|my|for|of|to|till|until|from|by|in|work|show\w*|tour|visit|call|appointment|el|la|del|de|are|is))*)\s*$"
)
_OLD_TIME = re.compile(
    r"\b(?:our|my|the|that|todays|tomorrows|mi|nuestra|la|la cita|cita|visita|la visita|la cita de|la visita de|la llamada)(?: (?:del?|para|on|for|at))?\s+$"
)
_CALLED_OFF = re.compile(
    r"\b(?:cancel\w*|scrap|nix|forget|skip|call off|off the calendar|nevermind|never mind|borr\w+|olvid\w+)\b[^.!?;]*$"
)
_FREE = re.compile(r"\b(?:free|available|open|call(?: (?:me|us))?|talk|(?:ll[aeo]m|marqu|habl)\w+)(?: me)?\s*$")
MOVED = 1.5
"""Added to the score of the time to which a meeting is moved."""
_MOVED_TO = re.compile(
    r"\b(?:to|for|until|till?|do|does|how about|what about|make it|would|could we do|para|al?|mejor|hagamos\w*|para el|dejamos|es)\s+(?:like |maybe |the |el |la |por |about )?$"
)

BARE_HOUR = 0.5
"""The score of a number that only what was asked, or what is moved, makes an hour."""
SURE = 0.9
"""The score from which a time, beside words of meeting, is meant as one."""
DAY = 1.0
"""The score of a day."""
FULL = 1.9
"""The score of a day and an hour together."""


@dataclass(frozen=True, slots=True)
class MeetingTime:
    """A time that could suit, as the characters [start, end) of the plain text."""

    start: int
    end: int
    score: float
    """How fully and surely it is a time: a day and an hour are more than either, a bare number is least."""
    is_bare: bool
    """Whether it is a mere number, which something else of the message makes an hour."""


def find_times(text: Text, *, asked: bool, moved: bool) -> list[MeetingTime]:
    """Return the times *text* offers or asks for, best first; *moved* prefers the new time over the old one."""
    times = []
    for match in _WISH.finditer(text.plain):
        start, end = _trimmed(text.plain, *_new_of(text.plain, *match.span()) if moved else match.span())
        if start >= end or _greets(text.plain, start, end):
            continue
        score = _score(text.plain, match.start(), start, end, asked=asked, moved=moved)
        if score > 0:
            is_bare = _parts_of(text.plain, match.start(), start, end) == 0
            times.append(MeetingTime(start, end, score, is_bare))
    return sorted(times, key=lambda time: (-time.score, time.start))


def _new_of(plain: str, start: int, end: int) -> tuple[int, int]:
    """Of "our 2 oclock to 4" the new time alone."""
    split = plain[start:end].rfind(" to ")
    return (start, end) if split < 0 else (start + split + 1, end)


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    while cut := _LEADING.match(plain[start:end]):
        start += cut.end()
    while cut := _TRAILING.search(plain[start:end]):
        end = start + cut.start()
    if plain[:start].endswith("at ") and _BARE_UNIT.fullmatch(plain[start:end]):
        start -= len("at ")
    return start, end


def _greets(plain: str, start: int, end: int) -> bool:
    """ "good morning", "buenas tardes" and "that day" tell no time."""
    return re.search(r"\b(?:good|buen[ao]s?|gud|happy|that)\s*$", plain[:start]) is not None or (
        re.match(
            r"(?:mornings?|afternoons?|evenings?|morning)(?:$|[ ,!.]+(?:im|i am|this is|jorge|yall|everyone|there|folks|sir|maam)\b)",
            plain[start:],
        )
        is not None
        and start == 0
        and end < len(plain)
    )


def _parts_of(plain: str, opened: int, start: int, end: int) -> float:
    """What of a time is named: a day, an hour, how far ahead, a part of the day; 0 for a mere number."""
    words = plain[start:end]
    day, clock, ahead = _DAY_IN.search(words), _CLOCK_IN.search(plain[opened:end]), _AHEAD_IN.search(words)
    part = _PART_IN.search(plain[opened:end])
    return 1.0 * bool(day) + 0.9 * bool(clock) + 0.8 * bool(ahead) + 0.6 * bool(part)


def _score(plain: str, opened: int, start: int, end: int, *, asked: bool, moved: bool) -> float:
    words, before, after = plain[start:end], plain[max(0, start - 60) : start], plain[end : end + 30]
    clause = re.split(r"[.!?;\n]", before)[-1]
    score = _parts_of(plain, opened, start, end)
    if not score:
        bare = re.search(r"\d|\b" + _NUMBER_WORD + r"\b", words)
        if not bare or not ((asked and _is_short(plain, words)) or (moved and _MOVED_TO.search(clause))):
            return 0.0
        score = BARE_HOUR
    elif score < SURE and _FREE.search(clause):
        score = SURE
    if (
        _UNSUITED_AFTER.match(after)
        or _UNSUITED_BEFORE.search(clause)
        or (_CALLED_OFF.search(clause) and not _MOVED_TO.search(clause))
    ):
        return 0.0
    if moved and _MOVED_TO.search(clause) and "cant" not in clause.split()[-3:]:
        score += MOVED
    elif moved and _OLD_TIME.search(clause):
        return 0.0
    return score


def sentence_of(plain: str, time: MeetingTime) -> str:
    """The sentence in which *time* stands."""
    start = max(plain.rfind(sign, 0, time.start) for sign in ".!?;\n") + 1
    ends = [at for sign in "!?;\n" if (at := plain.find(sign, time.end)) >= 0]
    full_stop = re.compile(r"\.(?:\s|$)").search(plain, time.end)
    return plain[start : min([*ends, full_stop.start() if full_stop else len(plain)])]


def stands_alone(plain: str, time: MeetingTime) -> bool:
    """Whether nothing but the time stands in its sentence: "Something came up. Sunday?"."""
    before = re.split(r"[.!?;,\n]\s*", plain[: time.start])[-1]
    after = re.split(r"[.!?;\n]", plain[time.end :])[0]
    return (
        re.fullmatch(r"\s*(?:like|maybe|how about|what about|at|on|para)?\s*", before) is not None and len(after) < 12
    )


def _is_short(plain: str, words: str) -> bool:
    """An answer that says little beside the number."""
    return len(plain) - len(words) <= 24 and len(re.findall(r"\d+", plain)) <= 2
