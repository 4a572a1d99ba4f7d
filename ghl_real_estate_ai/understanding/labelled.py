"""Messages labelled by people: what was typed, what had been asked, and what it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from ghl_real_estate_ai.conversation.model import Bot, Language, Slot
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.understanding.model import Archetype, Intent, MessageContext, Objection

CASES = Path(__file__).parent / "cases"
Part = Literal["train", "kept"]
"""`train` is what models learn from; `kept` is never looked at, only scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledMessage:
    """One message with the labels a person gave it after reading."""

    text: str
    context: MessageContext
    language: Language = Language.EN
    intents: frozenset[Intent] = frozenset()
    objections: frozenset[Objection] = frozenset()
    slots: Mapping[Slot, Any] = field(default_factory=dict)
    archetype: Archetype | None = None
    theme: str = ""
    """Who wrote it and the scenario it plays in; cases of one theme are never on both sides of a split."""


def load_cases(part: Part) -> list[LabelledMessage]:
    """Our own cases of *part*, in the order of their files."""
    return [case for path in sorted((CASES / part).glob("*.jsonl")) for case in load_labelled(path)]


def load_labelled(path: Path) -> list[LabelledMessage]:
    """Read JSON lines; fields left out are empty, the language left out is English.

    Raises:
        Rejected: a line is no labelled message; the sentence names the file and the line.
    """
    return parse_labelled(path.read_text(encoding="utf-8").splitlines(), name=path.name)


def parse_labelled(lines: Iterable[str], name: str = "line") -> list[LabelledMessage]:
    """Read the JSON lines of *lines*; see `load_labelled`."""
    author = name.removesuffix(".jsonl")
    cases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(_case(orjson.loads(line), author, number))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Rejected(f"{name}:{number}: not a labelled message: {error}") from error
    return cases


def _case(given: Mapping[str, Any], author: str, number: int) -> LabelledMessage:
    return LabelledMessage(
        text=_text(given["text"]),
        context=_context(given.get("context")),
        language=Language(given.get("language") or "en"),
        intents=frozenset(Intent(name) for name in _names(given.get("intents"))),
        objections=frozenset(Objection(name) for name in _names(given.get("objections"))),
        slots={Slot(name): value for name, value in (given.get("slots") or {}).items()},
        archetype=Archetype(given["archetype"]) if given.get("archetype") else None,
        theme=f"{author}/{given.get('theme') or number}",
    )


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError("`text` is not a string")
    return given


def _names(given: Sequence[str] | None) -> Sequence[str]:
    return given or ()


def _context(given: Mapping[str, Any] | None) -> MessageContext:
    if given is None:
        return MessageContext()
    bot, asked = given.get("bot"), given.get("asked")
    return MessageContext(
        bot=Bot(bot) if bot else None,
        asked=Slot(asked) if asked and asked != "goal" else None,
    )
