"""`jorge understand`: labelled messages in, what is understood of each out, one JSON object a line."""

import json
import sys
from collections.abc import Iterable
from typing import TextIO

import orjson

from ghl_real_estate_ai.conversation.model import Bot, Slot
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.understanding.model import MessageContext, Signals
from ghl_real_estate_ai.understanding.understand import understand

EXIT_BAD_LINE = 2


def understand_lines(stdin: Iterable[str], stdout: TextIO, stderr: TextIO | None = None) -> int:
    """Answer each JSON line of *stdin* with one on *stdout*; return the exit code.

    A line that is no labelled message is named on *stderr* and skipped; the rest is still answered and the code is 2.
    """
    complaints = sys.stderr if stderr is None else stderr
    code = 0
    for number, line in enumerate(stdin, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(line)
        except Rejected as error:
            complaints.write(f"line {number}: {error}\n")
            code = EXIT_BAD_LINE
            continue
        stdout.write(answer + "\n")
    return code


def _answer(line: str) -> str:
    try:
        message = orjson.loads(line)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise Rejected(f"not JSON: {error}") from error
    if not isinstance(message, dict):
        raise Rejected("not a JSON object")
    if not isinstance(message.get("id"), str):
        raise Rejected("`id` is missing or not a string", field="id")
    if not isinstance(message.get("text"), str):
        raise Rejected("`text` is missing or not a string", field="text")
    signals = understand(message["text"], _context(message.get("context")))
    return json.dumps(prediction(message["id"], signals), ensure_ascii=False)


def prediction(message_id: str, signals: Signals) -> dict[str, object]:
    """Return *signals* in the shape of a labelled message."""
    return {
        "id": message_id,
        "language": signals.language.value,
        "intents": [found.label.value for found in signals.intents],
        "objections": [found.label.value for found in signals.objections],
        "slots": {s.slot.value: list(s.value) if isinstance(s.value, tuple) else s.value for s in signals.slots},
        "archetype": signals.archetype.label.value if signals.archetype else None,
    }


def _context(given: object) -> MessageContext:
    if given is None:
        return MessageContext()
    if not isinstance(given, dict):
        raise Rejected("`context` is neither an object nor null", field="context")
    bot, asked = given.get("bot"), given.get("asked")
    try:
        return MessageContext(bot=Bot(bot) if bot is not None else None, asked=_slot(asked))
    except ValueError as error:
        raise Rejected(f"`context` is wrong: {error}", field="context") from error


def _slot(asked: object) -> Slot | None:
    """The slot asked for; a question of ours that fills no slot ("goal") is none."""
    return None if asked is None or asked == "goal" else Slot(str(asked))
