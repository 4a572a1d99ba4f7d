"""Families of wording: one line writes down many ways to say a thing, and a few of them are drawn to learn from.

A section begins with its labels in brackets, `[opt_out + abuse]`, or `[]` for texts that carry none; a context may
follow, `[affirm | seller asked financing]`.  A section may name the value of slots instead, `[condition=major]`, or that
none is stated, `[condition=]`, and tells then of these slots alone.  `{a|b|}` is a choice, which may hold others.  `#`
begins a comment.

Where no context follows, the words say the same whatever was asked: one text in `EVERY` is drawn as said in one of `ANYWHERE`.
"""

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ghl_real_estate_ai.conversation.model import SLOT_VALUES, Bot, Slot
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.understanding.labelled import LabelledMessage
from ghl_real_estate_ai.understanding.model import Archetype, Intent, MessageContext, Objection

FAMILIES = Path(__file__).parent / "families"
DRAWN = 8
"""How many wordings are drawn from one line, at most."""
EVERY = 6
_ASKED_OF_ALL = (None, Slot.TIMELINE_DAYS, Slot.MOTIVATION)
_ASKED = {
    Bot.LEAD: _ASKED_OF_ALL,
    Bot.BUYER: (*_ASKED_OF_ALL, Slot.LOCATIONS, Slot.BUDGET_MAX, Slot.BEDROOMS, Slot.FINANCING),
    Bot.SELLER: (*_ASKED_OF_ALL, Slot.ADDRESS, Slot.CONDITION, Slot.OCCUPANCY, Slot.PRICE_EXPECTATION),
}
ANYWHERE = tuple(MessageContext(bot, slot) for bot, slots in _ASKED.items() for slot in slots)


def load_families(folder: Path = FAMILIES, seed: int = 1) -> list[LabelledMessage]:
    """Draw from every line of the files of *folder*; the same *seed* draws the same."""
    drawn = []
    for path in sorted(folder.glob("*.txt")):
        drawn += draw(path.read_text(encoding="utf-8").splitlines(), path.stem, random.Random(seed))  # noqa: S311 - not for secrets
    return drawn


def draw(lines: Iterable[str], name: str, chance: random.Random) -> list[LabelledMessage]:
    """Draw at most `DRAWN` different wordings from each of *lines*.

    Raises:
        Rejected: a line is no family; the sentence names it.
    """
    section = _section("[]")
    drawn = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith("["):
                section = _section(line)
                continue
            texts = {_one(line.strip(), chance) for _ in range(DRAWN)}
        except ValueError as error:
            raise Rejected(f"{name}:{number}: not a family: {error}") from error
        drawn += [
            replace(section, text=text, theme=f"{name}/{number}", context=_said_in(section.context, at, chance))
            for at, text in enumerate(sorted(texts))
            if text
        ]
    return drawn


def _said_in(given: MessageContext, at: int, chance: random.Random) -> MessageContext:
    return chance.choice(ANYWHERE) if given == MessageContext() and at % EVERY == EVERY - 1 else given


def _section(line: str) -> LabelledMessage:
    labels, _, context = line.strip().strip("[]").partition("|")
    given = {label.strip() for label in labels.split("+") if label.strip()}
    slots = dict(_value(name) for name in given if "=" in name)
    names = {name for name in given if "=" not in name}
    if names and slots:
        raise ValueError("a section tells of slots or of other labels, not of both")
    if unknown := names - {*Intent, *Objection, *Archetype}:
        raise ValueError(f"no such label: {', '.join(sorted(unknown))}")
    bot, _, asked = context.strip().partition(" asked ")
    return LabelledMessage(
        text="",
        context=MessageContext(Bot(bot) if bot else None, Slot(asked) if asked else None),
        intents=frozenset(Intent(name) for name in names if name in {*Intent}),
        objections=frozenset(Objection(name) for name in names if name in {*Objection}),
        slots=slots,
        archetype=next((Archetype(name) for name in names if name in {*Archetype}), None),
    )


def _value(name: str) -> tuple[Slot, str]:
    slot, _, value = name.partition("=")
    if slot not in SLOT_VALUES or value not in ("", *SLOT_VALUES[Slot(slot)]):
        raise ValueError(f"no such value: {name}")
    return Slot(slot), value


def _one(pattern: str, chance: random.Random) -> str:
    """Write out *pattern* with every choice made."""
    text, rest = _written(pattern, chance)
    if rest:
        raise ValueError(f"a brace too many at {rest!r}")
    return " ".join(text.split())


def _written(rest: str, chance: random.Random, *, within: bool = False) -> tuple[str, str]:
    choices, text = [], ""
    while rest:
        sign, rest = rest[0], rest[1:]
        if sign == "{":
            chosen, rest = _written(rest, chance, within=True)
            text += chosen
        elif sign == "|" and within:
            choices.append(text)
            text = ""
        elif sign == "}" and within:
            return chance.choice([*choices, text]), rest
        elif sign == "}":
            return text, sign + rest
        else:
            text += sign
    if within:
        raise ValueError("a brace is not closed")
    return text, ""
