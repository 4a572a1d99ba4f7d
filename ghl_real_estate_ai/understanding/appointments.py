"""Calls, visits and tours: the wish for one, moving it, calling it off, and when it should be.

What is wanted is evidence for `schedule`, `reschedule` and `cancel_appointment`.  Where a message could say when is
found by `meeting_times`; whether it does, and in which words, is judged by `meeting_choice`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.conversation.model import Slot
from ghl_real_estate_ai.understanding.meeting_choice import choose_time
from ghl_real_estate_ai.understanding.meeting_times import find_times
from ghl_real_estate_ai.understanding.model import Found, Intent, MessageContext, StatedSlot
from ghl_real_estate_ai.understanding.rules import Rule, evidence, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

_EVENT = r"(?:appointments?|appt|tours?|showings?|visits?|calls?|meetings?|walk ?through|walkthru|viewings?|consult(?:ation)?|inspections?|open house|sit down|phone call|chat|zoom|home visit|time slot|slot|one oclock|it)"
_SCHEDULE_RULES = (
    Rule(Intent.SCHEDULE, 0.8, pattern(r"(?:call|phone|ring|facetime) (?:me|us|my (?:cell|wife|husband))\b(?! (?:crazy|old|when you have a|a liar|stupid|back\?|again\b.{0,15}(?:and|report)))|(?:give|shoot) (?:me|us) a (?:call|ring|buzz|shout)|(?:can|could|may|should|lets|let us|want to|like to|free to|available to|when can|able to|time to|love to|need to|ready to) (?:we |you |i |someone |somebody |yall |u |just |please )*(?:hop on a call|jump on a call|(?:talk|chat|speak|meet|meet up|get together|connect)\b(?! (?:to (?:a|an|my|your|the|someone|somebody)|with (?:my|our|a|an|someone|the|your)|(?:it )?(?:over|about it) (?:with|to) my|price|it over))|call (?:me|us)|come (?:by|over|out|see|look|take|view|check|tomorrow|on|this)|stop (?:by|over)|swing by|drop by)"), fixed=False),
    Rule(Intent.SCHEDULE, 0.85, pattern(r"(?:schedule|book|set up|setup|arrange|set|line up|plan|reserve|request|get|make|do) (?:me |us |up |in )*(?:a |an |the |our |my |another )?(?:quick |time |private |in person |second |virtual |phone |video |home |free |\d+ min(?:ute)? |short )*(?:appointments?|tours?|showings?|visits?|calls?|meetings?|walk ?through|viewings?|consult\w*|time (?:to|for)|sit down|zoom|facetime|a time|listing appointment|chat)\b(?! (?:back|off))|(?:schedule|book)(?: (?:it|this|that|me|us|something))?(?= for| on| this|$|[.,!?])|(?:can|could|when can|want to|like to|love to|interested in|able to|please|to|and|lets|possible to|get to|go|need to) (?:i |we |you |u |just |go |come |someone |a |my wife and i )*(?:tour(?:ing)?|visit(?:ing)?|see(?:ing)?|view(?:ing)?|walk (?:through|thru|around)|check(?:ing)? out|look(?:ing)? at|take a look at|come see|go see|show (?:me|us))\s+(?:the (?:house|place|home|inside|property|one|condo|unit|listing|townhouse|duplex|\d+|\w+ (?:house|one|place|home))|it\b|that (?:one|house|place|home|property)?|this (?:one|house|place|home|property)|these|those|them|both|a few|some (?:houses|homes|places)|houses|homes|places|inside|\d+ \w+|in person|my (?:house|place|home)|our (?:house|place|home))"), fixed=False),
    Rule(Intent.SCHEDULE, 0.75, pattern(r"(?:when|what time|what day)s? (?:can|could|are|is|would|works?|do|should) (?:we|you|i|it|good|someone|for|best|yall|u|the)\s*(?:see|meet|talk|come|tour|available|free|for|showing|visit|stop|good|look|view|get|call|work|open)|(?:stop|come|swing|drop|go) (?:on )?(?:by|over|out|through) (?:the|my|our|this|and|to|any|on|at|tomorrow|today|after|before|around|\w+day|this|in|when|whenever)|(?:i am|im|we are|am|are|is) (?:usually |only |pretty |totally )?(?:free|available|open|off|home)\s+(?:all |on |after |before |at |around |any|tomorrow|today|this|next|mon|tue|wed|thu|fri|sat|sun|most|weekends|evenings|mornings|from|till|until|in the|between)|(?:lets|let us|how about|what about|can (?:we|you|i) do|could (?:we|you) do|does|would|works?|do|maybe|make it|say|try|prefer|i can do|we can do|see you|meet)\s+(?:like |maybe |on |at |around |me |this |next |say |for |about )*(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|tomorrow|today|tonight|morning|afternoon|evening|noon|weekend|\d{1,2} ?(?:am|pm|:\d\d))(?:day)?\b(?: \w+){0,3}?(?: work| at| good|$|[.?!,]| \d| morn| after| even| is| instead| around| or)|(?:mon|tues|wednes|thurs|fri|satur|sun)day (?:at \d+ |morning |afternoon |evening )?works|(?:tomorrow|today|tonight|this weekend|next week) (?:\w+ )?works|(?:want|like|love|need|get) (?:a|to get a|an?) (?:tour|showing|visit|walk ?through|viewing|call|appointment|meeting|phone call|in person)\b"), fixed=False),
    Rule(Intent.SCHEDULE, 0.85, pattern(r"(?:llam|marqu|habl|habl[ae]m|visit)(?:e|a|en|ar|as|es)?(?:me|nos)\b(?! (?:mas|nunca))|(?:me|nos) (?:puede[ns]?|podria[ns]?|puedes|podrian) (?:llamar|marcar|visitar|ver|hablar|ensenar|mostrar)|(?:puede[ns]?|podria[ns]?|pueden|podemos|puedo|quiero|queremos|quisiera|quisieramos|gustaria|me gustaria|como puedo|cuando|para|vamos a|hay que|quedamos en|se puede)\s+(?:\w+ )?(?:ver(?:la|lo|nos)?|visitar(?:la)?|conocer(?:la)?|agendar|hacer (?:una )?cita|programar|pasar|venir|llamar(?:me|nos)|hablar(?:nos)?|marcar(?:me)?|reunir\w*|ir a ver\w*|ensenar(?:me|nos)|mostrar(?:me|nos)|juntar\w*)\b(?! (?:con|a) (?:mi|una?|el|alguien|un)\b)|(?:una|la|hacer|agendar|quiero|sacar|programar|tener) (?:cita|visita|llamada|recorrido)\b(?! (?:para otro|otro))|agendar|(?:esta|estoy|estamos) (?:libre|disponible)s? (?:el|a|en|manana|hoy|por|los|todo|despues)|cuando (?:puedo|podemos|pueden|puede)"), fixed=False),
)  # fmt: skip
_RESCHEDULE_RULES = (
    Rule(Intent.RESCHEDULE, 0.95, pattern(r"re-?\s?sched\w*|rain ?check|re ?book|postpone\w*|push (?:it|the|our|my|that|this|things|us|me) (?:\w+ )?(?:back|to|out|off|until|till)|put off (?:the|our|my)|(?:re ?agend\w+|re ?program\w+|pospo\w+|aplaz\w+)")),
    Rule(Intent.RESCHEDULE, 0.9, pattern(rf"(?:move|change|switch|shift|bump|push|delay|swap|redo|adjust|slide)\s+(?:the|our|my|that|this|tomorrows|todays|\w+days?|tonights)?\s*(?:\w+ )?{_EVENT}\s*(?:time )?(?:to|back|up|from|until|till|for|earlier|later|another|a (?:different|later)|instead|out)\b(?! (?:happen|work|better|right|nice))|(?:another|different|new|other|later|earlier|better) (?:day|time|date|slot)\b(?! (?:of the year|frame|line))|(?:can|could|how about|lets|maybe|any chance) (?:we |you |i |u )?(?:do |meet |make it |come |try |move it (?:to )?|go )?(?:.{{0,20}}(?:day|morrow|noon|morning|evening|week|\d|am|pm|sat|sun|mon|tue|wed|thurs?|fri)) instead|\d(?::\d\d)?(?: ?[ap]m)? instead(?: of)?|instead of (?:at )?(?:\d|mon|tues|wed|thu|fri|sat|sun|tomorrow|today|noon|morning|the)|(?:can|could|need to|have to|want to) (?:we |you |i )?(?:make it|move it|push it|change it|change the time|do it|meet) (?:\w+ )?(?:later|earlier|to|a bit later|another|on another|next)|(?:something|work|emergency) came up\b(?=.{{0,60}}(?:can we|another|different|later|next|instead|tomorrow|move|\w+day))|running (?:\w+ )?(?:late|behind)\b(?=.{{0,40}}(?:can|could|push|move|instead|later|make|meet|\d))|(?:cant|wont) (?:make|do) (?:it )?.{{0,40}}(?:how about|can we do|what about|next week|instead|another|different|later|could we|can we|does \w+ work)")),
    Rule(Intent.RESCHEDULE, 0.9, pattern(r"(?:cambi\w+|mov\w+|pas\w+|recorr\w+|dejarl\w+|mover|dejamos)\s+(?:\w+ )?(?:la |mi |nuestra )?(?:cita|visita|hora|reunion|llamada|recorrido|fecha|dia)|(?:otro dia|otra hora|otra fecha|mas tarde la cita|para otro|en lugar de|en vez de) ?(?:la|el|de|dia|rato)?(?= |$|[?.!,])|(?:mejor|podemos|puede ser) (?:el |la |para el |a las )(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|\d).{0,20}(?:en vez|en lugar|mejor)")),
)  # fmt: skip
_CANCEL_RULES = (
    Rule(Intent.CANCEL_APPOINTMENT, 0.95, pattern(r"(?:cancel(?:l?ing|led)?|call(?:ing)? off|scratch|scrap|nix|forget(?: about)?|drop|skip|kill|scrub|back out of|bail on|delete|take off|remove)\s+(?:on )?(?:the|my|our|that|this|todays|tomorrows|tonights|\w+days?|all|any|for)?\s*(?:\w+ )?(?:\w+ )?(?:appointments?|tours?|showings?|visits?|meetings?|walk ?through|viewings?|consult\w*|inspections?|(?<!phone )call|phone call|sit down|zoom|open house)\b|(?:cancel|canceling|cancelling) (?:it|that|this|on|for|tomorrow|today|our|us|everything|\w+day)\b(?! (?:account|subscription))|call(?:ing)? (?:it|that|this|the \w+|everything|tomorrow|\w+day) off|never mind (?:on |about |the )+(?:\w+ )?(?:tour|showing|visit|call|appointment|walk ?through|meeting|viewing)|(?:have|need|want|going|got) to cancel\b|no (?:longer )?(?:need|want)(?:ed)? (?:the|that|to (?:come|see|meet|tour|do the)) ?(?:tour|showing|visit|appointment|call|meeting|it|place|house)?|no (?:vengan|venga|manden a nadie)\b|dont (?:come|bother coming|send (?:your|the|anyone|anybody|somebody|him|her|them|a guy|someone)\b(?! (?:texts|messages|listing))|need to come)|not coming (?:to|tomorrow|today)|please cancel\b(?! (?:my (?:sub|text)|these|the (?:text|mess)))")),
    Rule(Intent.CANCEL_APPOINTMENT, 0.8, pattern(r"(?:cant|wont|not going to|not gonna|arent going to|arent gonna|unable to|wont be able to|cant|not able to|am not going to|isnt going to) (?:be able to )?(?:make (?:it|the|our|my|that)|come|be there|meet|do (?:the|our) (?:tour|showing|call|visit)|go (?:to|see) (?:the )?(?:house|tour|showing|it))\b(?! (?:work|down|up))|(?:not|no longer) (?:going to|coming to|able to come)")),
    Rule(Intent.CANCEL_APPOINTMENT, 0.9, pattern(r"cancel\w*\s+(?:\w+ ){0,2}?(?:cita|visita|reunion|llamada|recorrido|tour)|(?:ya )?no (?:voy|vamos|puedo|podemos|podre|podremos) (?:a )?(?:poder )?(?:ir|llegar|asistir|verla|pasar)\b|(?:cancelo|cancelamos|cancelala|cancelela|cancele la|tengo que cancelar|quiero cancelar|hay que cancelar)")),
)  # fmt: skip
_CALL_ME = pattern(r"(?:call|phone) (?:me|us)|(?:llam|marqu)\w+(?:me|nos)")
_NOT_SCHEDULE = pattern(r"call my lawyer|call the (?:cops|police)|close of call|wake up call|(?:toilet|sales) calls?")


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a message says of an appointment by itself, before its other wishes are known."""

    wanted: tuple[Found[Intent], ...]
    """To make one, to move it or to call it off."""
    time: StatedSlot | None
    only_talk: bool
    """Whether nothing says that a call is wanted, so that "can I talk to a person" asks for the person."""


