"""Messages that say two things at once, made of two that say one each.

People answer and volunteer something in one breath ("3 beds, and cash"), in more combinations than any writer thinks of; a
short answer and a short fact joined say what both say.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ghl_real_estate_ai.conversation.model import SLOT_VALUES
from ghl_real_estate_ai.understanding.labelled import LabelledMessage
from ghl_real_estate_ai.understanding.model import Intent

WORDS_AT_MOST = 9
"""In either part."""
JOINTS = (", ", ". ", " and ", ", but ", " ", "; ", ", also ", " - ")
JOINTS_ES = (", ", ". ", " y ", ", pero ", " ", ", tambien ")
TALK = frozenset(
    {Intent.BUY, Intent.SELL, Intent.INVEST, Intent.RENT, Intent.VALUATION, Intent.SCHEDULE, Intent.AFFIRM, Intent.DENY,
     Intent.GREETING, Intent.THANKS, Intent.HUMAN, Intent.BOT_QUESTION, Intent.RESCHEDULE, Intent.CANCEL_APPOINTMENT}
)  # fmt: skip
"""Intents beside which what else is said still holds."""
AT_THE_HEAD = frozenset({Intent.AFFIRM, Intent.DENY, Intent.GREETING, Intent.THANKS})
"""Those that the second part cannot bring: a no in the middle of a text denies something else."""


def joined(cases: Sequence[LabelledMessage], many: int, chance: np.random.Generator) -> list[LabelledMessage]:
    """Return *many* messages that join one of *cases* with another that states a slot's value or an objection.

    Both are of one language and said to one bot; a pair that gives a slot two values is passed over.
    """
    short = [case for case in cases if len(case.text.split()) <= WORDS_AT_MOST and case.intents <= TALK]
    telling = [case for case in short if _tells(case) and not case.intents & AT_THE_HEAD]
    made: list[LabelledMessage] = []
    while len(made) < many:
        one, other = short[chance.integers(len(short))], telling[chance.integers(len(telling))]
        if one.language is other.language and _to_one_bot(one, other) and _agree(one, other):
            joints = JOINTS if one.language.value == "en" else JOINTS_ES
            made.append(_join(one, other, joints[chance.integers(len(joints))]))
    return made


def _tells(case: LabelledMessage) -> bool:
    return bool(case.objections) or any(slot in SLOT_VALUES for slot in case.slots)


def _to_one_bot(one: LabelledMessage, other: LabelledMessage) -> bool:
    return one.context.bot is None or other.context.bot is None or one.context.bot is other.context.bot


def _agree(one: LabelledMessage, other: LabelledMessage) -> bool:
    return all(other.slots[slot] == value for slot, value in one.slots.items() if slot in other.slots)


def _join(one: LabelledMessage, other: LabelledMessage, joint: str) -> LabelledMessage:
    head = one.text.rstrip(" .!,;")
    return replace(
        one,
        text=head + joint + other.text,
        intents=one.intents | other.intents,
        objections=one.objections | other.objections,
        slots={**one.slots, **other.slots},
        archetype=one.archetype or other.archetype,
        theme=f"joined/{one.theme}+{other.theme}",
    )
