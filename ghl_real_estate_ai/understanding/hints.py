"""All that the hand rules find in a message, before anything is settled: evidence for the trained model to weigh."""

import re
from typing import Any

from ghl_real_estate_ai.conversation.model import Language, Slot
from ghl_real_estate_ai.understanding.appointments import Meeting, meeting_intents, meeting_slot, read_meeting
from ghl_real_estate_ai.understanding.archetype import find_archetype
from ghl_real_estate_ai.understanding.conduct import find_conduct
from ghl_real_estate_ai.understanding.courtesy import find_courtesy
from ghl_real_estate_ai.understanding.judgement import Judged
from ghl_real_estate_ai.understanding.model import Found, Intent, MessageContext
from ghl_real_estate_ai.understanding.objections import find_objections
from ghl_real_estate_ai.understanding.opt_out import find_consent
from ghl_real_estate_ai.understanding.slot_wordings import find_slot_wordings
from ghl_real_estate_ai.understanding.text import Text
from ghl_real_estate_ai.understanding.wishes import find_wishes

Hints = dict[Judged, Found[Any]]
_SOMEBODY = r"\b(?:some(?:one|body)|any(?:one|body)|alguien)\b(?! (?:real|human|else))"
_CALLS = r"\b(?:call|phone|ring|come|meet|llam\w+|marque|venga)\b"
_ANYBODY_CALLS = re.compile(rf"{_SOMEBODY}[^.?!\n]{{0,20}}{_CALLS}|(?:que|pedir que) me (?:llame|marque) alguien\b")
"""With a time this asks for a call, whoever makes it; without one it asks for a person."""


def find_hints(text: Text, context: MessageContext, language: Language, meeting: Meeting | None = None) -> Hints:
    """Return the strongest finding of the hand rules for each label; *meeting* is what was read of one, if it was."""
    intents = [*find_consent(text), *find_courtesy(text, language), *find_conduct(text), *find_wishes(text)]
    named = frozenset(found.label for found in intents)
    meeting = meeting or read_meeting(text, context)
    if meeting_slot(meeting, named) and _ANYBODY_CALLS.search(text.plain):
        intents = [one for one in intents if one.label is not Intent.HUMAN]
    intents += meeting_intents(meeting, named)
    archetype = find_archetype(text, named, seller_asked=context.asked in (Slot.MOTIVATION, Slot.CONDITION))
    hints: Hints = {}
    given: list[Found[Any]] = [
        *intents,
        *find_objections(text),
        *find_slot_wordings(text),
        *([archetype] if archetype else []),
    ]
    for found in given:
        if found.label not in hints or hints[found.label].confidence < found.confidence:
            hints[found.label] = found
    return hints