def read_meeting(text: Text, context: MessageContext) -> Meeting:
    """Return what *text* says of an appointment; read once, it is judged by `meeting_intents` and `meeting_slot`."""
    found = wanted_meeting(text)
    called_off = any(f.label is Intent.CANCEL_APPOINTMENT for f in found)
    time = None if called_off else _when(text, context, found)
    return Meeting(tuple(found), time, _CALL_ME.search(text.plain) is None)


def meeting_intents(meeting: Meeting, other: frozenset[Intent]) -> list[Found[Intent]]:
    """Return what is wanted, given the *other* intents found so far."""
    found = list(meeting.wanted)
    if _is_declined(other):
        return [f for f in found if f.label is not Intent.SCHEDULE]
    if meeting.time is not None:
        return found or [Found(Intent.SCHEDULE, 0.85, meeting.time.span)]
    talk_only = Intent.HUMAN in other and meeting.only_talk
    return [f for f in found if not (talk_only and f.label is Intent.SCHEDULE)]


def meeting_slot(meeting: Meeting, intents: frozenset[Intent]) -> list[StatedSlot]:
    """Return when it should be, given all *intents* of the message."""
    is_moved = any(f.label is Intent.RESCHEDULE for f in meeting.wanted)
    called_off = Intent.CANCEL_APPOINTMENT in intents and not intents & {Intent.RESCHEDULE, Intent.SCHEDULE}
    if meeting.time is None or _is_declined(intents) or (called_off and not is_moved):
        return []
    return [meeting.time]


def _is_declined(intents: frozenset[Intent]) -> bool:
    return bool(intents & {Intent.OPT_OUT, Intent.NOT_INTERESTED, Intent.INJECTION})


def wanted_meeting(text: Text) -> list[Found[Intent]]:
    """What the hand rules find of making, moving or calling off a meeting."""
    moved = weigh(evidence(text, _RESCHEDULE_RULES))
    if moved:
        return moved
    cancelled = weigh(evidence(text, _CANCEL_RULES))
    if cancelled:
        return cancelled
    if _NOT_SCHEDULE.search(text.plain):
        return []
    return weigh(evidence(text, _SCHEDULE_RULES))


def _when(text: Text, context: MessageContext, wanted: Sequence[Found[Intent]]) -> StatedSlot | None:
    times = find_times(text.plain)
    chosen = choose_time(times, context, [found.label for found in wanted])
    if chosen is None:
        return None
    start, end = times.tokens[chosen.first].start, times.tokens[chosen.last].end
    return StatedSlot(Slot.APPOINTMENT, text.typed(start, end).strip(), 0.85, text.span(start, end))
