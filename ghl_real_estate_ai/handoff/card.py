"""The handoff card: the note in the CRM that tells a person what they need, in at most ten lines; pure."""

from collections.abc import Sequence

from ghl_real_estate_ai.conversation.model import Language, Owner
from ghl_real_estate_ai.handoff.packet import ContextPacket, told_facts

MOST_LINES = 10
LONGEST_LINE = 300
_LANGUAGES = {Language.EN: "English", Language.ES: "Spanish"}
_PRIORITIES = ((0.9, "Urgent"), (0.8, "High"), (0.6, "Normal"))
"""From this confidence in the reason on, the word; below all of them it is low."""


def priority_of(confidence: float) -> str:
    """How soon somebody should look, in a word."""
    return next((word for least, word in _PRIORITIES if confidence >= least), "Low")


def handoff_card(
    packet: ContextPacket,
    *,
    confidence: float,
    first_name: str | None,
    last_words: str,
    missing: Sequence[str],
    stays_on: bool = False,
) -> str:
    """The note to the team: why, who, what is wanted and known, what is missing, open and promised.

    With *stays_on* the bot goes on answering until a person takes over.
    """
    name = first_name or next((str(f.value) for f in packet.facts if f.slot.value == "name"), None) or "no name yet"
    lines = [
        f"{priority_of(confidence)}: {_sentence(packet.reason)}",
        f"Lead: {name}, writes {_LANGUAGES[packet.language]}, {packet.temperature} ({packet.score:.0f} of 100).",
        packet.summary,
    ]
    if packet.set_aside:
        lines.append(f"The other home: {', '.join(told_facts(packet.set_aside))}.")
    if missing:
        lines.append(f"Not known yet: {', '.join(missing)}.")
    if packet.open_question:
        lines.append(f"Asked last, not answered: {packet.open_question}.")
    if packet.promised:
        lines.append(f"We promised: {'; '.join(packet.promised)}.")
    if last_words.strip():
        lines.append(f'Last words: "{last_words}"')
    lines.append(_who_answers(packet, stays_on=stays_on))
    return "\n".join(_short(line) for line in lines[:MOST_LINES])


def _who_answers(packet: ContextPacket, *, stays_on: bool) -> str:
    bot = f"The {packet.source.value} assistant" if packet.source.bot else "The assistant"
    if stays_on or packet.target is not Owner.HUMAN:
        return f"{bot} goes on answering until you write to the lead."
    return f"{bot} is silent now; release the contact to hand it back."


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}."


def _short(line: str) -> str:
    plain = " ".join(line.split())
    return plain if len(plain) <= LONGEST_LINE else f"{plain[: LONGEST_LINE - 3].rstrip()}..."
