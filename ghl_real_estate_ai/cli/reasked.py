"""How often a bot asks again what another one was told: with the context packet, and with the control beside it.

A question counts when a bot that received the contact from another bot asks for a slot which the lead had told by
then, as the script's own labels (`expect.not_asked`) say.  It is counted in two ways: each time it is asked, and once
a conversation and slot, since a scripted lead does not answer what they have answered before.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.model import Decision
from ghl_real_estate_ai.bots.without_packet import decide_without_packet
from ghl_real_estate_ai.cli.replay import parse_script, replay

BOTS = frozenset({"lead", "buyer", "seller"})
GREETINGS = ("this is the automated assistant", "soy el asistente automatico", "soy el asistente automático")
PROMISED_REDUCTION = 0.57


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasked:
    """What happened after the first handoff between bots, over several conversations."""

    conversations: int = 0
    handed_over: int = 0
    """Of these, with a handoff between bots."""
    turns: int = 0
    """Since the first such handoff, its own turn included."""
    questions: int = 0
    asked_again: int = 0
    slots_asked_again: int = 0
    greeted_twice: int = 0

    def __add__(self, other: "Reasked") -> "Reasked":
        return Reasked(
            conversations=self.conversations + other.conversations,
            handed_over=self.handed_over + other.handed_over,
            turns=self.turns + other.turns,
            questions=self.questions + other.questions,
            asked_again=self.asked_again + other.asked_again,
            slots_asked_again=self.slots_asked_again + other.slots_asked_again,
            greeted_twice=self.greeted_twice + other.greeted_twice,
        )


def count_reasked(script: Mapping[str, Any], turns: Sequence[Mapping[str, Any]]) -> Reasked:
    """Count in one replayed conversation."""
    expected = [turn.get("expect", {}) for turn in script["turns"]]
    start = _first_handoff(turns)
    greetings = sum(_greets(turn) for turn in turns)
    if start is None:
        return Reasked(conversations=1, greeted_twice=max(0, greetings - 1))
    after = list(zip(expected, turns, strict=True))[start:]
    again = [turn["asked"] for expect, turn in after if turn["asked"] in expect.get("not_asked", ())]
    return Reasked(
        conversations=1,
        handed_over=1,
        turns=len(after),
        questions=sum(turn["asked"] is not None for _, turn in after),
        asked_again=len(again),
        slots_asked_again=len(set(again)),
        greeted_twice=max(0, greetings - 1),
    )


def reduction(with_packet: int, without: int) -> float | None:
    """The part of the control's questions that the packet saves; None when the control asks none."""
    return 1.0 - with_packet / without if without else None


def report_reasked(lines: Iterable[str], out: TextIO) -> int:
    """Replay every conversation both ways and write the figures as a table; 1 when the packet saves too little."""
    scripts = [parse_script(line) for line in lines if line.strip()]
    packed = asyncio.run(_measured(scripts, decide))
    control = asyncio.run(_measured(scripts, decide_without_packet))
    out.write(_table(packed, control))
    saved = reduction(packed.slots_asked_again, control.slots_asked_again)
    return 0 if saved is None or saved >= PROMISED_REDUCTION else 1


async def _measured(scripts: Sequence[dict[str, Any]], bots: Callable[..., Decision]) -> Reasked:
    total = Reasked()
    for script in scripts:
        total += count_reasked(script, await replay(script, bots))
    return total


def _table(packed: Reasked, control: Reasked) -> str:
    rows = [
        ("conversations", packed.conversations, control.conversations),
        ("of them with a handoff between bots", packed.handed_over, control.handed_over),
        ("turns since the handoff", packed.turns, control.turns),
        ("questions asked in them", packed.questions, control.questions),
        ("asked again, each time counted", packed.asked_again, control.asked_again),
        ("asked again, once a conversation and slot", packed.slots_asked_again, control.slots_asked_again),
        ("second greetings", packed.greeted_twice, control.greeted_twice),
    ]
    lines = ["| | with the packet | without (control) |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {ours} | {theirs} |" for name, ours, theirs in rows]
    saved = reduction(packed.slots_asked_again, control.slots_asked_again)
    lines.append(f"| fewer questions asked again | {'no data' if saved is None else f'{saved:.0%}'} | |")
    return "\n".join(lines) + "\n"


def _first_handoff(turns: Sequence[Mapping[str, Any]]) -> int | None:
    """The turn in which a bot hands over to another; a conversation begins with the lead bot."""
    before = "lead"
    for n, turn in enumerate(turns):
        if turn["owner"] != before and {turn["owner"], before} <= BOTS:
            return n
        before = turn["owner"]
    return None


def _greets(turn: Mapping[str, Any]) -> bool:
    """Whether the reply says who writes without having been asked."""
    reply = (turn["reply"] or "").lower()
    return "disclosed_ai" not in turn["flags"] and any(greeting in reply for greeting in GREETINGS)
